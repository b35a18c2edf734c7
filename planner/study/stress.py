"""What a stressor does to a case: what a new plan costs, what cannot be served, what staying costs.

Contestable load is that of the case without stress. Where there is no plan the least is left
unserved, critical work last (:mod:`.shortfall`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from planner import __version__
from planner.answer.planned import held_as, planned
from planner.case.files import Files
from planner.eligibility import Eligibility, assess
from planner.errors import Stopped, Unavailable
from planner.inputs import Case, read_case
from planner.lp.arrays import Arrays
from planner.lp.outcome import Outcome
from planner.lp.solve import solve
from planner.model.build import Model, build
from planner.model.columns import ColumnFamily
from planner.model.to_arrays import to_arrays
from planner.money import CENT
from planner.plan.folder import digest, read_plan
from planner.plan.plan import Plan
from planner.study.held import held, note
from planner.study.result import Study, head_of
from planner.study.shortfall import shortfall, without_shares, work_of
from planner.study.stressors import Stressed, stress, usual
from planner.tolerances import SUM, ZERO

COUNTS = ("held_unserved", "held_standbys_lost", "held_backups_lost", "held_rules_broken")
"""Columns of the matrix that count what breaks with placements held."""


@dataclass(frozen=True)
class Base:
    """The case without stress, solved."""

    case: Case
    eligibility: Eligibility
    model: Model
    outcome: Outcome

    @property
    def cost(self) -> float:
        return self.outcome.objective * self.model.unit

    @property
    def used(self) -> set[str]:
        """Regions that the plan places anything in."""
        place = self.model.columns.place
        r = place.keys["r"].to_numpy()[self.outcome.x[place.numbers] > ZERO]
        return {str(v) for v in self.case.regions["region"].to_numpy()[np.unique(r)]}


def make_base(case: Case, placements: pd.DataFrame | None = None) -> Base:
    """Solve a case without stress.

    Parameters
    ----------
    placements
        Those of a plan of the case, to put that plan under stress; by default the one that
        ``planner plan`` makes.

    Raises
    ------
    Infeasible
        If it has no plan, or not with these placements: then there is nothing to put under stress.
    Stopped
        If the solver gave up.
    """
    eligibility = assess(case)
    model = build(case, eligibility)
    if placements is None:
        outcome = planned(model, "the case has no plan even without stress")
    else:
        outcome = held_as(model, placements, "the plan breaks a rule or a limit even without stress")
    return Base(case, eligibility, model, outcome)


@lru_cache(maxsize=1)
def _base_of(files: Files, depends: str, plan: str) -> Base:
    case = read_case(files)
    demand_same_files(case, depends, plan)
    return make_base(case, placements_of(plan))


def placements_of(plan: str) -> pd.DataFrame | None:
    """Placements of a plan folder; None where none is named."""
    return read_plan(Path(plan)).placements if plan else None


@dataclass(frozen=True)
class StressTask:
    """Runs one line of stressors on a case; a worker reads and solves the case once.

    ``plan``: the folder of the plan to put under stress; blank for the one that the case has.
    """

    files: Files
    depends: str = ""
    plan: str = ""

    def __call__(self, text: str) -> dict[str, Any]:
        return run_stress(_base_of(self.files, self.depends, self.plan), text)


def depends_on(case: Case, plan: str = "") -> str:
    """Hash of everything that results depend on: the planner's version, every file read, and the plan."""
    parts = [
        __version__,
        "rows 5",
        digest(Path(plan) / "placements.csv") if plan else "",
        *(f"{name} {digest(path)}" for name, path in sorted(case.files, key=lambda file: file[0])),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def demand_same_files(case: Case, depends: str, plan: str = "") -> None:
    """A worker elsewhere must read what the study read; a blank ``depends`` asks nothing.

    Raises
    ------
    Unavailable
        If it reads other files, or is of another version.
    """
    if depends and depends_on(case, plan) != depends:
        place = case.origin.folder
        raise Unavailable(f"a worker reads another {place} than the study, or has another planner")


@dataclass(frozen=True)
class Matrix(Study):
    """What stressors do to a case: lines of :func:`run_stress`; ``cost`` is that without stress."""

    study: ClassVar[str] = "stress"
    cost: float
    lines: tuple[dict[str, Any], ...]

    def rows(self) -> list[dict[str, Any]]:
        return [{key: value for key, value in line.items() if key != "breaks"} for line in self.lines]

    def breaks(self) -> list[dict[str, Any]]:
        """What breaks with placements held, one line each."""
        return [{"stressor": line["stressor"], **one} for line in self.lines for one in line["breaks"]]

    def content(self) -> dict[str, Any]:
        return {"cost": round(self.cost, 2), "rows": list(self.lines), "notes": []}


def stress_matrix(case: Case, stressors: Sequence[str] = (), plan: Plan | None = None) -> Matrix:
    """Put a case under stress: the stressors named, or the usual ones.

    ``plan`` is the plan that stays where it is; by default the cheapest.

    Raises
    ------
    UnknownName
        If a kind of stressor or its subject is unknown.
    Infeasible
        If the case has no plan without stress.
    Stopped
        If the solver gave up.
    """
    base = make_base(case, None if plan is None else plan.placements)
    lines = by_harm([run_stress(base, text) for text in demand_known(base, stressors)])
    return Matrix(base.cost, tuple(lines), head=head_of(case))


def demand_known(base: Base, stressors: Sequence[str]) -> list[str]:
    """The stressors named, or the usual ones: a misspelt name is told before anything long begins."""
    texts = list(dict.fromkeys(stressors)) or stressors_of(base)
    for text in texts:
        stress(base.case, text)
    return texts


def stressors_of(base: Base) -> list[str]:
    """The usual stressors of a case."""
    return usual(base.case, base.used)


def run_stress(base: Base, text: str) -> dict[str, Any]:
    """One row of the matrix.

    Returns
    -------
    dict
        ``stressor``; ``status``: ``plan`` or ``unserved``; ``cost`` of the new plan (of what can be
        served) and ``extra`` of a whole plan against the case; ``unserved_critical`` and
        ``unserved`` as shares of vCPU-hours within every rule, and with ``_no_shares`` were caps and
        floors on shares set aside; ``hit`` and ``hit_critical``: shares of the work that the plan of
        the case has in closed regions; ``stay``: cost of not moving at all, where only prices change;
        ``unreachable`` and ``held_unreachable``: where links are cut, the part of users whom nothing joins to
        the region that serves them, in the new plan (as far as it serves) and in that of the case;
        ``COUNTS`` and ``breaks``: what breaks with the placements of the case held (:mod:`.held`).
    """
    state = stress(base.case, text)
    fresh = assess(state.case)
    # What closes serves in no role: neither work, nor a copy kept ready, nor a backup.
    open_ = ~state.closed[None, :, :]
    allowed = _joined(state, fresh.allowed & open_)
    eligibility = replace(
        fresh, allowed=allowed, standby=fresh.standby & open_, backup=fresh.backup & open_,
        contestable=base.eligibility.contestable,
    )  # fmt: skip
    grown = state.case.demand is not base.case.demand
    model = build(state.case, eligibility, reference=None if grown else base.model.reference)
    arrays = to_arrays(model)
    outcome = solve(arrays).outcome
    row: dict[str, Any] = {"stressor": text, "status": "plan", "unserved_critical": 0.0, "unserved": 0.0}
    if outcome.feasible():
        cost, x = outcome.objective * model.unit, outcome.x
    else:
        critical, every, cost, x = shortfall(model, arrays)
        row |= {"status": "unserved", "unserved_critical": round(critical, 9), "unserved": round(every, 9)}
    row["extra"] = round(cost - base.cost, 2) if row["status"] == "plan" else None
    row["cost"] = round(cost, 2)
    freed = (0.0, 0.0)
    if row["status"] != "plan":
        freed = shortfall(model, without_shares(model, arrays))[:2]
    row["unserved_critical_no_shares"], row["unserved_no_shares"] = (round(v, 9) for v in freed)
    row["hit_critical"], row["hit"] = (round(v, 9) for v in _hit(base, state.closed))
    row |= {"unreachable": None, "held_unreachable": None}
    if state.cut:
        row["unreachable"] = round(_unreachable(model.columns.place, state, x), 9)
        row["held_unreachable"] = round(_unreachable(base.model.columns.place, state, base.outcome.x), 9)
    row |= _held_row(base, model, arrays)
    prices_only = all(part.strip().split(":")[0] in ("price", "currency") for part in text.split("&"))
    row["stay"] = _stay(base, model) if prices_only else None
    return row


def has_effect(row: Mapping[str, Any]) -> bool:
    """Does a stressor cost, leave out or break anything?"""
    same = row["status"] == "plan" and abs(row["extra"]) < CENT and not row["hit"]
    return not same or any(row[count] != 0 for count in COUNTS) or bool(row["unreachable"])


def by_harm(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the matrix, the worst first: what cannot run, shares that cannot hold, cost."""

    def harm(row: dict[str, Any]) -> tuple[float, ...]:
        gone = row["status"] != "plan"
        lost = (row["unserved_critical_no_shares"], row["unserved_no_shares"])
        return (*lost, row["unserved"], 0.0 if gone else row["extra"], row["hit_critical"], row["hit"])

    return sorted(rows, key=lambda row: (tuple(-value for value in harm(row)), row["stressor"]))


def _joined(state: Stressed, allowed: np.ndarray) -> np.ndarray:
    """Places that cut off no more users of a workload than need be, where the case weighs latency.

    What a user who reaches nothing is worth nobody has said: it must not look cheap, nor be given a
    price. Without that weight targets alone keep work near its users.
    """
    if state.case.settings.latency is None or not state.cut:
        return allowed
    off = np.where(allowed, state.unreachable, np.inf)
    return np.asarray(allowed & (off <= off.min(axis=1, keepdims=True) + SUM))


def _unreachable(place: ColumnFamily, state: Stressed, x: np.ndarray) -> float:
    """Part of the users whom nothing joins to the region that serves them, over the horizon."""
    case = state.case
    number = {name: w for w, name in enumerate(case.workloads["workload"])}
    users = np.zeros(case.alive.shape)
    months = case.periods["months"].to_numpy(dtype="float64")
    w, t = (
        case.users["workload"].map(number).to_numpy(dtype=np.int64),
        case.users["t"].to_numpy(dtype=np.int64),
    )
    np.add.at(users, (w, t), case.users["users"].to_numpy(dtype="float64") * months[t])
    w, r, t = (place.keys[c].to_numpy(dtype=np.int64) for c in "wrt")
    cut = float((users[w, t] * state.unreachable[w, r, t] * x[place.numbers]).sum())
    return cut / float(users.sum()) if users.sum() > 0 else 0.0


def _held_row(base: Base, model: Model, arrays: Arrays) -> dict[str, Any]:
    """What breaks when the plan of the case is held: counts, and a line for each that breaks."""
    try:
        breaks = held(base.model, base.outcome.x, model, arrays)
    except Stopped as error:
        return {**dict.fromkeys(COUNTS), "breaks": [note(str(error))]}
    counts = (breaks.unserved, breaks.standbys, breaks.backups, breaks.rules)
    return {**dict(zip(COUNTS, map(len, counts), strict=True)), "breaks": breaks.lines()}


def _hit(base: Base, closed: np.ndarray) -> tuple[float, float]:
    """Shares of critical and of all work that the plan of the case has in closed regions."""
    place = base.model.columns.place
    w, r, t = (place.keys[c].to_numpy() for c in "wrt")
    work, critical = work_of(base.model)
    there = base.outcome.x[place.numbers] * work[w, t] * closed[r, t]
    of_critical = float(work[critical].sum())
    part = float(there[critical[w]].sum()) / of_critical if of_critical > 0 else 0.0
    every = float(work.sum())
    return part, float(there.sum()) / every if every > 0 else 0.0


def _stay(base: Base, model: Model) -> float | None:
    """Cost of the plan of the case at the new prices; ``None`` where columns differ."""
    families = zip(base.model.columns.families, model.columns.families, strict=True)
    keys = ["w", "q", "r", "s", "t", "l", "g", "scope"]
    for before, now in families:
        known = [k for k in keys if k in before.keys]
        if before.keys.shape != now.keys.shape or not before.keys[known].equals(now.keys[known]):
            return None
    return round(float(model.objective @ base.outcome.x) * model.unit, 2)
