"""The fixtures of a pack: small facts on which each rule must pass, and others on which it must fail.

They lie beside the pack in ``NAME.tests.toml`` and run through the same verdicts as an audit.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner.audit.case import ZERO
from planner.audit.checks.evidence import needed
from planner.audit.checks.reports import FOUR, band_of
from planner.audit.checks.shares import SHARE_KINDS, verdict
from planner.audit.context import TOLERANCE
from planner.audit.filters import FILTERS, Facts, selected
from planner.audit.filters import verdict as filter_verdict
from planner.errors import BadInput, Issue
from planner.policy.rules import Rule

SUFFIX = ".tests.toml"
LABELS = {"minimum_share": "domestic", "jurisdiction_share": "foreign"}


@dataclass(frozen=True)
class Tried:
    """One fixture, what was expected of it and what came out."""

    rule: str
    expected: str
    found: str

    @property
    def good(self) -> bool:
        return self.expected == self.found


def fixtures_of(pack: Path) -> Path:
    """Where the fixtures of a pack lie."""
    return pack.with_name(pack.name.removesuffix(".toml") + SUFFIX)


def try_pack(rules: Sequence[Rule], path: Path) -> tuple[list[Tried], list[str]]:
    """Run the fixtures of a pack.

    Returns
    -------
    (tried, untested)
        Every fixture with its outcome, and what is missing: rules without a fixture that must pass
        or one that must fail.

    Raises
    ------
    BadInput
        If the file is missing or not understood.
    """

    def bad(problem: str, mend: str) -> BadInput:
        return BadInput([Issue(path.name, 0, "", "", problem, mend)])

    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError:
        raise bad("the pack has no fixtures", f"Write {path.name} beside the pack.") from None
    except (ValueError, RecursionError) as error:
        raise bad(f"not valid TOML ({error})", "Correct the file.") from None
    by_id = {rule.id: rule for rule in rules}
    tried: list[Tried] = []
    for number, entry in enumerate(tree.get("fixture", []), start=1):
        rule = by_id.get(str(entry.get("rule", "")))
        if rule is None or not isinstance(entry.get("expect"), str):
            raise bad(
                f"fixture {number} names no rule of the pack, or expects nothing", "Give rule and expect."
            )
        try:
            tried.append(Tried(rule.id, entry["expect"], outcome(rule, entry)))
        except (KeyError, TypeError, ArithmeticError) as error:
            raise bad(f"fixture {number} lacks {error}", "State the facts its kind of rule needs.") from None
    return tried, _untested(rules, tried)


def _untested(rules: Sequence[Rule], tried: Sequence[Tried]) -> list[str]:
    missing = []
    for rule in rules:
        found = {t.expected for t in tried if t.rule == rule.id}
        for what in ("pass", "fail"):
            if rule.kind in ("report", "sovereignty_score"):
                if len(found) < 2:
                    missing.append(f"{rule.id}: fixtures in two bands")
                    break
            elif what not in found:
                missing.append(f"{rule.id}: a fixture that must {what}")
    return missing


def outcome(rule: Rule, entry: Mapping[str, Any]) -> str:
    """``pass``, ``fail``, ``not selected`` or ``band N`` for the facts of one fixture."""
    facts = Facts(
        workload=_row(entry.get("workload")),
        agency=_row(entry.get("agency")),
        region=_row(entry.get("region")),
        role=str(entry.get("role", "primary")),
        tier=_row(entry.get("tier")),
        needs=frozenset(entry.get("needs", ("vcpu", "memory_gib"))),
        certificates={"": frozenset(entry.get("certificates", ()))},
        assessed={("", k): Decimal(v) for k, v in entry.get("assessed", {}).items()},
    )
    if not selected(rule, facts):
        return "not selected"
    if rule.kind in FILTERS:
        return "fail" if filter_verdict(rule, facts) else "pass"
    if rule.kind in SHARE_KINDS:
        return _shares(rule, entry["amounts"])
    return _OTHERS[rule.kind](rule, entry)


def _row(table: Any) -> dict[str, str]:
    given = table if isinstance(table, dict) else {}
    return {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in given.items()}


def _shares(rule: Rule, amounts: Mapping[str, Any]) -> str:
    values = {name: Decimal(v) for name, v in amounts.items()}
    total = sum(values.values(), ZERO)
    above = rule.kind == "minimum_share"
    limit = Decimal(str(rule.parameters["floor" if above else "cap"]))
    if rule.kind in LABELS:
        label = LABELS[rule.kind]
        values = {label: values.get(label, ZERO)}
    return (
        "pass"
        if all(verdict(v / total, v / total, limit, above) == "pass" for v in values.values())
        else "fail"
    )


def _latency(rule: Rule, entry: Mapping[str, Any]) -> str:
    return "pass" if Decimal(entry["reached"]) >= Decimal(entry["required"]) - TOLERANCE else "fail"


def _capped(rule: Rule, entry: Mapping[str, Any]) -> str:
    return "pass" if Decimal(entry["tonnes"]) <= Decimal(str(rule.parameters["cap"])) else "fail"


def _exit(rule: Rule, entry: Mapping[str, Any]) -> str:
    most = Decimal(str(rule.parameters["cap"])) * Decimal(entry["year"])
    return "pass" if Decimal(entry["leaving"]) <= most else "fail"


def _budget(rule: Rule, entry: Mapping[str, Any]) -> str:
    return "pass" if Decimal(entry["cash"]) <= Decimal(str(rule.parameters["cap"])) else "fail"


def _survives(rule: Rule, entry: Mapping[str, Any]) -> str:
    asked = {what: entry.get(what, {}) for what in rule.parameters["of"]}
    lost = [(e["lost"], e["saved"]) for events in asked.values() for e in events.values()]
    return "pass" if all(Decimal(saved) >= Decimal(gone) - TOLERANCE for gone, saved in lost) else "fail"


def _evidence(rule: Rule, entry: Mapping[str, Any]) -> str:
    return "pass" if set(rule.parameters["kinds"]) <= set(entry["obtained"]) else "fail"


def _fresh(rule: Rule, entry: Mapping[str, Any]) -> str:
    ages = entry["ages"]
    good = all(k in ages and ages[k] <= rule.parameters["days"] for k in rule.parameters["kinds"])
    return "pass" if good else "fail"


def _approvals(rule: Rule, entry: Mapping[str, Any]) -> str:
    return "pass" if set(needed(rule, Decimal(entry["value"]))) <= set(entry["obtained"]) else "fail"


def _report(rule: Rule, entry: Mapping[str, Any]) -> str:
    return f"band {band_of(Decimal(entry['value']), [Decimal(str(b)) for b in rule.parameters['bands']])}"


def _score(rule: Rule, entry: Mapping[str, Any]) -> str:
    weights = zip(rule.parameters["objectives"], rule.parameters["weights"], strict=True)
    points = sum((Decimal(str(w)) * Decimal(entry["levels"][o]) / FOUR for o, w in weights), ZERO)
    return _report(rule, {"value": points})


_OTHERS: Mapping[str, Callable[[Rule, Mapping[str, Any]], str]] = {
    "carbon": _capped,
    "exit": _exit,
    "survival": _survives,
    "budget": _budget,
    "latency": _latency,
    "evidence": _evidence,
    "freshness": _fresh,
    "approvals": _approvals,
    "report": _report,
    "sovereignty_score": _score,
}
