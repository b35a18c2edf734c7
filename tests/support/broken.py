"""Damaging the files of a case, and looking at how it is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from support.cli import call, tree


def refused(case: Path, expected: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """The problems of a case that must be refused; ``expected`` are (file, row, column, value)."""
    before = tree(case.parent)
    ran = call("plan", case, "--out", case.parent / "plan", "--json")
    assert ran.code == 5, ran.err
    assert tree(case.parent) == before
    assert "Traceback" not in ran.err
    assert ran.document["exit_code"] == 5
    problems = ran.document["problems"]
    assert all(len(p["problem"]) > 5 and len(p["mend"]) > 5 for p in problems)
    found = {(p["file"], p["row"], p["column"], p["value"]) for p in problems}
    assert set(expected) <= found, sorted(set(expected) - found)
    return problems


def cells(path: Path) -> list[list[str]]:
    """All rows of a CSV file, the header first."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def rewrite(path: Path, rows: Iterable[Iterable[str]]) -> None:
    """Write all rows of a CSV file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


def edit(path: Path, change: Callable[[str], str]) -> None:
    """Change the text of a file."""
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
