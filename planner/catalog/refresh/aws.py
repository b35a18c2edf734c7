"""The AWS Price List bulk files: EC2 with EBS, S3, data transfer and savings plans, as JSON or CSV.

Format v1.0: docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/bulk-api-reading-price-list-files.html.
The files have hundreds of megabytes; they are streamed, and only what is wanted is kept.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from planner.catalog.refresh.documents import Network, client, download, malformed, read_object
from planner.catalog.refresh.offers import Offer, Reading, Shape, Wanted, exact, fields, text
from planner.catalog.refresh.streams import events, pairs, values
from planner.errors import BadInput

BASE = "https://pricing.us-east-1.amazonaws.com"
SUFFIXES = (".json", ".csv")
SERVICES = (
    "/offers/v1.0/aws/AmazonEC2/current/region_index.json",
    "/offers/v1.0/aws/AmazonS3/current/region_index.json",
    "/offers/v1.0/aws/AWSDataTransfer/current/region_index.json",
    "/savingsPlan/v1.0/aws/AWSComputeSavingsPlan/current/region_index.json",
)
_YEARS = {"1yr": 1, "3yr": 3}
_DISKS = {"gp2", "gp3", "io1", "io2", "st1", "sc1"}
_OBJECTS = {"Standard": "s3-standard", "Standard - Infrequent Access": "s3-standard-ia"}
_USUAL = {
    "operatingSystem": ("Linux",),
    "tenancy": ("Shared",),
    "preInstalledSw": ("NA",),
    "capacitystatus": ("Used",),
    "marketoption": ("OnDemand", ""),
    "operation": ("RunInstances",),
}
"""The plain machine among the products that share its type; another value is another product."""


def fetch(base: str, wanted: Wanted, folder: Path, network: Network) -> list[Path]:
    """The documents of the wanted regions, by the versions that the indices name now."""
    documents = []
    with client(network) as asks:
        for service in SERVICES:
            name = service.split("/")[-3]
            index = read_object(download(asks, urljoin(base, service), folder / name / "index.json", network))
            regions = index.get("regions")
            rows = regions.values() if isinstance(regions, dict) else regions
            if not isinstance(regions, dict | list):
                raise BadInput([malformed(folder / name / "index.json", "it names no regions")])
            for row in rows or ():
                code = text(fields(row).get("regionCode"))
                if code in wanted.regions:
                    address = text(row.get("currentVersionUrl")) or text(row.get("versionUrl"))
                    path = folder / name / f"{code}.json"
                    documents.append(download(asks, urljoin(base, address), path, network))
    return documents


def read(path: Path, wanted: Wanted, reading: Reading) -> None:
    """Add what one document offers to ``reading``.

    Raises
    ------
    BadInput
        If it is cut off, not in format v1.0, or lacks what every price list has.
    """
    if path.suffix.lower() == ".csv":
        _read_csv(path, wanted, reading)
        return
    head = _head(path)
    if "regions" in head:
        return  # an index of regions, which has no prices itself
    if "offerCode" in head and head.get("formatVersion") != "v1.0":
        raise BadInput([malformed(path, f"format {head.get('formatVersion')!r} is not v1.0")])
    if not reading.state(head.get("publicationDate", "")[:10]):
        raise BadInput([malformed(path, "it has no publicationDate")])
    if "offerCode" in head:
        _read_offers(path, wanted, reading)
    else:
        _read_savings(path, wanted, reading)
    reading.name(f"{head.get('offerCode', 'savings plans')} of {head['publicationDate']}")


def _head(path: Path) -> dict[str, str]:
    """Plain values at the top of the document, as far as its products, or the regions of an index."""
    head = {}
    for prefix, event, value in events(path):
        if event in ("string", "number") and prefix and "." not in prefix:
            head[prefix] = text(value)
        elif prefix in ("products", "regions") and event in ("start_map", "start_array"):
            return head if prefix == "products" else {"regions": ""}
    return head


def _read_offers(path: Path, wanted: Wanted, reading: Reading) -> None:
    products: dict[str, tuple[str, str, str, Shape | None]] = {}
    found = False
    for sku, product in pairs(path, "products"):
        found = True
        if isinstance(product, dict):
            _know(sku, product.get("productFamily"), product.get("attributes"), wanted, reading, products)
        else:
            reading.refuse("the product is no object", str(sku))
    if not found:
        raise BadInput([malformed(path, "it lists no products")])
    for term in ("OnDemand", "Reserved"):
        for sku, offers in pairs(path, f"terms.{term}"):
            for offer in _values(offers) if sku in products else ():
                for rate in _values(offer.get("priceDimensions")):
                    row = {
                        **fields(offer.get("termAttributes")),
                        "unit": rate.get("unit"),
                        "begin": rate.get("beginRange"),
                    }
                    for currency, price in (fields(rate.get("pricePerUnit")) or {"": None}).items():
                        _offer(products[sku], term, row, price, currency, reading)


def _values(thing: object) -> Iterator[Mapping[str, Any]]:
    """The objects within one; an empty one stands for what is none, so that it is refused and counted."""
    yield from map(fields, (fields(thing) or {"": None}).values())


def _know(
    sku: str,
    family: object,
    attributes: object,
    wanted: Wanted,
    reading: Reading,
    products: dict[str, tuple[str, str, str, Shape | None]],
) -> None:
    """Keep a product whose prices are wanted, under its sku."""
    a = {key: text(value) for key, value in fields(attributes).items()}
    region = a.get("regionCode") or a.get("fromRegionCode") or ""
    if region not in wanted.regions:
        reading.elsewhere += 1
        return
    kind = text(family)
    if kind.startswith("Compute Instance"):
        if all(a.get(key, "") in values for key, values in _USUAL.items()) and a.get("instanceType"):
            products[sku] = ("machine", region, a["instanceType"], _shape(a))
        else:
            products[sku] = ("another kind of machine (system, tenancy, software)", region, sku, None)
    elif kind == "Storage" and a.get("volumeApiName") in _DISKS:
        products[sku] = ("storage", region, a["volumeApiName"], None)
    elif kind == "Storage" and a.get("volumeType") in _OBJECTS:
        products[sku] = ("storage", region, _OBJECTS[a["volumeType"]], None)
    elif kind == "Storage Snapshot" and a.get("usagetype", "").endswith("EBS:SnapshotUsage"):
        products[sku] = ("storage", region, "snapshot", None)
    elif kind == "Data Transfer" and a.get("transferType") == "AWS Outbound":
        products[sku] = ("egress", region, "internet", None)
    elif (
        kind == "Data Transfer" and a.get("transferType") == "InterRegion Outbound" and a.get("toRegionCode")
    ):
        products[sku] = ("egress", region, a["toRegionCode"], None)
    else:
        products[sku] = (f"not kept in the catalog ({kind[:40] or 'no productFamily'})", region, sku, None)


def _shape(a: Mapping[str, str]) -> Shape | None:
    vcpu, memory = exact(a.get("vcpu")), exact(a.get("memory", "").removesuffix(" GiB").replace(",", ""))
    if vcpu in (None, "0") or memory in (None, "0"):
        return None
    architecture = "arm" if "Graviton" in a.get("physicalProcessor", "") else "x86"
    return Shape(str(vcpu), str(memory), architecture, a.get("gpu", ""))


def _offer(
    product: tuple[str, str, str, Shape | None],
    term: str,
    row: Mapping[str, Any],
    price: object,
    currency: str,
    reading: Reading,
) -> None:
    kind, region, name, shape = product
    known = exact(price)
    unit, begin = text(row.get("unit")), exact(row.get("begin") or 0)
    where = f"{region} {name} {term}"
    if kind not in ("machine", "storage", "egress"):
        reading.refuse(kind, where)
    elif known is None or begin is None:
        reading.refuse("not a price", f"{where} {text(price)}")
    elif kind == "machine" and term == "OnDemand":
        if unit != "Hrs":
            reading.refuse("not by the hour", f"{where} {unit}")
        elif known == "0":
            reading.refuse("a price of nothing", where)
        else:
            reading.take(Offer(region, name, kind, "on_demand", known, currency, shape))
    elif kind == "machine":
        years = _YEARS.get(text(row.get("LeaseContractLength")).replace(" ", ""))
        if row.get("OfferingClass") != "standard" or years is None:
            reading.refuse("reserved otherwise than standard for 1 or 3 years", where)
        elif row.get("PurchaseOption") != "No Upfront":
            reading.refuse("paid at the start", where)
        elif unit != "Hrs" or known == "0":
            reading.refuse("not by the hour", f"{where} {unit}")
        else:
            reading.take(Offer(region, name, kind, f"commit_{years}y", known, currency, shape))
    elif unit not in ("GB-Mo", "GB"):
        reading.refuse("not by the GB", f"{where} {unit}")
    elif kind == "egress":
        # The free 100 GB of an account are no tier of the region: the first paid one begins behind them.
        tier = "100" if begin == "0" and name == "internet" and known != "0" else begin
        reading.take(Offer(region, name, kind, tier, known, currency))
    elif name == "s3-standard" and begin != "51200":
        reading.refuse("another tier of object storage than 50 to 500 TB", where)
    elif name != "s3-standard" and begin != "0":
        reading.refuse("a later tier of storage", where)
    else:
        reading.take(Offer(region, name, kind, "on_demand", known, currency))


def _read_savings(path: Path, wanted: Wanted, reading: Reading) -> None:
    """Compute savings plans without payment at the start: a discounted rate for each machine."""
    plans = {}
    found = False
    for product in values(path, "products"):
        found = True
        plans[text(fields(product).get("sku"))] = fields(fields(product).get("attributes"))
    if not found:
        raise BadInput([malformed(path, "it lists no products")])
    for plan in values(path, "terms.savingsPlan"):
        length = fields(fields(plan).get("leaseContractLength"))
        unit = {"year": 12, "month": 1}.get(text(length.get("unit")).lower().rstrip("s"), 0)
        duration = exact(length.get("duration")) or ""
        months = unit * int(duration) if re.fullmatch(r"\d{1,3}", duration) else 0
        plain = plans.get(text(fields(plan).get("sku")), {}).get("purchaseOption") == "No Upfront"
        rates = fields(plan).get("rates")
        if not isinstance(rates, list):
            reading.refuse("not a price", "a savings plan without rates")
            continue
        for rate in rates:
            _saving(fields(rate), months, not plain, wanted, reading)


def _saving(rate: Mapping[str, Any], months: int, upfront: bool, wanted: Wanted, reading: Reading) -> None:
    region, name = text(rate.get("discountedRegionCode")), text(rate.get("discountedInstanceType"))
    if region not in wanted.regions:
        reading.elsewhere += 1
        return
    price = fields(rate.get("discountedRate"))
    known, usage = exact(price.get("price")), text(rate.get("discountedUsageType"))
    plain = rate.get("discountedOperation") == "RunInstances" and f"BoxUsage:{name}" in usage
    where = f"{region} {name} savings plan"
    if rate.get("discountedServiceCode") != "AmazonEC2" or not plain:
        reading.refuse("another kind of machine (system, tenancy, software)", where)
    elif upfront:
        reading.refuse("paid at the start", where)
    elif known is None or known == "0" or not months:
        reading.refuse("not a price", where)
    else:
        currency = text(price.get("currency"))
        reading.take(Offer(region, name, "savings_plan", str(months), known, currency))


_CSV = {
    "instanceType": "Instance Type", "operatingSystem": "Operating System", "tenancy": "Tenancy",
    "preInstalledSw": "Pre Installed S/W", "capacitystatus": "CapacityStatus", "marketoption": "MarketOption",
    "operation": "operation", "regionCode": "Region Code", "vcpu": "vCPU", "memory": "Memory", "gpu": "GPU",
    "physicalProcessor": "Physical Processor", "volumeApiName": "Volume API Name",
    "volumeType": "Volume Type", "usagetype": "usageType", "transferType": "Transfer Type",
    "toRegionCode": "To Region Code", "fromRegionCode": "From Region Code",
}  # fmt: skip


def _read_csv(path: Path, wanted: Wanted, reading: Reading) -> None:
    """The same list as CSV: five rows about it, a header, a row a price."""
    with path.open(encoding="utf-8", newline="", errors="strict") as stream:
        try:
            lines = csv.reader(stream, strict=True)
            head = {row[0]: row[1] for row in (next(lines, []) for _ in range(5)) if len(row) > 1}
            header = next(lines, [])
            needed = {"SKU", "TermType", "Unit", "PricePerUnit", "Currency", "Product Family"}
            if head.get("FormatVersion") != "v1.0" or not needed <= set(header):
                lacking = ", ".join(sorted(needed - set(header))) or "FormatVersion v1.0"
                raise BadInput([malformed(path, f"it lacks {lacking}")])
            if not reading.state(head.get("Publication Date", "")[:10]):
                raise BadInput([malformed(path, "it has no Publication Date")])
            reading.name(f"{head.get('OfferCode')} of {head.get('Publication Date')}")
            for row in lines:
                if len(row) != len(header):
                    reading.refuse("the row is ragged", ",".join(row))
                    continue
                cells = dict(zip(header, row, strict=True))
                _csv_row(cells, wanted, reading)
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadInput([malformed(path, str(error))]) from error


def _csv_row(cells: Mapping[str, str], wanted: Wanted, reading: Reading) -> None:
    products: dict[str, tuple[str, str, str, Shape | None]] = {}
    attributes = {key: cells.get(column, "") for key, column in _CSV.items()}
    _know("row", cells["Product Family"], attributes, wanted, reading, products)
    if "row" not in products:
        return
    row = {
        "unit": cells["Unit"],
        "begin": cells.get("StartingRange") or 0,
        "LeaseContractLength": cells.get("LeaseContractLength"),
        "OfferingClass": cells.get("OfferingClass"),
        "PurchaseOption": cells.get("PurchaseOption"),
    }
    _offer(products["row"], cells["TermType"], row, cells["PricePerUnit"], cells["Currency"], reading)
