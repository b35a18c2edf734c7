"""Planted conflicts: the irreducible set is the planted one, and the way out leads out at its price."""

from __future__ import annotations

from functools import cache

import pytest
from planted import CASES, Planted, optimum
from support.cases import World
from support.plans import read

from planner.errors import Infeasible
from planner.explain.explain import Explanation, explain
from planner.explain.ways_out import Give

IDS = [case.name for case in CASES]


def mend(world: World, give: Give) -> None:
    """What a user would write into the files of the case."""
    group = give.group
    for period, subject, _, needed, unit in give.changes:
        if group.kind == "capacity":
            payer = group.id.rpartition(" for ")[2] if " for " in group.id else ""
            rows = [
                row
                for row in world.tables["capacity"]
                if (row["subject"], row["resource"], row["payer"]) == (subject, unit, payer)
            ]
            at = [row for row in rows if row["period"] == period]
            if at:
                at[0]["amount"] = needed
            else:
                world.add("capacity", **{**rows[-1], "period": period, "amount": needed})
        elif group.kind == "other":
            table = {"budget": "budgets", "ceiling": "contracts"}[group.id.split(" ")[0]]
            amount = "ceiling" if table == "contracts" else "amount"
            key = "contract" if table == "contracts" else "agency"
            next(row for row in world.tables[table] if row[key] in group.id)[amount] = needed
        elif group.kind == "share":
            world.overrides[group.id][unit] = needed
        elif group.kind == "latency":
            next(row for row in world.tables["workloads"] if row["workload"] == subject)["latency_share"] = (
                needed
            )
        else:
            waive(world, group.id, *subject.split(" at "))


def waive(world: World, rule: str, workload: str, region: str) -> None:
    """Lift a rule at one region for one workload: cut the rule in two that leave the pair out."""
    at = next(i for i, row in enumerate(world.rules) if row["id"] == rule)
    old = world.rules.pop(at)
    select = {k: dict(v) for k, v in old.get("select", {}).items()}
    others = [row["region"] for row in world.tables["regions"] if row["region"] != region]
    chosen = select.get("region", {}).get("vendor")
    if chosen:
        others = [r for r in others if r.split(":")[0] in chosen]
    adopted = world.overrides.pop(rule, None)
    if others:
        parts = {**select, "region": {"region": others}}
        world.rules.append({**old, "id": f"{rule}-elsewhere", "select": parts})
        if adopted:
            world.overrides[f"{rule}-elsewhere"] = adopted
    rest = [row["workload"] for row in world.tables["workloads"] if row["workload"] != workload]
    mine = select.get("workload", {}).get("workload", rest)
    rest = [name for name in rest if name in mine]
    if rest:
        here = {**select, "workload": {"workload": rest}, "region": {"region": [region]}}
        world.rules.append({**old, "id": f"{rule}-others", "select": here})
        if adopted:
            world.overrides[f"{rule}-others"] = adopted


@cache
def explained(case: Planted, relax_legal: bool = False) -> Explanation:
    return explain(read(case.make()), relax_legal)


def test_there_are_enough_planted_cases():
    assert len({case.name for case in CASES}) >= 30
    assert sum(case.relax_legal for case in CASES) >= 5


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_irreducible_set_is_the_planted_one(case: Planted):
    with pytest.raises(Infeasible):
        optimum(case.make())
    explanation = explained(case)
    assert not explanation.feasible
    assert [frozenset(m.id for m in told.members) for told in explanation.conflicts] == [case.members]
    for member in explanation.conflicts[0].members:
        assert member.text and (member.source or member.kind in ("workload", "capacity", "other"))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_cheapest_way_out_leads_to_a_plan_at_the_stated_cost(case: Planted):
    ways = [way for _, way in explained(case, relax_legal=case.relax_legal).ways if not way.serves_less]
    assert ways and [way.cost for way in ways] == sorted(way.cost for way in ways)
    for way in ways[:1]:
        world = case.make()
        for give in way.gives:
            mend(world, give)
        assert optimum(world) == pytest.approx(way.cost, rel=1e-6)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_no_less_is_enough(case: Planted):
    """A hair less than the stated give leaves no plan: the breach is the least one."""
    ways = [way for _, way in explained(case, relax_legal=case.relax_legal).ways if not way.serves_less]
    give = ways[0].gives[0]
    if give.group.kind == "filter":
        mended = case.make()
        waive(mended, give.group.id, *give.changes[0][1].split(" at "))
        assert len(give.changes) == 1 and optimum(mended) == pytest.approx(ways[0].cost)
        return
    world = case.make()
    period, subject, now, needed, unit = give.changes[-1]
    short = (
        needed - (needed - now) * 0.01
        if give.group.kind != "share"
        else needed + (1e-4 if needed < now else -1e-4)
    )
    mend(world, Give(give.group, (*give.changes[:-1], (period, subject, now, short, unit))))
    with pytest.raises(Infeasible):
        optimum(world)


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.relax_legal], ids=[c.name for c in CASES if c.relax_legal]
)
def test_law_never_gives_unless_asked(case: Planted):
    explanation = explained(case)
    assert all(not give.group.legal for _, way in explanation.ways for give in way.gives)
    assert any("--relax-legal" in note for note in explanation.notes)


FIGURES = [case for case in CASES if {"cap", "floor"} & set(case.name.split("-"))]


@pytest.mark.parametrize("case", FIGURES, ids=[case.name for case in FIGURES])
def test_ways_out_are_the_same_when_found_as_in_a_large_case(case, monkeypatch):
    """Few programs and trees of choices: the same statements give, as much, at a cost within the gap."""
    usual = explained(case)
    monkeypatch.setattr("planner.explain.ways_out.LARGE", 0)
    found = explain(read(case.make()))
    mine = {tuple(give.group.id for give in way.gives): way for _, way in found.ways}
    theirs = {tuple(give.group.id for give in way.gives): way for _, way in usual.ways}
    assert set(mine) == set(theirs)
    for name, way in mine.items():
        assert way.cost == pytest.approx(theirs[name].cost, rel=2e-3)
        for give, other in zip(way.gives, theirs[name].gives, strict=True):
            assert give.changes == other.changes
