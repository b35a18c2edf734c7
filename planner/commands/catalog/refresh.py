"""``planner catalog refresh``: a proposal from a vendor's published price list."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.commands.catalog.common import as_json_option, print_json

if TYPE_CHECKING:
    from planner.catalog.refresh.propose import Proposal

_SHOWN = 10
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("refresh")
@click.argument("vendor")
@click.option("--region", "regions", multiple=True, help="Only this region of the package; may be repeated.")
@click.option("--input", "given", default="", help="A file, folder or server that has the documents.")
@click.option(
    "--package", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Refresh this package."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the proposal [./VENDOR-DAY].")
@click.option("--valid-from", type=_DAY, help="First day on which the catalog gives the prices [today].")
@click.option("--stated", type=_DAY, help="Day of the documents, where they do not say.")
@as_json_option
def command(
    vendor: str,
    regions: tuple[str, ...],
    given: str,
    package: Path | None,
    out: Path | None,
    valid_from: datetime | None,
    stated: datetime | None,
    as_json: bool,
) -> None:
    """Propose new prices from the published price list of VENDOR: aws, azure, gcp or alibaba.

    The package is not changed: the proposal lies beside it, with what is new, repriced, gone, held back as
    implausible or refused. Take it over with planner catalog accept. A run that was cut off goes on where
    it ended. Only this command uses the network, and not with --input FILE or FOLDER.

    \b
    Example:
      planner catalog refresh aws --input prices.json --out aws-proposed
    """
    from planner.catalog.load import shipped
    from planner.catalog.refresh.documents import Network
    from planner.catalog.refresh.run import SOURCES, refresh
    from planner.errors import UnknownName

    if vendor not in SOURCES:
        raise UnknownName("price list", vendor, sorted(SOURCES))
    day = valid_from.date() if valid_from else date.today()
    network = Network(tell=lambda line: click.echo(line, err=True))
    place = out or Path(f"{vendor}-{day}")
    proposal = refresh(
        vendor,
        package or shipped() / vendor,
        place,
        day,
        regions,
        given,
        stated.date() if stated else None,
        network,
    )
    if as_json:
        print_json(proposal.document())
    else:
        _print(proposal)
    click.echo(f"next: planner catalog accept {place}", err=True)


def _print(proposal: Proposal) -> None:
    n = proposal.counts
    click.echo(f"{proposal.vendor}: prices of {proposal.stated}, to be given from {proposal.valid_from}")
    click.echo(
        f"read {n['read']} = {n['added']} new + {n['repriced']} repriced + {n['confirmed']} the same "
        f"+ {n['refused']} refused; {n['gone']} gone; {n['elsewhere']} of other regions passed over"
    )
    for kind, word in (("repriced", "repriced, the largest first"), ("gone", "gone"), ("added", "new")):
        lines = [c for c in proposal.changes if c["change"] == kind]
        if lines:
            click.echo(f"\n{word} ({len(lines)}):")
        for line in lines[:_SHOWN]:
            by = f"  ({(float(line['ratio']) - 1) * 100:+.1f} %)" if line["ratio"] else ""
            prices = " -> ".join(p for p in (line["before"], line["after"]) if p)
            click.echo(f"  {line['price']}  {line['currency']} {prices}{by}")
        if len(lines) > _SHOWN:
            click.echo(f"  and {len(lines) - _SHOWN} more, in changes.csv")
    if proposal.refused:
        click.echo("\nrefused:")
    for reason, count in sorted(proposal.refused.items(), key=lambda pair: (-pair[1], pair[0])):
        click.echo(f"  {count:>7}  {reason}, e.g. {proposal.examples.get(reason, '')}")
    click.echo(f"\nwritten to {proposal.folder}")
