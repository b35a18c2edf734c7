"""Whom a rule binds: the selection of a rule applied to workloads and regions.

A selection is data, never an expression: table, column and a list of values. Values of one list
are alternatives, columns all have to match. Booleans are written ``true`` and ``false``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.case.schema import AGENCIES, WORKLOADS
from planner.catalog.schema import REGIONS, VENDORS
from planner.policy.rules import Rule
from planner.tables import Column

_SELECTABLE = ("id", "text", "choice", "boolean")

COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "workload": {c.name: c for c in WORKLOADS.columns if c.kind in _SELECTABLE},
    "agency": {c.name: c for c in AGENCIES.columns if c.name in ("agency", "level", "state")},
    "region": {
        c.name: c
        for table in (VENDORS, REGIONS)
        for c in table.columns
        if c.kind in _SELECTABLE and c.name not in ("name", "basis", "source")
    },
}
"""What a rule may select on; a region has the columns of its vendor too."""


def workloads_of(rule: Rule, workloads: pd.DataFrame, agencies: pd.DataFrame) -> np.ndarray:
    """Boolean array (workload,): does the rule's selection hold for the workload and its agency?

    ``workloads`` has the columns selected on and ``agency``; every agency is in ``agencies``.
    """
    chosen = _matches(rule.select.get("workload", {}), workloads)
    wanted = rule.select.get("agency", {})
    if wanted:
        theirs = agencies.set_index("agency", drop=False).loc[list(workloads["agency"])]
        chosen &= _matches(wanted, theirs)
    return chosen


def agencies_of(rule: Rule, agencies: pd.DataFrame) -> tuple[str, ...]:
    """Agencies for which the rule's selection holds, sorted."""
    return tuple(sorted(agencies.loc[_matches(rule.select.get("agency", {}), agencies), "agency"]))


def regions_of(rule: Rule, regions: pd.DataFrame) -> np.ndarray:
    """Boolean array (region,): does the rule's selection hold for the region?"""
    return _matches(rule.select.get("region", {}), regions)


def _matches(wanted: Mapping[str, tuple[str, ...]], table: pd.DataFrame) -> np.ndarray:
    chosen = np.ones(len(table), dtype=bool)
    for column, values in wanted.items():
        cells = table[column]
        if cells.dtype == bool:
            cells = cells.map({True: "true", False: "false"})
        chosen &= cells.isin(values).to_numpy(dtype=bool)
    return chosen
