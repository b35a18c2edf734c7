"""From packages of tables to a :class:`Catalog`: what could be bought on a given day.

A package is a folder of CSV files. Which tables it holds says what it is: a vendor's package, the
accelerators, the exchange rates; a folder with ``nodes.csv`` is a network and read by
:mod:`planner.latency`. Packages are joined, so one may sell in a region that another describes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from planner import tables
from planner.catalog.checks import check
from planner.catalog.facts import FACT_TABLES, HISTORY, REFRESHES
from planner.catalog.schema import (
    ACCELERATORS,
    BENCHMARKS,
    CARD_LINKS,
    ENERGY,
    GRID,
    NOT_SOLD,
    OPTIONAL_TABLES,
    PRICES,
    RATES,
    REGIONS,
    SHARED_TABLES,
    SKUS,
    TRANSFER,
    VENDOR_TABLES,
    VENDORS,
)
from planner.errors import Issue, PlannerError
from planner.files.read import Source
from planner.names import did_you_mean
from planner.tables import Table

TABLES = (*VENDOR_TABLES, *OPTIONAL_TABLES, *SHARED_TABLES, *FACT_TABLES)
"""All tables that a package may hold."""

NETWORK_FILE = "nodes.csv"
"""A folder that holds this file is a network."""


@dataclass(frozen=True)
class Catalog:
    """What can be bought, as it was known on ``prices_as_of``.

    Frames have the columns of :mod:`planner.catalog.schema`, are sorted by their key and have a
    plain row index. ``prices`` and ``transfer`` hold only rows valid on the day, so at most one price
    a SKU and term, and one a tier; ``rates`` and ``history`` hold those dated no later.

    Attributes
    ----------
    files
        Name (``package/table.csv``) of every file read, and its path or content, for hashing and copying.
    """

    vendors: pd.DataFrame
    regions: pd.DataFrame
    skus: pd.DataFrame
    prices: pd.DataFrame
    transfer: pd.DataFrame
    not_sold: pd.DataFrame
    benchmarks: pd.DataFrame
    accelerators: pd.DataFrame
    interconnects: pd.DataFrame
    rates: pd.DataFrame
    grid: pd.DataFrame
    energy: pd.DataFrame
    history: pd.DataFrame
    refreshes: pd.DataFrame
    prices_as_of: date
    files: tuple[tuple[str, Source], ...]
    notes: tuple[str, ...] = ()


CATALOGS = "catalogs"
"""Folder of a plan's inputs that holds copies of packages."""

_KEPT: ContextVar[Path | None] = ContextVar("kept", default=None)


@contextmanager
def shipped_from(folder: Path | None) -> Iterator[None]:
    """Meanwhile read what ships with the planner from a plan's copies, as far as it has them.

    ``folder`` is the plan's folder of inputs; ``None`` reads what ships.
    """
    token = _KEPT.set(folder)
    try:
        yield
    finally:
        _KEPT.reset(token)


def shipped() -> Path:
    """The folder of the catalogs that come with the planner, installed or in a checkout.

    Raises
    ------
    PlannerError
        If the installation lacks it.
    """
    here = Path(__file__).resolve().parent.parent
    for place in (here / "_catalogs", here.parent / "catalogs"):
        if place.is_dir():
            return place
    raise PlannerError("the catalogs that ship with the planner are missing; install it again")


def shipped_place(*parts: str) -> Path:
    """A file or folder that ships with the planner; within :func:`shipped_from` the plan's copy of it."""
    copies = (folder.joinpath(*parts) for folder in _copies())
    return next((copy for copy in copies if copy.exists()), shipped().joinpath(*parts))


def shipped_names() -> tuple[str, ...]:
    """Names of the shipped packages that hold tables, sorted."""
    folders = [p for place in (shipped(), *_copies()) if place.is_dir() for p in place.iterdir()]
    return tuple(sorted({p.name for p in folders if p.is_dir() and any(p.glob("*.csv"))}))


def _copies() -> tuple[Path, ...]:
    """Folders with copies of what ships, within :func:`shipped_from`; the network is beside the others."""
    kept = _KEPT.get()
    return () if kept is None else (kept / CATALOGS, kept)


def folder_of(name: str, case_folder: Path) -> Path | Issue:
    """The folder of a package: a shipped name, or ``./folder`` inside the case.

    Parameters
    ----------
    name
        As written under ``catalogs`` in ``case.toml``.
    case_folder
        The folder that holds ``case.toml``.

    Returns
    -------
    Path or Issue
        A problem if there is no such folder, or if the name leads out of the case by ``..``, an
        absolute path or a symbolic link.
    """

    def bad(problem: str, mend: str) -> Issue:
        return Issue("case.toml", 0, "catalogs", name[:80], problem, mend)

    if not name.startswith("./"):
        if name in shipped_names():
            return shipped_place(name)
        near = did_you_mean(name, shipped_names())
        mend = f"Shipped are {', '.join(shipped_names())}; a folder of the case is written ./folder"
        mend += f"; {near}" if near else "."
        return bad("is not a shipped catalog", mend)
    try:
        root = case_folder.resolve()
        place = (root / name).resolve()
        inside = place != root and place.is_relative_to(root)
        found = inside and place.is_dir()
    except (OSError, ValueError):  # a name that no file system takes
        inside, found = True, False
    if not inside:
        return bad("leads out of the case folder", "Name a folder inside the case, e.g. ./our-prices.")
    copy = shipped_place(name)
    if not found and any(copy.is_relative_to(folder) for folder in _copies()):
        return copy
    return place if found else bad("is not a folder of the case", "Create it or correct the name.")


def read_catalog(
    packages: Sequence[str], case_folder: Path, prices_as_of: date
) -> tuple[Catalog, list[Issue]]:
    """Read packages, check them together, keep what was valid on a day.

    Parameters
    ----------
    packages
        Names as :func:`folder_of` takes them; networks among them are passed over.
    case_folder
        Where ``./folder`` names begin.
    prices_as_of
        Prices hold on this day: ``valid_from`` ≤ day < ``valid_to``. Later prices are not known yet.

    Returns
    -------
    (catalog, problems)
        All problems at once; with problems the catalog holds what could be read and must not be
        planned with.
    """
    problems: list[Issue] = []
    folders: list[tuple[str, Path]] = []
    for name in packages:
        place = folder_of(name, case_folder)
        if isinstance(place, Issue):
            problems.append(place)
        else:
            roots = (*_copies(), case_folder.resolve())
            root = next((folder for folder in roots if place.is_relative_to(folder)), place.parent)
            folders.append((place.relative_to(root).as_posix() if name.startswith("./") else name, place))
    catalog, more = read_folders(folders, prices_as_of)
    return catalog, problems + more


def read_folders(folders: Sequence[tuple[str, Path]], prices_as_of: date) -> tuple[Catalog, list[Issue]]:
    """:func:`read_catalog` for folders that are known: (name to show, path)."""
    problems: list[Issue] = []
    parts: dict[str, list[tuple[str, pd.DataFrame]]] = {table.name: [] for table in TABLES}
    files: list[tuple[str, Source]] = []
    notes: list[str] = []
    broken: set[str] = set()
    for name, folder in _once(folders, problems):
        held, more = _tables_of(name, folder)
        problems += more
        for table in held:
            where = f"{name}/{table.file}"
            path = folder / table.file
            content = tables.content(path, table, where)
            problems += content.problems
            if content.problems and content.frame.empty:
                broken.add(table.name)
            parts[table.name].append((where, content.frame))
            notes += content.notes
            files.append((where, content.csv or path))
    problems += check(parts, broken)
    day = prices_as_of.isoformat()
    prices = _joined(parts, PRICES)
    transfer = _joined(parts, TRANSFER)
    rates = _joined(parts, RATES)
    history = _joined(parts, HISTORY)
    refused = _joined(parts, NOT_SOLD)
    catalog = Catalog(
        vendors=_joined(parts, VENDORS),
        regions=_joined(parts, REGIONS),
        skus=_joined(parts, SKUS),
        prices=valid_on(prices, day),
        transfer=valid_on(transfer, day),
        not_sold=refused[(refused["valid_to"] == "") | (day < refused["valid_to"])].reset_index(drop=True),
        benchmarks=_joined(parts, BENCHMARKS),
        accelerators=_joined(parts, ACCELERATORS),
        interconnects=_joined(parts, CARD_LINKS),
        rates=rates[rates["date"] <= day].reset_index(drop=True),
        grid=_joined(parts, GRID),
        energy=_joined(parts, ENERGY),
        history=history[history["date"] <= day].reset_index(drop=True),
        refreshes=_joined(parts, REFRESHES),
        prices_as_of=prices_as_of,
        files=tuple(sorted(files, key=lambda file: file[0])),
        notes=tuple(notes),
    )
    return catalog, problems


def valid_on(frame: pd.DataFrame, day: str) -> pd.DataFrame:
    """Rows with ``valid_from`` ≤ day < ``valid_to`` (blank = open); days as YYYY-MM-DD."""
    holds = (frame["valid_from"] <= day) & ((frame["valid_to"] == "") | (day < frame["valid_to"]))
    return frame[holds].reset_index(drop=True)


def _once(folders: Iterable[tuple[str, Path]], problems: list[Issue]) -> list[tuple[str, Path]]:
    seen: dict[str, Path] = {}
    for name, folder in folders:
        if name in seen:
            mend = "Name it once; a folder of the case needs a name of its own."
            problems.append(Issue("case.toml", 0, "catalogs", name, "the catalog is named twice", mend))
        else:
            seen[name] = folder
    return list(seen.items())


def _tables_of(name: str, folder: Path) -> tuple[list[Table], list[Issue]]:
    """The tables to read from a package: those it holds, and those it must hold."""
    known = {table.file: table for table in TABLES}
    present = sorted(p.name for p in folder.iterdir() if p.suffix.lower() == ".csv")
    held = [file for file in present if file in known]
    problems = [
        Issue(f"{name}/{file}", 0, "", "", "leads out of the package", "Put a plain file there, not a link.")
        for file in held
        if not (folder / file).resolve().is_relative_to(folder.resolve())
    ]
    if problems:
        return [], problems
    if NETWORK_FILE in present:
        if held:
            mend = f"Move {', '.join(held)} into a folder of their own."
            problems.append(Issue(name, 0, "", "", "mixes a network with other tables", mend))
        return [], problems
    for file in present:
        if file not in known:
            mend = f"Take it out or correct the name; known are {', '.join(known)}."
            problems.append(Issue(f"{name}/{file}", 0, "", "", "the table is unknown", mend))
    if not held:
        mend = f"A vendor's package holds {', '.join(t.file for t in VENDOR_TABLES)}."
        return [], [*problems, Issue(name, 0, "", "", "holds no catalog table", mend)]
    sells = any(table.file in held for table in (*VENDOR_TABLES, *OPTIONAL_TABLES))
    wanted = [known[file] for file in held]
    for table in VENDOR_TABLES if sells else ():
        if table.file not in held:
            mend = f"Add it, with its header row at least. {table.description}"
            problems.append(Issue(f"{name}/{table.file}", 0, "", "", "the table is missing", mend))
    return wanted, problems


def _joined(parts: dict[str, list[tuple[str, pd.DataFrame]]], table: Table) -> pd.DataFrame:
    frames = [frame for _, frame in parts[table.name] if not frame.empty]
    joined = pd.concat(frames, ignore_index=True) if frames else tables.empty(table)
    return joined.drop(columns="_row").sort_values(list(table.key), kind="stable", ignore_index=True)
