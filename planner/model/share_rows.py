"""Rows on shares: what is counted of the amounts of a scope, against a cap or a floor of all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from planner.model.block import Block, Entries
from planner.model.columns import ColumnFamily
from planner.model.context import Context
from planner.model.family import Family, Row
from planner.model.index import Index


def share_rows(
    index: Index, family: ColumnFamily, kind: str, counted: np.ndarray | None = None
) -> tuple[pd.DataFrame, list[Entries]] | None:
    """Rows counted amount − limit · Σ amount of the rules of a kind: keys and entries.

    Parameters
    ----------
    family
        Columns of amounts by vendor group or region.
    counted
        Boolean array along groups: which of them are counted together; by default each holder of an amount
        has a row of its own.

    Returns
    -------
    ``None`` where no rule of the kind binds.
    """
    rules = [(number, r) for number, r in enumerate(index.share_rules) if r.rule.kind == kind]
    if not rules:
        return None
    amounts = family.numbered
    holder = str(amounts.columns[1])
    key = ["scope", holder, "t"] if counted is None else ["scope", "t"]
    parts = [
        amounts[(amounts["scope"] == r.scope) & r.periods[amounts["t"].to_numpy()]][key]
        .drop_duplicates()
        .assign(rule=number)
        for number, r in rules
    ]
    keys = pd.concat(parts, ignore_index=True)[["rule", *key]]
    limit = np.array([r.rule.limit for r in index.share_rules])
    others = amounts.rename(columns={holder: "other"})
    pairs = keys.assign(row=np.arange(len(keys))).merge(others, on=["scope", "t"])
    counts = pairs[holder] == pairs["other"] if counted is None else counted[pairs["other"].to_numpy()]
    return keys, [(pairs["row"], pairs["col"], counts - limit[pairs["rule"].to_numpy()])]


def domestic_groups(index: Index) -> np.ndarray:
    """Which groups of the market have their parent at home: boolean array (group,)."""
    regions = index.case.regions
    home = regions["parent_jurisdiction"] == index.case.settings.home_country
    names = set(regions.loc[home & regions["market"], "vendor_group"])
    return np.array([g in names for g in index.groups], dtype=bool)


def share_family(
    name: str,
    build: Callable[[Context], Block | None],
    keys: Sequence[str],
    subject: Callable[[Row], str],
    less: bool = False,
) -> Family:
    """The record of a family of shares; with ``less`` it is a floor, and more of others would save."""
    return Family(
        name,
        build,
        keys,
        role="limit",
        states="share",
        of_machines=True,
        subject=subject,
        per=f"one point of {'floor' if less else 'cap'}",
        binds=f"one point {'less' if less else 'more'} for {{subject}} would save",
        point=True,
        whole=_totals,
    )


def _totals(context: Context, block: Block, x: np.ndarray) -> np.ndarray:
    """The amount of all of each row's scope and period, in the unit of the columns of amounts."""
    amounts = context.columns.amount
    totals = np.zeros((len(context.index.scopes), len(context.index.case.periods)))
    np.add.at(totals, (amounts.keys["scope"].to_numpy(), amounts.keys["t"].to_numpy()), x[amounts.numbers])
    return np.asarray(totals[block.keys["scope"].to_numpy(), block.keys["t"].to_numpy()])
