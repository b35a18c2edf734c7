"""``planner why PLAN|CASE``: why a workload runs here and not there, or what a rule costs."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.of_plans import of_plans
from planner.commands.talk import tell


@click.command("why")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--workload", help="Why this workload runs where it does.")
@click.option("--region", help="Only this region; with --workload.")
@click.option("--rule", help="What this rule costs: its id, its kind, or 'capacity of SUBJECT (RESOURCE)'.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write a table and a figure to.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@of_plans
def command(
    path: Path, workload: str | None, region: str | None, rule: str | None, out: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Say why a workload runs where it does, or what a rule costs.

    PATH is a case folder, or a plan folder with the inputs that it was made from.

    \b
    Examples:
      planner why plans/quick-start --workload payroll
      planner why plans/quick-start --rule vendor-share
    """
    from planner.case.weights import weighed_words
    from planner.commands.inputs_of import inputs_of
    from planner.commands.study_out import footer_of, print_json, write_study
    from planner.commands.talk import quoted, watching
    from planner.plan.folder import RECORD, read_plan

    if (workload is None) == (rule is None):
        raise click.UsageError("give either --workload or --rule")
    if region is not None and workload is None:
        raise click.UsageError("--region goes with --workload")
    if out is not None and workload is None:
        raise click.UsageError("--out goes with --workload")
    inputs, notes = inputs_of(path)
    marking = inputs.settings.marking
    if weighed := weighed_words(inputs.settings.carbon, inputs.settings.latency):
        notes = [*notes, weighed]
    if inputs.settings.whole_units is None:
        notes = [
            *notes,
            "costs are of plans in parts of machines, as in all studies; planner plan buys whole ones",
        ]
    if workload is not None:
        from planner.explain.why import sentences, sources, why
        from planner.money import words

        with watching():
            answer = why(inputs, workload, region, read_plan(path) if (path / RECORD).is_file() else None)
        if out is not None:
            from planner.report.figures.why import why_chart
            from planner.report.named import region_names

            names, settings = region_names(inputs), inputs.settings
            shown = (settings.title, marking, footer_of(inputs, "why.csv"))
            document = {**answer.document(), "notes": notes}
            write_study(out, "why", document, answer.rows(), lambda: [why_chart(answer, names, *shown)])
            click.echo(f"written to {out}", err=True)
        if as_json:
            print_json({**answer.document(), "notes": notes})
        else:
            _mark(marking)
            tell(f"{workload}; the cheapest plan costs {words(answer.cost, answer.currency)}, discounted")
            for verdict in answer.verdicts:
                tell(f"\n{verdict.region}")
                for line in sentences(answer, verdict):
                    tell(f"  {line}")
            told = sources(answer)
            if told:
                tell("\nwhat would mend each, and where the rules come from")
            for line in told:
                tell(f"  {line}")
        follow = f"planner why {quoted(path)} --rule RULE"
    else:
        from planner.explain.price import price_rule
        from planner.explain.price_words import sentences as price_words

        with watching():
            price = price_rule(inputs, str(rule))
        if as_json:
            print_json({**price.document(), "sentences": price_words(price), "notes": notes})
        else:
            _mark(marking)
            for line in price_words(price):
                tell(line)
            if price.rule is not None:
                tell(f"source: {price.rule.source_line()}")
        share = price.lever is not None and price.lever.parameter in ("cap", "floor")
        ends = ""
        if price.rule is not None and price.lever is not None and price.lever.step == 1.0:
            ends = f" --from {1.5 * price.lever.value:g} --to {0.5 * price.lever.value:g}"
        # A frontier is swept of a case; of a plan the case may be anywhere.
        is_case = not (path / RECORD).is_file()
        follow = (
            f"planner frontier {quoted(path)} --rule {rule}{ends}"
            if share and is_case
            else f"planner why {quoted(path)} --workload NAME"
        )
    for note in notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"next: {follow}", err=True)


def _mark(marking: str) -> None:
    if marking:
        tell(marking)
