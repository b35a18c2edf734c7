"""Tables of money: by year, by what is paid for, by vendor group, by payer; how much is assumed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from planner.plan.plan import WEIGHED, weighed
from planner.report.figures.context import Context
from planner.report.grid import Cell, Grid, grid
from planner.report.words import amount, financial_years, percent

TERMS = {"compute": "Machines", "storage": "Storage", "egress": "Data that leave a region"}
"""Terms of the objective for people; others are shown by their own name."""


def by_year(context: Context) -> Grid:
    """The sums of money by year, with the part that rests on assumed prices."""
    costs = context.plan.costs
    sums = costs.groupby(financial_years(costs["period"], context.plan.head))[
        ["amortised", "cash", "objective", "assumed"]
    ].sum()
    rows = [(str(year), *_money(context, row)) for year, row in sums.iterrows()]
    total = sums.sum()
    rows.append(("All years", *_money(context, total)))
    heads = (
        "Year",
        "Amortised, before tax",
        "Cash, with tax",
        "Discounted (objective)",
        "Rests on assumed prices",
    )
    return grid("Cost by year", heads, rows, (1, 2, 3, 4), "A period counts to the year in which it begins.")


def _money(context: Context, row: pd.Series) -> tuple[str, str, str, str]:
    part = float(row["assumed"]) / float(row["amortised"]) if row["amortised"] else 0.0
    shown = [amount(float(row[c]), context.currency) for c in ("amortised", "cash", "objective")]
    return shown[0], shown[1], shown[2], percent(part)


def by_term(context: Context) -> Grid:
    """Amortised cost by what is paid for."""
    return _by_year_and(context, "term", "Cost by what is paid for", "Paid for", _term)


def _term(term: str) -> str:
    return TERMS.get(term, term.replace("_", " ").capitalize())


def weighed_by_year(context: Context) -> Grid:
    """What the objective weighs and nobody pays, by year."""
    lines = weighed(context.plan.costs)
    table = lines.pivot_table(
        index="term",
        columns=financial_years(lines["period"], context.plan.head),
        values="objective",
        aggfunc="sum",
        fill_value=0.0,
    )
    rows = [
        (f"Worth of {term}", *(amount(float(v), context.currency) for v in (*row, row.sum())))
        for term, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    heads = ("Weighed", *map(str, table.columns), "All years")
    note = "Discounted. Part of the objective, and of no other sum, share or budget."
    return grid("What is weighed and nobody pays", heads, rows, range(1, len(heads)), note)


def by_group(context: Context) -> Grid:
    """Amortised cost by vendor group."""

    def name(group: str) -> str:
        outside = "" if group in context.market else " (outside the market)"
        return context.name(group) + outside

    return _by_year_and(context, "vendor_group", "Cost by vendor group", "Vendor group", name)


def by_payer(context: Context) -> Grid:
    """Amortised cost by who pays."""
    return _by_year_and(context, "payer", "Cost by agency that pays", "Agency", str)


def _by_year_and(context: Context, column: str, caption: str, head: str, name: Callable[[str], str]) -> Grid:
    costs = context.plan.costs
    # These count in shares, or are weighed, and cost nothing.
    costs = costs[~costs["term"].isin(("commitment used", *WEIGHED))]
    table = costs.pivot_table(
        index=column,
        columns=financial_years(costs["period"], context.plan.head),
        values="amortised",
        aggfunc="sum",
        observed=True,
    ).fillna(0.0)
    values = dict(zip(map(str, table.index), table.to_numpy().tolist(), strict=True))
    order = sorted(values, key=lambda i: (-round(sum(values[i]), 2), i))
    total = float(table.to_numpy().sum())
    rows: list[list[str | Cell]] = []
    for i in order:
        mine, shown = sum(values[i]), [amount(v, context.currency) for v in values[i]]
        rows.append(
            [name(i), *shown, amount(mine, context.currency), percent(mine / total if total else 0.0)]
        )
    heads = (head, *map(str, table.columns), "All years", "Part")
    note = "Amortised, before tax, undiscounted."
    return grid(caption, heads, rows, range(1, len(heads)), note, "The plan holds no cost lines.")


def prices(context: Context) -> Grid:
    """What each vendor's prices rest on."""
    background = context.background
    vendor = background.regions.set_index("region")["vendor"]
    table = background.prices.assign(vendor=background.prices["region"].map(vendor))
    names = background.vendors.set_index("vendor")["name"]
    rows = []
    for key, group in table.groupby("vendor", sort=True):
        total, assumed = int(group["prices"].sum()), int(group["assumed"].sum())
        dates = f"{group['oldest'].min()} to {group['newest'].max()}"
        part = percent(assumed / total if total else 0.0)
        rows.append((str(names.get(key, key)), str(len(group)), f"{total:,}", dates, f"{assumed:,} ({part})"))
    heads = ("Vendor", "Regions priced", "Price rows", "Dates of the rows", "Of them assumed")
    return grid("Prices in the catalogs used", heads, rows, (1, 2, 4))


def exchange(context: Context) -> Grid:
    """Exchange rates that the plan was made with."""
    rows = [
        (
            f"1 {e['currency']} in {e['year']}",
            f"{context.currency} {e['rate'] * (1 + e['buffer']):,.4f}",
            f"{e['rate']:,.4f} + {percent(e['buffer'])}",
            f"{e['basis']}, as of {e['as_of']}",
            str(e["source"]),
        )
        for e in context.plan.head.get("exchange", ())
    ]
    heads = ("Unit", "Planned with", "Rate + buffer", "Basis", "Source")
    return grid("Exchange rates", heads, rows, (1,), empty="Everything is priced in the case's currency.")


def unpriced(context: Context) -> Grid:
    """Regions that the catalogs know but hold no price for."""
    regions = context.background.regions
    missing = regions[~regions["region"].isin(context.background.prices["region"])]
    rows = [
        (str(region), str(name), f"{city!s}, {country!s}" if city else str(country), str(status))
        for region, name, city, country, status in missing[
            ["region", "name", "city", "country", "status"]
        ].itertuples(index=False, name=None)
    ]
    note = "Nothing is placed there for want of a price; a missing price is never taken as zero."
    empty = "Every region of the catalogs has prices."
    return grid("Regions known but not priced", ("Region", "Name", "Where", "Status"), rows, (), note, empty)
