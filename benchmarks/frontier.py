"""Twenty-nine points of a frontier against one cold solve, on the same program in one run.

Run ``python -m benchmarks.frontier [CASE]``; the time of a machine says little, the ratio does.
Promise: on a linear program 29 points cost at most 4 times one cold solve.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

from planner.eligibility import assess
from planner.explain.change import enforced
from planner.explain.find_rule import find_rule
from planner.inputs import read_case
from planner.lp.problem import Problem
from planner.model.build import build
from planner.model.to_arrays import to_arrays
from planner.policy.kinds import SHARE_KINDS

POINTS, MOST, REPEATS = 29, 4.0, 5


def main(case: Path) -> int:
    inputs = read_case(case)
    rule = find_rule(inputs, "vendor-share", SHARE_KINDS)
    inputs = enforced(inputs, rule)
    model = build(inputs, assess(inputs))
    lever = model.lever(rule)
    arrays = to_arrays(model)
    values = [1.0 - 0.7 * i / (POINTS - 1) for i in range(POINTS)]
    cold, warm = [], []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        Problem(arrays).solve()
        cold.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        session = Problem(arrays)
        for value in values:
            lever.move(session, value)
            session.solve()
        warm.append(time.perf_counter() - begin)
    ratio = median(warm) / median(cold)
    print(f"{case}: {len(arrays.cost):,} columns, {len(arrays.row_lower):,} rows")
    print(f"one cold solve {median(cold):.3f} s, {POINTS} points {median(warm):.3f} s: ratio {ratio:.2f}")
    print(f"promise: at most {MOST:g}: {'held' if ratio <= MOST else 'BROKEN'}")
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "benchmarks/cases/national-quarters")))
