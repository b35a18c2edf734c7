"""Tables of facts about vendors that the linear program does not price yet, and of where figures come from.

They are data like the others: read, checked, described and copied with a plan. A table that the model
comes to price moves to :mod:`planner.catalog.schema`.
"""

from __future__ import annotations

from planner.tables import Column, Table, provenance

HISTORY = Table(
    "regions_history",
    ("region", "date", "fact"),
    (
        Column("region", "id", "Region key."),
        Column("date", "date", "Day of the fact, or the last day on which its source can have been written."),
        Column(
            "fact",
            "choice",
            "What the source says of it on that day.",
            choices=("announced", "preview", "live", "listed", "not listed"),
        ),
        Column("zones", "integer", "Availability zones that the source counts.", blank=True, minimum=1),
        Column("note", "text", "What else it says, and what contradicts it.", blank=True),
        *provenance(),
    ),
    "Status of regions as dated facts; the newest row says when a region was last confirmed.",
    required=False,
)

SAVINGS_PLANS = Table(
    "savings_plans",
    ("SkuId", "months", "valid_from"),
    (
        Column("SkuId", "id", "As in skus.csv."),
        Column("months", "integer", "Length of the commitment to spend.", "months", minimum=1),
        Column("ListUnitPrice", "number", "Price of an hour under the plan, before tax.", minimum=0),
        Column("PricingCurrency", "id", "ISO 4217."),
        Column("valid_from", "date", "First day on which the catalog gives the price."),
        Column("valid_to", "date", "First day on which it no longer does; blank = open.", blank=True),
        *provenance(),
    ),
    "Prices under a commitment to spend by the hour that is not bound to one machine.",
    required=False,
)

SERVICES = Table(
    "services",
    ("region", "service", "item"),
    (
        Column("region", "id", "Region key."),
        Column("service", "text", "The vendor's service."),
        Column("item", "text", "What is counted."),
        Column("unit", "text", "Unit of the price."),
        Column("ListUnitPrice", "number", "List price of one unit, before tax.", minimum=0),
        Column("PricingCurrency", "id", "ISO 4217."),
        *provenance(),
    ),
    "Services beside machines, disks and egress: control planes, balancers, gateways, requests.",
    required=False,
)

SUPPORT_PLANS = Table(
    "support_plans",
    ("vendor", "plan", "from_amount"),
    (
        Column("vendor", "id", "As in vendors.csv."),
        Column("plan", "text", "The vendor's name of the plan."),
        Column("from_amount", "number", "Spend of a month at which the band begins.", minimum=0),
        Column("to_amount", "number", "Spend at which it ends; blank = open.", blank=True, above=0),
        Column(
            "share",
            "number",
            "Part of the spend within the band that is charged; blank = the source gives no single figure.",
            blank=True,
            minimum=0,
            maximum=1,
        ),
        Column("minimum", "number", "Least charge of a month for the whole plan.", minimum=0),
        Column("PricingCurrency", "id", "ISO 4217."),
        *provenance(),
    ),
    "What a vendor charges for support: bands of the monthly spend, with a minimum.",
    required=False,
)

TOKEN_PRICES = Table(
    "token_prices",
    ("vendor", "model", "scope"),
    (
        Column("vendor", "id", "Who sells it; it need not be in vendors.csv."),
        Column("model", "text", "The vendor's name of the model."),
        Column("scope", "text", "A region of the vendor, or what the source says instead."),
        Column("input", "number", "Price of a million tokens read.", blank=True, minimum=0),
        Column("output", "number", "Price of a million tokens written.", blank=True, minimum=0),
        Column("cache_read", "number", "Price of a million tokens read from a cache.", blank=True, minimum=0),
        Column("PricingCurrency", "id", "ISO 4217."),
        *provenance(),
    ),
    "Prices of model interfaces by the token.",
    required=False,
)

REFRESHES = Table(
    "refreshes",
    ("vendor", "taken_in", "document"),
    (
        Column("vendor", "id", "As in vendors.csv."),
        Column("taken_in", "date", "Day on which the catalog took it in."),
        Column(
            "document", "text", "What was read: a vendor's document, or a copy of it that somebody holds."
        ),
        Column("published", "date", "Day for which the document states its prices."),
        Column("read", "integer", "Prices found in it for regions of the catalog.", minimum=0),
        Column("added", "integer", "Of them: new in the catalog.", minimum=0),
        Column("repriced", "integer", "Of them: another price than before.", minimum=0),
        Column("confirmed", "integer", "Of them: the same price as before.", minimum=0),
        Column("refused", "integer", "Of them: not taken; the changelog of the data says why.", minimum=0),
        Column("gone", "integer", "Prices of the catalog that the document no longer has.", minimum=0),
    ),
    "When prices were last taken in, from what, and what became of them.",
    required=False,
)

FACT_TABLES = (HISTORY, SAVINGS_PLANS, SERVICES, SUPPORT_PLANS, TOKEN_PRICES, REFRESHES)
