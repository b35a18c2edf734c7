"""Families of shares: what is counted of the amounts of a scope, against a cap or a floor of all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block
from planner.model.columns import ColumnFamily
from planner.model.context import Context
from planner.model.family import Family, Holders, Number, Row, rule_by_id
from planner.model.index import Index
from planner.model.lever import Lever
from planner.model.scopes import constant_weight
from planner.model.statement import Group, share_loosened
from planner.policy.rules import Rule
from planner.tolerances import SUM


def share_block(context: Context, kind: str, holders: Holders) -> Block | None:
    """Rows counted amount − limit · Σ amount ≤ 0 (of a floor ≥ 0) of the rules of a kind.

    Returns
    -------
    ``None`` where no rule of the kind binds.
    """
    index = context.index
    rules = [(number, r) for number, r in enumerate(index.share_rules) if r.rule.kind == kind]
    if not rules:
        return None
    amounts = amounts_of(context, holders).numbered
    alone = holders.together is None
    key = ["scope", holders.key, "t"] if alone else ["scope", "t"]
    parts = [
        amounts[(amounts["scope"] == r.scope) & r.periods[amounts["t"].to_numpy()]][key]
        .drop_duplicates()
        .assign(rule=number)
        for number, r in rules
    ]
    keys = pd.concat(parts, ignore_index=True)[["rule", *key]]
    limit = np.array([r.rule.limit for r in index.share_rules])
    others = amounts.rename(columns={holders.key: "other"})
    pairs = keys.assign(row=np.arange(len(keys))).merge(others, on=["scope", "t"])
    if holders.together is None:
        counts = (pairs[holders.key] == pairs["other"]).to_numpy()
    else:
        counts = holders.together(index)[pairs["other"].to_numpy()]
    entries = [(pairs["row"], pairs["col"], counts - limit[pairs["rule"].to_numpy()])]
    return make_block(keys, entries, *((0.0, INF) if holders.floor else (-INF, 0.0)))


def amounts_of(context: Context, holders: Holders) -> ColumnFamily:
    """The columns of what is held."""
    return context.columns.region_amount if holders.key == "r" else context.columns.amount


def domestic_groups(index: Index) -> np.ndarray:
    """Which groups of the market have their parent at home: boolean array (group,)."""
    regions = index.case.regions
    home = regions["parent_jurisdiction"] == index.case.settings.home_country
    names = set(regions.loc[home & regions["market"], "vendor_group"])
    return np.array([g in names for g in index.groups], dtype=bool)


def share_family(name: str, build: Callable[[Context], Block | None], holders: Holders, whose: str) -> Family:
    """The record of a family of shares; ``whose`` share it limits, in words."""
    holder = {"g": "group", "r": "region"}[holders.key]

    def lever(context: Context, block: Block, rows: np.ndarray, rule: Rule) -> Lever:
        return _lever(context, block, rows, rule, amounts_of(context, holders), whose)

    return Family(
        name,
        build,
        ("rule", "scope", holders.key, "t") if holders.together is None else ("rule", "scope", "t"),
        role="limit",
        states="share",
        group=lambda row: Group("share", row.rule, rule_by_id(row.context, row.rule)),
        of_machines=True,
        subject=lambda row: holders.subject or str(row.names[holder]),
        per=f"one point of {'floor' if holders.floor else 'cap'}",
        binds=f"one point {'less' if holders.floor else 'more'} for {{subject}} would save",
        point=True,
        whole=_totals,
        said=_said,
        loosened=share_loosened,
        slack=_load,
        number=Number(lever, coefficients=True),
        holders=holders,
    )


def _lever(
    context: Context, block: Block, rows: np.ndarray, rule: Rule, family: ColumnFamily, whose: str
) -> Lever:
    """The cap or floor, which stands in the coefficient of every amount of the scope."""
    value = float(rule.parameters[rule.figure])
    amounts = family.keys[["scope", "t"]].assign(col=family.numbers)
    keys = block.keys.iloc[rows][["scope", "t"]].assign(row=rows)
    pairs = keys.merge(amounts, on=["scope", "t"])
    row, col = pairs["row"].to_numpy(dtype=np.int64), pairs["col"].to_numpy(dtype=np.int64)
    stated = pd.DataFrame({"row": block.row, "col": block.col, "coef": block.coef})
    coef = pairs[["row", "col"]].merge(stated, on=["row", "col"], how="left")["coef"].fillna(0.0).to_numpy()
    # A coefficient is (1 if it counts, else 0) less the cap or floor, scaled: an absent one is zero.
    counts = np.round(coef / block.scale[row] + value)
    return Lever(
        rule=rule,
        parameter=rule.figure,
        value=value,
        loosest=1.0 if rule.figure == "cap" else 0.0,
        tightest=0.0 if rule.figure == "cap" else 1.0,
        subject=whose,
        row=row,
        col=col,
        base=counts * block.scale[row],
        rate=-block.scale[row],
    )


def _totals(context: Context, block: Block, x: np.ndarray) -> np.ndarray:
    """The amount of all of each row's scope and period, in the unit of the columns of amounts."""
    amounts = context.columns.amount
    totals = np.zeros((len(context.index.scopes), len(context.index.case.periods)))
    np.add.at(totals, (amounts.keys["scope"].to_numpy(), amounts.keys["t"].to_numpy()), x[amounts.numbers])
    return np.asarray(totals[block.keys["scope"].to_numpy(), block.keys["t"].to_numpy()])


def _load(context: Context, block: Block) -> np.ndarray:
    """All that could be counted in each row's scope and period, whoever has it."""
    index, totals = context.index, []
    for scope in index.scopes:
        weight = constant_weight(index.case, scope, context.reference)
        money = scope.basis in ("spend", "reference_spend")
        load = (scope.member * (context.reference if weight is None else weight)).sum(axis=0)
        totals.append(load / (context.unit if money else 1.0))
    of_scope = np.array(totals).reshape(len(index.scopes), len(index.case.periods))
    return np.asarray(np.maximum(of_scope[block.keys["scope"].to_numpy(), block.keys["t"].to_numpy()], SUM))


def _said(row: Row, period: int, open_now: np.ndarray) -> str:
    index, rule = row.context.index, rule_by_id(row.context, row.rule)
    if rule is None:
        return row.rule
    scope = index.scopes[int(row.key("scope"))]
    member = scope.member[:, period]
    allowed = index.eligibility.allowed
    able = [
        name for g, name in enumerate(index.groups) if (allowed[member][:, index.group_of == g, period]).any()
    ]
    return (
        f"{rule.label()}: {rule.title} The {rule.figure} is {rule.limit:.4g} of {scope.name}, which "
        f"without filters {len(able)} vendor groups could host ({', '.join(able)})"
    )
