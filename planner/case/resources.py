"""What workloads may need, in the order in which arrays hold it."""

from __future__ import annotations

HOURS = 8760
"""Hours of the year of which hourly traces tell."""

SIZED = ("vcpu", "memory_gib", "gpu_inference", "gpu_training")
"""Resources that machines yield; demand is the peak of the period."""

STORED = ("block_gib", "object_gib")
"""Resources that storage SKUs yield; demand is what is stored."""

CARRIED = (*SIZED, "requests")
"""What machines carry: their resources, and requests an hour, which only ``yields.csv`` can state."""

RESOURCES = (*SIZED, *STORED, "egress_gib", "requests")
"""All resources of ``demand.csv``; ``egress_gib`` is per month, ``requests`` per hour at the peak."""
