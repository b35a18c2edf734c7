"""Sheets of a workbook (.xlsx) as tables: values as the sheet shows them, never its formulas."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from planner.errors import Issue
from planner.files.grid import Gathering, Grid, refused, text_of
from planner.files.read import plain
from planner.names import mend

LARGEST = 512 * 2**20
"""Most bytes that a workbook may hold unpacked: a small archive can unpack to any size."""


def read_sheet(path: Path, sheet: str, name: str, where: str) -> Grid:
    """One sheet of a workbook.

    Parameters
    ----------
    sheet
        Its name; empty for the only sheet, or the one called like the table.
    name
        The table's name.
    where
        The file's name in problems.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(plain(path)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST:
                mend = "Save the table alone, or as CSV UTF-8."
                return refused(where, f"the workbook unpacks to more than {LARGEST // 2**20} MiB", mend)
        values = openpyxl.load_workbook(path, read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(path, read_only=True)
    except FileNotFoundError:
        return refused(where, "the file is missing", "Add it, or take its name out of the case.")
    except OSError as error:
        return refused(where, f"the file cannot be read ({error.strerror})", "Check that it is a plain file.")
    except Exception as error:  # openpyxl raises whatever its parts raise on a file that is no workbook
        what = f"the file is no workbook that can be read ({type(error).__name__})"
        return refused(where, what, "Save it as .xlsx, or as CSV UTF-8.")
    try:
        chosen = _chosen(values.sheetnames, sheet, name)
        if isinstance(chosen, tuple):
            return refused(where, *chosen)
        return _rows(values[chosen], formulas[chosen], where if "#" in where else f"{where}#{chosen}")
    except Exception as error:  # as above: sheets are parsed while they are walked
        what = f"the sheet cannot be read ({type(error).__name__})"
        return refused(where, what, "Save the workbook anew, or as CSV UTF-8.")
    finally:
        values.close()
        formulas.close()


def _chosen(sheets: list[str], sheet: str, name: str) -> str | tuple[str, str]:
    """The name of the sheet to read, or what is wrong and how to mend it."""
    if sheet:
        if sheet in sheets:
            return sheet
        return f"the workbook has no sheet {sheet!r}", mend(sheet, sheets, f"It has {', '.join(sheets)}.")
    alike = [s for s in sheets if s.strip().casefold().replace(" ", "_") == name]
    if len(sheets) == 1 or len(alike) == 1:
        return (alike or sheets)[0]
    return (
        f"the workbook has {len(sheets)} sheets and none called {name}",
        f'Say which in case.toml: {name} = "FILE.xlsx#SHEET" with one of {", ".join(sheets)}.',
    )


def _rows(values: Any, formulas: Any, where: str) -> Grid:
    gathering = Gathering(where)
    problems: list[Issue] = []
    width = 0
    pairs = zip(values.iter_rows(), formulas.iter_rows(), strict=True)
    for number, (shown, written) in enumerate(pairs, start=1):
        cells = []
        for cell, source in zip(shown, written, strict=True):
            problem = ""
            if cell.data_type == "e":
                problem, mend = (
                    "holds an error of the spreadsheet",
                    "Correct the formula, or write the value.",
                )
            elif cell.value is None and source.data_type == "f":
                problem = "holds a formula whose value was never worked out"
                mend = "Open the workbook in a spreadsheet program and save it, or write the value."
            if problem:
                letter = getattr(source, "column_letter", "")
                problems.append(Issue(where, number, letter, str(source.value)[:80], problem, mend))
            cells.append(text_of(cell.value))
        width = max(width, len(cells))
        # Rows of a sheet end where their last cell does; the rest of them is blank.
        gathering.add(number, cells + [""] * (width - len(cells)))
    if not gathering.header:
        return refused(where, "the sheet is empty", "Write at least the header row.")
    gathering.problems += problems
    return gathering.grid([f"read from {where}"])
