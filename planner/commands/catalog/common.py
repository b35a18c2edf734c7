"""What the commands on catalogs share: their arguments, reading packages, printing tables."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
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
        problems += stale_descriptors(folders)
    if problems:
        raise BadInput(problems)
    return catalog


def stale_descriptors(folders: list[tuple[str, Path]]) -> list[Any]:
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


def number(value: float) -> str:
    """Six significant digits, blank for nothing."""
    return "" if value != value else f"{value:.6g}"
