"""``planner catalog``: what can be bought, whether it holds together, and how it is kept true."""

from __future__ import annotations

import importlib

import click

from planner.commands.examples import with_examples

COMMANDS = {
    "list": "Print what is priced, not sold or unknown, and when it was last refreshed.",
    "show": "Print what a region sells and at what price.",
    "check": "Check catalogs by themselves and against each other.",
    "diff": "Print what differs between two packages, and what it does to a plan.",
    "geojson": "Write regions, sites and cables for a map.",
    "refresh": "Propose new prices from a vendor's published price list.",
    "accept": "Take a proposal over.",
}
"""Name and help line of each command; the code is in the module of the same name."""


class CatalogGroup(click.Group):
    """A group whose commands are imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"planner.commands.catalog.{cmd_name}").command
        return with_examples(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])


@click.group(cls=CatalogGroup)
def command() -> None:
    """List, check and refresh the catalogs: vendors, regions, SKUs, prices.

    PACKAGES are names of shipped catalogs or paths of folders; all shipped ones if none is given.

    \b
    Examples:
      planner catalog list
      planner catalog show aws:ap-southeast-5
    """
