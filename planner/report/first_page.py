"""What is read in ten seconds: decision, options, what leaving costs, what to approve, what is assumed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from planner.report.figures.context import Context
from planner.report.grid import Cell, Grid, folded, grid
from planner.report.texts import rule_title, tr, tr_noop
from planner.report.words import amount, percent, term, unit

_NUMBERS = (
    tr_noop("no"), tr_noop("one"), tr_noop("two"), tr_noop("three"), tr_noop("four"), tr_noop("five"),
    tr_noop("six"), tr_noop("seven"), tr_noop("eight"), tr_noop("nine"), tr_noop("ten"),
)  # fmt: skip
_NAMES = {
    "nothing": tr_noop("Doing nothing"),
    "cheapest": tr_noop("No limit on shares"),
    "plan": tr_noop("This plan"),
    "tighter": tr_noop("A tighter cap"),
}
_STATUS = {"sign": tr_noop("to sign"), "held": tr_noop("held already"), "as used": tr_noop("as it is used")}
_BLANK = "–"
_APPROVALS = 5
"""So many approvals are named on page one."""
_SCHEDULE = 30
"""So many rows of the schedule are shown before the rest is folded."""
Row = Mapping[str, Any]


def number(count: int) -> str:
    """A small count as a word.

    >>> number(4), number(77)
    ('four', '77')
    """
    return tr(_NUMBERS[count]) if 0 <= count < len(_NUMBERS) else f"{count:,}"


def horizon(context: Context) -> str:
    """How long the plan is: ``three years``, or months where they make no whole year."""
    first, last = str(context.plan.periods["start"].iloc[0]), str(context.plan.periods["end"].iloc[-1])
    months = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7])
    if months % 12 == 0:
        return tr("one year") if months == 12 else tr("{count} years", count=number(months // 12))
    return tr("one month") if months == 1 else tr("{count} months", count=number(months))


def decision(context: Context) -> str:
    """What is to be decided, in one sentence of figures that stand in ``options.csv`` and the tables."""
    plan, costs, told = context.plan, context.plan.costs, _told(context)
    spent = costs.groupby("vendor_group")["amortised"].sum()
    vendors = sum(1 for group in spent.index if group in context.market and spent[group] > 0)
    systems = plan.placements["workload"].nunique()
    total = amount(float(costs["amortised"].sum()), context.currency)
    place = tr("Place one system") if systems == 1 else tr("Place {count} systems", count=f"{systems:,}")
    many = tr("with one vendor") if vendors == 1 else tr("with {count} vendors", count=number(vendors))
    words = [f"{place} {many} {tr('for {total} over {horizon}', total=total, horizon=horizon(context))}"]
    this, nothing = told.get("plan"), told.get("nothing")
    if this and nothing and _known(nothing["cost"]):
        less = float(nothing["cost"]) - float(this["cost"])
        saved = amount(abs(less), context.currency)
        words[0] += ", " + (
            tr("{saved} less than doing nothing", saved=saved)
            if less >= 0
            else tr("{saved} more than doing nothing", saved=saved)
        )
    if this and this["largest"]:
        words.append(
            tr(
                "the largest, {vendor}, has {share} of what is paid on the market",
                vendor=context.name(str(this["largest"])),
                share=percent(this["largest_share"]),
            )
        )
    if this and _known(this["critical_kept"]):
        kept = percent(this["critical_kept"], 0)
        if nothing and _known(nothing["critical_kept"]):
            kept = f"{percent(nothing['critical_kept'], 0)} → {kept}"
        words.append(tr("critical work that runs on without the vendor that hurts most: {kept}", kept=kept))
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
            return Cell(tr("not known"))
        words = amount(float(row["cost"]), currency)
        bound = row["bound"] is True or row["bound"] == "True"
        return Cell(tr("at least {cost}", cost=words) if bound else words)

    lines: tuple[tuple[str, Callable[[Row], str | Cell]], ...] = (
        (tr("Cost, amortised, before tax"), cost),
        (tr("Of it at assumed prices"), money("assumed")),
        (tr("Largest vendor's share"), share("largest_share", "largest")),
        (tr("Under foreign law"), share("foreign_share")),
        (tr("Critical work kept if one vendor is gone"), share("critical_kept", "kept_without")),
        (tr("Systems that move"), whole_number("moves")),
        (tr("Rules and limits broken"), whole_number("breaks")),
    )
    rows: list[list[str | Cell]] = [[name, *(read(row) or _BLANK for row in told)] for name, read in lines]
    heads = ("", *(_head(row) for row in told))
    chosen = next((i for i, row in enumerate(told, 1) if row["option"] == "plan"), -1)
    note = tr(
        "Shares are of what is paid on the market, amortised. Below the share of critical work stands the "
        "vendor whose loss hurts most. The choice is for people: figures are in options.csv."
    )
    # Why a cost is not known is long: a column would grow wider than the page.
    unknown = [
        tr("{option}: not known, as {reason}.", option=_head(row), reason=str(row["reason"]).rstrip("."))
        for row in told
        if not _known(row["cost"])
    ]
    empty = tr("The placements of this plan are given, so nothing is decided here.")
    made = grid(
        tr("The options"),
        heads,
        rows if told else [],
        range(1, len(heads)),
        " ".join([*unknown, note]),
        empty,
    )
    return replace(made, chosen=chosen)


def _head(row: Row) -> str:
    if _known(row["value"]):
        return tr("A cap of {share}", share=percent(float(row["value"])))
    return tr(_NAMES.get(str(row["option"]), str(row["option"])))


def leaving(context: Context) -> Grid:
    """What leaving each vendor would meet, first and last, from ``leaving.csv``."""
    rows: list[list[str | Cell]] = []
    table, currency = context.plan.leaving, context.currency
    for group in sorted(set(table["vendor_group"]), key=lambda g: _largest_first(context, str(g))):
        mine = table[table["vendor_group"] == group].sort_values("period")
        ends = [mine.iloc[0], mine.iloc[-1]]
        cells = [
            Cell(amount(float(r["total"]), currency), tr("in {period}", period=r["period"]))
            if _known(r["total"])
            else tr("not known")
            for r in ends
        ]
        most, notice = float(mine["owed"].max()), int(mine["notice_days"].max())
        owed = amount(most, currency) if most > 0 else tr("nothing")
        rows.append([context.name(str(group)), *cells, owed, tr("{count} days", count=notice)])
    heads = (tr("Vendor"), tr("First"), tr("Last"), tr("Owed at most"), tr("Notice"))
    note = tr(
        "Data carried away at list price, labour where the case prices it, what is still owed (leaving.csv)."
    )
    caption, empty = tr("What leaving each vendor would cost"), tr("Nobody would be left.")
    return grid(caption, heads, rows, (1, 2, 3, 4), note, empty)


def _largest_first(context: Context, group: str) -> tuple[float, str]:
    costs = context.plan.costs
    return -round(float(costs.loc[costs["vendor_group"] == group, "amortised"].sum()), 2), group


def approve(context: Context) -> list[str]:
    """What has to be approved or obtained, with its instrument; a long list goes on under the rules."""
    found = _approvals(context)
    more = len(found) - _APPROVALS
    if more <= 0:
        return found
    return [*found[:_APPROVALS], tr("and {count} more, under the rules below", count=more)]


def _approvals(context: Context) -> list[str]:
    signing = context.plan.signing
    signed = signing[signing["status"] == "sign"]
    found = []
    if len(signed):
        owed = amount(float(signed["obligation"].sum()), context.currency)
        values = {"count": f"{len(signed):,}", "owed": owed, "start": str(signed["start"].min())}
        found.append(
            tr("one commitment that obliges to {owed}, from {start}", **values)
            if len(signed) == 1
            else tr("{count} commitments that oblige to {owed}, from {start}", **values)
        )
    elif len(signing):
        spent = amount(float(signing.loc[signing["status"] == "as used", "expected"].sum()), context.currency)
        found.append(
            tr("purchases on demand of {spent} with tax; nothing is committed beyond use", spent=spent)
        )
    for rule in context.background.rules:
        if rule.severity == "evidence":
            found.append(f"{rule_title(rule.title).rstrip('.')} ({rule.instrument or rule.id})")
    adopted = sum(1 for r in context.background.rules if r.adopted_by)
    if adopted:
        found.insert(1, tr("{count} rules and parameters as adopted for this case", count=adopted))
    return found


def assumed(context: Context) -> list[str]:
    """What the figures rest on that nobody has published."""
    head, costs = context.plan.head, context.plan.costs
    total, part = float(costs["amortised"].sum()), float(costs["assumed"].sum())
    found = []
    if total:
        money = amount(part, context.currency)
        found.append(
            tr("{part} of the cost is at assumed prices: {money}", part=percent(part / total), money=money)
        )
    for currency in sorted({str(e["currency"]) for e in head.get("exchange", ())}):
        buffer = max(float(e["buffer"]) for e in head["exchange"] if e["currency"] == currency)
        rate = {"currency": currency, "buffer": percent(buffer)}
        found.append(tr("{currency} at the case's rates with a buffer of {buffer}", **rate))
    if head.get("synthetic"):
        found.append(tr("demand, users and agencies are invented"))
    for label in head.get("not_adopted", ()):
        found.append(tr("asked for by a rule and not enforced, as nobody adopted it: {rule}", rule=label))
    return found


def signing(context: Context) -> list[Grid]:
    """The schedule of what to sign and what is bought as it is used, by vendor, family and term.

    What obliges to most comes first, then the dearest; a long schedule goes on in a folded table.
    """
    vendors = context.background.vendors.set_index("vendor")["name"].to_dict()
    rows: list[list[str | Cell]] = []
    order = ["obligation", "expected"]
    table = context.plan.signing.sort_values(order, ascending=False, kind="stable")
    for line in table.to_dict("records"):
        status = tr(_STATUS.get(line["status"], _STATUS["as used"]))
        owed, rest = float(line["obligation"]), float(line["exit_value"])
        left = tr("{money} at its end", money=f"{rest:,.0f}") if rest else ""
        rows.append([
            str(vendors.get(line["vendor"], line["vendor"])),
            Cell(str(line["family"]), str(line["agreement"])),
            Cell(status, term(str(line["term"])) if owed else "", strong=line["status"] == "sign"),
            tr("{first} to {last}", first=line["start"][:7], last=line["end"][:7]),
            f"{float(line['units']):,.0f} {unit(line['unit'])}" if _known(line["units"]) else "",
            f"{float(line['monthly']):,.0f}",
            Cell(f"{owed:,.0f}", left) if owed else tr("none"),
            f"{float(line['expected']):,.0f}",
        ])  # fmt: skip
    heads = (
        tr("Vendor"), tr("Family"), tr("Status"), tr("From, to"), tr("Most at once"), tr("A month"),
        tr("Obligation"), tr("Expected in all"),
    )  # fmt: skip
    note = tr(
        "{currency}, cash with tax (signing.csv). Obligation: owed whatever is used; below it what "
        "is still owed when contract or plan end. Expected: paid within the plan.",
        currency=context.currency,
    )
    figures = (4, 5, 6, 7)
    first = grid(tr("What to sign and what to buy, when"), heads, rows[:_SCHEDULE], figures, note)
    others = grid(tr("What else to sign and buy"), heads, rows[_SCHEDULE:], figures)
    return [first, folded(others)] if others.rows else [first]


def _told(context: Context) -> dict[str, Row]:
    rows: list[dict[Any, Any]] = context.plan.options.to_dict("records")
    return {str(row["option"]): row for row in rows}


def _known(value: Any) -> bool:
    """Is a figure stated? Tables of a folder read back hold text where a column is blank in part."""
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False
