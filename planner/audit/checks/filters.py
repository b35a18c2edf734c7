"""Rules that say where a workload may be, and what forbids a place without any rule."""

from __future__ import annotations

from collections.abc import Iterable

from planner.audit.case import PLACES
from planner.audit.context import Context
from planner.audit.filters import selected, verdict
from planner.audit.findings import Finding, of_rule, shortened, spans
from planner.audit.places import BUILT_IN, PRICED
from planner.audit.rules import binds
from planner.policy.rules import Rule


def check(context: Context, rule: Rule) -> Iterable[Finding]:
    """Every placement, in every role, of every workload that the rule selects."""
    bits = binds(rule, context.case)
    by_workload: dict[str, dict[tuple[str, str], list[int]]] = {}
    for p in context.claims.placements:
        if bits >> p.t & 1:
            by_workload.setdefault(p.workload, {}).setdefault((p.region, p.role), []).append(p.t)
    for workload, placed in by_workload.items():
        yield from _of_workload(context, rule, workload, placed)


def _of_workload(
    context: Context, rule: Rule, workload: str, placed: dict[tuple[str, str], list[int]]
) -> Iterable[Finding]:
    good = []
    names = context.case.names
    for (region, role), periods in placed.items():
        facts = context.judged.facts(workload, region, role)
        if not selected(rule, facts):
            continue
        reason = verdict(rule, facts)
        if not reason:
            good.append(region)
            continue
        numbers = {"region": region, "role": role, **_attributes(rule, facts.workload, facts.region)}
        waived = context.judged.waived(rule, workload, region)
        for status, chosen, how in (
            ("fail", [t for t in periods if not waived >> t & 1], ""),
            ("exception", [t for t in periods if waived >> t & 1], "; a waiver holds"),
        ):
            if chosen:
                message = f"at {region} ({role}) in {spans(names, chosen)}: {reason}{how}"
                yield of_rule(rule, "fail" if status == "fail" else "exception", workload, message, numbers)
    if good:
        yield of_rule(rule, "pass", workload, f"may be at {shortened(good)}", {"regions": len(set(good))})


def _attributes(rule: Rule, workload: object, region: object) -> dict[str, str]:
    """The attributes a verdict used: those selected on, and the region's own."""
    shown = {}
    for table, row in (("workload", workload), ("region", region)):
        for column in rule.select.get(table, {}):
            shown[f"{table}.{column}"] = row.get(column, "") if isinstance(row, dict) else ""
    if isinstance(region, dict):
        for column in ("country", "deployment", "sovereign", "parent_jurisdiction"):
            shown.setdefault(f"region.{column}", region.get(column, ""))
    return shown


def built_in(context: Context) -> Iterable[Finding]:
    """Open, serving the agency, with a machine that fits and a price: by the case's own rules."""
    by_place: dict[tuple[str, str, bool], list[int]] = {}
    for p in context.claims.placements:
        by_place.setdefault((p.workload, p.region, p.role == "backup"), []).append(p.t)
    wrong: set[str] = set()
    unknown = () if context.holds(PLACES) else PRICED
    for (workload, region, is_backup), periods in by_place.items():
        for block in context.places.blocks(workload, region):
            hit = [t for t in periods if block.periods >> t & 1]
            if block.by in (BUILT_IN if not is_backup else BUILT_IN[:2]) and hit and block.by not in unknown:
                wrong.add(block.by)
                message = f"at {region} in {spans(context.case.names, hit)}: {block.reason}"
                yield Finding(block.by, "fail", workload, message, {"region": region})
    for by in BUILT_IN:
        if by in unknown:
            message = "rows of prices were left out, so this was not checked"
            yield Finding(by, "not checked", "all placements", message)
        elif by not in wrong:
            yield Finding(by, "pass", "all placements", f"{len(by_place)} places of workloads were looked at")
