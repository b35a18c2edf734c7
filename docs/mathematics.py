"""The mathematics of the planner as a page, from the docstrings of columns, families and terms."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

from planner.model.build import TERMS
from planner.model.columns import COLUMNS
from planner.model.families import FAMILIES
from planner.model.family import Family

_ROLES = {
    "ties": "ties columns together",
    "structure": "says where work, copies and backups are",
    "limit": "a limit that a user can loosen",
    "flight": "room to flee to when something is lost",
}
_PARTS = re.compile(r"\b(Purpose|Equations?|Units|Keys|Dual)(: |, )")


def columns_table() -> str:
    """The columns of the program, from their records."""
    lines = ["| column | keys | is |", "| --- | --- | --- |"]
    for spec in COLUMNS:
        lines.append(f"| `{spec.name}` | {', '.join(spec.key.split())} | {escaped(spec.words)} |")
    return "\n".join(lines)


def families() -> str:
    """Every constraint family in the order of the program."""
    return "\n\n".join(_family(family) for family in FAMILIES)


def _family(family: Family) -> str:
    module = inspect.getmodule(family.build)
    head = _first_line(module)
    facts = [f"*{_ROLES[family.role]}*"]
    if family.unit != "share":
        facts.append("its bound is in money" if family.unit == "money" else f"its bound is in {family.unit}")
    if family.of_machines:
        facts.append("machines that are rounded up may break it")
    body = [f"### {family.name}", escaped(head), "; ".join(facts) + "."]
    return "\n\n".join([*body, *_labelled(family.build)])


def _labelled(function: Callable[..., Any]) -> list[str]:
    """Paragraphs of a docstring, the names of its parts in bold."""
    parts = []
    for paragraph in (inspect.getdoc(function) or "").split("\n\n"):
        text = escaped(" ".join(line.strip() for line in paragraph.splitlines()))
        parts.append(_PARTS.sub(r"**\1**\2", text))
    return parts


def terms() -> str:
    """Every term of the objective."""
    parts = []
    for term in TERMS:
        module = inspect.getmodule(term)
        parts += [f"### {term.__name__}", escaped(_first_line(module)), *_labelled(term)]
    return "\n\n".join(parts)


def _first_line(module: ModuleType | None) -> str:
    doc = inspect.getdoc(module) or ""
    return " ".join(doc.split("\n\n")[0].split())


def escaped(text: str) -> str:
    """Text as Markdown shows it unchanged; what stands in double backticks as code."""
    pieces = re.split(r"(``[^`]+``)", re.sub(r":\w+:`~?([^`]+)`", r"``\1``", text))
    return "".join(f"`{piece.strip('`')}`" if piece.startswith("``") else plain(piece) for piece in pieces)


def plain(text: str) -> str:
    """Text in which no sign is one of Markdown or HTML."""
    return re.sub(r"([\\*_\[\]|#`])", r"\\\1", html.escape(text, quote=False))
