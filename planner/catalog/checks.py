"""Checks between the tables of a catalog: names that must exist, columns that must agree.

Every check takes frames as :func:`planner.tables.read` gives them (with ``_row``) and returns
problems; none stops at the first. A check is left out when the table it refers to could not be
read at all, so that one broken file does not condemn every row of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from planner import tables
from planner.catalog.facts import FACT_TABLES
from planner.catalog.schema import (
    COMMITMENTS,
    OPTIONAL_TABLES,
    PARTIAL,
    SHARED_TABLES,
    UPFRONT,
    VENDOR_TABLES,
)
from planner.errors import Issue
from planner.tables import Table
from planner.units import MACHINE_UNIT, STORAGE_UNIT

Parts = Mapping[str, Sequence[tuple[str, pd.DataFrame]]]
"""Table name to the (file as shown, frame) of every package that holds it."""

STORAGE_CATEGORIES = ("block", "object")
CATEGORY_OF_TERM = {
    "on_demand": "Standard",
    "spot": "Dynamic",
    **dict.fromkeys(COMMITMENTS, "Committed"),
}
"""FOCUS pricing category of each term."""

_CURRENCIES = frozenset(("PricingCurrency", "currency", "quote"))
"""Columns that hold a currency."""

_MANY = 50
"""Above so many unknown names in one file no near name is sought: it is slow and would not help."""


def check(parts: Parts, broken: set[str]) -> list[Issue]:
    """All problems between tables; ``broken`` names tables of which a file could not be read."""
    problems: list[Issue] = []
    for table in (*VENDOR_TABLES, *OPTIONAL_TABLES, *SHARED_TABLES, *FACT_TABLES):
        problems += _across(parts[table.name], table)
        problems += _currencies(parts[table.name], table)
    problems += _references(parts, broken)
    for where, frame in parts["regions"]:
        problems += _prefix(frame, "region", "vendor", where)
    for where, frame in parts["skus"]:
        problems += _prefix(frame, "SkuId", "region", where)
        problems += _shapes(frame, where)
    if "skus" not in broken:
        machines = _machines(parts)
        for where, frame in parts["prices"]:
            problems += _pricing(frame, machines, where)
    problems += _validity(parts["prices"], ["SkuId", "term"])
    problems += _validity(parts["savings_plans"], ["SkuId", "months"])
    problems += _validity(parts["transfer"], ["region", "destination", "from_gib"])
    return problems


def _currencies(files: Sequence[tuple[str, pd.DataFrame]], table: Table) -> Iterator[Issue]:
    """Codes of ISO 4217 have three capital letters; whether a case can convert one is the case's check."""
    for column in _CURRENCIES & table.names:
        for where, frame in files:
            wrong = frame[(frame[column] != "") & ~frame[column].str.fullmatch("[A-Z]{3}").astype(bool)]
            for value, row in zip(wrong[column], wrong["_row"], strict=True):
                mend = "Write the code of ISO 4217, e.g. USD."
                yield Issue(where, int(row), column, value, "is no code of a currency", mend)


def _known(parts: Parts, table: str, column: str) -> set[str]:
    return {value for _, frame in parts[table] for value in frame[column]}


def _references(parts: Parts, broken: set[str]) -> Iterator[Issue]:
    wanted = (
        ("regions", "vendor", "vendors", "vendor", False),
        ("skus", "region", "regions", "region", False),
        ("skus", "accelerator", "accelerators", "accelerator", True),
        ("interconnects", "accelerator", "accelerators", "accelerator", False),
        ("prices", "SkuId", "skus", "SkuId", False),
        ("transfer", "region", "regions", "region", False),
        ("not_sold", "region", "regions", "region", False),
        ("benchmarks", "vendor", "vendors", "vendor", False),
        ("benchmarks", "family", "skus", "family", False),
        ("regions_history", "region", "regions", "region", False),
        ("services", "region", "regions", "region", False),
        ("savings_plans", "SkuId", "skus", "SkuId", False),
        ("support_plans", "vendor", "vendors", "vendor", False),
        ("refreshes", "vendor", "vendors", "vendor", False),
    )
    for table, column, target, key, blank in wanted:
        if target in broken:
            continue
        known = _known(parts, target, key)
        for where, frame in parts[table]:
            if target == "accelerators" and not parts[target] and (frame[column] != "").any():
                problem = "no package with accelerators.csv is named"
                yield Issue(where, 0, column, "", problem, 'Add "accelerators" to catalogs.')
                continue
            yield from _unknown(frame, column, known, where, f"{target}.csv", blank)
    if "regions" in broken:
        return
    vendors, regions = _known(parts, "vendors", "vendor"), _known(parts, "regions", "region")
    for where, frame in parts["transfer"]:
        # A destination of a vendor whose package the case does not name cannot be checked.
        destination = frame["destination"].astype(str)
        ours = destination.str.split(":").str[0].isin(vendors) | ~destination.str.contains(":", regex=False)
        yield from _unknown(
            frame[ours], "destination", regions | {"internet"}, where, "regions.csv (or internet)", False
        )


def _unknown(
    frame: pd.DataFrame, column: str, known: set[str], where: str, what: str, blank: bool
) -> list[Issue]:
    # A blank cell that may not be blank was reported when the table was read.
    bad = frame[~frame[column].isin(known) & (frame[column] != "")]
    if len(bad) <= _MANY:
        return tables.refers(bad, column, known, where, what, blank)
    mend = f"Add it to {what} or correct the name."
    return [
        Issue(where, int(row), column, value, f"not found in {what}", mend)
        for value, row in zip(bad[column], bad["_row"], strict=True)
    ]


def _prefix(frame: pd.DataFrame, column: str, of: str, where: str) -> Iterator[Issue]:
    for value, owner, row in zip(frame[column], frame[of], frame["_row"], strict=True):
        if value and owner and not value.startswith(f"{owner}:"):
            mend = f"Write it as {owner}:name."
            yield Issue(where, int(row), column, value, f"does not begin with its {of} {owner!r}", mend)


def _shapes(frame: pd.DataFrame, where: str) -> list[Issue]:
    """Machines have vCPU, memory and architecture; storage has a resource and none of these."""
    storage = frame["category"].isin(STORAGE_CATEGORIES)
    machine = ~storage & (frame["category"] != "")
    burstable = frame["category"] == "burstable"
    has = {
        "architecture": frame["architecture"] != "",
        "vcpu": frame["vcpu"].notna(),
        "memory_gib": frame["memory_gib"].notna(),
        "baseline_vcpu": frame["baseline_vcpu"].notna(),
        "accelerator": frame["accelerator"] != "",
        "accelerator_count": frame["accelerator_count"].notna(),
        "resource": frame["resource"] != "",
    }
    problems: list[Issue] = []

    def wrong(rows: pd.Series, column: str, problem: str, mend: str) -> None:
        for value, row in zip(frame.loc[rows, "SkuId"], frame.loc[rows, "_row"], strict=True):
            problems.append(Issue(where, int(row), column, value, problem, mend))

    for column in ("architecture", "vcpu", "memory_gib"):
        wrong(machine & ~has[column], column, "a machine lacks it", "Fill it in.")
    for column in ("architecture", "vcpu", "memory_gib", "baseline_vcpu", "accelerator", "accelerator_count"):
        wrong(storage & has[column], column, "storage has none", "Leave it blank.")
    wrong(storage & ~has["resource"], "resource", "storage lacks it", "Say what it yields, e.g. block_gib.")
    wrong(machine & has["resource"], "resource", "only storage has one", "Leave it blank.")
    wrong(
        burstable & ~has["baseline_vcpu"],
        "baseline_vcpu",
        "a burstable machine lacks it",
        "Give the vCPU it sustains.",
    )
    wrong(
        machine & ~burstable & has["baseline_vcpu"],
        "baseline_vcpu",
        "only burstable machines have one",
        "Leave it blank, or set the category to burstable.",
    )
    wrong(
        burstable & (frame["baseline_vcpu"] > frame["vcpu"]),
        "baseline_vcpu",
        "is more than the machine's vCPU",
        "Give the vCPU that all its vCPU together sustain.",
    )
    wrong(
        machine & has["accelerator"] & ~has["accelerator_count"],
        "accelerator_count",
        "a machine with an accelerator lacks it",
        "Say how many cards it has.",
    )
    wrong(
        machine & ~has["accelerator"] & has["accelerator_count"],
        "accelerator",
        "cards are counted but not named",
        "Name the card as in accelerators.csv.",
    )
    return problems


def _machines(parts: Parts) -> dict[str, bool]:
    """SkuId to: is it a machine (else storage)?"""
    return {
        sku: category not in STORAGE_CATEGORIES
        for _, frame in parts["skus"]
        for sku, category in zip(frame["SkuId"], frame["category"], strict=True)
        if category
    }


def _pricing(frame: pd.DataFrame, machines: Mapping[str, bool], where: str) -> Iterator[Issue]:
    columns = ("SkuId", "term", "PricingUnit", "PricingCategory", "_row")
    for sku, term, unit, category, row in zip(*(frame[c] for c in columns), strict=True):
        if sku in machines and unit:
            wanted = MACHINE_UNIT if machines[sku] else STORAGE_UNIT
            if unit != wanted:
                kind = "a machine" if machines[sku] else "storage"
                problem = f"is not the unit of {kind}"
                yield Issue(where, int(row), "PricingUnit", unit, problem, f"State the price per {wanted}.")
        if term and category and category != CATEGORY_OF_TERM[term]:
            mend = f"Write {CATEGORY_OF_TERM[term]}, or correct the term."
            problem = f"does not fit the term {term}"
            yield Issue(where, int(row), "PricingCategory", category, problem, mend)
    yield from _upfront(frame, where)


def _upfront(frame: pd.DataFrame, where: str) -> Iterator[Issue]:
    """What is paid at the start: of terms ``_partial`` a part, of ``_upfront`` all, of others nothing."""
    partial = frame["term"].str.endswith(PARTIAL).to_numpy(dtype=bool)
    whole = frame["term"].str.endswith(UPFRONT).to_numpy(dtype=bool)
    part = frame["upfront"].to_numpy(dtype="float64")
    stated = ~np.isnan(part)
    later = "Use a term that ends with _partial or _upfront."
    wrong = (
        (
            partial & ~((part > 0) & (part < 1)),
            "is no part of the price",
            "Write more than 0 and less than 1.",
        ),
        (whole & stated & (part != 1), "is not all of the price", "Write 1 or leave it blank."),
        (~partial & ~whole & stated & (part != 0), "is paid early, which its term is not", later),
    )
    for rows, problem, mend in wrong:
        for i in np.flatnonzero(rows):
            value = f"{part[i]:g}" if stated[i] else ""
            yield Issue(where, int(frame["_row"].iloc[i]), "upfront", value, problem, mend)


def _validity(files: Sequence[tuple[str, pd.DataFrame]], key: list[str]) -> Iterator[Issue]:
    """Each row must end after it begins, and no later than the next of its key begins."""
    if not files:
        return
    rows = pd.concat([frame.assign(_file=where) for where, frame in files], ignore_index=True)
    rows = rows[rows["valid_from"] != ""]
    columns = ["valid_from", "valid_to", "_file", "_row"]
    backwards = rows[(rows["valid_to"] != "") & (rows["valid_to"] <= rows["valid_from"])]
    for begins, ends, where, row in zip(*(backwards[c] for c in columns), strict=True):
        mend = "Give the first day on which the price no longer held, or leave it blank."
        yield Issue(where, int(row), "valid_to", ends, f"is not after valid_from {begins}", mend)
    several = rows[rows.duplicated(key, keep=False)].sort_values([*key, "valid_from"], kind="stable")
    last: tuple[object, ...] = ()
    since = until = before = ""
    for *values, begins, ends, where, row in zip(*(several[c] for c in (*key, *columns)), strict=True):
        # Rows of one key and day are duplicates, which are reported as such.
        if tuple(values) == last and begins != since and (until == "" or begins < until):
            name = ", ".join(str(v) for v in values)
            mend = f"Set valid_to of {before} to {begins} or earlier, or correct valid_from."
            yield Issue(where, int(row), "valid_from", begins, f"overlaps {before} of {name}", mend)
        last, since, until, before = tuple(values), begins, ends, f"{where} row {row}"


def _across(files: Sequence[tuple[str, pd.DataFrame]], table: Table) -> Iterator[Issue]:
    """A key that two packages hold; within one file :func:`planner.tables.read` has looked."""
    if len(files) < 2:
        return
    seen: dict[tuple[object, ...], str] = {}
    for where, frame in files:
        here = dict.fromkeys(zip(*(frame[k] for k in table.key), strict=True), where)
        if seen.keys() & here.keys():
            for *key, row in zip(*(frame[k] for k in (*table.key, "_row")), strict=True):
                if tuple(key) in seen and all(k != "" for k in key):
                    name = ", ".join(str(k) for k in key)
                    problem = f"the key ({', '.join(table.key)}) is also in {seen[tuple(key)]}"
                    mend = "Keep one of the rows, or take one of the packages out."
                    yield Issue(where, int(row), table.key[0], name, problem, mend)
        seen |= here
