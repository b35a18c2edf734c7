"""Budget: the cash of a payer in a financial year, and that of rules on cash."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.errors import BadInput, Issue
from planner.model.block import INF, Block, Entries, make_block
from planner.model.caps import cap_number
from planner.model.context import Context
from planner.model.family import MONEY, Family
from planner.model.index import Index
from planner.model.objective.lines import cash
from planner.model.plan_rules import PlanRule
from planner.policy.select import agencies_of

ONE_OFF = ("activation", "migration labour", "migration transfer", "placement once", "change")
"""Terms paid from the development vote; everything else is running cost, the operating vote."""

ALL = "all payers"
_KEYS = ["agency", "year", "vote", "amount", "rule"]


def budget(context: Context) -> Block | None:
    """Purpose: keep every payer within what was voted, and within what rules allow.

    Equation: Σ cash with tax of the payer's lines in the year and vote ≤ amount, for each row of
    ``budgets.csv``; and for each rule of kind ``budget`` Σ cash with tax of the lines of the payers,
    regions and vote that it selects ≤ cap, in each year that it binds or in all of them together. A
    period belongs to the financial year (``[money] year_begins``) in which it begins. One-off terms
    (activation, migration, placement once, change) are of the development vote, all others of the operating
    vote.

    Units: ``unit`` units of money. Keys: agency, year, vote, rule ("" for a row of ``budgets.csv``).

    Dual: money saved over the horizon by one more unit of money in that year.
    """
    index, lines, unit = context.index, context.lines, context.unit
    case = index.case
    if case.budgets.empty and not index.budgets:
        return None
    rows = case.budgets[["agency", "year", "vote", "amount"]].sort_values(
        ["agency", "year", "vote"], ignore_index=True
    )
    payer, vote = payers(index, lines), np.where(lines["term"].isin(ONE_OFF), "development", "operating")
    year = case.periods["financial_year"].to_numpy()[lines["t"].to_numpy()]
    spent = pd.DataFrame(
        {"agency": payer, "year": year, "vote": vote, "col": lines["col"], "cash": cash(lines)}
    )
    pairs = rows.assign(row=np.arange(len(rows))).merge(spent, on=["agency", "year", "vote"])
    entries: list[Entries] = [(pairs["row"], pairs["col"], pairs["cash"] / unit)]
    keys = [rows.assign(year=rows["year"].astype(object), rule="")[_KEYS]]
    lines_of = spent.assign(r=lines["r"].to_numpy(), t=lines["t"].to_numpy())
    for rule in index.budgets:
        more, counted = _of_rule(index, rule, lines_of)
        first = sum(len(part) for part in keys)
        entries += [(first + at, c["col"], c["cash"] / unit) for at, c in counted]
        keys.append(more)
    table = pd.concat(keys, ignore_index=True)
    return make_block(table, entries, -INF, table["amount"].to_numpy(dtype="float64") / unit)


def _of_rule(
    index: Index, rule: PlanRule, spent: pd.DataFrame
) -> tuple[pd.DataFrame, list[tuple[np.ndarray, pd.DataFrame]]]:
    """Keys of a rule's rows, and for each the positions and the lines that it adds up."""
    case, wanted = index.case, rule.rule.parameters
    if wanted["currency"] != (case.settings.currency,):
        mend = f"State the cap in {case.settings.currency}, the case's currency."
        value = ", ".join(wanted["currency"])
        problem = "is not the case's currency"
        raise BadInput(
            [Issue(rule.rule.pack, 0, f"{rule.rule.id}.parameters.currency", value, problem, mend)]
        )
    who = agencies_of(rule.rule, case.agencies)
    mine = spent[rule.periods[spent["t"].to_numpy(dtype=np.int64)]]
    if "region" in rule.rule.select:
        r = mine["r"].to_numpy(dtype=np.int64)
        mine = mine[(r >= 0) & rule.regions[r]]
    if "agency" in rule.rule.select:
        mine = mine[mine["agency"].isin(who)]
    if "vote" in wanted:
        mine = mine[mine["vote"] == wanted["vote"]]
    named = ", ".join(who) if "agency" in rule.rule.select else ALL
    years = sorted(set(case.periods["financial_year"].to_numpy()[rule.periods].tolist()))
    years = [y for y in years if y in wanted.get("years", years)]
    mine = mine[mine["year"].isin(years)]
    spans = [(str(y), mine[mine["year"] == y]) for y in years]
    if wanted["per"] == "horizon":
        spans = [("", mine)] if years else []
    rows = [(named, span, wanted.get("vote", ""), float(wanted["cap"]), rule.rule.id) for span, _ in spans]
    counted = [(np.full(len(part), i, dtype=np.int64), part) for i, (_, part) in enumerate(spans)]
    return pd.DataFrame(rows, columns=_KEYS), counted


def payers(index: Index, lines: pd.DataFrame) -> np.ndarray:
    """Who pays each cost line; "" for what is paid in common (activation that names no payer)."""
    names = np.append(index.pools["payer"].to_numpy(), "")
    return np.asarray(names[lines["q"].to_numpy(dtype=np.int64)])


FAMILY = Family(
    "budget",
    budget,
    _KEYS,
    role="limit",
    states="other",
    of_machines=True,
    unit=MONEY,
    subject=lambda row: f"{row.names['agency']} {row.names['vote']}".strip(),
    binds="{per} for {subject} would save",
    broken=("{rule}: cash of {subject}", "comes to {unit} {value:,.0f} against {bound:,.0f}"),
    number=cap_number(MONEY, "cash", "{currency} 1,000", 1_000.0, "{money}"),
)
