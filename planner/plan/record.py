"""Records of JSON: frozen dataclasses that are written, read back, and described by a JSON Schema.

What an entry is stands in one place, its field: type, words, whether it may be left out. So ``plan.json`` is
written, read and described from the same lines.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cached_property
from typing import Any, Literal, Self, Union, get_args, get_origin, get_type_hints

from planner.errors import BadInput, Issue


def entry(words: str, key: str = "", left_out: bool = False) -> Any:
    """A field of a record.

    Parameters
    ----------
    words
        What it states.
    key
        Its name in JSON, where that is no name of Python.
    left_out
        May it be left out? Then it is ``None`` here.
    """
    about = {"words": words, "key": key, "left_out": left_out}
    return field(default=None, metadata=about) if left_out else field(metadata=about)


@dataclass(frozen=True, kw_only=True)
class Record(Mapping[str, Any]):
    """A record. As a mapping it is what JSON holds: entries that are left out are not there."""

    def __getitem__(self, key: str) -> Any:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @cached_property
    def _entries(self) -> dict[str, Any]:
        values = ((f, getattr(self, f.name)) for f in fields(self))
        return {_key(f): _plain(v) for f, v in values if not (v is None and f.metadata["left_out"])}

    def document(self) -> dict[str, Any]:
        """The record as JSON holds it."""
        return dict(self._entries)

    @classmethod
    def read(cls, document: object, file: str = "", path: str = "") -> Self:
        """A record of what was read from JSON; ``file`` and ``path`` say where, for people.

        Raises
        ------
        BadInput
            With every entry that is missing, not known, or not what it should be.
        """
        if not isinstance(document, Mapping):
            raise BadInput([_fault(file, path, document, "an object")])
        types_of, values = get_type_hints(cls), {}
        entries = {_key(f): f for f in fields(cls)}
        problems = [
            Issue(file, 0, f"{path}{key}", "", "is no entry that a plan has", "Take it out.")
            for key in sorted(set(map(str, document)) - set(entries))
        ]
        for key, f in entries.items():
            if key not in document:
                if not f.metadata["left_out"]:
                    mend = f"It states: {f.metadata['words']}."
                    problems.append(Issue(file, 0, f"{path}{key}", "", "is missing", mend))
                continue
            try:
                values[f.name] = _typed(types_of[f.name], document[key], file, f"{path}{key}")
            except BadInput as error:
                problems += error.problems
        if problems:
            raise BadInput(problems)
        return cls(**values)

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """The JSON Schema of it (draft 2020-12)."""
        types_of = get_type_hints(cls)
        return {
            "type": "object",
            "properties": {
                _key(f): {
                    "description": f.metadata["words"],
                    **_schema(types_of[f.name], null=not f.metadata["left_out"]),
                }
                for f in fields(cls)
            },
            "required": [_key(f) for f in fields(cls) if not f.metadata["left_out"]],
            "additionalProperties": False,
        }


_NAMES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def _key(f: Field[Any]) -> str:
    if f.default is MISSING or f.metadata:
        return str(f.metadata["key"]) or f.name
    raise TypeError(f"{f.name} is no entry of a record")


def _plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, Record):
        return value.document()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value


def _parts(kind: Any) -> tuple[Any, bool]:
    """A type without ``None``, and whether it may be that."""
    if get_origin(kind) in (Union, types.UnionType):
        (one,) = (part for part in get_args(kind) if part is not types.NoneType)
        return one, True
    return kind, False


def _typed(kind: Any, value: Any, file: str, path: str) -> Any:
    """A value of JSON as its type has it."""
    kind, optional = _parts(kind)
    if value is None and optional:
        return None
    origin = get_origin(kind) or kind
    if origin is tuple and isinstance(value, list):
        return tuple(_typed(get_args(kind)[0], one, file, f"{path}[{i}]") for i, one in enumerate(value))
    if origin is Mapping and isinstance(value, Mapping):
        return {str(k): _typed(get_args(kind)[1], v, file, f"{path}.{k}") for k, v in value.items()}
    if isinstance(origin, type) and issubclass(origin, Record):
        return origin.read(value, file, f"{path}.")
    if origin is Literal and value in get_args(kind):
        return value
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if (origin is float and number) or (origin in _NAMES and origin is not float and type(value) is origin):
        return value
    raise BadInput([_fault(file, path, value, _words(kind))])


def _words(kind: Any) -> str:
    described = _schema(kind)
    return " or ".join(map(str, described["enum"])) if "enum" in described else f"of type {described['type']}"


def _fault(file: str, path: str, value: object, wanted: str) -> Issue:
    return Issue(
        file, 0, path.rstrip("."), str(value)[:40], f"is not {wanted}", "Write it again with the planner."
    )


def _schema(kind: Any, null: bool = False) -> dict[str, Any]:
    kind, optional = _parts(kind)
    origin = get_origin(kind) or kind
    if origin is Literal:
        return {"enum": list(get_args(kind))}
    if origin is tuple:
        described: dict[str, Any] = {"type": "array", "items": _schema(get_args(kind)[0])}
    elif origin is Mapping:
        described = {"type": "object", "additionalProperties": _schema(get_args(kind)[1])}
    elif isinstance(origin, type) and issubclass(origin, Record):
        described = origin.schema()
    else:
        described = {"type": _NAMES[origin]}
    return {**described, "type": [described["type"], "null"]} if optional and null else described
