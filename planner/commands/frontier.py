"""``planner frontier CASE``: cost against the cap or floor of a rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.talk import quoted, tell, watching

if TYPE_CHECKING:
    from planner.study.frontier import Frontier

_SHARE = click.FloatRange(0, 1)
_NUMBER = click.FloatRange(0)


@click.command("frontier")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--rule",
    default="vendor-share",
    show_default=True,
    help="Id of a rule on shares, exit, carbon or cash, or its kind.",
)
@click.option(
    "--from",
    "first",
    type=_NUMBER,
    help="Value to begin with (1 for shares; tonnes or money of carbon and cash must be given).",
)
@click.option("--to", "last", type=_NUMBER, help="Value to end with (0.3 for shares).")
@click.option(
    "--steps", type=click.IntRange(2, 1000), default=29, show_default=True, help="Number of values."
)
@click.option("--and", "other", help="A second rule on shares: every pair of values, as a heat map.")
@click.option("--and-from", "other_first", type=_SHARE, help="Its value to begin with (default 0).")
@click.option("--and-to", "other_last", type=_SHARE, help="Its value to end with (default 0.4).")
@click.option("--and-steps", "other_steps", type=click.IntRange(2, 100), help="Number of its values (5).")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write (default: studies/ID-frontier-RULE)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the frontier as JSON.")
def command(
    case: Path, rule: str, first: float | None, last: float | None, steps: int, other: str | None,
    other_first: float | None, other_last: float | None, other_steps: int | None, out: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Solve the case in folder CASE for each cap or floor of a rule between two values.

    With --and for each pair of values of two rules.

    \b
    Examples:
      planner frontier examples/quick-start --steps 8
      planner frontier examples/quick-start --and domestic-minimum
    """
    if other is not None:
        from planner.commands.two_rules import show_two_rules

        values = _values(*_ends(first, last, "", "", 1.0), steps)
        low, high = 0.0 if other_first is None else other_first, 0.4 if other_last is None else other_last
        pair = (other, _values(low, high, other_steps or 5))
        show_two_rules(case, (rule, values), pair, out, as_json)
        return
    if (other_first, other_last, other_steps) != (None, None, None):
        raise click.UsageError("--and-from, --and-to and --and-steps go with --and")
    from planner.commands import study_out
    from planner.inputs import read_case
    from planner.model.families import family
    from planner.report.figures.frontier import frontier_chart
    from planner.study.frontier import frontier, swept_rule, unit_of

    inputs = read_case(case)
    chosen = swept_rule(inputs, rule)
    unit = unit_of(chosen, inputs.settings.currency)
    number = family(chosen.kind).number
    most = number.most if number else 1.0
    with watching():
        study = frontier(inputs, chosen.id, _values(*_ends(first, last, unit, chosen.kind, most), steps))
    rows = study.rows()
    head = study.head
    document = study.document()
    target = out or Path("studies") / f"{head['case']}-frontier-{study.rule.id}"
    title, marking = str(head["title"]), str(head["marking"])
    study_out.write_study(
        target,
        "frontier",
        document,
        rows,
        lambda: [frontier_chart(study, title, marking, study_out.footer_of(inputs, "frontier.csv"))],
    )
    if as_json:
        study_out.print_json(document)
    else:
        _show(study, title, marking)
    click.echo(f"written to {target}", err=True)
    click.echo(f"next: planner why {quoted(case)} --rule {study.rule.id}", err=True)


def _show(found: Frontier, title: str, marking: str) -> None:
    from planner.answer.survives import NOTE
    from planner.commands import study_out
    from planner.money import words
    from planner.report.words import limit, percent

    base = found.points[0].cost or 0.0
    cells = []
    for point in found.points:
        if point.cost is None or point.shares is None:
            cells.append([limit(point.value, found.unit), "no plan", *[""] * 5])
            continue
        share = point.shares
        cells.append([
            limit(point.value, found.unit), f"{point.cost:,.0f}", _extra(point.cost - base, found),
            f"{share.hhi:,.0f}", percent(share.largest), percent(share.foreign),
            "-" if point.kept is None else percent(point.kept.share),
        ])  # fmt: skip
    heads = (
        found.parameter, f"cost ({found.currency})", "extra", "HHI", "largest group", "foreign parents",
        "critical kept",
    )  # fmt: skip
    # Points that cost the same as those on both sides say nothing more.
    inner = range(1, len(cells) - 1)
    again = {i for i in inner if cells[i][1] == cells[i - 1][1] == cells[i + 1][1]}
    told = [row for i, row in enumerate(cells) if i not in again]
    study_out.print_rows(marking, f"{title}: cost by {found.parameter} of {found.rule.id}", told, heads)
    if again:
        tell(f"{len(again)} points between others of the same cost are left out (--json has all)")
    of = "" if found.exact else " (of the points swept; others with other points)"
    if found.binds_from is not None:
        first = limit(found.binds_from, found.unit, 2)
        tell(f"the first {found.parameter} that costs anything{of}: {first}")
    if found.knee is not None:
        knee = limit(found.knee, found.unit, 2)
        each = f"each {'unit' if found.unit else 'point'}"
        tell(f"knee{of}: {knee}; tightening beyond it costs more for {each}")
    if found.end is not None:
        tell(f"no plan beyond {limit(found.end, found.unit, 2)}: {found.reason}")
    tell(f"cheapest: {words(base, found.currency)}, discounted, over the horizon")
    if found.band is not None and any("≈" in cell for row in told for cell in row):
        tell(found.band.sentence(found.currency))
    if found.points[0].kept is not None:
        tell(NOTE)


def _extra(extra: float, found: Frontier) -> str:
    """An extra cost, with a sign where approximations alone could make it."""
    within = found.band is not None and 0.5 <= abs(extra) < found.band.width
    return f"{'≈ ' if within else ''}{extra:+,.0f}"


def _ends(
    first: float | None, last: float | None, unit: str, kind: str, most: float | None
) -> tuple[float, float]:
    """The two ends of the values; shares have some of their own, tonnes and money must be given."""
    if unit and (first is None or last is None):
        raise click.UsageError(f"a rule of kind {kind} has a cap in {unit}: give --from and --to")
    ends = (1.0 if first is None else first, 0.3 if last is None else last)
    if most is not None and max(ends) > most:
        raise click.UsageError(f"--from and --to are shares here, between 0 and {most:g}")
    return ends


def _values(first: float, last: float, steps: int) -> list[float]:
    return [round(first + (last - first) * i / (steps - 1), 6) for i in range(steps)]
