"""Is ``latency.csv`` what users, links and placements come to, row by row and no row less?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from planner.audit.case import ONE, ZERO
from planner.audit.checks.latency import reach, trips_of
from planner.audit.context import TOLERANCE, Context
from planner.audit.filters import Facts, selected
from planner.audit.findings import Finding, text
from planner.audit.reading import Row, number
from planner.audit.rules import binds

NAME, FILE = "latency-recorded", "latency.csv"
_MS = Decimal(1000)
_ROUNDED = Decimal("0.00051")
"""Round trips of a plan are rounded to microseconds."""
_BINDS = Decimal("0.000001")
_UNREACHED = Decimal(10**12)
Trips = Mapping[str, Mapping[str, int]]
Key = tuple[str, str]
"""Workload, period."""


def recorded(context: Context) -> Iterable[Finding]:
    """Each cell of ``latency.csv`` worked out again; each row that is due, once."""
    rows = context.claims.latency
    targets = any(row.get("latency_ms") for row in context.case.workloads.values())
    if rows is None:
        if targets:
            yield context.missing(NAME, FILE)
        return
    trips = context.once(trips_of)
    if trips is None:
        if targets:
            yield Finding(NAME, "not checked", FILE, "the plan holds no network to check it with")
        return
    due = dict(_due(context))
    faults, seen = [], set[Key]()
    for row in rows:
        key = (row["workload"], row["period"])
        if key not in due:
            faults.append(_fault(key, "latency.csv names what has no target or no users"))
        elif key in seen:
            faults.append(_fault(key, "latency.csv names it twice"))
        else:
            faults += [_fault(key, words, **n) for words, n in _wrong(context, trips, row, due[key])]
        seen.add(key)
    faults += [_fault(key, "latency.csv leaves it out") for key in sorted(due.keys() - seen)]
    yield from faults[:20]
    if not faults:
        yield Finding(NAME, "pass", FILE, f"{len(seen)} rows agree")


def _fault(key: Key, message: str, **numbers: Decimal) -> Finding:
    workload, period = (part[:120] for part in key)
    return Finding(NAME, "fail", workload, f"{message}: {period}", {k: text(v) for k, v in numbers.items()})


def _due(context: Context) -> Iterator[tuple[Key, tuple[int, bool]]]:
    """What has a target, users and a place: the period's number, and whether a hard rule asks for it."""
    case = context.case
    rules = [(r, binds(r, case)) for r in context.own_rules if r.kind == "latency" and r.severity == "hard"]
    for workload, row in case.workloads.items():
        users = case.users.get(workload)
        if not row.get("latency_ms", "") or not users:
            continue
        facts = Facts(row, case.agencies.get(row["agency"], {}), {})
        asked = [bits for rule, bits in rules if selected(rule, facts)]
        for p in case.periods:
            if context.claims.primary.get((workload, p.t)):
                yield (workload, p.name), (p.t, bool(users[p.t]) and any(b >> p.t & 1 for b in asked))


def _wrong(
    context: Context, trips: Trips, row: Row, due: tuple[int, bool]
) -> Iterator[tuple[str, dict[str, Decimal]]]:
    t, asked = due
    workload = context.case.workloads[row["workload"]]
    share = reach(context, {r: dict(v) for r, v in trips.items()}, row["workload"], workload, t)
    if abs(share - number(row, "reached_share")) > TOLERANCE:
        yield "latency.csv states another share", {"stated": number(row, "reached_share"), "found": share}
    if "target_ms" not in row:
        return
    if number(row, "target_ms") != number(workload, "latency_ms"):
        yield "latency.csv states another target", {"found": number(workload, "latency_ms")}
    required = number(workload, "latency_share")
    if (row["required_share"] == "") == asked or (asked and number(row, "required_share") != required):
        yield "latency.csv states another share as required", {"found": required if asked else ZERO}
    users = context.case.users[row["workload"]][t]
    placed = context.claims.primary[row["workload"], t]
    means = [(p.share, *_seen(users, trips[p.region])) for p in placed]
    for column, known, found in (
        ("mean_ms", bool(users), sum((share * mean for share, mean, _ in means), ZERO)),
        ("p95_ms", bool(users), max(p95 for _, _, p95 in means)),
    ):
        if known != bool(row[column]):
            yield f"latency.csv states {column} where there are no users, or none where there are", {}
        elif known and found < _UNREACHED and abs(number(row, column) - found) > _ROUNDED:
            yield f"latency.csv states another {column}", {"stated": number(row, column), "found": found}
    near = asked and abs(number(row, "reached_share") - required) < _BINDS
    if row["binds"] != str(near):
        yield "latency.csv says otherwise whether it binds", {}


def _seen(users: Mapping[str, Decimal], trips: Mapping[str, int]) -> tuple[Decimal, Decimal]:
    """The users' mean round trip to a region and its 95th percentile over them, in ms."""
    total = sum(users.values(), ZERO)
    if not total:
        return ZERO, ZERO
    by_trip = sorted((Decimal(trips[s]) if s in trips else _UNREACHED, n) for s, n in users.items())
    mean = sum((trip * n for trip, n in by_trip), ZERO) / total
    below = ZERO
    for trip, n in by_trip:
        below += n
        if below >= Decimal("0.95") * total * (ONE - Decimal("1e-12")):
            return mean / _MS, trip / _MS
    return mean / _MS, by_trip[-1][0] / _MS
