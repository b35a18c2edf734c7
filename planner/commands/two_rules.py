"""The part of ``planner frontier`` that takes two rules: a table of costs, and a heat map."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.talk import quoted, tell, watching

_COLUMNS = 9
"""As many columns of costs fit a terminal; the figure and the file have all."""


def _some(count: int) -> list[int]:
    """Positions of as many of ``count`` columns as fit, evenly spread, both ends among them.

    >>> _some(3), _some(17)
    ([0, 1, 2], [0, 2, 4, 6, 8, 10, 12, 14, 16])
    """
    if count <= _COLUMNS:
        return list(range(count))
    return [round(i * (count - 1) / (_COLUMNS - 1)) for i in range(_COLUMNS)]


def show_two_rules(
    case: Path,
    first: tuple[str, list[float]],
    second: tuple[str, list[float]],
    out: Path | None,
    as_json: bool,
) -> None:
    """Solve the case for each pair of values of two rules, write the study and print it."""
    from planner.commands import study_out
    from planner.inputs import read_case
    from planner.money import words
    from planner.report.figures.two_rules import two_rules_chart
    from planner.report.words import percent
    from planner.study.two_rules import two_rules

    inputs = read_case(case)
    with watching():
        grid = two_rules(inputs, *first, *second)
    head, rows, document = grid.head, grid.rows(), grid.document()
    name = f"{head['case']}-frontier-{grid.first.rule.id}-{grid.second.rule.id}"
    target = out or Path("studies") / name
    title, marking = str(head["title"]), str(head["marking"])
    footer = study_out.footer_of(inputs, "frontier.csv")
    study_out.write_study(
        target, "frontier", document, rows, lambda: [two_rules_chart(grid, title, marking, footer)]
    )
    if as_json:
        study_out.print_json(document)
    else:
        shown = _some(len(grid.first.values))
        cells = []
        for b in grid.second.values:
            row = ["no plan" if c.cost is None else f"{c.cost - grid.base:,.0f}" for c in grid.row(b)]
            cells.append([percent(b), *(row[i] for i in shown)])
        heads = (grid.second.parameter, *(percent(grid.first.values[i]) for i in shown))
        about = (
            f"{title}: extra cost ({grid.currency}) by {grid.first.name} (along), {grid.second.name} (down)"
        )
        study_out.print_rows(marking, about, cells, heads)
        if len(shown) < len(grid.first.values):
            tell(f"{len(shown)} of {len(grid.first.values)} columns; all are in frontier.csv")
        closed = sum(c.cost is None for c in grid.cells)
        if closed:
            tell(f"{closed} of {len(grid.cells)} pairs have no plan")
        tell(f"cheapest: {words(grid.base, grid.currency)}, discounted, over the horizon")
    click.echo(f"written to {target}", err=True)
    click.echo(f"next: planner frontier {quoted(case)} --rule {grid.first.rule.id}", err=True)
