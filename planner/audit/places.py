"""Which place is forbidden to which workload in which periods, and by what: worked out again.

Periods are bits of a whole number, bit t for period t.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from planner.audit.cards import CARDS, nearest, suffices
from planner.audit.case import CARRIED, STORED, ZERO, Case
from planner.audit.filters import FILTERS, Facts, assessed, certificates, in_market, selected, verdict
from planner.audit.held import months_left
from planner.audit.reading import Row, number
from planner.audit.rules import binds
from planner.policy.kinds import KINDS
from planner.policy.rules import Rule

BUILT_IN = ("availability", "serves-agency", "no-machine", "no-card", "no-price")
"""What forbids a place without any rule: not open yet, another agency's, nothing that fits, no price."""


PRICED = ("no-machine", "no-card", "no-price")
"""Those of them that follow from prices."""


@dataclass(frozen=True)
class Block:
    """A rule, or one of :data:`BUILT_IN`, forbids a place in some periods."""

    by: str
    periods: int
    reason: str


class Places:
    """All verdicts on all (workload, region) of a case under a set of rules."""

    def __init__(self, case: Case, rules: Iterable[Rule]) -> None:
        self.case = case
        self.rules = tuple(rules)
        self._certificates = certificates(case.evidence)
        self._assessed = assessed(case.assessments)
        self._machines: dict[str, frozenset[str]] = {}
        self._needed: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self._fits: dict[tuple[object, ...], frozenset[str]] = {}
        self._blocks: dict[tuple[str, str], tuple[Block, ...]] = {}
        self._bits = {rule.id: binds(rule, case) for rule in self.rules}
        self._filters = tuple(r for r in self.rules if r.kind in FILTERS)

    def facts(self, workload: str, region: str, role: str = "primary") -> Facts:
        """The rows that a verdict looks at."""
        row = self.case.workloads[workload]
        agency = self.case.agencies.get(row["agency"], {})
        place = self.case.regions[region]
        return Facts(
            row,
            agency,
            place,
            role,
            self.case.tier(workload) or {},
            frozenset(self._needs(workload, (*CARRIED, *STORED))),
            self._certificates,
            self._assessed,
        )

    def ruled_out(self, rule: Rule, workload: str, region: str, role: str = "primary") -> str:
        """Why a filter forbids the place while it binds; empty if it does not."""
        facts = self.facts(workload, region, role)
        return verdict(rule, facts) if selected(rule, facts) else ""

    def blocks(self, workload: str, region: str) -> tuple[Block, ...]:
        """What forbids the place to primaries while the workload lives: hard filters, then built-in ones."""
        key = (workload, region)
        if key not in self._blocks:
            found = []
            facts = self.facts(workload, region)
            for rule in self._filters:
                if rule.severity == "hard" and KINDS[rule.kind].planned and selected(rule, facts):
                    periods = self._bits[rule.id] & ~self.waived(rule, workload, region)
                    reason = verdict(rule, facts) if periods else ""
                    if reason:
                        found.append(Block(rule.id, periods, reason))
            found += [Block(by, *self._built_in(by, workload, region)) for by in BUILT_IN]
            alive = self.alive[workload]
            self._blocks[key] = tuple(
                Block(b.by, b.periods & alive, b.reason) for b in found if b.periods & alive
            )
        return self._blocks[key]

    def waived(self, rule: Rule, workload: str, region: str) -> int:
        """Periods in which a waiver that may be given lifts the rule: those that end before it expires."""
        if not rule.waivable:
            return 0
        periods = 0
        for row in self.case.waivers:
            fits = row["workload"] in ("", workload) and row["region"] in ("", region)
            if fits and row["rule"] == rule.id and complete(row):
                until = row["expires"]
                periods |= sum(1 << p.t for p in self.case.periods if p.end.isoformat() <= until)
        return periods

    @cached_property
    def alive(self) -> dict[str, int]:
        """Periods in which each workload needs anything."""
        return {
            w: sum(1 << p.t for p in self.case.periods if self.case.alive(w, p.t))
            for w in self.case.workloads
        }

    @cached_property
    def contestable(self) -> dict[str, int]:
        """Periods in which the hard filters leave a workload at least two vendor groups of the market."""
        found = {}
        for workload, alive in self.alive.items():
            by_group: dict[str, int] = {}
            for region, row in self.case.regions.items():
                if in_market(row):
                    shut = 0
                    for block in self.blocks(workload, region):
                        shut |= block.periods
                    group = row["vendor_group"]
                    by_group[group] = by_group.get(group, 0) | (alive & ~shut)
            once = twice = 0
            for periods in by_group.values():
                twice |= once & periods
                once |= periods
            found[workload] = twice
        return found

    def _built_in(self, by: str, workload: str, region: str) -> tuple[int, str]:
        every = (1 << len(self.case.periods)) - 1
        row, place = self.case.workloads[workload], self.case.regions[region]
        if by == "availability":
            first, count = self.opens(region), len(self.case.periods)
            if first == count:
                return every, "the region is announced and opens in no period of the horizon"
            return every & ((1 << first) - 1), f"the region serves from {self.case.names[first]}"
        if by == "serves-agency":
            only = place["serves_agency"]
            reason = f"the region serves {only} only; the workload belongs to {row['agency']}"
            return (every if only and only != row["agency"] else 0), reason
        if by == "no-machine":
            needed = self._needs(workload, CARRIED)
            lacking = bool(needed) and not self._had(self._but_for_cards(workload), workload, region)
            return (every if lacking else 0), self._no_machine(row, region, needed) if lacking else ""
        if by == "no-card":
            fits = self._had(self._but_for_cards(workload), workload, region)
            lacking = bool(fits) and not self.obtainable(workload, region)
            why = nearest(self.case, row, fits) if lacking else ""
            return (every if lacking else 0), f"no priced machine there has the cards asked for; {why}"
        missing = [k for k in self._needs(workload, (*STORED, "egress_gib")) if not self._prices(region, k)]
        return (every if missing else 0), f"no price for {', '.join(missing)} at the date of prices"

    def _no_machine(self, row: Row, region: str, needed: Iterable[str]) -> str:
        if region not in self._priced:
            return "no machine of the region has a price, at the date of prices, on a term offered"
        kind = f"platform {row['platform']}, architecture {row['architecture']}"
        return f"no priced machine there yields {', '.join(needed)} ({kind})"

    @cached_property
    def _priced(self) -> frozenset[str]:
        """Regions where any machine is sold on a term offered, or held under a commitment that runs."""
        case = self.case
        offered = set(case.settings.get("terms", {}).get("offer", ["on_demand"]))
        sold = {sku for sku, term in case.prices if term in offered}
        sold |= {h["sku"] for h in case.held if months_left(case, h) > 0}
        return frozenset(r["region"] for s, r in case.skus.items() if s in sold and not r["resource"])

    def _needs(self, workload: str, resources: tuple[str, ...]) -> tuple[str, ...]:
        key = workload, resources
        if key not in self._needed:
            periods = self.case.periods
            self._needed[key] = tuple(
                k for k in resources if any(self.case.need(workload, k, p.t) > 0 for p in periods)
            )
        return self._needed[key]

    def opens(self, region: str) -> int:
        """Number of the first period in which a region serves; their count if it never does."""
        row, names = self.case.regions[region], self.case.names
        if region in self.case.openings:
            opening = self.case.openings[region]
            return names.index(opening) if opening in names else len(names)
        if row["status"] == "announced":
            return len(names)
        return next((p.t for p in self.case.periods if p.start.isoformat() >= row["opens"]), len(names))

    def machines(self, workload: str) -> frozenset[str]:
        """SKUs that a workload may run on: architecture, burstable, what it needs, its pods and cards."""
        if workload not in self._machines:
            fits, row = self._but_for_cards(workload), self.case.workloads[workload]
            needs = any(k in CARDS for k in self._needs(workload, CARRIED))
            kept = frozenset(s for s in fits if suffices(self.case, row, s)) if needs else fits
            self._machines[workload] = kept
        return self._machines[workload]

    def _but_for_cards(self, workload: str) -> frozenset[str]:
        """SKUs that it may run on if any card will do."""
        row = self.case.workloads[workload]
        columns = ("platform", "architecture", "burstable_ok", "pod_vcpu", "pod_memory_gib")
        own = workload if workload in self._own else ""
        key = (*(row.get(c, "") for c in columns), own, self._needs(workload, CARRIED))
        if key not in self._fits:
            self._fits[key] = frozenset(s for s in self.case.skus if self._carries(row, key[-1], s))
        return self._fits[key]

    def _carries(self, row: Row, needed: object, sku: str) -> bool:
        machine = self.case.skus[sku]
        if machine["resource"] or (row["architecture"] not in ("any", machine["architecture"])):
            return False
        if machine["baseline_vcpu"] and row["burstable_ok"] != "true":
            return False
        assert isinstance(needed, tuple)  # noqa: S101
        if any(self.case.serves(row["workload"], sku, k) <= 0 for k in needed):
            return False
        if row["platform"] != "container":
            return True
        return not machine["accelerator"] and all(
            number(row, pod, ZERO) <= self.case.draws(sku, k, True)
            for pod, k in (("pod_vcpu", "vcpu"), ("pod_memory_gib", "memory_gib"))
        )

    @cached_property
    def _own(self) -> frozenset[str]:
        """Workloads with yields of their own."""
        return frozenset(workload for workload, _, _ in self.case.yields)

    @cached_property
    def _sellers(self) -> Mapping[str, frozenset[str]]:
        sold: dict[str, set[str]] = {}
        for sku, term in self.case.prices:
            if term == "on_demand" and sku in self.case.skus:
                sold.setdefault(self.case.skus[sku]["region"], set()).add(sku)
        return {region: frozenset(skus) for region, skus in sold.items()}

    def sold(self, region: str) -> frozenset[str]:
        """SKUs of a region that have a price on demand."""
        return self._sellers.get(region, frozenset())

    def obtainable(self, workload: str, region: str) -> frozenset[str]:
        """Machines of a region that may carry a workload: sold on a term offered, or held by its payer."""
        return self._had(self.machines(workload), workload, region)

    @cached_property
    def _in_region(self) -> Mapping[str, frozenset[str]]:
        """SKUs by the region that sells them."""
        machines_of: dict[str, set[str]] = {}
        for sku, row in self.case.skus.items():
            machines_of.setdefault(row["region"], set()).add(sku)
        return {region: frozenset(skus) for region, skus in machines_of.items()}

    def _had(self, skus: frozenset[str], workload: str, region: str) -> frozenset[str]:
        """Those of some machines that are in a region and can be had for a workload."""
        case, row = self.case, self.case.workloads[workload]
        offered = set(case.settings.get("terms", {}).get("offer", ["on_demand"]))
        offered -= set() if row.get("spot_ok") == "true" else {"spot"}
        held = {
            h["sku"] for h in case.held if h["payer"] == case.payer(workload) and months_left(case, h) > 0
        }
        return frozenset(
            sku
            for sku in skus & self._in_region.get(region, frozenset())
            if sku in held or any((sku, term) in case.prices for term in offered)
        )

    def _prices(self, region: str, resource: str) -> bool:
        if resource == "egress_gib":
            return any(row["destination"] == "internet" for row in self.case.transfer.get(region, ()))
        return any(self.case.skus[s]["resource"] == resource for s in self.sold(region))

    def units(self, workload: str, sku: str, t: int, factor: Decimal) -> Decimal | None:
        """Units of a SKU that carry the whole workload at a part of its peak; ``None`` if none can.

        None where its load is nothing, however many it keeps at least where there is any.
        """
        need = {k: self.case.need(workload, k, t) * factor for k in CARRIED}
        if not any(need.values()):
            return ZERO
        ratios = [number(self.case.workloads[workload], "min_units", ZERO)]
        for resource, amount in need.items():
            if amount > 0:
                has = self.case.serves(workload, sku, resource)
                if has <= 0:
                    return None
                ratios.append(amount / has)
        return max(ratios)


def complete(waiver: Row) -> bool:
    """Whether a waiver says why, who approved it and until when."""
    return bool(waiver["reason"].strip() and waiver["approver"].strip() and waiver["expires"].strip())
