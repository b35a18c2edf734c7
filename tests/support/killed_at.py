"""A program that runs commands and kills them at the n-th thing that they do to files.

Between two of these nothing on the disk changes, so that all moments at which a run can be killed are
these. Each line on standard input is a JSON object with ``words`` (of the command line) and ``at`` (null: not
killed); each is answered by one with ``killed`` and ``events``, the number of things done where it was not. A
run is a fork, so that nothing is imported twice; this process itself runs no solver and has no threads.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVENTS = frozenset(
    {"os.rename", "os.link", "os.mkdir", "os.rmdir", "os.remove", "os.truncate", "ctypes.dlsym"}
)
"""Audit events beside the opening of files to write; the exchange of two folders is called through ctypes."""


@dataclass(frozen=True)
class Runner:
    """The program, started."""

    process: subprocess.Popen[str]

    def run(self, *words: str | Path, at: int | None = None) -> dict[str, Any]:
        """Run a command, killed before the ``at``-th thing it does to files (from 0)."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps({"words": [str(w) for w in words], "at": at}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def runner(env: dict[str, str], folder: Path) -> Iterator[Runner]:
    """Start the program in a folder."""
    command = [sys.executable, "-m", "support.killed_at"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env, cwd=folder) as process:
        try:
            yield Runner(process)
        finally:
            process.kill()


def _serve() -> None:
    import planner.commands
    import planner.inputs
    import planner.planning

    for line in sys.stdin:
        asked = json.loads(line)
        out, into = os.pipe()
        child = os.fork()
        if not child:
            _run(planner.commands.main, asked["words"], asked["at"], into)
        os.close(into)
        _, status = os.waitpid(child, 0)
        told = os.read(out, 100).decode()
        os.close(out)
        code = os.waitstatus_to_exitcode(status)
        answer = {"killed": code == -signal.SIGKILL, "code": code, "events": int(told or 0)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _run(main: Any, words: list[str], at: int | None, into: int) -> None:
    done = 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal done
        if event not in EVENTS and not (event == "open" and _writes(args)):
            return
        if done == at:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1

    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    sys.argv = ["planner", *words]
    sys.addaudithook(hook)
    code = 0
    try:
        main(words)
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else 1
    except BaseException:
        code = 70
    os.write(into, str(done).encode())
    os._exit(code)


def _writes(args: tuple[Any, ...]) -> bool:
    flags = args[2] if len(args) > 2 and isinstance(args[2], int) else 0
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) and args[0] != os.devnull


if __name__ == "__main__":
    _serve()
