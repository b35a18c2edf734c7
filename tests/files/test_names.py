"""What a misspelt name may have meant is answered from one function, wherever it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.broken import edit, refused
from support.full_world import full_world

from planner.errors import UnknownName
from planner.names import did_you_mean, mend, nearest

ROOT = Path(__file__).resolve().parents[2]


def test_nearest_names():
    assert nearest("TERBUKA", ["terbuka", "rasmi"]) == ("terbuka",)
    assert did_you_mean("zebra", ["workload"]) == ""
    assert mend("zebra", ["arm", "x86"]) == "Use one of arm, x86."
    assert "did you mean 'alpha:one'" in str(UnknownName("region", "alpha:on", ["alpha:one", "beta"]))


def test_one_function_looks_for_near_names():
    users = [p.name for p in (ROOT / "planner").rglob("*.py") if "difflib" in p.read_text(encoding="utf-8")]
    assert users == ["names.py"]


@pytest.mark.parametrize(
    ("right", "wrong", "column"),
    [
        ("discount_rate", "discount_rtae", "money.discount_rtae"),
        ("workloads = ", "worklaods = ", "tables.worklaods"),
    ],
)
def test_a_misspelt_key_of_the_case_is_told_the_right_one(tmp_path, right, wrong, column):
    case = full_world().write(tmp_path / "case")
    edit(
        case / "case.toml", lambda text: text.replace(right, wrong).replace('"workloads" =', '"worklaods" =')
    )
    told = [p for p in refused(case, []) if p["column"] == column]
    assert told
    assert "did you mean" in told[0]["mend"].lower()
