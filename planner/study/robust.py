"""A plan for several futures: what to decide now, and what that is worth.

With RP the least expected cost over the scenarios, WS the expected cost of whoever knows the
scenario beforehand, and EEV the expected cost of deciding now as if the mean were certain (J. R. Birge
and F. Louveaux, Introduction to Stochastic Programming): the expected value of perfect information is
RP - WS, the value of the stochastic solution EEV - RP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from planner.case.reader import FILE
from planner.case.studies import Robust
from planner.eligibility import Eligibility, assess
from planner.errors import BadInput, Infeasible, Issue, Stopped, UnknownName
from planner.inputs import Case
from planner.lp.solve import solve
from planner.lp.watch import stage
from planner.model.build import Model, build
from planner.model.names import decode
from planner.study.extensive import First, Scene, make_extensive, make_scene, recourse
from planner.study.result import Study, head_of
from planner.study.stressors import Stressed, calm, stress
from planner.tolerances import SHARE


@dataclass(frozen=True)
class Future:
    """One scenario in the result: what its own best plan costs, ours, and the plan for the mean."""

    name: str
    probability: float
    stressors: str
    alone: float
    cost: float
    mean_plan: float | None

    @property
    def regret(self) -> float:
        """What not knowing this scenario beforehand costs in it."""
        return self.cost - self.alone

    def flat(self) -> dict[str, Any]:
        """One flat line for CSV and JSON."""
        return {
            "scenario": self.name,
            "probability": self.probability,
            "stressors": self.stressors,
            "cost_alone": round(self.alone, 2),
            "cost": round(self.cost, 2),
            "regret": round(self.regret, 2),
            "cost_of_mean_plan": None if self.mean_plan is None else round(self.mean_plan, 2),
        }


@dataclass(frozen=True)
class Result(Study):
    """What was found; money in the case's currency.

    Attributes
    ----------
    expected, cvar
        Of the plan found; ``neutral`` is the least expected cost (RP), what a weight of 0 gives.
    perfect
        WS, expected cost under perfect information.
    mean_plan
        EEV; ``None`` where the plan for the mean cannot be carried out, or the mean has no plan,
        and ``why_not`` says where.
    commitments, placements
        The first stage decided.
    asked
        The question.
    """

    study: ClassVar[str] = "robust"
    futures: tuple[Future, ...]
    expected: float
    neutral: float
    cvar: float
    perfect: float
    mean_plan: float | None
    why_not: str
    commitments: pd.DataFrame
    placements: pd.DataFrame
    asked: Robust | None = None

    @property
    def evpi(self) -> float:
        """Expected value of perfect information."""
        return self.neutral - self.perfect

    @property
    def vss(self) -> float | None:
        """Value of the stochastic solution; ``None`` for endless."""
        return None if self.mean_plan is None else self.mean_plan - self.neutral

    def figures(self) -> dict[str, float | None]:
        """The figures of the study, rounded to cents."""
        figures = {
            "expected_cost": self.expected,
            "least_expected_cost": self.neutral,
            "cvar": self.cvar,
            "perfect_information_cost": self.perfect,
            "evpi": self.evpi,
            "mean_plan_cost": self.mean_plan,
            "vss": self.vss,
        }
        return {name: None if value is None else round(value, 2) for name, value in figures.items()}

    def decisions(self) -> list[str]:
        """What is decided before the scenario is known, in sentences: places of systems, and commitments.

        Systems that are in the same places in the same periods are told together.
        """
        sentences = [
            f"commit from {row['from']}: {row['units']:,.2f} × {row['sku']}, {row['term']}, {row['pool']}"
            for row in self.commitments.to_dict("records")
        ]
        if self.placements.empty:
            return sentences
        together: dict[str, list[str]] = {}
        for workload, rows in self.placements.groupby("workload", sort=True):
            spans = [f"{_parts(mine)} from {period}" for period, mine in _changes(rows)]
            together.setdefault(", then ".join(spans), []).append(str(workload))
        order = sorted(together.items(), key=lambda item: (-len(item[1]), item[1]))
        return [*(f"place at {where}: {_named(names)}" for where, names in order), *sentences]

    def rows(self) -> list[dict[str, Any]]:
        return [future.flat() for future in self.futures]

    def content(self) -> dict[str, Any]:
        asked: dict[str, Any] = {}
        if self.asked is not None:
            asked = {"alpha": self.asked.alpha, "weight": self.asked.weight}
            asked |= {"first_stage": list(self.asked.first_stage)}
        return {
            **asked, **self.figures(), "why_not": self.why_not, "rows": self.rows(),
            "decisions": self.decisions(),
            "commitments": self.commitments.to_dict("records"),
            "placements": self.placements.to_dict("records"),
        }  # fmt: skip


def robust_of(case: Case) -> Robust:
    """The two-stage question of a case.

    Raises
    ------
    BadInput
        If the case asks none, or a line of stressors cannot be understood.
    """
    asked = case.settings.robust
    if asked is None:
        mend = "Add [robust] and a [[robust.scenario]] for each future: name, probability, stressors."
        raise BadInput([Issue(FILE, 0, "robust", "", "the section is missing", mend)])
    problems = []
    for chance in asked.chances:
        try:
            stressed(case, chance.stressors)
        except UnknownName as error:
            mend = "Write it as planner stress --help shows; join several with &, leave it blank for none."
            column = f"robust.scenario.{chance.name}.stressors"
            problems.append(Issue(FILE, 0, column, chance.stressors, str(error), mend))
    if problems:
        raise BadInput(problems)
    return asked


def solve_robust(case: Case) -> Result:
    """Solve the two-stage question of a case.

    Raises
    ------
    BadInput
        See :func:`robust_of`.
    Infeasible
        If no first stage can be carried out in every scenario.
    Stopped
        If the solver gave up.
    """
    asked = robust_of(case)
    builder = Scenes(case)
    states = [stressed(case, chance.stressors) for chance in asked.chances]
    scenes = [
        builder.scene(c.name, c.probability, state) for c, state in zip(asked.chances, states, strict=True)
    ]
    alone = [_alone(scene) for scene in scenes]
    neutral_first, neutral = decide(scenes, asked.first_stage, asked.alpha, 0.0)
    first = (
        decide(scenes, asked.first_stage, asked.alpha, asked.weight)[0] if asked.weight > 0 else neutral_first
    )
    costs = [_carried(scene, first) for scene in scenes]
    mean_costs, why_not = _mean(builder, states, scenes, asked)
    p = np.array([scene.probability for scene in scenes])
    whole = [cost for cost in mean_costs if cost is not None]
    futures = tuple(
        Future(c.name, c.probability, c.stressors, a, cost, mean)
        for c, a, cost, mean in zip(asked.chances, alone, costs, mean_costs, strict=True)
    )
    return Result(
        futures=futures,
        expected=float(p @ costs),
        neutral=neutral,
        cvar=tail_mean(costs, p, asked.alpha),
        perfect=float(p @ alone),
        mean_plan=float(p @ whole) if len(whole) == len(scenes) else None,
        why_not=why_not,
        commitments=_shown(scenes[0].model, first, "commit", "units"),
        placements=_shown(scenes[0].model, first, "place", "share"),
        asked=asked,
        head=head_of(case),
    )


def tail_mean(costs: Sequence[float], probability: np.ndarray, alpha: float) -> float:
    """Conditional value at risk: min over η of η + Σ p (c - η)+ / (1 - alpha), at one of the costs."""
    c = np.asarray(costs)
    over = np.maximum(c[None, :] - c[:, None], 0.0) @ probability
    return float((c + over / (1.0 - alpha)).min())


class Scenes:
    """Builds the program of any stressed case: contestable load is that of the case without stress."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.eligibility: Eligibility = assess(case)
        model = build(case, self.eligibility)
        self.reference = model.reference
        # Only commitments tie machines of different scenarios together.
        self.every_machine = len(model.columns.commit.keys) > 0

    def scene(self, name: str, probability: float, state: Stressed) -> Scene:
        """The program of a stressed case.

        Raises
        ------
        BadInput
            If the case weighs latency and the scenario cuts users off, which no weight can price.
        """
        fresh = assess(state.case)
        _demand_joined(name, state, fresh.allowed)
        grown = state.case.demand is not self.case.demand
        model = build(
            state.case,
            replace(fresh, contestable=self.eligibility.contestable),
            reference=None if grown else self.reference,
            every_machine=self.every_machine,
        )
        return make_scene(name, probability, model, state.closed)


def _demand_joined(name: str, state: Stressed, allowed: np.ndarray) -> None:
    off = np.where(allowed, state.unreachable, 0.0).max(axis=(1, 2))
    if state.case.settings.latency is None or not off.any():
        return
    w = int(off.argmax())
    workload = state.case.workloads["workload"].iloc[w]
    problem = f"cuts {off[w]:.1%} of the users of {workload} off, whom [latency] worth cannot price"
    mend = "Leave [latency] or the cut out of this study; planner stress tells who is cut off."
    column = f"robust.scenario.{name}.stressors"
    raise BadInput([Issue(FILE, 0, column, ", ".join(state.cut), problem, mend)])


def stressed(case: Case, text: str) -> Stressed:
    """The case under a line of stressors; a blank line leaves it as it is."""
    return stress(case, text) if text.strip() else calm(case)


def _alone(scene: Scene) -> float:
    stage(f"scenario {scene.name} alone")
    outcome = solve(scene.arrays).outcome
    alone = outcome.optimum(f"scenario {scene.name} has no plan even if it is known beforehand")
    return alone.objective * scene.model.unit


def decide(
    scenes: Sequence[Scene], first_stage: Sequence[str], alpha: float, weight: float
) -> tuple[First, float]:
    """The best first stage and its objective.

    Raises
    ------
    Infeasible
        If none can be carried out in every scenario.
    """
    whole = make_extensive(scenes, first_stage, alpha, weight)
    parts = " and ".join(first_stage)
    stage(f"deciding for {len(scenes)} scenario{'' if len(scenes) == 1 else 's'}")
    outcome = solve(whole.arrays).outcome.optimum(
        f"every scenario has a plan, but no {parts} can be carried out in all of them"
    )
    return whole.first(outcome), outcome.objective * whole.unit


def _carried(scene: Scene, first: First) -> float:
    cost = recourse(scene, first)
    if cost is None:
        raise Stopped(f"the first stage found misses a limit of scenario {scene.name} by rounding")
    return cost


def _mean(
    builder: Scenes, states: Sequence[Stressed], scenes: Sequence[Scene], asked: Robust
) -> tuple[list[float | None], str]:
    """Cost in each scenario of deciding as if the mean were certain, and why there is none."""
    mean = builder.scene("mean", 1.0, mean_state(states, [s.probability for s in scenes]))
    try:
        first = decide([mean], asked.first_stage, asked.alpha, 0.0)[0]
    except Infeasible:
        return [None] * len(scenes), "the mean of the scenarios has no plan"
    costs = [recourse(scene, first) for scene in scenes]
    lost = [scene.name for scene, cost in zip(scenes, costs, strict=True) if cost is None]
    why_not = f"the plan for the mean cannot be carried out in {', '.join(lost)}" if lost else ""
    return costs, why_not


def mean_state(states: Sequence[Stressed], probability: Sequence[float]) -> Stressed:
    """The mean of stressed cases: prices, demand, capacity, exchange rates and reach.

    A region is closed in the mean where it is closed with a probability above one half.
    """
    p = np.asarray(probability)
    cases = [state.case for state in states]
    case = cases[0]
    catalog = replace(
        case.catalog,
        prices=_mean_of([c.catalog.prices for c in cases], p, ["ListUnitPrice"]),
        transfer=_mean_of([c.catalog.transfer for c in cases], p, ["ListUnitPrice"]),
    )
    by_year = {
        key: float(sum(q * c.rates.by_year[key] for q, c in zip(p, cases, strict=True)))
        for key in case.rates.by_year
    }
    mean = replace(
        case,
        reach=_mean_of([c.reach for c in cases], p, ["coverage", "mean_ms", "p95_ms"]),
        catalog=catalog,
        capacity=_mean_of([c.capacity for c in cases], p, ["amount"]),
        demand=np.tensordot(p, np.array([c.demand for c in cases]), axes=1),
        rates=replace(case.rates, by_year=by_year),
    )
    closed = np.tensordot(p, np.array([s.closed for s in states], dtype=float), axes=1) > 0.5
    return replace(calm(case), case=mean, closed=closed)


def _mean_of(frames: Sequence[pd.DataFrame], p: np.ndarray, columns: list[str]) -> pd.DataFrame:
    mean = frames[0].copy()
    for column in columns:
        mean[column] = sum(
            (q * f[column].astype("float64") for q, f in zip(p, frames, strict=True)), start=0.0
        )
    return mean


_NAMED = 8
"""So many systems of one place are named; ``study.json`` names all."""


def _named(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return (
        f"{len(names)} systems: " * (len(names) > 1)
        + ", ".join(names[:_NAMED])
        + f" and {more} more" * (more > 0)
    )


def _parts(shares: Mapping[str, float]) -> str:
    """Regions with their parts, but for one that has all."""
    if len(shares) == 1:
        return next(iter(shares))
    return " and ".join(f"{region} ({share:.0%})" for region, share in shares.items())


def _changes(rows: pd.DataFrame) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Period and shares by region where a workload's places are not those of the period before."""
    before: Mapping[str, float] = {}
    for period, in_period in rows.groupby("period", sort=True):
        shares = {
            str(r): round(float(v), 6) for r, v in zip(in_period["region"], in_period["share"], strict=True)
        }
        if shares != before:
            yield str(period), shares
        before = shares


def _shown(model: Model, first: First, family: str, value: str) -> pd.DataFrame:
    """What the first stage decides in a family, by names; empty where it decides nothing."""
    if family not in first:
        return pd.DataFrame()
    kept = first[family][first[family]["value"] > SHARE].reset_index(drop=True)
    return decode(model, kept.drop(columns="value")).assign(**{value: kept["value"].round(6)})
