"""Tasks that workers in other processes import."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any


def echo(text: str) -> dict[str, Any]:
    return {"text": text}


def die_once(text: str) -> dict[str, Any]:
    """A task whose worker is killed the first time it is given."""
    mark = Path(os.environ["PLANNER_TEST_MARKS"]) / text
    if not mark.exists():
        mark.write_text("", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return {"text": text}
