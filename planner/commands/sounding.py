"""``planner sounding CASE``: what to ask the market for, and what a vendor would win at which discount."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.talk import quoted, watching

if TYPE_CHECKING:
    from planner.study.sounding import Sounding


@click.command("sounding")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--vendor", "vendors", multiple=True,
    help="A vendor or vendor group to tell the share it would win; one a document that is given away.",
)  # fmt: skip
@click.option(
    "--within", type=click.FloatRange(0, 1), default=0.01, show_default=True,
    help="How much dearer plans may be over which the volumes range, as a part of the cost.",
)  # fmt: skip
@click.option(
    "--stress", type=click.FloatRange(0, 0.9), default=0.2, show_default=True,
    help="How much lower and higher all demand may be.",
)  # fmt: skip
@click.option(
    "--to", "deepest", type=click.FloatRange(0, 0.99, min_open=True), default=0.3, show_default=True,
    help="Deepest discount tried.",
)  # fmt: skip
@click.option("--steps", type=click.IntRange(2, 50), default=7, show_default=True, help="Discounts tried.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write (default: studies/ID-sounding)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    case: Path, vendors: tuple[str, ...], within: float, stress: float, deepest: float, steps: int,
    out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Work out volumes to ask the market for in the case in folder CASE, without a price or a vendor's name.

    With --vendor also the share of the market that this vendor would win at discounts on its own prices.

    \b
    Example:
      planner sounding examples/quick-start
    """
    from planner.commands import study_out
    from planner.inputs import read_case
    from planner.study.sounding import sounding

    inputs = read_case(case)
    with watching():
        study = sounding(inputs, vendors, within, stress, deepest, steps)
    target = out or Path("studies") / f"{inputs.settings.id}-sounding"
    more = {"wins": study.won()} if vendors else None
    study_out.write_study(target, "sounding", study.document(), study.rows(), lambda: [], more)
    if as_json:
        study_out.print_json(study.document())
    else:
        _show(study)
    click.echo(f"written to {target}", err=True)
    follow = f"breakeven {quoted(case)} --vendor {quoted(vendors[0])}" if vendors else f"plan {quoted(case)}"
    click.echo(f"next: planner {follow}", err=True)


def _show(study: Sounding) -> None:
    from planner.commands import study_out
    from planner.report.words import percent

    def number(value: float | None) -> str:
        return "no plan" if value is None else f"{value:,.0f}" if value >= 10 else f"{value:,.2f}"

    cells = [
        [f"{v.resource}, {v.platform}", *map(number, (v.planned, v.least, v.most, v.lower, v.higher))]
        for v in study.volumes
    ]
    part = percent(study.stress)
    heads = ("volume", "planned", "at least", "at most", f"{part} less demand", f"{part} more demand")
    title = f"{study.head['title']}: what the market would carry, mean over the horizon"
    study_out.print_rows(str(study.head["marking"]), title, cells, heads)
    click.echo(f"at least, at most: over plans that cost at most {percent(study.within, 2)} more")
    for vendor in dict.fromkeys(win.vendor for win in study.wins):
        click.echo()
        shares = [[percent(w.discount), percent(w.share)] for w in study.wins if w.vendor == vendor]
        study_out.print_rows(
            "", f"{vendor}: share of the market at a discount", shares, ("discount", "share")
        )
