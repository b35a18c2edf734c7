"""The same question asked a second time: a plain PuLP program with every SKU as a column.

Written from the design and the files of a :class:`~support.cases.World`, without the planner: no
folding, no dominance, no blocks, no pools except for containers, solved with CBC. Slow, and only
meant for small worlds without network, accelerators, exchange or dates of rules.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

import pulp

from support.cases import World
from support.solvers import solve_with_cbc

HOURS_OF_A_YEAR = 8760.0
RESOURCES = ("vcpu", "memory_gib", "block_gib", "object_gib", "egress_gib")


@dataclass
class Facts:
    """What the files of a world say, looked up by name."""

    world: World

    def __post_init__(self) -> None:
        tables = self.world.tables
        self.regions = {r["region"]: r for r in tables["regions"]}
        self.vendors = {v["vendor"]: v for v in tables["vendors"]}
        self.skus = {s["SkuId"]: s for s in tables["skus"]}
        self.price = {p["SkuId"]: p["ListUnitPrice"] for p in tables["prices"]}
        self.egress = {t["region"]: t["ListUnitPrice"] for t in tables["transfer"]}
        self.workloads = {w["workload"]: w for w in tables["workloads"]}
        self.payer = {a["agency"]: a.get("payer") or a["agency"] for a in tables["agencies"]}
        self.periods = range(self.world.periods)
        names = [self.world.period(t) for t in self.periods]
        self.stated = {
            (d["workload"], d["resource"], names.index(d["period"])): d["amount"] for d in tables["demand"]
        }

    # Time and money

    def hours(self, t: int) -> float:
        return float((self._start(t + 1) - self._start(t)).days * 24)

    def discount(self, t: int) -> float:
        """Mean of (1 + rate)^(-h / 8760) over the hours of the period."""
        growth = math.log(1 + self.world.discount_rate) / HOURS_OF_A_YEAR
        if growth == 0:
            return 1.0
        a = (self._start(t) - self._start(0)) / timedelta(hours=1)
        b = a + self.hours(t)
        return (math.exp(-growth * a) - math.exp(-growth * b)) / (growth * (b - a))

    def _start(self, t: int) -> date:
        year, month = (int(p) for p in self.world.period(t).split("-"))
        return date(year, month, 1)

    def running(self, w: str, r: str, t: int) -> float:
        """Storage and egress of the whole workload at a region."""
        stored = sum(
            self.need(w, k, t) * min(self.price[s["SkuId"]] for s in self._stores(r, k))
            for k in ("block_gib", "object_gib")
            if self.need(w, k, t)
        )
        sent = self.need(w, "egress_gib", t)
        return self.world.months * (stored + (sent * self.egress[r] if sent else 0.0))

    def _stores(self, r: str, resource: str) -> list[dict[str, Any]]:
        return [s for s in self.skus.values() if s["region"] == r and s.get("resource") == resource]

    # Needs and machines

    def need(self, w: str, resource: str, t: int) -> float:
        known = [u for u in range(t + 1) if (w, resource, u) in self.stated]
        return float(self.stated[w, resource, known[-1]]) if known else 0.0

    def ever(self, w: str, resource: str) -> bool:
        return any(self.need(w, resource, t) > 0 for t in self.periods)

    def alive(self, w: str, t: int) -> bool:
        return any(self.need(w, k, t) > 0 for k in RESOURCES)

    def runs(self, w: str, t: int) -> bool:
        return self.need(w, "vcpu", t) > 0 or self.need(w, "memory_gib", t) > 0

    def yields(self, s: str) -> tuple[float, float]:
        sku = self.skus[s]
        return float(sku.get("baseline_vcpu") or sku["vcpu"]), float(sku["memory_gib"])

    def admits(self, w: str, s: str) -> bool:
        workload, sku = self.workloads[w], self.skus[s]
        if sku.get("resource") or s not in self.price:
            return False
        if workload["architecture"] not in ("any", sku["architecture"]):
            return False
        if sku.get("baseline_vcpu") and not workload["burstable_ok"]:
            return False
        vcpu, memory = self.yields(s)
        if workload["platform"] == "container":
            return bool(workload["pod_vcpu"] <= vcpu and workload["pod_memory_gib"] <= memory)
        return True

    def machines(self, w: str, r: str) -> list[str]:
        return [s for s in sorted(self.skus) if self.skus[s]["region"] == r and self.admits(w, s)]

    def units(self, w: str, s: str, t: int) -> float:
        vcpu, memory = self.yields(s)
        least = float(self.workloads[w]["min_units"])
        return max(least, self.need(w, "vcpu", t) / vcpu, self.need(w, "memory_gib", t) / memory)

    # Where

    def eligible(self, w: str, r: str) -> bool:
        workload, region = self.workloads[w], self.regions[r]
        for rule in self.world.rules:
            wanted = rule.get("select", {}).get("workload", {})
            chosen = wanted.get("classification", [workload["classification"]])
            bound = rule["kind"] == "deployment" and workload["classification"] in chosen
            if bound and region["deployment"] not in rule["parameters"]["allowed"]:
                return False
        if region.get("serves_agency") not in ("", None, workload["agency"]):
            return False
        if (self.ever(w, "vcpu") or self.ever(w, "memory_gib")) and not self.machines(w, r):
            return False
        if any(self.ever(w, k) and not self._stores(r, k) for k in ("block_gib", "object_gib")):
            return False
        return not (self.ever(w, "egress_gib") and r not in self.egress)

    def open_to(self, w: str) -> list[str]:
        return [r for r in self.regions if self.eligible(w, r)]

    def group(self, r: str) -> str | None:
        """Vendor group of a region; None outside the market."""
        vendor = self.vendors[self.regions[r]["vendor"]]
        return str(vendor["vendor_group"]) if vendor["market"] else None

    def contestable(self, w: str, t: int) -> bool:
        groups = {self.group(r) for r in self.open_to(w)} - {None}
        return self.alive(w, t) and len(groups) >= 2

    def weight(self, rule: dict[str, Any], w: str, t: int) -> float:
        """What the whole of a workload counts in a rule whose basis does not depend on the place."""
        basis = rule["parameters"]["basis"]
        if basis == "critical":
            return self.need(w, "vcpu", t) if self.workloads[w]["critical"] else 0.0
        if basis == "resource":
            return self.need(w, rule["parameters"]["resource"], t)
        return min(
            self.running(w, r, t)
            + (
                min(self.units(w, s, t) * self.price[s] for s in self.machines(w, r)) * self.hours(t)
                if self.runs(w, t)
                else 0.0
            )
            for r in self.open_to(w)
            if self.group(r)
        )


def brute_force(world: World) -> float | None:
    """The least discounted cost of a world, or None when no plan obeys every rule."""
    facts = Facts(world)
    problem = pulp.LpProblem("brute", pulp.LpMinimize)
    made: dict[str, Any] = {}

    def column(*key: Any) -> Any:
        name = "_".join(str(k) for k in key)
        if name not in made:
            made[name] = problem.add_variable(f"x{len(made)}", lowBound=0)
        return made[name]

    cost = []
    bought: list[tuple[str, int, str, Any, list[Any]]] = []  # SKU, period, payer, units, members of the pool
    placed: dict[tuple[str, str, int], Any] = {}
    for w, t in product(facts.workloads, facts.periods):
        if not facts.alive(w, t):
            continue
        places = {r: column("place", w, r, t) for r in facts.open_to(w)}
        problem += pulp.lpSum(places.values()) == 1
        for r, x in places.items():
            placed[w, r, t] = x
            cost.append(facts.discount(t) * facts.running(w, r, t) * x)
            if facts.runs(w, t) and facts.workloads[w]["platform"] == "vm":
                uses = {s: column("use", w, s, t) for s in facts.machines(w, r)}
                problem += pulp.lpSum(u * (1.0 / facts.units(w, s, t)) for s, u in uses.items()) == x
                payer = facts.payer[facts.workloads[w]["agency"]]
                bought += [(s, t, payer, u, [w]) for s, u in uses.items()]
    bought += _fleets(facts, problem, placed, column)
    cost += [facts.discount(t) * facts.price[s] * facts.hours(t) * x for s, t, _, x, _ in bought]
    _capacities(facts, problem, placed, bought)
    _shares(facts, problem, placed, bought)
    problem.setObjective(pulp.lpSum(cost))
    return solve_with_cbc(problem)


def _fleets(facts: Facts, problem: Any, placed: dict[tuple[str, str, int], Any], column: Any) -> list[Any]:
    bought = []
    pools: dict[Any, list[str]] = {}
    for w, workload in facts.workloads.items():
        if workload["platform"] == "container":
            payer = facts.payer[workload["agency"]]
            machines = tuple(s for r in facts.regions for s in facts.machines(w, r))
            sides = tuple(facts.contestable(w, t) for t in facts.periods)
            bases = {r["parameters"].get("basis") for r in facts.world.rules}
            critical = [workload["critical"] and side for side in sides if "critical" in bases]
            key = (payer, workload["architecture"], workload["classification"], machines, sides, *critical)
            pools.setdefault(key, []).append(w)
    for number, (pool, r, t) in enumerate(product(pools.values(), facts.regions, facts.periods)):
        inside = [w for w in pool if (w, r, t) in placed and facts.runs(w, t)]
        served: dict[str, list[Any]] = {w: [] for w in inside}
        for architecture in ("x86", "arm"):
            machines = [
                s for s in facts.machines(pool[0], r) if facts.skus[s]["architecture"] == architecture
            ]
            if not machines or not inside:
                continue
            run = {s: column("run", number, s) for s in machines}
            serve = {w: column("serve", number, w, architecture) for w in inside}
            for k, resource in enumerate(("vcpu", "memory_gib")):
                need = pulp.lpSum(
                    (1 + facts.world.headroom) * facts.need(w, resource, t) * y for w, y in serve.items()
                )
                problem += pulp.lpSum(facts.yields(s)[k] * x for s, x in run.items()) >= need
            for w, y in serve.items():
                served[w].append(y)
                if facts.workloads[w]["min_units"] > 1:
                    problem += pulp.lpSum(run.values()) >= facts.workloads[w]["min_units"] * y
            payer = facts.payer[facts.workloads[pool[0]]["agency"]]
            bought += [(s, t, payer, x, pool) for s, x in run.items()]
        for w, shares in served.items():
            problem += pulp.lpSum(shares) == placed[w, r, t]
    return bought


def _capacities(facts: Facts, problem: Any, placed: Any, bought: list[Any]) -> None:
    names = [facts.world.period(t) for t in facts.periods]
    latest: dict[Any, dict[int, float]] = {}
    for row in facts.world.tables["capacity"]:
        key = (row["subject"], row["resource"], row["payer"])
        latest.setdefault(key, {})[names.index(row["period"])] = row["amount"]
    for (subject, resource, payer), amounts in latest.items():
        for t in facts.periods:
            amount = amounts[max(u for u in amounts if u <= t)]
            drawn = []
            for s, period, owner, x, _ in bought:
                sku = facts.skus[s]
                if period == t and subject in (s, sku["region"]) and payer in ("", owner):
                    draw = {"vcpu": sku["vcpu"], "memory_gib": sku["memory_gib"], "units": 1.0}
                    drawn.append(draw.get(resource, 0.0) * x)
            for (w, r, period), x in placed.items():
                owner = facts.payer[facts.workloads[w]["agency"]]
                stored = resource in ("block_gib", "object_gib")
                if stored and period == t and r == subject and payer in ("", owner):
                    drawn.append(facts.need(w, resource, t) * x)
            if drawn:
                problem += pulp.lpSum(drawn) <= amount


def _shares(facts: Facts, problem: Any, placed: Any, bought: list[Any]) -> None:
    groups = sorted({g for g in map(facts.group, facts.regions) if g})
    home = {
        v["vendor_group"] for v in facts.vendors.values() if v["parent_jurisdiction"] == "MY" and v["market"]
    }
    rules = [r for r in facts.world.rules if r["kind"] in ("vendor_share", "minimum_share")]
    for rule, t in product(rules, facts.periods):
        inside = {w for w in facts.workloads if facts.contestable(w, t)}
        amount: dict[str, list[Any]] = {g: [] for g in groups}
        for (w, r, period), x in placed.items():
            group = facts.group(r)
            if period == t and group and w in inside:
                spend = rule["parameters"]["basis"] == "spend"
                amount[group].append((facts.running(w, r, t) if spend else facts.weight(rule, w, t)) * x)
        if rule["parameters"]["basis"] == "spend":
            for s, period, _, x, pool in bought:
                group = facts.group(facts.skus[s]["region"])
                if period == t and group and pool[0] in inside:
                    amount[group].append(facts.price[s] * facts.hours(t) * x)
        total = pulp.lpSum(e for g in groups for e in amount[g])
        if rule["kind"] == "vendor_share":
            for g in groups:
                problem += pulp.lpSum(amount[g]) <= rule["parameters"]["cap"] * total
        else:
            domestic = pulp.lpSum(e for g in groups if g in home for e in amount[g])
            problem += domestic >= rule["parameters"]["floor"] * total
