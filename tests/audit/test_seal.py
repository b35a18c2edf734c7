"""Signatures and verification: every change is found, and nobody approves their own plan."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from planner.audit.seal.content import canonical, manifest_of, read_folder
from planner.audit.seal.records import read_private, read_public, sign, verify
from planner.errors import AuditFailed, BadInput

Files = dict[str, bytes]
WHEN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ALICE, BOB, EVE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
SIGNED = "signatures/001-prepared.json"
APPROVED = "signatures/002-approved.json"


def key_of(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def small(**more: bytes) -> Files:
    files = {"placements.csv": b"workload,region\na,b\n", "inputs/case.toml": b"schema = 1\n", **more}
    return {**files, "manifest.json": manifest_of(files)}


def signed(files: Files, *roles: tuple[Ed25519PrivateKey, str]) -> Files:
    for key, role in roles:
        name, content = sign(files, key, role, WHEN, {"summary": "1 pass"})
        files = {**files, name: content}
    return files


@pytest.fixture
def approved() -> Files:
    """A plan that Alice prepared and Bob approved."""
    return signed(small(), (ALICE, "prepared"), (BOB, "approved"))


TRUSTED = [key_of(ALICE), key_of(BOB)]


def test_a_signed_plan_verifies(approved: Files) -> None:
    records = verify(approved, TRUSTED, ["prepared", "approved"])
    assert [(r.role, r.key) for r in records] == [("prepared", key_of(ALICE)), ("approved", key_of(BOB))]


def test_what_is_signed_is_an_in_toto_statement_in_a_dsse_envelope(approved: Files) -> None:
    envelope = json.loads(approved[SIGNED])
    payload = base64.b64decode(envelope["payload"])
    statement = json.loads(payload)
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert [s["name"] for s in statement["subject"]] == ["manifest.json"]
    # The encoding of the DSSE specification, written out.
    encoded = b"DSSEv1 28 application/vnd.in-toto+json " + str(len(payload)).encode() + b" " + payload
    ALICE.public_key().verify(base64.b64decode(envelope["signatures"][0]["sig"]), encoded)


def resigned(files: Files, key: Ed25519PrivateKey, **changes: object) -> bytes:
    """The first record with its predicate changed, signed properly by a key."""
    statement = json.loads(base64.b64decode(json.loads(files[SIGNED])["payload"]))
    statement["predicate"].update(changes)
    payload = canonical(statement)
    kind = b"application/vnd.in-toto+json"
    sig = key.sign(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload))
    return canonical(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": kind.decode(),
            "signatures": [{"keyid": key_of(key), "sig": base64.b64encode(sig).decode()}],
        }
    )


SPOILT: dict[str, Callable[[Files], Files]] = {
    "changed": lambda f: {**f, "placements.csv": b"workload,region\na,c\n"},
    "added": lambda f: {**f, "more.csv": b""},
    "missing": lambda f: {k: v for k, v in f.items() if k != "placements.csv"},
    "renamed": lambda f: {("moved.csv" if k == "placements.csv" else k): v for k, v in f.items()},
    "manifest written anew": lambda f: {
        **(g := {**f, "placements.csv": b"x\n"}),
        "manifest.json": manifest_of(g),
    },
    "manifest with a space more": lambda f: {**f, "manifest.json": f["manifest.json"] + b" "},
    "manifest missing": lambda f: {k: v for k, v in f.items() if k != "manifest.json"},
    "first signature stripped": lambda f: {k: v for k, v in f.items() if k != SIGNED},
    "last signature stripped": lambda f: {k: v for k, v in f.items() if k != APPROVED},
    "all signatures stripped": lambda f: {k: v for k, v in f.items() if not k.startswith("signatures/")},
    "signature of another key": lambda f: {**f, SIGNED: resigned(f, EVE)},
    "role of another name": lambda f: {
        ("signatures/001-reviewed.json" if k == SIGNED else k): v for k, v in f.items()
    },
    "role raised": lambda f: {**f, SIGNED: resigned(f, ALICE, role="approved")},
    "record before it changed": lambda f: {**f, SIGNED: resigned(f, ALICE, signedAt="2020-01-01T00:00:00Z")},
    "signature of another plan": lambda f: {
        **f,
        SIGNED: signed(small(other=b"1"), (ALICE, "prepared"))[SIGNED],
    },
    "envelope with a space more": lambda f: {**f, SIGNED: f[SIGNED] + b"\n"},
    "a foreign file among the signatures": lambda f: {**f, "signatures/notes.txt": b"trust me"},
}


@pytest.mark.parametrize("name", SPOILT)
def test_every_change_is_found(name: str, approved: Files) -> None:
    with pytest.raises(AuditFailed):
        verify(SPOILT[name](approved), TRUSTED, ["approved"])


def test_a_renamed_file_is_named(approved: Files) -> None:
    with pytest.raises(AuditFailed, match=r"it is placements\.csv under another name"):
        verify(SPOILT["renamed"](approved), TRUSTED)


def test_a_key_that_is_not_trusted_is_refused(approved: Files) -> None:
    with pytest.raises(AuditFailed, match="a key that was not given"):
        verify(approved, [key_of(ALICE)], ["approved"])


def test_the_preparer_cannot_approve() -> None:
    plan = signed(small(), (ALICE, "prepared"))
    with pytest.raises(AuditFailed, match="cannot approve"):
        sign(plan, ALICE, "approved", WHEN, {})


def test_an_approval_by_the_preparer_is_refused_even_if_it_was_made_elsewhere() -> None:
    plan = signed(small(), (ALICE, "prepared"), (BOB, "approved"))
    statement = json.loads(base64.b64decode(json.loads(plan[APPROVED])["payload"]))["predicate"]
    plan[APPROVED] = resigned(plan, ALICE, **statement)
    with pytest.raises(AuditFailed, match="cannot approve"):
        verify(plan, TRUSTED, ["approved"])


def test_what_nobody_prepared_cannot_be_approved() -> None:
    with pytest.raises(AuditFailed, match="prepared"):
        sign(small(), BOB, "approved", WHEN, {})


def test_a_changed_plan_is_not_signed() -> None:
    with pytest.raises(AuditFailed, match="manifest"):
        sign({**small(), "placements.csv": b""}, ALICE, "prepared", WHEN, {})


def test_plans_chain(approved: Files) -> None:
    name, content = sign(small(next=b"1"), ALICE, "prepared", WHEN, {}, after=approved)
    follower = {**small(next=b"1"), name: content}
    from planner.audit.seal.content import digest

    assert verify(follower, TRUSTED)[0].previous == digest(approved[APPROVED])
    with pytest.raises(AuditFailed, match="first record"):
        sign(follower, BOB, "reviewed", WHEN, {}, after=approved)


def test_keys_are_read_from_pem_and_others_refused(tmp_path: Path) -> None:
    private, public, rsa = tmp_path / "a.pem", tmp_path / "a.pub", tmp_path / "rsa.pem"
    private.write_bytes(ALICE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(ALICE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    other = generate_private_key(65537, 2048)
    rsa.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert key_of(read_private(private)) == read_public(public) == key_of(ALICE)
    for path in (rsa, public, tmp_path / "none"):
        with pytest.raises(BadInput):
            read_private(path)
    for path in (rsa, private):
        with pytest.raises(BadInput):
            read_public(path)


def test_a_link_in_the_folder_is_refused(plan: Path) -> None:
    (plan / "link.csv").symlink_to(plan / "costs.csv")
    with pytest.raises(AuditFailed, match="link"):
        read_folder(plan)


@pytest.mark.parametrize(
    "claim", ["", "now", "2026-13-01T00:00:00Z", "2026-11-23T12:00:00Z\napproved by BOB", 7]
)
def test_a_time_that_is_none_is_refused_though_it_was_signed_properly(approved: Files, claim: object) -> None:
    forged = {n: c for n, c in approved.items() if n != APPROVED}
    forged[SIGNED] = resigned(approved, ALICE, signedAt=claim)
    with pytest.raises(AuditFailed, match="states no time of signing"):
        verify(forged, TRUSTED)
