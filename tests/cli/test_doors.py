"""Doors that hold: hostile files are refused at once with a message, hostile text reaches no terminal."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.cli import ROOT, call

from planner.audit.seal.content import check_names
from planner.commands.clean import clean
from planner.errors import AuditFailed

HOSTILE = "\x1b[2J\x1b]0;owned\x07 A\x9b31m \u202etxt.exe\u2066"


def before(path: Path, text: str) -> None:
    path.write_text(text + path.read_text(encoding="utf-8"), encoding="utf-8")


def replaced(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


def cell(path: Path, value: str) -> None:
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    changed = ",".join([*first.split(",")[:-1], value])
    path.write_text("\n".join([header, changed, *rest]) + "\n", encoding="utf-8")


CASES: dict[str, Callable[[Path], object]] = {
    "nested 500 deep": lambda c: before(c / "case.toml", f"x = {'[' * 500}{']' * 500}\n"),
    "a key of 20,000 parts": lambda c: before(c / "case.toml", f"a{'.a' * 20_000} = 1\n"),
    "an integer of 5,000 digits": lambda c: before(c / "case.toml", f"x = {'9' * 5000}\n"),
    "a pack nested 500 deep": lambda c: before(c / "rules.toml", f"x = {'[' * 500}{']' * 500}\n"),
    "a table where a number belongs": lambda c: before(c / "case.toml", "money = {discount_rate = {a=1}}\n"),
    "a pipe for a table": lambda c: replaced(c / "workloads.csv", os.mkfifo),
    "a pipe for the case": lambda c: replaced(c / "case.toml", os.mkfifo),
    "a pipe for a pack": lambda c: replaced(c / "rules.toml", os.mkfifo),
    "a device for a table": lambda c: replaced(c / "demand.csv", lambda p: p.symlink_to("/dev/zero")),
    "a folder for the case": lambda c: replaced(c / "case.toml", Path.mkdir),
    "a folder for a table": lambda c: replaced(c / "demand.csv", Path.mkdir),
    **{f"a demand of {v}": lambda c, v=v: cell(c / "demand.csv", v)  # type: ignore[misc]
       for v in ("1e18", "1e308", "1e309", "nan", "inf", "-inf")},
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_case_is_bad_input_at_once(name: str, tmp_path: Path) -> None:
    case = Path(shutil.copytree(ROOT / "examples" / "vendor-cap", tmp_path / "case"))
    CASES[name](case)
    ran = call("plan", case, "--no-report", "--out", tmp_path / "plan")
    assert ran.code == 5, ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "plan").exists()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("doors") / "plan"
    assert call("plan", ROOT / "examples" / "vendor-cap", "--no-report", "--out", out).code == 0
    return out


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda p: p.symlink_to("/dev/zero")])
@pytest.mark.parametrize("file", ["plan.json", "placements.csv", "manifest.json", "certificate.npz",
                                  "inputs/case.toml"])  # fmt: skip
def test_what_is_no_file_in_a_plan_is_told_at_once(
    file: str, make: Callable[[Path], object], written: Path, tmp_path: Path
) -> None:
    plan = Path(shutil.copytree(written, tmp_path / "plan"))
    replaced(plan / file, make)
    for words in (("show", plan), ("show", plan, "--bound"), ("audit", plan), ("verify", plan),
                  ("bundle", plan, "--out", tmp_path / "plan.tar"), ("compare", plan, written)):  # fmt: skip
        ran = call(*words)
        assert ran.code in (0, 4, 5), (words, ran.err)
        assert ran.code or words[0] in ("show", "compare"), (words, "nobody vouches for it")
    assert not (tmp_path / "plan.tar").exists()


def test_a_pipe_for_a_key_a_bill_or_a_state_is_told_at_once(written: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    case = ROOT / "examples" / "vendor-cap"
    for words in (("sign", written, "--key", pipe, "--role", "prepared"), ("verify", written, "--key", pipe),
                  ("verify", written, "--trust", pipe), ("verify", pipe),
                  ("unbundle", pipe, "--out", tmp_path / "out"),
                  ("plan", case, "--fix", pipe, "--no-report", "--out", tmp_path / "held"),
                  *(("import", kind, pipe, "--mapping", pipe, "--start", "2027-01", "--out", tmp_path / "new")
                    for kind in ("focus", "terraform", "inventory"))):  # fmt: skip
        ran = call(*words)
        assert ran.code in (4, 5), (words, ran.err)
    assert not (tmp_path / "held").exists()


def test_hostile_text_of_a_folder_is_cleaned_in_print(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    assert call("plan", ROOT / "examples" / "vendor-cap", "--no-report", "--out", plan).code == 0
    head = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    head |= {"title": HOSTILE, "marking": HOSTILE, "unpriced_regions": [HOSTILE]}
    (plan / "plan.json").write_text(json.dumps(head), encoding="utf-8")
    for words in (("show", plan), ("show", plan, "--json"), ("compare", plan, plan), ("audit", plan),
                  ("verify", plan)):  # fmt: skip
        ran = call(*words)
        shown = ran.out + ran.err
        assert shown == clean(shown), words
        assert "\x1b" not in shown and "\u202e" not in shown


def test_colour_stays_on_a_terminal_and_nothing_else() -> None:
    assert clean("\x1b[1;31mred\x1b[0m\x1b[2J", colour=True) == "\x1b[1;31mred\x1b[0m\\u001b[2J"
    assert clean("a\tb\nc") == "a\tb\nc"


@pytest.mark.parametrize(
    "names",
    [["caf\u00e9.csv", "cafe\u0301.csv"], ["a.csv", "A.csv"], ["CON"], ["inputs/aux.csv"], ["x/LPT1.txt"],
     ["cafe\u0301.csv"]],
)  # fmt: skip
def test_names_that_another_system_takes_otherwise_are_refused(names: list[str]) -> None:
    with pytest.raises(AuditFailed):
        check_names(names)


def test_verify_refuses_what_unbundle_would(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    assert call("plan", ROOT / "examples" / "vendor-cap", "--no-report", "--out", plan).code == 0
    (plan / "aux.csv").write_text("a\n", encoding="utf-8")
    assert call("verify", plan).code == 4
