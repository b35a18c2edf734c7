"""``planner stress CASE``: what a case costs, and what it cannot serve, when something goes wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from planner.commands import running
from planner.commands.talk import quoted, tell, watching


@click.command("stress")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--stressor",
    "named",
    multiple=True,
    help="e.g. vendor-gone:GROUP, price:GROUP:+30%, demand:*:+20%, cable-cut:LINK; join with &. "
    "The usual ones if none is named.",
)
@running.options
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write (default: studies/ID-stress).")
@click.option("--json", "as_json", is_flag=True, help="Print the matrix as JSON.")
def command(
    path: Path,
    named: tuple[str, ...],
    jobs: int,
    cluster: str | None,
    out: Path | None,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Put a case, or a plan, under stress: plan again under each, and tell what breaks if nothing moves.

    PATH is a case folder, or a plan folder with the inputs that it was made from: then it is that plan
    that stays. Finished runs are kept: an interrupted study goes on where it stopped.

    \b
    Examples:
      planner stress examples/quick-start --jobs 2
      planner stress plans/quick-start --stressor vendor-gone:amazon --stressor price:amazon:+30%
    """
    from planner.commands import study_out
    from planner.commands.inputs_of import inputs_of
    from planner.plan.folder import RECORD
    from planner.report.figures.stress import stress_chart
    from planner.study.result import head_of
    from planner.study.stress import (
        Matrix,
        StressTask,
        by_harm,
        demand_known,
        depends_on,
        make_base,
        placements_of,
    )

    plan = str(path.resolve()) if (path / RECORD).is_file() else ""
    inputs, notes = inputs_of(path)
    with watching():
        base = make_base(inputs, placements_of(plan))
    texts = demand_known(base, named)
    head = head_of(inputs)
    target = out or Path("studies") / f"{head['case']}-stress"
    depends = depends_on(inputs, plan)
    kept = running.kept_beside(target, keep, depends)
    rows = by_harm(running.run_told(StressTask(inputs.origin, depends, plan), texts, kept, jobs, cluster))
    matrix = Matrix(base.cost, tuple(rows), head=head)
    document = {**matrix.document(), "notes": notes}
    footer = study_out.footer_of(inputs, "stress.csv, breaks.csv")
    study_out.write_study(
        target,
        "stress",
        document,
        matrix.rows(),
        lambda: [stress_chart(document, rows, footer)],
        {"breaks": matrix.breaks()},
    )
    if as_json:
        study_out.print_json(document)
    else:
        _show(document, rows)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"written to {target}; finished runs are kept in {kept.folder}", err=True)
    follow = "" if plan else "; scenarios side by side: planner compare --scenarios"
    click.echo(f"next: look at {quoted(target / 'stress.csv')}{follow}", err=True)


NOTES = (
    "cannot run: work that has no place even with every cap and floor on shares set aside",
    "left out by shares: what more would be left out to hold those; nobody would: set them aside then",
    "where no plan obeys every rule, the cost is that of what can be served, critical work first",
    "critical hit: critical work that the plan of the case has in what closes, before anything moves",
    "staying: cost of the plan of the case at the new prices; it may break caps on spend",
)


def _show(document: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    from planner.commands import study_out
    from planner.report.words import percent
    from planner.study.stress import has_effect

    divisor, unit = _scale(document["cost"], document["currency"])
    cells = [["no stress", f"{document['cost'] / divisor:,.0f}", *[""] * 6]]
    felt = [row for row in rows if has_effect(row)]
    for row in felt:
        gone = row["status"] != "plan"
        cells.append([
            row["stressor"], f"{row['cost'] / divisor:,.0f}",
            "" if gone else f"{row['extra'] / divisor:+,.0f}",
            percent(row["unserved_critical_no_shares"]) if gone else "",
            percent(row["unserved_no_shares"]) if gone else "",
            percent(max(0.0, row["unserved"] - row["unserved_no_shares"])) if gone else "",
            percent(row["hit_critical"]) if row["hit"] else "",
            "" if row["stay"] is None else f"{row['stay'] / divisor:,.0f}",
        ])  # fmt: skip
    heads = (
        "stressor", "cost", "extra", "critical cannot run", "all: cannot run",
        "left out by shares", "critical hit", "staying",
    )  # fmt: skip
    title = f"{document['title']}: under stress ({unit})"
    study_out.print_rows(str(document["marking"]), title, cells, heads)
    names = {
        g: n for g, n in document["names"].items() if g != n and any(_names(r["stressor"], g) for r in felt)
    }
    if names:
        tell(f"names: {', '.join(f'{group} is {name}' for group, name in sorted(names.items()))}")
    if without := [row["stressor"] for row in rows if not has_effect(row)]:
        tell(f"without effect, {len(without)}: {', '.join(without)}")
    for note in NOTES:
        tell(note)
    _show_held(felt)


def _names(stressor: str, group: str) -> bool:
    """Does a stressor name a vendor group?"""
    return group in stressor.replace("&", ":").replace(" ", "").split(":")


def _scale(cost: float, currency: str) -> tuple[float, str]:
    """Divisor and unit of the matrix: seven digits at most, so that no figure is broken in two."""
    for least, divisor, name in ((1e9, 1e6, "million"), (1e6, 1e3, "thousand")):
        if cost >= least:
            return divisor, f"{currency} {name}"
    return 1.0, currency


HELD = (
    "held: work, copies kept ready and backups stay as in the plan of the case; machines are bought anew",
    "unserved: workloads that lose a part which no copy kept ready takes over",
    "cut off: users whom no route joins to the region that serves them; of the new plan and held",
)
_TOLD = 4
"""Lines of each kind and stressor on the terminal; all are in breaks.csv."""


_KINDS = {"unserved": "unserved", "standby": "copies", "backup": "backups", "rule": "rules"}


def _show_held(rows: list[dict[str, Any]]) -> None:
    from planner.commands import study_out
    from planner.report.words import percent

    counts = ("held_unserved", "held_standbys_lost", "held_backups_lost", "held_rules_broken")
    cells = [
        [
            row["stressor"], *("?" if row[count] is None else str(row[count]) for count in counts),
            "" if row["unreachable"] is None
            else f"{percent(row['unreachable'])} / {percent(row['held_unreachable'])}",
        ]
        for row in rows
    ]  # fmt: skip
    heads = ("stressor", "unserved", "copies lost", "backups lost", "rules broken", "cut off: new / held")
    tell()
    study_out.print_rows("", "what breaks with placements held", cells, heads)
    for note in HELD:
        tell(note)
    for row in rows:
        if row["breaks"]:
            tell(f"{row['stressor']}:")
        for kind in dict.fromkeys(line["kind"] for line in row["breaks"]):
            lines = [_line(line) for line in row["breaks"] if line["kind"] == kind]
            for line in lines[:_TOLD]:
                tell(f"  {line}")
            if len(lines) > _TOLD:
                tell(f"  … and {len(lines) - _TOLD} more {_KINDS.get(kind, '')} (breaks.csv)")


def _line(line: dict[str, Any]) -> str:
    from planner.report.words import percent

    if line["kind"] == "unserved":
        periods = f"{line['periods']} period{'' if line['periods'] == 1 else 's'}"
        what = "unserved, critical" if line["critical"] else "unserved"
        return f"{what}: {line['subject']} loses {percent(line['share'])} in {line['period']} ({periods})"
    if line["kind"] in ("standby", "backup"):
        what = "copy kept ready" if line["kind"] == "standby" else "backup"
        return f"{what} lost: {line['subject']}"
    return str(line["text"])
