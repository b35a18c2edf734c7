"""Agreement: what a spend commitment covers, and what is owed when spend falls short of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, Entries, make_block
from planner.model.context import Context
from planner.model.families.budget import payers
from planner.model.family import Family
from planner.model.index import Index
from planner.model.objective.lines import before_tax

SPENT = ("compute", "storage", "egress", "egress tiers", "commitment", "commitment held")
"""Terms that count towards an agreement: what the vendor bills, but for data between workloads."""

_KEY = ["agreement", "t", "k"]


def agreement(context: Context) -> Block | None:
    """Purpose: pay at least what was committed to a vendor, and take its discount on what is covered.

    Equation, for agreement a with committed amount C a period and discount d, in each period it runs:
    ``spend``: C covered ≤ Σ money before tax of the payer's lines with the vendor (``SPENT``);
    ``owed``: (1 − d) covered + short ≥ signed; ``up_to``: C covered ≤ U signed where it covers at most
    U. ``signed`` is binary for an offered agreement and 1 for a held one; the shortfall is settled each
    period.

    Units: money (``spend``), shares of the committed amount. Keys: agreement, t, k.

    Dual: of ``spend``, money that one more unit of spend with the vendor would save elsewhere; of
    ``owed``, what the amount committed in the period costs.
    """
    index, columns, lines = context.index, context.columns, context.lines
    table = index.agreements
    limited = table[table["most"].notna()]
    keys = pd.concat([table.assign(k="spend"), table.assign(k="owed"), limited.assign(k="up_to")])
    keys = keys.sort_values(_KEY, ignore_index=True)
    column = columns.agreement.numbered
    by_period = {k: column[column["k"] == k] for k in ("covered", "short")}
    signed = column.loc[column["k"] == "signed", ["agreement", "col"]]
    entries: list[Entries] = [_spend(index, keys, lines)]
    for k, kind, factor in (
        ("spend", "covered", keys["committed"]),
        ("owed", "covered", 1.0 - keys["discount"]),
        ("owed", "short", keys["committed"] * 0 + 1.0),
        ("up_to", "covered", keys["committed"] * 0 + 1.0),
    ):
        pairs = keys.assign(row=keys.index, factor=factor)[keys["k"] == k].merge(
            by_period[kind][["agreement", "t", "col"]], on=["agreement", "t"]
        )
        entries.append((pairs["row"], pairs["col"], pairs["factor"].to_numpy()))
    for k, factor in (("owed", keys["committed"] * 0 - 1.0), ("up_to", -keys["most"] / keys["committed"])):
        pairs = keys.assign(row=keys.index, factor=factor)[keys["k"] == k].merge(signed, on="agreement")
        entries.append((pairs["row"], pairs["col"], pairs["factor"].to_numpy()))
    owed = (keys["k"] == "owed").to_numpy()
    return make_block(keys[_KEY], entries, np.where(owed, 0.0, -INF), np.where(owed, INF, 0.0))


def _spend(index: Index, keys: pd.DataFrame, lines: pd.DataFrame) -> Entries:
    """Minus the spend of each column, in the rows of the agreements that it counts towards."""
    counted = lines[lines["term"].isin(SPENT)]
    vendor = index.case.regions["vendor"].to_numpy()[counted["r"].to_numpy(dtype=np.int64)]
    spent = pd.DataFrame(
        {
            "vendor": vendor,
            "t": counted["t"],
            "by": payers(index, counted),
            "col": counted["col"],
            "money": before_tax(counted),
        }
    )
    rows = keys[keys["k"] == "spend"]
    pairs = rows.assign(row=rows.index)[["vendor", "payer", "t", "row"]].merge(spent, on=["vendor", "t"])
    pairs = pairs[(pairs["payer"] == "") | (pairs["payer"] == pairs["by"])]
    return pairs["row"].to_numpy(), pairs["col"].to_numpy(), -pairs["money"].to_numpy()


FAMILY = Family("agreement", agreement, _KEY, applies=lambda context: not context.index.agreements.empty)
