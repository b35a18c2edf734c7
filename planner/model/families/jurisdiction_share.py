"""Jurisdiction share: what vendors bound by foreign law may have of what is contestable."""

from __future__ import annotations

from planner.model.block import Block
from planner.model.context import Context
from planner.model.family import Holders
from planner.model.share_rows import domestic_groups, share_block, share_family

HOLDERS = Holders(together=lambda index: ~domestic_groups(index), subject="foreign")


def jurisdiction_share(context: Context) -> Block | None:
    """Purpose: limit what a foreign parent could be compelled to hand over.

    Equation: Σ_{g foreign} amount[g,scope,t] − cap · Σ_g amount[g,scope,t] ≤ 0 for each period the
    rule binds and each rule of kind ``jurisdiction_share``. A group is foreign when its parent's
    jurisdiction is not the home country of the case.

    Units: of the scope's amount. Keys: rule (position in ``index.share_rules``), scope, t.

    Dual: money saved by one more unit of foreign amount; times one hundredth of the total it is
    what one point of cap saves in the period.
    """
    return share_block(context, "jurisdiction_share", HOLDERS)


FAMILY = share_family("jurisdiction_share", jurisdiction_share, HOLDERS, "vendors bound by foreign law")
