"""Minimum share: domestic vendor groups have at least a floor of what is contestable."""

from __future__ import annotations

from planner.model.block import INF, Block, make_block
from planner.model.context import Context
from planner.model.share_rows import domestic_groups, share_family, share_rows


def minimum_share(context: Context) -> Block | None:
    """Purpose: give homegrown vendors a share.

    Equation: Σ_{g domestic} amount[g,scope,t] − floor · Σ_g amount[g,scope,t] ≥ 0 for each period
    the rule binds and each rule of kind ``minimum_share``. A group is domestic when its parent's
    jurisdiction is the home country of the case.

    Units: of the scope's amount. Keys: rule (position in ``index.share_rules``), scope, t.

    Dual: money that one more unit of domestic amount costs; times one hundredth of the total it is
    what one point of floor costs in the period.
    """
    index, amounts = context.index, context.columns.amount
    rows = share_rows(index, amounts, "minimum_share", domestic_groups(index))
    return None if rows is None else make_block(*rows, 0.0, INF)


FAMILY = share_family(
    "minimum_share", minimum_share, ("rule", "scope", "t"), lambda row: "domestic", less=True
)
