"""A study that is killed while it runs, and what is left of it."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
from collections.abc import Sequence
from pathlib import Path

_PIPE = 4096
_GONE = 60.0


def killed_at_first_line(program: Sequence[str], room: int, folder: Path, env: dict[str, str]) -> str:
    """Start a program, kill it at its first line on standard error, and wait until nothing of it is left.

    Its standard error is a pipe with room for about one line of ``room`` bytes, of which the end is not
    read: it waits with its next lines, so it is always killed half-way, however fast it is.

    Returns
    -------
    str
        The beginning of the first line.

    Raises
    ------
    TimeoutError
        If a process that the program started still holds its standard error a minute after the kill.
    """
    out, into = os.pipe()
    fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, _PIPE)
    filled = os.write(into, b"." * (_PIPE - room))
    with subprocess.Popen(program, stderr=into, stdout=subprocess.DEVNULL, cwd=folder, env=env) as study:
        os.close(into)
        first = b""
        while len(first) < filled + 8 and (more := os.read(out, filled + 8 - len(first))):
            first += more
        study.kill()
    while select.select([out], [], [], _GONE)[0]:
        if not os.read(out, _PIPE):
            os.close(out)
            return first[filled:].decode()
    raise TimeoutError("a worker outlives the study that started it")
