"""Bills in the FinOps FOCUS format (1.0 to 1.3), CSV or Parquet, read in pieces of bounded size.

Columns and their meaning: the specification at focus.finops.org, versions 1.0 to 1.3.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from planner.errors import Issue, Unavailable
from planner.files.read import plain

_ROWS = 100_000
_LARGEST = 1e15
_ISSUES = 100

REQUIRED = (
    "BilledCost", "BillingCurrency", "ChargeCategory", "ChargePeriodStart", "ChargePeriodEnd",
    "ConsumedQuantity",
    "ConsumedUnit", "RegionId", "ServiceCategory", "ServiceName",
)  # fmt: skip
"""Columns that all versions have."""

PROVIDER = ("ServiceProviderName", "ProviderName")
"""Who sells: from version 1.3 on the first, before it the second."""

OPTIONAL = (
    *PROVIDER, "ChargeDescription", "SkuMeter", "SkuPriceDetails", "SkuId", "ServiceSubcategory",
    "SubAccountId",
    "SubAccountName", "BillingAccountId", "BillingAccountName", "ResourceId", "ResourceName",
    "ResourceType", "Tags",
    "CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountType", "CommitmentDiscountStatus",
    "CommitmentDiscountCategory",
)  # fmt: skip


@dataclass
class Faults:
    """What is wrong with the files: the first hundred in full, the rest counted."""

    shown: list[Issue] = field(default_factory=list)
    more: int = 0

    def add(self, issue: Issue) -> None:
        if len(self.shown) < _ISSUES:
            self.shown.append(issue)
        else:
            self.more += 1

    def all(self, file: str) -> list[Issue]:
        if not self.more:
            return self.shown
        return [
            *self.shown,
            Issue(file, 0, "", "", f"{self.more} more lines are wrong", "Mend the first ones."),
        ]


def pieces(path: Path, faults: Faults) -> Iterator[pd.DataFrame]:
    """The columns wanted, as text, in pieces; a file that cannot be read is a problem."""
    wanted = {*REQUIRED, *OPTIONAL}
    try:
        plain(path, float("inf"))  # a bill is read in pieces, whatever its size
        if path.suffix.lower() == ".parquet":
            yield from _parquet(path, wanted, faults)
            return
        header = pd.read_csv(path, nrows=0, encoding="utf-8-sig")
        if _columns(path, [str(c) for c in header.columns], faults):
            return
        yield from pd.read_csv(
            path,
            usecols=lambda c: c in wanted,
            dtype=str,
            keep_default_na=False,
            chunksize=_ROWS,
            encoding="utf-8-sig",
        )
    except (OSError, ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        what = f"cannot be read ({str(error)[:200]})"
        faults.add(Issue(path.name, 0, "", "", what, "Export it again as FOCUS, CSV or Parquet."))


def _parquet(path: Path, wanted: set[str], faults: Faults) -> Iterator[pd.DataFrame]:
    try:
        from pyarrow import parquet
    except ImportError:
        raise Unavailable("Parquet needs pyarrow: pip install 'cloud-capacity-planner[parquet]'") from None
    file = parquet.ParquetFile(path)
    if _columns(path, file.schema_arrow.names, faults):
        return
    columns = [name for name in file.schema_arrow.names if name in wanted]
    for batch in file.iter_batches(_ROWS, columns=columns):
        frame = batch.to_pandas()
        for name in frame:
            if name == "Tags" or name == "SkuPriceDetails":
                frame[name] = [_as_json(value) for value in frame[name]]
            elif name not in ("BilledCost", "ConsumedQuantity"):
                frame[name] = frame[name].astype(object).where(frame[name].notna(), "").astype(str)
        yield frame


def _as_json(value: object) -> str:
    """A map of Parquet, whatever it is there, as the text of a CSV."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return json.dumps({str(k): str(v) for k, v in value.items()})
    if isinstance(value, (list, tuple, np.ndarray)):
        return json.dumps({str(pair[0]): str(pair[1]) for pair in value if len(pair) == 2})
    return ""


def _columns(path: Path, header: Iterable[str], faults: Faults) -> bool:
    known = set(header)
    missing = [name for name in REQUIRED if name not in known]
    if not known & set(PROVIDER):
        missing.append(" or ".join(PROVIDER))
    for name in missing:
        mend = "FOCUS 1.0 to 1.3 have it: export the bill with all columns."
        faults.add(Issue(path.name, 1, name, "", "the column is missing", mend))
    return bool(missing)


def typed(piece: pd.DataFrame, where: str, start: int, faults: Faults) -> pd.DataFrame:
    """The piece with numbers and times as such, and blank columns for those that it lacks."""
    frame = piece.replace({"NULL": "", "null": ""})
    for name in ("BilledCost", "ConsumedQuantity"):
        blank = frame[name].isna() | (frame[name].astype(str) == "")
        if name == "BilledCost":
            blank &= False
        numbers = pd.to_numeric(frame[name].where(~blank, 0.0), errors="coerce").astype(float)
        _bad(numbers.isna() | ~(numbers.abs() < _LARGEST), frame[name], "is no number", where, start, faults)
        frame[name] = numbers.fillna(0.0)
    for name in ("ChargePeriodStart", "ChargePeriodEnd"):
        unique = pd.Series(frame[name].unique())
        times = pd.to_datetime(unique, errors="coerce", utc=True, format="ISO8601")
        codes = pd.Categorical(frame[name], categories=unique).codes
        frame_times = pd.Series(times.dt.tz_localize(None).to_numpy()[codes], index=frame.index, name=name)
        _bad(frame_times.isna(), frame[name], "is no time", where, start, faults)
        frame[name] = frame_times
    hours = (frame["ChargePeriodEnd"] - frame["ChargePeriodStart"]).dt.total_seconds() / 3600.0
    _bad(hours <= 0, frame["ChargePeriodEnd"], "is not after ChargePeriodStart", where, start, faults)
    frame["hours"] = hours
    for name in OPTIONAL:
        if name not in frame:
            frame[name] = ""
    frame["provider"] = frame[PROVIDER[0]].where(frame[PROVIDER[0]] != "", frame[PROVIDER[1]])
    return frame


def _bad(wrong: pd.Series, values: pd.Series, problem: str, where: str, start: int, faults: Faults) -> None:
    rows = np.flatnonzero(wrong.to_numpy())
    faults.more += max(len(rows) - _ISSUES, 0)
    for i in rows[:_ISSUES]:
        value = str(values.iloc[i])[:80]
        faults.add(Issue(where, start + int(i) + 2, str(values.name), value, problem, "Correct the line."))
