"""From a case folder to a :class:`Case`: tables read, checked against each other, made dense.

Nothing here knows rules, latency or linear programs. :func:`read_case` never raises for bad
content; it returns every problem, so that a user mends all of them in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from planner import tables
from planner.case import schema
from planner.case.settings import FILE, Settings, read_settings
from planner.catalog.load import Catalog, read_catalog
from planner.errors import Problem
from planner.money import Rates


@dataclass(frozen=True)
class Case:
    """One planning question, ready for use. Row i of ``workloads`` is workload i everywhere.

    Attributes
    ----------
    periods
        One row a period t: ``period`` (its name), ``start``, ``end`` (exclusive), ``year``,
        ``months``, ``hours``, ``discount`` (factor on money that falls due evenly in it).
    demand
        Array (workload, resource, period) in the order of ``schema.RESOURCES``.
    alive
        Array (workload, period): does the workload need anything in the period?
    users
        Dense: workload, site, t, users.
    capacity
        Dense: subject, resource, payer, t, amount and the provenance of the row.
    """

    folder: Path
    settings: Settings
    catalog: Catalog
    periods: pd.DataFrame
    agencies: pd.DataFrame
    workloads: pd.DataFrame
    demand: np.ndarray
    alive: np.ndarray
    users: pd.DataFrame
    capacity: pd.DataFrame
    current: pd.DataFrame
    rates: Rates
    files: tuple[tuple[str, Path], ...]


def read_case(folder: Path) -> tuple[Case | None, list[Problem]]:
    """Read a case folder and the catalogs it names.

    Returns
    -------
    (case, problems)
        ``case`` is ``None`` when a problem prevents building it; all problems found are returned.
    """
    settings, problems = read_settings(folder)
    if settings is None:
        return None, problems
    frames, files, more = _read_tables(folder, settings)
    problems += more
    catalog, more = read_catalog(settings.catalogs, folder, settings.prices_as_of)
    problems += more
    periods = period_table(settings)
    if not problems:
        problems += _cross_checks(settings, frames, catalog, periods)
    if problems:
        return None, problems
    names = list(periods["period"])
    workloads = (
        frames["workloads"]
        .drop(columns="_row")
        .join(frames["agencies"].set_index("agency")[["level", "state", "payer"]], on="agency")
    )
    workloads["payer"] = workloads["payer"].where(workloads["payer"] != "", workloads["agency"])
    demand = _demand_array(frames["demand"], list(workloads["workload"]), names)
    return Case(
        folder=folder,
        settings=settings,
        catalog=catalog,
        periods=periods,
        agencies=frames["agencies"].drop(columns="_row"),
        workloads=workloads,
        demand=demand,
        alive=np.asarray((demand > 0).any(axis=1)),
        users=dense(frames["users"], ["workload", "site"], "users", names),
        capacity=dense(frames["capacity"], ["subject", "resource", "payer"], "amount", names),
        current=frames["current"].drop(columns="_row"),
        rates=Rates(settings.currency, {(f.currency, f.year): f.rate * (1 + f.buffer) for f in settings.fx}),
        files=((FILE, folder / FILE), *files, *((f"catalogs/{name}", path) for name, path in catalog.files)),
    ), []


def period_table(settings: Settings) -> pd.DataFrame:
    """The periods of a case.

    The discount factor is the mean of (1 + rate)^(-h / 8760) over the hours h of the period,
    counted from the start of the horizon: money that falls due evenly in it. Cutting a period in
    two therefore changes no discounted sum.
    """
    first = pd.Period(settings.start, freq="M")
    rows = []
    elapsed = 0.0
    growth = float(np.log1p(settings.discount_rate)) / 8760.0
    for i in range(settings.count):
        start = (first + i * settings.months).start_time
        end = (first + (i + 1) * settings.months).start_time
        hours = float((end - start).days * 24)
        if growth:
            factor = (np.exp(-growth * elapsed) - np.exp(-growth * (elapsed + hours))) / (growth * hours)
        else:
            factor = 1.0
        elapsed += hours
        rows.append(
            (f"{start:%Y-%m}", start.date(), end.date(), start.year, settings.months, hours, float(factor))
        )
    columns = ["period", "start", "end", "year", "months", "hours", "discount"]
    return pd.DataFrame(rows, columns=columns)


def dense(frame: pd.DataFrame, key: list[str], value: str, periods: list[str]) -> pd.DataFrame:
    """A row a key and period t, each value holding until the next row of its key."""
    frame = frame.drop(columns="_row")
    if frame.empty:
        return frame.rename(columns={"period": "t"}).astype({"t": "int64"})
    extra = [c for c in frame.columns if c not in (*key, "period", value)]
    at = frame["period"].map({p: i for i, p in enumerate(periods)})
    frame = frame.assign(t=at).drop(columns="period").sort_values([*key, "t"], ignore_index=True)
    following = frame.groupby(key, sort=False)["t"].shift(-1)
    lasts = (following.fillna(len(periods)) - frame["t"]).astype(int)
    grown = frame.loc[frame.index.repeat(lasts)].reset_index(drop=True)
    grown["t"] += grown.groupby([*key, "t"], sort=False).cumcount()
    return grown[[*key, "t", value, *extra]]


def _demand_array(frame: pd.DataFrame, workloads: list[str], periods: list[str]) -> np.ndarray:
    grown = dense(frame, ["workload", "resource"], "amount", periods)
    array = np.zeros((len(workloads), len(schema.RESOURCES), len(periods)))
    w = grown["workload"].map({name: i for i, name in enumerate(workloads)}).to_numpy()
    k = grown["resource"].map({name: i for i, name in enumerate(schema.RESOURCES)}).to_numpy()
    array[w, k, grown["t"].to_numpy()] = grown["amount"].to_numpy()
    return array


def _read_tables(
    folder: Path, settings: Settings
) -> tuple[dict[str, pd.DataFrame], list[tuple[str, Path]], list[Problem]]:
    problems: list[Problem] = []
    frames: dict[str, pd.DataFrame] = {}
    files: list[tuple[str, Path]] = []
    known = {table.name: table for table in schema.TABLES}
    for name, file in sorted(settings.tables.items()):
        path = folder / file
        if name not in known:
            mend = f"This version reads {', '.join(known)}; take it out or correct the name."
            problems.append(Problem(FILE, 0, f"tables.{name}", file, "the table is unknown", mend))
        elif Path(file).name != file or path.is_symlink():
            mend = "Name a plain file inside the case folder."
            problems.append(Problem(FILE, 0, f"tables.{name}", file, "leads out of the case folder", mend))
        else:
            frames[name], more = tables.read(path, known[name])
            problems += more
            files.append((file, path))
    for table in schema.TABLES:
        if table.name not in settings.tables:
            frames[table.name] = tables.empty(table)
            if table.required:
                mend = f'Add {table.name} = "{table.file}" under [tables]. {table.description}'
                problems.append(Problem(FILE, 0, f"tables.{table.name}", "", "the table is missing", mend))
    named = set(settings.tables.values())
    for path in sorted(folder.glob("*.csv")):
        if path.name not in named:
            mend = "Name it under [tables] in case.toml, or take it out of the folder."
            problems.append(Problem(path.name, 0, "", "", "the file is not named in case.toml", mend))
    return frames, files, problems


def _cross_checks(
    settings: Settings, frames: Mapping[str, pd.DataFrame], catalog: Catalog, periods: pd.DataFrame
) -> list[Problem]:
    names = list(periods["period"])
    file = {name: settings.tables.get(name, f"{name}.csv") for name in frames}
    workloads, agencies = frames["workloads"], frames["agencies"]
    regions, skus = set(catalog.regions["region"]), set(catalog.skus["SkuId"])
    problems: list[Problem] = []
    if workloads.empty:
        problems.append(Problem(file["workloads"], 0, "", "", "there is no workload", "Add at least one."))
    problems += tables.refers(workloads, "agency", agencies["agency"], file["workloads"], file["agencies"])
    problems += tables.refers(
        agencies, "payer", agencies["agency"], file["agencies"], file["agencies"], blank=True
    )
    for name in ("demand", "users", "current"):
        problems += tables.refers(
            frames[name], "workload", workloads["workload"], file[name], file["workloads"]
        )
    problems += tables.refers(
        frames["capacity"], "payer", agencies["agency"], file["capacity"], file["agencies"], blank=True
    )
    problems += tables.refers(
        frames["capacity"], "subject", regions | skus, file["capacity"], "the catalogs' regions and SKUs"
    )
    keys = {
        "demand": ["workload", "resource"],
        "users": ["workload", "site"],
        "capacity": ["subject", "resource", "payer"],
    }
    for name, key in keys.items():
        problems += _check_periods(frames[name], key, names, file[name])
    problems += _check_workloads(frames, file, settings)
    problems += _check_money(settings, catalog, periods)
    for opening in settings.openings:
        if opening.region not in regions:
            mend = "Name a region of the catalogs."
            problems.append(Problem(FILE, 0, "opening.region", opening.region, "is unknown", mend))
        if opening.period not in names:
            mend = f"Use one of {names[0]} … {names[-1]}."
            problems.append(
                Problem(FILE, 0, "opening.from", opening.period, "is no period of the case", mend)
            )
    return problems


def _check_periods(frame: pd.DataFrame, key: list[str], periods: list[str], file: str) -> list[Problem]:
    problems = []
    known = set(periods)
    span = f"{periods[0]}, {periods[1]} …" if len(periods) > 1 else periods[0]
    for period, row in zip(frame["period"], frame["_row"], strict=True):
        if period not in known:
            mend = f"Name a period by its first month: {span} up to {periods[-1]}."
            problems.append(Problem(file, int(row), "period", period, "is no period of the case", mend))
    first = frame.drop_duplicates(key)
    for _, line in first[first["period"] != periods[0]].iterrows():
        if line["period"] in known:
            value = ", ".join(str(line[k]) for k in key if line[k] != "")
            mend = f"Add a row for {periods[0]} (0 if there is nothing yet)."
            problems.append(
                Problem(file, int(line["_row"]), "period", value, "has no row for the first period", mend)
            )
    return problems


def _check_workloads(
    frames: Mapping[str, pd.DataFrame], file: Mapping[str, str], settings: Settings
) -> list[Problem]:
    problems = []
    demand = frames["demand"]
    stated = set(zip(demand["workload"], demand["resource"], strict=True))
    with_users = set(frames["users"]["workload"])
    for w in frames["workloads"].to_dict("records"):
        name, row = w["workload"], int(w["_row"])

        def bad(column: str, value: str, problem: str, mend: str, row: int = row) -> None:
            problems.append(Problem(file["workloads"], row, column, value, problem, mend))

        for resource in ("vcpu", "memory_gib"):
            if (name, resource) not in stated:
                row_text = f"{name},{resource},{settings.start},…"
                mend = f"Add a row {row_text} to {file['demand']} (0 if it needs none)."
                bad("workload", name, f"has no demand for {resource}", mend)
        if np.isnan(w["latency_ms"]) != np.isnan(w["latency_share"]):
            bad(
                "latency_ms",
                name,
                "has half a latency target",
                "Fill in latency_ms and latency_share, or neither.",
            )
        elif not np.isnan(w["latency_ms"]) and name not in with_users:
            bad("latency_ms", name, "has a latency target but no users", f"Add its users to {file['users']}.")
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
    current = frames["current"]
    for (name, role), group in current.groupby(["workload", "role"], sort=True):
        if group["share"].sum() > 1 + 1e-9:
            problems.append(
                Problem(
                    file["current"],
                    int(group["_row"].iloc[0]),
                    "share",
                    f"{name}, {role}",
                    "the shares sum to more than 1",
                    "Correct the shares.",
                )
            )
    return problems


def _check_money(settings: Settings, catalog: Catalog, periods: pd.DataFrame) -> list[Problem]:
    problems = []
    used = (set(catalog.prices["PricingCurrency"]) | set(catalog.transfer["PricingCurrency"])) - {
        settings.currency
    }
    stated = [(f.currency, f.year) for f in settings.fx]
    for key in sorted({k for k in stated if stated.count(k) > 1}):
        problems.append(Problem(FILE, 0, "fx", f"{key[0]} {key[1]}", "appears twice", "Keep one of them."))
    for currency in sorted(used):
        for year in sorted(set(periods["year"])):
            if (currency, year) not in stated:
                mend = "Add a section [[fx]] with currency, year, rate, buffer, basis, source and as_of."
                problems.append(Problem(FILE, 0, "fx", f"{currency} {year}", "has no exchange rate", mend))
    for f in settings.fx:
        if f.as_of > settings.prices_as_of:
            mend = "Use a rate known by prices_as_of."
            problems.append(
                Problem(FILE, 0, "fx.as_of", f.as_of.isoformat(), "lies after prices_as_of", mend)
            )
    return problems


def horizon(periods: pd.DataFrame) -> tuple[date, date]:
    """First day of the horizon and the day after its last."""
    return periods["start"].iloc[0], periods["end"].iloc[-1]
