"""Region share: no region has more than its cap of what is contestable."""

from __future__ import annotations

from planner.model.block import INF, Block, make_block
from planner.model.context import Context
from planner.model.share_rows import share_family, share_rows


def region_share(context: Context) -> Block | None:
    """Purpose: limit what one place can take down.

    Equation: region_amount[r,scope,t] − cap · Σ_r' region_amount[r',scope,t] ≤ 0 for each region of
    the market, each period the rule binds and each rule of kind ``region_share``.

    Units: of the scope's amount. Keys: rule (position in ``index.share_rules``), scope, r, t.

    Dual: money saved by one more unit of amount that r may have beyond its cap; times one hundredth
    of the total it is what one point of cap saves in the period.
    """
    rows = share_rows(context.index, context.columns.region_amount, "region_share")
    return None if rows is None else make_block(*rows, -INF, 0.0)


FAMILY = share_family(
    "region_share", region_share, ("rule", "scope", "r", "t"), lambda row: str(row.names["region"])
)
