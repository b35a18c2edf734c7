"""``planner catalog``: what the catalogs know, whether they hold together, what a region sells."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from planner.catalog.load import Catalog

_LETTERS = {"on_demand": "D", "spot": "S", "commit_1y": "1", "commit_3y": "3", "commit_1y_partial": "P",
            "commit_3y_partial": "Q", "commit_1y_upfront": "U", "commit_3y_upfront": "V"}  # fmt: skip
_ASSUMED = {term: letter.lower() for term, letter in _LETTERS.items()} | {"commit_1y": "y", "commit_3y": "z"}
_MARKS = {"not sold": "-", "unknown": "?"}
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_as_of = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="Day whose prices count; today if not given.",
)
_packages = click.argument("packages", nargs=-1)


@click.group()
def command() -> None:
    """List and check the catalogs: vendors, regions, SKUs, prices.

    PACKAGES are names of shipped catalogs or paths of folders; all shipped ones if none is given.
    """


@command.command("list")
@_packages
@_as_of
@_as_json
def list_(packages: tuple[str, ...], as_of: datetime | None, as_json: bool) -> None:
    """Print what is priced, not sold or unknown, by region, family and term."""
    from planner.catalog.coverage import coverage, provenance, unpriced_regions
    from planner.catalog.schema import PARTIAL, UPFRONT

    catalog = _read(packages, as_of)
    covered, trust, bare = coverage(catalog), provenance(catalog), unpriced_regions(catalog)
    if as_json:
        _print_json(
            {
                "prices_as_of": catalog.prices_as_of.isoformat(),
                "vendors": trust.to_dict("records"),
                "regions": [
                    {**row, "priced": row["region"] not in bare} for row in _records(catalog.regions)
                ],
                "coverage": covered.to_dict("records"),
            }
        )
    else:
        shown = [_trust_table(trust, catalog.prices_as_of)]
        shown += [_coverage_table(str(vendor), part) for vendor, part in covered.groupby("vendor", sort=True)]
        _print(shown)
        click.echo("D on demand, S spot, 1 and 3 committed for years; in small letters all assumed")
        click.echo("(y and z: 1 and 3 years assumed); ? nobody looked it up, - a source says not sold")
        if covered["term"].str.endswith((PARTIAL, UPFRONT)).any():
            click.echo("P and Q: 1 and 3 years, paid in part at the start; U and V: paid whole at the start")
        click.echo(_shared(catalog))
        for line in _warnings(catalog, bare):
            click.echo(line)
    click.echo("next: planner catalog show REGION, or planner catalog check", err=True)


@command.command("check")
@_packages
@_as_of
@click.option("--max-age", type=click.IntRange(min=0), help="Fail if a price is older than so many days.")
@_as_json
def check(packages: tuple[str, ...], as_of: datetime | None, max_age: int | None, as_json: bool) -> None:
    """Check catalogs by themselves and against each other."""
    from planner.errors import StaleData

    catalog = _read(packages, as_of, descriptors=True)
    if max_age is not None:
        oldest = (catalog.prices_as_of - timedelta(days=max_age)).isoformat()
        stale = catalog.prices[catalog.prices["as_of"] < oldest]
        if len(stale):
            raise StaleData(
                f"{len(stale)} of {len(catalog.prices)} prices are older than {max_age} days, "
                f"the oldest of {stale['as_of'].min()}; refresh them or allow a greater --max-age"
            )
    counts = {
        "files": len(catalog.files),
        "vendors": len(catalog.vendors),
        "regions": len(catalog.regions),
        "skus": len(catalog.skus),
        "prices": len(catalog.prices),
        "transfer": len(catalog.transfer),
        "accelerators": len(catalog.accelerators),
        "rates": len(catalog.rates),
    }
    if as_json:
        _print_json({"prices_as_of": catalog.prices_as_of.isoformat(), "problems": [], **counts})
    else:
        listed = ", ".join(f"{count} {name}" for name, count in counts.items())
        click.echo(f"No problem found: {listed}; prices as of {catalog.prices_as_of}")
    click.echo("next: planner catalog list", err=True)


@command.command("show")
@click.argument("region")
@_packages
@click.option("--category", help="Only this category, e.g. general or block.")
@_as_of
@_as_json
def show(
    region: str, packages: tuple[str, ...], category: str | None, as_of: datetime | None, as_json: bool
) -> None:
    """Print what REGION sells and at what price."""
    from planner.catalog.schema import CATEGORIES, PARTIAL, TERMS, UPFRONT

    catalog = _read(packages, as_of)
    known = list(catalog.regions["region"])
    if region not in known:
        raise click.BadParameter(f"{region!r} is none of {', '.join(known)}", param_hint="REGION")
    if category is not None and category not in CATEGORIES:
        raise click.BadParameter(f"{category!r} is none of {', '.join(CATEGORIES)}", param_hint="--category")
    skus = catalog.skus[catalog.skus["region"] == region]
    bare = skus.empty
    if category is not None:
        skus = skus[skus["category"] == category]
    prices = catalog.prices[catalog.prices["SkuId"].isin(skus["SkuId"])]
    terms = tuple(t for t in TERMS if t in set(prices["term"]) or not t.endswith((PARTIAL, UPFRONT)))
    by_term = prices.pivot(index="SkuId", columns="term", values="ListUnitPrice").reindex(columns=terms)
    demand = prices[prices["term"] == "on_demand"].set_index("SkuId")
    sold = skus.join(by_term, on="SkuId").join(demand[["PricingCurrency", "PricingUnit"]], on="SkuId")
    sold["price_basis"] = sold["SkuId"].map(demand["basis"])
    transfer = catalog.transfer[catalog.transfer["region"] == region]
    if as_json:
        facts = _records(catalog.regions[catalog.regions["region"] == region])[0]
        _print_json({**facts, "skus": _records(sold), "transfer": _records(transfer)})
    else:
        if bare:
            click.echo(f"NOT PRICED: the catalog knows no SKU of {region}")
        _print([_sku_table(region, sold, terms), _transfer_table(region, transfer)])
    click.echo("next: planner catalog list", err=True)


def _read(packages: tuple[str, ...], as_of: datetime | None, descriptors: bool = False) -> Catalog:
    from planner.catalog.load import folder_of, read_folders, shipped, shipped_names
    from planner.errors import BadInput, Issue

    problems: list[Issue] = []
    folders: list[tuple[str, Path]] = []
    for name in packages or shipped_names():
        path = Path(name)
        is_path = os.sep in name or (name not in shipped_names() and path.is_dir())
        place = path if is_path else folder_of(name, shipped())
        if isinstance(place, Issue):
            problems.append(Issue(name, 0, "", "", place.problem, "Name a shipped catalog or a folder."))
        elif not place.is_dir():
            problems.append(Issue(name, 0, "", "", "is not a folder", "Create it or correct the path."))
        else:
            folders.append((place.resolve().name if is_path else name, place))
    day = as_of.date() if as_of else date.today()
    catalog, more = read_folders(folders, day)
    problems += more
    if descriptors:
        problems += _stale_descriptors(folders)
    if problems:
        raise BadInput(problems)
    return catalog


def _stale_descriptors(folders: list[tuple[str, Path]]) -> list[Any]:
    """Problems of packages whose ``datapackage.json`` says something else than the schema."""
    from planner.catalog.describe import DESCRIPTOR, descriptor
    from planner.catalog.load import NETWORK_FILE
    from planner.errors import Issue

    problems = []
    for name, folder in folders:
        path = folder / DESCRIPTOR
        if not path.is_file() or (folder / NETWORK_FILE).is_file():
            continue
        try:
            same = json.loads(path.read_text(encoding="utf-8")) == descriptor(folder)
        except (ValueError, TypeError):
            same = False
        if not same:
            problem = "does not describe the tables as they are"
            mend = "Write it again with planner.catalog.describe.write_descriptor."
            problems.append(Issue(f"{name}/{DESCRIPTOR}", 0, "", "", problem, mend))
    return problems


def _shared(catalog: Catalog) -> str:
    newest = catalog.rates.drop_duplicates(["currency", "quote"], keep="last")
    rates = [
        f"{float(row['rate']):g} {row['quote']} for one {row['currency']} ({row['date']})"
        for row in _records(newest)
    ]
    cards = f"{len(catalog.accelerators)} accelerator cards"
    return "; ".join([cards, *rates])


def _warnings(catalog: Catalog, bare: list[str]) -> list[str]:
    return [
        f"NOT PRICED: {row['region']} ({row['name']}, {row['status']}): "
        "known, but nothing can be planned there without a price"
        for row in _records(catalog.regions)
        if row["region"] in bare
    ]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries with ``None`` for what is missing (NaN is not JSON)."""
    columns = [str(column) for column in frame.columns]
    return [
        {k: None if v != v or v == "" else v for k, v in zip(columns, row, strict=True)}
        for row in frame.itertuples(index=False)
    ]


def _print_json(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def _print(shown: list[Table]) -> None:
    from rich.console import Console

    # Off a terminal rich assumes 80 columns and would fold the tables.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    for table in shown:
        console.print(table)


def _table(title: str, *columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _trust_table(trust: pd.DataFrame, day: date) -> Table:
    table = _table(f"Vendors, prices as of {day}", *(str(c) for c in trust.columns))
    for row in trust.itertuples(index=False):
        table.add_row(*(str(cell) for cell in row))
    return table


def _coverage_table(vendor: str, covered: pd.DataFrame) -> Table:
    regions = sorted(set(covered["region"]))
    table = _table(vendor, "family", "category", *(r.partition(":")[2] for r in regions))
    for _, part in covered.groupby(["family", "category"], sort=True):
        cells = []
        for region in regions:
            own = part[part["region"] == region]
            marks = [
                (_ASSUMED if assumed else _LETTERS)[term] if status == "priced" else _MARKS[status]
                for term, status, assumed in zip(own["term"], own["status"], own["assumed"], strict=True)
            ]
            cells.append(marks[0] if len(set(marks)) == 1 else "".join(marks))
        table.add_row(part["family"].iloc[0], part["category"].iloc[0], *cells)
    return table


def _sku_table(region: str, sold: pd.DataFrame, terms: tuple[str, ...]) -> Table:
    columns = ("SKU", "category", "arch", "vCPU", "GiB", "card", "resource", *terms, "per", "basis")
    table = _table(f"SKUs of {region}", *columns)
    for row in sold.to_dict("records"):
        card = f"{row['accelerator_count']:g} x {row['accelerator']}" if row["accelerator"] else ""
        table.add_row(
            row["SkuId"].removeprefix(f"{region}:"),
            row["category"],
            row["architecture"],
            _number(row["vcpu"]),
            _number(row["memory_gib"]),
            card,
            row["resource"],
            *(_number(row[t]) for t in terms),
            f"{row['PricingCurrency']} {row['PricingUnit']}" if row["on_demand"] == row["on_demand"] else "",
            row["price_basis"] if isinstance(row["price_basis"], str) else "no price",
        )
    return table


def _transfer_table(region: str, transfer: pd.DataFrame) -> Table:
    table = _table(f"Data that leave {region}", "to", "from GiB a month", "price of a GiB", "basis")
    for row in transfer.to_dict("records"):
        price = f"{row['PricingCurrency']} {_number(row['ListUnitPrice'])}"
        table.add_row(row["destination"], _number(row["from_gib"]), price, row["basis"])
    return table


def _number(value: float) -> str:
    return "" if value != value else f"{value:.6g}"
