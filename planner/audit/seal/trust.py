"""Whose key may sign as what, from when to when: a trust file (``keys.toml``) that an institution keeps.

[[key]]
key = "<the public key in hexadecimal, as planner verify prints it>"
holder = "the office of the chief architect"
roles = ["prepared", "reviewed"]
from = 2026-01-01
until = 2027-12-31
revoked_on = 2026-06-01      # only of a key that is no longer trusted
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from planner.audit.seal.records import ROLES, Record
from planner.errors import AuditFailed, BadInput, Issue
from planner.files.toml import load_toml

_KEY = re.compile(r"[0-9a-f]{64}")
_FIELDS = {"key", "holder", "roles", "from", "until", "revoked_on"}
_MEND = "Write it as docs/audit.md shows."


@dataclass(frozen=True)
class Trusted:
    """A key, who holds it, and what it may sign on which days (both included)."""

    key: str
    holder: str
    roles: tuple[str, ...]
    since: date
    until: date
    revoked_on: date | None


def read_trust(path: Path) -> dict[str, Trusted]:
    """Keys by their id.

    Raises
    ------
    BadInput
        With everything that is wrong in the file.
    """
    try:
        tree = load_toml(path)
    except (OSError, ValueError) as error:
        problem = f"cannot be read ({type(error).__name__})"
        raise BadInput([Issue(path.name, 0, "", "", problem, _MEND)]) from None
    rows = tree.get("key")
    if not isinstance(rows, list) or set(tree) != {"key"}:
        raise BadInput([Issue(path.name, 0, "key", "", "holds no [[key]], or other things too", _MEND)])
    trusted: dict[str, Trusted] = {}
    problems: list[Issue] = []
    for number, row in enumerate(rows, start=1):
        faults = list(_faults(row))
        problems += [Issue(path.name, number, column, value, fault, _MEND) for column, value, fault in faults]
        if faults:
            continue
        if row["key"] in trusted:
            problems.append(Issue(path.name, number, "key", row["key"][:16], "is there twice", _MEND))
        trusted[row["key"]] = Trusted(
            row["key"], row["holder"], tuple(row["roles"]), row["from"], row["until"], row.get("revoked_on")
        )
    if problems:
        raise BadInput(problems)
    return trusted


def _faults(row: Any) -> Iterator[tuple[str, str, str]]:
    if not isinstance(row, dict):
        yield "key", "", "is no [[key]]"
        return
    for name in sorted(set(row) - _FIELDS):
        yield name[:60], "", "is not known"
    key, holder, roles = row.get("key"), row.get("holder"), row.get("roles")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        yield "key", str(key)[:60], "is no public key of 64 hexadecimal digits"
    if not isinstance(holder, str) or not holder.strip() or not holder.isprintable() or len(holder) > 200:
        yield "holder", str(holder)[:60], "names nobody in printable words"
    if not isinstance(roles, list) or not roles or not all(role in ROLES for role in roles):
        yield "roles", str(roles)[:60], f"are none of {', '.join(ROLES)}"
    days = [row.get("from"), row.get("until"), row.get("revoked_on", date.max)]
    for name, day in zip(("from", "until", "revoked_on"), days, strict=True):
        if not isinstance(day, date) or isinstance(day, datetime):
            yield name, str(day)[:60], "is no day"
            return
    if days[0] > days[1]:
        yield "until", str(days[1]), "is before from"


def hold_to(records: Sequence[Record], trusted: Mapping[str, Trusted]) -> None:
    """Each record by a key that may sign so, on its day; nobody approves what the same holder prepared.

    A time is the signer's claim. So nothing by a key that was revoked counts, whenever it says it signed.

    Raises
    ------
    AuditFailed
        With the first record that does not hold.
    """
    prepared: set[str] = set()
    for record in records:
        known = trusted.get(record.key)
        if known is None:
            raise AuditFailed(f"{record.name} is signed by a key that nobody trusts: {record.key[:16]}…")
        day = date.fromisoformat(record.signed_at[:10])
        if known.revoked_on is not None:
            revoked = f"was revoked on {known.revoked_on}, and when it really signed cannot be told"
            raise AuditFailed(f"{record.name}: the key of {known.holder} {revoked}")
        if record.role not in known.roles:
            raise AuditFailed(f"{record.name}: the key of {known.holder} may not sign as {record.role}")
        if not known.since <= day <= known.until:
            span = f"{known.since} to {known.until}"
            raise AuditFailed(f"{record.name}: the key of {known.holder} is valid from {span}, not on {day}")
        if record.role == "prepared":
            prepared.add(known.holder)
        if record.role == "approved" and known.holder in prepared:
            raise AuditFailed(f"{record.name}: {known.holder} prepared the plan and cannot approve it")
