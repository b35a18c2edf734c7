"""The workbook of a plan: sheets for procurement, with money as formulas that follow the prices typed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter

from planner.catalog.spot import SUFFIX
from planner.plan.plan import PLACEMENTS, PURCHASES, SIGNING, Plan
from planner.report.clean_text import clean
from planner.report.rule_tables import EFFECTS
from planner.report.texts import ENGLISH, rule_title, speaking, tr, tr_noop
from planner.report.workbook_lines import PRICE, CostLines, cost_lines, rates
from planner.report.workbook_sheets import EXCHANGE, HEAD, LINES, PRICES, Book, Formula, is_blank
from planner.report.workbook_summary import options, summary

_TEXT = frozenset((
    "option", "rule", "reason", "largest", "kept_without", "vendor_group", "vendor", "agreement", "status",
    "family", "term", "unit", "start", "end", "contract_end", "workload", "region", "period", "role",
    "payer", "pool", "sku", "slice", "currency", "basis",
))  # fmt: skip
"""Columns of a plan's tables that hold names; all others hold numbers."""

_PRICES_HEADS = (
    tr_noop("SKU"), tr_noop("Term"), tr_noop("Price of a unit"), tr_noop("Currency"), tr_noop("Basis"),
    tr_noop("Source"), tr_noop("As of"),
)  # fmt: skip
_RATE_HEADS = (
    tr_noop("Currency"), tr_noop("Year"), tr_noop("Rate"), tr_noop("Buffer"), tr_noop("Planned with"),
    tr_noop("Basis"), tr_noop("Source"), tr_noop("As of"),
)  # fmt: skip
_LINE_HEADS = (
    tr_noop("Paid for"), tr_noop("Vendor group"), tr_noop("Vendor"), tr_noop("Region"), tr_noop("Payer"),
    tr_noop("Pool"), tr_noop("Workload"), tr_noop("SKU"), tr_noop("Term"), tr_noop("Period"),
    tr_noop("Year"), tr_noop("Units"), tr_noop("Unit"), tr_noop("Price"), tr_noop("Currency"),
    tr_noop("Hours or months"), tr_noop("Rate"), tr_noop("List price"), tr_noop("Contract factor"),
    tr_noop("Amortised"), tr_noop("Tax rate"), tr_noop("Cash"), tr_noop("How it comes about"),
)  # fmt: skip
_RULE_HEADS = (
    tr_noop("Rule"), tr_noop("What it asks"), tr_noop("Effect"), tr_noop("Standing"), tr_noop("Confidence"),
    tr_noop("Parameters"), tr_noop("Instrument"), tr_noop("Clause"), tr_noop("Date"), tr_noop("Address"),
    tr_noop("Benchmark"), tr_noop("Adopted by"), tr_noop("Adopted on"), tr_noop("Reference"),
    tr_noop("Pack"),
)  # fmt: skip
_ASSUMED_HEADS = (
    tr_noop("Where"), tr_noop("Of what"), tr_noop("What is assumed"), tr_noop("Source or remedy"),
    tr_noop("As of"),
)  # fmt: skip
_OWNER = ("vendor_group", "vendor", "region", "payer", "pool", "workload")
_PRODUCT = tr_noop("units × price × hours (months for storage) × rate")


def workbook(plan: Plan, lang: str = ENGLISH) -> bytes:
    """The workbook of a plan (.xlsx): the same bytes for the same plan and language.

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
    with speaking(lang):
        _sheets(Book(file, str(head.get("marking", "")) or tr("no marking stated")), plan)
    file.close()
    return stream.getvalue()


def _sheets(book: Book, plan: Plan) -> None:
    lines = cost_lines(plan)
    prices = lines.products[PRICE].drop_duplicates().sort_values(PRICE, ignore_index=True)
    summary(book, plan, lines)
    options(book, plan)
    about = tr("Share of each workload by region (placements.csv).")
    _frame(book, tr("Placements"), about, plan.placements, PLACEMENTS)
    about = tr("What to buy (purchases.csv), at list price.")
    _frame(book, tr("Purchases"), about, plan.purchases, PURCHASES)
    about = tr("What to sign, when (signing.csv): cash with tax.")
    _frame(book, tr("Signing schedule"), about, plan.signing, SIGNING)
    _cost_lines(book, plan, lines, prices)
    _prices(book, plan, prices)
    _exchange(book, plan)
    _rules(book, plan)
    _assumptions(book, plan, prices)


def _names(heads: Sequence[str]) -> list[str]:
    return [tr(head) for head in heads]


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
    prices_sheet, exchange_sheet = tr(PRICES), tr(EXCHANGE)
    for line in lines.products.to_dict("records"):
        r = HEAD + 2 + len(rows)
        price, listed = float(line["unit_price"]), float(line["money"])
        rate = rate_row.get((line["currency"], int(str(line["period"])[:4])))
        amortised = listed * line["contract"]
        price_cell = price_row[tuple(line[c] for c in PRICE)]
        rows.append(
            (
                line["paid_for"], *(line[c] for c in _OWNER), line["sku"], line["term"],
                line["period"], tr("FY {year}", year=line["year"]),
                float(line["units"]), line["unit"], Formula(f"{prices_sheet}!$C${price_cell}", price),
                line["currency"], line["hours"], 1.0 if line["currency"] == plan.head["currency"] else
                Formula(f"'{exchange_sheet}'!$E${rate}", line["rate"]),
                Formula(f"L{r}*N{r}*P{r}*Q{r}", listed), line["contract"], Formula(f"R{r}*S{r}", amortised),
                line["tax"], Formula(f"T{r}*(1+U{r})", amortised * (1 + line["tax"])), tr(_PRODUCT),
            )
        )  # fmt: skip
    for line in lines.numbers.to_dict("records"):
        rows.append(
            (
                line["term"], *(line[c] for c in _OWNER), "", "", line["period"],
                tr("FY {year}", year=line["year"]), *[""] * 6,
                line["list"], "", line["amortised"], "", line["cash"],
                tr("a number, does not follow prices: {reason}", reason=tr(line["reason"])),
            )
        )  # fmt: skip
    about = tr(
        "What is paid, in {currency}. Contract factor: discount and margin of the vendor's contract, as "
        "planned.",
        currency=plan.head["currency"],
    )
    rows = [tuple("" if is_blank(v) else v for v in row) for row in rows]
    sheet = book.table(tr(LINES), about, _names(_LINE_HEADS), rows)
    if rows:
        sheet.autofilter(HEAD, 0, HEAD + len(rows), len(_LINE_HEADS) - 1)


def _prices(book: Book, plan: Plan, prices: pd.DataFrame) -> None:
    price_rows: dict[tuple[str, str], dict[Any, Any]] = {}
    if plan.case is not None:
        price_rows = {(row["SkuId"], row["term"]): row for row in plan.case.catalog.prices.to_dict("records")}
    rows = []
    for line in prices.to_dict("records"):
        spot = line["term"] == "spot"
        key = (line["sku"] + SUFFIX, "on_demand") if spot else (line["sku"], line["term"])
        origin = price_rows.get(key, {})
        rows.append(
            (line["sku"], line["term"], float(line["unit_price"]), line["currency"], line["basis"],
             origin.get("source", tr("not known: the case was not read")), origin.get("as_of", ""))
        )  # fmt: skip
    about = tr(
        "List prices that the plan buys at. Type another in the coloured column: costs and totals follow."
    )
    book.table(tr(PRICES), about, _names(_PRICES_HEADS), rows, typed=2)


def _exchange(book: Book, plan: Plan) -> None:
    planned = list(rates(plan).values())
    rows = [
        (e["currency"], str(e["year"]), float(e["rate"]), float(e["buffer"]),
         Formula(f"C{r}*(1+D{r})", planned[r - HEAD - 2]), e["basis"], e["source"], e["as_of"])
        for r, e in enumerate(plan.head.get("exchange", ()), HEAD + 2)
    ]  # fmt: skip
    currency = plan.head["currency"]
    about = tr("What one unit costs in {currency}; the buffer is added to the rate.", currency=currency)
    book.table(tr(EXCHANGE), about, _names(_RATE_HEADS), rows, typed=2)


def _rules(book: Book, plan: Plan) -> None:
    heads = _names(_RULE_HEADS)
    if plan.case is None:
        book.table(tr("Rules"), tr("Not known: the plan was read without its case."), heads, [])
        return
    rows = [
        (r.id, rule_title(r.title), tr(EFFECTS[r.severity]), tr(r.standing),
         tr("a choice") if r.is_parameter else r.confidence,
         "; ".join(f"{k}: {_words(v)}" for k, v in r.parameters.items()), r.instrument, r.clause, r.date,
         r.url, r.benchmark, r.adopted_by, r.adopted_on or "", r.reference, r.pack)
        for r in plan.case.rules
    ]  # fmt: skip
    about = tr("Rules of the case, as of {day}.", day=plan.head.get("rules_as_of", ""))
    book.table(tr("Rules"), about, heads, rows, wrap=True)


def _assumptions(book: Book, plan: Plan, prices: pd.DataFrame) -> None:
    """What the case leaves open, then every assumed rate, price and row of the case."""
    rows: list[Sequence[Any]] = [
        (tr("not stated"), one["about"], one["text"], tr("remedy: {remedy}", remedy=one["remedy"]), "")
        for one in plan.head.get("unstated", {}).get("left", ())
    ]
    rows += [
        (
            tr("exchange rate"),
            f"{e['currency']} {e['year']}",
            f"{e['rate']:g} + {e['buffer']:.1%}",
            e["source"],
            e["as_of"],
        )
        for e in plan.head.get("exchange", ())
        if e["basis"] == "assumed"
    ]
    rows += [
        (tr("price"), p["sku"], f"{p['unit_price']:g} {p['currency']}, {p['term']}", tr("see Prices"), "")
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
    about = tr("What the plan takes as given though nobody published or agreed it.")
    book.table(tr("Assumptions"), about, _names(_ASSUMED_HEADS), rows, wrap=True)


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
