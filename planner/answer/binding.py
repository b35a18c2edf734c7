"""What binds and what it is worth: duals of a pure linear program, in money and in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from planner.lp.problem import Outcome
from planner.model.build import LIMITS, Model
from planner.model.families.latency import wanted_coverage
from planner.model.registry import decode
from planner.money import words
from planner.plan.plan import BINDING

_WORTH = 0.005
"""Marginals below half a cent are not shown."""


def binding(model: Model, outcome: Outcome, x: np.ndarray) -> pd.DataFrame:
    """Rows that bind, with what loosening each by one unit saves over the horizon's money.

    Empty unless strong duality was checked (``outcome.duals_hold``): then duals mean nothing.

    ``marginal`` is discounted money per ``per``: one more unit of a capacity, one point (0.01) of a
    cap or floor, one point of the users within a target.
    """
    if not outcome.duals_hold:
        return pd.DataFrame(columns=list(BINDING))
    rows: list[tuple[str, str, str, str, float, str, str]] = []
    for family in (b.family for b in model.blocks if b.family in LIMITS):
        rows += _family(model, outcome, x, family)
    frame = pd.DataFrame(rows, columns=list(BINDING))
    frame["marginal"] = frame["marginal"].astype("float64").round(6)
    return frame.sort_values(["family", "rule", "subject", "period"], ignore_index=True)


def _family(
    model: Model, outcome: Outcome, x: np.ndarray, family: str
) -> Iterator[tuple[str, str, str, str, float, str, str]]:
    index = model.index
    block = model.block(family)
    if block.keys.empty:
        return
    start = model.starts[family]
    dual = outcome.dual[start : start + len(block.keys)] * block.scale * model.unit
    keys = decode(model, block.keys)
    currency = index.inputs.case.settings.currency
    total = _totals(model, x) if family.endswith("_share") else None
    rules = wanted_coverage(index)["rule"].to_numpy() if family == "latency" else None
    for i, key in enumerate(keys.to_dict("records")):
        worth = abs(float(dual[i]))
        rule, per = "capacity", ""
        if family == "capacity":
            subject, per = str(key["subject"]), f"one more {key['resource']}"
            if key["payer"]:
                subject += f" for {key['payer']}"
            text = f"{per} of {subject} would save"
        elif family == "move_limit":
            subject, rule, per = str(key["workload"] or key["agency"] or "all"), "move-limit", "one more move"
            text = f"{per} for {subject} would save"
        elif family in ("budget", "ceiling"):
            subject = (
                str(key["contract"]) if family == "ceiling" else f"{key['agency']} {key['vote']}".strip()
            )
            rule, per, worth = str(key.get("rule") or family), f"one more {currency}", worth / model.unit
            text = f"{per} for {subject} would save"
        elif family == "exit":
            subject, rule, per, worth = (
                str(key["group"]),
                str(key["rule"]),
                f"one more {currency}",
                worth / model.unit,
            )
            text = f"{per} that leaving {subject} may cost under {rule} would save"
        elif family == "carbon":
            subject, rule, per = "all machines", str(key["rule"]), "one more tonne"
            text = f"{per} of CO2e under {rule} would save"
        elif family == "latency":
            worth, subject, per = worth * 0.01, str(key["workload"]), "one point of users"
            rule = str(rules[i]) if rules is not None else ""
            text = f"letting one more point of {subject}'s users wait longer would save"
        else:
            line = block.keys.iloc[i]
            unit = 1.0 if total is None else float(total[int(line["scope"]), int(line["t"])])
            worth, rule = worth * unit * 0.01, str(key["rule"])
            alone = {"minimum_share": "domestic", "jurisdiction_share": "foreign"}.get(family)
            subject = alone or str(key.get("group", key.get("region")))
            per = "one point of floor" if family == "minimum_share" else "one point of cap"
            side = "less for" if family == "minimum_share" else "more for"
            text = f"one point {side} {subject} would save"
        if worth >= _WORTH:
            when = str(key.get("period", key.get("year", key.get("span", ""))))
            said = f"{text} {words(worth, currency)}" + (f" in {when}" if when else "")
            yield family, rule, subject, when, worth, per, said


def _totals(model: Model, x: np.ndarray) -> np.ndarray:
    """Total amount of each scope and period, in the unit of the amount columns."""
    amounts = model.columns.amount.keys
    totals = np.zeros((len(model.index.scopes), len(model.index.inputs.case.periods)))
    np.add.at(totals, (amounts["scope"].to_numpy(), amounts["t"].to_numpy()), x[model.columns.amount.numbers])
    return totals
