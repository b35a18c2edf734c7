"""The first two sheets of a workbook: what is decided with its totals, and what could be decided instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from planner.plan.plan import Plan
from planner.report import first_page
from planner.report.background import background_of
from planner.report.clean_text import clean
from planner.report.figures.context import context_of
from planner.report.texts import tr, tr_noop
from planner.report.workbook_lines import CostLines
from planner.report.workbook_sheets import HEAD, LINES, SUMMARY, Book, Formula, is_blank

_MEASURES = {
    "rule": tr_noop("Rule that differs"),
    "value": tr_noop("Its value"),
    "reason": tr_noop("Why a cost is not known"),
    "bound": tr_noop("Costs no less than is told"),
    "cost": tr_noop("Cost, amortised, before tax"),
    "cash": tr_noop("Cash, with tax"),
    "objective": tr_noop("Discounted (objective)"),
    "tail": tr_noop("Due after the horizon"),
    "assumed": tr_noop("Of it at assumed prices"),
    "largest": tr_noop("Largest vendor group"),
    "largest_share": tr_noop("Largest vendor's share"),
    "foreign_share": tr_noop("Under foreign law"),
    "critical_kept": tr_noop("Critical work kept if one vendor is gone"),
    "kept_without": tr_noop("Vendor group whose loss hurts most"),
    "moves": tr_noop("Systems that move"),
    "breaks": tr_noop("Rules and limits broken"),
}
_FIRST = ("cost", "cash", "assumed")
"""Measures that stand first: what is compared."""
_NAMES = frozenset(("rule", "reason", "largest", "kept_without"))


def options(book: Book, plan: Plan) -> None:
    """What could be decided instead, side by side, every measure of ``options.csv``."""
    rows: list[dict[Any, Any]] = plan.options.to_dict("records")
    order = sorted(_MEASURES, key=lambda column: (column not in _FIRST, list(_MEASURES).index(column)))

    def cell(column: str, value: Any) -> Any:
        if is_blank(value):
            return ""
        if column == "bound":
            return tr("yes") if value is True or value == "True" else tr("no")
        return str(value) if column in _NAMES else float(value)

    heads = (tr("Measure"), tr("In options.csv"), *(str(row["option"]) for row in rows))
    table = [(tr(_MEASURES[c]), c, *(cell(c, row[c]) for row in rows)) for c in order] if rows else []
    about = tr("What could be decided instead (options.csv).")
    book.table(tr("Options"), about, heads, table, wrap=True)


def _decision(plan: Plan) -> str:
    if plan.case is None:
        return clean(str(plan.head.get("title", "")))
    return first_page.decision(context_of(plan, background_of(plan.case))).replace("\u00a0", " ")


def summary(book: Book, plan: Plan, lines: CostLines) -> None:
    """What is decided, totals that follow prices and rates, and the record of the plan."""
    sheet = book.sheet(tr(SUMMARY), "")
    sheet.merge_range(1, 0, 1, 4, "", book.format(bold=True, text_wrap=True, valign="top"))
    book.write(sheet, 1, 0, _decision(plan), bold=True, text_wrap=True, valign="top")
    sheet.set_row(1, 48)
    hint = tr("Totals recompute when a price (sheet Prices) or a rate (Exchange rates) changes.")
    book.write(sheet, HEAD - 1, 0, hint, italic=True)
    head, names = plan.head, _group_names(plan)
    last = HEAD + 1 + len(lines.products) + len(lines.numbers)
    sums = _sums(lines)

    def column(letter: str) -> str:
        return f"'{tr(LINES)}'!${letter}${HEAD + 2}:${letter}${max(last, HEAD + 2)}"

    def where(by: str, row: int, name: str, measure: str) -> Formula:
        letter, of = {"amortised": "T", "cash": "V"}[measure], {"vendor_group": "B", "year": "K"}[by]
        value = float(sums.loc[sums[by] == name, measure].sum())
        return Formula(f"SUMIFS({column(letter)},{column(of)},$A{row + 1})", value)

    totals: list[Sequence[Any]] = []
    for measure, letter, meaning in (
        ("amortised", "T", tr("before tax, undiscounted")), ("cash", "V", tr("what is paid, with tax")),
    ):  # fmt: skip
        now, planned = float(sums[measure].sum()), float(head[measure])
        r = HEAD + 1 + len(totals)
        difference = Formula(f"C{r + 1}-B{r + 1}", now - planned)
        totals.append((measure, planned, Formula(f"SUM({column(letter)})", now), difference, meaning))
    heads = (
        tr("Total in {currency}", currency=head["currency"]), tr("As planned"),
        tr("At the prices of this workbook"), tr("Difference"), tr("What"),
    )  # fmt: skip
    row = book.rows(sheet, HEAD, heads, totals) + 1
    groups = sorted(set(sums["vendor_group"]))
    by = [
        (g, where("vendor_group", row + 1 + i, g, "amortised"), where("vendor_group", row + 1 + i, g, "cash"),
         names.get(g, ""))
        for i, g in enumerate(groups)
    ]  # fmt: skip
    row = book.rows(sheet, row, (tr("Vendor group"), tr("Amortised"), tr("Cash"), tr("Name")), by) + 1
    years = [
        (y, where("year", row + 1 + i, y, "amortised"), where("year", row + 1 + i, y, "cash"))
        for i, y in enumerate(sorted(set(sums["year"])))
    ]
    row = book.rows(sheet, row, (tr("Financial year"), tr("Amortised"), tr("Cash")), years) + 1
    record = [(k, v) for k, v in sorted(head.items()) if isinstance(v, (str, int, float))]
    row = book.rows(sheet, row, (tr("As planned (plan.json)"), tr("Value")), record)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 3, 22)
    sheet.set_column(4, 4, 40)


def _sums(lines: CostLines) -> pd.DataFrame:
    """Vendor group, year, amortised and cash of every line, as the formulas give them."""
    products = lines.products
    amortised = products["money"] * products["contract"]
    live = products.assign(amortised=amortised, cash=amortised * (1 + products["tax"]))
    both = pd.concat([live, lines.numbers])[["vendor_group", "year", "amortised", "cash"]]
    return both.assign(year=[tr("FY {year}", year=y) for y in both["year"]])


def _group_names(plan: Plan) -> dict[str, str]:
    """Vendor group to the names of its vendors; empty where the case is not known."""
    if plan.case is None:
        return {}
    vendors = plan.case.catalog.vendors
    return {str(g): ", ".join(map(str, of["name"])) for g, of in vendors.groupby("vendor_group", sort=True)}
