"""Region share: no region has more than its cap of what is contestable."""

from __future__ import annotations

from planner.model.block import Block
from planner.model.columns import Columns
from planner.model.families.vendor_share import share_block
from planner.model.index import Index


def region_share(index: Index, columns: Columns) -> Block:
    """Purpose: limit what one place can take down.

    Equation: region_amount[r,scope,t] − cap · Σ_r' region_amount[r',scope,t] ≤ 0 for each region of
    the market, each period the rule binds and each rule of kind ``region_share``.

    Units: of the scope's amount. Keys: rule (position in ``index.share_rules``), scope, r, t.

    Dual: money saved by one more unit of amount that r may have beyond its cap; times one hundredth
    of the total it is what one point of cap saves in the period.
    """
    return share_block(index, columns.region_amount, "r", "region_share", "cap")
