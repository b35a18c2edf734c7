"""Write figures and ``report.html`` of a plan: one page that needs no network and no other file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from planner.plan.plan import Plan, weighed
from planner.report import first_page, headline, money_tables, placement_tables, rule_tables
from planner.report.background import Background
from planner.report.figures.context import Context, context_of
from planner.report.figures.draw import draw_all, none_drawn, write_figures
from planner.report.figures.sheet import Chart, Skipped
from planner.report.grid import Grid, folded
from planner.report.texts import ENGLISH, speaking, spoken, tr, tr_noop

REPORT = "report.html"
SCRIPT = (
    tr_noop("Find in this table"), tr_noop("{shown} of {count}"), tr_noop("thousand"), tr_noop("million"),
    tr_noop("billion"),
)  # fmt: skip
"""Words that the script of the page shows or reads."""


@dataclass(frozen=True)
class Section:
    """A heading with text, figures and tables below it, in this order. ``id`` is its anchor."""

    id: str
    title: str
    text: str = ""
    figures: Sequence[Chart | Skipped] = ()
    tables: Sequence[Grid] = ()


def write_report(
    plan: Plan, background: Background, folder: Path, figures: bool = True, lang: str = ENGLISH
) -> None:
    """Write ``figures/*.svg``, ``figures/*.png`` and ``report.html`` into an existing folder.

    Without ``figures`` the page says of each that it was not drawn. The same plan and background give the
    same bytes: nothing is read from a clock or the machine.
    """
    with speaking(lang):
        reason = tr("the plan was made with --no-figures")
        charts = draw_all(plan, background) if figures else none_drawn(reason)
        if figures:
            write_figures(charts, folder / "figures")
        (folder / REPORT).write_text(html(plan, background, charts), encoding="utf-8")


def html(plan: Plan, background: Background, charts: Sequence[Chart | Skipped]) -> str:
    """The report as one page that holds its figures; its one script sorts and searches long tables."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("planner.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    context = context_of(plan, background)
    script = files("planner.report").joinpath("templates/report.js").read_text(encoding="utf-8")
    for words in SCRIPT:
        script = script.replace(words, tr(words))
    return environment.get_template("report.html.j2").render(
        title=str(plan.head.get("title") or plan.head.get("case", "Plan")),
        marking=context.marking,
        decision=first_page.decision(context),
        options=first_page.options(context),
        leaving=first_page.leaving(context),
        approve=first_page.approve(context),
        assumed=first_page.assumed(context),
        glossary=[(tr(word), tr(meaning)) for word, meaning in GLOSSARY],
        lang=spoken(),
        tr=tr,
        pictures={chart.name: _picture(chart.svg) for chart in charts if isinstance(chart, Chart)},
        script=Markup(script),  # noqa: S704 our own file
        script_hash=f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}",
        summary=headline.summary(context),
        facts=headline.facts(context),
        first=headline.first(context),
        held="fixed" in plan.head,
        notes=headline.notes(context),
        dates=headline.dates(context),
        addresses=rule_tables.addresses(context),
        outlived=[str(line) for line in plan.head.get("outlived", ())],
        sections=sections(context, {chart.name: chart for chart in charts}),
    )


def sections(context: Context, charts: dict[str, Chart | Skipped]) -> list[Section]:
    """Everything below the headline, in the order in which a reader asks."""
    money, rules, places = money_tables, rule_tables, placement_tables
    return [
        Section(
            "placements",
            tr("Where it runs"),
            "",
            [charts["map"]],
            [folded(places.by_region(context)), places.placements(context)],
        ),
        Section(
            "signing", tr("What to sign, and when"), "", [charts["signing"]], first_page.signing(context)
        ),
        Section(
            "costs",
            tr("Cost by year, vendor, agency and what is paid for"),
            tr(
                "Amortised cost before tax is what shares are counted in; cash with tax what budgets are "
                "counted in; discounted cash what the plan makes least."
            ),
            [charts["cost_by_period"]],
            [
                money.by_year(context),
                money.by_group(context),
                money.by_payer(context),
                money.by_term(context),
                *([money.weighed_by_year(context)] if len(weighed(context.plan.costs)) else []),
            ],
        ),
        Section(
            "shares",
            tr("Vendors and their shares"),
            tr(
                "Caps and floors count contestable load: workloads that at least two vendor groups of the "
                "market could host. Shares of all spend on the market stand beside them."
            ),
            [charts["vendor_share"]],
            rules.shares(context),
        ),
        Section("binding", tr("The price of each rule"), "", (), [rules.binding(context)]),
        Section(
            "latency",
            tr("Latency"),
            tr("Round trips come from the network model of the case; its links state how they were got."),
            [charts["latency_by_state"]],
            [folded(places.states(context)), folded(places.latency(context))],
        ),
        *_survival(context),
        Section(
            "rules",
            tr("Rules, their sources and parameters"),
            "",
            (),
            [
                folded(rules.sources(context)),
                folded(rules.parameters(context)),
                folded(rules.evidence(context)),
            ],
        ),
        Section(
            "assumed",
            tr("Prices and what is assumed"),
            tr("An assumed price is one that nobody publishes; the catalogs say how each was set."),
            (),
            [
                money.prices(context),
                money.exchange(context),
                folded(money.confirmed(context)),
                folded(money.unpriced(context)),
            ],
        ),
        Section(
            "excuses",
            tr("Why not elsewhere"),
            tr("For each system, what closed the other regions."),
            (),
            [folded(rules.closed(context)), folded(rules.closed_by_workload(context))],
        ),
        Section("glossary", tr("Words")),
        Section(
            "run",
            tr("Run record, and how to check it"),
            "",
            (),
            [
                folded(headline.run_record(context)),
                folded(headline.files(any(isinstance(c, Chart) for c in charts.values()))),
            ],
        ),
    ]


GLOSSARY = (
    (tr_noop("Amortised"), tr_noop("What is paid for a time is spread over that time, whenever it is paid.")),
    (
        tr_noop("Contestable"),
        tr_noop("Work that at least two vendor groups of the market could host under the rules."),
    ),
    (tr_noop("Vendor group"), tr_noop("Vendors with one corporate parent; shares are counted by group.")),
    (
        tr_noop("Outside the market"),
        tr_noop("The government's own data centres and premises; they are in no share."),
    ),
    (
        tr_noop("Critical work kept"),
        tr_noop("The part of critical work, in vCPU, that runs on if a vendor group is gone."),
    ),
    (tr_noop("Assumed price"), tr_noop("A price that nobody publishes; the catalog says how it was set.")),
    (tr_noop("Obligation"), tr_noop("What is owed once it is signed, whatever is used.")),
    (
        tr_noop("Discounted"),
        tr_noop("Money later weighs less, at the case's rate: what the plan makes least."),
    ),
)
"""Words that a reader outside the trade may not know."""


def _picture(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg).decode()}"


def _survival(context: Context) -> list[Section]:
    """Nothing where the case asks for no survival."""
    if context.plan.survival.empty:
        return []
    text = tr(
        "Work that must survive the loss of one vendor group, or one region, and where it would run then."
    )
    return [
        Section("survival", tr("If one of them were gone"), text, (), [placement_tables.survival(context)])
    ]
