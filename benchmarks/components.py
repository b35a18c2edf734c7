"""A program whose periods nothing couples: solved at once by simplex and interior point, and part by part.

Run ``python -m benchmarks.components [CASE [COPIES …]]``: the program of the case stands beside copies of
itself whose prices differ, as the periods of a longer horizon would. Promise: parts take at most 0.75 of the
better of both.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from planner.inputs import read_case
from planner.lp.arrays import Arrays
from planner.lp.components import parts, solve_in_parts
from planner.lp.outcome import Outcome
from planner.lp.policy import SolvePolicy
from planner.lp.problem import Problem
from planner.model.to_arrays import to_arrays
from planner.planning import build_model

MOST = 0.75


def beside_itself(arrays: Arrays, copies: int) -> Arrays:
    """The program ``copies`` times, sharing nothing, costs up to a tenth apart."""
    draw, columns, entries = np.random.default_rng(0), len(arrays.cost), len(arrays.index)
    each = range(copies)
    return Arrays(
        cost=np.concatenate([arrays.cost * draw.uniform(0.95, 1.05, columns) for _ in each]),
        lower=np.tile(arrays.lower, copies),
        upper=np.tile(arrays.upper, copies),
        row_lower=np.tile(arrays.row_lower, copies),
        row_upper=np.tile(arrays.row_upper, copies),
        start=np.concatenate([[0], *(arrays.start[1:] + i * entries for i in each)]),
        index=np.concatenate([arrays.index + i * columns for i in each]),
        value=np.tile(arrays.value, copies),
        integer=np.zeros(columns * copies, dtype=bool),
    )


def timed(name: str, solve: Callable[[], Outcome]) -> float:
    begin = time.process_time()
    outcome = solve()
    seconds = time.process_time() - begin
    print(f"  {name:9} {seconds:7.2f} s  {outcome.objective:.6f}  {outcome.iterations:,} steps", flush=True)
    return seconds


def compare(once: Arrays, copies: int) -> bool:
    arrays = beside_itself(once, copies)
    print(f"{copies} times: {len(arrays.cost):,} columns, {len(arrays.index):,} entries")
    simplex = timed("simplex", lambda: Problem(arrays, SolvePolicy(method="simplex")).solve())
    interior = timed("interior", lambda: Problem(arrays, SolvePolicy(method="interior")).solve())
    apart = timed("in parts", lambda: solve_in_parts(arrays, parts(arrays)))
    ratio = apart / min(simplex, interior)
    print(f"  ratio {ratio:.2f}; promise: at most {MOST:g}: {'held' if ratio <= MOST else 'BROKEN'}")
    return ratio <= MOST


def main(case: Path, copies: list[int]) -> int:
    once = to_arrays(build_model(read_case(case))).relaxation()
    print(case)
    held = [compare(once, count) for count in copies]
    return 0 if all(held) else 1


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "benchmarks/cases/national-quarters")
    sys.exit(main(folder, [int(word) for word in sys.argv[2:]] or [4, 12]))
