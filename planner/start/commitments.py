"""Commitments of a bill that go on into the horizon: which a case holds on, and why not others.

A bill tells which commitment covered a machine, and neither its term nor its start: these the mapping states.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from planner import tables
from planner.catalog.load import shipped, shipped_names
from planner.catalog.schema import COMMITMENTS, PRICES
from planner.start.mapping import Bought
from planner.tolerances import WHOLE

COVERED = ["commitment", "agency", "region", "machine", "ChargePeriodStart", "hours"]
"""What is kept of lines that a commitment covered, with ``running``: machines that ran at the same time."""
HELD = ("payer", "sku", "term", "start", "units")


def committed(
    seen: pd.DataFrame, covered: pd.DataFrame, stated: Mapping[str, Bought], start: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of ``held_commitments.csv``, and every commitment of the bill with what became of it.

    Parameters
    ----------
    seen
        CommitmentDiscountId, CommitmentDiscountName, CommitmentDiscountCategory, and sums of their lines.
    covered
        :data:`COVERED` and ``running``.
    stated
        What the mapping states, by id or name.
    start
        First month of the horizon; blank if it is not known.

    Notes
    -----
    Units are the most machines that ran under it at the same time, unless the mapping states them: what was
    never used cannot be seen.
    """
    sold, became = _sold(), []
    rows: list[tuple[str, str, str, str, int]] = []
    for line in seen.to_dict("records"):
        name = str(line["CommitmentDiscountId"])
        bought = stated.get(name) or stated.get(str(line["CommitmentDiscountName"]))
        mine = covered[covered["commitment"] == name]
        reason = _why_not(str(line["CommitmentDiscountCategory"]), bought, mine, start)
        if reason or bought is None:
            became.append(reason)
            continue
        lines = []
        for (region, machine), runs in mine.groupby(["region", "machine"]):
            row, words = _row(f"{region}:{machine}", bought, runs, sold)
            rows += row
            lines.append(words)
        became.append("; ".join(lines))
    held = pd.DataFrame(rows, columns=list(HELD))
    keys = list(HELD[:-1])
    return held.groupby(keys)["units"].sum().reset_index(), seen.assign(became=became)


def _row(
    sku: str, bought: Bought, runs: pd.DataFrame, sold: set[str]
) -> tuple[list[tuple[str, str, str, str, int]], str]:
    """The row of one SKU under a commitment, if it can be held, and what became of it."""
    agencies = sorted(set(runs["agency"]))
    payer = bought.payer or (agencies[0] if len(agencies) == 1 else "")
    if f"{sku}|{bought.term}" not in sold:
        return [], f"no shipped catalog sells {sku} on {bought.term}"
    if not payer:
        return [], f"{', '.join(agencies)} use it: say its payer in [commitments]"
    at_once = runs.groupby(["hours", "ChargePeriodStart"])["running"].sum()
    units = bought.units or math.ceil(float(at_once.groupby(level="hours").max().sum()) - WHOLE)
    return [(payer, sku, bought.term, bought.start, units)], f"held_commitments.csv: {units} of {sku}"


def _why_not(category: str, bought: Bought | None, covered: pd.DataFrame, start: str) -> str:
    """Why a commitment is none of machines that the case holds; blank if it is one."""
    if category == "Spend":
        return "a commitment to spend, not to machines: state it in spend_commitments.csv"
    if bought is None:
        return "the mapping does not state its term and start in [commitments]"
    if covered.empty:
        return "no line that it covered names a machine in a region of a catalog"
    if start and bought.start >= start:
        return f"begins in {bought.start}, not before the horizon"
    if start:
        end = pd.Period(bought.start, freq="M") + COMMITMENTS[bought.term]
        if end <= pd.Period(start, freq="M"):
            return f"ended before the horizon, in {end - 1}"
    return ""


def _sold() -> set[str]:
    """SKU and term of every price of the shipped catalogs."""
    sold: set[str] = set()
    for name in shipped_names():
        path = shipped() / name / PRICES.file
        if path.is_file():
            prices, _ = tables.read(path, PRICES)
            sold.update(prices["SkuId"] + "|" + prices["term"])
    return sold


__all__ = ["COVERED", "HELD", "committed"]
