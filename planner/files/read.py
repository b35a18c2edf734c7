"""Files of tables, whatever their kind: which is read how."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from planner.errors import Issue
from planner.files.grid import Grid

WORKBOOK, PARQUET = ".xlsx", ".parquet"

LARGEST = 256 * 2**20
"""Bytes of the largest file that is read."""

Source = Path | bytes
"""What stands behind a name: the file where it has the form of the reference, else its content in it."""


def is_text(name: str) -> bool:
    """Whether a file is read as text: all that end neither in .xlsx nor in .parquet."""
    return not parts(name)[0].lower().endswith((WORKBOOK, PARQUET))


def parts(name: str) -> tuple[str, str]:
    """File and sheet of a name as ``case.toml`` writes it.

    >>> parts("estate.xlsx#Systems"), parts("demand.csv")
    (('estate.xlsx', 'Systems'), ('demand.csv', ''))
    """
    file, _, sheet = name.partition("#")
    return (file, sheet) if file.lower().endswith(WORKBOOK) else (name, "")


def read_typed(path: Path, table: str, where: str) -> Grid:
    """The cells of a workbook or Parquet file; the name of a workbook may end in ``#SHEET``.

    Parameters
    ----------
    table
        Name of the table, by which a sheet is known where none is named.
    where
        The file's name in problems.
    """
    name, sheet = parts(path.name)
    if name.lower().endswith(WORKBOOK):
        from planner.files.workbook import read_sheet

        return read_sheet(path.with_name(name), sheet, table, where)
    from planner.files.parquet import read_parquet

    return read_parquet(path, where)


def opened_plain(path: Path) -> bytes:
    """Content of a plain file; at once, whatever else may lie there.

    Raises
    ------
    OSError
        If it is missing, no plain file (a pipe, a device, a folder), or larger than :data:`LARGEST`.
    """
    return plain(path).read_bytes()


def plain(path: Path, largest: float = LARGEST) -> Path:
    """The path itself, if a plain file of no more than ``largest`` bytes is there; raises as above."""
    held = path.stat()
    if stat.S_ISDIR(held.st_mode):
        raise IsADirectoryError(errno.EISDIR, "Is a directory", str(path))
    if not stat.S_ISREG(held.st_mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device", str(path))
    if held.st_size > largest:
        raise OSError(errno.EFBIG, f"it is larger than {int(largest) // 2**20} MiB", str(path))
    return path


def read_bytes(path: Path, where: str) -> tuple[bytes, Issue | None]:
    """Content of a plain file, or why it has none."""
    try:
        return opened_plain(path), None
    except FileNotFoundError:
        problem, mend = "the file is missing", "Add it, or take its name out of the case."
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        problem, mend = f"the file cannot be read ({why})", "Check that it is a plain, readable file."
    return b"", Issue(where, 0, "", "", problem, mend)
