"""Where every command ends: errors become a message, ``--json`` a document, and both an exit code."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, NoReturn

import click

from planner.commands.clean import Clean
from planner.errors import BadInput, Infeasible, PlannerError

_SHOWN = 100


def run(cli: click.Command, argv: list[str] | None) -> NoReturn:
    """Run ``cli`` and leave the process with the exit code of the design; what it prints is cleaned."""
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Clean(sys.stdout), Clean(sys.stderr)
    try:
        _run(cli, argv)
    finally:
        sys.stdout, sys.stderr = streams


def _run(cli: click.Command, argv: list[str] | None) -> NoReturn:
    try:
        code = cli.main(args=argv, prog_name="planner", standalone_mode=False)
    except click.exceptions.Exit as leave:
        _leave(leave.exit_code)
    except click.ClickException as error:
        error.show()
        _leave(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("planner: interrupted; nothing was written", err=True)
        _leave(130)
    except SystemExit as leave:
        # Whoever reads our output has seen enough (| head): no fault of ours.
        sys.exit(0 if isinstance(leave.__context__, BrokenPipeError) else leave.code)
    except PlannerError as error:
        report(error)
        _leave(error.exit_code)
    except Exception as error:
        if os.environ.get("PLANNER_DEBUG"):
            raise
        if isinstance(error, OSError):
            # A full disk, a folder that may not be written: no fault of ours, and not of the input.
            what = f"{error.filename}: " if error.filename else ""
            click.echo(f"planner: {what}{error.strerror or error}", err=True)
            _leave(2)
        click.echo(f"planner: internal error: {type(error).__name__}: {error}", err=True)
        click.echo(
            "This is a fault of the planner. Run again with PLANNER_DEBUG=1 and report what it shows.",
            err=True,
        )
        _leave(1)
    _leave(code if isinstance(code, int) else 0)


def _leave(code: int) -> NoReturn:
    """End the process, without waiting for a solver that did not come to rest when it was interrupted."""
    watch = sys.modules.get("planner.lp.watch")
    if watch is not None and watch.running():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def report(error: PlannerError) -> None:
    """Say on stderr (and on stdout as JSON with ``--json``) what went wrong and what to do."""
    if "--json" in sys.argv:
        document: dict[str, Any] = {
            "error": type(error).__name__,
            "exit_code": error.exit_code,
            "message": str(error),
        }
        if isinstance(error, BadInput):
            document["problems"] = [p.as_dict() for p in error.problems]
        if isinstance(error, Infeasible):
            document["reasons"] = list(error.reasons)
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True))
    if isinstance(error, BadInput):
        click.echo(f"planner: {error}; nothing was written", err=True)
        shown = error.problems[:_SHOWN]
        for problem in shown:
            click.echo(f"  {problem}", err=True)
        if len(error.problems) > _SHOWN:
            rest = error.count - sum(1 + problem.more for problem in shown)
            click.echo(f"  … and {rest:,} more; --json lists them", err=True)
    elif isinstance(error, Infeasible):
        click.echo("planner: no plan obeys every rule; nothing was written", err=True)
        for reason in error.reasons:
            click.echo(f"  {reason}", err=True)
    else:
        click.echo(f"planner: {error}", err=True)
    for note in getattr(error, "__notes__", ()):
        click.echo(note, err=True)
