"""What is read in ten seconds: decision, options, what leaving costs, what to approve, what is assumed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from planner.report.figures.context import Context
from planner.report.grid import Cell, Grid, grid
from planner.report.words import amount, percent

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NAMES = {
    "nothing": "Doing nothing",
    "cheapest": "No limit on shares",
    "plan": "This plan",
    "tighter": "A tighter cap",
}
_BLANK = "–"
_APPROVALS = 5
"""So many approvals are named on page one."""
Row = Mapping[str, Any]


def number(count: int) -> str:
    """A small count as a word.

    >>> number(4), number(77)
    ('four', '77')
    """
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def horizon(context: Context) -> str:
    """How long the plan is: ``three years``, or months where they make no whole year."""
    first, last = str(context.plan.periods["start"].iloc[0]), str(context.plan.periods["end"].iloc[-1])
    months = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7])
    count, unit = (months // 12, "year") if months % 12 == 0 else (months, "month")
    return f"{number(count)} {unit}{'' if count == 1 else 's'}"


def decision(context: Context) -> str:
    """What is to be decided, in one sentence of figures that stand in ``options.csv`` and the tables."""
    plan, costs, told = context.plan, context.plan.costs, _told(context)
    spent = costs.groupby("vendor_group")["amortised"].sum()
    vendors = sum(1 for group in spent.index if group in context.market and spent[group] > 0)
    systems = plan.placements["workload"].nunique()
    total = amount(float(costs["amortised"].sum()), context.currency)
    first = f"Place {systems:,} system{'' if systems == 1 else 's'} with {number(vendors)} vendor"
    words = [f"{first}{'' if vendors == 1 else 's'} for {total} over {horizon(context)}"]
    this, nothing = told.get("plan"), told.get("nothing")
    if this and nothing and _known(nothing["cost"]):
        less = float(nothing["cost"]) - float(this["cost"])
        words[0] += (
            f", {amount(abs(less), context.currency)} {'less' if less >= 0 else 'more'} than doing nothing"
        )
    if this and this["largest"]:
        words.append(
            f"the largest, {context.name(str(this['largest']))}, has {percent(this['largest_share'])} of "
            "what is paid on the market"
        )
    if this and _known(this["critical_kept"]):
        kept = percent(this["critical_kept"], 0)
        if nothing and _known(nothing["critical_kept"]):
            kept = f"{percent(nothing['critical_kept'], 0)} → {kept}"
        words.append(f"critical work that runs on without the vendor that hurts most: {kept}")
    return ("; ".join(words) + ".").replace(" %", "\u00a0%")


def options(context: Context) -> Grid:
    """What could be decided, side by side; the plan's own column is marked."""
    told = list(_told(context).values())
    currency = context.currency

    def money(column: str) -> Callable[[Row], str]:
        return lambda row: amount(float(row[column]), currency) if _known(row[column]) else ""

    def share(column: str, group: str = "") -> Callable[[Row], str | Cell]:
        def words(row: Row) -> str | Cell:
            of = context.name(str(row[group])) if group and row[group] else ""
            return Cell(percent(row[column]), of) if _known(row[column]) else ""

        return words

    def whole_number(column: str) -> Callable[[Row], str]:
        return lambda row: f"{int(row[column]):,}" if _known(row[column]) else ""

    def cost(row: Row) -> Cell:
        if not _known(row["cost"]):
            return Cell("not known", str(row["reason"]))
        words = amount(float(row["cost"]), currency)
        return Cell(f"at least {words}" if row["bound"] is True or row["bound"] == "True" else words)

    lines: tuple[tuple[str, Callable[[Row], str | Cell]], ...] = (
        ("Cost, amortised, before tax", cost),
        ("Of it at assumed prices", money("assumed")),
        ("Largest vendor's share", share("largest_share", "largest")),
        ("Under foreign law", share("foreign_share")),
        ("Critical work kept if one vendor is gone", share("critical_kept", "kept_without")),
        ("Systems that move", whole_number("moves")),
        ("Rules and limits broken", whole_number("breaks")),
    )
    rows: list[list[str | Cell]] = [[name, *(read(row) or _BLANK for row in told)] for name, read in lines]
    heads = ("", *(_head(row) for row in told))
    chosen = next((i for i, row in enumerate(told, 1) if row["option"] == "plan"), -1)
    note = (
        "Shares are of what is paid on the market, amortised. Below the share of critical work stands the "
        "vendor whose loss hurts most. The choice is for people: figures are in options.csv."
    )
    empty = "The placements of this plan are given, so nothing is decided here."
    made = grid("The options", heads, rows if told else [], range(1, len(heads)), note, empty)
    return replace(made, chosen=chosen)


def _head(row: Row) -> str:
    name = _NAMES.get(str(row["option"]), str(row["option"]))
    return f"A cap of {percent(float(row['value']))}" if _known(row["value"]) else name


def leaving(context: Context) -> Grid:
    """What leaving each vendor would meet, first and last, from ``leaving.csv``."""
    rows: list[list[str | Cell]] = []
    table, currency = context.plan.leaving, context.currency
    for group in sorted(set(table["vendor_group"]), key=lambda g: _largest_first(context, str(g))):
        mine = table[table["vendor_group"] == group].sort_values("period")
        ends = [mine.iloc[0], mine.iloc[-1]]
        cells = [
            Cell(amount(float(r["total"]), currency), f"in {r['period']}")
            if _known(r["total"])
            else "not known"
            for r in ends
        ]
        owed = amount(float(mine["owed"].max()), currency) if float(mine["owed"].max()) > 0 else "nothing"
        rows.append([context.name(str(group)), *cells, owed, f"{int(mine['notice_days'].max())} days"])
    heads = ("Vendor", "First", "Last", "Owed at most", "Notice")
    note = (
        "Data carried away at list price, labour where the case prices it, what is still owed (leaving.csv)."
    )
    return grid(
        "What leaving each vendor would cost", heads, rows, (1, 2, 3, 4), note, "Nobody would be left."
    )


def _largest_first(context: Context, group: str) -> tuple[float, str]:
    costs = context.plan.costs
    return -round(float(costs.loc[costs["vendor_group"] == group, "amortised"].sum()), 2), group


def approve(context: Context) -> list[str]:
    """What has to be approved or obtained, with its instrument; a long list goes on under the rules."""
    found = _approvals(context)
    more = len(found) - _APPROVALS
    return found if more <= 0 else [*found[:_APPROVALS], f"and {more} more, under the rules below"]


def _approvals(context: Context) -> list[str]:
    signing = context.plan.signing
    signed = signing[signing["status"] == "sign"]
    found = []
    if len(signed):
        owed = amount(float(signed["obligation"].sum()), context.currency)
        many = (
            "one commitment that obliges" if len(signed) == 1 else f"{len(signed):,} commitments that oblige"
        )
        found.append(f"{many} to {owed}, from {signed['start'].min()}")
    elif len(signing):
        spent = amount(float(signing.loc[signing["status"] == "as used", "expected"].sum()), context.currency)
        found.append(f"purchases on demand of {spent} with tax; nothing is committed beyond use")
    for rule in context.background.rules:
        if rule.severity == "evidence":
            found.append(f"{rule.title.rstrip('.')} ({rule.instrument or rule.id})")
    adopted = sum(1 for r in context.background.rules if r.adopted_by)
    if adopted:
        found.insert(1, f"{adopted} rules and parameters as adopted for this case")
    return found


def assumed(context: Context) -> list[str]:
    """What the figures rest on that nobody has published."""
    head, costs = context.plan.head, context.plan.costs
    total, part = float(costs["amortised"].sum()), float(costs["assumed"].sum())
    found = []
    if total:
        found.append(
            f"{percent(part / total)} of the cost is at assumed prices: {amount(part, context.currency)}"
        )
    for currency in sorted({str(e["currency"]) for e in head.get("exchange", ())}):
        buffer = max(float(e["buffer"]) for e in head["exchange"] if e["currency"] == currency)
        found.append(f"{currency} at the case's rates with a buffer of {percent(buffer)}")
    if head.get("synthetic"):
        found.append("demand, users and agencies are invented")
    for label in head.get("not_adopted", ()):
        found.append(f"asked for by a rule and not enforced, as nobody adopted it: {label}")
    return found


def signing(context: Context) -> Grid:
    """The schedule of what to sign and what is bought as it is used, by vendor, family and term."""
    vendors = context.background.vendors.set_index("vendor")["name"].to_dict()
    rows: list[list[str | Cell]] = []
    for line in context.plan.signing.to_dict("records"):
        status = {"sign": "to sign", "held": "held already"}.get(line["status"], "as it is used")
        owed = float(line["obligation"])
        term = str(line["term"]).replace("_", " ") if owed else ""
        left = f"{float(line['exit_value']):,.0f} at its end" if float(line["exit_value"]) else ""
        rows.append([
            str(vendors.get(line["vendor"], line["vendor"])),
            Cell(str(line["family"]), str(line["agreement"])),
            Cell(status, term, strong=line["status"] == "sign"),
            f"{line['start'][:7]} to {line['end'][:7]}",
            f"{float(line['units']):,.0f} {line['unit']}" if _known(line["units"]) else "",
            f"{float(line['monthly']):,.0f}",
            Cell(f"{owed:,.0f}", left) if owed else "none",
            f"{float(line['expected']):,.0f}",
        ])  # fmt: skip
    heads = (
        "Vendor",
        "Family",
        "Status",
        "From, to",
        "Most at once",
        "A month",
        "Obligation",
        "Expected in all",
    )
    note = (
        f"{context.currency}, cash with tax (signing.csv). Obligation: owed whatever is used; below it what "
        "is still owed when contract or plan end. Expected: paid within the plan."
    )
    return grid("What to sign and what to buy, when", heads, rows, (4, 5, 6, 7), note)


def _told(context: Context) -> dict[str, Row]:
    rows: list[dict[Any, Any]] = context.plan.options.to_dict("records")
    return {str(row["option"]): row for row in rows}


def _known(value: Any) -> bool:
    """Is a figure stated? Tables of a folder read back hold text where a column is blank in part."""
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False
