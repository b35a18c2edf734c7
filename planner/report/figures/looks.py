"""How vendor groups look: colours that differ in lightness as well as hue, hatches and markers.

The colours step evenly in lightness (CIE L* about 24 to 84) and differ for readers who cannot tell
red from green; hatch and marker repeat the difference where ink is grey.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_COLOURS = ("#12355b", "#7d3018", "#0f6f9f", "#b8642a", "#4f9d7c", "#c58fc0", "#e0b343", "#b5d7ee")
_HATCHES = ("", "////", "", "\\\\\\\\", "", "----", "", "xxxx")
_MARKERS = ("o", "s", "^", "D", "v", "h", "P", "X")
_PICKS = {1: (2,), 2: (0, 6), 3: (0, 3, 6), 4: (0, 2, 4, 6), 5: (0, 2, 3, 5, 6), 6: (0, 1, 2, 4, 5, 6)}


@dataclass(frozen=True)
class Look:
    """Fill, hatch over it, colour of the hatch, marker, and colour of type on the fill."""

    color: str
    hatch: str
    hatching: str
    marker: str
    ink: str


OWN = Look("#dcdcdc", "////", "#8a8a8a", "o", "#1a1a1a")
"""What is outside the market."""


def looks(market: Iterable[str], own: Iterable[str]) -> dict[str, Look]:
    """A look for each vendor group, the same for the same set of groups; after eight they repeat."""
    names = sorted(market)
    picks = _PICKS.get(len(names), tuple(range(8)))
    table = {}
    for i, name in enumerate(names):
        at = picks[i % len(picks)]
        light = at >= 5
        hatch = _HATCHES[at] if i < len(picks) else "++++"
        ink = "#1a1a1a" if light or at == 4 else "#ffffff"
        table[name] = Look(_COLOURS[at], hatch, "#5a5a5a" if light else "#ffffff", _MARKERS[at], ink)
    return table | dict.fromkeys(sorted(own), OWN)
