"""Who has which share of what a plan spends: against each limit, and where two or more could compete."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.answer.extract import DIGITS, costs, in_order, names_of, primary
from planner.model.build import Model
from planner.model.families import holders_of
from planner.model.objective.lines import before_tax
from planner.model.scopes import ShareRule
from planner.model.share_rows import amounts_of
from planner.plan.plan import SHARES
from planner.tolerances import SHARE


def shares(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Every share against its limit, and shares over everything on the market beside them."""
    index = model.index
    rows: list[tuple[object, ...]] = []
    for share_rule in index.share_rules:
        scope = index.scopes[share_rule.scope]
        holders = holders_of(share_rule.rule.kind)
        columns = amounts_of(model, holders)
        amounts = columns.keys.assign(x=x[columns.numbers]).rename(columns={holders.key: "holder"})
        mine = amounts[(amounts["scope"] == share_rule.scope) & share_rule.periods[amounts["t"].to_numpy()]]
        unit = model.unit if scope.basis in ("spend", "reference_spend") else 1.0
        for t, group in mine.groupby("t", sort=True):
            value = group["x"].to_numpy() * unit
            if value.sum() > 0:
                rows += _against(model, share_rule, int(t), group["holder"].to_numpy(dtype=np.int64), value)
    frame = pd.DataFrame(rows, columns=list(SHARES[:-1]))
    frame["binds"] = frame["slack"].astype("float64").abs() < SHARE
    report = _market_shares(model, x)
    frame = pd.concat([frame, report], ignore_index=True) if len(frame) else report
    for column in ("amount", "total"):
        frame[column] = frame[column].astype("float64").round(6)
    for column in ("share", "limit", "slack"):
        frame[column] = frame[column].astype("float64").round(DIGITS) + 0.0
    return in_order(frame, SHARES)


def _against(
    model: Model, share_rule: ShareRule, t: int, holder: np.ndarray, value: np.ndarray
) -> list[tuple[object, ...]]:
    """Lines of one rule in one period: each holder against its cap, or a sum against cap or floor."""
    index, names = model.index, names_of(model)
    rule, scope, total = share_rule.rule, index.scopes[share_rule.scope], float(value.sum())
    holders = holders_of(rule.kind)
    if holders.together is None:
        name = names["r"] if holders.key == "r" else np.array(index.groups, dtype=object)
        amounts = [(name[h], float(v)) for h, v in zip(holder, value, strict=True)]
    else:
        amounts = [(holders.subject, float(value[holders.together(index)[holder]].sum()))]
    head, sign = (rule.id, rule.kind, scope.basis, scope.name, names["t"][t]), -1.0 if holders.floor else 1.0
    return [
        (*head, who, v, total, v / total, rule.limit, sign * (rule.limit - v / total)) for who, v in amounts
    ]


def _market_shares(model: Model, x: np.ndarray) -> pd.DataFrame:
    spent = costs(model, x)
    market = set(model.index.groups)
    spent = spent[spent["vendor_group"].isin(market)]
    by = spent.groupby(["period", "vendor_group"], as_index=False)["amortised"].sum()
    total = by.groupby("period")["amortised"].transform("sum")
    frame = pd.DataFrame(
        {
            "rule": "",
            "kind": "report",
            "basis": "spend",
            "scope": "all market spend",
            "period": by["period"],
            "subject": by["vendor_group"],
            "amount": by["amortised"],
            "total": total,
            "share": by["amortised"] / total,
            "limit": np.nan,
            "slack": np.nan,
            "binds": False,
        }
    )
    kept: pd.DataFrame = frame[total > 0]
    return kept


def contestable_share(model: Model, x: np.ndarray) -> float:
    """Part of the amortised cost of the plan that is contestable.

    What a pool shares at a region counts by the part of the vCPU placed there that is contestable; where no
    vCPU is placed, by that of all that the pool needs.
    """
    lines, index = model.lines, model.index
    value = before_tax(lines).to_numpy() * x[lines["col"].to_numpy()]
    member, vcpu = index.eligibility.contestable, index.machine_demand[:, 0]
    part, whole = (np.zeros((len(index.pools), member.shape[1])) for _ in range(2))
    np.add.at(whole, index.pool_of, vcpu)
    np.logical_or.at(part, index.pool_of, member)  # where nobody needs vCPU
    part[whole > 0] = 0.0
    np.add.at(
        part, index.pool_of, np.where(member, vcpu, 0.0) / np.where(whole > 0, whole, 1.0)[index.pool_of]
    )
    needed, contestable = np.zeros((2, len(index.pools), len(index.case.regions), member.shape[1]))
    placed = primary(model, x)
    w, r, t = (placed[c].to_numpy(dtype=np.int64) for c in "wrt")
    amount = vcpu[w, t] * np.clip(placed["x"].to_numpy(dtype="float64"), 0.0, None)
    place: Any = (index.pool_of[w], r, t)
    np.add.at(needed, place, amount)
    np.add.at(contestable, place, np.where(member[w, t], amount, 0.0))
    w, q, r, t = (lines[c].to_numpy() for c in "wqrt")
    vcpu_there = needed[q, r, t]
    there = contestable[q, r, t] / np.where(vcpu_there > 0, vcpu_there, 1.0)
    shared = np.where(vcpu_there > 0, there, part[q, t])
    # What is paid in common (q = -1) is nobody's contestable work.
    counted = np.where(w >= 0, member[w, t], np.where(q >= 0, shared, 0.0))
    total = float(value.sum())
    return float((value * counted).sum()) / total if total > 0 else 0.0


def foreign_currency_share(model: Model, x: np.ndarray) -> float:
    """Part of the amortised cost whose price is stated in another currency than the case's.

    Amounts of the user's own tables are in the case's currency.
    """
    catalog, home = model.index.case.catalog, model.index.case.settings.currency
    abroad = set(catalog.prices.loc[catalog.prices["PricingCurrency"] != home, "SkuId"])
    by_sku = np.append(catalog.skus["SkuId"].isin(abroad).to_numpy(), False)
    sends = catalog.transfer[catalog.transfer["PricingCurrency"] != home]
    by_region = model.index.case.regions["region"].isin(set(sends["region"])).to_numpy()
    lines = model.lines
    value = before_tax(lines).to_numpy() * x[lines["col"].to_numpy()]
    leaves = lines["term"].isin(("egress", "egress tiers", "transfer", "migration transfer")).to_numpy()
    foreign = by_sku[lines["s"].to_numpy()] | (leaves & by_region[lines["r"].to_numpy()])
    total = float(value.sum())
    return float(value[foreign].sum()) / total if total > 0 else 0.0
