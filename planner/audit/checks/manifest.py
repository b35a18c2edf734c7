"""Are the files those that the plan was written with? Their digests against ``manifest.json``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from planner.audit.context import Context
from planner.audit.findings import Finding
from planner.audit.provenance import SHIPPED, faults
from planner.audit.reading import Unreadable

MANIFEST = "manifest.json"
SIGNATURES = "signatures/"
"""Records of signatures are written after the manifest, and vouch for it."""


def check(context: Context) -> Iterable[Finding]:
    """Each file that was changed, added or taken away."""
    if not context.folder.has(MANIFEST):
        yield context.missing("manifest", MANIFEST)
        return
    found = list(differences(context))
    yield from found
    if not found:
        stated = context.folder.json(MANIFEST) or {}
        count = len(stated.get("files", {}))
        yield Finding("manifest", "pass", MANIFEST, f"all {count} files are those of the manifest")


def differences(context: Context) -> Iterator[Finding]:
    """Findings of check ``manifest``."""
    stated = context.folder.json(MANIFEST)
    files = stated.get("files") if stated else None
    if not isinstance(files, dict) or stated is None or stated.get("algorithm") != "sha256":
        yield Finding("manifest", "fail", MANIFEST, "is no manifest with SHA-256 digests")
        return
    present = {n for n in context.folder.files() if n != MANIFEST and not n.startswith(SIGNATURES)}
    for name in sorted(set(files) - present):
        yield Finding("manifest", "fail", name[:200], "is in the manifest but not in the folder")
    for name in sorted(present - set(files)):
        yield Finding("manifest", "fail", name[:200], "is in the folder but not in the manifest")
    for name in sorted(present & set(files)):
        try:
            digest = hashlib.sha256(context.folder.bytes(name)).hexdigest()
        except Unreadable as reason:
            yield Finding("manifest", "fail", name[:200], str(reason))
            continue
        if digest != files[name]:
            numbers = {"stated": str(files[name])[:64], "found": digest}
            yield Finding("manifest", "fail", name[:200], "was changed after the plan was written", numbers)
    if SHIPPED in stated:
        digests = {name: str(digest) for name, digest in files.items()}
        for subject, fault in faults(stated[SHIPPED], digests):
            yield Finding("manifest", "fail", subject, fault)
