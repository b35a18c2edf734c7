"""From the packs that a case names to its rules: read, parameters set, adopted, dated.

The order is fixed: packs are read as declared; the case sets parameters and adopts; a rule that
was not known at the date of the rules, or that nobody adopted though its source is weak, becomes a
report and says so; a rule in force takes the place of those it supersedes from its first day on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from planner.case.settings import FILE
from planner.catalog.load import shipped_place
from planner.errors import Issue
from planner.names import mend as mend_name
from planner.policy.extend import loosened
from planner.policy.kinds import KINDS, parameter_faults
from planner.policy.pack import known_from, needs_adoption, read_pack_file
from planner.policy.parameters import freeze
from planner.policy.rules import Rule, Severity

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
    place: Callable[[str, Path], tuple[str, Path] | Issue] | None = None,
    adopt: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[tuple[Rule, ...], list[Issue], tuple[tuple[str, Path], ...]]:
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
    place
        From the name of a pack and the case folder to the name shown and the file; the audit hands
        in one that only finds the copies inside a plan.
    adopt
        ``[adopt]`` of ``case.toml``: pack to who adopts all its rules that need it, when, under which
        reference; what ``overrides`` state of a rule comes first.

    Returns
    -------
    (rules, problems, files)
        Rules sorted by id; every problem found; name and path of each file read.
    """
    problems: list[Issue] = []
    files: list[tuple[str, Path]] = []
    rules, bases = _declared(names, case_folder, place or place_of, problems, files)
    problems += _check_supersedes(rules, bases)
    if not problems:  # a rule missing for its own fault must not also be called unknown
        for name in overrides:
            if name not in rules:
                column = f"rules.{name}"
                problems.append(Issue(FILE, 0, column, "", "no pack has such a rule", mend_name(name, rules)))
    adopt = adopt or {}
    for name in sorted(set(adopt) - set(bases)):
        mend = mend_name(name, bases)
        problems.append(Issue(FILE, 0, "adopt.pack", name, "is no pack of the case", mend))
    cutoff = min(rules_as_of, decision_date)
    given = {name: _given(rule, overrides.get(name, {}), adopt) for name, rule in rules.items()}
    made = [_apply(rules[name], given[name], cutoff, problems) for name in sorted(rules)]
    return _superseded(made), problems, tuple(files)


def _declared(
    names: Sequence[str],
    case_folder: Path,
    place: Callable[[str, Path], tuple[str, Path] | Issue],
    problems: list[Issue],
    files: list[tuple[str, Path]],
) -> tuple[dict[str, Rule], dict[str, frozenset[str]]]:
    """Rules of the packs and of those they extend, bases first; and the bases of each pack."""
    rules: dict[str, Rule] = {}
    bases: dict[str, frozenset[str]] = {}
    open_packs: list[str] = []

    def read(name: str) -> None:
        if name in bases:
            return
        if name in open_packs:
            mend = "Take one of the packs out of the other's extends."
            problems.append(Issue(FILE, 0, "packs", name, "extends itself through other packs", mend))
            return
        found = place(name, case_folder)
        if isinstance(found, Issue):
            problems.append(found)
            return
        shown, path = found
        pack, more = read_pack_file(path, shown, name)
        problems.extend(more)
        files.append(found)
        open_packs.append(name)
        for base in pack.extends:
            read(base)
        open_packs.pop()
        known = [base for base in pack.extends if base in bases]
        bases[name] = frozenset(known).union(*(bases[base] for base in known))
        for rule in pack.rules:
            first = rules.get(rule.id)
            if first is None:
                rules[rule.id] = rule
            elif first.pack in bases[name]:
                problems.extend(_restated(shown, first, rule))
                rules[rule.id] = rule
            else:
                mend = f"Give it an id of its own; pack {first.pack} has one already."
                problems.append(Issue(shown, 0, "id", rule.id, "appears twice", mend))

    for name in names:
        read(name)
    return rules, bases


def _given(
    rule: Rule, stated: Mapping[str, Any], adopt: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    """What the case makes of a rule: of itself, and by adopting its pack where that adopts anything."""
    if not (needs_adoption(rule) or rule.is_parameter) or any(key in stated for key in _ADOPTION):
        return stated
    return {**stated, **adopt.get(rule.pack, {})}


def scheme_of(
    files: Sequence[tuple[str, Path]], stated: tuple[str, ...]
) -> tuple[tuple[str, ...], list[Issue]]:
    """The scheme of classification: of the packs read, else what the case states; the most secret first."""
    schemes = {shown: read_pack_file(path, shown, shown)[0].classes for shown, path in files}
    named = {FILE: stated, **schemes}
    named = {name: classes for name, classes in named.items() if classes}
    first = next(iter(named), "")
    mend = f"Keep one scheme: {first} has {', '.join(named.get(first, ()))}."
    problems = [
        Issue(name, 0, "classes", ", ".join(classes), f"is not the scheme of {first}", mend)
        for name, classes in named.items()
        if classes != named[first]
    ]
    return named.get(first, ()), problems


def _restated(shown: str, base: Rule, new: Rule) -> list[Issue]:
    mend = f"A pack that extends {base.pack} may make its rules stricter, never looser."
    return [Issue(shown, 0, f"{new.id}.{column}", "", what, mend) for column, what in loosened(base, new)]


def place_of(name: str, case_folder: Path) -> tuple[str, Path] | Issue:
    if _SHIPPED.fullmatch(name):
        return f"catalogs/{FOLDER}/{name}.toml", shipped_place(FOLDER, f"{name}.toml")
    path = case_folder / name
    if not _LOCAL.fullmatch(name) or path.is_symlink():
        mend = 'Name a shipped pack, or a plain file inside the case folder as "./file.toml".'
        return Issue(FILE, 0, "packs", name, "is no name of a pack", mend)
    return name.removeprefix("./"), path


def _check_supersedes(rules: Mapping[str, Rule], bases: Mapping[str, frozenset[str]]) -> list[Issue]:
    problems = []
    for rule in rules.values():
        for old in rule.supersedes:
            if old == rule.id or old not in rules:
                mend = "Name a rule of the packs of this case, and not the rule itself."
                problems.append(
                    Issue(rule.pack, 0, f"{rule.id}.supersedes", old, "cannot be superseded", mend)
                )
            elif rules[old].pack in bases[rule.pack]:
                problems += _restated(rule.pack, rules[old], rule)
    return problems


def _apply(rule: Rule, given: Mapping[str, Any], cutoff: date, problems: list[Issue]) -> Rule:
    """Parameters and adoption of the case, then the standing that follows from them."""

    def bad(key: str, value: Any, problem: str, mend: str) -> None:
        problems.append(Issue(FILE, 0, f"rules.{rule.id}.{key}", str(value)[:80], problem, mend))

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
        binds = rule.declared_severity in ("hard", "warn")
        severity: Severity = "report" if binds else rule.declared_severity
        return replace(rule, severity=severity, standing="not known yet")
    if needs_adoption(rule) and not adoption:
        return replace(rule, severity="report", standing="not adopted")
    return replace(rule, standing="adopted" if adoption else "in force")


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
