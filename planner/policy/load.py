"""From the packs that a case names to its rules: read, parameters set, adopted, dated.

The order is fixed: packs are read as declared; the case sets parameters and adopts; a rule that
was not known at the date of the rules, or that nobody adopted though its source is weak, becomes a
report and says so; a rule in force takes the place of those it supersedes from its first day on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from planner.case.settings import FILE
from planner.catalog.load import shipped
from planner.errors import Problem
from planner.policy.kinds import KINDS, freeze, parameter_faults
from planner.policy.pack import known_from, near, needs_adoption, read_pack
from planner.policy.rules import Rule

FOLDER = "policies"
_SHIPPED = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_LOCAL = re.compile(r"\./[\w-][\w.-]{0,79}\.toml")
_ADOPTION: Mapping[str, type] = {"adopted_by": str, "adopted_on": date, "reference": str}


def read_packs(
    names: Sequence[str],
    case_folder: Path,
    overrides: Mapping[str, Mapping[str, Any]],
    rules_as_of: date,
    decision_date: date,
) -> tuple[tuple[Rule, ...], list[Problem], tuple[tuple[str, Path], ...]]:
    """Read the packs of a case and apply the case to them.

    Parameters
    ----------
    names, case_folder
        Shipped packs by name, or ``./file.toml`` inside the case folder.
    overrides
        ``[rules.ID]`` of ``case.toml``: parameters of rules marked ``is_parameter``, and
        ``adopted_by``, ``adopted_on``, ``reference``.
    rules_as_of, decision_date
        A rule counts if its source is dated on or before both; a parameter has no source, so the
        day of its adoption decides.

    Returns
    -------
    (rules, problems, files)
        Rules sorted by id; every problem found; name and path of each file read.
    """
    rules: dict[str, Rule] = {}
    problems: list[Problem] = []
    files: list[tuple[str, Path]] = []
    for name in names:
        found = _place(name, case_folder)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        shown, path = found
        declared, more = read_pack(path, shown, name)
        problems += more
        files.append(found)
        for rule in declared:
            if rule.id in rules:
                first = rules[rule.id].pack
                mend = f"Give it an id of its own; pack {first} has one already."
                problems.append(Problem(shown, 0, "id", rule.id, "appears twice", mend))
            else:
                rules[rule.id] = rule
    problems += _check_supersedes(rules)
    if not problems:  # a rule missing for its own fault must not also be called unknown
        for name in overrides:
            if name not in rules:
                column = f"rules.{name}"
                problems.append(Problem(FILE, 0, column, "", "no pack has such a rule", near(name, rules)))
    cutoff = min(rules_as_of, decision_date)
    made = [_apply(rules[name], overrides.get(name, {}), cutoff, problems) for name in sorted(rules)]
    return _superseded(made), problems, tuple(files)


def _place(name: str, case_folder: Path) -> tuple[str, Path] | Problem:
    if _SHIPPED.fullmatch(name):
        return f"catalogs/{FOLDER}/{name}.toml", shipped() / FOLDER / f"{name}.toml"
    path = case_folder / name
    if not _LOCAL.fullmatch(name) or path.is_symlink():
        mend = 'Name a shipped pack, or a plain file inside the case folder as "./file.toml".'
        return Problem(FILE, 0, "packs", name, "is no name of a pack", mend)
    return name.removeprefix("./"), path


def _check_supersedes(rules: Mapping[str, Rule]) -> list[Problem]:
    problems = []
    for rule in rules.values():
        for old in rule.supersedes:
            if old == rule.id or old not in rules:
                mend = "Name a rule of the packs of this case, and not the rule itself."
                problems.append(
                    Problem(rule.pack, 0, f"{rule.id}.supersedes", old, "cannot be superseded", mend)
                )
    return problems


def _apply(rule: Rule, given: Mapping[str, Any], cutoff: date, problems: list[Problem]) -> Rule:
    """Parameters and adoption of the case, then the standing that follows from them."""

    def bad(key: str, value: Any, problem: str, mend: str) -> None:
        problems.append(Problem(FILE, 0, f"rules.{rule.id}.{key}", str(value)[:80], problem, mend))

    adoption = {key: given[key] for key in _ADOPTION if key in given}
    for key, kind in _ADOPTION.items():
        if key in adoption and (not isinstance(adoption[key], kind) or adoption[key] == ""):
            bad(key, adoption[key], "is not text" if kind is str else "is not a date", "Correct the value.")
            adoption = {}
        elif given and key not in given and (adoption or needs_adoption(rule)):
            bad(key, "", "is missing", "State adopted_by, adopted_on and reference.")
            adoption = {}
    day = adoption.get("adopted_on")
    if isinstance(day, datetime):
        bad("adopted_on", day, "is not a plain date", "Write it without a time.")
    elif isinstance(day, date) and day > cutoff:
        bad("adopted_on", day, f"lies after {cutoff}", "Correct the date, or rules_as_of and decision_date.")
    chosen = {key: value for key, value in given.items() if key not in _ADOPTION}
    parameters = dict(rule.parameters)
    if chosen and not rule.is_parameter:
        for key in chosen:
            mend = "Only rules marked is_parameter can be set; write a pack of your own for another rule."
            bad(key, chosen[key], "cannot be changed by a case", mend)
    elif chosen:
        schemas = KINDS[rule.kind]
        for key, value, problem, mend in parameter_faults(schemas, {**parameters, **chosen}):
            bad(key, value, problem, mend)
        for schema in schemas.parameters:
            if schema.name in chosen:
                parameters[schema.name] = freeze(schema, chosen[schema.name])
    rule = replace(rule, parameters=parameters, **adoption)
    if not rule.is_parameter and known_from(rule) > cutoff:
        return replace(rule, severity=_weaker(rule), standing="not known yet")
    if needs_adoption(rule) and not adoption:
        return replace(rule, severity="report", standing="not adopted")
    return replace(rule, standing="adopted" if adoption else "in force")


def _weaker(rule: Rule) -> Any:
    return "report" if rule.declared_severity in ("hard", "warn") else rule.declared_severity


def _superseded(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """End each superseded rule where its successor begins, if the successor is itself in force."""
    ends: dict[str, tuple[date, str]] = {}
    for rule in rules:
        if rule.standing in ("in force", "adopted"):
            for old in rule.supersedes:
                ends[old] = min(ends.get(old, (date.max, "")), (rule.valid_from, rule.id))
    return tuple(_ended(rule, *ends[rule.id]) if rule.id in ends else rule for rule in rules)


def _ended(rule: Rule, day: date, successor: str) -> Rule:
    return replace(rule, valid_to=min(rule.valid_to or date.max, day), superseded_by=successor)
