"""The least that must be left unserved where there is no plan, critical work last.

One unit of critical vCPU weighs as a thousand of others.
"""

from __future__ import annotations

import numpy as np

from planner.lp.arrays import Arrays, with_slacks
from planner.lp.outcome import Status
from planner.lp.problem import Problem
from planner.model.block import numbers_of
from planner.model.build import Model
from planner.tolerances import DIGIT, SUM, ZERO

_CRITICAL = 1000.0


def work_of(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """vCPU-hours of each (workload, period), at least a hair where it needs none; and who is critical."""
    case = model.index.case
    hours = case.periods["hours"].to_numpy(dtype="float64")
    return np.maximum(case.demand[:, 0, :], 1e-6) * hours[None, :] * case.alive, case.workloads[
        "critical"
    ].to_numpy()


def shortfall(model: Model, arrays: Arrays) -> tuple[float, float, float, np.ndarray]:
    """Least part of the work left unserved (critical, all), the cost of serving the rest, and how."""
    rows = np.concatenate(
        [
            model.starts[b.family] + np.flatnonzero(b.lower == b.upper)
            for b in model.blocks
            if model.family(b).states == "workload"
        ]
    )
    block = model.block("demand")
    work, critical = work_of(model)
    w, t = block.keys["w"].to_numpy(), block.keys["t"].to_numpy()
    load = work[w, t]
    weight = np.full(len(rows), 1e-3)
    weight[: len(w)] = load / max(float(work.sum()), DIGIT) * np.where(critical[w], _CRITICAL, 1.0)
    problem, slack = _with_slack(arrays, rows, weight, _targets(model))
    least = problem.solve().optimum("under this stress even serving nothing breaks a limit of the case")
    unserved = least.x[slack][: len(w)] * load
    problem.set_row_bounds(np.array([len(arrays.row_lower)]), -np.inf, least.objective * (1 + SUM) + ZERO)
    problem.set_cost(np.concatenate([arrays.cost, np.zeros(len(rows))]))
    cheapest = problem.solve()
    chosen = cheapest if cheapest.status is Status.OPTIMAL else least
    cost = float(arrays.cost @ chosen.x[: len(arrays.cost)]) * model.unit
    of_critical = float(work[critical].sum())
    part = float(unserved[critical[w]].sum()) / of_critical if of_critical > 0 else 0.0
    every = float(unserved.sum() / work.sum())
    return max(0.0, part), max(0.0, every), cost, chosen.x[: len(arrays.cost)]


def without_shares(model: Model, arrays: Arrays) -> Arrays:
    """The program with its caps and floors on shares set aside."""
    rows = [
        model.starts[block.family] + np.arange(len(block.keys))
        for block in model.blocks
        if model.family(block).holders is not None
    ]
    return arrays.relaxed(np.concatenate(rows))


def _targets(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Rows of latency, and the demand row of the same workload and period.

    What is not served has no target to meet, and what misses its target is not served.
    """
    wanted = model.block("latency").keys
    at = numbers_of(model.block("demand").keys, ["w", "t"], wanted)
    return model.starts["latency"] + np.arange(len(wanted)), at


def _with_slack(
    arrays: Arrays, rows: np.ndarray, weight: np.ndarray, also: tuple[np.ndarray, np.ndarray]
) -> tuple[Problem, np.ndarray]:
    """The program with a weighted slack on some rows, and a last row that adds the weights up.

    ``also``: further rows, and the number of the slack that loosens each.
    """
    n, added = len(arrays.cost), len(rows)
    own, last = np.arange(added), np.full(added, len(arrays.row_lower))
    entries = (
        np.concatenate([rows, also[0], last]),
        n + np.concatenate([own, also[1], own]),
        np.concatenate([arrays.row_lower[rows], arrays.row_lower[also[0]], weight]),
    )
    wider = with_slacks(arrays, np.concatenate([np.zeros(n), weight]), np.ones(added), entries)
    return Problem(wider), n + np.arange(added)
