"""What a contract grants apart from its discount on everything: private prices, discounts by family and term.

They lie over the list prices of the catalogs and are never written into them. A private price of a SKU on a
term comes first, then the discount of its family on that term, then that of its family or of the term, then
the contract's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from planner.catalog.load import Catalog
from planner.catalog.schema import TERMS
from planner.errors import Issue
from planner.names import mend as mend_name
from planner.tables import Column, Table, provenance

PRIVATE_PRICES: Table = Table(
    "private_prices",
    ("contract", "sku", "term"),
    (
        Column("contract", "id", "As in contracts.csv; while it holds, the price does."),
        Column("sku", "id", "As in skus.csv, of the contract's vendor."),
        Column("term", "choice", "Term on which the price holds.", choices=TERMS),
        Column(
            "price", "number", "Of one unit, before margin and tax; no more than the list price.", above=0
        ),
        Column("currency", "id", "ISO 4217; that of the list price."),
        *provenance(),
    ),
    "Prices agreed for single SKUs, in place of the list price; no discount comes off them.",
    required=False,
)

DISCOUNTS: Table = Table(
    "discounts",
    ("contract", "family", "term"),
    (
        Column("contract", "id", "As in contracts.csv; while it holds, the discount does."),
        Column("family", "id", "Only this family of the contract's vendor; blank = any.", blank=True),
        Column("term", "choice", "Only on this term; blank = any.", blank=True, choices=TERMS),
        Column("discount", "number", "Off the list price, in place of the contract's own.", minimum=0,
               maximum=0.95),
        *provenance(),
    ),
    "Discounts of a contract by family and term, in place of its discount on everything.",
    required=False,
)  # fmt: skip


def check_private(
    frames: Mapping[str, pd.DataFrame], file: Mapping[str, str], catalog: Catalog
) -> list[Issue]:
    """What a contract's vendor does not sell, prices above list, discounts of which none comes first."""
    vendor_of = dict(zip(frames["contracts"]["contract"], frames["contracts"]["vendor"], strict=True))
    return [
        *_prices(frames["private_prices"], file["private_prices"], vendor_of, catalog),
        *_families(frames["discounts"], file["discounts"], vendor_of, catalog),
        *_conflicts(frames["discounts"], file["discounts"], vendor_of, catalog),
    ]


def _prices(
    rows: pd.DataFrame, where: str, vendor_of: Mapping[str, str], catalog: Catalog
) -> Iterator[Issue]:
    prices = catalog.prices
    listed = {
        (sku, term): (price, currency)
        for sku, term, price, currency in prices[
            ["SkuId", "term", "ListUnitPrice", "PricingCurrency"]
        ].itertuples(index=False, name=None)
    }
    skus = set(catalog.skus["SkuId"])
    for line in rows.to_dict("records"):
        row, sku, vendor = int(line["_row"]), line["sku"], vendor_of.get(line["contract"])
        if sku not in skus or vendor is None:
            continue  # told where names are looked up
        if sku.split(":")[0] != vendor:
            mend = f"Name a SKU of {vendor}, or a contract of {sku.split(':')[0]}."
            yield Issue(where, row, "sku", sku, f"is not sold by {vendor}, the vendor of the contract", mend)
            continue
        if (sku, line["term"]) not in listed:
            mend = "Name a term on which it is sold, or state its price in a package of the case (./folder)."
            yield Issue(where, row, "term", line["term"], f"{sku} has no list price on this term", mend)
            continue
        price, currency = listed[sku, line["term"]]
        if line["currency"] != currency:
            mend = f"State it in {currency}, the currency of the list price."
            yield Issue(where, row, "currency", line["currency"], "is not that of the list price", mend)
        elif line["price"] > price:
            mend = "Take the row out, so that the list price holds, or correct it."
            yield Issue(
                where, row, "price", f"{line['price']:g}", f"is more than the list price {price:g}", mend
            )


def _families(
    rows: pd.DataFrame, where: str, vendor_of: Mapping[str, str], catalog: Catalog
) -> Iterator[Issue]:
    sold = _sold(catalog)
    for line in rows.to_dict("records"):
        row, vendor = int(line["_row"]), vendor_of.get(line["contract"])
        if not line["family"] and not line["term"]:
            mend = "Name a family or a term, or state it as the contract's discount in contracts.csv."
            yield Issue(where, row, "family", "", "names neither a family nor a term", mend)
        if vendor is None:
            continue
        of_vendor = {(family, term) for owner, family, term in sold if owner == vendor}
        families = sorted({family for family, _ in of_vendor})
        if line["family"] and line["family"] not in families:
            few = f"Name a family that {vendor} sells."
            problem = f"is no family that {vendor} sells"
            yield Issue(
                where, row, "family", line["family"], problem, mend_name(line["family"], families, few)
            )
        elif line["term"] and not any(
            term == line["term"] and line["family"] in ("", family) for family, term in of_vendor
        ):
            what = line["family"] or vendor
            mend = "Name a term on which it is sold, or leave it blank."
            yield Issue(where, row, "term", line["term"], f"{what} is not sold on this term", mend)


def _conflicts(
    rows: pd.DataFrame, where: str, vendor_of: Mapping[str, str], catalog: Catalog
) -> Iterator[Issue]:
    """Discounts of a family and of a term that differ, where it is sold so and no row says which holds."""
    sold = _sold(catalog)
    stated = set(rows[["contract", "family", "term"]].itertuples(index=False, name=None))
    for name, of_contract in rows.groupby("contract"):
        by_term = of_contract[(of_contract["family"] == "") & (of_contract["term"] != "")].to_dict("records")
        by_family = of_contract[(of_contract["family"] != "") & (of_contract["term"] == "")].to_dict(
            "records"
        )
        for family_row in by_family:
            for term_row in by_term:
                family, term = family_row["family"], term_row["term"]
                meets = (vendor_of.get(str(name)), family, term) in sold and (
                    name,
                    family,
                    term,
                ) not in stated
                if meets and family_row["discount"] != term_row["discount"]:
                    problem = f"{family} on {term}: row {int(family_row['_row'])} gives another discount"
                    mend = f"Add a row {name},{family},{term} that says which holds."
                    value = f"{term_row['discount']:g}"
                    yield Issue(where, int(term_row["_row"]), "discount", value, problem, mend)


def _sold(catalog: Catalog) -> set[tuple[str, str, str]]:
    """Vendor, family and term of everything that has a list price."""
    skus = catalog.skus.set_index("SkuId")
    prices = catalog.prices[catalog.prices["SkuId"].isin(skus.index)]
    of = skus.loc[prices["SkuId"], ["region", "family"]]
    vendors = of["region"].str.split(":").str[0]
    return set(zip(vendors, of["family"], prices["term"], strict=True))
