"""Are the periods of the plan those that the case asks for, with their days, hours and discount?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.checks.costs import discount_factor
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.reading import number

NAME, FILE = "periods", "periods.csv"
_NEAR = Decimal("1e-9")


def check(context: Context) -> Iterable[Finding]:
    """``periods.csv`` row by row, from ``[periods]`` and ``[money]`` of ``case.toml``."""
    rows, case = context.claims.periods, context.case
    if rows is None:
        yield context.missing(NAME, FILE)
        return
    wrong = []
    if [row["period"] for row in rows] != case.names:
        wrong.append(Finding(NAME, "fail", FILE, "does not hold each period of the case once, in order"))
    by_name = {p.name: p for p in case.periods}
    for row in rows:
        period = by_name.get(row["period"])
        if period is None:
            continue
        for column, due in (("start", period.start.isoformat()), ("end", period.end.isoformat())):
            if row[column] != due:
                numbers = {"stated": row[column][:40], "found": due}
                wrong.append(Finding(NAME, "fail", period.name, f"has another {column}", numbers))
        for column, amount in (("hours", period.hours), ("discount", discount_factor(case, period.t))):
            stated = number(row, column)
            if abs(stated - amount) > _NEAR:
                numbers = {"stated": text(stated), "found": text(amount)}
                wrong.append(Finding(NAME, "fail", period.name, f"has another {column}", numbers))
    yield from wrong
    if not wrong:
        yield Finding(NAME, "pass", FILE, f"its {len(rows)} periods are those of the case")
