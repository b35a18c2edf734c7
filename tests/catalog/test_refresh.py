"""The real client and readers against price lists made here, served by a real server or from files."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from urllib.parse import quote

import pytest
from price_lists import (
    aws_index,
    aws_list,
    aws_machine,
    aws_term,
    azure_item,
    azure_page,
    gcp_sku,
    package,
    serving,
)

from planner.catalog.load import read_folders
from planner.catalog.refresh.accept import accept
from planner.catalog.refresh.azure import PATH
from planner.catalog.refresh.azure import SERVICES as AZURE
from planner.catalog.refresh.documents import Network, NotFetched
from planner.catalog.refresh.run import refresh
from planner.catalog.supersede import read_rows
from planner.errors import BadInput, NotWritten, UnknownName

DAY = date(2026, 11, 29)
QUICK = Network(tries=4, pause=0.0)
M7I = ("m7i", "general", "x86", 2, 8, "", "", "")
DISK = ("gp3", "block", "", "", "", "", "", "block_gib")


def _prices(folder, vendor):
    return {
        (row["SkuId"], row["term"]): row["ListUnitPrice"]
        for row in read_rows(folder / vendor / "prices.csv")
        if not row["valid_to"]
    }


def _balanced(proposal):
    n = proposal.counts
    assert n["read"] == n["added"] + n["repriced"] + n["confirmed"] + n["refused"]
    assert sum(proposal.refused.values()) == n["refused"]
    return n


# AWS


@pytest.fixture
def aws(tmp_path):
    machines = {"m7i.large": M7I, "m7i.xlarge": (*M7I[:3], 4, 16, *M7I[5:]), "gp3": DISK}
    return package(
        tmp_path / "held", "aws", machines, {"m7i.large": "0.1", "m7i.xlarge": "0.2", "gp3": "0.09"}
    )


def _aws_documents():
    products = [
        aws_machine("A", "ap-1", "m7i.large"),
        aws_machine("B", "ap-1", "m7i.large", operatingSystem="Windows"),
        aws_machine("C", "ap-1", "m7i.2xlarge", vcpu="8", memory="32 GiB"),
        aws_machine("D", "ap-9", "m7i.large"),
        aws_machine("E", "ap-1", "z1.large"),
        {
            "sku": "F",
            "productFamily": "Storage",
            "attributes": {"regionCode": "ap-1", "volumeApiName": "gp3"},
        },
    ]
    on_demand = {
        "A": aws_term("A", "0.1071000000"), "B": aws_term("B", "0.3"), "C": aws_term("C", "0.4284"),
        "D": aws_term("D", "9"), "E": aws_term("E", "0.5"), "F": aws_term("F", "0.0864", "GB-Mo"),
    }  # fmt: skip
    standard = {"LeaseContractLength": "1yr", "OfferingClass": "standard"}
    reserved = {
        "A": {
            **aws_term("A", "0.0675", PurchaseOption="No Upfront", **standard),
            **aws_term("A", "500", "Quantity", "1", PurchaseOption="All Upfront", **standard),
        }
    }
    savings = {
        "version": "1", "publicationDate": "2026-09-25T00:00:00Z", "regionCode": "ap-1",
        "products": [{"sku": "S", "productFamily": "ComputeSavingsPlans",
                      "attributes": {"purchaseOption": "No Upfront", "purchaseTerm": "1yr"}}],
        "terms": {"savingsPlan": [{
            "sku": "S", "description": "x", "effectiveDate": "2026-09-01T00:00:00Z",
            "leaseContractLength": {"duration": 1, "unit": "year"},
            "rates": [{
                "discountedSku": "A", "discountedUsageType": "APS1-BoxUsage:m7i.large",
                "discountedOperation": "RunInstances", "discountedServiceCode": "AmazonEC2", "rateCode": "r",
                "unit": "Hrs", "discountedRate": {"price": "0.08", "currency": "USD"},
                "discountedRegionCode": "ap-1", "discountedInstanceType": "m7i.large",
            }],
        }]},
    }  # fmt: skip
    egress = [{"sku": "T", "productFamily": "Data Transfer",
               "attributes": {"fromRegionCode": "ap-1", "transferType": "AWS Outbound"}}]  # fmt: skip
    tiers = {"T": {**aws_term("T", "0.108", "GB", "0"), **aws_term("T", "0.0765", "GB", "10240")}}
    return {
        "AmazonEC2": aws_list(products, on_demand, reserved),
        "AWSDataTransfer": aws_list(egress, tiers, code="AWSDataTransfer"),
        "AWSComputeSavingsPlan": json.dumps(savings).encode(),
    }


def _serve_aws(server):
    for code in ("AmazonEC2", "AmazonS3", "AWSDataTransfer"):
        server.held[f"/offers/v1.0/aws/{code}/current/region_index.json"] = aws_index(code, ("ap-1", "us-1"))
    savings = "AWSComputeSavingsPlan"
    path = f"/savingsPlan/v1.0/aws/{savings}/current/region_index.json"
    server.held[path] = aws_index(savings, ("ap-1",), savings=True)
    server.held["/v/AmazonS3/ap-1/index.json"] = aws_list(
        [aws_machine("Z", "ap-1", "ignored", operatingSystem="SUSE")], {}, code="AmazonS3"
    )
    for code, body in _aws_documents().items():
        server.held[f"/v/{code}/ap-1/index.json"] = body


def test_aws_from_a_server_that_throttles_and_breaks_off(tmp_path, aws):
    with serving() as server:
        _serve_aws(server)
        ec2 = "/v/AmazonEC2/ap-1/index.json"
        server.failing[ec2] = [429, 503]
        server.cut[ec2] = 700
        proposal = refresh("aws", aws, tmp_path / "new", DAY, given=server.base, network=QUICK)
    assert server.ranges == ["bytes=700-"]
    assert _prices(tmp_path / "new", "aws") == {
        ("aws:ap-1:m7i.large", "on_demand"): "0.1071",
        ("aws:ap-1:m7i.large", "commit_1y"): "0.0675",
        ("aws:ap-1:m7i.2xlarge", "on_demand"): "0.4284",
        ("aws:ap-1:gp3", "on_demand"): "0.0864",
    }
    numbers = _balanced(proposal)
    assert (numbers["added"], numbers["repriced"], numbers["gone"]) == (5, 2, 1)
    assert proposal.refused == {
        "another kind of machine (system, tenancy, software)": 1,
        "paid at the start": 1,
        "a family that the catalog does not hold": 1,
    }
    assert not (tmp_path / "new.downloads").exists()
    new = tmp_path / "new" / "aws"
    tiers = {(r["from_gib"], r["ListUnitPrice"]) for r in read_rows(new / "transfer.csv")}
    assert tiers == {("100", "0.108"), ("10240", "0.0765")}
    assert [r["ListUnitPrice"] for r in read_rows(new / "savings_plans.csv")] == ["0.08"]
    made = next(r for r in read_rows(new / "skus.csv") if r["SkuId"].endswith("2xlarge"))
    assert (made["vcpu"], made["memory_gib"], made["family"]) == ("8", "32", "m7i")


def test_a_refresh_that_was_stopped_goes_on(tmp_path, aws):
    with serving() as server:
        _serve_aws(server)
        transfer = "/v/AWSDataTransfer/ap-1/index.json"
        server.failing[transfer] = [500] * 4
        with pytest.raises(NotFetched, match="run the same command to go on"):
            refresh("aws", aws, tmp_path / "new", DAY, given=server.base, network=QUICK)
        assert not (tmp_path / "new").exists()
        assert server.asked["/v/AmazonEC2/ap-1/index.json"] == 1
        refresh("aws", aws, tmp_path / "new", DAY, given=server.base, network=QUICK)
        assert server.asked["/v/AmazonEC2/ap-1/index.json"] == 1


def test_aws_as_csv_says_what_json_says(tmp_path, aws):
    columns = [
        "SKU", "TermType", "StartingRange", "Unit", "PricePerUnit", "Currency", "LeaseContractLength",
        "PurchaseOption", "OfferingClass", "Product Family", "Region Code", "Instance Type",
        "Operating System", "Tenancy", "Pre Installed S/W", "CapacityStatus", "MarketOption", "operation",
        "vCPU", "Memory", "Physical Processor", "Volume API Name",
    ]  # fmt: skip
    machine = [
        "Compute Instance",
        "ap-1",
        "m7i.large",
        "Linux",
        "Shared",
        "NA",
        "Used",
        "OnDemand",
        "RunInstances",
    ]
    rows = [
        ["A", "OnDemand", "0", "Hrs", "0.1071000000", "USD", "", "", "", *machine, "2", "8 GiB", "Intel", ""],
        ["A", "Reserved", "", "Hrs", "0.0675", "USD", "1yr", "No Upfront", "standard", *machine, "2", "8 GiB",
         "Intel", ""],
        ["F", "OnDemand", "0", "GB-Mo", "0.0864", "USD", "", "", "", "Storage", "ap-1", *[""] * 10, "gp3"],
    ]  # fmt: skip
    path = tmp_path / "index.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        write = csv.writer(stream, quoting=csv.QUOTE_ALL)
        for row in (
            ("FormatVersion", "v1.0"), ("Disclaimer", "x"), ("Publication Date", "2026-09-25T17:45:21Z"),
            ("Version", "1"), ("OfferCode", "AmazonEC2"), columns, *rows,
        ):  # fmt: skip
            write.writerow(row)
    proposal = refresh("aws", aws, tmp_path / "new", DAY, given=str(path))
    assert _balanced(proposal)["refused"] == 0
    assert _prices(tmp_path / "new", "aws") == {
        ("aws:ap-1:m7i.large", "on_demand"): "0.1071",
        ("aws:ap-1:m7i.large", "commit_1y"): "0.0675",
        ("aws:ap-1:gp3", "on_demand"): "0.0864",
    }


# Azure

D2 = ("Dasv5", "general", "x86", 2, 8, "", "", "")


@pytest.fixture
def azure(tmp_path):
    machines = {"Standard_D2as_v5": D2, "standard-ssd-e30": DISK}
    return package(tmp_path / "held", "azure", machines, {"Standard_D2as_v5": "0.097"})


def _azure_items():
    name = "Standard_D2as_v5"
    storage = {"serviceName": "Storage", "unitOfMeasure": "1/Month", "armSkuName": ""}
    return [
        azure_item(name, 0.108, savingsPlan=[{"unitPrice": 0.07, "retailPrice": 0.07, "term": "3 Years"}]),
        azure_item(name, 0.2, productName="Virtual Machines Dasv5 Series Windows"),
        azure_item(name, 0.19, productName="Dasv5 Series Cloud Services"),
        azure_item(name, 0.02, skuName="D2as v5 Spot", meterName="D2as v5 Spot"),
        azure_item(name, 0.03, skuName="D2as v5 Low Priority"),
        azure_item(name, 525.6, type="Reservation", reservationTerm="1 Year"),
        azure_item(name, 0.05, type="DevTestConsumption"),
        azure_item(name, 0.1, isPrimaryMeterRegion=False),
        azure_item(name, 0.11, region="east"),
        azure_item("Standard_X1", 0.1),
        azure_item("", 76.8, productName="Standard SSD Managed Disks", meterName="E30 LRS Disk", **storage),
    ]


def _url(region, service):
    return PATH + quote(f"armRegionName eq '{region}' and serviceName eq '{service}'")


def test_azure_tells_meters_of_one_name_apart(tmp_path, azure):
    with serving() as server:
        first = _url("west", "Virtual Machines")
        items = _azure_items()
        server.held[first] = azure_page(items[:4], server.base + "/next?$skip=4")
        server.held["/next?$skip=4"] = azure_page(items[4:])
        for region in ("west", "east"):
            for service in AZURE:
                server.held.setdefault(_url(region, service), azure_page([]))
        proposal = refresh("azure", azure, tmp_path / "new", DAY, given=server.base, network=QUICK)
    assert _prices(tmp_path / "new", "azure") == {
        ("azure:west:Standard_D2as_v5", "on_demand"): "0.108",
        ("azure:west:Standard_D2as_v5", "spot"): "0.02",
        ("azure:west:Standard_D2as_v5", "commit_1y"): "0.06",
        ("azure:east:Standard_D2as_v5", "on_demand"): "0.11",
        ("azure:west:standard-ssd-e30", "on_demand"): "0.075",
    }
    assert _balanced(proposal)["refused"] == 6
    assert [r["ListUnitPrice"] for r in read_rows(tmp_path / "new/azure/savings_plans.csv")] == ["0.07"]


@pytest.mark.parametrize(
    "page",
    [
        b'{"Items": [{"armReg', b"[]", b"<html>busy</html>", b'{"items": []}', b'{"Items": {}}', b"", b"\xff",
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_page_that_is_none_writes_nothing(tmp_path, azure, page):
    path = tmp_path / "page.json"
    path.write_bytes(page)
    with pytest.raises(BadInput):
        refresh("azure", azure, tmp_path / "new", DAY, given=str(path), stated=DAY)
    assert not (tmp_path / "new").exists()


def test_pages_that_lead_away_or_in_a_circle_are_refused(tmp_path, azure):
    for link in ("http://example.com/x", None):
        with serving() as server:
            first = _url("east", "Virtual Machines")
            server.held[first] = azure_page([], link or server.base + first)
            with pytest.raises(NotFetched, match=r"another server|circle"):
                refresh("azure", azure, tmp_path / "new", DAY, given=server.base, network=QUICK)


def test_two_prices_for_one_thing_are_both_refused(tmp_path, azure):
    items = [azure_item("Standard_D2as_v5", 0.1), azure_item("Standard_D2as_v5", 0.11)]
    items.append(azure_item("Standard_D2as_v5", 0.12, region="east"))
    (tmp_path / "page.json").write_bytes(azure_page(items))
    proposal = refresh("azure", azure, tmp_path / "new", DAY, given=str(tmp_path / "page.json"), stated=DAY)
    assert proposal.refused == {"two prices for one thing": 2}
    assert _balanced(proposal)["added"] == 1


def test_a_price_that_jumps_is_held_back_and_the_old_one_stays(tmp_path, azure):
    (tmp_path / "page.json").write_bytes(azure_page([azure_item("Standard_D2as_v5", 9.7)]))
    proposal = refresh("azure", azure, tmp_path / "new", DAY, given=str(tmp_path / "page.json"), stated=DAY)
    assert [reason.split(":")[0] for reason in proposal.refused] == ["implausible"]
    assert _prices(tmp_path / "new", "azure") == {("azure:west:Standard_D2as_v5", "on_demand"): "0.097"}


# Google


def test_google_composes_machines_from_their_parts(tmp_path):
    machines = {
        "n2-standard-8": ("n2", "general", "x86", 8, 32, "", "", ""),
        "g2-standard-4": ("g2", "accelerated", "x86", 4, 16, "L4", 1, ""),
        "c9-standard-4": ("c9", "general", "x86", 4, 16, "", "", ""),
    }
    held = package(tmp_path / "held", "gcp", machines, {"n2-standard-8": "0.4"})
    skus = [
        gcp_sku("N2 Instance Core running in Singapore", 38_999_000),
        gcp_sku("N2 Instance Ram running in Singapore", 5_226_000, unit="GiBy.h"),
        gcp_sku("N2 Custom Instance Core running in Singapore", 1),
        gcp_sku("Spot Preemptible N2 Instance Core running in Singapore", 9_000_000, "Preemptible"),
        gcp_sku("Spot Preemptible N2 Instance Ram running in Singapore", 1_000_000, "Preemptible", "GiBy.h"),
        gcp_sku("Commitment v1: N2 Cpu in Singapore for 1 Year", 24_000_000, "Commit1Yr"),
        gcp_sku("Commitment v1: N2 Ram in Singapore for 1 Year", 3_000_000, "Commit1Yr", "GiBy.h"),
        gcp_sku("G2 Instance Core running in Singapore", 30_000_000),
        gcp_sku("G2 Instance Ram running in Singapore", 3_500_000, unit="GiBy.h"),
        gcp_sku("Nvidia L4 GPU running in Singapore", 700_000_000),
        gcp_sku("C9 Instance Core running in Singapore", 0, units="1"),
        gcp_sku("N2 Instance Core running in Virginia", 1, regions=("us-east4",)),
    ]
    (tmp_path / "page.json").write_text(json.dumps({"skus": skus, "nextPageToken": ""}), encoding="utf-8")
    proposal = refresh("gcp", held, tmp_path / "new", DAY, given=str(tmp_path / "page.json"), stated=DAY)
    by_hand = {
        ("gcp:asia-1:n2-standard-8", "on_demand"): 8 * Decimal("0.038999") + 32 * Decimal("0.005226"),
        ("gcp:asia-1:n2-standard-8", "spot"): 8 * Decimal("0.009") + 32 * Decimal("0.001"),
        ("gcp:asia-1:n2-standard-8", "commit_1y"): 8 * Decimal("0.024") + 32 * Decimal("0.003"),
        ("gcp:asia-1:g2-standard-4", "on_demand"): 4 * Decimal("0.03")
        + 16 * Decimal("0.0035")
        + Decimal("0.7"),
    }
    found = {key: Decimal(price) for key, price in _prices(tmp_path / "new", "gcp").items()}
    assert found == by_hand
    _balanced(proposal)
    assert proposal.refused == {
        "not a core, memory or accelerator of a machine": 1,
        "a part of the machine has no price": 1,
    }


def test_google_s_key_is_neither_stored_nor_printed(tmp_path, monkeypatch):
    held = package(
        tmp_path / "held", "gcp", {"n2-standard-8": ("n2", "general", "x86", 8, 32, "", "", "")}, {}
    )
    monkeypatch.setenv("GOOGLE_API_KEY", "s3cret")
    told: list[str] = []
    with serving() as server:
        with pytest.raises(NotFetched) as wrong:
            refresh(
                "gcp",
                held,
                tmp_path / "new",
                DAY,
                given=server.base,
                network=Network(2, 0.0, tell=told.append),
            )
        assert not [path for path in server.asked if "s3cret" in path]
    assert "s3cret" not in str(wrong.value) + " ".join(told)
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and b"s3cret" in p.read_bytes()]


# Alibaba


def test_alibaba(tmp_path):
    held = package(
        tmp_path / "held", "alibaba", {"ecs.g7.large": ("g7", "general", "x86", 2, 8, "", "", "")}, {}
    )
    entry = {"hours": [{"price": "0.09", "period": "1"}], "months": [{"price": "45.7", "period": "1"}]}
    document = {
        "currency": "USD", "version": "2.0.421", "publicationDate": "2026-10-08T08:15:52Z",
        "pricingInfo": {
            "kl-3::ecs.g7.large::vpc::linux::optimized": entry,
            "kl-3::ecs.g7.large::vpc::windows::optimized": entry,
            "us-1::ecs.g7.large::vpc::linux::optimized": entry,
            "kl-3::ecs.q1.large::vpc::linux::optimized": {"hours": [{"price": "1", "period": "1"}]},
        },
    }  # fmt: skip
    with serving() as server:
        server.held["/aliyun/ecs-price-info-intl/2.0.421/price/download/instancePrice.json"] = json.dumps(
            document
        ).encode()
        proposal = refresh("alibaba", held, tmp_path / "new", DAY, given=server.base, network=QUICK)
    assert proposal.stated == "2026-10-08"
    assert _prices(tmp_path / "new", "alibaba") == {("alibaba:kl-3:ecs.g7.large", "on_demand"): "0.09"}
    assert _balanced(proposal)["refused"] == 3


# All of them


def test_a_changed_format_is_told(tmp_path, aws):
    for body in (b'{"formatVersion": "v2.0", "offerCode": "AmazonEC2", "publicationDate": "2026-09-25"}',
                 b'{"rows": []}', _aws_documents()["AmazonEC2"][:-40]):  # fmt: skip
        (tmp_path / "list.json").write_bytes(body)
        with pytest.raises(BadInput) as wrong:
            refresh("aws", aws, tmp_path / "new", DAY, given=str(tmp_path / "list.json"))
        assert "list.json" in {p.file for p in wrong.value.problems}
        assert not (tmp_path / "new").exists()


def test_usage(tmp_path, aws):
    with pytest.raises(UnknownName, match="aws"):
        refresh("awz", aws, tmp_path / "new", DAY)
    with pytest.raises(BadInput):
        refresh("aws", aws, tmp_path / "new", DAY, regions=["nowhere"], given=str(aws))
    with pytest.raises(BadInput):
        refresh("aws", aws, tmp_path / "new", DAY, given="http://user:word@127.0.0.1/")
    (tmp_path / "there").mkdir()
    with pytest.raises(NotWritten):
        refresh("aws", aws, tmp_path / "there", DAY)


def _proposed(tmp_path, aws):
    (tmp_path / "list.json").write_bytes(_aws_documents()["AmazonEC2"])
    return refresh("aws", aws, tmp_path / "new", DAY, given=str(tmp_path / "list.json"))


def test_accept_ends_and_adds_and_overwrites_nothing(tmp_path, aws):
    before = read_folders([("aws", aws)], date(2026, 11, 28))[0].prices
    _proposed(tmp_path, aws)
    accept(tmp_path / "new", aws)
    catalog, problems = read_folders([("aws", aws)], date(2026, 11, 28))
    assert problems == []
    assert catalog.prices["ListUnitPrice"].tolist() == before["ListUnitPrice"].tolist()
    later = read_folders([("aws", aws)], DAY)[0]
    assert (
        later.prices.set_index(["SkuId", "term"])["ListUnitPrice"]["aws:ap-1:m7i.large", "on_demand"]
        == 0.1071
    )
    assert later.refreshes["document"].tolist() == ["AmazonEC2 of 2026-09-25T17:45:21Z"]


def test_accept_leaves_a_package_alone_that_has_changed(tmp_path, aws):
    _proposed(tmp_path, aws)
    with (aws / "vendors.csv").open("a", encoding="utf-8") as stream:
        stream.write("more,More,more,US,,true,published,a price list,2026-01-01\n")
    with pytest.raises(BadInput) as wrong:
        accept(tmp_path / "new", aws)
    assert "has changed since" in wrong.value.problems[0].problem


def test_the_cheapest_machine_is_that_of_a_search_of_the_raw_list(tmp_path):
    sizes = {f"m7i.{n}": (n, vcpu, gib) for n, vcpu, gib in
             (("a", 2, 4), ("b", 2, 8), ("c", 4, 8), ("d", 4, 32), ("e", 8, 16), ("f", 16, 64))}  # fmt: skip
    held = package(
        tmp_path / "held", "aws",
        {name: ("m7i", "general", "x86", v, g, "", "", "") for name, (_, v, g) in sizes.items()}, {},
    )  # fmt: skip
    products, terms = [], {}
    for i, (name, (_, vcpu, gib)) in enumerate(sizes.items()):
        for region in ("ap-1", "ap-2"):
            sku = f"{region}{i}"
            products.append(aws_machine(sku, region, name, vcpu=str(vcpu), memory=f"{gib} GiB"))
            price = Decimal(vcpu) * 3 / 100 + Decimal(gib * (7 if region == "ap-1" else 11) % 17) / 100
            terms[sku] = aws_term(sku, str(price))
    raw = aws_list(products, terms)
    (tmp_path / "list.json").write_bytes(raw)
    refresh("aws", held, tmp_path / "new", DAY, given=str(tmp_path / "list.json"))
    catalog, problems = read_folders([("aws", tmp_path / "new" / "aws")], DAY)
    assert problems == []
    sold = catalog.skus.merge(catalog.prices, on="SkuId")
    document = json.loads(raw)
    for region in ("ap-1", "ap-2"):
        for vcpu, gib in ((1, 1), (2, 5), (4, 9), (8, 16), (3, 30), (16, 64)):
            best = min(
                float(rate["pricePerUnit"]["USD"])
                for sku, product in document["products"].items()
                if product["attributes"]["regionCode"] == region
                and int(product["attributes"]["vcpu"]) >= vcpu
                and int(product["attributes"]["memory"].split()[0]) >= gib
                for term in document["terms"]["OnDemand"][sku].values()
                for rate in term["priceDimensions"].values()
            )
            fits = sold[
                (sold["region"] == f"aws:{region}") & (sold["vcpu"] >= vcpu) & (sold["memory_gib"] >= gib)
            ]
            assert fits["ListUnitPrice"].min() == pytest.approx(best, abs=1e-12)
