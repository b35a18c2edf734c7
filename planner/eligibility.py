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
from planner.inputs import Inputs

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


def assess(inputs: Inputs) -> Eligibility:
    """Apply every hard filter to every workload, region and period."""
    case = inputs.case
    shape = (len(case.workloads), len(inputs.regions), len(case.periods))
    admitted = admitted_machines(inputs)
    allowed = np.repeat(case.alive[:, None, :], shape[1], axis=1)
    rows: list[tuple[int, int, int, int, int, str, str]] = []
    for order, check in enumerate(_checks(inputs, admitted, "primary")):
        blocks = np.broadcast_to(check.blocks, shape) & case.alive[:, None, :]
        allowed &= ~blocks
        rows += [
            (w, r, order, first, last, check.rule, check.reason(w, r))
            for w, r, first, last in _ranges(blocks)
        ]
    rows.sort()
    names, regions = case.workloads["workload"].to_numpy(), inputs.regions["region"].to_numpy()
    periods = case.periods["period"].to_numpy()
    excuses = pd.DataFrame(
        [(names[w], regions[r], periods[a], periods[b], rule, why) for w, r, _, a, b, rule, why in rows],
        columns=["workload", "region", "period_from", "period_to", "rule", "reason"],
    )
    return Eligibility(
        allowed,
        _contestable(inputs, allowed),
        excuses,
        admitted,
        _allowed_as(inputs, admitted, "standby"),
        _allowed_as(inputs, admitted, "backup"),
    )


def _allowed_as(inputs: Inputs, admitted: np.ndarray, role: str) -> np.ndarray:
    shape = (len(inputs.case.workloads), len(inputs.regions), len(inputs.case.periods))
    allowed = np.repeat(inputs.case.alive[:, None, :], shape[1], axis=1)
    for check in _checks(inputs, admitted, role):
        # A backup needs storage only, which the model prices by itself.
        if role != "backup" or check.rule not in ("no-machine", "no-card", "no-price"):
            allowed &= ~np.broadcast_to(check.blocks, shape)
    return allowed


def admitted_machines(inputs: Inputs) -> np.ndarray:
    """Machines that fit each workload, their cards too, and can be had: boolean array (workload, SKU).

    Sold on a term that the case offers, or held by the workload's payer under a commitment that still runs.
    """
    return np.asarray(_fitting_but_for_cards(inputs) & _with_cards(inputs))


def _with_cards(inputs: Inputs) -> np.ndarray:
    """Machines with the cards that each workload asks for, or any where it needs none: (workload, SKU)."""
    case = inputs.case
    return suffices(case.workloads, case.demand[:, _CARDS, :], _cards(inputs))


def _cards(inputs: Inputs) -> Cards:
    catalog = inputs.case.catalog
    return cards_of(catalog.skus, catalog.accelerators, catalog.interconnects)


def _fitting_but_for_cards(inputs: Inputs) -> np.ndarray:
    """Machines that fit each workload if any card will do, and can be had: (workload, SKU)."""
    catalog = inputs.case.catalog
    yields = machine_yields(catalog.skus, catalog.accelerators)
    case = inputs.case
    own = own_yields(case.yields, list(case.workloads["workload"]), list(catalog.skus["SkuId"]))
    fits = admits(case.workloads, catalog.skus, yields, own, case.demand)
    return np.asarray(fits & (_sold(inputs)[None, :] | _held_by_payer(inputs)))


def _contestable(inputs: Inputs, allowed: np.ndarray) -> np.ndarray:
    market = inputs.regions["market"].to_numpy()
    groups = inputs.regions["vendor_group"].to_numpy()
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


def _checks(inputs: Inputs, admitted: np.ndarray, role: str) -> Iterator[Check]:
    for rule in inputs.rules:
        if rule.severity == "hard" and rule.kind in FILTERS:
            yield FILTERS[rule.kind](rule, inputs, role)
    yield _availability(inputs)
    yield _serves_agency(inputs)
    fitting = _fitting_but_for_cards(inputs)
    lacking = without_machine(inputs, fitting & _with_cards(inputs)) & ~without_machine(inputs, fitting)
    yield _no_machine(inputs, admitted, lacking)
    yield _no_card(inputs, fitting, lacking)
    yield _no_price(inputs)


def blocked(inputs: Inputs, admitted: np.ndarray, role: str) -> dict[str, np.ndarray]:
    """Where each rule, and each fact, keeps a role out: name to boolean (workload, region, period)."""
    alive = inputs.case.alive[:, None, :]
    shape = (len(inputs.case.workloads), len(inputs.regions), len(inputs.case.periods))
    out: dict[str, np.ndarray] = {}
    for check in _checks(inputs, admitted, role):
        blocks = np.broadcast_to(check.blocks, shape) & alive
        out[check.rule] = out[check.rule] | blocks if check.rule in out else blocks
    return out


def opening_periods(inputs: Inputs) -> np.ndarray:
    """First period in which each region serves; the number of periods if it never does.

    A live region serves from the first period that begins on or after the day it opened; an
    announced one only where the case assumes an opening.
    """
    periods = inputs.case.periods
    assumed = {o.region: list(periods["period"]).index(o.period) for o in inputs.case.settings.openings}
    never = len(periods)
    first = []
    for region, status, opens in inputs.regions[["region", "status", "opens"]].itertuples(index=False):
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


def _availability(inputs: Inputs) -> Check:
    first = opening_periods(inputs)
    count = len(inputs.case.periods)
    blocks = np.arange(count)[None, None, :] < first[None, :, None]
    periods = inputs.case.periods["period"].to_numpy()

    def reason(w: int, r: int) -> str:
        if first[r] == count:
            return "the region is announced and opens in no period of the horizon"
        return f"the region serves from {periods[first[r]]}"

    return Check("availability", blocks, reason)


def _serves_agency(inputs: Inputs) -> Check:
    only = inputs.regions["serves_agency"].to_numpy()
    agency = inputs.case.workloads["agency"].to_numpy()
    blocks = (only[None, :] != "") & (only[None, :] != agency[:, None])

    def reason(w: int, r: int) -> str:
        return f"the region serves {only[r]} only; the workload belongs to {agency[w]}"

    return Check("serves-agency", blocks[:, :, None], reason)


def _no_machine(inputs: Inputs, admitted: np.ndarray, lacking: np.ndarray) -> Check:
    """``lacking`` (workload, region): machines fit there, and only their cards do not suffice."""
    needs = inputs.case.demand[:, CARRIED_AT, :].max(axis=2) > 0
    blocks = without_machine(inputs, admitted) & ~lacking
    had = _sold(inputs)[None, :] | _held_by_payer(inputs)
    priced = _any_per_region(inputs, had.any(axis=0)[None, :])[0]
    workloads = inputs.case.workloads

    def reason(w: int, r: int) -> str:
        if not priced[r]:
            return "no machine of the region has a price, at the date of prices, on a term offered"
        needed = ", ".join(k for k, need in zip(CARRIED, needs[w], strict=True) if need)
        line = workloads.iloc[w]
        kind = f"platform {line['platform']}, architecture {line['architecture']}"
        return f"no priced machine there yields {needed} ({kind})"

    return Check("no-machine", blocks[:, :, None], reason)


def _no_card(inputs: Inputs, fitting: np.ndarray, lacking: np.ndarray) -> Check:
    cards, workloads = _cards(inputs), inputs.case.workloads
    skus = inputs.case.catalog.skus
    place = skus["region"].to_numpy()
    regions = inputs.regions["region"].to_numpy()

    def reason(w: int, r: int) -> str:
        nearest, short = nearest_card(
            workloads.iloc[w].to_dict(), cards, np.flatnonzero(fitting[w] & (place == regions[r]))
        )
        return (
            f"no priced machine there has the cards asked for; nearest is {skus['SkuId'][nearest]}: {short}"
        )

    return Check("no-card", lacking[:, :, None], reason)


def without_machine(inputs: Inputs, admitted: np.ndarray) -> np.ndarray:
    """Where a workload that needs machines finds none it may run on: boolean array (workload, region)."""
    needs = np.asarray((inputs.case.demand[:, CARRIED_AT, :] > 0).any(axis=(1, 2)))
    return np.asarray(needs[:, None] & ~_any_per_region(inputs, admitted))


def _no_price(inputs: Inputs) -> Check:
    missing = ~_sold_without_machines(inputs)
    needs = inputs.case.demand[:, [RESOURCES.index(k) for k in _WITHOUT_MACHINES], :].max(axis=2) > 0
    blocks = (needs[:, None, :] & missing[None, :, :]).any(axis=2)

    def reason(w: int, r: int) -> str:
        lacking = [k for i, k in enumerate(_WITHOUT_MACHINES) if needs[w, i] and missing[r, i]]
        return f"no price for {', '.join(lacking)} at the date of prices"

    return Check("no-price", blocks[:, :, None], reason)


_WITHOUT_MACHINES = (*STORED, "egress_gib")


def _sold_without_machines(inputs: Inputs) -> np.ndarray:
    """Whether storage and egress have a price: boolean array (region, resource)."""
    catalog = inputs.case.catalog
    priced = set(catalog.prices.loc[catalog.prices["term"] == "on_demand", "SkuId"])
    skus = catalog.skus[catalog.skus["SkuId"].isin(priced)]
    sold = set(zip(skus["region"], skus["resource"], strict=True))
    to_internet = catalog.transfer.loc[catalog.transfer["destination"] == "internet", "region"]
    sold |= {(region, "egress_gib") for region in to_internet}
    return np.array([[(region, k) in sold for k in _WITHOUT_MACHINES] for region in inputs.regions["region"]])


def _sold(inputs: Inputs) -> np.ndarray:
    """SKUs with a price on some term that the case offers: boolean array (SKU,)."""
    prices = inputs.case.catalog.prices
    # Spot machines are SKUs of their own, sold on demand at the spot price (planner.catalog.spot).
    offered = [term for term in inputs.case.settings.terms if term != "spot"]
    sold = prices.loc[prices["term"].isin(offered), "SkuId"]
    return np.asarray(inputs.case.catalog.skus["SkuId"].isin(sold))


def _held_by_payer(inputs: Inputs) -> np.ndarray:
    """SKUs of which a workload's payer holds commitments that still run: boolean array (workload, SKU)."""
    case = inputs.case
    first = pd.Period(case.settings.start, freq="M").ordinal
    payers, skus = case.workloads["payer"].to_numpy(), case.catalog.skus["SkuId"].to_numpy()
    held = np.zeros((len(payers), len(skus)), dtype=bool)
    for line in case.held.to_dict("records"):
        if pd.Period(line["start"], freq="M").ordinal + COMMITMENTS[line["term"]] > first:
            held |= (payers == line["payer"])[:, None] & (skus == line["sku"])[None, :]
    return held


def _any_per_region(inputs: Inputs, by_sku: np.ndarray) -> np.ndarray:
    """Whether any SKU of a region is true: (…, SKU) to (…, region)."""
    at = inputs.case.catalog.skus["region"].to_numpy()
    machine = (inputs.case.catalog.skus["resource"] == "").to_numpy()
    return np.column_stack(
        [(by_sku[:, (at == region) & machine]).any(axis=1) for region in inputs.regions["region"]]
    )


__all__ = ["BUILT_IN", "FILTERS", "Eligibility", "assess", "binds", "without_machine"]
