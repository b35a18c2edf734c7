"""Text from input as office documents may hold it."""

from __future__ import annotations

import re

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def clean(text: str) -> str:
    r"""Text without what XML forbids and without what turns the direction of the text around it.

    Right-to-left letters and marks stay: they do nothing to a neighbour.

    >>> clean("a\x00b\u202ec")
    'abc'
    """
    return _CONTROL.sub("", text)
