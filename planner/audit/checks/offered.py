"""What a plan says beside itself: other options, what to sign, what leaving costs, against its own tables."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import STORED, ZERO, Case
from planner.audit.checks import schedule
from planner.audit.context import Context
from planner.audit.filters import in_market
from planner.audit.findings import Finding, text
from planner.audit.reading import Row, number
from planner.audit.tiers import first_paid

SIGNING = (*schedule.COLUMNS, "status", "upfront", "monthly", "obligation", "expected", "exit_value")
LEAVING = ("vendor_group", "period", "systems", "gib", "egress", "labour", "owed", "total")
OPTIONS = ("option", "cost", "cash", "objective", "tail", "assumed", "largest", "largest_share", "moves")
_MONEY = {
    "cost": "amortised", "cash": "cash", "objective": "objective", "tail": "tail", "assumed": "assumed",
}  # fmt: skip
"""Column of ``options.csv`` and of the ``costs.csv`` that it sums."""
_AGREED = ("agreement discount", "agreement shortfall")
_CENT = Decimal("0.02")
_RELATIVE = Decimal("1e-8")
_MOVED = Decimal("0.01")
_HAIR = Decimal("1e-6")


def signing(context: Context) -> Iterable[Finding]:
    """``signing.csv``: what is bought, and the cash of ``costs.csv`` by vendor; sums of a row hold."""
    rows, costs = context.folder.optional("signing.csv", SIGNING), context.claims.costs
    if rows is None or costs is None:
        return
    wrong, expected, stated = list(schedule.faults(context, rows)), dict[str, Decimal](), dict[str, Decimal]()
    for line in costs:
        if line["region"] and line["term"] not in _AGREED:
            vendor = context.case.regions[line["region"]]["vendor"]
            expected[vendor] = expected.get(vendor, ZERO) + number(line, "cash")
    for row in rows:
        vendor = row["vendor"]
        stated[vendor] = stated.get(vendor, ZERO) + number(row, "expected")
        wrong += [f"{vendor}: {fault}" for fault in _row_faults(row)]
    slack = _CENT + Decimal("0.005") * len(rows)
    for vendor in sorted(expected.keys() | stated.keys()):
        cash, said = expected.get(vendor, ZERO), stated.get(vendor, ZERO)
        if abs(cash - said) > slack + abs(cash) * _RELATIVE:
            wrong.append(f"{vendor}: expects {text(said)}, where costs.csv has {text(cash)} of cash")
    yield from _verdict("signing", "signing.csv", wrong, "what is expected is the cash of costs.csv")


def _row_faults(row: Row) -> Iterable[str]:
    """What cannot be of one row of the schedule."""
    owed, months = number(row, "obligation"), number(row, "months")
    if row["status"] not in ("sign", "held", "as used"):
        yield f"an unknown status {row['status'][:40]!r}"
    elif row["status"] == "as used":
        if owed != ZERO or number(row, "exit_value") != ZERO:
            yield "owes something for what is bought as it is used"
    elif abs(number(row, "upfront") + number(row, "monthly") * months - owed) > _CENT * (months + 1):
        yield "its obligation is not what is paid at the start and each month"
    if number(row, "exit_value") > owed + _CENT:
        yield "more is owed at the end of the contract than in all"


def leaving(context: Context) -> Iterable[Finding]:
    """``leaving.csv``: systems, data, egress and labour from the placements, and their sum with what is owed.

    What is owed itself is not worked out here: rules on exit do so from the purchases.
    """
    rows = context.folder.optional("leaving.csv", LEAVING)
    if rows is None:
        return
    case, wrong = context.case, []
    at = {name: t for t, name in enumerate(case.names)}
    labour = case.settings.get("migration", {}).get("labour")
    groups = sorted({r["vendor_group"] for r in case.regions.values() if in_market(r)})
    due = {(g, case.names[t]) for g in groups for t in range(1, len(case.names))
           if _there(context, g, t)[0] > ZERO}  # fmt: skip
    keys = [(row["vendor_group"], row["period"]) for row in rows]
    if due - set(keys) or len(set(keys)) < len(keys):
        wrong.append("does not have each vendor group in each period once")
    for row in rows:
        where = f"{row['vendor_group'][:120]} in {row['period'][:40]}"
        if (row["vendor_group"], row["period"]) not in due and not number(row, "owed") > ZERO:
            wrong.append(f"{where}: there is nothing to leave")
        if row["period"] not in at or at[row["period"]] == 0:
            wrong.append(f"{where}: no period that one could leave at")
            continue
        systems, gib, egress = _there(context, row["vendor_group"], at[row["period"]])
        each = None if labour is None else Decimal(str(labour)) * systems
        for column, sum_found in (("systems", systems), ("gib", gib), ("egress", egress), ("labour", each)):
            stated = number(row, column) if row[column] else None
            if (stated is None) != (sum_found is None) or _differ(stated or ZERO, sum_found or ZERO):
                wrong.append(f"{where}: {column} is {row[column][:40] or 'blank'}, not {text(sum_found)}")
        if row["total"] or row["egress"]:
            total = sum((number(row, c, ZERO) for c in ("egress", "labour", "owed")), ZERO)
            if _differ(number(row, "total"), total):
                wrong.append(f"{where}: total is {row['total'][:40]}, its parts sum to {text(total)}")
    yield from _verdict(
        "leaving", "leaving.csv", wrong, "data, systems and labour follow from the placements"
    )


def _there(context: Context, group: str, t: int) -> tuple[Decimal, Decimal, Decimal | None]:
    """Systems, GiB and the list price to carry them away, of a vendor group at the beginning of period t."""
    case, systems, gib, egress = context.case, ZERO, ZERO, ZERO
    known = True
    for (workload, when), there in context.claims.primary.items():
        if when != t - 1 or not case.alive(workload, t):
            continue
        stored = sum((case.need(workload, k, t - 1) for k in STORED), ZERO)
        for p in (p for p in there if case.regions[p.region]["vendor_group"] == group):
            systems, gib = systems + p.share, gib + p.share * stored
            if stored:
                tier = first_paid(case, p.region)
                known &= tier is not None
                egress += p.share * stored * _price(case, tier, t) if tier else ZERO
    return systems, gib, egress if known else None


def _price(case: Case, tier: Row, t: int) -> Decimal:
    return number(tier, "ListUnitPrice") * case.rate(tier["PricingCurrency"], t)


def options(context: Context) -> Iterable[Finding]:
    """``options.csv``: the row of the plan against its own tables; of the others no solver is at hand."""
    rows, costs = context.folder.optional("options.csv", OPTIONS), context.claims.costs
    if rows is None or costs is None:
        return
    plans = [row for row in rows if row["option"] == "plan"]
    wrong = [] if len(plans) == 1 else [f"{len(plans)} rows are the plan, not one"]
    keys = [(row["option"], row.get("rule", ""), row.get("value", "")) for row in rows]
    if len(set(keys)) < len(keys):
        wrong.append("an option stands there twice")
    if any((option in ("plan", "nothing")) != (rule == "") for option, rule, _ in keys):
        wrong.append("an option names no rule, or the plan names one")
    for row in plans:
        for column, summed in _MONEY.items():
            total = sum((number(line, summed) for line in costs), ZERO)
            if _differ(number(row, column), total):
                wrong.append(f"{column} of the plan is {row[column][:40]}, costs.csv has {text(total)}")
        largest, share = _largest(context, costs)
        if (row["largest"], row["largest_share"] == "") != (largest, largest == ""):
            wrong.append(f"largest is {row['largest'][:120]!r}, not {largest!r}")
        elif largest and abs(number(row, "largest_share") - share) > _HAIR:
            wrong.append(f"largest share is {row['largest_share'][:40]}, not {text(share)}")
        moves = _moves(context)
        if (row["moves"] == "") != (moves is None) or (moves is not None and number(row, "moves") != moves):
            wrong.append(f"moves are {row['moves'][:40] or 'blank'}, not {moves}")
    yield from _verdict("options", "options.csv", wrong, "the plan's own row is what its tables say")
    if others := [row["option"] for row in rows if row["option"] != "plan" and row["cost"]]:
        message = f"solved by the planner, not worked out again: {', '.join(others)[:200]}"
        yield Finding("options", "report", "options.csv", message)


def _largest(context: Context, costs: Iterable[Row]) -> tuple[str, Decimal]:
    """The vendor group of the market that most is paid to, and its part of what is paid there."""
    spent: dict[str, Decimal] = {}
    for line in costs:
        if line["region"] and in_market(context.case.regions[line["region"]]):
            group = context.case.regions[line["region"]]["vendor_group"]
            spent[group] = spent.get(group, ZERO) + number(line, "amortised")
    total = sum(spent.values(), ZERO)
    if total <= ZERO:
        return "", ZERO
    most = min(spent, key=lambda group: (-spent[group], group))
    return most, spent[most] / total


def _moves(context: Context) -> int | None:
    """Systems of which some part runs elsewhere than today; ``None`` where today is not stated."""
    today = context.case.today
    if not today:
        return None
    moved = {
        workload
        for (workload, _), there in context.claims.primary.items()
        if workload in today
        for p in there
        if p.share - today[workload].get(p.region, ZERO) > _MOVED
    }
    return len(moved)


def _differ(stated: Decimal, found: Decimal) -> bool:
    return abs(stated - found) > _CENT + abs(found) * _RELATIVE


def _verdict(check: str, table: str, wrong: list[str], right: str) -> Iterable[Finding]:
    yield from (Finding(check, "fail", table, fault) for fault in wrong)
    if not wrong:
        yield Finding(check, "pass", table, right)
