"""Tables of a terminal: 80 columns, nothing cut, all money in full, what is left out is counted."""

from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import pytest
import sample_plan
from rich.console import Console

from planner.report import terminal_tables
from planner.report.terminal_tables import show_options, show_signing, show_where


def printed(show, plan, **more) -> str:
    out = Console(file=io.StringIO(), width=120, highlight=False, no_color=True)
    show(plan, out, **more)
    return out.file.getvalue()


@pytest.fixture(scope="module")
def plan():
    return sample_plan.plan()


@pytest.mark.parametrize("show", [show_options, show_signing, show_where])
def test_no_line_is_wider_than_80_columns(plan, show):
    text = printed(show, plan)
    assert text.strip() and max(len(line.rstrip()) for line in text.splitlines()) <= 80
    assert "…" not in text


def test_options_tell_the_figures_of_the_table(plan):
    text = printed(show_options, plan)
    for cost in plan.options["cost"].dropna():
        assert f"{cost:,.0f}" in text
    assert "71 %" in text and "tighter 30 %" in " ".join(text.split())
    assert "no plan" not in text and "given" in printed(
        show_options, replace(plan, options=plan.options.iloc[:0])
    )


def test_what_obliges_comes_first_and_everything_sums(plan):
    text = printed(show_signing, plan)
    assert text.index("sign ") < text.index("as used") if "sign " in text else text.index("sign\n")
    assert f"owed whatever is used {plan.signing['obligation'].sum():,.0f}" in text
    assert f"expected {plan.signing['expected'].sum():,.0f}" in text
    many = replace(plan, signing=pd.concat([plan.signing] * 10, ignore_index=True))
    assert f"{10 * len(plan.signing) - 50} more rows are in signing.csv" in printed(show_signing, many)
    assert "nothing is signed" in printed(show_signing, replace(plan, signing=plan.signing.iloc[:0]))


def test_the_first_twenty_systems_and_all_when_asked(plan):
    some, everything = printed(show_where, plan), printed(show_where, plan, everything=True)
    assert "40 more with --all" in some and "more with" not in everything
    names = {name for name in plan.placements["workload"] if name.startswith("workload-")}
    assert all(name in everything for name in names)
    assert len(everything.splitlines()) > len(some.splitlines()) > terminal_tables.FIRST


def test_markup_in_names_is_text(plan):
    placed = plan.placements.assign(workload="[red]x[/red]")
    assert "[red]x[/red]" in printed(show_where, replace(plan, placements=placed))
