"""What must hold of the tables of an earlier plan, from which a case is planned again."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from planner import tables
from planner.case.settings import FILE, Settings
from planner.errors import Problem


def check_earlier(
    settings: Settings,
    frames: Mapping[str, pd.DataFrame],
    file: Mapping[str, str],
    regions: set[str],
    skus: set[str],
    periods: list[str],
) -> list[Problem]:
    """Names, periods and sums of ``earlier_placements`` and ``earlier_commitments``."""
    placed, committed = frames["earlier_placements"], frames["earlier_commitments"]
    problems = tables.refers(
        placed, "workload", frames["workloads"]["workload"], file["earlier_placements"], file["workloads"]
    )
    problems += tables.refers(placed, "region", regions, file["earlier_placements"], "the catalogs' regions")
    problems += tables.refers(committed, "sku", skus, file["earlier_commitments"], "the catalogs' SKUs")
    for name in ("earlier_placements", "earlier_commitments"):
        problems += tables.refers(frames[name], "period", periods, file[name], "the periods of the case")
    if settings.replan is None:
        for name in ("earlier_placements", "earlier_commitments"):
            if not frames[name].empty:
                mend = "Add a section [replan] with freeze, or take the table out."
                problems.append(Problem(file[name], 0, "", "", "has no effect without [replan]", mend))
        return problems
    return problems + _check_sums(settings.replan.freeze, placed, file["earlier_placements"], periods)


def _check_sums(freeze: int, placed: pd.DataFrame, file: str, periods: list[str]) -> list[Problem]:
    primary = placed[placed["role"] == "primary"]
    problems = []
    for missing in [p for p in periods[:freeze] if p not in set(primary["period"])]:
        mend = "Freeze fewer periods, or name an earlier plan that has it."
        problems.append(
            Problem(FILE, 0, "replan.freeze", missing, "the earlier plan has no such period", mend)
        )
    for (workload, period), rows in primary.groupby(["workload", "period"]):
        if abs(rows["share"].sum() - 1.0) > 1e-9:
            row, value = int(rows["_row"].iloc[0]), f"{workload} in {period}: {rows['share'].sum():g}"
            mend = "Give the primary shares of a workload that sum to 1 in each period."
            problems.append(Problem(file, row, "share", value, "the shares do not sum to 1", mend))
    return problems
