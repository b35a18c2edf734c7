"""What every figure of one plan shares: names, looks, marking and the line of sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.names import group_names
from planner.plan.plan import Plan
from planner.report.background import Background, market_groups
from planner.report.figures.looks import Look, looks
from planner.report.texts import tr


@dataclass(frozen=True)
class Context:
    """A plan with its background, and how its vendor groups are named and drawn.

    ``names`` and ``looks`` hold every vendor group of the catalog; ``market`` those whose shares
    count.
    """

    plan: Plan
    background: Background
    names: Mapping[str, str]
    market: frozenset[str]
    looks: Mapping[str, Look]

    @property
    def periods(self) -> list[str]:
        return [str(p) for p in self.plan.periods["period"]]

    @property
    def currency(self) -> str:
        return str(self.plan.head["currency"])

    @property
    def marking(self) -> str:
        return str(self.plan.head.get("marking", ""))

    def name(self, group: str) -> str:
        return self.names.get(group, group)

    def footer(self, source: str) -> str:
        """Case, day of the prices, and where the figure's numbers are."""
        head = self.plan.head
        prices = (
            tr("prices as of {day}", day=head["prices_as_of"])
            if head.get("prices_as_of")
            else tr("prices of the case")
        )
        return f"{head.get('title') or head.get('id', tr('Plan'))} · {prices} · {source}"


def context_of(plan: Plan, background: Background) -> Context:
    """Names and looks for every vendor group that the catalog or the plan knows."""
    names = group_names(background.vendors)
    market = market_groups(background)
    unknown = set(plan.costs["vendor_group"]) - set(names) - {""}
    drawn = looks(market, (set(names) | unknown) - market)
    return Context(plan, background, names, frozenset(market), drawn)
