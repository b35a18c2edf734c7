"""From the values of the columns to the frames of a :class:`~planner.plan.plan.Plan`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.answer.usage import has_commitments, used
from planner.catalog.spot import SUFFIX
from planner.model.build import Model
from planner.model.carried import carried_at
from planner.model.commitments import active_periods, held_periods
from planner.model.objective.lines import before_tax, cash, objective
from planner.model.objective.storage import stored_at
from planner.plan.plan import COSTS, COUNTED, LATENCY, PLACEMENTS, PURCHASES, USED
from planner.tolerances import DIGIT, SHARE

DIGITS = 12
"""Digits after the point of shares and units."""


def tidy(x: np.ndarray) -> np.ndarray:
    """Values rounded to twelve digits, so that the last bits of a float never reach a file."""
    rounded = np.round(x, DIGITS)
    return np.where(np.abs(rounded) < DIGIT, 0.0, rounded) + 0.0


def placements(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Share of each workload at each region in each period: primary, standby and backup."""
    names = names_of(model)
    pair = model.columns.pair.keys.assign(x=x[model.columns.pair.numbers])
    ready: pd.DataFrame = (
        pair.assign(r=pair["r2"]).groupby(["w", "r", "t"], as_index=False).agg(x=("x", "sum"))
    )
    copies = model.columns.backup.keys.assign(x=x[model.columns.backup.numbers])
    roles = {"primary": primary(model, x), "standby": ready, "backup": copies}
    parts = [frame[["w", "r", "t", "x"]].assign(role=role) for role, frame in roles.items()]
    placed = pd.concat(parts, ignore_index=True)
    placed = placed[tidy(placed["x"].to_numpy(dtype="float64")) > 0]
    w, r, t = (placed[c].to_numpy(dtype=np.int64) for c in "wrt")
    frame = pd.DataFrame(
        {
            "workload": names["w"][w],
            "region": names["r"][r],
            "period": names["t"][t],
            "role": placed["role"].to_numpy(),
            "share": tidy(placed["x"].to_numpy(dtype="float64")),
        }
    )
    return in_order(frame, PLACEMENTS)


def purchases(model: Model, x: np.ndarray) -> pd.DataFrame:
    """What is bought: units of machines by slice and GiB of storage, by owner, SKU, term and period.

    A commitment is listed in each period in which it runs, used or not; a held one that ends within a
    period as the mean of its machines over the hours. ``unit_price`` is the list
    price in the currency of the price row, before exchange and contract.
    """
    bought = pd.concat([_machines(model, x), _commitments(model, x), _stored(model, x)], ignore_index=True)
    index = model.index
    case, names = index.case, names_of(model)
    skus, prices = case.catalog.skus, case.catalog.prices
    s = bought["s"].to_numpy(dtype=np.int64)
    spot = skus["spot"].to_numpy(dtype=bool)[s]
    term = np.where(spot, "spot", bought["term"])
    sku = pd.Series(names["s"][s], dtype=object)
    row = (sku + "|" + bought["term"]).map(
        pd.Series(np.arange(len(prices)), index=prices["SkuId"] + "|" + prices["term"])
    )
    priced = prices.iloc[row.to_numpy(dtype=np.int64)].reset_index(drop=True)
    q, r = bought["q"].to_numpy(dtype=np.int64), index.offers.sku_region[s]
    frame = pd.DataFrame(
        {
            "payer": index.pools["payer"].to_numpy()[q],
            "pool": index.pools["name"].to_numpy()[q],
            "workload": _or_blank(names["w"], bought["w"].to_numpy(dtype=np.int64)),
            "vendor_group": case.regions["vendor_group"].to_numpy()[r],
            "vendor": case.regions["vendor"].to_numpy()[r],
            "region": names["r"][r],
            "sku": sku.where(~spot, sku.str.removesuffix(SUFFIX)).to_numpy(),
            "term": term,
            "period": names["t"][bought["t"].to_numpy(dtype=np.int64)],
            "slice": bought["slice"],
            "units": tidy(bought["units"].to_numpy(dtype="float64")),
            "unit": bought["unit"],
            "unit_price": priced["ListUnitPrice"],
            "currency": priced["PricingCurrency"],
            "basis": priced["basis"],
        }
    )
    amounts = ["units"]
    if has_commitments(model, x):
        frame[USED] = tidy(used(model, x, bought))
        amounts.append(USED)
    keys = [c for c in PURCHASES if c != "units"]
    summed = frame.groupby(keys, sort=True, as_index=False)[amounts].sum()
    return in_order(summed[summed["units"] > 0], (*PURCHASES, *amounts[1:]))


_BOUGHT = ["q", "w", "s", "t", "term", "slice", "units", "unit", "h"]


def folded_machines(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Units of machines that were chosen beforehand: w, r, t, l, q, s, units."""
    index = model.index
    folded = carried_at(index, model.columns).merge(model.columns.folded, on=["w", "r", "t"])
    return folded.assign(
        q=index.pool_of[folded["w"].to_numpy()],
        s=folded["sku"],
        units=x[folded["col"].to_numpy()] * folded["units"] * folded["part"],
    )


def _machines(model: Model, x: np.ndarray) -> pd.DataFrame:
    index = model.index
    folded = folded_machines(model, x).merge(index.slices, on=["t", "l"], how="left")
    run = model.columns.run.keys.assign(units=x[model.columns.run.numbers], w=-1)
    run = run.merge(index.slices, on=["t", "l"], how="left")
    both = pd.concat([folded, run], ignore_index=True).rename(columns={"name": "slice"})
    return both[both["units"] > 0].assign(term="on_demand", unit="machines", h=-1)[_BOUGHT]


def _commitments(model: Model, x: np.ndarray) -> pd.DataFrame:
    index = model.index
    bought = active_periods(index, model.columns)
    held = held_periods(index, model.columns)
    held["q"] = held["owner"].map(index.first_pool)
    both = pd.concat([bought.assign(h=-1, part=1.0), held], ignore_index=True)
    units = x[both["col"].to_numpy(dtype=np.int64)] * both["part"].to_numpy(dtype="float64")
    both = both.assign(units=units, w=-1, slice="all", unit="machines")
    return both[both["units"] > 0][_BOUGHT]


def _stored(model: Model, x: np.ndarray) -> pd.DataFrame:
    stored = stored_at(model.index, model.columns)
    units = x[stored["col"].to_numpy()] * stored["gib"].to_numpy()
    stored = stored.assign(units=units, q=model.index.pool_of[stored["w"].to_numpy()])
    return stored[stored["units"] > 0].assign(term="on_demand", slice="all", unit="GiB", h=-1)[_BOUGHT]


def costs(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Cost lines: each line of the program times the value of its column, summed by its keys."""
    index, names = model.index, names_of(model)
    lines = model.lines.assign(x=x[model.lines["col"].to_numpy()])
    lines = lines[lines["x"] > 0]
    t, r = lines["t"].to_numpy(), lines["r"].to_numpy()
    amortised = before_tax(lines) * lines["x"]
    paid = cash(lines) * lines["x"]
    frame = pd.DataFrame(
        {
            "term": lines["term"],
            "vendor_group": index.case.regions["vendor_group"].to_numpy()[r],
            "vendor": index.case.regions["vendor"].to_numpy()[r],
            "region": names["r"][r],
            "payer": _or_blank(index.pools["payer"].to_numpy(), lines["q"].to_numpy()),
            "pool": _or_blank(index.pools["name"].to_numpy(), lines["q"].to_numpy()),
            "workload": _or_blank(names["w"], lines["w"].to_numpy()),
            "period": names["t"][t],
            **{c: lines[c] * lines["x"] for c in ("list", "discount", "margin", "tax")},
            "amortised": amortised,
            "cash": paid,
            "tail": lines["tail"] * lines["x"],
            "objective": objective(index, lines) * lines["x"],
            "assumed": amortised * lines["assumed"],
        }
    )
    keys = list(COSTS[:8])
    money = list(COSTS[8:])
    if has_commitments(model, x):
        frame[COUNTED] = lines["counted"] * lines["x"]
        money.append(COUNTED)
    summed = frame.groupby(keys, sort=True, as_index=False)[money].sum()
    summed[money] = summed[money].round(6) + 0.0
    return summed.loc[(summed[money] != 0).any(axis=1), [*keys, *money]].reset_index(drop=True)


def agreements(model: Model, x: np.ndarray) -> dict[str, bool]:
    """Which spend commitments are signed: held ones, and those that the plan chose."""
    family = model.columns.agreement
    signed = family.keys.assign(x=x[family.numbers])
    signed = signed[signed["k"] == "signed"]
    return {str(a): bool(v > 0.5) for a, v in zip(signed["agreement"], signed["x"], strict=True)}


def latency(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Workloads with a target: share of users within it, their mean and 95th percentile round trip.

    The 95th percentile is that of the slowest region which serves a part of the workload.
    """
    index = model.index
    case, names = index.case, names_of(model)
    targeted = case.workloads["latency_ms"].notna().to_numpy()
    if not targeted.any():
        return pd.DataFrame(columns=list(LATENCY))
    place = primary(model, x)
    seen = place.merge(index.coverage, on=["w", "r", "t"])
    seen = seen[targeted[seen["w"].to_numpy()]]
    seen = seen.assign(reached=seen["coverage"] * seen["x"], mean=seen["mean_ms"] * seen["x"])
    by = seen.groupby(["w", "t"], as_index=False).agg(
        reached=("reached", "sum"), mean=("mean", "sum"), p95=("p95_ms", "max")
    )
    wanted = index.wanted_coverage[["w", "t", "share"]]
    by = by.merge(wanted, on=["w", "t"], how="left")
    w = by["w"].to_numpy()
    frame = pd.DataFrame(
        {
            "workload": names["w"][w],
            "period": names["t"][by["t"]],
            "target_ms": case.workloads["latency_ms"].to_numpy()[w],
            "required_share": by["share"].to_numpy(),
            "reached_share": by["reached"].round(DIGITS).to_numpy(),
            "mean_ms": by["mean"].round(3).to_numpy(),
            "p95_ms": by["p95"].round(3).to_numpy(),
            "binds": (by["reached"] - by["share"]).abs().to_numpy() < SHARE,
        }
    )
    return in_order(frame, LATENCY)


def primary(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Where work runs: w, r, t and the share x of each workload there, standbys and backups left out."""
    place = model.columns.place.keys.assign(x=x[model.columns.place.numbers])
    return place[place["x"] > 0].reset_index(drop=True)


def names_of(model: Model) -> dict[str, np.ndarray]:
    """Names of workloads (w), regions (r), periods (t) and SKUs (s) by their numbers."""
    case = model.index.case
    return {
        "w": case.workloads["workload"].to_numpy(),
        "r": case.regions["region"].to_numpy(),
        "t": case.periods["period"].to_numpy(),
        "s": case.catalog.skus["SkuId"].to_numpy(),
    }


def _or_blank(names: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.where(at >= 0, names[at], "") if len(at) else np.empty(0, dtype=object)


def in_order(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """The columns of a table of a plan, its rows sorted by all of them."""
    ordered = frame[list(columns)]
    return ordered.sort_values(list(columns), kind="stable", ignore_index=True)
