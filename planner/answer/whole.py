"""What is bought is whole machines: the case stated so, and what is told where no such plan was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from planner.answer import extract, shares
from planner.answer.broken import broken_limits, broken_shares
from planner.answer.parts import parts
from planner.catalog.spot import SUFFIX
from planner.inputs import Case
from planner.lp.arrays import Arrays
from planner.lp.repair import Repaired, nearest
from planner.model.build import Model
from planner.model.families.carry import NEAR
from planner.plan.plan import MACHINES
from planner.tolerances import WHOLE


def in_whole_machines(case: Case) -> Case:
    """The same question of plans in whole machines, unless the case asks for parts of them.

    Commitments of an earlier plan that was made in parts are rounded up.
    """
    if case.settings.whole_units is not None:
        return case
    earlier = case.earlier_commitments
    earlier = earlier.assign(units=np.ceil(earlier["units"].to_numpy(dtype="float64") * (1.0 - WHOLE)))
    settings = replace(case.settings, whole_units=True)
    return replace(case, settings=settings, earlier_commitments=earlier)


def in_parts(case: Case) -> Case:
    """The same question of plans in parts of machines, which cost no more."""
    return replace(case, settings=replace(case.settings, whole_units=False))


def none_found(model: Model, arrays: Arrays, x: np.ndarray | None) -> list[str]:
    """What the nearest plan in whole machines breaks, and what a user can do, in sentences.

    ``x``: where the search ended; ``None`` where there is no such plan, though one in parts of machines.
    """
    found = nearest(arrays, parts(model)) if x is None else Repaired(x, np.empty(0, dtype=np.int64))
    whole = None if found is None else extract.tidy(np.where(arrays.integer, np.round(found.x), found.x))
    words = [] if whole is None else [f"the nearest one breaks {line}" for line in _breaks(model, whole)]
    room = "give what is broken more room" if words else "loosen a limit"
    parted = "plan in parts of machines, which nobody can buy ([units] whole = false in case.toml)"
    if x is None:
        first = "no plan in whole machines obeys every rule, though one in parts of machines does"
        return [first, *words, f"{room}, or {parted}"]
    first = "no plan in whole machines was found before the effort was spent"
    longer = "search longer (--effort 10; --gap only ends a search that has found one)"
    return [first, *words, f"{longer}, {room}, or {parted}"]


def _breaks(model: Model, x: np.ndarray) -> Iterator[str]:
    """What a plan breaks; room to flee to only where nothing else breaks: what fits nowhere leaves none."""
    words = [*broken_shares(shares.shares(model, x)), *broken_limits(model, model.blocks, x)]
    yield from words or broken_limits(model, model.blocks, x, room=True)


def without_spare(model: Model, x: np.ndarray) -> np.ndarray:
    """Whole numbers without machines that carry no more than rounding up leaves over, the dearest first.

    Sums that follow from machines are left as they are: the program is to be solved again beside these.
    """
    out, columns = x.copy(), model.columns
    carry = model.block("carry")
    excess = np.bincount(carry.row, carry.coef * x[carry.col], minlength=len(carry.keys)) / carry.scale
    key = ["w", "r", "t", "l"]
    use = columns.use.numbered.merge(carry.keys.assign(excess=excess), on=key)
    run = columns.run.numbered.rename(columns={"col": "run"})
    use = use.merge(run, on=["q", "r", "s", "t", "l"], how="left")
    use = use[x[use["col"]] > WHOLE]
    price = model.index.offers.hourly_paid[use["s"].to_numpy(np.int64), use["t"].to_numpy(np.int64)]
    use = use.assign(price=price).sort_values(["price", "col"], ascending=[False, True])
    left = dict(zip(map(tuple, use[key].to_numpy()), use["excess"], strict=True))
    for at, n, col, on_demand in zip(
        map(tuple, use[key].to_numpy()), use["n"], use["col"], use["run"], strict=True
    ):
        spare = min(np.floor(left[at] * n + WHOLE), np.round(out[col]))
        if spare >= 1:
            left[at] -= spare / n
            out[col] -= spare
            out[int(on_demand)] -= min(spare, np.round(out[int(on_demand)]))
    return out


def without_room_for_spare(model: Model, arrays: Arrays, x: np.ndarray) -> Arrays:
    """The program in which a placement keeps to the kinds of machines that it has, and to less over than one.

    The family ``carry`` leaves room for the largest kind on offer; of smaller kinds whole machines could lie
    idle in that room, and would wherever spending more makes another share smaller.
    """
    carry, use = model.block("carry"), model.columns.use.numbered
    key, n = ["w", "r", "t", "l"], use["n"].to_numpy()
    runs = x[use["col"].to_numpy()] > WHOLE
    sited = use[key].merge(carry.keys.assign(row=np.arange(len(carry.keys))), on=key, how="left")
    row = sited["row"].to_numpy(dtype=np.int64)
    largest = np.zeros(len(carry.keys))
    np.maximum.at(largest, row[runs], 1.0 / n[runs])
    rows = model.starts["carry"] + np.flatnonzero(largest > 0)
    room = (1.0 - NEAR) * largest[largest > 0] * carry.scale[largest > 0]
    arrays = arrays.row_bounded(rows, None, np.minimum(arrays.row_upper[rows], room))
    unused = use["col"].to_numpy()[~runs & (largest[row] > 0)]
    return arrays.bounded(unused, None, np.zeros(len(unused)))


def machines(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Which machines serve which workload on platform ``vm``, in each slice: on demand or committed."""
    index, names = model.index, extract.names_of(model)
    folded = extract.folded_machines(model, x)
    use = model.columns.use.keys.assign(units=x[model.columns.use.numbers])
    both = pd.concat([folded, use], ignore_index=True)[["w", "r", "s", "t", "l", "units"]]
    both = both[both["units"] > WHOLE].merge(index.slices[["t", "l", "name"]], on=["t", "l"], how="left")
    spot = index.case.catalog.skus["spot"].to_numpy(dtype=bool)
    w, r, s, t = (both[c].to_numpy(dtype=np.int64) for c in "wrst")
    frame = pd.DataFrame(
        {
            "workload": names["w"][w],
            "region": names["r"][r],
            "sku": pd.Series(names["s"][s], dtype=object).str.removesuffix(SUFFIX),
            "spot": np.where(spot[s], "true", "false"),
            "period": names["t"][t],
            "slice": both["name"],
            "units": extract.tidy(both["units"].to_numpy(dtype="float64")),
        }
    )
    return extract.in_order(frame, MACHINES)
