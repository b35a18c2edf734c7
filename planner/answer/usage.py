"""What of the commitments runs: the units that count in shares, and who shares them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.catalog.schema import COMMITMENTS
from planner.model.build import Model
from planner.plan.plan import POOLS

_KEY = ["q", "s", "term", "h", "t"]


def has_commitments(model: Model, x: np.ndarray) -> bool:
    """Does the plan hold a commitment, bought or held before?"""
    families = (model.columns.commit, model.columns.held)
    return any(bool((x[family.numbers] > 0).any()) for family in families)


def used(model: Model, x: np.ndarray, bought: pd.DataFrame) -> np.ndarray:
    """Units that run, as the mean over the hours of each row of purchases.

    All of what is bought on demand runs; of a commitment, what ``cover`` says, weighted by the hours
    of the slices. A held commitment (h ≥ 0) is used by all pools of its payer.

    Parameters
    ----------
    bought
        With q, s, term, h, t and units.
    """
    cover = model.columns.cover.keys.assign(x=x[model.columns.cover.numbers])
    cover = cover.merge(model.index.slices[["t", "l", "hours"]], on=["t", "l"], how="left")
    hours = model.index.case.periods["hours"].to_numpy()[cover["t"].to_numpy(dtype=np.int64)]
    cover["x"] = cover["x"] * cover["hours"] / hours
    cover["q"] = cover["q"].where(cover["h"] < 0, -1)
    running = cover.groupby(_KEY, as_index=False)["x"].sum()
    wanted = bought[_KEY].assign(q=bought["q"].where(bought["h"] < 0, -1))
    found = wanted.merge(running, on=_KEY, how="left")["x"].fillna(0.0).to_numpy()
    units = bought["units"].to_numpy(dtype="float64")
    # Commitments that began in different periods are used alike.
    all_of_key = wanted.assign(units=units).groupby(_KEY)["units"].transform("sum").to_numpy()
    committed = bought["term"].str.startswith("commit").to_numpy()
    return np.where(committed, found * units / all_of_key, units)


def pools(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Pool and workload, in a plan with commitments; otherwise nothing."""
    index = model.index
    if not has_commitments(model, x):
        return pd.DataFrame(columns=list(POOLS))
    name = index.pools["name"].to_numpy()[index.pool_of]
    frame = pd.DataFrame({"pool": name, "workload": index.case.workloads["workload"].to_numpy()})
    return frame.sort_values(list(POOLS), ignore_index=True)


def outlived(model: Model, x: np.ndarray) -> list[str]:
    """Commitments that run longer than the contract under which they are bought, in words.

    They are planned at the contract's terms to their end; whether the vendor grants that is a
    question to it.
    """
    index, case = model.index, model.index.case
    keys = model.columns.commit.keys.assign(x=x[model.columns.commit.numbers])
    keys = keys[keys["x"] > 0]
    out = set()
    for line in keys.to_dict("records"):
        number = int(index.offers.contract[int(line["r"]), int(line["t0"])])
        until = str(case.contracts["valid_to"].iloc[number]) if number >= 0 else ""
        start = pd.Period(case.periods["period"].iloc[int(line["t0"])], freq="M")
        end = start + COMMITMENTS[str(line["term"])]
        if until and until < end.start_time.date().isoformat():
            sku, name = (case.catalog.skus["SkuId"].iloc[int(line["s"])],
                         case.contracts["contract"].iloc[number])  # fmt: skip
            out.add(f"{line['term']} of {sku} from {start} runs to {end}, contract {name} ends {until}")
    return sorted(out)
