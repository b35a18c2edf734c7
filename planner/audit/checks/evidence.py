"""What must be obtained: listed while planning, required at award."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from planner.audit.amounts import owners
from planner.audit.case import ZERO
from planner.audit.context import Context
from planner.audit.filters import selected
from planner.audit.findings import Finding, Status, of_rule, shortened
from planner.audit.reading import Row, number
from planner.audit.rules import binds
from planner.policy.rules import Rule


def check(context: Context, rule: Rule) -> Iterable[Finding]:
    """A reference of each kind for every workload that the rule selects where it is placed."""
    for kind in rule.parameters["kinds"]:
        lacking, held = [], 0
        for workload, subjects in _subjects(context, rule).items():
            if _obtained(context, kind, subjects):
                held += 1
            else:
                lacking.append(workload)
        yield from _finding(context, rule, kind, lacking, held)


def fresh(context: Context, rule: Rule) -> Iterable[Finding]:
    """A reference of each kind that is no older, at the decision, than the rule allows.

    One that was obtained between decision and award is younger than the decision, and fresh.
    """
    days = int(rule.parameters["days"])
    decided = context.case.day("decision_date")
    for kind in rule.parameters["kinds"]:
        lacking, held = [], 0
        for workload, subjects in _subjects(context, rule).items():
            found = _obtained(context, kind, subjects)
            ages = [age for row in found if (age := _age(row, decided)) is not None]
            if any(age <= days for age in ages):
                held += 1
            else:
                lacking.append(f"{workload} ({min(ages)} days old)" if ages else workload)
        yield from _finding(context, rule, f"{kind}, at most {days} days old", lacking, held)


def approvals(context: Context, rule: Rule) -> Iterable[Finding]:
    """Approvals that each project needs by its value; a workload without a project is one by itself."""
    if context.claims.costs is None:
        yield of_rule(rule, "not checked", "costs.csv", "without cost lines no value is known", {})
        return
    currency = rule.parameters["currency"][0]
    if currency != context.case.settings.get("currency"):
        message = f"the threshold is in {currency}, the case in another currency"
        yield of_rule(rule, "not checked", "threshold", message, {})
        return
    values = project_values(context)
    threshold = Decimal(str(rule.parameters["threshold"]))
    chosen = _subjects(context, rule)
    projects: dict[str, set[str]] = {}
    for workload, subjects in chosen.items():
        projects.setdefault(project_of(context, workload), set()).update(subjects)
    for project, subjects in sorted(projects.items()):
        value = values.get(project, ZERO)
        kinds = needed(rule, value)
        missing = [k for k in kinds if not _obtained(context, k, {*subjects, project})]
        numbers = {"value": round(value, 2), "threshold": threshold, "approvals": kinds, "missing": missing}
        side = "from" if value >= threshold else "below"
        if missing:
            message = f"to obtain: {', '.join(missing)} ({side} the threshold)"
            yield of_rule(rule, _status(context), project, message, numbers)
        else:
            yield of_rule(
                rule, "pass", project, f"every approval is on record ({side} the threshold)", numbers
            )


def needed(rule: Rule, value: Decimal) -> tuple[str, ...]:
    """Approvals that a value needs."""
    kinds: tuple[str, ...] = rule.parameters[
        "from" if value >= Decimal(str(rule.parameters["threshold"])) else "below"
    ]
    return kinds


def project_of(context: Context, workload: str) -> str:
    """The project under which a workload is bought; the workload itself if it names none."""
    return context.case.workloads[workload].get("project", "") or workload


def project_values(context: Context) -> dict[str, Decimal]:
    """Cash with tax over the horizon by project; a pool's line is shared by the vCPU placed from it."""
    at = {name: t for t, name in enumerate(context.case.names)}
    values: dict[str, Decimal] = {}
    for row in context.claims.costs or ():
        t, cash = at[row["period"]], number(row, "cash")
        weights: Mapping[str, Decimal] = {w: context.case.need(w, "vcpu", t) for w in owners(context, row, t)}
        total = sum(weights.values(), ZERO)
        for workload, weight in weights.items():
            part = weight / total if total else Decimal(1) / len(weights)
            project = project_of(context, workload)
            values[project] = values.get(project, ZERO) + cash * part
    return values


def _subjects(context: Context, rule: Rule) -> dict[str, set[str]]:
    """Workloads that the rule selects where they are placed, with the subjects that evidence may name."""
    bits = binds(rule, context.case)
    found: dict[str, set[str]] = {}
    for p in context.claims.placements:
        if not bits >> p.t & 1:
            continue
        facts = context.judged.facts(p.workload, p.region, p.role)
        if selected(rule, facts):
            row, region = facts.workload, facts.region
            found.setdefault(p.workload, set()).update(
                {p.workload, p.region, f"{p.workload}/{p.region}", region["vendor"], row["agency"],
                 project_of(context, p.workload), str(context.case.settings.get("id", ""))}
            )  # fmt: skip
    return found


def _obtained(context: Context, kind: str, subjects: set[str]) -> list[Row]:
    return [
        row
        for row in context.case.evidence
        if row["kind"] == kind
        and row["subject"] in subjects
        and row["reference"].strip()
        and row["date"].strip()
    ]


def _age(row: Row, decided: date) -> int | None:
    try:
        return (decided - date.fromisoformat(row["date"])).days
    except ValueError:
        return None


def _status(context: Context) -> Status:
    return "fail" if context.stage == "award" else "warn"


def _finding(context: Context, rule: Rule, kind: str, lacking: list[str], held: int) -> Iterable[Finding]:
    numbers = {"kind": kind, "lacking": len(lacking), "held": held}
    if lacking:
        message = f"to obtain for {shortened(lacking)}"
        yield of_rule(rule, _status(context), kind, message, numbers)
    elif held:
        yield of_rule(rule, "pass", kind, f"on record for {held} workloads", numbers)
