"""Tables of money: by year, by what is paid for, by vendor group, by payer; how much is assumed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from planner.plan.plan import WEIGHED, weighed
from planner.report.figures.context import Context
from planner.report.grid import Cell, Grid, grid
from planner.report.texts import tr, tr_noop
from planner.report.words import amount, financial_years, percent

TERMS = {
    "compute": tr_noop("Machines"),
    "storage": tr_noop("Storage"),
    "egress": tr_noop("Data that leave a region"),
    "egress tiers": tr_noop("Egress tiers"),
    "transfer": tr_noop("Transfer"),
    "commitment": tr_noop("Commitment"),
    "commitment held": tr_noop("Commitment held"),
    "commitment upfront": tr_noop("Commitment upfront"),
    "agreement discount": tr_noop("Agreement discount"),
    "migration labour": tr_noop("Migration labour"),
    "migration once": tr_noop("Migration once"),
    "migration transfer": tr_noop("Migration transfer"),
    "vendor support": tr_noop("Vendor support"),
    "vendor staff": tr_noop("Vendor staff"),
    "vendor interconnect": tr_noop("Vendor interconnect"),
    "activation": tr_noop("Activation"),
}
"""Terms of the objective for people; others are shown by their own name."""


BASIS = {
    "published": tr_noop("published"), "measured": tr_noop("measured"), "derived": tr_noop("derived"),
    "quota": tr_noop("quota"), "contract": tr_noop("contract"), "assumed": tr_noop("assumed"),
}  # fmt: skip
"""How a figure was got, for people."""
_OPEN = {"live": tr_noop("live"), "announced": tr_noop("announced")}
_WEIGHED = {"carbon": tr_noop("carbon"), "latency": tr_noop("latency")}


def by_year(context: Context) -> Grid:
    """The sums of money by year, with the part that rests on assumed prices."""
    costs = context.plan.costs
    sums = costs.groupby(financial_years(costs["period"], context.plan.head))[
        ["amortised", "cash", "objective", "assumed"]
    ].sum()
    rows = [(str(year), *_money(context, row)) for year, row in sums.iterrows()]
    total = sums.sum()
    rows.append((tr("All years"), *_money(context, total)))
    heads = (
        tr("Year"), tr("Amortised, before tax"), tr("Cash, with tax"), tr("Discounted (objective)"),
        tr("Rests on assumed prices"),
    )  # fmt: skip
    note = tr("A period counts to the year in which it begins.")
    return grid(tr("Cost by year"), heads, rows, (1, 2, 3, 4), note)


def _money(context: Context, row: pd.Series) -> tuple[str, str, str, str]:
    part = float(row["assumed"]) / float(row["amortised"]) if row["amortised"] else 0.0
    shown = [amount(float(row[c]), context.currency) for c in ("amortised", "cash", "objective")]
    return shown[0], shown[1], shown[2], percent(part)


def by_term(context: Context) -> Grid:
    """Amortised cost by what is paid for."""
    return _by_year_and(context, "term", tr("Cost by what is paid for"), tr("Paid for"), term_name)


def term_name(term: str) -> str:
    """What is paid for, for people."""
    return tr(TERMS[term]) if term in TERMS else term.replace("_", " ").capitalize()


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
        (
            tr("Worth of {term}", term=tr(_WEIGHED.get(term, term))),
            *(amount(float(v), context.currency) for v in (*row, row.sum())),
        )
        for term, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    heads = (tr("Weighed"), *map(str, table.columns), tr("All years"))
    note = tr("Discounted. Part of the objective, and of no other sum, share or budget.")
    return grid(tr("What is weighed and nobody pays"), heads, rows, range(1, len(heads)), note)


def by_group(context: Context) -> Grid:
    """Amortised cost by vendor group."""

    def name(group: str) -> str:
        shown = context.name(group)
        return shown if group in context.market else tr("{vendor} (outside the market)", vendor=shown)

    return _by_year_and(context, "vendor_group", tr("Cost by vendor group"), tr("Vendor group"), name)


def by_payer(context: Context) -> Grid:
    """Amortised cost by who pays."""
    return _by_year_and(
        context,
        "payer",
        tr("Cost by agency that pays"),
        tr("Agency"),
        lambda payer: payer or tr("paid in common"),
    )


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
    heads = (head, *map(str, table.columns), tr("All years"), tr("Part"))
    note, empty = tr("Amortised, before tax, undiscounted."), tr("The plan holds no cost lines.")
    return grid(caption, heads, rows, range(1, len(heads)), note, empty)


def prices(context: Context) -> Grid:
    """What each vendor's prices rest on."""
    background = context.background
    vendor = background.regions.set_index("region")["vendor"]
    table = background.prices.assign(vendor=background.prices["region"].map(vendor))
    names = background.vendors.set_index("vendor")["name"]
    rows = []
    for key, group in table.groupby("vendor", sort=True):
        total, assumed = int(group["prices"].sum()), int(group["assumed"].sum())
        dates = tr("{first} to {last}", first=group["oldest"].min(), last=group["newest"].max())
        part = percent(assumed / total if total else 0.0)
        rows.append((str(names.get(key, key)), str(len(group)), f"{total:,}", dates, f"{assumed:,} ({part})"))
    heads = (
        tr("Vendor"), tr("Regions priced"), tr("Price rows"), tr("Dates of the rows"), tr("Of them assumed"),
    )  # fmt: skip
    return grid(tr("Prices in the catalogs used"), heads, rows, (1, 2, 4))


def exchange(context: Context) -> Grid:
    """Exchange rates that the plan was made with."""
    rows = [
        (
            tr("1 {currency} in {year}", currency=e["currency"], year=e["year"]),
            f"{context.currency} {e['rate'] * (1 + e['buffer']):,.4f}",
            f"{e['rate']:,.4f} + {percent(e['buffer'])}",
            tr("{basis}, as of {day}", basis=tr(BASIS.get(e["basis"], e["basis"])), day=e["as_of"]),
            str(e["source"]),
        )
        for e in context.plan.head.get("exchange", ())
    ]
    heads = (tr("Unit"), tr("Planned with"), tr("Rate + buffer"), tr("Basis"), tr("Source"))
    empty = tr("Everything is priced in the case's currency.")
    return grid(tr("Exchange rates"), heads, rows, (1,), empty=empty)


def confirmed(context: Context) -> Grid:
    """What was last said of the regions that the plan uses, and when."""
    names = context.background.regions.set_index("region")["name"]
    rows = [
        (
            row["region"],
            str(names.get(row["region"], "")),
            tr(_OPEN.get(row["status"], row["status"])),
            row["confirmed"],
            row["table"],
        )
        for row in context.plan.head.get("region_status", ())
    ]
    heads = (tr("Region"), tr("Name"), tr("Status"), tr("Last confirmed"), tr("Stated in"))
    empty = tr("The plan does not say when its regions were last confirmed.")
    return grid(tr("Status of the regions used"), heads, rows, (), empty=empty)


def unpriced(context: Context) -> Grid:
    """Regions that the catalogs know but hold no price for."""
    regions = context.background.regions
    missing = regions[~regions["region"].isin(context.background.prices["region"])]
    rows = [
        (
            str(region),
            str(name),
            f"{city!s}, {country!s}" if city else str(country),
            tr(_OPEN.get(str(status), str(status))),
        )
        for region, name, city, country, status in missing[
            ["region", "name", "city", "country", "status"]
        ].itertuples(index=False, name=None)
    ]
    note = tr("Nothing is placed there for want of a price; a missing price is never taken as zero.")
    empty = tr("Every region of the catalogs has prices.")
    heads = (tr("Region"), tr("Name"), tr("Where"), tr("Status"))
    return grid(tr("Regions known but not priced"), heads, rows, (), note, empty)
