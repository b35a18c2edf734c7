"""Jurisdiction share: what vendors bound by foreign law may have of what is contestable."""

from __future__ import annotations

from planner.model.block import INF, Block, make_block
from planner.model.columns import Columns
from planner.model.families.minimum_share import domestic_groups, weighted_totals
from planner.model.index import Index


def jurisdiction_share(index: Index, columns: Columns) -> Block:
    """Purpose: limit what a foreign parent could be compelled to hand over.

    Equation: Σ_{g foreign} amount[g,scope,t] − cap · Σ_g amount[g,scope,t] ≤ 0 for each period the
    rule binds and each rule of kind ``jurisdiction_share``. A group is foreign when its parent's
    jurisdiction is not the home country of the case.

    Units: of the scope's amount. Keys: rule (position in ``index.share_rules``), scope, t.

    Dual: money saved by one more unit of foreign amount; times one hundredth of the total it is
    what one point of cap saves in the period.
    """
    keys, entries = weighted_totals(index, columns, "jurisdiction_share", "cap", ~domestic_groups(index))
    return make_block("jurisdiction_share", keys, [entries], -INF, 0.0)
