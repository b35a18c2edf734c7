"""Minimum share: domestic vendor groups have at least a floor of what is contestable."""

from __future__ import annotations

from planner.model.block import Block
from planner.model.context import Context
from planner.model.family import Holders
from planner.model.share_rows import domestic_groups, share_block, share_family

HOLDERS = Holders(together=domestic_groups, subject="domestic", floor=True)


def minimum_share(context: Context) -> Block | None:
    """Purpose: give homegrown vendors a share.

    Equation: Σ_{g domestic} amount[g,scope,t] − floor · Σ_g amount[g,scope,t] ≥ 0 for each period
    the rule binds and each rule of kind ``minimum_share``. A group is domestic when its parent's
    jurisdiction is the home country of the case.

    Units: of the scope's amount. Keys: rule (position in ``index.share_rules``), scope, t.

    Dual: money that one more unit of domestic amount costs; times one hundredth of the total it is
    what one point of floor costs in the period.
    """
    return share_block(context, "minimum_share", HOLDERS)


FAMILY = share_family("minimum_share", minimum_share, HOLDERS, "domestic vendor groups")
