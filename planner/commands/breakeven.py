"""``planner breakeven CASE``: the discount at which a vendor enters, and the share it would win."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.talk import quoted, tell, watching


@click.command("breakeven")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--vendor", required=True, help="A vendor or vendor group of the market.")
@click.option(
    "--to", "deepest", type=click.FloatRange(0, 0.99, min_open=True), default=0.6, show_default=True,
    help="Deepest discount tried.",
)  # fmt: skip
@click.option("--steps", type=click.IntRange(2, 200), default=13, show_default=True, help="Discounts tried.")
@click.option(
    "--share", "shares", type=click.FloatRange(0, 100, min_open=True), multiple=True,
    help="Percent of the market whose discount is told; may be repeated (default: 1, 5 and 10).",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder to write (default: studies/ID-breakeven-VENDOR)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    case: Path,
    vendor: str,
    deepest: float,
    steps: int,
    shares: tuple[float, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Offer the case in folder CASE discounts of a vendor, and plan again at each.

    \b
    Example:
      planner breakeven examples/quick-start --vendor tm
    """
    from planner.commands import study_out
    from planner.inputs import read_case
    from planner.report.figures.breakeven import breakeven_chart
    from planner.report.words import percent
    from planner.study.breakeven import SHARES, breakeven

    inputs = read_case(case)
    with watching():
        study = breakeven(inputs, vendor, deepest, steps, [v / 100 for v in shares] or SHARES)
    head, rows, document = study.head, study.rows(), study.document()
    title, marking, called = str(head["title"]), str(head["marking"]), study.called
    target = out or Path("studies") / f"{head['case']}-breakeven-{vendor}"
    footer = study_out.footer_of(inputs, "breakeven.csv")
    study_out.write_study(
        target, "breakeven", document, rows, lambda: [breakeven_chart(study, title, marking, footer)]
    )
    if as_json:
        study_out.print_json(document)
    else:
        cells = [
            [percent(o.discount), percent(o.share), f"{o.spend:,.0f}", f"{o.cost:,.0f}"] for o in study.offers
        ]
        heads = (
            "discount",
            "share of market",
            f"spend ({study.currency})",
            f"cost of the plan ({study.currency})",
        )
        study_out.print_rows(marking, f"{title}: discounts of {called}", cells, heads)
        if study.entry is None:
            why = f": it is closed to every workload ({study.why_not})" if study.why_not else ""
            tell(f"no discount up to {percent(deepest)} brings {called} into the plan{why}")
        elif study.entry == 0:
            tell(f"{called} is in the plan without any discount")
        else:
            tell(f"{called} enters at a discount of {percent(study.entry, 2)}, be it with a sliver")
        if study.entry is not None:
            for share, discount in study.wins:
                at = f"not at up to {percent(deepest)}" if discount is None else f"at {percent(discount, 1)}"
                tell(f"  {percent(share)} of the market: {at}")
    click.echo(f"written to {target}", err=True)
    click.echo(f"next: planner why {quoted(case)} --workload NAME", err=True)
