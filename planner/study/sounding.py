"""What to ask a market before a tender: neutral volumes with their range, and what a vendor would win.

A volume is what the regions of the market would carry of a resource, on one platform: the mean over the hours
of the horizon. Nothing in it names a vendor, a machine or a price. Its range is that of plans within every
rule that cost at most ``1 + within`` times the least, and that of the cheapest plans when all demand is so
much lower or higher. What a vendor would win at a discount of its own is a share; neither the cost of a plan
nor a price of anybody else is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from planner.case.resources import RESOURCES
from planner.inputs import Case
from planner.lp.outcome import Status
from planner.lp.solve import solve
from planner.lp.watch import stage
from planner.model.build import Model
from planner.model.to_arrays import to_arrays
from planner.planning import build_model
from planner.study.alternatives import Room
from planner.study.breakeven import breakeven
from planner.study.commit_program import level_at
from planner.study.result import Study, head_of
from planner.tolerances import DIGIT


@dataclass(frozen=True)
class Volume:
    """What the market would carry of a resource on a platform, a mean over the hours of the horizon.

    Attributes
    ----------
    planned
        In the cheapest plan.
    least, most
        Over plans of nearly equal cost.
    lower, higher
        In the cheapest plan when demand is so much lower, or higher; ``None`` where there is no plan.
    """

    platform: str
    resource: str
    planned: float
    least: float
    most: float
    lower: float | None
    higher: float | None


@dataclass(frozen=True)
class Win:
    """The share of the market's spend that a vendor would have at a discount on its own prices."""

    vendor: str
    discount: float
    share: float


@dataclass(frozen=True)
class Sounding(Study):
    """Volumes to ask for, and what each vendor asked for would win."""

    study: ClassVar[str] = "sounding"
    volumes: tuple[Volume, ...]
    wins: tuple[Win, ...]
    within: float
    stress: float

    def rows(self) -> list[dict[str, Any]]:
        """One flat line a volume, for CSV and JSON."""
        return [
            {name: round(value, 3) if isinstance(value, float) else value for name, value in vars(v).items()}
            for v in self.volumes
        ]

    def won(self) -> list[dict[str, Any]]:
        """One flat line a vendor and discount."""
        return [{**vars(w), "discount": round(w.discount, 6), "share": round(w.share, 6)} for w in self.wins]

    def content(self) -> dict[str, Any]:
        return {"within": self.within, "stress": self.stress, "volumes": self.rows(), "wins": self.won()}

    def document(self) -> dict[str, Any]:
        """As of every study, without the list of all vendors: it goes to one of them."""
        return {key: value for key, value in super().document().items() if key != "names"}


def sounding(
    case: Case, vendors: Sequence[str] = (), within: float = 0.01, stress: float = 0.2, deepest: float = 0.3,
    steps: int = 7,
) -> Sounding:  # fmt: skip
    """Work out what to ask the market for.

    Parameters
    ----------
    vendors
        Whose shares at discounts are worked out, from none to ``deepest`` in ``steps``.
    stress
        How much lower and higher all demand may be, as a part of it.

    Raises
    ------
    UnknownName
        If the market has no such vendor.
    Infeasible
        If the case has no plan.
    Stopped
        If the solver gave up.
    """
    wins = [
        Win(vendor, offer.discount, offer.share)
        for vendor in vendors
        for offer in breakeven(case, vendor, deepest, steps, ()).offers
    ]
    stage("planning what the market would carry")
    room = Room(build_model(case), within)
    wanted = _families(room.model)
    changed = [_levels(case, 1.0 + change, wanted) for change in (-stress, stress)]
    volumes = []
    for number, (platform, resource) in enumerate(wanted):
        stage(f"the range of {platform} {resource}")
        weight = _weights(room.model, platform, resource)
        planned = float(weight @ room.cheapest_x)
        least, most = _range(room, weight)
        lower, higher = (None if level is None else level[number] for level in changed)
        ends = (min(least, planned), max(most, planned))
        volumes.append(Volume(platform, resource, planned, *ends, lower, higher))
    return Sounding(tuple(volumes), tuple(wins), within, stress, head=head_of(case))


def _families(model: Model) -> list[tuple[str, str]]:
    """Platforms and resources that some system needs."""
    case = model.index.case
    platform = case.workloads["platform"].to_numpy()
    needed = case.demand.max(axis=2) > 0
    return [
        (str(p), RESOURCES[k])
        for p in sorted(set(platform))
        for k in range(len(RESOURCES))
        if needed[platform == p, k].any()
    ]


def _weights(model: Model, platform: str, resource: str) -> np.ndarray:
    """Of each column: how much of the resource it puts on the market, as a mean over the hours."""
    case, place = model.index.case, model.columns.place
    w, r, t = (place.keys[name].to_numpy(dtype=np.int64) for name in ("w", "r", "t"))
    hours = case.periods["hours"].to_numpy(dtype="float64")
    here = (case.workloads["platform"].to_numpy() == platform)[w] & (model.index.group_of[r] >= 0)
    amount = case.demand[w, RESOURCES.index(resource), t] * hours[t] / hours.sum()
    weight = np.zeros(len(model.objective))
    weight[place.numbers] = np.where(here, amount, 0.0)
    return weight


def _range(room: Room, weight: np.ndarray) -> tuple[float, float]:
    """The least and the most of a volume over plans of nearly equal cost."""
    scale = float(weight.max())
    if scale <= 0:
        return 0.0, 0.0
    low, high = (sign * room.extreme(sign * weight / scale) * scale for sign in (1.0, -1.0))
    return max(low, 0.0), max(high, 0.0)


def _levels(case: Case, factor: float, wanted: Sequence[tuple[str, str]]) -> list[float] | None:
    """Volumes of the cheapest plan at another level of demand; ``None`` where there is none."""
    stage(f"demand times {factor:g}")
    model = level_at(case, factor)
    outcome = solve(to_arrays(model)).outcome
    if outcome.status is Status.INFEASIBLE:
        return None
    x = outcome.optimum().x
    volumes = [float(_weights(model, *family) @ x) for family in wanted]
    return [0.0 if abs(volume) < DIGIT else volume for volume in volumes]
