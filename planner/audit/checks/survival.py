"""Does what must survive a loss have a place in it, where ``survival.csv`` says, and is there room?

The plan states where work would run in each event; that is checked, not found anew. Standbys are held
to what stands ready at the place and to the part that the tier keeps; which of them stands for which
place is not told by the plan and is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from planner.audit.case import ONE, SIZED, ZERO
from planner.audit.checks.capacity import bought
from planner.audit.context import TOLERANCE, Context
from planner.audit.filters import FILTERS, Facts, in_market, selected
from planner.audit.findings import Finding, Status, of_rule, spans, text
from planner.audit.places import BUILT_IN
from planner.audit.reading import number
from planner.audit.rules import binds
from planner.policy.rules import Rule

_ROOM = Decimal("1e-6")
Judge = Callable[[Status, str, str, Mapping[str, object]], Finding]
Key = tuple[str, str, int]
"""Event, workload, period."""


@dataclass
class _Refuges:
    """What ``survival.csv`` states: shares by event, workload and period, and what is wrong with it."""

    saved: dict[Key, Decimal] = field(default_factory=dict)
    faults: dict[str, list[int]] = field(default_factory=dict)


def by_rule(context: Context, rule: Rule) -> Iterable[Finding]:
    """What a rule selects, while it binds."""
    case, bits = context.case, binds(rule, context.case)
    who = [
        name
        for name, row in case.workloads.items()
        if selected(rule, Facts(row, case.agencies.get(row["agency"], {}), {}))
    ]

    def judge(status: Status, subject: str, message: str, numbers: Mapping[str, object]) -> Finding:
        return of_rule(rule, status, subject, message, numbers)

    yield from _judged(context, rule.parameters["of"], who, bits, judge)


def check(context: Context) -> Iterable[Finding]:
    """What ``[survival]`` of the case asks of critical work."""
    stated = context.case.settings.get("survival", {}).get("of", [])
    if not stated:
        return
    who = [name for name, row in context.case.workloads.items() if row.get("critical") == "true"]

    def judge(status: Status, subject: str, message: str, numbers: Mapping[str, object]) -> Finding:
        return Finding("survival", status, subject, message, {k: text(v) for k, v in numbers.items()})

    yield from _judged(context, stated, who, (1 << len(context.case.periods)) - 1, judge)


def _judged(
    context: Context, kinds: Iterable[str], who: list[str], bits: int, judge: Judge
) -> Iterable[Finding]:
    case = context.case
    market = {r: row["vendor_group"] for r, row in case.regions.items() if in_market(row)}
    events = sorted(set(market.values())) if "vendor_groups" in kinds else []
    events += sorted(market) if "regions" in kinds else []
    stated = context.once(_refuges)
    for workload in who:
        worst, lost_in, short = ONE, "", dict[str, list[int]]()
        for event in events:
            for t in (p.t for p in case.periods if bits >> p.t & 1):
                lost = _lost(context, market, event, workload, t)
                slack = stated.saved.get((event, workload, t), ZERO) - lost
                if lost and (slack < worst or not lost_in):
                    worst, lost_in = slack, event
                if slack < -TOLERANCE:
                    short.setdefault(event, []).append(t)
        numbers = {"events": len(events), "slack": worst, "tightest": lost_in} if lost_in else {}
        for event, periods in short.items():
            when = spans(case.names, periods)
            if context.claims.survival is None and not context.made_by_planner:
                message = f"the plan does not say where it would run without {event} in {when}"
                yield judge("not checked", workload, message, numbers)
            else:
                message = f"not all of it has a place without {event} in {when}"
                yield judge("fail", workload, message, numbers)
        if not short:
            yield judge("pass", workload, "has a place in each loss", numbers)
    for fault, periods in stated.faults.items():
        yield judge("fail", "survival.csv", f"{fault} in {spans(case.names, periods)}", {})


def _hit(event: str, region: str, market: Mapping[str, str]) -> bool:
    return region in market and event in (region, market[region])


def _refuges(context: Context) -> _Refuges:
    """The shares that ``survival.csv`` states, held to places that are open, standbys and room."""
    case, found = context.case, _Refuges()
    market = {r: row["vendor_group"] for r, row in case.regions.items() if in_market(row)}
    at = {name: t for t, name in enumerate(case.names)}
    ready = {(p.workload, p.region, p.t): p.share for p in context.claims.placements if p.role == "standby"}
    carried: dict[Key, Decimal] = {}
    fled: dict[tuple[str, str, int], list[tuple[str, Decimal]]] = {}
    for row in context.claims.survival or ():
        workload, region, t = row["workload"], row["region"], at[row["period"]]
        standby, extra = number(row, "standby"), number(row, "extra")
        key, part = (row["event"], workload, t), case.kept(workload, "vcpu", "standby")
        if _hit(row["event"], region, market):
            _fault(found, f"{workload} flees from {row['event']} to {region}, which is lost with it", t)
            continue
        if not _open(context, workload, region, t):
            _fault(found, f"{workload} may not be kept at {region}", t)
        if min(standby, extra) < 0 or standby > part * ready.get((workload, region, t), ZERO) + TOLERANCE:
            _fault(found, f"less of {workload} stands ready at {region} than is counted on", t)
        carried[key] = carried.get(key, ZERO) + standby
        found.saved[key] = found.saved.get(key, ZERO) + standby + extra
        fled.setdefault((row["event"], region, t), []).append((workload, extra))
    for (event, workload, t), saved in found.saved.items():
        if saved > _lost(context, market, event, workload, t) + TOLERANCE:
            _fault(found, f"more of {workload} flees than is lost with {event}", t)
    for (event, workload, t), standby in carried.items():
        lost = _lost(context, market, event, workload, t)
        if standby > case.kept(workload, "vcpu", "standby") * lost + TOLERANCE:
            _fault(found, f"standbys of {workload} stand for more than is lost with {event}", t)
    _room(context, fled, found)
    return found


def _lost(context: Context, market: Mapping[str, str], event: str, workload: str, t: int) -> Decimal:
    placed = context.claims.primary.get((workload, t), [])
    return sum((p.share for p in placed if _hit(event, p.region, market)), ZERO)


def _fault(found: _Refuges, words: str, t: int) -> None:
    found.faults.setdefault(words, []).append(t)


def _open(context: Context, workload: str, region: str, t: int) -> bool:
    """May the workload be kept ready there, by the case's own rules?"""
    places = context.places
    if any(b.by in BUILT_IN and b.periods >> t & 1 for b in places.blocks(workload, region)):
        return False
    return not any(
        rule.severity == "hard"
        and rule.kind in FILTERS
        and binds(rule, context.case) >> t & 1
        and not places.waived(rule, workload, region) >> t & 1
        and places.ruled_out(rule, workload, region, "standby")
        for rule in context.own_rules
    )


def _room(
    context: Context, fled: Mapping[tuple[str, str, int], list[tuple[str, Decimal]]], found: _Refuges
) -> None:
    """What flees to a region with limits on its resources fits beside what is bought there."""
    case = context.case
    limits = [
        (row["subject"], row["resource"], amounts)
        for row, amounts in case.capacity
        if row["subject"] in case.regions and row["resource"] in SIZED and not row["payer"]
    ]
    for (event, region, t), workloads in sorted(fled.items()):
        for subject, resource, amounts in limits:
            amount = amounts[t]
            need = sum((case.need(w, resource, t) * share for w, share in workloads), ZERO)
            if subject != region or amount is None or not need:
                continue
            mine = [r for r in context.claims.purchases or ()
                    if r["region"] == region and r["period"] == case.names[t]]  # fmt: skip
            drawn = max(
                sum((n * case.draws(r["sku"], resource, False) for r, n in bought(case, mine, part)), ZERO)
                for part in case.slices
            )
            if drawn + need > amount + _ROOM * max(ONE, amount):
                _fault(found, f"{region} has no room for the {resource} that flees from {event}", t)
