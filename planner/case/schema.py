"""The tables of a case: the one description that loading, checking and docs share.

Names and meanings are those of the design; ``case.toml`` itself is described in
:mod:`planner.case.settings`. The column ``period`` of a table names the first period in which the
row holds; it then holds until the next row with the same key.
"""

from __future__ import annotations

from planner.case.agreements import SPEND_COMMITMENTS
from planner.case.cards import CARD_COLUMNS
from planner.case.earlier import EARLIER
from planner.case.private import DISCOUNTS, PRIVATE_PRICES
from planner.case.records import RECORDS
from planner.case.resources import RESOURCES, SIZED, STORED
from planner.case.vendor_costs import ACTIVATION, VENDOR_COSTS
from planner.case.yields import YIELDS
from planner.catalog.schema import COMMITMENTS
from planner.tables import BASES, Column, Table, provenance

TIERS = ("public", "internal", "restricted", "confidential")
"""Tiers of the national cloud policy (policy source MY-NCCP-01); no crosswalk is official."""

_PERIOD = Column("period", "month", "First period in which the row holds, named by its first month.")

WORKLOADS = Table(
    "workloads",
    ("workload",),
    (
        Column("workload", "id", "Key; an opaque id will do."),
        Column("agency", "id", "As in agencies.csv."),
        Column("project", "text", "Project under which it is bought.", blank=True),
        Column("funding", "text", "Source of its money.", blank=True),
        Column("classification", "id", "Class in the scheme of the pack of its country; never defaulted."),
        Column(
            "nccp_tier",
            "choice",
            "Tier of the national cloud policy; blank = not assessed.",
            blank=True,
            choices=TIERS,
            optional=True,
        ),
        Column("critical_national", "boolean", "Critical national data?"),
        Column("ncii", "boolean", "Part of national critical information infrastructure?"),
        Column("personal_data", "boolean", "Holds personal data?"),
        Column("critical", "boolean", "Must survive the loss of a vendor?"),
        Column(
            "key_custody",
            "choice",
            "Who holds the keys.",
            choices=("customer_hsm", "customer_byok", "provider"),
        ),
        Column(
            "platform",
            "choice",
            "Machines of its own, or containers on a shared fleet.",
            choices=("vm", "container"),
        ),
        Column("architecture", "choice", "Instruction set it runs on.", choices=("any", "x86", "arm")),
        Column("burstable_ok", "boolean", "May it run on burstable machines?"),
        Column("spot_ok", "boolean", "May it run on spot machines?"),
        Column("divisible", "boolean", "May it be split over regions?"),
        Column("min_units", "integer", "Machines it needs at least.", "units", minimum=1),
        Column("pod_vcpu", "number", "Largest pod of a container workload.", "vCPU", blank=True, above=0),
        Column(
            "pod_memory_gib", "number", "Largest pod of a container workload.", "GiB", blank=True, above=0
        ),
        Column("resilience", "id", "Resilience tier, as in resilience.csv; none = nothing is kept ready."),
        Column(
            "latency_ms",
            "number",
            "Round trip that users should see; blank = no target.",
            "ms",
            blank=True,
            above=0,
        ),
        Column(
            "latency_share",
            "number",
            "Share of users who must see it; blank = no target.",
            blank=True,
            above=0,
            maximum=1,
        ),
        Column(
            "spot_share",
            "number",
            "Part of its load that may run on spot machines, where spot_ok; blank = all.",
            blank=True,
            above=0,
            maximum=1,
            optional=True,
        ),
        Column(
            "least_share",
            "number",
            "Where divisible: least part of it in a region that has any; blank = [placing] least_share.",
            blank=True,
            minimum=0,
            maximum=0.5,
            optional=True,
        ),
        Column(
            "most_regions",
            "integer",
            "Where divisible: most regions at a time; blank = [placing] most_regions.",
            blank=True,
            minimum=1,
            optional=True,
        ),
        *CARD_COLUMNS,
    ),
    "The systems to be placed.",
)

DEMAND = Table(
    "demand",
    ("workload", "resource", "period"),
    (
        Column("workload", "id", "As in workloads.csv."),
        Column("resource", "choice", "What is needed.", choices=RESOURCES),
        _PERIOD,
        Column(
            "amount",
            "number",
            "Peak of the period (machines; requests an hour), stored (storage), a month (egress).",
            minimum=0,
        ),
    ),
    "How much of each resource a workload needs, by period.",
)

USERS = Table(
    "users",
    ("workload", "site", "period"),
    (
        Column("workload", "id", "As in workloads.csv."),
        Column("site", "id", "A node of the network."),
        _PERIOD,
        Column("users", "number", "Used as weights.", "persons", minimum=0),
    ),
    "Who uses a workload, and where they are.",
    required=False,
)

CAPACITY = Table(
    "capacity",
    ("subject", "resource", "period", "payer"),
    (
        Column("subject", "id", "Region, SKU (on spot too) or group."),
        Column(
            "resource", "choice", "What is limited; units = machines.", choices=("units", *SIZED, *STORED)
        ),
        _PERIOD,
        Column("payer", "id", "Whom it binds; blank = all together.", blank=True),
        Column("amount", "number", "The most that can be bought.", minimum=0),
        *provenance(),
    ),
    "What can be bought at most: a quota, a contract or an assumption, and says which.",
    required=False,
)

AGENCIES = Table(
    "agencies",
    ("agency",),
    (
        Column("agency", "id", "Key."),
        Column(
            "level",
            "choice",
            "Level of government.",
            choices=("federal", "state", "local", "statutory", "glc"),
        ),
        Column("state", "text", "Its state; blank for federal.", blank=True),
        Column("payer", "id", "Who pays, if another agency.", blank=True),
    ),
    "Who owns workloads and who pays.",
)

CURRENT = Table(
    "current",
    ("workload", "region", "role"),
    (
        Column("workload", "id", "As in workloads.csv."),
        Column("region", "id", "Where it runs today; may lie outside the catalog."),
        Column("role", "choice", "Role.", choices=("primary", "standby", "backup")),
        Column("share", "number", "Share of the workload.", above=0, maximum=1),
    ),
    "Where everything runs today.",
    required=False,
)

LOADS = Table(
    "loads",
    ("workload", "slice"),
    (
        Column("workload", "id", "As in workloads.csv."),
        Column("slice", "id", "As in [slices] of case.toml."),
        Column("factor", "number", "Part of the peak that the slice needs; 0 = none.", minimum=0, maximum=1),
    ),
    "How compute follows the hours of a period; a workload without rows runs at its peak throughout.",
    required=False,
)

CONTRACTS = Table(
    "contracts",
    ("contract",),
    (
        Column("contract", "id", "Key."),
        Column("vendor", "id", "The vendor whose prices it changes."),
        Column("reseller", "text", "Who sells it on; blank = the vendor itself.", blank=True),
        Column("discount", "number", "Off the list price.", minimum=0, maximum=1),
        Column("margin", "number", "The reseller's, on the discounted price.", minimum=0, maximum=5),
        Column("tax", "number", "On the price with margin.", minimum=0, maximum=1),
        Column("currency", "id", "ISO 4217 of the ceiling."),
        Column(
            "ceiling", "number", "Most cash that may be spent under it; blank = none.", blank=True, above=0
        ),
        Column("valid_from", "date", "First day."),
        Column("valid_to", "date", "First day after it; blank = open.", blank=True),
        Column("notice_days", "integer", "Days of notice.", "days", minimum=0),
        Column("basis", "choice", "How the figure was got.", choices=BASES),
        Column("source", "text", "Where the figure comes from, or how it was assumed."),
    ),
    "What makes the landed price of a vendor's list price; without a contract the list price holds.",
    required=False,
)

HELD = Table(
    "held_commitments",
    ("payer", "sku", "term", "start"),
    (
        Column("payer", "id", "Who bought it, as in agencies.csv."),
        Column("sku", "id", "As in skus.csv."),
        Column("term", "choice", "Its length.", choices=tuple(COMMITMENTS)),
        Column("start", "month", "First month in which it runs."),
        Column("units", "number", "Machines.", "units", above=0),
    ),
    "Commitments bought before the plan begins; they are paid and may be used until they end. In a period "
    "within which one ends it counts for the part of the hours before, on the mean.",
    required=False,
)

PLACEMENT_COSTS = Table(
    "placement_costs",
    ("workload", "region", "when"),
    (
        Column("workload", "id", "As in workloads.csv."),
        Column("region", "id", "Key of a region."),
        Column(
            "when", "choice", "Once when it moves there, or in each period there.", choices=("once", "period")
        ),
        Column("amount", "number", "For serving the whole workload there.", minimum=0),
        Column("currency", "id", "ISO 4217."),
        Column("basis", "choice", "How the figure was got.", choices=BASES),
        Column("source", "text", "Where the figure comes from, or how it was assumed."),
    ),
    "What a workload costs at a place beyond what it buys there.",
    required=False,
)

MOVE_LIMITS = Table(
    "move_limits",
    ("agency", "workload", "period"),
    (
        Column("agency", "id", "Agency whose moves are limited; blank = all.", blank=True),
        Column("workload", "id", "The only workload; blank = all of the agency.", blank=True),
        _PERIOD,
        Column("amount", "number", "Whole workloads that may move in a period; 0 = frozen.", minimum=0),
    ),
    "How much may move in each period.",
    required=False,
)

BUDGETS = Table(
    "budgets",
    ("agency", "year", "vote"),
    (
        Column("agency", "id", "The payer, as in agencies.csv."),
        Column(
            "year", "integer", "Financial year, named by the year it begins in.", minimum=2000, maximum=2200
        ),
        Column("vote", "choice", "Running or one-off money.", choices=("operating", "development")),
        Column("amount", "number", "Most cash with tax in the year.", minimum=0),
        Column("currency", "id", "ISO 4217."),
    ),
    "Most cash that a payer may spend in a year.",
    required=False,
)

CAPACITY_GROUPS = Table(
    "capacity_groups",
    ("group", "region", "family", "category", "sku"),
    (
        Column("group", "id", "Name, used as subject in capacity.csv."),
        Column("region", "id", "Only this region; blank = any.", blank=True),
        Column("family", "id", "Only this family; blank = any.", blank=True),
        Column("category", "text", "Only this category; blank = any.", blank=True),
        Column("sku", "id", "Only this SKU; blank = any.", blank=True),
    ),
    "Named groups of SKUs (a family quota, an account limit, racks): all that match any of its rows.",
    required=False,
)

RESILIENCE = Table(
    "resilience",
    ("tier",),
    (
        Column("tier", "id", "Name, used in workloads.csv."),
        Column(
            "standby",
            "choice",
            "Where a workload is kept ready: nowhere, in another region, or with another vendor group.",
            choices=("none", "other_region", "other_group"),
        ),
        Column("vcpu", "number", "Part of the vCPU kept running there.", minimum=0, maximum=1),
        Column("memory_gib", "number", "Part of the memory kept running there.", minimum=0, maximum=1),
        Column("gpu", "number", "Part of the accelerators kept running there.", minimum=0, maximum=1),
        Column("block_gib", "number", "Part of the block storage kept there.", minimum=0, maximum=1),
        Column("object_gib", "number", "Part of the object storage kept there.", minimum=0, maximum=1),
        Column(
            "backup",
            "number",
            "Part of all that is stored, kept as object storage in a region without the workload.",
            minimum=0,
        ),
    ),
    "Resilience tiers: what each keeps ready elsewhere; without this table no tier is planned.",
    required=False,
)

AFFINITY = Table(
    "affinity",
    ("kind", "workload", "other", "region"),
    (
        Column(
            "kind",
            "choice",
            "together and apart: two workloads; pin and forbid: a workload and a region; least_share: a "
            "workload has no part of its load, or at least this, in a region.",
            choices=("together", "apart", "pin", "forbid", "least_share"),
        ),
        Column("workload", "id", "As in workloads.csv."),
        Column("other", "id", "The other workload of together and apart.", blank=True),
        Column("region", "id", "The region of pin and forbid.", blank=True),
        Column(
            "value", "number", "Share of pin (blank = 1) and least_share.", blank=True, above=0, maximum=1
        ),
    ),
    "Who must or must not run where, or beside whom.",
    required=False,
)

DEPENDENCIES = Table(
    "dependencies",
    ("from_workload", "to_workload", "period"),
    (
        Column("from_workload", "id", "Sends the data."),
        Column("to_workload", "id", "Receives them."),
        _PERIOD,
        Column("gib_per_month", "number", "Data between them.", "GiB", minimum=0),
        Column(
            "latency_ms", "number", "Longest round trip between them; blank = any.", "ms", blank=True, above=0
        ),
    ),
    "Data and round trips between workloads.",
    required=False,
)

TABLES = (
    AFFINITY,
    DEPENDENCIES,
    RESILIENCE,
    WORKLOADS,
    DEMAND,
    LOADS,
    YIELDS,
    USERS,
    CAPACITY,
    CAPACITY_GROUPS,
    AGENCIES,
    CURRENT,
    CONTRACTS,
    PRIVATE_PRICES,
    DISCOUNTS,
    HELD,
    SPEND_COMMITMENTS,
    PLACEMENT_COSTS,
    ACTIVATION,
    VENDOR_COSTS,
    MOVE_LIMITS,
    BUDGETS,
    *EARLIER,
    *RECORDS,
)
"""Tables that this version reads; a case that names another is told so, never half understood."""

__all__ = ["BASES", "RESOURCES", "SIZED", "STORED", "TABLES", "TIERS"]
