"""Parquet files as tables."""

from __future__ import annotations

from pathlib import Path

from planner.files.grid import Gathering, Grid, refused, text_of
from planner.files.read import plain


def read_parquet(path: Path, where: str) -> Grid:
    """The table in a Parquet file; rows are counted as if a header stood above them."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        mend = "Install the extra parquet (pip install 'cloud-capacity-planner[parquet]'), or write CSV."
        return refused(where, "Parquet cannot be read: pyarrow is not installed", mend)
    try:
        table = pyarrow.parquet.ParquetFile(plain(path)).read()
        columns = [column.to_pylist() for column in table.columns]
    except FileNotFoundError:
        return refused(where, "the file is missing", "Add it, or take its name out of the case.")
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        what = f"the file is no Parquet that can be read ({type(error).__name__})"
        return refused(where, what, "Write it again, or as CSV UTF-8.")
    gathering = Gathering(where)
    gathering.add(1, list(table.column_names))
    for number, cells in enumerate(zip(*columns, strict=True), start=2):
        gathering.add(number, [text_of(cell) for cell in cells])
    return gathering.grid([f"read from {where}"])
