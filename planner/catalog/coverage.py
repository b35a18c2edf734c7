"""What a catalog knows and does not know: priced, not sold, or unknown, by region, family and term.

*Not sold* needs a source that says so (``not_sold.csv``); a family or a term that nobody looked up
is *unknown*, and an unknown price is never a zero.
"""

from __future__ import annotations

import pandas as pd

from planner.catalog.checks import STORAGE_CATEGORIES
from planner.catalog.load import Catalog
from planner.catalog.schema import PARTIAL, TERMS, UPFRONT

PRICED, NOT_SOLD, UNKNOWN = "priced", "not sold", "unknown"


def coverage(catalog: Catalog) -> pd.DataFrame:
    """Status of every (region, family, term) of the vendors' families.

    Returns
    -------
    DataFrame
        ``vendor``, ``region``, ``family``, ``category``, ``term``, ``status``, ``assumed`` (do all
        prices there rest on assumptions?), sorted. A family of a vendor is asked of each of its
        regions that sells anything; storage knows only ``on_demand``.
        Regions without any SKU are left to :func:`unpriced_regions`.
    """
    vendor_of = dict(zip(catalog.regions["region"], catalog.regions["vendor"], strict=True))
    skus = catalog.skus.assign(vendor=catalog.skus["region"].map(vendor_of))
    prices = catalog.prices.merge(skus[["SkuId", "region", "family"]], on="SkuId")
    prices["assumed"] = prices["basis"] == "assumed"
    priced = prices.groupby(["region", "family", "term"])["assumed"].all().to_dict()
    refused = set(catalog.not_sold[["region", "family", "term"]].itertuples(index=False, name=None))
    # Terms that are paid at their start are asked of nobody unless somebody sells them.
    sells = set(prices["term"]) | {term for _, _, term in refused}
    asked = [t for t in TERMS if t in sells or not t.endswith((PARTIAL, UPFRONT))]
    rows = []
    for vendor, sold in skus.groupby("vendor", sort=True):
        categories = sold.groupby("family")["category"].unique()
        for region in sorted(set(sold["region"])):
            for family, names in sorted(categories.items()):
                storage = set(names) <= set(STORAGE_CATEGORIES)
                for term in TERMS[:1] if storage else asked:
                    if (region, family, term) in priced:
                        status = PRICED
                    elif {(region, family, term), (region, family, "any")} & refused:
                        status = NOT_SOLD
                    else:
                        status = UNKNOWN
                    assumed = bool(priced.get((region, family, term), False))
                    rows.append((vendor, region, family, ", ".join(sorted(names)), term, status, assumed))
    columns = ["vendor", "region", "family", "category", "term", "status", "assumed"]
    return pd.DataFrame(rows, columns=columns)


LETTERS = {"on_demand": "D", "spot": "S", "commit_1y": "1", "commit_3y": "3", "commit_1y_partial": "P",
           "commit_3y_partial": "Q", "commit_1y_upfront": "U", "commit_3y_upfront": "V"}  # fmt: skip
"""Mark of each term that is priced."""
ASSUMED = {term: letter.lower() for term, letter in LETTERS.items()} | {"commit_1y": "y", "commit_3y": "z"}
"""Mark of each term of which all prices are assumed."""
MARKS = {NOT_SOLD: "-", UNKNOWN: "?"}


def marks(covered: pd.DataFrame) -> pd.DataFrame:
    """Coverage of one vendor in a table: a row a family and category, a column a region (without its vendor).

    A cell holds the mark of each term in turn, or one where all are the same.
    """
    shown = [
        (ASSUMED if assumed else LETTERS)[term] if status == PRICED else MARKS[status]
        for term, status, assumed in zip(covered["term"], covered["status"], covered["assumed"], strict=True)
    ]
    rows = covered.assign(mark=shown, place=covered["region"].str.partition(":")[2])
    cells = rows.groupby(["family", "category", "place"], sort=True)["mark"].agg("".join)
    short = cells.map(lambda text: text[0] if len(set(text)) == 1 else text)
    return short.unstack("place", fill_value="").rename_axis(columns=None).reset_index()


def unpriced_regions(catalog: Catalog) -> list[str]:
    """Regions that are known but of which no price is: nothing can be planned there."""
    on_day = set(catalog.prices["SkuId"])
    priced = set(catalog.skus.loc[catalog.skus["SkuId"].isin(on_day), "region"])
    return [region for region in catalog.regions["region"] if region not in priced]


def provenance(catalog: Catalog) -> pd.DataFrame:
    """How far the prices of each vendor can be trusted.

    Returns
    -------
    DataFrame
        One row a vendor: ``vendor``, ``regions``, ``skus``, ``prices``, ``oldest`` and ``newest``
        (as-of dates of its prices, ``""`` without any), and a count of prices for each basis in use.
    """
    vendor_of = dict(zip(catalog.regions["region"], catalog.regions["vendor"], strict=True))
    sku_vendor = dict(zip(catalog.skus["SkuId"], catalog.skus["region"].map(vendor_of), strict=True))
    prices = pd.concat(
        [
            catalog.prices.assign(vendor=catalog.prices["SkuId"].map(sku_vendor)),
            catalog.transfer.assign(vendor=catalog.transfer["region"].map(vendor_of)),
        ],
        ignore_index=True,
    )[["vendor", "basis", "as_of"]]
    bases = sorted(set(prices["basis"]))
    rows = []
    for vendor in catalog.vendors["vendor"]:
        own = prices[prices["vendor"] == vendor]
        regions = catalog.regions["vendor"] == vendor
        skus = catalog.skus["region"].map(vendor_of) == vendor
        counts = {basis: int((own["basis"] == basis).sum()) for basis in bases}
        rows.append(
            {
                "vendor": vendor,
                "regions": int(regions.sum()),
                "skus": int(skus.sum()),
                "prices": len(own),
                "oldest": min(own["as_of"], default=""),
                "newest": max(own["as_of"], default=""),
                **counts,
            }
        )
    return pd.DataFrame(rows)
