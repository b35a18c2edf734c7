"""From a small world to its plan, and the figures that tests look at."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from planner.inputs import Inputs, read_inputs
from planner.model.build import Model
from planner.plan.folder import save
from planner.plan.plan import FRAMES, Plan
from planner.solve.solve import Solved, build_model, solve
from support.cases import World


def read(world: World) -> Inputs:
    """Write the world's case folder, read it as a user's, and clear it away."""
    with TemporaryDirectory() as folder:
        return read_inputs(world.write(Path(folder)))


def model_of(world: World) -> Model:
    """The program of a world."""
    return build_model(read(world))


def solved(world: World) -> Solved:
    """The plan of a world with its program."""
    return solve(read(world))


def plan_of(world: World) -> Plan:
    """The plan of a world."""
    return solved(world).plan


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
