"""A workload's own yield of a SKU: measured on the machine itself, not read off its data sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from planner.case.resources import CARRIED
from planner.catalog.spot import SUFFIX
from planner.errors import Issue
from planner.tables import Column, Table, provenance

YIELDS = Table(
    "yields",
    ("workload", "sku", "resource"),
    (
        Column("workload", "id", "As in workloads.csv; on platform vm."),
        Column("sku", "id", "A machine of skus.csv."),
        Column("resource", "choice", "What it yields; requests are per hour.", choices=CARRIED),
        Column("amount", "number", "What one unit of the SKU yields to this workload.", above=0),
        *provenance(),
    ),
    "A workload's own yield of a SKU, in place of the catalog's; requests an hour have no other.",
    required=False,
)


def own_yields(rows: pd.DataFrame, workloads: Sequence[str], skus: Sequence[str]) -> pd.DataFrame:
    """Own yields by number: w, s, k (of ``CARRIED``), amount. A spot machine yields what the machine does."""
    w = {name: i for i, name in enumerate(workloads)}
    stated = list(rows[["workload", "sku", "resource", "amount"]].itertuples(index=False, name=None))
    at = {name: i for i, name in enumerate(skus)}
    found = [
        (w[workload], at[name], CARRIED.index(resource), amount)
        for workload, sku, resource, amount in stated
        for name in (sku, sku + SUFFIX)
        if name in at
    ]
    kinds = {"w": "int64", "s": "int64", "k": "int64", "amount": "float64"}
    return pd.DataFrame(found, columns=list(kinds)).astype(kinds)


def among(own: pd.DataFrame, workloads: np.ndarray, skus: np.ndarray) -> pd.DataFrame:
    """The own yields of some workloads on some SKUs, numbered by position among these."""
    if own.empty:
        return own
    w, s = (pd.Series(np.arange(len(part)), index=part) for part in (workloads, skus))
    kept = own[own["w"].isin(w.index) & own["s"].isin(s.index)]
    return kept.assign(w=kept["w"].map(w), s=kept["s"].map(s)).reset_index(drop=True)


def check_yields(frames: Mapping[str, pd.DataFrame], file: Mapping[str, str], survive: bool) -> list[Issue]:
    """Rows must name machines, workloads on vm, and something needed; requests need a row."""
    rows, demand, workloads = frames["yields"], frames["demand"], frames["workloads"]
    where = file["yields"]
    problems: list[Issue] = []
    platform = dict(zip(workloads["workload"], workloads["platform"], strict=True))
    flees = set(workloads.loc[workloads["critical"].astype(bool), "workload"]) if survive else set()
    needed = set(zip(demand["workload"], demand["resource"], strict=True))
    for line in rows.to_dict("records"):
        name, row = line["workload"], int(line["_row"])
        if platform.get(name) == "container":
            mend = "Take the row out: containers share the machines of a fleet."
            problems.append(Issue(where, row, "workload", name, "is no workload on platform vm", mend))
        if name in flees:
            mend = "Take the row out, or survival: the room it would flee to is counted in catalog figures."
            problems.append(Issue(where, row, "workload", name, "is critical and must survive", mend))
        if name in platform and (name, line["resource"]) not in needed:
            mend = f"Add its demand to {file['demand']}, or take the row out."
            problems.append(
                Issue(where, row, "resource", line["resource"], f"is nothing that {name} needs", mend)
            )
    stated = set(rows.loc[rows["resource"] == "requests", "workload"])
    asked = demand[demand["resource"] == "requests"].drop_duplicates("workload")
    for line in asked[~asked["workload"].isin(stated)].to_dict("records"):
        mend = f"State in {where} how many requests an hour one unit of a SKU serves."
        problems.append(
            Issue(
                file["demand"],
                int(line["_row"]),
                "resource",
                "requests",
                "no machine has a yield of it",
                mend,
            )
        )
    return problems
