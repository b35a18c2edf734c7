"""How much a vCPU of each machine does, by a benchmark that a source states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.catalog.load import Catalog


def with_speed(catalog: Catalog, benchmark: str, per_vcpu: float) -> Catalog:
    """The catalog with a column ``speed`` of ``skus``: how many reference vCPU one vCPU of it equals.

    Parameters
    ----------
    benchmark
        As ``benchmarks.csv`` names it.
    per_vcpu
        What the reference vCPU scores.

    Notes
    -----
    NaN where the benchmark of the family is not stated: such a vCPU counts as the reference, and whoever
    plans is told.
    """
    rows = catalog.benchmarks[catalog.benchmarks["benchmark"] == benchmark]
    scores = {
        (vendor, family): score / per_vcpu
        for vendor, family, score in zip(rows["vendor"], rows["family"], rows["per_vcpu"], strict=True)
    }
    vendors = catalog.skus["region"].str.split(":").str[0]
    speed = [scores.get(key, np.nan) for key in zip(vendors, catalog.skus["family"], strict=True)]
    return replace(catalog, skus=catalog.skus.assign(speed=np.array(speed, dtype="float64")))
