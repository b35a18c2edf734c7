"""How many machines of a SKU carry a workload, and which SKUs may carry it at all.

vCPU and memory of one machine belong together: a linear program that bought them apart would
combine the cheapest vCPU of one machine with the cheapest memory of another.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.resources import CARRIED, RESOURCES

CARRIED_AT = tuple(RESOURCES.index(k) for k in CARRIED)
"""Positions of what machines carry in a case's demand array."""


def machine_yields(skus: pd.DataFrame, accelerators: pd.DataFrame) -> np.ndarray:
    """What one unit of each SKU yields: array (SKU, resource of ``CARRIED``).

    No requests: only a workload's own yields know of them.

    A burstable machine counts the vCPU that it sustains. A card counts its equivalent of
    reference cards for inference and for training (``accelerators.csv``). Storage yields zero. Where the case
    compares vCPU by a benchmark (``speed``, see :func:`planner.catalog.speed.with_speed`), one counts for as
    many of the reference as it does the work of.
    """
    vcpu = skus["baseline_vcpu"].fillna(skus["vcpu"]).fillna(0.0)
    if "speed" in skus:
        vcpu = vcpu * skus["speed"].fillna(1.0)
    cards = skus["accelerator_count"].fillna(0.0)
    table = accelerators.set_index("accelerator")
    columns = [vcpu, skus["memory_gib"].fillna(0.0)]
    for resource in ("gpu_inference", "gpu_training"):
        columns.append(skus["accelerator"].map(table[resource]).astype("float64").fillna(0.0) * cards)
    columns.append(vcpu * 0.0)
    return np.column_stack([c.to_numpy(dtype="float64") for c in columns])


def admits(
    workloads: pd.DataFrame, skus: pd.DataFrame, yields: np.ndarray, own: pd.DataFrame, demand: np.ndarray
) -> np.ndarray:
    """Which machines a workload may run on: boolean array (workload, SKU).

    Parameters
    ----------
    workloads, skus
        Rows in the order of the other arrays.
    yields
        From :func:`machine_yields`.
    own
        From :func:`planner.case.yields.own_yields`.
    demand
        A case's demand array (workload, resource, period).

    Notes
    -----
    A machine is admitted when its architecture fits, when the workload allows it if it is burstable
    or spot, when it yields every resource the workload ever needs, and, on containers, when the
    largest pod fits on one machine and it holds no accelerator (accelerators exist on platform
    ``vm`` only).
    """
    machine = (skus["resource"] == "").to_numpy()
    wanted = workloads["architecture"].to_numpy()[:, None]
    fits = machine[None, :] & ((wanted == "any") | (wanted == skus["architecture"].to_numpy()[None, :]))
    burstable = skus["baseline_vcpu"].notna().to_numpy()
    fits &= workloads["burstable_ok"].to_numpy()[:, None] | ~burstable[None, :]
    needed = demand[:, CARRIED_AT, :].max(axis=2) > 0
    for k in range(len(CARRIED)):
        fits &= ~needed[:, k][:, None] | _has(yields[:, k], own[own["k"] == k], len(workloads))
    fits &= workloads["spot_ok"].to_numpy()[:, None] | ~skus["spot"].to_numpy(dtype=bool)[None, :]
    container = (workloads["platform"] == "container").to_numpy()[:, None]
    pods = workloads[["pod_vcpu", "pod_memory_gib"]].fillna(0.0).to_numpy()
    pod_fits = (pods[:, 0][:, None] <= yields[:, 0][None, :]) & (pods[:, 1][:, None] <= yields[:, 1][None, :])
    cards = (skus["accelerator"] != "").to_numpy()[None, :]
    return np.asarray(fits & (~container | (pod_fits & ~cards)))


def _has(yields: np.ndarray, own: pd.DataFrame, workloads: int) -> np.ndarray:
    """Whether a SKU yields a resource, to a workload with a yield of its own or to all: (workload, SKU)."""
    has = np.repeat((yields > 0)[None, :], workloads if len(own) else 1, axis=0)
    if len(own):
        has[own["w"].to_numpy(), own["s"].to_numpy()] = True
    return has


def units_needed(
    demand: np.ndarray, load: np.ndarray, yields: np.ndarray, own: pd.DataFrame, min_units: np.ndarray
) -> np.ndarray:
    """Units of each SKU that carry the whole of each workload: n[w,s,t,l].

    ``n = max(min_units, max over k of load[w,l] d[w,k,t] / a[s,k])``, k over vCPU, memory,
    accelerators and requests, a the yield of the catalog or the workload's own; zero where the workload
    needs no machine in the slice, whatever ``min_units`` says, infinite where the SKU
    yields nothing of a needed resource.

    Parameters
    ----------
    demand
        Peak demand, array (workload, resource of ``CARRIED``, period).
    load
        Part of the peak in each slice, array (workload, slice).
    yields
        Array (SKU, resource of ``CARRIED``).
    own
        Yields of workloads themselves: w, s, k, amount.
    min_units
        Array (workload,).

    Returns
    -------
    Array (workload, SKU, period, slice).
    """
    peak = np.zeros((demand.shape[0], yields.shape[0], demand.shape[2]))
    for k in range(yields.shape[1]):
        d = demand[:, k, :][:, None, :]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(d > 0, d / yields[:, k][None, :, None], 0.0)
        mine = own[own["k"] == k]
        w, s = mine["w"].to_numpy(), mine["s"].to_numpy()
        ratio[w, s] = demand[w, k] / mine["amount"].to_numpy()[:, None]
        np.maximum(peak, ratio, out=peak)
    runs = np.any(demand > 0, axis=1, keepdims=True)[:, :, :, None] & (load > 0)[:, None, None, :]
    with np.errstate(invalid="ignore"):  # no load on a machine that cannot carry it: none runs
        n = np.maximum(peak[:, :, :, None] * load[:, None, None, :], min_units[:, None, None, None])
    return np.where(runs, n, 0.0)
