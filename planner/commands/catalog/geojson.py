"""``planner catalog geojson``: regions, sites and cables for a map."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from planner.commands.catalog.common import as_of_option, packages_argument, read_packages


@click.command("geojson")
@packages_argument
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write [standard output]."
)
@as_of_option
def command(packages: tuple[str, ...], out: Path | None, as_of: datetime | None) -> None:
    """Write regions, and sites and cables of the network among PACKAGES, as GeoJSON.

    \b
    Example:
      planner catalog geojson --out places.geojson
    """
    from planner import atomic
    from planner.catalog.load import NETWORK_FILE
    from planner.catalog.packages import find_packages
    from planner.errors import BadInput
    from planner.latency.geojson import collection
    from planner.latency.network import read_network

    catalog = read_packages(packages, as_of)
    networks = [
        (name, folder) for name, folder in find_packages(packages) if (folder / NETWORK_FILE).is_file()
    ]
    if len(networks) > 1:
        raise click.BadParameter("name one network at most", param_hint="PACKAGES")
    network, problems = read_network(networks[0][1], networks[0][0]) if networks else (None, [])
    if problems:
        raise BadInput(problems)
    document = collection(catalog.regions, network)
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        atomic.write_over(out, text.encode("utf-8"))
        click.echo(f"{len(document['features'])} features written to {out}")
    click.echo("next: open it in any map that reads GeoJSON", err=True)
