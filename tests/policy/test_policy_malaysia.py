"""The shipped Malaysian pack says what its sources say, and no more."""

from datetime import date

import pandas as pd
import pytest

from planner.catalog.schema import DEPLOYMENTS
from planner.policy.load import read_packs
from planner.policy.select import workloads_of

DAY = date(2026, 11, 23)
CLASSIFICATIONS = ("rahsia_besar", "rahsia", "sulit", "terhad", "rasmi", "terbuka")
PACKS = ["malaysia-2026", "malaysia-states"]
ADOPTED = {"adopted_by": "Committee", "adopted_on": date(2026, 11, 16), "reference": "C-1"}
AGENCIES = pd.DataFrame({"agency": ["fed", "state"], "level": ["federal", "state"], "state": ["", "Johor"]})


def rules_of(tmp_path, adopted):
    rules, problems, _ = read_packs(PACKS, tmp_path, dict.fromkeys(adopted, ADOPTED), DAY, DAY)
    assert problems == []
    return {rule.id: rule for rule in rules}


@pytest.fixture
def declared(tmp_path):
    return rules_of(tmp_path, ())


def weak(rules):
    return [r.id for r in rules.values() if r.declared_severity == "hard" and r.confidence in "CD"]


def allowed(rules, level, agency):
    """Deployments in the home country that hard deployment rules leave to a level."""
    workload = pd.DataFrame({"agency": [agency], "classification": [level]})
    left = list(DEPLOYMENTS)
    for rule in rules.values():
        applies = rule.kind == "deployment" and rule.severity == "hard" and rule.valid_to is None
        if applies and workloads_of(rule, workload, AGENCIES)[0]:
            left = [d for d in left if d in rule.parameters["allowed"]]
    return left


def test_every_rule_states_its_source_or_is_a_parameter_with_a_benchmark(declared):
    for rule in declared.values():
        assert rule.instrument and rule.clause and rule.date and rule.fix, rule.id
        assert rule.url or rule.is_parameter or rule.id == "CON-02", rule.id
        assert bool(rule.benchmark) == rule.is_parameter, rule.id


def test_nothing_that_rests_on_a_weak_source_is_hard_unless_adopted(tmp_path, declared):
    assert {declared[i].severity for i in weak(declared)} == {"report"}
    adopted = rules_of(tmp_path, weak(declared))
    assert {adopted[i].severity for i in weak(declared)} == {"hard"}


@pytest.mark.parametrize("agency", ["fed", "state"])
@pytest.mark.parametrize("level", CLASSIFICATIONS)
def test_each_level_may_use_what_the_sources_leave_to_it(tmp_path, declared, level, agency):
    closed = ["agency_onprem", "gov_private", "in_country_private"]
    expected = {
        "rahsia_besar": ["agency_onprem"],
        "rahsia": ["agency_onprem"],
        "sulit": closed,
        "terhad": closed,
        "rasmi": [*closed, "in_country_public"],
        "terbuka": list(DEPLOYMENTS),
    }
    assert allowed(rules_of(tmp_path, weak(declared)), level, agency) == expected[level]


def test_rasmi_is_off_public_cloud_unless_the_parameter_is_adopted(tmp_path, declared):
    without = [i for i in weak(declared) if i != "MY-CLS-05"]
    rules = rules_of(tmp_path, without)
    assert allowed(rules, "rasmi", "fed") == ["agency_onprem", "gov_private", "in_country_private"]
    assert rules["MY-CLS-05"].label() == "MY-CLS-05 (parameter, not adopted)"


def test_federal_circulars_bind_no_state(declared):
    federal = [r for r in declared.values() if "SPA 2/2021" in r.instrument or "Framework" in r.instrument]
    assert len(federal) >= 6
    for rule in federal:
        if rule.id.startswith("MY-CLS-07"):
            continue  # a parameter: whoever adopts it may bind states to it
        assert "state" not in rule.select["agency"]["level"], rule.id


def test_what_governs_states_alone_is_a_pack_of_its_own(tmp_path):
    by_pack = {pack: read_packs([pack], tmp_path, {}, DAY, DAY)[0] for pack in PACKS}
    levels = {pack: [set(r.select.get("agency", {}).get("level", ())) for r in rules]
              for pack, rules in by_pack.items()}  # fmt: skip
    assert all(level == {"state", "local"} for level in levels["malaysia-states"])
    assert not any(level and level <= {"state", "local"} for level in levels["malaysia-2026"])
    assert all(r.is_parameter and r.standing == "not adopted" for r in by_pack["malaysia-states"])


def test_no_share_is_called_a_law(declared):
    shares = [r for r in declared.values() if r.kind in ("vendor_share", "minimum_share")]
    assert len(shares) == 2
    for rule in shares:
        assert rule.is_parameter
        assert rule.source_line().startswith("parameter, not required by any law found")


def test_the_confidential_tier_needs_sovereign_cloud_and_critical_data_stay_in_every_role(declared):
    assert declared["MY-NCCP-03"].parameters["sovereign"] is True
    assert declared["MY-NCCP-03"].severity == "hard"
    assert declared["MY-NCCP-05"].parameters["roles"] == ("primary", "standby", "backup")
