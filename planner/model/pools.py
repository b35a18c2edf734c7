"""Pools: workloads that may share what is bought.

A pool has one payer, platform, architecture and security domain, and lies on one side of every
scope of shares, so that each unit bought has one owner and counts in a share or does not. Containers
share a fleet only with those that may run on the same machines.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.scopes import Scope


def make_pools(
    workloads: pd.DataFrame, contestable: np.ndarray, scopes: tuple[Scope, ...], admitted: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Divide workloads into pools.

    Parameters
    ----------
    workloads
        With payer, platform, architecture, classification and nccp_tier.
    contestable
        Boolean (workload, period).
    scopes
        Scopes of shares.
    admitted
        Boolean (workload, SKU): machines that each workload may run on.

    Returns
    -------
    (pools, pool_of)
        ``pools`` has one row a pool: name, payer, platform, architecture. ``pool_of`` gives the
        pool of each workload.

    Notes
    -----
    The security domain is the pair of classification and tier of the national policy.
    """
    container = (workloads["platform"] == "container").to_numpy()
    sides = [contestable, *(scope.member for scope in scopes), admitted & container[:, None]]
    bits = np.packbits(np.concatenate(sides, axis=1), axis=1)
    signature = [row.tobytes().hex() for row in bits]
    table = workloads[["payer", "platform", "architecture", "classification", "nccp_tier"]].assign(
        side=signature
    )
    keys = table.drop_duplicates().sort_values(list(table.columns), ignore_index=True)
    number = {key: q for q, key in enumerate(keys.itertuples(index=False, name=None))}
    pool_of = np.array([number[key] for key in table.itertuples(index=False, name=None)], dtype=np.int64)
    parts = keys[["payer", "platform", "architecture", "classification", "nccp_tier"]]
    names = parts.apply(lambda row: "/".join(str(v) for v in row if v != ""), axis=1)
    again = names.groupby(names).cumcount()
    names = names.where(again == 0, names + "/" + (again + 1).astype(str))
    return keys.assign(name=names)[["name", "payer", "platform", "architecture"]], pool_of
