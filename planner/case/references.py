"""Names in tables that other tables must have: told even where other cells of a table could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner import tables
from planner.case.settings import FILE, Settings
from planner.catalog.load import Catalog
from planner.errors import Issue

NO_TIER = "none"
"""Tier of a workload of which nothing is kept ready; it needs no row in ``resilience.csv``."""

PAYERS = "who pays for workloads"
_PERIODS, _SLICES = "the periods of the case", "[slices] of case.toml"
_REGIONS, _SKUS, _MACHINES = "the catalogs' regions", "the catalogs' SKUs", "the catalogs' machines"
_FAMILIES, _CATEGORIES = "the catalogs' families", "the catalogs' categories"
_PLACES, _SUBJECTS = (
    "the catalogs' regions and SKUs, or capacity_groups.csv",
    "the catalogs' regions and vendors",
)
_TODAY = "the catalogs' regions, or outside of case.toml"
_VENDORS, _SELLERS = "vendors.csv", "the vendors of the catalogs' regions"


@dataclass(frozen=True)
class Reference:
    """A column whose cells name something: ``target`` is a table of the case, or other words for what.

    ``holds`` names the columns of tables of the case that tell what there is; ``blank`` lets an empty
    cell pass.
    """

    table: str
    column: str
    target: str
    blank: bool = False
    holds: tuple[tuple[str, str], ...] = ()


def _of(target: str, key: str, *columns: tuple[str, str], blank: bool = False) -> tuple[Reference, ...]:
    return tuple(Reference(table, column, target, blank, ((target, key),)) for table, column in columns)


_PAYING = (("workloads", "agency"), ("agencies", "agency"), ("agencies", "payer"))

REFERENCES: tuple[Reference, ...] = (
    *_of("agencies", "agency", ("workloads", "agency"), ("budgets", "agency"), ("held_commitments", "payer")),
    *_of("agencies", "agency", ("agencies", "payer"), ("capacity", "payer"), ("move_limits", "agency"),
         blank=True),
    *_of("workloads", "workload", ("demand", "workload"), ("loads", "workload"), ("users", "workload"),
         ("current", "workload"), ("placement_costs", "workload"), ("affinity", "workload"),
         ("dependencies", "from_workload"), ("dependencies", "to_workload"), ("yields", "workload"),
         ("earlier_placements", "workload")),
    *_of("workloads", "workload", ("move_limits", "workload"), ("affinity", "other"), ("waivers", "workload"),
         blank=True),
    *_of("resilience", "tier", ("workloads", "resilience")),
    Reference("capacity", "subject", _PLACES, holds=(("capacity_groups", "group"),)),
    Reference("placement_costs", "region", _REGIONS),
    Reference("earlier_placements", "region", _REGIONS),
    Reference("affinity", "region", _REGIONS, blank=True),
    Reference("waivers", "region", _REGIONS, blank=True),
    Reference("activation", "subject", _SUBJECTS),
    Reference("current", "region", _TODAY),
    Reference("assessments", "subject", _SUBJECTS),
    Reference("capacity_groups", "region", _REGIONS, blank=True),
    Reference("capacity_groups", "family", _FAMILIES, blank=True),
    Reference("capacity_groups", "category", _CATEGORIES, blank=True),
    Reference("capacity_groups", "sku", _SKUS, blank=True),
    Reference("earlier_commitments", "sku", _SKUS),
    Reference("yields", "sku", _MACHINES),
    Reference("contracts", "vendor", _VENDORS),
    *_of("contracts", "contract", ("private_prices", "contract"), ("discounts", "contract")),
    Reference("private_prices", "sku", _SKUS),
    Reference("spend_commitments", "vendor", _SELLERS),
    Reference("vendor_costs", "vendor", _SELLERS),
    Reference("vendor_costs", "region", _REGIONS, blank=True),
    Reference("vendor_costs", "payer", PAYERS, blank=True, holds=_PAYING),
    Reference("loads", "slice", _SLICES),
    Reference("spend_commitments", "payer", PAYERS, blank=True, holds=_PAYING),
    Reference("activation", "payer", PAYERS, blank=True, holds=_PAYING),
    Reference("earlier_placements", "period", _PERIODS),
    Reference("earlier_commitments", "period", _PERIODS),
)  # fmt: skip

DATED = ("demand", "users", "capacity", "move_limits", "dependencies", "vendor_costs")
"""Tables whose rows hold from a period on."""


def check_references(
    settings: Settings,
    frames: Mapping[str, pd.DataFrame],
    catalog: Catalog | None,
    periods: Sequence[str],
    problems: Sequence[Issue] = (),
) -> list[Issue]:
    """Cells that name nothing.

    Parameters
    ----------
    catalog
        ``None`` where it could not be read: then nothing is asked of it.
    problems
        What is wrong with the tables themselves. A cell that is named there is not looked at, nor one that
        refers to a table whose rows or names could not all be read.
    """
    file = {name: settings.tables.get(name, f"{name}.csv") for name in frames}
    bad = {(p.file, p.row, p.column) for p in problems}
    torn = {name for name in file if any(_tears(p, name, file[name]) for p in problems)}
    names = _names(settings, frames, catalog, periods)
    found: list[Issue] = []
    for reference in REFERENCES:
        where = file[reference.table]
        data = _read(frames[reference.table], where, reference.column, bad)
        missing = any(
            name in torn or any((file[name], int(row), column) in bad for row in frames[name]["_row"])
            for name, column in (reference.holds if bad else ())
        )
        if reference.target in names and not missing:
            what = file.get(reference.target, reference.target)
            known = names[reference.target]
            found += tables.refers(data, reference.column, known, where, what, reference.blank)
    for name in DATED:
        found += _no_period(_read(frames[name], file[name], "period", bad), file[name], periods)
    return found


def _tears(problem: Issue, table: str, file: str) -> bool:
    """Does a problem leave rows of a table unread?"""
    if problem.file == FILE:
        return problem.column == f"tables.{table}"
    return problem.file == file and (problem.row <= 1 or not problem.column)


def _read(data: pd.DataFrame, file: str, column: str, bad: set[tuple[str, int, str]]) -> pd.DataFrame:
    """The rows whose cell of a column could be read."""
    if not bad:
        return data
    return data.loc[np.array([(file, int(row), column) not in bad for row in data["_row"]], dtype=bool)]


def _no_period(data: pd.DataFrame, file: str, periods: Sequence[str]) -> list[Issue]:
    span = f"{periods[0]}, {periods[1]} …" if len(periods) > 1 else periods[0]
    mend = f"Name a period by its first month: {span} up to {periods[-1]}."
    wrong = data.loc[~data["period"].isin(periods), ["period", "_row"]]
    return tables.first_of(wrong, "period", file, "is no period of the case", lambda _: mend)


def paying(frames: Mapping[str, pd.DataFrame]) -> set[str]:
    """Agencies that pay for a workload: its own, or the one that pays for that."""
    agencies = frames["agencies"][["agency", "payer"]]
    owners = frames["workloads"].merge(agencies, on="agency", how="left")
    return set(owners["payer"].where(owners["payer"].fillna("") != "", owners["agency"]))


def _names(
    settings: Settings, frames: Mapping[str, pd.DataFrame], catalog: Catalog | None, periods: Sequence[str]
) -> dict[str, set[str]]:
    """The names that there are, by target; none of the catalogs' where they could not be read."""
    names = {
        "agencies": set(frames["agencies"]["agency"]),
        "workloads": set(frames["workloads"]["workload"]),
        "contracts": set(frames["contracts"]["contract"]),
        PAYERS: paying(frames),
        _PERIODS: set(periods),
        _SLICES: set(settings.slices),
    }
    if not frames["resilience"].empty:
        names["resilience"] = {NO_TIER, *frames["resilience"]["tier"]}
    if catalog is not None:
        regions, vendors, skus = catalog.regions, set(catalog.vendors["vendor"]), catalog.skus
        places, sold = set(regions["region"]), set(skus["SkuId"])
        names |= {
            _REGIONS: places,
            _SKUS: sold,
            _TODAY: {*places, *settings.outside},
            _MACHINES: set(skus.loc[skus["resource"] == "", "SkuId"]),
            _FAMILIES: set(skus["family"]),
            _CATEGORIES: set(skus["category"]),
            _PLACES: places | sold | set(frames["capacity_groups"]["group"]),
            _SUBJECTS: places | vendors,
            _VENDORS: vendors,
            _SELLERS: set(regions["vendor"]),
        }
    return names
