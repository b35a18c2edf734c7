"""The tables of a catalog package: the one description that loading, checking and docs share.

A vendor package holds ``vendors.csv``, ``regions.csv``, ``skus.csv``, ``prices.csv`` and
``transfer.csv``, and may hold ``not_sold.csv``; the shared packages hold ``accelerators.csv`` and
``rates.csv``. What no plan is priced from yet stands in :mod:`planner.catalog.facts`. Price columns carry
the names of the FOCUS specification (focus.finops.org, version 1.2).
"""

from __future__ import annotations

from planner.tables import Column, Table, provenance

DEPLOYMENTS = ("agency_onprem", "gov_private", "in_country_private", "in_country_public", "offshore_public")
"""Deployment models, from the most to the least closed (policy source MY-CLS-02 to MY-CLS-04)."""

CATEGORIES = ("general", "compute", "memory", "burstable", "storage", "accelerated", "block", "object")
COMMITMENTS = {
    "commit_1y": 12,
    "commit_1y_partial": 12,
    "commit_1y_upfront": 12,
    "commit_3y": 36,
    "commit_3y_partial": 36,
    "commit_3y_upfront": 36,
}
"""Terms of commitment and their length in months; the plain ones are paid while they run."""
TERMS = ("on_demand", "spot", *COMMITMENTS)
INTERCONNECTS = ("none", "node", "fabric")
"""How cards are joined: not at all, within a machine, over machines too; each includes those before."""
PARTIAL, UPFRONT = "_partial", "_upfront"
"""Endings of terms of which a part, or all, is paid when they begin."""

_CONFIRMED = Column(
    "confirmed",
    "date",
    "Last day for which a source stated the same price; blank = as_of.",
    blank=True,
    optional=True,
)

VENDORS = Table(
    "vendors",
    ("vendor",),
    (
        Column("vendor", "id", "Short id, the first part of every region key."),
        Column("name", "text", "Name shown to people."),
        Column("vendor_group", "id", "Corporate parent; shares are counted by group."),
        Column("parent_jurisdiction", "id", "Country (ISO 3166) whose law binds the parent."),
        Column("stack_group", "id", "Group whose technology runs underneath, if another's.", blank=True),
        Column("market", "boolean", "false for agency premises and the government's own data centre."),
        *provenance(),
    ),
    "Who sells: one row a vendor.",
)

REGIONS = Table(
    "regions",
    ("region",),
    (
        Column("region", "id", "Key vendor:place; ids repeat across vendors, keys do not."),
        Column("vendor", "id", "The vendor that runs it."),
        Column("name", "text", "Name shown to people."),
        Column("city", "text", "City, as far as the vendor names it.", blank=True),
        Column("country", "id", "Country (ISO 3166) in which the data lie."),
        Column("deployment", "choice", "Deployment model.", choices=DEPLOYMENTS),
        Column("status", "choice", "live, or announced without service.", choices=("live", "announced")),
        Column("opens", "date", "First day of service, where known.", blank=True),
        Column("node", "id", "Network node at which users reach it."),
        Column("zones", "integer", "Availability zones; blank = not published.", blank=True, minimum=1),
        Column("lat", "number", "Latitude of the city.", "degrees", minimum=-90, maximum=90),
        Column("lon", "number", "Longitude of the city.", "degrees", minimum=-180, maximum=180),
        Column("sovereign", "choice", "Sovereign cloud with evidence?", choices=("true", "false", "unknown")),
        Column("serves_agency", "id", "The only agency it serves; blank = any.", blank=True),
        *provenance(),
    ),
    "Where: vendor, place and deployment; public and private service at one place are two regions.",
)

SKUS = Table(
    "skus",
    ("SkuId",),
    (
        Column("SkuId", "id", "Key region:name."),
        Column("region", "id", "The region that sells it."),
        Column("family", "id", "The vendor's family, e.g. m7i."),
        Column("category", "choice", "Shape of the machine or kind of storage.", choices=CATEGORIES),
        Column("architecture", "choice", "Blank for storage.", blank=True, choices=("x86", "arm")),
        Column("vcpu", "number", "vCPU of one unit; blank for storage.", "vCPU", blank=True, above=0),
        Column("memory_gib", "number", "Memory of one unit; blank for storage.", "GiB", blank=True, above=0),
        Column(
            "baseline_vcpu",
            "number",
            "vCPU that a burstable machine sustains; blank for others.",
            "vCPU",
            blank=True,
            above=0,
        ),
        Column("accelerator", "id", "Card, as in accelerators.csv; blank = none.", blank=True),
        Column("accelerator_count", "number", "Cards of one unit.", "cards", blank=True, above=0),
        Column("resource", "id", "What one unit of storage yields, e.g. block_gib.", blank=True),
        *provenance(),
    ),
    "What is sold: one row a sellable unit in one region; source is that of the shape.",
)

PRICES = Table(
    "prices",
    ("SkuId", "term", "valid_from"),
    (
        Column("SkuId", "id", "As in skus.csv."),
        Column("term", "choice", "How it is paid.", choices=TERMS),
        Column(
            "PricingCategory",
            "choice",
            "FOCUS: Standard on demand, Dynamic for spot, Committed.",
            choices=("Standard", "Dynamic", "Committed"),
        ),
        Column("PricingUnit", "choice", "Unit of the price.", choices=("Hour", "GiB-Month")),
        Column(
            "ListUnitPrice",
            "number",
            "List price of one unit, before tax; of a commitment all that is paid for it over its hours.",
            minimum=0,
        ),
        Column("PricingCurrency", "id", "ISO 4217."),
        Column("valid_from", "date", "First day on which the catalog gives the price."),
        Column("valid_to", "date", "First day on which it no longer does; blank = open.", blank=True),
        *provenance(),
        _CONFIRMED,
        Column(
            "upfront",
            "number",
            "Part of the price of the whole term that is paid when it begins; terms _partial state it.",
            minimum=0,
            maximum=1,
            blank=True,
            optional=True,
        ),
    ),
    "List prices, dated; a price that is missing is an excuse, never zero.",
)

TRANSFER = Table(
    "transfer",
    ("region", "destination", "from_gib", "valid_from"),
    (
        Column("region", "id", "Where the data leave."),
        Column("destination", "id", "internet, or a region key."),
        Column("from_gib", "number", "Monthly volume at which the tier begins.", "GiB", minimum=0),
        Column("PricingUnit", "choice", "Unit of the price.", choices=("GiB",)),
        Column("ListUnitPrice", "number", "List price of one GiB, before tax.", minimum=0),
        Column("PricingCurrency", "id", "ISO 4217."),
        Column("valid_from", "date", "First day on which the catalog gives the price."),
        Column("valid_to", "date", "First day on which it no longer does; blank = open.", blank=True),
        *provenance(),
        _CONFIRMED,
    ),
    "Egress: list price of data that leave a region, by tier.",
)

NOT_SOLD = Table(
    "not_sold",
    ("region", "family", "term"),
    (
        Column("region", "id", "Region key."),
        Column("family", "id", "The vendor's family."),
        Column("term", "choice", "Term not on offer; any = not sold at all.", choices=("any", *TERMS)),
        *provenance(),
        Column(
            "valid_to",
            "date",
            "First day on which the catalog no longer says so; blank = open.",
            blank=True,
            optional=True,
        ),
    ),
    "What a source says is not sold, as opposed to what nobody looked up.",
    required=False,
)

BENCHMARK_NAMES = ("coremark", "specrate2017_int_base")
"""Benchmarks by which vCPU may be compared."""

BENCHMARKS = Table(
    "benchmarks",
    ("vendor", "family", "benchmark"),
    (
        Column("vendor", "id", "The vendor that sells it."),
        Column("family", "id", "As in skus.csv."),
        Column("benchmark", "choice", "What was run.", choices=BENCHMARK_NAMES),
        Column("per_vcpu", "number", "Score of a machine of the family over its vCPU.", above=0),
        *provenance(),
    ),
    "How much a vCPU of a family does; a family without a row is unknown. Used where a case says [fit].",
    required=False,
)

ACCELERATORS = Table(
    "accelerators",
    ("accelerator",),
    (
        Column("accelerator", "id", "Card, as skus.csv names it."),
        Column("memory_gib", "number", "Memory of one card.", "GiB", above=0),
        Column("gpu_inference", "number", "Reference cards one card equals for inference.", minimum=0),
        Column("gpu_training", "number", "Reference cards one card equals for training.", minimum=0),
        Column(
            "own_stack",
            "boolean",
            "Does it need software made for it? Then only workloads that permit it by name run on it. "
            "The column left out is false throughout.",
            optional=True,
        ),
        *provenance(),
    ),
    "Equivalents of accelerator cards in reference cards (demand is stated in reference cards).",
    required=False,
)

CARD_LINKS = Table(
    "interconnects",
    ("vendor", "family", "accelerator", "accelerator_count"),
    (
        Column("vendor", "id", "The vendor that sells it."),
        Column("family", "id", "As in skus.csv."),
        Column("accelerator", "id", "Card, as in accelerators.csv."),
        Column("accelerator_count", "number", "Cards of one unit.", "cards", above=0),
        Column(
            "interconnect",
            "choice",
            "How they are joined: none, node (within the machine, faster than its bus) or fabric (over "
            "machines too, from memory to memory of cards).",
            choices=INTERCONNECTS,
        ),
        *provenance(),
    ),
    "How the cards of a machine are joined; what has no row is unknown, and not used where it is asked.",
    required=False,
)

RATES = Table(
    "rates",
    ("currency", "quote", "date"),
    (
        Column("currency", "id", "ISO 4217 of one unit."),
        Column("quote", "id", "ISO 4217 in which the rate is stated."),
        Column("date", "date", "Day of the rate."),
        Column("rate", "number", "Units of quote for one unit of currency.", above=0),
        *provenance(),
    ),
    "Dated exchange rates.",
    required=False,
)

GRID = Table(
    "grid",
    ("region",),
    (
        Column("region", "id", "Key of a region; it may be one that the case does not buy from."),
        Column("kg_per_kwh", "number", "Greenhouse gas of a kWh drawn there.", "kg CO2e/kWh", minimum=0),
        *provenance(),
    ),
    "Carbon intensity of the grid at each region; a region without a row is unknown, never zero.",
    required=False,
)

ENERGY = Table(
    "energy",
    ("resource", "vendor"),
    (
        Column("resource", "id", "vcpu, or a card as in accelerators.csv."),
        Column("vendor", "id", "Only for this vendor; blank = any without a row of its own.", blank=True),
        Column(
            "kwh_per_hour",
            "number",
            "Drawn in an hour by one vCPU with its memory, or one card; with the overhead of the hall where "
            "the source counts it.",
            "kWh",
            minimum=0,
        ),
        *provenance(),
    ),
    "Electricity of machines; what has no row is unknown, never zero.",
    required=False,
)

VENDOR_TABLES = (VENDORS, REGIONS, SKUS, PRICES, TRANSFER)
OPTIONAL_TABLES = (NOT_SOLD,)
SHARED_TABLES = (BENCHMARKS, ACCELERATORS, CARD_LINKS, RATES, GRID, ENERGY)
