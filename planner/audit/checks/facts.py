"""What ``plan.json`` says of its prices, rules, shares and commitments, worked out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from planner.audit.amounts import owners
from planner.audit.case import PLACES, ZERO
from planner.audit.checks.assumed import Part, foreign_part
from planner.audit.checks.contracts import at_start
from planner.audit.claims import RECORD
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.held import LENGTHS, begun_units
from planner.audit.reading import Row, number

NAME = "facts"
_SHARE = Decimal("0.000002")
_RELATIVE = Decimal("1e-6")
_DUST = Decimal("1e-9")
SCHEMA, PROVED, STOPPED = 1, "optimal", "stopped"
"""What a plan says: that its optimum was proved within the gap asked for, or that the search was stopped."""


def check(context: Context) -> Iterable[Finding]:
    """Each entry of ``plan.json`` that follows from the inputs and from the plan's own tables."""
    head = context.claims.head
    if head is None:
        return  # check ``record`` says so
    faults = [f for part in _PARTS for f in part(context, head)]
    if not context.made_by_planner:  # a public part leaves entries out
        faults = [f for f in faults if f.subject.split(":")[0] in head]
    yield from faults
    if not faults:
        yield Finding(NAME, "pass", RECORD, "what it says of prices, rules and shares was worked out again")


def _fault(entry: str, stated: object, due: object) -> Finding:
    numbers = {"stated": _shown(stated), "found": _shown(due)}
    return Finding(NAME, "fail", entry, "plan.json states otherwise", numbers)


def _shown(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"{len(value)}: {', '.join(str(v) for v in value)}"[:200]
    return text(value)[:200]


def _plain(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    stated = head.get("run")
    run = stated if isinstance(stated, dict) else {}
    if head.get("schema") != SCHEMA:
        yield _fault("schema", head.get("schema"), SCHEMA)
    stated_month, month = (
        head.get("year_begins", 1),
        context.case.settings.get("money", {}).get("year_begins", 1),
    )
    if stated_month != month:
        yield _fault("year_begins", stated_month, month)
    gap, allowed = (_figure(run.get(name)) for name in ("gap", "gap_allowed"))
    # Whoever was stopped within the gap says less than is true.
    due = (PROVED,) if not gap else (PROVED, STOPPED) if gap <= allowed else (STOPPED,)
    for entry, status in (("status", head.get("status")), ("run: status", run.get("status"))):
        if status not in due:
            yield _fault(entry, status, due[0])


def _figure(value: Any) -> Decimal:
    """A number of the record; 0 where there is none."""
    plain = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    return Decimal(str(value)) if plain else Decimal(0)


def _rules(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    due = [rule.label() for rule in context.own_rules if rule.declared_severity != rule.severity]
    if head.get("not_adopted") != due:
        yield _fault("not_adopted", head.get("not_adopted"), due)


def _exchange(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    stated = head.get("exchange")
    asked = context.case.settings.get("fx", [])
    due = [{k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()} for row in asked]
    rows = [dict(row) for row in stated if isinstance(row, dict)] if isinstance(stated, list) else None
    if rows is None or len(rows) != len(stated or ()) or _ordered(rows) != _ordered(due):
        yield _fault("exchange", stated, due)


def _ordered(rows: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    def plain(value: Any) -> str:
        return text(Decimal(value)) if isinstance(value, (int, Decimal)) else str(value)

    return sorted(sorted((key, plain(value)) for key, value in row.items()) for row in rows)


def _ages(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    if context.claims.purchases is None:
        return
    rows = {(r["sku"], r["term"]) for r in context.claims.purchases}
    dates = [context.case.prices[key].get("as_of", "") for key in rows if key in context.case.prices]
    for entry, due in (("oldest_price", min(dates, default="")), ("newest_price", max(dates, default=""))):
        if head.get(entry) != due:
            yield _fault(entry, head.get(entry), due)


def _unpriced(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    case, stated = context.case, head.get("unpriced_regions")
    if not context.holds(PLACES):
        return
    priced = {case.skus[sku]["region"] for sku, _ in case.prices if sku in case.skus}
    due = sorted(set(case.regions) - priced)
    if not isinstance(stated, list) or sorted(map(str, stated)) != due:
        yield _fault("unpriced_regions", stated, due)


def _status(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    """What the newest dated fact says of each region used; a plan written before it was told says nothing."""
    if "region_status" not in head:
        return
    due = []
    for region in sorted({p.region for p in context.claims.placements}):
        row = context.case.regions[region]
        facts = [(fact["date"], fact["fact"]) for fact in context.case.history.get(region, [])]
        confirmed, status = max(facts) if facts else (row.get("as_of", ""), row["status"])
        table = "regions_history.csv" if facts else "regions.csv"
        due.append({"confirmed": confirmed, "region": region, "status": status, "table": table})
    if head["region_status"] != due:
        yield _fault("region_status", head["region_status"], due)


def _contestable(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    """The part of the cost that is contestable, and which workloads the run record says are."""
    if not context.holds(PLACES):
        return
    case, contestable = context.case, context.places.contestable
    due = []
    for workload in sorted(case.workloads):
        spans = [p.name for p in case.periods if contestable[workload] >> p.t & 1]
        if spans:
            due.append({"from": spans[0], "to": spans[-1], "workload": workload})
    run = head.get("run", {})
    stated = run.get("contestable") if isinstance(run, dict) else None
    if not isinstance(stated, list) or sorted(stated, key=str) != sorted(due, key=str):
        yield _fault("run: contestable", stated, due)
    if context.claims.costs is None:
        return

    def part(row: Row) -> Part:
        t = case.names.index(row["period"])
        whose = owners(context, row, t) if row["workload"] or row["pool"] else set()
        sides = {contestable[workload] >> t & 1 for workload in whose}
        return Decimal(min(sides, default=0)), Decimal(max(sides, default=0))

    yield from _share(context, head, "contestable_share", part)


def _foreign(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    if context.claims.costs is not None and context.claims.purchases is not None:
        yield from _share(context, head, "foreign_currency_share", foreign_part(context))


def _share(
    context: Context, head: Mapping[str, Any], entry: str, part: Callable[[Row], Part]
) -> Iterator[Finding]:
    """A part of all amortised cost; lines that the folder does not tell apart leave it within bounds."""
    low = high = total = ZERO
    for row in context.claims.costs or ():
        amount = number(row, "amortised")
        bounds = sorted(p * amount for p in part(row))
        low, high, total = low + bounds[0], high + bounds[-1], total + amount
    stated = head.get(entry)
    if total > 0:
        low, high = low / total, high / total
    if not isinstance(stated, (int, Decimal)) or not low - _SHARE <= stated <= high + _SHARE:
        yield _fault(entry, stated, high)


def _outlived(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    """Commitments of the plan that run longer than the contract that held when they began."""
    case = context.case
    if context.claims.purchases is None or "contracts" in case.left_out:
        return
    due = set()
    for (_, sku, term), started in begun_units(case, context.claims.purchases).items():
        for t0, units in enumerate(started):
            contract = at_start(case, case.skus[sku]["region"], t0) if units > _DUST else None
            begins = case.periods[t0].start
            months = begins.year * 12 + begins.month - 1 + LENGTHS[term]
            end = f"{months // 12:04d}-{months % 12 + 1:02d}"
            if contract and contract["valid_to"] and contract["valid_to"] < f"{end}-01":
                until = f"contract {contract['contract']} ends {contract['valid_to']}"
                due.add(f"{term} of {sku} from {begins:%Y-%m} runs to {end}, {until}")
    if head.get("outlived", []) != sorted(due):
        yield _fault("outlived", head.get("outlived", []), sorted(due))


def _agreements(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    """Each spend commitment of the case is signed or not; those that are held are."""
    case, stated = context.case, head.get("agreements", {})
    if "spend_commitments" in case.left_out:
        return
    names = {row["agreement"]: row["status"] for row in case.agreements}
    fits = isinstance(stated, dict) and stated.keys() == names.keys()
    if not fits or not all(isinstance(v, bool) and (v or names[k] != "held") for k, v in stated.items()):
        yield _fault("agreements", stated, names)


def _replan(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    """What planning again changed of the earlier plan."""
    asked, stated = context.case.settings.get("replan"), head.get("replan")
    if (asked is None) != (stated is None):
        yield _fault("replan", stated, asked)
    if asked is None or not isinstance(stated, dict):
        return
    before: dict[tuple[str, int], dict[str, Decimal]] = {}
    for workload, region, t, role, share in context.case.earlier:
        if role == "primary":
            before.setdefault((workload, t), {})[region] = share
    moved, names = ZERO, set()
    for (workload, t), shares in before.items():
        for p in context.claims.primary.get((workload, t), []):
            more = max(ZERO, p.share - shares.get(p.region, ZERO))
            moved += more
            names |= {workload} if more > _DUST else set()
    for entry, near, due in (
        ("freeze", ZERO, Decimal(asked.get("freeze", 0))),
        ("change_price", _RELATIVE, Decimal(asked.get("change_price", 0))),
        ("changed", _SHARE, moved),
    ):
        said = stated.get(entry)
        if not isinstance(said, (int, Decimal)) or abs(said - due) > near:
            yield _fault(f"replan: {entry}", said, due)
    if stated.get("changed_workloads") != sorted(names):
        yield _fault("replan: changed_workloads", stated.get("changed_workloads"), sorted(names))


def _traces(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    case, stated = context.case, head.get("traces")
    if (case.levels == 0) != (stated is None):
        yield _fault("traces", stated, case.levels)
    if not case.levels or not isinstance(stated, dict):
        return
    for entry, due in (("levels", case.levels), ("slices", len(case.slices))):
        if stated.get(entry) != due:
            yield _fault(f"traces: {entry}", stated.get(entry), due)


def _run(context: Context, head: Mapping[str, Any]) -> Iterator[Finding]:
    """The objective of the run record is that of the cost lines, and no less than its bound."""
    run = head.get("run", {})
    if not isinstance(run, dict):
        yield _fault("run", type(run).__name__, "a record")
        return
    if context.claims.costs is None:
        return
    objective = sum((number(row, "objective") for row in context.claims.costs), ZERO)
    near = _RELATIVE * max(Decimal(1), abs(objective))
    stated = run.get("objective")
    if not isinstance(stated, (int, Decimal)) or abs(stated - objective) > near:
        yield _fault("run: objective", stated, objective)
    bound = run.get("bound", objective)
    if not isinstance(bound, (int, Decimal)) or bound > objective + near:
        yield _fault("run: bound", bound, objective)


_PARTS = (
    _plain, _rules, _exchange, _ages, _unpriced, _status, _contestable, _foreign, _outlived, _agreements,
    _replan, _traces, _run,
)  # fmt: skip
