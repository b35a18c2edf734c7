"""What reaches a terminal: text of folders without the characters that command a terminal."""

from __future__ import annotations

import re
from typing import Any, TextIO

_CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_COLOUR = r"\x1b\[[0-9;]*m"
_UNSAFE = re.compile(f"[{_CONTROL}]")
_UNSAFE_BUT_COLOUR = re.compile(f"({_COLOUR})|[{_CONTROL}]")


def _shown(match: re.Match[str]) -> str:
    """The escape of a character, which JSON reads as the character itself: ``\\u2028``."""
    return f"\\u{ord(match[0]):04x}"


def clean(text: str, colour: bool = False) -> str:
    r"""Text with C0 and C1 controls, and those that turn the direction of writing, as escapes.

    Line ends and tabs stay; with ``colour`` also what sets colours and nothing else.

    >>> print(clean("a\x1b[2Jb"))
    a\u001b[2Jb
    """
    if not colour:
        return _UNSAFE.sub(_shown, text)
    return _UNSAFE_BUT_COLOUR.sub(lambda match: match[1] or _shown(match), text)


class Clean:
    """A stream of text that cleans what is written to it."""

    def __init__(self, stream: TextIO) -> None:
        self.raw = self._stream = stream
        self._colour = stream.isatty()

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError("text is written, not bytes")
        self._stream.write(clean(text, self._colour))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
