"""``planner catalog check``: do the packages hold together, and are they to be trusted?"""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from planner.commands.catalog.common import (
    as_json_option,
    as_of_option,
    packages_argument,
    print_json,
    read_packages,
)


@click.command("check")
@packages_argument
@as_of_option
@click.option("--max-age", type=click.IntRange(min=0), help="Fail if a price is older than so many days.")
@as_json_option
def command(packages: tuple[str, ...], as_of: datetime | None, max_age: int | None, as_json: bool) -> None:
    """Check catalogs by themselves and against each other."""
    from planner.errors import StaleData

    catalog = read_packages(packages, as_of, descriptors=True)
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
        print_json({"prices_as_of": catalog.prices_as_of.isoformat(), "problems": [], **counts})
    else:
        listed = ", ".join(f"{count} {name}" for name, count in counts.items())
        click.echo(f"No problem found: {listed}; prices as of {catalog.prices_as_of}")
    click.echo("next: planner catalog list", err=True)
