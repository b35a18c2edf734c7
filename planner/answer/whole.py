"""The plan in whole machines: the cheapest that a search finds, in which every rule holds."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from planner.answer import extract, shares, survival
from planner.answer.broken import broken_limits, broken_shares
from planner.answer.parts import as_planned, parts
from planner.answer.rounded import with_extra
from planner.answer.solved import Solved
from planner.lp.arrays import Arrays
from planner.lp.dive import dive
from planner.lp.outcome import Status
from planner.lp.problem import Problem
from planner.lp.repair import repair
from planner.lp.watch import current, stage
from planner.model.build import Model, build
from planner.model.to_arrays import to_arrays
from planner.plan.plan import PURCHASES, Plan
from planner.tolerances import SUM, WHOLE

DIVED = 120_000
"""Programs with more entries are not dived into, but rounded up and repaired part by part."""
LARGEST = 2_000_000
"""Programs with more entries are not searched: a plan may not take minutes longer for it."""
_MACHINES = ("run", "commit")
_AGAIN = 3
"""So often idle machines are taken away before the search is given up."""
_KEYS = [c for c in PURCHASES if c != "units"]


def in_whole_machines(solved: Solved) -> Solved:
    """With a plan in whole machines that obeys every rule, where one is found.

    Rounding each purchase up may break limits of capacity, shares, budgets: so the program is stated
    again in whole machines, of those that the plan chose among, other whole numbers kept as they are,
    and searched: by a dive, and where that is too large or finds nothing, by rounding up and repairing
    one part after the other. ``plan.json`` says how it went (``whole``).
    """
    plan = solved.plan
    nothing_to_do = not plan.head["rounding"] and not plan.head["rounding_over"]
    if nothing_to_do or "fixed" in plan.head:
        return solved
    clock = time.perf_counter()
    stage("looking for a plan in whole machines")
    plan = solved.plan if current().ended else _looked_for(solved)
    if current().ended and plan.head.get("whole", {}).get("status") != "found":
        # What a search that was stopped had come to says nothing of the plans that there are.
        word = f"not looked for to the end: {current().ended}"
        plan = _said(solved.plan, {"status": "not looked for", "word": word})
    seconds = {**solved.seconds, "whole machines": time.perf_counter() - clock}
    return replace(solved, plan=plan, seconds=seconds)


def _looked_for(solved: Solved) -> Plan:
    plan, model = solved.plan, _restated(solved.model)
    arrays = _kept(solved, model, to_arrays(model))
    if len(arrays.index) > LARGEST:
        word = f"not looked for: the program of whole machines has more than {LARGEST:,} entries"
        return _said(plan, {"status": "not looked for", "word": word})
    x = _used(model, arrays) if len(arrays.index) <= DIVED else None
    if x is not None:
        return _with(plan, model, _tidy(arrays, x))
    repaired = repair(arrays, parts(model), as_planned(solved.model, solved.outcome.x, model))
    x = _tidy(arrays, repaired.x)
    if not len(repaired.broken):
        return _with(plan, model, x)
    word = "none was found; the nearest one breaks a limit"
    return _said(plan, {"status": "not found", "word": word, "breaks": _breaks(model, x)})


def _tidy(arrays: Arrays, x: np.ndarray) -> np.ndarray:
    return extract.tidy(np.where(arrays.integer, np.round(x), x))


def _breaks(model: Model, x: np.ndarray) -> list[str]:
    """What the nearest plan in whole machines breaks, in words.

    Room to flee to is told where nothing else breaks: what fits nowhere leaves none either.
    """
    words = [*broken_shares(shares.shares(model, x)), *broken_limits(model, model.blocks, x)]
    return words or broken_limits(model, model.blocks, x, room=True)


def _used(model: Model, arrays: Arrays) -> np.ndarray | None:
    """What the dive finds, without machines where nothing of their pool is placed.

    A row lets one machine of a kind be idle, for what rounding up leaves over; where nothing runs it would
    only thin out somebody's share. Such machines are taken away, and if the rest is no plan then, the dive
    begins again without them.
    """
    x = dive(arrays)
    for _ in range(_AGAIN):
        if x is None or not len(idle := _idle(model, x)):
            return x
        arrays = arrays.bounded(idle, None, 0.0)
        rest = Problem(arrays.fixed(np.minimum(x, arrays.upper))).solve()
        x = rest.x if rest.status is Status.OPTIMAL else dive(arrays)
    return None


def _idle(model: Model, x: np.ndarray) -> np.ndarray:
    """Columns of machines on demand where nothing of the pool is placed, if any of them runs."""
    pool = model.index.pool_of
    here = set()
    for family, region in ((model.columns.place, "r"), (model.columns.pair, "r2")):
        keys = family.keys[x[family.numbers] > SUM]
        w = keys["w"].to_numpy(dtype=np.int64)
        here |= set(zip(pool[w].tolist(), keys[region].tolist(), keys["t"].tolist(), strict=True))
    run = model.columns.run
    keys = run.keys[["q", "r", "t"]].itertuples(index=False, name=None)
    empty = np.fromiter((key not in here for key in keys), dtype=bool, count=len(run.keys))
    runs = bool((empty & (x[run.numbers] > 0.5)).any())
    return np.asarray(run.numbers[empty & runs])


def _restated(model: Model) -> Model:
    """The same program in whole machines: each workload on the machines that the first one gave it."""
    index, columns = model.index, model.columns
    case = index.case
    settings = replace(case.settings, whole_units=True)
    # A frozen commitment of an earlier plan is kept in whole machines too.
    earlier = case.earlier_commitments
    earlier = earlier.assign(units=np.ceil(earlier["units"].to_numpy(dtype="float64") - WHOLE))
    case = replace(case, settings=settings, earlier_commitments=earlier)
    machines = np.zeros_like(index.eligibility.admitted)
    use, folded, run = columns.use.keys, columns.folded, columns.run.keys
    machines[use["w"].to_numpy(dtype=np.int64), use["s"].to_numpy(dtype=np.int64)] = True
    machines[folded["w"].to_numpy(dtype=np.int64), folded["sku"].to_numpy(dtype=np.int64)] = True
    fleets = np.zeros((len(index.pools), machines.shape[1]), dtype=bool)
    fleets[run["q"].to_numpy(dtype=np.int64), run["s"].to_numpy(dtype=np.int64)] = True
    machines[index.container] = fleets[index.pool_of[index.container]]
    return build(case, index.eligibility, reference=model.reference, machines=machines)


def _kept(solved: Solved, model: Model, arrays: Arrays) -> Arrays:
    """With whole numbers that are not machines where the plan has them."""
    machines = np.zeros(len(arrays.cost), dtype=bool)
    for name in _MACHINES:
        machines[getattr(model.columns, name).numbers] = True
    for first, again in zip(solved.model.columns.families, model.columns.families, strict=True):
        if first.name not in _MACHINES and first.integer.any():
            held = again.numbers[again.integer]
            value = np.round(solved.outcome.x[first.numbers[first.integer]])
            arrays = arrays.bounded(held, value, value)
    return replace(arrays, integer=arrays.integer & machines)


def _with(plan: Plan, model: Model, x: np.ndarray) -> Plan:
    bought = extract.purchases(model, x)
    frame = _beside(plan.purchases, bought[bought["unit"] == "machines"])
    rounded, _ = with_extra(model.index, frame)
    placements = extract.placements(model, x)
    cost = float(model.objective @ x) * model.unit
    # With whole numbers the plan itself is only known to cost no less than its bound.
    low = min(float(plan.run.get("bound", plan.run["objective"])), cost)
    said = {
        "status": "found",
        "cost": round(cost, 2),
        "no_less_than": round(low, 2),
        "elsewhere": _elsewhere(plan.placements, placements),
    }
    head = {"rounding": round(cost - float(plan.head["objective"]), 2), "rounding_over": []}
    return replace(
        _said(plan, said, **head),
        rounded=rounded,
        rounded_placements=placements,
        rounded_costs=extract.costs(model, x),
        rounded_survival=survival.survival(model, x),
    )


def _said(plan: Plan, whole: dict[str, Any], **head: Any) -> Plan:
    return replace(plan, head={**plan.head, "whole": whole, **head})


def _beside(fractions: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """Purchases of machines in fractions (``units``) and whole (``whole``), pool by pool."""
    machines = fractions[fractions["unit"] == "machines"].assign(workload="")
    units = machines.groupby(_KEYS, sort=True)["units"].sum()
    both = pd.concat([units, whole.groupby(_KEYS, sort=True)["units"].sum().rename("whole")], axis=1)
    frame: pd.DataFrame = both.fillna(0.0).sort_index().reset_index()
    return frame[[*PURCHASES, "whole"]]


def _elsewhere(plan: pd.DataFrame, whole: pd.DataFrame) -> list[str]:
    """Workloads of which at least a hundredth is placed elsewhere in some period."""
    keys = ["workload", "region", "period", "role"]
    before = plan.set_index(keys)["share"]
    after = whole.set_index(keys)["share"]
    moved = before.subtract(after, fill_value=0.0).abs() >= 0.01
    return sorted(set(moved[moved].index.get_level_values("workload")))
