"""Doing nothing: workloads held where a table says they run, priced, and the rules that this breaks.

Workloads that the table does not name are placed as usual, within the filters. Limits (capacity, shares,
latency, cash, carbon, exit, moves) and survival do not restrict the program then: what breaks is
reported instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from planner import tables
from planner.answer.broken import broken_latency, broken_shares
from planner.case.schema import CURRENT
from planner.eligibility import BUILT_IN, Eligibility
from planner.errors import BadInput, Issue
from planner.inputs import Case
from planner.plan.plan import Plan
from planner.tolerances import SUM


@dataclass(frozen=True)
class Fixed:
    """Placements to hold, from a file: columns w, r, share (primary role only)."""

    file: str
    placements: pd.DataFrame


_UNPRICED = ("no-machine", "no-card", "no-price", "availability")


def read_fixed(path: Path, case: Case) -> Fixed:
    """Read a table of placements to hold.

    Raises
    ------
    BadInput
        If the table is bad, names an unknown workload or region, or places a workload only in part.
    """
    data, problems = tables.read(path, CURRENT)
    return _fixed(case, data, path.name, problems)


def fixed_today(case: Case) -> Fixed:
    """Placements as the case's own table of today has them; raises as :func:`read_fixed` does."""
    return _fixed(case, case.frames["current"], case.settings.tables.get("current", CURRENT.file), [])


def _fixed(case: Case, data: pd.DataFrame, file: str, problems: list[Issue]) -> Fixed:
    problems += tables.refers(data, "workload", case.workloads["workload"], file, "the case's workloads")
    problems += tables.refers(data, "region", case.regions["region"], file, "the catalogs' regions")
    primary = data[data["role"] == "primary"]
    for name, rows in primary.groupby("workload"):
        if abs(rows["share"].sum() - 1.0) > SUM:
            row, value = int(rows["_row"].iloc[0]), f"{name}: {rows['share'].sum():g}"
            mend = "Give the primary shares of a workload that sum to 1."
            problems.append(Issue(file, row, "share", value, "the shares do not sum to 1", mend))
    if problems:
        raise BadInput(problems)
    w = primary["workload"].map({n: i for i, n in enumerate(case.workloads["workload"])})
    r = primary["region"].map({n: i for i, n in enumerate(case.regions["region"])})
    placements = pd.DataFrame({"w": w.astype("int64"), "r": r.astype("int64"), "share": primary["share"]})
    return Fixed(file, placements)


def hold(case: Case, eligibility: Eligibility, fixed: Fixed) -> tuple[Eligibility, pd.DataFrame]:
    """Restrict eligibility to the fixed placements of the workloads they name.

    Returns
    -------
    (eligibility, pinned)
        ``pinned`` has w, r, t and share for each period in which the workload is alive.

    Raises
    ------
    BadInput
        If a fixed placement cannot be priced: no machine, no price, or no service in a period.
    """
    held = fixed.placements
    names, regions = case.workloads["workload"].to_numpy(), case.regions["region"].to_numpy()
    excuses = eligibility.excuses[eligibility.excuses["rule"].isin(_UNPRICED)]
    problems = []
    for w, r in zip(held["w"].tolist(), held["r"].tolist(), strict=True):
        mine = excuses[(excuses["workload"] == names[w]) & (excuses["region"] == regions[r])]
        for reason in mine["reason"]:
            mend = (
                "Add what is missing to a catalog of the case, e.g. with basis assumed, or take the row out."
            )
            value = f"{names[w]} at {regions[r]}"
            problems.append(Issue(fixed.file, 0, "region", value, f"cannot be priced: {reason}", mend))
    if problems:
        raise BadInput(problems)
    allowed = eligibility.allowed.copy()
    w, r = held["w"].to_numpy(), held["r"].to_numpy()
    allowed[np.unique(w)] = False
    allowed[w, r] = case.alive[w]
    pinned = held.merge(pd.DataFrame({"t": range(len(case.periods))}), how="cross")
    pinned = pinned[case.alive[pinned["w"].to_numpy(), pinned["t"].to_numpy()]]
    pinned = pinned.sort_values(["w", "t", "r"], ignore_index=True)
    return replace(eligibility, allowed=allowed), pinned


def broken_rules(plan: Plan) -> list[str]:
    """What filters, shares and targets a plan that was not made within the rules breaks, in words."""
    placed = plan.placements[["workload", "region", "period"]]
    excuses = plan.excuses[~plan.excuses["rule"].isin(BUILT_IN)]
    met = placed.merge(excuses, on=["workload", "region"])
    met = met[(met["period_from"] <= met["period"]) & (met["period"] <= met["period_to"])]
    out = [
        f"{rule}: {workload} at {region}: {reason}"
        for rule, workload, region, reason in met[["rule", "workload", "region", "reason"]]
        .drop_duplicates()
        .sort_values(["rule", "workload", "region"])
        .itertuples(index=False, name=None)
    ]
    return [*out, *broken_shares(plan.shares), *broken_latency(plan.latency)]
