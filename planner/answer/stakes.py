"""What lies with a vendor at the beginning of a period: data, systems, commitments still to be paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES, STORED
from planner.model.build import Model
from planner.model.families.agreement import SPENT
from planner.model.families.budget import payers
from planner.model.objective.commitments import PREPAID, TAIL
from planner.model.objective.lines import HELD_TAIL, before_tax, cash
from planner.tolerances import SUM

_COMMITTED = ("commitment", "commitment held", TAIL, HELD_TAIL, PREPAID)


@dataclass(frozen=True)
class Stakes:
    """What leaving at the beginning of a period would meet.

    Attributes
    ----------
    systems
        Whole workloads placed there that live on, as a sum of shares.
    gib
        What they store there (not their copies elsewhere, nor copies of others, which are dropped).
    egress
        Money to carry it away at list price, first paid tier; ``None`` where a region states no price. A
        vendor that waives egress for a full exit asks nothing.
    labour
        Money for moving, at the case's rate; ``None`` if it states none.
    stranded
        Money still due for commitments and spend agreements with the vendor, with tax and after the horizon
        too; what commitments pay counts towards the agreements.
    notice_days
        Longest notice of a contract with the vendor; 0 without one.
    """

    period: str
    systems: float
    gib: float
    egress: float | None
    labour: float | None
    stranded: float
    notice_days: int

    def flat(self) -> dict[str, Any]:
        """One flat line, for JSON."""
        return {
            "period": self.period,
            "systems": round(self.systems, 6),
            "gib": round(self.gib, 3),
            "egress": None if self.egress is None else round(self.egress, 2),
            "egress_with_waiver": 0.0,
            "labour": None if self.labour is None else round(self.labour, 2),
            "stranded": round(self.stranded, 2),
            "notice_days": self.notice_days,
        }


def stakes(model: Model, x: np.ndarray, mine: np.ndarray) -> tuple[Stakes, ...]:
    """Stakes at the beginning of each period but the first; ``mine``: boolean (region,)."""
    periods = [str(p) for p in model.index.case.periods["period"]]
    return tuple(_at(model, x, mine, t, periods[t]) for t in range(1, len(periods)))


def _at(model: Model, x: np.ndarray, mine: np.ndarray, t: int, period: str) -> Stakes:
    index, case = model.index, model.index.case
    place = model.columns.place
    w, r, when = (place.keys[c].to_numpy(dtype=np.int64) for c in ("w", "r", "t"))
    there = (when == t - 1) & mine[r] & case.alive[w, t]
    w, r, share = w[there], r[there], x[place.numbers[there]]
    stored = sum(case.demand[w, RESOURCES.index(k), t - 1] for k in STORED) * share
    price = index.offers.egress[r, t]
    unknown = bool((np.isnan(price) & (stored > SUM)).any())
    labour, systems = case.settings.labour, float(share.sum())
    return Stakes(
        period=period,
        systems=systems,
        gib=float(stored.sum()),
        egress=None if unknown else float((np.nan_to_num(price) * stored).sum()),
        labour=None if labour is None else labour * systems,
        stranded=_stranded(model, x, mine, t) + _agreed(model, x, mine, t),
        notice_days=_notice(model, mine, t),
    )


def _stranded(model: Model, x: np.ndarray, mine: np.ndarray, t: int) -> float:
    """Cash from period t on, and the tail, of commitments with the vendor bought before t."""
    lines = _begun(model, mine, t)
    due = np.where(lines["t"] >= t, cash(lines), 0.0) + lines["tail"].to_numpy()
    return float((due * x[lines["col"].to_numpy(dtype=np.int64)]).sum())


def _begun(model: Model, mine: np.ndarray, t: int) -> pd.DataFrame:
    """Cost lines of commitments with the vendor bought before t."""
    lines = model.lines[model.lines["term"].isin(_COMMITTED)]
    commit, begun = model.columns.commit, np.full(model.columns.count, -1, dtype=np.int64)
    begun[commit.numbers] = commit.keys["t0"].to_numpy(dtype=np.int64)
    col = lines["col"].to_numpy(dtype=np.int64)
    chosen: pd.DataFrame = lines[mine[lines["r"].to_numpy(dtype=np.int64)] & (begun[col] < t)]
    return chosen


def _agreed(model: Model, x: np.ndarray, mine: np.ndarray, t: int) -> float:
    """What spend agreements begun before t still ask for, beyond what commitments that run on pay of it.

    In each period the shortfall, as the plan settles it; after the horizon the amount of the months that are
    left less the tails of commitments.
    """
    index, case = model.index, model.index.case
    months, last = case.settings.months, len(case.periods) - 1
    first = pd.Period(case.settings.start, freq="M").ordinal
    column = model.columns.agreement
    signed = {
        name
        for name, k, value in zip(column.keys["agreement"], column.keys["k"], x[column.numbers], strict=True)
        if k == "signed" and value > 0.5
    }
    lines = _begun(model, mine, t)
    vendor = case.regions["vendor"].to_numpy()[lines["r"].to_numpy(dtype=np.int64)]
    lines = lines.assign(vendor=vendor, by=payers(index, lines), x=x[lines["col"].to_numpy(dtype=np.int64)])
    owed = 0.0
    for line in case.agreements.to_dict("records"):
        begin = pd.Period(line["start"], freq="M").ordinal - first
        own = np.flatnonzero((case.regions["vendor"] == line["vendor"]).to_numpy() & mine)
        if line["agreement"] not in signed or begin >= t * months or not len(own):
            continue
        theirs = lines[lines["vendor"] == line["vendor"]]
        if line["payer"]:  # Blank: of all payers.
            theirs = theirs[theirs["by"] == line["payer"]]
        spent = theirs[theirs["term"].isin(SPENT)]
        paid = (before_tax(spent) * spent["x"]).groupby(spent["t"]).sum()
        tax = 1.0 + index.offers.tax[own[0]]
        runs = index.agreements[
            (index.agreements["agreement"] == line["agreement"]) & (index.agreements["t"] >= t)
        ]
        for run in runs.to_dict("records"):
            most = np.inf if np.isnan(run["most"]) else run["most"]
            covered = min(float(paid.get(run["t"], 0.0)), most)
            owed += max(0.0, run["committed"] - (1.0 - run["discount"]) * covered) * tax[run["t"]]
        beyond = max(0, begin + int(line["months"]) - (last + 1) * months)
        tails = float((theirs["tail"] * theirs["x"]).sum())
        owed += max(0.0, line["amount"] * beyond * tax[last] - tails)
    return owed


def _notice(model: Model, mine: np.ndarray, t: int) -> int:
    contracts = model.index.case.contracts
    numbers = np.unique(model.index.offers.contract[mine, t])
    days = contracts["notice_days"].to_numpy()[numbers[numbers >= 0]]
    return int(days.max()) if len(days) else 0
