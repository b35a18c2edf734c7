"""What the audit shares with the planner it audits: an allow-list, each with its reason.

Everything else of the planner is forbidden to it, whether imported directly or by what it imports.
"""

from __future__ import annotations

import grimp
import pytest

DIRECT = {
    "planner": "the version, for the reports of findings",
    "planner.errors": "messages and exit codes; judges nothing",
    "planner.atomic": "puts bytes on the disk; judges nothing",
    "planner.files.read": "opens plain files within bounds; judges nothing",
    "planner.files.toml": "reads TOML within bounds; judges nothing",
    "planner.policy.rules": "what a rule is: the law is the same for both, verdicts are not shared",
    "planner.policy.kinds": "which parameters a kind of rule has; its verdict is the audit's own",
    "planner.policy.load": "reads packs of rules: the text of the law, not its application",
    "planner.case.traces": "which hours share a slice is a choice; that it covers every hour is checked",
}
"""Module to the reason why the audit may import it."""

THROUGH_PACKS = {
    "planner.case.agreements", "planner.case.cards",
    "planner.case.earlier", "planner.case.files", "planner.case.fit",
    "planner.case.keys", "planner.case.reader",
    "planner.case.private",
    "planner.case.records", "planner.case.resources", "planner.case.schema", "planner.case.settings",
    "planner.case.studies",
    "planner.case.vendor_costs", "planner.case.weights", "planner.case.yields", "planner.catalog.checks",
    "planner.catalog.facts",
    "planner.catalog.load",
    "planner.catalog.schema", "planner.catalog.spot", "planner.cells", "planner.tables", "planner.tolerances",
    "planner.units",
    "planner.case.sources", "planner.case.toml", "planner.files.grid", "planner.files.numbers",
    "planner.files.parquet", "planner.files.text", "planner.files.workbook",
    "planner.names", "planner.tidy",
}  # fmt: skip
"""What reading a pack takes: bytes and cells of files as people have them, names of columns
and values that its rules may select by, and where the
shipped packs lie. Nothing here judges a place, states a row of the program or sums money."""

AUDIT, PACKS = "planner.audit", "planner.policy."


def test_the_audit_shares_what_is_allowed_and_nothing_else() -> None:
    assert not_allowed(grimp.build_graph("planner", cache_dir=None)) == set()


@pytest.mark.parametrize(
    "module",
    ["filters", "eligibility", "inputs", "money", "tables", "case.sizing", "model.build", "plan.folder"],
)
def test_an_import_of_anything_else_breaks_the_contract(module: str) -> None:
    graph = grimp.build_graph("planner", cache_dir=None)
    graph.add_import(importer="planner.audit.places", imported=f"planner.{module}")
    assert f"planner.{module}" in not_allowed(graph)


def test_an_import_by_what_is_shared_breaks_the_contract() -> None:
    graph = grimp.build_graph("planner", cache_dir=None)
    graph.add_import(importer="planner.policy.rules", imported="planner.filters")
    assert "planner.filters" in not_allowed(graph)


def not_allowed(graph: grimp.ImportGraph) -> set[str]:
    """Modules of the planner that the audit imports, directly or not, and that are not on the lists."""
    audit = {m for m in graph.modules if m == AUDIT or m.startswith(f"{AUDIT}.")}
    direct = {m for name in audit for m in graph.find_modules_directly_imported_by(name)} - audit
    indirect = graph.find_upstream_modules(AUDIT, as_package=True) - audit - direct
    wrong = {m for m in direct if m.startswith("planner") and m not in DIRECT}
    return wrong | {m for m in indirect - THROUGH_PACKS - DIRECT.keys() if not m.startswith(PACKS)}
