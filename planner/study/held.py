"""What breaks when nothing moves: the plan of the case, its placements held, under a stressor.

Work, copies kept ready and backups stay where the plan of the case has them; what a stressor closes is
lost. A copy kept ready takes over its part of what is lost with its primary. Machines are bought anew for
what is left, as cheaply as every limit allows. Where they cannot all hold, capacities are overrun, and
refuges of survival are missed, as little as they can be; other limits do not restrict what is bought
then, and what breaks is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from planner.answer import extract, shares
from planner.answer.broken import broken_latency, broken_limits, broken_shares
from planner.errors import Stopped
from planner.lp.arrays import Arrays, with_slacks
from planner.lp.outcome import Outcome, Status
from planner.lp.problem import Problem
from planner.model.build import Model
from planner.model.columns import ColumnFamily
from planner.model.family import Family
from planner.tolerances import SUM, ZERO

_FIRST = 1000.0
"""Weight of room that work would flee into: work rather has no place than one that is not there."""


@dataclass(frozen=True)
class Breaks:
    """What breaks.

    Attributes
    ----------
    unserved
        Workload, the largest part of it that is lost and that nothing takes over, the period of it, in
        how many periods, whether it is critical: those first, then by what they lose.
    standbys, backups
        Workloads whose copy kept ready, or backup, is lost, in part at least.
    rules
        Rules and limits that do not hold, in words.
    """

    unserved: tuple[tuple[str, float, str, int, bool], ...]
    standbys: tuple[str, ...]
    backups: tuple[str, ...]
    rules: tuple[str, ...]

    def lines(self) -> list[dict[str, Any]]:
        """One line for each that breaks, for CSV and JSON."""
        out = [
            _line("unserved", w, "")
            | {"critical": critical, "share": round(part, 9), "period": t, "periods": n}
            for w, part, t, n, critical in self.unserved
        ]
        for kind, names in (("standby", self.standbys), ("backup", self.backups)):
            out += [_line(kind, name, "") for name in names]
        return out + [_line("rule", text.partition(":")[0], text) for text in self.rules]


def note(text: str) -> dict[str, Any]:
    """A line that says why nothing can be told."""
    return _line("note", "", text)


def _line(kind: str, subject: str, text: str) -> dict[str, Any]:
    known = {"share": None, "period": "", "periods": None, "text": text}
    return {"kind": kind, "subject": subject, "critical": None, **known}


def held(before: Model, x: np.ndarray, now: Model, arrays: Arrays) -> Breaks:
    """What breaks of the solution ``x`` of a case when it is held in the case under stress.

    Parameters
    ----------
    now, arrays
        The program under stress; what is closed has no columns in it.
    """
    place = _held(before.columns.place, now.columns.place, ["w", "r", "t"], x)
    pair = _held(before.columns.pair, now.columns.pair, ["w", "r", "r2", "t"], x)
    copy = _held(before.columns.backup, now.columns.backup, ["w", "r", "t"], x)
    taken = _taken_over(now, place, pair)
    outcome = _solve(now, arrays, [pd.concat([place, taken]), pair, copy])
    names = now.index.case.workloads["workload"].to_numpy()
    unserved = _unserved(now, place, taken)
    ready = now.index.eligibility.standby
    gone = pair[~ready[pair["w"], pair["r2"], pair["t"]]]
    nowhere = _named(names, taken[taken["col"] < 0])
    return Breaks(
        unserved=unserved,
        standbys=_named(names, gone),
        backups=_named(names, copy[copy["col"] < 0]),
        rules=_rules(now, outcome, {*(line[0] for line in unserved), *nowhere}),
    )


def _held(before: ColumnFamily, now: ColumnFamily, keys: list[str], x: np.ndarray) -> pd.DataFrame:
    """What the plan has of a family: keys, x, and the column of it under stress, -1 where there is none."""
    mine = before.keys[keys].assign(x=x[before.numbers])
    mine = mine[mine["x"] > ZERO]
    found = mine.merge(now.keys[keys].assign(col=now.numbers), on=keys, how="left")
    return found.assign(col=found["col"].fillna(-1).astype("int64")).astype(dict.fromkeys(keys, "int64"))


def _named(names: np.ndarray, lines: pd.DataFrame) -> tuple[str, ...]:
    return tuple(str(v) for v in names[np.unique(lines["w"].to_numpy(dtype=np.int64))])


def _taken_over(now: Model, place: pd.DataFrame, pair: pd.DataFrame) -> pd.DataFrame:
    """What copies kept ready take over of what is lost: w, r, t, x, and the column of a place there."""
    gone = pd.MultiIndex.from_frame(place.loc[place["col"] < 0, ["w", "r", "t"]])
    over = pair[pd.MultiIndex.from_frame(pair[["w", "r", "t"]]).isin(gone)]
    over = over[now.index.eligibility.standby[over["w"], over["r2"], over["t"]]]
    over = over.assign(r=over["r2"], x=over["x"] * now.index.ready[over["w"].to_numpy()])
    found = now.columns.place.keys.assign(col=now.columns.place.numbers)
    over = over[["w", "r", "t", "x"]].merge(found, on=["w", "r", "t"], how="left")
    return over.assign(col=over["col"].fillna(-1).astype("int64"))


def _unserved(
    now: Model, place: pd.DataFrame, taken: pd.DataFrame
) -> tuple[tuple[str, float, str, int, bool], ...]:
    case = now.index.case
    left = np.zeros(case.alive.shape)
    gone = place[place["col"] < 0]
    np.add.at(left, (gone["w"].to_numpy(), gone["t"].to_numpy()), gone["x"].to_numpy())
    np.subtract.at(left, (taken["w"].to_numpy(), taken["t"].to_numpy()), taken["x"].to_numpy())
    out = []
    for w in np.flatnonzero((left > ZERO).any(axis=1)).tolist():
        t = int(left[w].argmax())
        line, period = case.workloads.iloc[w], case.periods["period"].iloc[t]
        count = int((left[w] > ZERO).sum())
        out.append((str(line["workload"]), float(left[w, t]), str(period), count, bool(line["critical"])))
    return tuple(sorted(out, key=lambda found: (not found[4], -round(found[1], 9), found[0])))


def _solve(now: Model, arrays: Arrays, families: list[pd.DataFrame]) -> Outcome:
    """Buy for what is held: within every limit where that can be, else :func:`_loosened`."""
    fixed = _without(now, _fixed(now, arrays, families), lambda family: family.role == "structure")
    within = Problem(fixed).solve()
    return within if within.status is Status.OPTIMAL else _loosened(now, fixed)


def _fixed(now: Model, arrays: Arrays, families: list[pd.DataFrame]) -> Arrays:
    """The program with work, copies and backups where they are."""
    columns = now.columns
    integer = arrays.integer.copy()
    for family, lines in zip((columns.place, columns.pair, columns.backup), families, strict=True):
        integer[family.numbers] = False
        kept = lines[lines["col"] >= 0].groupby("col")["x"].sum()
        arrays = arrays.bounded(family.numbers, 0.0, 0.0)
        arrays = arrays.bounded(kept.index.to_numpy(), kept.to_numpy(), kept.to_numpy())
    return replace(arrays, integer=integer)


def _without(now: Model, arrays: Arrays, chosen: Callable[[Family], bool]) -> Arrays:
    """The program with the rows of some families set aside."""
    for block in (b for b in now.blocks if chosen(now.family(b))):
        arrays = arrays.relaxed(now.starts[block.family] + np.arange(len(block.keys)))
    return arrays


def _gives(family: Family) -> bool:
    """Is it broken as little as can be? So are capacities, and what asks for a place to flee to."""
    return family.states == "capacity" or family.role == "flight"


def _loosened(now: Model, fixed: Arrays) -> Outcome:
    """Capacities overrun and refuges missed as little as can be, then as cheaply as can be."""
    rows, unit, weight = [], [], []
    for block in (b for b in now.blocks if _gives(now.family(b))):
        rows.append(now.starts[block.family] + np.arange(len(block.keys)))
        whole = np.maximum(np.abs(block.upper), block.scale)
        unit.append(np.where(np.isfinite(block.upper), -whole, block.scale))
        weight.append(np.full(len(block.keys), _FIRST if now.family(block).is_room else 1.0))
    free = _without(now, fixed, lambda family: family.role == "limit" and not _gives(family))
    n = len(fixed.cost)
    wider = _with_slack(free, np.concatenate(rows), np.concatenate(unit), np.concatenate(weight))
    problem, added = Problem(wider), len(wider.cost) - n
    if added:
        least = _told(problem.solve())
        problem.set_row_bounds(np.array([len(free.row_lower)]), -np.inf, least.objective * (1 + SUM) + ZERO)
    problem.set_cost(np.concatenate([fixed.cost, np.zeros(added)]))
    cheapest = _told(problem.solve())
    return replace(cheapest, x=cheapest.x[:n])


def _told(outcome: Outcome) -> Outcome:
    # Rounding can make a program infeasible that always has a solution: that is no fault of the case.
    if outcome.status is not Status.OPTIMAL:
        raise Stopped(f"what breaks with placements held could not be told: the solver ended {outcome.word}")
    return outcome


def _with_slack(arrays: Arrays, rows: np.ndarray, unit: np.ndarray, weight: np.ndarray) -> Arrays:
    """A slack on each of some rows, ``unit`` its size there, and a last row of weighted slacks: the cost."""
    n, added = len(arrays.cost), len(rows)
    own, last = n + np.arange(added), np.full(added, len(arrays.row_lower))
    entries = (np.concatenate([rows, last]), np.concatenate([own, own]), np.concatenate([unit, weight]))
    return with_slacks(arrays, np.concatenate([np.zeros(n), weight]), np.full(added, np.inf), entries)


def _rules(now: Model, outcome: Outcome, unserved: set[str]) -> tuple[str, ...]:
    x = extract.tidy(outcome.x)
    found = shares.shares(now, x)
    late = broken_latency(extract.latency(now, x), unserved)
    return (*broken_shares(found), *late, *broken_limits(now, now.blocks, x))
