"""Where a plan's copies of catalogs, networks and packs come from: its manifest, and another copy of them.

The manifest names release and digest of each package that shipped with the planner; the check ``manifest``
holds the digests to the copies. Whether the copies are what was released only somebody else's copy of the
catalogs tells: :func:`compared` lays the two side by side, row by row and rule by rule.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.audit.case import INPUTS
from planner.audit.context import listed
from planner.audit.findings import Finding
from planner.audit.reading import Folder, Row, Unreadable, parse_csv
from planner.files.toml import parse_toml

SHIPPED = "shipped"
"""Entry of the manifest that names release and digests."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "vendors.csv": ("vendor",),
    "regions.csv": ("region",),
    "skus.csv": ("SkuId",),
    "prices.csv": ("SkuId", "term"),
    "transfer.csv": ("region", "destination", "from_gib"),
    "not_sold.csv": ("region", "family", "term"),
    "accelerators.csv": ("accelerator",),
    "interconnects.csv": ("vendor", "family", "accelerator", "accelerator_count"),
    "rates.csv": ("currency",),
    "grid.csv": ("region",),
    "energy.csv": ("resource", "vendor"),
    "nodes.csv": ("node",),
    "links.csv": ("a", "b", "name"),
    "measured.csv": ("from", "to", "statistic", "window"),
}
"""Table to the columns by which a row is known again, its dates aside; of others rows are the same or not."""

_DATES = frozenset({"valid_from", "valid_to", "as_of", "date", "confirmed"})
_HOLDS = ("valid_from", "valid_to")
_RELEASE = re.compile(r"^## (\S+)$", re.MULTILINE)


def packages(names: Iterable[str]) -> dict[str, list[str]]:
    """Packages among the files of a plan, by name, with the names of their files in the plan.

    >>> packages(["inputs/catalogs/aws/skus.csv", "inputs/demand.csv", "inputs/network/links.csv"])
    {'aws': ['inputs/catalogs/aws/skus.csv'], 'network': ['inputs/network/links.csv']}
    """
    files_of: dict[str, list[str]] = {}
    for name in sorted(n for n in names if n.startswith(f"{INPUTS}/")):
        inside = place(name)
        if "/" in inside:
            package = inside if inside.endswith(".toml") else inside.rpartition("/")[0]
            files_of.setdefault(package, []).append(name)
    return files_of


def place(name: str) -> str:
    """Where a file of a plan's inputs lies in a folder of catalogs: ``aws/prices.csv``."""
    return name.removeprefix(f"{INPUTS}/").removeprefix("catalogs/")


def faults(stated: object, digests: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What of the manifest's entry ``shipped`` is not so: subject, and why.

    Parameters
    ----------
    stated
        The entry.
    digests
        SHA-256 of each file of the plan, by name.
    """
    listed = stated.get("packages") if isinstance(stated, dict) else None
    if not isinstance(stated, dict) or set(stated) != {"release", "packages"} or not isinstance(listed, dict):
        yield SHIPPED, "is no list of what was shipped"
        return
    if not isinstance(stated["release"], str) or len(stated["release"]) > 40:
        yield SHIPPED, "names no release"
    held = packages(digests)
    for package, digest in sorted(listed.items()):
        lines = [f"{digests[name]}  {place(name)}\n" for name in held.get(package, ())]
        if not lines or hashlib.sha256("".join(lines).encode()).hexdigest() != digest:
            yield f"{SHIPPED} {package}"[:200], "the copy is not that of which the manifest names the digest"


@dataclass
class Compared:
    """How the rows of a package compare with another copy of it."""

    same: int = 0
    other_date: int = 0
    changed: int = 0
    unknown: int = 0
    left_out: int = 0
    words: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> dict[str, str]:
        return {
            "same": str(self.same), "other date": str(self.other_date), "changed": str(self.changed),
            "not known": str(self.unknown), "left out": str(self.left_out),
        }  # fmt: skip


def compared(folder: Folder, catalogs: Path, day: str, release: str) -> Iterator[Finding]:
    """Findings of check ``catalogs``: a plan's copies held to a folder of catalogs.

    Parameters
    ----------
    catalogs
        Holds a folder a package, and ``policies``.
    day
        Day of the plan's prices, ``YYYY-MM-DD``: a price or tier that held on it in one copy only was
        changed; otherwise other dates are only told.
    release
        Release that the manifest names, blank if none. Where it is that of ``catalogs``, no row may differ
        at all; where it is not, rows that the plan lacks and other dates are a warning.
    """
    other = Folder(catalogs)
    known = _release(other)
    same_release = bool(release) and release == known
    for package, names in packages(folder.files()).items():
        of = f"{catalogs.name}{f', release {known}' if known else ''}"
        if not (other.has(place(names[0])) or _is_folder(catalogs / package)):
            message = f"is not among the catalogs of {of}: only a signature vouches for it"
            yield Finding("catalogs", "not checked", package[:200], message)
            continue
        result = Compared()
        for name in names:
            try:
                _file(result, place(name), folder.bytes(name), other.bytes(place(name)), day)
            except (Unreadable, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
                result.changed += 1
                result.words.append(f"{place(name)} cannot be compared ({str(reason)[:80]})")
        held = {place(name) for name in names}
        for gone in _tables_of(catalogs / package, package):
            if gone not in held:
                result.left_out += 1
                result.words.append(f"{gone} is left out")
        yield _finding(package, result, of, release, same_release)


def _finding(package: str, result: Compared, of: str, release: str, same_release: bool) -> Finding:
    wrong = result.changed + result.unknown
    if not result.words:
        return Finding("catalogs", "pass", package, f"every row is that of {of}", result.numbers)
    which = "" if same_release else f" (the plan names {f'release {release}' if release else 'no release'})"
    message = f"differs from {of}{which}: {listed(result.words)}"
    return Finding("catalogs", "fail" if wrong or same_release else "warn", package, message, result.numbers)


def _file(result: Compared, name: str, copy: bytes, original: bytes, day: str) -> None:
    if name.endswith(".toml"):
        ours, theirs = _rules(copy), _rules(original)
        _by_key(result, name, ours, theirs)
        return
    rows, originals = parse_csv(copy, ()), parse_csv(original, ())
    if copy == original:
        result.same += len(rows)
        return
    columns = [c for c in (originals or rows or [{}])[0] if not rows or c in rows[0]]
    _by_row(result, name, rows, originals, columns, day)


def _by_row(
    result: Compared, name: str, rows: Sequence[Row], known: Sequence[Row], columns: Sequence[str], day: str
) -> None:
    key = KEYS.get(name.rpartition("/")[2], ())

    def whole(row: Row) -> tuple[str, ...]:
        return tuple(row[c] for c in columns)

    def undated(row: Row) -> tuple[Any, ...]:
        return (*(row[c] for c in columns if c not in _DATES), _holds(row, day))

    def subject(row: Row) -> tuple[str, ...]:
        return tuple(row.get(c, "") for c in key)

    there = Counter(map(whole, known))
    rest = []
    for row in rows:
        if there[whole(row)]:
            there[whole(row)] -= 1
            result.same += 1
        else:
            rest.append(row)
    dated, by_subject = {undated(row) for row in known}, defaultdict(list)
    for row in known:
        by_subject[subject(row)].append(row)
    used: Counter[tuple[str, ...]] = Counter()
    for row in rest:
        what = f"{name} {', '.join(subject(row)) or ', '.join(whole(row)[:3])}"[:120]
        used[subject(row)] += 1
        if undated(row) in dated:
            result.other_date += 1
            result.words.append(f"{what}: another date")
        elif key and subject(row) in by_subject:
            result.changed += 1
            near = min(by_subject[subject(row)], key=lambda r: sum(r[c] != row[c] for c in columns))
            other = [f"{c} {row[c][:40]!r}, there {near[c][:40]!r}" for c in columns if row[c] != near[c]]
            result.words.append(f"{what}: {', '.join(other[:4]) or 'stated more often'}")
        else:
            result.unknown += 1
            result.words.append(f"{what}: not known there")
    for row in known:
        if there[whole(row)] and not used[subject(row)]:
            there[whole(row)] -= 1
            result.left_out += 1
            result.words.append(
                f"{name} {', '.join(subject(row)) or ', '.join(whole(row)[:3])}: left out"[:160]
            )


def _holds(row: Row, day: str) -> bool:
    """Does a dated row hold on the day? Rows without such dates do."""
    begins, ends = (row.get(column, "") for column in _HOLDS)
    return begins <= day and (not ends or day < ends)


def _rules(content: bytes) -> dict[str, Any]:
    """The rules of a pack by id, and what stands above them."""
    tree = parse_toml(content.decode("utf-8-sig"))
    rules = tree.pop("rule", [])
    rows = rules if isinstance(rules, list) else [rules]
    named = {f"rule {r.get('id', n)}" if isinstance(r, dict) else f"rule {n}": r for n, r in enumerate(rows)}
    return {**{str(k): v for k, v in tree.items()}, **named, "number of rules": len(rows)}


def _by_key(result: Compared, name: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    for key in sorted({*ours, *theirs}):
        if key not in theirs:
            result.unknown += 1
            result.words.append(f"{name} {key}: not known there")
        elif key not in ours:
            result.left_out += 1
            result.words.append(f"{name} {key}: left out")
        elif ours[key] != theirs[key]:
            result.changed += 1
            result.words.append(f"{name} {key}: changed")
        else:
            result.same += 1


def _release(catalogs: Folder) -> str:
    try:
        newest = _RELEASE.search(catalogs.bytes("CHANGELOG.md").decode("utf-8"))
    except (Unreadable, UnicodeDecodeError):
        return ""
    return newest[1] if newest else ""


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _tables_of(folder: Path, package: str) -> list[str]:
    """Tables that decide a plan and that a package has; of facts that no plan is priced from none."""
    if not _is_folder(folder):
        return []
    return [f"{package}/{name}" for name in KEYS if (folder / name).is_file()]
