"""The round trip of two regions: as measured, or from a model fitted on the measured pairs.

A measured pair is answered with its best source (least standard error, then newest), the mean of
the directions that source has. Any other pair is estimated:

- if somebody measured a pair between the surroundings of its two ends, by the regression of
  :mod:`planner.latency.kriging`, which weighs what other vendors measured between the same cities,
  what the same vendor measured to neighbouring cities, and how far ends lie apart;
- otherwise by distance alone, ``fixed + 0.0098 ms · factor · km``, fitted by least absolute
  deviations on the measured pairs: the additive ends of the regression say nothing about a path
  that leaves the corner of the world in which somebody measured.

No estimate lies below the fibre between the two cities. How good the estimates are is printed by
``planner latency --validate``, never stated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from planner.errors import UnknownName
from planner.latency.kriging import FIBRE_MS_PER_KM, Kriging, Places, Scales, distances, fit
from planner.latency.network import Network

NEAR_KM = 2000.0
"""A measured pair supports another if both its ends lie this near to the other's ends."""

_Z90 = 1.645
"""Half width, in standard deviations, of the middle nine tenths of a normal distribution."""


@dataclass(frozen=True)
class Estimate:
    """Round trip of two regions in µs. ``how`` says by which way it was got."""

    rtt_us: int
    low_us: int
    high_us: int
    p95_us: int
    basis: str
    how: str
    sources: tuple[str, ...]
    as_of: str


@dataclass(frozen=True)
class Observations:
    """Measured pairs: a row a pair and source, the mean of the directions, in ms.

    ``best`` marks the row of each pair that answers for it; ``pair`` numbers the pairs.
    """

    rows: pd.DataFrame
    places: Places

    @cached_property
    def ends(self) -> np.ndarray:
        """Indices of the two ends in ``places``, (n, 2)."""
        at = {name: i for i, name in enumerate(self.places.names)}
        return np.array([[at[a], at[b]] for a, b in zip(self.rows["a"], self.rows["b"], strict=True)])


def observe(network: Network) -> Observations:
    """Gather the measured medians and means of a network, without those inside one region."""
    regions = network.nodes[network.nodes["kind"] == "region"]
    names = tuple(regions["node"])
    vendor = pd.factorize(pd.Series([name.split(":")[0] for name in names]))[0]
    city = pd.factorize(regions["country"] + "/" + regions["city"])[0]
    places = Places(names, vendor, city, distances(regions["lat"].to_numpy(), regions["lon"].to_numpy()))
    frame = _by_pair(network.measured[network.measured["statistic"] != "p95"])
    frame = frame[frame["a"] != frame["b"]]
    order = frame.sort_values(["error_ms", "as_of", "source"], ascending=[True, False, True])
    best = set(order.drop_duplicates(["a", "b"]).index)
    return Observations(
        frame.assign(
            best=[i in best for i in frame.index], pair=frame.groupby(["a", "b"], sort=True).ngroup()
        ).reset_index(drop=True),
        places,
    )


def _by_pair(measured: pd.DataFrame) -> pd.DataFrame:
    ends = [sorted(pair) for pair in zip(measured["from"], measured["to"], strict=True)]
    frame = measured.assign(a=[e[0] for e in ends], b=[e[1] for e in ends], ms=measured["rtt_us"] / 1000.0)
    grouped = frame.groupby(["a", "b", "statistic", "source", "window", "as_of"], as_index=False, sort=True)
    out = grouped.agg(
        ms=("ms", "mean"),
        low=("ms", "min"),
        high=("ms", "max"),
        directions=("ms", "size"),
        error=("error_us", "max"),
    )
    return out.assign(error_ms=out["error"] / 1000.0).drop(columns="error")


class Estimator:
    """Answers for any two regions of a network; fitted when first needed."""

    def __init__(self, network: Network, scales: Scales | None = None) -> None:
        self.network = network
        self.scales = scales or Scales()

    @cached_property
    def observed(self) -> Observations:
        return observe(self.network)

    @cached_property
    def model(self) -> Kriging:
        rows = self.observed.rows
        return fit(
            self.observed.places,
            self.observed.ends,
            rows["ms"].to_numpy(),
            rows["error_ms"].to_numpy(),
            self.scales,
        )

    @cached_property
    def law(self) -> tuple[float, float, float, float]:
        """``fixed`` ms and ``factor`` of the distance law, 5 % and 95 % quantile of measured to fitted."""
        rows = self.observed.rows[self.observed.rows["best"]]
        ends = self.observed.ends[rows.index]
        fibre = FIBRE_MS_PER_KM * self.observed.places.km[ends[:, 0], ends[:, 1]]
        values = rows["ms"].to_numpy()
        fixed, factor = least_absolute(fibre, values)
        low, high = np.quantile(values / (fixed + factor * fibre), [0.05, 0.95])
        return fixed, factor, float(low), float(high)

    @cached_property
    def tail(self) -> float:
        """Median ratio of the 95th percentile to the median, over pairs that have both."""
        rows = _by_pair(self.network.measured)
        columns = ["a", "b", "window", "as_of"]
        medians = rows[rows["statistic"] == "median"].set_index(columns)["ms"]
        tails = rows[rows["statistic"] == "p95"].set_index(columns)["ms"]
        ratio = (tails / medians).dropna()
        return float(ratio.median()) if len(ratio) else 1.0

    def can(self, a: str, b: str) -> bool:
        """Whether both are regions of vendors that somebody measured."""
        vendors = {name.split(":")[0] for name in self.network.measured["from"]}
        return all(n in self.observed.places.names and n.split(":")[0] in vendors for n in (a, b))

    def measured(self, a: str, b: str) -> Estimate | None:
        """The measured round trip of two regions, or ``None``."""
        rows = self._measured_pairs.get((min(a, b), max(a, b)))
        if rows is None:
            return None
        means = rows[rows["statistic"] != "p95"]
        if means.empty:
            return None
        best = means.sort_values(["error_ms", "as_of", "source"], ascending=[True, False, True]).iloc[0]
        tails = rows[rows["statistic"] == "p95"]
        rtt = _us(best["ms"])
        both = "mean of both directions" if best["directions"] > 1 else "one direction"
        return Estimate(
            rtt_us=rtt,
            low_us=_us(means["low"].min()),
            high_us=_us(means["high"].max()),
            p95_us=_us(tails["ms"].max()) if len(tails) else round(rtt * self.tail),
            basis="measured",
            how=f"{best['statistic']} over {best['window']}, {both}"
            + ("" if len(tails) else "; 95th percentile by the ratio of other pairs"),
            sources=tuple(dict.fromkeys([best["source"], *tails["source"]])),
            as_of=best["as_of"],
        )

    @cached_property
    def _measured_pairs(self) -> dict[tuple[str, str], pd.DataFrame]:
        rows = _by_pair(self.network.measured)
        return {(str(a), str(b)): group for (a, b), group in rows.groupby(["a", "b"])}

    def supported(self, a: int, b: int, ends: np.ndarray) -> bool:
        """Whether a pair of ``ends`` joins the surroundings of two regions."""
        near = self.observed.places.km <= NEAR_KM
        straight = near[a, ends[:, 0]] & near[b, ends[:, 1]]
        return bool((straight | (near[a, ends[:, 1]] & near[b, ends[:, 0]])).any())

    def estimate(self, a: str, b: str) -> Estimate:
        """The estimate for two regions, whether measured or not.

        Raises
        ------
        UnknownName
            If one of them is no region of the network.
        """
        places = self.observed.places
        for name in (a, b):
            if name not in places.names:
                raise UnknownName("region", name, places.names)
        i, j = sorted((places.index(a), places.index(b)))
        fibre = FIBRE_MS_PER_KM * places.km[i, j]
        floor = fibre + float(self.observed.rows["ms"].min())
        if self.supported(i, j, self.observed.ends):
            mean, deviation = self.model.predict(np.array([[i, j]]))
            middle = max(float(mean[0]), floor)
            low, high = middle - _Z90 * float(deviation[0]), middle + _Z90 * float(deviation[0])
            how = f"estimated from {self.observed.rows['pair'].nunique()} measured pairs"
        else:
            fixed, factor, least, most = self.law
            middle = max(fixed + factor * fibre, floor)
            low, high = middle * least, middle * most
            how = "estimated by distance: nobody measured between the surroundings of the two"
        rtt = _us(middle)
        return Estimate(
            rtt_us=rtt,
            low_us=min(_us(max(low, floor)), rtt),
            high_us=max(_us(high), rtt),
            p95_us=round(rtt * self.tail),
            basis="derived",
            how=how,
            sources=tuple(sorted(set(self.observed.rows["source"]))),
            as_of=min(self.observed.rows["as_of"]),
        )


def least_absolute(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Line ``y = p + q·x`` of least absolute deviations with ``p ≥ 0``, by reweighted least squares."""
    design = np.column_stack([np.ones_like(x), x])
    weights = np.ones_like(y)
    line = np.zeros(2)
    for _ in range(50):
        line = np.linalg.lstsq(design * weights[:, None], y * weights, rcond=None)[0]
        weights = 1 / np.sqrt(np.maximum(np.abs(y - design @ line), 1e-3))
    if line[0] < 0:
        return 0.0, float(np.median(y[x > 0] / x[x > 0]))
    return float(line[0]), float(line[1])


def _us(ms: float) -> int:
    return round(float(ms) * 1000)
