"""Price lists made here in the vendors' documented formats, a package for them, and a server of them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

P = "published,a price list,2026-01-01"
REGIONS = {"aws": ("ap-1", "ap-2"), "azure": ("west", "east"), "gcp": ("asia-1",), "alibaba": ("kl-3",)}


def package(root: Path, vendor: str, machines: dict[str, tuple], prices: dict[str, str]) -> Path:
    """A vendor's package: ``machines`` name to (family, category, arch, vcpu, GiB, card, cards)."""
    folder = root / vendor
    folder.mkdir(parents=True)
    regions = REGIONS[vendor]
    files = {
        "vendors.csv": "vendor,name,vendor_group,parent_jurisdiction,stack_group,market,basis,source,as_of\n"
        f"{vendor},{vendor},{vendor},US,,true,{P}\n",
        "regions.csv": "region,vendor,name,city,country,deployment,status,opens,node,zones,lat,lon,sovereign,"
        "serves_agency,basis,source,as_of\n"
        + "".join(
            f"{vendor}:{r},{vendor},{r},,MY,in_country_public,live,,{vendor}:{r},,1,100,false,,{P}\n"
            for r in regions
        ),
        "skus.csv": "SkuId,region,family,category,architecture,vcpu,memory_gib,baseline_vcpu,accelerator,"
        "accelerator_count,resource,basis,source,as_of\n"
        + "".join(
            f"{vendor}:{regions[0]}:{name},{vendor}:{regions[0]},{m[0]},{m[1]},{m[2]},{m[3]},{m[4]},,{m[5]},"
            f"{m[6]},{m[7]},{P}\n"
            for name, m in machines.items()
        ),
        "prices.csv": "SkuId,term,PricingCategory,PricingUnit,ListUnitPrice,PricingCurrency,valid_from,"
        "valid_to,basis,source,as_of\n"
        + "".join(
            f"{vendor}:{regions[0]}:{name},on_demand,Standard,{'GiB-Month' if machines[name][7] else 'Hour'},"
            f"{price},USD,2025-01-01,,{P}\n"
            for name, price in prices.items()
        ),
        "transfer.csv": "region,destination,from_gib,PricingUnit,ListUnitPrice,PricingCurrency,valid_from,"
        "valid_to,basis,source,as_of\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    cards = root / "accelerators"
    if not cards.exists():
        cards.mkdir()
        (cards / "accelerators.csv").write_text(
            f"accelerator,memory_gib,gpu_inference,gpu_training,own_stack,basis,source,as_of\nL4,24,1,1,false,{P}\n",
            encoding="utf-8",
        )
    return folder


def aws_machine(sku: str, region: str, kind: str, **other: str) -> dict:
    return {
        "sku": sku, "productFamily": "Compute Instance",
        "attributes": {
            "regionCode": region, "instanceType": kind, "operatingSystem": "Linux", "tenancy": "Shared",
            "preInstalledSw": "NA", "capacitystatus": "Used", "marketoption": "OnDemand",
            "operation": "RunInstances", "vcpu": "2", "memory": "8 GiB", "physicalProcessor": "Intel Xeon",
            **other,
        },
    }  # fmt: skip


def aws_term(sku: str, price: str, unit: str = "Hrs", begin: str = "0", **attributes: str) -> dict:
    return {
        f"{sku}.T{begin}{len(attributes)}": {
            "offerTermCode": "T", "sku": sku, "effectiveDate": "2026-09-01T00:00:00Z",
            "priceDimensions": {
                f"{sku}.T.R{begin}": {
                    "rateCode": f"{sku}.T.R{begin}", "beginRange": begin, "endRange": "Inf", "appliesTo": [],
                    "unit": unit, "pricePerUnit": {"USD": price}, "description": "x",
                }
            },
            "termAttributes": attributes,
        }
    }  # fmt: skip


def aws_list(products: list[dict], on_demand: dict, reserved: dict | None = None, code="AmazonEC2") -> bytes:
    return json.dumps(
        {
            "formatVersion": "v1.0", "disclaimer": "x", "offerCode": code, "version": "20260925",
            "publicationDate": "2026-09-25T17:45:21Z", "products": {p["sku"]: p for p in products},
            "terms": {"OnDemand": on_demand, "Reserved": reserved or {}},
        }
    ).encode()  # fmt: skip


def aws_index(code: str, regions: tuple[str, ...], savings: bool = False) -> bytes:
    rows = {
        r: {"regionCode": r, ("versionUrl" if savings else "currentVersionUrl"): f"/v/{code}/{r}/index.json"}
        for r in regions
    }
    return json.dumps({"regions": list(rows.values()) if savings else rows, "publicationDate": "x"}).encode()


def azure_item(arm: str, price: float, region: str = "west", **other: object) -> dict:
    return {
        "currencyCode": "USD", "tierMinimumUnits": 0.0, "retailPrice": price, "unitPrice": price,
        "armRegionName": region, "location": region, "effectiveStartDate": "2026-01-01T00:00:00Z",
        "meterId": "m", "meterName": arm.removeprefix("Standard_"), "productId": "p", "skuId": "s",
        "productName": "Virtual Machines Dasv5 Series", "skuName": arm.removeprefix("Standard_"),
        "serviceName": "Virtual Machines", "serviceFamily": "Compute", "unitOfMeasure": "1 Hour",
        "type": "Consumption", "isPrimaryMeterRegion": True, "armSkuName": arm, **other,
    }  # fmt: skip


def azure_page(items: list, link: str | None = None) -> bytes:
    page = {"BillingCurrency": "USD", "Items": items, "NextPageLink": link, "Count": len(items)}
    return json.dumps(page).encode()


def gcp_sku(words: str, nanos: int, usage="OnDemand", unit="h", regions=("asia-1",), units="0") -> dict:
    return {
        "name": "services/x/skus/y", "skuId": "y", "description": words,
        "category": {"serviceDisplayName": "Compute Engine", "resourceFamily": "Compute", "usageType": usage},
        "serviceRegions": list(regions),
        "pricingInfo": [
            {
                "effectiveTime": "2026-09-01T00:00:00Z",
                "pricingExpression": {
                    "usageUnit": unit, "displayQuantity": 1,
                    "tieredRates": [
                        {"startUsageAmount": 0,
                         "unitPrice": {"currencyCode": "USD", "units": units, "nanos": nanos}}
                    ],
                },
            }
        ],
    }  # fmt: skip


class PriceServer:
    """What a server holds (path with query to bytes), and how it misbehaves."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.ranges: list[str] = []
        self.failing: dict[str, list[int]] = {}  # path to statuses of the next answers
        self.cut: dict[str, int] = {}  # path to bytes after which the next answer breaks off
        self.when: dict[str, Callable[[], None]] = {}  # path to what happens when it is asked for, once
        self.base = ""


@contextmanager
def serving() -> Iterator[PriceServer]:
    """A real HTTP server on a free port."""
    state = PriceServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.asked[self.path] += 1
            if happens := state.when.pop(self.path, None):
                happens()
            if state.failing.get(self.path):
                self.send_response(state.failing[self.path].pop(0))
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = state.held.get(self.path)
            if body is None:
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            mark = f'"{hashlib.sha256(body).hexdigest()}"'
            begin, wanted = 0, self.headers.get("Range", "")
            if wanted and self.headers.get("If-Range") == mark:
                begin = int(wanted.removeprefix("bytes=").rstrip("-"))
                state.ranges.append(wanted)
            self.send_response(206 if begin else 200)
            self.send_header("ETag", mark)
            self.send_header("Content-Length", str(len(body) - begin))
            self.end_headers()
            stop = state.cut.pop(self.path, None)
            self.wfile.write(body[begin : begin + stop] if stop else body[begin:])
            if stop:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
