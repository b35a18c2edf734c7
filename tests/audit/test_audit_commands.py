"""``planner audit``, ``policy``, ``sign``, ``verify``, ``bundle`` and ``unbundle`` from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from support.cli import call


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, tuple[Path, Path]]:
    """Private and public key files of two people."""
    made = {}
    for number, name in enumerate(("alice", "bob"), start=1):
        key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        private, public = tmp_path / f"{name}.pem", tmp_path / f"{name}.pub"
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        made[name] = (private, public)
    return made


def test_audit_ends_with_0_for_a_good_plan_and_4_for_a_spoilt_one(plan: Path) -> None:
    good = call("audit", plan)
    assert good.code == 0
    # Reported only: the concentration, and that options were solved and not worked out again.
    assert good.out.splitlines()[-1].endswith("0 fail, 2 exception, 0 not checked; 2 reported only")
    (plan / "binding.csv").unlink()
    spoilt = call("audit", plan)
    assert spoilt.code == 4
    assert "FAIL  manifest: binding.csv" in spoilt.out
    assert "failed its audit" in spoilt.err


def test_audit_prints_one_json_document(plan: Path) -> None:
    ran = call("audit", plan, "--json")
    assert ran.code == 0
    assert ran.document["counts"]["fail"] == 0
    assert len(ran.document["decisions"]) == 5


def test_audit_shows_the_decision_on_a_workload_that_is_named(plan: Path) -> None:
    ran = call("audit", plan, "--workload", "clinic")
    assert ran.code == 0
    assert "    rule AT-HOME on clinic: pass; " in ran.out
    assert "  secret (" not in ran.out
    assert "  secret (" in call("audit", plan, "--decisions").out
    document = call("audit", plan, "--json", "--workload", "clinic").document
    assert [d["workload"] for d in document["decisions"]] == ["clinic"]
    unknown = call("audit", plan, "--workload", "clinics")
    assert unknown.code == 2
    assert "did you mean 'clinic'?" in unknown.err


def test_audit_by_another_pack_judges_by_its_rules(plan: Path) -> None:
    ran = call("audit", plan, "--pack", "npci-cap", "--json")
    assert ran.code == 4
    assert {f["rule"] for f in ran.document["findings"] if f["status"] == "fail"} == {"IN-NPCI-01"}
    assert ran.document["packs"] == ["npci-cap"]


def test_a_pack_with_unknowns_does_not_pass(plan: Path) -> None:
    ran = call("audit", plan, "--pack", "eu-cloud-sovereignty", "--json")
    findings = ran.document["findings"]
    floors = {f["status"] for f in findings if f.get("rule") == "EU-CSF-01"}
    assert floors == {"fail"}
    assert any("unknown" in f["message"] for f in findings if f.get("rule") == "EU-CSF-01")
    assert {f["status"] for f in findings if f.get("rule") == "EU-CSF-02"} == {"not checked"}


def test_audit_by_the_rules_of_an_earlier_day(plan: Path) -> None:
    ran = call("audit", plan, "--rules-as-of", "2025-06-30", "--json")
    assert ran.code == 0
    statuses = {f["rule"]: f["status"] for f in ran.document["findings"] if f.get("rule") == "SECRET"}
    assert statuses == {"SECRET": "pass"}
    assert not any(f["status"] == "fail" for f in ran.document["findings"])


def test_an_unknown_pack_is_bad_input(plan: Path) -> None:
    assert call("audit", plan, "--pack", "nowhere-1999").code == 5


def test_a_plan_is_signed_verified_bundled_and_unbundled(
    plan: Path, tmp_path: Path, keys: dict[str, tuple[Path, Path]]
) -> None:
    (alice, alice_public), (bob, bob_public) = keys["alice"], keys["bob"]
    assert call("sign", plan, "--key", alice, "--role", "prepared").code == 0
    assert call("sign", plan, "--key", alice, "--role", "approved").code == 4
    assert call("sign", plan, "--key", bob, "--role", "approved").code == 0
    both = ("--key", alice_public, "--key", bob_public)
    assert call("verify", plan, *both, "--require", "approved").code == 0
    assert call("verify", plan, "--key", alice_public, "--require", "approved").code == 4
    assert call("audit", plan).code == 0
    bundle, out = tmp_path / "plan.tar", tmp_path / "out"
    assert call("bundle", plan, "--out", bundle).code == 0
    assert call("bundle", plan, "--out", bundle).code == 2
    assert call("verify", bundle, *both, "--require", "approved").code == 0
    assert call("unbundle", bundle, "--out", out).code == 0
    assert call("unbundle", bundle, "--out", out).code == 2
    assert call("verify", out, *both, "--require", "approved", "--json").document["keys_checked"] is True
    (out / "costs.csv").write_text("nothing\n", encoding="utf-8")
    assert call("verify", out).code == 4
    assert call("bundle", out).code == 4


def test_a_required_role_without_a_key_is_a_usage_error(plan: Path) -> None:
    assert call("verify", plan, "--require", "approved").code == 2


def test_an_unsigned_plan_is_said_to_be_unsigned(plan: Path) -> None:
    ran = call("verify", plan)
    assert ran.code == 0
    assert "not signed" in ran.out


def test_a_plan_that_fails_its_audit_cannot_be_approved(
    plan: Path, keys: dict[str, tuple[Path, Path]]
) -> None:
    from audit.small_plan import edit, where

    from planner.plan.folder import write_manifest

    edit(plan / "placements.csv", where(lambda r: r["workload"] == "secret", region="north:b"))
    write_manifest(plan)
    assert call("sign", plan, "--key", keys["alice"][0], "--role", "prepared").code == 0
    refused = call("sign", plan, "--key", keys["bob"][0], "--role", "approved")
    assert refused.code == 4
    assert "fails its audit" in refused.err


def test_a_corrupted_bundle_is_refused_and_nothing_is_written(plan: Path, tmp_path: Path) -> None:
    bundle, out = tmp_path / "plan.tar", tmp_path / "out"
    assert call("bundle", plan, "--out", bundle).code == 0
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    bundle.write_bytes(content)
    assert call("unbundle", bundle, "--out", out).code == 4
    assert not out.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan", "plan.tar"]


def test_policy_lists_shows_checks_and_tests() -> None:
    packs = {p["pack"]: p for p in call("policy", "list", "--json").document}
    assert packs["malaysia-2026"]["hard"] > 10
    (rule,) = call("policy", "show", "malaysia-2026", "MY-CLS-02", "--json").document
    assert rule["confidence"] == "C"
    assert call("policy", "show", "malaysia-2026", "MY-CLS-2").code == 2
    checked = call("policy", "check", "malaysia-2026", "--json").document
    assert "MY-CLS-02" in checked["unverified"]
    assert "MY-CLS-02" in checked["needs_adoption"]
    assert call("policy", "test", "malaysia-2026").code == 0
    assert call("policy", "check", "nowhere").code == 5


def test_policy_test_fails_for_a_pack_without_fixtures(tmp_path: Path) -> None:
    pack = tmp_path / "own.toml"
    shipped = Path(__file__).resolve().parents[2] / "catalogs" / "policies" / "npci-cap.toml"
    pack.write_bytes(shipped.read_bytes())
    assert call("policy", "test", str(pack)).code == 5
    pack.with_name("own.tests.toml").write_text(
        '[[fixture]]\nrule = "IN-NPCI-01"\nexpect = "pass"\namounts = { a = 31, b = 69 }\n', encoding="utf-8"
    )
    ran = call("policy", "test", str(pack))
    assert ran.code == 4
    assert "WRONG  IN-NPCI-01: expected pass, found fail" in ran.out
