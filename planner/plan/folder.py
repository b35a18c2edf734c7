"""A plan on disk: CSV and JSON that anyone can read, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from planner.atomic import new_folder
from planner.errors import BadInput, Issue, NotWritten
from planner.files.read import Source, opened_plain, plain
from planner.plan.head import Head, Run
from planner.plan.plan import EXTRA, FRAMES, OPTIONAL, Plan

MANIFEST = "manifest.json"
RECORD = "plan.json"
SIGNATURES = "signatures"


@contextmanager
def written_whole(out: Path, record: str = RECORD, replace_signed: bool = False) -> Iterator[Path]:
    """A new folder beside ``out`` to fill, which takes its place only when all is written.

    ``record`` is the file by which a folder of the same sort is known. Such a folder is replaced if it
    is exactly what its manifest says: somebody else's files never are, and signatures only if asked.

    Raises
    ------
    NotWritten
        If ``out`` exists and may not be replaced, or nothing can be written there.
    """
    refuse_to_replace(out, record, replace_signed)
    with new_folder(out) as work:
        yield work
        if not (work / MANIFEST).is_file():
            write_manifest(work)


def refuse_to_replace(out: Path, record: str = RECORD, replace_signed: bool = False) -> None:
    """Ask before any work is done whether ``out`` may be written.

    Raises
    ------
    NotWritten
        If something lies there that is not replaced.
    """
    reason = _keeps(out, record, replace_signed)
    if reason:
        raise NotWritten(f"{out} {reason}")


def _keeps(out: Path, record: str, replace_signed: bool) -> str:
    """Why what lies at ``out`` is not replaced; empty if nothing does, or it may be."""
    if not out.exists() and not out.is_symlink():
        return ""
    sort = "a plan folder" if record == RECORD else f"a folder with a {record}"
    if out.is_symlink() or not out.is_dir():
        return f"exists and is not {sort}; choose another --out"
    if not any(out.iterdir()):
        return ""
    if not (out / record).is_file():
        return f"exists and is not {sort}; choose another --out"
    if any((out / SIGNATURES).glob("*")) and not replace_signed:
        return "is a signed plan; choose another --out, or say --replace-signed"
    other = not_as_written(out)
    if other:
        return f"holds {other}; choose another --out, or move it away first"
    return ""


def not_as_written(out: Path) -> str:
    """What a folder holds first that is not as its manifest says, in words; empty if there is nothing."""
    try:
        stated = json.loads(opened_plain(out / MANIFEST))["files"]
        stated = dict(stated)
    except (OSError, ValueError, KeyError, TypeError):
        return f"no {MANIFEST} that vouches for its files"
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            return f"{name}, which is no plain file"
        if path.is_dir() or name == MANIFEST or name.startswith(f"{SIGNATURES}/"):
            continue
        if name not in stated:
            return f"{name}, which is not in its {MANIFEST}"
        if digest(path) != stated[name]:
            return f"{name}, which was changed after it was written"
    return ""


def save(plan: Plan, folder: Path) -> None:
    """Write the plan's frames and record into an existing folder."""
    for name in FRAMES:
        frame: pd.DataFrame = getattr(plan, name)
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    for name in OPTIONAL:
        frame = getattr(plan, name)
        if len(frame):
            frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    write_json(folder / RECORD, {**plan.head, "run": plan.run.document()})


def read_plan(folder: Path) -> Plan:
    """Read a plan folder back.

    Raises
    ------
    BadInput
        If it is no plan folder, or one of its files cannot be read.
    """
    problems: list[Issue] = []
    frames: dict[str, Any] = {}
    record: dict[str, Any] = {}
    try:
        record = json.loads(opened_plain(folder / RECORD))
    except (OSError, ValueError):
        mend = "Name a folder that planner plan wrote."
        raise BadInput(
            [Issue(f"{folder.name}/{RECORD}", 0, "", "", "missing or not readable", mend)]
        ) from None
    for name, columns in {**FRAMES, **OPTIONAL}.items():
        path = folder / f"{name}.csv"
        if name in OPTIONAL and not path.is_file():
            continue
        try:
            frames[name] = _read_frame(path, columns, EXTRA.get(name, ()))
        except BadInput as error:
            problems += error.problems
    stated = dict(record) if isinstance(record, dict) else {}
    run = stated.pop("run", {})
    for name, part, document in (("head", Head, stated), ("run", Run, run)):
        try:
            frames[name] = part.read(document, RECORD, "run." if part is Run else "")
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(problems)
    return Plan(**frames)


def _read_frame(path: Path, columns: tuple[str, ...], extra: tuple[str, ...]) -> pd.DataFrame:
    """A table of a plan: text stays as it is, a figure that is not known is not a number.

    Raises
    ------
    BadInput
        If it cannot be read, or has other columns.
    """
    columns_known = (*columns, *extra)
    blank = {column: [""] for column in columns_known if column not in _TEXT}
    try:
        frame = pd.read_csv(
            plain(path), dtype=dict.fromkeys(_TEXT, str), keep_default_na=False, na_values=blank
        )
    except (OSError, ValueError) as error:
        mend = "Write the plan again with planner plan."
        raise BadInput(
            [Issue(path.name, 0, "", "", f"cannot be read ({type(error).__name__})", mend)]
        ) from None
    if tuple(frame.columns) not in (columns, columns_known):
        mend = f"It should have {', '.join(columns)}."
        raise BadInput([Issue(path.name, 1, "", "", "has other columns than a plan", mend)])
    problems = [issue for column in frame for issue in _no_figures(frame[column], path.name)]
    if problems:
        raise BadInput(problems)
    return frame


def _no_figures(values: pd.Series, where: str) -> Iterator[Issue]:
    """The first cell of a column of figures that holds none: pandas then reads the whole column as text."""
    if values.name in _TEXT:
        return
    if values.dtype.kind == "O":
        bad = [not (isinstance(value, bool) or value != value) for value in values]
    else:
        bad = list(np.isinf(values.to_numpy(dtype="float64")))
    if any(bad):
        row = bad.index(True)
        mend = "Write the plan again with planner plan."
        yield Issue(where, row + 2, str(values.name), str(values.iloc[row])[:80], "is no figure", mend)


_TEXT = (
    "workload", "region", "period", "role", "payer", "pool", "vendor_group", "vendor", "sku", "term", "slice",
    "unit", "currency", "basis", "rule", "kind", "scope", "subject", "period_from", "period_to", "reason",
    "family", "per", "words", "start", "end", "event", "from", "to", "spot", "option", "largest",
    "kept_without", "agreement", "status", "contract_end",
)  # fmt: skip
"""Columns of the tables of a plan that hold text; all others hold figures, or true and false."""


def copy_inputs(files: Iterable[tuple[str, Source]], folder: Path) -> None:
    """Put every file that was read into ``inputs/``, in the form of the reference."""
    for name, source in files:
        parts = [p for p in PurePosixPath(name).parts if p not in (".", "..", "/")]
        target = folder.joinpath("inputs", *parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, bytes):
            target.write_bytes(source)
        else:
            shutil.copyfile(source, target)


def write_manifest(folder: Path, shipped: Mapping[str, Any] | None = None) -> None:
    """Write ``manifest.json``: the SHA-256 of every other file of the folder.

    ``shipped`` names release and digests of the shipped catalogs among them
    (:func:`planner.catalog.release.shipped_in`).
    """
    digests = {
        path.relative_to(folder).as_posix(): digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / MANIFEST
    }
    stated = {"schema": 1, "algorithm": "sha256", "files": digests}
    write_json(folder / MANIFEST, {**stated, **({"shipped": shipped} if shipped else {})})


def digest(path: Source) -> str:
    """SHA-256 of a file or its content, in hexadecimal."""
    if isinstance(path, bytes):
        return hashlib.sha256(path).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_json(path: Path, value: Any) -> None:
    """Write JSON that is the same for the same content: sorted keys, no escapes, one final newline."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
