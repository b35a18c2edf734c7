"""Does the folder hold nothing that the table of cells does not account for, and all that it names?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from planner.audit.cells import FILES, OPTIONAL, RECORD, TABLES
from planner.audit.context import Context
from planner.audit.findings import Finding

NAME = "cells"
_TOLD = 20


def check(context: Context) -> Iterable[Finding]:
    """Files, columns and entries that no plan has, and those that every plan has and this one lacks.

    Only of a folder that claims to come whole from the planner; a plan made by hand may hold what it likes.
    """
    if not context.made_by_planner:
        return
    faults = [*_files(context), *_columns(context), *_entries(context.claims.head)]
    yield from faults[:_TOLD]
    if not faults:
        yield Finding(NAME, "pass", "all files", "hold what a plan holds and nothing else")


def _fault(subject: str, message: str) -> Finding:
    return Finding(NAME, "fail", subject[:200], message)


def _files(context: Context) -> Iterator[Finding]:
    tops = {name.split("/", 1)[0] + "/" if "/" in name else name for name in context.folder.files()}
    for name in sorted(tops - TABLES.keys() - FILES.keys()):
        yield _fault(name, "is no file of a plan: the audit cannot account for it")
    for name in TABLES:
        if name not in tops and name not in OPTIONAL:
            yield _fault(name, "is missing")


def _columns(context: Context) -> Iterator[Finding]:
    for name, cells in TABLES.items():
        header = context.folder.header(name)
        if header is None:
            continue
        for column in header:
            if column not in cells:
                yield _fault(name, f"has a column {column[:60]!r}, for which the audit cannot account")
        for column, cell in cells.items():
            if column not in header and not cell.optional:
                yield _fault(name, f"lacks the column {column}")


def _entries(head: Mapping[str, Any] | None) -> Iterator[Finding]:
    if head is None:
        return  # check ``record`` says so
    sections = {name.split(".")[0] for name in RECORD if "." in name}
    held = set()
    for name, value in head.items():
        if name in sections and isinstance(value, dict):
            held |= {f"{name}.{part}" for part in value}
        else:
            held.add(name)
    for name in sorted(held - RECORD.keys()):
        yield _fault("plan.json", f"has an entry {name[:60]!r}, for which the audit cannot account")
    for name, cell in RECORD.items():
        if name not in held and not cell.optional:
            yield _fault("plan.json", f"lacks the entry {name}")
