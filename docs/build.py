"""Write what the documents take from the program: ``python docs/build.py``.

- ``docs/tables.md`` from the schemas of tables, rules and plans;
- ``docs/planner.1``, the man page, from the text of ``--help``;
- in ``docs/audit.md`` the table of cells, from ``planner/audit/cells.py``;
- in ``README.md`` and ``CONTRIBUTING.md`` what a block ``$ planner …`` prints to standard output;
- ``docs/figures/`` from the plan of the national example.

``python docs/build.py --check`` writes nothing and exits 1 if a document is not up to date.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from manual import manual

from planner.audit.cells import FILES, RECORD, ROWS, TABLES, Cell
from planner.case import schema as case_schema
from planner.catalog import schema as catalog_schema
from planner.catalog.facts import FACT_TABLES
from planner.latency import schema as network_schema
from planner.plan.plan import FRAMES, OPTIONAL, Plan
from planner.policy.kind import Kind
from planner.policy.kinds import KINDS
from planner.policy.parameters import Parameter
from planner.tables import Column, Table

FIGURES = ("map.svg", "vendor_share.svg")
_BLOCK = re.compile(r"```console\n(?P<body>.*?)```\n", re.DOTALL)


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
        "Written from the schemas by `make docs`; change the schema, not this page.\n",
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
        yield "| column | type | meaning |"
        yield "| --- | --- | --- |"
        for column in table.columns:
            meaning = column.description.replace("|", "\\|")
            yield f"| `{column.name}` | {_type(column)} | {meaning} |"
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
    return "\n".join([*lines, ""])


def _parameter(parameter: Parameter) -> str:
    allowed = ", ".join(f"`{choice}`" for choice in parameter.allowed)
    words = f"{parameter.type} of {allowed}" if allowed else parameter.type
    optional = "" if parameter.required else ", optional"
    return f"`{parameter.name}` ({words}{optional}): {parameter.description}"


def with_outputs(text: str, folder: Path) -> str:
    """``text`` with the output of every console block written anew, run in order in ``folder``.

    A block begins with ``$ planner …``; ``| head -N`` and ``| tail -N`` cut it.
    """
    return _BLOCK.sub(lambda block: _ran(block["body"], folder), text)


def _ran(body: str, folder: Path) -> str:
    out = []
    for line in body.splitlines():
        if line.startswith("$ planner "):
            out += [line, *_output(line, folder)]
    return "```console\n" + "\n".join(out) + "\n```\n"


def _output(line: str, folder: Path) -> list[str]:
    command, _, cut = line.removeprefix("$ planner ").partition("|")
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *shlex.split(command)],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in (0, 3):
        raise SystemExit(f"{line} ended with exit code {done.returncode}: {done.stderr}")
    lines = [printed.rstrip() for printed in done.stdout.splitlines()]
    if cut:
        end, count = shlex.split(cut)
        lines = lines[: -int(count)] if end == "head" else lines[int(count) :]
    return lines


def documents(folder: Path) -> dict[Path, str]:
    """Every written document and the text that it should have; commands run in ``folder``."""
    for name in ("examples", "catalogs"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    prose = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "plan-review.md"]
    texts = {path: with_outputs(path.read_text(encoding="utf-8"), folder) for path in prose}
    audit = ROOT / "docs" / "audit.md"
    texts[audit] = audit_page(audit.read_text(encoding="utf-8"))
    return {ROOT / "docs" / "tables.md": tables_page(), ROOT / "docs" / "planner.1": manual(), **texts}


_CELLS = ("<!-- cells: written by make docs -->\n", "<!-- end of cells -->\n")


def audit_page(text: str) -> str:
    """``docs/audit.md`` with the table of cells between its two marks."""
    before, rest = text.split(_CELLS[0])
    after = rest.split(_CELLS[1])[1]
    return before + _CELLS[0] + _cells() + _CELLS[1] + after


def _cells() -> str:
    parts = []
    for file, cells in TABLES.items():
        rows = f"rows too few or too many: check `{ROWS[file]}`" if ROWS[file] else "rows cannot be derived"
        parts += [f"\n### `{file}`\n\n{rows[0].upper()}{rows[1:]}.\n", *_accounted("column", cells)]
    parts += ["\n### `plan.json`\n", *_accounted("entry", RECORD)]
    parts += ["\n### Other files\n", *_accounted("file", FILES)]
    return "\n".join(parts) + "\n"


def _accounted(what: str, cells: Mapping[str, Cell]) -> list[str]:
    """Rows of a table, cells that are accounted for alike in one."""
    names: dict[tuple[str, str, str], list[str]] = {}
    for name, cell in cells.items():
        names.setdefault((cell.how, cell.check, cell.words), []).append(f"`{name}`")
    lines = [f"| {what} | how | check | from what, or why not |", "| --- | --- | --- | --- |"]
    for (how, check, words), same in names.items():
        lines.append(f"| {', '.join(same)} | {how} | {f'`{check}`' if check else ''} | {words} |")
    return lines


def main(arguments: list[str]) -> int:
    """Write or check the documents; returns the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = documents(folder)
        stale = [p for p, text in wanted.items() if not p.is_file() or p.read_text(encoding="utf-8") != text]
        if arguments == ["--check"]:
            for path in stale:
                print(f"{path.relative_to(ROOT)} is not up to date; run: make docs", file=sys.stderr)
            return 1 if stale else 0
        for path in stale:
            path.write_text(wanted[path], encoding="utf-8")
        figures = ROOT / "docs" / "figures"
        figures.mkdir(parents=True, exist_ok=True)
        plan = folder / "plans" / "national-ai"
        for figure in FIGURES:
            shutil.copyfile(plan / "figures" / figure, figures / figure)
        print(json.dumps({"written": [str(p.relative_to(ROOT)) for p in stale]}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
