"""Write what the documents take from the program: ``python docs/build.py``.

- ``docs/tables.md``, ``docs/case.md`` and ``docs/packs.md`` from the schemas (:mod:`reference`);
- ``docs/planner.1``, the man page, from the text of ``--help``;
- in ``docs/audit.md`` the table of cells, from ``planner/audit/cells.py``;
- in ``README.md``, ``CONTRIBUTING.md``, the guide and the tutorials what a block ``$ planner …`` prints to
  standard output;
- ``docs/figures/`` from the plan of the national example; a picture of its report where there is Chromium.

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
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from manual import manual
from reference import case_page, packs_page, tables_page
from screenshot import take

from planner.audit.cells import FILES, RECORD, ROWS, TABLES, Cell
from planner.plan.head import schema

FIGURES = ("map.svg", "vendor_share.svg")
_BLOCK = re.compile(r"```console\n(?P<body>.*?)```\n", re.DOTALL)


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


def _with_examples(folder: Path) -> None:
    for name in ("examples", "catalogs"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)


def tutorials(folder: Path) -> dict[Path, str]:
    """The tutorials and the text that each should have; they read the plan of the national example."""
    _with_examples(folder)
    if not (folder / "plans" / "national-ai").exists():
        _output("$ planner plan examples/national-ai --no-report", folder)
    pages = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
    return {path: with_outputs(path.read_text(encoding="utf-8"), folder) for path in pages}


def documents(folder: Path) -> dict[Path, str]:
    """Every other written document and the text that it should have; commands run in ``folder``."""
    _with_examples(folder)
    docs = ROOT / "docs"
    prose = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", docs / "plan-review.md"]
    prose += sorted(docs.glob("guide/*.md"))
    texts = {path: with_outputs(path.read_text(encoding="utf-8"), folder) for path in prose}
    audit = docs / "audit.md"
    texts[audit] = audit_page(audit.read_text(encoding="utf-8"))
    pages = {"tables.md": tables_page(), "case.md": case_page(), "packs.md": packs_page()}
    pages["plan.schema.json"] = json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
    return {**{docs / name: text for name, text in pages.items()}, docs / "planner.1": manual(), **texts}


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
        wanted = {**documents(folder), **tutorials(folder)}
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
        if not take(plan / "report.html", figures / "report.png"):
            print("no Chromium here: docs/figures/report.png stays as it was", file=sys.stderr)
        print(json.dumps({"written": [str(p.relative_to(ROOT)) for p in stale]}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
