"""From a small world to its plan, and the figures that tests look at."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from planner.answer.solved import Solved
from planner.errors import Infeasible
from planner.inputs import Case, read_case
from planner.lp.outcome import Status
from planner.lp.policy import SolvePolicy
from planner.lp.problem import Problem
from planner.model.build import Model
from planner.model.to_arrays import to_arrays
from planner.plan.folder import save
from planner.plan.plan import FRAMES, Plan
from planner.planning import build_model, plan_case, solve
from support.cases import World


def read(world: World) -> Case:
    """Write the world's case folder, read it as a user's, and clear it away."""
    with TemporaryDirectory() as folder:
        return read_case(world.write(Path(folder)))


def model_of(world: World) -> Model:
    """The program of a world."""
    return build_model(read(world))


def solved(world: World) -> Solved:
    """The plan of a world with its program."""
    return solve(read(world))


def whole_plan(world: World) -> Plan:
    """What can be bought: the plan that ``planner plan`` gives a user who says nothing of units."""
    world.whole = None
    return plan_case(read(world))


def plan_of(world: World) -> Plan:
    """The plan of a world."""
    return solved(world).plan


def least(world: World) -> float | None:
    """Least discounted cost to a tiny gap, None where no plan obeys every rule."""
    try:
        model = model_of(world)
    except Infeasible:
        return None
    outcome = Problem(to_arrays(model), SolvePolicy(gap=1e-9)).solve()
    return outcome.objective * model.unit if outcome.status is Status.OPTIMAL else None


def nothing_is_cheaper(world: World, best: float | None) -> Plan | None:
    """The plan of a world costs ``best`` to its gap, and its bound is no more; None where there is none.

    ``best``: of all plans, one by one; None if none obeys every rule.
    """
    if best is None:
        with pytest.raises(Infeasible):
            plan_of(world)
        return None
    plan = plan_of(world)
    assert best * (1 - 1e-9) <= plan.run["objective"] <= best * (1 + plan.run["gap_allowed"]) + 1e-6
    assert plan.run["bound"] <= best * (1 + 1e-9)
    return plan


def cost(plan: Plan) -> float:
    """Discounted cash of the whole horizon: what the program minimises."""
    return float(plan.costs["objective"].sum())


def cash(plan: Plan, **where: str) -> float:
    """Cash of the lines that match, e.g. ``term="compute", period="2027-01"``."""
    lines = plan.costs
    for column, value in where.items():
        lines = lines[lines[column] == value]
    return float(lines["cash"].sum())


def placed(plan: Plan, period: str = "2027-01") -> dict[tuple[str, str], float]:
    """(workload, region) to share in a period."""
    rows = plan.placements[plan.placements["period"] == period]
    return {(str(r.workload), str(r.region)): round(float(r.share), 9) for r in rows.itertuples()}


def bought(plan: Plan, period: str = "2027-01") -> dict[str, float]:
    """SKU to units (or GiB) bought in a period, over all owners."""
    rows = plan.purchases[plan.purchases["period"] == period]
    return {str(sku): round(float(n), 9) for sku, n in rows.groupby("sku")["units"].sum().items()}


def excuses(plan: Plan) -> list[tuple[str, str, str, str, str]]:
    """Excuses without their reasons: workload, region, first and last period, rule."""
    columns = ["workload", "region", "period_from", "period_to", "rule"]
    return list(plan.excuses[columns].itertuples(index=False, name=None))


def csv_bytes(plan: Plan) -> dict[str, bytes]:
    """The plan's CSV files as they would lie on disk."""
    with TemporaryDirectory() as folder:
        save(plan, Path(folder))
        return {name: (Path(folder) / f"{name}.csv").read_bytes() for name in FRAMES}
