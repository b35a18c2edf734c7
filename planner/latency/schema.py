"""The tables of a network package: nodes, links and measured round trips."""

from __future__ import annotations

from planner.tables import Column, Table, provenance

NODES = Table(
    "nodes",
    ("node",),
    (
        Column("node", "id", "Key; sites by their name, regions by their key."),
        Column(
            "kind",
            "choice",
            "What it is.",
            choices=("site", "hub", "exchange", "landing", "region"),
        ),
        Column("name", "text", "Name shown to people."),
        Column("state", "text", "State or federal territory; blank abroad.", blank=True),
        Column("country", "id", "ISO 3166."),
        Column("lat", "number", "Latitude.", "degrees", minimum=-90, maximum=90),
        Column("lon", "number", "Longitude.", "degrees", minimum=-180, maximum=180),
        Column(
            "population", "integer", "Persons of the district; blank for other nodes.", blank=True, minimum=0
        ),
        Column("rural", "boolean", "Rural place?"),
        Column("access", "text", "Access technology of the users at a site.", blank=True),
        *provenance(),
    ),
    "Places that the network joins.",
)

LINKS = Table(
    "links",
    ("a", "b", "name"),
    (
        Column("a", "id", "One end; links carry both ways."),
        Column("b", "id", "The other end."),
        Column("name", "text", "Cable or route."),
        Column(
            "kind",
            "choice",
            "What it is.",
            choices=("access", "land", "cable", "peering", "backbone"),
        ),
        Column("rtt_us", "integer", "Round trip added by the link.", "µs", minimum=0),
        Column("low_us", "integer", "Lower end of the plausible range.", "µs", minimum=0),
        Column("high_us", "integer", "Upper end of the plausible range.", "µs", minimum=0),
        Column("p95_us", "integer", "95th percentile of the round trip.", "µs", minimum=0),
        *provenance(),
    ),
    "What joins them, with the round trip that each adds.",
)

MEASURED = Table(
    "measured",
    ("from", "to", "statistic", "source"),
    (
        Column("from", "id", "Node where the probe ran."),
        Column("to", "id", "Node that answered."),
        Column("rtt_us", "integer", "Round trip.", "µs", above=0),
        Column("statistic", "text", "Median, percentile or mean, and over how long."),
        *provenance(),
    ),
    "Measured round trips between regions, one direction a row.",
)

NETWORK_TABLES = (NODES, LINKS, MEASURED)
