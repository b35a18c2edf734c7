"""The conventions of money and time stated a second time: a plain linear program, term by term.

Written from ``docs/conventions.md`` and the rows of a :class:`~support.cases.World`, without any code of the
planner: every machine of every region in every slice is a column, nothing is folded or left out. For
worlds of virtual machines without rules, whose commitments held end with a period.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from datetime import date
from typing import Any

import pulp

from support.cases import World
from support.solvers import solve_with_cbc

YEAR = 8760.0


def _month(first: date, later: int) -> date:
    months = first.year * 12 + first.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


class Unfolded:
    """The least discounted cost of a world."""

    def __init__(self, world: World) -> None:
        self.world, t = world, world.tables
        year, month = (int(part) for part in world.start.split("-"))
        self.first = date(year, month, 1)
        self.starts = [_month(self.first, world.months * i) for i in range(world.periods + 1)]
        self.hours = [(b - a).days * 24.0 for a, b in itertools.pairwise(self.starts)]
        self.periods = range(world.periods)
        self.slices = world.slices or {"all": 1.0}
        self.price = {(p["SkuId"], p["term"]): p for p in t["prices"]}
        self.machines = {s["SkuId"]: s for s in t["skus"] if not s.get("resource")}
        self.rates = {(c, y): rate * (1 + buffer) for c, y, rate, buffer in world.rates}
        self.growth = math.log1p(world.discount_rate) / YEAR
        self.payer = {w["workload"]: w["agency"] for w in t["workloads"]}
        self.least = {w["workload"]: float(w["min_units"]) for w in t["workloads"]}
        self.regions = [r["region"] for r in t["regions"]]

    # Time and money

    def weight(self, hours: float) -> float:
        return math.exp(-self.growth * hours)

    def evenly(self, begin: float, hours: float) -> float:
        if not self.growth:
            return 1.0
        return (self.weight(begin) - self.weight(begin + hours)) / (self.growth * hours)

    def discount(self, t: int) -> float:
        return self.evenly(sum(self.hours[:t]), self.hours[t])

    def rate(self, row: dict[str, Any], year: int) -> float:
        currency = row["PricingCurrency"]
        if currency == "MYR":
            return 1.0
        return self.rates[currency, max(y for c, y in self.rates if c == currency and y <= year)]

    def at(self, row: dict[str, Any], t: int) -> float:
        """List price in the case's currency."""
        return float(row["ListUnitPrice"] * self.rate(row, self.starts[t].year))

    def landed(self, region: str, day: date, sku: str = "", term: str = "on_demand") -> float:
        """Cash with tax for one of list price, of a SKU on a term, under the contract of a day."""
        for c in self.world.tables["contracts"]:
            ends = c.get("valid_to") or "9999"
            if c["vendor"] == region.split(":")[0] and c["valid_from"] <= day.isoformat() < ends:
                off = self.off(c, sku, term) if sku else c["discount"]
                return float((1 - off) * (1 + c["margin"]) * (1 + c["tax"]))
        return 1.0

    def off(self, contract: dict[str, Any], sku: str, term: str) -> float:
        """Part off the list price: private price, family and term, family, term, the contract's own."""
        tables = self.world.tables
        family = next(s["family"] for s in tables["skus"] if s["SkuId"] == sku)
        for row in tables["private_prices"]:
            if (row["contract"], row["sku"], row["term"]) == (contract["contract"], sku, term):
                return 1.0 - row["price"] / self.price[sku, term]["ListUnitPrice"]
        for wanted in ((family, term), (family, ""), ("", term)):
            for row in tables["discounts"]:
                if (row["contract"], row["family"], row["term"]) == (contract["contract"], *wanted):
                    return float(row["discount"])
        return float(contract["discount"])

    # Needs

    def need(self, w: str, resource: str, t: int) -> float:
        names = [self.world.period(u) for u in range(t + 1)]
        rows = [d for d in self.world.tables["demand"] if (d["workload"], d["resource"]) == (w, resource)]
        stated = {d["period"]: d["amount"] for d in rows}
        known = [name for name in names if name in stated]
        return float(stated[known[-1]]) if known else 0.0

    def alive(self, w: str, t: int) -> bool:
        return any(self.need(w, k, t) > 0 for k in ("vcpu", "memory_gib", "block_gib", "egress_gib"))

    def load(self, w: str, name: str) -> float:
        rows = [row for row in self.world.tables["loads"] if row["workload"] == w]
        return next((float(row["factor"]) for row in rows if row["slice"] == name), 1.0)

    def units(self, w: str, s: str, t: int, name: str) -> float:
        """Machines of s that carry the whole of w in a slice: none at zero load."""
        needs = self.need(w, "vcpu", t), self.need(w, "memory_gib", t)
        if not any(needs) or not self.load(w, name):
            return 0.0
        sku = self.machines[s]
        most = max(needs[0] / sku["vcpu"], needs[1] / sku["memory_gib"])
        return max(self.least[w], most * self.load(w, name))

    # Costs of one unit

    def on_demand(self, s: str, t: int, name: str) -> float:
        region = self.machines[s]["region"]
        listed = self.at(self.price[s, "on_demand"], t) * self.hours[t] * self.slices[name]
        return listed * self.landed(region, self.starts[t], s) * self.discount(t)

    def committed(self, s: str, term: str, t0: int) -> float:
        """A commitment for all of its term: within the horizon, its tail, and what is paid ahead."""
        row, months = self.price[s, term], 12 * int(term[7])
        ahead = float(row["upfront"]) if term.endswith(("partial", "upfront")) else 0.0
        landed = self.landed(self.machines[s]["region"], self.starts[t0], s, term)
        runs = range(t0, min(self.world.periods, t0 + months // self.world.months))
        within = sum(self.at(row, t) * self.hours[t] * self.discount(t) for t in runs)
        passed, tail, beyond = sum(self.hours), 0.0, 0.0
        for i in range(max(0, months - (self.world.periods - t0) * self.world.months)):
            day, after = _month(self.starts[-1], i), _month(self.starts[-1], i + 1)
            hours = (after - day).days * 24.0
            tail += row["ListUnitPrice"] * self.rate(row, day.year) * hours * self.evenly(passed, hours)
            passed, beyond = passed + hours, beyond + hours
        every = sum(self.hours[t] for t in runs) + beyond
        paid = self.at(row, t0) * every * self.weight(sum(self.hours[:t0]))
        credit = float(self.world.terms.get("tail_credit", 0.0))
        # What was paid ahead of a tail comes off whole, whatever its credit.
        return landed * (within + tail * (1 - credit) + ahead * (paid - within - tail))

    def placed(self, w: str, r: str, t: int) -> float:
        """Storage, egress and placement costs of the whole of w at r."""
        months, billed = self.world.months, self.landed(r, self.starts[t])
        stored = self.need(w, "block_gib", t) * self.at(self.price[f"{r}:block_gib", "on_demand"], t)
        stored *= self.landed(r, self.starts[t], f"{r}:block_gib") / billed
        row = next(row for row in self.world.tables["transfer"] if row["region"] == r)
        sent = self.need(w, "egress_gib", t) * self.at(row, t)
        every = sum(
            c["amount"]
            for c in self.world.tables["placement_costs"]
            if (c["workload"], c["region"], c["when"]) == (w, r, "period")
        )
        return ((stored + sent) * months * billed + every) * self.discount(t)

    def before(self, w: str, r: str, t: int, place: dict[Any, Any]) -> Any:
        """Share there before the period; None where w is new."""
        if t:
            return place.get((w, r, t - 1), 0.0) if self.alive(w, t - 1) else None
        rows = [row for row in self.world.tables["current"] if row["workload"] == w]
        return sum(row["share"] for row in rows if row["region"] == r) if rows else None

    def least_cost(self) -> float | None:
        """Solve; None if there is no plan."""
        world, tables = self.world, self.world.tables
        problem, count = pulp.LpProblem("unfolded", pulp.LpMinimize), itertools.count()

        def column() -> Any:
            return problem.add_variable(f"x{next(count)}", lowBound=0)

        cost: list[Any] = []
        place: dict[tuple[str, str, int], Any] = {}
        used: dict[tuple[str, str, int, str], list[Any]] = defaultdict(list)
        for w, t in itertools.product(self.payer, self.periods):
            if not self.alive(w, t):
                continue
            for r in self.regions:
                place[w, r, t] = column()
                cost.append(self.placed(w, r, t) * place[w, r, t])
                for name in self.slices:
                    parts = []
                    for s in (s for s, sku in self.machines.items() if sku["region"] == r):
                        if n := self.units(w, s, t, name):
                            use = column()
                            used[self.payer[w], s, t, name].append(use)
                            parts.append(use * (1.0 / n))
                    if parts:
                        problem += pulp.lpSum(parts) == place[w, r, t]
            problem += pulp.lpSum(place[w, r, t] for r in self.regions) == 1
        cost += self._moves(problem, place, column)
        drawn: dict[tuple[str, int, str], list[Any]] = defaultdict(list)
        active: dict[tuple[str, str, int], list[Any]] = defaultdict(list)
        payers = sorted(set(self.payer.values()))
        held: dict[tuple[str, str, int], float] = defaultdict(float)
        for payer, s, term, t0 in itertools.product(
            payers, self.machines, world.terms.get("offer", ()), self.periods
        ):
            # None is signed ahead of need: see docs/conventions.md.
            needed = any(
                self.units(w, s, t0, n) for w in self.payer if self.payer[w] == payer for n in self.slices
            )
            if needed and (s, term) in self.price and term.startswith("commit"):
                begun = column()
                cost.append(self.committed(s, term, t0) * begun)
                for t in range(t0, min(world.periods, t0 + 12 * int(term[7]) // world.months)):
                    active[payer, s, t].append(begun)
        for h in tables["held_commitments"]:
            start = date.fromisoformat(f"{h['start']}-01")
            end, landed = (
                _month(start, 12 * int(h["term"][7])),
                self.landed(h["sku"].rsplit(":", 1)[0], start, h["sku"], h["term"]),
            )
            for t in (t for t in self.periods if self.starts[t + 1] <= end):
                held[h["payer"], h["sku"], t] += h["units"]
                paid = self.at(self.price[h["sku"], h["term"]], t) * self.hours[t]
                cost.append(h["units"] * paid * landed * self.discount(t))
        for s, t, name in itertools.product(self.machines, self.periods, self.slices):
            for payer in payers:
                run = column()
                if (s, "on_demand") in self.price:
                    cost.append(self.on_demand(s, t, name) * run)
                else:
                    problem += run == 0
                have = pulp.lpSum([run, *active[payer, s, t]])
                drawn[self.machines[s]["region"], t, name].append(have * self.machines[s]["vcpu"])
                problem += pulp.lpSum(used[payer, s, t, name]) <= have + held[payer, s, t]
        for row in tables["capacity"]:
            for t, name in itertools.product(self.periods, self.slices):
                problem += pulp.lpSum(drawn[row["subject"], t, name]) <= row["amount"]
        problem.setObjective(pulp.lpSum(cost))
        return solve_with_cbc(problem)

    def _moves(self, problem: Any, place: dict[tuple[str, str, int], Any], column: Any) -> list[Any]:
        tables, cost = self.world.tables, []
        for w, r, t in place:
            was = self.before(w, r, t, place)
            once = sum(
                c["amount"]
                for c in tables["placement_costs"]
                if (c["workload"], c["region"], c["when"]) == (w, r, "once")
            )
            if was is None:
                cost.append(once * self.discount(t) * place[w, r, t])
                continue
            enter, leave = column(), column()
            problem += place[w, r, t] - was == enter - leave
            cost.append(once * self.discount(t) * enter)
            if self.world.migration:
                row = next(row for row in tables["transfer"] if row["region"] == r)
                stored = self.need(w, "block_gib", max(t - 1, 0))
                data = stored * self.at(row, t) * self.landed(r, self.starts[t])
                cost.append(self.world.migration["labour"] * self.discount(t) * enter)
                cost.append(data * self.discount(t) * leave)
        return cost
