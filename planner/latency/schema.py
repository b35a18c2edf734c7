"""The tables of a network package: nodes, links, measured round trips and their sources."""

from __future__ import annotations

from planner.tables import BASES, Column, Table, provenance

KINDS = ("site", "hub", "exchange", "landing", "region")
"""Kinds of node. Traffic may end at a site or a region but never passes through one."""

ENDS = ("site", "region")
"""Kinds at which a path can only begin or end."""

LINK_KINDS = ("access", "line", "satellite", "land", "cable", "peering", "backbone")
"""Kinds of link. A site has its users' last mile (access) and an office line; a path takes one of them."""

HIDDEN = {"users": "line", "offices": "access"}
"""Who is at the sites, and the kind of link that is then left out."""

NODES = Table(
    "nodes",
    ("node",),
    (
        Column("node", "id", "Key; sites by their name, regions by their key vendor:place."),
        Column("kind", "choice", "What it is.", choices=KINDS),
        Column("name", "text", "Name shown to people."),
        Column("city", "text", "City; nodes of one city share it."),
        Column("state", "text", "State or federal territory; blank abroad.", blank=True),
        Column("country", "id", "ISO 3166."),
        Column("lat", "number", "Latitude.", "degrees", minimum=-90, maximum=90),
        Column("lon", "number", "Longitude.", "degrees", minimum=-180, maximum=180),
        Column(
            "population", "integer", "Persons of the district; blank for other nodes.", blank=True, minimum=0
        ),
        Column("rural", "boolean", "Rural place?"),
        Column("access", "text", "Access technology of the users at a site.", blank=True),
        Column("note", "text", "What a reader should know.", blank=True),
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
        Column("name", "id", "Cable or route; all segments of one cable share it."),
        Column(
            "kind",
            "choice",
            "What it is; access: last mile of users; line: of offices; satellite: last mile and way out.",
            choices=LINK_KINDS,
        ),
        Column("rtt_us", "integer", "Round trip added by the link.", "µs", minimum=0),
        Column("low_us", "integer", "Lower end of the plausible range.", "µs", minimum=0),
        Column("high_us", "integer", "Upper end of the plausible range.", "µs", minimum=0),
        Column("p95_us", "integer", "95th percentile of the round trip.", "µs", minimum=0),
        Column("note", "text", "How the figure was got.", blank=True),
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
        Column("statistic", "choice", "What the figure is of the probes.", choices=("median", "mean", "p95")),
        Column("window", "text", "How long the probes ran."),
        Column("rtt_us", "integer", "Round trip.", "µs", above=0),
        Column("error_us", "integer", "Assumed standard error against what holds today.", "µs", above=0),
        *provenance(),
    ),
    "Measured round trips between regions, one direction a row.",
)

SOURCES = Table(
    "sources",
    ("source",),
    (
        Column("source", "id", "Key, as the other tables name it."),
        Column("what", "text", "What it is."),
        Column("where", "text", "Address, with edition or commit where there is one.", blank=True),
        Column("stated", "text", "When the source was stated, as exactly as is known."),
        Column("licence", "text", "Licence, or kind of document."),
    ),
    "Where the figures come from; month-only dates are written as the first of the month elsewhere.",
    required=False,
)

NETWORK_TABLES = (NODES, LINKS, MEASURED, SOURCES)

STRENGTH = ("measured", "published", "contract", "quota", "derived", "assumed")
"""Bases from the strongest to the weakest; a path is as strong as its weakest link."""

__all__ = [
    "BASES",
    "ENDS",
    "HIDDEN",
    "KINDS",
    "LINKS",
    "LINK_KINDS",
    "MEASURED",
    "NETWORK_TABLES",
    "NODES",
    "SOURCES",
    "STRENGTH",
]
