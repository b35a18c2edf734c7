"""Reading TOML strictly: every value has its type, every key is known, every problem is collected."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from planner.case.keys import examples
from planner.errors import Issue
from planner.names import did_you_mean
from planner.tables import BASES

FILE = "case.toml"
_MISSING = object()


_NAMES = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a date",
    list: "a list",
}
_STAND_IN: dict[type, Any] = {str: "", int: 0, float: 0.0, bool: False, date: date(2000, 1, 1), list: []}
EXAMPLES = dict(examples())
"""How each key of ``case.toml`` is written, for mends."""


@dataclass
class Reader:
    """Walks the TOML tree, takes typed values and collects problems; leftovers are unknown keys."""

    text: str
    problems: list[Issue]
    asked: dict[str, set[str]] = field(default_factory=dict)

    def line(self, key: str) -> int:
        """Line on which ``key`` is set, 0 if it cannot be told: tomllib keeps no positions."""
        name = re.escape(key.rsplit(".", 1)[-1].split("[", 1)[0])
        pattern = re.compile(rf"^\s*(\[+\s*)?\"?{name}\"?\s*(=|\])", re.MULTILINE)
        hits = [m.start() for m in pattern.finditer(self.text)]
        return self.text[: hits[0]].count("\n") + 1 if len(hits) == 1 else 0

    def bad(self, key: str, value: Any, problem: str, mend: str) -> None:
        shown = "" if value is _MISSING else str(value)[:80]
        self.problems.append(Issue(FILE, self.line(key), key, shown, problem, mend))

    def take(self, table: dict[str, Any], key: str, kind: type, path: str, default: Any = _MISSING) -> Any:
        self.asked.setdefault(path, set()).add(key)
        value = table.pop(key, _MISSING)
        name = f"{path}{key}"
        if value is _MISSING:
            if default is _MISSING:
                self.bad(name, _MISSING, "is missing", f"Add it: {EXAMPLES.get(name, key)}")
                return _STAND_IN[kind]
            return default
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        # In Python a truth value is a whole number, and a time of day is a date.
        right = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        right = right and not isinstance(value, datetime)
        if not right or (kind is float and not abs(value) < 1e18):
            self.bad(name, value, f"is not {_NAMES[kind]}", f"Write e.g. {EXAMPLES.get(name, key)}")
            return _STAND_IN[kind]
        return value

    def checked(
        self,
        table: dict[str, Any],
        key: str,
        path: str,
        holds: Callable[[Any], bool],
        wrong: tuple[str, str],
        fallback: Any,
    ) -> Any:
        """A value of the type of ``fallback`` that ``holds``; else a problem, and the fallback."""
        before = len(self.problems)
        value = self.take(table, key, type(fallback), path)
        if len(self.problems) == before and holds(value):
            return value
        if len(self.problems) == before:
            self.bad(f"{path}{key}", value, *wrong)
        return fallback

    def words(self, table: dict[str, Any], key: str, path: str = "", blank: bool = False) -> str:
        """Text in one line that a person can read."""
        wrong = ("is blank or holds a line break or control character", "Write one line of text.")
        value: str = self.checked(
            table, key, path, lambda v: v.isprintable() and (blank or v.strip() != ""), wrong, ""
        )
        return value

    def table(self, parent: dict[str, Any], key: str, required: bool = True) -> dict[str, Any]:
        self.asked.setdefault("", set()).add(key)
        value = parent.pop(key, _MISSING)
        if value is _MISSING and not required:
            return {}
        if not isinstance(value, dict):
            self.bad(key, _MISSING, "the section is missing", f"Add a section [{key}].")
            return {}
        return dict(value)

    def rows(self, parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
        self.asked.setdefault("", set()).add(key)
        value = parent.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.bad(key, value, "is not a list of sections", f"Write each as [[{key}]].")
            return []
        return [dict(v) for v in value]

    def names(self, parent: dict[str, Any], key: str, required: bool = True) -> tuple[str, ...]:
        value = self.take(parent, key, list, "", _MISSING if required else [])
        if not all(isinstance(v, str) for v in value):
            self.bad(key, value, "is not a list of names", f"Write e.g. {EXAMPLES.get(key, key)}")
            return ()
        if len(set(value)) != len(value):
            self.bad(key, value, "names something twice", "Keep each name once.")
        return tuple(value)

    def number(
        self, parent: dict[str, Any], key: str, path: str, low: float, high: float, default: Any = _MISSING
    ) -> float:
        value = self.take(parent, key, float, path, default)
        if not low <= value <= high:
            self.bad(f"{path}{key}", value, f"is not within {low:g} and {high:g}", "Correct the figure.")
        return float(value)

    def provenance(self, row: dict[str, Any], path: str) -> tuple[str, str, date]:
        """Basis, source and date of a figure."""
        basis = self.take(row, "basis", str, path)
        if basis and basis not in BASES:
            self.bad(f"{path}basis", basis, "is not an allowed value", f"Use one of {', '.join(BASES)}.")
        source = self.words(row, "source", path)
        return basis, source, self.take(row, "as_of", date, path)

    def left(self, table: dict[str, Any], path: str) -> None:
        for key, value in table.items():
            near = did_you_mean(key, self.asked.get(path, ()))
            mend = f"Correct the name or take it out; {near}" if near else "Correct the name or take it out."
            self.bad(f"{path}{key}", value, "is unknown", mend)
