"""The inputs behind a case folder or a plan folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.case.settings import read_settings
from planner.catalog.load import shipped_from
from planner.errors import BadInput, Issue
from planner.inputs import Case, read_case
from planner.plan.folder import MANIFEST, RECORD, digest


def inputs_of(path: Path) -> tuple[Case, list[str]]:
    """Read a case, or the inputs that a plan folder keeps.

    Returns
    -------
    (inputs, notes)
        A plan is read from its own copies, of shipped catalogs and packs too, so that it is the same
        question whatever ships today. Where copies are missing, as in a plan made by hand, what ships is
        read, with a note for each file that has changed since the plan was written.

    Raises
    ------
    BadInput
        If the folder is neither, or its files cannot be read.
    """
    with opened(path) as (inputs, _, notes):
        return inputs, notes


@contextmanager
def opened(path: Path) -> Iterator[tuple[Case, Path, list[str]]]:
    """As :func:`inputs_of`, with the folder that the inputs were read from while it is there."""
    if not (path / RECORD).is_file():
        yield read_case(path), path, []
        return
    with TemporaryDirectory() as folder:
        case = Path(folder) / "case"
        as_case(path / "inputs", case)
        kept = Path(folder) / "shipped"
        copies = shipped_from(kept) if _as_shipped(path / "inputs", case, kept) else nullcontext()
        with copies:
            inputs = read_case(case)
        yield inputs, case, _changed(path, inputs)


def _as_shipped(copies: Path, case: Path, kept: Path) -> bool:
    """Lay a plan's copies of shipped packages out as they ship; false if one that is named is missing."""
    settings, _ = read_settings(case)
    if settings is None or not (copies / "catalogs").is_dir():
        return False
    shutil.copytree(copies / "catalogs", kept)
    wanted = [kept / "policies" / f"{n}.toml" for n in settings.packs if not n.startswith("./")]
    for name in settings.catalogs:
        if not name.startswith("./"):
            if (copies / name).is_dir() and not (kept / name).exists():
                shutil.copytree(copies / name, kept / name)
            wanted.append(kept / name)
    return all(place.exists() for place in wanted)


def as_case(kept: Path, case: Path) -> None:
    """A plan's copies laid out as the case was: folders of the case beside ``case.toml`` again."""
    if not kept.is_dir():
        mend = "Name a case, or a plan folder that planner plan wrote."
        raise BadInput([Issue("inputs", 0, "", "", "the plan folder has no copies of its inputs", mend)])
    shutil.copytree(kept, case)
    settings, _ = read_settings(case)
    for name in settings.catalogs if settings else ():
        local = case / name
        beside = case / "catalogs" / local.name
        if name.startswith("./") and beside.is_dir() and not local.exists():
            beside.rename(local)


def _changed(plan: Path, inputs: Case) -> list[str]:
    try:
        known = json.loads((plan / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return ["the plan has no readable manifest, so changes of its inputs cannot be seen"]
    now = {f"inputs/{name.replace('./', '')}": digest(file) for name, file in inputs.files}
    changed = sorted(name for name, value in now.items() if known.get(name, value) != value)
    return [f"{name.removeprefix('inputs/')} has changed since the plan was written" for name in changed]
