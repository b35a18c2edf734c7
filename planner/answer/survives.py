"""What a plan keeps of critical work when the vendor group that hurts most is gone.

In each period, for each vendor group of the market: critical work placed outside it goes on; of what it
held, no more than stands ready elsewhere (paid standby, at the part that its tier keeps running) and
what the plan keeps room for (``survival.csv``). Work is counted in vCPU. The government's own places are
outside the market: their loss is not asked. Where more is placed than a place has vCPU (in a plan that is
held though it breaks limits), only the part that fits runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.inputs import Case
from planner.model.build import Model
from planner.model.resilience import ready_of
from planner.plan.plan import Plan
from planner.tolerances import SUM

NOTE = (
    "critical kept: critical work that runs on if the vendor group that hurts most is gone (worst period):\n"
    "  placed elsewhere, within the vCPU there, on paid standby, or with room kept (survival.csv)"
)
_HAIR = 1e-6


@dataclass(frozen=True)
class Kept:
    """The part of critical work that runs on, and the vendor group whose loss leaves no more."""

    share: float
    without: str


class Survivors:
    """Reads what plans of one case keep; made once, used for every plan of a study."""

    def __init__(self, case: Case) -> None:
        regions = case.regions
        self._names = {
            "w": {name: i for i, name in enumerate(case.workloads["workload"])},
            "r": {name: i for i, name in enumerate(regions["region"])},
            "t": {name: i for i, name in enumerate(case.periods["period"])},
        }
        self.groups = sorted(set(regions.loc[regions["market"], "vendor_group"]))
        held = regions["vendor_group"].to_numpy()
        self._within = np.array([held == g for g in self.groups], dtype=bool).reshape(-1, len(regions))
        critical = case.workloads["critical"].to_numpy(dtype=bool)
        self._work = np.maximum(case.demand[:, 0, :], _HAIR) * case.alive * critical[:, None]
        self._ready = ready_of(case)
        self._vcpu, self._room = case.demand[:, 0, :], np.full((len(regions), len(case.periods)), np.inf)
        limits = case.capacity[(case.capacity["resource"] == "vcpu") & (case.capacity["payer"] == "")]
        limits = limits[limits["subject"].isin(regions["region"])]
        r, t = limits["subject"].map(self._names["r"]).to_numpy(np.int64), limits["t"].to_numpy(np.int64)
        self._room[r, t] = limits["amount"]

    def of_solution(self, model: Model, x: np.ndarray) -> Kept | None:
        """What the solution of a program keeps."""
        place, pair, extra = model.columns.place, model.columns.pair, model.columns.extra
        groups = {g: i for i, g in enumerate(self.groups)}
        group = np.array([groups.get(e, -1) for e in model.index.events], dtype=np.int64)
        room = extra.keys.assign(x=x[extra.numbers])
        room = room.assign(g=group[room["e"].to_numpy(dtype=np.int64)] if len(group) else -1)
        ready = pair.keys[["w", "r2", "t"]].rename(columns={"r2": "r"}).assign(x=x[pair.numbers])
        return self._kept(place.keys.assign(x=x[place.numbers]), ready, room[room["g"] >= 0])

    def of_plan(self, plan: Plan) -> Kept | None:
        """What a plan keeps, from its files."""
        return self.kept(plan.placements, plan.survival)

    def kept(self, placed: pd.DataFrame, survival: pd.DataFrame) -> Kept | None:
        """What placements keep, with the room told in ``survival``."""
        frame = pd.DataFrame(
            {
                "w": placed["workload"].map(self._names["w"]),
                "r": placed["region"].map(self._names["r"]),
                "t": placed["period"].map(self._names["t"]),
                "x": placed["share"],
            }
        )
        saved = survival[survival["event"].isin(self.groups)]
        room = pd.DataFrame(
            {
                "g": saved["event"].map({g: i for i, g in enumerate(self.groups)}),
                "w": saved["workload"].map(self._names["w"]),
                "t": saved["period"].map(self._names["t"]),
                "x": saved["extra"],
            }
        )
        role = placed["role"]
        return self._kept(frame[role == "primary"], frame[role == "standby"], room)

    def _kept(self, place: pd.DataFrame, ready: pd.DataFrame, room: pd.DataFrame) -> Kept | None:
        """``place`` and ``ready``: w, r, t, x; ``room``: g, w, t, x, beyond what stands ready."""
        total = self._work.sum(axis=0)
        counts = total > 0
        if not counts.any() or not self.groups:
            return None
        least, idle = Kept(np.inf, ""), place.assign(x=place["x"] * self._beyond(place))
        for g, name in enumerate(self.groups):
            inside = self._within[g][place["r"].to_numpy(dtype=np.int64)]
            lost, beyond = self._summed(place[inside]), self._summed(idle[~inside])
            stands = self._summed(ready[~self._within[g][ready["r"].to_numpy(dtype=np.int64)]])
            saved = stands * self._ready[:, None] + self._summed(room[room["g"] == g])
            gone = (self._work * (np.maximum(lost - saved, 0.0) + beyond)).sum(axis=0)
            share = float((1.0 - gone[counts] / total[counts]).min())
            if share < least.share - SUM:
                least = Kept(share, name)
        return Kept(min(1.0, max(0.0, least.share)), least.without)

    def _beyond(self, place: pd.DataFrame) -> np.ndarray:
        """The part of each placement that its region has no vCPU for."""
        w, r, t = (place[c].to_numpy(dtype=np.int64) for c in "wrt")
        used = np.zeros(self._room.shape)
        np.add.at(used, (r, t), self._vcpu[w, t] * place["x"].to_numpy(dtype="float64"))
        runs = np.divide(self._room, used, out=np.ones_like(used), where=used > self._room * (1.0 + SUM))
        return np.asarray(1.0 - runs[r, t])

    def _summed(self, frame: pd.DataFrame) -> np.ndarray:
        out = np.zeros(self._work.shape)
        np.add.at(
            out,
            (frame["w"].to_numpy(dtype=np.int64), frame["t"].to_numpy(dtype=np.int64)),
            frame["x"].to_numpy(dtype="float64"),
        )
        return out
