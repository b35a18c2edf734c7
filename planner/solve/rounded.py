"""The plan in whole machines: what the linear program's fractions come to when each is rounded up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.schema import SIZED
from planner.catalog.spot import SUFFIX
from planner.model.index import Index

_WHOLE = 1e-6
"""A fraction this small is the solver's rounding, not a part of a machine."""


@dataclass(frozen=True)
class Rounded:
    """Machines rounded up.

    Attributes
    ----------
    purchases
        The plan's purchases of machines with ``whole`` units and ``extra`` cash (with tax) of the
        difference, in the case's currency.
    extra
        Discounted cash of all differences: the cheapest plan in whole machines costs between the
        linear program's objective and that plus ``extra``.
    over
        Limits of capacity that the whole machines exceed, in words; empty when they all fit.
    """

    purchases: pd.DataFrame
    extra: float
    over: tuple[str, ...]


def round_up(index: Index, purchases: pd.DataFrame) -> Rounded:
    """Round every purchase of machines up to whole ones, slice by slice.

    A commitment is rounded once for its whole term. Storage is sold by the GiB and stays.
    """
    case = index.inputs.case
    bought = purchases[purchases["unit"] == "machines"].reset_index(drop=True)
    whole = np.ceil(bought["units"].to_numpy() - _WHOLE)
    number = {name: t for t, name in enumerate(case.periods["period"])}
    t = bought["period"].map(number).to_numpy(dtype=np.int64)
    r = (
        bought["region"]
        .map({n: i for i, n in enumerate(index.inputs.regions["region"])})
        .to_numpy(dtype=np.int64)
    )
    hours = _hours(index, bought, t)
    rate = np.array(
        [
            case.rates.rate(str(c), int(y))
            for c, y in zip(bought["currency"], case.periods["year"].to_numpy()[t], strict=True)
        ]
    )
    offers = index.offers
    landed = (1 - offers.discount[r, t]) * (1 + offers.margin[r, t]) * (1 + offers.tax[r, t])
    extra = (whole - bought["units"].to_numpy()) * bought["unit_price"].to_numpy() * rate * landed * hours
    discounted = float((extra * case.periods["discount"].to_numpy()[t]).sum())
    frame = bought.assign(whole=whole, extra=extra.round(6))
    return Rounded(frame, discounted, _over(index, frame, t))


def _hours(index: Index, bought: pd.DataFrame, t: np.ndarray) -> np.ndarray:
    sliced = {(row["t"], row["name"]): row["hours"] for row in index.slices.to_dict("records")}
    period = index.inputs.case.periods["hours"].to_numpy()
    return np.array(
        [
            period[at] if name == "all" else sliced[at, name]
            for at, name in zip(t.tolist(), bought["slice"], strict=True)
        ]
    )


def _over(index: Index, frame: pd.DataFrame, t: np.ndarray) -> tuple[str, ...]:
    skus = index.inputs.case.catalog.skus["SkuId"]
    name = frame["sku"] + np.where(frame["term"] == "spot", SUFFIX, "")
    s = name.map({sku: i for i, sku in enumerate(skus)}).to_numpy(dtype=np.int64)
    # What runs all period counts in every slice, the rest in its own.
    drawn = frame.assign(s=s, t=t)
    always = drawn[drawn["slice"] == "all"]
    named = drawn[drawn["slice"] != "all"]
    slices = sorted(set(named["slice"])) or ["all"]
    worst_of: dict[tuple[str, str, str], list[tuple[float, float, str]]] = {}
    for limit in index.capacity[index.capacity["resource"].isin((*SIZED, "units"))].to_dict("records"):
        within = index.members.loc[index.members["subject"] == limit["subject"], "s"]
        worst = 0.0
        for part in slices:
            rows = pd.concat([always, named[named["slice"] == part]])
            rows = rows[(rows["t"] == limit["t"]) & rows["s"].isin(within)]
            if limit["payer"]:
                rows = rows[rows["payer"] == limit["payer"]]
            at = rows["s"].to_numpy()
            unit = index.drawn[at, SIZED.index(limit["resource"])] if limit["resource"] in SIZED else 1.0
            worst = max(worst, float((rows["whole"].to_numpy() * unit).sum()))
        if worst > limit["amount"] * (1 + 1e-9):
            period = str(index.inputs.case.periods["period"].iloc[limit["t"]])
            key = (limit["subject"], limit["resource"], limit["payer"])
            worst_of.setdefault(key, []).append((worst - limit["amount"], worst, period))
    out = []
    for (subject, resource, payer), found in worst_of.items():
        beyond, need, period = max(found)
        whose = f" for {payer}" if payer else ""
        out.append(
            f"{subject}: {need:g} {resource}{whose} against {need - beyond:g} in {period} "
            f"({len(found)} periods)"
        )
    return tuple(out)
