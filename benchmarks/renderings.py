"""Arrays against PuLP, HiGHS against CBC: one synthetic case at three sizes, in one run.

Figures are ratios to the fastest way of the same size and run, because seconds of one machine say
nothing about another. Run it with ``make bench`` or ``python benchmarks/renderings.py``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import pulp
from pulp.apis.coin_api import pulp_cbc_path
from support.cases import World

from planner.eligibility import assess
from planner.inputs import read_case
from planner.lp.problem import Problem
from planner.lp.pulp_solver import HighsByArrays
from planner.model.build import Model, build
from planner.model.registry import column_names
from planner.model.to_arrays import to_arrays
from planner.model.to_pulp import to_pulp

SIZES = (20, 80, 240)
REGIONS, PERIODS = 8, 8


def world(workloads: int) -> World:
    """Eight regions of four vendors, a cap on spend, a quota in every other region, growing demand."""
    made = World(periods=PERIODS, discount_rate=0.04)
    for r in range(REGIONS):
        vendor = f"v{r % 4}"
        if r < 4:
            made.vendor(vendor, jurisdiction="MY" if r == 3 else "XX")
        region = f"{vendor}:{r}"
        made.region(region).store(region, "block_gib", 0.2 + r / 50)
        for i, (vcpu, memory) in enumerate(((2, 4), (2, 8), (4, 16), (8, 64), (16, 32))):
            made.machine(
                region,
                f"m{i}",
                vcpu,
                memory,
                (0.04 * vcpu + 0.005 * memory) * (1 + (r * 7 + i * 3) % 11 / 20),
            )
        if r % 2:
            made.capacity(region, "vcpu", 2.0 * workloads)
    for w in range(workloads):
        need = 4 + w % 13
        made.workload(
            f"w{w}",
            f"a{w % 6}",
            demand={
                "vcpu": [need * (1 + t / 10) for t in range(PERIODS)],
                "memory_gib": [need * (2 + w % 5) for _ in range(PERIODS)],
                "block_gib": [100 * need] * PERIODS,
            },
        )
    return made.rule("cap", "vendor_share", {"cap": 0.4, "basis": "spend"})


def model_of(workloads: int) -> Model:
    """The program of the synthetic case."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = read_case(world(workloads).write(Path(folder)))
    return build(inputs, assess(inputs))


def arrays_and_highs(model: Model) -> float:
    return Problem(to_arrays(model)).solve().objective


def pulp_and_highs(model: Model) -> float:
    problem = to_pulp(model)
    problem.solve(HighsByArrays(column_names(model)))
    return float(pulp.value(problem.objective))


def pulp_and_cbc(model: Model) -> float:
    problem = to_pulp(model)
    problem.solve(pulp.COIN_CMD(path=pulp_cbc_path, msg=False, threads=1))
    return float(pulp.value(problem.objective))


WAYS: dict[str, Callable[[Model], float]] = {
    "arrays + HiGHS": arrays_and_highs,
    "PuLP, arrays handed over + HiGHS": pulp_and_highs,
    "PuLP + CBC": pulp_and_cbc,
}


def timed(way: Callable[[Model], float], model: Model) -> tuple[float, float]:
    """Best of three runs in seconds, and the objective."""
    best, objective = float("inf"), 0.0
    for _ in range(3):
        begin = time.perf_counter()
        objective = way(model)
        best = min(best, time.perf_counter() - begin)
    return best, objective


def main() -> None:
    """Print a table of ratios; complain if the ways disagree."""
    for workloads in SIZES:
        begin = time.perf_counter()
        model = model_of(workloads)
        built = time.perf_counter() - begin
        runs = {name: timed(way, model) for name, way in WAYS.items()}
        fastest = min(seconds for seconds, _ in runs.values())
        objectives = [objective for _, objective in runs.values()]
        spread = (max(objectives) - min(objectives)) / max(1.0, abs(objectives[0]))
        print(f"{workloads} workloads: {model.columns.count:,} columns, {model.rows:,} rows")
        print(f"  {'reading the case and building blocks':40s} {built / fastest:6.1f}")
        for name, (seconds, _) in runs.items():
            print(f"  {name:40s} {seconds / fastest:6.1f}")
        print(
            f"  objectives agree to {spread:.0e}" if spread < 1e-6 else f"  OBJECTIVES DIFFER by {spread:.1e}"
        )


if __name__ == "__main__":
    main()
