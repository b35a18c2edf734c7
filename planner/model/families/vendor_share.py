"""Vendor share: no vendor group has more than its cap of what is contestable."""

from __future__ import annotations

from planner.model.block import Block
from planner.model.context import Context
from planner.model.family import Holders
from planner.model.share_rows import share_block, share_family

HOLDERS = Holders()


def vendor_share(context: Context) -> Block | None:
    """Purpose: limit dependence on one vendor group.

    Equation: amount[g,scope,t] − cap · Σ_g' amount[g',scope,t] ≤ 0 for each group g of the market,
    each period the rule binds and each rule of kind ``vendor_share``.

    Units: of the scope's amount. Keys: rule (position in ``index.share_rules``), scope, g, t.

    Dual: money saved by one more unit of amount that g may have beyond its cap; times one hundredth
    of the total it is what one point of cap saves in the period.
    """
    return share_block(context, "vendor_share", HOLDERS)


FAMILY = share_family("vendor_share", vendor_share, HOLDERS, "a vendor group")
