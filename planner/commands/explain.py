"""``planner explain CASE``: which rules collide when there is no plan, and the ways out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.talk import quoted, tell

if TYPE_CHECKING:
    from planner.explain.explain import Explanation


@click.command("explain")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--relax-legal", is_flag=True, help="Consider legal rules among the ways out too.")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
def command(case: Path, relax_legal: bool, as_json: bool) -> None:
    """Say why the case in folder CASE has no plan: exit 3 if it has none, 0 if it has one.

    Shows the smallest sets of statements that cannot hold together, and which of them would have to
    give by how much, cheapest first.

    \b
    Example:
      planner explain examples/no-plan
    """
    from planner.explain.explain import explain
    from planner.inputs import read_case

    explanation = explain(read_case(case), relax_legal, None if as_json else _show_conflicts)
    if as_json:
        click.echo(json.dumps(explanation.document(), ensure_ascii=False, indent=2, sort_keys=True))
    else:
        _show_ways(explanation)
    if explanation.feasible:
        click.echo(f"next: planner plan {quoted(case)}", err=True)
        return
    click.echo(
        f"next: change what would have to give in the case, then planner plan {quoted(case)}", err=True
    )
    raise click.exceptions.Exit(3)


_FACTS = 6
"""Facts shown beside a conflict."""


def _show_conflicts(explanation: Explanation) -> None:
    """What collides, as soon as it is known."""
    if explanation.feasible:
        tell("a plan exists that obeys every rule: nothing collides")
    for reason in explanation.reasons:
        tell(f"certain before solving: {reason}")
    many = len(explanation.conflicts) > 1
    for number, told in enumerate(explanation.conflicts, 1):
        label = f"conflict {number}" if many else "these"
        when = f" (in {', '.join(told.periods[:3])}{' …' if len(told.periods) > 3 else ''})"
        when = when if told.periods else ""
        tell(f"\n{label} cannot all hold{when}; without any one of them the rest can:")
        for member in told.members:
            tell(f"  - {member.text}")
            if member.source:
                tell(f"      source: {member.source}")
        for fact in told.facts[:_FACTS]:
            tell(f"    fact: {fact}")
        if len(told.facts) > _FACTS:
            tell(f"    and {len(told.facts) - _FACTS} more facts; --json lists them all")
    if not explanation.feasible:
        click.echo("working out what would have to give …", err=True)


def _show_ways(explanation: Explanation) -> None:
    ways = [(text, way) for text, way in explanation.ways if not way.serves_less]
    less = [text for text, way in explanation.ways if way.serves_less]
    if ways:
        tell("\nways out, cheapest first:")
    for number, (text, _) in enumerate(ways, 1):
        tell(f"  {number}. {text}")
    if less:
        tell("\nor ask for less:")
    for text in less:
        tell(f"  - {text}")
    for note in explanation.notes:
        tell(f"note: {note}")
