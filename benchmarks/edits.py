"""One edit of any limit of the national case, planned again in whole machines: ten edits, in one run.

Run ``python -m benchmarks.edits [CASE]``; the time of a machine says little, the ratio does. Promise: a plan
after an edit takes at most twice as long as the plan before; its gap is printed, or why there is no plan.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from planner.errors import Infeasible, Stopped
from planner.inputs import Case, read_case
from planner.planning import solve_case

MOST = 2.0
Edit = Callable[[Case], Case]


def cap(case: Case, change: float) -> Case:
    """Every cap on the share of a vendor group, by so much."""
    return _parameter(case, "vendor_share", "cap", change)


def floor(case: Case, change: float) -> Case:
    """Every floor under the domestic share, by so much."""
    return _parameter(case, "minimum_share", "floor", change)


def _parameter(case: Case, kind: str, name: str, change: float) -> Case:
    rules = [
        replace(r, parameters={**r.parameters, name: r.parameters[name] + change}) if r.kind == kind else r
        for r in case.rules
    ]
    return replace(case, rules=type(case.rules)(rules))


def capacity(case: Case, factor: float) -> Case:
    """All that is to be had, by a factor."""
    table = case.capacity
    return replace(case, capacity=table.assign(amount=table["amount"] * factor))


def demand(case: Case, factor: float) -> Case:
    """All that is needed, by a factor."""
    return replace(case, demand=case.demand * factor)


def budget(case: Case, factor: float) -> Case:
    """All budgets, by a factor."""
    table = case.budgets
    return replace(case, budgets=table.assign(amount=table["amount"] * factor))


def survival(case: Case) -> Case:
    """Critical work survives the loss of any one vendor group."""
    return replace(case, settings=replace(case.settings, survive=("vendor_groups",)))


def exits(case: Case, change: float) -> Case:
    """Every limit on what leaving costs, by so much of a year's accrual."""
    return _parameter(case, "exit", "cap", change)


def carbon(case: Case, factor: float) -> Case:
    """Every cap on carbon, by a factor."""
    rules = [
        replace(r, parameters={**r.parameters, "cap": r.parameters["cap"] * factor})
        if r.kind == "carbon"
        else r
        for r in case.rules
    ]
    return replace(case, rules=type(case.rules)(rules))


EDITS: dict[str, Edit] = {
    "cap a point lower": lambda case: cap(case, -0.01),
    "cap five points lower": lambda case: cap(case, -0.05),
    "floor a point higher": lambda case: floor(case, 0.01),
    "floor five points higher": lambda case: floor(case, 0.05),
    "capacity a tenth less": lambda case: capacity(case, 0.9),
    "demand a twentieth more": lambda case: demand(case, 1.05),
    "budgets a hundredth less": lambda case: budget(case, 0.99),
    "survival of any vendor group": survival,
    "leaving may cost a tenth of a year less": lambda case: exits(case, -0.1),
    "carbon a tenth less": lambda case: carbon(case, 0.9),
}
"""What a case does not limit stays unlimited."""


def timed(case: Case) -> tuple[str, float]:
    """What became of a plan, and processor seconds."""
    begin = time.process_time()
    try:
        run = solve_case(case).plan.run
        word = f"{run['objective']:,.0f}, gap {run.get('gap', 0.0):.2%}"
    except (Infeasible, Stopped) as error:
        word = f"no plan: {str(error)[:80]}"
    return word, time.process_time() - begin


def main(folder: Path) -> int:
    case = read_case(folder)
    word, before = timed(case)
    print(f"{folder}: {word}; {before:.1f} s")
    worst = 0.0
    for name, edit in EDITS.items():
        word, seconds = timed(edit(case))
        worst = max(worst, seconds / before)
        print(f"{name}: {word}; {seconds:.1f} s, ratio {seconds / before:.2f}")
    print(f"promise: at most {MOST:g}: {'held' if worst <= MOST else 'BROKEN'} ({worst:.2f})")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "examples/national-ai")))
