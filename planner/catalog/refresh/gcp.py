"""The Google Cloud Billing Catalog: prices of cores, memory and accelerators, composed by machine.

Format: cloud.google.com/billing/docs/reference/rest/v1/services.skus/list. A price is units and nanos (1e-9)
of a currency; a machine costs its vCPU at the family's core price, its GiB at the memory price, its cards.
The live interface asks for a key, which is read from the environment and neither stored nor printed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from planner.catalog.refresh.documents import Network, client, pages, rows_of_page
from planner.catalog.refresh.offers import Offer, Reading, Wanted, exact, fields, rows, text
from planner.errors import Unavailable

BASE = "https://cloudbilling.googleapis.com"
PATH = "/v1/services/6F81-5844-456A/skus?pageSize=5000"
SUFFIXES = (".json",)
KEY = "GOOGLE_API_KEY"
_TERMS = {"OnDemand": "on_demand", "Preemptible": "spot", "Commit1Yr": "commit_1y", "Commit3Yr": "commit_3y"}
_PART = re.compile(
    r"(?:Spot Preemptible |Commitment(?: v\d)?: )?(?P<family>[A-Z]\d[A-Z]?)(?: AMD| Arm| Intel)?"
    r"(?: Predefined)?"
    r"(?: Instance (?P<part>Core|Ram) running in| (?P<bound>Cpu|Ram) in) "
)
_CARD = re.compile(
    r"(?:(?:Nvidia|Spot Preemptible Nvidia|Commitment(?: v\d)?: Nvidia) )"
    r"(?:Tesla )?(?P<card>[A-Z]+\d+[A-Z]*)(?: (?P<size>\d+)GB)?(?: Mega)? GPU "
)
_PARTS = {"Core": "core", "Cpu": "core", "Ram": "ram"}
_UNITS = {"core": "h", "ram": "GiBy.h", "card": "h"}


def fetch(base: str, wanted: Wanted, folder: Path, network: Network) -> list[Path]:
    """All pages of the compute service.

    Raises
    ------
    Unavailable
        If the vendor is asked without a key in the environment.
    """
    key = os.environ.get(KEY, "")
    if base == BASE and not key:
        raise Unavailable(f"{BASE} asks for a key: set {KEY}, or give documents with --input")
    sent = Network(network.tries, network.pause, (*network.headers, ("X-Goog-Api-Key", key)), network.tell)
    with client(sent if key else network) as asks:
        return list(pages(asks, base + PATH, folder, network, lambda page: _next(page)))


def _next(page: dict[str, Any]) -> str:
    token = page.get("nextPageToken")
    return f"{PATH}&pageToken={quote(str(token), safe='')}" if token else ""


def read(path: Path, wanted: Wanted, reading: Reading, parts: dict[tuple[str, ...], str]) -> None:
    """Add the prices of parts that one page states to ``parts``; :func:`compose` makes machines of them.

    Raises
    ------
    BadInput
        If it is no page of the catalog.
    """
    for sku in rows_of_page(path, "skus", "Google Cloud Billing Catalog, Compute Engine", reading):
        regions = sku.get("serviceRegions")
        here = wanted.regions & {text(r) for r in regions} if isinstance(regions, list) else frozenset()
        if not here:
            reading.elsewhere += 1
        for region in sorted(here):
            _part(sku, region, reading, parts)


def _part(sku: Mapping[str, Any], region: str, reading: Reading, parts: dict[tuple[str, ...], str]) -> None:
    words, usage = text(sku.get("description")), text(fields(sku.get("category")).get("usageType"))
    part, card = _PART.match(words), _CARD.match(words)
    if usage in _TERMS and part:
        what, name = _PARTS[part["part"] or part["bound"]], part["family"].lower()
    elif usage in _TERMS and card:
        what, name = "card", card["card"] + (f"-{card['size']}GB" if card["size"] else "")
    else:
        reading.refuse("not a core, memory or accelerator of a machine", f"{region} {words} {usage}")
        return
    price, currency, wrong = _price(sku, _UNITS[what])
    if wrong:
        reading.refuse(wrong, f"{region} {words}")
        return
    key = (region, name, what, _TERMS[usage], currency)
    if parts.setdefault(key, price) != price:
        reading.refuse("another price for the same part", f"{region} {words}")


def _price(sku: Mapping[str, Any], unit: str) -> tuple[str, str, str]:
    """Price, currency, and what is wrong with them, blank if nothing."""
    expression = fields((rows(sku.get("pricingInfo")) or [{}])[-1].get("pricingExpression"))
    tiers = expression.get("tieredRates")
    rates = rows(tiers)
    if isinstance(tiers, list) and len(tiers) > 1:
        return "", "", "priced in tiers"
    paid = fields(rates[0].get("unitPrice")) if rates and not rates[0].get("startUsageAmount") else {}
    units, nanos = exact(paid.get("units") or 0), exact(paid.get("nanos") or 0)
    if not paid or units is None or nanos is None:
        return "", "", "not a price"
    if expression.get("usageUnit") != unit:
        return "", "", "another unit than the hour"
    amount, currency = Decimal(units) + Decimal(nanos).scaleb(-9), text(paid.get("currencyCode"))
    price = exact(amount)
    if price is None:
        return "", "", "not a price"
    return (price, currency, "") if price != "0" else ("", "", "a price of nothing")


def compose(wanted: Wanted, reading: Reading, parts: Mapping[tuple[str, ...], str]) -> None:
    """An offer for each machine of the catalog whose parts all have a price."""
    currencies = sorted({key[4] for key in parts})
    for (region, name), machine in sorted(wanted.machines.items()):
        if machine["category"] in ("block", "object"):
            continue
        needs = [
            (machine["family"], "core", Decimal(machine["vcpu"])),
            (machine["family"], "ram", Decimal(machine["memory_gib"])),
        ]
        if machine["accelerator"]:
            count = Decimal(machine["accelerator_count"])
            needs.append((_card_name(machine["accelerator"], parts), "card", count))
        for term in _TERMS.values():
            for currency in currencies:
                prices = [parts.get((region, of, what, term, currency)) for of, what, _ in needs]
                if None not in prices:
                    paid = (Decimal(str(p)) * n for p, (_, _, n) in zip(prices, needs, strict=True))
                    total = exact(sum(paid, Decimal()))
                    if total is None:
                        reading.refuse("not a price", f"{region} {name} {term}")
                    else:
                        reading.take(Offer(region, name, "machine", term, total, currency))
                elif any(prices):
                    reading.refuse("a part of the machine has no price", f"{region} {name} {term}")


def _card_name(card: str, parts: Mapping[tuple[str, ...], str]) -> str:
    """The list's name of a card: it adds the memory where the catalog's name does not need it."""
    names = {key[1] for key in parts if key[2] == "card"}
    near = sorted(n for n in names if n == card or n.startswith(f"{card}-"))
    return near[0] if near else card
