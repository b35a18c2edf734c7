"""The parameters of rules: their types, bounds, and which change makes a rule stricter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from planner.tolerances import SUM

ParameterType = Literal["number", "boolean", "choice", "names", "choices", "numbers", "weights"]
Stricter = Literal["lower", "higher", "fewer", "more", "true", "same"]
"""lower, higher: numbers; fewer, more: entries of a list; true: only from false to true; same: no change."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a kind.

    ``names`` is a list of names, ``choices`` a list out of ``allowed``, ``choice`` one of
    ``allowed``, ``numbers`` a rising list, ``weights`` a list of numbers that sum to 100. Bounds are
    inclusive; ``above`` is exclusive. ``stricter`` says which change makes a rule stricter: a pack
    that extends another may make only such changes.
    """

    name: str
    type: ParameterType
    description: str
    required: bool = True
    minimum: float = -math.inf
    above: float = -math.inf
    maximum: float = math.inf
    allowed: tuple[str, ...] = ()
    stricter: Stricter = "same"

    def fault(self, value: Any) -> str:
        """What is wrong with a value of TOML, in words; empty if nothing is."""
        if self.type == "boolean":
            return "" if isinstance(value, bool) else "is neither true nor false"
        if self.type == "choice":
            return "" if value in self.allowed else f"is none of {', '.join(self.allowed)}"
        if self.type == "number":
            return self._number_fault(value)
        if not isinstance(value, (list, tuple)) or not value:
            return "is not a list with at least one entry"
        if self.type == "weights":
            return self._weights_fault(value)
        if self.type == "numbers":
            faults = [fault for fault in map(self._number_fault, value) if fault]
            if not faults and list(value) != sorted(set(value)):
                faults = ["does not rise"]
            return faults[0] if faults else ""
        if not all(isinstance(v, str) and v and v.isprintable() for v in value):
            return "is not a list of names"
        if len(set(value)) != len(value):
            return "names something twice"
        unknown = [v for v in value if self.allowed and v not in self.allowed]
        return f"holds {unknown[0]!r}, allowed are {', '.join(self.allowed)}" if unknown else ""

    def _weights_fault(self, value: Any) -> str:
        faults = [fault for fault in map(self._number_fault, value) if fault]
        if not faults and abs(sum(value) - 100) > SUM:
            faults = ["does not sum to 100"]
        return faults[0] if faults else ""

    def _number_fault(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return "is not a number"
        if value < self.minimum or value <= self.above or value > self.maximum:
            low = f"above {self.above:g}" if self.above > -math.inf else f"at least {self.minimum:g}"
            high = f" and at most {self.maximum:g}" if self.maximum < math.inf else ""
            return f"is not {low}{high}"
        return ""


def freeze(parameter: Parameter, value: Any) -> Any:
    """A checked value as the rule holds it: lists become tuples, whole numbers become floats."""
    if parameter.type in ("numbers", "weights"):
        return tuple(float(v) for v in value)
    if isinstance(value, list):
        return tuple(value)
    return float(value) if parameter.type == "number" else value
