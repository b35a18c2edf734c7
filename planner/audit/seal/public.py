"""What of a plan may be shown to everybody: without contract rows and what derives from them."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from planner.audit.case import INPUTS, LEFT_OUT, MONEY
from planner.audit.claims import RECORD
from planner.audit.reading import Unreadable, parse_csv, parse_json
from planner.audit.seal.content import MANIFEST, SIGNATURES, canonical, manifest_of
from planner.errors import AuditFailed

OPEN = ("placements.csv", "periods.csv", "latency.csv", "excuses.csv")
"""Tables of a plan that hold no money."""

_READ = (".csv", ".toml", ".json")
"""How files end that catalogs, networks and packs consist of; others are kept only if the case names them."""

_WHOLE = ("vendors.csv", "regions.csv")
"""Tables without whose rows placements make no sense."""

HEAD = (
    "schema", "case", "title", "synthetic", "marking", "status", "currency", "home_country",
    "decision_date", "prices_as_of", "rules_as_of", "not_adopted", "unpriced_regions",
)  # fmt: skip
"""What of ``plan.json`` holds no money."""


def public(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """The part of a plan without contract rows, and the names of what was left out.

    Commitments held, agreed or kept from an earlier plan are contract rows too. The record names the
    input tables from which rows were taken (``in_part``), so that the audit does not judge by the rest.

    A plan without any contract row, and without tables of money of the user's own, is public as a whole.
    Otherwise only what is known to hold no
    money stays (:data:`OPEN`, :data:`HEAD`, the inputs). Contract rows are taken out of the inputs, whatever
    their files are called, the user's own tables of money and comments too. The rest is left out with the
    signatures and the digests, which would let figures be guessed. The part has a manifest of its own and
    can be signed again.

    Raises
    ------
    AuditFailed
        If the case cannot be read, or a contract is named where no row can be taken out: in
        ``case.toml``, or on a vendor or region, to which placements refer.
    """
    tree = _settings(files)
    named = _tables(tree)
    _refuse_places(files)
    secret = {named[t] for t in LEFT_OUT if t in named}
    kept: dict[str, bytes] = {}
    for name, content in files.items():
        if name.startswith(f"{INPUTS}/") and name not in secret:
            kept[name] = _without_contracts(name, content, name in named.values())
    money = {named[t] for t in MONEY if t in named}
    touched = bool((secret | money) & files.keys()) or any(kept[name] != files[name] for name in kept)
    if not touched:
        return dict(files), []
    known = {*named.values(), _inside(str(tree.get("traces", {}).get("file", "")))}
    for name in sorted(kept):
        if name in money or not (name in known or name.endswith(_READ)):
            del kept[name]
        elif name.endswith(".toml") and not name.startswith(f"{INPUTS}/catalogs/"):
            kept[name] = _without_comments(name, kept[name])
    for name in OPEN:
        if name in files:
            kept[name] = files[name]
    partly = sorted(n for n in kept if n.startswith(f"{INPUTS}/") and kept[n] != files[n])
    if RECORD in files:
        kept[RECORD] = canonical({**_head(files[RECORD]), **({"in_part": partly} if partly else {})})
    left = sorted(n for n in files if n not in kept and n != MANIFEST and not n.startswith(SIGNATURES))
    changed = sorted(n for n in kept if n in files and kept[n] != files[n])
    kept[MANIFEST] = manifest_of({**kept, **{MANIFEST: files[MANIFEST]}})
    return kept, [*left, *(f"{name} (in part)" for name in changed)]


def is_public(files: Mapping[str, bytes]) -> bool:
    """Do the files call themselves a public part of a plan?"""
    try:
        return RECORD in files and parse_json(files[RECORD]).get("public") is True
    except Unreadable:
        return False


def _refuse_places(files: Mapping[str, bytes]) -> None:
    for name in sorted(files):
        inside = name.startswith(f"{INPUTS}/") and name.rsplit("/", 1)[-1] in _WHOLE
        if inside and _without_contracts(name, files[name]) != files[name]:
            raise AuditFailed(f"{name} has a row of basis contract, and placements refer to it")


def _settings(files: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        text = files[f"{INPUTS}/case.toml"].decode("utf-8")
        tree = tomllib.loads(text)
    except (KeyError, ValueError, RecursionError):
        raise AuditFailed("inputs/case.toml cannot be read, so contract rows cannot be found") from None
    if _names_contract(tree):
        raise AuditFailed("case.toml itself states a figure of basis contract; it cannot be made public")
    return tree


def _tables(tree: Mapping[str, Any]) -> dict[str, str]:
    """Tables of the case and the files that hold them, whatever these are called."""
    named = tree.get("tables", {})
    return {k: _inside(v) for k, v in named.items() if isinstance(v, str)} if isinstance(named, dict) else {}


def _inside(name: str) -> str:
    """Where a plan keeps a file that the case names."""
    return "/".join([INPUTS, *(part for part in PurePosixPath(name).parts if part not in (".", "..", "/"))])


def _without_comments(name: str, content: bytes) -> bytes:
    """Settings as they are, without what people wrote beside them."""
    import tomlkit

    try:
        return tomlkit.dumps(tomllib.loads(content.decode("utf-8"))).encode("utf-8")
    except (ValueError, RecursionError):
        raise AuditFailed(f"{name} cannot be read, so its comments cannot be taken out") from None


def _names_contract(value: Any) -> bool:
    if isinstance(value, dict):
        based = any(v == "contract" for k, v in value.items() if k.rsplit(".", 1)[-1] == "basis")
        return based or any(map(_names_contract, value.values()))
    return isinstance(value, list) and any(map(_names_contract, value))


def _without_contracts(name: str, content: bytes, is_table: bool = False) -> bytes:
    """A table without its contract rows: what the case names as one, and every CSV file."""
    if not (is_table or name.endswith(".csv")) or name.endswith(".parquet"):
        return content
    try:
        rows = parse_csv(content, ())
    except Unreadable as reason:
        raise AuditFailed(f"{name} {reason}, so contract rows cannot be found") from None
    if not any(row.get("basis") == "contract" for row in rows):
        return content
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if row.get("basis") != "contract")
    return out.getvalue().encode("utf-8")


def _head(content: bytes) -> dict[str, Any]:
    try:
        record = parse_json(content)
    except Unreadable as reason:
        raise AuditFailed(f"{RECORD} {reason}") from None
    return {key: record[key] for key in HEAD if key in record} | {"public": True}
