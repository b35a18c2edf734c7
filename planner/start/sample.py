"""Three systems that make a new case plan at once, to be replaced by an agency's own."""

from __future__ import annotations

from datetime import date

import pandas as pd

from planner import tables
from planner.case.schema import AGENCIES, CAPACITY, DEMAND, USERS, WORKLOADS
from planner.catalog.load import shipped
from planner.latency.schema import NODES
from planner.start.answers import Answers, Offer
from planner.start.table_text import table_text

_SYSTEMS = (
    # workload, vCPU, memory, block storage, object storage, egress a month, users
    ("public-portal", 32.0, 128.0, 2_000.0, 5_000.0, 4_000.0, 200_000),
    ("case-register", 48.0, 256.0, 12_000.0, 3_000.0, 300.0, 6_000),
    ("data-analysis", 64.0, 256.0, 8_000.0, 40_000.0, 100.0, 400),
)
_RESOURCES = ("vcpu", "memory_gib", "block_gib", "object_gib", "egress_gib")
_CENTRE_VCPU, _CENTRE_STORAGE = 500.0, 200_000.0


def sample_tables(answers: Answers, offer: Offer, lowest: str) -> dict[str, bytes]:
    """Name and content of each table of a new case; its systems are of the ``lowest`` class."""
    sites = _sites(answers.country) if _has_network(offer) else pd.DataFrame()
    files = {
        "workloads.csv": table_text(WORKLOADS, [_workload(system[0], lowest) for system in _SYSTEMS]),
        "demand.csv": table_text(DEMAND, _demand(answers.start)),
        "agencies.csv": table_text(AGENCIES, [{"agency": "our-agency", "level": "federal"}]),
    }
    if len(sites):
        users = [
            {"workload": name, "site": site, "period": answers.start, "users": round(count * part)}
            for name, *_, count in _SYSTEMS
            for site, part in zip(sites["node"], sites["population"] / sites["population"].sum(), strict=True)
        ]
        files["users.csv"] = table_text(USERS, users)
    if offer.outside_market:
        files["capacity.csv"] = table_text(CAPACITY, _capacity(offer, answers.start, answers.decided))
    return files


def _has_network(offer: Offer) -> bool:
    return any((shipped() / name / NODES.file).is_file() for name in offer.packages)


def _sites(country: str) -> pd.DataFrame:
    """The three sites of a country with most people."""
    folder = next(place for place in sorted(shipped().iterdir()) if (place / NODES.file).is_file())
    nodes, _ = tables.read(folder / NODES.file, NODES)
    sites = nodes[(nodes["kind"] == "site") & (nodes["country"] == country) & (nodes["population"] > 0)]
    return sites.nlargest(3, "population").sort_values("node")


def _workload(name: str, lowest: str) -> dict[str, object]:
    """A system of the lowest class, on machines of its own."""
    no = dict.fromkeys(
        ("critical_national", "ncii", "personal_data", "critical", "burstable_ok", "spot_ok", "divisible"),
        False,
    )
    return {
        **no,
        "workload": name,
        "agency": "our-agency",
        "classification": lowest,
        "key_custody": "provider",
        "platform": "vm",
        "architecture": "x86",
        "min_units": 2,
        "resilience": "none",
    }


def _demand(start: str) -> list[dict[str, object]]:
    return [
        {"workload": name, "resource": resource, "period": start, "amount": amount}
        for name, *amounts, _ in _SYSTEMS
        for resource, amount in zip(_RESOURCES, amounts, strict=True)
    ]


def _capacity(offer: Offer, start: str, day: date) -> list[dict[str, object]]:
    limits = {"vcpu": _CENTRE_VCPU, "block_gib": _CENTRE_STORAGE, "object_gib": _CENTRE_STORAGE}
    return [
        {
            "subject": region,
            "resource": resource,
            "period": start,
            "amount": amount,
            "basis": "assumed",
            "source": "assumed when the case was made: replace by what is free there",
            "as_of": day,
        }
        for region in offer.outside_market
        for resource, amount in limits.items()
    ]
