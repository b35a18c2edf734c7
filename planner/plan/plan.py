"""The answer: frozen data that knows nothing of linear programs, solvers or pictures.

Every frame is sorted by its key and holds names, not numbers of rows, so that two runs of the same
question give the same bytes. Money is in the case's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

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
BINDING = ("family", "rule", "subject", "period", "marginal", "per", "words")


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
        What is bought: units of a SKU on a term. ``workload`` is blank where a pool shares them.
    costs
        Cost lines. ``list - discount + margin = amortised`` (before tax); ``cash`` includes tax;
        ``tail`` falls due after the horizon; ``objective`` is discounted cash with the tail less its
        credit, and sums to the objective of the program; ``assumed`` is
        the part of ``amortised`` that rests on assumed prices.
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
    rounded
        Purchases of machines in whole ones: ``whole`` units, and ``extra`` cash with tax.
    survival
        Where critical work would run if a vendor group or region were gone: the share that a paid
        standby carries, and the share for which room is kept.
    run
        Run record: versions, sizes, status, gap, residuals, coefficient range, seconds.
    """

    head: Mapping[str, Any]
    periods: pd.DataFrame
    placements: pd.DataFrame
    purchases: pd.DataFrame
    costs: pd.DataFrame
    shares: pd.DataFrame
    excuses: pd.DataFrame
    latency: pd.DataFrame
    binding: pd.DataFrame
    rounded: pd.DataFrame
    survival: pd.DataFrame
    run: Mapping[str, Any]


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
    "rounded": (*PURCHASES, "whole", "extra"),
}
"""The frames of a plan and their columns, in the order of the CSV files."""
