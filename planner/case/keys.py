"""The keys of ``case.toml``: the one description that messages and the reference share.

The reader itself is :mod:`planner.case.settings`; a test holds the two to each other: every key that is read
stands here, every example is read, and what is called required is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """One key: its type, meaning and an example as it is written; ``default`` is blank if it is required."""

    name: str
    type: str
    meaning: str
    example: str
    default: str = ""


@dataclass(frozen=True)
class Section:
    """One section: ``[name]``, or ``[[name]]`` where it may be written ``many`` times.

    ``named`` says what stands for a key that the user names (a slice, a table, a rule); blank if none does.
    """

    name: str
    meaning: str
    keys: tuple[Key, ...]
    many: bool = False
    required: bool = False
    named: str = ""

    @property
    def header(self) -> str:
        """How it begins in the file; empty for the keys at the top."""
        return (f"[[{self.name}]]" if self.many else f"[{self.name}]") if self.name else ""


def _source(day: str = "2026-11-23") -> tuple[Key, ...]:
    return (
        Key("basis", "text", "How the figure was got: published, measured, derived, quota, contract or "
            "assumed.", 'basis = "assumed"'),
        Key("source", "text", "Where it comes from, or by which rule it was assumed.",
            'source = "working group on platforms, minute 4/2026"'),
        Key("as_of", "date", "Day for which it was stated.", f"as_of = {day}"),
    )  # fmt: skip


def _worth(key: str, meaning: str, example: str) -> tuple[Key, ...]:
    currency = Key("currency", "text", "ISO 4217.", 'currency = "MYR"')
    return (Key(key, "number, 0 to 1e9", meaning, example), currency, *_source())


SECTIONS: tuple[Section, ...] = (
    Section("", "What is asked, as of which days, of which catalogs and rules. These keys stand before the "
        "first section.", (
        Key("schema", "whole number", "Version of this format; 1.", "schema = 1"),
        Key("id", "text", "Short name: letters, digits, `.`, `-`, `_`. The plan is written to `plans/ID`.",
            'id = "quick-start"'),
        Key("title", "text", "One line that people read.", 'title = "A first plan"'),
        Key("synthetic", "true or false", "Are systems or figures invented?", "synthetic = true"),
        Key("marking", "text", "Printed on every page, sheet and figure; may be blank.",
            'marking = "SYNTHETIC"'),
        Key("home_country", "text", "ISO 3166, two letters: which vendors count as domestic.",
            'home_country = "MY"'),
        Key("currency", "text", "ISO 4217: the money of the plan.", 'currency = "MYR"'),
        Key("decision_date", "date", "Day on which the plan is decided.", "decision_date = 2026-11-23"),
        Key("prices_as_of", "date", "Prices valid on this day are used.", "prices_as_of = 2026-11-23"),
        Key("rules_as_of", "date", "Rules whose source is later are known to nobody yet, and only reported.",
            "rules_as_of = 2026-11-23"),
        Key("catalogs", "list of names", "Packages of what can be bought; `./NAME` is a folder of the case.",
            'catalogs = ["network", "./catalog"]'),
        Key("packs", "list of names", "Packs of rules; `./NAME.toml` is a file of the case.",
            'packs = ["./rules.toml"]'),
        Key("classes", "list of names", "Classes of workloads where no pack states a scheme, the most secret "
            "first.", 'classes = ["secret", "open"]', "those of the packs"),
        Key("outside", "list of names", "Places of today (`current.csv`) that no catalog describes.",
            'outside = ["our own room"]', "none"),
        Key("unadopted", "text", "A rule that nobody adopted would close places to work above the lowest "
            "class: `refuse` to plan until somebody does, or `report` it and plan without.",
            'unadopted = "report"', "refuse"),
    ), required=True),
    Section("periods", "The horizon: periods of equal length.", (
        Key("start", "text, YYYY-MM", "First month.", 'start = "2027-01"'),
        Key("months", "whole number: 1, 3, 6 or 12", "Length of a period.", "months = 3"),
        Key("count", "whole number, 1 to 240", "How many.", "count = 8"),
    ), required=True),
    Section("money", "How money of different years compares.", (
        Key("discount_rate", "number, 0 to 1", "A year.", "discount_rate = 0.04"),
        Key("year_begins", "whole number, 1 to 12", "Month in which financial years begin; a period must "
            "begin in it.", "year_begins = 7", "1"),
    ), required=True),
    Section("fx", "An exchange rate that the case plans with; one for each foreign currency and year.", (
        Key("currency", "text", "The foreign one.", 'currency = "USD"'),
        Key("year", "whole number", "Calendar year.", "year = 2027"),
        Key("rate", "number", "Money of the case for one unit.", "rate = 4.055"),
        Key("buffer", "number, 0 to 1", "Added for safety: the rate used is rate × (1 + buffer).",
            "buffer = 0.03"),
        *_source("2026-01-15"),
    ), many=True),
    Section("opening", "The assumption that an announced region serves from a period on.", (
        Key("region", "text", "Key of the region, `vendor:region`.", 'region = "alpha:north"'),
        Key("from", "text, YYYY-MM", "First period in which it serves.", 'from = "2028-07"'),
        *_source(),
    ), many=True),
    Section("tables", "Which file holds which table: CSV, `FILE.xlsx#SHEET` or Parquet. All names: "
        "[Tables](tables.md#tables-of-a-case).", (
        Key("workloads", "text", "A file of the case folder.", 'workloads = "workloads.csv"'),
    ), required=True, named="any table"),
    Section("files", "How files are to be read where they can be read in two ways.", (
        Key("decimal", "text: `.` or `,`", "What parts the decimals of numbers such as 4,000.",
            'decimal = ","', "seen from the numbers; a question where they leave it open"),
    )),
    Section("source", "A table that a query of a database gives (extra `sql`).", (
        Key("table", "text", "Name of the table.", 'table = "current"'),
        Key("url", "text", "Address as SQLAlchemy writes it, without a password; of a SQLite file of the "
            "case `sqlite:///NAME`.", 'url = "sqlite:///estate.db"', "none: then `url_env`"),
        Key("url_env", "text", "Variable of the environment that holds the address.",
            'url_env = "ESTATE_DATABASE"', "none: then `url`"),
        Key("query", "text", "SELECT that gives the columns of the table.",
            'query = "SELECT workload, region, role, share FROM placed"'),
    ), many=True),
    Section("rules.ID", "What the case makes of one rule of its packs. A parameter (`is_parameter`) may be "
        "set: all [kinds and parameters](tables.md#kinds-of-rules). A rule of confidence C or D binds only "
        "when adopted.", (
        Key("cap", "as its kind says", "A parameter of the rule, by its name.", "cap = 0.4"),
        Key("adopted_by", "text", "Who adopted it.", 'adopted_by = "who decided"', "not adopted"),
        Key("adopted_on", "date", "When.", "adopted_on = 2026-11-16", "not adopted"),
        Key("reference", "text", "Where that stands.", 'reference = "minute 12/2026"', "not adopted"),
    ), named="any parameter"),
    Section("adopt", "All rules of a pack that need it, adopted at once; a rule's own section comes first.", (
        Key("pack", "text", "As under `packs`.", 'pack = "./rules.toml"'),
        Key("adopted_by", "text", "Who adopted it.", 'adopted_by = "who decided"'),
        Key("adopted_on", "date", "When.", "adopted_on = 2026-11-23"),
        Key("reference", "text", "Where that stands.", 'reference = "minute 12/2026"'),
    ), many=True),
    Section("container", "Workloads on platform `container` share fleets.", (
        Key("headroom", "number, 0 to 2", "Room a fleet keeps beyond what its containers need.",
            "headroom = 0.15"),
        *_source(),
    )),
    Section("slices", "Parts of each period with their share of its hours; the shares sum to 1. `loads.csv` "
        "says what runs in each.", (
        Key("office", "number, 0 to 1", "A slice, by its name.", "office = 1.0"),
    ), named="any slice"),
    Section("traces", "Hourly loads, instead of slices and `loads.csv`.", (
        Key("file", "text", "CSV or Parquet of the case folder: a column a workload, 8,760 rows.",
            'file = "traces.csv"'),
        Key("max_slices", "whole number, 1 to 8760", "Most slices made of them.", "max_slices = 24", "24"),
    )),
    Section("terms", "On which terms the plan may buy.", (
        Key("offer", "list", "Of `on_demand`, `commit_1y`, `commit_3y`, `spot`; `on_demand` always.",
            'offer = ["on_demand", "commit_1y"]'),
        Key("tail_credit", "number, 0 to 0.999", "Part of what runs on after the horizon that weighs "
            "nothing.", "tail_credit = 0.5", "0"),
    )),
    Section("egress", "How volumes of data that leave are priced.", (
        Key("tiers", "text", "`first-paid`: all at the first paid tier; `exact`: tier after tier.",
            'tiers = "exact"', "first-paid"),
    )),
    Section("migration", "What moving a workload takes.", (
        Key("labour", "number, 0 to 1e12", "Money of the case for moving a whole one.", "labour = 12000"),
        *_source(),
    )),
    Section("replan", "How far an earlier plan (`earlier_placements.csv`) binds.", (
        Key("freeze", "whole number", "First periods that stay as they were planned.", "freeze = 2"),
        Key("change_price", "number", "Price of changing a whole workload's place later; nobody is paid it.",
            "change_price = 5000", "0"),
    )),
    Section("units", "Whether what is bought is whole.", (
        Key("whole", "true or false", "`false`: machines in parts, the linear program alone.", "whole = true",
            "true"),
    )),
    Section("fit", "Compare vCPU by a benchmark (`benchmarks.csv`); without it a vCPU of one machine counts "
        "as one of another.", (
        Key("benchmark", "text", "`coremark` or `specrate2017_int_base`.", 'benchmark = "coremark"'),
        Key("per_vcpu", "number, above 0", "Score of the vCPU in which demand is stated; a family without a "
            "figure counts as that, and is named.", "per_vcpu = 17000"),
    )),
    Section("placing", "How thin a workload that may be divided is spread; `workloads.csv` may say otherwise "
        "of each.", (
        Key("least_share", "number, 0 to 0.5", "Least part in a region that has any.", "least_share = 0.1",
            "0"),
        Key("most_regions", "whole number, 1 or more", "Most regions at a time.", "most_regions = 3", "any"),
    )),
    Section("survival", "What critical work must survive, one loss at a time.", (
        Key("of", "list", "Of `vendor_groups`, `regions`.", 'of = ["vendor_groups"]'),
    )),
    Section("carbon", "What emissions are worth; the objective weighs it, nobody is paid it.",
        _worth("price", "Worth of a tonne of CO2e.", "price = 100")),
    Section("latency", "What waiting is worth; the objective weighs it, nobody is paid it.",
        _worth("worth", "Worth of a millisecond less of round trip to 1,000 users in a month.",
            "worth = 2.5")),
    Section("scenario.NAME", "A variant for `planner compare`: keys of `case.toml`, as paths, with other "
        "values.", (
        Key("money.discount_rate", "as the key says", "Any key; of a rule `rules.ID.cap`.",
            '"money.discount_rate" = 0.06'),
    ), named="any key"),
    Section("robust", "`planner robust`: what to decide now when one of several futures may come.", (
        Key("alpha", "number, 0 to 0.999", "The tail is the worst 1 − alpha of what may come.", "alpha = 0.9",
            "0.95"),
        Key("weight", "number, 0 to 0.999", "Weight of the tail's mean cost, beside the expected cost.",
            "weight = 0.3", "0"),
        Key("first_stage", "list", "What must hold in every future: of `placement`, `commitments`.",
            'first_stage = ["commitments"]', "both"),
    )),
    Section("robust.scenario", "One of these futures.", (
        Key("name", "text", "Its name.", 'name = "as planned"'),
        Key("probability", "number", "They sum to 1.", "probability = 1.0"),
        Key("stressors", "text", "What happens, as `planner stress` writes it; blank: nothing.",
            'stressors = "demand:*:+20%"'),
    ), many=True),
    Section("montecarlo.spread", "`planner montecarlo`: how uncertain something is.", (
        Key("of", "text", "`price:`, `demand:`, `capacity:` or `currency:` with whose; `*` for all.",
            'of = "price:*"'),
        Key("sigma", "number, 0 to 2", "Standard deviation of the logarithm of a factor with mean 1.",
            "sigma = 0.1"),
        *_source(),
    ), many=True),
)  # fmt: skip
"""Every section of ``case.toml`` in the order of the reference."""


def examples() -> Iterator[tuple[str, str]]:
    """Path of each key, e.g. ``money.discount_rate``, and how it is written."""
    for section in SECTIONS:
        for key in section.keys:
            yield f"{section.name}.{key.name}".lstrip("."), key.example


__all__ = ["SECTIONS", "Key", "Section", "examples"]
