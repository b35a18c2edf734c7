"""``planner serve CASE|PLAN``: a page to ask what if."""

from __future__ import annotations

from pathlib import Path

import click

from planner.commands.talk import quoted


@click.command("serve")
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for any free."
)
@click.option("--allow-host", "allowed", multiple=True, help="Another name under which it answers.")
def command(case: Path, host: str, port: int, allowed: tuple[str, ...]) -> None:
    """Ask what if of a case, or of the case behind a plan, in a browser on this machine.

    Caps, floors, prices, exchange rates and demand are moved, vendors, regions and cables taken away; the
    linear program is solved again at each move. It listens on this machine alone unless --host says so,
    and has no passwords: beyond this machine put it behind a server that has.

    \b
    Examples:
      planner serve examples/quick-start
      planner serve plans/quick-start --port 0
    """
    from planner.commands.inputs_of import inputs_of
    from planner.errors import Unavailable

    try:
        from planner.serve.server import run
    except ImportError:
        raise Unavailable("the page needs more: pip install 'cloud-capacity-planner[serve]'") from None

    def started(address: str) -> None:
        click.echo(f"listening on {address} (Ctrl-C ends it)", err=True)

    inputs, notes = inputs_of(case)
    for note in notes:
        click.echo(f"warning: {note}", err=True)
    run(inputs, host, port, allowed, started)
    click.echo(f"next: planner plan {quoted(case)}", err=True)
