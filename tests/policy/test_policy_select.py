"""Selection: or within a list, and across columns and tables."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from test_policy_packs import DAY, pack

from planner.policy.load import read_packs
from planner.policy.select import regions_of, workloads_of

LEVELS = ("rahsia", "rasmi", "terbuka")
AGENCIES = pd.DataFrame(
    {"agency": ["fed", "state"], "level": ["federal", "state"], "state": ["", "Sarawak"], "payer": ["", ""]}
)
WORKLOADS = pd.DataFrame(
    [
        (f"{agency}-{level}-{critical}", agency, level, tier, critical)
        for agency, level, tier, critical in product(
            ("state", "fed"), LEVELS, ("", "restricted"), (True, False)
        )
    ],
    columns=["workload", "agency", "classification", "nccp_tier", "critical"],
)
REGIONS = pd.DataFrame(
    {
        "region": ["a:1", "a:2", "b:1"],
        "vendor": ["a", "a", "b"],
        "country": ["MY", "SG", "MY"],
        "market": [True, True, False],
    }
)


@pytest.fixture
def made(tmp_path):
    def make(**select):
        keys = {f"select.{k.replace('__', '.')}": v for k, v in select.items()}
        text = pack({"select.workload.classification": None, **keys})
        (tmp_path / "p.toml").write_text(text, encoding="utf-8")
        rules, problems, _ = read_packs(["./p.toml"], tmp_path, {}, DAY, DAY)
        assert problems == []
        return rules[0]

    return make


def test_no_selection_binds_everything(made):
    rule = made()
    assert workloads_of(rule, WORKLOADS, AGENCIES).all()
    assert regions_of(rule, REGIONS).all()
    assert rule.selects() == "everything"


def test_or_within_a_list_and_across_columns_and_tables(made):
    rule = made(
        workload__classification='["rahsia", "rasmi"]',
        workload__critical='["true"]',
        agency__level='["state", "local"]',
    )
    expected = [
        w.classification in ("rahsia", "rasmi") and w.critical and w.agency == "state"
        for w in WORKLOADS.itertuples()
    ]
    assert workloads_of(rule, WORKLOADS, AGENCIES).tolist() == expected
    assert sum(expected) == 4


def test_both_values_of_a_boolean_bind_everything(made):
    assert workloads_of(made(workload__critical='["true", "false"]'), WORKLOADS, AGENCIES).all()


def test_a_blank_cell_can_be_selected_where_the_column_may_be_blank(made):
    rule = made(workload__nccp_tier='[""]')
    assert np.array_equal(workloads_of(rule, WORKLOADS, AGENCIES), WORKLOADS["nccp_tier"] == "")


def test_regions_are_selected_with_the_columns_of_their_vendor(made):
    assert regions_of(made(region__country='["MY"]', region__market='["true"]'), REGIONS).tolist() == [
        True,
        False,
        False,
    ]
    assert regions_of(made(region__vendor='["b"]'), REGIONS).tolist() == [False, False, True]


def test_the_order_of_agencies_does_not_matter(made):
    rule = made(agency__state='["Sarawak"]')
    one = workloads_of(rule, WORKLOADS, AGENCIES)
    other = workloads_of(rule, WORKLOADS, AGENCIES.iloc[::-1])
    assert np.array_equal(one, other)
    assert np.array_equal(one, WORKLOADS["agency"] == "state")
