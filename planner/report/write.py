"""Write figures and ``report.html`` of a plan: one plain page that needs no network and no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.plan.plan import Plan, weighed
from planner.report import headline, money_tables, placement_tables, rule_tables
from planner.report.background import Background
from planner.report.figures.context import Context, context_of
from planner.report.figures.draw import draw_all, none_drawn, write_figures
from planner.report.figures.sheet import Chart, Skipped
from planner.report.grid import Grid

REPORT = "report.html"


@dataclass(frozen=True)
class Section:
    """A heading with text, figures and tables below it, in this order. ``id`` is its anchor."""

    id: str
    title: str
    text: str = ""
    figures: Sequence[Chart | Skipped] = ()
    tables: Sequence[Grid] = ()


def write_report(plan: Plan, background: Background, folder: Path, figures: bool = True) -> None:
    """Write ``figures/*.svg``, ``figures/*.png`` and ``report.html`` into an existing folder.

    Without ``figures`` the page says of each that it was not drawn. The same plan and background give the
    same bytes: nothing is read from a clock or the machine.
    """
    charts = draw_all(plan, background) if figures else none_drawn("the plan was made with --no-figures")
    if figures:
        write_figures(charts, folder / "figures")
    (folder / REPORT).write_text(html(plan, background, charts), encoding="utf-8")


def html(plan: Plan, background: Background, charts: Sequence[Chart | Skipped]) -> str:
    """The report as one page; figures are read from ``figures/`` beside it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("planner.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    context = context_of(plan, background)
    return environment.get_template("report.html.j2").render(
        title=str(plan.head.get("title") or plan.head.get("case", "Plan")),
        marking=context.marking,
        synthetic=bool(plan.head.get("synthetic")),
        summary=headline.summary(context),
        facts=headline.facts(context),
        first=headline.first(context),
        notes=headline.notes(context),
        dates=headline.dates(context),
        addresses=rule_tables.addresses(context),
        not_adopted=[str(label) for label in plan.head.get("not_adopted", ())],
        outlived=[str(line) for line in plan.head.get("outlived", ())],
        sections=sections(context, {chart.name: chart for chart in charts}),
    )


def sections(context: Context, charts: dict[str, Chart | Skipped]) -> list[Section]:
    """Everything below the headline, in the order in which a reader asks."""
    money, rules, places = money_tables, rule_tables, placement_tables
    return [
        Section("binding", "What binds", "", (), [rules.binding(context)]),
        Section(
            "shares",
            "Vendors and their shares",
            "Caps and floors count contestable load: workloads that at least two vendor groups of the market "
            "could host. Shares of all spend on the market stand beside them.",
            [charts["vendor_share"]],
            rules.shares(context),
        ),
        Section(
            "costs",
            "Costs",
            "Three sums of the same cost lines: amortised cost before tax, which shares are counted in; cash "
            "with tax, which budgets are counted in; and cash discounted to the first period, which the plan "
            "makes least.",
            [charts["cost_by_period"]],
            [
                money.by_year(context),
                money.by_group(context),
                money.by_term(context),
                *([money.weighed_by_year(context)] if len(weighed(context.plan.costs)) else []),
                money.by_payer(context),
            ],
        ),
        Section(
            "assumed",
            "Prices and what is assumed",
            "An assumed price is one that nobody publishes; the catalogs say how each was set.",
            (),
            [money.prices(context), money.exchange(context), money.unpriced(context)],
        ),
        Section("placements", "Where workloads run", "", [charts["map"]], [places.placements(context)]),
        *_survival(context),
        Section(
            "latency",
            "Latency",
            "Round trips come from the network model of the case; its links state how they were got.",
            [charts["latency_by_state"]],
            [places.states(context), places.latency(context)],
        ),
        Section(
            "rules",
            "Rules, their sources and parameters",
            "",
            (),
            [rules.sources(context), rules.parameters(context), rules.evidence(context)],
        ),
        Section(
            "excuses", "Why not elsewhere", "", (), [rules.closed(context), rules.closed_by_workload(context)]
        ),
        Section(
            "run",
            "Run record, and how to check it",
            "",
            (),
            [
                headline.run_record(context),
                headline.files(any(isinstance(c, Chart) for c in charts.values())),
            ],
        ),
    ]


def _survival(context: Context) -> list[Section]:
    """Nothing where the case asks for no survival."""
    if context.plan.survival.empty:
        return []
    text = "Work that must survive the loss of one vendor group, or one region, and where it would run then."
    return [Section("survival", "If one of them were gone", text, (), [placement_tables.survival(context)])]
