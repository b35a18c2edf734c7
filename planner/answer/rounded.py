"""The plan in whole machines: what the linear program's fractions come to when each is rounded up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.schema import SIZED
from planner.catalog.spot import SUFFIX
from planner.model.index import Index
from planner.plan.plan import PURCHASES
from planner.tolerances import SUM, WHOLE

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
    bought = purchases.loc[purchases["unit"] == "machines", list(PURCHASES)].reset_index(drop=True)
    frame, discounted = with_extra(index, bought.assign(whole=np.ceil(bought["units"] - WHOLE)))
    return Rounded(frame, discounted, _over(index, frame))


def with_extra(index: Index, frame: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """With ``extra`` cash of ``whole`` machines beyond ``units``, and its sum, discounted."""
    case = index.case
    t = _periods(index, frame)
    r = (
        frame["region"]
        .map({n: i for i, n in enumerate(index.case.regions["region"])})
        .to_numpy(dtype=np.int64)
    )
    hours = _hours(index, frame, t)
    rate = np.array(
        [
            case.rates.rate(str(c), int(y))
            for c, y in zip(frame["currency"], case.periods["year"].to_numpy()[t], strict=True)
        ]
    )
    offers = index.offers
    landed = (1 - offers.discount[r, t]) * (1 + offers.margin[r, t]) * (1 + offers.tax[r, t])
    more = frame["whole"].to_numpy() - frame["units"].to_numpy()
    extra = more * frame["unit_price"].to_numpy() * rate * landed * hours
    discounted = float((extra * case.periods["discount"].to_numpy()[t]).sum())
    return frame.assign(extra=extra.round(6)), discounted


def _periods(index: Index, frame: pd.DataFrame) -> np.ndarray:
    number = {name: t for t, name in enumerate(index.case.periods["period"])}
    return frame["period"].map(number).to_numpy(dtype=np.int64)


def _hours(index: Index, bought: pd.DataFrame, t: np.ndarray) -> np.ndarray:
    sliced = {(row["t"], row["name"]): row["hours"] for row in index.slices.to_dict("records")}
    period = index.case.periods["hours"].to_numpy()
    return np.array(
        [
            period[at] if name == "all" else sliced[at, name]
            for at, name in zip(t.tolist(), bought["slice"], strict=True)
        ]
    )


def _over(index: Index, frame: pd.DataFrame) -> tuple[str, ...]:
    """Limits that whole machines exceed, one line each with its worst period."""
    skus, t = index.case.catalog.skus["SkuId"], _periods(index, frame)
    name = frame["sku"] + np.where(frame["term"] == "spot", SUFFIX, "")
    s = name.map({sku: i for i, sku in enumerate(skus)}).to_numpy(dtype=np.int64)
    shape = (len(index.case.periods), len(index.case.settings.slices))
    slice_at = {n: position for position, n in enumerate(index.case.settings.slices)}
    at = np.array([slice_at.get(n, -1) for n in frame["slice"]], dtype=np.int64)
    whole, payer = frame["whole"].to_numpy(), frame["payer"].to_numpy()
    limits = index.capacity[index.capacity["resource"].isin((*SIZED, "units"))]
    out = []
    for (subject, resource, whose), rows in limits.groupby(["subject", "resource", "payer"], sort=True):
        within = np.isin(s, index.members.loc[index.members["subject"] == subject, "s"].to_numpy())
        within &= (payer == whose) | (whose == "")
        unit = index.drawn[s, SIZED.index(resource)] if resource in SIZED else np.ones(len(s))
        drawn = np.zeros(shape)
        # What runs all period counts in every slice, the rest in its own.
        always, own = within & (at < 0), within & (at >= 0)
        np.add.at(drawn, t[always], (whole * unit)[always][:, None])
        np.add.at(drawn, (t[own], at[own]), (whole * unit)[own])
        amount = np.zeros(shape[0])
        amount[rows["t"].to_numpy()] = rows["amount"]
        beyond = drawn.max(axis=1) - amount
        over = beyond > SUM * np.maximum(amount, 1.0)
        if over.any():
            worst = int(np.argmax(beyond))
            need, period = drawn[worst].max(), index.case.periods["period"].iloc[worst]
            of = f" for {whose}" if whose else ""
            out.append(
                f"{subject}: {need:g} {resource}{of} against {amount[worst]:g} in {period} "
                f"({int(over.sum())} periods)"
            )
    return tuple(out)
