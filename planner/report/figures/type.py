"""The one font of the figures: Matplotlib ships it, so it is the same on every machine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.ft2font import LoadFlags


@cache
def font_file(bold: bool) -> str:
    return str(
        Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf"
    )


@cache
def face(bold: bool, size: float) -> FontProperties:
    return FontProperties(fname=font_file(bold), size=size)


@cache
def _glyphs(bold: bool) -> frozenset[int]:
    return frozenset(get_font(font_file(bold)).get_charmap())


@cache
def advance(character: str, bold: bool) -> float:
    """Width of one character at a size of one point, in points."""
    font = get_font(font_file(bold))
    font.set_size(100, 72)
    return float(font.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / 100


def printable(text: str) -> str:
    """``text`` on one line without control characters, which no XML may hold."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))


def drawable(text: str, bold: bool = False) -> str:
    """``text`` on one line, with a replacement mark for what the font does not hold."""
    known = _glyphs(bold)
    return "".join(c if ord(c) in known else "\N{REPLACEMENT CHARACTER}" for c in printable(text))
