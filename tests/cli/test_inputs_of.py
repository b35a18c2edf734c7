"""A plan is read again from its own copies, whatever ships by then."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from support.cli import call

from planner.commands.inputs_of import inputs_of

QUICK = Path(__file__).resolve().parents[2] / "examples" / "quick-start"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("plan") / "plan"
    assert call("plan", str(QUICK), "--out", str(out)).code == 0
    return out


def test_a_rule_and_a_price_are_those_that_the_plan_was_made_with(written, tmp_path):
    """As if pack and prices had changed where they ship since: here the copies differ instead."""
    plan = tmp_path / "plan"
    shutil.copytree(written, plan)
    pack = plan / "inputs" / "catalogs" / "policies" / "malaysia-2026.toml"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(text.replace('id = "vendor-share"', 'id = "vendor-cap"'), encoding="utf-8")
    case = plan / "inputs" / "case.toml"
    case.write_text(case.read_text("utf-8").replace('rules."vendor-share"', 'rules."vendor-cap"'), "utf-8")
    prices = plan / "inputs" / "catalogs" / "tm" / "prices.csv"
    table = pd.read_csv(prices, dtype=str, keep_default_na=False)
    sku = table.loc[0, "SkuId"]
    table.loc[0, "ListUnitPrice"] = "123.5"
    table.to_csv(prices, index=False)
    case, notes = inputs_of(plan)
    ids = {rule.id for rule in case.rules}
    assert "vendor-cap" in ids and "vendor-share" not in ids
    assert 123.5 in set(case.catalog.prices.set_index("SkuId").loc[[sku], "ListUnitPrice"])
    assert any("malaysia-2026.toml has changed" in note for note in notes)


def test_where_a_plan_has_no_copies_of_what_ships_that_is_read(written, tmp_path):
    plan = tmp_path / "plan"
    shutil.copytree(written, plan)
    shutil.rmtree(plan / "inputs" / "catalogs")
    case, notes = inputs_of(plan)
    assert {rule.id for rule in case.rules} >= {"vendor-share", "MY-CLS-02"}
    assert notes == []


def test_reading_a_plan_leaves_what_ships_in_place(written):
    before = call("policy", "list", "--json").document
    inputs_of(written)
    assert json.dumps(call("policy", "list", "--json").document) == json.dumps(before)
