"""Pools: workloads that may share what is bought.

A pool has one payer, platform, architecture and security domain. Where a rule on shares of spend counts
some work and not other work, a pool lies on one side of it in every period in which it needs anything, so
that each unit bought counts or does not. Containers share a fleet only with those that may run on the
same machines.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.model.scopes import Scope

_KEY = ["payer", "platform", "architecture", "classification", "nccp_tier"]


def make_pools(
    workloads: pd.DataFrame, alive: np.ndarray, scopes: tuple[Scope, ...], admitted: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Divide workloads into pools.

    Parameters
    ----------
    workloads
        With payer, platform, architecture, classification and nccp_tier.
    alive
        Boolean (workload, period): does it need anything?
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
    The security domain is the pair of classification and tier of the national policy. Only scopes of
    spend divide pools: what counts in others is known from placements.
    """
    container = (workloads["platform"] == "container").to_numpy()
    bits = np.packbits(admitted & container[:, None], axis=1)
    members = [scope.member for scope in scopes if scope.basis == "spend"]
    inside = np.concatenate([np.empty((len(alive), 0), dtype=bool), *members], axis=1)
    counts = np.tile(alive, len(members))
    table = workloads[_KEY].assign(fleet=[row.tobytes().hex() for row in bits])
    side = np.zeros(len(table), dtype=np.int64)
    for rows in table.groupby(list(table.columns), sort=True).indices.values():
        side[rows] = _sides(inside[rows], counts[rows])
    table["side"] = side
    keys = table.drop_duplicates().sort_values(list(table.columns), ignore_index=True)
    number = {key: q for q, key in enumerate(keys.itertuples(index=False, name=None))}
    pool_of = np.array([number[key] for key in table.itertuples(index=False, name=None)], dtype=np.int64)
    names = keys[_KEY].apply(lambda row: "/".join(str(v) for v in row if v != ""), axis=1)
    again = names.groupby(names).cumcount()
    names = names.where(again == 0, names + "/" + (again + 1).astype(str))
    return keys.assign(name=names)[["name", "payer", "platform", "architecture"]], pool_of


def _sides(inside: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The side of each workload: rows that agree wherever both are known lie on one.

    Those that are known in the most periods come first, and each joins the first side that it fits.
    """
    sides: list[tuple[np.ndarray, np.ndarray]] = []
    side = np.zeros(len(inside), dtype=np.int64)
    # By pattern, so that the order of rows has no say.
    order = np.lexsort((*np.where(known, inside, 2).T[::-1], -known.sum(axis=1)))
    for w in order:
        fitting = (
            i
            for i, (values, stated) in enumerate(sides)
            if not ((values != inside[w]) & stated & known[w]).any()
        )
        side[w] = next(fitting, len(sides))
        if side[w] == len(sides):
            sides.append((inside[w] & known[w], known[w].copy()))
        else:
            values, stated = sides[side[w]]
            values |= inside[w] & known[w]
            stated |= known[w]
    return side
