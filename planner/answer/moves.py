"""Moves: what goes from where to where, when, and what that costs; the waves of a migration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from planner.inputs import Case
from planner.plan.plan import MOVES
from planner.tolerances import SHARE

_AT_TO = ("migration labour", "placement once")
_AT_FROM = ("migration transfer",)
Shares = Mapping[str, float]


def moves(case: Case, placements: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Each share of a workload that changes its region between periods, in the first against ``current.csv``.

    What begins or ends moves nowhere. Where a workload leaves and enters several regions at once, they are
    matched in the order of their names. ``labour``, ``once`` and ``transfer`` are cash with tax of
    ``costs.csv``, ``cost`` is their sum.
    """
    primary = placements[placements["role"] == "primary"]
    placed = {
        key: dict(zip(rows["region"], rows["share"], strict=True))
        for key, rows in primary.groupby(["workload", "period"], sort=False)
    }
    today = case.current[case.current["role"] == "primary"]
    now: dict[Any, Shares] = {
        name: {str(r): float(v) for r, v in rows.groupby("region")["share"].sum().items()}
        for name, rows in today.groupby("workload", sort=False)
    }
    cash: dict[Any, float] = costs.groupby(["term", "workload", "region", "period"])["cash"].sum().to_dict()
    rows = []
    for workload in case.workloads["workload"]:
        before: Shares | None = now.get(workload)
        for period in case.periods["period"]:
            after = placed.get((workload, period))
            if before and after:
                rows += list(_between(cash, str(workload), str(period), before, after))
            before = after
    frame = pd.DataFrame(rows, columns=list(MOVES))
    return frame.sort_values(["period", "workload", "from", "to"], ignore_index=True)


def _between(
    cash: Mapping[tuple[str, str, str, str], float], workload: str, period: str, before: Shares, after: Shares
) -> Iterator[dict[str, object]]:
    change = {r: after.get(r, 0.0) - before.get(r, 0.0) for r in sorted({*before, *after})}
    left = {r: -d for r, d in change.items() if d < -SHARE}
    entered = {r: d for r, d in change.items() if d > SHARE}
    at_from = {r: sum(cash.get((t, workload, r, period), 0.0) for t in _AT_FROM) / d for r, d in left.items()}
    at_to = {r: [cash.get((t, workload, r, period), 0.0) / d for t in _AT_TO] for r, d in entered.items()}
    for source in left:
        for target in entered:
            share = min(left[source], entered[target])
            if share <= SHARE:
                continue
            left[source] -= share
            entered[target] -= share
            labour, once = (round(money * share, 2) for money in at_to[target])
            transfer = round(at_from[source] * share, 2)
            yield {
                "period": period, "workload": workload, "from": source, "to": target,
                "share": round(share, 9), "labour": labour, "once": once, "transfer": transfer,
                "cost": round(labour + once + transfer, 2),
            }  # fmt: skip
