"""Costs of plans with terms, slices, contracts, exchange and moves, worked out again term by term.

Everything is computed from the CSV files of the plan folder and the rows of the case, without any
code of the planner: purchases × price × hours × exchange × contract; what is stored, sent, begun
with, paid for places and for moving.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
from collections import defaultdict
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.cases import World
from support.depth import cases
from support.plans import csv_bytes, read, solved

from planner.answer.cross_check import cbc_objective
from planner.errors import Infeasible
from planner.planning import solve

REL = 1e-6
REGIONS = ("aa:x", "aa:y", "bb:x")
OFFERED = ("spot", "commit_1y", "commit_3y", "commit_1y_partial", "commit_3y_partial")
SLICES = {"day": 0.3, "late": 0.2, "night": 0.5}


@st.composite
def full_worlds(draw: st.DrawFn) -> World:
    """Up to four workloads of two payers, two vendors, everything that costs money."""

    def pick(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    months, periods = pick((3, 4), (6, 2), (12, 2), (3, 5))
    world = World(months=months, periods=periods, start=pick("2027-01", "2027-10"), headroom=0.25)
    world.discount_rate = pick(0.0, 0.05)
    if pick(True, False):
        world.slices = dict(SLICES)
    for year, rate in ((2027, 4.0), (2028, 4.2), (2029, 4.5)):
        world.rate("USD", year, rate, 0.05)
    world.vendor("aa").vendor("bb", jurisdiction="MY")
    for region in REGIONS:
        currency = "USD" if region.startswith("aa") else "MYR"
        scale = 0.25 if currency == "USD" else 1.0
        world.region(region)
        for name, vcpu, memory, price in (("m4", 4, 16, 1.0), ("c8", 8, 16, 1.5)):
            price *= pick(0.8, 1.0, 1.3) * scale
            sku = f"{region}:{name}"
            world.machine(region, name, vcpu, memory, price, currency)
            for years, part in ((1, 0.65), (3, 0.45)):
                if pick(True, True, False):
                    world.committed(sku, price * part, years, currency)
                    world.committed(sku, price * part * pick(0.9, 1.0), years, currency, "partial", 0.4)
            if pick(True, False):
                world.spot(sku, price * 0.4, currency)
        for resource in ("block_gib", "object_gib"):
            world.store(region, resource, pick(0.1, 0.2) * scale, currency=currency)
        world.egress(region, pick(0.1, 0.4) * scale, currency=currency)
    world.offer(
        *draw(st.lists(st.sampled_from(OFFERED), unique=True)),
        tail_credit=pick(0.0, 0.5),
    )
    world.agency("mof").agency("moh")
    for i in range(draw(st.integers(1, 3))):
        _workload(draw, pick, world, f"w{i}")
    _costs(pick, world)
    return world


def _workload(draw, pick, world: World, name: str) -> None:
    need = {
        "vcpu": [pick(0, 4, 10, 30) for _ in range(world.periods)],
        "memory_gib": [pick(0, 16, 40) for _ in range(world.periods)],
        "block_gib": pick(0, 300),
        "egress_gib": pick(0, 50),
    }
    container = {"platform": "container", "pod_vcpu": 1, "pod_memory_gib": 2} if pick(True, False) else {}
    more = {"spot_ok": pick(True, False), "divisible": pick(True, True, False), "min_units": pick(1, 1, 2)}
    world.workload(name, pick("mof", "mof", "moh"), demand=need, **container, **more)
    if pick(True, False):
        world.today(name, pick(*REGIONS, "attic:old"))
    if world.slices and pick(True, False):
        world.load(name, day=1.0, late=pick(0.5, 0.7), night=pick(0.1, 0.5))
    if pick(True, False):
        world.place_cost(name, pick(*REGIONS), pick(100, 2000), "once")
        world.place_cost(name, pick(*REGIONS), pick(50, 500))


def _costs(pick, world: World) -> None:
    if pick(True, False):
        world.labour(pick(0, 900))
        if pick(True, False):
            world.move_limit(pick(0, 1, 2), pick("", "mof"))
    if pick(True, False):
        world.begin_cost(pick("aa", "aa:x", "bb"), pick(1000, 6000))
    if pick(True, False):
        days = pick(("2026-01-01", "2027-07-01"), ("2027-02-01", ""), ("2026-01-01", ""))
        terms = {"discount": 0.2, "margin": 0.04, "tax": 0.08, "ceiling": pick("", "", 20_000)}
        world.contract("frame", pick("aa", "bb"), valid_from=days[0], valid_to=days[1], **terms)
    owner = world.tables["workloads"][0]["agency"]
    sold = [p for p in world.tables["prices"] if p["term"] == "commit_1y"]
    if sold and pick(True, False):
        world.held(sold[0]["SkuId"], pick(0.5, 2), pick("2026-07", "2026-10", "2026-05"), payer=owner)
    if pick(True, False):
        world.capacity(pick(*REGIONS), pick("vcpu", "units"), pick(6, 20))


class Books:
    """The rows of a world by name, its calendar, and what a contract makes of a list price."""

    def __init__(self, world: World, files: dict[str, list[dict[str, str]]]) -> None:
        self.world, self.files, t = world, files, world.tables
        self.names = [world.period(i) for i in range(world.periods + 1)]
        starts = [date.fromisoformat(f"{name}-01") for name in self.names]
        self.hours = [(b - a).days * 24.0 for a, b in itertools.pairwise(starts)]
        self.starts = [s.isoformat() for s in starts]
        self.at = {name: i for i, name in enumerate(self.names)}
        self.price = {(p["SkuId"], p["term"]): p for p in t["prices"]}
        self.transfer = {row["region"]: row for row in t["transfer"]}
        self.rates = {(c, year): rate * (1 + buffer) for c, year, rate, buffer in world.rates}
        self.share = defaultdict(float)
        for p in files["placements"]:
            self.share[p["workload"], p["region"], self.at[p["period"]]] += float(p["share"])

    def money(self, amount: float, row: dict, t: int) -> float:
        """In the case's currency, at the rate of the year in which the period begins."""
        currency = row["PricingCurrency"]
        rate = 1.0 if currency == "MYR" else self.rates[currency, int(self.names[t][:4])]
        return amount * row["ListUnitPrice"] * rate

    def landed(self, listed: float, vendor: str, t: int) -> float:
        for c in self.world.tables["contracts"]:
            ends = c.get("valid_to") or "9999"
            if c["vendor"] == vendor and c["valid_from"] <= self.starts[t] < ends:
                return listed * (1 - c["discount"]) * (1 + c["margin"]) * (1 + c["tax"])
        return listed

    def need(self, workload: str, resource: str, t: int) -> float:
        rows = [
            d
            for d in self.world.tables["demand"]
            if (d["workload"], d["resource"]) == (workload, resource) and self.at[d["period"]] <= t
        ]
        return float(rows[-1]["amount"]) if rows else 0.0

    def alive(self, workload: str, t: int) -> bool:
        return any(self.need(workload, k, t) for k in ("vcpu", "memory_gib", "block_gib", "egress_gib"))

    def before(self, workload: str, region: str, t: int) -> float | None:
        """Share there before the period began; None where the workload is new."""
        if t:
            return self.share[workload, region, t - 1] if self.alive(workload, t - 1) else None
        today = [c for c in self.world.tables["current"] if c["workload"] == workload]
        return sum(c["share"] for c in today if c["region"] == region) if today else None

    def discounted(self, paid: float, t: int) -> float:
        growth = math.log1p(self.world.discount_rate) / 8760.0
        if not growth:
            return paid
        a = sum(self.hours[:t])
        b = a + self.hours[t]
        return paid * (math.exp(-growth * a) - math.exp(-growth * b)) / (growth * (b - a))


def recompute(books: Books) -> dict[tuple[str, int], float]:
    """Cash by term and period, of all terms but new commitments, whose contract is that of their start."""
    world, out = books.world, defaultdict(float)
    tables = world.tables
    for b in books.files["purchases"]:
        t, units, vendor = books.at[b["period"]], float(b["units"]), b["vendor"]
        if b["term"].startswith("commit"):
            continue
        part = world.slices.get(b["slice"], 1.0)
        row = books.price[b["sku"], b["term"]]
        machine = b["unit"] == "machines"
        amount = units * (books.hours[t] * part if machine else world.months)
        out["compute" if machine else "storage", t] += books.landed(books.money(amount, row, t), vendor, t)
    for (w, r, t), share in list(books.share.items()):
        sent = books.need(w, "egress_gib", t) * share * world.months
        listed = books.money(sent, books.transfer[r], t)
        out["egress", t] += books.landed(listed, r.split(":")[0], t)
        was = books.before(w, r, t)
        for c in tables["placement_costs"]:
            if (c["workload"], c["region"]) == (w, r):
                entered = share if was is None else max(0.0, share - was)
                once = c["when"] == "once"
                out["placement once" if once else "placement", t] += c["amount"] * (
                    entered if once else share
                )
        if world.migration and was is not None:
            out["migration labour", t] += world.migration["labour"] * max(0.0, share - was)
    if world.migration:
        for w in (row["workload"] for row in tables["workloads"]):
            for r in REGIONS:
                for t in range(world.periods):
                    was = books.before(w, r, t)
                    if was and books.alive(w, t):
                        left = max(0.0, was - books.share[w, r, t])
                        stored = books.need(w, "block_gib", max(t - 1, 0)) * left
                        listed = books.money(stored, books.transfer[r], t)
                        out["migration transfer", t] += books.landed(listed, r.split(":")[0], t)
    for a in tables["activation"]:
        mine = [t for (_, r, t), x in books.share.items() if x > 0 and a["subject"] in (r, r.split(":")[0])]
        if mine:
            out["activation", min(mine)] += a["amount"]
    return out


@given(full_worlds())
@settings(max_examples=cases(4))
def test_every_term_is_what_its_prices_say(world):
    try:
        found = solved(world)
    except Infeasible:
        assume(False)
    files = {
        name: list(csv.DictReader(io.StringIO(content.decode())))
        for name, content in csv_bytes(found.plan).items()
    }
    books = Books(world, files)
    expected = recompute(books)
    stated: dict[tuple[str, int], float] = defaultdict(float)
    for c in files["costs"]:
        stated[c["term"], books.at[c["period"]]] += float(c["cash"])
    own = {k: v for k, v in stated.items() if not k[0].startswith("commitment")}
    total = sum(abs(v) for v in stated.values())
    for key in own.keys() | expected.keys():
        assert own.get(key, 0.0) == pytest.approx(expected.get(key, 0.0), rel=REL, abs=REL * max(1, total)), (
            key
        )
    check_commitments(books, stated)
    check_objective(books, found.plan)
    check_ceilings(books, stated)
    assert found.plan.run["residual"] <= REL


def check_commitments(books: Books, stated) -> None:
    """Committed units × price × hours of the whole period, landed by the contract of some period so far."""
    listed: dict[int, float] = defaultdict(float)
    for b in books.files["purchases"]:
        if b["term"].startswith("commit"):
            t = books.at[b["period"]]
            row = books.price[b["sku"], b["term"]]
            listed[t] += books.money(float(b["units"]) * books.hours[t], row, t)
    for t in range(books.world.periods):
        lines = [
            c
            for c in books.files["costs"]
            if c["term"] in ("commitment", "commitment held") and books.at[c["period"]] == t
        ]
        assert sum(float(c["list"]) for c in lines) == pytest.approx(listed[t], rel=REL, abs=1e-4)
        for c in lines:
            choices = [books.landed(float(c["list"]), c["vendor"], u) for u in range(t + 1)]
            low, high = min(choices), max(choices)
            assert low - 1e-4 <= float(c["cash"]) <= high + 1e-4


def begun(books: Books) -> dict[tuple[str, str, str, int], float]:
    """Units by payer, SKU and term that begin in each period: runs now, less begun before or held."""
    running: dict[tuple[str, str, str, int], float] = defaultdict(float)
    for b in books.files["purchases"]:
        if b["term"].startswith("commit"):
            running[b["payer"], b["sku"], b["term"], books.at[b["period"]]] += float(b["units"])
    for h in books.world.tables["held_commitments"]:
        year, month = (int(part) for part in h["start"].split("-"))
        end = date(year + int(h["term"][7]), month, 1)
        for t in range(books.world.periods):
            hours = (end - date.fromisoformat(books.starts[t])).days * 24.0
            part = min(1.0, max(0.0, hours / books.hours[t]))
            running[h["payer"], h["sku"], h["term"], t] -= h["units"] * part
    new: dict[tuple[str, str, str, int], float] = defaultdict(float)
    for payer, sku, term in {key[:3] for key in running}:
        span = int(term[7]) * 12 // books.world.months
        for t in range(books.world.periods):
            before = sum(new[payer, sku, term, u] for u in range(max(0, t - span + 1), t))
            new[payer, sku, term, t] = running[payer, sku, term, t] - before
    return new


def months_after(books: Books, count: int):
    """Year, hours and mean discount of each of the first months after the horizon."""
    growth = math.log1p(books.world.discount_rate) / 8760.0
    first, passed = date.fromisoformat(f"{books.names[-1]}-01"), sum(books.hours)
    days = [
        date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1)
        for i in range(count + 1)
    ]
    for day, after in itertools.pairwise(days):
        hours = (after - day).days * 24.0
        ends = math.exp(-growth * passed), math.exp(-growth * (passed + hours))
        yield day.year, hours, (ends[0] - ends[1]) / (growth * hours) if growth else 1.0
        passed += hours


def late_of_commitments(books: Books) -> dict[str, float]:
    """Discounted money of tails less their credit, and of what is paid on the first day for later."""
    world = books.world
    credit, growth = world.terms.get("tail_credit", 0.0), math.log1p(world.discount_rate) / 8760.0
    weighs: dict[str, float] = defaultdict(float)
    for (_, sku, term, t0), units in begun(books).items():
        row, vendor, months = books.price[sku, term], sku.split(":")[0], 12 * int(term[7])
        ahead = row["upfront"] if term.endswith("partial") else 0.0

        def paid(hours: float, t: int, row=row, vendor=vendor, t0=t0) -> float:
            return books.landed(books.money(hours, row, t), vendor, t0)

        runs = range(t0, min(world.periods, t0 + months // world.months))
        later = list(months_after(books, max(0, months - (world.periods - t0) * world.months)))
        # Rates are stated up to 2029; later years take the latest.
        rate = {
            year: 1.0 if row["PricingCurrency"] == "MYR" else books.rates["USD", min(year, 2029)]
            for year, _, _ in later
        }
        tail = sum(
            books.landed(hours * row["ListUnitPrice"] * rate[year], vendor, t0) * factor
            for year, hours, factor in later
        )
        weighs["commitment tail"] += units * tail * (1 - credit)
        whole = sum(books.hours[t] for t in runs) + sum(hours for _, hours, _ in later)
        first_day = math.exp(-growth * sum(books.hours[:t0]))
        within = sum(books.discounted(paid(books.hours[t], t), t) for t in runs)
        weighs["commitment upfront"] += units * ahead * (paid(whole, t0) * first_day - within - tail)
    return weighs


def check_objective(books: Books, plan) -> None:
    """Each line weighs its cash, discounted; tails and what is paid ahead when they fall due."""
    weighs: dict[str, float] = defaultdict(float)
    for c in books.files["costs"]:
        weighs[c["term"]] += float(c["objective"])
        if c["term"] not in ("commitment tail", "commitment upfront"):
            cash = books.discounted(float(c["cash"]), books.at[c["period"]])
            assert float(c["objective"]) == pytest.approx(cash, rel=REL, abs=1e-4)
    total = sum(weighs.values())
    late = late_of_commitments(books)
    for term in ("commitment tail", "commitment upfront"):
        assert weighs[term] == pytest.approx(late[term], rel=REL, abs=REL * max(1e3, abs(total)))
    assert total == pytest.approx(plan.run["objective"], rel=REL, abs=1e-3)
    if "bound" in plan.run:
        assert plan.run["bound"] <= total * (1 + REL) + 1e-3


def check_ceilings(books: Books, stated) -> None:
    for c in books.world.tables["contracts"]:
        if c["ceiling"] and c["valid_from"] == "2026-01-01" and not c["valid_to"]:
            own = ("compute", "storage", "egress", "migration transfer", "commitment", "commitment held")
            spent = sum(
                float(line["cash"])
                for line in books.files["costs"]
                if line["vendor"] == c["vendor"] and line["term"] in own
            )
            assert spent <= c["ceiling"] * (1 + REL)


@given(full_worlds())
@settings(max_examples=cases(3))
def test_cbc_finds_the_same_least_cost(world):
    try:
        found = solve(read(world), gap=1e-9)
    except Infeasible:
        assume(False)
    assert cbc_objective(found) == pytest.approx(found.plan.run["objective"], rel=REL, abs=1e-3)
