"""The tables of an earlier plan, from which a case is planned again, and what must hold of them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from planner.case.settings import FILE, Settings
from planner.catalog.schema import COMMITMENTS
from planner.errors import Issue
from planner.tables import Column, Table
from planner.tolerances import SUM

EARLIER_PLACEMENTS = Table(
    "earlier_placements",
    ("workload", "region", "period", "role"),
    (
        Column("workload", "id", "As in workloads.csv."),
        Column("region", "id", "Key of a region."),
        Column("period", "month", "Period."),
        Column("role", "choice", "As in placements.csv.", choices=("primary", "standby", "backup")),
        Column("share", "number", "Part of the workload in this period alone.", minimum=0, maximum=1),
    ),
    "Where an earlier plan placed what; with [replan] it is kept or its change priced. "
    "planner plan --from writes it.",
    required=False,
)

EARLIER_COMMITMENTS = Table(
    "earlier_commitments",
    ("pool", "sku", "term", "period"),
    (
        Column("pool", "id", "As in purchases.csv."),
        Column("sku", "id", "As in skus.csv."),
        Column("term", "choice", "Its length.", choices=tuple(COMMITMENTS)),
        Column("period", "month", "Period."),
        Column("units", "number", "Machines under commitments in this period alone.", "units", minimum=0),
    ),
    "Commitments that an earlier plan has running in a period, held ones included; with [replan] they are "
    "kept. planner plan --from writes it.",
    required=False,
)

EARLIER: tuple[Table, ...] = (EARLIER_PLACEMENTS, EARLIER_COMMITMENTS)


def check_earlier(
    settings: Settings,
    frames: Mapping[str, pd.DataFrame],
    file: Mapping[str, str],
    periods: list[str],
) -> list[Issue]:
    """Sums of ``earlier_placements``, and that the tables have an effect."""
    placed, problems = frames["earlier_placements"], list[Issue]()
    if settings.replan is None:
        for name in ("earlier_placements", "earlier_commitments"):
            if not frames[name].empty:
                mend = "Add a section [replan] with freeze, or take the table out."
                problems.append(Issue(file[name], 0, "", "", "has no effect without [replan]", mend))
        return problems
    return problems + _check_sums(settings.replan.freeze, placed, file["earlier_placements"], periods)


def _check_sums(freeze: int, placed: pd.DataFrame, file: str, periods: list[str]) -> list[Issue]:
    primary = placed[placed["role"] == "primary"]
    problems = []
    for missing in [p for p in periods[:freeze] if p not in set(primary["period"])]:
        mend = "Freeze fewer periods, or name an earlier plan that has it."
        problems.append(Issue(FILE, 0, "replan.freeze", missing, "the earlier plan has no such period", mend))
    for (workload, period), rows in primary.groupby(["workload", "period"]):
        if abs(rows["share"].sum() - 1.0) > SUM:
            row, value = int(rows["_row"].iloc[0]), f"{workload} in {period}: {rows['share'].sum():g}"
            mend = "Give the primary shares of a workload that sum to 1 in each period."
            problems.append(Issue(file, row, "share", value, "the shares do not sum to 1", mend))
    return problems
