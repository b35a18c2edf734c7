"""The tables of a plan as Parquet, with their types: one ZIP, a file a table."""

from __future__ import annotations

import io

import pandas as pd

from planner.errors import Unavailable
from planner.exports.zipped import zipped
from planner.plan.plan import FRAMES, OPTIONAL, Plan


def parquet(plan: Plan) -> bytes:
    """Every table that is not empty, text as text, figures as 64-bit floats or integers.

    Raises
    ------
    Unavailable
        If pyarrow is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        extra = "pip install 'cloud-capacity-planner[parquet]'"
        raise Unavailable(f"Parquet cannot be written: pyarrow is not installed ({extra})") from None
    files = {}
    for name in (*FRAMES, *OPTIONAL):
        frame: pd.DataFrame = getattr(plan, name)
        if frame.empty:
            continue
        # A column that a table has and a plan leaves blank is text that is null, not a figure.
        text = [c for c in frame if frame[c].dtype == object]
        typed = frame.copy()
        for column in text:
            typed[column] = frame[column].map(_text, na_action="ignore")
        stream = io.BytesIO()
        table = pyarrow.Table.from_pandas(typed, preserve_index=False).replace_schema_metadata()
        pyarrow.parquet.write_table(table, stream, compression="zstd")
        files[f"{name}.parquet"] = stream.getvalue()
    return zipped(files)


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)
