"""The command line: one file a command, imported only when it runs, so that ``--help`` stays quick."""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from typing import Any

import click

from planner import __version__
from planner.commands.examples import with_examples

COMMANDS = {
    "init": "Write a first case: commented, with sample systems, ready to plan.",
    "generate": "Draw a case of many systems from one that exists.",
    "plan": "Find the cheapest plan that obeys every rule, and write its folder.",
    "show": "Print a plan that was written before.",
    "export": "Write a plan as a workbook, a committee paper, a forecast, tables, a map, its program.",
    "import": "From a cloud bill, a Terraform state or an inventory to the tables of a case.",
    "check": "Check a case without solving it.",
    "explain": "Say which rules collide when there is no plan, and the ways out.",
    "why": "Why a workload runs here and not there, or what a rule costs.",
    "compare": "Plans, or the scenarios of a case, side by side.",
    "alternatives": "Plans of nearly equal cost that differ most in vendor mix.",
    "frontier": "Cost against the cap or floor of a rule.",
    "breakeven": "The discount at which a vendor enters, and the share it would win.",
    "sounding": "Neutral volumes to ask the market for, and what a vendor wins at which discount.",
    "exit-cost": "What leaving a vendor costs, and where its work would go.",
    "serve": "A page to ask what if: move caps, prices and demand, take vendors away.",
    "commit-advice": "How much to commit for one and three years when demand is not known.",
    "stress": "What a case costs, and cannot serve, when something goes wrong.",
    "robust": "What to decide now when one of several futures may come.",
    "montecarlo": "How the cost spreads when prices, demand and exchange rates do.",
    "policy": "List, show, check and test packs of rules.",
    "audit": "Re-derive every verdict on a plan from its folder alone; exit 4 if one fails.",
    "sign": "Sign a plan as prepared, reviewed or approved.",
    "verify": "Prove that a plan was not changed, and who signed it; exit 4 otherwise.",
    "bundle": "Put a plan into one archive.",
    "unbundle": "Take a plan out of an archive, if nothing of it was changed.",
    "latency": "Round trips from sites to regions, or between any two nodes.",
    "catalog": "List and check the catalogs that ship with the planner.",
}
"""Name and help line of each command; the code is in the module of the same name."""


class LazyGroup(click.Group):
    """A click group whose commands are imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = cmd_name.replace("-", "_") + ("_" if keyword.iskeyword(cmd_name) else "")
        command: click.Command = importlib.import_module(f"planner.commands.{module}").command
        return with_examples(command)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; that the reader of our output left (planner … | head) is no error of ours."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            pass
        except SystemExit as leave:
            # rich turns a broken pipe into an exit of its own, with code 1.
            if not isinstance(leave.__context__, BrokenPipeError):
                raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ctx.exit(0)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="planner")
def cli() -> None:
    """Plan where a government's workloads run: cheapest, within every rule, with evidence.

    \b
    Examples:
      planner init my-case --country MY --currency MYR
      planner plan my-case
      planner show plans/my-case
    """


with_examples(cli)


def main(argv: list[str] | None = None) -> Any:
    """Run the command line; every error of the planner becomes a message and an exit code."""
    from planner.commands.run import run

    return run(cli, argv)
