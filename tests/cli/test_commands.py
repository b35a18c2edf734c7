"""plan, show and check as a user runs them: what they print, what they write, how they end."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.cases import World
from support.cli import ROOT, call, environment, process, tree
from support.full_world import full_world
from support.solvers import read_lp_objective

from planner.plan.plan import FRAMES

CSV = {f"{name}.csv" for name in FRAMES}
ESCAPE = "\x1b"


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A case, its plan folder and how the run ended that wrote it."""
    folder = tmp_path_factory.mktemp("planned")
    case = full_world().write(folder / "case")
    return case, folder / "plan", process("plan", case, "--out", folder / "plan", cwd=folder)


@pytest.fixture
def hopeless(tmp_path):
    """A case without a plan: secret work and no premises."""
    world = World().vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0)
    world.workload("vault", classification="rahsia")
    return world.rule("own", "deployment", {"allowed": ["agency_onprem"]}).write(tmp_path / "hopeless")


def names_in(folder):
    """Everything in a folder, hidden or not."""
    return {path.name for path in folder.iterdir()}


# plan


def test_plan_writes_the_whole_folder(planned):
    case, plan, ran = planned
    assert ran.code == 0, ran.err
    names = set(tree(plan))
    assert {*CSV, "plan.json", "manifest.json", "report.html"} <= names
    assert {"figures/vendor_share.svg", "figures/vendor_share.png"} <= names
    copied = tree(plan / "inputs")
    for name, content in tree(case).items():
        kept = f"catalogs/{name}" if name.startswith("catalog/") else name
        assert copied[kept] == content
    assert names_in(plan.parent) == {"case", "plan"}


def test_the_manifest_holds_the_digest_of_every_other_file(planned):
    _, plan, _ = planned
    files = tree(plan)
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_plan_prints_dates_currency_shares_against_caps_what_binds_and_what_to_run_next(planned):
    _, plan, ran = planned
    for words in ("SYNTHETIC", "prices as of 2026-11-23", "rules as of 2026-11-23", "MYR", "≤ 70 %",
                  "assumed", "optimal", "what binds"):  # fmt: skip
        assert words in ran.out
    last = ran.err.strip().splitlines()[-1]
    assert f"planner show {plan}" in last
    assert "next:" in last


def test_nothing_is_coloured_off_a_terminal(planned):
    _, plan, ran = planned
    shown = process("show", plan, cwd=plan.parent)
    assert ESCAPE not in ran.out + ran.err + shown.out + shown.err


def test_json_is_the_only_thing_on_standard_output(planned, tmp_path):
    case, plan, _ = planned
    ran = call("plan", case, "--out", tmp_path / "plan", "--json")
    assert ran.code == 0, ran.err
    shown = call("show", plan, "--json")
    assert shown.code == 0
    ours, theirs = ran.document, shown.document
    assert ours == theirs
    assert ours["currency"] == "MYR"
    assert {row["workload"] for row in ours["placements"]} == {"web", "api"}


def test_two_processes_write_the_same_bytes(planned, tmp_path):
    case, plan, _ = planned
    ran = process("plan", case, "--out", tmp_path / "plan", cwd=tmp_path, env={"PYTHONHASHSEED": "7"})
    assert ran.code == 0, ran.err
    first, second = tree(plan), tree(tmp_path / "plan")
    assert set(first) == set(second)
    assert {name for name in first if first[name] != second[name]} == set()


def test_the_program_can_be_written_and_checked_a_second_time(planned, tmp_path):
    case, _, _ = planned
    lp = tmp_path / "program.lp"
    ran = call("plan", case, "--out", tmp_path / "plan", "--write-lp", lp, "--cross-check", "--json")
    assert ran.code == 0, ran.err
    assert "cross-check: CBC" in ran.err
    run = ran.document["run"]
    assert read_lp_objective(lp) * run["money_unit"] == pytest.approx(run["objective"], rel=1e-6)


# show and check


def test_show_says_where_a_workload_runs_and_why_not_elsewhere(planned):
    _, plan, _ = planned
    ran = call("show", plan, "--workload", "web")
    assert ran.code == 0
    assert "web" in ran.out
    assert "availability" in ran.out
    assert call("show", plan, "--workload", "wbe").code == 2


def test_show_refuses_what_is_no_plan(planned):
    case, _, _ = planned
    ran = call("show", case, "--json")
    assert ran.code == 5
    assert "plan.json" in {p["file"].split("/")[-1] for p in ran.document["problems"]}


def test_check_reads_without_writing(planned):
    case, _, _ = planned
    before = tree(case.parent)
    ran = call("check", case, "--json")
    assert ran.code == 0
    assert ran.document["workloads"] == 2
    assert ran.document["regions"] == 4
    assert tree(case.parent) == before


def test_check_warns_of_what_is_not_assessed_and_not_enforced(tmp_path):
    world = World().vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0)
    world.workload("known").workload("unknown", nccp_tier="")
    world.rule("weak", "vendor_share", {"cap": 0.5, "basis": "spend"}, confidence="D")
    tiered = {"workload": {"nccp_tier": ["restricted"]}}
    world.rule("tiered", "residency", {"countries": ["MY"], "roles": ["primary"]}, select=tiered)
    ran = call("check", world.write(tmp_path / "case"))
    assert ran.code == 0
    (assessed, enforced) = [line for line in ran.out.splitlines() if line.startswith("warning")]
    assert "unknown" in assessed
    assert "known," not in assessed
    assert "weak" in enforced


def test_check_warns_of_a_classification_that_no_rule_governs(tmp_path):
    world = World().vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0)
    world.workload("open").workload("mine", classification="rahsia").workload(
        "theirs", classification="rasmi"
    )
    world.rule("home", "residency", {"countries": ["MY"], "roles": ["primary"]},
               select={"workload": {"classification": ["rasmi"]}})  # fmt: skip
    case = world.write(tmp_path / "case")
    (told,) = [line for line in call("check", case).out.splitlines() if line.startswith("NOT STATED: where")]
    assert "class rahsia" in told and "so mine may be anywhere" in told
    left = call("check", case, "--json").document["unstated"]["left"]
    assert [one["about"] for one in left] == ["classification", "capacity"]


# Exit codes; whoever fails writes nothing


@pytest.mark.parametrize(
    "words",
    [
        ("plan",),
        ("plan", "no-such-folder"),
        ("plan", "case", "--no-such-option"),
        ("plan", "case", "--time-limit", "0"),
        ("plan", "case", "--max-age", "-1"),
        ("show", "no-such-folder"),
        ("no-such-command",),
    ],
)
def test_usage_errors_are_2(tmp_path, monkeypatch, words):
    full_world().write(tmp_path / "case")
    monkeypatch.chdir(tmp_path)
    before = tree(tmp_path)
    ran = call(*words)
    assert ran.code == 2
    assert "planner" in ran.err
    assert "Traceback" not in ran.err
    assert tree(tmp_path) == before


def test_no_plan_is_3_with_the_reasons(hopeless):
    ran = call("plan", hopeless, "--out", hopeless.parent / "plan", "--json")
    assert ran.code == 3
    (reason,) = ran.document["reasons"]
    assert "vault may run nowhere" in reason
    assert "[own]" in reason
    assert "vault may run nowhere" in ran.err
    assert names_in(hopeless.parent) == {"hopeless"}
    assert call("check", hopeless).code == 3


def test_what_only_the_solver_can_tell_is_3_with_its_word(tmp_path):
    """10 machines, and room for 4 in either region; neither alone is too small."""
    world = World()
    for vendor in ("aa", "bb"):
        world.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, 1.0)
    world.workload("web", demand={"vcpu": 40, "memory_gib": 160})
    case = world.capacity("aa:x", "vcpu", 16).capacity("bb:x", "vcpu", 16).write(tmp_path / "case")
    ran = call("plan", case, "--out", tmp_path / "plan", "--json")
    assert ran.code == 3
    assert ran.document["reasons"]
    assert names_in(tmp_path) == {"case"}


def test_old_prices_are_6(planned, tmp_path):
    case, _, _ = planned
    ran = call("plan", case, "--out", tmp_path / "plan", "--max-age", "30", "--json")
    assert ran.code == 6
    assert ran.document["exit_code"] == 6
    assert "2026-01-01" in ran.err
    assert names_in(tmp_path) == set()


def test_a_solver_out_of_time_is_7_never_a_plan(planned, tmp_path):
    case, _, _ = planned
    ran = call("plan", case, "--out", tmp_path / "plan", "--time-limit", "1e-9", "--json")
    assert ran.code == 7
    assert "before there was a plan" in ran.document["message"]
    assert names_in(tmp_path) == set()


# What lies there already


@pytest.mark.parametrize(
    ("words", "code"), [(("--max-age", "30"), 6), (("--time-limit", "1e-9"), 7), (("--no-such-option",), 2)]
)
def test_an_old_plan_is_kept_when_a_run_fails(planned, words, code):
    case, plan, _ = planned
    before = tree(plan.parent)
    assert call("plan", case, "--out", plan, *words).code == code
    assert tree(plan.parent) == before


def test_an_old_plan_is_kept_when_the_case_has_broken_or_has_no_plan(planned, hopeless, tmp_path):
    _, plan, _ = planned
    before = tree(plan.parent)
    assert call("plan", hopeless, "--out", plan).code == 3
    broken = full_world().write(tmp_path / "broken")
    (broken / "demand.csv").write_text("nothing\n", encoding="utf-8")
    assert call("plan", broken, "--out", plan).code == 5
    assert tree(plan.parent) == before


def test_an_old_plan_is_replaced_whole(planned, tmp_path):
    """The second run refuses prices older than 325 days; on 23 November those of 1 January are 326 old."""
    case, _, _ = planned
    out = tmp_path / "plan"
    assert call("plan", case, "--out", out).code == 0
    before = (out / "plan.json").stat().st_ino
    assert call("plan", case, "--out", out, "--max-age", "325").code == 6
    assert (out / "plan.json").stat().st_ino == before
    assert call("plan", case, "--out", out, "--max-age", "326").code == 0
    assert (out / "plan.json").stat().st_ino != before
    assert names_in(tmp_path) == {"plan"}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda out: (out / "precious.txt").write_text("mine"), "precious.txt, which is not in its"),
        (lambda out: (out / "figures" / "precious.txt").write_text("mine"), "figures/precious.txt"),
        (lambda out: (out / "costs.csv").write_text("mine"), "costs.csv, which was changed"),
        (lambda out: (out / "manifest.json").unlink(), "no manifest.json"),
        (lambda out: (out / "manifest.json").write_text("[]"), "no manifest.json"),
        (lambda out: (out / "link").symlink_to(out), "link, which is no plain file"),
    ],
)
def test_a_plan_folder_that_is_not_as_it_was_written_is_kept(planned, tmp_path, spoil, said):
    case, plan, _ = planned
    out = Path(shutil.copytree(plan, tmp_path / "plan"))
    spoil(out)
    before = tree(out)
    ran = call("plan", case, "--out", out)
    assert ran.code == 2
    assert said in ran.err
    assert tree(out) == before


def test_a_signed_plan_is_replaced_only_when_asked(planned, tmp_path):
    case, plan, _ = planned
    out = Path(shutil.copytree(plan, tmp_path / "plan"))
    (out / "signatures").mkdir()
    (out / "signatures" / "001-prepared.json").write_text("{}", encoding="utf-8")
    ran = call("plan", case, "--out", out)
    assert ran.code == 2
    assert "--replace-signed" in ran.err
    assert call("plan", case, "--out", out, "--replace-signed").code == 0
    assert tree(out) == tree(plan)


def test_the_mask_of_the_user_is_honoured(planned, tmp_path):
    case, _, _ = planned
    before = os.umask(0o077)
    try:
        assert call("plan", case, "--out", tmp_path / "plan").code == 0
    finally:
        os.umask(before)
    open_to_others = [p for p in (tmp_path / "plan").rglob("*") if p.stat().st_mode & 0o077]
    assert not (tmp_path / "plan").stat().st_mode & 0o077
    assert open_to_others == []


def test_a_folder_of_somebody_else_is_never_replaced(planned, tmp_path):
    case, _, _ = planned
    theirs = tmp_path / "letters"
    theirs.mkdir()
    (theirs / "draft.txt").write_text("Dear", encoding="utf-8")
    ran = call("plan", case, "--out", theirs)
    assert ran.code == 2
    assert "not a plan folder" in ran.err
    assert tree(tmp_path) == {"letters/draft.txt": b"Dear"}


def test_a_file_or_a_link_is_never_replaced(planned, tmp_path):
    case, plan, _ = planned
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "link").symlink_to(plan)
    before = tree(plan)
    assert call("plan", case, "--out", tmp_path / "file").code == 2
    assert call("plan", case, "--out", tmp_path / "link").code == 2
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "link").is_symlink()
    assert tree(plan) == before


# The process


HEAVY = ("numpy", "pandas", "matplotlib", "pulp", "highspy", "networkx", "jinja2", "rich", "scipy")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["plan", "--help"], ["show", "-h"]])
def test_help_imports_nothing_heavy(words):
    code = (
        "import sys\nfrom planner.commands import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit as leave:\n    assert leave.code == 0\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environment(), check=True
    )
    assert "planner" in done.stdout
    assert done.stderr.strip() == "[]"


def test_a_reader_that_leaves_early_is_no_error(planned):
    _, plan, _ = planned
    for words in (("show", plan), ("show", plan, "--json")):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            [sys.executable, str(ROOT / "cli.py"), *map(str, words)],
            stdout=write,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=environment(),
            check=False,
        )
        os.close(write)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception" not in done.stderr


def test_no_color_is_honoured_on_a_terminal(planned):
    _, plan, _ = planned
    main, side = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "show", str(plan)],
        stdout=side,
        stderr=subprocess.DEVNULL,
        env=environment({"NO_COLOR": "1", "TERM": "xterm-256color"}),
    )
    os.close(side)
    said = b""
    try:
        while part := os.read(main, 65536):
            said += part
    except OSError:  # the other end of a pseudo-terminal closes with an error
        pass
    os.close(main)
    assert done.wait() == 0
    assert b"SYNTHETIC" in said
    assert b"\x1b[3" not in said  # colours of the foreground; bold is no colour
