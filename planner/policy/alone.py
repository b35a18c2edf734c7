"""A pack read by itself, without a case: all its rules as declared, with those of the packs it extends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from planner.errors import BadInput, Issue
from planner.policy.load import place_of, read_packs
from planner.policy.notices import Notice
from planner.policy.pack import read_pack_file
from planner.policy.rules import Rule


@dataclass(frozen=True)
class PackAlone:
    """A pack with what it extends: its own title, the packs it extends, all rules, its own notices."""

    title: str
    extends: tuple[str, ...]
    rules: tuple[Rule, ...]
    notices: tuple[Notice, ...]


def path_of(pack: str) -> Path:
    """The file of a pack: a shipped name, or a path that ends in ``.toml``.

    Raises
    ------
    BadInput
        If no pack of that name ships.
    """
    if pack.endswith(".toml"):
        return Path(pack)
    found = place_of(pack, Path())
    if isinstance(found, Issue):
        raise BadInput([found])
    return found[1]


def read_alone(pack: str) -> PackAlone:
    """Read a pack by name or path.

    Raises
    ------
    BadInput
        With every problem in it and in the packs it extends.
    """
    path = path_of(pack)

    def place(name: str, _: Path) -> tuple[str, Path] | Issue:
        return (name, path) if name == pack else place_of(name, path.parent)

    rules, problems, _ = read_packs([pack], path.parent, {}, date.max, date.max, place)
    if problems:
        raise BadInput(problems)
    own, _ = read_pack_file(path, pack, pack)
    return PackAlone(own.title, own.extends, tuple(rules), own.notices)
