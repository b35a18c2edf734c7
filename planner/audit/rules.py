"""The rules a plan is judged by: read from the copies inside the plan, or from packs named instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from planner.audit.case import INPUTS, Case
from planner.audit.findings import Finding
from planner.audit.reading import Folder, Unreadable
from planner.errors import Issue
from planner.policy.load import place_of, read_packs
from planner.policy.rules import Rule


def rules_of_plan(folder: Folder, case: Case, as_of: date | None) -> tuple[tuple[Rule, ...], list[Finding]]:
    """The rules that the case named, from their copies; ``as_of`` judges by another day's rules.

    Problems in a pack, or in what the case made of it, are findings of check ``rules``.
    """
    given = case.plain.get("rules", {})
    names = case.plain.get("packs", [])
    if not isinstance(given, dict) or not isinstance(names, list):
        return (), [Finding("rules", "fail", "case.toml", "packs or rules are not what a case states")]
    overrides = {k: dict(v) for k, v in given.items() if isinstance(v, dict)}
    stated = case.plain.get("adopt", [])
    adopt = {
        str(row.get("pack")): {k: v for k, v in row.items() if k != "pack"}
        for row in (stated if isinstance(stated, list) else [stated])
        if isinstance(row, dict)
    }
    rules, findings = _read(folder, [str(n) for n in names], overrides, adopt, case, as_of)
    return rules, findings


def rules_of_packs(
    folder: Folder, case: Case, names: Sequence[str], as_of: date | None
) -> tuple[tuple[Rule, ...], list[Finding]]:
    """Rules of other packs, to see what the plan would score there: shipped names or files.

    A pack named so is what the auditor asks for, so its parameters bind without anybody's adoption.
    """
    day = as_of or case.day("rules_as_of")

    def place(name: str, _: Path) -> tuple[str, Path] | Issue:
        return (name, Path(name)) if name.endswith(".toml") else place_of(name, folder.root)

    rules, problems, _ = read_packs(names, folder.root, {}, day, day, place)
    asked = tuple(
        replace(r, severity=r.declared_severity, standing="in force") if r.standing == "not adopted" else r
        for r in rules
    )
    return asked, [_finding(p) for p in problems]


def _read(
    folder: Folder,
    names: Sequence[str],
    overrides: Mapping[str, Mapping[str, Any]],
    adopt: Mapping[str, Mapping[str, Any]],
    case: Case,
    as_of: date | None,
) -> tuple[tuple[Rule, ...], list[Finding]]:
    rules_as_of = as_of or case.day("rules_as_of")
    decided = as_of or case.day("decision_date")

    def place(name: str, _: Path) -> tuple[str, Path] | Issue:
        copy = name.removeprefix("./") if name.startswith("./") else f"catalogs/policies/{name}.toml"
        try:
            folder.bytes(f"{INPUTS}/{copy}")
        except Unreadable as reason:
            return Issue(f"{INPUTS}/{copy}", 0, "", name[:80], f"the copy of the pack {reason}", "")
        return copy, folder.root / INPUTS / copy

    rules, problems, _ = read_packs(names, folder.root, overrides, rules_as_of, decided, place, adopt)
    return rules, [_finding(p) for p in problems]


def _finding(problem: Issue) -> Finding:
    return Finding("rules", "fail", f"{problem.file} {problem.column}".strip()[:200], f"{problem}"[:400])


def binds(rule: Rule, case: Case) -> int:
    """Periods that a rule binds, as bits: those that its validity overlaps, even partly."""
    ends = rule.valid_to or date.max
    return sum(1 << p.t for p in case.periods if p.start < ends and rule.valid_from < p.end)
