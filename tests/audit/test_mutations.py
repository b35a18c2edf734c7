"""A valid plan, spoilt in one way each: exactly the checks that should fire do.

Except for the first few, the manifest is written anew after the change, so that the change must be
found by what it means and not by its digest.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from audit.small_plan import edit, edit_json, edit_text, where, without

from planner.audit.audit import audit
from planner.audit.findings import Audit
from planner.plan.folder import write_manifest

Spoil = Callable[[Path], object]


def failed(found: Audit) -> set[str]:
    """Rules, and checks without a rule, that failed."""
    return {f.rule or f.check for f in found.findings if f.status == "fail"}


def is_workload(name: str, role: str = "primary") -> Callable[[dict[str, str]], bool]:
    return lambda row: row["workload"] == name and row.get("role", role) == role


def is_region(name: str) -> Callable[[dict[str, str]], bool]:
    return lambda row: row["region"] == name


def placements(plan: Path) -> Path:
    return plan / "placements.csv"


def catalog(plan: Path, table: str) -> Path:
    return plan / "inputs" / "catalogs" / "catalog" / f"{table}.csv"


def scaled(factor: float) -> Callable[[str], str]:
    return lambda cell: repr(float(cell) * factor)


DIGESTS: dict[str, Spoil] = {
    "one byte of an input": lambda p: edit_text(catalog(p, "vendors"), "NORTH", "NORTX"),
    "a file added": lambda p: (p / "inputs" / "more.csv").write_text("a\n1\n"),
    "a file taken away": lambda p: (p / "binding.csv").unlink(),
    "a file renamed": lambda p: (p / "binding.csv").rename(p / "bonding.csv"),
    "the manifest taken away": lambda p: (p / "manifest.json").unlink(),
    "a digest changed": lambda p: edit_text(p / "manifest.json", '"binding.csv": "', '"binding.csv": "0'),
}


@pytest.mark.parametrize("name", DIGESTS)
def test_a_change_without_a_new_manifest_is_found_by_the_manifest(name: str, plan: Path) -> None:
    DIGESTS[name](plan)
    assert failed(audit(plan)) - {"cells"} == {"manifest"}


SECRET, CLINIC = is_workload("secret"), is_workload("clinic", "standby")
MEANINGS: dict[str, tuple[set[str], Spoil]] = {
    "a secret workload abroad": (
        {"SECRET", "enough", "leaving", "owners", "facts"},
        lambda p: edit(placements(p), where(SECRET, region="north:b")),
    ),
    "a secret workload at home, in public cloud": (
        {"SECRET", "enough", "leaving", "owners", "facts"},
        lambda p: edit(placements(p), where(SECRET, region="south:a")),
    ),
    "a thousandth of a workload lost": (
        {"whole"},
        lambda p: edit(placements(p), where(SECRET, share="0.999")),
    ),
    "a workload forgotten": (
        {"whole", "enough", "owners", "facts"},
        lambda p: edit(placements(p), without(SECRET)),
    ),
    "a negative share": (
        {"names", "whole"},
        lambda p: edit(
            placements(p),
            lambda rows: [*rows, *({**r, "share": "-1"} for r in rows if SECRET(r))],
        ),
    ),
    "a row twice": (
        {"names", "whole", "enough"},
        lambda p: edit(placements(p), lambda rows: [*rows, next(r for r in rows if SECRET(r))]),
    ),
    "a place that does not exist": (
        {"names", "whole", "enough", "owners", "facts"},
        lambda p: edit(placements(p), where(SECRET, region="own:cellar")),
    ),
    "a share raised by 0.1 point over its cap": (
        {"CAP", "enough", "costs", "shares-recorded", "leaving", "cheapest"},
        lambda p: edit(
            placements(p),
            lambda rows: [
                {**r, "share": {"north:b": "0.505", "east:a": "0.495"}[r["region"]]}
                if r["workload"] == "store"
                else r
                for r in rows
            ],
        ),
    ),
    "a cap lowered by 0.1 point": (
        {"CAP", "shares-recorded"},
        lambda p: edit_text(p / "inputs/rules.toml", '"cap" = 0.5,', '"cap" = 0.499,'),
    ),
    "a floor raised by 0.1 point": (
        {"HOME-SHARE", "shares-recorded"},
        lambda p: edit_text(p / "inputs/rules.toml", '"floor" = 0.2,', '"floor" = 0.201,'),
    ),
    "a standby dropped": (
        {"resilience", "enough", "cheapest", "facts"},
        lambda p: edit(placements(p), without(CLINIC)),
    ),
    "a standby beside what it stands for": (
        {"resilience", "enough", "cheapest", "facts"},
        lambda p: edit(placements(p), where(CLINIC, region="south:a")),
    ),
    "a standby abroad": (
        {"AT-HOME", "enough", "cheapest", "facts"},
        lambda p: edit(placements(p), where(CLINIC, region="north:b")),
    ),
    "a price of a purchase lowered": (
        {"prices"},
        lambda p: edit(p / "purchases.csv", where(is_region("own:room"), unit_price=scaled(0.9))),
    ),
    "a purchase in another currency": (
        {"prices"},
        lambda p: edit(p / "purchases.csv", where(is_region("own:room"), currency="USD")),
    ),
    "a price row lowered": (
        {"prices", "costs"},
        lambda p: edit(
            catalog(p, "prices"), where(lambda r: r["SkuId"] == "own:room:m", ListUnitPrice="0.4")
        ),
    ),
    "a price row taken away": (
        {"no-machine", "prices", "costs", "assumed", "excuses"},
        lambda p: edit(catalog(p, "prices"), without(lambda r: r["SkuId"] == "own:room:m")),
    ),
    "more bought than paid": (
        {"costs", "signing"},
        lambda p: edit(p / "purchases.csv", where(is_region("own:room"), units=scaled(1.01))),
    ),
    "less bought than placed": (
        {"enough", "costs", "signing"},
        lambda p: edit(p / "purchases.csv", where(is_region("own:room"), units=scaled(0.99))),
    ),
    "a cost line lowered": (
        {"costs", "record", "facts", "signing", "options"},
        lambda p: edit(
            p / "costs.csv",
            where(SECRET, **{c: scaled(0.5) for c in ("list", "amortised", "cash", "objective", "assumed")}),
        ),
    ),
    "a discount that no contract gives": (
        {"costs"},
        lambda p: edit(p / "costs.csv", where(SECRET, discount="5")),
    ),
    "money discounted twice": (
        {"costs", "record", "facts", "options"},
        lambda p: edit(p / "costs.csv", where(SECRET, objective=scaled(0.98))),
    ),
    "less expected of a vendor than it is paid": (
        {"signing"},
        lambda p: edit(p / "signing.csv", where(lambda r: r["vendor"] == "own", expected=scaled(0.9))),
    ),
    "something owed for what is bought as it is used": (
        {"signing"},
        lambda p: edit(p / "signing.csv", where(lambda r: True, obligation="5")),
    ),
    "leaving made cheaper": (
        {"leaving"},
        lambda p: edit(p / "leaving.csv", where(lambda r: True, egress="1", total="1")),
    ),
    "a vendor's systems not told": (
        {"leaving"},
        lambda p: edit(p / "leaving.csv", where(lambda r: True, systems=scaled(0.5))),
    ),
    "a total lowered": ({"record"}, lambda p: edit_json(p / "plan.json", cash=1.0)),
    "a plan backdated": ({"record"}, lambda p: edit_json(p / "plan.json", decision_date="2026-01-01")),
    "the marking removed": ({"record"}, lambda p: edit_json(p / "plan.json", marking="")),
    "an excuse deleted": (
        {"excuses"},
        lambda p: edit(
            p / "excuses.csv", without(lambda r: r["workload"] == "secret" and r["region"] == "north:a")
        ),
    ),
    "an excuse shortened": (
        {"excuses"},
        lambda p: edit(p / "excuses.csv", where(is_region("north:b"), period_to="2027-01")),
    ),
    "an excuse invented": (
        {"excuses"},
        lambda p: edit(p / "excuses.csv", lambda rows: [*rows, {**rows[0], "region": "own:room"}]),
    ),
    "a waiver that had expired": (
        {"waivers", "PANEL", "excuses"},
        lambda p: edit(p / "inputs/waivers.csv", where(lambda r: True, expires="2026-11-01")),
    ),
    "a waiver that expires on the way": (
        {"PANEL", "excuses"},
        lambda p: edit(p / "inputs/waivers.csv", where(lambda r: True, expires="2027-04-01")),
    ),
    "a waiver that nobody approved": (
        {"waivers", "PANEL", "excuses"},
        lambda p: edit(p / "inputs/waivers.csv", where(lambda r: True, approver="")),
    ),
    "a waiver of what cannot be waived": (
        {"waivers"},
        lambda p: edit(p / "inputs/waivers.csv", lambda rows: [*rows, {**rows[0], "rule": "SECRET"}]),
    ),
    "a waiver of an unknown rule": (
        {"waivers"},
        lambda p: edit(p / "inputs/waivers.csv", lambda rows: [*rows, {**rows[0], "rule": "NONE"}]),
    ),
    "a vendor's group renamed": (
        {"names", "CAP", "SPEND", "shares-recorded", "leaving", "options", "signing"},
        lambda p: edit(
            catalog(p, "vendors"), where(lambda r: r["vendor"] == "north", vendor_group="east-group")
        ),
    ),
    "a room of another agency": (
        {"serves-agency", "excuses"},
        lambda p: edit(catalog(p, "regions"), where(is_region("own:room"), serves_agency="navy")),
    ),
    "a region that is not open": (
        {"availability", "excuses", "facts"},
        lambda p: edit(catalog(p, "regions"), where(is_region("own:room"), status="announced")),
    ),
    "a slower link": (
        {"QUICK", "latency-recorded"},
        lambda p: edit(p / "inputs/network/links.csv", where(lambda r: r["b"] == "south:a", rtt_us="20000")),
    ),
    "a latency prettified": (
        {"latency-recorded"},
        lambda p: edit(p / "latency.csv", where(lambda r: True, reached_share="0.95")),
    ),
    "a share prettified": (
        {"shares-recorded"},
        lambda p: edit(p / "shares.csv", where(lambda r: r["rule"] == "CAP", share=scaled(0.9))),
    ),
    "a quota lowered": (
        {"capacity"},
        lambda p: edit(p / "inputs/capacity.csv", where(lambda r: True, amount="10")),
    ),
    "a demand raised": (
        {"enough"},
        lambda p: edit(
            p / "inputs/demand.csv",
            where(lambda r: r["workload"] == "secret" and r["resource"] == "vcpu", amount="80"),
        ),
    ),
    "the purchases left out": (
        {"enough", "capacity", "prices", "costs", "due", "cells", "signing"},
        lambda p: (p / "purchases.csv").unlink(),
    ),
    "a rule pack left out": (
        {"rules", "shares-recorded", "latency-recorded", "waivers", "excuses", "facts", "unstated"},
        lambda p: (p / "inputs/rules.toml").unlink(),
    ),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_exactly_the_matching_checks_fire(name: str, plan: Path) -> None:
    expected, spoil = MEANINGS[name]
    spoil(plan)
    write_manifest(plan)
    assert failed(audit(plan)) == expected


def test_the_plan_before_it_is_spoilt_passes(plan: Path) -> None:
    found = audit(plan)
    assert failed(found) == set()
    assert found.counts()["not checked"] == 0
    assert {(f.check, f.subject) for f in found.findings if f.status == "exception"} == {
        ("vendor_panel", "forms"),
        ("waivers", "PANEL: forms at east:a"),
    }


def test_evidence_is_to_be_obtained_while_planning_and_required_at_award(plan: Path) -> None:
    (plan / "inputs" / "evidence.csv").write_text("subject,kind,reference,date\n", encoding="utf-8")
    write_manifest(plan)
    planning, award = audit(plan), audit(plan, stage="award")
    assert failed(planning) == set()
    assert {f.rule for f in planning.findings if f.status == "warn"} == {"PAPERS"}
    assert failed(award) == {"PAPERS"}


def test_a_link_in_the_folder_is_not_followed(plan: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes((plan / "costs.csv").read_bytes())
    (plan / "costs.csv").unlink()
    (plan / "costs.csv").symlink_to(outside)
    assert {"manifest", "readable"} <= failed(audit(plan))


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2025-11-23", set()), ("2025-11-22", {"FRESH"}), ("2026-12-24", set()), ("", {"FRESH"})],
)
def test_a_reference_grows_old(day: str, expected: set[str], plan: Path) -> None:
    rules = plan / "inputs" / "rules.toml"
    papers = rules.read_text(encoding="utf-8").split("[[rule]]")
    (old,) = [part for part in papers if '"PAPERS"' in part]
    fresh = old.replace('"PAPERS"', '"FRESH"').replace('kind = "evidence"', 'kind = "freshness"')
    fresh = fresh.replace('parameters = {"kinds"', 'parameters = {"days" = 365, "kinds"')
    rules.write_text("[[rule]]".join([*papers, fresh]), encoding="utf-8")
    edit(plan / "inputs" / "evidence.csv", where(lambda r: True, date=day))
    write_manifest(plan)
    assert failed(audit(plan, stage="award")) - {"PAPERS"} == expected


def test_approvals_follow_the_value_of_the_project(plan: Path) -> None:
    rules = plan / "inputs" / "rules.toml"
    papers = rules.read_text(encoding="utf-8").split("[[rule]]")
    (old,) = [part for part in papers if '"PAPERS"' in part]
    start = old.index("parameters = ")
    end = old.index("\n", start)
    for threshold, needed in ((1, "board"), (10**9, "office")):
        kinds = 'currency = ["MYR"], below = ["office"], from = ["board"]'
        asked = f"parameters = {{ threshold = {threshold}, {kinds} }}"
        text = old[:start] + asked + old[end:]
        value = text.replace('"PAPERS"', '"VALUE"').replace('kind = "evidence"', 'kind = "approvals"')
        rules.write_text("[[rule]]".join([*papers, value]), encoding="utf-8")
        write_manifest(plan)
        found = [f for f in audit(plan, stage="award").findings if f.rule == "VALUE"]
        assert [(f.status, f.subject, f.numbers["missing"]) for f in found] == [("fail", "secret", needed)]
