"""Latency: enough of a workload's users see a round trip within its target."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block, numbers_of
from planner.model.context import Context
from planner.model.family import Family, Number, Row, rule_by_id
from planner.model.lever import Lever
from planner.model.statement import Group
from planner.policy.rules import Rule


def latency(context: Context) -> Block | None:
    """Purpose: keep services quick for the users they have, rural ones included.

    Equation: Σ_r coverage[w,r,t] place[w,r,t] ≥ latency_share[w] for each live (w, t) with a target
    and users, where a hard rule of kind ``latency`` selects w and binds t. coverage is the share of
    w's users whose round trip to r is within latency_ms[w].

    Units: shares of users. Keys: w, t.

    Dual: money that one more share of users within the target costs.
    """
    index, columns = context.index, context.columns
    wanted = index.wanted_coverage
    if wanted.empty:
        return None
    keys = pd.DataFrame({"w": wanted["w"], "t": wanted["t"]})
    place = columns.place.numbered
    cover = index.coverage
    pairs = keys.merge(place, on=["w", "t"]).merge(cover, on=["w", "r", "t"], how="inner")
    entries = [(numbers_of(keys, ["w", "t"], pairs), pairs["col"], pairs["coverage"])]
    return make_block(keys, entries, wanted["share"].to_numpy(), INF)


def _lever(context: Context, block: Block, rows: np.ndarray, rule: Rule) -> Lever:
    """Points by which each share of users that the rule asks for is lowered."""
    lower, scale = block.lower[rows], block.scale[rows]
    most = float((lower / scale).max())
    return Lever(
        rule=rule,
        parameter="points off the share of users",
        value=0.0,
        loosest=most,
        subject="users within their target",
        tightest=most - 1.0,
        stated="the share of users as stated",
        number="{points:+.2f} points",
        bound_row=rows,
        lower=lower,
        upper=block.upper[rows],
        bound_rate=-scale,
    )


def _group(row: Row) -> Group:
    workload = str(row.names["workload"])
    return Group("latency", f"{row.rule} for {workload}", rule_by_id(row.context, row.rule), workload)


def _said(row: Row, period: int, open_now: np.ndarray) -> str:
    index, w = row.context.index, int(row.key("w"))
    line, rule = index.case.workloads.iloc[w], rule_by_id(row.context, row.rule)
    cover = index.coverage[(index.coverage["w"] == w) & (index.coverage["t"] == period)]
    cover = cover[open_now[w, cover["r"].to_numpy(), period]].sort_values("coverage")
    best = ""
    if len(cover):
        region = index.case.regions["region"].iloc[int(cover["r"].iloc[-1])]
        best = f"; the best that filters leave, {region}, reaches {cover['coverage'].iloc[-1]:.1%}"
    target = f"{line['latency_share']:.1%} of the users of {row.subject} within {line['latency_ms']:g} ms"
    return f"{rule.label() if rule else f'{row.rule} for {row.subject}'}: {target}{best}"


FAMILY = Family(
    "latency",
    latency,
    ("w", "t"),
    role="limit",
    states="latency",
    group=_group,
    unit="share of users",
    subject=lambda row: str(row.names["workload"]),
    rule=lambda row: str(row.context.index.wanted_coverage["rule"].iloc[row.number]),
    per="one point of users",
    point=True,
    binds="letting one more point of {subject}'s users wait longer would save",
    said=_said,
    loosened=lambda by: (
        f"ask that only {by.needed:.2%} instead of {by.now:.2%} of users meet {by.id}{by.when}"
    ),
    number=Number(_lever, swept=False),
)
