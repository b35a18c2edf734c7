"""The planner's tree of re-solves against HiGHS's own search, on cases with whole numbers and edits of one.

Run ``python -m benchmarks.whole [GAP …] [CASE …]``. For each case, gap and search: CPU seconds, cost, proved
gap. A search other than HiGHS's own stays in the planner only as long as it wins here clearly on the sum, and
loses nowhere by much.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from planner.explain.change import with_parameter
from planner.explain.find_rule import find_rule
from planner.inputs import Case, read_case
from planner.lp.policy import Search, SolvePolicy
from planner.lp.problem import LARGE
from planner.lp.solve import solve
from planner.model.to_arrays import to_arrays
from planner.planning import build_model

CASE = Path("examples/national-full")
EDITS = (("exit", 0.4), ("vendor-share", 0.35), ("OWN-CASH-01", 67.9e6))
"""Rules of the case with another cap; the last is a budget, 3 % less."""
GAPS = (0.01, 0.001)
SEARCHES: tuple[Search, ...] = ("tree", "solver")


def cases(folders: list[Path]) -> Iterator[tuple[str, Case]]:
    for folder in folders or [CASE]:
        inputs = read_case(folder)
        yield folder.name, inputs
        if folder == CASE:
            for name, cap in EDITS:
                rule = find_rule(inputs, name)
                yield f"{folder.name}, {name} {cap:g}", with_parameter(inputs, rule, "cap", cap)


def main(gaps: list[float], folders: list[Path]) -> int:
    total = {(search, gap): 0.0 for gap in gaps for search in SEARCHES}
    for name, inputs in cases(folders):
        model = build_model(inputs)
        arrays = to_arrays(model)
        if not arrays.integer.any():
            print(f"{name}: no whole numbers")
            continue
        large = "" if len(arrays.index) >= LARGE else ", HiGHS alone by default"
        print(f"{name}: {len(arrays.index):,} entries, {int(arrays.integer.sum())} integers{large}")
        for gap in gaps:
            for search in SEARCHES:
                begin = time.process_time()
                found = solve(arrays, SolvePolicy(gap=gap, search=search))
                seconds = time.process_time() - begin
                total[search, gap] += seconds
                cost = found.outcome.objective * model.unit
                print(
                    f"  gap {gap:g} {search:6} {seconds:7.2f} s  {cost:>16,.0f}  "
                    f"proved {found.gap:.3%}  {found.outcome.word}",
                    flush=True,
                )
    for (search, gap), seconds in total.items():
        print(f"sum, gap {gap:g}, {search}: {seconds:.1f} s")
    return 0


if __name__ == "__main__":
    words = sys.argv[1:]
    numbers = [float(word) for word in words if word.replace(".", "").isdigit()]
    sys.exit(main(numbers or list(GAPS), [Path(word) for word in words if Path(word).is_dir()]))
