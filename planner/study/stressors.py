"""Stressors as data: what may go wrong, each a line of text, and lines joined by ``&`` together.

=======================  =========================================================================
``vendor-gone:GROUP``    every region of a vendor group closes
``region-gone:REGION``   one region closes
``cut-off:COUNTRY``      every vendor with a parent in a jurisdiction closes
``price:GROUP:+30%``     a vendor group asks so much more for everything (``*``: all)
``demand:W:+20%``        a workload needs so much more of everything (``*``: all)
``late:REGION:2``        a region opens so many periods later
``capacity:SUBJECT:-25%``  a stated capacity shrinks (``*``: all)
``cable-cut:LINK``       a link or cable of the network is gone
``currency:USD:+10%``    a currency costs so much more
=======================  =========================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
import pandas as pd

from planner.eligibility import opening_periods
from planner.errors import UnknownName
from planner.inputs import Case
from planner.latency.coverage import coverage
from planner.latency.graph import build_graph
from planner.latency.matrix import round_trips
from planner.tolerances import DIGIT

UNREACHED_US = 10**9
"""Round trip between nodes that nothing joins any more: beyond every target, and in no mean."""


@dataclass(frozen=True)
class Stressed:
    """A case under stress.

    Attributes
    ----------
    closed
        Regions that are closed: boolean (region, period).
    cut
        Links and cables that are gone.
    unreachable
        Part of the users whom nothing joins to the region: (workload, region, period).
    """

    case: Case
    closed: np.ndarray
    cut: tuple[str, ...]
    unreachable: np.ndarray


def calm(case: Case) -> Stressed:
    """A case under no stress."""
    shape = (len(case.workloads), len(case.regions), len(case.periods))
    return Stressed(case, np.zeros(shape[1:], dtype=bool), (), np.zeros(shape))


def stress(case: Case, text: str) -> Stressed:
    """Apply a line of stressors to a case.

    Raises
    ------
    UnknownName
        If a kind or a subject is unknown, or an amount is none.
    """
    state = calm(case)
    for part in text.split("&"):
        kind, _, rest = part.strip().partition(":")
        if kind not in KINDS:
            raise UnknownName("stressor", kind, list(KINDS))
        subject, amount = rest, ""
        if kind in WITH_AMOUNT:
            subject, _, amount = rest.rpartition(":")
        state = KINDS[kind](state, subject, amount)
    return state


def _factor(amount: str) -> float:
    try:
        value = float(amount.removesuffix("%"))
    except ValueError:
        raise UnknownName("amount", amount, ["+30%", "-25%"]) from None
    if not amount.endswith("%") or not -100 <= value <= 10_000:
        raise UnknownName("amount", amount, ["+30%", "-25%"])
    return 1.0 + value / 100.0


def _known(what: str, name: str, known: pd.Series | list[str]) -> None:
    names = sorted({str(v) for v in known})
    if name != "*" and name not in names:
        raise UnknownName(what, name, names)


def _close(column: str, what: str) -> Callable[[Stressed, str, str], Stressed]:
    def apply(state: Stressed, subject: str, amount: str) -> Stressed:
        regions = state.case.regions
        _known(what, subject, regions[column])
        hit = (regions[column] == subject).to_numpy()
        return replace(state, closed=state.closed | hit[:, None])

    return apply


def _price(state: Stressed, subject: str, amount: str) -> Stressed:
    case, factor = state.case, _factor(amount)
    _known("vendor group", subject, case.regions["vendor_group"])
    hit = (case.regions["vendor_group"] == subject) | (subject == "*")
    return replace(state, case=with_prices(case, set(case.regions["region"][hit]), factor))


def with_prices(case: Case, regions: set[str], factor: float) -> Case:
    """The case with every price of some regions multiplied."""
    catalog = case.catalog
    skus = set(catalog.skus["SkuId"][catalog.skus["region"].isin(regions)])
    prices, transfer = catalog.prices.copy(), catalog.transfer.copy()
    prices.loc[prices["SkuId"].isin(skus), "ListUnitPrice"] *= factor
    transfer.loc[transfer["region"].isin(regions), "ListUnitPrice"] *= factor
    return replace(case, catalog=replace(catalog, prices=prices, transfer=transfer))


def _demand(state: Stressed, subject: str, amount: str) -> Stressed:
    case = state.case
    _known("workload", subject, case.workloads["workload"])
    hit = (case.workloads["workload"] == subject).to_numpy() | (subject == "*")
    demand = np.where(hit[:, None, None], case.demand * _factor(amount), case.demand)
    return replace(state, case=replace(case, demand=demand))


def _late(state: Stressed, subject: str, amount: str) -> Stressed:
    _known("region", subject, state.case.regions["region"])
    if not amount.isdigit():
        raise UnknownName("number of periods", amount, ["2"])
    first = opening_periods(state.case)
    r = list(state.case.regions["region"]).index(subject)
    closed = state.closed.copy()
    closed[r, : first[r] + int(amount)] = True
    return replace(state, closed=closed)


def _capacity(state: Stressed, subject: str, amount: str) -> Stressed:
    case = state.case
    _known("capacity", subject, case.capacity["subject"])
    capacity = case.capacity.copy()
    hit = (capacity["subject"] == subject) | (subject == "*")
    capacity["amount"] = capacity["amount"].where(~hit, capacity["amount"] * _factor(amount))
    return replace(state, case=replace(case, capacity=capacity))


def _cable(state: Stressed, subject: str, amount: str) -> Stressed:
    case = state.case
    if case.network is None or case.users.empty:
        raise UnknownName("link", subject, [])
    cut = (*state.cut, subject)
    graph = build_graph(case.network, without_links=list(cut))
    nodes = dict(zip(case.regions["region"], case.regions["node"], strict=True))
    trips = round_trips(graph, sorted(set(case.users["site"])), nodes, unreached_us=UNREACHED_US)
    targets = case.workloads.set_index("workload")["latency_ms"].fillna(np.inf)
    joined = trips.mean_us < UNREACHED_US
    # Nobody waits 1,000 seconds: who is joined no more adds no round trip, but is told as unreachable.
    known = replace(trips, mean_us=trips.mean_us.where(joined, 0), p95_us=trips.p95_us.where(joined, 0))
    reach = coverage(case.users, trips, targets)
    reach["mean_ms"] = coverage(case.users, known, targets)["mean_ms"]
    within = coverage(case.users, trips, pd.Series(UNREACHED_US / 2000.0, index=targets.index))
    changed = replace(case, reach=reach, rtt_us=trips.mean_us, between_us=_between(case, graph, nodes))
    return replace(state, case=changed, cut=cut, unreachable=_unreachable(case, within))


def _between(case: Case, graph: nx.Graph, nodes: dict[str, str]) -> pd.DataFrame:
    """Round trips of regions to one another, where the case limits them."""
    if case.between_us.empty:
        return case.between_us
    trips = round_trips(graph, sorted(set(nodes.values())), nodes, unreached_us=UNREACHED_US).mean_us
    between: pd.DataFrame = trips.loc[list(nodes.values())].set_axis(list(nodes), axis="index")
    return between


def _unreachable(case: Case, within: pd.DataFrame) -> np.ndarray:
    """Part of users that no route joins (workload, region, period), from who is joined."""
    regions = case.regions
    out = np.zeros((len(case.workloads), len(regions), len(case.periods)))
    w = within["workload"].map({name: i for i, name in enumerate(case.workloads["workload"])})
    r = within["region"].map({name: i for i, name in enumerate(regions["region"])})
    out[w.to_numpy(), r.to_numpy(), within["t"].to_numpy()] = 1.0 - within["coverage"].to_numpy()
    return np.where(out > DIGIT, out, 0.0)


def _currency(state: Stressed, subject: str, amount: str) -> Stressed:
    case = state.case
    _known("currency", subject, [currency for currency, _ in case.rates.by_year])
    factor = _factor(amount)
    by_year = {
        (currency, year): rate * (factor if subject in ("*", currency) else 1.0)
        for (currency, year), rate in case.rates.by_year.items()
    }
    rates = replace(case.rates, by_year=by_year)
    return replace(state, case=replace(case, rates=rates))


KINDS: dict[str, Callable[[Stressed, str, str], Stressed]] = {
    "vendor-gone": _close("vendor_group", "vendor group"),
    "region-gone": _close("region", "region"),
    "cut-off": _close("parent_jurisdiction", "jurisdiction"),
    "price": _price,
    "demand": _demand,
    "late": _late,
    "capacity": _capacity,
    "cable-cut": _cable,
    "currency": _currency,
}
WITH_AMOUNT = ("price", "demand", "late", "capacity", "currency")
"""Kinds whose text ends in an amount."""


def usual(case: Case, used: set[str]) -> list[str]:
    """The stressors that a case is put under when none are named; ``used`` are regions of its plan."""
    regions = case.regions
    home = case.settings.home_country
    mine = regions[regions["region"].isin(used)]
    market = mine[mine["market"]]
    out = [f"vendor-gone:{g}" for g in sorted(set(market["vendor_group"]))]
    out += [f"region-gone:{r}" for r in sorted(used)]
    out += [f"cut-off:{c}" for c in sorted(set(mine["parent_jurisdiction"])) if c != home]
    out += [f"price:{g}:+30%" for g in sorted(set(market["vendor_group"]))]
    out += ["demand:*:+20%", "demand:*:-20%"]
    out += [f"late:{o.region}:2" for o in case.settings.openings]
    out += ["capacity:*:-25%"] if len(case.capacity) else []
    out += [f"cable-cut:{name}" for name in _cables(case)]
    foreign = sorted({c for c, _ in case.rates.by_year})
    return out + [f"currency:{c}:{sign}10%" for c in foreign for sign in "+-"]


def _cables(case: Case) -> list[str]:
    if case.network is None or case.users.empty:
        return []
    links = case.network.links
    return sorted(set(links.loc[links["kind"] == "cable", "name"]))
