"""A study of a large case with integers against ``planner plan`` of it, in one run.

Run ``python -m benchmarks.leaving [CASE [VENDOR]]``; the time of a machine says little, the ratio does.
Promise: leaving a vendor costs at most 2 times one plan; what it leaves unproved is printed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from planner.inputs import read_inputs
from planner.solve.solve import solve
from planner.study.exit_cost import exit_cost

MOST = 2.0


def main(case: Path, vendor: str) -> int:
    inputs = read_inputs(case)
    begin = time.process_time()
    run = solve(inputs).plan.run
    plan = time.process_time() - begin
    print(f"{case}: {run['entries']:,} entries, {run['integers']} integers")
    begin = time.process_time()
    found = exit_cost(inputs, vendor)
    study = time.process_time() - begin
    ratio = study / plan
    print(f"one plan {plan:.1f} s, leaving {vendor} {study:.1f} s: ratio {ratio:.2f}")
    print(f"it costs {found.extra:,.0f} {found.currency} more, of which {found.unproved:,.0f} unproved")
    print(f"promise: at most {MOST:g}: {'held' if ratio <= MOST else 'BROKEN'}")
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "examples/national-full")
    sys.exit(main(path, sys.argv[2] if len(sys.argv) > 2 else "aws"))
