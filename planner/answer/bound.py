"""How good slices of hourly traces are: the cost with every slice rounded down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from planner.errors import Infeasible, Stopped
from planner.inputs import Case
from planner.plan.head import Traces
from planner.plan.plan import Plan


def with_bound(plan: Plan, case: Case, objective: Callable[[Case], float]) -> Plan:
    """The plan with the number of levels and slices, and the cost with loads rounded down.

    What the plan would cost hour by hour lies between: it may not be cheaper than the bound where no
    rule on shares of spend binds. Without merged levels the slices are exact and no bound is needed.
    """
    if not case.trace_levels:
        return plan
    bound = None
    if case.load_down is not None:
        lower = replace(case, load=case.load_down, load_down=None, trace_levels=0)
        try:
            bound = round(objective(lower), 2)
        except (Infeasible, Stopped):
            bound = None
    traces = Traces(levels=case.trace_levels, slices=len(case.settings.slices), bound=bound)
    return replace(plan, head=replace(plan.head, traces=traces))
