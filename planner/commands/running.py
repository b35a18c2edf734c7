"""What commands that run many tasks share: options, the executor, progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.clean import clean

if TYPE_CHECKING:
    from planner.study.executor import Kept, Task


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--jobs``, ``--cluster`` and ``--keep``."""
    jobs = click.option(
        "--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Local processes."
    )
    cluster = click.option(
        "--cluster",
        help="Address of a Dask scheduler, e.g. tls://10.0.0.5:8786, instead of local processes. "
        "Its workers need the planner and the case's files under the same paths, and run what it sends.",
    )
    keep = click.option(
        "--keep", type=click.Path(path_type=Path), help="Where finished runs are kept (default: OUT.runs)."
    )
    return jobs(cluster(keep(command)))


def kept_beside(target: Path, keep: Path | None, depends: str) -> Kept:
    """Where finished runs are kept: the folder asked for, or one beside the study's."""
    from planner.study.executor import Kept

    return Kept(keep or target.with_name(f"{target.name}.runs"), depends)


def run_told(
    task: Task, texts: Sequence[str], kept: Kept, jobs: int, cluster: str | None
) -> list[dict[str, Any]]:
    """Run all tasks, keeping each, and tell how far it is: a bar on a terminal, else a line a run."""
    from planner.study.cluster import Cluster, exposed
    from planner.study.executor import Executor, Processes, Serial, run_all

    if cluster and jobs > 1:
        raise click.UsageError("--jobs and --cluster exclude each other")
    executor: Executor = Cluster(cluster) if cluster else Serial() if jobs == 1 else Processes(jobs)
    if cluster and exposed(cluster):
        words = "nothing is encrypted and nobody proves who they are: use tls:// beyond a network of your own"
        click.echo(f"note: {cluster}: {words}", err=True)
    total = len(dict.fromkeys(texts))
    if sys.stderr.isatty():
        return _with_bar(lambda told: run_all(executor, task, texts, kept, told), total)
    count = 0

    def told(text: str, before: bool) -> None:
        nonlocal count
        count += 1
        click.echo(f"{count} of {total}: {text}{' (kept from before)' if before else ''}", err=True)

    return run_all(executor, task, texts, kept, told)


def _with_bar(
    run: Callable[[Callable[[str, bool], None]], list[dict[str, Any]]], total: int
) -> list[dict[str, Any]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    # The bar moves the cursor, which nothing that is cleaned may do; what it shows of texts is cleaned here.
    screen = Console(file=getattr(sys.stderr, "raw", sys.stderr))
    with Progress(*columns, console=screen, transient=True) as bar:
        at = bar.add_task("", total=total)
        return run(lambda text, before: bar.update(at, advance=1, description=clean(text[:60])))
