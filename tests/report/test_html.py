"""The page: well formed, escaped, without script or outside resource, the same bytes twice."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
import sample_plan

from planner.report import words
from planner.report.figures.draw import draw_all
from planner.report.headline import FILES
from planner.report.write import html, write_report

VOID = {"meta", "br", "img", "link", "hr"}


class Page(HTMLParser):
    """Tags, attributes and text of a page; fails on a tag that is closed wrongly."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(plan=None, background=None) -> Page:
    plan, background = plan or sample_plan.plan(), background or sample_plan.background()
    return Page(html(plan, background, draw_all(plan, background)))


@pytest.fixture(scope="module")
def written(folder: Path) -> Page:
    return Page((folder / "report.html").read_text(encoding="utf-8"))


def test_hostile_names_are_text_and_nothing_else(folder: Path, written: Page) -> None:
    assert len(written.all("script")) == 1
    assert (folder / "report.html").read_text(encoding="utf-8").count("<script") == 1
    assert "<script>alert(1)</script>" in written.text
    assert not [k for _, attributes in written.tags for k in attributes if k.startswith("on")]


def test_only_web_addresses_become_links(written: Page) -> None:
    for link in written.all("a"):
        assert link["href"].startswith(("https://", "#")), link


def test_nothing_is_fetched_from_elsewhere(folder: Path, written: Page) -> None:
    assert not written.all("link")
    pictures = {chart.name: chart.svg for chart in draw_all(sample_plan.plan(), sample_plan.background())}
    shown = [
        b64decode(image["src"].removeprefix("data:image/svg+xml;base64,")) for image in written.all("img")
    ]
    assert sorted(shown) == sorted(pictures.values())
    assert all(len(image["alt"]) > 40 for image in written.all("img"))
    policy = [m["content"] for m in written.all("meta") if m.get("http-equiv")]
    assert policy and policy[0].startswith("default-src 'none'")
    script = (folder / "report.html").read_text(encoding="utf-8").split("<script>")[1].split("</script>")[0]
    assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy[0]
    assert "url(" not in (folder / "report.html").read_text(encoding="utf-8")


def test_headings_are_in_order_and_tables_say_what_they_are(written: Page) -> None:
    levels = [int(tag[1]) for tag, _ in written.tags if tag in ("h1", "h2", "h3")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    tables = [t for t in written.all("table") if str(t.get("class")).startswith("data")]
    assert len(tables) == len(written.all("caption")) > 12
    assert all(head.get("scope") in ("col", "row") for head in written.all("th"))
    assert written.all("html")[0]["lang"] == "en"
    ids = [a["id"] for _, a in written.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in written.all("a") if link["href"].startswith("#")} <= set(ids)


def test_marking_heads_every_page(written: Page) -> None:
    heads = [tag for tag, _ in written.tags]
    assert heads.index("thead") < heads.index("h1")
    assert written.text.count("SYNTHETIC") >= 2


def test_without_marking_there_is_no_bar() -> None:
    bare = page(sample_plan.plan(marking=""))
    assert not [a for _, a in bare.tags if a.get("class") == "marking"]


def test_same_plan_same_bytes_and_no_clock(tmp_path: Path) -> None:
    plan, background = sample_plan.plan(), sample_plan.background()
    slower = replace(plan, run={**plan.run, "seconds": {"solver": 98.7654}})
    assert html(plan, background, draw_all(plan, background)) == html(
        slower, background, draw_all(slower, background)
    )


def test_parameters_are_never_shown_as_law(written: Page) -> None:
    text = written.text
    law = text.index("Rules and their sources")
    parameters = text.index("Parameters and their benchmarks")
    assert law < text.index("MY-CLS-04", law) < parameters
    assert "Cap per vendor group" not in text[law:parameters]
    assert "cap: 35 %" in text[parameters:]
    assert "No law that was found requires it" in text[parameters:]


def test_weak_sources_say_so(written: Page) -> None:
    assert "C: adopted, to be verified" in written.text
    assert "MY-NCCP-03 (D, not adopted)" in written.text


def test_money_of_the_headline_is_that_of_the_cost_lines() -> None:
    plan = sample_plan.plan()
    text = page(plan).text
    for column in ("amortised", "cash", "objective"):
        assert f"MYR {plan.costs[column].sum() / 1e6:,.1f} million" in text


def test_with_whole_numbers_the_status_claims_no_more_than_its_gap() -> None:
    plan = sample_plan.plan()
    assert "not proved: there are no duals that prove it" in page(plan).text
    plan = replace(plan, run={**plan.run, "dual_objective": 1.0})
    assert "optimal: proved cheapest under" in page(plan).text
    whole = page(replace(plan, run={**plan.run, "integers": 7, "gap": 0.0008, "bound": 1.0})).text
    assert "optimal: proved within 0.080% of the cheapest under" in whole
    assert "proved cheapest" not in whole


def test_years_sum_to_the_total() -> None:
    from planner.report.figures.context import context_of
    from planner.report.money_tables import by_year

    table = by_year(context_of(sample_plan.plan(), sample_plan.background()))
    assert [row[0].text for row in table.rows] == ["2027", "2028", "2029", "All years"]


def test_unpriced_regions_are_listed(written: Page) -> None:
    at = written.text.index("Regions known but not priced")
    assert "azure:southeastasia3" in written.text[at : at + 300]
    assert "gcp:asia-southeast4" in written.text[at : at + 300]


def test_every_file_of_a_plan_is_explained(written: Page) -> None:
    for name, what in FILES:
        assert name in written.text and what in written.text


def test_placements_are_ranges_and_changes_are_marked(written: Page) -> None:
    at = written.text.index("Where each workload runs")
    rows = written.text[at : at + 3000]
    assert "changes" in rows and "0 to 60 %" not in rows and "Asia Pacific (Malaysia)" in rows
    assert re.search(r"60 % in 2027-01 to 20..-..", rows)


def test_a_plan_without_network_users_shares_and_duals_still_reports(tmp_path: Path) -> None:
    plan, background = sample_plan.plan(), sample_plan.background()
    bare = replace(
        plan,
        shares=plan.shares.iloc[:0],
        binding=plan.binding.iloc[:0],
        latency=plan.latency.iloc[:0],
        excuses=plan.excuses.iloc[:0],
        run={**plan.run, "duals": "none, because strong duality did not hold"},
    )
    alone = replace(background, nodes=None, rtt=None, users=background.users.iloc[:0], rules=())
    write_report(bare, alone, tmp_path)
    text = Page((tmp_path / "report.html").read_text(encoding="utf-8")).text
    assert "Not drawn: the case names no network" in text
    assert "Not drawn: no part of the load is contestable" in text
    assert "none, because strong duality did not hold" in text
    assert "No workload has a latency target" in text
    assert "Nothing closed any region" in text
    assert not (tmp_path / "figures" / "latency_by_state.svg").exists()


def test_long_tables_say_what_they_leave_out() -> None:
    from planner.report.figures.context import context_of
    from planner.report.placement_tables import placements
    from planner.report.rule_tables import MOST

    table = placements(context_of(sample_plan.plan(workloads=450, periods=1), sample_plan.background(450)))
    assert len(table.rows) == MOST
    assert "rows; all are in placements.csv" in table.note


def test_what_is_weighed_and_paid_by_nobody_stands_apart_from_what_is_paid():
    plan = sample_plan.plan()
    line = plan.costs.iloc[[0]].assign(term="latency", objective=1234.0)
    zero = dict.fromkeys(["list", "discount", "margin", "tax", "amortised", "cash", "tail", "assumed"], 0.0)
    more = pd.concat([plan.costs, line.assign(**zero)], ignore_index=True)
    bare, seen = page(plan), page(replace(plan, costs=more))
    assert "What is weighed and nobody pays" not in bare.text
    assert "What is weighed and nobody pays" in seen.text
    assert seen.text.count("Worth of latency") == 1
    assert "1,234" in seen.text and "Of it weighed" in seen.text


def test_where_work_would_run_is_told_for_the_period_in_which_most_is_lost():
    plan = sample_plan.plan()
    rows = [
        ("tm", "pay", "2027-01", "aws:ap-southeast-5", 0.25, 0.15),
        ("tm", "pay", "2027-04", "aws:ap-southeast-5", 0.25, 0.25),
        ("tm", "pay", "2027-04", "azure:malaysiawest", 0.0, 0.5),
    ]
    columns = ["event", "workload", "period", "region", "standby", "extra"]
    seen = page(replace(plan, survival=pd.DataFrame(rows, columns=columns)))
    assert "If one of them were gone" in seen.text and "If one of them were gone" not in page(plan).text
    told = "tm pay 100 % 2027-04 25 % aws:ap-southeast-5 50 %; azure:malaysiawest 50 %"
    assert told in seen.text


def test_notes_say_how_the_plan_came_about():
    plan = sample_plan.plan()
    again = {"freeze": 2, "changed_workloads": ["pay"], "free_objective": plan.head["objective"] - 1000}
    more = {
        "replan": again,
        "traces": {"levels": 1316, "slices": 4},
        "carbon": {"tonnes": 12.5, "unknown": ["evil:one"]},
    }
    text = page(replace(plan, head={**plan.head, **more})).text
    assert "planned again: 2 periods frozen, 1 workloads elsewhere later" in text
    assert "1,316 joint levels in 4 slices" in text
    assert (
        "machines emit 12.500 t CO2e" in text and "carbon unknown, not counted and not zero: evil:one" in text
    )


def test_a_note_with_more_below_it_is_one_sentence():
    plan = sample_plan.plan()
    run = {**plan.run, "integers": 7, "bound": 2e6, "gap": 0.004, "gap_allowed": 0.01, "ended": "gap"}
    text = page(replace(plan, run={**run, "effort": 1.0})).text
    assert "within 0.40% of that; the search ended within the gap asked for (--gap 0.01)" in text
    assert "No plan costs less than" in text


def test_a_plan_whose_search_spent_its_effort_says_how_near_it_is():
    plan = sample_plan.plan()
    run = {**plan.run, "integers": 7, "bound": 2e6, "gap": 0.034, "gap_allowed": 0.01, "ended": "effort"}
    text = page(replace(plan, head={**plan.head, "status": "stopped"}, run={**run, "effort": 1.0})).text
    assert "obeys every rule; proved within 3.40% of the cheapest when the effort was spent" in text
    assert "proved cheapest" not in text


def test_page_one_says_what_the_tables_say():
    plan = sample_plan.plan()
    seen, money = page(plan), words.amount
    cost = float(plan.costs["amortised"].sum())
    told = seen.text.replace("\u00a0", " ")
    assert f"Place 60 systems with four vendors for {money(cost, 'MYR')} over" in told
    assert f"{money(0.2 * cost, 'MYR')} less than doing nothing" in told
    assert "Amazon Web Services, has 35 % of what is paid on the market" in told
    assert "64 % → 71 %" in told
    assert f"at least {money(0.9 * cost, 'MYR')}" in told
    assert "A cap of 30 % " in told and "not known" in told
    assert "1 commitments" not in told


def test_what_obliges_is_told_before_what_is_bought_as_it_is_used():
    plan = sample_plan.plan()
    signed = plan.signing[plan.signing["status"] == "sign"]
    drawn = {c.name: c for c in draw_all(plan, sample_plan.background())}["signing"]
    assert drawn.title == "Signing obliges to MYR 36,000, from 2027-01-01 to 2028-01-01"
    assert len(signed) == 1 and "one commitment that obliges to MYR 36,000" in page(plan).text
    nothing = replace(plan, signing=plan.signing[plan.signing["status"] == "as used"])
    drawn = {c.name: c for c in draw_all(nothing, sample_plan.background())}["signing"]
    assert drawn.title.startswith("Nothing new is signed: MYR 288,000")
    assert "nothing is committed beyond use" in page(nothing).text


def test_a_plan_with_placements_given_has_no_options():
    plan = sample_plan.plan()
    bare = page(replace(plan, options=plan.options.iloc[:0], signing=plan.signing.iloc[:0]))
    assert "nothing is decided here" in bare.text and "nothing is signed or bought" in bare.text


def test_each_system_unfolds_to_all_its_places_and_agencies_stand_beside_it() -> None:
    """A system at two places is told in short, and opens to both with their periods; no script is needed."""
    written = page()
    closed = [tag for tag in written.all("details") if tag.get("class") == "more"]
    divided = sample_plan.plan().placements.groupby("workload")["region"].nunique()
    assert len(closed) == int((divided > 1).sum()) > 0
    assert "mostly " in written.text and "Each region by money and users" in written.text


def test_a_long_schedule_of_what_to_sign_goes_on_folded() -> None:
    plan = sample_plan.plan()
    many = pd.concat([plan.signing.assign(family=f"family {n}") for n in range(5)], ignore_index=True)
    long = page(replace(plan, signing=many)).text
    assert f"What else to sign and buy ({len(many) - 30} rows)" in long
    assert all(f"family {n}" in long for n in range(5))
    assert "What else to sign" not in page().text
