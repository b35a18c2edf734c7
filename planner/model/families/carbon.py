"""Carbon: the machines of a year, or of each period, emit no more than a cap."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.block import INF, Block, make_block
from planner.model.caps import cap_number
from planner.model.context import Context
from planner.model.emitted import emitted
from planner.model.family import Family


def carbon(context: Context) -> Block | None:
    """Purpose: keep the greenhouse gas of what runs within a cap.

    Equation: Σ_{s,t,l} hours[t,l] · kWh[s] · kg/kWh[r(s)] · (run[q,s,t,l] + active commitments) / 1000
    ≤ cap over the regions that the rule selects, for each calendar year (``per = "year"``; a period
    belongs to the year in which it begins) or each period that the rule binds.

    Units: tonnes CO2e. Keys: rule (its id), span (the year, or the first month of the period).

    Dual: money saved by one more tonne in the year or period.
    """
    index, columns = context.index, context.columns
    rows: list[tuple[str, str, float]] = []
    entries = []
    lines = emitted(index, columns)
    periods = index.case.periods
    for rule in index.carbon.rules:
        label = "year" if rule.rule.parameters["per"] == "year" else "period"
        spans = periods[label].astype(str).to_numpy(dtype=object)
        for span in sorted(set(spans[rule.periods])):
            inside = (spans == span) & rule.periods
            t, r = lines["t"].to_numpy(), lines["r"].to_numpy()
            mine = lines[inside[t] & rule.regions[r]]
            at = np.full(len(mine), len(rows))
            entries.append((at, mine["col"], mine["kg"].to_numpy() / 1000.0))
            rows.append((rule.rule.id, span, float(rule.rule.parameters["cap"])))
    keys = pd.DataFrame(rows, columns=["rule", "span", "cap"])
    return make_block(keys[["rule", "span"]], entries, -INF, keys["cap"].to_numpy(dtype="float64"))


FAMILY = Family(
    "carbon",
    carbon,
    ("rule", "span"),
    role="limit",
    applies=lambda context: bool(context.index.carbon.rules),
    states="other",
    of_machines=True,
    unit="t CO2e",
    subject=lambda row: "all machines",
    per="one more tonne",
    binds="{per} of CO2e under {rule} would save",
    broken=("{rule}: machines", "{value:,.6g} {unit} against {bound:,.6g}"),
    number=cap_number("t CO2e", "greenhouse gas", "tonne", 1.0, "{value:,.6g} t CO2e"),
)
