"""The workbook of a plan: sheets for procurement, with money as formulas that follow the prices typed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter

from planner.catalog.spot import SUFFIX
from planner.plan.plan import OPTIONS, PLACEMENTS, PURCHASES, SIGNING, Plan
from planner.report.clean_text import clean
from planner.report.workbook_lines import PRICE, CostLines, cost_lines, rates
from planner.report.workbook_sheets import HEAD, Book, Formula, is_blank

_TEXT = frozenset((
    "option", "rule", "reason", "largest", "kept_without", "vendor_group", "vendor", "agreement", "status",
    "family", "term", "unit", "start", "end", "contract_end", "workload", "region", "period", "role",
    "payer", "pool", "sku", "slice", "currency", "basis",
))  # fmt: skip
"""Columns of a plan's tables that hold names; all others hold numbers."""

_PRICES_HEADS = ("SKU", "Term", "Price of a unit", "Currency", "Basis", "Source", "As of")
_RATE_HEADS = ("Currency", "Year", "Rate", "Buffer", "Planned with", "Basis", "Source", "As of")
_LINE_HEADS = (
    "Paid for", "Vendor group", "Vendor", "Region", "Payer", "Pool", "Workload", "SKU", "Term", "Period",
    "Year", "Units", "Unit", "Price", "Currency", "Hours or months", "Rate", "List price", "Contract factor",
    "Amortised", "Tax rate", "Cash", "How it comes about",
)  # fmt: skip
_OWNER = ("vendor_group", "vendor", "region", "payer", "pool", "workload")
_PRODUCT = "units × price × hours (months for storage) × rate"


def workbook(plan: Plan) -> bytes:
    """The workbook of a plan (.xlsx): the same bytes for the same plan.

    Sources and dates of prices, rules and assumed rows are those of ``plan.case``; without it these sheets
    say that they are not known.

    Raises
    ------
    NotWritten
        If a table has more rows than a sheet holds.
    """
    stream = io.BytesIO()
    file = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    head = plan.head
    decided = datetime.fromisoformat(str(head.get("decision_date") or "1980-01-01"))
    title = clean(str(head.get("title", "")))[:255]
    file.set_properties(
        {"title": title, "comments": clean(str(head.get("marking", "")))[:255], "created": decided}
    )
    book = Book(file, str(head.get("marking", "")) or "no marking stated")
    lines = cost_lines(plan)
    prices = lines.products[PRICE].drop_duplicates().sort_values(PRICE, ignore_index=True)
    _summary(book, plan, lines)
    _frame(book, "Options", "What could be decided instead (options.csv).", plan.options, OPTIONS)
    _frame(
        book, "Placements", "Share of each workload by region (placements.csv).", plan.placements, PLACEMENTS
    )
    _frame(book, "Purchases", "What to buy (purchases.csv), at list price.", plan.purchases, PURCHASES)
    _frame(
        book, "Signing schedule", "What to sign, when (signing.csv): cash with tax.", plan.signing, SIGNING
    )
    _cost_lines(book, plan, lines, prices)
    _prices(book, plan, prices)
    _exchange(book, plan)
    _rules(book, plan)
    _assumptions(book, plan, prices)
    file.close()
    return stream.getvalue()


def _summary(book: Book, plan: Plan, lines: CostLines) -> None:
    sheet = book.sheet(
        "Summary", "Totals recompute when a price (sheet Prices) or a rate (Exchange rates) changes."
    )
    head, names = plan.head, _group_names(plan)
    last = HEAD + 1 + len(lines.products) + len(lines.numbers)
    sums = _sums(lines)

    def column(letter: str) -> str:
        return f"'Cost lines'!${letter}${HEAD + 2}:${letter}${max(last, HEAD + 2)}"

    def where(by: str, row: int, name: str, measure: str) -> Formula:
        letter, of = {"amortised": "T", "cash": "V"}[measure], {"vendor_group": "B", "year": "K"}[by]
        value = float(sums.loc[sums[by] == name, measure].sum())
        return Formula(f"SUMIFS({column(letter)},{column(of)},$A{row + 1})", value)

    totals: list[Sequence[Any]] = []
    for measure, letter, meaning in (
        ("amortised", "T", "before tax, undiscounted"), ("cash", "V", "what is paid, with tax"),
    ):  # fmt: skip
        now, planned = float(sums[measure].sum()), float(head[measure])
        r = HEAD + 1 + len(totals)
        difference = Formula(f"C{r + 1}-B{r + 1}", now - planned)
        totals.append((measure, planned, Formula(f"SUM({column(letter)})", now), difference, meaning))
    heads = (
        f"Total in {head['currency']}",
        "As planned",
        "At the prices of this workbook",
        "Difference",
        "What",
    )
    row = book.rows(sheet, HEAD, heads, totals) + 1
    groups = sorted(set(sums["vendor_group"]))
    by = [
        (g, where("vendor_group", row + 1 + i, g, "amortised"), where("vendor_group", row + 1 + i, g, "cash"),
         names.get(g, ""))
        for i, g in enumerate(groups)
    ]  # fmt: skip
    row = book.rows(sheet, row, ("Vendor group", "Amortised", "Cash", "Name"), by) + 1
    years = [
        (y, where("year", row + 1 + i, y, "amortised"), where("year", row + 1 + i, y, "cash"))
        for i, y in enumerate(sorted(set(sums["year"])))
    ]
    row = book.rows(sheet, row, ("Financial year", "Amortised", "Cash"), years) + 1
    record = [(k, v) for k, v in sorted(head.items()) if isinstance(v, (str, int, float))]
    row = book.rows(sheet, row, ("As planned (plan.json)", "Value"), record)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 3, 22)
    sheet.set_column(4, 4, 40)


def _sums(lines: CostLines) -> pd.DataFrame:
    """Vendor group, year, amortised and cash of every line, as the formulas give them."""
    products = lines.products
    amortised = products["money"] * products["contract"]
    live = products.assign(amortised=amortised, cash=amortised * (1 + products["tax"]))
    both = pd.concat([live, lines.numbers])[["vendor_group", "year", "amortised", "cash"]]
    return both.assign(year="FY " + both["year"].astype(str))


def _group_names(plan: Plan) -> dict[str, str]:
    """Vendor group to the names of its vendors; empty where the case is not known."""
    if plan.case is None:
        return {}
    vendors = plan.case.catalog.vendors
    return {str(g): ", ".join(map(str, of["name"])) for g, of in vendors.groupby("vendor_group", sort=True)}


def _frame(book: Book, name: str, about: str, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """One of the plan's tables, as its file has it."""

    def cell(column: str, value: Any) -> Any:
        if is_blank(value):
            return ""
        if column in _TEXT:
            return str(value)
        # A column of figures with blanks is read as text.
        return float(value) if isinstance(value, str) else value

    cells: dict[str, list[Any]] = {
        str(c): [cell(str(c), v) for v in frame[c]]
        for c in (*columns, *(c for c in frame if c not in columns))
    }
    book.table(name, about, list(cells), zip(*cells.values(), strict=True))


def _cost_lines(book: Book, plan: Plan, lines: CostLines, prices: pd.DataFrame) -> None:
    price_row = {key: i for i, key in enumerate(prices.itertuples(index=False, name=None), HEAD + 2)}
    rate_row = {key: i for i, key in enumerate(rates(plan), HEAD + 2)}
    rows: list[Sequence[Any]] = []
    for line in lines.products.to_dict("records"):
        r = HEAD + 2 + len(rows)
        price, listed = float(line["unit_price"]), float(line["money"])
        rate = rate_row.get((line["currency"], int(str(line["period"])[:4])))
        amortised = listed * line["contract"]
        at = price_row[tuple(line[c] for c in PRICE)]
        rows.append(
            (
                line["paid_for"], *(line[c] for c in _OWNER), line["sku"], line["term"],
                line["period"], f"FY {line['year']}",
                float(line["units"]), line["unit"], Formula(f"Prices!$C${at}", price), line["currency"],
                line["hours"], 1.0 if line["currency"] == plan.head["currency"] else
                Formula(f"'Exchange rates'!$E${rate}", line["rate"]),
                Formula(f"L{r}*N{r}*P{r}*Q{r}", listed), line["contract"], Formula(f"R{r}*S{r}", amortised),
                line["tax"], Formula(f"T{r}*(1+U{r})", amortised * (1 + line["tax"])), _PRODUCT,
            )
        )  # fmt: skip
    for line in lines.numbers.to_dict("records"):
        rows.append(
            (
                line["term"], *(line[c] for c in _OWNER), "", "", line["period"],
                f"FY {line['year']}", *[""] * 6,
                line["list"], "", line["amortised"], "", line["cash"],
                f"a number, does not follow prices: {line['reason']}",
            )
        )  # fmt: skip
    about = (
        f"What is paid, in {plan.head['currency']}. Contract factor: discount and margin of the vendor's "
        "contract, as planned."
    )
    rows = [tuple("" if is_blank(v) else v for v in row) for row in rows]
    sheet = book.table("Cost lines", about, _LINE_HEADS, rows)
    if rows:
        sheet.autofilter(HEAD, 0, HEAD + len(rows), len(_LINE_HEADS) - 1)


def _prices(book: Book, plan: Plan, prices: pd.DataFrame) -> None:
    known: dict[tuple[str, str], dict[Any, Any]] = {}
    if plan.case is not None:
        known = {(row["SkuId"], row["term"]): row for row in plan.case.catalog.prices.to_dict("records")}
    rows = []
    for line in prices.to_dict("records"):
        spot = line["term"] == "spot"
        key = (line["sku"] + SUFFIX, "on_demand") if spot else (line["sku"], line["term"])
        origin = known.get(key, {})
        rows.append(
            (line["sku"], line["term"], float(line["unit_price"]), line["currency"], line["basis"],
             origin.get("source", "not known: the case was not read"), origin.get("as_of", ""))
        )  # fmt: skip
    about = "List prices that the plan buys at. Type another in the coloured column: costs and totals follow."
    book.table("Prices", about, _PRICES_HEADS, rows, typed=2)


def _exchange(book: Book, plan: Plan) -> None:
    planned = list(rates(plan).values())
    rows = [
        (e["currency"], str(e["year"]), float(e["rate"]), float(e["buffer"]),
         Formula(f"C{r}*(1+D{r})", planned[r - HEAD - 2]), e["basis"], e["source"], e["as_of"])
        for r, e in enumerate(plan.head.get("exchange", ()), HEAD + 2)
    ]  # fmt: skip
    about = f"What one unit costs in {plan.head['currency']}; the buffer is added to the rate."
    book.table("Exchange rates", about, _RATE_HEADS, rows, typed=2)


def _rules(book: Book, plan: Plan) -> None:
    heads = (
        "Rule", "What it asks", "Effect", "Standing", "Confidence", "Parameters", "Instrument", "Clause",
        "Date", "Address", "Benchmark", "Adopted by", "Adopted on", "Reference", "Pack",
    )  # fmt: skip
    if plan.case is None:
        book.table("Rules", "Not known: the plan was read without its case.", heads, [])
        return
    rows = [
        (r.id, r.title, r.severity, r.standing, "a choice" if r.is_parameter else r.confidence,
         "; ".join(f"{k}: {_words(v)}" for k, v in r.parameters.items()), r.instrument, r.clause, r.date,
         r.url, r.benchmark, r.adopted_by, r.adopted_on or "", r.reference, r.pack)
        for r in plan.case.rules
    ]  # fmt: skip
    book.table("Rules", f"Rules of the case, as of {plan.head.get('rules_as_of', '')}.", heads, rows)


def _assumptions(book: Book, plan: Plan, prices: pd.DataFrame) -> None:
    """What the case leaves open, then every assumed rate, price and row of the case."""
    rows: list[Sequence[Any]] = [
        ("not stated", one["about"], one["text"], f"remedy: {one['remedy']}", "")
        for one in plan.head.get("unstated", {}).get("left", ())
    ]
    rows += [
        (
            "exchange rate",
            f"{e['currency']} {e['year']}",
            f"{e['rate']:g} + {e['buffer']:.1%}",
            e["source"],
            e["as_of"],
        )
        for e in plan.head.get("exchange", ())
        if e["basis"] == "assumed"
    ]
    rows += [
        ("price", p["sku"], f"{p['unit_price']:g} {p['currency']}, {p['term']}", "see Prices", "")
        for p in prices.to_dict("records")
        if p["basis"] == "assumed"
    ]
    tables = vars(plan.case) if plan.case is not None else {}
    for name, frame in tables.items():
        if not isinstance(frame, pd.DataFrame) or "basis" not in frame or name == "regions":
            continue
        said = ("basis", "source", "as_of", "_row", "t")
        of = frame[frame["basis"] == "assumed"].drop_duplicates([c for c in frame if c not in said])
        for row in of.to_dict("records"):
            values = [f"{k}: {_words(v)}" for k, v in row.items() if k not in said and not is_blank(v)]
            rows.append((name, values[0] if values else "", "; ".join(values[1:]), row.get("source", ""),
                         row.get("as_of", "")))  # fmt: skip
    about = "What the plan takes as given though nobody published or agreed it."
    heads = ("Where", "Of what", "What is assumed", "Source or remedy", "As of")
    book.table("Assumptions", about, heads, rows)


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
