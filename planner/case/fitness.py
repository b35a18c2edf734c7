"""Fitness of accelerator cards: which machines have the cards that a workload can run on.

How many cards carry a load follows from bandwidth and FLOPS (``accelerators.csv``); whether a card can
carry it at all follows from its memory, the cards in one machine, how cards are joined, and its software.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.catalog.schema import INTERCONNECTS


@dataclass(frozen=True)
class Cards:
    """The cards of each SKU, along SKUs.

    Attributes
    ----------
    name
        Card, empty for a machine without one.
    memory
        GiB that one unit has of one card: less than the card's where a unit has a part of a card only.
    count
        Cards of one unit.
    joined
        How they are joined, as a position in ``INTERCONNECTS``; -1 where nobody says.
    own_stack
        Does the card need software made for it?
    """

    name: np.ndarray
    memory: np.ndarray
    count: np.ndarray
    joined: np.ndarray
    own_stack: np.ndarray


def cards_of(skus: pd.DataFrame, accelerators: pd.DataFrame, interconnects: pd.DataFrame) -> Cards:
    """What each SKU has of cards, from the catalog's tables."""
    name = skus["accelerator"].to_numpy(dtype=object)
    count = skus["accelerator_count"].fillna(0.0).to_numpy(dtype="float64")
    table = accelerators.set_index("accelerator")
    memory = skus["accelerator"].map(table["memory_gib"]).fillna(0.0).to_numpy(dtype="float64")
    own = skus["accelerator"].isin(table.index[table["own_stack"].astype(bool)]).to_numpy(dtype=bool)
    key = ["vendor", "family", "accelerator", "accelerator_count"]
    known = {tuple(k): INTERCONNECTS.index(j) for *k, j in interconnects[[*key, "interconnect"]].to_numpy()}
    vendor = skus["region"].str.split(":").str[0]
    keys = zip(vendor, skus["family"], name, count, strict=True)
    joined = np.array([known.get(k, -1) for k in keys], dtype=np.int64)
    return Cards(name, memory * np.minimum(count, 1.0), count, joined, own)


def suffices(workloads: pd.DataFrame, demand: np.ndarray, cards: Cards) -> np.ndarray:
    """Boolean (workload, SKU): has the SKU the cards that the workload asks for?

    True throughout for a workload without demand for cards. ``demand`` is (workload, resource of
    cards, period). How a machine's cards are joined is refused where nobody says.
    """
    needs = np.asarray((demand > 0).any(axis=(1, 2)))[:, None]
    short = np.any(list(shortfalls(workloads, cards).values()), axis=0)
    return np.asarray(~(short & needs))


def shortfalls(workloads: pd.DataFrame, cards: Cards) -> dict[str, np.ndarray]:
    """Where a SKU falls short of what is asked, by column of ``workloads.csv``: boolean (workload, SKU)."""
    memory = workloads["card_memory_gib"].fillna(0.0).to_numpy(dtype="float64")[:, None]
    together = workloads["cards_together"].fillna(0.0).to_numpy(dtype="float64")[:, None]
    asked = workloads["interconnect"].map({name: i for i, name in enumerate(INTERCONNECTS)}).fillna(0)
    joined = asked.to_numpy(dtype=np.int64)[:, None]
    permitted = np.array(
        [
            np.isin(cards.name, words) if words else ~cards.own_stack
            for words in (text.split() for text in workloads["cards_permitted"])
        ],
        dtype=bool,
    ).reshape(len(workloads), len(cards.name))
    return {
        "cards_permitted": ~permitted,
        "card_memory_gib": cards.memory[None, :] < memory,
        "cards_together": cards.count[None, :] < together,
        "interconnect": (joined > 0) & (cards.joined[None, :] < joined),
    }


def nearest_card(line: Mapping[Any, Any], cards: Cards, skus: np.ndarray) -> tuple[int, str]:
    """The SKU among ``skus`` that falls short in the fewest ways, and its shortfalls with their numbers.

    Of those that fall short in as few ways the one with the most memory a card, then the most cards.
    """
    short = {column: misses[0] for column, misses in shortfalls(pd.DataFrame([line]), cards).items()}
    ways = np.sum([misses[skus] for misses in short.values()], axis=0)
    s = int(skus[np.lexsort((-cards.count[skus], -cards.memory[skus], ways))[0]])
    card = cards.name[s] or "no card"
    joined = "unknown" if cards.joined[s] < 0 else INTERCONNECTS[cards.joined[s]]
    unlike = f"{line['cards_permitted']} permitted" if line["cards_permitted"] else "with software of its own"
    words = {
        "cards_permitted": f"{card}, {unlike}",
        "card_memory_gib": f"{card} with {cards.memory[s]:g} GiB, {line['card_memory_gib']} asked",
        "cards_together": f"{cards.count[s]:g} in one machine, {line['cards_together']} asked",
        "interconnect": f"interconnect {joined}, {line['interconnect']} asked",
    }
    return s, "; ".join(text.replace(".0 asked", " asked") for k, text in words.items() if short[k][s])
