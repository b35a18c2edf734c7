"""Reference spend: what a workload would cost where the market is cheapest, wherever it is placed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from planner.audit.case import CARRIED, ONE, STORED, ZERO, Case
from planner.audit.filters import in_market
from planner.audit.held import hourly
from planner.audit.places import Places
from planner.audit.reading import number
from planner.audit.tiers import first_paid


@dataclass(frozen=True)
class Reference:
    """Works reference spend out from price rows.

    Attributes
    ----------
    places
        Verdicts under the case's own rules: a region that is closed to a workload is not compared.
    counted
        Whether a machine may be counted on: not where carbon counts and the machine's is unknown.
    """

    case: Case
    places: Places
    counted: Callable[[str], bool]
    _known: dict[tuple[str, int], Decimal] = field(default_factory=dict)
    _prices: dict[tuple[str, str, int], Decimal] = field(default_factory=dict)

    def spend(self, workload: str, t: int) -> Decimal:
        """Least cost, over the market's regions open to the workload, of the whole of it in a period.

        All at list price, whatever contracts are in force: the cheapest machines that carry it alone,
        slice by slice, on demand, or spot where it tolerates that; what it stores (at the region's
        cheapest SKU) and sends (first paid tier; to other workloads all of it); with what
        ``placement_costs.csv`` adds there. Zero where no region of the market is open to it.
        """
        if (workload, t) not in self._known:
            self._known[workload, t] = self._least(workload, t)
        return self._known[workload, t]

    def _least(self, workload: str, t: int) -> Decimal:
        costs = [
            self._machines(workload, region, t)
            + self._stored(workload, region, t)
            + self._sent(workload, region, t)
            + self._added(workload, region, t)
            for region, row in self.case.regions.items()
            if in_market(row) and not any(b.periods >> t & 1 for b in self.places.blocks(workload, region))
        ]
        return min(costs, default=ZERO)

    def _machines(self, workload: str, region: str, t: int) -> Decimal:
        case, places = self.case, self.places
        if not any(case.need(workload, k, t) > 0 for k in CARRIED):
            return ZERO
        fitting = [s for s in places.obtainable(workload, region) if self.counted(s)]
        fitting = [s for s in fitting if hourly(case, s, "on_demand", t) is not None]
        spot = [s for s in places.machines(workload) if case.skus[s]["region"] == region and self.counted(s)]
        spot = [s for s in spot if (s, "spot") in case.prices] if self._tolerates_spot(workload) else []
        total = ZERO
        for part, share in case.slices.items():
            factor = case.factors.get((workload, part), ONE)
            costs = [
                units * self._price(sku, term, t)
                for term, skus in (("on_demand", fitting), ("spot", spot))
                for sku in skus
                if (units := self._units(workload, sku, term, t, factor)) is not None
            ]
            total += min(costs) * case.periods[t].hours * share
        return total

    def _tolerates_spot(self, workload: str) -> bool:
        """For all of it; what is kept ready elsewhere is never on a machine that may be taken back."""
        row, tier = self.case.workloads[workload], self.case.tier(workload)
        offered = self.case.settings.get("terms", {}).get("offer", ["on_demand"])
        kept = tier is not None and tier["standby"] != "none"
        whole = number(row, "spot_share", ONE) == 1
        return "spot" in offered and row.get("spot_ok") == "true" and whole and not kept

    def _units(self, workload: str, sku: str, term: str, t: int, factor: Decimal) -> Decimal | None:
        """Units that carry it; a yield of its own is that of the machine on demand, not on spot."""
        own = {k: v for k, v in self.case.yields.items() if k[:2] == (workload, sku)}
        if term == "on_demand" or not own or not factor:
            return self.places.units(workload, sku, t, factor)
        ratios = [number(self.case.workloads[workload], "min_units", ZERO)]
        for k in CARRIED:
            need, has = self.case.need(workload, k, t) * factor, self.case.draws(sku, k, True)
            if need and has <= 0:
                return None
            ratios.append(need / has if need else ZERO)
        return max(ratios)

    def _stored(self, workload: str, region: str, t: int) -> Decimal:
        """At the SKU that is the cheapest in the first period; of equal ones the first by id."""
        total = ZERO
        for resource in STORED:
            need = self.case.need(workload, resource, t)
            sold = sorted(s for s in self.places.sold(region) if self.case.skus[s]["resource"] == resource)
            if need and sold:
                cheapest = min(sold, key=lambda sku: self._price(sku, "on_demand", 0))
                total += need * self._price(cheapest, "on_demand", t) * self.case.periods[t].months
        return total

    def _sent(self, workload: str, region: str, t: int) -> Decimal:
        """To users, and to the workloads that depend on its data as if none of them were near."""
        case = self.case
        volume = case.need(workload, "egress_gib", t)
        for (sender, receiver), by_period in case.dependencies:
            row = by_period[t]
            if sender == workload and row is not None and case.alive(receiver, t):
                volume += number(row, "gib_per_month")
        tier = first_paid(case, region) if volume else None
        if tier is None:
            return ZERO
        price = number(tier, "ListUnitPrice") * case.rate(tier["PricingCurrency"], t)
        return volume * price * case.periods[t].months

    def _added(self, workload: str, region: str, t: int) -> Decimal:
        """Costs of a placement: of each period, and once where the workload is new."""
        case = self.case
        new = workload not in case.today if t == 0 else not case.alive(workload, t - 1)
        return sum(
            (
                number(row, "amount")
                for row in case.placement_costs
                if (row["workload"], row["region"]) == (workload, region)
                and (row["when"] == "period" or (row["when"] == "once" and new))
            ),
            ZERO,
        )

    def _price(self, sku: str, term: str, t: int) -> Decimal:
        if (sku, term, t) not in self._prices:
            self._prices[sku, term, t] = hourly(self.case, sku, term, t) or ZERO
        return self._prices[sku, term, t]
