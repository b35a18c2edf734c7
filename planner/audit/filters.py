"""Rules that say where a workload may be: one verdict for a workload, a region and a role.

Each verdict is worked out from one row of each table, so a pack's fixtures can be tried on it too.
An attribute that is unknown, or evidence that is missing, never passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from planner.audit.reading import Row, Unreadable, number
from planner.policy.rules import Rule


@dataclass(frozen=True)
class Facts:
    """What a verdict may look at: rows of the tables, and what is on record about a subject.

    ``tier`` is the row of the workload's resilience tier, empty without one, ``needs`` the resources that
    it needs in any period. ``certificates`` maps a subject (region or vendor) to the kinds of evidence
    held, ``assessed`` maps (subject, measure) to a value.
    """

    workload: Row
    agency: Row
    region: Row
    role: str = "primary"
    tier: Row = field(default_factory=dict)
    needs: frozenset[str] = frozenset(("vcpu", "memory_gib"))
    certificates: Mapping[str, frozenset[str]] = field(default_factory=dict)
    assessed: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)

    def value(self, measure: str) -> Decimal | None:
        """An assessed figure of the region, or else of its vendor; ``None`` if unknown."""
        for subject in (self.region.get("region", ""), self.region.get("vendor", "")):
            if (subject, measure) in self.assessed:
                return self.assessed[subject, measure]
        return None


def selected(rule: Rule, facts: Facts) -> bool:
    """Does the rule's selection hold for the workload, its agency and the region?"""
    tables: Mapping[str, Row] = {"workload": facts.workload, "agency": facts.agency, "region": facts.region}
    return all(
        tables[table].get(column, "") in values
        for table, columns in rule.select.items()
        for column, values in columns.items()
    )


def verdict(rule: Rule, facts: Facts) -> str:
    """Why the rule forbids the place, in words; empty if it does not.

    Raises
    ------
    KeyError
        If the rule's kind is no filter.
    """
    return FILTERS[rule.kind](rule.parameters, facts)


def _residency(parameters: Mapping[str, Any], facts: Facts) -> str:
    if facts.role not in parameters["roles"]:
        return ""
    country, sovereign = facts.region.get("country", ""), facts.region.get("sovereign", "unknown")
    if country not in parameters["countries"]:
        return f"data must stay in {', '.join(parameters['countries'])}; the region lies in {country}"
    if parameters.get("sovereign") and sovereign != "true":
        known = "unknown whether" if sovereign == "unknown" else "not the case that"
        return f"a sovereign cloud is required; {known} the region is one"
    return ""


def _deployment(parameters: Mapping[str, Any], facts: Facts) -> str:
    deployment, country = facts.region.get("deployment", ""), facts.region.get("country", "")
    level = facts.workload.get("classification", "")
    if deployment not in parameters["allowed"]:
        return f"{level} may only run on {', '.join(parameters['allowed'])}; the region is {deployment}"
    countries = parameters.get("countries", ())
    if countries and country not in countries:
        return f"{level} must stay in {', '.join(countries)}; the region lies in {country}"
    return ""


def _key_custody(parameters: Mapping[str, Any], facts: Facts) -> str:
    custody = facts.workload.get("key_custody", "") or "unknown"
    if custody in parameters["allowed"]:
        return ""
    return f"keys must be held as {', '.join(parameters['allowed'])}; the workload states {custody}"


def _vendor_panel(parameters: Mapping[str, Any], facts: Facts) -> str:
    vendor = facts.region.get("vendor", "")
    if vendor in parameters["vendors"] or not in_market(facts.region):
        return ""
    return f"{vendor} is not on the panel ({', '.join(parameters['vendors'])})"


def _certification(parameters: Mapping[str, Any], facts: Facts) -> str:
    held: set[str] = set()
    for subject in (facts.region.get("region", ""), facts.region.get("vendor", "")):
        held |= facts.certificates.get(subject, frozenset())
    lacking = [name for name in parameters["certificates"] if name not in held]
    return f"no evidence of {', '.join(lacking)}" if lacking else ""


def _parent_jurisdiction(parameters: Mapping[str, Any], facts: Facts) -> str:
    parent = facts.region.get("parent_jurisdiction", "") or "unknown"
    if not in_market(facts.region) or parent in parameters["allowed"]:
        return ""
    return f"the parent must be bound by the law of {', '.join(parameters['allowed'])}; it is {parent}"


def _ownership(parameters: Mapping[str, Any], facts: Facts) -> str:
    if not in_market(facts.region):
        return ""
    for measure, parameter in (
        ("largest_foreign_holder", "largest_holder"),
        ("foreign_holders", "all_holders"),
    ):
        held, limit = facts.value(measure), Decimal(str(parameters[parameter]))
        if held is None or held > limit:
            found = "unknown" if held is None else f"{held:.0%}"
            return f"{measure.replace('_', ' ')} must be at most {limit:.0%}; it is {found}"
    return ""


def _sovereignty_floor(parameters: Mapping[str, Any], facts: Facts) -> str:
    floor = Decimal(str(parameters["floor"]))
    for objective in parameters["objectives"]:
        level = facts.value(objective)
        if level is None or level < floor:
            found = "unknown" if level is None else f"{float(level):g}"
            return f"{objective} must be at level {float(floor):g} at least; it is {found}"
    return ""


_PLACES = {"none": 0, "other_region": 1, "other_group": 2}


def _resilience(parameters: Mapping[str, Any], facts: Facts) -> str:
    if facts.role != "primary":
        return ""
    standby, wanted = facts.tier.get("standby", "none"), str(parameters["standby"])
    short = []
    if _PLACES[standby] < _PLACES[wanted]:
        short.append(f"{standby.replace('_', ' ')}, {wanted.replace('_', ' ')} is asked")
    cards, requests = facts.needs & {"gpu_inference", "gpu_training"}, "requests" in facts.needs
    least = {
        "gpu": ("ready", bool(cards)),
        "memory_gib": ("ready", requests or "memory_gib" in facts.needs),
        "vcpu": ("ready", requests or "vcpu" in facts.needs),
        "block_gib": ("stored", "block_gib" in facts.needs),
        "object_gib": ("stored", "object_gib" in facts.needs),
        "backup": ("backup", bool(facts.needs & {"block_gib", "object_gib"})),
    }
    for column, (parameter, needed) in least.items():
        asked, kept = Decimal(str(parameters.get(parameter, 0))), number(facts.tier, column, Decimal(0))
        if needed and kept < asked:
            short.append(f"{kept:.0%} of {column}, {asked:.0%} is asked")
    name = facts.workload.get("resilience", "")
    return f"tier {name} keeps ready {'; '.join(short)}" if short else ""


def in_market(region: Row) -> bool:
    """False for agency premises and the government's own data centre."""
    return region.get("market", "true") == "true"


FILTERS: dict[str, Callable[[Mapping[str, Any], Facts], str]] = {
    "residency": _residency,
    "deployment": _deployment,
    "key_custody": _key_custody,
    "vendor_panel": _vendor_panel,
    "certification": _certification,
    "parent_jurisdiction": _parent_jurisdiction,
    "ownership": _ownership,
    "sovereignty_floor": _sovereignty_floor,
    "resilience": _resilience,
}
"""Filter kinds: why a place is forbidden, in words."""


def certificates(evidence: Iterable[Row]) -> dict[str, frozenset[str]]:
    """Subject to the kinds of evidence on record for it."""
    held: dict[str, set[str]] = {}
    for row in evidence:
        if row["reference"]:
            held.setdefault(row["subject"], set()).add(row["kind"])
    return {subject: frozenset(kinds) for subject, kinds in held.items()}


def assessed(rows: Iterable[Row]) -> dict[tuple[str, str], Decimal]:
    """(subject, measure) to the latest value; a value that is no number is unknown."""
    values: dict[tuple[str, str], Decimal] = {}
    for row in sorted(rows, key=lambda row: row["date"]):
        try:
            values[row["subject"], row["measure"]] = number(row, "value")
        except Unreadable:
            values.pop((row["subject"], row["measure"]), None)
    return values
