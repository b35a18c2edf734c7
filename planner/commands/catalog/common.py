"""What the commands on catalogs share: their arguments, reading packages, printing tables."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from planner.catalog.load import Catalog

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="Day whose prices count; today if not given.",
)
packages_argument = click.argument("packages", nargs=-1)


def read_packages(packages: tuple[str, ...], as_of: datetime | None, descriptors: bool = False) -> Catalog:
    """The packages as of the day that the option names, or of today."""
    from planner.catalog import packages as reading

    return reading.read_packages(packages, as_of.date() if as_of else date.today(), descriptors)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries with ``None`` for what is missing (NaN is not JSON)."""
    columns = [str(column) for column in frame.columns]
    return [
        {k: None if v != v or v == "" else v for k, v in zip(columns, row, strict=True)}
        for row in frame.itertuples(index=False)
    ]


def print_json(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def print_tables(shown: list[Table]) -> None:
    from rich.console import Console

    # Off a terminal rich assumes 80 columns and would fold the tables.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    for table in shown:
        console.print(table)


def new_table(title: str, *columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def frame_table(title: str, frame: pd.DataFrame) -> Table:
    """A table of a frame's columns, each cell as text."""
    table = new_table(title, *(str(column) for column in frame.columns))
    for row in frame.itertuples(index=False):
        table.add_row(*(str(cell) for cell in row))
    return table


def number(value: float) -> str:
    """Six significant digits, blank for nothing."""
    return "" if value != value else f"{value:.6g}"
