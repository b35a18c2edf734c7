"""The units in which things are needed and priced; nothing else in the planner names a unit.

GiB and TiB are binary. Vendors that write GB for egress and storage bill binary units or round to
them; the catalogs therefore keep their figures per GiB.
"""

from __future__ import annotations

RESOURCE_UNITS = {
    "vcpu": "vCPU",
    "memory_gib": "GiB",
    "gpu_inference": "reference cards",
    "gpu_training": "reference cards",
    "block_gib": "GiB",
    "object_gib": "GiB",
    "egress_gib": "GiB a month",
    "requests": "requests an hour",
}
"""Unit of each resource that a workload may need."""

MACHINE_UNIT = "Hour"
"""Pricing unit of machines, as FOCUS writes it."""

STORAGE_UNIT = "GiB-Month"
"""Pricing unit of storage, as FOCUS writes it."""


def unit_of(resource: str) -> str:
    """The unit of a resource, for messages and headings.

    Raises
    ------
    KeyError
        If the resource is unknown.

    >>> unit_of("memory_gib")
    'GiB'
    """
    return RESOURCE_UNITS[resource]
