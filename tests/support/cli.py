"""Running the command line: in this process where that is enough, as a process where it matters."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.commands import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """How a run ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


def call(*words: str | Path) -> Ran:
    """Run ``planner WORDS`` in this process, with the exit code that the process would have."""
    out, err, argv = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["planner", *map(str, words)]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main(sys.argv[1:])
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else int(leave.code is not None)
    finally:
        sys.argv = argv
    return Ran(code, out.getvalue(), err.getvalue())


def process(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run ``python cli.py WORDS`` as a process of its own, in ``cwd``."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env=environment(env),
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a user off a terminal."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in ("PLANNER_DEBUG", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
    }
    return {**kept, "PYTHONPATH": str(ROOT), **(more or {})}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, by name, with its content; hidden ones too."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }
