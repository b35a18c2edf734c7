"""The Azure Retail Prices API: pages of JSON, each naming the next.

Format: learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices (2023-01-01-preview,
the version that states savings plans). Several meters may share an ``armSkuName``: Linux, Windows, Cloud
Services, dedicated hosts, spot and low priority; they are told apart by the words of product, SKU and meter.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from planner.catalog.refresh.documents import Network, client, pages, rows_of_page
from planner.catalog.refresh.offers import HOURS_OF_A_YEAR, Offer, Reading, Wanted, exact, fields, text

BASE = "https://prices.azure.com"
PATH = "/api/retail/prices?api-version=2023-01-01-preview&$filter="
SUFFIXES = (".json",)
SERVICES = ("Virtual Machines", "Storage", "Bandwidth")
_YEARS = {"1 Year": 1, "3 Years": 3}
_MONTHS = {"1 Year": "12", "3 Years": "36"}
_OTHER_MACHINES = ("Windows", "Cloud Services", "CloudServices", "Dedicated Host", "Promo")
_DISKS = {
    "S30 LRS Disk": ("Standard HDD Managed Disks", "standard-hdd-s30"),
    "E30 LRS Disk": ("Standard SSD Managed Disks", "standard-ssd-e30"),
    "E30 ZRS Disk": ("Standard SSD Managed Disks", "standard-ssd-e30-zrs"),
    "P30 LRS Disk": ("Premium SSD Managed Disks", "premium-ssd-p30"),
    "P30 ZRS Disk": ("Premium SSD Managed Disks", "premium-ssd-p30-zrs"),
}
"""Meter to product and the catalog's name; a disk of these sizes has 1,024 GiB."""
_DISK_GIB = 1024
_OBJECTS = {"Hot LRS Data Stored": "blob-hot-lrs", "Cool LRS Data Stored": "blob-cool-lrs"}


def fetch(base: str, wanted: Wanted, folder: Path, network: Network) -> list[Path]:
    """All pages of the wanted regions."""
    documents = []
    with client(network) as asks:
        for region in sorted(wanted.regions):
            for service in SERVICES:
                url = base + PATH + quote(f"armRegionName eq '{region}' and serviceName eq '{service}'")
                place = folder / region / service.replace(" ", "-")
                documents += list(pages(asks, url, place, network, _next))
    return documents


def _next(page: dict[str, Any]) -> str:
    return text(page.get("NextPageLink"))


def read(path: Path, wanted: Wanted, reading: Reading) -> None:
    """Add what one page offers to ``reading``.

    Raises
    ------
    BadInput
        If it is no page of the list.
    """
    for item in rows_of_page(path, "Items", "Azure Retail Prices API", reading):
        if text(item.get("armRegionName")) not in wanted.regions:
            reading.elsewhere += 1
        else:
            _row(item, reading)


def _row(item: Mapping[str, Any], reading: Reading) -> None:
    product, meter = text(item.get("productName")), text(item.get("meterName"))
    region = text(item["armRegionName"])
    where = f"{region} {product} {meter}"
    price, tier = exact(item.get("retailPrice")), exact(item.get("tierMinimumUnits") or 0)
    if item.get("isPrimaryMeterRegion") is False:
        reading.refuse("not the primary meter of the region", where)
    elif price is None or tier is None:
        reading.refuse("not a price", f"{where} {text(item.get('retailPrice'))}")
    elif item.get("type") == "DevTestConsumption":
        reading.refuse("for development and test only", where)
    elif item.get("type") not in ("Consumption", "Reservation"):
        reading.refuse("another type of price", f"{where} {text(item.get('type'))}")
    elif item.get("serviceName") == "Virtual Machines":
        _machine(item, region, product, price, where, reading)
    elif product == "Rtn Preference: MGN" and meter == "Standard Data Transfer Out":
        reading.take(Offer(region, "internet", "egress", tier, price, text(item.get("currencyCode"))))
    elif item.get("serviceName") == "Storage":
        _storage(item, region, product, meter, tier, where, reading)
    else:
        reading.refuse("not kept in the catalog", where)


def _machine(
    item: Mapping[str, Any], region: str, product: str, price: str, where: str, reading: Reading
) -> None:
    words = f"{product} {text(item.get('skuName'))} {text(item.get('meterName'))}"
    name, currency = text(item.get("armSkuName")), text(item.get("currencyCode"))
    years = _YEARS.get(text(item.get("reservationTerm")), 0)
    if not name:
        reading.refuse("names no machine", where)
    elif any(word in words for word in _OTHER_MACHINES):
        reading.refuse("a meter of something else with the same name (Windows, Cloud Services, host)", where)
    elif "Low Priority" in words:
        reading.refuse("low priority, which is no longer sold to new machines", where)
    elif price == "0":
        reading.refuse("a price of nothing", where)
    elif item.get("type") == "Reservation" and not years:
        reading.refuse("reserved otherwise than for 1 or 3 years", where)
    elif item.get("type") == "Reservation":
        hourly = exact(price, years * HOURS_OF_A_YEAR)
        if hourly is None:
            reading.refuse("not a price", where)
        else:
            reading.take(Offer(region, name, "machine", f"commit_{years}y", hourly, currency))
    elif item.get("unitOfMeasure") != "1 Hour":
        reading.refuse("not by the hour", where)
    else:
        term = "spot" if "Spot" in words else "on_demand"
        reading.take(Offer(region, name, "machine", term, price, currency))
        plans = item.get("savingsPlan") or []
        for plan in (plans if isinstance(plans, list) else [plans]) if term == "on_demand" else ():
            rate, months = exact(fields(plan).get("retailPrice")), _MONTHS.get(text(fields(plan).get("term")))
            if rate is None or rate == "0" or months is None:
                reading.refuse("not a price", f"{where} savings plan")
            else:
                reading.take(Offer(region, name, "savings_plan", months, rate, currency))


def _storage(
    item: Mapping[str, Any], region: str, product: str, meter: str, tier: str, where: str, reading: Reading
) -> None:
    unit, currency = item.get("unitOfMeasure"), text(item.get("currencyCode"))
    disk = meter in _DISKS and _DISKS[meter][0] == product and unit == "1/Month"
    price = exact(item.get("retailPrice"), _DISK_GIB if disk else 1)
    if item.get("type") != "Consumption" or tier != "0":
        reading.refuse("not kept in the catalog", where)
    elif price is None or price == "0":
        reading.refuse("a price of nothing", where)
    elif disk:
        reading.take(Offer(region, _DISKS[meter][1], "storage", "on_demand", price, currency))
    elif meter in _OBJECTS and product == "General Block Blob v2" and unit == "1 GB/Month":
        name = _OBJECTS[meter]
        reading.take(Offer(region, name, "storage", "on_demand", price, currency))
    else:
        reading.refuse("not kept in the catalog", where)
