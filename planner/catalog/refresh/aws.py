"""The AWS Price List bulk files: EC2 with EBS, S3, data transfer and savings plans, as JSON or CSV.

Format v1.0: docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/bulk-api-reading-price-list-files.html.
The files have hundreds of megabytes; they are streamed, and only what is wanted is kept.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin

from planner.catalog.refresh.documents import Network, client, download, malformed, read_object
from planner.catalog.refresh.offers import Offer, Reading, Shape, Wanted, exact
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
                code = row.get("regionCode") if isinstance(row, dict) else None
                if code in wanted.regions:
                    address = str(row.get("currentVersionUrl") or row.get("versionUrl") or "")
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
    import ijson

    if path.name == "index.json":
        return
    try:
        with path.open("rb") as stream:
            head = _head(stream)
        if "offerCode" in head and head.get("formatVersion") != "v1.0":
            raise BadInput([malformed(path, f"format {head.get('formatVersion')!r} is not v1.0")])
        day = str(head.get("publicationDate", ""))[:10]
        if not day:
            raise BadInput([malformed(path, "it has no publicationDate")])
        reading.state(day)
        if "offerCode" in head:
            _read_offers(path, wanted, reading)
        else:
            _read_savings(path, wanted, reading)
        reading.documents.append(f"{head.get('offerCode', 'savings plans')} of {head['publicationDate']}")
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise BadInput([malformed(path, str(error))]) from error


def _head(stream: IO[bytes]) -> dict[str, Any]:
    """Plain values at the top of the document, as far as its products."""
    import ijson

    head = {}
    for prefix, event, value in ijson.parse(stream):
        if event in ("string", "number") and prefix and "." not in prefix:
            head[prefix] = value
        elif (event == "start_map" and prefix == "products") or (
            event == "start_array" and prefix == "products"
        ):
            break
    return head


def _read_offers(path: Path, wanted: Wanted, reading: Reading) -> None:
    import ijson

    products: dict[str, tuple[str, str, str, Shape | None]] = {}
    found = False
    with path.open("rb") as stream:
        for sku, product in ijson.kvitems(stream, "products"):
            found = True
            if isinstance(product, dict):
                _know(sku, product.get("productFamily"), product.get("attributes"), wanted, reading, products)
            else:
                reading.refuse("the product is no object", str(sku))
    if not found:
        raise BadInput([malformed(path, "it lists no products")])
    for term in ("OnDemand", "Reserved"):
        with path.open("rb") as stream:
            for sku, offers in ijson.kvitems(stream, f"terms.{term}"):
                if sku not in products:
                    continue
                for offer in _values(offers):
                    attributes = offer.get("termAttributes")
                    for rate in _values(offer.get("priceDimensions")):
                        prices = rate.get("pricePerUnit")
                        for currency, price in prices.items() if isinstance(prices, dict) else ():
                            row = {
                                **({} if not isinstance(attributes, dict) else attributes),
                                "unit": rate.get("unit"), "begin": rate.get("beginRange"),
                            }  # fmt: skip
                            _offer(products[sku], term, row, price, str(currency), reading)


def _values(thing: object) -> Iterator[dict[str, Any]]:
    if isinstance(thing, dict):
        yield from (value for value in thing.values() if isinstance(value, dict))


def _know(
    sku: str,
    family: object,
    attributes: object,
    wanted: Wanted,
    reading: Reading,
    products: dict[str, tuple[str, str, str, Shape | None]],
) -> None:
    """Keep a product whose prices are wanted, under its sku."""
    a = attributes if isinstance(attributes, dict) else {}
    region = str(a.get("regionCode") or a.get("fromRegionCode") or "")
    if region not in wanted.regions:
        reading.elsewhere += 1
        return
    kind = str(family or "")
    if kind.startswith("Compute Instance"):
        if all(str(a.get(key, "")) in values for key, values in _USUAL.items()) and a.get("instanceType"):
            products[sku] = ("machine", region, str(a["instanceType"]), _shape(a))
        else:
            products[sku] = ("another kind of machine (system, tenancy, software)", region, sku, None)
    elif kind == "Storage" and str(a.get("volumeApiName")) in _DISKS:
        products[sku] = ("storage", region, str(a["volumeApiName"]), None)
    elif kind == "Storage" and str(a.get("volumeType")) in _OBJECTS:
        products[sku] = ("storage", region, _OBJECTS[str(a["volumeType"])], None)
    elif kind == "Storage Snapshot" and str(a.get("usagetype", "")).endswith("EBS:SnapshotUsage"):
        products[sku] = ("storage", region, "snapshot", None)
    elif kind == "Data Transfer" and a.get("transferType") == "AWS Outbound":
        products[sku] = ("egress", region, "internet", None)
    elif (
        kind == "Data Transfer" and a.get("transferType") == "InterRegion Outbound" and a.get("toRegionCode")
    ):
        products[sku] = ("egress", region, str(a["toRegionCode"]), None)
    else:
        products[sku] = (f"not kept in the catalog ({kind[:40] or 'no productFamily'})", region, sku, None)


def _shape(a: Mapping[str, Any]) -> Shape | None:
    vcpu, memory = exact(a.get("vcpu")), exact(str(a.get("memory", "")).removesuffix(" GiB").replace(",", ""))
    if not vcpu or not memory:
        return None
    architecture = "arm" if "Graviton" in str(a.get("physicalProcessor", "")) else "x86"
    return Shape(vcpu, memory, architecture, str(a.get("gpu") or ""))


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
    unit, begin = str(row.get("unit")), exact(row.get("begin") or 0)
    where = f"{region} {name} {term}"
    if kind not in ("machine", "storage", "egress"):
        reading.refuse(kind, where)
    elif known is None or begin is None:
        reading.refuse("not a price", f"{where} {price!r}")
    elif kind == "machine" and term == "OnDemand":
        if unit != "Hrs":
            reading.refuse("not by the hour", f"{where} {unit}")
        elif known == "0":
            reading.refuse("a price of nothing", where)
        else:
            reading.offers.append(Offer(region, name, kind, "on_demand", known, currency, shape))
    elif kind == "machine":
        years = _YEARS.get(str(row.get("LeaseContractLength")).replace(" ", ""))
        if row.get("OfferingClass") != "standard" or years is None:
            reading.refuse("reserved otherwise than standard for 1 or 3 years", where)
        elif row.get("PurchaseOption") != "No Upfront":
            reading.refuse("paid at the start", where)
        elif unit != "Hrs" or known == "0":
            reading.refuse("not by the hour", f"{where} {unit}")
        else:
            reading.offers.append(Offer(region, name, kind, f"commit_{years}y", known, currency, shape))
    elif unit not in ("GB-Mo", "GB"):
        reading.refuse("not by the GB", f"{where} {unit}")
    elif kind == "egress":
        # The free 100 GB of an account are no tier of the region: the first paid one begins behind them.
        tier = "100" if begin == "0" and name == "internet" and known != "0" else begin
        reading.offers.append(Offer(region, name, kind, tier, known, currency))
    elif name == "s3-standard" and begin != "51200":
        reading.refuse("another tier of object storage than 50 to 500 TB", where)
    elif name != "s3-standard" and begin != "0":
        reading.refuse("a later tier of storage", where)
    else:
        reading.offers.append(Offer(region, name, kind, "on_demand", known, currency))


def _read_savings(path: Path, wanted: Wanted, reading: Reading) -> None:
    """Compute savings plans without payment at the start: a discounted rate for each machine."""
    import ijson

    plans = {}
    with path.open("rb") as stream:
        for product in ijson.items(stream, "products.item"):
            attributes = product.get("attributes", {}) if isinstance(product, dict) else {}
            plans[str(product.get("sku") if isinstance(product, dict) else "")] = attributes
    if not plans:
        raise BadInput([malformed(path, "it lists no products")])
    with path.open("rb") as stream:
        for plan in ijson.items(stream, "terms.savingsPlan.item"):
            length = plan.get("leaseContractLength") or {}
            months = {"year": 12, "month": 1}.get(str(length.get("unit")).lower().rstrip("s"), 0)
            months *= int(exact(length.get("duration")) or 0)
            upfront = plans.get(str(plan.get("sku")), {}).get("purchaseOption") != "No Upfront"
            for rate in plan.get("rates") or ():
                _saving(rate if isinstance(rate, dict) else {}, months, upfront, wanted, reading)


def _saving(rate: Mapping[str, Any], months: int, upfront: bool, wanted: Wanted, reading: Reading) -> None:
    region, name = str(rate.get("discountedRegionCode")), str(rate.get("discountedInstanceType"))
    if region not in wanted.regions:
        reading.elsewhere += 1
        return
    price = rate.get("discountedRate")
    known = exact(price.get("price")) if isinstance(price, dict) else None
    usage = str(rate.get("discountedUsageType"))
    plain = rate.get("discountedOperation") == "RunInstances" and f"BoxUsage:{name}" in usage
    where = f"{region} {name} savings plan"
    if rate.get("discountedServiceCode") != "AmazonEC2" or not plain:
        reading.refuse("another kind of machine (system, tenancy, software)", where)
    elif upfront:
        reading.refuse("paid at the start", where)
    elif known is None or known == "0" or not months or not isinstance(price, dict):
        reading.refuse("not a price", where)
    else:
        currency = str(price.get("currency"))
        reading.offers.append(Offer(region, name, "savings_plan", str(months), known, currency))


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
            reading.state(head.get("Publication Date", "")[:10])
            reading.documents.append(f"{head.get('OfferCode')} of {head.get('Publication Date')}")
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
