"""How old prices are: when each vendor's were last taken in, from what, and which nobody confirmed since."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from planner.catalog.load import Catalog


def last_stated(catalog: Catalog) -> pd.DataFrame:
    """Every price with the last day for which a source stated it.

    Returns
    -------
    DataFrame
        ``vendor``, ``price`` (its key), ``basis``, ``stated`` (YYYY-MM-DD): the later of ``as_of`` and
        ``confirmed``. Prices of SKUs and of egress.
    """
    vendor_of = dict(zip(catalog.regions["region"], catalog.regions["vendor"], strict=True))
    region_of = dict(zip(catalog.skus["SkuId"], catalog.skus["region"], strict=True))
    tables = (
        (catalog.prices, catalog.prices["SkuId"].map(region_of), ("SkuId", "term")),
        (catalog.transfer, catalog.transfer["region"], ("region", "destination", "from_gib")),
    )
    parts = [
        pd.DataFrame(
            {
                "vendor": region.map(vendor_of).astype(object),
                "price": [
                    " ".join(str(cell) for cell in row) for row in zip(*(rows[k] for k in key), strict=True)
                ],
                "basis": rows["basis"],
                "stated": rows[["as_of", "confirmed"]].max(axis=1).astype(object),
            }
        )
        for rows, region, key in tables
    ]
    return pd.concat(parts, ignore_index=True).sort_values(["vendor", "stated", "price"], ignore_index=True)


def freshness(catalog: Catalog, max_age: int) -> pd.DataFrame:
    """For each vendor when prices were last taken in, from what, and how many are stale.

    Parameters
    ----------
    max_age
        Days after which a price that no source stated again is stale.

    Returns
    -------
    DataFrame
        ``vendor``, ``taken_in`` (day of the newest row of ``refreshes.csv``, blank without any),
        ``published`` (day for which that document states its prices), ``document``, ``prices``, ``stale``,
        ``oldest``, ``newest`` (days for which prices were last stated).
    """
    stated = last_stated(catalog)
    before = (catalog.prices_as_of - timedelta(days=max_age)).isoformat()
    taken = catalog.refreshes[catalog.refreshes["taken_in"] <= catalog.prices_as_of.isoformat()]
    newest = taken.sort_values(["taken_in", "published", "document"]).groupby("vendor").last()
    rows = []
    for vendor in catalog.vendors["vendor"]:
        own = stated.loc[stated["vendor"] == vendor, "stated"]
        took = newest.loc[vendor] if vendor in newest.index else None
        rows.append(
            {
                "vendor": vendor,
                **{c: "" if took is None else str(took[c]) for c in ("taken_in", "published", "document")},
                "prices": len(own),
                "stale": int((own < before).sum()),
                "oldest": min(own, default=""),
                "newest": max(own, default=""),
            }
        )
    return pd.DataFrame(rows)
