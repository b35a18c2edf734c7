"""What leaving would cost at the end of a period: money for one unit of each column, before tax."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES, STORED
from planner.errors import BadInput, Issue
from planner.model.columns import Columns
from planner.model.commitments import prepaid_part
from planner.model.index import Index
from planner.model.objective.commitments import TAIL
from planner.model.objective.egress import require_price
from planner.model.objective.lines import HELD_TAIL, before_tax
from planner.policy.rules import Rule

KEY = ["col", "r", "t"]


def leaving(index: Index, columns: Columns, lines: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """What leaving a region for good costs, by the terms of a rule of kind ``exit``.

    Data that lie there leave at list price, first paid tier, unless the vendor waives that for a full
    exit; moving a whole workload takes the rule's labour, else the case's; commitments begun by then,
    and agreements signed, are paid to their end. Copies are dropped. What does not live on in the
    next period need not move.

    Returns
    -------
    Columns col, r, t (one leaves at its end) and money: of the case, undiscounted, before tax, for
    one unit of the column.

    Raises
    ------
    BadInput
        If neither rule nor case says what labour costs, or a region states no price for its data.
    """
    parts = [_moved(index, columns, rule), _unpaid(index, columns, lines), _agreed(index, columns)]
    both = pd.concat(parts, ignore_index=True).astype({"col": "int64", "r": "int64", "t": "int64"})
    market: pd.DataFrame = both[index.group_of[both["r"].to_numpy()] >= 0].reset_index(drop=True)
    return market


def _moved(index: Index, columns: Columns, rule: Rule) -> pd.DataFrame:
    """Data and labour, on ``place``."""
    case = index.case
    labour = rule.parameters.get("labour", case.settings.labour)
    if labour is None:
        mend = "State labour in the rule or in [migration]; 0 if moving takes none."
        problem = f"is missing, and {rule.id} counts the labour of leaving"
        raise BadInput([Issue("case.toml", 0, "migration.labour", "", problem, mend)])
    place = columns.place.keys[["w", "r", "t"]].assign(col=columns.place.numbers)
    last = case.alive.shape[1] - 1
    lives = case.alive[place["w"], np.minimum(place["t"] + 1, last)] | (place["t"] == last).to_numpy()
    place = place[lives & (index.group_of[place["r"].to_numpy()] >= 0)]
    w, r, t = (place[c].to_numpy(dtype=np.int64) for c in ("w", "r", "t"))
    stored = np.zeros(len(place))
    for k in STORED:
        stored += case.demand[w, RESOURCES.index(k), t]
    stored[index.case.regions["vendor"].isin(rule.parameters.get("waived_by", ())).to_numpy()[r]] = 0.0
    price = index.offers.egress[r, t]
    require_price(index, r[np.isnan(price) & (stored > 0)], f"rule {rule.id}")
    moved: pd.DataFrame = place[KEY].assign(money=np.nan_to_num(price) * stored + float(labour))
    return moved


def _unpaid(index: Index, columns: Columns, lines: pd.DataFrame) -> pd.DataFrame:
    """What is due for commitments after a period: their later lines, their tails, held ones beyond.

    Of all of them the part that is not paid when they begin.
    """
    last = len(index.case.periods) - 1
    begun = np.full(columns.count, 0, dtype=np.int64)
    begun[columns.commit.numbers] = columns.commit.keys["t0"].to_numpy(dtype=np.int64)
    paid = lines[lines["term"].isin(("commitment", "commitment held"))]
    paid = paid.assign(money=before_tax(paid), until=paid["t"])
    tail = lines[lines["term"].isin((TAIL, HELD_TAIL))]
    taxed = 1.0 + index.contract_terms[tail["contract"].to_numpy(dtype=np.int64)][:, 2]
    tail = tail.assign(money=tail["tail"].to_numpy() / taxed, until=last + 1)
    due = pd.concat([paid, tail])
    left = 1.0 - prepaid_part(index, columns)[due["col"].to_numpy(dtype=np.int64)]
    due["money"] *= np.where(due["term"] == HELD_TAIL, 1.0, left)  # of a held tail it is left out already
    due = due[["col", "r", "until", "money"]]
    due = due.assign(t=begun[due["col"].to_numpy(dtype=np.int64)])
    # A line is unpaid at the end of each period from its commitment's first to the one before its own.
    due = due[due["until"] > due["t"]].reset_index(drop=True)
    spread = due.loc[due.index.repeat((due["until"] - due["t"]).to_numpy(dtype=np.int64))]
    spread = spread.assign(t=spread["t"] + spread.groupby(level=0).cumcount())
    return pd.DataFrame(spread.groupby(KEY, as_index=False)["money"].sum())


def _agreed(index: Index, columns: Columns) -> pd.DataFrame:
    """What agreements still owe, on ``signed``: the amount of each month that is left."""
    case = index.case
    signed = columns.agreement.numbered
    signed = signed[signed["k"] == "signed"][["agreement", "col"]]
    runs = index.agreements.merge(signed, on="agreement").merge(
        case.agreements[["agreement", "start", "months", "amount"]], on="agreement"
    )
    first = pd.Period(case.settings.start, freq="M").ordinal
    ends = np.array([pd.Period(s, freq="M").ordinal for s in runs["start"]], dtype=np.int64) - first
    left = ends + runs["months"].to_numpy(dtype=np.int64) - (runs["t"].to_numpy() + 1) * case.settings.months
    owed: pd.DataFrame = runs.assign(money=runs["amount"] * left)[left > 0][[*KEY, "money"]]
    return owed
