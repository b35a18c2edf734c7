"""``planner catalog show``: what a region sells and at what price."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from planner.commands.catalog.common import (
    as_json_option,
    as_of_option,
    new_table,
    number,
    packages_argument,
    print_json,
    print_tables,
    read_packages,
    records,
)

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table


@click.command("show")
@click.argument("region")
@packages_argument
@click.option("--category", help="Only this category, e.g. general or block.")
@as_of_option
@as_json_option
def command(
    region: str, packages: tuple[str, ...], category: str | None, as_of: datetime | None, as_json: bool
) -> None:
    """Print what REGION sells and at what price.

    \b
    Example:
      planner catalog show aws:ap-southeast-5
    """
    from planner.catalog.schema import CATEGORIES
    from planner.catalog.sold import sold_in

    catalog = read_packages(packages, as_of)
    known = list(catalog.regions["region"])
    if region not in known:
        raise click.BadParameter(f"{region!r} is none of {', '.join(known)}", param_hint="REGION")
    if category is not None and category not in CATEGORIES:
        raise click.BadParameter(f"{category!r} is none of {', '.join(CATEGORIES)}", param_hint="--category")
    sold, terms = sold_in(catalog, region, category or "")
    bare = not (catalog.skus["region"] == region).any()
    transfer = catalog.transfer[catalog.transfer["region"] == region]
    history = catalog.history[catalog.history["region"] == region].sort_values("date")
    if as_json:
        facts = records(catalog.regions[catalog.regions["region"] == region])[0]
        told = {"history": records(history), "skus": records(sold), "transfer": records(transfer)}
        print_json({**facts, **told})
    else:
        for line in _history(region, history):
            click.echo(line)
        if bare:
            click.echo(f"NOT PRICED: the catalog knows no SKU of {region}")
        print_tables([_sku_table(region, sold, terms), _transfer_table(region, transfer)])
    click.echo("next: planner catalog list", err=True)


def _history(region: str, history: pd.DataFrame) -> list[str]:
    """Dated facts about a region, and when it was last confirmed."""
    if history.empty:
        return [f"{region}: no dated source of its status is kept"]
    facts = [
        f"  {row['date']} {row['fact']}{': ' + row['note'] if row['note'] else ''}"
        for row in history.to_dict("records")
    ]
    last = history.iloc[-1]
    return [f"{region}: {last['fact']}, last confirmed {last['date']} ({last['source']})", *facts]


def _sku_table(region: str, sold: pd.DataFrame, terms: tuple[str, ...]) -> Table:
    columns = ("SKU", "category", "arch", "vCPU", "GiB", "card", "resource", *terms, "per", "basis")
    table = new_table(f"SKUs of {region}", *columns)
    for row in sold.to_dict("records"):
        card = f"{row['accelerator_count']:g} x {row['accelerator']}" if row["accelerator"] else ""
        table.add_row(
            row["SkuId"].removeprefix(f"{region}:"),
            row["category"],
            row["architecture"],
            number(row["vcpu"]),
            number(row["memory_gib"]),
            card,
            row["resource"],
            *(number(row[t]) for t in terms),
            f"{row['PricingCurrency']} {row['PricingUnit']}" if row["on_demand"] == row["on_demand"] else "",
            row["price_basis"] if isinstance(row["price_basis"], str) else "no price",
        )
    return table


def _transfer_table(region: str, transfer: pd.DataFrame) -> Table:
    table = new_table(f"Data that leave {region}", "to", "from GiB a month", "price of a GiB", "basis")
    for row in transfer.to_dict("records"):
        price = f"{row['PricingCurrency']} {number(row['ListUnitPrice'])}"
        table.add_row(row["destination"], number(row["from_gib"]), price, row["basis"])
    return table
