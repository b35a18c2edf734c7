"""A plan on disk: CSV and JSON that anyone can read, written whole or not at all."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import click
import pandas as pd

from planner.errors import BadInput, Issue
from planner.plan.plan import EXTRA, FRAMES, OPTIONAL, Plan

MANIFEST = "manifest.json"
RECORD = "plan.json"


@contextmanager
def written_whole(out: Path, record: str = RECORD) -> Iterator[Path]:
    """A new folder beside ``out`` to fill, which takes its place only when all is written.

    ``record`` is the file by which a folder of the same sort is known, and may be replaced.

    A run that is killed leaves the old result or the new one, never half of one.

    Raises
    ------
    click.UsageError
        If ``out`` exists and is not such a folder: somebody else's files are never replaced; or if
        nothing can be written there.
    """
    if out.is_symlink() or (out.exists() and not (out.is_dir() and _ours(out, record))):
        what = "a plan folder" if record == RECORD else f"a folder with a {record}"
        raise click.UsageError(f"{out} exists and is not {what}; choose another --out")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written ({error.strerror}); choose another --out") from error
    try:
        work.chmod(0o755)
        yield work
        for path in work.rglob("*"):
            _flush(path)
        _flush(work)
        _put_in_place(work, out)
        _flush(out.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _ours(out: Path, record: str) -> bool:
    return (out / record).is_file() or not any(out.iterdir())


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put_in_place(work: Path, out: Path) -> None:
    """Rename ``work`` to ``out``; where ``out`` exists exchange the two, so that one is always there."""
    if out.is_dir() and _exchange(work, out):
        return
    if out.exists():
        # No exchange on this system: a kill between these two renames leaves the old result under
        # the name of the working folder.
        old = work.with_name(f"{work.name}-old")
        out.rename(old)
        work.rename(out)
        shutil.rmtree(old)
    else:
        work.rename(out)


def _exchange(a: Path, b: Path) -> bool:
    """Linux's renameat2(RENAME_EXCHANGE); False where the system does not have it."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    here, exchange = -100, 2
    if call(here, os.fsencode(a), here, os.fsencode(b), exchange) == 0:
        return True
    if ctypes.get_errno() in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(ctypes.get_errno(), f"cannot put {b} in place")


def save(plan: Plan, folder: Path) -> None:
    """Write the plan's frames and record into an existing folder."""
    for name in FRAMES:
        frame: pd.DataFrame = getattr(plan, name)
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    for name in OPTIONAL:
        frame = getattr(plan, name)
        if len(frame):
            frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    write_json(folder / RECORD, {**plan.head, "run": plan.run})


def load(folder: Path) -> Plan:
    """Read a plan folder back.

    Raises
    ------
    BadInput
        If it is no plan folder, or one of its files cannot be read.
    """
    problems = []
    frames: dict[str, pd.DataFrame] = {}
    record: dict[str, Any] = {}
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        mend = "Name a folder that planner plan wrote."
        raise BadInput(
            [Issue(f"{folder.name}/{RECORD}", 0, "", "", "missing or not readable", mend)]
        ) from None
    for name, columns in FRAMES.items():
        path = folder / f"{name}.csv"
        try:
            frame = pd.read_csv(
                path, dtype=dict.fromkeys(_TEXT, str), keep_default_na=False, na_values=_BLANK
            )
        except (OSError, ValueError) as error:
            mend = "Write the plan again with planner plan."
            problems.append(Issue(path.name, 0, "", "", f"cannot be read ({type(error).__name__})", mend))
            continue
        if list(frame.columns) not in (list(columns), [*columns, *EXTRA.get(name, ())]):
            mend = f"It should have {', '.join(columns)}."
            problems.append(Issue(path.name, 1, "", "", "has other columns than a plan", mend))
        frames[name] = frame
    if problems or not isinstance(record, dict):
        raise BadInput(problems)
    run = record.pop("run", {})
    for name, columns in OPTIONAL.items():
        if (folder / f"{name}.csv").is_file():
            frames[name] = _optional(folder / f"{name}.csv", (columns, (*columns, *EXTRA.get(name, ()))))
    return Plan(head=record, run=run, **frames)


def _optional(path: Path, allowed: tuple[tuple[str, ...], ...]) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype=dict.fromkeys(_TEXT, str), keep_default_na=False)
    except (OSError, ValueError) as error:
        mend = "Write the plan again with planner plan."
        raise BadInput(
            [Issue(path.name, 0, "", "", f"cannot be read ({type(error).__name__})", mend)]
        ) from None
    if tuple(frame.columns) not in allowed:
        mend = f"It should have {', '.join(allowed[0])}."
        raise BadInput([Issue(path.name, 1, "", "", "has other columns than a plan", mend)])
    return frame


_TEXT = (
    "workload", "region", "period", "role", "payer", "pool", "vendor_group", "vendor", "sku", "term", "slice",
    "unit", "currency", "basis", "rule", "kind", "scope", "subject", "period_from", "period_to", "reason",
    "family", "per", "words", "start", "end", "event",
)  # fmt: skip
_BLANK = {
    c: [""]
    for c in (
        "share",
        "limit",
        "slack",
        "amount",
        "total",
        "required_share",
        "reached_share",
        "mean_ms",
        "p95_ms",
    )
}


def copy_inputs(files: Iterable[tuple[str, Path]], folder: Path) -> None:
    """Copy every file that was read into ``inputs/``, under the name it was read by."""
    for name, source in files:
        parts = [p for p in PurePosixPath(name).parts if p not in (".", "..", "/")]
        target = folder.joinpath("inputs", *parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def write_manifest(folder: Path) -> None:
    """Write ``manifest.json``: the SHA-256 of every other file of the folder."""
    digests = {
        path.relative_to(folder).as_posix(): digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    write_json(folder / MANIFEST, {"schema": 1, "algorithm": "sha256", "files": digests})


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_json(path: Path, value: Any) -> None:
    """Write JSON that is the same for the same content: sorted keys, no escapes, one final newline."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
