"""Kinds of rules that are constraints of the program: shares, limits on the plan as a whole, latency."""

from __future__ import annotations

from planner.case.schema import SIZED, STORED
from planner.policy.kind import Kind
from planner.policy.parameters import Parameter

BASES_OF_SHARE = ("spend", "reference_spend", "resource", "critical")

_BASIS = Parameter("basis", "choice", "What the share is a share of.", allowed=BASES_OF_SHARE)
_RESOURCE = Parameter(
    "resource",
    "choice",
    "The resource of basis resource.",
    required=False,
    allowed=(*SIZED, *STORED),
)


def _cap(whose: str) -> Parameter:
    return Parameter("cap", "number", f"Largest share of {whose}.", above=0, maximum=1, stricter="lower")


ROW_KINDS = (
    Kind(
        "vendor_share",
        "row",
        "No vendor group has more than a share of the contestable load.",
        (
            _cap("one vendor group"),
            _BASIS,
            _RESOURCE,
        ),
    ),
    Kind(
        "minimum_share",
        "row",
        "Some vendor groups have at least a share of the contestable load.",
        (
            Parameter("floor", "number", "Smallest share.", minimum=0, maximum=1, stricter="higher"),
            Parameter("of", "choice", "Whose share.", allowed=("domestic",)),
            _BASIS,
            _RESOURCE,
        ),
    ),
    Kind(
        "region_share",
        "row",
        "No region has more than a share of the contestable load.",
        (_cap("one region"), _BASIS, _RESOURCE),
    ),
    Kind(
        "jurisdiction_share",
        "row",
        "Vendors whose parent is bound by foreign law have at most a share of the contestable load.",
        (
            _cap("all of them together"),
            Parameter("of", "choice", "Whose share.", allowed=("foreign",)),
            _BASIS,
            _RESOURCE,
        ),
    ),
    Kind(
        "carbon",
        "row",
        "The machines of the plan, in the regions selected, emit at most so much greenhouse gas.",
        (
            Parameter("cap", "number", "Most tonnes CO2e.", minimum=0, stricter="lower"),
            Parameter("per", "choice", "In each of what.", allowed=("year", "period")),
        ),
        not_selected=("agency", "workload"),
    ),
    Kind(
        "survival",
        "row",
        "What is selected finds a place whatever one vendor group, or one region, of the market is gone.",
        (
            Parameter(
                "of",
                "choices",
                "What may be lost, one at a time.",
                allowed=("vendor_groups", "regions"),
                stricter="more",
            ),
        ),
        not_selected=("region",),
    ),
    Kind(
        "budget",
        "row",
        "Cash with tax of the payers and regions selected is at most an amount.",
        (
            Parameter("cap", "number", "Most cash with tax.", minimum=0, stricter="lower"),
            Parameter("currency", "names", "Currency of the cap (ISO 4217), that of the case."),
            Parameter(
                "per", "choice", "In each financial year, or in all together.", allowed=("year", "horizon")
            ),
            Parameter(
                "vote",
                "choice",
                "Only running cost, or only what is paid once; without it both.",
                required=False,
                allowed=("operating", "development"),
            ),
            Parameter(
                "years",
                "numbers",
                "Financial years that it counts, by the year they begin in; without it all it binds in.",
                required=False,
                minimum=1900,
                maximum=3000,
            ),
        ),
        not_selected=("workload",),
    ),
    Kind(
        "exit",
        "row",
        "Leaving a vendor group, at the end of any period, costs at most a share of a year's accrual.",
        (
            Parameter(
                "cap",
                "number",
                "Most that data, labour and what is unpaid may come to, as a share of the accrual.",
                above=0,
                stricter="lower",
            ),
            Parameter(
                "of",
                "choice",
                "Whose accrual: of what that vendor group is paid, or of the whole plan.",
                allowed=("vendor_group", "plan"),
            ),
            Parameter(
                "waived_by",
                "names",
                "Vendors that ask nothing for data that leave in a full exit.",
                required=False,
                stricter="fewer",
            ),
            Parameter(
                "labour",
                "number",
                "Money of the case for moving a whole workload; without it that of [migration].",
                required=False,
                minimum=0,
                stricter="higher",
            ),
        ),
        not_selected=("agency", "workload"),
    ),
    Kind(
        "latency",
        "row",
        "The latency targets that workloads state are met.",
        (
            Parameter(
                "statistic",
                "choice",
                "Which round trip is held to it; this version compares means only.",
                allowed=("mean",),
            ),
        ),
    ),
)
