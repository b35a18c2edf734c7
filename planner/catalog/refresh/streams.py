"""Large JSON documents, streamed: what they hold comes piece by piece, and nothing in them ends the process.

The C parser under ijson crashes on an integer of 5,000 digits and on a million brackets. So numbers are read
as floats (vendors state prices as text), and a document that is nested without end is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from planner.catalog.refresh.documents import malformed
from planner.errors import BadInput

_DEEPEST = 1_000
_STEP = 1_024
"""Bytes between two looks at how deep a document is nested."""


def values(path: Path, prefix: str) -> Iterator[Any]:
    """The elements of the list at ``prefix``.

    Raises
    ------
    BadInput
        If the document is cut off, no JSON, or nested without end.
    """
    import ijson

    with path.open("rb") as stream:
        yield from _sound(ijson.items(_Bounded(stream, path), f"{prefix}.item", use_float=True), path)


def pairs(path: Path, prefix: str) -> Iterator[tuple[str, Any]]:
    """Keys and values of the object at ``prefix``; raises as :func:`values`."""
    import ijson

    with path.open("rb") as stream:
        yield from _sound(ijson.kvitems(_Bounded(stream, path), prefix, use_float=True), path)


def events(path: Path) -> Iterator[tuple[str, str, Any]]:
    """Prefix, event and value of all that a document holds; raises as :func:`values`."""
    import ijson

    with path.open("rb") as stream:
        yield from _sound(ijson.parse(_Bounded(stream, path), use_float=True), path)


def _sound(parts: Iterator[Any], path: Path) -> Iterator[Any]:
    import ijson

    while True:
        try:
            part = next(parts)
        except StopIteration:
            return
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise BadInput([malformed(path, str(error))]) from error
        yield part


class _Bounded:
    """A stream that ends with an error where more brackets are open than any price list has.

    Brackets in texts count too; they close again, but for a few.
    """

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream, self._path, self._open = stream, path, 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        for begin in range(0, len(data), _STEP):
            part = data[begin : begin + _STEP]
            self._open += part.count(b"[") + part.count(b"{") - part.count(b"]") - part.count(b"}")
            if self._open > _DEEPEST:
                raise BadInput([malformed(self._path, "it is nested without end")])
        return data
