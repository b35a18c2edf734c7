"""``case.toml`` with other values: comments, order and everything else stay as they are."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from planner.case.reader import FILE
from planner.errors import BadInput, Issue

Values = Mapping[tuple[str, ...], Any]
"""Path of each value that is set, e.g. ``("money", "discount_rate")``; ``None`` takes it out."""


def leaves(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, value) of every value of nested sections; keys with dots are paths.

    >>> dict(leaves({"money": {"discount_rate": 0.06}, "periods.count": 4}))
    {('money', 'discount_rate'): 0.06, ('periods', 'count'): 4}
    """
    for key, value in table.items():
        path = (*above, *key.split("."))
        if isinstance(value, Mapping):
            yield from leaves(value, path)
        else:
            yield path, value


def with_values(text: str, values: Values, where: str = "") -> str:
    """TOML with values set.

    Parameters
    ----------
    where
        What stands before a path in problems, e.g. ``scenario.NAME.``.

    Raises
    ------
    BadInput
        If a path leads through something that is no section.
    """
    import tomlkit

    tree, document = tomllib.loads(text), tomlkit.parse(text)
    problems = []
    for path, value in values.items():
        if _put(tree, path, value):
            _put(document, path, value)
        else:
            mend = "Name a key of a section, e.g. rules.ID.cap; a list is replaced whole."
            column = f"{where}{'.'.join(path)}"
            problems.append(Issue(FILE, 0, column, str(value)[:80], "leads through what is no section", mend))
    if problems:
        raise BadInput(problems)
    edited = tomlkit.dumps(document)
    # An edit that would not be read as meant gives way to the tree written anew, without comments.
    return edited if _understood(edited, tree) else tomlkit.dumps(tree)


def _put(tree: Any, path: tuple[str, ...], value: Any) -> bool:
    """Set a value in a tree of sections; false if its path leads through something else."""
    section = tree
    for key in path[:-1]:
        if key not in section:
            section[key] = {}
        section = section[key]
        if not isinstance(section, Mapping):
            return False
    if value is None:
        section.pop(path[-1], None)
    else:
        section[path[-1]] = value
    return True


def _understood(text: str, tree: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == tree
    except tomllib.TOMLDecodeError:
        return False
