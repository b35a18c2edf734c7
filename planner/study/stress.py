"""What a stressor does to a case: what a new plan costs, what cannot be served, what staying costs.

Contestable load is that of the case without stress. Where there is no plan the least is left
unserved, critical work last: one unit of critical vCPU weighs as a thousand of others.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from planner import __version__
from planner.eligibility import Eligibility, assess
from planner.errors import Infeasible, Stopped, Unavailable
from planner.inputs import Inputs, read_inputs
from planner.model.block import numbers_of
from planner.model.build import Model, build
from planner.model.render_arrays import Arrays, render_arrays
from planner.model.scopes import SHARE_KINDS
from planner.plan.folder import digest
from planner.solve.solve_arrays import Outcome, Session, Status
from planner.study.stressors import stress, usual

_CRITICAL = 1000.0
_ROOM = 1e-7


@dataclass(frozen=True)
class Base:
    """The case without stress, solved."""

    inputs: Inputs
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
        r = place.keys["r"].to_numpy()[self.outcome.x[place.numbers] > _ROOM]
        return {str(v) for v in self.inputs.regions["region"].to_numpy()[np.unique(r)]}


def make_base(inputs: Inputs) -> Base:
    """Solve a case without stress.

    Raises
    ------
    Infeasible
        If it has no plan: then there is nothing to put under stress.
    Stopped
        If the solver gave up.
    """
    eligibility = assess(inputs)
    model = build(inputs, eligibility)
    outcome = solve_program(render_arrays(model))
    if outcome.status is not Status.OPTIMAL:
        raise Infeasible(["the case has no plan even without stress"])
    return Base(inputs, eligibility, model, outcome)


@lru_cache(maxsize=1)
def _base_of(folder: str, depends: str) -> Base:
    inputs = read_inputs(Path(folder))
    demand_same_files(inputs, depends)
    return make_base(inputs)


@dataclass(frozen=True)
class StressTask:
    """Runs one line of stressors on a case folder; a worker reads and solves the case once."""

    folder: str
    depends: str = ""

    def __call__(self, text: str) -> dict[str, Any]:
        return run_stress(_base_of(self.folder, self.depends), text)


def depends_on(inputs: Inputs) -> str:
    """Hash of everything that results depend on: the planner's version and every file read."""
    parts = [__version__, *(f"{name} {digest(path)}" for name, path in sorted(inputs.files))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def demand_same_files(inputs: Inputs, depends: str) -> None:
    """A worker elsewhere must read what the study read; a blank ``depends`` asks nothing.

    Raises
    ------
    Unavailable
        If it reads other files, or is of another version.
    """
    if depends and depends_on(inputs) != depends:
        raise Unavailable(
            f"a worker reads another {inputs.case.folder} than the study, or has another planner"
        )


def stressors_of(base: Base) -> list[str]:
    """The usual stressors of a case."""
    return usual(base.inputs, base.used)


def run_stress(base: Base, text: str) -> dict[str, Any]:
    """One row of the matrix.

    Returns
    -------
    dict
        ``stressor``; ``status``: ``plan`` or ``unserved``; ``cost`` of the new plan (of what can be
        served) and ``extra`` of a whole plan against the case; ``unserved_critical`` and
        ``unserved`` as shares of vCPU-hours within every rule, and with ``_no_shares`` were caps and
        floors on shares set aside; ``hit`` and ``hit_critical``: shares of the work that the plan of
        the case has in closed regions; ``stay``: cost of not moving at all, where only prices change.
    """
    state = stress(base.inputs, text)
    fresh = assess(state.inputs)
    # What closes serves in no role: neither work, nor a copy kept ready, nor a backup.
    open_ = ~state.closed[None, :, :]
    eligibility = replace(
        fresh, allowed=fresh.allowed & open_, standby=fresh.standby & open_, backup=fresh.backup & open_,
        contestable=base.eligibility.contestable,
    )  # fmt: skip
    grown = state.inputs.case.demand is not base.inputs.case.demand
    model = build(state.inputs, eligibility, reference=None if grown else base.model.reference)
    arrays = render_arrays(model)
    outcome = solve_program(arrays)
    row: dict[str, Any] = {"stressor": text, "status": "plan", "unserved_critical": 0.0, "unserved": 0.0}
    if outcome.status is Status.OPTIMAL:
        cost = outcome.objective * model.unit
    else:
        critical, every, cost = _shortfall(model, arrays)
        row |= {"status": "unserved", "unserved_critical": round(critical, 9), "unserved": round(every, 9)}
    row["extra"] = round(cost - base.cost, 2) if row["status"] == "plan" else None
    row["cost"] = round(cost, 2)
    freed = (0.0, 0.0)
    if row["status"] != "plan":
        freed = _shortfall(model, _without_shares(model, arrays))[:2]
    row["unserved_critical_no_shares"], row["unserved_no_shares"] = (round(v, 9) for v in freed)
    row["hit_critical"], row["hit"] = (round(v, 9) for v in _hit(base, state.closed))
    prices_only = all(part.strip().split(":")[0] in ("price", "currency") for part in text.split("&"))
    row["stay"] = _stay(base, model) if prices_only else None
    return row


def solve_program(arrays: Arrays) -> Outcome:
    """Solve once; a solver that gave up raises ``Stopped``."""
    outcome = Session(arrays).solve()
    if outcome.status is Status.STOPPED:
        raise Stopped(f"the solver stopped ({outcome.word})")
    return outcome


def _work(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """vCPU-hours of each (workload, period), at least a hair where it needs none; and who is critical."""
    case = model.index.inputs.case
    hours = case.periods["hours"].to_numpy(dtype="float64")
    return np.maximum(case.demand[:, 0, :], 1e-6) * hours[None, :] * case.alive, case.workloads[
        "critical"
    ].to_numpy()


def _shortfall(model: Model, arrays: Arrays) -> tuple[float, float, float]:
    """Least part of the work left unserved (critical, all), and the cost of serving the rest."""
    rows = np.concatenate(
        [
            model.starts[b.family] + np.flatnonzero(b.lower == b.upper)
            for b in model.blocks
            if b.family in ("demand", "backup")
        ]
    )
    block = model.block("demand")
    work, critical = _work(model)
    w, t = block.keys["w"].to_numpy(), block.keys["t"].to_numpy()
    load = work[w, t]
    weight = np.full(len(rows), 1e-3)
    weight[: len(w)] = load / max(float(work.sum()), 1e-12) * np.where(critical[w], _CRITICAL, 1.0)
    session, slack = _with_slack(arrays, rows, weight, _targets(model))
    least = session.solve()
    if least.status is not Status.OPTIMAL:
        raise Infeasible(["under this stress even serving nothing breaks a limit of the case"])
    unserved = least.x[slack][: len(w)] * load
    session.set_row_bounds(
        np.array([len(arrays.row_lower)]),
        np.array([-np.inf]),
        np.array([least.objective * (1 + 1e-9) + _ROOM]),
    )
    session.set_cost(np.concatenate([arrays.cost, np.zeros(len(rows))]))
    cheapest = session.solve()
    chosen = cheapest if cheapest.status is Status.OPTIMAL else least
    cost = float(arrays.cost @ chosen.x[: len(arrays.cost)]) * model.unit
    of_critical = float(work[critical].sum())
    part = float(unserved[critical[w]].sum()) / of_critical if of_critical > 0 else 0.0
    return max(0.0, part), max(0.0, float(unserved.sum() / work.sum())), cost


def _without_shares(model: Model, arrays: Arrays) -> Arrays:
    """The program with its caps and floors on shares set aside."""
    low, high = arrays.row_lower.copy(), arrays.row_upper.copy()
    for block in model.blocks:
        if block.family in SHARE_KINDS:
            rows = slice(model.starts[block.family], model.starts[block.family] + len(block.keys))
            low[rows], high[rows] = -np.inf, np.inf
    return replace(arrays, row_lower=low, row_upper=high)


def _targets(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Rows of latency, and the demand row of the same workload and period.

    What is not served has no target to meet, and what misses its target is not served.
    """
    wanted = model.block("latency").keys
    at = numbers_of(model.block("demand").keys, ["w", "t"], wanted)
    return model.starts["latency"] + np.arange(len(wanted)), at


def _with_slack(
    arrays: Arrays, rows: np.ndarray, weight: np.ndarray, also: tuple[np.ndarray, np.ndarray]
) -> tuple[Session, np.ndarray]:
    """The program with a weighted slack on some rows, and a last row that adds the weights up.

    ``also``: further rows, and the number of the slack that loosens each.
    """
    n, added = len(arrays.cost), len(rows)
    lengths = np.diff(arrays.start)
    own = np.arange(added)
    row = np.concatenate(
        [np.repeat(np.arange(len(lengths)), lengths), rows, also[0], np.full(added, len(lengths))]
    )
    col = np.concatenate([arrays.index, n + own, n + also[1], n + own])
    value = np.concatenate([arrays.value, arrays.row_lower[rows], arrays.row_lower[also[0]], weight])
    order = np.lexsort((col, row))
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(lengths) + 1))])
    wider = Arrays(
        cost=np.concatenate([np.zeros(n), weight]),
        lower=np.concatenate([arrays.lower, np.zeros(added)]),
        upper=np.concatenate([arrays.upper, np.ones(added)]),
        row_lower=np.append(arrays.row_lower, -np.inf),
        row_upper=np.append(arrays.row_upper, np.inf),
        start=starts.astype(np.int64),
        index=col[order].astype(np.int64),
        value=value[order],
        integer=np.concatenate([arrays.integer, np.zeros(added, dtype=bool)]),
    )
    return Session(wider), n + np.arange(added)


def _hit(base: Base, closed: np.ndarray) -> tuple[float, float]:
    """Shares of critical and of all work that the plan of the case has in closed regions."""
    place = base.model.columns.place
    w, r, t = (place.keys[c].to_numpy() for c in "wrt")
    work, critical = _work(base.model)
    there = base.outcome.x[place.numbers] * work[w, t] * closed[r, t]
    of_critical = float(work[critical].sum())
    part = float(there[critical[w]].sum()) / of_critical if of_critical > 0 else 0.0
    return part, float(there.sum() / work.sum())


def _stay(base: Base, model: Model) -> float | None:
    """Cost of the plan of the case at the new prices; ``None`` where columns differ."""
    families = zip(base.model.columns.families, model.columns.families, strict=True)
    keys = ["w", "q", "r", "s", "t", "l", "g", "scope"]
    for before, now in families:
        known = [k for k in keys if k in before.keys]
        if before.keys.shape != now.keys.shape or not before.keys[known].equals(now.keys[known]):
            return None
    return round(float(model.objective @ base.outcome.x) * model.unit, 2)
