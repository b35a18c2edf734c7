"""A table of which every row is wrong: the first problems and the count of the rest, soon."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.cli import ROOT, call

ROWS: dict[str, Callable[[int], str]] = {
    "unknown workloads": lambda n: f"w{n},vcpu,2027-01,1",
    "no periods": lambda n: f"portal,vcpu,{2100 + n // 12}-{n % 12 + 1:02d},1",
    "one key": lambda n: "portal,vcpu,2027-01,1",
}
HUGE = pytest.param("unknown workloads", 1_000_000, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("what", "count"), [("unknown workloads", 100_000), ("no periods", 20_000), ("one key", 20_000), HUGE]
)
def test_the_first_hundred_and_the_count_of_the_rest(what: str, count: int, tmp_path: Path) -> None:
    case = Path(shutil.copytree(ROOT / "examples" / "vendor-cap", tmp_path / "case"))
    with (case / "demand.csv").open("a", encoding="utf-8") as stream:
        stream.writelines(f"{ROWS[what](n)}\n" for n in range(count))
    before = len((ROOT / "examples" / "vendor-cap" / "demand.csv").read_text(encoding="utf-8").splitlines())
    ran = call("check", case)
    assert ran.code == 5
    first, *lines = [line for line in ran.err.splitlines() if not line.startswith("next:")]
    assert first == f"planner: {count:,} problems in the input; nothing was written"
    assert len(lines) == 100
    assert [f"demand.csv, row {before + 1 + n}, column" in lines[n] for n in (0, 99)] == [True, True]
    assert lines[-1].endswith(f"({count - 100:,} more rows likewise)")
    listed = call("check", case, "--json").document["problems"]
    assert len(listed) == 100 and listed[-1]["more"] == count - 100 and "more" not in listed[0]
