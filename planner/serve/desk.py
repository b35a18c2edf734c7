"""The answers of the page: the linear program of a changed case, and how it compares with the baseline."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from planner.answer.binding import binding
from planner.answer.extract import placements
from planner.answer.measures import Meter
from planner.answer.precheck import precheck
from planner.answer.survives import Survivors
from planner.eligibility import assess
from planner.errors import Infeasible, PlannerError
from planner.explain.change import with_parameter
from planner.inputs import Case
from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import PLANNING
from planner.lp.problem import Problem
from planner.model.build import Model, build
from planner.model.lever import Lever
from planner.model.to_arrays import to_arrays
from planner.serve.question import Controls, Question, controls_of, names_of
from planner.study.stressors import stress

LABEL = "linear program: machines in fractions, workloads that must stay whole may be divided"
_KEPT = 256
_PROGRAMS = 4
_STEPS = 200_000


@dataclass(frozen=True)
class Answer:
    """What the page shows of a question.

    Attributes
    ----------
    status
        ``plan`` or ``none``; then ``reasons`` says why, and the other fields are blank.
    cost
        Discounted money of the linear program, in the case's currency.
    shares
        Name of a vendor group and its share of the spend on the market, largest first.
    binds
        What binds, and what loosening it by one unit saves.
    regions
        Region, its name, latitude, longitude, and the part of all work (vCPU-hours) that it serves.
    places
        Workload, region and share of every placement of the last period that has one.
    """

    status: str
    cost: float | None = None
    shares: tuple[tuple[str, float], ...] = ()
    largest: float | None = None
    foreign: float | None = None
    critical_kept: float | None = None
    critical_without: str = ""
    binds: tuple[str, ...] = ()
    regions: tuple[tuple[str, str, float, float, float], ...] = ()
    places: tuple[tuple[str, str, float], ...] = ()
    reasons: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The answer as JSON."""
        return {"label": LABEL, **asdict(self)}


@dataclass
class _Program:
    """A program held by the solver for one set of stressors; limits move in it."""

    model: Model
    problem: Problem
    levers: dict[str, Lever]
    meter: Meter


class Desk:
    """A case that is asked about. Not for two threads at once: who serves it holds a lock."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._survivors, self._usual = Survivors(case), assess(case)
        self._names = names_of(case)
        self._reference: np.ndarray | None = None
        self._program = lru_cache(maxsize=_PROGRAMS)(self._made)
        self._answer = lru_cache(maxsize=_KEPT)(self._solved)
        self.baseline = self.answer(Question())
        used = {region for _, region, _ in self.baseline.places}
        self.controls: Controls = controls_of(case, used)

    def answer(self, question: Question) -> Answer:
        """The answer to a question; the same question is solved once."""
        return self._answer(tuple(question.numbers.items()), question.gone)

    def changed(self, question: Question) -> Case:
        """The case that a question asks about, as far as it is a case: without what is taken away."""
        case = self.case
        for line in question.stressors:
            case = stress(case, line).case
        for rule in case.rules:
            if rule.id in question.limits:
                case = with_parameter(case, rule, rule.figure, question.limits[rule.id])
        return case

    def _solved(self, numbers: tuple[tuple[str, float], ...], gone: tuple[str, ...]) -> Answer:
        question = Question(dict(numbers), gone)
        try:
            program = self._program(question.stressors)
            return self._read(program, self._moved(program, question))
        except Infeasible as error:
            return Answer("none", reasons=error.reasons)

    def _made(self, stressors: tuple[str, ...]) -> _Program:
        """The program under stressors, its integers let go.

        Raises
        ------
        Infeasible
            With what can be told without a solver.
        """
        case, closed = self.case, np.zeros((len(self.case.regions), len(self.case.periods)), dtype=bool)
        for line in stressors:
            state = stress(case, line)
            case, closed = state.case, closed | state.closed
        fresh = assess(case)
        open_ = ~closed[None, :, :]
        # What is contestable, and what a share counts, stays as without the event, as planner stress has it.
        eligibility = replace(
            fresh, allowed=fresh.allowed & open_, standby=fresh.standby & open_, backup=fresh.backup & open_,
            contestable=self._usual.contestable,
        )  # fmt: skip
        nowhere = case.alive & ~eligibility.allowed.any(axis=1)
        if nowhere.any():
            names = case.workloads["workload"].to_numpy()[nowhere.any(axis=1)]
            raise Infeasible([f"{name} may run nowhere any more" for name in names])
        grown = any(line.startswith("demand:") for line in stressors)
        model = build(case, eligibility, reference=None if grown else self._reference)
        if not stressors:
            self._reference = model.reference
        if reasons := precheck(model):
            raise Infeasible(reasons)
        levers = {
            rule.id: model.lever(rule)
            for rule in case.rules
            if rule.severity == "hard" and f"limit.{rule.id}" in self._limits(case)
        }
        return _Program(model, Problem(relaxed(to_arrays(model))), levers, Meter(model))

    @staticmethod
    def _limits(case: Case) -> set[str]:
        return {control.name for control in controls_of(case, ()).numbers}

    def _moved(self, program: _Program, question: Question) -> Outcome:
        limits = question.limits
        for rule, lever in program.levers.items():
            lever.move(program.problem, limits.get(rule, lever.value))
        outcome = program.problem.solve(_STEPS)
        if outcome.status is Status.STOPPED:
            # A basis from far away can lead the simplex astray: afresh then.
            program.problem = Problem(program.problem.arrays, PLANNING)
            outcome = program.problem.solve()
        return outcome

    def _read(self, program: _Program, outcome: Outcome) -> Answer:
        model = program.model
        if not outcome.feasible("the solver stopped before an optimum was proved"):
            raise Infeasible(["these limits contradict one another: planner explain names which"])
        shares, kept = program.meter.read(outcome.x), self._survivors.of_solution(model, outcome.x)
        bound = binding(model, outcome.dual if outcome.duals_hold else None, outcome.x).sort_values(
            "marginal", ascending=False
        )
        placed = placements(model, outcome.x)
        placed = placed[placed["role"] == "primary"]
        last = placed[placed["period"] == placed.groupby("workload")["period"].transform("max")]
        return Answer(
            status="plan",
            cost=round(outcome.objective * model.unit, 2),
            shares=tuple(
                (self._names.get(group, group), share)
                for group, share in sorted(shares.by_group.items(), key=lambda pair: (-pair[1], pair[0]))
            ),
            largest=shares.largest,
            foreign=shares.foreign,
            critical_kept=None if kept is None else kept.share,
            critical_without="" if kept is None else self._names.get(kept.without, kept.without),
            binds=tuple(dict.fromkeys(bound["words"].head(12))),
            regions=self._regions(model, outcome.x),
            places=tuple(last[["workload", "region", "share"]].itertuples(index=False, name=None)),
        )

    def _regions(self, model: Model, x: np.ndarray) -> tuple[tuple[str, str, float, float, float], ...]:
        place, case = model.columns.place, model.index.case
        w, r, t = (place.keys[key].to_numpy(dtype=np.int64) for key in "wrt")
        hours = case.periods["hours"].to_numpy(dtype="float64")
        work = np.zeros(len(case.regions))
        np.add.at(work, r, case.demand[w, 0, t] * hours[t] * x[place.numbers])
        total = float(work.sum()) or 1.0
        rows = case.regions[["region", "name", "lat", "lon"]].itertuples(index=False, name=None)
        return tuple((*row, part / total) for row, part in zip(rows, work.tolist(), strict=True) if part > 0)


def relaxed(arrays: Arrays) -> Arrays:
    """The program with no column whole."""
    return replace(arrays, integer=np.zeros_like(arrays.integer))


__all__ = ["LABEL", "Answer", "Desk", "PlannerError"]
