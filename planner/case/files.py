"""Where the files of a case are: a folder, or the copies that a plan keeps, with some changed in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from planner.case.reader import FILE
from planner.errors import BadInput, Issue
from planner.files.read import Source, opened_plain

INPUTS = "inputs"
"""Folder of a plan that holds copies of all that its case read."""


@dataclass(frozen=True)
class Files:
    """The files of a case; may be sent to another process, which reads the same case from them.

    Attributes
    ----------
    folder
        Holds ``case.toml`` and the tables.
    changed
        Name of each file that is changed in memory, and its content.
    kept
        Folder with copies of what ships with the planner, as a plan keeps them; read in its place.
    """

    folder: Path
    changed: tuple[tuple[str, bytes], ...] = ()
    kept: Path | None = None

    def source(self, name: str) -> Source:
        """What stands behind a name: content in memory, or the file."""
        return dict(self.changed).get(name, self.folder / name)

    def content(self, name: str) -> bytes:
        """Content of a file."""
        source = self.source(name)
        return source if isinstance(source, bytes) else opened_plain(source)

    def with_content(self, content: Mapping[str, bytes]) -> Files:
        """The same files with some changed."""
        return replace(self, changed=tuple(sorted({**dict(self.changed), **content}.items())))


def files_of(folder: Path) -> Files:
    """The files of a case folder, or of the case that a plan folder was made from.

    Raises
    ------
    BadInput
        If it is a plan folder without copies of its inputs.
    """
    if (folder / FILE).is_file() or not (folder / "plan.json").is_file():
        return Files(folder)
    if not (folder / INPUTS).is_dir():
        mend = "Name a case, or a plan folder that planner plan wrote."
        raise BadInput([Issue(INPUTS, 0, "", "", "the plan folder has no copies of its inputs", mend)])
    return Files(folder / INPUTS, kept=folder / INPUTS)
