"""What must fit together across the tables of a case; every problem is found in one go."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner import tables
from planner.case.agreements import check_agreements
from planner.case.cards import check_cards
from planner.case.earlier import check_earlier
from planner.case.private import check_private
from planner.case.references import NO_TIER, PAYERS, check_references, paying
from planner.case.settings import FILE, Settings
from planner.case.vendor_costs import SCOPE, check_vendor_costs
from planner.case.weights import check_latency_worth
from planner.case.yields import check_yields
from planner.catalog.load import Catalog
from planner.catalog.schema import COMMITMENTS
from planner.errors import Issue
from planner.tolerances import SUM


def cross_checks(
    settings: Settings, frames: Mapping[str, pd.DataFrame], catalog: Catalog, periods: pd.DataFrame
) -> list[Issue]:
    """Check references between tables, periods, workloads, money and terms."""
    names = list(periods["period"])
    file = {name: settings.tables.get(name, f"{name}.csv") for name in frames}
    workloads, regions = frames["workloads"], set(catalog.regions["region"])
    if not regions:
        mend = "Name a package that describes regions, e.g. one of the shipped ones."
        return [Issue(FILE, 0, "catalogs", "", "no region is known", mend)]
    problems: list[Issue] = []
    if workloads.empty:
        problems.append(Issue(file["workloads"], 0, "", "", "there is no workload", "Add at least one."))
    problems += check_references(settings, frames, catalog, names)
    problems += _check_costs(settings, frames, file)
    problems += check_latency_worth(settings.latency, frames["users"], file["users"])
    problems += check_yields(frames, file, bool(settings.survive))
    problems += check_cards(frames, file, catalog.accelerators)
    problems += check_agreements(settings, frames, file)
    problems += _check_terms(settings, frames, file, catalog)
    problems += _check_contracts(settings, frames["contracts"], file["contracts"])
    problems += check_private(frames, file, catalog)
    places = dict(zip(catalog.regions["region"], catalog.regions["vendor"], strict=True))
    problems += check_vendor_costs(frames["vendor_costs"], file["vendor_costs"], places)
    problems += check_earlier(settings, frames, file, names)
    keys = {
        "demand": ["workload", "resource"],
        "users": ["workload", "site"],
        "capacity": ["subject", "resource", "payer"],
        "move_limits": ["agency", "workload"],
        "vendor_costs": SCOPE,
        "dependencies": ["from_workload", "to_workload"],
    }
    for name, key in keys.items():
        problems += _check_periods(frames[name], key, names, file[name])
    problems += _check_workloads(frames, file, settings)
    problems += _check_money(settings, catalog, periods, set(frames["vendor_costs"]["currency"]))
    for opening in settings.openings:
        if opening.region not in regions:
            mend = "Name a region of the catalogs."
            problems.append(Issue(FILE, 0, "opening.region", opening.region, "is unknown", mend))
        if opening.period not in names:
            mend = f"Use one of {names[0]} … {names[-1]}."
            problems.append(Issue(FILE, 0, "opening.from", opening.period, "is no period of the case", mend))
    return problems


def _check_costs(
    settings: Settings, frames: Mapping[str, pd.DataFrame], file: Mapping[str, str]
) -> list[Issue]:
    problems = [*_check_without_effect(frames, file), *_check_affinity(frames, file)]
    for name in ("placement_costs", "activation", "budgets"):
        for line in frames[name].to_dict("records"):
            if line["currency"] != settings.currency:
                mend = f"State it in {settings.currency}."
                row, value = int(line["_row"]), line["currency"]
                problems.append(Issue(file[name], row, "currency", value, "is not the case's currency", mend))
    return problems


def _check_affinity(frames: Mapping[str, pd.DataFrame], file: Mapping[str, str]) -> list[Issue]:
    affinity, where, problems = frames["affinity"], file["affinity"], list[Issue]()
    needs = {
        "together": {"other"},
        "apart": {"other"},
        "pin": {"region"},
        "forbid": {"region"},
        "least_share": {"value"},
    }
    for line in affinity.to_dict("records"):
        stated = {c for c in ("other", "region") if line[c] != ""}
        stated |= set() if np.isnan(line["value"]) else {"value"}
        wanted, row, kind = needs[line["kind"]], int(line["_row"]), line["kind"]
        for column in sorted(wanted - stated):
            problems.append(Issue(where, row, column, "", f"{kind} needs a {column}", "Fill it in."))
        for column in sorted(stated - wanted - ({"value"} if kind == "pin" else set())):
            value, mend = str(line[column]), "Leave it blank."
            problems.append(Issue(where, row, column, value, f"{kind} has no {column}", mend))
        if line["other"] == line["workload"]:
            mend = "Name another workload."
            problems.append(Issue(where, row, "other", line["other"], "is the workload itself", mend))
    return problems


def _check_without_effect(frames: Mapping[str, pd.DataFrame], file: Mapping[str, str]) -> list[Issue]:
    """Limits that could never bind: of an agency whose bills another pays, or of another's workload."""
    payer = dict(zip(frames["agencies"]["agency"], frames["agencies"]["payer"], strict=True))
    owner = dict(zip(frames["workloads"]["workload"], frames["workloads"]["agency"], strict=True))
    problems = []
    for line in frames["budgets"].to_dict("records"):
        pays = payer.get(line["agency"], "")
        if pays not in ("", line["agency"]):
            mend = f"Give the budget to {pays}, or take payer out of {file['agencies']}."
            row, value = int(line["_row"]), line["agency"]
            problems.append(Issue(file["budgets"], row, "agency", value, f"is paid for by {pays}", mend))
    for line in frames["move_limits"].to_dict("records"):
        owns = owner.get(line["workload"], line["agency"])
        if line["agency"] and line["workload"] and owns != line["agency"]:
            mend = f"Write {owns}, or leave the agency blank."
            row, value = int(line["_row"]), line["agency"]
            problem = f"does not own {line['workload']}"
            problems.append(Issue(file["move_limits"], row, "agency", value, problem, mend))
    return problems


def _check_terms(
    settings: Settings, frames: Mapping[str, pd.DataFrame], file: Mapping[str, str], catalog: Catalog
) -> list[Issue]:
    loads, held = frames["loads"], frames["held_commitments"]
    agencies = frames["agencies"]["agency"]
    problems = tables.refers(
        held[held["payer"].isin(agencies)], "payer", paying(frames), file["held_commitments"], PAYERS
    )
    sold = set(catalog.prices["SkuId"] + "|" + catalog.prices["term"])
    for line in held.to_dict("records") if settings.whole_units is not False else ():
        if not float(line["units"]).is_integer():
            mend, value = "State whole machines, or plan in parts: [units] whole = false.", str(line["units"])
            row = int(line["_row"])
            problems.append(
                Issue(file["held_commitments"], row, "units", value, "is no whole number of machines", mend)
            )
    for line in held.to_dict("records"):
        if f"{line['sku']}|{line['term']}" not in sold:
            value, mend = f"{line['sku']}, {line['term']}", "Name a SKU that the catalogs sell on that term."
            problems.append(
                Issue(file["held_commitments"], int(line["_row"]), "sku", value, "has no such price", mend)
            )
        if settings.whole_units and _ends_within(line["start"], line["term"], settings):
            mend = "Use periods at whose end it ends, or leave out [units] whole."
            problem = "ends within a period, where it would be a part of a machine"
            row = int(line["_row"])
            problems.append(Issue(file["held_commitments"], row, "start", line["start"], problem, mend))
        if line["start"] >= settings.start:
            mend = "Only commitments from before the first period are held; the plan buys later ones itself."
            problems.append(
                Issue(
                    file["held_commitments"], int(line["_row"]), "start", line["start"], "is too late", mend
                )
            )
    for name, rows in loads.groupby("workload"):
        missing = [s for s in settings.slices if s not in set(rows["slice"])]
        if missing:
            row, mend = int(rows["_row"].iloc[0]), f"Add a row for {', '.join(missing)}."
            problems.append(Issue(file["loads"], row, "slice", str(name), "does not state every slice", mend))
    return problems


def _check_contracts(settings: Settings, contracts: pd.DataFrame, where: str) -> list[Issue]:
    """One contract of a vendor after the other, in the case's currency."""
    problems: list[Issue] = []
    for vendor, rows in contracts.sort_values("valid_from").groupby("vendor"):
        ends: str | None = ""
        for line in rows.to_dict("records"):
            if ends is None or (ends and line["valid_from"] < ends):
                mend = "Let one contract of a vendor end before the next begins."
                problems.append(
                    Issue(
                        where, int(line["_row"]), "valid_from", str(vendor), "overlaps another contract", mend
                    )
                )
            ends = line["valid_to"] or None
            if line["valid_to"] and line["valid_to"] <= line["valid_from"]:
                mend = "Let it end after it begins."
                problems.append(
                    Issue(
                        where, int(line["_row"]), "valid_to", line["valid_to"], "ends before it begins", mend
                    )
                )
            if line["currency"] != settings.currency:
                mend = f"State the ceiling in {settings.currency}."
                problems.append(
                    Issue(where, int(line["_row"]), "currency", line["currency"], "is not the case's", mend)
                )
    return problems


def _ends_within(start: str, term: str, settings: Settings) -> bool:
    """Does a commitment end within a period of the horizon?"""
    first = pd.Period(settings.start, freq="M").ordinal
    left = pd.Period(start, freq="M").ordinal + COMMITMENTS[term] - first
    return bool(0 < left < settings.months * settings.count and left % settings.months)


def _check_periods(frame: pd.DataFrame, key: list[str], periods: list[str], file: str) -> list[Issue]:
    problems, known = [], set(periods)
    first = frame.drop_duplicates(key)
    for _, line in first[first["period"] != periods[0]].iterrows():
        if line["period"] in known:
            value = ", ".join(str(line[k]) for k in key if line[k] != "")
            mend = f"Add a row for {periods[0]} (0 if there is nothing yet)."
            problems.append(
                Issue(file, int(line["_row"]), "period", value, "has no row for the first period", mend)
            )
    return problems


def _check_workloads(
    frames: Mapping[str, pd.DataFrame], file: Mapping[str, str], settings: Settings
) -> list[Issue]:
    problems = []
    demand = frames["demand"]
    stated = set(zip(demand["workload"], demand["resource"], strict=True))
    asking, with_users = set(demand["workload"]), set(frames["users"]["workload"])
    for w in frames["workloads"].to_dict("records"):
        name, row = w["workload"], int(w["_row"])

        def bad(column: str, value: str, problem: str, mend: str, row: int = row) -> None:
            problems.append(Issue(file["workloads"], row, column, value, problem, mend))

        lacking = [r for r in ("vcpu", "memory_gib") if (name, r) not in stated]
        if name not in asking:
            mend = f"Add its rows, e.g. {name},vcpu,{settings.start},…, to {file['demand']}."
            bad("workload", name, "has no demand at all", mend)
        elif len(lacking) == 1:
            row_text = f"{name},{lacking[0]},{settings.start},…"
            mend = f"Add a row {row_text} to {file['demand']} (0 if it needs none)."
            bad("workload", name, f"has no demand for {lacking[0]}", mend)
        if np.isnan(w["latency_ms"]) != np.isnan(w["latency_share"]):
            bad(
                "latency_ms",
                name,
                "has half a latency target",
                "Fill in latency_ms and latency_share, or neither.",
            )
        elif not np.isnan(w["latency_ms"]) and name not in with_users:
            bad("latency_ms", name, "has a latency target but no users", f"Add its users to {file['users']}.")
        if not w["spot_ok"] and not np.isnan(w["spot_share"]):
            bad("spot_share", f"{w['spot_share']:g}", "has no effect without spot_ok", "Leave it blank.")
        for column in ("least_share", "most_regions"):
            if not w["divisible"] and not np.isnan(w[column]):
                bad(column, f"{w[column]:g}", "has no effect on what is not divisible", "Leave it blank.")
        pods = (np.isnan(w["pod_vcpu"]), np.isnan(w["pod_memory_gib"]))
        if w["platform"] == "container":
            if any(pods):
                bad(
                    "pod_vcpu",
                    name,
                    "is a container workload without the size of its largest pod",
                    "Fill in pod_vcpu and pod_memory_gib.",
                )
            for resource in ("gpu_inference", "gpu_training"):
                if (name, resource) in stated:
                    bad(
                        "platform",
                        "container",
                        f"needs {resource}, which exists on platform vm only",
                        "Write vm, or take the row out of the demand.",
                    )
            if settings.container_headroom is None:
                bad(
                    "platform",
                    "container",
                    "the case states no packing headroom",
                    "Add [container] headroom, basis, source, as_of to case.toml.",
                )
        elif not all(pods):
            bad("pod_vcpu", name, "is no container workload but has a pod", "Leave both pod columns blank.")
    if frames["resilience"].empty:
        tiers = frames["workloads"][frames["workloads"]["resilience"] != NO_TIER]
        for tier, rows in tiers.groupby("resilience", sort=True):
            mend = f"Describe it in {file['resilience']}, or write {NO_TIER}: nothing is kept ready then."
            problem = f"is a tier of {len(rows)} workloads, and the case describes no tiers"
            where = file["workloads"]
            problems.append(Issue(where, int(rows["_row"].iloc[0]), "resilience", str(tier), problem, mend))
    current = frames["current"]
    for (name, role), group in current.groupby(["workload", "role"], sort=True):
        if group["share"].sum() > 1 + SUM:
            problems.append(
                Issue(
                    file["current"],
                    int(group["_row"].iloc[0]),
                    "share",
                    f"{name}, {role}",
                    "the shares sum to more than 1",
                    "Correct the shares.",
                )
            )
    return problems


def _check_money(
    settings: Settings, catalog: Catalog, periods: pd.DataFrame, stated_in: set[str]
) -> list[Issue]:
    problems = []
    used = stated_in | set(catalog.prices["PricingCurrency"]) | set(catalog.transfer["PricingCurrency"])
    used |= {weight.currency for weight in (settings.carbon, settings.latency) if weight}
    used -= {settings.currency}
    stated = [(f.currency, f.year) for f in settings.fx]
    for key in sorted({k for k in stated if stated.count(k) > 1}):
        problems.append(Issue(FILE, 0, "fx", f"{key[0]} {key[1]}", "appears twice", "Keep one of them."))
    for currency in sorted(used):
        for year in sorted(set(periods["year"])):
            if (currency, year) not in stated:
                mend = "Add a section [[fx]] with currency, year, rate, buffer, basis, source and as_of."
                problems.append(Issue(FILE, 0, "fx", f"{currency} {year}", "has no exchange rate", mend))
    for f in settings.fx:
        if f.as_of > settings.prices_as_of:
            mend = "Use a rate known by prices_as_of."
            problems.append(Issue(FILE, 0, "fx.as_of", f.as_of.isoformat(), "lies after prices_as_of", mend))
    return problems
