"""Plans side by side: cost, shares, concentration, latency, carbon, what is kept, moves, rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from planner.answer.fixed import fixed_today
from planner.answer.measures import HHI_WHOLE
from planner.answer.survives import Kept, Survivors
from planner.case.settings import FILE
from planner.errors import BadInput, Infeasible, Issue
from planner.inputs import Case
from planner.plan.plan import Plan, weighed
from planner.planning import solve
from planner.study.result import Study, head_of, names_of_vendors
from planner.tolerances import SHARE, SUM

NOTHING = "doing nothing"
"""Name of the row that holds every workload where it runs today."""

AS_IS = "the case"
NO_VENDOR = "no vendor"


@dataclass(frozen=True)
class Row:
    """One plan of a comparison; all figures but ``name`` and ``status`` are ``None`` without a plan.

    Attributes
    ----------
    cost, cash
        Discounted cost (what a plan makes least) and cash with tax.
    weighed
        Part of ``cost`` that the case weighs and nobody pays: worth of carbon and latency.
    paid
        ``cost`` by vendor group, market groups and others; ``no vendor``: what is paid to none, or weighed.
    shares
        Share of all market spend by vendor group, ``hhi`` of it.
    foreign
        Share of all spend with a parent outside the home country; ``None`` where it is not known.
    mean_ms
        Mean of the mean round trips of workloads with a target, over periods.
    late
        Workloads that miss their target in some period.
    moves, systems_moved
        Shares of workloads that change their region, from where they run today on, added up; and how many
        workloads these are: what ``moves.csv`` and the terminal say.
    moved
        Workloads that run elsewhere than in the first plan at some time.
    breaks
        Rules that the plan breaks, which only a plan with placements held can.
    carbon
        Tonnes CO2e over the horizon; ``None`` where the case reads no figure of carbon.
    unknown
        Regions whose carbon nobody stated; they are in no sum.
    kept
        What of critical work runs on without the vendor group that hurts most (``answer.survives``).
    """

    name: str
    status: str
    reason: str = ""
    cost: float | None = None
    cash: float | None = None
    weighed: float | None = None
    paid: tuple[tuple[str, float], ...] = ()
    shares: tuple[tuple[str, float], ...] = ()
    hhi: float | None = None
    foreign: float | None = None
    mean_ms: float | None = None
    late: int | None = None
    moves: float | None = None
    systems_moved: int | None = None
    moved: int | None = None
    breaks: int | None = None
    limits: tuple[tuple[str, float], ...] = ()
    carbon: float | None = None
    unknown: tuple[str, ...] = ()
    kept: Kept | None = None

    def flat(self) -> dict[str, Any]:
        """The row as one flat line for CSV and JSON."""
        out: dict[str, Any] = {"name": self.name, "status": self.status, "reason": self.reason}
        out |= {"cost": _cents(self.cost), "cash": _cents(self.cash)}
        out |= {"weighed": _cents(self.weighed)} if self.weighed else {}
        out |= {"hhi": _digits(self.hhi, 3), "foreign_share": _digits(self.foreign, 9)}
        out |= {"mean_ms": _digits(self.mean_ms, 3), "late_workloads": self.late}
        out |= {"carbon_tonnes": _digits(self.carbon, 6), "carbon_unknown": " ".join(self.unknown)}
        out |= {"critical_kept": None if self.kept is None else _digits(self.kept.share, 9)}
        out |= {"critical_kept_without": "" if self.kept is None else self.kept.without}
        out |= {
            "moves": _digits(self.moves, 6),
            "systems_moved": self.systems_moved,
            "moved_against_first": self.moved,
            "rules_broken": self.breaks,
        }
        out |= {f"share:{g}": round(v, 9) for g, v in self.shares}
        return out | {f"slack:{rule}": round(v, 9) for rule, v in self.limits}


def _cents(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _digits(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


Named = tuple[str, Plan | str, Case | None]
"""Name, plan or why there is none, and the plan's inputs, ``None`` where they cannot be read."""


def compare(plans: Sequence[Named]) -> list[Row]:
    """Rows of a comparison; moves are counted against the first plan."""
    first = next((plan for _, plan, _ in plans if isinstance(plan, Plan)), None)
    return [
        Row(name, "no plan", plan) if isinstance(plan, str) else _row(name, plan, inputs, first)
        for name, plan, inputs in plans
    ]


def _row(name: str, plan: Plan, inputs: Case | None, first: Plan | None) -> Row:
    paid = plan.costs.groupby("vendor_group")["objective"].sum().sort_index()
    spent = plan.costs.groupby("vendor_group")["amortised"].sum()
    spent = spent[spent.index != ""].sort_index()
    market = set(plan.shares.loc[plan.shares["kind"] == "report", "subject"])
    on_market = spent[spent.index.isin(market)]
    share = on_market / on_market.sum() if on_market.sum() > 0 else on_market * 0.0
    abroad = None
    if inputs is not None and spent.sum() > 0:
        abroad = float(spent[spent.index.isin(foreign_groups(inputs))].sum() / spent.sum())
    late = plan.latency[plan.latency["reached_share"] < plan.latency["required_share"] - SUM]
    slack = plan.shares[plan.shares["kind"] != "report"].groupby("rule")["slack"].min()
    broken, carbon = plan.head.get("breaks"), plan.head.get("carbon")
    return Row(
        name=name,
        status=str(plan.head["status"]),
        cost=float(plan.costs["objective"].sum()),
        cash=float(plan.costs["cash"].sum()),
        weighed=float(weighed(plan.costs)["objective"].sum()),
        paid=tuple((str(g) or NO_VENDOR, float(v)) for g, v in paid.items()),
        shares=tuple((str(g), float(v)) for g, v in share.items()),
        hhi=float((share**2).sum() * HHI_WHOLE),
        foreign=abroad,
        mean_ms=float(plan.latency["mean_ms"].mean()) if len(plan.latency) else None,
        late=int(late["workload"].nunique()),
        moves=float(plan.moves["share"].sum()),
        systems_moved=int(plan.moves["workload"].nunique()),
        moved=0 if first is None else _moved(first, plan),
        breaks=len(broken) if broken is not None else int((slack < -SUM).sum()),
        limits=tuple((str(r), float(v)) for r, v in slack.items()),
        carbon=None if carbon is None else float(carbon["tonnes"]),
        unknown=() if carbon is None else tuple(carbon["unknown"]),
        kept=None if inputs is None else Survivors(inputs).of_plan(plan),
    )


def _primary(plan: Plan) -> pd.DataFrame:
    """Shares of primary placements: one line a (workload, region), one column a period."""
    mine = plan.placements[plan.placements["role"] == "primary"]
    table = mine.pivot_table(index=["workload", "region"], columns="period", values="share", aggfunc="sum")
    return table.reindex(columns=list(plan.periods["period"])).fillna(0.0)


def _moved(first: Plan, other: Plan) -> int:
    a, b = _primary(first), _primary(other)
    a, b = a.align(b, fill_value=0.0)
    differs = ((a - b).abs() > SHARE).any(axis=1)
    return int(differs.groupby("workload").any().sum())


def unlike(plans: Sequence[Named]) -> list[str]:
    """What plans differ in that makes their figures those of different questions, in sentences."""
    plan_of = {name: plan for name, plan, _ in plans if isinstance(plan, Plan)}
    asked = {what: {name: of(plan) for name, plan in plan_of.items()} for what, of in _ASKED.items()}
    systems = {name: set(plan.placements["workload"]) for name, plan in plan_of.items()}
    every = set[str]().union(*systems.values())
    differences = {
        "systems": {name: _systems(names, every - names) for name, names in systems.items()},
        **asked,
    }
    return [
        f"NOT ALIKE in {what}, so costs are of different questions: "
        + "; ".join(f"{name}: {value}" for name, value in values.items())
        for what, values in differences.items()
        if len(set(values.values())) > 1
    ]


def _systems(names: set[str], without: set[str]) -> str:
    some, more = sorted(without)[:_NAMED], len(without) - _NAMED
    lacking = ", ".join(some) + (f" and {more} more" if more > 0 else "")
    return f"{len(names)} systems" + (f", without {lacking}" if without else "")


_NAMED = 3
"""So many systems are named that a plan does not have and another has."""

_ASKED: dict[str, Callable[[Plan], str]] = {
    "periods": lambda plan: (
        f"{len(plan.periods)} periods, {plan.periods['start'].iloc[0]} up to {plan.periods['end'].iloc[-1]}"
    ),
    "discounting": lambda plan: f"{1 - float(plan.periods['discount'].iloc[-1]):.3%} off the last period",
    "prices as of": lambda plan: str(plan.head["prices_as_of"]),
}
"""What must be the same of plans for their costs to be set side by side."""


def differ(rows: Sequence[Row]) -> bool:
    """Does any plan cost something else than the first, run elsewhere, or have another status?"""
    if not rows:
        return False
    a = rows[0]
    return any(
        b.status != a.status
        or (b.cost is None) != (a.cost is None)
        or (b.cost is not None and a.cost is not None and abs(b.cost - a.cost) > 0.01)
        or bool(b.moved)
        for b in rows[1:]
    )


@dataclass(frozen=True)
class Comparison(Study):
    """Plans side by side; ``differ``: does any cost something else or run elsewhere than the first."""

    study: ClassVar[str] = "compare"
    plans: tuple[Row, ...]
    differ: bool

    def rows(self) -> list[dict[str, Any]]:
        return [row.flat() for row in self.plans]

    def content(self) -> dict[str, Any]:
        return {"rows": self.rows(), "differ": self.differ}


def head_of_plans(plans: Sequence[Plan], cases: Sequence[Case | None] = ()) -> dict[str, Any]:
    """What a comparison says of the case of its first plan; the marking is the first that there is.

    ``names`` are those of vendors and their groups in the cases that are known.
    """
    names: dict[str, str] = {}
    for case in cases:
        names |= {} if case is None else names_of_vendors(case)
    keys = ("case", "title", "currency", "prices_as_of", "rules_as_of")
    head: dict[str, Any] = {k: plans[0].head.get(k, "") for k in keys}
    marking = next((str(p.head["marking"]) for p in plans if p.head["marking"]), "")
    return {**head, "marking": marking, "names": names}


def compare_plans(plans: Mapping[str, Plan]) -> Comparison:
    """Compare plans, by the names they shall have; moves are counted against the first.

    Of a plan read from a folder what needs its case (parents abroad, what survives a loss) is not told.

    Raises
    ------
    ValueError
        If there are none, or they are in different currencies.
    """
    if len({str(plan.head["currency"]) for plan in plans.values()}) != 1:
        raise ValueError("give plans in one currency")
    rows = compare([(name, plan, plan.case) for name, plan in plans.items()])
    head = head_of_plans(list(plans.values()), [plan.case for plan in plans.values()])
    return Comparison(tuple(rows), differ(rows), head=head)


def scenarios(case: Case) -> Comparison:
    """The scenarios of a case beside doing nothing and the case as it stands.

    Raises
    ------
    BadInput
        If one of its scenarios cannot be read, or it has none.
    """
    if not case.settings.scenarios:
        mend = 'Add one, e.g. [scenario.dearer] with "money.discount_rate" = 0.08.'
        raise BadInput([Issue(FILE, 0, "scenario", "", "the case has no scenario to compare with", mend)])
    plans: list[Named] = []
    today = doing_nothing(case)
    if today is not None:
        plans.append((NOTHING, today, case))
    plans.append((AS_IS, _solved(case), case))
    for name, overrides in case.settings.scenarios.items():
        changed = case.with_settings(overrides, name)
        plans.append((name, _solved(changed), changed))
    rows = compare(plans)
    return Comparison(tuple(rows), differ(rows), head=head_of(case))


def _solved(case: Case) -> Plan | str:
    try:
        return solve(case).plan
    except Infeasible as error:
        return error.reasons[0]


def doing_nothing(case: Case) -> Plan | str | None:
    """Every workload held where the case's table of today says it runs, or why that has no plan.

    ``None`` where the case has no such table.
    """
    if case.frames["current"].empty:
        return None
    try:
        return solve(case, fixed=fixed_today(case)).plan
    except Infeasible as error:
        return error.reasons[0]
    except BadInput as error:
        return f"{error.problems[0].problem} ({error.problems[0].value})"


def foreign_groups(inputs: Case) -> list[str]:
    """Vendor groups with a parent outside the home country."""
    regions = inputs.regions
    abroad = regions["parent_jurisdiction"] != inputs.settings.home_country
    return sorted(set(regions.loc[abroad, "vendor_group"]))
