"""From the lines of a bill to an estate: each mapped to a system, or listed with its reason and cost.

Both together are the bill's total to the cent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from pathlib import Path

import numpy as np
import pandas as pd

from planner.errors import BadInput
from planner.start.commitments import COVERED, committed
from planner.start.estate import NEEDS, SYSTEMS, Estate, checked, identifier, machine_shapes, region_keys
from planner.start.focus import Faults, pieces, typed
from planner.start.mapping import TAG
from planner.start.mapping import Mapping as Names

_HOURS_OF_MONTH = 730.0

_HOURS = {"hours": 1.0, "hour": 1.0, "hrs": 1.0, "minutes": 1 / 60, "seconds": 1 / 3600, "days": 24.0}
"""Hours of a unit in which machines are metered."""

_STORED = re.compile(r"(gi?b|gigabyte)[ -/]*(month|mo)s?", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9][\w.-]*")

UNMAPPED = "unmapped.csv"
BILL = "bill.csv"
COMMITMENTS = "commitments.csv"

_KEY = ["currency", "workload", "agency", "classification", "region", "resource"]
_BOUGHT = ["CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountType",
           "CommitmentDiscountCategory", "provider", "currency"]  # fmt: skip
_LOST = ["reason", "currency", "provider", "account", "region", "service", "unit", "description"]


@dataclass
class _Sums:
    """What is kept of a bill while it is read: sums, never rows."""

    bill: list[pd.DataFrame] = field(default_factory=list)
    lost: list[pd.DataFrame] = field(default_factory=list)
    running: list[pd.DataFrame] = field(default_factory=list)
    commitments: list[pd.DataFrame] = field(default_factory=list)
    covered: list[pd.DataFrame] = field(default_factory=list)
    totals: dict[str, list[float]] = field(default_factory=dict)
    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None
    rows: int = 0


def read_bill(
    files: Sequence[Path], names: Names, mapping_file: str = "mapping", horizon: str = ""
) -> Estate:
    """What systems use, where and for how much, by a bill.

    vCPU and memory are the most that ran in any charge period of the bill: the peak of an hour where it is
    hourly, the mean where it is monthly. Stored data are the mean over the time that the bill covers; GB are
    taken as GiB, as :mod:`planner.units` says. Commitments to machines are held on, as
    :mod:`planner.start.commitments` says, where they run beyond ``horizon``, its first month.

    Raises
    ------
    BadInput
        With what is wrong in the files, the first hundred and the count of the rest; or with systems that the
        mapping gives no agency or class.
    """
    shapes = {**machine_shapes(), **names.machines}
    regions = region_keys()
    sums, faults = _Sums(), Faults()
    for path in files:
        start = 0
        for piece in pieces(path, faults):
            lines = typed(piece, path.name, start, faults)
            start += len(piece)
            if not faults.shown:
                _add(sums, lines, names, shapes, regions)
    if faults.shown:
        raise BadInput(faults.all(files[0].name))
    return checked(_estate(sums, names, horizon), mapping_file)


def _add(
    sums: _Sums,
    frame: pd.DataFrame,
    names: Names,
    shapes: Mapping[str, tuple[float, float]],
    regions: Mapping[str, tuple[tuple[str, str], ...]],
) -> None:
    """Map a piece and add it to the sums."""
    if frame.empty:
        return
    sums.rows += len(frame)
    first, last = frame["ChargePeriodStart"].min(), frame["ChargePeriodEnd"].max()
    sums.first = first if sums.first is None else min(first, sums.first)
    sums.last = last if sums.last is None else max(last, sums.last)
    for currency, costs in frame.groupby("BillingCurrency")["BilledCost"]:
        sums.totals.setdefault(str(currency), []).append(fsum(costs))
    frame = frame.rename(
        columns={"BillingCurrency": "currency", "ServiceName": "service", "ConsumedUnit": "unit"}
    )
    _name(frame, names)
    frame["region"] = _by_unique(frame, ["provider", "RegionId"], lambda p, r: _region(p, r, names, regions))
    words = ["SkuPriceDetails", "SkuMeter", "ChargeDescription", "ResourceType"]
    columns = ["ChargeCategory", "ServiceCategory", "ServiceSubcategory", "unit", "service", *words]
    kind = _by_unique(frame, columns, lambda *row: _kind(row, names, shapes))
    frame["resource"] = [pair[0] for pair in kind]
    frame["reason"] = [pair[1] for pair in kind]
    frame.loc[frame["workload"] == "", "reason"] = "no system: no source of [workload] names one"
    used = frame["resource"] != ""
    frame.loc[used & (frame["region"] == "") & (frame["reason"] == ""), "reason"] = (
        "the region is in no catalog of its provider, and not in [regions]"
    )
    lost = frame["reason"] != ""
    frame["account"] = frame["SubAccountName"].where(frame["SubAccountName"] != "", frame["SubAccountId"])
    frame["description"] = frame["ChargeDescription"].astype(str).str.slice(0, 120)
    out = frame[lost].assign(region=frame["RegionId"])
    sums.lost.append(_summed(out, _LOST))
    kept = frame[~lost]
    sums.bill.append(_summed(kept, _KEY))
    machines = kept[kept["resource"] == "machine"]
    if len(machines):
        sizes = [pair[2] for pair in kind[~lost][kept["resource"] == "machine"]]
        running = machines["ConsumedQuantity"] * [size[2] for size in sizes] / machines["hours"]
        covered = machines.assign(
            commitment=machines["CommitmentDiscountId"], running=running,
            machine=[pair[3] for pair in kind[~lost][kept["resource"] == "machine"]],
        )  # fmt: skip
        covered = covered[covered["commitment"] != ""]
        sums.covered.append(covered.groupby(COVERED, sort=False)["running"].sum().reset_index())
        grown = machines[["workload", "region", "ChargePeriodStart", "hours"]].assign(
            vcpu=running * [size[0] for size in sizes], memory_gib=running * [size[1] for size in sizes]
        )
        keys = ["workload", "region", "ChargePeriodStart", "hours"]
        sums.running.append(grown.groupby(keys, sort=False)[["vcpu", "memory_gib"]].sum().reset_index())
    held = frame[frame["CommitmentDiscountId"] != ""]
    if len(held):
        sums.commitments.append(_summed(held, _BOUGHT))


def _summed(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    measures = frame.assign(quantity=frame["ConsumedQuantity"], cost=frame["BilledCost"], lines=1)
    return measures.groupby(keys, sort=False)[["quantity", "cost", "lines"]].sum().reset_index()


def _by_unique(frame: pd.DataFrame, columns: list[str], of: Callable[..., object]) -> np.ndarray:
    """A function of some columns, called once for each combination of their values."""
    codes, unique = pd.factorize(pd.MultiIndex.from_frame(frame[columns]))
    values = np.empty(len(unique), dtype=object)
    for i, row in enumerate(unique):
        values[i] = of(*row)
    return values[codes]


def _name(frame: pd.DataFrame, names: Names) -> None:
    """Set workload, agency and classification of each line from its columns and tags."""
    columns = sorted(source for source in names.sources if not source.startswith(TAG))
    for column in columns:
        if column not in frame:
            frame[column] = ""
    columns.append("Tags")

    def named(*row: str) -> tuple[str, str, str]:
        values = dict(zip(columns, row, strict=True))
        values |= {f"{TAG}{key}": value for key, value in _tags(values["Tags"]).items()}
        return (
            identifier(names.workload.of(values)),
            identifier(names.agency.of(values)),
            names.classification.of(values),
        )

    triples = _by_unique(frame, columns, named)
    for i, name in enumerate(SYSTEMS):
        frame[name] = [triple[i] for triple in triples]


def _tags(text: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        tags = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(k).strip(): str(v) for k, v in tags.items()} if isinstance(tags, dict) else {}


def _region(
    provider: str, region: str, names: Names, regions: Mapping[str, tuple[tuple[str, str], ...]]
) -> str:
    """The region of a line: as the mapping says, else that of the catalogs whose vendor the provider is."""
    stated = names.regions.get(f"{provider}/{region}") or names.regions.get(region)
    if stated:
        return stated
    words = provider.casefold()
    known = [key for key, vendor in regions.get(region, ()) if words and words in vendor]
    return known[0] if len(known) == 1 else ""


def _kind(
    row: Sequence[str], names: Names, shapes: Mapping[str, tuple[float, float]]
) -> tuple[str, str, tuple[float, float, float], str]:
    """Resource, reason if it is none; of a machine vCPU, memory, hours of a unit, and its type if known."""
    category, service_category, subcategory, unit, service, *words = row
    nothing = (0.0, 0.0, 0.0)
    if category != "Usage":
        return "", "", nothing, ""
    text = " ".join(words)
    rule = next((rule for rule in names.resources if rule.fits(unit, service, text)), None)
    if rule is not None:
        return rule.resource, "", nothing, ""
    hours = _HOURS.get(unit.casefold())
    if hours is not None and (found := _shape(words, shapes)):
        shape, name = found
        return "machine", "", (*shape, hours), name
    if service_category == "Storage" and _STORED.fullmatch(unit):
        if "object" in subcategory.casefold():
            return "object_gib", "", nothing, ""
        if "block" in subcategory.casefold():
            return "block_gib", "", nothing, ""
    return "", "no resource of the planner: no [[resource]] fits, and it names no machine known", nothing, ""


def _shape(
    words: Sequence[str], shapes: Mapping[str, tuple[float, float]]
) -> tuple[tuple[float, float], str] | None:
    """VCPU and memory of the machine that a line names or states in its details, and its type if known."""
    details = _tags(words[0])
    for name in ("InstanceType", "x_InstanceType"):
        if details.get(name) in shapes:
            return shapes[details[name]], details[name]
    named = next((w for text in words[1:] for w in _WORD.findall(text) if w in shapes), "")
    try:
        cores, memory = float(details["CoreCount"]), float(details["MemorySize"])
        if 0 < cores < 1e5 and 0 <= memory < 1e7:
            return (cores, memory), named
    except (KeyError, ValueError):
        pass
    return (shapes[named], named) if named else None


def _estate(sums: _Sums, names: Names, horizon: str) -> Estate:
    """The sums as an estate."""
    bill = _again(sums.bill, _KEY)
    lost = _again(sums.lost, _LOST).sort_values("cost", ascending=False, ignore_index=True)
    months = 1.0
    if sums.first is not None and sums.last is not None:
        months = max((sums.last - sums.first).total_seconds() / 3600.0 / _HOURS_OF_MONTH, 1e-9)
    stored = bill[~bill["resource"].isin(["", "machine"])]
    needs = [stored.assign(amount=(stored["quantity"] / months).clip(lower=0.0))[list(NEEDS)]]
    if sums.running:
        running = pd.concat(sums.running, ignore_index=True)
        keys = ["workload", "region", "hours"]
        running = running.groupby([*keys, "ChargePeriodStart"], sort=False)[["vcpu", "memory_gib"]].sum()
        # Lines of different length may run beside each other, so the peaks of the lengths add up.
        peaks = running.groupby(level=keys).max().groupby(level=["workload", "region"]).sum().reset_index()
        needs.append(
            peaks.melt(["workload", "region"], var_name="resource", value_name="amount")[list(NEEDS)]
        )
    all_needs = pd.concat(needs, ignore_index=True)
    all_needs = all_needs[all_needs["amount"] > 0]
    systems = _systems(bill)
    idle = systems[~systems["workload"].isin(all_needs["workload"])]
    notes = [f"{sums.rows} lines from {sums.first} to {sums.last}"]
    for currency, costs in sorted(sums.totals.items()):
        mapped = fsum(bill.loc[bill["currency"] == currency, "cost"])
        rest = fsum(lost.loc[lost["currency"] == currency, "cost"])
        notes.append(
            f"{currency} {fsum(costs):,.2f} billed: {mapped:,.2f} of systems, {rest:,.2f} not mapped "
            f"({UNMAPPED})"
        )
    if len(idle):
        notes.append(f"only charges, nothing that is placed: {', '.join(sorted(idle['workload'])[:20])}")
    seen = _again(sums.commitments, _BOUGHT)
    covered = pd.concat(sums.covered) if sums.covered else pd.DataFrame(columns=[*COVERED, "running"])
    held, became = committed(seen, covered, names.commitments, horizon)
    if len(became):
        kept = int(became["became"].str.startswith("held").sum())
        notes.append(f"{len(became)} commitments, {kept} of them held on ({COMMITMENTS} says why)")
    seen_as = {*seen["CommitmentDiscountId"], *seen["CommitmentDiscountName"]}
    notes += [
        f"[commitments] names {name}, which no line does" for name in names.commitments if name not in seen_as
    ]
    systems = systems[systems["workload"].isin(all_needs["workload"])]
    beside = {UNMAPPED: lost, BILL: bill, COMMITMENTS: became}
    return Estate(systems, all_needs, beside, tuple(notes), held)


def _systems(bill: pd.DataFrame) -> pd.DataFrame:
    """Each system with its agency and class; a line without a tag takes those of the others of its system."""
    rows = bill[list(SYSTEMS)].drop_duplicates()
    full = {
        (str(name), column): [text for text in dict.fromkeys(values) if text] or [""]
        for column in SYSTEMS[1:]
        for name, values in rows.groupby("workload")[column]
    }
    names = sorted(set(rows["workload"]))
    triples = [
        (name, agency, level)
        for name in names
        for agency in full[name, "agency"]
        for level in full[name, "classification"]
    ]
    return pd.DataFrame(triples, columns=list(SYSTEMS))


def _again(frames: Iterable[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    """Sums of sums."""
    frames = list(frames)
    if not frames:
        return pd.DataFrame(columns=[*keys, "quantity", "cost", "lines"])
    joined = pd.concat(frames, ignore_index=True)
    return joined.groupby(keys, sort=True)[["quantity", "cost", "lines"]].sum().reset_index()
