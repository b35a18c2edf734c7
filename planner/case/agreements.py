"""Spend commitments: agreements under which a payer owes a vendor a least amount, used or not."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from planner.case.settings import Settings
from planner.errors import Issue
from planner.tables import Column, Table, provenance

SPEND_COMMITMENTS: Table = Table(
    "spend_commitments",
    ("agreement",),
    (
        Column("agreement", "id", "Key."),
        Column("vendor", "id", "The vendor to whom it is owed."),
        Column("payer", "id", "Whose spend counts and who owes it; blank = all together.", blank=True),
        Column("status", "choice", "Signed already, or the plan's to choose.", choices=("held", "offered")),
        Column("start", "month", "First month in which it runs."),
        Column("months", "integer", "How long it runs.", "months", minimum=1, maximum=240),
        Column("amount", "number", "Owed a month, before tax, after the discount below.", above=0),
        Column("currency", "id", "ISO 4217."),
        Column("discount", "number", "Off the spend it covers.", minimum=0, maximum=0.95),
        Column(
            "up_to",
            "number",
            "Most spend a month, before its discount, that it covers; blank = all (held ones only).",
            blank=True,
            above=0,
        ),
        *provenance(),
    ),
    "Savings plans and enterprise agreements: a least spend with a vendor, its discount, its shortfall.",
    required=False,
)


def check_agreements(
    settings: Settings, frames: Mapping[str, pd.DataFrame], file: Mapping[str, str]
) -> list[Issue]:
    """Money, whole periods, and no two agreements on the same spend."""
    rows, where, problems = frames["spend_commitments"], file["spend_commitments"], list[Issue]()
    first = pd.Period(settings.start, freq="M").ordinal
    for line in rows.to_dict("records"):
        begin = pd.Period(line["start"], freq="M").ordinal - first
        for column, problem, mend in _wrong(settings, line, begin, begin + int(line["months"])):
            problems.append(Issue(where, int(line["_row"]), column, _cell(line[column]), problem, mend))
    for one, other in combinations(rows.to_dict("records"), 2):
        if one["vendor"] == other["vendor"] and _meet(one, other):
            mend = "Put them into one row, or let one end before the other begins."
            problem = f"counts the same spend as {one['agreement']}"
            problems.append(Issue(where, int(other["_row"]), "agreement", other["agreement"], problem, mend))
    return problems


def _wrong(
    settings: Settings, line: Mapping[Hashable, Any], begin: int, end: int
) -> list[tuple[str, str, str]]:
    """What is wrong with one row: column, problem, mend. Months count from the first of the horizon."""
    horizon, found = settings.months * settings.count, []
    if line["currency"] != settings.currency:
        found.append(("currency", "is not the case's currency", f"State it in {settings.currency}."))
    if (begin > 0 and begin % settings.months) or (0 < end < horizon and end % settings.months):
        found.append(("start", "begins or ends within a period", "Let it run over whole periods."))
    if line["status"] == "offered":
        if begin < 0:
            found.append(("start", "is offered before the first period", "Write held, or begin it later."))
        if end > horizon:
            mend = (
                "Let it end with the horizon, or lengthen the horizon: what is owed later cannot be weighed."
            )
            found.append(("months", "is offered beyond the last period", mend))
        if np.isnan(line["up_to"]):
            found.append(("up_to", "is offered without a limit", "State the most spend that it covers."))
    return found


def _meet(one: Mapping[Hashable, Any], other: Mapping[Hashable, Any]) -> bool:
    a, b = (pd.Period(line["start"], freq="M").ordinal for line in (one, other))
    together = one["payer"] == other["payer"] or "" in (one["payer"], other["payer"])
    return together and a < b + int(other["months"]) and b < a + int(one["months"])


def _cell(value: object) -> str:
    """A cell as it was written; a blank number is blank."""
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:g}"
    return str(value)
