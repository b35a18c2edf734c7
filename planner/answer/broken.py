"""What a plan that was not made within the limits breaks, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import numpy as np
import pandas as pd

from planner.model.block import Block
from planner.model.build import Model
from planner.model.family import Family, Row
from planner.tolerances import ROW, SUM


def broken_shares(shares: pd.DataFrame) -> list[str]:
    """Caps and floors on shares, from the shares of a plan: the worst period of each holder."""
    out = []
    over = shares[shares["slack"] < -SUM]
    scopes = over.groupby("rule")["scope"].nunique().to_dict()
    for (rule, scope, subject), rows in over.groupby(["rule", "scope", "subject"]):
        worst = rows.sort_values(["slack", "period"]).iloc[0]
        where = f" of {scope}" if scopes[str(rule)] > 1 else ""
        out.append(
            f"{rule}: {subject} has {worst['share']:.1%}{where} in {worst['period']} against "
            f"{worst['limit']:.0%} "
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


def broken_limits(model: Model, blocks: Iterable[Block], x: np.ndarray, room: bool = False) -> list[str]:
    """Limits on capacity, cash, carbon, exit, moves and survival, from the values of the columns.

    The worst row of each limit and resource is told; shares and latency are told by what they come to.

    Parameters
    ----------
    blocks
        Of the program, or left out of it.
    room
        Tell of the room to flee to instead, which is wanted only where all else holds.
    """
    out: list[str] = []
    for block in blocks:
        family = model.family(block)
        if family.broken is not None and len(block.keys) and family.is_room == room:
            out += _block(model, family, family.broken, block, x)
    return out


def _block(
    model: Model, family: Family, broken: tuple[str, str], block: Block, x: np.ndarray
) -> Iterator[str]:
    value = np.bincount(block.row, block.coef * x[block.col], minlength=len(block.keys))
    low = np.where(np.isfinite(block.lower), block.lower - value, 0.0)
    high = np.where(np.isfinite(block.upper), value - block.upper, 0.0)
    by = np.maximum(low, high)
    bound = np.where(np.isfinite(block.upper), block.upper, block.lower)
    over = np.flatnonzero(by > ROW * np.maximum(1.0, np.abs(bound)))
    size = block.scale / family.size(model)
    # Each resource that is short is told: which of them is worst says nothing of the others.
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in family.rows(model, block, over):
        rows.setdefault((row.words(broken[0]), row.unit), []).append(row)
    for subject, unit in sorted(rows):
        own = rows[subject, unit]
        worst = max(own, key=lambda row: float(by[row.number] / size[row.number]))
        figures = {"by": by, "value": value, "bound": bound}
        stated = {name: float((values / size)[worst.number]) for name, values in figures.items()}
        much = worst.words(broken[1], **stated)
        when = f" in {worst.period}" if worst.period else ""
        also = f" ({_periods(len({row.period for row in own}))})" if "period" in worst.names else ""
        yield f"{subject} {much}{when}{also}"


def _periods(count: int) -> str:
    return f"{count} period{'' if count == 1 else 's'}"
