"""From a case to its plan: eligibility, program, solver, ties, extraction, record."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from math import isfinite

import numpy as np
import pandas as pd

from planner import __version__
from planner.answer import extract, shares, survival
from planner.answer.age import region_status
from planner.answer.binding import PRICES_BOUND, PRICES_FIXED, binding
from planner.answer.bound import with_bound
from planner.answer.broken import broken_limits
from planner.answer.egress_bill import egress_bill
from planner.answer.emissions import emissions
from planner.answer.first import First, first_stage
from planner.answer.fixed import Fixed, broken_rules, hold
from planner.answer.leaving import leaving
from planner.answer.moves import moves
from planner.answer.options import with_options
from planner.answer.planned import chosen
from planner.answer.precheck import nowhere, precheck
from planner.answer.refuges import with_refuges
from planner.answer.replan import check_kept, record, unchanged, without_replan
from planner.answer.signing import signing
from planner.answer.solved import Solved
from planner.answer.usage import outlived, pools
from planner.answer.whole import in_parts, in_whole_machines, machines, none_found
from planner.eligibility import assess
from planner.errors import Infeasible, PlannerError
from planner.inputs import Case
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import PLANNING, SolvePolicy
from planner.lp.watch import current, stage, watched
from planner.model.build import Model, build
from planner.model.index import make_index
from planner.plan.head import Contestable, ExchangeRate, Head, LeftOpen, RegionStatus, Run, Unstated
from planner.plan.plan import Plan
from planner.tolerances import SAME_COST
from planner.unstated import demand_stated, unstated

GAP = 0.01
"""How near to its bound a plan in whole machines is searched, as a part of its cost."""


def plan_case(
    case: Case,
    *,
    time_limit: float | None = None,
    fixed: Fixed | None = None,
    gap: float = GAP,
    effort: float = PLANNING.effort,
    every_option: bool = False,
) -> Plan:
    """The plan of a case: what can be bought, in whole machines, near to the cheapest that obeys every rule.

    What ``planner plan`` does, but for writing and printing: :func:`planner.write_plan` writes the same
    bytes as it does. With ``[units] whole = false`` in the case, machines may be bought in parts.

    Parameters
    ----------
    case
        As :func:`planner.read_case` gives it.
    time_limit
        Seconds for all of it; then the best plan so far is the answer, with its gap.
    fixed, gap, effort
        As for :func:`solve`.
    every_option
        Also solve the options of a large program with whole numbers (:mod:`planner.answer.options`).

    Raises
    ------
    Infeasible
        When no such plan exists: with the pre-check's reasons, or the solver's word.
    Stopped
        When time ran out, or the effort was spent, before there was a plan.
    """
    solved = solve_case(
        case, time_limit=time_limit, fixed=fixed, gap=gap, effort=effort, every_option=every_option
    )
    return solved.plan


def solve_case(
    case: Case,
    *,
    time_limit: float | None = None,
    fixed: Fixed | None = None,
    gap: float = GAP,
    effort: float = PLANNING.effort,
    every_option: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Solved:
    """As :func:`plan_case`, with the program that the plan came from and the seconds that it took.

    ``tell`` (by default who is told already) is told several times a second what is being done, and how far
    it is. Ctrl-C, too, ends with the
    best plan so far (``stopped`` says so), or is raised where there is none.
    """
    with watched(time_limit, tell or current().tell) as watch:
        solved = solve(in_whole_machines(case), None, fixed, gap, effort)
        try:
            if not watch.ended:
                stage("looking at other options")
                solved = with_options(solved, SolvePolicy(gap=gap, effort=effort), every_option)
        except KeyboardInterrupt:
            # There is a plan already: it is given as it is.
            watch.interrupt()
    plan = replace(solved.plan, case=case, certified=solved.certified())
    return replace(solved, plan=plan, stopped=watch.ended)


def solve(
    case: Case,
    time_limit: float | None = None,
    fixed: Fixed | None = None,
    gap: float = PLANNING.gap,
    effort: float = PLANNING.effort,
) -> Solved:
    """Find the cheapest plan that obeys every hard rule, in parts of machines unless the case says otherwise.

    When planning again from an earlier plan, the free plan is made first: it tells what keeping to the
    earlier plan costs, and if it is the earlier one in all that is placed and committed, it is the
    answer, so that an unchanged case gives the same plan.

    Parameters
    ----------
    time_limit
        Seconds for each program; none by default.
    fixed
        Placements to hold whatever the rules say; the plan then tells which rules they break.
    gap
        Relative gap at which a program with integers counts as solved.
    effort
        How long a plan in whole machines is searched: so many times the usual number of steps.

    Raises
    ------
    Infeasible
        When no such plan exists: with the pre-check's reasons, or the solver's word.
    Stopped
        When the solver ended before it proved an optimum, or no plan in whole machines was found.
    """
    policy = SolvePolicy(gap=gap, time_limit=time_limit, effort=effort)
    if fixed is not None or case.settings.replan is None:
        return _bounded(_solve(without_replan(case), policy, fixed), case, policy, fixed)
    free = _solve(without_replan(case), policy, None)
    try:
        again = _solve(case, policy, None)
    except Infeasible as error:
        word = "without the earlier plan there is a plan: its frozen periods contradict the rules"
        raise Infeasible([*error.reasons, f"{word}; freeze fewer periods"]) from error
    again = replace(again, seconds=_together(free.seconds, again.seconds))
    if unchanged(free.plan, case):
        # The program keeps what is frozen, for what is worked out from it: prices of rules.
        again = replace(again, plan=free.plan)
    again = replace(again, plan=record(again.plan, case, free.plan))
    return _bounded(again, case, policy, None)


def _bounded(solved: Solved, case: Case, policy: SolvePolicy, fixed: Fixed | None) -> Solved:
    """With the cost of loads rounded down, where hourly traces were merged."""
    seconds = [solved.seconds]

    def objective(lower: Case) -> float:
        again = _solve(in_parts(lower), policy, fixed)
        seconds.append(again.seconds)
        run = again.plan.run
        return run.objective if run.bound is None else run.bound

    plan = with_bound(solved.plan, case, objective)
    return replace(solved, plan=plan, seconds=_together(*seconds))


def _together(*parts: Mapping[str, float]) -> dict[str, float]:
    """Seconds of several programs that one plan takes.

    >>> _together({"solver": 1.0, "all": 2.0}, {"solver": 0.5, "all": 1.0})
    {'solver': 1.5, 'all': 3.0}
    """
    return {name: sum(part[name] for part in parts) for name in parts[0]}


def _solve(case: Case, policy: SolvePolicy, fixed: Fixed | None) -> Solved:
    clock = time.perf_counter()
    stage("building the program")
    model = build_model(case, fixed)
    built = time.perf_counter() - clock
    stage(f"solving {model.columns.count:,} columns")
    first = first_stage(model, policy)
    arrays, outcome = first.arrays, first.outcome
    none_in_whole = outcome.status is Status.INFEASIBLE and case.settings.whole_units
    if none_in_whole and _first_in_parts(case, policy, fixed).outcome.status is Status.OPTIMAL:
        raise Infeasible(none_found(model, arrays, None))
    if not outcome.has_solution:
        outcome.optimum(
            f"the solver found that the rules contradict one another ({outcome.word})",
            "the solver stopped before there was a plan",
        )
    stage("choosing among plans of equal cost")
    first, settled = chosen(model, first, policy)
    arrays, outcome = first.arrays, first.outcome
    # In whole machines prices at the margin are those of the program that bounds every plan.
    bounding, priced = first.bounding or (arrays, outcome)
    duals_of = "checked"
    if first.bounding is not None:
        duals_of = f"checked, {PRICES_BOUND}"
    elif first.whole["integers"]:
        duals_of = f"checked, {PRICES_FIXED}"
    stage("working out the plan")
    x = extract.tidy(with_refuges(model, settled.x))
    run = Run(
        planner=__version__,
        libraries={name: version(name) for name in ("highspy", "PuLP", "networkx", "pandas", "numpy")},
        status="optimal" if outcome.status is Status.OPTIMAL else "stopped",
        solver_word=outcome.word,
        rendering=first.rendering,
        ties=settled.word,
        columns={f.name: len(f.keys) for f in model.columns.families},
        rows={b.family: len(b.keys) for b in model.blocks},
        entries=len(arrays.index),
        coefficients=_range(arrays.value),
        costs=_range(arrays.cost),
        money_unit=model.unit,
        objective=outcome.objective * model.unit,
        dual_objective=priced.dual_objective * model.unit if priced.duals_hold else None,
        **first.whole,
        duals=duals_of if priced.duals_hold else "none, because strong duality did not hold",
        residual=outcome.residual if isfinite(outcome.residual) else None,
        iterations=outcome.iterations,
        contestable=_contestable(model),
    )
    plan = _plan(model, priced, x, run)
    if model.index.case.settings.whole_units:
        plan = replace(plan, machines=machines(model, x))
    if fixed is not None:
        breaks = [*broken_rules(plan), *broken_limits(model, model.aside, x)]
        plan = replace(plan, head=replace(plan.head, fixed=fixed.file, breaks=tuple(breaks)))
    _check_sum(plan, outcome.objective * model.unit)
    seconds = {"build": built, "solver": outcome.seconds, "all": time.perf_counter() - clock}
    return Solved(plan, model, priced, bounding, x, seconds, first.pulp)


def _first_in_parts(case: Case, policy: SolvePolicy, fixed: Fixed | None) -> First:
    return first_stage(build_model(in_parts(case), fixed), policy)


def build_model(case: Case, fixed: Fixed | None = None) -> Model:
    """The program of a case, after the checks that need no solver.

    Raises
    ------
    Infeasible
        When a reason can be told beforehand.
    """
    eligibility = assess(case)
    demand_stated(case, eligibility)
    if fixed is not None:
        eligibility, pinned = hold(case, eligibility, fixed)
        if (case.alive & ~eligibility.allowed.any(axis=1)).any():
            raise Infeasible(nowhere(make_index(case, eligibility)))
        return build(case, eligibility, pinned)
    if (case.alive & ~eligibility.allowed.any(axis=1)).any():
        raise Infeasible(nowhere(make_index(case, eligibility)))
    model = build(case, eligibility)
    if case.settings.replan is not None:
        check_kept(model)
    reasons = precheck(model)
    if reasons:
        raise Infeasible(reasons)
    return model


def _plan(model: Model, outcome: Outcome, x: np.ndarray, run: Run) -> Plan:
    case = model.index.case
    costs = extract.costs(model, x)
    purchases, placements = extract.purchases(model, x), extract.placements(model, x)
    periods = case.periods[["period", "start", "end", "hours", "discount"]].copy()
    periods["start"] = [d.isoformat() for d in periods["start"]]
    periods["end"] = [d.isoformat() for d in periods["end"]]
    return Plan(
        head=_head(model, x, run, costs, purchases, placements),
        periods=periods,
        placements=placements,
        purchases=purchases,
        costs=costs,
        shares=shares.shares(model, x),
        excuses=model.index.eligibility.excuses,
        latency=extract.latency(model, x),
        binding=binding(model, outcome.dual if outcome.duals_hold else None, outcome.x),
        survival=survival.survival(model, x),
        run=run,
        pools=pools(model, x),
        moves=moves(case, placements, costs),
        signing=signing(model, x, purchases),
        leaving=leaving(model, x),
    )


def _head(
    model: Model,
    x: np.ndarray,
    run: Run,
    costs: pd.DataFrame,
    purchases: pd.DataFrame,
    placements: pd.DataFrame,
) -> Head:
    case = model.index.case
    settings = case.settings
    left = unstated(case, model.index.eligibility)
    prices = case.catalog.prices
    bought = prices[(prices["SkuId"] + prices["term"]).isin(set(purchases["sku"] + purchases["term"]))]
    return Head(
        schema_=1,
        case=settings.id,
        title=settings.title,
        synthetic=settings.synthetic,
        marking=settings.marking,
        home_country=settings.home_country,
        currency=settings.currency,
        decision_date=settings.decision_date.isoformat(),
        prices_as_of=settings.prices_as_of.isoformat(),
        rules_as_of=settings.rules_as_of.isoformat(),
        status=run.status,
        objective=round(float(costs["objective"].sum()), 2),
        cash=round(float(costs["cash"].sum()), 2),
        amortised=round(float(costs["amortised"].sum()), 2),
        assumed=round(float(costs["assumed"].sum()), 2),
        tail_liability=round(float(costs["tail"].sum()), 2),
        contestable_share=round(shares.contestable_share(model, x), 6),
        foreign_currency_share=round(shares.foreign_currency_share(model, x), 6),
        oldest_price=min(bought["as_of"], default=""),
        newest_price=max(bought["as_of"], default=""),
        exchange=tuple(
            ExchangeRate(
                currency=rate.currency, year=rate.year, rate=rate.rate, buffer=rate.buffer, basis=rate.basis,
                source=rate.source, as_of=rate.as_of.isoformat(),
            )
            for rate in settings.fx
        ),
        not_adopted=tuple(r.label() for r in case.rules if r.declared_severity != r.severity),
        unpriced_regions=tuple(_unpriced(case)),
        region_status=tuple(
            RegionStatus(**status) for status in region_status(case, placements["region"])
        ),
        unstated=Unstated(count=len(left), left=tuple(LeftOpen(**vars(one)) for one in left)),
        carbon=emissions(model, x),
        egress=egress_bill(model, x),
        year_begins=settings.year_begins if settings.year_begins != 1 else None,
        outlived=tuple(outlived(model, x)) or None,
        agreements=extract.agreements(model, x) if len(case.agreements) else None,
    )  # fmt: skip


def _unpriced(case: Case) -> list[str]:
    """Regions that are known but sell nothing at a known price."""
    skus = case.catalog.skus
    priced = set(skus.loc[skus["SkuId"].isin(set(case.catalog.prices["SkuId"])), "region"])
    return [region for region in case.regions["region"] if region not in priced]


def _contestable(model: Model) -> tuple[Contestable, ...]:
    """Contestable workloads with the first and last period: frozen, so that studies can keep it."""
    member = model.index.eligibility.contestable
    case = model.index.case
    periods = case.periods["period"].to_numpy()
    out = []
    for w in np.flatnonzero(member.any(axis=1)):
        at = np.flatnonzero(member[w])
        name = str(case.workloads["workload"].iloc[w])
        out.append(Contestable(workload=name, from_=str(periods[at[0]]), to=str(periods[at[-1]])))
    return tuple(out)


def _range(values: np.ndarray) -> tuple[float, float]:
    filled = np.abs(values[values != 0])
    return (float(filled.min()), float(filled.max())) if len(filled) else (0.0, 0.0)


def _check_sum(plan: Plan, objective: float) -> None:
    """Cost lines must sum to the objective; anything else is a fault of ours, never shown as a plan."""
    total = float(plan.costs["objective"].sum()) if not plan.costs.empty else 0.0
    if abs(total - objective) > SAME_COST * max(1.0, abs(objective)):
        raise PlannerError(f"cost lines sum to {total:.6f}, the objective is {objective:.6f}")
