"""Why a case has no plan, and the ways out, as sentences and as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.case.schema import RESOURCES
from planner.eligibility import BUILT_IN
from planner.explain.conflict import Conflict, conflicts
from planner.explain.elastic import Elastic, Program, make_program
from planner.explain.groups import Group
from planner.explain.ways_out import LOST, MONEY_FAMILIES, Give, WayOut, row_of, ways_out
from planner.inputs import Inputs
from planner.model.constraints.latency import coverage_of
from planner.money import words
from planner.solve.precheck import precheck


@dataclass(frozen=True)
class Member:
    """One statement of a conflict: what it is, what it says with its numbers, where it comes from."""

    kind: str
    id: str
    text: str
    source: str
    legal: bool


@dataclass(frozen=True)
class Told:
    """A conflict in words. ``facts`` are what no rule can change: no price, not open yet."""

    members: tuple[Member, ...]
    periods: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything ``planner explain`` says.

    Attributes
    ----------
    reasons
        What could be told before solving anything; each is a proof.
    conflicts
        Irreducible sets; none when the case has a plan.
    ways
        Ways out in words with the cost of the plan; what serves less comes last.
    notes
        What limits the explanation.
    """

    feasible: bool
    reasons: tuple[str, ...]
    conflicts: tuple[Told, ...]
    ways: tuple[tuple[str, WayOut], ...]
    notes: tuple[str, ...]
    currency: str

    def as_dict(self) -> dict[str, Any]:
        """The explanation as one JSON document."""
        return {
            "feasible": self.feasible,
            "reasons": list(self.reasons),
            "conflicts": [
                {
                    "members": [vars(m) for m in told.members],
                    "periods": list(told.periods),
                    "facts": list(told.facts),
                }
                for told in self.conflicts
            ],
            "ways_out": [
                {
                    "text": text,
                    "cost": round(way.cost, 2),
                    "currency": self.currency,
                    "serves_less": way.serves_less,
                    "gives": [_give_dict(give) for give in way.gives],
                }
                for text, way in self.ways
            ],
            "notes": list(self.notes),
        }


def explain(inputs: Inputs, relax_legal: bool = False) -> Explanation:
    """Find what collides in a case, and what would have to give.

    Parameters
    ----------
    relax_legal
        Consider rules with a legal source among the ways out too.
    """
    program = make_program(inputs)
    elastic = Elastic(program)
    found = conflicts(elastic)
    if not found and program.whole.any():
        elastic = Elastic(program, whole=True)
        found = conflicts(elastic)
    ways = ways_out(elastic, found, relax_legal)
    told = tuple(_told(program, conflict) for conflict in found)
    return Explanation(
        feasible=not found,
        reasons=tuple(precheck(program.stated)) if found else (),
        conflicts=told,
        ways=tuple((way_words(program, way), way) for way in ways),
        notes=tuple(_notes(elastic, found, ways, relax_legal)),
        currency=inputs.case.settings.currency,
    )


def _notes(elastic: Elastic, found: list[Conflict], ways: list[WayOut], relax_legal: bool) -> list[str]:
    program = elastic.program
    notes = []
    if found and elastic.whole:
        notes.append("could workloads be divided and choices be made in part, nothing would collide")
    elif found and program.whole.any():
        notes.append(
            "what collides was found in the continuous part of the program; costs are of whole choices"
        )
    members = [program.groups[g] for conflict in found for g in conflict.members]
    legal = sorted({g.id for g in members if g.legal})
    if legal and not relax_legal:
        notes.append(
            f"not among the ways out, because a legal source stands behind them: {', '.join(legal)}; "
            "--relax-legal considers them"
        )
    if found and not ways:
        notes.append("no single statement of each conflict that may give is enough")
    if any(g.kind == "filter" for way in ways for g in (give.group for give in way.gives)):
        notes.append("costs of ways out keep the contestable load as it is now")
    return notes


def _told(program: Program, conflict: Conflict) -> Told:
    groups = conflict.groups(program)
    names = program.model.index.inputs.case.periods["period"].to_numpy()
    periods = tuple(str(p) for p in names[list(conflict.periods)])
    workloads = sorted({g.subject for g in groups if g.kind in ("workload", "latency")})
    members = tuple(_member(program, g, conflict, workloads) for g in groups)
    return Told(members, periods, tuple(_facts(program, workloads)))


def _member(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> Member:
    rule = group.rule
    texts = {
        "workload": _workload_words,
        "capacity": _capacity_words,
        "filter": _filter_words,
        "share": _share_words,
        "latency": _latency_words,
        "other": _other_words,
    }
    text = texts[group.kind](program, group, conflict, workloads) if group.kind in texts else group.id
    return Member(group.kind, group.id, text, rule.source_line() if rule else "", group.legal)


def _first(conflict: Conflict) -> int:
    return conflict.periods[0] if conflict.periods else 0


def _workload_words(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> str:
    case = program.model.index.inputs.case
    w = list(case.workloads["workload"]).index(group.subject)
    t = _first(conflict)
    needs = [
        f"{case.demand[w, k, t]:g} {name}" for k, name in enumerate(RESOURCES) if case.demand[w, k, t] > 0
    ]
    period = case.periods["period"].iloc[t]
    return f"{group.subject} must be placed whole; in {period} it needs {', '.join(needs)}"


def _capacity_words(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> str:
    model = program.model
    rows = np.unique(program.slack_row[[program.groups[g].id == group.id for g in program.slack_group]])
    keys = model.block("capacity").keys.iloc[rows - model.starts["capacity"]]
    mine = keys[keys["t"] == _first(conflict)]
    line = (mine if len(mine) else keys).iloc[0]
    period = model.index.inputs.case.periods["period"].iloc[int(line["t"])]
    payer = f" for {line['payer']}" if line["payer"] else ""
    return f"{line['subject']} has {line['amount']:g} {line['resource']}{payer} in {period}"


def _filter_words(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> str:
    index = program.model.index
    excuses = index.eligibility.excuses
    period = index.inputs.case.periods["period"].iloc[_first(conflict)]
    mine = excuses[(excuses["rule"] == group.id) & excuses["workload"].isin(workloads)]
    mine = mine[(mine["period_from"] <= period) & (mine["period_to"] >= period)]
    # Where a fact closes the region anyway, the rule is not what stands in the way.
    facts = excuses[excuses["rule"].isin(BUILT_IN)].set_index(["workload", "region"]).index
    mine = mine[~mine.set_index(["workload", "region"]).index.isin(facts)]
    closed = [f"{e.region} to {e.workload} ({e.reason})" for e in mine.itertuples()]
    shown = "; ".join(closed[:4]) + (f"; and {len(closed) - 4} more" if len(closed) > 4 else "")
    title = f"{group.rule.label()}: {group.rule.title}" if group.rule else group.id
    return f"{title} It closes {shown}" if closed else title


def _share_words(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> str:
    index = program.model.index
    rule = group.rule
    if rule is None:
        return group.id
    number = next(i for i, r in enumerate(index.share_rules) if r.rule.id == rule.id)
    scope = index.scopes[index.share_rules[number].scope]
    t = _first(conflict)
    member = scope.member[:, t]
    figure = "floor" if "floor" in rule.parameters else "cap"
    able = [
        name
        for g, name in enumerate(index.groups)
        if (index.eligibility.allowed[member][:, index.group_of == g, t]).any()
    ]
    return (
        f"{rule.label()}: {rule.title} The {figure} is {float(rule.parameters[figure]):.4g} of "
        f"{scope.name}, which without filters {len(able)} vendor groups could host ({', '.join(able)})"
    )


def _latency_words(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> str:
    index = program.model.index
    case = index.inputs.case
    w, t = list(case.workloads["workload"]).index(group.subject), _first(conflict)
    line = case.workloads.iloc[w]
    cover = coverage_of(index)
    mine = cover[(cover["w"] == w) & (cover["t"] == t)]
    mine = mine[program.open_now[w, mine["r"].to_numpy(), t]].sort_values("coverage")
    best = ""
    if len(mine):
        region = index.inputs.regions["region"].iloc[int(mine["r"].iloc[-1])]
        best = f"; the best that filters leave, {region}, reaches {mine['coverage'].iloc[-1]:.1%}"
    target = f"{line['latency_share']:.1%} of the users of {group.subject} within {line['latency_ms']:g} ms"
    return f"{group.rule.label() if group.rule else group.id}: {target}{best}"


def _other_words(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> str:
    at = int(np.flatnonzero([program.groups[g].id == group.id for g in program.slack_group])[0])
    family, _, size = row_of(program, int(program.slack_row[at]))
    upper = program.arrays.row_upper[program.slack_row[at]] / size
    unit = f" {program.model.index.inputs.case.settings.currency}" if family in MONEY_FAMILIES else ""
    if group.rule is None:
        return f"{group.id} is {upper:,.6g}{unit}"
    limit = f" The cap is {upper:,.6g}{unit}." if unit else ""
    return f"{group.rule.label()}: {group.rule.title}{limit}"


def _facts(program: Program, workloads: list[str]) -> list[str]:
    excuses = program.model.index.eligibility.excuses
    mine = excuses[excuses["workload"].isin(workloads) & excuses["rule"].isin(BUILT_IN)]
    return [
        f"{e.region} is closed to {e.workload}: {e.reason} [{e.rule}]"
        for e in mine.drop_duplicates(["workload", "region"]).itertuples()
    ]


def way_words(program: Program, way: WayOut) -> str:
    """A way out as one sentence."""
    currency = program.model.index.inputs.case.settings.currency
    parts = " and ".join(_give_words(give) for give in way.gives)
    cost = "what is left to serve then costs" if way.serves_less else "the plan then costs"
    return f"{parts}; {cost} {words(way.cost, currency)}"


def _give_words(give: Give) -> str:
    group = give.group
    largest = max(give.changes, key=lambda change: abs(change[3] - change[2]))
    period, subject, now, needed, unit = largest
    more = len(give.changes) - 1
    when = f" in {period}" if period else ""
    also = f" (and less in {more} other period{'s' if more > 1 else ''})" if more else ""
    if group.kind == "capacity":
        return f"raise {group.id} from {now:g} to {needed:g} {unit}{when}{also}"
    if group.by_parameter:
        verb = "raise" if needed > now else "lower"
        return f"{verb} the {unit} of {group.id} from {now:.2%} to {needed:.2%}"
    if group.kind == "latency":
        return f"ask that only {needed:.2%} instead of {now:.2%} of users meet {group.id}{when}{also}"
    if group.kind == "filter":
        where = ", ".join(f"{change[1]} ({change[0]})" for change in give.changes)
        waivable = group.rule is None or group.rule.waivable
        return (
            f"waive {group.id} for {where}" if waivable else f"change {group.id} (no waiver) to allow {where}"
        )
    if unit == LOST:
        return f"let {needed:.2%} of {subject} have no place{when}{also}, against {group.id}"
    if group.kind == "workload":
        what = f"serve only {needed:.1%} of" if needed > 0 else "leave out"
        return f"{what} {subject}{when}{also}"
    return f"raise {group.id} from {now:,.6g} to {needed:,.6g} {unit}{when}{also}"


def _give_dict(give: Give) -> dict[str, Any]:
    names = ("period", "subject", "now", "needed", "unit")
    changes = [dict(zip(names, change, strict=True)) for change in give.changes]
    return {"kind": give.group.kind, "id": give.group.id, "legal": give.group.legal, "changes": changes}
