"""What a plan that was not made within the limits breaks, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from planner.model.block import Block
from planner.model.build import Model
from planner.model.registry import decode
from planner.tolerances import ROW, SUM

LIMITED = ("capacity", "budget", "ceiling", "carbon", "exit", "move_limit", "survival")
"""Families whose rows are told one by one; shares and latency are told by what they come to."""


def broken_shares(shares: pd.DataFrame) -> list[str]:
    """Caps and floors on shares, from the shares of a plan: the worst period of each holder."""
    out = []
    over = shares[shares["slack"] < -SUM]
    for (rule, subject), rows in over.groupby(["rule", "subject"]):
        worst = rows.sort_values(["slack", "period"]).iloc[0]
        out.append(
            f"{rule}: {subject} has {worst['share']:.1%} in {worst['period']} against {worst['limit']:.0%} "
            f"({_periods(len(rows))})"
        )
    return out


def broken_latency(latency: pd.DataFrame, without: Collection[str] = ()) -> list[str]:
    """Targets that are missed, but of the workloads ``without``."""
    out = []
    slow = latency[latency["reached_share"] < latency["required_share"] - SUM]
    for workload, rows in slow[~slow["workload"].isin(set(without))].groupby("workload"):
        worst = rows.sort_values(["reached_share", "period"]).iloc[0]
        out.append(
            f"latency: {workload} reaches {worst['reached_share']:.1%} of its users within "
            f"{worst['target_ms']:g} ms in {worst['period']} against {worst['required_share']:.0%}"
        )
    return out


def broken_limits(
    model: Model, blocks: Iterable[Block], x: np.ndarray, families: Collection[str] = LIMITED
) -> list[str]:
    """Limits on capacity, cash, carbon, exit, moves and survival, from the values of the columns.

    The worst row of each limit is told. ``blocks``: of the program, or left out of it.
    """
    out: list[str] = []
    for block in blocks:
        if block.family in families and len(block.keys):
            value = np.bincount(block.row, block.coef * x[block.col], minlength=len(block.keys))
            out += _block(model, block, value)
    return out


def _block(model: Model, block: Block, value: np.ndarray) -> Iterator[str]:
    low = np.where(np.isfinite(block.lower), block.lower - value, 0.0)
    high = np.where(np.isfinite(block.upper), value - block.upper, 0.0)
    by = np.maximum(low, high)
    bound = np.where(np.isfinite(block.upper), block.upper, block.lower)
    over = np.flatnonzero(by > ROW * np.maximum(1.0, np.abs(bound)))
    if not len(over):
        return
    size = block.scale / (model.unit if block.family in ("budget", "ceiling", "exit") else 1.0)
    told: dict[str, list[dict[str, Any]]] = {}
    decoded = decode(model, block.keys.iloc[over]).to_dict("records")
    for at, row in zip(over.tolist(), decoded, strict=True):
        key = {str(k): v for k, v in row.items()}
        more = {"by": by[at] / size[at], "value": value[at] / size[at], "bound": bound[at] / size[at]}
        told.setdefault(_subject(model, block, at, key), []).append(key | more)
    for subject in sorted(told):
        rows = told[subject]
        worst = max(rows, key=lambda row: float(row["by"]))
        when = str(worst.get("period", worst.get("year", worst.get("span", ""))))
        when = when.removesuffix(".0")
        also = f" ({_periods(len({row['period'] for row in rows}))})" if "period" in worst else ""
        yield f"{subject} {_measure(model, block.family, worst)}" + (f" in {when}" if when else "") + also


def _subject(model: Model, block: Block, at: int, row: dict[str, Any]) -> str:
    """The rule or the limit, and whom it is about."""
    if block.family == "capacity":
        payer = f" for {row['payer']}" if row["payer"] else ""
        return f"capacity: {row['subject']}{payer}"
    if block.family == "refuge":
        return f"survival: {row['subject']} without {row['event']}"
    if block.family == "survival":
        e, w, t = (int(v) for v in block.keys[["e", "w", "t"]].iloc[at])
        rule = model.index.losses.rule(e, w, t)
        return f"{rule.id if rule else 'survival'}: {row['workload']} without {row['event']}"
    if block.family == "move_limit":
        return f"move-limit: {row['workload'] or row['agency'] or 'all'}"
    if block.family == "ceiling":
        return f"ceiling: contract {row['contract']}"
    if block.family == "carbon":
        return f"{row['rule']}: machines"
    if block.family == "exit":
        return f"{row['rule']}: leaving {row['group']}"
    whose = f"{row.get('agency', '')} {row.get('vote', '')}".strip()
    return f"{row.get('rule') or 'budget'}: cash of {whose or 'all payers'}"


def _measure(model: Model, family: str, worst: dict[str, Any]) -> str:
    currency = model.index.inputs.case.settings.currency
    if family == "survival":
        return f"has no place for {worst['by']:.1%}"
    if family == "exit":
        return f"costs {currency} {worst['by']:,.0f} too much"
    against = f"against {worst['bound']:,.6g}"
    if family in ("budget", "ceiling"):
        return f"comes to {currency} {worst['value']:,.0f} against {worst['bound']:,.0f}"
    if family in ("capacity", "refuge"):
        return f"needs {worst['value']:,.6g} {worst['resource']} {against}"
    return f"{worst['value']:,.6g} {'t CO2e' if family == 'carbon' else 'moves'} {against}"


def _periods(count: int) -> str:
    return f"{count} period{'' if count == 1 else 's'}"
