"""The answer: frozen data that knows nothing of linear programs, solvers or pictures.

Every frame is sorted by its key and holds names, not numbers of rows, so that two runs of the same
question give the same bytes. Money is in the case's currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.money import words
from planner.plan.certificate import Certified
from planner.plan.head import Head, Run

if TYPE_CHECKING:
    from planner.inputs import Case

PLACEMENTS = ("workload", "region", "period", "role", "share")
PURCHASES = (
    "payer", "pool", "workload", "vendor_group", "vendor", "region", "sku", "term", "period", "slice",
    "units", "unit", "unit_price", "currency", "basis",
)  # fmt: skip
COSTS = (
    "term", "vendor_group", "vendor", "region", "payer", "pool", "workload", "period",
    "list", "discount", "margin", "tax", "amortised", "cash", "tail", "objective", "assumed",
)  # fmt: skip
SHARES = (
    "rule", "kind", "basis", "scope", "period", "subject", "amount", "total", "share", "limit", "slack",
    "binds",
)  # fmt: skip
EXCUSES = ("workload", "region", "period_from", "period_to", "rule", "reason")
LATENCY = (
    "workload", "period", "target_ms", "required_share", "reached_share", "mean_ms", "p95_ms", "binds",
)  # fmt: skip
SURVIVAL = ("event", "workload", "period", "region", "standby", "extra")
POOLS = ("pool", "workload")
MOVES = ("period", "workload", "from", "to", "share", "labour", "once", "transfer", "cost")
MACHINES = ("workload", "region", "sku", "spot", "period", "slice", "units")
USED, COUNTED = "used", "counted"
"""Columns that only plans with commitments have: of ``purchases`` and of ``costs``."""
WEIGHED = ("carbon", "latency")
"""Terms of ``costs`` that the objective weighs and nobody pays: of all their money only ``objective`` is
not zero."""
OPTIONS = (
    "option", "rule", "value", "reason", "bound", "cost", "cash", "objective", "tail", "assumed",
    "largest", "largest_share", "foreign_share", "critical_kept", "kept_without", "moves", "breaks",
)  # fmt: skip
SIGNING = (
    "vendor_group", "vendor", "agreement", "status", "family", "term", "units", "unit", "start", "end",
    "months", "upfront", "monthly", "obligation", "expected", "contract_end", "exit_value",
)  # fmt: skip
LEAVING = (
    "vendor_group", "period", "systems", "gib", "egress", "labour", "owed", "notice_days", "total",
)  # fmt: skip
BINDING = ("family", "rule", "subject", "period", "marginal", "per", "words")


def weighed(costs: pd.DataFrame) -> pd.DataFrame:
    """The cost lines of what nobody pays."""
    mine: pd.DataFrame = costs[costs["term"].isin(WEIGHED)]
    return mine


@dataclass(frozen=True)
class Plan:
    """A plan.

    Attributes
    ----------
    head
        Id, title, marking, currency, dates, status, totals: what ``plan.json`` begins with.
    periods
        period, start, end, hours, discount.
    placements
        Share of a workload in a region in a period, with its role.
    purchases
        What is bought: units of a SKU on a term, whole machines unless the case asks for parts of them
        (``[units] whole = false``). ``workload`` is blank where a pool shares them. In a
        plan with commitments ``used`` states how many units run, the mean over the hours of the row.
    costs
        Cost lines. ``list - discount + margin = amortised`` (before tax); ``cash`` includes tax, and in
        lines ``commitment upfront`` is what is paid at the start of commitments for other periods,
        taken off there; ``tail`` falls due after the horizon; ``objective`` is discounted cash with the
        tail less its credit, and sums to the objective of the program; ``assumed`` is
        the part of ``amortised`` that rests on assumed prices. In a plan with commitments ``counted``
        states what of a line counts in shares of spend; of a commitment only what is used does, in
        lines of their own (``commitment used``) that cost nothing.
    shares
        Each rule on shares, by period and subject (a vendor group), against its limit; shares over
        everything are reported beside it with kind ``report``.
    excuses
        Why a workload may not be at a region, in ranges of periods; the first rule is first.
    latency
        For workloads with a target: share of users within it, and the users' mean and 95th
        percentile round trip.
    binding
        What binds, with its marginal worth in money where the dual is defined.
    survival
        Where critical work would run if a vendor group or region were gone: the share that a paid
        standby carries, and the share for which room is kept.
    pools
        Which workloads share what is bought under a pool's name; only in plans with commitments, so that
        shares of spend can be judged from the files.
    machines
        Which whole machines serve which workload of platform ``vm``, on demand or committed; only in plans in
        whole machines.
    moves
        What moves from where to where at the beginning of a period, in the first against ``current.csv``, and
        what that costs: cash with tax of labour, of ``once`` costs of its new place, of data that leave.
    signing
        What is to be signed and when, and what is bought as it is used: cash with tax. ``status`` is
        ``sign``, ``held`` or ``as used``; ``obligation`` is owed whatever is used, ``expected`` is what the
        plan pays within its horizon, ``exit_value`` what is still owed when contract or plan end.
    leaving
        What leaving each vendor group of the market would meet at the beginning of each period but the
        first: data and systems there, egress at list price, labour, what is still owed; ``total`` is
        their sum, blank where a part is not known.
    options
        What could be decided instead: ``nothing``, ``cheapest`` (no limit on shares), ``plan``, ``tighter``
        (the cap of ``rule`` at ``value``). ``cost`` is amortised, before tax; ``bound`` says that whole
        numbers, machines too, were relaxed, so that it costs no less.
    run
        Run record: versions, sizes, status, gap, residuals, coefficient range.
    """

    head: Head
    periods: pd.DataFrame
    placements: pd.DataFrame
    purchases: pd.DataFrame
    costs: pd.DataFrame
    shares: pd.DataFrame
    excuses: pd.DataFrame
    latency: pd.DataFrame
    binding: pd.DataFrame
    survival: pd.DataFrame
    run: Run
    pools: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(POOLS)))
    machines: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(MACHINES)))
    moves: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(MOVES)))
    signing: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(SIGNING)))
    leaving: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(LEAVING)))
    options: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(OPTIONS)))
    case: Case | None = field(default=None, repr=False, compare=False)
    """The case that the plan was made from; ``None`` of a plan read from a folder."""
    certified: Certified | None = field(default=None, repr=False, compare=False)
    """The program with its duals, for the certificate; ``None`` where there is nothing to certify."""

    def document(self) -> dict[str, Any]:
        """The plan as one JSON document: record and frames as lists of rows."""
        frames = {name: getattr(self, name) for name in DOCUMENTED}
        rows = {
            name: f.astype(object).where(f.notna(), None).to_dict("records") for name, f in frames.items()
        }
        return {**self.head, "run": self.run.document(), **rows}

    def _repr_html_(self) -> str:
        """What a notebook shows: what the plan is, and its cost by vendor group."""
        cost = words(self.head.objective, self.head.currency)
        lines = (self.head.marking, f"{self.head.title}: {cost}, discounted ({self.head.status})")
        money = self.costs.groupby("vendor_group", as_index=False)[
            ["list", "amortised", "cash", "objective"]
        ].sum()
        text = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
        return text + money.to_html(index=False, border=0, float_format="{:,.2f}".format)


FRAMES = {
    "periods": ("period", "start", "end", "hours", "discount"),
    "placements": PLACEMENTS,
    "purchases": PURCHASES,
    "costs": COSTS,
    "shares": SHARES,
    "excuses": EXCUSES,
    "latency": LATENCY,
    "binding": BINDING,
    "survival": SURVIVAL,
}
"""The frames of a plan and their columns, in the order of the CSV files."""

DOCUMENTED = (
    "placements", "purchases", "costs", "shares", "latency", "binding", "options", "signing", "leaving",
)  # fmt: skip
"""Frames that the JSON document holds."""

OPTIONAL = {
    "pools": POOLS,
    "machines": MACHINES,
    "moves": MOVES,
    "signing": SIGNING,
    "leaving": LEAVING,
    "options": OPTIONS,
}
"""Frames that only some plans have; their files are left out where they are empty."""

EXTRA = {"purchases": (USED,), "costs": (COUNTED,)}
"""Columns that come last where a plan has them."""
