"""What could be decided instead of a plan: doing nothing, no limit on shares, a tighter cap.

Each option is one more solve of a program that is held already, or of the one with placements pinned,
and becomes one row of ``options.csv``, so that whoever reads a plan need not solve anything. A large
program with whole numbers is relaxed for it: its option costs no less than is told (``bound``). Of a
program that would take long even so, only what is cheap to know is told, unless all is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planner.answer import extract, shares
from planner.answer.broken import broken_limits
from planner.answer.fixed import Fixed, broken_rules, hold
from planner.answer.parts import parts
from planner.answer.refuges import with_refuges
from planner.answer.replan import without_replan
from planner.answer.solved import Solved
from planner.answer.survival import survival
from planner.answer.survives import Survivors
from planner.eligibility import assess
from planner.errors import BadInput, Issue
from planner.inputs import Case
from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome, Status
from planner.lp.policy import PLANNING, SolvePolicy
from planner.lp.problem import LARGE, Problem
from planner.lp.search import search
from planner.model.build import Model, build
from planner.model.context import Context
from planner.model.to_arrays import to_arrays
from planner.plan.plan import OPTIONS, Plan
from planner.policy.kinds import SHARE_KINDS
from planner.tolerances import SUM

STEPS = (0.05, 0.02, 0.01)
"""By so much a cap on shares is tightened: the first step at which there is a plan."""

NOT_ASKED = "not solved, as it takes as long as the plan itself: planner plan CASE --options"
"""Reason of an option that is left out of a large program."""

QUICK = 250_000
"""Entries up to which a program in whole machines is relaxed in seconds."""

MOVED = 0.01
"""A system counts as moved where at least this part of it runs elsewhere than today."""


@dataclass(frozen=True)
class Option:
    """A way to decide: its cost lines, placements and survival, or why there is none.

    ``bound``: whole numbers were relaxed, so it costs no less than its lines say. ``rule`` and ``value``:
    the cap that is tightened, or the rules set aside (joined by a blank).
    """

    name: str
    reason: str = ""
    rule: str = ""
    value: float = float("nan")
    bound: bool = False
    costs: pd.DataFrame | None = None
    placements: pd.DataFrame | None = None
    survival: pd.DataFrame | None = None
    breaks: int = 0


def with_options(solved: Solved, policy: SolvePolicy = PLANNING, every: bool = False) -> Solved:
    """The plan with its options; none where its placements are held, as then nothing is decided.

    Parameters
    ----------
    policy
        Of each solve; an option that takes longer is told as not solved.
    every
        Also solve options of large programs with whole numbers, which take as long as the plan itself.
    """
    plan, model = solved.plan, solved.model
    if "fixed" in plan.head:
        return solved
    case = model.index.case
    changed = list(_changed(solved, policy, every))
    options = [
        *_nothing(plan, without_replan(case), policy),
        *(option for option in changed if option.name == "cheapest"),
        _this(plan),
        *(option for option in changed if option.name == "tighter"),
    ]
    reader = _Reader(case)
    frame = pd.DataFrame([reader.row(option) for option in options], columns=list(OPTIONS))
    return replace(solved, plan=replace(plan, options=frame))


def _this(plan: Plan) -> Option:
    """The plan itself, from its own tables."""
    return Option("plan", costs=plan.costs, placements=plan.placements, survival=plan.survival)


def _nothing(plan: Plan, case: Case, policy: SolvePolicy) -> Iterator[Option]:
    """Every system held where it runs today; nothing where the case does not say so."""
    if case.current.empty:
        return
    try:
        eligibility, pinned = hold(case, assess(case), _today(case))
    except BadInput as error:
        first = error.problems[0]
        yield Option("nothing", f"{first.value}: {first.problem}")
        return
    stuck = case.alive & ~eligibility.allowed.any(axis=1)
    if stuck.any():
        name = case.workloads["workload"].iloc[int(np.flatnonzero(stuck.any(axis=1))[0])]
        yield Option("nothing", f"{name} runs nowhere today, and may run nowhere")
        return
    model = build(case, eligibility, pinned)
    arrays = to_arrays(model)
    if arrays.integer.any() and case.settings.whole_units:
        outcome = search(arrays, parts(model), policy).best
    else:
        outcome = Problem(arrays, policy).solve()
        outcome = outcome if outcome.status is Status.OPTIMAL else None
    if outcome is None:
        yield Option("nothing", "the solver found no plan that holds all systems where they run")
        return
    x = extract.tidy(with_refuges(model, outcome.x))
    as_plan = replace(
        plan,
        placements=extract.placements(model, x),
        excuses=model.index.eligibility.excuses,
        shares=shares.shares(model, x),
        latency=extract.latency(model, x),
    )
    breaks = len(broken_rules(as_plan)) + len(broken_limits(model, model.aside, x))
    yield replace(_filled(Option("nothing"), model, x), breaks=breaks)


def _today(case: Case) -> Fixed:
    """Where ``current.csv`` says that systems run.

    Raises
    ------
    BadInput
        If a site is in no catalog, or the primary shares of a system do not sum to one.
    """
    today = case.current
    today = today[today["role"] == "primary"]
    number = {name: r for r, name in enumerate(case.regions["region"])}
    file = case.settings.tables["current"]
    mend = "Add the site to a catalog of the case, with the basis of its prices."
    whole = today.groupby("workload")["share"].sum()
    problems = [
        Issue(file, 0, "region", name, "is in no catalog, so it has no price", mend)
        for name in sorted(set(today["region"]) - set(number))
    ] + [
        Issue(file, 0, "share", str(name), "runs today in parts that do not sum to the whole", mend)
        for name in whole.index[(whole - 1.0).abs() > SUM]
    ]
    if problems:
        raise BadInput(problems)
    w = today["workload"].map({name: i for i, name in enumerate(case.workloads["workload"])})
    placements = pd.DataFrame(
        {"w": w.astype("int64"), "r": today["region"].map(number), "share": today["share"]}
    )
    return Fixed(file, placements.astype({"r": "int64"}))


def _changed(solved: Solved, policy: SolvePolicy, every: bool) -> Iterator[Option]:
    """The cheapest plan without limits on shares, then with the cap on a vendor group tightened.

    One program is held for both: the second is solved from the basis of the first.
    """
    model = solved.model
    rules = [r.rule for r in model.index.share_rules]
    if not rules:
        return
    free = Option("cheapest", rule=" ".join(dict.fromkeys(r.id for r in rules)))
    cap = next((r for r in rules if r.kind == "vendor_share"), None)
    large = QUICK if solved.in_whole_machines else LARGE
    if solved.plan.run["integers"] and len(solved.arrays.index) >= large and not every:
        yield replace(free, reason=NOT_ASKED)
        if cap is not None:
            yield Option("tighter", rule=cap.id, reason=NOT_ASKED)
        return
    arrays, bound = _relaxed(model, solved.arrays)
    # From its slacks the simplex is the quicker on programs in whole machines.
    problem = Problem(arrays, replace(policy, method="simplex" if solved.in_whole_machines else "auto"))
    rows = np.concatenate(
        [model.starts[k] + np.arange(len(model.block(k).keys)) for k in SHARE_KINDS if k in model.starts]
    )
    with problem.relaxed(rows):
        yield _told(replace(free, bound=bound), model, problem.solve())
    if cap is None:
        return
    stated = float(cap.parameters["cap"])
    for step in (s for s in STEPS if stated - s > 0):
        value = round(stated - step, 6)
        block = model.family(model.block(cap.kind)).block(_with_cap(model, cap.id, value))
        problem.set_coefficients(model.starts[block.family] + block.row, block.col, block.coef)
        tighter = Option("tighter", rule=cap.id, value=value, bound=bound)
        outcome = problem.solve()
        if outcome.status is not Status.INFEASIBLE:
            break
    yield _told(tighter, model, outcome)


def _relaxed(model: Model, arrays: Arrays) -> tuple[Arrays, bool]:
    """The program to change: without whole numbers where it has any, so that few of them decide nothing."""
    whole = to_arrays(model)
    if not whole.integer.any():
        return arrays, False
    return whole.relaxation(), True


def _with_cap(model: Model, rule_id: str, value: float) -> Context:
    """What rows are made from, with the cap of one rule on shares set."""
    index = model.index
    changed = tuple(
        replace(r, rule=replace(r.rule, parameters={**r.rule.parameters, "cap": value}))
        if r.rule.id == rule_id
        else r
        for r in index.share_rules
    )
    return replace(model, index=replace(index, share_rules=changed))


def _told(option: Option, model: Model, outcome: Outcome) -> Option:
    if outcome.status is Status.INFEASIBLE:
        return replace(option, reason="no plan obeys every rule then")
    if outcome.status is not Status.OPTIMAL:
        return replace(option, reason=f"not solved: {outcome.word}")
    return _filled(option, model, extract.tidy(outcome.x))


def _filled(option: Option, model: Model, x: np.ndarray) -> Option:
    return replace(
        option,
        costs=extract.costs(model, x),
        placements=extract.placements(model, x),
        survival=survival(model, x),
    )


class _Reader:
    """Reads the figures of options off their tables; made once."""

    def __init__(self, case: Case) -> None:
        regions = case.regions
        self._survivors = Survivors(case)
        self._market = set(regions.loc[regions["market"].astype(bool), "vendor_group"])
        home = case.settings.home_country
        self._abroad = set(regions.loc[regions["parent_jurisdiction"] != home, "vendor_group"])
        today = case.current
        self._today = today[today["role"] == "primary"].groupby(["workload", "region"])["share"].sum()

    def row(self, option: Option) -> dict[str, object]:
        """One row of ``options.csv``; figures are blank where there is no plan."""
        told = {"option": option.name, "rule": option.rule, "value": option.value, "reason": option.reason}
        if option.costs is None or option.placements is None or option.survival is None:
            return told
        costs, money = option.costs, ("amortised", "cash", "objective", "tail", "assumed")
        spent = costs.groupby("vendor_group")["amortised"].sum()
        market = spent[spent.index.isin(self._market)]
        total, everything = float(market.sum()), float(spent.sum())
        kept = self._survivors.kept(option.placements, option.survival)
        return told | {
            "cost" if name == "amortised" else name: round(float(costs[name].sum()), 2) for name in money
        } | {
            "bound": option.bound,
            "largest": str(market.idxmax()) if total > 0 else "",
            "largest_share": round(float(market.max()) / total, 9) if total > 0 else np.nan,
            "foreign_share": round(float(spent[spent.index.isin(self._abroad)].sum()) / everything, 9)
            if everything > 0
            else np.nan,
            "critical_kept": np.nan if kept is None else round(kept.share, 9),
            "kept_without": "" if kept is None else kept.without,
            "moves": self._moved(option.placements),
            "breaks": option.breaks,
        }  # fmt: skip

    def _moved(self, placements: pd.DataFrame) -> float:
        """Systems of which some part runs elsewhere than today; blank without a table of today."""
        if self._today.empty:
            return float("nan")
        placed = placements[placements["role"] == "primary"]
        placed = placed[placed["workload"].isin(self._today.index.get_level_values("workload"))]
        before = pd.MultiIndex.from_frame(placed[["workload", "region"]]).map(self._today.to_dict())
        more = placed["share"].to_numpy() - np.nan_to_num(np.asarray(before, dtype="float64"))
        return float(placed.loc[more > MOVED, "workload"].nunique())
