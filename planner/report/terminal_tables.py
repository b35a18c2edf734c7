"""Tables of a plan in a terminal: what else could be decided, what to sign and when, where everything runs.

They fit 80 columns: names are folded, never cut, and money is in full.
"""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from planner.plan.plan import Plan
from planner.report.words import percent

WIDTH = 80
_MOST = 50
"""Rows that a table shows; below it stands how many are left out, and where they are."""
FIRST = 20
"""Systems that are shown unless all are asked for."""


def show_options(plan: Plan, console: Console) -> None:
    """Print what could be decided instead, a column an option."""
    rows: list[dict[Any, Any]] = plan.options.to_dict("records")
    if not rows:
        console.print("this plan has no options: its placements are given (options.csv)")
        return
    table = _table(f"Options ({plan.head['currency']}, whole horizon, before tax)", "")
    for row in rows:
        cap = f" {percent(float(row['value']))}" if _known(row["value"]) else ""
        table.add_column(Text(f"{row['option']}{cap}"), justify="right", overflow="fold")
    money = (("cost", "cost"), ("assumed", "assumed"))
    shares = (("largest share", "largest_share"), ("under foreign law", "foreign_share"))
    for name, column in money:
        table.add_row(name, *(_number(row[column]) for row in rows))
    for name, column in (*shares, ("critical kept", "critical_kept")):
        table.add_row(name, *(percent(float(r[column])) if _known(r[column]) else "" for r in rows))
    for name, column in (("moves", "moves"), ("broken", "breaks")):
        table.add_row(name, *(_number(row[column]) for row in rows))
    console.print(table, width=WIDTH)
    for row in rows:
        if row["reason"]:
            console.print(Text(f"{row['option']}: {row['reason']}"), width=WIDTH)


def show_signing(plan: Plan, console: Console) -> None:
    """Print what to sign and when: what obliges first, then the dearest of what is bought as it is used."""
    signing = plan.signing
    if signing.empty:
        console.print("nothing is signed or bought (signing.csv)")
        return
    order = signing.sort_values(["obligation", "expected"], ascending=False, kind="stable")
    table = _table(
        f"What to sign and buy ({plan.head['currency']}, cash with tax)", "vendor", "what", "status"
    )
    table.add_column("from, to", no_wrap=True)
    for name in ("owed", "expected"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in order.head(_MOST).to_dict("records"):
        term = str(line["term"]).replace("_", " ")
        parts = (str(line["family"]), term, str(line["agreement"]))
        what = " ".join(part for part in parts if part not in ("", "nan"))
        table.add_row(
            Text(str(line["vendor"])), Text(what), str(line["status"]),
            f"{str(line['start'])[:7]} {str(line['end'])[:7]}",
            _number(line["obligation"]), _number(line["expected"]),
        )  # fmt: skip
    console.print(table, width=WIDTH)
    owed, expected = (float(signing[c].sum()) for c in ("obligation", "expected"))
    console.print(f"together: owed whatever is used {owed:,.0f}, expected {expected:,.0f}")
    if len(order) > _MOST:
        console.print(f"{len(order) - _MOST} more rows are in signing.csv")


def show_where(plan: Plan, console: Console, everything: bool = False) -> None:
    """Print where each system runs, a line a system: its places with the range of its shares there."""
    table = _table("Where it runs", "workload", "where")
    by = plan.placements.groupby("workload", sort=True)
    for number, (workload, placed) in enumerate(by):
        if number == FIRST and not everything:
            break
        where = []
        for (region, role), part in placed.groupby(["region", "role"], sort=True):
            low, high = (percent(float(f(part["share"]))) for f in (min, max))
            share = "" if low == high == "100 %" else f" {low}" if low == high else f" {low} to {high}"
            when = "" if len(part) == placed["period"].nunique() else f" in {len(part)} periods"
            where.append(f"{region}{'' if role == 'primary' else f' ({role})'}{share}{when}")
        table.add_row(Text(str(workload)), Text("; ".join(where)))
    console.print(table, width=WIDTH)
    if len(by) > FIRST and not everything:
        console.print(f"{len(by) - FIRST} more with --all, or in placements.csv")


def _table(title: str, *columns: str) -> Table:
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None,
                 pad_edge=False)  # fmt: skip
    for name in columns:
        made.add_column(name, overflow="fold")
    return made


def _number(value: object) -> str:
    return f"{float(str(value)):,.0f}" if _known(value) else ""


def _known(value: object) -> bool:
    try:
        return math.isfinite(float(str(value)))
    except ValueError:
        return False
