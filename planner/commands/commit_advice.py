"""``planner commit-advice CASE``: how much to commit for one and three years when demand is not known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.talk import quoted, tell, watching

if TYPE_CHECKING:
    from planner.study.commit_advice import Advice


def _numbers(text: str, what: str) -> list[float]:
    """Numbers between commas or blanks; ``-20%`` is a change, so 0.8."""
    out = []
    for part in text.replace(",", " ").split():
        try:
            value = float(part.removesuffix("%"))
        except ValueError:
            raise click.UsageError(f"{what}: {part!r} is no number") from None
        out.append(value)
    return out


@click.command("commit-advice")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--demand", default="-20%,0%,+20%", show_default=True, help="Changes of all demand, with commas between."
)
@click.option("--weights", help="How likely each is, with commas between (default: all alike).")
@click.option("--gap", type=click.FloatRange(0, 1), help="Relative gap for a large case (default 0.01).")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write the table and a figure to.")
@click.option("--json", "as_json", is_flag=True, help="Print the advice as JSON.")
def command(
    case: Path, demand: str, weights: str | None, gap: float | None, out: Path | None, as_json: bool
) -> None:
    """Say how much to commit in the first period of the case in folder CASE before demand is known.

    \b
    Example:
      planner commit-advice examples/commitment-depth --demand=-20%,0%,+20%
    """
    from planner.commands import study_out
    from planner.inputs import read_case
    from planner.study.commit_advice import GAP, commit_advice

    factors = [1.0 + change / 100.0 for change in _numbers(demand, "--demand")]
    parts = [1.0] * len(factors) if weights is None else _numbers(weights, "--weights")
    if len(factors) < 2 or min(factors) < 0:
        raise click.UsageError("--demand takes at least two changes, none below -100%")
    if len(parts) != len(factors) or min(parts) < 0 or sum(parts) <= 0:
        raise click.UsageError("--weights takes one weight for each change of demand, none negative")
    inputs = read_case(case)
    with watching():
        study = commit_advice(inputs, factors, parts, GAP if gap is None else gap)
    head, rows, document = study.head, study.rows(), study.document()
    if out is not None:
        from planner.report.figures.commit_advice import commit_chart

        shown = (str(head["title"]), str(head["marking"]), study_out.footer_of(inputs, "commit-advice.csv"))
        study_out.write_study(out, "commit-advice", document, rows, lambda: [commit_chart(study, *shown)])
        click.echo(f"written to {out}", err=True)
    if as_json:
        study_out.print_json(document)
    else:
        _show(study, head)
    for factor, weight, why in study.missing:
        click.echo(
            f"NO PLAN at demand {factor - 1:+.0%} (weight {weight:.0%}){f': {why}' if why else ''}\n"
            "  the advice is for the other levels, as if it could not come; what must stay unserved then:\n"
            f"  planner stress {quoted(case)} --stressor 'demand:*:{factor - 1:+.0%}'",
            err=True,
        )
    click.echo(f"next: planner plan {quoted(case)}", err=True)


def _show(found: Advice, head: Mapping[str, Any]) -> None:
    from planner.commands import study_out
    from planner.report.words import amount, percent

    names = [f"{level.factor - 1:+.0%}" for level in found.levels]
    cells = []
    for row in found.rows():
        pays = "" if row["pays_from"] is None else percent(row["pays_from"])
        alone = [f"{row[f'alone_{k}']:,.2f}" for k in range(len(names))]
        what = f"{row['sku']} {row['term']}"
        cells.append([what, pays, f"{row['advised']:,.2f}", f"{row['for_mean']:,.2f}", *alone])
    title = f"{head['title']}: machines to commit in the first period"
    heads = ("machine", "pays from", "commit", "if mean", *(f"if {name}" for name in names))
    study_out.print_rows(str(head["marking"]), title, cells, heads)
    if not cells:
        tell("nothing is worth a commitment")
    money = found.currency
    tell("pays from: the part of its hours that a committed machine must run")
    tell(f"expected cost {amount(found.expected, money)}, discounted")
    if found.unproved >= 0.5:
        less = amount(found.unproved, money)
        tell(f"  the best advice may cost up to {less} less: the best of a few candidates (--gap)")
    saved, worth = found.of_mean - found.expected, found.expected - found.perfect
    tell(f"  it saves {amount(saved, money)} against committing as if the mean were certain")
    tell(f"  knowing demand beforehand would be worth {amount(worth, money)}")
