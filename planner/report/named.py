"""What a terminal needs beside a plan: the names of vendors and regions, from the inputs of its folder.

The whole background (:mod:`planner.report.background`) needs the case read and its network walked; names
stand in two small tables of each catalog.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from planner.files.read import plain
from planner.plan.plan import Plan
from planner.report.background import PRICES, Background
from planner.report.figures.context import Context, context_of

if TYPE_CHECKING:
    from planner.inputs import Case

_VENDOR = ("vendor", "name", "vendor_group", "market")
_REGION = ("region", "vendor", "name")


def named(plan: Plan, folder: Path) -> Context:
    """A plan with the names that its folder keeps; ids stand for names where it keeps none.

    The background knows vendors and regions only: no users, rules, network or prices.
    """
    vendors = _rows(folder / "inputs", "vendors.csv", _VENDOR)
    vendors["market"] = vendors["market"].eq("true")
    regions = _rows(folder / "inputs", "regions.csv", _REGION)
    background = Background(
        home_country=str(plan.head.get("home_country", "")),
        vendors=vendors,
        regions=regions.merge(vendors[["vendor", "vendor_group", "market"]], on="vendor", how="left"),
        workloads=pd.DataFrame(columns=["workload"]),
        users=pd.DataFrame(columns=["workload", "site", "t", "users"]),
        nodes=None,
        rules=(),
        rtt=None,
        prices=pd.DataFrame(columns=list(PRICES)),
    )
    return context_of(plan, background)


def region_names(case: Case) -> dict[str, str]:
    """Vendor and region by name, of every region of a case."""
    vendors = dict(zip(case.catalog.vendors["vendor"], case.catalog.vendors["name"], strict=True))
    regions = case.regions[["region", "vendor", "name"]].itertuples(index=False, name=None)
    return {region: _place(vendors.get(vendor, vendor), name) for region, vendor, name in regions}


def vendor_name(context: Context, vendor: str) -> str:
    """The name of a vendor, or its id where there is none."""
    vendors = context.background.vendors
    names = vendors.loc[vendors["vendor"] == vendor, "name"]
    return str(names.iloc[0]) if len(names) else vendor


def place_name(context: Context, region: str) -> str:
    """Vendor and region by name: ``Google Cloud: Singapore``; the id where there is no name."""
    regions = context.background.regions
    rows = regions[regions["region"] == region]
    if rows.empty:
        return region
    vendor, place = vendor_name(context, str(rows["vendor"].iloc[0])), str(rows["name"].iloc[0])
    return _place(vendor, place)


def _place(vendor: str, place: str) -> str:
    return vendor if vendor == place else f"{vendor}: {place}"


def _rows(inputs: Path, table: str, columns: Sequence[str]) -> pd.DataFrame:
    """The rows of every table of this name, each key once; a table that cannot be read names nothing."""
    rows: dict[str, list[str]] = {}
    for path in sorted(inputs.rglob(table)):
        try:
            with plain(path).open(encoding="utf-8-sig", newline="") as stream:
                for line in csv.DictReader(stream):
                    row = [(line.get(column) or "").strip() for column in columns]
                    rows.setdefault(row[0], row)
        except (OSError, UnicodeDecodeError, csv.Error):
            continue
    return pd.DataFrame(list(rows.values()), columns=list(columns), dtype=str)
