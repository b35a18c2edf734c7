"""From offers to rows of the catalog's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from planner.catalog.checks import CATEGORY_OF_TERM
from planner.catalog.facts import SAVINGS_PLANS
from planner.catalog.refresh.offers import Offer, Shape, Wanted
from planner.catalog.schema import PRICES, TRANSFER
from planner.catalog.supersede import Row
from planner.tables import Table
from planner.units import MACHINE_UNIT, STORAGE_UNIT

PRICED = (PRICES, TRANSFER, SAVINGS_PLANS)
KEYS = {
    PRICES.name: ("SkuId", "term"),
    TRANSFER.name: ("region", "destination", "from_gib"),
    SAVINGS_PLANS.name: ("SkuId", "months"),
}


def distinct(offers: Iterable[Offer]) -> tuple[list[Offer], list[tuple[str, Offer]]]:
    """Each price once: of equal ones the first, of those that differ none."""
    groups: dict[tuple[str, ...], list[Offer]] = {}
    for offer in offers:
        key = (offer.region, offer.name, offer.kind, offer.term, offer.currency)
        groups.setdefault(key, []).append(offer)
    single, again = [], []
    for group in groups.values():
        if len({offer.price for offer in group}) > 1:
            again += [("two prices for one thing", offer) for offer in group]
        else:
            single.append(group[0])
            again += [("the same price twice", offer) for offer in group[1:]]
    by_price: dict[tuple[str, ...], int] = Counter((o.region, o.name, o.kind, o.term) for o in single)
    both = [o for o in single if by_price[o.region, o.name, o.kind, o.term] > 1]
    taken = [o for o in single if by_price[o.region, o.name, o.kind, o.term] == 1]
    return taken, [*again, *(("a price in several currencies", offer) for offer in both)]


def row_of(offer: Offer, vendor: str, source: str, stated: str) -> tuple[Table, Row]:
    """The table and row of an offer; ``valid_from`` comes when it is taken over."""
    common = {
        "ListUnitPrice": offer.price, "PricingCurrency": offer.currency, "valid_from": "", "valid_to": "",
        "basis": "published", "source": source, "as_of": stated,
    }  # fmt: skip
    region = f"{vendor}:{offer.region}"
    if offer.kind == "egress":
        to = offer.name if offer.name == "internet" else f"{vendor}:{offer.name}"
        return TRANSFER, {
            "region": region, "destination": to, "from_gib": offer.term, "PricingUnit": "GiB", **common,
        }  # fmt: skip
    sku = f"{region}:{offer.name}"
    if offer.kind == "savings_plan":
        return SAVINGS_PLANS, {"SkuId": sku, "months": offer.term, **common}
    unit = MACHINE_UNIT if offer.kind == "machine" else STORAGE_UNIT
    category = CATEGORY_OF_TERM[offer.term]
    return PRICES, {
        "SkuId": sku,
        "term": offer.term,
        "PricingCategory": category,
        "PricingUnit": unit,
        **common,
    }


def shapes_of(skus: Iterable[Row]) -> dict[str, Row]:
    """Name of a SKU to its row in any region: a type is the same machine everywhere."""
    return {row["SkuId"].split(":", 2)[2]: row for row in skus}


def sku_of(offer: Offer, vendor: str, shapes: Mapping[str, Row], source: str, stated: str) -> Row | str:
    """The row of a SKU that the region did not have, or why there is none."""
    region = f"{vendor}:{offer.region}"
    like = shapes.get(offer.name)
    if like is not None:
        return {**like, "SkuId": f"{region}:{offer.name}", "region": region}
    family = offer.name.split(".")[0]
    siblings = [row for row in shapes.values() if row["family"] == family]
    if offer.kind != "machine" or offer.shape is None:
        return "a machine or disk whose shape the catalog does not know"
    if not siblings:
        return "a family that the catalog does not hold"
    shape: Shape = offer.shape
    if shape.cards or any(row["accelerator"] or row["baseline_vcpu"] for row in siblings):
        return "cards or sustained vCPU are not stated"
    return {
        "SkuId": f"{region}:{offer.name}", "region": region, "family": family,
        "category": siblings[0]["category"], "architecture": shape.architecture, "vcpu": shape.vcpu,
        "memory_gib": shape.memory_gib, "basis": "published", "source": source, "as_of": stated,
    }  # fmt: skip


def destination_unknown(row: Row, vendor: str, looked_for: Wanted) -> bool:
    held = {f"{vendor}:{region}" for region in looked_for.regions} | {"internet"}
    return row["destination"] not in held
