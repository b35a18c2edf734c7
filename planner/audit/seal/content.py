"""A plan as names and bytes, and whether they are those of its manifest.

Everything here works in memory, so that a bundle can be judged before anything of it is written.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from planner.audit.checks.manifest import MANIFEST as MANIFEST
from planner.audit.checks.manifest import SIGNATURES as SIGNATURES
from planner.audit.provenance import SHIPPED, faults
from planner.audit.reading import Folder, Unreadable, parse_json
from planner.errors import AuditFailed

MOST_FILES = 20_000
MOST_BYTES = 512 * 2**20
_DEVICES = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{port}{n}" for port in ("COM", "LPT") for n in "123456789¹²³"
}
_SHA256 = re.compile(r"[0-9a-f]{64}")


def read_folder(root: Path) -> dict[str, bytes]:
    """Every file of a plan folder by its name.

    Raises
    ------
    AuditFailed
        If it holds links, special files, unsafe names, or too much.
    """
    folder = Folder(root)
    files: dict[str, bytes] = {}
    total = 0
    for name in folder.files():
        check_name(name)
        try:
            files[name] = folder.bytes(name)
        except Unreadable as reason:
            raise AuditFailed(f"{name} {reason}") from None
        total += len(files[name])
        if len(files) > MOST_FILES or total > MOST_BYTES:
            raise AuditFailed(f"the folder holds more than {MOST_FILES} files or {MOST_BYTES // 2**20} MiB")
    check_names(files)
    if folder.problems:
        raise AuditFailed(f"{folder.problems[0].subject} {folder.problems[0].message}")
    return files


def check_name(name: str) -> None:
    """Refuse a name that could lead out of a folder or means something else on another system.

    Raises
    ------
    AuditFailed
        Saying which name and why.
    """
    parts = name.split("/")
    bad = (
        not name.isprintable()
        or len(name.encode("utf-8", "surrogatepass")) > 240
        or any(c in name for c in '\\:*?"<>|')
        or any(part in ("", ".", "..") or part != part.strip() or part.endswith(".") for part in parts)
    )
    if bad:
        raise AuditFailed(f"the name {name[:80]!r} is not that of a file inside the plan")
    if any(part.split(".")[0].upper() in _DEVICES for part in parts):
        raise AuditFailed(f"the name {name[:80]!r} is that of a device on Windows")
    if unicodedata.normalize("NFC", name) != name:
        raise AuditFailed(f"the name {name[:80]!r} is written in decomposed characters (not NFC)")


def check_names(names: Iterable[str]) -> None:
    """Refuse names that some system takes for one another; as check_name of each.

    Raises
    ------
    AuditFailed
        Saying which names.
    """
    seen: dict[str, str] = {}
    for name in names:
        check_name(name)
        other = seen.setdefault(unicodedata.normalize("NFKC", name).casefold(), name)
        if other != name:
            raise AuditFailed(f"{other[:80]!r} and {name[:80]!r} differ in case or form only")


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON of one form: sorted keys, two spaces, UTF-8, one final newline."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8")


def read_canonical(content: bytes, what: str) -> dict[str, Any]:
    """A JSON object that is written in the one form, so that no byte of it is free.

    Raises
    ------
    AuditFailed
        If it is not.
    """
    try:
        value = parse_json(content)
        same = canonical(value) == content
    except (Unreadable, TypeError, ValueError) as error:
        raise AuditFailed(f"{what} is not valid JSON ({type(error).__name__})") from None
    if not same:
        raise AuditFailed(f"{what} is not in its one form: a byte of it was changed")
    return value


def differences(files: Mapping[str, bytes]) -> list[str]:
    """What differs between the files and their manifest, in words; empty if nothing does."""
    if MANIFEST not in files:
        return [f"{MANIFEST} is missing"]
    try:
        manifest = read_canonical(files[MANIFEST], MANIFEST)
    except AuditFailed as error:
        return [str(error)]
    stated = manifest.get("files")
    right = set(manifest) - {SHIPPED} == {"schema", "algorithm", "files"} and manifest["schema"] == 1
    if not right or manifest["algorithm"] != "sha256" or not isinstance(stated, dict):
        return [f"{MANIFEST} is no manifest with SHA-256 digests"]
    if not all(isinstance(d, str) and _SHA256.fullmatch(d) for d in stated.values()):
        return [f"{MANIFEST} states something that is no SHA-256 digest"]
    present = {name for name in files if name != MANIFEST and not name.startswith(SIGNATURES)}
    missing, added = sorted(set(stated) - present), sorted(present - set(stated))
    found = {name: digest(files[name]) for name in present & set(stated)}
    renamed = {stated[gone]: gone for gone in missing}
    out = []
    for name in added:
        was = renamed.get(digest(files[name]))
        out.append(f"{name} was added" + (f"; it is {was} under another name" if was else ""))
    out += [f"{name} is missing" for name in missing]
    out += [f"{name} was changed" for name in sorted(found) if found[name] != stated[name]]
    if SHIPPED in manifest:
        out += [f"{subject} {reason}" for subject, reason in faults(manifest[SHIPPED], stated)]
    return out


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """The manifest of files, as ``planner plan`` writes it.

    Of the shipped catalogs that an earlier manifest among the files names, it names those that are still so.
    """
    digests = {
        name: digest(content)
        for name, content in files.items()
        if name != MANIFEST and not name.startswith(SIGNATURES)
    }
    stated = {"schema": 1, "algorithm": "sha256", "files": digests}
    before = parse_json(files[MANIFEST]).get(SHIPPED) if MANIFEST in files else None
    if before is not None:
        gone = {subject for subject, _ in faults(before, digests)}
        packages = {p: d for p, d in before["packages"].items() if f"{SHIPPED} {p}"[:200] not in gone}
        stated[SHIPPED] = {**before, "packages": packages}
    return canonical(stated)
