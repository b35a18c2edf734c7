"""One rule pack: a TOML file of rules, read strictly, with every problem in it at once.

A pack states what its rules ask and on what authority. What a case makes of them (parameters,
adoption, dates) is applied afterwards, in :mod:`planner.policy.load`.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from planner.errors import Issue
from planner.files.read import opened_plain
from planner.files.toml import parse_toml
from planner.names import mend as mend_name
from planner.policy.fields import NOTICE_FIELDS, PACK_FIELDS, RULE_FIELDS
from planner.policy.kinds import KINDS, parameter_faults
from planner.policy.notices import STATUSES, Notice
from planner.policy.parameters import freeze
from planner.policy.rules import CONFIDENCES, NEEDS_ADOPTION, SEVERITIES, Rule
from planner.policy.select import COLUMNS

_ID = re.compile(r"[A-Za-z][A-Za-z0-9.-]{0,59}")
_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?")

_NAMES = {str: "text", bool: "true or false", date: "a date", list: "a list", dict: "a section"}


@dataclass(frozen=True)
class Pack:
    """One pack as read: its title, the packs it extends, its rules and notices in the order of the
    file.

    ``classes``: the scheme of classification that its country has, the most secret class first.
    """

    title: str
    extends: tuple[str, ...]
    rules: tuple[Rule, ...]
    classes: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


def read_pack(path: Path, shown_as: str, name: str) -> tuple[list[Rule], list[Issue]]:
    """The rules of one pack and every problem in it; see :func:`read_pack_file`."""
    pack, problems = read_pack_file(path, shown_as, name)
    return list(pack.rules), problems


def read_pack_file(path: Path, shown_as: str, name: str) -> tuple[Pack, list[Issue]]:
    """Read one pack.

    Parameters
    ----------
    path
        The TOML file.
    shown_as
        The file's name in problems.
    name
        The pack's name, kept on each rule.

    Returns
    -------
    (pack, problems)
        Rules as declared: no case has been applied. A rule with a problem is left out, and the
        problem says so; nothing raises for bad content.
    """
    nothing = Pack("", (), ())
    try:
        text = opened_plain(path).decode("utf-8")
        tree = parse_toml(text)
    except FileNotFoundError:
        return nothing, [Issue(shown_as, 0, "", "", "the pack is missing", "Correct its name under packs.")]
    except OSError as error:
        return nothing, [Issue(shown_as, 0, "", "", f"cannot be read ({error.strerror})", "Check the file.")]
    except UnicodeDecodeError:
        return nothing, [
            Issue(shown_as, 0, "", "", "the file is not UTF-8", "Save it with the encoding UTF-8.")
        ]
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        row = int(found.group(1)) if found else 0
        return nothing, [Issue(shown_as, row, "", "", f"not valid TOML ({error})", "Correct the line.")]
    return _Pack(text, shown_as, name).read(tree)


class _Pack:
    """Turns the TOML tree of a pack into rules and collects problems."""

    def __init__(self, text: str, file: str, name: str) -> None:
        self.text, self.file, self.name = text, file, name
        self.classes: tuple[str, ...] = ()
        self.problems: list[Issue] = []

    def read(self, tree: dict[str, Any]) -> tuple[Pack, list[Issue]]:
        if tree.pop("schema", None) != 1:
            self.bad("", "schema", "", "is not a version that this planner reads", "Write schema = 1.")
        title, extends = tree.pop("title", None), tree.pop("extends", [])
        if not isinstance(extends, list) or not all(isinstance(e, str) for e in extends):
            self.bad("", "extends", extends, "is not a list of packs", 'Write e.g. ["./rules.toml"].')
            extends = []
        if not isinstance(title, str):
            title = ""
            self.bad("", "title", "", "is missing or no text", "Say in one sentence what the pack holds.")
        classes = tree.pop("classes", [])
        if not isinstance(classes, list) or not all(isinstance(c, str) and c.isprintable() for c in classes):
            mend = 'Write the most secret class first, e.g. ["secret", "open"].'
            self.bad("", "classes", classes, "is not a list of classes", mend)
            classes = []
        if len(set(classes)) != len(classes):
            self.bad("", "classes", classes, "names a class twice", "Keep each class once.")
        self.classes = tuple(classes)
        notices = self.notices(tree.pop("notice", []))
        entries = tree.pop("rule", [])
        for key in tree:
            self.bad("", key, "", "is unknown", mend_name(key, [f.name for f in PACK_FIELDS]))
        if not isinstance(entries, list) or not entries or not all(isinstance(e, dict) for e in entries):
            self.bad("", "rule", "", "is not a list of sections", "Write each rule as [[rule]].")
            return Pack(title, tuple(extends), (), self.classes), self.problems
        rules = [rule for entry in entries if (rule := self.rule(dict(entry))) is not None]
        names = Counter([rule.id for rule in rules] + [notice.id for notice in notices])
        for notice in notices:
            if names[notice.id] > 1:
                self.bad(notice.id, "id", notice.id, "is the id of something else too", "Give it its own.")
        return Pack(title, tuple(extends), tuple(rules), self.classes, tuple(notices)), self.problems

    def notices(self, entries: Any) -> list[Notice]:
        """What is known of the law and is no rule; see :mod:`planner.policy.notices`."""
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            self.bad("", "notice", "", "is not a list of sections", "Write each notice as [[notice]].")
            return []
        return [notice for entry in entries if (notice := self.notice(dict(entry))) is not None]

    def notice(self, entry: dict[str, Any]) -> Notice | None:
        before, names = len(self.problems), [field.name for field in NOTICE_FIELDS]
        name = entry["id"] if isinstance(entry.get("id"), str) else ""
        for key in names:
            if key in entry:
                self.typed(name, key, entry[key], str)
            elif key != "url":
                self.bad(
                    name, key, "", "is missing", "A notice states it, so that it is never taken for a rule."
                )
        for key in entry.keys() - set(names):
            self.bad(name, key, entry[key], "is unknown", mend_name(key, names))
        if len(self.problems) > before:
            return None
        if not _ID.fullmatch(name):
            self.bad(name, "id", name, "is not a safe id", "Use letters, digits, dots and hyphens.")
        for key, allowed in (("status", STATUSES), ("confidence", CONFIDENCES)):
            if entry[key] not in allowed:
                self.bad(name, key, entry[key], "is not an allowed value", mend_name(entry[key], allowed))
        if _first_day(entry["date"]) is None:
            self.bad(name, "date", entry["date"], "is not a date", "Write YYYY, YYYY-MM or YYYY-MM-DD.")
        return Notice(**entry) if len(self.problems) == before else None

    def bad(self, rule: str, column: str, value: Any, problem: str, mend: str) -> None:
        """Add a problem; the row is that of the rule's id, as tomllib keeps no positions."""
        id_line = rf"^\s*id\s*=\s*[\"']{re.escape(rule)}[\"']"
        hit = re.search(id_line, self.text, re.MULTILINE) if rule else None
        row = self.text.count("\n", 0, hit.end()) + 1 if hit else 0
        where = f"{rule}.{column}" if rule else column
        self.problems.append(Issue(self.file, row, where, str(value)[:80], problem, mend))

    def rule(self, entry: dict[str, Any]) -> Rule | None:
        before = len(self.problems)
        name = entry.get("id", "")
        name = name if isinstance(name, str) else ""
        values: dict[str, Any] = {}
        for field in RULE_FIELDS:
            if field.name in entry:
                values[field.name] = self.typed(name, field.name, entry.pop(field.name), field.type)
            elif field.required:
                self.bad(name, field.name, "", "is missing", f"Add it: {field.meaning}.")
            else:
                values[field.name] = field.default
        for key, value in entry.items():
            self.bad(name, key, value, "is unknown", mend_name(key, [field.name for field in RULE_FIELDS]))
        if len(self.problems) > before:
            return None
        self.check(name, values)
        select = self.selection(name, values.pop("select"))
        return self.made(values, select) if len(self.problems) == before else None

    def typed(self, rule: str, key: str, value: Any, kind: type) -> Any:
        right = isinstance(value, kind) and not isinstance(value, datetime)
        if not right or value == "":
            self.bad(rule, key, value, f"is not {_NAMES[kind]}", "Correct the value.")
        elif isinstance(value, str) and not value.isprintable():
            self.bad(rule, key, repr(value), "holds a line break or control character", "Take it out.")
        return value

    def check(self, name: str, values: Mapping[str, Any]) -> None:
        if not _ID.fullmatch(name):
            self.bad(name, "id", name, "is not a safe id", "Use letters, digits, dots and hyphens.")
        for key, allowed in (("kind", KINDS), ("severity", SEVERITIES), ("confidence", CONFIDENCES)):
            if values[key] not in allowed:
                self.bad(name, key, values[key], "is not an allowed value", mend_name(values[key], allowed))
        if _first_day(values["date"]) is None:
            self.bad(name, "date", values["date"], "is not a date", "Write YYYY, YYYY-MM or YYYY-MM-DD.")
        if values["valid_to"] is not None and values["valid_to"] <= values["valid_from"]:
            self.bad(name, "valid_to", values["valid_to"], "is not after valid_from", "Correct the dates.")
        if not all(isinstance(v, str) for v in values["supersedes"]):
            self.bad(name, "supersedes", values["supersedes"], "is not a list of ids", "Name rules.")
        if values["is_parameter"] and not values["benchmark"]:
            mend = "Say what others chose, or that no benchmark was found."
            self.bad(name, "benchmark", "", "is missing on a parameter", mend)
        kind = KINDS.get(values["kind"])
        if kind is None:
            return
        for parameter, value, problem, mend in parameter_faults(kind, values["parameters"]):
            self.bad(name, f"parameters.{parameter}", value, problem, mend)
        for table in sorted(set(kind.not_selected) & set(values["select"])):
            others = [t for t in COLUMNS if t not in kind.not_selected]
            mend = f"Select of {' or '.join(others)}, or nothing."
            self.bad(name, f"select.{table}", "", f"does not fit kind {kind.name}", mend)
        restricts = kind.effect in ("filter", "row")
        if values["severity"] in ("hard", "warn") and not restricts:
            mend = f"Write severity = {kind.effect!r}."
            self.bad(name, "severity", values["severity"], f"does not fit kind {kind.name}", mend)
        if values["severity"] == "evidence" and kind.effect != "evidence":
            self.bad(name, "severity", "evidence", f"does not fit kind {kind.name}", "Use kind evidence.")
        if kind.effect == "evidence" and values["severity"] == "report":
            self.bad(name, "severity", "report", f"does not fit kind {kind.name}", "Write evidence.")

    def selection(self, name: str, select: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
        chosen: dict[str, dict[str, tuple[str, ...]]] = {}
        for table, columns in select.items():
            if table not in COLUMNS:
                self.bad(name, f"select.{table}", "", "is no table to select on", mend_name(table, COLUMNS))
            elif not isinstance(columns, dict):
                mend = f'Write e.g. select.{table}.{min(COLUMNS[table])} = ["…"].'
                self.bad(name, f"select.{table}", columns, "is not a section of columns", mend)
            else:
                for column, values in columns.items():
                    if self.column(name, f"select.{table}.{column}", table, column, values):
                        chosen.setdefault(table, {})[column] = tuple(values)
        return chosen

    def column(self, name: str, where: str, table: str, column: str, values: Any) -> bool:
        schema = COLUMNS[table].get(column)
        if schema is None:
            self.bad(name, where, "", "is no column to select on", mend_name(column, COLUMNS[table]))
            return False
        if not isinstance(values, list) or not values or not all(isinstance(v, str) for v in values):
            self.bad(name, where, values, "is not a list of texts", 'Write e.g. ["true"] or ["vm"].')
            return False
        allowed = ("true", "false") if schema.kind == "boolean" else schema.choices
        if (table, column) == ("workload", "classification"):
            allowed = self.classes
        blank = ("",) if schema.blank else ()
        unknown = [v for v in values if allowed and v not in (*allowed, *blank)]
        for value in unknown:
            self.bad(name, where, value, "is not a value of the column", mend_name(value, allowed))
        return not unknown

    def made(self, values: dict[str, Any], select: dict[str, dict[str, tuple[str, ...]]]) -> Rule:
        kind = KINDS[values["kind"]]
        parameters = {
            p.name: freeze(p, values["parameters"][p.name])
            for p in kind.parameters
            if p.name in values["parameters"]
        }
        return Rule(
            **{
                **values,
                "declared_severity": values["severity"],
                "standing": "in force",
                "select": select,
                "parameters": parameters,
                "supersedes": tuple(values["supersedes"]),
                "superseded_by": "",
                "pack": self.name,
            }
        )


def needs_adoption(rule: Rule) -> bool:
    """Whether the rule is hard only once somebody has adopted it by name, date and reference."""
    return rule.declared_severity == "hard" and rule.confidence in NEEDS_ADOPTION


def known_from(rule: Rule) -> date:
    """First day on which the rule could be known: that of its source."""
    day = _first_day(rule.date)
    assert day is not None, "checked on reading"  # noqa: S101
    return day


def _first_day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text + "-01" * ((10 - len(text)) // 3))
    except ValueError:
        return None
