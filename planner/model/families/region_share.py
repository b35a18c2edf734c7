"""Region share: no region has more than its cap of what is contestable."""

from __future__ import annotations

from planner.model.block import Block
from planner.model.context import Context
from planner.model.family import Holders
from planner.model.share_rows import share_block, share_family

HOLDERS = Holders("r")


def region_share(context: Context) -> Block | None:
    """Purpose: limit what one place can take down.

    Equation: region_amount[r,scope,t] − cap · Σ_r' region_amount[r',scope,t] ≤ 0 for each region of
    the market, each period the rule binds and each rule of kind ``region_share``.

    Units: of the scope's amount. Keys: rule (position in ``index.share_rules``), scope, r, t.

    Dual: money saved by one more unit of amount that r may have beyond its cap; times one hundredth
    of the total it is what one point of cap saves in the period.
    """
    return share_block(context, "region_share", HOLDERS)


FAMILY = share_family("region_share", region_share, HOLDERS, "a region")
