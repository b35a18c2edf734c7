"""Exit: leaving a vendor group costs no more than a share of a year's accrual."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, Entries, make_block, numbers_of
from planner.model.columns import Columns
from planner.model.context import Context
from planner.model.family import MONEY, Family, Number, Row, rule_by_id
from planner.model.index import Index
from planner.model.leaving import leaving
from planner.model.lever import Lever
from planner.model.statement import share_loosened
from planner.policy.rules import Rule
from planner.tolerances import SUM

_KEY = ["rule", "g", "t"]


@dataclass(frozen=True)
class ExitParts:
    """The two sides of the rows, in ``unit`` units of money: row, column, coefficient.

    Attributes
    ----------
    keys
        rule (its id), g, t.
    leaving
        What leaving costs.
    accrual
        A year's accrual at the rate of the period, which the cap is a share of.
    """

    keys: pd.DataFrame
    leaving: Entries
    accrual: Entries


def exit(context: Context) -> Block | None:
    """Purpose: never depend on a vendor group so much that leaving it cannot be paid for.

    Equation: Σ leaving · x ≤ cap · (12 / months[t]) · Σ accrual[t] · x for each rule of kind ``exit``,
    each group g of the market and each period t that the rule binds. Left of it, what leaving g for
    good at the end of t costs: its data at list egress (nothing where the vendor waives it for a full
    exit), the labour of moving what lives on, commitments and agreements begun by then to their end.
    Right of it, a year's worth of what is accrued in t with g, or by the whole plan, counted as for
    shares: nothing idle, one-off or agreed apart, which would only be bought to raise the limit. Both
    undiscounted and before tax.

    Units: ``unit`` units of money. Keys: rule (its id), g, t.

    Dual: money saved over the horizon by one more unit of money that leaving may cost.
    """
    index, columns, lines, unit = context.index, context.columns, context.lines, context.unit
    parts = exit_parts(index, columns, lines, unit)
    cap = {r.rule.id: float(r.rule.parameters["cap"]) for r in index.exits}
    row, col, coef = parts.accrual
    limit = parts.keys["rule"].map(cap).to_numpy(dtype="float64")
    return make_block(parts.keys, [parts.leaving, (row, col, -limit[row] * coef)], -INF, 0.0)


def exit_parts(index: Index, columns: Columns, lines: pd.DataFrame, unit: float) -> ExitParts:
    """Both sides of the rows, without the caps."""
    groups, case = len(index.groups), index.case
    yearly = 12.0 / case.periods["months"].to_numpy(dtype="float64")
    running = lines.loc[lines["counted"] != 0.0, ["col", "r", "t", "counted"]]
    running = running.assign(money=running["counted"] * yearly[running["t"].to_numpy(dtype=np.int64)])
    left, accrued, keys = [], [], []
    for rule in index.exits:
        name = rule.rule.id
        grid = pd.MultiIndex.from_product([range(groups), np.flatnonzero(rule.periods)], names=["g", "t"])
        keys.append(grid.to_frame(index=False).assign(rule=name))
        due = leaving(index, columns, lines, rule.rule)
        due = due[rule.regions[due["r"].to_numpy()]]
        left.append(due.assign(rule=name, g=index.group_of[due["r"].to_numpy(dtype=np.int64)]))
        mine = running.assign(rule=name, g=index.group_of[running["r"].to_numpy(dtype=np.int64)])
        if rule.rule.parameters["of"] == "plan":
            mine = mine.drop(columns="g").merge(pd.DataFrame({"g": range(groups)}), how="cross")
        else:
            mine = mine[(mine["g"] >= 0) & rule.regions[mine["r"].to_numpy(dtype=np.int64)]]
        accrued.append(mine)
    table = pd.concat(keys, ignore_index=True)[_KEY]
    return ExitParts(table, _entries(table, left, unit), _entries(table, accrued, unit))


def _entries(keys: pd.DataFrame, parts: list[pd.DataFrame], unit: float) -> Entries:
    lines = pd.concat(parts, ignore_index=True)
    lines = lines[(lines["money"] != 0.0) & lines["t"].isin(keys["t"])]
    bound = keys.set_index(_KEY).index
    lines = lines[pd.MultiIndex.from_frame(lines[_KEY]).isin(bound)]
    summed = pd.DataFrame(lines.groupby([*_KEY, "col"], as_index=False)["money"].sum())
    money = summed["money"].to_numpy(dtype="float64") / unit
    return numbers_of(keys, _KEY, summed), summed["col"].to_numpy(dtype=np.int64), money


def _years(context: Context, block: Block) -> np.ndarray:
    """A year of reference spend, at the rate of each row's period."""
    months, t = context.index.case.periods["months"].to_numpy(dtype="float64"), block.keys["t"].to_numpy()
    year = context.reference.sum(axis=0)[t] * 12.0 / months[t]
    return np.asarray(np.maximum(year / context.unit, SUM))


def _lever(context: Context, block: Block, rows: np.ndarray, rule: Rule) -> Lever:
    """The cap: a share of a year's accrual, up to ten years of it."""
    parts = exit_parts(context.index, context.columns, context.lines, context.unit)
    sides = [
        pd.DataFrame({"row": side[0], "col": side[1], name: side[2]})
        for name, side in (("base", parts.leaving), ("rate", parts.accrual))
    ]
    both = sides[0].merge(sides[1], on=["row", "col"], how="outer").fillna(0.0)
    both = both[both["row"].isin(rows)]
    row, value = both["row"].to_numpy(dtype=np.int64), float(rule.parameters["cap"])
    return Lever(
        rule=rule,
        parameter="cap",
        value=value,
        loosest=max(10.0, value),
        subject="leaving a vendor group",
        row=row,
        col=both["col"].to_numpy(dtype=np.int64),
        base=both["base"].to_numpy() * block.scale[row],
        rate=-both["rate"].to_numpy() * block.scale[row],
    )


def _said(row: Row, period: int, open_now: np.ndarray) -> str:
    rule = rule_by_id(row.context, row.names["rule"])
    return f"{rule.label()}: {rule.title}" if rule else row.rule


FAMILY = Family(
    "exit",
    exit,
    _KEY,
    role="limit",
    applies=lambda context: bool(context.index.exits),
    states="other",
    of_machines=True,
    unit=MONEY,
    subject=lambda row: str(row.names["group"]),
    binds="{per} that leaving {subject} may cost under {rule} would save",
    broken=("{rule}: leaving {subject}", "costs {unit} {by:,.0f} too much"),
    said=_said,
    loosened=share_loosened,
    slack=_years,
    number=Number(_lever, most=10.0, coefficients=True),
)
