"""``planner exit-cost PLAN|CASE --vendor V``: what leaving a vendor costs, and where its work would go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.talk import quoted, tell, watching

if TYPE_CHECKING:
    from planner.study.exit_cost import Exit

_GIBIT = 8 * 2**30 / 1e9
"""Gigabits in one GiB."""


@click.command("exit-cost")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--vendor", required=True, help="A vendor or vendor group.")
@click.option("--at", help="Period at whose beginning to leave (default: the second).")
@click.option(
    "--gbit", type=click.FloatRange(0, min_open=True), help="Gbit/s at which data can be carried away."
)
@click.option(
    "--gap", type=click.FloatRange(0, 1), help="Relative gap for a large case with integers (default 0.01)."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write the tables and a figure to.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(
    path: Path, vendor: str, at: str | None, gbit: float | None, gap: float | None, out: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Leave a vendor at the beginning of a period, and plan the rest again without it.

    PATH is a case folder, or a plan folder with the inputs that it was made from.

    \b
    Example:
      planner exit-cost plans/quick-start --vendor amazon
    """
    from planner.commands import study_out
    from planner.commands.inputs_of import inputs_of
    from planner.study.exit_cost import GAP, exit_cost

    inputs, notes = inputs_of(path)
    with watching():
        study = exit_cost(inputs, vendor, at, GAP if gap is None else gap)
    head, rows = study.head, study.rows()
    days = None if gbit is None else study.stake.gib * _GIBIT / gbit / 86400.0
    told_days = None if days is None else round(days, 3)
    document = {**study.document(), "transfer_days": told_days, "notes": notes}
    if out is not None:
        from planner.report.figures.exit_cost import exit_chart

        name = head["names"].get(vendor, vendor)
        shown = (str(head["title"]), str(head["marking"]), study_out.footer_of(inputs, "study.json"))
        study_out.write_study(out, "exit-cost", document, rows, lambda: [exit_chart(study, name, *shown)])
        click.echo(f"written to {out}", err=True)
    if as_json:
        study_out.print_json(document)
    else:
        _show(study, head, days)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"next: planner why {quoted(path)} --workload NAME", err=True)


def _show(found: Exit, head: Mapping[str, Any], days: float | None) -> None:
    from planner.commands import study_out
    from planner.report.words import amount

    def money(value: float | None, without: str = "no price") -> str:
        return without if value is None else f"{value:,.0f}"

    cells = [
        [
            s.period, f"{s.systems:.1f}", f"{s.gib:,.0f}", money(s.egress), money(s.labour, "not stated"),
            money(s.stranded),
        ]
        for s in found.stakes
    ]  # fmt: skip
    heads = ("leaving in", "workloads", "GiB", "egress at list", "labour", "still due")
    title = f"{head['title']}: what lies with {found.vendor} ({found.currency})"
    study_out.print_rows(str(head["marking"]), title, cells, heads)
    stake = found.stake
    tell(f"\nleaving {found.vendor} at the beginning of {found.at}:")
    tell(f"  egress {_told(stake.egress, found)} at list price, nothing if it waives a full exit")
    said = _told(stake.labour, found) if stake.labour is not None else "not stated in the case"
    tell(f"  labour {said}; notice {stake.notice_days} days")
    if days is not None:
        tell(f"  carrying the data away takes {days:,.1f} days")
    tell(f"  stranded: {_told(stake.stranded, found)} still due for what runs on unused")
    if found.gone is None:
        tell(f"  there is no plan without {found.vendor}:")
        for line in found.why_not:
            tell(f"    {line}")
        return
    when = "at once" if found.periods == 0 else f"by the beginning of {found.gone}"
    tell(f"  possible {when}; what runs then costs {amount(found.running, found.currency)} a year more")
    if abs(found.begin) >= 0.005:
        tell(f"  beginning elsewhere costs {amount(found.begin, found.currency)} once")
    with_moves = "with" if found.priced_moves else "without"
    extra = amount(found.extra, found.currency)
    tell(f"  over the horizon {extra}, discounted, {with_moves} moving")
    if found.unproved >= 0.5:
        words = amount(found.unproved, found.currency)
        tell(f"  the best exit may cost up to {words} less: whole numbers to a gap (--gap)")
    by = found.goes.groupby("region")[["share", "vcpu"]].sum()
    for region, share, vcpu in by.itertuples(name=None):
        tell(f"  to {region}: {share:.1f} workloads, {vcpu:,.0f} vCPU")


def _told(value: float | None, found: Exit) -> str:
    from planner.report.words import amount

    return "at no known price" if value is None else amount(value, found.currency)
