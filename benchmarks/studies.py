"""Studies of a large case with integers against ``planner plan`` of it, in one run.

Run ``python -m benchmarks.studies [CASE [VENDOR]]``; the time of a machine says little, the ratio does.
Promise: leaving a vendor costs at most 5 times one plan (several periods are tried for the exit, and where
there is none each kind of limit is set aside in turn to see what stands in the way), advice on commitments
for three levels of demand at most 3 times; what they leave unproved is printed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from planner.inputs import read_case
from planner.planning import solve
from planner.study.commit_advice import commit_advice
from planner.study.exit_cost import exit_cost

T = TypeVar("T")

LEAVING, ADVICE = 5.0, 3.0
LEVELS = [0.8, 0.9, 1.0]
"""The national case has no plan for much more demand than it states."""


def timed(work: Callable[[], T]) -> tuple[T, float]:
    begin = time.process_time()
    done = work()
    return done, time.process_time() - begin


def told(what: str, seconds: float, plan: float, most: float, unproved: float, currency: str) -> bool:
    ratio = seconds / plan
    held = ratio <= most
    print(f"{what} {seconds:.1f} s: ratio {ratio:.2f}; {unproved:,.0f} {currency} unproved")
    print(f"promise: at most {most:g}: {'held' if held else 'BROKEN'}")
    return held


def main(case: Path, vendor: str) -> int:
    inputs = read_case(case)
    solved, plan = timed(lambda: solve(inputs))
    run = solved.plan.run
    print(f"{case}: {run['entries']:,} entries, {run['integers']} integers; one plan {plan:.1f} s")
    left, seconds = timed(lambda: exit_cost(inputs, vendor))
    held = told(f"leaving {vendor}", seconds, plan, LEAVING, left.unproved, left.currency)
    advice, seconds = timed(lambda: commit_advice(inputs, LEVELS, [1.0] * len(LEVELS)))
    held &= told("advice on commitments", seconds, plan, ADVICE, advice.unproved, advice.currency)
    return 0 if held else 1


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "examples/national-full")
    sys.exit(main(path, sys.argv[2] if len(sys.argv) > 2 else "aws"))
