"""A trust file says whose key may sign as what and when; everything else is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from support.cli import call

KEYS = {name: Ed25519PrivateKey.from_private_bytes(bytes([n] * 32)) for n, name in enumerate("abc", start=1)}


def trust(folder: Path, **changes: dict[str, str]) -> Path:
    """A trust file: a prepares, b reviews and approves."""
    parts = []
    for name, roles in (("a", '["prepared", "approved"]'), ("b", '["reviewed", "approved"]')):
        values = {
            "key": f'"{KEYS[name].public_key().public_bytes_raw().hex()}"', "holder": f'"office {name}"',
            "roles": roles, "from": "2020-01-01", "until": "2099-12-31",
        } | changes.get(name, {})  # fmt: skip
        parts.append("[[key]]\n" + "\n".join(f"{k} = {v}" for k, v in values.items()))
    path = folder / "keys.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


@pytest.fixture
def signed(plan: Path, tmp_path: Path) -> Path:
    """The small plan, prepared by a and approved by b."""
    for name, role in (("a", "prepared"), ("b", "approved")):
        pem = tmp_path / f"{name}.pem"
        pem.write_bytes(KEYS[name].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        assert call("sign", plan, "--key", pem, "--role", role).code == 0
    return plan


def test_a_plan_signed_as_trusted_names_its_holders(signed: Path, tmp_path: Path) -> None:
    found = call("verify", signed, "--trust", trust(tmp_path), "--require", "approved")
    assert found.code == 0, found.err
    assert "approved by office b" in found.out


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"b": {"roles": '["reviewed"]'}}, "may not sign as approved"),
        ({"b": {"until": "2025-12-31"}}, "is valid from"),
        ({"b": {"from": "2098-01-01"}}, "is valid from"),
        ({"b": {"revoked_on": "2098-01-01"}}, "was revoked on 2098-01-01"),
        ({"b": {"holder": '"office a"'}}, "prepared the plan and cannot approve it"),
        ({"b": {"key": f'"{"0" * 64}"'}}, "a key that nobody trusts"),
    ],
)
def test_what_is_not_trusted_fails(
    changes: dict[str, dict[str, str]], told: str, signed: Path, tmp_path: Path
) -> None:
    found = call("verify", signed, "--trust", trust(tmp_path, **changes))
    assert found.code == 4
    assert told in found.err


@pytest.mark.parametrize(
    "content",
    ["", "key = 7", "[[key]]\nkey = 'x'", "x = " + "[" * 600, "a" + ".a" * 20_000 + " = 1",
     "[[key]]\nkey = [1]\nholder = '\\u001b'\nroles = 'approved'\nfrom = 1\nuntil = nan\nmore = 1"],
)  # fmt: skip
def test_a_trust_file_that_makes_no_sense_is_bad_input(content: str, signed: Path, tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(content, encoding="utf-8")
    assert call("verify", signed, "--trust", path).code == 5
