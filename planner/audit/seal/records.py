"""Signatures: an in-toto Statement in a DSSE envelope, one file each, each naming the one before.

A record is signed with Ed25519 (RFC 8032). Its key id is the public key itself in hexadecimal, so the
signature can be tested without any key at hand; whose key it is, only the keys handed to
:func:`verify` say. Forms: DSSE v1 (secure-systems-lab), in-toto Statement v1.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.audit.seal.content import (
    MANIFEST,
    SIGNATURES,
    canonical,
    differences,
    digest,
    read_canonical,
)
from planner.errors import AuditFailed, BadInput, Issue
from planner.files.read import opened_plain

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROLES = ("prepared", "reviewed", "approved")
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://planner.invalid/plan-signature/v1"
"""Type of our predicate; ``.invalid`` is never a real address (RFC 2606)."""

TIME = "%Y-%m-%dT%H:%M:%SZ"
"""How a record writes its time."""

_NAME = re.compile(rf"{SIGNATURES}(\d{{3}})-({'|'.join(ROLES)})\.json")
_KEY = re.compile(r"[0-9a-f]{64}")
_FIELDS = {"role", "signedAt", "previous", "audit"}


@dataclass(frozen=True)
class Record:
    """One signature: its file, role, key id, time, and the digest of the record before it."""

    name: str
    role: str
    key: str
    signed_at: str
    previous: str


def read_private(path: Path) -> Ed25519PrivateKey:
    """A private Ed25519 key in PEM (PKCS 8), as ``openssl genpkey -algorithm ed25519`` writes it.

    Raises
    ------
    BadInput
        If it is anything else.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(opened_plain(path), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise _no_key(path, f"cannot be read ({type(error).__name__})") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path, "is no Ed25519 key")
    return key


def read_public(path: Path) -> str:
    """The key id of a public Ed25519 key in PEM.

    Raises
    ------
    BadInput
        If it is anything else.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(opened_plain(path))
    except (OSError, ValueError, TypeError) as error:
        raise _no_key(path, f"cannot be read ({type(error).__name__})") from None
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key(path, "is no Ed25519 key")
    return key.public_bytes_raw().hex()


def _no_key(path: Path, problem: str) -> BadInput:
    mend = "Make one with: openssl genpkey -algorithm ed25519 -out KEY.pem; openssl pkey -in KEY.pem -pubout."
    return BadInput([Issue(path.name, 0, "", "", problem, mend)])


def sign(
    files: Mapping[str, bytes],
    key: Ed25519PrivateKey,
    role: str,
    when: datetime,
    audit: Mapping[str, Any],
    after: Mapping[str, bytes] | None = None,
) -> tuple[str, bytes]:
    """Make the next record of a plan.

    Parameters
    ----------
    files
        The plan; it must be that of its manifest, and its records so far must hold.
    audit
        What the audit said when it was signed.
    after
        The plan that this one follows; its last record is named by the first record of this one.

    Returns
    -------
    (name, content)
        The file to add to the plan.

    Raises
    ------
    AuditFailed
        If the plan was changed, or the role is not this key's to take.
    """
    records = check(files)
    mine = key.public_key().public_bytes_raw().hex()
    if role == "approved":
        _approval(mine, records)
    previous = digest(files[records[-1].name]) if records else ""
    if after is not None:
        if records:
            raise AuditFailed("only the first record of a plan can name the plan before it")
        before = check(after)
        if not before:
            raise AuditFailed("the plan before it has no record to follow")
        previous = digest(after[before[-1].name])
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": MANIFEST, "digest": {"sha256": digest(files[MANIFEST])}}],
        "predicateType": PREDICATE,
        "predicate": {
            "role": role,
            "signedAt": when.strftime(TIME),
            "previous": previous,
            "audit": dict(audit),
        },
    }
    payload = canonical(statement)
    envelope = {
        "payload": base64.b64encode(payload).decode("ascii"),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": mine, "sig": base64.b64encode(key.sign(encoded(payload))).decode("ascii")}],
    }
    return f"{SIGNATURES}{len(records) + 1:03d}-{role}.json", canonical(envelope)


def encoded(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: what is signed."""
    kind = PAYLOAD_TYPE.encode("ascii")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def check(files: Mapping[str, bytes]) -> list[Record]:
    """Check files against the manifest and every record against the files.

    Returns
    -------
    list
        The records in order. Whose keys they are is not known here.

    Raises
    ------
    AuditFailed
        With the first thing that does not hold.
    """
    wrong = differences(files)
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise AuditFailed(f"the plan is not that of its manifest: {wrong[0]}{more}")
    records: list[Record] = []
    for number, name in enumerate(sorted(n for n in files if n.startswith(SIGNATURES)), start=1):
        match = _NAME.fullmatch(name)
        if match is None or int(match[1]) != number:
            raise AuditFailed(f"{name} is not the record that should come here: one is missing or misnamed")
        record = _record(files, name, match[2])
        if records and record.previous != digest(files[records[-1].name]):
            raise AuditFailed(f"{name} does not follow the record before it")
        if record.role == "approved":
            _approval(record.key, records)
        records.append(record)
    return records


def _approval(key: str, before: Sequence[Record]) -> None:
    prepared = {record.key for record in before if record.role == "prepared"}
    if not prepared:
        raise AuditFailed("nobody has signed the plan as prepared, so it cannot be approved")
    if key in prepared:
        raise AuditFailed("the key that prepared the plan cannot approve it")


def _record(files: Mapping[str, bytes], name: str, role: str) -> Record:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    envelope = read_canonical(files[name], name)
    try:
        (signature,) = envelope["signatures"]
        key, payload = signature["keyid"], base64.b64decode(envelope["payload"], validate=True)
        known = set(envelope) == {"payload", "payloadType", "signatures"} and set(signature) == {
            "keyid",
            "sig",
        }
        if not known or envelope["payloadType"] != PAYLOAD_TYPE or not _KEY.fullmatch(key):
            raise AuditFailed(f"{name} is no envelope of a signature")
        sig = base64.b64decode(signature["sig"], validate=True)
        if base64.b64encode(sig).decode() != signature["sig"] or (
            base64.b64encode(payload).decode() != envelope["payload"]
        ):
            raise AuditFailed(f"{name} is not in its one form: a byte of it was changed")
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(sig, encoded(payload))
    except InvalidSignature:
        raise AuditFailed(f"{name}: the signature is not that of its key over this content") from None
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise AuditFailed(f"{name} is no envelope of a signature") from None
    statement = read_canonical(payload, f"the statement in {name}")
    subject = [{"name": MANIFEST, "digest": {"sha256": digest(files[MANIFEST])}}]
    predicate = statement.get("predicate")
    if statement.get("subject") != subject:
        raise AuditFailed(f"{name} was signed for another plan")
    if statement.get("_type") != STATEMENT or statement.get("predicateType") != PREDICATE:
        raise AuditFailed(f"{name} is no statement on a plan")
    if not isinstance(predicate, dict) or set(predicate) != _FIELDS or predicate["role"] != role:
        raise AuditFailed(f"{name} does not state the role of its name")
    return Record(name, role, key, _time(name, predicate["signedAt"]), str(predicate["previous"]))


def _time(name: str, stated: object) -> str:
    """The time that the signer claims, which is one; text of any other sort could forge lines in print."""
    try:
        if isinstance(stated, str) and datetime.strptime(stated, TIME).strftime(TIME) == stated:
            return stated
    except ValueError:
        pass
    raise AuditFailed(f"{name} states no time of signing")


def verify(
    files: Mapping[str, bytes], trusted: Collection[str] = (), required: Collection[str] = ()
) -> list[Record]:
    """Check a plan, its records, whose they are, and that the required roles have signed.

    Parameters
    ----------
    trusted
        Key ids that may sign; empty = not asked.
    required
        Roles that must have signed.

    Raises
    ------
    AuditFailed
        With the first thing that does not hold.
    """
    records = check(files)
    for record in records:
        if trusted and record.key not in trusted:
            raise AuditFailed(f"{record.name} is signed by a key that was not given: {record.key[:16]}…")
    for role in required:
        if role not in {record.role for record in records}:
            raise AuditFailed(f"nobody has signed the plan as {role}")
    return records
