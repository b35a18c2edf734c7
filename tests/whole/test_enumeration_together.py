"""Exact enumeration of what workloads ask of one another and of other places: nothing cheaper is found.

Three systems that cannot be split, three regions, one quarter of 2,160 hours: data between them, round trips,
affinity, and either little room or copies kept elsewhere.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.cases import World
from support.depth import cases
from support.plans import nothing_is_cheaper

HOURS, MONTHS, GIB = 2160, 3, 200
REGIONS = ("aa:x", "aa:y", "bb:x")
NAMES = ("web", "db", "log")
TRIP = {("aa:x", "aa:y"): 4, ("aa:x", "bb:x"): 12, ("aa:y", "bb:x"): 8}
TIERS = {"none": ("none", 0.0, 0.0), "near": ("other_region", 0.5, 0.0), "far": ("other_group", 1.0, 1.0),
         "kept": ("none", 0.0, 2.0)}  # fmt: skip


@st.composite
def puzzles(draw):

    def pick(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    tight = pick(True, False)
    return {
        "price": {r: pick(0.8, 1.0, 1.3) for r in REGIONS},
        "block": {r: pick(0.1, 0.3) for r in REGIONS},
        "object": {r: pick(0.02, 0.1) for r in REGIONS},
        "out": {r: pick(0.05, 0.2, 0.5) for r in REGIONS},
        "size": {w: pick(1, 2, 3) for w in NAMES},
        "data": [(("web", "db"), pick(100, 2000, 8000)), (("db", "log"), pick(0, 3000))],
        "within": [(("web", "db"), pick(None, 9)), (("db", "log"), pick(None, 9))],
        "ask": pick([], [("apart", "web", "db")], [("together", "db", "log")], [("forbid", "web", "aa:x")],
                    [("apart", "web", "log"), ("forbid", "db", "bb:x")]),
        "room": {r: pick(3, 4, 9) for r in REGIONS} if tight else {},
        "tier": {w: "none" if tight else pick(*TIERS) for w in NAMES},
    }  # fmt: skip


def world_of(puzzle) -> World:
    made = World().node("hub", "hub")
    for r in REGIONS:
        made.node(r, "region")
    for (a, b), ms in TRIP.items():
        made.link(a, b, ms)
    for vendor in ("aa", "bb"):
        made.vendor(vendor)
    for r in REGIONS:
        made.region(r).machine(r, "m", 4, 16, puzzle["price"][r]).egress(r, puzzle["out"][r])
        made.store(r, "block_gib", puzzle["block"][r]).store(r, "object_gib", puzzle["object"][r])
    for tier, (standby, ready, backup) in TIERS.items():
        made.tier(tier, standby, ready, backup)
    for w in NAMES:
        n = puzzle["size"][w]
        made.workload(w, demand={"vcpu": 4 * n, "memory_gib": 16 * n, "block_gib": GIB}, divisible=False,
                      resilience=puzzle["tier"][w])  # fmt: skip
    limits = dict(puzzle["within"])
    for pair, gib in puzzle["data"]:
        made.depends(*pair, gib, limits[pair] or "")
    for kind, w, other in puzzle["ask"]:
        made.affinity(kind, w, **({"region": other} if kind == "forbid" else {"other": other}))
    for r, n in puzzle["room"].items():
        made.capacity(r, "units", n)
    return made


def alone(puzzle, w, r) -> float | None:
    """What a system costs at r with the cheapest standby and backup, but for its data to others."""
    machines = HOURS * puzzle["size"][w]
    total = machines * puzzle["price"][r] + MONTHS * GIB * puzzle["block"][r]
    standby, ready, backup = TIERS[puzzle["tier"][w]]
    if standby != "none":
        others = [o for o in REGIONS if o != r and (standby == "other_region" or o[:2] != r[:2])]
        total += ready * min(
            machines * puzzle["price"][o] + MONTHS * GIB * puzzle["block"][o] for o in others
        )
    if backup:
        total += MONTHS * GIB * backup * min(puzzle["object"][o] for o in REGIONS if o != r)
    return total


def fits(puzzle, at) -> bool:
    for kind, w, other in puzzle["ask"]:
        same = at[w] == (other if kind == "forbid" else at[other])
        if same is not (kind == "together"):
            return False
    for (a, b), limit in puzzle["within"]:
        if limit and at[a] != at[b] and TRIP[tuple(sorted((at[a], at[b])))] > limit:
            return False
    used = {r: sum(puzzle["size"][w] for w in NAMES if at[w] == r) for r in REGIONS}
    return all(used[r] <= room for r, room in puzzle["room"].items())


def cheapest(puzzle) -> float | None:
    costs = []
    for choice in product(REGIONS, repeat=3):
        at = dict(zip(NAMES, choice, strict=True))
        if fits(puzzle, at):
            data = sum(
                MONTHS * gib * puzzle["out"][at[a]] for (a, b), gib in puzzle["data"] if at[a] != at[b]
            )
            costs.append(data + sum(alone(puzzle, w, r) for w, r in at.items()))
    return min(costs, default=None)


@given(puzzles())
@settings(max_examples=cases(4), phases=(Phase.generate,))
def test_no_placement_of_all_is_cheaper(puzzle):
    nothing_is_cheaper(world_of(puzzle), cheapest(puzzle))
