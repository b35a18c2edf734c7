"""Each kind of rule that restricts a plan is judged: a plan that breaks it fails by that rule.

The plan is the small one, which knows nothing of the rule; the rule is written into its copy of the pack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from audit.small_plan import edit, where
from support.cases import World, rule_pack

from planner.audit.audit import audit
from planner.plan.folder import write_manifest
from planner.policy.kinds import KINDS

VCPU = {"basis": "resource", "resource": "vcpu"}
BREAKS: Mapping[str, Mapping[str, Any]] = {
    "residency": {"countries": ["SG"], "roles": ["standby"]},
    "deployment": {"allowed": ["gov_private"]},
    "key_custody": {"allowed": ["customer_hsm"]},
    "vendor_panel": {"vendors": ["own"]},
    "certification": {"certificates": ["iso27001"]},
    "parent_jurisdiction": {"allowed": ["JP"]},
    "ownership": {"largest_holder": 0.1, "all_holders": 0.2},
    "sovereignty_floor": {"objectives": ["law"], "floor": 1},
    "resilience": {"standby": "other_group", "ready": 0.75},
    "vendor_share": {"cap": 0.3, **VCPU},
    "region_share": {"cap": 0.3, **VCPU},
    "jurisdiction_share": {"cap": 0.1, "of": "foreign", **VCPU},
    "minimum_share": {"floor": 0.9, "of": "domestic", **VCPU},
    "carbon": {"cap": 0, "per": "year"},
    "exit": {"cap": 0.001, "of": "vendor_group", "labour": 10},
    "budget": {"cap": 100, "currency": ["MYR"], "per": "horizon"},
    "survival": {"of": ["vendor_groups"]},
    "latency": {"statistic": "mean"},
}
"""Parameters of a rule of each kind that the small plan breaks."""

FOLLOWS = {"excuses", "shares-recorded", "latency-recorded", "facts", "carbon-recorded", "QUICK", "unstated"}
"""What fails with it: excuses that the plan could not know of, shares of what is contestable now."""


def with_figures(plan: Path) -> None:
    """Carbon of every region, as if the case had named a package of it."""
    folder = plan / "inputs" / "catalogs" / "catalog"
    regions = ("north:a", "north:b", "south:a", "east:a", "own:room")
    rows = "".join(f"{region},0.5\n" for region in regions)
    (folder / "grid.csv").write_text(f"region,kg_per_kwh\n{rows}", encoding="utf-8")
    (folder / "energy.csv").write_text("resource,vendor,kwh_per_hour\nvcpu,,0.01\n", encoding="utf-8")


def slower(plan: Path) -> None:
    edit(plan / "inputs/network/links.csv", where(lambda r: r["a"] == "Hub", rtt_us="30000"))


BESIDE: Mapping[str, Callable[[Path], None]] = {"carbon": with_figures, "latency": slower}
"""What else a plan needs to break a rule of a kind."""


def test_every_kind_that_restricts_a_plan_is_here() -> None:
    assert set(BREAKS) == {name for name, kind in KINDS.items() if kind.effect in ("filter", "row")}


@pytest.mark.parametrize("kind", sorted(BREAKS))
def test_a_plan_that_breaks_a_rule_fails_by_it(kind: str, plan: Path) -> None:
    made = World().rule("NEW", kind, BREAKS[kind]).rules
    pack = plan / "inputs" / "rules.toml"
    pack.write_text(pack.read_text(encoding="utf-8") + "[[rule]]" + rule_pack(made).split("[[rule]]")[1])
    BESIDE.get(kind, lambda _: None)(plan)
    write_manifest(plan)
    found = audit(plan)
    mine = [f for f in found.findings if f.rule == "NEW" and f.status == "fail"]
    assert mine
    assert {f.check for f in mine} == {kind}
    assert all(f.message and f.source and f.fix for f in mine)
    told = [r["verdict"] for d in found.decisions for r in d["rules"] if r["rule"] == "NEW"]
    assert "fail" in told, "a decision record must hold the rule"
    assert {f.rule or f.check for f in found.findings if f.status == "fail"} - {"NEW"} <= FOLLOWS
