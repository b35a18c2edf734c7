"""Scenarios of a case: dotted overrides of ``case.toml``, read as if the user had written them there.

``[scenario.NAME]`` holds keys such as ``rules.vendor-share.cap = 0.3`` or ``"money.discount_rate" =
0.06``. A scenario is a copy of the case folder with those values set, so that it is read and
checked like any other case.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from planner.case.settings import FILE
from planner.case.toml import toml_text
from planner.errors import BadInput, Issue
from planner.files.toml import load_toml


@contextmanager
def scenario_folder(case: Path, name: str, overrides: Mapping[str, Any]) -> Iterator[Path]:
    """A copy of the case folder with overrides set, which is gone afterwards.

    Raises
    ------
    BadInput
        If an override goes through something that is not a section.
    """
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "case"
        shutil.copytree(case, copy)
        tree = load_toml(case / FILE)
        tree.pop("scenario", None)
        problems: list[Issue] = []
        for path, value in _leaves(overrides):
            _set(tree, path, value, name, problems)
        if problems:
            raise BadInput(problems)
        (copy / FILE).write_text(toml_text(tree), encoding="utf-8")
        yield copy


def _leaves(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, value) of every value; keys with dots are paths, as are sections."""
    for key, value in table.items():
        path = (*above, *key.split("."))
        if isinstance(value, Mapping):
            yield from _leaves(value, path)
        else:
            yield path, value


def _set(tree: dict[str, Any], path: tuple[str, ...], value: Any, name: str, problems: list[Issue]) -> None:
    at: Any = tree
    for key in path[:-1]:
        at = at.setdefault(key, {}) if isinstance(at, dict) else None
    if not isinstance(at, dict):
        mend = "Name a key of a section, e.g. rules.ID.cap; a list is replaced whole."
        column = f"scenario.{name}.{'.'.join(path)}"
        problems.append(Issue(FILE, 0, column, str(value)[:80], "leads through what is no section", mend))
        return
    at[path[-1]] = value
