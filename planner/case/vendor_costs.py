"""What it costs to begin with a vendor, and each month while it is used: support, interconnect, staff."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.errors import Issue
from planner.tables import BASES, Column, Table, provenance

SCOPE = ["vendor", "payer", "region", "kind"]

ACTIVATION = Table(
    "activation",
    ("subject",),
    (
        Column("subject", "id", "Region or vendor."),
        Column("amount", "number", "Once, when it is first used.", minimum=0),
        Column("currency", "id", "ISO 4217."),
        Column("basis", "choice", "How the figure was got.", choices=BASES),
        Column("source", "text", "Where the figure comes from, or how it was assumed."),
        Column(
            "payer",
            "id",
            "Agency that pays it, whoever begins; blank = all in common, in nobody's budget.",
            blank=True,
            optional=True,
        ),
    ),
    "What it costs to begin with a region or vendor: connection, assessment, training.",
    required=False,
)

VENDOR_COSTS = Table(
    "vendor_costs",
    (*SCOPE, "period", "from_amount"),
    (
        Column("vendor", "id", "The vendor that is used."),
        Column("payer", "id", "Whose use and spend count and who pays; blank = all in common.", blank=True),
        Column("region", "id", "Only this region of the vendor; blank = any.", blank=True),
        Column("kind", "choice", "What for.", choices=("support", "interconnect", "staff")),
        Column("period", "month", "First period in which the row holds, named by its first month."),
        Column(
            "from_amount",
            "number",
            "Spend a month from which the band holds; each kind has a row from 0.",
            minimum=0,
        ),
        Column(
            "share",
            "number",
            "Part of the spend in the band; blank = none.",
            blank=True,
            minimum=0,
            maximum=1,
        ),
        Column("minimum", "number", "Least a month; only in the row from 0.", blank=True, above=0),
        Column("currency", "id", "ISO 4217; one the case has exchange rates for."),
        *provenance(),
    ),
    "What a vendor costs each month from the period of first use to that of last: the part of the month's "
    "spend in each band, or the minimum if that is more. Spend is what shares count: discounted, before tax. "
    "Support and interconnect bear the tax of the vendor's contract; all lie outside shares and ceilings.",
    required=False,
)


def held_by_period(rows: pd.DataFrame, periods: list[str]) -> pd.DataFrame:
    """The bands that hold in each period t: of a vendor, payer, region and kind those stated last."""
    at = rows["period"].map({name: t for t, name in enumerate(periods)})
    stated = rows.drop(columns=["_row", "period"]).assign(since=at.astype("int64"))
    begins = stated[[*SCOPE, "since"]].drop_duplicates().sort_values([*SCOPE, "since"])
    ends = begins.groupby(SCOPE, sort=False)["since"].shift(-1).fillna(len(periods)).astype("int64")
    spans = begins.assign(end=ends).merge(pd.DataFrame({"t": range(len(periods))}), how="cross")
    spans = spans[(spans["since"] <= spans["t"]) & (spans["t"] < spans["end"])]
    held = spans.drop(columns="end").merge(stated, on=[*SCOPE, "since"])
    ordered: pd.DataFrame = held.sort_values([*SCOPE, "t", "from_amount"], ignore_index=True)
    return ordered


def check_vendor_costs(rows: pd.DataFrame, file: str, vendor_of: Mapping[str, str]) -> list[Issue]:
    """Each kind has bands from 0 in one currency, something to pay, and a region of its own vendor."""
    problems: list[Issue] = []

    def bad(line: Mapping[Hashable, Any], column: str, problem: str, mend: str) -> None:
        value = line[column]
        shown = "" if value != value else f"{value:g}" if isinstance(value, float) else str(value)
        problems.append(Issue(file, int(line["_row"]), column, shown, problem, mend))

    for line in rows.to_dict("records"):
        if line["region"] and vendor_of.get(line["region"], line["vendor"]) != line["vendor"]:
            bad(line, "region", "is not a region of the vendor", "Name one of its own, or leave it blank.")
        if line["from_amount"] > 0 and not np.isnan(line["minimum"]):
            bad(line, "minimum", "stands in a band above 0", "State the minimum in the row from 0.")
        if line["from_amount"] == 0 and np.isnan(line["minimum"]) and np.isnan(line["share"]):
            bad(line, "share", "costs nothing", "State a share, a minimum or both, or take the row out.")
    for _, bands in rows.groupby([*SCOPE, "period"], sort=True):
        lines = bands.sort_values("from_amount").to_dict("records")
        if lines[0]["from_amount"] > 0:
            bad(
                lines[0],
                "from_amount",
                "has no band from 0",
                "Add the row from 0, with share 0 if it is free.",
            )
        for line in lines[1:]:
            if line["currency"] != lines[0]["currency"]:
                bad(
                    line, "currency", "is not that of the band from 0", f"State it in {lines[0]['currency']}."
                )
    return problems
