"""What a workload asks of accelerator cards: columns of ``workloads.csv``, and what must fit together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.catalog.schema import INTERCONNECTS
from planner.errors import Issue
from planner.names import did_you_mean
from planner.tables import Column

CARD_COLUMNS = (
    Column(
        "card_memory_gib",
        "number",
        "Least memory of one card; blank = any.",
        "GiB",
        blank=True,
        above=0,
        optional=True,
    ),
    Column(
        "cards_together",
        "integer",
        "Cards that must sit in one machine; blank = any number.",
        "cards",
        blank=True,
        minimum=1,
        optional=True,
    ),
    Column(
        "interconnect",
        "choice",
        "How its cards must be joined: not at all, within a machine, or over machines too; blank = none.",
        blank=True,
        choices=INTERCONNECTS,
        optional=True,
    ),
    Column(
        "cards_permitted",
        "text",
        "Cards that it may run on, with spaces between; blank = any that suffice and run the software of the "
        "reference card.",
        blank=True,
        optional=True,
    ),
)
ASKED = tuple(column.name for column in CARD_COLUMNS)


def check_cards(
    frames: Mapping[str, pd.DataFrame], file: Mapping[str, str], accelerators: pd.DataFrame
) -> list[Issue]:
    """Only what needs cards may ask something of them, and only of cards that the catalogs know."""
    workloads, demand = frames["workloads"], frames["demand"]
    cards = demand["resource"].isin(("gpu_inference", "gpu_training")) & (demand["amount"] > 0)
    needing = set(demand.loc[cards, "workload"])
    known = set(accelerators["accelerator"])
    problems: list[Issue] = []
    for line in workloads.to_dict("records"):
        row, where = int(line["_row"]), file["workloads"]
        for column in ASKED:
            value = line[column]
            stated = value != "" and not (isinstance(value, float) and np.isnan(value))
            if stated and line["workload"] not in needing:
                mend = f"Leave it blank, or add its demand for cards to {file['demand']}."
                shown = f"{value:g}" if isinstance(value, float) else str(value)
                problems.append(Issue(where, row, column, shown, "has no effect without cards", mend))
        for card in line["cards_permitted"].split():
            if card not in known:
                near = did_you_mean(card, known)
                mend = "Name cards of accelerators.csv, with spaces between" + (f"; {near}" if near else ".")
                problems.append(Issue(where, row, "cards_permitted", card, "is no known card", mend))
    return problems
