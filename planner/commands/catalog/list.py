"""``planner catalog list``: what is priced, not sold or unknown, and how old it is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from planner.commands.catalog.common import (
    as_json_option,
    as_of_option,
    frame_table,
    new_table,
    packages_argument,
    print_json,
    print_tables,
    read_packages,
    records,
)

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from planner.catalog.load import Catalog


@click.command("list")
@packages_argument
@as_of_option
@click.option("--max-age", type=click.IntRange(min=0), help="Days after which a price is stale [365].")
@as_json_option
def command(packages: tuple[str, ...], as_of: datetime | None, max_age: int | None, as_json: bool) -> None:
    """Print what is priced, not sold or unknown, when it was last refreshed, from what, and what is stale.

    \b
    Example:
      planner catalog list --as-of 2026-11-29
    """
    from planner.catalog.appraisal import MAX_AGE
    from planner.catalog.coverage import coverage, marks, provenance, unpriced_regions
    from planner.catalog.freshness import freshness
    from planner.catalog.schema import PARTIAL, UPFRONT

    catalog = read_packages(packages, as_of)
    covered, trust, bare = coverage(catalog), provenance(catalog), unpriced_regions(catalog)
    days = MAX_AGE if max_age is None else max_age
    fresh = freshness(catalog, days)
    if as_json:
        print_json(
            {
                "prices_as_of": catalog.prices_as_of.isoformat(),
                "vendors": trust.to_dict("records"),
                "max_age": days,
                "refreshed": records(fresh),
                "regions": [{**row, "priced": row["region"] not in bare} for row in records(catalog.regions)],
                "coverage": covered.to_dict("records"),
            }
        )
    else:
        shown = [frame_table(f"Vendors, prices as of {catalog.prices_as_of}", trust), _refreshed(fresh, days)]
        shown += [frame_table(str(v), marks(part)) for v, part in covered.groupby("vendor", sort=True)]
        print_tables(shown)
        click.echo("D on demand, S spot, 1 and 3 committed for years; in small letters all assumed")
        click.echo("(y and z: 1 and 3 years assumed); ? nobody looked it up, - a source says not sold")
        if covered["term"].str.endswith((PARTIAL, UPFRONT)).any():
            click.echo("P and Q: 1 and 3 years, paid in part at the start; U and V: paid whole at the start")
        click.echo(_shared(catalog))
        for line in _warnings(catalog, bare):
            click.echo(line)
    click.echo("next: planner catalog show REGION, or planner catalog check", err=True)


def _shared(catalog: Catalog) -> str:
    newest = catalog.rates.drop_duplicates(["currency", "quote"], keep="last")
    rates = [
        f"{float(row['rate']):g} {row['quote']} for one {row['currency']} ({row['date']})"
        for row in records(newest)
    ]
    cards = f"{len(catalog.accelerators)} accelerator cards"
    return "; ".join([cards, *rates])


def _warnings(catalog: Catalog, bare: list[str]) -> list[str]:
    return [
        f"NOT PRICED: {row['region']} ({row['name']}, {row['status']}): "
        "known, but nothing can be planned there without a price"
        for row in records(catalog.regions)
        if row["region"] in bare
    ]


def _refreshed(fresh: pd.DataFrame, days: int) -> Table:
    columns = ("vendor", "last taken in", "prices of", "stale", "from")
    table = new_table(f"Refreshed (stale: stated by no source for {days} days)", *columns)
    for row in fresh.to_dict("records"):
        stale = f"{row['stale']} of {row['prices']}" if row["prices"] else ""
        taken = row["taken_in"] or ("by hand" if row["prices"] else "not priced")
        table.add_row(row["vendor"], taken, row["published"] or row["newest"], stale, row["document"])
    return table
