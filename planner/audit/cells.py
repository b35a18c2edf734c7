"""The table of cells: how the audit accounts for every column of a plan's tables and entry of ``plan.json``.

Each is **derived** again from the inputs and other tables, **compared** with what the inputs say, or **cannot
be derived**, with the reason; then only a signature vouches for it. ``docs/audit.md`` is written from this
table, the check ``cells`` refuses what it does not name, and a test spoils a cell of each column and a row
of each table and expects the check named here.

To add a table or a column to a plan, add it here: ``derived(check, words)``, ``compared(check, words)`` or
``underivable(reason)``, and, for a table, the check that finds a row too few or too many in :data:`ROWS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

How = Literal["derived", "compared", "cannot be derived"]


@dataclass(frozen=True)
class Cell:
    """How a column or entry is accounted for.

    Attributes
    ----------
    check
        The check that fails where it is changed; empty where it cannot be derived.
    words
        From what it is derived, with what compared, or why neither is possible.
    optional
        Whether some plans have it only.
    """

    how: How
    check: str
    words: str
    optional: bool = False


def derived(check: str, words: str, optional: bool = False) -> Cell:
    """A cell that is worked out again."""
    return Cell("derived", check, words, optional)


def compared(check: str, words: str, optional: bool = False) -> Cell:
    """A cell that repeats what the inputs say."""
    return Cell("compared", check, words, optional)


def underivable(reason: str, optional: bool = False) -> Cell:
    """A cell for which only a signature vouches."""
    return Cell("cannot be derived", "", reason, optional)


_REGION = "vendors.csv and regions.csv, by the row's region"
_RUN = "tells of the run of the solver, which the audit does not repeat; no figure of the plan rests on it"
_SEARCH = "what another program cost, which only a solver finds"

PLACEMENTS = {
    "workload": compared("whole", "workloads.csv; each live workload is placed whole"),
    "region": compared("enough", "the catalogs; what is placed there is bought there"),
    "period": compared("whole", "periods of case.toml; placed whole in each"),
    "role": derived("whole", "primary shares make one whole; standbys and backups are those of the tier"),
    "share": derived("whole", "shares of a workload make one whole"),
}
_PURCHASES = {
    "payer": derived("owners", "agencies.csv, by workload or pool"),
    "pool": derived("owners", "who may be in it; for machines also what is paid for it in costs.csv"),
    "workload": derived("costs", "what is paid for the workload in costs.csv"),
    "vendor_group": compared("names", _REGION),
    "vendor": compared("names", _REGION),
    "region": compared("names", "skus.csv, by the row's SKU"),
    "sku": derived("costs", "what is paid in costs.csv, at its price in its region"),
    "term": compared("prices", "prices.csv, by SKU and term"),
    "period": derived("costs", "what is paid in the period"),
    "slice": derived("costs", "hours of the slice, as paid for"),
    "units": derived("costs", "money paid, by hours and price row; and what is placed"),
    "unit": derived("prices", "machines, or GiB of what is stored"),
    "unit_price": compared("prices", "prices.csv on prices_as_of"),
    "currency": compared("prices", "prices.csv"),
    "basis": compared("prices", "prices.csv"),
    "used": derived("counted", "what of a commitment carries what is placed", optional=True),
}
_COSTS = {
    "term": derived("costs", "purchases, placements and the user's own tables, by kind of cost"),
    "vendor_group": compared("names", _REGION),
    "vendor": compared("names", _REGION),
    "region": derived("costs", "purchases and placements"),
    "payer": derived("costs", "purchases and placements"),
    "pool": derived("owners", "pools.csv, or the pools that its workload fits"),
    "workload": derived("costs", "purchases and placements"),
    "period": derived("costs", "purchases and placements"),
    "list": derived("costs", "units, hours, price row and exchange rate"),
    "discount": derived("costs", "contracts.csv"),
    "margin": derived("costs", "contracts.csv"),
    "tax": derived("costs", "contracts.csv"),
    "amortised": derived("costs", "list less discount plus margin"),
    "cash": derived("costs", "amortised and tax, when it falls due"),
    "tail": derived("record", "commitments that outlive the horizon (check due), and their total"),
    "objective": derived("record", "cash discounted to the first day, and its total"),
    "assumed": derived("assumed", "the basis of each price row"),
    "counted": derived(
        "costs", "amortised, where it counts; of commitments what is used (check counted)", optional=True
    ),
}
_SURVIVAL = {
    column: derived("survival", "placements, standbys, room in capacity.csv, and places that are open")
    for column in ("event", "workload", "period", "region", "standby", "extra")
}
TABLES: Mapping[str, Mapping[str, Cell]] = {
    "periods.csv": {
        "period": compared("periods", "periods of case.toml"),
        "start": derived("periods", "periods of case.toml"),
        "end": derived("periods", "periods of case.toml"),
        "hours": derived("periods", "days of the period"),
        "discount": derived("periods", "money.discount_rate and the hours from the first day"),
    },
    "placements.csv": PLACEMENTS,
    "purchases.csv": _PURCHASES,
    "costs.csv": _COSTS,
    "shares.csv": {
        "rule": compared("shares-recorded", "hard rules on shares"),
        "kind": compared("shares-recorded", "the rule"),
        "basis": compared("shares-recorded", "the rule"),
        "scope": derived("shares-recorded", "whom the rule selects"),
        "period": derived("shares-recorded", "periods that the rule binds"),
        "subject": derived("shares-recorded", "vendor groups and regions of the market"),
        "amount": derived("shares-recorded", "cost lines, demand or reference prices"),
        "total": derived("shares-recorded", "cost lines, demand or reference prices"),
        "share": derived("shares-recorded", "amount of total"),
        "limit": compared("shares-recorded", "the rule's parameter"),
        "slack": derived("shares-recorded", "limit and share"),
        "binds": derived("shares-recorded", "limit and share"),
    },
    "excuses.csv": {
        column: derived("excuses", "every hard filter on every place, its words and periods")
        for column in ("workload", "region", "period_from", "period_to", "rule", "reason")
    },
    "latency.csv": {
        "workload": compared("latency-recorded", "workloads.csv: those with a target"),
        "period": derived("latency-recorded", "periods in which it is placed"),
        "target_ms": compared("latency-recorded", "workloads.csv"),
        "required_share": compared("latency-recorded", "workloads.csv, where a hard rule asks for it"),
        "reached_share": derived("latency-recorded", "users, links and placements"),
        "mean_ms": derived("latency-recorded", "users, links and placements"),
        "p95_ms": derived("latency-recorded", "users, links and placements"),
        "binds": derived("latency-recorded", "shares required and reached"),
    },
    "survival.csv": _SURVIVAL,
    "pools.csv": {
        "pool": derived("owners", "payer, platform, architecture and classes of its workloads"),
        "workload": derived("owners", "each workload in one pool that it fits"),
    },
    "binding.csv": {
        column: derived("binding", "the certificate, by the planner's own model: planner audit --bound")
        for column in ("family", "rule", "subject", "period", "marginal", "per", "words")
    },
    "machines.csv": {
        "workload": derived("machines", "placements; enough whole machines of its own, and none too many"),
        "region": derived("machines", "the SKU's region; machines are where the workload is placed"),
        "sku": derived("machines", "skus.csv: may carry the workload; as many are bought"),
        "spot": derived("machines", "as bought: on spot or not"),
        "period": derived("machines", "placements and purchases of the period"),
        "slice": derived("machines", "slices of case.toml; load and purchases of the slice"),
        "units": derived("machines", "placements and demand, rounded up to whole machines; purchases"),
    },
    "moves.csv": {
        **{
            c: derived("moves-recorded", "changes of placements, in the first period from current.csv")
            for c in ("period", "workload", "from", "to", "share")
        },
        **{
            c: derived("moves-recorded", "costs.csv: migration labour, placement once, migration transfer")
            for c in ("labour", "once", "transfer", "cost")
        },
    },
    "signing.csv": {
        "vendor_group": compared("signing", "vendors.csv"),
        "agreement": compared("signing", "contracts.csv or spend_commitments.csv"),
        **dict.fromkeys(("family", "term"), derived("signing", "what is bought, by purchases.csv")),
        "units": derived("signing", "most units at once in purchases.csv"),
        "unit": derived("signing", "machines, or GiB of what is stored"),
        **dict.fromkeys(("start", "end"), derived("signing", "as many months apart as the row says")),
        "contract_end": compared("signing", "contracts.csv"),
        "vendor": derived("signing", "cash of costs.csv by vendor"),
        "status": compared("signing", "what is bought as it is used owes nothing"),
        **dict.fromkeys(("months", "upfront", "monthly", "obligation"),
                        derived("signing", "what is owed is what is paid at the start and each month")),
        "expected": derived("signing", "cash of costs.csv by vendor"),
        "exit_value": underivable("owed at the contract's end; no more than is owed in all"),
    },
    "leaving.csv": {
        "vendor_group": derived("leaving", "placements and demand"),
        "period": derived("leaving", "placements and demand"),
        **dict.fromkeys(("systems", "gib"), derived("leaving", "placements and demand")),
        "egress": derived("leaving", "placements, demand and transfer.csv"),
        "labour": derived("leaving", "systems and migration.labour of case.toml"),
        "owed": derived("leaving", "total less egress and labour; rules on exit work it out"),
        "notice_days": underivable("a reminder from contracts.csv, of no money"),
        "total": derived("leaving", "egress, labour and what is owed"),
    },
    "options.csv": {
        "option": compared("options", "one row is the plan, each other names its rule"),
        "rule": underivable("of another plan, which only a solver finds"),
        **dict.fromkeys(
            ("value", "reason", "bound", "foreign_share", "critical_kept", "kept_without",
             "breaks"),
            underivable("of another plan, which only a solver finds"),
        ),
        **dict.fromkeys(
            ("cost", "cash", "objective", "tail", "assumed", "largest", "largest_share", "moves"),
            derived("options", "in the plan's own row the plan's tables; else only a solver finds it"),
        ),
    },
}  # fmt: skip
"""Table of a plan folder to its columns."""

BY_THE_PLANNER = ("binding", "rendered")
"""Checks that rest on the planner's own model and drawing: ``planner audit --bound``, ``--rendered``."""

OPTIONAL = (
    "latency.csv", "survival.csv", "pools.csv", "machines.csv", "moves.csv", "signing.csv", "leaving.csv",
    "options.csv",
)  # fmt: skip
"""Tables that some plans have only, or whose absence another check tells."""

ROWS: Mapping[str, str] = {
    "periods.csv": "periods",
    "placements.csv": "whole",
    "purchases.csv": "costs",
    "costs.csv": "costs",
    "shares.csv": "shares-recorded",
    "excuses.csv": "excuses",
    "latency.csv": "latency-recorded",
    "survival.csv": "survival",
    "pools.csv": "owners",
    "binding.csv": "binding",
    "machines.csv": "machines",
    "moves.csv": "moves-recorded",
    "signing.csv": "signing",
    "leaving.csv": "leaving",
    "options.csv": "options",
}
"""Table to the check that finds a row taken away, repeated or invented."""

_COPIED = compared("record", "case.toml")
_TOTAL = derived("record", "the sum of a column of costs.csv")
RECORD: Mapping[str, Cell] = {
    "schema": compared("facts", "the number of this form of a plan folder"),
    **dict.fromkeys(
        ("case", "title", "synthetic", "marking", "home_country", "currency", "decision_date", "prices_as_of",
         "rules_as_of"),
        _COPIED,
    ),
    "status": compared("facts", "proved within the gap, or stopped; see --bound"),
    **dict.fromkeys(("objective", "cash", "amortised", "assumed", "tail_liability"), _TOTAL),
    "contestable_share": derived("facts", "cost lines and places open to each workload"),
    "foreign_currency_share": derived("facts", "cost lines and currencies of price rows"),
    "oldest_price": derived("facts", "price rows of what is bought"),
    "newest_price": derived("facts", "price rows of what is bought"),
    "exchange": compared("facts", "fx of case.toml"),
    "not_adopted": derived("facts", "rules of the packs and their adoption in case.toml"),
    "unpriced_regions": derived("facts", "regions.csv and prices.csv"),
    "region_status": derived("facts", "placements, regions_history.csv and regions.csv", optional=True),
    "unstated": derived("unstated", "rules, capacity.csv, current.csv, case.toml and places open to work"),
    "carbon": derived("carbon-recorded", "purchases, energy.csv and grid.csv", optional=True),
    "egress": derived("egress-recorded", "placements, demand and transfer.csv", optional=True),
    "outlived": derived("facts", "commitments begun, and contracts.csv", optional=True),
    "year_begins": compared("facts", "money of case.toml", optional=True),
    "agreements": compared("facts", "spend_commitments.csv; costs of those signed", optional=True),
    "replan.freeze": compared("facts", "replan of case.toml", optional=True),
    "replan.change_price": compared("facts", "replan of case.toml", optional=True),
    "replan.changed": derived("facts", "placements and earlier_placements.csv", optional=True),
    "replan.changed_workloads": derived("facts", "placements and earlier_placements.csv", optional=True),
    "replan.free_objective": underivable(_SEARCH, optional=True),
    "traces.levels": derived("facts", "the hourly traces", optional=True),
    "traces.slices": derived("facts", "the hourly traces", optional=True),
    "traces.bound": underivable(_SEARCH, optional=True),
    "fixed": underivable("names the file of placements that were held, which is no input", optional=True),
    "breaks": underivable("rules that held placements break; the audit judges them itself", optional=True),
    "run.status": compared("facts", "status"),
    "run.objective": derived("facts", "the sum of costs.csv, to 1e-6 of it"),
    "run.contestable": derived("facts", "places open to each workload"),
    "run.bound": derived("facts", "at most the objective; see planner audit --bound", optional=True),
    **dict.fromkeys(
        ("run.planner", "run.libraries", "run.solver_word", "run.rendering", "run.ties", "run.columns",
         "run.rows", "run.entries", "run.coefficients", "run.costs", "run.money_unit", "run.dual_objective",
         "run.integers", "run.duals", "run.residual", "run.iterations"),
        underivable(_RUN),
    ),
    "run.gap": compared("facts", "no more than is allowed where an optimum is claimed", optional=True),
    "run.gap_allowed": underivable(_RUN, optional=True),
    "run.effort": underivable(_RUN, optional=True),
    "run.ended": underivable(_RUN, optional=True),
    "public": compared("cells", "true in a public part of a plan, which leaves tables out", optional=True),
    "in_part": underivable("tables of a public part from which rows were taken", optional=True),
}  # fmt: skip
"""Entries of ``plan.json``, those of its sections with the section's name before."""

FILES: Mapping[str, Cell] = {
    "plan.json": compared("record", "the entries below"),
    "manifest.json": derived("manifest", "the SHA-256 of every other file"),
    "certificate.npz": underivable("the program with its duals: planner audit --bound holds it to the inputs",
                                   optional=True),
    "report.html": derived("rendered", "drawn again by the planner itself: planner audit --rendered",
                           optional=True),
    "figures/": derived("rendered", "drawn again by the planner itself: planner audit --rendered",
                        optional=True),
    "inputs/": underivable("the question itself, with the evidence as it was known; "
                           "only a signature vouches for it"),
    "signatures/": derived("verify", "planner verify checks each against the manifest", optional=True),
}  # fmt: skip
"""Files of a plan folder beside its tables."""
