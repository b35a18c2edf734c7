"""How good the estimates are: pairs that were measured, each estimated without its own figures.

A pair is left out whole: both directions and all sources. The scales of the model's parts were found
on the same pairs, so figures for leaving out one pair are a little too good; the second check
leaves out a fifth of all pairs at once, which is harder than any single unmeasured pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.latency.estimate import Estimator
from planner.latency.kriging import FIBRE_MS_PER_KM, fit
from planner.latency.network import Network

FOLDS = 5


@dataclass(frozen=True)
class Validation:
    """Result of leaving out pairs.

    Attributes
    ----------
    pairs
        One row a pair: a, b, measured_ms, estimate_ms (itself left out), folds_ms (left out with a
        fifth of all), naive_ms (median ratio to fibre at great circle, the pair left out), group.
    summary
        One row a group (all, one vendor, two vendors) and method: pairs, median_abs_ms,
        median_rel, p90_rel.
    """

    pairs: pd.DataFrame
    summary: pd.DataFrame


def validate(network: Network) -> Validation:
    """Leave out every measured pair in turn and compare; deterministic."""
    estimator = Estimator(network)
    observed, model = estimator.observed, estimator.model
    rows, ends = observed.rows, observed.ends
    groups = rows["pair"].to_numpy()
    fibre = FIBRE_MS_PER_KM * observed.places.km[ends[:, 0], ends[:, 1]]
    best = rows["best"].to_numpy()
    values = rows["ms"].to_numpy()
    floor = fibre + np.array([values[groups != g].min() for g in groups])
    single = np.maximum(model.leave_out(groups), floor)
    fold = groups % FOLDS
    folds = np.empty_like(single)
    for k in range(FOLDS):
        kept, out = fold != k, fold == k
        part = fit(
            observed.places, ends[kept], values[kept], rows["error_ms"].to_numpy()[kept], estimator.scales
        )
        folds[out] = np.maximum(part.predict(ends[out])[0], fibre[out] + values[kept].min())
    unsupported = [
        i
        for i, (a, b) in enumerate(ends)
        if best[i] and not estimator.supported(a, b, ends[groups != groups[i]])
    ]
    for i in unsupported:
        single[i] = folds[i] = _law_without(estimator, network, groups[i], fibre[i], floor[i])
    vendors = observed.places.vendor[ends]
    pairs = pd.DataFrame(
        {
            "a": rows["a"],
            "b": rows["b"],
            "measured_ms": values,
            "estimate_ms": single,
            "folds_ms": folds,
            "naive_ms": _naive(values, fibre, groups, best),
            "group": np.where(vendors[:, 0] == vendors[:, 1], "one vendor", "two vendors"),
        }
    )[best].reset_index(drop=True)
    return Validation(pairs, _summary(pairs))


def _law_without(estimator: Estimator, network: Network, group: int, fibre: float, floor: float) -> float:
    rows = estimator.observed.rows
    a, b = rows.loc[rows["pair"] == group, ["a", "b"]].iloc[0]
    measured = network.measured
    own = measured["from"].isin([a, b]) & measured["to"].isin([a, b])
    less = Network(network.nodes, network.links, measured[~own], network.sources, network.files)
    fixed, factor, _, _ = Estimator(less).law
    return max(fixed + factor * fibre, floor)


def _naive(values: np.ndarray, fibre: np.ndarray, groups: np.ndarray, best: np.ndarray) -> np.ndarray:
    out = np.empty_like(values)
    for i, group in enumerate(groups):
        kept = (groups != group) & best & (fibre > 0)
        least = values[(groups != group) & best].min()
        out[i] = max(float(np.median(values[kept] / fibre[kept])) * fibre[i], least)
    return out


def _summary(pairs: pd.DataFrame) -> pd.DataFrame:
    lines = []
    for group in ("all", "one vendor", "two vendors"):
        chosen = pairs if group == "all" else pairs[pairs["group"] == group]
        for method, column in (
            ("one pair left out", "estimate_ms"),
            ("a fifth left out", "folds_ms"),
            ("naive ratio", "naive_ms"),
        ):
            error = (chosen[column] - chosen["measured_ms"]).abs()
            relative = error / chosen["measured_ms"]
            lines.append(
                (
                    group,
                    method,
                    len(chosen),
                    float(error.median()),
                    float(relative.median()),
                    float(relative.quantile(0.9)),
                )
            )
    columns = ["group", "method", "pairs", "median_abs_ms", "median_rel", "p90_rel"]
    return pd.DataFrame(lines, columns=columns)
