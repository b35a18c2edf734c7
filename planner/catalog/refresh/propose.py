"""From what was read to a proposal: a whole new package beside the old one, and what it changes."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner import atomic
from planner.catalog.describe import DESCRIPTOR, descriptor
from planner.catalog.facts import REFRESHES
from planner.catalog.load import TABLES
from planner.catalog.refresh.judge import gone_of, plausible, size_of_change, told_changes, told_ended
from planner.catalog.refresh.offers import Offer, Reading, Wanted
from planner.catalog.refresh.rows import (
    KEYS,
    PRICED,
    destination_unknown,
    distinct,
    row_of,
    shapes_of,
    sku_of,
)
from planner.catalog.schema import SKUS, TRANSFER
from planner.catalog.supersede import Change, Row, end, read_rows, supersede, text_of
from planner.errors import BadInput, Issue
from planner.tables import Table

PROPOSAL = "proposal.json"
CHANGES = "changes.csv"


@dataclass(frozen=True)
class Proposal:
    """What a refresh proposes.

    Attributes
    ----------
    changes
        One row an added, repriced or ended price: ``change``, ``price`` (its key), ``before``, ``after``,
        ``currency``, ``ratio``; largest changes first.
    counts
        ``read``, ``added``, ``repriced``, ``confirmed``, ``refused``, ``gone``, ``elsewhere``.
        ``read == added + repriced + confirmed + refused``.
    refused
        Reason to count, with an example of each in ``examples``.
    """

    folder: Path
    vendor: str
    stated: str
    valid_from: str
    counts: Mapping[str, int]
    changes: tuple[Mapping[str, str], ...]
    refused: Mapping[str, int]
    examples: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        return {
            "vendor": self.vendor, "stated": self.stated, "valid_from": self.valid_from,
            "counts": dict(self.counts), "changes": [dict(c) for c in self.changes],
            "refused": dict(self.refused), "examples": dict(self.examples),
        }  # fmt: skip


def wanted(package: Path, regions: Iterable[str] = ()) -> Wanted:
    """What to look for in a vendor's list: regions of the package, or those named of them.

    Raises
    ------
    BadInput
        If the package does not sell in a region that was named.
    """
    (vendor,) = {row["vendor"] for row in read_rows(package / "vendors.csv")} or {""}
    held = {row["region"].partition(":")[2] for row in read_rows(package / "regions.csv")}
    asked = {region.removeprefix(f"{vendor}:") for region in regions} or held
    if unknown := sorted(asked - held):
        mend = f"Regions of the package are {', '.join(sorted(held))}."
        raise BadInput([Issue("--region", 0, "", r, "is no region of the package", mend) for r in unknown])
    machines = {}
    for row in read_rows(package / "skus.csv"):
        _, region, name = row["SkuId"].split(":", 2)
        if region in asked:
            machines[region, name] = row
    return Wanted(vendor, frozenset(asked), machines)


def propose(
    package: Path, reading: Reading, looked_for: Wanted, out: Path, valid_from: str, stated: str
) -> Proposal:
    """Write a proposal folder from what was read.

    Parameters
    ----------
    package
        The package as it is; it is not changed.
    out
        The folder to write; it must not exist.
    valid_from
        First day on which the catalog gives what is new.
    stated
        Day for which the documents state their prices.
    """
    vendor, refused = looked_for.vendor, Counter(reading.refused)
    examples = dict(reading.examples)
    skus = read_rows(package / "skus.csv")
    old = {t.name: read_rows(package / t.file) if (package / t.file).is_file() else [] for t in PRICED}
    source = "; ".join(sorted(set(reading.documents)))[:3000] or "a price list"
    rows: dict[str, list[Row]] = {t.name: [] for t in PRICED}
    known = {row["SkuId"] for row in skus}
    shapes = shapes_of(skus)
    offered, duplicates = distinct(reading.offers)
    for reason, offer in duplicates:
        refused[reason] += 1
        examples.setdefault(reason, f"{offer.region} {offer.name} {offer.term}")
    gaps: list[tuple[str, Offer]] = []
    for offer in offered:
        table, row = row_of(offer, vendor, source, stated)
        if table is not TRANSFER and row["SkuId"] not in known:
            shape = sku_of(offer, vendor, shapes, source, stated)
            if isinstance(shape, str) or offer.kind == "savings_plan":
                why = shape if isinstance(shape, str) else "a plan for a machine without a price"
                gaps.append((why, offer))
                continue
            skus.append(shape)
            known.add(row["SkuId"])
        if table is TRANSFER and destination_unknown(row, vendor, looked_for):
            gaps.append(("egress to a region that the catalog does not hold", offer))
            continue
        rows[table.name].append(row)
    far: list[tuple[str, str]] = []
    kept = {t.name: plausible(rows[t.name], old[t.name], KEYS[t.name], far) for t in PRICED}
    for reason, what in [*((why, f"{o.region} {o.name} {o.term}") for why, o in gaps), *far]:
        refused[reason] += 1
        examples.setdefault(reason, what)
    changes: list[tuple[Table, Change]] = []
    new: dict[str, list[Row]] = {}
    ended: list[tuple[Table, Row]] = []
    for table in PRICED:
        key = KEYS[table.name]
        merged, done = supersede(
            old[table.name], kept[table.name], key, valid_from, f"{package.name}/{table.file}"
        )
        gone = gone_of(merged, rows[table.name], key, valid_from)
        ended += [
            (table, row) for row in merged if tuple(row[k] for k in key) in gone and not row["valid_to"]
        ]
        new[table.name] = end(merged, gone, key, valid_from)
        changes += [(table, change) for change in done]
    counts = Counter(change.kind for _, change in changes)
    numbers = {
        "read": len(reading.offers) + sum(reading.refused.values()),
        "added": counts["added"], "repriced": counts["repriced"], "confirmed": counts["confirmed"],
        "refused": sum(refused.values()), "gone": len(ended), "elsewhere": reading.elsewhere,
    }  # fmt: skip
    log = read_rows(package / REFRESHES.file) if (package / REFRESHES.file).is_file() else []
    entry = {"vendor": vendor, "taken_in": valid_from, "document": source, "published": stated}
    log = [
        row
        for row in log
        if (row["vendor"], row["taken_in"], row["document"]) != (vendor, valid_from, source)
    ]
    log.append({**entry, **{k: str(v) for k, v in numbers.items() if k != "elsewhere"}})
    told = tuple(sorted((*told_changes(changes), *told_ended(ended)), key=size_of_change))
    proposal = Proposal(out, vendor, stated, valid_from, numbers, told, dict(refused), examples)
    _write(package, proposal, {SKUS.name: skus, REFRESHES.name: log, **new})
    return proposal


def _write(package: Path, proposal: Proposal, rows: Mapping[str, list[Row]]) -> None:
    by_name = {table.name: table for table in TABLES}
    with atomic.new_folder(proposal.folder) as folder:
        target = folder / package.name
        target.mkdir()
        for path in sorted(package.iterdir()):
            if path.is_file():
                shutil.copyfile(path, target / path.name)
        for name, content in rows.items():
            table = by_name[name]
            if not content and not (package / table.file).is_file():
                continue
            columns = [c.name for c in table.columns if not c.optional or any(r.get(c.name) for r in content)]
            content = sorted(content, key=lambda row: row["SkuId"]) if table is SKUS else content
            (target / table.file).write_text(text_of(_only(content, columns), columns), encoding="utf-8")
        if (target / DESCRIPTOR).is_file():
            own = json.dumps(descriptor(target), ensure_ascii=False, indent=2) + "\n"
            (target / DESCRIPTOR).write_text(own, encoding="utf-8")
        document = {**proposal.document(), "package": package.name, "base": fingerprint(package)}
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        (folder / PROPOSAL).write_text(text, encoding="utf-8")
        with (folder / CHANGES).open("w", encoding="utf-8", newline="") as stream:
            columns = ["change", "table", "price", "before", "after", "currency", "ratio"]
            writer = csv.DictWriter(stream, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(proposal.changes)


def _only(rows: Iterable[Row], columns: Iterable[str]) -> list[Row]:
    wanted_columns = set(columns)
    return [{k: v for k, v in row.items() if k in wanted_columns} for row in rows]


def fingerprint(package: Path) -> dict[str, str]:
    """File name to SHA-256 of the tables of a package: what a proposal was made from."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(package.glob("*.csv"))
        if path.is_file()
    }
