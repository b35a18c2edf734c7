"""The case behind a case folder or a plan folder, with what has changed since the plan."""

from __future__ import annotations

import json
from pathlib import Path

from planner.files.read import opened_plain
from planner.inputs import Case, read_case
from planner.plan.folder import MANIFEST, RECORD, digest


def inputs_of(path: Path) -> tuple[Case, list[str]]:
    """Read a case, or the one that a plan folder keeps.

    Returns
    -------
    (case, notes)
        A note for each file that has changed since the plan was written: one that the plan has no copy
        of, as in a plan made by hand, is read as it ships.

    Raises
    ------
    BadInput
        If the folder is neither, or its files cannot be read.
    """
    case = read_case(path)
    return case, _changed(path, case) if (path / RECORD).is_file() else []


def _changed(plan: Path, case: Case) -> list[str]:
    try:
        digests = dict(json.loads(opened_plain(plan / MANIFEST))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return ["the plan has no readable manifest, so changes of its inputs cannot be seen"]
    now = {f"inputs/{name.replace('./', '')}": digest(file) for name, file in case.files}
    changed = sorted(name for name, value in now.items() if digests.get(name, value) != value)
    return [f"{name.removeprefix('inputs/')} has changed since the plan was written" for name in changed]
