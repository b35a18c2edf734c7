"""Tables of a plan in a terminal: what else could be decided, what to sign and when, where everything runs.

Vendors and regions stand there by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from planner.plan.plan import weighed
from planner.report.figures.context import Context
from planner.report.named import place_name, vendor_name
from planner.report.terminal_grid import Column, fit, say
from planner.report.words import financial_years, percent
from planner.tolerances import SUM

FIRST = 20
"""Systems that are shown unless all are asked for."""
_MOST = 50
"""Rows of what to sign that a table shows; below it stands how many are left out, and where they are."""
_NEXT = 5
"""So many commitments to sign next are named after a plan."""
_LONGEST_NAME = 40
_OPTIONS = {
    "nothing": "doing nothing",
    "cheapest": "no limit on shares",
    "plan": "this plan",
    "tighter": "a tighter cap",
}


def show_options(context: Context, to: Console) -> None:
    """Print what could be decided instead, a row an option."""
    rows: list[dict[Any, Any]] = context.plan.options.to_dict("records")
    if not rows:
        say(to, "this plan has no options: its placements are given (options.csv)")
        return
    columns = (
        Column("option", figures=False), Column("cost"), Column("assumed", spare=5),
        Column("largest share"), Column("foreign share", spare=4), Column("critical kept", spare=1),
        Column("moves", spare=2), Column("broken", spare=3),
    )  # fmt: skip
    cells = []
    for row in rows:
        name = _OPTIONS.get(str(row["option"]), str(row["option"]))
        if _known(row["value"]):
            name = f"a cap of {percent(float(row['value']))}"
        cells.append([
            name,
            _cost(row),
            _figure(row["assumed"]),
            *(_share(row[c]) for c in ("largest_share", "foreign_share", "critical_kept")),
            *(_figure(row[c]) for c in ("moves", "breaks")),
        ])  # fmt: skip
    chosen = [i for i, row in enumerate(rows) if row["option"] == "plan"]
    title = f"Options ({context.currency}, whole horizon, before tax)"
    fit(to, title, columns, cells, "options.csv", chosen)
    if any(str(row["bound"]) == "True" for row in rows):
        say(to, "≥: at least; choices and machines may be in parts")
    for row in rows:
        if row["reason"]:
            say(to, f"{_OPTIONS.get(str(row['option']), row['option'])}: {row['reason']}")


def show_signing(context: Context, to: Console) -> None:
    """Print what to sign and when: what obliges first, then the dearest of what is bought as it is used."""
    signing = context.plan.signing
    if signing.empty:
        say(to, "nothing is signed or bought (signing.csv)")
        return
    order = signing.sort_values(["obligation", "expected"], ascending=False, kind="stable")
    columns = (
        Column("vendor", figures=False), Column("what", figures=False), Column("status", False, spare=1),
        Column("from", spare=2), Column("to", spare=3), Column("owed"), Column("expected"),
    )  # fmt: skip
    cells = []
    for line in order.head(_MOST).to_dict("records"):
        dates = (str(line["start"])[:7], str(line["end"])[:7])
        sums = (_figure(line["obligation"]), _figure(line["expected"]))
        cells.append([vendor_name(context, str(line["vendor"])), _bought(line), str(line["status"]),
                      *dates, *sums])  # fmt: skip
    fit(to, f"What to sign and buy ({context.currency}, cash with tax)", columns, cells, "signing.csv")
    owed, expected = (float(signing[c].sum()) for c in ("obligation", "expected"))
    say(to, f"together: owed whatever is used {owed:,.0f}, expected {expected:,.0f}")
    if len(order) > _MOST:
        say(to, f"{len(order) - _MOST} more rows are in signing.csv")


def sign_next(context: Context) -> Iterator[str]:
    """What has to be signed first, in sentences; or that nothing has to be."""
    signing, currency = context.plan.signing, context.currency
    signed = signing[signing["status"] == "sign"].sort_values(
        ["start", "obligation"], ascending=[True, False]
    )
    used = float(signing.loc[signing["status"] == "as used", "expected"].sum())
    if signed.empty:
        yield f"nothing obliges beyond use; {currency} {used:,.0f} with tax is bought as it is used"
        return
    for line in signed.head(_NEXT).to_dict("records"):
        name = vendor_name(context, str(line["vendor"]))
        yield f"by {line['start']}: {name}, {_bought(line)}, owes {currency} {_figure(line['obligation'])}"
    if len(signed) > _NEXT:
        yield f"{len(signed) - _NEXT} more later (signing.csv)"
    yield f"beside these {currency} {used:,.0f} with tax is bought as it is used"


def _bought(line: dict[Any, Any]) -> str:
    """Family, term and agreement of a row of ``signing.csv``."""
    parts = (str(line["family"]), str(line["term"]).replace("_", " "), str(line["agreement"]))
    return " ".join(part for part in parts if part not in ("", "nan"))


def show_where(context: Context, to: Console, everything: bool = False) -> int:
    """Print where each system runs, a line a system: its places, those of most periods and shares first.

    Returns how many systems are not shown.
    """
    plan = context.plan
    by = list(plan.placements.groupby("workload", sort=True))
    shown = by if everything else by[:FIRST]
    names = {region: place_name(context, region) for region in plan.placements["region"].unique()}
    periods = plan.periods["period"].nunique()
    say(to, "Where it runs", bold=True)
    width = min(max((cell_len(str(w)) for w, _ in shown), default=0), _LONGEST_NAME, to.width // 2)
    for workload, placed in shown:
        label = Text(str(workload))
        room = to.width - width - 2
        if label.cell_len > width:
            to.print(label)
            label = Text()
        label.align("left", width)
        places = Text(_as_many_as_fit(_places(placed, names, periods), room)).wrap(to, room)
        for number, line in enumerate(places):
            line.rstrip()
            to.print((label if number == 0 else Text(" " * width)) + Text("  ") + line)
    return len(by) - len(shown)


def _places(placed: pd.DataFrame, names: dict[str, str], periods: int) -> list[tuple[bool, str, str]]:
    """The places of a system, those of most shares and periods first: each short, and in full."""
    found = []
    for (region, role), part in placed.groupby(["region", "role"], sort=True):
        low, high = (percent(float(f(part["share"])), 0) for f in (min, max))
        share = "" if low == high == "100 %" else f" {low}" if low == high else f" {low} to {high}"
        when = "" if len(part) == periods else f" in {len(part)} of {periods} periods"
        place = f"{names[str(region)]}{'' if role == 'primary' else f' ({role})'}"
        found.append((role != "primary", -float(part["share"].sum()), place, f"{place}{share}{when}"))
    return [(kept, place, words) for kept, _, place, words in sorted(found)]


def _as_many_as_fit(places: list[tuple[bool, str, str]], width: int) -> str:
    """All places as far as they fit, else the first, and how many more run it or are kept ready."""
    text = "; ".join(words for _, _, words in places)
    if cell_len(text) <= width or len(places) == 1:
        return text
    ready = sum(kept for kept, _, _ in places)
    runs = len(places) - ready
    words = f"mostly {places[0][1]}, {runs - 1} more" if runs > 1 else places[0][1]
    return f"{words}; ready at {ready}" if ready else words


def show_vendors(context: Context, to: Console) -> None:
    """Print vendors: cost, share of all market spend, and on a line each its share against caps, and floors.

    A cap and a floor count what is contestable by their own basis, which no sum of money stands beside.
    """
    plan = context.plan
    spent = plan.costs.groupby("vendor_group")["amortised"].sum()
    ruled = plan.shares[plan.shares["kind"] != "report"]
    market = plan.shares.loc[plan.shares["kind"] == "report", "subject"].unique()
    of_market = float(spent[spent.index.isin(market)].sum())
    rows = []
    for group, cost in spent.sort_values(ascending=False).items():
        capped = ruled[(ruled["subject"] == group) & (ruled["kind"] == "vendor_share")]
        share = percent(cost / of_market) if group in market and of_market else "own"
        # Beside the cost stands a share of the spend alone.
        by_rule = [part for _, part in capped.groupby("rule", sort=True)]
        by_rule.sort(key=lambda part: part["basis"].iloc[0] != "spend")
        against = [_against(part, "≤") for part in by_rule]
        if not by_rule or by_rule[0]["basis"].iloc[0] != "spend":
            against.insert(0, ("", "", ""))
        rows.append([context.name(str(group)), f"{cost:,.0f}", share, *against[0]])
        rows += [["", "", "", *more] for more in against[1:]]
    for (subject, _), part in ruled[ruled["kind"] == "minimum_share"].groupby(["subject", "rule"]):
        rows.append([f"({subject})", "", "", *_against(part, "≥")])
    columns = (
        Column("vendor", figures=False), Column("cost"), Column("of market", spare=1),
        Column("contestable"), Column("limit"), Column("at the limit in", spare=2),
    )  # fmt: skip
    fit(to, f"Vendors ({context.currency}, whole horizon, before tax)", columns, rows, "shares.csv")


def _against(rows: pd.DataFrame, sign: str) -> tuple[str, str, str]:
    if rows.empty:
        return "", "", ""
    total = float(rows["total"].sum())
    share = float(rows["amount"].sum()) / total if total else 0.0
    tight = int(rows["binds"].sum())
    where = f"{tight} of {len(rows)} periods" if tight else "never"
    if over := int((rows["slack"] < -SUM).sum()):
        where = f"broken in {over}"
    basis = "" if rows["basis"].iloc[0] == "spend" else str(rows["scope"].iloc[0]).removeprefix("contestable")
    return percent(share) + basis, f"{sign} {percent(float(rows['limit'].iloc[0]))}", where


def show_costs(context: Context, to: Console) -> None:
    """Print cost by term and by financial year of the period's start; the last years are left out first."""
    plan = context.plan
    costs = plan.costs.assign(year=financial_years(plan.costs["period"], plan.head))
    years = sorted(costs["year"].unique())
    by = costs.pivot_table(index="term", columns="year", values="amortised", aggfunc="sum", fill_value=0.0)
    lines = [(str(term), row) for term, row in by.iterrows() if row.any()]
    totals = [
        (label, costs.groupby("year")[column].sum())
        for label, column in (("total before tax", "amortised"), ("cash with tax", "cash"))
    ]
    weights = [
        (
            f"worth of {term!s}, nobody pays",
            part.groupby("year")["objective"].sum().reindex(years, fill_value=0.0),
        )
        for term, part in weighed(costs).groupby("term")
    ]
    rows = [
        [label, *(f"{row[y]:,.0f}" for y in years), f"{row.sum():,.0f}"]
        for label, row in (*lines, *totals, *weights)
    ]
    columns = (
        Column("term", figures=False),
        *(Column(year, spare=1 + number) for number, year in enumerate(years)),
        Column("all"),
    )
    bold = range(len(lines), len(lines) + len(totals))
    fit(to, f"Cost ({context.currency})", columns, rows, "costs.csv", bold)


def _cost(row: dict[Any, Any]) -> str:
    """The cost of an option: a bound is told as one."""
    least = "≥ " if _known(row["cost"]) and str(row["bound"]) == "True" else ""
    return least + _figure(row["cost"])


def _figure(value: object) -> str:
    return f"{float(str(value)):,.0f}" if _known(value) else ""


def _share(value: object) -> str:
    return percent(float(str(value))) if _known(value) else ""


def _known(value: object) -> bool:
    try:
        return math.isfinite(float(str(value)))
    except ValueError:
        return False
