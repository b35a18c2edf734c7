"""Taking a proposal over: the new package takes the old one's place, whole or not at all."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from planner import atomic
from planner.catalog.load import NETWORK_FILE, read_folders
from planner.catalog.refresh.documents import read_object
from planner.catalog.refresh.propose import PROPOSAL, fingerprint
from planner.errors import BadInput, Issue


def accept(proposal: Path, package: Path) -> dict[str, Any]:
    """Put the proposed package in the place of ``package``; returns what ``proposal.json`` says.

    Raises
    ------
    BadInput
        If the folder is no proposal for this package, the package has changed since the proposal was made,
        or the new package does not hold together with those beside it. Nothing is changed then.
    """
    if not (proposal / PROPOSAL).is_file():
        mend = "Name the folder that planner catalog refresh wrote."
        raise BadInput([Issue(str(proposal), 0, "", "", "is no proposal", mend)])
    head = read_object(proposal / PROPOSAL)
    new = proposal / package.name
    if head.get("package") != package.name or not new.is_dir():
        why = f"is a proposal for {head.get('package')!r}, not for {package.name!r}"
        raise BadInput([Issue(str(proposal), 0, "", "", why, "Name that package with --into.")])
    if head.get("base") != fingerprint(package):
        mend = "Refresh again, so that nothing that changed meanwhile is lost."
        raise BadInput([Issue(str(package), 0, "", "", "has changed since the proposal was made", mend)])
    beside = [
        (path.name, path)
        for path in sorted(package.resolve().parent.iterdir())
        if path.name != package.name and any(path.glob("*.csv")) and not (path / NETWORK_FILE).is_file()
    ]
    problems = read_folders([(package.name, new), *beside], date.fromisoformat(str(head["valid_from"])))[1]
    if problems:
        raise BadInput(problems)
    with atomic.new_folder(package) as folder:
        for path in sorted(new.iterdir()):
            shutil.copyfile(path, folder / path.name)
    return head
