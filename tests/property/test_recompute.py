"""Plans re-checked from their CSV files and the files of the case, without the planner.

Eligibility, shares, capacity and cost are computed again from what a stranger could read.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict

import pytest
from hypothesis import assume, given, settings
from support.brute import Facts
from support.depth import cases
from support.plans import csv_bytes, solved
from support.random_worlds import worlds

from planner.errors import Infeasible

TOLERANCE = 1e-6
NUMBERS = ("share", "units", "unit_price", "amount", "total", "cash", "objective", "amortised", "list")


def tables(plan):
    out = {}
    for name, content in csv_bytes(plan).items():
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
        out[name] = [{k: float(v) if k in NUMBERS and v else v for k, v in row.items()} for row in rows]
    return out


@given(worlds())
@settings(max_examples=cases(5))
def test_a_plan_obeys_every_rule_and_costs_what_its_prices_say(world):
    try:
        plan = solved(world).plan
    except Infeasible:
        assume(False)
    facts, files = Facts(world), tables(plan)
    check_placements(facts, files)
    check_machines(facts, files)
    check_capacity(facts, files)
    check_shares(facts, files)
    check_cost(facts, files, plan)


def at(facts, period):
    return [facts.world.period(t) for t in facts.periods].index(period)


def check_placements(facts, files):
    """Everything alive is placed whole, and only where it may be."""
    whole = defaultdict(float)
    for p in files["placements"]:
        assert facts.eligible(p["workload"], p["region"])
        assert p["share"] > 0
        whole[p["workload"], at(facts, p["period"])] += p["share"]
    alive = {(w, t) for w in facts.workloads for t in facts.periods if facts.alive(w, t)}
    assert set(whole) == alive
    assert all(abs(total - 1) <= TOLERANCE for total in whole.values())


def check_machines(facts, files):
    """What an owner buys in a region yields what its work there needs; nobody buys what does not fit."""
    need, have = defaultdict(float), defaultdict(float)
    for p in files["placements"]:
        w, t = p["workload"], at(facts, p["period"])
        workload = facts.workloads[w]
        factor = p["share"] * (1 + (facts.world.headroom if workload["platform"] == "container" else 0))
        for resource in ("vcpu", "memory_gib"):
            owner = (facts.payer[workload["agency"]], p["region"], t, resource)
            need[owner] += factor * facts.need(w, resource, t)
    for b in files["purchases"]:
        if b["unit"] != "machines":
            continue
        assert b["workload"] == "" or facts.admits(b["workload"], b["sku"])
        for resource, amount in zip(("vcpu", "memory_gib"), facts.yields(b["sku"]), strict=True):
            have[b["payer"], b["region"], at(facts, b["period"]), resource] += b["units"] * amount
    for owner, amount in need.items():
        assert have[owner] >= amount - TOLERANCE * max(1.0, amount), owner


def check_capacity(facts, files):
    names = [facts.world.period(t) for t in facts.periods]
    for row in facts.world.tables["capacity"]:
        first = names.index(row["period"])
        later = [
            names.index(r["period"])
            for r in facts.world.tables["capacity"]
            if (r["subject"], r["resource"], r["payer"]) == (row["subject"], row["resource"], row["payer"])
            and names.index(r["period"]) > first
        ]
        for t in range(first, min(later, default=len(names))):
            drawn = 0.0
            for b in files["purchases"]:
                mine = b["period"] == names[t] and row["payer"] in ("", b["payer"])
                if mine and row["subject"] in (b["sku"], b["region"]):
                    drawn += b["units"] * draw(facts.skus[b["sku"]], row["resource"])
            assert drawn <= row["amount"] + TOLERANCE * max(1.0, row["amount"])


def draw(sku, resource):
    if sku.get("resource"):
        return 1.0 if sku["resource"] == resource else 0.0
    return {"vcpu": sku["vcpu"], "memory_gib": sku["memory_gib"], "units": 1.0}.get(resource, 0.0)


def check_shares(facts, files):
    for rule in facts.world.rules:
        if rule["kind"] not in ("vendor_share", "minimum_share"):
            continue
        for t in facts.periods:
            amounts = amounts_of(facts, files, rule, t)
            if amounts is None:
                continue
            total = sum(amounts.values())
            slack = TOLERANCE * max(1.0, total)
            if rule["kind"] == "vendor_share":
                assert all(a <= rule["parameters"]["cap"] * total + slack for a in amounts.values())
            else:
                home = sum(a for g, a in amounts.items() if domestic(facts, g))
                assert home >= rule["parameters"]["floor"] * total - slack


def domestic(facts, group):
    return any(
        v["vendor_group"] == group and v["parent_jurisdiction"] == "MY" for v in facts.vendors.values()
    )


def amounts_of(facts, files, rule, t):
    """What each vendor group of the market has of the contestable work, by the rule's basis.

    None where the files cannot tell: machines that a pool shares name the pool only, and pools of
    both sides of the scope may look alike.
    """
    period, amounts = facts.world.period(t), defaultdict(float)
    if rule["parameters"]["basis"] == "spend":
        for c in files["costs"]:
            if c["period"] != period or not facts.group(c["region"]):
                continue
            who = [c["workload"]] if c["workload"] else pooled(facts, c["pool"], t)
            sides = {facts.contestable(w, t) for w in who}
            if len(sides) > 1:
                return None
            amounts[c["vendor_group"]] += c["amortised"] * sides.pop()
        return amounts
    for p in files["placements"]:
        group = facts.group(p["region"])
        if p["period"] == period and group and facts.contestable(p["workload"], t):
            amounts[group] += p["share"] * facts.weight(rule, p["workload"], t)
    return amounts


def pooled(facts, pool, t):
    """Live workloads that a pool may consist of, by its name: payer, platform, architecture, domain."""
    payer, platform, architecture, classification, *_ = pool.split("/")
    return [
        name
        for name, w in facts.workloads.items()
        if (facts.payer[w["agency"]], w["platform"]) == (payer, platform)
        and (w["architecture"], w["classification"]) == (architecture, classification)
        and facts.alive(name, t)
    ]


def check_cost(facts, files, plan):
    """List prices × what was bought × time, plus egress of what was placed, term by term."""
    cash, objective = defaultdict(float), 0.0
    for b in files["purchases"]:
        t = at(facts, b["period"])
        assert b["unit_price"] == facts.price[b["sku"]]
        machine = b["unit"] == "machines"
        paid = b["units"] * b["unit_price"] * (facts.hours(t) if machine else facts.world.months)
        cash["compute" if machine else "storage"] += paid
        objective += paid * facts.discount(t)
    for p in files["placements"]:
        t = at(facts, p["period"])
        sent = facts.need(p["workload"], "egress_gib", t)
        if sent:
            paid = p["share"] * sent * facts.egress[p["region"]] * facts.world.months
            cash["egress"] += paid
            objective += paid * facts.discount(t)
    for term, amount in cash.items():
        stated = sum(c["cash"] for c in files["costs"] if c["term"] == term)
        assert stated == pytest.approx(amount, rel=TOLERANCE, abs=TOLERANCE)
    lines = sum(c["objective"] for c in files["costs"])
    assert lines == pytest.approx(objective, rel=TOLERANCE, abs=TOLERANCE)
    assert lines == pytest.approx(plan.run["objective"], rel=TOLERANCE, abs=TOLERANCE)
    assert plan.head["objective"] == round(lines, 2)
