"""Folders that nobody vouches for: plans made by hand, and plans made to do harm."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from audit.small_plan import edit, edit_json, where
from audit.test_mutations import failed

from planner.audit.audit import audit
from planner.errors import BadInput
from planner.plan.folder import write_manifest


@pytest.fixture
def by_hand(plan: Path, tmp_path: Path) -> Path:
    """What somebody without the planner would bring: placements, four columns wide, and the inputs."""
    folder = tmp_path / "by-hand"
    shutil.copytree(plan / "inputs", folder / "inputs")
    lines = (plan / "placements.csv").read_text(encoding="utf-8").splitlines()
    kept = [line.split(",") for line in lines if ",standby," not in line]
    text = "\n".join(",".join((w, r, t, share)) for w, r, t, _, share in kept)
    (folder / "placements.csv").write_text(text + "\n", encoding="utf-8")
    return folder


def test_a_plan_made_by_hand_is_audited_and_what_is_missing_is_said(by_hand: Path) -> None:
    found = audit(by_hand)
    assert failed(found) == {"resilience"}  # it brought no standby
    passed = {f.rule for f in found.findings if f.status == "pass"}
    assert {"SECRET", "AT-HOME", "QUICK", "CAP"} <= passed
    missing = {f.check for f in found.findings if f.status == "not checked"}
    assert {"manifest", "record", "excuses", "costs", "prices", "shares-recorded"} <= missing
    assert {"SPEND", "HOME-SHARE"} <= {f.rule for f in found.findings if f.status == "not checked"}
    assert found.failed(strict=True)


def test_a_plan_made_by_hand_fails_where_it_breaks_a_rule(by_hand: Path) -> None:
    edit(by_hand / "placements.csv", where(lambda r: r["workload"] == "secret", region="north:b"))
    assert "SECRET" in failed(audit(by_hand))


def test_columns_may_be_added_to_every_input(plan: Path) -> None:
    for path in plan.glob("inputs/**/*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        more = [f"{line},{'later' if i == 0 else ''}" for i, line in enumerate(lines)]
        path.write_text("\n".join(more) + "\n", encoding="utf-8")
    assert failed(audit(plan)) == {"manifest"}


@pytest.mark.parametrize(
    "add",
    [
        lambda p: edit(p / "costs.csv", lambda rows: [{**r, "approved": "yes"} for r in rows]),
        lambda p: edit_json(p / "plan.json", approved="yes"),
        lambda p: edit_json(p / "plan.json", replan={"more": 1}),
        lambda p: (p / "letter.html").write_text("approved", encoding="utf-8"),
        lambda p: (p / "periods.csv").unlink(),
    ],
)
def test_what_no_plan_has_is_told_and_what_it_lacks(add: Callable[[Path], object], plan: Path) -> None:
    add(plan)
    write_manifest(plan)
    assert "cells" in failed(audit(plan))


def test_a_folder_without_a_plan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="1 problem"):
        audit(tmp_path)


def put(path: str, content: bytes) -> Callable[[Path], object]:
    def act(plan: Path) -> None:
        (plan / path).write_bytes(content)

    return act


HOSTILE: dict[str, Callable[[Path], object]] = {
    "no UTF-8": put("costs.csv", b"\xff\xfe\x00"),
    "an empty table": put("costs.csv", b""),
    "ragged rows": put("costs.csv", b"a,b\n1\n"),
    "a quote left open": put("placements.csv", b'workload,region,period,share\n"a,b\n'),
    "a column twice": put("placements.csv", b"workload,region,period,share,share\n"),
    "a column missing": put("placements.csv", b"workload,region,period\n"),
    "a number of a million digits": lambda p: edit(
        p / "placements.csv", where(lambda r: True, share="9" * 1_000_000)
    ),
    "a number too large": lambda p: edit(p / "costs.csv", where(lambda r: True, amortised="1e99")),
    "no number": lambda p: edit(p / "placements.csv", where(lambda r: True, share="NaN")),
    "infinity": lambda p: edit(p / "purchases.csv", where(lambda r: True, units="inf")),
    "a zero of many digits": lambda p: edit(
        p / "inputs/catalogs/catalog/skus.csv", where(lambda r: True, vcpu="0e-99")
    ),
    "a size of many digits": lambda p: edit(
        p / "inputs/catalogs/catalog/skus.csv", where(lambda r: r["vcpu"] != "", vcpu="9" * 400)
    ),
    "no JSON": put("plan.json", b"{"),
    "JSON in JSON in JSON": put("plan.json", b"[" * 200_000),
    "a key twice": put("plan.json", b'{"case": 1, "case": 2}'),
    "a manifest of another form": put("manifest.json", b"[]"),
    "a manifest of paths upwards": put(
        "manifest.json",
        json.dumps({"schema": 1, "algorithm": "sha256", "files": {"../../etc/passwd": "0" * 64}}).encode(),
    ),
    "a case without periods": put("inputs/case.toml", b"schema = 1\n"),
    "a case that is no TOML": put("inputs/case.toml", b"= ="),
    "a case with a million periods": lambda p: _retold(p, "count = 2", "count = 1000000"),
    "a case with periods of no length": lambda p: _retold(p, "months = 3", "months = 0"),
    "tables that lead away": lambda p: _retold(p, '"demand.csv"', '"../../../../etc/passwd"'),
    "packs that lead away": lambda p: _retold(p, '"./rules.toml"', '"./../../../../etc/passwd"'),
    "packs that are no names": lambda p: _retold(p, '["./rules.toml"]', "[1, 2]"),
    "no packs but a number": lambda p: _retold(p, '["./rules.toml"]', "7"),
    "a link that is slower than never": lambda p: edit(
        p / "inputs/network/links.csv", where(lambda r: True, rtt_us="-1")
    ),
    "names of markup": lambda p: edit(
        p / "placements.csv", where(lambda r: True, workload="<img src=x onerror=alert(1)>")
    ),
}


def _retold(plan: Path, old: str, new: str) -> None:
    path = plan / "inputs" / "case.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_is_a_finding_never_a_crash(name: str, plan: Path) -> None:
    HOSTILE[name](plan)
    found = audit(plan)
    assert found.failed()
    assert failed(found) != {"manifest"} or name.startswith("a manifest")
    assert all(len(f.message) < 2000 for f in found.findings)


def test_what_lies_outside_is_never_read(plan: Path) -> None:
    HOSTILE["tables that lead away"](plan)
    assert not any("root:" in f.message or "root:" in str(f.numbers) for f in audit(plan).findings)
