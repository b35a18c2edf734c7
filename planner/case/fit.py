"""``[fit]``: whether a vCPU of one machine counts as one of another, or by a benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.case.reader import Reader
from planner.catalog.schema import BENCHMARK_NAMES


@dataclass(frozen=True)
class Fit:
    """Demand for vCPU is stated in vCPU that score ``per_vcpu`` in a benchmark."""

    benchmark: str
    per_vcpu: float


def read_fit(reader: Reader, tree: dict[str, Any]) -> Fit | None:
    """The section ``[fit]``; ``None`` without it: then every vCPU counts as one."""
    if "fit" not in tree:
        return None
    section = reader.table(tree, "fit", required=False)
    benchmark = reader.take(section, "benchmark", str, "fit.")
    if benchmark not in BENCHMARK_NAMES:
        mend = f"Use {' or '.join(BENCHMARK_NAMES)}."
        reader.bad("fit.benchmark", benchmark, "is no benchmark that catalogs state", mend)
    per_vcpu = reader.number(section, "per_vcpu", "fit.", 1e-6, 1e9)
    reader.left(section, "fit.")
    return Fit(benchmark, per_vcpu) if per_vcpu > 0 else None
