"""``planner catalog check``: do the packages hold together, and are they to be trusted?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from planner.commands.catalog.common import (
    as_json_option,
    as_of_option,
    frame_table,
    new_table,
    number,
    packages_argument,
    print_json,
    print_tables,
    read_packages,
)

if TYPE_CHECKING:
    from rich.table import Table

    from planner.catalog.appraisal import Appraisal

_SHOWN = 20


@click.command("check")
@packages_argument
@as_of_option
@click.option("--max-age", type=click.IntRange(min=0), help="Fail if a price is older than so many days.")
@as_json_option
def command(packages: tuple[str, ...], as_of: datetime | None, max_age: int | None, as_json: bool) -> None:
    """Check catalogs by themselves and against each other.

    Schema, units, currencies, dates that overlap and names that are unknown are errors (exit 5). Coverage,
    basis, age and prices far from their like are told; with --max-age a price that no source stated within so
    many days is an error too (exit 6).

    \b
    Examples:
      planner catalog check
      planner catalog check ./our-cloud --max-age 365
    """
    from planner.catalog.appraisal import MAX_AGE, appraise

    found = appraise(
        read_packages(packages, as_of, descriptors=True), MAX_AGE if max_age is None else max_age
    )
    if as_json:
        print_json(found.document())
    else:
        listed = ", ".join(f"{count} {name}" for name, count in found.counts.items())
        click.echo(f"No problem found: {listed}; prices as of {found.prices_as_of}")
        print_tables(_tables(found))
        for line in _notes(found):
            click.echo(line)
    if max_age is not None:
        found.demand_fresh()
    click.echo("next: planner catalog list", err=True)


def _tables(found: Appraisal) -> list[Table]:
    coverage = frame_table("Known region × family × term", found.coverage)
    basis = frame_table("Prices by basis", found.basis)
    ages = frame_table(
        f"Age (stale: stated by no source for {found.max_age} days)",
        found.fresh[["vendor", "prices", "stale", "oldest", "newest"]],
    )
    columns = ("SKU", "term", "price", "expected", "ratio", "against", "basis")
    far = new_table(f"Far from their like ({len(found.outliers)})", *columns)
    for row in found.outliers.head(_SHOWN).to_dict("records"):
        price = f"{row['PricingCurrency']} {number(row['ListUnitPrice'])}"
        far.add_row(
            row["SkuId"],
            row["term"],
            price,
            number(row["expected"]),
            f"{row['ratio']:.2f}",
            row["against"],
            row["basis"],
        )
    return [coverage, basis, ages, *([far] if len(found.outliers) else [])]


def _notes(found: Appraisal) -> list[str]:
    notes = []
    if more := max(0, len(found.outliers) - _SHOWN):
        notes.append(f"and {more} more prices far from their like; --json lists all")
    if found.unpriced:
        notes.append(f"known, not priced: {', '.join(found.unpriced)}")
    if found.without_rate:
        notes.append(f"currencies without an exchange rate: {', '.join(found.without_rate)}")
    return notes
