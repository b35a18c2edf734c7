"""The statements of a conflict in words: what each says with its numbers, and the facts beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES
from planner.eligibility import BUILT_IN
from planner.explain.conflict import Conflict
from planner.explain.elastic import Program
from planner.explain.groups import ROOM, Group
from planner.explain.ways_out import MONEY_FAMILIES, row_of
from planner.model.build import Model


@dataclass(frozen=True)
class Member:
    """One statement of a conflict: what it is, what it says with its numbers, where it comes from."""

    kind: str
    id: str
    text: str
    source: str
    legal: bool


def member(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> Member:
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
    case = program.model.index.case
    w = list(case.workloads["workload"]).index(group.subject)
    t = _first(conflict)
    needs = [
        f"{case.demand[w, k, t]:g} {name}" for k, name in enumerate(RESOURCES) if case.demand[w, k, t] > 0
    ]
    period = case.periods["period"].iloc[t]
    how = "served in full" if case.workloads["divisible"].iloc[w] else "placed whole"
    return f"{group.subject} must be {how}; in {period} it needs {', '.join(needs)}"


def _capacity_words(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> str:
    model = program.model
    rows = np.unique(program.slack_row[[program.groups[g].id == group.id for g in program.slack_group]])
    keys = pd.concat([_keys(model, rows, family) for family in ROOM], ignore_index=True)
    mine = keys[keys["t"] == _first(conflict)]
    line = (mine if len(mine) else keys).iloc[0]
    period = model.index.case.periods["period"].iloc[int(line["t"])]
    payer = f" for {line['payer']}" if line["payer"] else ""
    also = ", for what runs there and what would flee there" if _flees(program, conflict) else ""
    return f"{line['subject']} has {line['amount']:g} {line['resource']}{payer} in {period}{also}"


def _flees(program: Program, conflict: Conflict) -> bool:
    """Is room to flee to a part of the conflict: by a rule, or because the case asks survival itself?"""
    groups = conflict.groups(program)
    critical = program.model.index.case.workloads.set_index("workload")["critical"]
    asked = bool(program.model.index.case.settings.survive)
    return any(
        (g.rule is not None and g.rule.kind == "survival")
        or (g.kind == "workload" and asked and bool(critical[g.subject]))
        for g in groups
    )


def _survival_fact(program: Program, conflict: Conflict) -> list[str]:
    asked = program.model.index.case.settings.survive
    held = any(g.kind in ("capacity", "filter") for g in conflict.groups(program))
    if not asked or not held or not _flees(program, conflict):
        return []
    lost = " or ".join("one vendor group" if of == "vendor_groups" else "one region" for of in asked)
    return [f"critical work must find a place whatever {lost} is lost [survival of the case]"]


def _keys(model: Model, rows: np.ndarray, family: str) -> pd.DataFrame:
    """Subject, resource, payer, t and amount of those rows that belong to a family."""
    block = model.block(family)
    at = rows - model.starts[family]
    at = at[(at >= 0) & (at < len(block.keys))]
    keys: pd.DataFrame = block.keys.iloc[at].assign(amount=(block.upper / block.scale)[at])
    keys = keys if "payer" in keys else keys.assign(payer="")
    return keys[["subject", "resource", "payer", "t", "amount"]]


def _filter_words(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> str:
    index = program.model.index
    excuses = index.eligibility.excuses
    period = index.case.periods["period"].iloc[_first(conflict)]
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
    case = index.case
    w, t = list(case.workloads["workload"]).index(group.subject), _first(conflict)
    line = case.workloads.iloc[w]
    cover = index.coverage
    mine = cover[(cover["w"] == w) & (cover["t"] == t)]
    mine = mine[program.open_now[w, mine["r"].to_numpy(), t]].sort_values("coverage")
    best = ""
    if len(mine):
        region = index.case.regions["region"].iloc[int(mine["r"].iloc[-1])]
        best = f"; the best that filters leave, {region}, reaches {mine['coverage'].iloc[-1]:.1%}"
    target = f"{line['latency_share']:.1%} of the users of {group.subject} within {line['latency_ms']:g} ms"
    return f"{group.rule.label() if group.rule else group.id}: {target}{best}"


def _other_words(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> str:
    at = int(np.flatnonzero([program.groups[g].id == group.id for g in program.slack_group])[0])
    family, _, size = row_of(program, int(program.slack_row[at]))
    upper = program.arrays.row_upper[program.slack_row[at]] / size
    unit = f" {program.model.index.case.settings.currency}" if family in MONEY_FAMILIES else ""
    if group.rule is None:
        return f"{group.id} is {upper:,.6g}{unit}"
    limit = f" The cap is {upper:,.6g}{unit}." if unit else ""
    return f"{group.rule.label()}: {group.rule.title}{limit}"


def _closed(program: Program, workloads: list[str]) -> list[str]:
    excuses = program.model.index.eligibility.excuses
    mine = excuses[excuses["workload"].isin(workloads) & excuses["rule"].isin(BUILT_IN)]
    return [
        f"{e.region} is closed to {e.workload}: {e.reason} [{e.rule}]"
        for e in mine.drop_duplicates(["workload", "region"]).itertuples()
    ]


def facts(program: Program, conflict: Conflict, workloads: list[str]) -> tuple[str, ...]:
    """What no rule can change: no price, not open yet; and what the case itself asks."""
    return (*_survival_fact(program, conflict), *_closed(program, workloads))
