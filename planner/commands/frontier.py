"""``planner frontier CASE``: cost against the cap or floor of a rule on shares."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.talk import quoted

_SHARE = click.FloatRange(0, 1)


@click.command("frontier")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--rule", default="vendor-share", show_default=True, help="Id of a rule on shares, or its kind."
)
@click.option("--from", "first", type=_SHARE, default=1.0, show_default=True, help="Value to begin with.")
@click.option("--to", "last", type=_SHARE, default=0.3, show_default=True, help="Value to end with.")
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
    case: Path, rule: str, first: float, last: float, steps: int, other: str | None,
    other_first: float | None, other_last: float | None, other_steps: int | None, out: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Solve the case in folder CASE for each cap or floor of a rule between two values.

    With --and for each pair of values of two rules.
    """
    values = _values(first, last, steps)
    if other is not None:
        from planner.commands.two_rules import show_two_rules

        low, high = 0.0 if other_first is None else other_first, 0.4 if other_last is None else other_last
        pair = (other, _values(low, high, other_steps or 5))
        show_two_rules(case, (rule, values), pair, out, as_json)
        return
    if (other_first, other_last, other_steps) != (None, None, None):
        raise click.UsageError("--and-from, --and-to and --and-steps go with --and")
    from planner.commands import study_out
    from planner.inputs import read_inputs
    from planner.money import words
    from planner.report.figures.frontier import frontier_chart
    from planner.report.words import percent
    from planner.study.frontier import frontier

    inputs = read_inputs(case)
    found = frontier(inputs, rule, values)
    rows = found.rows()
    head = study_out.head_of(inputs)
    document = {
        **head,
        "study": "frontier",
        "rule": found.rule.id,
        "source": found.rule.source_line(),
        "parameter": found.parameter,
        "stated": found.stated,
        "points": rows,
        "end": found.end,
        "reason": found.reason,
        "binds_from": found.binds_from,
        "knee": found.knee,
    }
    target = out or Path("studies") / f"{head['case']}-frontier-{found.rule.id}"
    title, marking = str(head["title"]), str(head["marking"])
    study_out.write_study(
        target,
        "frontier",
        document,
        rows,
        lambda: [frontier_chart(found, title, marking, study_out.footer_of(inputs, "frontier.csv"))],
    )
    if as_json:
        study_out.print_json(document)
    else:
        base = found.points[0].cost or 0.0
        cells = []
        for point in found.points:
            if point.cost is None or point.shares is None:
                cells.append([percent(point.value), "no plan", "", "", "", ""])
                continue
            share = point.shares
            cells.append([
                percent(point.value), f"{point.cost:,.0f}", f"{point.cost - base:+,.0f}", f"{share.hhi:,.0f}",
                percent(share.largest), percent(share.foreign),
            ])  # fmt: skip
        heads = (
            found.parameter,
            f"cost ({found.currency})",
            "extra",
            "HHI",
            "largest group",
            "foreign parents",
        )
        study_out.print_rows(marking, f"{title}: cost by {found.parameter} of {found.rule.id}", cells, heads)
        if found.binds_from is not None:
            click.echo(f"the first {found.parameter} that costs anything: {percent(found.binds_from, 2)}")
        if found.knee is not None:
            click.echo(f"knee: {percent(found.knee, 2)}; tightening beyond it costs more for each point")
        if found.end is not None:
            click.echo(f"no plan beyond {percent(found.end, 2)}: {found.reason}")
        click.echo(f"cheapest: {words(base, found.currency)}, discounted, over the horizon")
    click.echo(f"written to {target}", err=True)
    click.echo(f"next: planner why {quoted(case)} --rule {found.rule.id}", err=True)


def _values(first: float, last: float, steps: int) -> list[float]:
    return [round(first + (last - first) * i / (steps - 1), 6) for i in range(steps)]
