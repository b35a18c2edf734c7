"""Which release of the shipped catalogs, networks and packs a folder of inputs holds copies of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.catalog.load import CATALOGS, shipped

_NEWEST = re.compile(r"^## (\S+)$", re.MULTILINE)


def release_of(catalogs: Path) -> str:
    """The release of a folder of catalogs: the newest heading of its ``CHANGELOG.md``; blank without one."""
    try:
        newest = _NEWEST.search((catalogs / "CHANGELOG.md").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return newest[1] if newest else ""


def shipped_in(inputs: Path) -> Mapping[str, Any]:
    """Release and digests of what a plan's inputs hold of the shipped packages, byte for byte.

    Parameters
    ----------
    inputs
        Folder ``inputs`` of a plan.

    Returns
    -------
    Mapping
        ``release``, and ``packages``: name (``aws``, ``policies/own-limits.toml``) to the SHA-256 of its
        files, each a line ``DIGEST  NAME`` in the order of their names. A package that a case brings, or
        that is copied from another release, is not in it.
    """
    root = shipped()
    packages: dict[str, list[str]] = {}
    foreign: set[str] = set()
    for copy in sorted(p for p in inputs.glob("*/**/*") if p.is_file()):
        name = copy.relative_to(inputs).as_posix().removeprefix(f"{CATALOGS}/")
        package = name if name.endswith(".toml") else name.rpartition("/")[0]
        content, original = copy.read_bytes(), root / name
        packages.setdefault(package, []).append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        if not original.is_file() or original.read_bytes() != content:
            foreign.add(package)
    digests = {
        name: hashlib.sha256("".join(lines).encode()).hexdigest()
        for name, lines in packages.items()
        if name not in foreign
    }
    return {"release": release_of(root), "packages": digests}
