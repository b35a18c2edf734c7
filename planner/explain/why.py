"""Why a workload runs here and not there: excuses with their sources, or the extra cost of forcing it.

An open region is forced by holding the whole workload there in every period in which it may run
there, and solving again from the last basis. A closed one is opened as if the rules that close it
were waived; facts (no price, no machine, not open yet) are never waived.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from planner.eligibility import BUILT_IN
from planner.errors import UnknownName
from planner.explain.elastic import Program, make_program, planned, strict
from planner.inputs import Case
from planner.lp.outcome import Outcome, Status
from planner.lp.problem import Problem
from planner.lp.watch import stage
from planner.model.objective.lines import objective
from planner.money import words
from planner.plan.plan import Plan
from planner.planning import solve_case
from planner.tolerances import ZERO


@dataclass(frozen=True)
class Excuse:
    """One rule or fact that closes a region, with its source and what would mend it."""

    rule: str
    label: str
    periods: str
    reason: str
    source: str
    fix: str


@dataclass(frozen=True)
class Verdict:
    """Why a workload runs, or does not run, in one region.

    Attributes
    ----------
    status
        ``runs here``, ``open``, ``closed``.
    share
        Mean share over the periods in which the workload is alive.
    extra
        Extra cost of the cheapest plan with the whole workload there; ``None`` if there is no such
        plan. For a closed region: were its rules waived.
    most
        Where it cannot be whole there: the largest mean share that any plan puts there.
    saving
        For a closed region: how much cheaper the plan is with the rules waived for this pair.
    discount
        Part of what the forced plan spends more in that region that would have to be taken off for
        it to cost no more than the plan.
    forced_periods
        In how many of its periods the workload may run there.
    """

    region: str
    status: str
    share: float
    excuses: tuple[Excuse, ...]
    extra: float | None
    most: float | None
    saving: float | None
    discount: float | None
    forced_periods: tuple[int, int]


@dataclass(frozen=True)
class Why:
    """Verdicts on one workload. ``cost`` is that of the cheapest plan."""

    workload: str
    cost: float
    verdicts: tuple[Verdict, ...]
    currency: str

    def rows(self) -> list[dict[str, Any]]:
        """One flat line a region, for CSV."""
        return [
            {
                "region": v.region,
                "status": v.status,
                "share": round(v.share, 9),
                "extra": None if v.extra is None else round(v.extra, 2),
                "discount": None if v.discount is None else round(v.discount, 6),
                "reason": v.excuses[0].reason if v.excuses else "",
            }
            for v in self.verdicts
        ]

    def document(self) -> dict[str, Any]:
        """The verdicts as one JSON document."""
        rows = [
            {
                **vars(v),
                "excuses": [vars(e) for e in v.excuses],
                "forced_periods": v.forced_periods[0],
                "alive_periods": v.forced_periods[1],
                "sentences": sentences(self, v),
            }
            for v in self.verdicts
        ]
        return {
            "workload": self.workload,
            "cost": round(self.cost, 2),
            "currency": self.currency,
            "regions": rows,
        }


def why(case: Case, workload: str, region: str | None = None, plan: Plan | None = None) -> Why:
    """Tell why a workload runs where it does.

    Parameters
    ----------
    region
        One region; all by default, those where it runs first.
    plan
        The plan that is explained; by default the one that ``planner plan`` makes of the case. Placements
        that were held there are compared at what that plan costs.

    Raises
    ------
    UnknownName
        If the case has no such workload or region.
    Infeasible
        If the case has no plan.
    Stopped
        If the solver gave up.
    """
    names, regions = list(case.workloads["workload"]), list(case.regions["region"])
    if workload not in names:
        raise UnknownName("workload", workload, names)
    if region is not None and region not in regions:
        raise UnknownName("region", region, regions)
    program = make_program(case)
    problem = strict(program)
    base = planned(
        program,
        problem,
        "the case has no plan, so there is nothing to compare with",
        "the solver stopped before an optimum was proved",
    )
    explained = solve_case(case).plan if plan is None else plan
    if "fixed" in explained.head:
        base = replace(base, objective=float(explained.head["objective"]) / program.model.unit)
    at = explained.placements
    shares = at[(at["workload"] == workload) & (at["role"] == "primary")].groupby("region")["share"].sum()
    w = names.index(workload)
    wanted = [region] if region is not None else regions
    verdicts = [
        _verdict(program, problem, base, w, regions.index(r), float(shares.get(r, 0.0))) for r in wanted
    ]
    order = {"runs here": 0, "open": 1, "closed": 2}
    verdicts.sort(
        key=lambda v: (order[v.status], -v.share, v.extra if v.extra is not None else np.inf, v.region)
    )
    cost = base.objective * program.model.unit
    return Why(workload, cost, tuple(verdicts), case.settings.currency)


def _verdict(program: Program, problem: Problem, base: Outcome, w: int, r: int, periods: float) -> Verdict:
    """``periods``: in how many periods the plan has the whole of it there."""
    case = program.model.index.case
    stage(f"asking about {case.regions['region'].iloc[r]}")
    place = program.model.columns.place
    mine = (place.keys["w"] == w).to_numpy() & (place.keys["r"] == r).to_numpy()
    at = place.numbers[mine]
    alive = int(case.alive[w].sum())
    share = periods / alive if alive else 0.0
    filtered = program.forbidden[:, : len(mine)][:, mine].any(axis=0)
    status = "runs here" if share > ZERO else "open" if (~filtered).any() else "closed"
    # Where some periods are open those alone are forced: waiving is only asked of a closed region.
    chosen = at if status == "closed" else at[~filtered]
    unit = program.model.unit
    saving = extra = most = discount = None
    if len(chosen) and share <= 1 - ZERO:
        if status == "closed":
            with problem.opened(chosen):
                waived = problem.solve()
            if waived.status is Status.OPTIMAL:
                saving = (base.objective - waived.objective) * unit
        with problem.opened(chosen, 1.0):
            forced = problem.solve()
        if forced.status is Status.OPTIMAL:
            extra = (forced.objective - base.objective) * unit
            discount = _discount(program, r, base, forced, extra)
        else:
            most = _most(problem, chosen, alive)
    name = str(case.regions["region"].iloc[r])
    excuses = _excuses(program, case, w, r)
    return Verdict(name, status, share, excuses, extra, most, saving, discount, (len(chosen), alive))


def _most(problem: Problem, chosen: np.ndarray, alive: int) -> float | None:
    """The largest mean share that any plan within the other rules puts there."""
    cost = np.zeros(len(problem.arrays.cost))
    cost[chosen] = -1.0
    with problem.opened(chosen), problem.priced(cost):
        outcome = problem.solve()
    return -outcome.objective / alive if outcome.status is Status.OPTIMAL else None


def _discount(program: Program, r: int, base: Outcome, forced: Outcome, extra: float) -> float | None:
    """Extra cost over what the forced plan spends more in the region, both discounted."""
    model = program.model
    lines = model.lines[model.lines["r"] == r].assign(worth=0.0)  # nobody sells that
    each = objective(model.index, lines).to_numpy()
    col = lines["col"].to_numpy(dtype=np.int64)
    more = float((each * (forced.x[col] - base.x[col])).sum())
    return extra / more if 0 < extra <= more else None


def _excuses(program: Program, case: Case, w: int, r: int) -> tuple[Excuse, ...]:
    excuses = program.model.index.eligibility.excuses
    rules = {rule.id: rule for rule in case.rules}
    name, region = case.workloads["workload"].iloc[w], case.regions["region"].iloc[r]
    mine: pd.DataFrame = excuses[(excuses["workload"] == name) & (excuses["region"] == region)]
    out = []
    for row in mine.itertuples(index=False):
        rule = rules.get(str(row.rule))
        periods = " to ".join(dict.fromkeys((str(row.period_from), str(row.period_to))))
        out.append(
            Excuse(
                str(row.rule),
                rule.label() if rule else f"{row.rule} (a fact, not a rule)",
                periods,
                str(row.reason),
                rule.source_line() if rule else "",
                rule.fix if rule else _MENDS.get(str(row.rule), ""),
            )
        )
    return tuple(out)


_MENDS = {
    "availability": "Assume an opening in case.toml ([[opening]]), or wait.",
    "serves-agency": "Only its own agency may use it.",
    "no-machine": "Add a priced machine that fits to a catalog of the case.",
    "no-card": "Ask less of its cards in workloads.csv, permit others, or add a machine that has them.",
    "no-price": "Add the missing price to a catalog of the case, for instance with basis assumed.",
}
"""What would have to change for a fact to hold no longer."""


def sentences(found: Why, verdict: Verdict) -> list[str]:
    """A verdict in words."""
    currency = found.currency
    out = []
    if verdict.status == "runs here":
        out.append(f"runs here with {verdict.share:.1%} of it")
    elif verdict.status == "open":
        out.append("may run here, but does not")
    else:
        out.append("may not run here")
    out += [f"{e.label}, {e.periods}: {e.reason}" for e in verdict.excuses]
    facts = any(e.rule in BUILT_IN for e in verdict.excuses)
    given = "were these rules waived, " if verdict.status == "closed" else ""
    if verdict.status == "closed" and verdict.forced_periods[0] == 0:
        out.append("no rule could be waived to open it: a fact stands in the way")
    if verdict.saving is not None:
        if verdict.saving > 0.005:
            out.append(f"{given}the plan would cost {words(verdict.saving, currency)} less")
        else:
            out.append(f"{given}the plan would be no cheaper")
    periods = (
        ""
        if verdict.forced_periods[0] == verdict.forced_periods[1]
        else (f" in the {verdict.forced_periods[0]} of {verdict.forced_periods[1]} periods in which it may")
    )
    if verdict.extra is not None and verdict.share < 1 - ZERO:
        if verdict.extra > 0.005:
            out.append(
                f"{given}the whole of it here{periods} would cost {words(verdict.extra, currency)} more"
            )
        elif verdict.extra < -0.005:
            out.append(
                f"{given}the whole of it here{periods} would cost {words(-verdict.extra, currency)} less"
            )
        else:
            out.append(f"{given}the whole of it here{periods} would cost no more: the choice is a tie")
        if verdict.discount is not None and verdict.extra > 0.005:
            out.append(
                f"it would come here if what it then buys here were about {verdict.discount:.1%} cheaper"
            )
    elif verdict.most is not None:
        out.append(
            f"{given}it cannot be whole here within the other rules: at most {verdict.most:.1%} of it fits"
        )
    if facts and verdict.status != "closed":
        out.append("the periods named above stay closed")
    return out


def sources(found: Why) -> list[str]:
    """Where the rules among the excuses come from and what would mend each, once a rule."""
    seen = {e.rule: e for v in found.verdicts for e in v.excuses}
    out = []
    for rule, excuse in sorted(seen.items()):
        out.append(f"{rule}: {excuse.fix}" if excuse.fix else f"{rule}:")
        if excuse.source:
            out.append(f"  source: {excuse.source}")
    return out
