"""Shares of reference spend, worked out again by the audit with contracts, spot and placement costs.

January to March 2027: 2,160 hours, 3 months. web needs one machine, 1,000 GiB, and sends 100 GiB a month:
at list 2,160 + 300 + 30 = 2,490.00 at aa:x; at bb:x 4,320 + 300 + 30 = 4,650.00.
"""

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, assume, given, settings
from support.audit_plan import audited
from support.cases import World
from support.depth import cases
from support.random_worlds import worlds

from planner.errors import Infeasible


def world(**more):
    made = World(**more)
    for vendor, price in (("aa", 1.0), ("bb", 2.0)):
        made.vendor(vendor, jurisdiction="MY" if vendor == "bb" else "XX").region(f"{vendor}:x")
        made.machine(f"{vendor}:x", "m4", 4, 16, price)
        made.store(f"{vendor}:x", "block_gib", 0.1).egress(f"{vendor}:x", 0.1)
    need = {"vcpu": 4, "memory_gib": 16, "block_gib": 1000, "egress_gib": 100}
    made.workload("web", demand=need, spot_ok=True).workload("tax", demand={"vcpu": 4, "memory_gib": 16})
    return made.rule("cap", "vendor_share", {"cap": 0.6, "basis": "reference_spend"})


def judged(made, folder, spoil=None):
    found = audited(made, folder, spoil)
    return {f.subject: f for f in found if f.rule == "cap"}, {f.check for f in found if f.status == "fail"}


@pytest.mark.parametrize(
    ("change", "web", "tax"),
    [
        (lambda made: made, 2_490.0, 2_160.0),
        # A contract changes what is paid, and nothing here: bb does not become the cheapest either.
        (lambda made: made.contract("frame", "bb", discount=0.9, margin=0.05, tax=0.08), 2_490.0, 2_160.0),
        (lambda made: made.spot("aa:x:m4", 0.3).offer("spot"), 978.0, 2_160.0),
        (lambda made: made.place_cost("tax", "aa:x", 500), 2_490.0, 2_660.0),
        (lambda made: made.place_cost("tax", "aa:x", 500, "once"), 2_490.0, 2_660.0),
        (lambda made: made.depends("tax", "web", 50), 2_490.0, 2_175.0),
    ],
    ids=["at list", "under a contract", "on spot", "with a cost", "with a cost once", "sending data"],
)
def test_the_audit_finds_the_share_to_the_last_digit(tmp_path, change, web, tax):
    """The plan records reference spend in shares.csv; the audit agrees, and with the figure by hand."""
    made = change(world())
    findings, failed = judged(made, tmp_path)
    assert failed == set()
    assert {f.status for f in findings.values()} == {"pass"}
    lines = (tmp_path / "plan" / "shares.csv").read_text().splitlines()
    total = next(float(line.split(",")[7]) for line in lines[1:] if line.startswith("cap,"))
    assert total == pytest.approx(web + tax, abs=0.005)
    assert max(Decimal(f.numbers["share"]) for f in findings.values()) == Decimal("0.6")


def test_another_contract_is_another_cost_and_the_same_share(tmp_path):
    def spoil(plan):
        table = plan / "inputs" / "contracts.csv"
        table.write_text(table.read_text().replace(",0.1,", ",0.9,"))

    made = world().contract("frame", "aa", discount=0.1)
    _, failed = judged(made, tmp_path, spoil)
    assert failed == {"costs", "egress-recorded", "manifest"}


@given(worlds(rich=True))
@settings(max_examples=cases(3), phases=(Phase.generate,))
def test_on_random_worlds_no_share_of_reference_spend_is_left_open(made: World) -> None:
    made.rule("more", "region_share", {"cap": 0.7, "basis": "reference_spend"})
    with TemporaryDirectory() as folder:
        try:
            found = audited(made, Path(folder))
        except Infeasible:
            assume(False)
    mine = [f for f in found if f.numbers.get("basis") == "reference_spend" or f.check == "shares-recorded"]
    assert mine
    assert {f.status for f in mine} == {"pass"}
