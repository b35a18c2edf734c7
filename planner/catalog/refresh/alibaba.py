"""Alibaba Cloud's price list of machines: one JSON document, a key a region, type, network and system.

Format, as public clients read it: ``pricingInfo`` maps ``region::type::network::system::io`` to prices of
hours, months and years; ``currency`` and ``publicationDate`` stand at the top. Months and years are prepaid.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planner.catalog.refresh.documents import Network, client, download, malformed
from planner.catalog.refresh.offers import Offer, Reading, Wanted, exact, fields, text
from planner.catalog.refresh.streams import events
from planner.errors import BadInput

BASE = "https://g.alicdn.com"
PATH = "/aliyun/ecs-price-info-intl/2.0.421/price/download/instancePrice.json"
SUFFIXES = (".json",)


def fetch(base: str, wanted: Wanted, folder: Path, network: Network) -> list[Path]:
    """The one document."""
    with client(network) as asks:
        return [download(asks, base + PATH, folder / "instancePrice.json", network)]


def read(path: Path, wanted: Wanted, reading: Reading) -> None:
    """Add what the document offers to ``reading``.

    Raises
    ------
    BadInput
        If it is cut off or lacks prices, currency or date.
    """
    import ijson

    head: dict[str, str] = {}
    found: list[Offer] = []
    key, depth, seen = "", 0, False
    builder = ijson.ObjectBuilder()
    for prefix, event, value in events(path):
        if event == "string" and prefix in ("currency", "publicationDate", "version"):
            head[prefix] = str(value)
        elif depth == 0 and event == "map_key" and prefix == "pricingInfo":
            key, seen, builder = str(value), True, ijson.ObjectBuilder()
        elif key or depth:
            builder.event(event, value)
            depth += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
            if depth == 0:
                _entry(key, builder.value, found, wanted, reading)
                key = ""
    if len(head) < 3 or not reading.state(head["publicationDate"][:10]):
        raise BadInput([malformed(path, "it does not state currency, version and publicationDate")])
    if not seen:
        raise BadInput([malformed(path, "it has no pricingInfo")])
    for offer in found:
        reading.take(replace(offer, currency=head["currency"]))
    reading.name(f"instancePrice.json, version {head['version']} of {head['publicationDate']}")


def _entry(key: str, entry: object, found: list[Offer], wanted: Wanted, reading: Reading) -> None:
    """Add what an entry offers to ``found``: its currency may stand behind it in the document."""
    parts = key.split("::")
    if parts[0] not in wanted.regions:
        reading.elsewhere += 1
        return
    if len(parts) != 5 or not isinstance(entry, dict):
        reading.refuse("the key is not region, type, network, system, io", key)
        return
    region, name, network, system, io = parts
    if (network, system, io) != ("vpc", "linux", "optimized"):
        reading.refuse("another network or system", key)
        return
    for period in ("hours", "months", "years"):
        listed = entry.get(period, [])
        for row in listed if isinstance(listed, list) else [listed]:
            hourly = exact(fields(row).get("price"))
            if hourly is None or hourly == "0":
                reading.refuse("not a price", f"{key} {period}")
            elif period == "hours" and text(fields(row).get("period")) == "1":
                found.append(Offer(region, name, "machine", "on_demand", hourly, ""))
            else:
                reading.refuse("prepaid for months or years", f"{key} {period}")
