"""The worth of latency, in decimals: users, the copied network and placements against ``costs.csv``."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ZERO
from planner.audit.checks.costs import discount_factor
from planner.audit.checks.latency import trips_of
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.reading import number

_CENT = Decimal("0.01")
_RELATIVE = Decimal("1e-8")
_MICROSECONDS = Decimal(1_000_000)
_NAME = "latency-weighed"
Key = tuple[str, str, str]


def weighed(context: Context) -> Iterable[Finding]:
    """The lines of term ``latency``: share × Σ users × round trip × months × worth, discounted."""
    costs, stated = context.claims.costs, context.case.settings.get("latency")
    rows = [row for row in costs or () if row["term"] == "latency"]
    if stated is None and not rows:
        return
    if costs is None:
        yield context.missing(_NAME, "costs.csv")
        return
    said: dict[Key, Decimal] = {}
    for row in rows:
        key = (row["workload"], row["region"], row["period"])
        said[key] = said.get(key, ZERO) + number(row, "objective")
    due: dict[Key, Decimal] = {}
    if isinstance(stated, dict):
        trips = context.once(trips_of)
        if trips is None:
            message = "the plan holds no network to check it with"
            yield Finding(_NAME, "not checked", "costs.csv", message)
            return
        due = _due(context, trips, Decimal(stated["worth"]), str(stated["currency"]))
    wrong = False
    for key in sorted(said.keys() | due.keys()):
        a, b = said.get(key, ZERO), due.get(key, ZERO)
        if abs(a - b) > _CENT + abs(b) * _RELATIVE:
            wrong = True
            workload, region, period = (part[:80] for part in key)
            numbers = {"stated": text(a), "found": text(b)}
            message = f"weighs other round trips at {region} in {period} than its users have"
            yield Finding(_NAME, "fail", workload, message, numbers)
    if not wrong:
        numbers = {"found": text(sum(due.values(), ZERO))}
        yield Finding(_NAME, "pass", "costs.csv", "the worth of latency was worked out again", numbers)


def _due(
    context: Context, trips: dict[str, dict[str, int]], worth: Decimal, currency: str
) -> dict[Key, Decimal]:
    """Worth of 1,000 users, a millisecond and a month, for each primary placement."""
    case = context.case
    due: dict[Key, Decimal] = {}
    for p in context.claims.placements:
        by_period = case.users.get(p.workload)
        if p.role != "primary" or not by_period:
            continue
        there = trips[p.region]
        waited = sum((n * there[s] for s, n in by_period[p.t].items() if s in there), ZERO) / _MICROSECONDS
        money = p.share * waited * case.periods[p.t].months * worth * case.rate(currency, p.t)
        if money:
            key = (p.workload, p.region, case.names[p.t])
            due[key] = due.get(key, ZERO) + money * discount_factor(case, p.t)
    return due
