"""What vendors cost while they are used: whose use counts, the bands of the bill, and its columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.vendor_costs import SCOPE
from planner.model.index import Index

ENGAGED = ["vendor", "payer", "region"]


def engagements(index: Index) -> pd.DataFrame:
    """Whose use of what is told apart: vendor, payer, region; one row an engagement, numbered k."""
    table = index.case.vendor_costs
    rows = table[ENGAGED].drop_duplicates().sort_values(ENGAGED, ignore_index=True)
    return rows.assign(k=np.arange(len(rows)))


def engagement_names(index: Index) -> list[str]:
    """What each engagement is called, by k: its region or vendor, and its payer."""
    rows = engagements(index).itertuples(index=False)
    return [str(row.region or row.vendor) + (f" for {row.payer!s}" if row.payer else "") for row in rows]


def bill_names(index: Index) -> list[str]:
    """What each bill is called, by c: its kind, and its engagement."""
    called = engagement_names(index)
    rows = bills(index).drop_duplicates("c")
    return [f"{kind} of {called[k]}" for kind, k in zip(rows["kind"], rows["k"], strict=True)]


def part_of(index: Index, engagement: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Workloads and regions of an engagement: boolean (workload,) and (region,)."""
    regions, workloads = index.case.regions, index.case.workloads
    payer, region = str(engagement["payer"]), str(engagement["region"])
    who = np.asarray(workloads["payer"] == payer) | (payer == "")
    where = np.asarray(regions["vendor"] == engagement["vendor"])
    return who, where & (np.asarray(regions["region"] == region) | (region == ""))


def bills(index: Index) -> pd.DataFrame:
    """Bills of each period, numbered c by what they are for: c, k, kind, t, q, r, least, assumed.

    ``least`` is the minimum a month in the case's currency; q the payer's first pool, -1 in common; r the
    region, or the vendor's first.
    """
    table = index.case.vendor_costs
    table = table.merge(engagements(index), on=ENGAGED)
    first = table[table["from_amount"] == 0]
    names = first[SCOPE].drop_duplicates().sort_values(SCOPE, ignore_index=True)
    rows = first.merge(names.assign(c=np.arange(len(names))), on=SCOPE)
    regions = index.case.regions
    at = {name: r for r, name in reversed(list(enumerate(regions["region"])))}
    of_vendor = {name: r for r, name in reversed(list(enumerate(regions["vendor"])))}
    rows = rows.assign(
        q=rows["payer"].map({**index.first_pool, "": -1}).astype("int64"),
        r=rows["region"].map(at).fillna(rows["vendor"].map(of_vendor)).astype("int64"),
        least=rows["minimum"].fillna(0.0) * _rate(index, rows),
        assumed=rows["basis"] == "assumed",
    )
    kept = rows[["c", "k", "kind", "t", "q", "r", "least", "assumed", *SCOPE[:3]]]
    ordered: pd.DataFrame = kept.sort_values(["c", "t"], ignore_index=True)
    return ordered


def bands(index: Index) -> pd.DataFrame:
    """Bands of bills that take a part of the spend: c, k, t, band, begins, ends, share, base.

    Money a month in the case's currency; the last band is endless. A spend x in a band costs
    base + share · x. Bands of equal shares are one; none of a bill that takes no part of the spend.
    """
    table = index.case.vendor_costs
    keys = bills(index)[["c", "k", "t", *SCOPE[:3], "kind"]]
    rows = table.drop(columns="since").merge(keys, on=[*SCOPE, "t"])
    rows = rows.assign(
        share=rows["share"].fillna(0.0), begins=rows["from_amount"].fillna(0.0) * _rate(index, rows)
    ).sort_values(["c", "t", "begins"], ignore_index=True)
    bill = [rows["c"], rows["t"]]
    new = rows["share"] != rows.groupby(bill)["share"].shift()
    rows = rows[new & (rows.groupby(bill)["share"].transform("max") > 0)].reset_index(drop=True)
    bill = [rows["c"], rows["t"]]
    rows["ends"] = rows.groupby(bill)["begins"].shift(-1).fillna(np.inf)
    # The line of a band meets that of the band before where it begins.
    step = (rows.groupby(bill)["share"].shift().fillna(rows["share"]) - rows["share"]) * rows["begins"]
    rows["base"] = step.groupby(bill).cumsum()
    rows["band"] = rows.groupby(bill).cumcount()
    return rows[["c", "k", "t", "band", "begins", "ends", "share", "base"]]


def unit_of(index: Index) -> dict[int, float]:
    """Money in which the columns of each bill are stated, by c, so that their values lie near one."""
    least = bills(index).groupby("c")["least"].max()
    second = bands(index).query("band == 1").groupby("c")["begins"].max()
    both = pd.concat([least, second], axis=1).max(axis=1).clip(lower=1.0)
    return dict(zip(both.index.tolist(), both.tolist(), strict=True))


def _rate(index: Index, rows: pd.DataFrame) -> np.ndarray:
    case = index.case
    years = case.periods["year"].to_numpy()[rows["t"].to_numpy(dtype=np.int64)]
    return np.array([case.rates.rate(c, int(y)) for c, y in zip(rows["currency"], years, strict=True)])


def engaged_keys(index: Index) -> pd.DataFrame:
    """Keys k, what, t of the columns: ``used`` (binary), and ``ended``, which never falls."""
    periods = range(len(index.case.periods))
    grid = pd.MultiIndex.from_product(
        [engagements(index)["k"], ["ended", "used"], periods], names=["k", "what", "t"]
    )
    return grid.to_frame(index=False).astype({"k": "int64", "t": "int64"})


def bill_keys(index: Index) -> pd.DataFrame:
    """Keys c, t, what, band of bills that take a part of the spend.

    ``bill`` (band -1); ``spend`` of each band; ``chosen`` (binary) of each band where there are several.
    """
    columns = ["c", "t", "what", "band"]
    table = bands(index)
    several = table.groupby(["c", "t"])["band"].transform("max") > 0
    parts = [
        table[["c", "t"]].drop_duplicates().assign(what="bill", band=-1),
        table[["c", "t", "band"]].assign(what="spend"),
        table.loc[several, ["c", "t", "band"]].assign(what="chosen"),
    ]
    keys = pd.concat(parts)[columns].astype({"c": "int64", "t": "int64", "band": "int64"})
    ordered: pd.DataFrame = keys.sort_values(columns, ignore_index=True)
    return ordered
