"""What moves where and when, and at what cost: ``moves.csv`` from placements and cost lines."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ZERO
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.moves import moved
from planner.audit.reading import Row, number

NAME, FILE = "moves-recorded", "moves.csv"
_SHARE, _MONEY = Decimal("1e-6"), Decimal("0.02")
_PARTS = {"labour": "migration labour", "once": "placement once", "transfer": "migration transfer"}
Key = tuple[str, str, int]
"""Workload, region, period."""


def check(context: Context) -> Iterable[Finding]:
    """Shares that leave and enter each region are those of placements; their cost is that of costs.csv."""
    rows = context.claims.moves
    case, at = context.case, {name: t for t, name in enumerate(context.case.names)}
    left, entered = dict[Key, Decimal](), dict[Key, Decimal]()
    for workload in case.workloads:
        for t in range(len(case.periods)):
            for region, change in (moved(case, context.claims, workload, t) or {}).items():
                side = entered if change > 0 else left
                if abs(change) > _SHARE:
                    side[workload, region, t] = abs(change)
    if rows is None:
        if context.made_by_planner and (left or entered):
            yield context.missing(NAME, FILE)
        return
    faults: list[Finding] = []
    paid = {part: dict[Key, Decimal]() for part in _PARTS}
    for row in rows:
        if row["period"] not in at or row["workload"] not in case.workloads:
            faults.append(Finding(NAME, "fail", row["workload"][:120], "moves.csv names what the case lacks"))
            continue
        t, share = at[row["period"]], number(row, "share")
        for side, column in ((left, "from"), (entered, "to")):
            key = (row["workload"], row[column], t)
            side[key] = side.get(key, ZERO) - share
        for part in _PARTS:
            key = (row["workload"], row["from" if part == "transfer" else "to"], t)
            paid[part][key] = paid[part].get(key, ZERO) + number(row, part)
        faults += _sum(row)
    for side, word in ((left, "leaves"), (entered, "enters")):
        for (workload, region, t), rest in sorted(side.items()):
            if abs(rest) > _SHARE:
                message = f"moves.csv tells otherwise what {word} {region[:120]} in {case.names[t]}"
                faults.append(Finding(NAME, "fail", workload, message, {"difference": text(rest)}))
    faults += _costs(context, paid)
    yield from faults[:20]
    if not faults:
        yield Finding(NAME, "pass", FILE, "each move is a change of placements, at the cost that is paid")


def _sum(row: Row) -> Iterable[Finding]:
    due = sum((number(row, part) for part in _PARTS), ZERO)
    if abs(number(row, "cost") - due) > _MONEY:
        numbers = {"stated": row["cost"], "found": text(due)}
        yield Finding(
            NAME, "fail", row["workload"], f"the cost of a move in {row['period']} is no sum", numbers
        )


def _costs(context: Context, paid: dict[str, dict[Key, Decimal]]) -> Iterable[Finding]:
    """What moves cost is what costs.csv has for them; what begins pays ``once`` and does not move."""
    at = {name: t for t, name in enumerate(context.case.names)}
    lines: dict[str, dict[Key, Decimal]] = {part: {} for part in _PARTS}
    term = {name: part for part, name in _PARTS.items()}
    for row in context.claims.costs or ():
        if (part := term.get(row["term"])) is not None:
            key = (row["workload"], row["region"], at[row["period"]])
            lines[part][key] = lines[part].get(key, ZERO) + number(row, "cash")
    for part, mine in paid.items():
        for key, money in sorted(mine.items()):
            due = lines[part].get(key, ZERO)
            if abs(money - due) > _MONEY * 2:
                numbers = {"stated": text(money), "found": text(due)}
                message = f"moves.csv states another {part} at {key[1]} in {context.case.names[key[2]]}"
                yield Finding(NAME, "fail", key[0], message, numbers)
