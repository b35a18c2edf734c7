"""Tables of a terminal: 80 columns, nothing cut, all money in full, what is left out is counted."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pandas as pd
import pytest
import sample_plan
from rich.cells import cell_len
from rich.console import Console

from planner.report import headline, terminal, terminal_tables
from planner.report.figures.context import context_of
from planner.report.terminal_grid import Column, fit, say
from planner.report.terminal_tables import show_costs, show_options, show_signing, show_vendors, show_where


def printed(show, *args, width=80, **more) -> str:
    to = Console(file=io.StringIO(), width=width, highlight=False, no_color=True)
    show(args[0], to, *args[1:], **more)
    return to.file.getvalue()


@pytest.fixture(scope="module")
def context():
    return context_of(sample_plan.plan(), sample_plan.background())


def changed(context, **frames):
    return replace(context, plan=replace(context.plan, **frames))


EVERY = [show_options, show_signing, show_where, show_vendors, show_costs]


@pytest.mark.parametrize("width", [80, 50, 20])
@pytest.mark.parametrize("show", EVERY)
def test_no_line_is_wider_than_the_terminal_and_none_is_cut(context, show, width):
    text = printed(show, context, width=width)
    assert text.strip() and max(cell_len(line.rstrip()) for line in text.splitlines()) <= width
    assert "…" not in text


def test_a_whole_plan_is_shown_within_80_columns_and_says_where_the_rest_is(context):
    text = printed(terminal.show, context, "'plans/a b'")
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= 80
    assert "40 more: planner show 'plans/a b' --where --all" in text
    order = [text.index(words) for words in ("Place 60 systems", "Options (", "Where it runs",
             "What to sign next", "Vendors (", "Cost (", "what binds")]  # fmt: skip
    assert order == sorted(order)
    assert "more: planner show" not in printed(terminal.show, context, "plan", everything=True)


@pytest.mark.parametrize("show", [show_options, show_vendors, show_costs, show_signing])
def test_at_50_columns_money_is_whole_and_what_is_left_out_is_named(context, show):
    text = printed(show, context, width=50)
    assert "left out at 50 columns: " in text and ".csv)" in text
    wide = printed(show, context, width=200)
    assert "left out" not in wide


def test_options_tell_the_figures_of_the_table(context):
    text = printed(show_options, context)
    for cost in context.plan.options["cost"].dropna():
        assert f"{cost:,.0f}" in text
    assert "71 %" in text and "a cap of 30 %" in " ".join(text.split())
    (bound,) = [line for line in text.splitlines() if "≥" in line and "≥:" not in line]
    assert f"{context.plan.options['cost'].iloc[1]:,.0f}" in bound
    assert "given" in printed(show_options, changed(context, options=context.plan.options.iloc[:0]))


def test_what_obliges_comes_first_and_everything_sums(context):
    signing = context.plan.signing
    text = printed(show_signing, context)
    assert text.index(" sign ") < text.index("as used")
    assert f"owed whatever is used {signing['obligation'].sum():,.0f}" in text
    assert f"expected {signing['expected'].sum():,.0f}" in text
    many = changed(context, signing=pd.concat([signing] * 10, ignore_index=True))
    assert f"{10 * len(signing) - 50} more rows are in signing.csv" in printed(show_signing, many)
    assert "nothing is signed" in printed(show_signing, changed(context, signing=signing.iloc[:0]))


def test_what_to_sign_next_is_told_by_date_with_the_vendor_by_name(context):
    signing = context.plan.signing
    (sign,) = signing[signing["status"] == "sign"].to_dict("records")
    lines = list(terminal_tables.sign_next(context))
    assert lines[0] == "by 2027-01-01: Amazon Web Services, m6g commit 1y, owes MYR 36,000"
    used = signing.loc[signing["status"] == "as used", "expected"].sum()
    assert lines[1:] == [f"beside these MYR {used:,.0f} with tax is bought as it is used"]
    later = [sign | {"start": f"202{8 - n}-01-01"} for n in range(7)]
    lines = list(terminal_tables.sign_next(changed(context, signing=pd.DataFrame(later))))
    assert [line[3:7] for line in lines[:5]] == ["2022", "2023", "2024", "2025", "2026"]
    assert lines[5] == "2 more later (signing.csv)"
    none = changed(context, signing=signing[signing["status"] == "as used"])
    assert "nothing obliges beyond use" in next(terminal_tables.sign_next(none))


def test_the_first_twenty_systems_and_all_when_asked(context):
    some, everything = printed(show_where, context), printed(show_where, context, everything=True)
    names = sorted(set(context.plan.placements["workload"]))
    assert [name in some for name in names] == [True] * terminal_tables.FIRST + [False] * 40
    assert all(name in everything for name in names)
    to = Console(file=io.StringIO())
    assert (show_where(context, to), show_where(context, to, True)) == (40, 0)


def test_what_does_not_fit_is_counted_apart_by_what_it_does(context):
    rows = [
        ("web", r, p, role, 1.0)
        for p in context.periods
        for r, role in (("aws:ap-southeast-5", "primary"), ("long:one", "standby"), ("evil:one", "standby"))
    ]
    moved = [
        ("api", r, p, "primary", 1.0)
        for r, p in zip(
            ("long:one", "tm:klang-valley", *["aws:ap-southeast-5"] * 10), context.periods, strict=True
        )
    ]
    placements = pd.DataFrame(rows + moved, columns=list(context.plan.placements))
    text = printed(show_where, changed(context, placements=placements))
    assert "web  Amazon Web Services: Asia Pacific (Malaysia); ready at 2" in text
    assert "api  mostly Amazon Web Services: Asia Pacific (Malaysia), 2 more" in text


def test_vendors_and_regions_stand_by_name(context):
    text = printed(show_where, context, width=200)
    assert "Amazon Web Services: Asia Pacific (Malaysia)" in text and "aws:" not in text
    vendors = printed(show_vendors, context, width=200)
    assert "Telekom Malaysia" in vendors and "\ntm " not in vendors


@pytest.mark.parametrize("name", ["[red]x[/red]", sample_plan.HOSTILE, "x" * 4000, "", "\u202ex"])
def test_hostile_names_are_text(context, name):
    placed = context.plan.placements.assign(workload=name)
    text = printed(show_where, changed(context, placements=placed))
    assert name in text.replace("\n", "")
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= 80


def test_a_sentence_goes_on_two_further_in_and_never_ends_a_line_before_its_per_cent():
    text = printed(lambda words, to: say(to, words), "  aaaa bbbb 35 % cc", width=14)
    assert text.splitlines() == ["  aaaa bbbb", "    35 % cc"]


def test_the_column_that_is_spared_first_is_the_one_with_the_highest_number():
    columns = (
        Column("name", figures=False),
        Column("kept"),
        Column("third", spare=1),
        Column("gone", spare=2),
    )
    rows = [["a name of words", "1,234", "5,678", "9,012"]]

    def at(width):
        return printed(lambda _, to: fit(to, "T", columns, rows, "x.csv"), None, width=width)

    assert "9,012" in at(40) and "left out" not in at(40)
    assert (
        "9,012" not in at(24)
        and "5,678" in at(24)
        and "left out at 24 columns: gone" in " ".join(at(24).split())
    )
    assert "5,678" not in at(14) and "1,234" in at(14)
    assert "kept: 1,234" in " ".join(at(9).split())


def test_a_column_of_vendors_has_one_basis(context):
    """A second cap counts vCPU: it has a line of its own, says so, and no sum beside it; nor has a floor."""
    shares = context.plan.shares
    spend = shares[shares["kind"] == "vendor_share"]
    vcpu = spend.assign(rule="by-vcpu", basis="resource", scope="contestable vcpu", amount=3.0, total=4.0)
    both = changed(context, shares=pd.concat([shares, vcpu], ignore_index=True))
    once, twice = (printed(show_vendors, c, width=200) for c in (context, both))
    groups = len(set(spend["subject"]) & set(context.plan.costs["vendor_group"]))
    assert len(twice.splitlines()) == len(once.splitlines()) + groups
    assert twice.count("75 % vcpu") == groups and "vcpu" not in once
    for line in twice.splitlines():
        if "vcpu" in line or line.startswith("("):
            assert not re.search(r"\d,\d{3}", line)


def test_report_and_terminal_end_in_the_same_month(context):
    quarters = context.plan.periods.assign(end=[*context.plan.periods["end"].iloc[:-1], "2031-01-01"])
    later = changed(context, periods=quarters)
    assert "to 2030-12" in printed(terminal.show, later, "plan")
    assert "to 2030-12" in headline.summary(later)
