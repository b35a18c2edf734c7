"""Ways out of a conflict: which rule would have to give, by how much, and what the plan then costs.

From each conflict one statement gives. Its least breach is found first, then the cheapest plan among
those that breach no more. Legal rules give only when asked, workloads only as a last resort: serving
less is not a way to obey, it is another question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from planner.errors import PlannerError
from planner.explain.conflict import Conflict
from planner.explain.elastic import Elastic, Program, strict
from planner.explain.nearest import Nearest
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import FROM_BASIS
from planner.lp.problem import LARGE, Problem
from planner.model.lever import Lever
from planner.model.statement import Group
from planner.tolerances import SUM, ZERO

STEP = 1e-4
"""Caps and floors give in steps of a hundredth of a point."""

MOST = 64
"""Combinations tried when there are several conflicts."""


@dataclass(frozen=True)
class Give:
    """What one statement has to give.

    Attributes
    ----------
    changes
        One line a row or placement: (period or "", subject, limit now, limit needed, unit). For a
        filter: the placement opened, 0 and 1, unit ``waiver``.
    """

    group: Group
    changes: tuple[tuple[str, str, float, float, str], ...]


@dataclass(frozen=True)
class WayOut:
    """A set of gives that together make the case solvable, and the cost of the plan they allow.

    ``gap``: no such plan is cheaper by more than this part of the cost; 0 where it is the cheapest. Infinite
    where only a plan with choices in part was found: the cost is that one's, and none costs less.
    """

    gives: tuple[Give, ...]
    cost: float
    gap: float = 0.0

    @property
    def serves_less(self) -> bool:
        return any(g.group.kind == "workload" for g in self.gives)


def ways_out(elastic: Elastic, found: list[Conflict], relax_legal: bool = False) -> list[WayOut]:
    """Every way out with one give from each conflict, cheapest first; serving less comes last."""
    program = elastic.program
    choices = [[g for g in c.members if relax_legal or not program.groups[g].legal] for c in found]
    if not found or any(not c for c in choices):
        return []
    seen: set[frozenset[int]] = set()
    ways = []
    # What is enough for choices in part may not be for whole ones: then those are asked for from the start.
    whole = Elastic(program, whole=True) if _whole_helps(elastic) else None
    for chosen in product(*choices):
        members = frozenset(chosen)
        if members in seen or len(seen) >= MOST:
            continue
        seen.add(members)
        way = _try(elastic, sorted(members))
        if way is None and whole is not None:
            way = _try(whole, sorted(members))
        if way is not None:
            ways.append(way)
    return sorted(ways, key=lambda way: (way.serves_less, way.cost, [g.group.id for g in way.gives]))


def _whole_helps(elastic: Elastic) -> bool:
    """Are there whole choices that this program leaves in part, and is it small enough to keep them whole?"""
    program = elastic.program
    return bool(program.whole.any()) and not elastic.whole and len(program.arrays.index) < LARGE


def _try(elastic: Elastic, chosen: list[int]) -> WayOut | None:
    """The least gives of the chosen groups, with every other group obeyed; None if that is not enough."""
    program = elastic.program
    enforced = np.ones(len(program.groups), dtype=bool)
    enforced[chosen] = False
    least = elastic.breach(enforced, hard=True)
    if least.status is not Status.OPTIMAL:
        return None
    settled = least
    if not all(program.groups[g].by_parameter for g in chosen):
        cheapest = elastic.cheapest(enforced, least.objective * (1 + SUM) + SUM)
        settled = cheapest if cheapest.status is Status.OPTIMAL else least
    if len(program.arrays.index) >= LARGE:
        return _applied_large(program, settled, chosen, 0.02)
    # A bound rounded to the nearest figure may fall short of itself by the solver's tolerance.
    return _applied(program, settled, chosen, 0.02) or _applied(program, settled, chosen, -1.0)


def _applied(program: Program, settled: Outcome, chosen: list[int], slip: float) -> WayOut | None:
    """The gives with their limits rounded outward, and the cost of the plan that they allow."""
    problem = strict(program, FROM_BASIS)
    shares = [g for g in chosen if program.groups[g].by_parameter]
    gives = [_give(program, problem, settled, g, slip) for g in chosen if g not in shares]
    for i, g in enumerate(shares):
        # The rules with a cap or floor still to come stay out of the way; each is set in its turn.
        for later in shares[i + 1 :]:
            _free_rows(program, problem, later)
        gives.append(_give_parameter(program, problem, g))
    outcome = problem.solve()
    if outcome.status is not Status.OPTIMAL:
        return None
    kept = tuple(g for g in gives if g.changes)
    return WayOut(kept, outcome.objective * program.model.unit) if kept else None


def _applied_large(program: Program, settled: Outcome, chosen: list[int], slip: float) -> WayOut | None:
    """As :func:`_applied`, in as few programs as will do."""
    shares = [g for g in chosen if program.groups[g].by_parameter]
    nearest = Nearest(program)
    gives = [_give(program, nearest.problem, settled, g, slip) for g in chosen if g not in shares]
    for i, g in enumerate(shares):
        for later in shares[i + 1 :]:
            _free_rows(program, nearest.problem, later)
        lever, values = _figures(program, g)
        least = nearest.figure(g, lever, values)
        if least is None:
            return None
        change = ("", lever.subject, lever.value, values[least], lever.parameter)
        gives.append(Give(program.groups[g], (change,)))
    plan = nearest.cheapest()
    kept = tuple(g for g in gives if g.changes)
    return WayOut(kept, plan[0] * program.model.unit, plan[1]) if plan and kept else None


def _figures(program: Program, group: int) -> tuple[Lever, list[float]]:
    """The lever of a cap or floor, and its figures from the stated one to where it restricts nothing."""
    rule = program.groups[group].rule
    if rule is None:
        raise PlannerError(f"{program.groups[group].id} has no cap or floor to move")
    lever = program.model.lever(rule)
    steps = round(abs(lever.loosest - lever.value) / STEP + 0.5)
    towards = 1.0 if lever.loosest > lever.value else -1.0
    moved = np.round(lever.value + towards * np.arange(steps + 1) * STEP, 10)
    limit = np.minimum if towards > 0 else np.maximum
    return lever, [float(v) for v in limit(moved, lever.loosest)]


def _free_rows(program: Program, problem: Problem, group: int) -> None:
    rows = np.unique(program.slack_row[program.slack_group == group])
    problem.set_row_bounds(rows, -np.inf, np.inf)


def _give(program: Program, problem: Problem, settled: Outcome, group: int, slip: float) -> Give:
    if program.groups[group].kind == "filter":
        return _open(program, problem, settled, group)
    if program.groups[group].kind == "capacity":
        return _raise(program, problem, settled, group, slip)
    return _loosen(program, problem, settled, group, slip)


def _open(program: Program, problem: Problem, settled: Outcome, group: int) -> Give:
    """Open the placements that are used although the filter forbids them: for work, a copy or a refuge."""
    model, keys = program.model, program.closable
    own = program.forbidden[group - program.first_filter]
    used = own & (settled.x[program.at] > ZERO)
    pairs = keys[used][["w", "r"]].drop_duplicates().sort_values(["w", "r"])
    opened = own & keys.set_index(["w", "r"]).index.isin(pairs.set_index(["w", "r"]).index)
    # A waiver opens a placement for as long as the rule forbids it; other rules may still do so.
    others = np.delete(program.forbidden, group - program.first_filter, axis=0).any(axis=0)
    at = program.at[opened & ~(others & ~used)]
    problem.set_column_bounds(at, 0.0, np.inf)
    case = model.index.case
    changes = []
    for w, r in pairs.itertuples(index=False):
        t = keys[used & (keys["w"] == w) & (keys["r"] == r)]["t"]
        periods = case.periods["period"].to_numpy()[[t.min(), t.max()]]
        where = f"{case.workloads['workload'].iloc[w]} at {model.index.case.regions['region'].iloc[r]}"
        when = " to ".join(dict.fromkeys(str(p) for p in periods))
        changes.append((when, where, 0.0, 1.0, "waiver"))
    return Give(program.groups[group], tuple(changes))


def _loosen(program: Program, problem: Problem, settled: Outcome, group: int, slip: float) -> Give:
    """Move the bounds of rows by their slack."""
    model = program.model
    slack, arrays = settled.x[program.columns :], program.arrays
    changes = []
    for i in np.flatnonzero((program.slack_group == group) & (slack > ZERO)).tolist():
        number = int(program.slack_row[i])
        row = model.row(number)
        upper = bool(np.isfinite(arrays.row_upper[number])) and program.groups[group].kind != "workload"
        now = float(arrays.row_upper[number] if upper else arrays.row_lower[number])
        by = float(slack[i] * program.slack_unit[i])
        if row.family.missed is not None:
            needed = _outward(by / row.scale, True, slip)
            bound = now + needed * row.scale if upper else now - needed * row.scale
            subject, unit, before = row.words(row.family.missed[0]), row.family.missed[1], 0.0
        else:
            needed = _outward((now + by if upper else now - by) / row.scale, upper, slip)
            bound = needed * row.scale
            subject, unit, before = program.groups[group].subject, row.unit, now / row.scale
        low = arrays.row_lower[number] if upper else bound
        high = bound if upper else arrays.row_upper[number]
        problem.set_row_bounds(np.array([number]), min(low, high), high)
        changes.append((str(row.names.get("period", "")), subject, before, needed, unit))
    return Give(program.groups[group], tuple(changes))


def _raise(program: Program, problem: Problem, settled: Outcome, group: int, slip: float) -> Give:
    """Raise a capacity in each period to the most that any of its rows needs: for work, or for a refuge."""
    model, arrays = program.model, program.arrays
    mine = np.flatnonzero(program.slack_group == group)
    needed: dict[int, float] = {}
    rows: dict[int, list[tuple[int, float]]] = {}
    now: dict[int, tuple[float, str]] = {}
    for i in mine.tolist():
        number = int(program.slack_row[i])
        row = model.row(number)
        t, scale = int(row.key("t")), row.scale
        stated, by = float(arrays.row_upper[number]), float(settled.x[program.columns + i])
        rows.setdefault(t, []).append((number, scale))
        now[t] = (float(f"{stated / scale:.12g}"), row.unit)
        if by > ZERO:
            most = _outward((stated + by * float(program.slack_unit[i])) / scale, True, slip)
            needed[t] = max(needed.get(t, 0.0), most)
    changes = []
    for t, amount in sorted(needed.items()):
        at, scales = (np.array(part) for part in zip(*rows[t], strict=True))
        problem.set_row_bounds(at, -np.inf, amount * scales)
        period = str(model.index.case.periods["period"].iloc[t])
        changes.append((period, program.groups[group].subject, now[t][0], amount, now[t][1]))
    return Give(program.groups[group], tuple(changes))


def _outward(value: float, up: bool, slip: float) -> float:
    """Rounded to six digits, to the side that gives more; ``slip`` of the last digit is forgiven."""
    if value <= 0:
        return 0.0 if not up else value
    step = 10.0 ** (np.floor(np.log10(value)) - 5)
    rounded = (np.ceil(value / step - slip) if up else np.floor(value / step + slip)) * step
    return float(f"{rounded:.12g}")


def _give_parameter(program: Program, problem: Problem, group: int) -> Give:
    """The cap or floor nearest to the stated one, in hundredths of a point, that leaves a plan."""
    lever, values = _figures(program, group)
    now, steps = lever.value, len(values) - 1

    def solvable(k: int) -> bool:
        lever.move(problem, values[k])
        problem.forget()
        return problem.solve().status is Status.OPTIMAL

    cost, whole = problem.arrays.cost, problem.arrays.integer
    # Whether there is a plan at all does not depend on what it costs.
    problem.set_cost(np.zeros(len(cost)))
    problem.set_integer(np.zeros(len(whole), dtype=bool))
    high = _least(solvable, 0, steps)
    if whole.any() and high is not None:
        # What is no plan in parts is none in whole; mostly the figure is the same.
        problem.set_integer(whole)
        high = _least(solvable, high - 1, steps, 1)
    problem.set_cost(cost)
    if high is None:
        return Give(program.groups[group], ())
    lever.move(problem, values[high])
    unit = lever.parameter
    return Give(program.groups[group], (("", lever.subject, now, values[high], unit),))


def _least(holds: Callable[[int], bool], low: int, most: int, step: int = 0) -> int | None:
    """The least number above ``low`` and up to ``most`` that holds, of numbers that hold from one on.

    ``step`` is how far above ``low`` to look first, each time twice as far; 0 begins with ``most``.
    """
    high = min(low + step, most) if step else most
    while not holds(high):
        if high == most:
            return None
        low, step = high, 2 * step
        high = min(low + step, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
