"""``planner alternatives PLAN|CASE``: plans of nearly equal cost that differ most in vendor mix."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from planner.commands.talk import quoted, tell, watching


def _part(ctx: click.Context, parameter: click.Parameter, text: str) -> float:
    """A part of one: ``1%`` or ``0.01``."""
    try:
        value = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise click.BadParameter(f"{text!r} is no part of the cost: write 1% or 0.01, at most 100%")
    return value


@click.command("alternatives")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--within", default="1%", show_default=True, callback=_part, help="How much dearer they may be."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write the table and a figure to.")
@click.option("--json", "as_json", is_flag=True, help="Print the plans as JSON.")
def command(path: Path, within: float, out: Path | None, as_json: bool) -> None:
    """Find plans within every rule that cost little more than the cheapest and buy from others.

    PATH is a case folder, or a plan folder with the inputs that it was made from.

    \b
    Example:
      planner alternatives plans/quick-start --within 2%
    """
    from planner.commands import study_out
    from planner.commands.inputs_of import inputs_of
    from planner.report.words import percent
    from planner.study.alternatives import alternatives

    inputs, notes = inputs_of(path)
    with watching():
        study = alternatives(inputs, within)
    head, rows, document = study.head, study.rows(), {**study.document(), "notes": notes}
    if out is not None:
        from planner.report.figures.alternatives import alternatives_chart

        footer, names = study_out.footer_of(inputs, "alternatives.csv"), head["names"]
        shown = (str(head["title"]), str(head["marking"]), footer)
        study_out.write_study(
            out, "alternatives", document, rows, lambda: [alternatives_chart(study, names, *shown)]
        )
        click.echo(f"written to {out}", err=True)
    if as_json:
        study_out.print_json(document)
    else:
        base = study.plans[0]
        groups, names = list(base.shares.by_group), head["names"]
        cells = [
            [
                _called(p.name, names), f"{p.cost:,.0f}",
                f"{max(p.cost / base.cost - 1, 0.0) if base.cost else 0.0:.2%}",
                *(percent(p.shares.by_group[g]) for g in groups), f"{p.shares.hhi:,.0f}",
                percent(p.shares.foreign), percent(p.distance / 2),
            ]
            for p in study.plans
        ]  # fmt: skip
        heads = (
            "plan",
            f"cost ({study.currency})",
            "dearer",
            *(names.get(g, g) for g in groups),
            "HHI",
            "foreign parents",
            "moved",
        )
        title = f"{head['title']}: plans within {percent(within)} of the cheapest"
        study_out.print_rows(str(head["marking"]), title, cells, heads)
        tell("moved: the part of the market's spend that is with another vendor group than in the cheapest")
        if not study.every_set:
            tell("most different: of the plans above, not of all sets of vendor groups")
    for note in notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"next: planner why {quoted(path)} --rule RULE", err=True)


def _called(plan: str, names: Mapping[str, str]) -> str:
    """``most of alpha`` with the name of the vendor group."""
    what, of, group = plan.partition(" of ")
    return what + of + names.get(group, group)
