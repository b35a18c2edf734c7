"""Alibaba Cloud's price list of machines: one JSON document, a key a region, type, network and system.

Format, as public clients read it: ``pricingInfo`` maps ``region::type::network::system::io`` to prices of
hours, months and years; ``currency`` and ``publicationDate`` stand at the top. Months and years are prepaid.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.catalog.refresh.documents import Network, client, download, malformed
from planner.catalog.refresh.offers import HOURS_OF_A_YEAR, Offer, Reading, Wanted, exact
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

    head: dict[str, Any] = {}
    try:
        with path.open("rb") as stream:
            for prefix, event, value in ijson.parse(stream):
                if event == "string" and prefix in ("currency", "publicationDate", "version"):
                    head[prefix] = value
        if len(head) < 3:
            raise BadInput([malformed(path, "it does not state currency, version and publicationDate")])
        found = False
        with path.open("rb") as stream:
            for key, entry in ijson.kvitems(stream, "pricingInfo"):
                found = True
                _entry(str(key), entry, str(head["currency"]), wanted, reading)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise BadInput([malformed(path, str(error))]) from error
    if not found:
        raise BadInput([malformed(path, "it has no pricingInfo")])
    reading.state(str(head["publicationDate"])[:10])
    reading.documents.append(f"instancePrice.json, version {head['version']} of {head['publicationDate']}")


def _entry(key: str, entry: object, currency: str, wanted: Wanted, reading: Reading) -> None:
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
    for period, divisor in (("hours", 1), ("months", 0), ("years", HOURS_OF_A_YEAR)):
        rows = entry.get(period)
        for row in rows if isinstance(rows, list) else ():
            price = row.get("price") if isinstance(row, dict) else None
            length = str(row.get("period")) if isinstance(row, dict) else ""
            hourly = exact(price, divisor or 1)
            if hourly is None or hourly == "0":
                reading.refuse("not a price", f"{key} {period} {price!r}")
            elif period == "hours" and length == "1":
                reading.offers.append(Offer(region, name, "machine", "on_demand", hourly, currency))
            else:
                reading.refuse("prepaid for months or years", f"{key} {period}")
