"""``planner latency``: the matrix of a case, the round trip of two nodes, or how good estimates are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.talk import quoted

if TYPE_CHECKING:
    from planner.inputs import Case
    from planner.latency.network import Network


@click.command("latency")
@click.argument("case", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--from", "start", metavar="NODE", help="One end: a site, region, hub … of the network.")
@click.option("--to", "end", metavar="NODE", help="The other end.")
@click.option("--validate", is_flag=True, help="Print how good the estimates of unmeasured pairs are.")
@click.option("--nodes", is_flag=True, help="List the nodes that --from and --to take.")
@click.option("--without-link", "without_links", metavar="NAME", multiple=True,
              help="Take out a cable or route, or 'A|B' the links of two nodes; repeatable.")  # fmt: skip
@click.option("--without-node", "without_nodes", metavar="NODE", multiple=True,
              help="Take out a node; repeatable.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    case: Path | None,
    start: str | None,
    end: str | None,
    validate: bool,
    nodes: bool,
    without_links: tuple[str, ...],
    without_nodes: tuple[str, ...],
    as_json: bool,
) -> None:
    """Round trips from sites to regions (CASE), or between any two nodes (--from, --to).

    With CASE its network is used, without it the one that ships with the planner.

    \b
    Examples:
      planner latency examples/quick-start
      planner latency --from Sibu --to aws:ap-southeast-5
    """
    pair = start is not None or end is not None
    if pair and (start is None or end is None):
        raise click.UsageError("--from and --to belong together")
    if sum((pair, validate, nodes)) > 1:
        raise click.UsageError("choose one of --from/--to, --validate and --nodes")
    if case is None and not (pair or validate or nodes):
        raise click.UsageError("name a case, or two nodes with --from and --to, or --validate")
    if start is not None and end is not None:
        _pair(_network(case), start, end, without_links, without_nodes, as_json)
    elif validate or nodes:
        if without_links or without_nodes:
            raise click.UsageError("--without-link and --without-node go with a case or with --from, --to")
        (_validate if validate else _nodes)(_network(case), as_json)
    elif case is not None:
        _matrix(case, without_links, without_nodes, as_json)


def _network(case: Path | None) -> Network:
    from planner.latency.network import shipped_network

    return shipped_network() if case is None else _inputs(case)[1]


def _inputs(case: Path) -> tuple[Case, Network]:
    from planner.errors import BadInput, Issue
    from planner.inputs import read_case

    inputs = read_case(case)
    if inputs.network is None:
        mend = 'Add "network" to catalogs in case.toml.'
        raise BadInput([Issue("case.toml", 0, "catalogs", "", "names no network", mend)])
    return inputs, inputs.network


def _document(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _pair(
    network: Network,
    start: str,
    end: str,
    without_links: Sequence[str],
    without_nodes: Sequence[str],
    as_json: bool,
) -> None:
    from planner.latency.answer import ask

    answer = ask(network, start, end, without_links, without_nodes)
    if as_json:
        _document(answer.document())
    else:
        shown = {
            "round trip": f"{answer.rtt_us / 1000:.1f} ms "
            f"({answer.low_us / 1000:.1f} to {answer.high_us / 1000:.1f})",
            "95th percentile": f"{answer.p95_us / 1000:.1f} ms",
            "basis": f"{answer.basis}: {answer.how}",
            "path": " → ".join(answer.path),
            "sources": f"{', '.join(answer.sources)}; oldest figure {answer.as_of}"
            if answer.as_of
            else "none",
        }
        for name, text in shown.items():
            click.echo(f"{name:16}{text}")
    what = (
        "--validate shows how good estimates are" if answer.basis == "derived" else "--nodes lists all nodes"
    )
    click.echo(f"next: planner latency {what}", err=True)


def _nodes(network: Network, as_json: bool) -> None:
    columns = ["node", "kind", "city", "state", "country", "access"]
    if as_json:
        _document(network.nodes[columns].to_dict("records"))
    else:
        from planner.report.latency import console, nodes_table

        console().print(nodes_table(network.nodes[columns]))
    click.echo("next: planner latency --from NODE --to NODE", err=True)


def _validate(network: Network, as_json: bool) -> None:
    from planner.latency.validate import validate

    result = validate(network)
    if as_json:
        _document({"summary": result.summary.to_dict("records"), "pairs": result.pairs.to_dict("records")})
    else:
        from planner.report.latency import console, validation_table

        console().print(validation_table(result.summary))
        click.echo("Each pair is left out whole, both directions and all sources; --json lists every pair.")
        click.echo("Naive ratio: the median of measured time over fibre at great circle, times the fibre.")
    click.echo("next: planner latency --from NODE --to NODE", err=True)


def _matrix(case: Path, without_links: Sequence[str], without_nodes: Sequence[str], as_json: bool) -> None:
    from planner.latency.case import case_latency
    from planner.report.latency import as_document, console, show

    inputs, network = _inputs(case)
    found = case_latency(
        network, inputs.users, inputs.workloads, inputs.regions, without_links, without_nodes
    )
    if as_json:
        _document(as_document(found))
    else:
        show(found, console())
    click.echo(f"next: planner latency {quoted(case)} --from SITE --to REGION, for one path", err=True)
