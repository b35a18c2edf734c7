"""A refresh from beginning to end: fetch or find the documents, read them, propose."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from planner.catalog.load import read_folders
from planner.catalog.refresh import alibaba, aws, azure, gcp
from planner.catalog.refresh.documents import Network, at_hand
from planner.catalog.refresh.offers import Reading, Wanted
from planner.catalog.refresh.propose import Proposal, propose, wanted
from planner.errors import BadInput, Issue, NotWritten, UnknownName


@dataclass(frozen=True)
class Source:
    """A vendor's published list: where it is, which files hold it, how to fetch and to read them."""

    base: str
    suffixes: tuple[str, ...]
    fetch: Callable[[str, Wanted, Path, Network], list[Path]]
    read: Callable[[Iterable[Path], Wanted, Reading], None]


def _each(module: Any) -> Callable[[Iterable[Path], Wanted, Reading], None]:
    def read(paths: Iterable[Path], looked_for: Wanted, reading: Reading) -> None:
        for path in paths:
            module.read(path, looked_for, reading)

    return read


def _composed(paths: Iterable[Path], looked_for: Wanted, reading: Reading) -> None:
    parts: dict[tuple[str, ...], str] = {}
    for path in paths:
        gcp.read(path, looked_for, reading, parts)
    gcp.compose(looked_for, reading, parts)


_READERS = {module: _each(module) for module in (aws, azure, alibaba)} | {gcp: _composed}
SOURCES = {
    module.__name__.rpartition(".")[2]: Source(module.BASE, module.SUFFIXES, module.fetch, read)
    for module, read in sorted(_READERS.items(), key=lambda pair: pair[0].__name__)
}
"""Format of a published price list to how it is fetched and read."""


def refresh(
    vendor: str,
    package: Path,
    out: Path,
    valid_from: date,
    regions: Iterable[str] = (),
    given: str = "",
    stated: date | None = None,
    network: Network | None = None,
) -> Proposal:
    """Propose a new package from a vendor's price list.

    Parameters
    ----------
    vendor
        A key of :data:`SOURCES`.
    package
        The package to refresh; only read.
    out
        The folder of the proposal; it must not exist. Downloads lie beside it until it is written.
    regions
        Only these regions of the package.
    given
        A file or folder with the documents, or the address of a server that has them instead of the vendor's.
    stated
        Day for which the documents state their prices, where they do not say it themselves.

    Raises
    ------
    UnknownName, BadInput, NotFetched, NotWritten, Unavailable
        Nothing is written but downloads, which the next run goes on from.
    """
    if vendor not in SOURCES:
        raise UnknownName("price list", vendor, sorted(SOURCES))
    if out.exists():
        raise NotWritten(f"{out} exists; choose another --out")
    held, problems = read_folders([(package.name, package), *_beside(package)], valid_from)
    mend = "Save it as CSV in UTF-8 with commas, plain numbers, true and false."
    problems += [
        Issue(name, 0, "", "", "is not in the form of the reference, which a refresh keeps", mend)
        for name, source in held.files
        if isinstance(source, bytes) and name.startswith(f"{package.name}/")
    ]
    if problems:
        raise BadInput(problems)
    source, looked_for, reading = SOURCES[vendor], wanted(package, regions), Reading()
    downloads = out.with_name(out.name + ".downloads")
    away = not given or re.match(r"https?://", given)
    if away:
        base = given.rstrip("/") or source.base
        if urlsplit(base).username:
            raise BadInput(
                [Issue("--input", 0, "", "", "holds a credential", "Give the address without it.")]
            )
        documents = source.fetch(base, looked_for, downloads, network or Network())
    else:
        documents = at_hand(Path(given), source.suffixes)
    source.read(documents, looked_for, reading)
    day = stated.isoformat() if stated else reading.stated or (valid_from.isoformat() if away else "")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        mend = "Give --stated YYYY-MM-DD."
        raise BadInput([Issue("--input", 0, "", day, "the documents do not say of which day they are", mend)])
    if not reading.offers:
        reasons = "; ".join(f"{count} x {reason}" for reason, count in reading.refused.most_common(5))
        mend = "Check that the documents are of this vendor and of these regions."
        why = f"no price is understood ({reasons or 'none of these regions'})"
        raise BadInput([Issue("--input", 0, "", "", why, mend)])
    proposal = propose(package, reading, looked_for, out, valid_from.isoformat(), day)
    shutil.rmtree(downloads, ignore_errors=True)
    return proposal


def _beside(package: Path) -> list[tuple[str, Path]]:
    """Cards that the package names are described by packages that lie beside it."""
    return [
        (path.name, path)
        for path in sorted(package.resolve().parent.iterdir())
        if path != package.resolve() and (path / "accelerators.csv").is_file()
    ]
