"""The plan of a program as ``planner plan`` makes it: for what is asked of a plan beside its folder."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from planner.answer.extract import tidy
from planner.answer.first import First, first_stage, leaner
from planner.answer.refuges import with_refuges
from planner.answer.ties import Settled, break_ties
from planner.lp.outcome import Outcome
from planner.lp.policy import PLANNING, SolvePolicy
from planner.lp.solve import solve
from planner.model.build import Model
from planner.model.to_arrays import to_arrays

_ROUNDS = 5
"""So often machines without work are let go of: what that frees may leave others without."""


def planned(model: Model, infeasible: str) -> Outcome:
    """The cheapest plan, ties broken as ``planner plan`` does.

    Raises
    ------
    Infeasible
        With the words given, if there is none.
    Stopped
        If the solver gave up.
    """
    first = first_stage(model)
    first.outcome.optimum(infeasible)
    first, settled = chosen(model, first)
    outcome = first.outcome
    return replace(outcome, x=tidy(with_refuges(model, settled.x)))


def chosen(model: Model, first: First, policy: SolvePolicy = PLANNING) -> tuple[First, Settled]:
    """Break ties; in whole machines let go of those that the choice leaves without work, and choose anew.

    Returns
    -------
    (first, settled)
        The first stage with the machines that stay, and the choice among plans of its cost.
    """
    settled = break_ties(model, first.arrays, first.outcome)
    for _ in range(_ROUNDS):
        fewer = leaner(model, first, settled.x, policy)
        if fewer is None:
            break
        first = fewer
        settled = break_ties(model, first.arrays, first.outcome)
    return first, settled


def held_as(model: Model, placements: pd.DataFrame, infeasible: str) -> Outcome:
    """The cheapest plan whose work, copies and backups are where ``placements`` of a plan say.

    Raises
    ------
    Infeasible
        With the words given, if the case does not allow them.
    Stopped
        If the solver gave up.
    """
    case, columns, arrays = model.index.case, model.columns, to_arrays(model)
    w = {name: i for i, name in enumerate(case.workloads["workload"])}
    r = {name: i for i, name in enumerate(model.index.case.regions["region"])}
    t = {name: i for i, name in enumerate(case.periods["period"])}
    shares = {
        (role, w[name], r[region], t[period]): float(share)
        for name, region, period, role, share in placements.itertuples(index=False)
    }
    for family, role, region in ((columns.place, "primary", "r"), (columns.backup, "backup", "r"),
                                 (columns.pair, "standby", "r2")):  # fmt: skip
        keys = family.keys[["w", region, "t"]].astype("int64").itertuples(index=False, name=None)
        share = np.array([shares.get((role, *key), 0.0) for key in keys])
        # Of copies the plan says where they are, and not of which part of the work.
        lower = np.zeros(len(share)) if role == "standby" else share
        arrays = arrays.bounded(family.numbers, lower, share)
    outcome = solve(arrays).outcome.optimum(infeasible)
    return replace(outcome, x=tidy(outcome.x))
