"""A case whose cheapest plan takes the solver far longer than anybody waits: whole systems under a cap."""

from __future__ import annotations

from pathlib import Path

from support.cases import World


def write_long(folder: Path) -> Path:
    """Systems that stay whole, at vendors of unlike prices, under a cap that binds in every period."""
    world = World(periods=3)
    for number in range(6):
        vendor = chr(97 + number) * 2
        world.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, 1.0 + 0.07 * number)
    for w in range(60):
        size = 7 + 13 * w % 59
        world.workload(f"w{w}", demand={"vcpu": size, "memory_gib": 2 * size}, divisible=False)
    world.rule("cap", "vendor_share", {"cap": 0.24, "basis": "spend"})
    return world.write(folder)
