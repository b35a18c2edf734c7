"""Which (workload, region, period) exist, and an excuse for every other one.

A filter rule is a function from a rule and the inputs to a table of verdicts; the linear program
only ever sees what passed all of them. Hard filters decide; everything else is reported elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.fitness import Cards, cards_of, nearest_card, suffices
from planner.case.resources import CARRIED, RESOURCES, STORED
from planner.case.sizing import CARRIED_AT, admits, machine_yields
from planner.case.yields import own_yields
from planner.catalog.schema import COMMITMENTS
from planner.filters import FILTERS, Check, binds
from planner.inputs import Case

BUILT_IN = ("availability", "serves-agency", "no-machine", "no-card", "no-price")
"""Excuses that no rule pack states: not open yet, another agency's premises, nothing that fits, no card that
suffices."""

_CARDS = [RESOURCES.index(k) for k in ("gpu_inference", "gpu_training")]


@dataclass(frozen=True)
class Eligibility:
    """What may run where.

    Attributes
    ----------
    allowed
        Boolean array (workload, region, period); false where the workload is not alive.
    contestable
        Boolean array (workload, period): the hard filters leave at least two vendor groups of the
        market.
    excuses
        workload, region, period_from, period_to, rule, reason; all failing rules, most binding
        first: rules of the packs in their order, then the built-in ones.
    admitted
        Boolean array (workload, SKU): machines that the workload may run on and that have a price.
    standby, backup
        As ``allowed``, for a copy kept ready and for a backup: rules may treat their places apart.
    """

    allowed: np.ndarray
    contestable: np.ndarray
    excuses: pd.DataFrame
    admitted: np.ndarray
    standby: np.ndarray
    backup: np.ndarray


def assess(case: Case) -> Eligibility:
    """Apply every hard filter to every workload, region and period."""
    shape = (len(case.workloads), len(case.regions), len(case.periods))
    admitted = admitted_machines(case)
    allowed = np.repeat(case.alive[:, None, :], shape[1], axis=1)
    rows: list[tuple[int, int, int, int, int, str, str]] = []
    for order, check in enumerate(_checks(case, admitted, "primary")):
        blocks = np.broadcast_to(check.blocks, shape) & case.alive[:, None, :]
        allowed &= ~blocks
        rows += [
            (w, r, order, first, last, check.rule, check.reason(w, r))
            for w, r, first, last in _ranges(blocks)
        ]
    rows.sort()
    names, regions = case.workloads["workload"].to_numpy(), case.regions["region"].to_numpy()
    periods = case.periods["period"].to_numpy()
    excuses = pd.DataFrame(
        [(names[w], regions[r], periods[a], periods[b], rule, why) for w, r, _, a, b, rule, why in rows],
        columns=["workload", "region", "period_from", "period_to", "rule", "reason"],
    )
    return Eligibility(
        allowed,
        _contestable(case, allowed),
        excuses,
        admitted,
        _allowed_as(case, admitted, "standby"),
        _allowed_as(case, admitted, "backup"),
    )


def _allowed_as(case: Case, admitted: np.ndarray, role: str) -> np.ndarray:
    shape = (len(case.workloads), len(case.regions), len(case.periods))
    allowed = np.repeat(case.alive[:, None, :], shape[1], axis=1)
    for check in _checks(case, admitted, role):
        # A backup needs storage only, which the model prices by itself.
        if role != "backup" or check.rule not in ("no-machine", "no-card", "no-price"):
            allowed &= ~np.broadcast_to(check.blocks, shape)
    return allowed


def admitted_machines(case: Case) -> np.ndarray:
    """Machines that fit each workload, their cards too, and can be had: boolean array (workload, SKU).

    Sold on a term that the case offers, or held by the workload's payer under a commitment that still runs.
    """
    return np.asarray(_fitting_but_for_cards(case) & _with_cards(case))


def _with_cards(case: Case) -> np.ndarray:
    """Machines with the cards that each workload asks for, or any where it needs none: (workload, SKU)."""
    return suffices(case.workloads, case.demand[:, _CARDS, :], _cards(case))


def _cards(case: Case) -> Cards:
    catalog = case.catalog
    return cards_of(catalog.skus, catalog.accelerators, catalog.interconnects)


def _fitting_but_for_cards(case: Case) -> np.ndarray:
    """Machines that fit each workload if any card will do, and can be had: (workload, SKU)."""
    catalog = case.catalog
    yields = machine_yields(catalog.skus, catalog.accelerators)
    own = own_yields(case.yields, list(case.workloads["workload"]), list(catalog.skus["SkuId"]))
    fits = admits(case.workloads, catalog.skus, yields, own, case.demand)
    return np.asarray(fits & (_sold(case)[None, :] | _held_by_payer(case)))


def _contestable(case: Case, allowed: np.ndarray) -> np.ndarray:
    market = case.regions["market"].to_numpy()
    groups = case.regions["vendor_group"].to_numpy()
    reach = [allowed[:, market & (groups == g), :].any(axis=1) for g in sorted(set(groups[market]))]
    if not reach:
        return np.zeros(allowed[:, 0, :].shape, dtype=bool)
    return np.asarray(np.sum(reach, axis=0) >= 2)


def _ranges(blocks: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """(workload, region, first period, last period) of each run of blocked periods."""
    edge = np.zeros((*blocks.shape[:2], 1), dtype=np.int8)
    steps = np.diff(blocks.astype(np.int8), axis=2, prepend=edge, append=edge)
    starts, ends = np.argwhere(steps == 1), np.argwhere(steps == -1)
    for (w, r, first), (_, _, after) in zip(starts.tolist(), ends.tolist(), strict=True):
        yield w, r, first, after - 1


def _checks(case: Case, admitted: np.ndarray, role: str) -> Iterator[Check]:
    for rule in case.rules:
        if rule.severity == "hard" and rule.kind in FILTERS:
            yield FILTERS[rule.kind](rule, case, role)
    yield _availability(case)
    yield _serves_agency(case)
    fitting = _fitting_but_for_cards(case)
    lacking = without_machine(case, fitting & _with_cards(case)) & ~without_machine(case, fitting)
    yield _no_machine(case, admitted, lacking)
    yield _no_card(case, fitting, lacking)
    yield _no_price(case)


def blocked(case: Case, admitted: np.ndarray, role: str) -> dict[str, np.ndarray]:
    """Where each rule, and each fact, keeps a role out: name to boolean (workload, region, period)."""
    alive = case.alive[:, None, :]
    shape = (len(case.workloads), len(case.regions), len(case.periods))
    out: dict[str, np.ndarray] = {}
    for check in _checks(case, admitted, role):
        blocks = np.broadcast_to(check.blocks, shape) & alive
        out[check.rule] = out[check.rule] | blocks if check.rule in out else blocks
    return out


def opening_periods(case: Case) -> np.ndarray:
    """First period in which each region serves; the number of periods if it never does.

    A live region serves from the first period that begins on or after the day it opened; an
    announced one only where the case assumes an opening.
    """
    periods = case.periods
    assumed = {o.region: list(periods["period"]).index(o.period) for o in case.settings.openings}
    never = len(periods)
    first = []
    for region, status, opens in case.regions[["region", "status", "opens"]].itertuples(index=False):
        if region in assumed:
            first.append(assumed[region])
        elif status == "announced":
            first.append(never)
        elif opens == "":
            first.append(0)
        else:
            later = [t for t, start in enumerate(periods["start"]) if start.isoformat() >= opens]
            first.append(later[0] if later else never)
    return np.array(first)


def _availability(case: Case) -> Check:
    first = opening_periods(case)
    count = len(case.periods)
    blocks = np.arange(count)[None, None, :] < first[None, :, None]
    periods = case.periods["period"].to_numpy()

    def reason(w: int, r: int) -> str:
        if first[r] == count:
            return "the region is announced and opens in no period of the horizon"
        return f"the region serves from {periods[first[r]]}"

    return Check("availability", blocks, reason)


def _serves_agency(case: Case) -> Check:
    only = case.regions["serves_agency"].to_numpy()
    agency = case.workloads["agency"].to_numpy()
    blocks = (only[None, :] != "") & (only[None, :] != agency[:, None])

    def reason(w: int, r: int) -> str:
        return f"the region serves {only[r]} only; the workload belongs to {agency[w]}"

    return Check("serves-agency", blocks[:, :, None], reason)


def _no_machine(case: Case, admitted: np.ndarray, lacking: np.ndarray) -> Check:
    """``lacking`` (workload, region): machines fit there, and only their cards do not suffice."""
    needs = case.demand[:, CARRIED_AT, :].max(axis=2) > 0
    blocks = without_machine(case, admitted) & ~lacking
    had = _sold(case)[None, :] | _held_by_payer(case)
    priced = _any_per_region(case, had.any(axis=0)[None, :])[0]
    workloads = case.workloads

    def reason(w: int, r: int) -> str:
        if not priced[r]:
            return "no machine of the region has a price, at the date of prices, on a term offered"
        needed = ", ".join(k for k, need in zip(CARRIED, needs[w], strict=True) if need)
        line = workloads.iloc[w]
        kind = f"platform {line['platform']}, architecture {line['architecture']}"
        return f"no priced machine there yields {needed} ({kind})"

    return Check("no-machine", blocks[:, :, None], reason)


def _no_card(case: Case, fitting: np.ndarray, lacking: np.ndarray) -> Check:
    cards, workloads = _cards(case), case.workloads
    skus = case.catalog.skus
    place = skus["region"].to_numpy()
    regions = case.regions["region"].to_numpy()

    def reason(w: int, r: int) -> str:
        nearest, short = nearest_card(
            workloads.iloc[w].to_dict(), cards, np.flatnonzero(fitting[w] & (place == regions[r]))
        )
        return (
            f"no priced machine there has the cards asked for; nearest is {skus['SkuId'][nearest]}: {short}"
        )

    return Check("no-card", lacking[:, :, None], reason)


def without_machine(case: Case, admitted: np.ndarray) -> np.ndarray:
    """Where a workload that needs machines finds none it may run on: boolean array (workload, region)."""
    needs = np.asarray((case.demand[:, CARRIED_AT, :] > 0).any(axis=(1, 2)))
    return np.asarray(needs[:, None] & ~_any_per_region(case, admitted))


def _no_price(case: Case) -> Check:
    missing = ~_sold_without_machines(case)
    needs = case.demand[:, [RESOURCES.index(k) for k in _WITHOUT_MACHINES], :].max(axis=2) > 0
    blocks = (needs[:, None, :] & missing[None, :, :]).any(axis=2)

    def reason(w: int, r: int) -> str:
        lacking = [k for i, k in enumerate(_WITHOUT_MACHINES) if needs[w, i] and missing[r, i]]
        return f"no price for {', '.join(lacking)} at the date of prices"

    return Check("no-price", blocks[:, :, None], reason)


_WITHOUT_MACHINES = (*STORED, "egress_gib")


def _sold_without_machines(case: Case) -> np.ndarray:
    """Whether storage and egress have a price: boolean array (region, resource)."""
    catalog = case.catalog
    priced = set(catalog.prices.loc[catalog.prices["term"] == "on_demand", "SkuId"])
    skus = catalog.skus[catalog.skus["SkuId"].isin(priced)]
    sold = set(zip(skus["region"], skus["resource"], strict=True))
    to_internet = catalog.transfer.loc[catalog.transfer["destination"] == "internet", "region"]
    sold |= {(region, "egress_gib") for region in to_internet}
    return np.array([[(region, k) in sold for k in _WITHOUT_MACHINES] for region in case.regions["region"]])


def _sold(case: Case) -> np.ndarray:
    """SKUs with a price on some term that the case offers: boolean array (SKU,)."""
    prices = case.catalog.prices
    # Spot machines are SKUs of their own, sold on demand at the spot price (planner.catalog.spot).
    offered = [term for term in case.settings.terms if term != "spot"]
    sold = prices.loc[prices["term"].isin(offered), "SkuId"]
    return np.asarray(case.catalog.skus["SkuId"].isin(sold))


def _held_by_payer(case: Case) -> np.ndarray:
    """SKUs of which a workload's payer holds commitments that still run: boolean array (workload, SKU)."""
    first = pd.Period(case.settings.start, freq="M").ordinal
    payers, skus = case.workloads["payer"].to_numpy(), case.catalog.skus["SkuId"].to_numpy()
    held = np.zeros((len(payers), len(skus)), dtype=bool)
    for line in case.held.to_dict("records"):
        if pd.Period(line["start"], freq="M").ordinal + COMMITMENTS[line["term"]] > first:
            held |= (payers == line["payer"])[:, None] & (skus == line["sku"])[None, :]
    return held


def _any_per_region(case: Case, by_sku: np.ndarray) -> np.ndarray:
    """Whether any SKU of a region is true: (…, SKU) to (…, region)."""
    at = case.catalog.skus["region"].to_numpy()
    machine = (case.catalog.skus["resource"] == "").to_numpy()
    return np.column_stack(
        [(by_sku[:, (at == region) & machine]).any(axis=1) for region in case.regions["region"]]
    )


__all__ = ["BUILT_IN", "FILTERS", "Eligibility", "assess", "binds", "without_machine"]
