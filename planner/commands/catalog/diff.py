"""``planner catalog diff``: what differs between two packages, and what it does to a plan."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.catalog.common import (
    as_json_option,
    as_of_option,
    frame_table,
    new_table,
    number,
    print_json,
    print_tables,
)
from planner.commands.of_plans import of_plans

if TYPE_CHECKING:
    from rich.table import Table

    from planner.catalog.diff import Difference
    from planner.study.reprice import Repriced

_SHOWN = 20


@click.command("diff")
@click.argument("before")
@click.argument("after")
@click.option(
    "--plan", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A plan to price at both."
)
@as_of_option
@as_json_option
@of_plans
def command(before: str, after: str, plan: Path | None, as_of: datetime | None, as_json: bool) -> None:
    """Print what differs between BEFORE and AFTER: packages, or folders of packages.

    Either is a shipped catalog, a folder, a proposal's package, or what a plan keeps (PLAN/inputs/catalogs).
    With --plan also what the plan's purchases and egress cost at each, at list price, without solving.

    \b
    Example:
      planner catalog diff aws ./aws-proposed --plan plans/quick-start
    """
    from planner.catalog.diff import compare
    from planner.catalog.packages import read_side

    day = as_of.date() if as_of else date.today()
    old, new = read_side(before, day), read_side(after, day)
    found, priced = compare(old, new), None
    if plan is not None:
        from planner.commands.inputs_of import inputs_of
        from planner.plan.folder import read_plan
        from planner.study.reprice import reprice

        priced = reprice(read_plan(plan), inputs_of(plan)[0], old, new)
    if as_json:
        print_json({**found.document(), **({"plan": priced.document()} if priced else {})})
    else:
        _print(found, priced)
    click.echo(
        "next: planner catalog check" if plan else "next: planner catalog diff … --plan PLAN", err=True
    )


def _print(found: Difference, priced: Repriced | None) -> None:
    from planner.money import words

    for side, vendors in (("first", found.only_before), ("second", found.only_after)):
        if vendors:
            click.echo(f"Only in the {side}, and not compared: {', '.join(vendors)}")
    if found.same:
        click.echo(f"No difference as of {found.prices_as_of}")
    elif len(found.prices) or len(found.rows):
        print_tables(
            [frame_table(f"Differences as of {found.prices_as_of}", found.counts()), *_details(found)]
        )
    if priced is None:
        return
    money = priced.vendors.copy()
    for column in ("before", "after", "difference", "unpriced"):
        money[column] = [f"{value:,.0f}" for value in money[column]]
    prices_are = "less private prices and discounts" if priced.granted else "at list price"
    print_tables([frame_table(f"The plan {prices_are} ({priced.currency}, whole horizon)", money)])
    more = "more" if priced.difference > 0 else "less"
    click.echo(
        f"What both price costs {words(abs(priced.difference), priced.currency)} {more}; nothing is moved"
    )
    if priced.gone:
        rest = f" and {len(priced.gone) - _SHOWN} more" if len(priced.gone) > _SHOWN else ""
        click.echo(f"No longer priced, and in the plan: {', '.join(priced.gone[:_SHOWN])}{rest}")


def _details(found: Difference) -> list[Table]:
    shown = []
    if len(found.prices):
        table = new_table("Prices, the largest changes first", "change", "price", "before", "after", "by")
        for row in found.prices.head(_SHOWN).to_dict("records"):
            by = "" if row["ratio"] != row["ratio"] else f"{(row['ratio'] - 1) * 100:+.1f} %"
            sums = (
                f"{row['currency']} {number(row[c])}" if row[c] == row[c] else "" for c in ("before", "after")
            )
            table.add_row(row["change"], row["price"], *sums, by)
        shown.append(table)
    if len(found.rows):
        shown.append(frame_table("Other rows", found.rows.head(_SHOWN)))
    if len(found.rows) > _SHOWN or len(found.prices) > _SHOWN:
        shown[-1].caption = f"the first {_SHOWN} of each; --json lists all"
    return shown
