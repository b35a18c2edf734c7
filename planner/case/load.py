"""From a case folder to its :class:`Tables`: read, checked against each other, made dense.

Nothing here knows rules, latency or linear programs. :func:`read_tables` never raises for bad
content; it returns every problem, so that a user mends all of them in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from planner import tables
from planner.case import schema
from planner.case.checks import cross_checks
from planner.case.files import Files
from planner.case.references import check_references
from planner.case.settings import FILE, Settings
from planner.case.sources import canonical, query
from planner.case.traces import Traces, compress, read_traces
from planner.case.vendor_costs import held_by_period
from planner.catalog.load import Catalog, read_catalog
from planner.catalog.speed import with_speed
from planner.catalog.spot import with_spot
from planner.errors import Issue
from planner.files.read import Source, is_text, opened_plain, parts
from planner.money import Rates
from planner.names import did_you_mean
from planner.names import mend as mend_name


@dataclass(frozen=True)
class Tables:
    """The tables of one planning question, ready for use. Row i of ``workloads`` is workload i everywhere.

    Attributes
    ----------
    origin
        The files that it was read from.
    periods
        One row a period t: ``period`` (its name), ``start``, ``end`` (exclusive), ``year``,
        ``months``, ``hours``, ``discount`` (factor on money that falls due evenly in it).
    demand
        Array (workload, resource, period) in the order of ``schema.RESOURCES``.
    alive
        Array (workload, period): does the workload need anything in the period?
    users
        Dense: workload, site, t, users.
    load
        Array (workload, slice): part of the peak that machines must carry in the slice.
    load_down
        As ``load``, rounded down: only where hourly traces were merged to fewer slices.
    trace_levels
        Distinct joint levels of the hourly traces; 0 without traces.
    resilience
        Tiers; empty when the case plans none.
    held
        Commitments bought before: payer, sku, term, start, units.
    earlier_placements, earlier_commitments
        What an earlier plan has in each period t, not dense; only with ``settings.replan``.
    capacity
        Dense: subject, resource, payer, t, amount and the provenance of the row.
    frames
        The tables as they were read, with ``_row``, the line of each row in its file.
    files
        Name of every file read, with its path or, where that has not the form of the reference, its content
        in that form.
    notes
        How files were read that have not that form, in words for the user.
    """

    origin: Files
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
    load: np.ndarray
    yields: pd.DataFrame
    load_down: np.ndarray | None
    trace_levels: int
    contracts: pd.DataFrame
    private_prices: pd.DataFrame
    discounts: pd.DataFrame
    held: pd.DataFrame
    agreements: pd.DataFrame
    placement_costs: pd.DataFrame
    activation: pd.DataFrame
    vendor_costs: pd.DataFrame
    move_limits: pd.DataFrame
    earlier_placements: pd.DataFrame
    earlier_commitments: pd.DataFrame
    budgets: pd.DataFrame
    capacity_groups: pd.DataFrame
    resilience: pd.DataFrame
    affinity: pd.DataFrame
    dependencies: pd.DataFrame
    waivers: pd.DataFrame
    evidence: pd.DataFrame
    assessments: pd.DataFrame
    rates: Rates
    frames: Mapping[str, pd.DataFrame]
    files: tuple[tuple[str, Source], ...]
    notes: tuple[str, ...] = ()


_LONGEST_NAME = 120
"""Longest name of a table's file: file systems differ in what they bear."""


def read_tables(origin: Files, settings: Settings) -> tuple[Tables | None, list[Issue]]:
    """Read the tables of a case and the catalogs it names.

    Returns
    -------
    (tables, problems)
        ``tables`` is ``None`` when a problem prevents building it; all problems found are returned.
    """
    frames, files, notes, problems = _read_tables(origin, settings)
    catalog, more = read_catalog(settings.catalogs, origin.folder, settings.prices_as_of)
    problems += more
    periods = period_table(settings)
    if problems:
        problems += check_references(
            settings, frames, None if more else catalog, list(periods["period"]), problems
        )
    else:
        problems += cross_checks(settings, frames, catalog, periods)
    traces, more = _traces(origin, settings, frames)
    problems += more
    if problems:
        return None, problems
    if traces is not None and settings.traces is not None:
        shares = dict(zip(traces.names, traces.share.tolist(), strict=True))
        files.append((settings.traces.file, origin.source(settings.traces.file)))
        settings = replace(settings, slices=shares)
    if settings.fit is not None:
        catalog = with_speed(catalog, settings.fit.benchmark, settings.fit.per_vcpu)
    names = list(periods["period"])
    workloads = (
        frames["workloads"]
        .drop(columns="_row")
        .join(frames["agencies"].set_index("agency")[["level", "state", "payer"]], on="agency")
    )
    workloads["payer"] = workloads["payer"].where(workloads["payer"] != "", workloads["agency"])
    demand = _demand_array(frames["demand"], list(workloads["workload"]), names)
    return Tables(
        origin=origin,
        settings=settings,
        catalog=with_spot(catalog, "spot" in settings.terms),
        periods=periods,
        agencies=frames["agencies"].drop(columns="_row"),
        workloads=workloads,
        demand=demand,
        alive=np.asarray((demand > 0).any(axis=1)),
        users=dense(frames["users"], ["workload", "site"], "users", names),
        capacity=dense(frames["capacity"], ["subject", "resource", "payer"], "amount", names),
        current=frames["current"].drop(columns="_row"),
        yields=frames["yields"].drop(columns="_row"),
        load=_load(frames["loads"], list(workloads["workload"]), settings, traces),
        load_down=_down(traces, list(workloads["workload"])),
        trace_levels=traces.levels if traces else 0,
        contracts=frames["contracts"].drop(columns="_row"),
        private_prices=frames["private_prices"].drop(columns="_row"),
        discounts=frames["discounts"].drop(columns="_row"),
        held=frames["held_commitments"].drop(columns="_row"),
        agreements=frames["spend_commitments"].drop(columns="_row"),
        placement_costs=frames["placement_costs"].drop(columns="_row"),
        activation=frames["activation"].drop(columns="_row"),
        vendor_costs=held_by_period(frames["vendor_costs"], names),
        move_limits=dense(frames["move_limits"], ["agency", "workload"], "amount", names),
        earlier_placements=at_periods(frames["earlier_placements"], names),
        earlier_commitments=at_periods(frames["earlier_commitments"], names),
        budgets=frames["budgets"].drop(columns="_row"),
        capacity_groups=frames["capacity_groups"].drop(columns="_row"),
        resilience=frames["resilience"].drop(columns="_row"),
        affinity=frames["affinity"].drop(columns="_row"),
        dependencies=dense(frames["dependencies"], ["from_workload", "to_workload"], "gib_per_month", names),
        waivers=frames["waivers"].drop(columns="_row"),
        evidence=frames["evidence"].drop(columns="_row"),
        assessments=frames["assessments"].drop(columns="_row"),
        rates=Rates(settings.currency, {(f.currency, f.year): f.rate * (1 + f.buffer) for f in settings.fx}),
        frames=frames,
        files=(
            (FILE, canonical(origin, settings.tables, settings.sources, settings.decimal)),
            *files,
            *((f"catalogs/{name}", file) for name, file in catalog.files),
        ),
        notes=(*notes, *catalog.notes),
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
    frame = pd.DataFrame(rows, columns=columns)
    begun = np.array([start.month >= settings.year_begins for start in frame["start"]])
    return frame.assign(financial_year=frame["year"] - ~begun)


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


def at_periods(frame: pd.DataFrame, periods: list[str]) -> pd.DataFrame:
    """The rows with their period's number t: each holds in its period alone."""
    t = frame["period"].map({p: i for i, p in enumerate(periods)})
    return frame.drop(columns=["_row", "period"]).assign(t=t.astype("int64"))


def _demand_array(frame: pd.DataFrame, workloads: list[str], periods: list[str]) -> np.ndarray:
    grown = dense(frame, ["workload", "resource"], "amount", periods)
    array = np.zeros((len(workloads), len(schema.RESOURCES), len(periods)))
    w = grown["workload"].map({name: i for i, name in enumerate(workloads)}).to_numpy()
    k = grown["resource"].map({name: i for i, name in enumerate(schema.RESOURCES)}).to_numpy()
    array[w, k, grown["t"].to_numpy()] = grown["amount"].to_numpy()
    return array


def _traces(
    origin: Files, settings: Settings, frames: dict[str, pd.DataFrame]
) -> tuple[Traces | None, list[Issue]]:
    """The hourly traces of the case, compressed; ``None`` without ``[traces]`` or with problems."""
    if settings.traces is None:
        return None, []
    file = settings.traces.file
    path = origin.folder / file
    if path.is_symlink() or not path.is_file():
        return None, [Issue(FILE, 0, "traces.file", file, "is missing or a link", "Add the file.")]
    factors, problems = read_traces(opened_plain(path), file)
    known = set(frames["workloads"]["workload"])
    for name in [c for c in factors.columns if c not in known]:
        mend = "Correct the name, or take the column out."
        problems.append(Issue(file, 1, str(name)[:80], "", "is no workload of the case", mend))
    if not frames["loads"].empty:
        mend = "Keep loads.csv with [slices], or [traces]."
        problems.append(Issue(FILE, 0, "traces", "", "is stated beside a table of loads", mend))
    return (None, problems) if problems else (compress(factors, settings.traces.max_slices), [])


def _load(frame: pd.DataFrame, names: list[str], settings: Settings, traces: Traces | None) -> np.ndarray:
    if traces is None:
        return _load_array(frame, names, list(settings.slices))
    return _by_workload(traces.up, traces.workloads, names)


def _down(traces: Traces | None, names: list[str]) -> np.ndarray | None:
    if traces is None or traces.levels == len(traces.share):
        return None
    return _by_workload(traces.down, traces.workloads, names)


def _by_workload(factors: np.ndarray, traced: tuple[str, ...], names: list[str]) -> np.ndarray:
    """Factors (workload, slice); a workload without a trace needs its peak always."""
    load = np.ones((len(names), len(factors)))
    load[[names.index(name) for name in traced]] = factors.T
    return load


def _load_array(frame: pd.DataFrame, workloads: list[str], slices: list[str]) -> np.ndarray:
    array = np.ones((len(workloads), len(slices)))
    w = frame["workload"].map({name: i for i, name in enumerate(workloads)}).to_numpy(dtype=np.int64)
    slice_at = frame["slice"].map({name: i for i, name in enumerate(slices)}).to_numpy(dtype=np.int64)
    array[w, slice_at] = frame["factor"].to_numpy()
    return array


def _read_tables(
    origin: Files, settings: Settings
) -> tuple[dict[str, pd.DataFrame], list[tuple[str, Source]], list[str], list[Issue]]:
    problems: list[Issue] = []
    frames: dict[str, pd.DataFrame] = {}
    files: list[tuple[str, Source]] = []
    notes: list[str] = []
    known = {table.name: table for table in schema.TABLES}
    for name, file in sorted(settings.tables.items()):
        path = origin.folder / file
        if name not in known:
            near = did_you_mean(name, known)
            mend = f"This version reads {', '.join(known)}; take it out or correct the name"
            mend += f"; {near}" if near else "."
            problems.append(Issue(FILE, 0, f"tables.{name}", file, "the table is unknown", mend))
        elif (
            Path(file).name != file
            or len(file) > _LONGEST_NAME
            or path.with_name(parts(file)[0]).is_symlink()
        ):
            mend = "Name a plain file inside the case folder."
            problems.append(Issue(FILE, 0, f"tables.{name}", file, "leads out of the case folder", mend))
        else:
            source = origin.source(file)
            # What is changed in memory has the form of the reference.
            decimal = "" if isinstance(source, bytes) else settings.decimal
            content = tables.content(source, known[name], file, decimal)
            frames[name] = content.frame
            problems += content.problems
            notes += content.notes
            files.append((file if is_text(file) else f"{name}.csv", content.csv or source))
    for query_of in settings.sources:
        if query_of.table not in known:
            mend = mend_name(query_of.table, known)
            problems.append(Issue(FILE, 0, "source.table", query_of.table, "the table is unknown", mend))
            continue
        content = query(query_of, origin.folder, known[query_of.table])
        frames[query_of.table] = content.frame
        problems += content.problems
        notes += content.notes
        files.append((f"{query_of.table}.csv", content.csv or b""))
    given = {*settings.tables, *(query_of.table for query_of in settings.sources)}
    for table in schema.TABLES:
        frames.setdefault(table.name, tables.empty(table))
        if table.name not in given and table.required:
            mend = f'Add {table.name} = "{table.file}" under [tables]. {table.description}'
            problems.append(Issue(FILE, 0, f"tables.{table.name}", "", "the table is missing", mend))
    named = {*settings.tables.values(), settings.traces.file if settings.traces else ""}
    for path in sorted(origin.folder.glob("*.csv")):
        if path.name not in named:
            mend = "Name it under [tables] in case.toml, or take it out of the folder."
            problems.append(Issue(path.name, 0, "", "", "the file is not named in case.toml", mend))
    return frames, files, notes, problems


def horizon(periods: pd.DataFrame) -> tuple[date, date]:
    """First day of the horizon and the day after its last."""
    return periods["start"].iloc[0], periods["end"].iloc[-1]
