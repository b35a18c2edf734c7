"""Reading TOML that nobody vouches for: a plain file of bounded size, depth and numbers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from planner.files.read import LARGEST, opened_plain

DEEPEST = 64
"""Parts of a key, or brackets inside one another."""

_LONG_KEY = re.compile(rf"(?:[^\s.=\[\]{{}}\"'#]+\s*\.\s*){{{DEEPEST}}}")


def load_toml(path: Path) -> dict[str, Any]:
    """The tree of a file.

    Raises
    ------
    OSError
        If it cannot be read, or is no plain file of at most :data:`planner.files.read.LARGEST` bytes.
    UnicodeDecodeError
        If it is not UTF-8.
    TOMLDecodeError
        If it is no TOML, is nested too deeply, or holds a number that nothing can hold.
    """
    return parse_toml(opened_plain(path).decode("utf-8-sig"))


def parse_toml(text: str) -> dict[str, Any]:
    """The tree of a text; raises as :func:`load_toml`."""
    if _LONG_KEY.search(text):
        raise tomllib.TOMLDecodeError(f"a key has more than {DEEPEST} parts")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError("it is nested too deeply") from None
    except ValueError:
        raise tomllib.TOMLDecodeError("a number in it is too long") from None


__all__ = ["DEEPEST", "LARGEST", "load_toml", "parse_toml"]
