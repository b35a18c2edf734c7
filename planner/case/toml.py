"""A tree of TOML written as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any


def toml_text(tree: Mapping[str, Any]) -> str:
    """A tree of TOML as text: values first, then sections and lists of sections."""
    lines: list[str] = []
    _section(tree, (), lines)
    return "\n".join(lines) + "\n"


def _section(table: Mapping[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    for key, value in table.items():
        if not _is_section(value):
            lines.append(f"{json.dumps(key)} = {_value(value)}")
    for key, value in table.items():
        name = ".".join(json.dumps(part) for part in (*path, key))
        if isinstance(value, Mapping):
            lines.append(f"[{name}]")
            _section(value, (*path, key), lines)
        elif _is_section(value):
            for row in value:
                lines.append(f"[[{name}]]")
                _section(row, (*path, key), lines)


def _is_section(value: Any) -> bool:
    rows = isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)
    return isinstance(value, Mapping) or rows


def _value(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)
