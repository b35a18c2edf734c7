"""How old prices, and what is known of regions, are on the day of the decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from planner.catalog.appraisal import MAX_AGE
from planner.catalog.status import last_confirmed
from planner.eligibility import Eligibility
from planner.errors import StaleData
from planner.inputs import Case


def region_status(case: Case, regions: Iterable[str]) -> list[dict[str, str]]:
    """What was last said of some regions, by region: as :func:`last_confirmed` has it."""
    status = last_confirmed(case.catalog)
    chosen = status[status["region"].isin(set(regions))].sort_values("region")
    return [{str(k): str(v) for k, v in row.items()} for row in chosen.to_dict("records")]


def old_status(case: Case, eligibility: Eligibility, max_age: int = MAX_AGE) -> list[dict[str, str]]:
    """Regions of the market that are open to work and that no source confirmed within ``max_age`` days.

    Counted back from the decision date; what lies outside the market the agencies know themselves.
    """
    used = eligibility.allowed.any(axis=(0, 2)) & case.regions["market"].to_numpy(dtype=bool)
    before = (case.settings.decision_date - timedelta(days=max_age)).isoformat()
    rows = region_status(case, case.regions.loc[used, "region"])
    return [row for row in rows if row["confirmed"] < before]


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
