"""Price lists of realistic size: exactly the rows put in, in bounded memory; a killed refresh goes on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from price_lists import aws_index, aws_list, aws_machine, aws_term, azure_item, azure_page, package, serving

from planner.catalog.load import read_folders
from planner.catalog.supersede import read_rows

ROOT = Path(__file__).parents[2]
BOUND_MB = 500
SIZES = ((2, 8), (4, 16), (8, 32), (16, 64), (2, 4), (4, 8), (8, 16), (2, 16), (4, 32), (8, 64))
MACHINES = {
    f"m{n}i.{vcpu}x{gib}": (f"m{n}i", "general", "x86", vcpu, gib, "", "", "")
    for n in range(12)
    for vcpu, gib in SIZES
}
SYSTEMS = ("Linux", "Windows", "RHEL", "SUSE", "Ubuntu Pro", "Red Hat with HA")
TENANCIES = ("Shared", "Dedicated", "Host")
SOFTWARE = ("NA", *(f"SQL {kind}" for kind in range(7)))
Prices = dict[tuple[str, str, str], Decimal]
MEASURED = """
import resource, sys
from planner.commands import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
"""


def _refresh(*args: str) -> tuple[dict, int]:
    """What ``catalog refresh --json`` prints, and the most memory that the process held, in MB."""
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, "catalog", "refresh", *args, "--json"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout), int(run.stderr.splitlines()[-1])


def _listed(folder: Path, vendor: str) -> Prices:
    rows = (row for row in read_rows(folder / vendor / "prices.csv") if not row["valid_to"])
    split = ((*row["SkuId"].split(":", 2)[1:], row["term"], row) for row in rows)
    return {(region, name, term): Decimal(row["ListUnitPrice"]) for region, name, term, row in split}


def _cheapest_agree(folder: Path, vendor: str, put_in: Prices) -> None:
    """For each region and need the cheapest machine costs what a search of ``put_in`` finds."""
    catalog, problems = read_folders([(vendor, folder / vendor)], date(2026, 11, 29))
    assert problems == []
    sold = catalog.skus.merge(catalog.prices[catalog.prices["term"] == "on_demand"], on="SkuId")
    for region in sorted({region for region, _, _ in put_in}):
        own = sold[sold["region"] == f"{vendor}:{region}"]
        for vcpu, gib in ((1, 1), (2, 5), (3, 30), (8, 16), (16, 64)):
            best = min(
                price
                for (where, name, term), price in put_in.items()
                if (where, term) == (region, "on_demand")
                and MACHINES[name][3] >= vcpu
                and MACHINES[name][4] >= gib
            )
            fits = own[(own["vcpu"] >= vcpu) & (own["memory_gib"] >= gib)]
            assert fits["ListUnitPrice"].min() == float(best)


def _aws_parts(regions: tuple[str, ...], put_in: Prices) -> Iterator[str]:
    """An AWS list piece by piece; ``put_in`` takes the prices that the catalog keeps."""
    rng, filler = random.Random(7), {f"attribute{n}": "x" * 24 for n in range(16)}
    yield '{"formatVersion":"v1.0","offerCode":"AmazonEC2","publicationDate":"2026-09-25T17:45:21Z",'
    yield '"products":{'
    kinds = [
        (f"{region}-{name}-{system}-{tenancy}-{software}", region, name, system, tenancy, software)
        for region in regions for name in MACHINES for system in SYSTEMS for tenancy in TENANCIES
        for software in SOFTWARE
    ]  # fmt: skip
    for i, (sku, region, name, system, tenancy, software) in enumerate(kinds):
        vcpu, gib = MACHINES[name][3:5]
        product = aws_machine(
            sku, region, name, operatingSystem=system, tenancy=tenancy, preInstalledSw=software,
            vcpu=str(vcpu), memory=f"{gib} GiB", **filler,
        )  # fmt: skip
        yield f"{',' if i else ''}{json.dumps(sku)}:{json.dumps(product)}"
    for part, years in (('},"terms":{"OnDemand":{', 0), ('},"Reserved":{', 3)):
        yield part
        for i, (sku, region, name, *kind) in enumerate(kinds):
            price = Decimal(rng.randint(100, 300)) * MACHINES[name][3] / 10_000
            terms = dict(aws_term(sku, f"{price:.10f}"))
            for year in range(1, years + 1, 2):
                length = {"LeaseContractLength": f"{year}yr", "OfferingClass": "standard"}
                terms |= {
                    f"{sku}.{year}.{option}": {**next(iter(aws_term(sku, f"{price / year:.10f}").values())),
                                               "termAttributes": {**length, "PurchaseOption": option}}
                    for option in ("No Upfront", "Partial Upfront", "All Upfront")
                }  # fmt: skip
            if years:
                terms.pop(next(iter(terms)))
            if kind == ["Linux", "Shared", "NA"]:
                for year in (1, 3) if years else (0,):
                    term = f"commit_{year}y" if year else "on_demand"
                    put_in[region, name, term] = Decimal(f"{price / (year or 1):.10f}").normalize()
            yield f"{',' if i else ''}{json.dumps(sku)}:{json.dumps(terms)}"
    yield "}}}"


@pytest.mark.slow
def test_an_aws_list_of_200_mb(tmp_path):
    held = package(tmp_path / "held", "aws", MACHINES, {})
    put_in: Prices = {}
    document = tmp_path / "index.json"
    with document.open("w", encoding="utf-8") as stream:
        for part in _aws_parts(("ap-1", "ap-2", "us-1"), put_in):
            stream.write(part)
    assert document.stat().st_size >= 200e6
    put_in = {key: price for key, price in put_in.items() if key[0] != "us-1"}
    proposal, memory = _refresh(
        "aws", "--package", str(held), "--input", str(document), "--out", str(tmp_path / "new")
    )
    assert memory <= BOUND_MB
    assert _listed(tmp_path / "new", "aws") == put_in
    counts = proposal["counts"]
    others = len(SYSTEMS) * len(TENANCIES) * len(SOFTWARE) - 1
    # each other kind of machine has a price on demand and six reserved, each plain one four paid at the start
    refused = 2 * len(MACHINES) * (others * 7 + 4)
    assert (counts["added"], counts["refused"], counts["repriced"]) == (len(put_in), refused, 0)
    assert counts["read"] == len(put_in) + refused
    _cheapest_agree(tmp_path / "new", "aws", put_in)


@pytest.mark.slow
def test_azure_pages_of_50_000_rows(tmp_path):
    held, rng, put_in = package(tmp_path / "held", "azure", MACHINES, {}), random.Random(8), {}
    items = []
    for region in ("west", "east", "north"):
        for name, (_, _, _, vcpu, *_) in MACHINES.items():
            price = rng.randint(100, 300) * vcpu / 10_000
            items += [azure_item(name, price, region), azure_item(name, round(price * 0.6 * 8760, 4), region,
                      type="Reservation", reservationTerm="1 Year")]  # fmt: skip
            put_in[region, name, "on_demand"] = Decimal(str(price))
            put_in[region, name, "commit_1y"] = Decimal(str(round(price * 0.6 * 8760, 4))) / 8760
            items += [
                azure_item(name, price * n, region, productName=f"Virtual Machines {name} Series {kind}")
                for kind in ("Windows", "Cloud Services", "Dedicated Host")
                for n in range(1, 46)
            ]
    put_in = {key: price for key, price in put_in.items() if key[0] != "north"}
    assert len(items) >= 49_000
    items += [azure_item("Standard_unknown", 1.0, "north")] * max(0, 50_000 - len(items))
    rng.shuffle(items)
    pages = tmp_path / "pages"
    pages.mkdir()
    for begin in range(0, len(items), 1000):
        (pages / f"page-{begin:06d}.json").write_bytes(azure_page(items[begin : begin + 1000]))
    proposal, memory = _refresh(
        "azure", "--package", str(held), "--input", str(pages), "--out", str(tmp_path / "new"),
        "--stated", "2026-11-01",
    )  # fmt: skip
    assert memory <= BOUND_MB
    found = _listed(tmp_path / "new", "azure")
    assert found.keys() == put_in.keys()
    assert all(abs(found[key] - price) <= price * Decimal("1e-11") for key, price in put_in.items())
    counts = proposal["counts"]
    refused = 2 * len(MACHINES) * 135
    assert (counts["added"], counts["refused"]) == (len(put_in), refused)
    assert counts["read"] + counts["elsewhere"] == len(items)
    _cheapest_agree(tmp_path / "new", "azure", put_in)


def test_a_refresh_that_was_killed_goes_on(tmp_path):
    held = package(tmp_path / "held", "aws", {"m7i.large": ("m7i", "general", "x86", 2, 8, "", "", "")}, {})
    out, documents = tmp_path / "new", {}
    codes = ("AmazonEC2", "AmazonS3", "AWSDataTransfer", "AWSComputeSavingsPlan")
    with serving() as server:
        for code in codes:
            kind = "savingsPlan" if code == codes[3] else "offers"
            regions = ("ap-1",) if code in codes[:2] else ()
            server.held[f"/{kind}/v1.0/aws/{code}/current/region_index.json"] = aws_index(code, regions)
        machine = aws_list([aws_machine("A", "ap-1", "m7i.large")], {"A": aws_term("A", "0.11")})
        documents = {f"/v/{code}/ap-1/index.json": machine for code in codes[:2]}
        server.held |= documents
        args = [sys.executable, str(ROOT / "cli.py"), "catalog", "refresh", "aws", "--package", str(held),
                "--input", server.base, "--out", str(out)]  # fmt: skip
        run = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        server.when[f"/v/{codes[1]}/ap-1/index.json"] = lambda: os.kill(run.pid, signal.SIGKILL)
        run.communicate()
        assert run.returncode == -signal.SIGKILL
        assert not out.exists()
        again = subprocess.run(args, capture_output=True, text=True, check=False)
        assert again.returncode == 0, again.stderr
    assert server.asked[f"/v/{codes[0]}/ap-1/index.json"] == 1
    assert _listed(out, "aws") == {("ap-1", "m7i.large", "on_demand"): Decimal("0.11")}
