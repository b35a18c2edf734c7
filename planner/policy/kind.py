"""What a kind of rule is: what it does to a plan, and its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner.policy.parameters import Parameter

Effect = Literal["filter", "row", "evidence", "report"]


@dataclass(frozen=True)
class Kind:
    """One kind of rule: what it does to a plan, and its parameters.

    ``planned`` is false for a filter or row that the planner does not know yet: such a rule is not
    enforced by the planner, it is checked by the audit only, and everybody who prints it says so.
    ``not_selected`` are tables that its rules select nothing of: machines are shared, and any place may be
    lost. What a rule of kind ``budget`` selects of agencies are payers.
    """

    name: str
    effect: Effect
    description: str
    parameters: tuple[Parameter, ...]
    planned: bool = True
    not_selected: tuple[str, ...] = ()

    @property
    def of_shares(self) -> bool:
        """Does it limit a share of something?"""
        return self.parameter("basis") is not None

    def parameter(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)
