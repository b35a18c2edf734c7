"""Latency in a terminal and as JSON: matrix, coverage, nodes, and how good the estimates are."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from planner.latency.case import UNREACHED_US, CaseLatency

_WIDTH = 110
_COLUMNS = 5


def console() -> Console:
    """A console on stdout that keeps one width off a terminal."""
    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(width=_WIDTH, highlight=False)


def show(found: CaseLatency, out: Console) -> None:
    """Print the matrix in blocks of regions, then coverage of the workloads that have a target."""
    mean, p95 = found.trips.mean_us, found.trips.p95_us
    regions = list(mean.columns)
    for first in range(0, len(regions), _COLUMNS):
        block = regions[first : first + _COLUMNS]
        table = _table("Round trip in ms: mean / 95th percentile")
        table.add_column("site", no_wrap=True)
        for region in block:
            table.add_column(region.replace(":", ":\n"), justify="right")
        for site, means, tails in zip(mean.index, mean[block].to_numpy(), p95[block].to_numpy(), strict=True):
            table.add_row(site, *(_both(int(m), int(t)) for m, t in zip(means, tails, strict=True)))
        out.print(table)
    reach = found.reach.pivot_table(index="workload", columns="region", values="coverage", sort=False)
    if reach.empty:
        out.print("no workload has a latency target")
        return
    stated = found.reach.drop_duplicates("workload").set_index("workload")
    for first in range(0, len(regions), _COLUMNS):
        block = regions[first : first + _COLUMNS]
        table = _table("Least share of users within the target, over the periods")
        table.add_column("workload (target, required)")
        for region in block:
            table.add_column(region.replace(":", ":\n"), justify="right")
        for workload, shares in zip(reach.index, reach[block].to_numpy(), strict=True):
            need = stated.loc[workload]
            name = f"{workload} ({need['target_ms']:g} ms, {need['required']:.0%})"
            table.add_row(name, *(f"{share:.1%}" for share in shares))
        out.print(table)


def as_document(found: CaseLatency) -> dict[str, Any]:
    """Matrix and coverage as plain data; ``None`` where nothing joins the two."""
    mean, p95 = found.trips.mean_us, found.trips.p95_us
    trips = [
        {"site": site, "region": region, "mean_ms": _ms(m), "p95_ms": _ms(t)}
        for site, means, tails in zip(mean.index, mean.to_numpy(), p95.to_numpy(), strict=True)
        for region, m, t in zip(mean.columns, means.tolist(), tails.tolist(), strict=True)
    ]
    reach = found.reach.copy()
    reach[["mean_ms", "p95_ms"]] = reach[["mean_ms", "p95_ms"]].round(3).astype(object)
    gone = found.reach[["mean_ms", "p95_ms"]].isna() | (found.reach[["mean_ms", "p95_ms"]] > _LIMIT_MS)
    reach[["mean_ms", "p95_ms"]] = reach[["mean_ms", "p95_ms"]].mask(gone, None)
    return {"round_trips": trips, "coverage": reach.to_dict("records")}


_LIMIT_MS = 1e6


def nodes_table(nodes: pd.DataFrame) -> Table:
    """The nodes that a question may name."""
    table = _table("Nodes of the network")
    for column in nodes.columns:
        table.add_column(str(column))
    for row in nodes.itertuples(index=False):
        table.add_row(*(str(cell) for cell in row))
    return table


def validation_table(summary: pd.DataFrame) -> Table:
    """Errors of the estimates beside those of the naive ratio."""
    table = _table("Error of the estimates for pairs that were measured")
    table.add_column("pairs of")
    table.add_column("method")
    for name in ("pairs", "median, ms", "median", "90 % below"):
        table.add_column(name, justify="right")
    for row in summary.to_dict("records"):
        errors = (f"{row['median_abs_ms']:.1f}", f"{row['median_rel']:.1%}", f"{row['p90_rel']:.1%}")
        table.add_row(row["group"], row["method"], str(row["pairs"]), *errors)
    return table


def _both(mean: int, p95: int) -> str:
    return "none" if mean >= UNREACHED_US else f"{mean / 1000:.1f} / {p95 / 1000:.1f}"


def _ms(us: int) -> float | None:
    return None if us >= UNREACHED_US else float(us) / 1000


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
