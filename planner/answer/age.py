"""How old the prices are on the day of the decision."""

from __future__ import annotations

from datetime import date

from planner.errors import StaleData
from planner.inputs import Case


def check_age(case: Case, max_age: int) -> None:
    """Refuse prices that were stated more than ``max_age`` days before the decision date.

    Raises
    ------
    StaleData
        With the catalogs' regions and the date of their oldest price.
    """
    catalog = case.catalog
    decided = case.settings.decision_date
    prices = catalog.prices.merge(catalog.skus[["SkuId", "region"]], on="SkuId")
    oldest = prices.groupby("region")["as_of"].min()
    stale = [
        f"{region} {as_of} ({(decided - date.fromisoformat(as_of)).days} days)"
        for region, as_of in sorted(oldest.items())
        if (decided - date.fromisoformat(as_of)).days > max_age
    ]
    if stale:
        raise StaleData(
            f"prices older than {max_age} days on {decided}: {'; '.join(stale)}; nothing was written"
        )
