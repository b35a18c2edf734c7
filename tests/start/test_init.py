"""A first case by a few answers: it reads, plans at once, and refuses what cannot be meant."""

from __future__ import annotations

import json
import tomllib
from datetime import date

import pytest
from support.cli import ROOT, process

from planner.errors import BadInput, NotWritten, UnknownName
from planner.inputs import read_case
from planner.start.answers import Answers
from planner.start.init import copy_case, new_case

DAY = date(2026, 11, 29)


def answers(**changes):
    given = {"country": "MY", "currency": "MYR", "start": "2027-01", "count": 4, "decided": DAY}
    return Answers(**{**given, **changes})


def test_a_new_case_plans_at_once(tmp_path):
    asked = ["--country", "MY", "--currency", "MYR", "--count", "2", "--decision-date", "2026-11-29"]
    adopted = ["--rules", "adopt", "--adopted-by", "The board", "--reference", "M-1", "--cap", "0.5"]
    packs = ["--pack", "malaysia-2026", "--pack", "malaysia-states"]
    made = process("init", "case", *asked, *packs, *adopted, "--json", cwd=tmp_path)
    assert made.code == 0, made.err
    assert "planner check case" in made.err
    assert {"case.toml", "workloads.csv", "adoptions.md"} <= set(json.loads(made.out)["files"])
    planned = process("plan", "case", "--out", "plan", cwd=tmp_path)
    assert planned.code == 0, planned.err
    assert "own-vendor-share" not in planned.out  # the pack named states a cap of its own
    shares = (tmp_path / "plan" / "shares.csv").read_text()
    assert "vendor-share" in shares
    assert "0.5" in shares


def test_the_paper_lists_each_rule_that_the_case_adopts(tmp_path):
    new_case(
        tmp_path / "case", answers(packs=("malaysia-2026",), adopted_by="The <board>", reference='"M" 1')
    )
    adopted = set(tomllib.loads((tmp_path / "case" / "case.toml").read_text())["rules"])
    paper = (tmp_path / "case" / "adoptions.md").read_text()
    assert adopted == {line.split("**")[1] for line in paper.splitlines() if line.startswith("- **")}
    assert adopted == {rule.id for rule in read_case(tmp_path / "case").rules if rule.standing == "adopted"}


def test_a_limit_that_no_pack_states_becomes_a_pack_of_the_case(tmp_path):
    asked = answers(country="SG", currency="SGD", cap=0.6, floor=0.0, adopted_by="The board", reference="1")
    rules = {rule.id: rule for rule in new_case(tmp_path / "case", asked).rules}
    assert rules["own-vendor-share"].limit == 0.6
    assert rules["own-domestic-minimum"].limit == 0.0
    assert {rule.severity for rule in rules.values()} == {"hard"}


def test_rates_that_ship_are_used_through_a_third_currency(tmp_path):
    case = new_case(tmp_path / "case", answers(country="SG", currency="SGD"))
    rate = {row.currency: row for row in case.settings.fx}
    # 2026-06: 1 USD = 1.2878 SGD = 4.0635 MYR and 1 CNY = 0.5997 MYR (catalogs/fx/rates.csv).
    assert rate["USD"].rate == pytest.approx(1.2878)
    assert rate["CNY"].rate == pytest.approx(0.5997 * 1.2878 / 4.0635, rel=2e-3)
    assert "through" in rate["CNY"].source


def test_a_currency_without_a_rate_is_asked_for_and_taken(tmp_path):
    with pytest.raises(BadInput, match="1 problem") as caught:
        new_case(tmp_path / "case", answers(country="KE", currency="KES", vendors=("aws",)))
    assert "--rate USD=" in caught.value.problems[0].mend
    assert not (tmp_path / "case").exists()
    asked = answers(country="KE", currency="KES", vendors=("aws",), rates={"USD": 129.2})
    settings = new_case(tmp_path / "case", asked).settings
    assert {row.rate for row in settings.fx} == {129.2}


def test_everything_wrong_with_the_answers_is_said_at_once(tmp_path):
    wrong = answers(country="my", currency="ringgit", start="January", months=2, count=0, cap=3, floor=-1)
    with pytest.raises(BadInput) as caught:
        new_case(tmp_path / "case", wrong)
    columns = {problem.column for problem in caught.value.problems}
    assert columns == {"country", "currency", "start", "months", "count", "cap", "floor"}


def test_a_limit_that_nobody_adopts_is_refused(tmp_path):
    with pytest.raises(BadInput, match="1 problem") as caught:
        new_case(tmp_path / "case", answers(cap=0.4, packs=("malaysia-2026",)))
    assert caught.value.problems[0].column == "cap"


def test_a_misspelt_vendor_gets_a_hint(tmp_path):
    with pytest.raises(UnknownName, match="did you mean 'azure'"):
        new_case(tmp_path / "case", answers(vendors=("azur",)))


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "precious.txt").write_text("mine")
    with pytest.raises(NotWritten, match="not empty"):
        new_case(tmp_path / "case", answers())
    assert (tmp_path / "case" / "precious.txt").read_text() == "mine"


def test_hostile_words_stay_words(tmp_path):
    title = 'A "quoted" \\ title\n[rules] 😀'
    with pytest.raises(BadInput):
        new_case(tmp_path / "case", answers(title=title))
    settings = new_case(tmp_path / "case", answers(title=title.replace("\n", " "))).settings
    assert settings.title == title.replace("\n", " ")


def test_an_example_is_copied_under_a_new_name(tmp_path):
    settings = copy_case(ROOT / "examples" / "quick-start", tmp_path / "ours").settings
    assert settings.id == "ours"
    assert settings.title == read_case(ROOT / "examples" / "quick-start").settings.title


def test_off_a_terminal_nothing_is_asked(tmp_path):
    ended = process("init", "case", cwd=tmp_path)
    assert ended.code == 2
    assert "--country" in ended.err
    assert not (tmp_path / "case").exists()
