"""Latency: enough of a workload's users see a round trip within its target."""

from __future__ import annotations

import pandas as pd

from planner.model.block import INF, Block, make_block, numbers_of
from planner.model.context import Context
from planner.model.family import Family


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


FAMILY = Family(
    "latency",
    latency,
    ("w", "t"),
    role="limit",
    states="latency",
    unit="share of users",
    subject=lambda row: str(row.names["workload"]),
    rule=lambda row: str(row.context.index.wanted_coverage["rule"].iloc[row.at]),
    per="one point of users",
    point=True,
    binds="letting one more point of {subject}'s users wait longer would save",
)
