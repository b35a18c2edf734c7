"""What only the planner's own code can judge: a certificate held to its inputs, a report drawn again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from audit.spoiled import ROWS, Spoil, spoil_cell
from support.cli import Ran, call

from planner.answer.whole import in_whole_machines
from planner.audit.cells import TABLES
from planner.inputs import read_case
from planner.plan.certificate import load
from planner.plan.folder import read_plan, write_manifest
from planner.planning import build_model
from planner.proof import binding_faults

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(*arguments: object) -> Ran:
    return call(*(str(a) for a in arguments))


@pytest.fixture(scope="module")
def capped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of a cap on a vendor, with report and figures; nobody may change it."""
    out = tmp_path_factory.mktemp("capped") / "plan"
    assert run("plan", EXAMPLES / "vendor-cap", "--out", out).code == 0
    return out


@pytest.fixture
def plan(capped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(capped, tmp_path / "plan"))


def retold(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def recertified(plan: Path, **values: object) -> None:
    with np.load(plan / "certificate.npz") as file:
        arrays = {name: file[name] for name in file.files}
    np.savez_compressed(plan / "certificate.npz", **{**arrays, **values})  # type: ignore[arg-type]


def test_a_plan_as_written_is_proved_and_drawn(plan: Path) -> None:
    found = run("audit", plan, "--bound", "--rendered")
    assert found.code == 0, found.out + found.err
    assert "NOT PROVED" not in run("show", plan).out
    assert "bound 1" in (found.out + found.err) and "rendered 1" in (found.out + found.err)
    assert (
        "proved: no plan in whole machines costs less than 12,960.00 MYR; this one costs 12,960.00"
        in run("show", plan, "--bound").out
    )


SPOILT: dict[str, Callable[[Path], object]] = {
    "another cap in the inputs": lambda p: retold(p / "inputs/rules.toml", "cap = 0.5", "cap = 0.6"),
    "a certificate of one column": lambda p: recertified(
        p, cost=np.ones(1), lower=np.ones(1), upper=np.ones(1), row_lower=np.zeros(0), row_upper=np.zeros(0),
        start=np.zeros(1, dtype=np.int64), index=np.zeros(0, dtype=np.int64), value=np.zeros(0),
        dual=np.zeros(0), x=np.ones(1), objective=np.float64(1.0),
    ),
    "another objective": lambda p: recertified(p, objective=np.float64(0.5)),
    "duals of nothing": lambda p: recertified(p, dual=np.zeros(len(np.load(p / "certificate.npz")["dual"]))),
    "a column held": lambda p: recertified(p, lower=np.load(p / "certificate.npz")["upper"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_no_proof_of_this_plan_is_told(name: str, plan: Path) -> None:
    SPOILT[name](plan)
    write_manifest(plan)
    told = run("show", plan)
    # Of what the certificate itself says wrongly of its columns, only the program tells.
    assert told.code == 0
    assert told.out.startswith("NOT PROVED cheapest: ") or name == "a column held", told.out[:200]
    shown = run("show", plan, "--bound")
    assert "NOT proved" in shown.out
    if name == "duals of nothing":
        assert not json.loads(run("show", plan, "--bound", "--json").out)["holds"]
    found = run("audit", plan, "--bound")
    assert found.code == 4
    assert "not proved" in found.out


BINDING: dict[str, Spoil] = {**{f"a cell of {c}": spoil_cell(c) for c in TABLES["binding.csv"]}, **ROWS}


def test_what_binds_is_what_the_certificate_says(plan: Path) -> None:
    model, stated = build_model(in_whole_machines(read_case(plan))), load(plan / "certificate.npz")
    assert list(binding_faults(model, stated, read_plan(plan))) == []
    table, content = plan / "binding.csv", (plan / "binding.csv").read_bytes()
    for name, spoil in BINDING.items():
        table.write_bytes(spoil(content))
        faults = list(binding_faults(model, stated, read_plan(plan)))
        assert faults == ["is not what the duals of the certificate give"], name
    write_manifest(plan)
    ran = run("audit", plan, "--bound")
    assert ran.code == 4
    assert "binding: binding.csv: is not what the duals of the certificate give" in ran.out
    nothing = {**stated, "x": np.zeros(len(stated["x"]))}
    (fault,) = binding_faults(model, nothing, read_plan(plan))
    assert "no solution of its program" in fault


@pytest.mark.parametrize("at", [0, 0.2, 0.5, 0.8, 0.999])
def test_a_flipped_byte_of_the_certificate_is_bad_input_or_no_proof(at: float, plan: Path) -> None:
    raw = bytearray((plan / "certificate.npz").read_bytes())
    raw[int(len(raw) * at)] ^= 0xFF
    (plan / "certificate.npz").write_bytes(bytes(raw))
    shown = run("show", plan, "--bound")
    assert shown.code in (0, 5), shown.out
    assert shown.code == 5 or "roved" in shown.out


@pytest.mark.parametrize(
    "spoil",
    [
        lambda p: retold(p / "report.html", "12,960", "10,960"),
        lambda p: next(p.glob("figures/*.svg")).write_text("<svg/>", encoding="utf-8"),
        lambda p: next(p.glob("figures/*.png")).unlink(),
        lambda p: (p / "figures" / "more.svg").write_text("<svg/>", encoding="utf-8"),
    ],
)
def test_what_the_tables_do_not_draw_is_told(spoil: Callable[[Path], object], plan: Path) -> None:
    spoil(plan)
    write_manifest(plan)
    assert run("audit", plan).code == 0
    found = run("audit", plan, "--rendered")
    assert found.code == 4
    assert "is not what the plan's tables draw" in found.out


def test_signing_is_proposed_with_the_breaches_that_are_reported_only(plan: Path) -> None:
    told = run("audit", plan)
    assert "breach" not in told.err and "planner sign" in told.err
    rules = plan / "inputs" / "rules.toml"
    rule = rules.read_text(encoding="utf-8").partition("[[rule]]")[2]
    for old, new in (('"cap"', '"goal"'), ('"hard"', '"report"'), ("cap = 0.5", "cap = 0.4")):
        rule = rule.replace(old, new, 1)
    with rules.open("a", encoding="utf-8") as stream:
        stream.write(f"\n[[rule]]{rule}")
    write_manifest(plan)
    told = run("audit", plan)
    assert told.code == 0, told.out
    count = sum("goal" in line for line in told.out.splitlines())
    *_, warning, proposal = told.err.splitlines()
    assert count > 0
    assert f"before anybody signs: {count} breaches of rules that do not bind, reported only" in warning
    assert "planner sign" in proposal
    assert f", of them {count} breaches" in told.out.splitlines()[-1]


def test_signing_is_not_proposed_of_a_public_part(plan: Path) -> None:
    retold(plan / "plan.json", '"case": "vendor-cap"', '"public": true,\n  "case": "vendor-cap"')
    write_manifest(plan)
    found = run("audit", plan)
    assert found.code == 4, "nobody asked for a part"
    assert "the plan calls itself a public part of a plan" in found.err.splitlines()[-1]
    assert "planner sign" not in (found.out + found.err)
    expected = run("audit", plan, "--public")
    assert expected.code == 0
    assert "a public part of a plan: what it leaves out was not checked" in expected.err.splitlines()[-1]
    assert "planner sign" not in (expected.out + expected.err)
