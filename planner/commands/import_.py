"""``planner import``: from a bill, a Terraform state or an inventory to the tables of a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.talk import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.start.estate import Estate

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def command() -> None:
    """Make the tables of a case from what an agency has.

    A mapping (TOML) says which tags or columns name the system, its agency and its class. What cannot be
    mapped is listed with its cost in OUT/import, never dropped.

    \b
    Example:
      planner import focus bill-*.csv --mapping names.toml --case my-case --out our-case
    """


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON."),
        click.option("--start", help="First month of the horizon (default: that of --case)."),
        click.option(
            "--case",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            help="A case, e.g. of planner init, whose settings and rules the new one takes over.",
        ),
        click.option("--out", required=True, type=click.Path(path_type=Path), help="New folder to write."),
        click.option(
            "--mapping", required=True, type=_FILE, help="Names of systems, agencies, classes (TOML)."
        ),
    ):
        function = option(function)
    return function


@command.command("focus")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@_options
def focus(files: tuple[Path, ...], mapping: Path, **given: Any) -> None:
    """Bills in the FOCUS format (1.0 to 1.3), CSV or Parquet.

    \b
    Example:
      planner import focus bill-*.csv --mapping names.toml --case my-case --out our-case
    """
    from planner.start.bill import read_bill
    from planner.start.mapping import read_mapping

    start = _start(given["case"], given["start"])
    _write(read_bill(files, read_mapping(mapping), mapping.name, start), mapping, **given)


@command.command("terraform")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@_options
def terraform(files: tuple[Path, ...], mapping: Path, **given: Any) -> None:
    """States of Terraform or OpenTofu (state version 4, or the JSON of ``show -json``).

    \b
    Example:
      planner import terraform terraform.tfstate --mapping names.toml --start 2027-01 --out tables
    """
    from planner.start.mapping import read_mapping
    from planner.start.terraform import read_states

    _write(read_states(files, read_mapping(mapping), mapping.name), mapping, **given)


@command.command("inventory")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@_options
def inventory(files: tuple[Path, ...], mapping: Path, **given: Any) -> None:
    """Inventories of virtual machines as RVTools writes them: a workbook, or its vInfo sheet as CSV.

    \b
    Example:
      planner import inventory estate.xlsx --mapping names.toml --case my-case --out our-case
    """
    from planner.start.inventory import read_inventory
    from planner.start.mapping import read_mapping

    _write(read_inventory(files, read_mapping(mapping), mapping.name), mapping, **given)


def _start(case: Path | None, start: str | None) -> str:
    """First month of the horizon: as said, else that of the case."""
    from planner.case.files import Files
    from planner.case.settings import read_settings
    from planner.errors import BadInput

    if start is not None:
        return start
    if case is None:
        raise click.UsageError("say --start, the first month of the horizon, or --case")
    settings, problems = read_settings(Files(case))
    if settings is None:
        raise BadInput(problems)
    return settings.start


def _write(
    estate: Estate, mapping: Path, out: Path, case: Path | None, start: str | None, as_json: bool
) -> None:
    from planner.inputs import read_case
    from planner.start.estate import BESIDE, check_classes, write_estate

    start = _start(case, start)
    if case is not None:
        check_classes(estate, read_case(case).classes, mapping.name)
    gone = write_estate(estate, start, out, case)
    if as_json:
        document = {
            "folder": str(out),
            "systems": len(estate.systems),
            "notes": list(estate.notes),
            "beside": sorted(estate.beside),
            "left_out": list(gone),
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        click.echo(f"{len(estate.systems)} systems written to {out}; beside the tables: {out / BESIDE}")
        for note in estate.notes:
            click.echo(note)
        for name in gone:
            click.echo(f"left out, as it names systems of {case}: {name}")
    ready = (
        f"planner check {quoted(out)}" if case is not None else f"planner init, and take over {quoted(out)}"
    )
    click.echo(f"next: {ready}", err=True)
