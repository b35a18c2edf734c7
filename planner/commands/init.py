"""``planner init FOLDER``: a first case, by a few questions or options."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from planner.commands.talk import quoted


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2026-11-30", param, ctx)


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--country", help="Two letters, e.g. MY.")
@click.option("--currency", help="Three letters, e.g. MYR.")
@click.option("--title", default="A first case", show_default=True, help="Title of the case.")
@click.option("--start", help="First month, e.g. 2027-01 (default: next January).")
@click.option("--months", type=int, default=3, show_default=True, help="Months of a period: 1, 3, 6 or 12.")
@click.option("--count", type=int, default=12, show_default=True, help="Number of periods.")
@click.option("--vendor", "vendors", multiple=True, help="A vendor allowed (default: all that sell there).")
@click.option("--pack", "packs", multiple=True, help="A pack of rules; planner policy list names them.")
@click.option("--cap", type=float, help="Largest share of spend of one vendor group, e.g. 0.4.")
@click.option("--floor", type=float, help="Least share of spend of domestic vendor groups, e.g. 0.15.")
@click.option("--rate", "rates", multiple=True, help="Price of a currency, e.g. USD=4.05.")
@click.option("--rules", type=click.Choice(["adopt"]), help="Adopt the rules that need it, to be signed.")
@click.option("--adopted-by", default="", help="Who adopts rules, cap and floor.")
@click.option("--reference", default="", help="Reference of the adoption, e.g. a minute.")
@click.option("--decision-date", type=_Day(), help="Prices and rules as of this day (default: today).")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Copy this case instead, e.g. examples/quick-start.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def command(folder: Path, source: Path | None, as_json: bool, **given: Any) -> None:
    """Write a first case into FOLDER: commented, with three sample systems, and it plans at once.

    \b
    Examples:
      planner init my-case --country MY --currency MYR --pack malaysia-2026
      planner init my-case --from examples/quick-start
    """
    from planner.start.init import copy_case, new_case

    inputs = copy_case(source, folder) if source else new_case(folder, _answers(given))
    if as_json:
        import json

        document = {"case": inputs.settings.id, "folder": str(folder), "files": sorted(_names(folder))}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        settings = inputs.settings
        click.echo(f"{folder}: {', '.join(sorted(_names(folder)))}")
        click.echo(
            f"{len(inputs.workloads)} systems, {len(inputs.regions)} regions, "
            f"{len(inputs.periods)} periods from {settings.start}, {len(inputs.rules)} rules"
        )
    click.echo(f"next: edit the tables, then planner check {quoted(folder)}", err=True)


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _answers(given: dict[str, Any]) -> Any:
    """The answers, asked for on a terminal where options leave them open."""
    from planner.start.answers import Answers

    asking = sys.stdin.isatty()
    for name, question in (("country", "Country (two letters)"), ("currency", "Currency (three letters)")):
        if not given[name]:
            if not asking:
                raise click.UsageError(f"say --{name}: it is not asked for off a terminal")
            given[name] = click.prompt(question)
    if asking and not given["packs"]:
        click.echo("Packs of rules are listed by: planner policy list")
        named = click.prompt("Packs, with spaces between (none: Enter)", default="", show_default=False)
        given["packs"] = tuple(named.split())
    adopting = given.pop("rules") == "adopt" or given["cap"] is not None or given["floor"] is not None
    if adopting and not (given["adopted_by"] and given["reference"]):
        if not asking:
            raise click.UsageError("adopting rules, --cap and --floor need --adopted-by and --reference")
        given["adopted_by"] = given["adopted_by"] or click.prompt("Who adopts the rules")
        given["reference"] = given["reference"] or click.prompt("Under which reference")
    decided = given.pop("decision_date") or date.today()
    start = given.pop("start") or f"{decided.year + 1}-01"
    return Answers(**{**given, "rates": _rates(given["rates"])}, decided=decided, start=start)


def _rates(texts: tuple[str, ...]) -> dict[str, float]:
    rates = {}
    for text in texts:
        currency, _, value = text.partition("=")
        try:
            rates[currency] = float(value)
        except ValueError:
            raise click.UsageError(f"--rate {text!r}: write e.g. USD=4.05") from None
        if not 0 < rates[currency] < 1e9:
            raise click.UsageError(f"--rate {text!r}: write a price above 0")
    return rates
