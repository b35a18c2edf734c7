"""The statements of a conflict in words: what each says with its numbers, and the facts beside them."""

from __future__ import annotations

from dataclasses import dataclass

from planner.eligibility import BUILT_IN
from planner.explain.conflict import Conflict
from planner.explain.elastic import Program
from planner.model.statement import Group


@dataclass(frozen=True)
class Member:
    """One statement of a conflict: what it is, what it says with its numbers, where it comes from."""

    kind: str
    id: str
    text: str
    source: str
    legal: bool


def member(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> Member:
    """A statement of a conflict, as of the first period in which it happens."""
    if group.family is None:
        text = _filter_words(program, group, conflict, workloads)
    else:
        period = conflict.first_period
        rows = program.rows_of(group)
        row = next((row for row in rows if "t" in row.block.keys and row.key("t") == period), rows[0])
        text = group.family.said(row, period, program.open_now)
        if group.kind == "capacity" and _flees(program, conflict):
            text += ", for what runs there and what would flee there"
    return Member(group.kind, group.id, text, group.rule.source_line() if group.rule else "", group.legal)


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


def _filter_words(program: Program, group: Group, conflict: Conflict, workloads: list[str]) -> str:
    index = program.model.index
    excuses = index.eligibility.excuses
    period = index.case.periods["period"].iloc[conflict.first_period]
    mine = excuses[(excuses["rule"] == group.id) & excuses["workload"].isin(workloads)]
    mine = mine[(mine["period_from"] <= period) & (mine["period_to"] >= period)]
    # Where a fact closes the region anyway, the rule is not what stands in the way.
    facts = excuses[excuses["rule"].isin(BUILT_IN)].set_index(["workload", "region"]).index
    mine = mine[~mine.set_index(["workload", "region"]).index.isin(facts)]
    closed = [f"{e.region} to {e.workload} ({e.reason})" for e in mine.itertuples()]
    shown = "; ".join(closed[:4]) + (f"; and {len(closed) - 4} more" if len(closed) > 4 else "")
    title = f"{group.rule.label()}: {group.rule.title}" if group.rule else group.id
    return f"{title} It closes {shown}" if closed else title


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
