"""The pages of reference, from the schemas that reading, checking and messages use."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from planner.case import schema as case_schema
from planner.case.keys import SECTIONS, Section
from planner.catalog import schema as catalog_schema
from planner.catalog.facts import FACT_TABLES
from planner.latency import schema as network_schema
from planner.plan.plan import FRAMES, OPTIONAL, Plan
from planner.policy.fields import NOTICE_FIELDS, PACK_FIELDS, RULE_FIELDS, Field
from planner.policy.kind import Kind
from planner.policy.kinds import KINDS
from planner.policy.parameters import Parameter
from planner.policy.select import COLUMNS
from planner.tables import Column, Table

ROOT = Path(__file__).resolve().parents[1]
_RARE = {
    "sku": "alpha:north:m4", "region": "alpha:north", "currency": "MYR", "family": "general",
    "payer": "health", "least_share": "0.2", "most_regions": "3", "cards_permitted": "H100-80GB",
}  # fmt: skip
"""Examples of cells that no shipped table fills, by column."""
_TYPICAL = {
    "id": "alpha", "text": "minute 4/2026", "date": "2027-01-01", "month": "2027-01", "number": "0.5",
    "integer": "2", "boolean": "true",
}  # fmt: skip
"""And by type, for the rest."""


def case_page() -> str:
    """``docs/case.md``: every key of ``case.toml``."""
    parts = [
        "# case.toml\n",
        "Written from `planner/case/keys.py` by `make docs`. Every key with its type, what it means and how",
        "it is written; a key without a default must be given where its section is. Types are strict, and a",
        "key that is not listed is an error: a misspelt option is never ignored. `planner init` writes a",
        "first one with comments, `planner check` says everything that is wrong with it at once.\n",
    ]
    for section in SECTIONS:
        parts += _case_section(section)
    return "\n".join(parts).rstrip() + "\n"


def _case_section(section: Section) -> Iterable[str]:
    yield f"## {section.header.strip('[]') or 'At the top'}\n"
    needed = "required" if section.required else "optional"
    needed += ", as often as needed" if section.many else ""
    named = f" A key is the name of {section.named}; one is shown." if section.named else ""
    yield f"{f'`{section.header}`, {needed}. ' if section.name else ''}{section.meaning}{named}\n"
    yield "| key | type | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for key in section.keys:
        yield f"| `{key.name}` | {key.type} | {key.default or 'must be given'} | {key.meaning} |"
    name = {"rules.ID": 'rules."OUR-RULE-01"', "scenario.NAME": "scenario.dearer"}.get(
        section.name, section.name
    )
    header = [section.header.replace(section.name, name)] if section.name else []
    yield "\n".join(["\n```toml", *header, *(key.example for key in section.keys), "```\n"])


def packs_page() -> str:
    """``docs/packs.md``: every field of a pack of rules."""
    selects = [
        f"| `select.{table}.{column}` | {', '.join(f'`{c}`' for c in schema.choices) or schema.kind} |"
        for table, columns in COLUMNS.items()
        for column, schema in columns.items()
    ]
    parts = [
        "# Packs of rules\n",
        "Written from `planner/policy/fields.py` by `make docs`. A pack is a TOML file: shipped ones lie in",
        "`catalogs/policies/`, a case names its own as `./NAME.toml`. `planner policy check PACK` says",
        "everything that is wrong with one, `planner policy test PACK` tries each rule on what must pass and",
        "what must fail.\n",
        "## At the top\n",
        *_fields(PACK_FIELDS),
        "## A rule\n",
        *_fields(RULE_FIELDS),
        "Kinds and their parameters, each with an example: [Tables and rules](tables.md#kinds-of-rules).\n",
        "## What a rule selects\n",
        "Values are lists of texts; `true` and `false` are written as such.\n",
        "| key | values |",
        "| --- | --- |",
        *selects,
        "",
        "## A notice\n",
        "What is known of the law and is no rule: it restricts nothing and is shown with its status.\n",
        *_fields(NOTICE_FIELDS),
    ]
    return "\n".join(parts).rstrip() + "\n"


_TYPES = {"str": "text", "int": "whole number", "bool": "true or false", "date": "date", "list": "list",
          "dict": "keys"}  # fmt: skip


def _fields(fields: Iterable[Field]) -> Iterable[str]:
    yield "| field | type | required | meaning | example |"
    yield "| --- | --- | --- | --- | --- |"
    for field in fields:
        kind, needed = _TYPES[field.type.__name__], "yes" if field.required else "no"
        yield f"| `{field.name}` | {kind} | {needed} | {field.meaning} | `{field.example}` |"
    yield ""


@cache
def _rules() -> dict[str, tuple[str, list[str]]]:
    """Of each kind a shipped rule: its pack, and the lines that say what it asks."""
    found: dict[str, tuple[str, list[str]]] = {}
    for path in sorted((ROOT / "catalogs" / "policies").glob("*.toml")):
        if path.name.endswith(".tests.toml"):
            continue
        for text in path.read_text(encoding="utf-8").split("[[rule]]")[1:]:
            text = text.split("[[notice]]")[0].split("\n#")[0]
            rule = tomllib.loads(text)
            wanted = [
                line for line in text.splitlines() if re.match(r"(id|kind|title|select|parameters)\b", line)
            ]
            found.setdefault(rule["kind"], (path.stem, ["[[rule]]", *wanted]))
    return found


@cache
def _shown(table: Table) -> dict[str, str]:
    """Of each column of a table a cell as it is written."""
    cells = dict.fromkeys((column.name for column in table.columns), "")
    files = [*sorted((ROOT / "examples").rglob(table.file)), *sorted((ROOT / "catalogs").rglob(table.file))]
    for path in files:
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                for name, cell in row.items():
                    if cell and not cells.get(name, "x"):
                        cells[name] = cell.replace("|", "\\|").replace("`", "'")[:60]
                if all(cells.values()):
                    return cells
    for column in table.columns:
        typical = column.choices[0] if column.choices else _TYPICAL.get(column.kind, "")
        cells[column.name] = cells[column.name] or _RARE.get(column.name, typical)
    return cells


def tables_page() -> str:
    """``docs/tables.md``: every table of a case, a catalog, a network and a plan; every kind of rule."""
    catalog = (
        *catalog_schema.VENDOR_TABLES,
        *catalog_schema.OPTIONAL_TABLES,
        *catalog_schema.SHARED_TABLES,
        *FACT_TABLES,
    )
    parts = [
        "# Tables and rules\n",
        "Written from the schemas by `make docs`; change the schema, not this page. Examples of cells are",
        "the first ones of the shipped examples and catalogs.\n",
        "Files are UTF-8, comma-separated, with a header row. Semicolons or tabs, a byte-order mark, any",
        "line ends, spaces around cells, blank rows, TRUE and separators of thousands are read too, and it",
        "is said; a number that may mean two things (4,000) is asked, and `decimal` under `[files]` answers",
        'it once. A table of a case may be a sheet (`"estate.xlsx#Systems"`), a Parquet file or',
        "a `[[source]]`. A plan keeps every table as plain CSV. A column that is not",
        "listed, a missing column, a short row, a key that appears twice and a blank cell that may not be",
        "blank are errors. Shares are 0 to 1, dates YYYY-MM-DD, months YYYY-MM, booleans `true` or `false`.",
        "A row with a `period` holds from that period until the next row with the same key.\n",
        "## Tables of a case\n",
        *_section(case_schema.TABLES),
        "## Tables of a catalog\n",
        *_section(catalog),
        "## Tables of a network\n",
        *_section(network_schema.NETWORK_TABLES),
        "## Tables of a plan\n",
        "Money is in the currency of the case, before tax unless the name says otherwise.\n",
        "| file | columns |",
        "| --- | --- |",
        *(
            f"| `{name}.csv` | {', '.join(f'`{c}`' for c in columns)} |"
            for name, columns in {**FRAMES, **OPTIONAL}.items()
        ),
        "",
        _meanings(),
        "## Kinds of rules\n",
        "A *filter* decides where a workload may run at all; a *row* is a constraint of the program;",
        "*evidence* is listed as to be obtained; a *report* is printed beside the plan. The last two",
        "never restrict a plan.\n",
        *(_kind(kind) for kind in KINDS.values()),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _section(tables: Iterable[Table]) -> Iterable[str]:
    for table in tables:
        yield f"### {table.file}{'' if table.required else ' (optional)'}\n"
        yield f"{table.description} Key: {', '.join(f'`{name}`' for name in table.key)}.\n"
        yield "| column | type | meaning | example |"
        yield "| --- | --- | --- | --- |"
        shown = _shown(table)
        for column in table.columns:
            meaning = column.description.replace("|", "\\|")
            yield f"| `{column.name}` | {_type(column)} | {meaning} | `{shown[column.name]}` |"
        yield ""


def _type(column: Column) -> str:
    if column.choices:
        words = "one of " + ", ".join(f"`{choice}`" for choice in column.choices)
    else:
        words = column.kind + (f", {column.unit}" if column.unit else "")
    for sign, bound in (("≥", column.minimum), (">", column.above), ("≤", column.maximum)):
        if bound is not None:
            words += f", {sign} {bound:g}"
    return words + (", or blank" if column.blank else "") + (", may be left out" if column.optional else "")


def _meanings() -> str:
    """The part of the Plan's docstring that says what its frames hold."""
    doc = Plan.__doc__ or ""
    lines = [line[4:] for line in doc.splitlines()]
    body = lines[lines.index("----------") + 1 :]
    text = "\n".join(f"- `{line}`: " if line[:1].strip() else f"  {line.strip()}".rstrip() for line in body)
    return re.sub(r": \n +", ": ", text).strip().replace("``", "`") + "\n"


def _kind(kind: Kind) -> str:
    note = "" if kind.planned else " Not planned with yet: only the audit checks it."
    lines = [f"### {kind.name} ({kind.effect})\n", f"{kind.description}{note}\n"]
    lines += [f"- {_parameter(parameter)}" for parameter in kind.parameters]
    pack, rule = _rules()[kind.name]
    lines += [f"\nAs in pack `{pack}`:\n", "```toml", *rule, "```"]
    return "\n".join([*lines, ""])


def _parameter(parameter: Parameter) -> str:
    allowed = ", ".join(f"`{choice}`" for choice in parameter.allowed)
    words = f"{parameter.type} of {allowed}" if allowed else parameter.type
    optional = "" if parameter.required else ", optional"
    return f"`{parameter.name}` ({words}{optional}): {parameter.description}"
