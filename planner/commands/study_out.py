"""What the commands on studies share: a folder written whole, with CSV, JSON and figures."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.inputs import Case

if TYPE_CHECKING:
    from planner.report.figures.sheet import Chart

RECORD = "study.json"


def footer_of(inputs: Case, file: str) -> str:
    """The line below a figure: case, day of the prices, where the numbers are."""
    settings = inputs.settings
    return f"{settings.title} · prices as of {settings.prices_as_of} · {file}"


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV; an unknown value is blank."""
    stream = io.StringIO()
    heads = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(stream, heads, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows([{k: "" if v is None else v for k, v in row.items()} for row in rows])
    return stream.getvalue()


def write_study(
    out: Path,
    name: str,
    document: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    charts: Callable[[], Sequence[Chart]],
    more: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> None:
    """Write ``study.json``, ``NAME.csv`` and figures into ``out``, whole or not at all.

    ``more``: rows of further tables, by their names.
    """
    from planner.plan.folder import write_json, written_whole

    with written_whole(out, RECORD) as folder:
        write_json(folder / RECORD, document)
        for table, lines in {name: rows, **(more or {})}.items():
            (folder / f"{table}.csv").write_text(csv_text(lines), encoding="utf-8")
        for chart in charts():
            for kind in ("svg", "png"):
                (folder / f"{chart.name}.{kind}").write_bytes(chart.sheet.bytes(kind, chart.title, chart.alt))


def print_rows(marking: str, title: str, rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    """A table to stdout under the marking; the first column is words, the others are figures.

    Where they find no room the last columns are left out, which is said.
    """
    from planner.report.terminal import console
    from planner.report.terminal_grid import Column, fit, say

    to = console()
    if marking:
        say(to, marking, bold=True)
    columns = [Column(head, figures=i > 0, spare=max(i - 1, 0)) for i, head in enumerate(heads)]
    fit(to, title, columns, rows, "--json has all")


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document to stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False))
