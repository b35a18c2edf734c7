"""Which (workload, region, period) exist, and an excuse for every other one.

A filter rule is a function from a rule and the inputs to a table of verdicts; the linear program
only ever sees what passed all of them. Hard filters decide; everything else is reported elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES, SIZED, STORED
from planner.case.sizing import SIZED_AT, admits, machine_yields
from planner.inputs import Inputs
from planner.policy.rules import Rule
from planner.policy.select import regions_of, workloads_of

BUILT_IN = ("availability", "serves-agency", "no-machine", "no-price")
"""Excuses that no rule pack states: not open yet, another agency's premises, nothing that fits."""


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


@dataclass(frozen=True)
class _Check:
    """A verdict: where it blocks (broadcast to workload, region, period), and why, in words."""

    rule: str
    blocks: np.ndarray
    reason: Callable[[int, int], str]


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
        if role != "backup" or check.rule not in ("no-machine", "no-price"):
            allowed &= ~np.broadcast_to(check.blocks, shape)
    return allowed


def admitted_machines(inputs: Inputs) -> np.ndarray:
    """Machines that fit each workload and are sold on demand: boolean array (workload, SKU)."""
    catalog = inputs.case.catalog
    yields = machine_yields(catalog.skus, catalog.accelerators)
    fits = admits(inputs.case.workloads, catalog.skus, yields, inputs.case.demand)
    return np.asarray(fits & _on_demand(inputs)[None, :])


def binds(rule: Rule, periods: pd.DataFrame) -> np.ndarray:
    """Periods that a rule binds: those that its validity overlaps, even partly."""
    ends = date.max if rule.valid_to is None else rule.valid_to
    starts = np.array([p < ends for p in periods["start"]])
    return np.asarray(starts & np.array([rule.valid_from < p for p in periods["end"]]))


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


def _checks(inputs: Inputs, admitted: np.ndarray, role: str) -> Iterator[_Check]:
    for rule in inputs.rules:
        if rule.severity == "hard" and rule.kind in FILTERS:
            yield FILTERS[rule.kind](rule, inputs, role)
    yield _availability(inputs)
    yield _serves_agency(inputs)
    yield _no_machine(inputs, admitted)
    yield _no_price(inputs)


def _filter(rule: Rule, inputs: Inputs, passes: np.ndarray, reason: Callable[[int, int], str]) -> _Check:
    """A check that blocks where the rule is selected, binds and ``passes`` (w, r) is false."""
    case = inputs.case
    chosen = (
        workloads_of(rule, case.workloads, case.agencies)[:, None] & regions_of(rule, inputs.regions)[None, :]
    )
    blocks = (chosen & ~passes)[:, :, None] & binds(rule, case.periods)[None, None, :]
    return _Check(rule.id, blocks & ~_waived(rule, inputs), reason)


def _waived(rule: Rule, inputs: Inputs) -> np.ndarray:
    """Where a waiver lifts the rule: boolean (workload, region, period), for periods that end in time."""
    case = inputs.case
    lifted = np.zeros((len(case.workloads), len(inputs.regions), len(case.periods)), dtype=bool)
    for row in case.waivers[case.waivers["rule"] == rule.id].to_dict("records") if rule.waivable else ():
        who = (case.workloads["workload"] == row["workload"]).to_numpy() | (row["workload"] == "")
        where = (inputs.regions["region"] == row["region"]).to_numpy() | (row["region"] == "")
        when = np.array([end.isoformat() <= row["expires"] for end in case.periods["end"]])
        lifted |= who[:, None, None] & where[None, :, None] & when[None, None, :]
    return lifted


def _residency(rule: Rule, inputs: Inputs, role: str) -> _Check:
    countries = rule.parameters["countries"]
    regions = inputs.regions
    passes = regions["country"].isin(countries).to_numpy() | (role not in rule.parameters["roles"])
    if rule.parameters.get("sovereign"):
        passes = passes & (regions["sovereign"] == "true").to_numpy()
    country, sovereign = regions["country"].to_numpy(), regions["sovereign"].to_numpy()

    def reason(w: int, r: int) -> str:
        if country[r] not in countries:
            return f"data must stay in {', '.join(countries)}; the region lies in {country[r]}"
        known = "unknown whether" if sovereign[r] == "unknown" else "not the case that"
        return f"a sovereign cloud is required; {known} the region is one"

    return _filter(rule, inputs, passes[None, :], reason)


def _deployment(rule: Rule, inputs: Inputs, role: str) -> _Check:
    allowed = rule.parameters["allowed"]
    countries = rule.parameters.get("countries", ())
    regions = inputs.regions
    passes = regions["deployment"].isin(allowed).to_numpy()
    if countries:
        passes = passes & regions["country"].isin(countries).to_numpy()
    deployment, country = regions["deployment"].to_numpy(), regions["country"].to_numpy()
    level = inputs.case.workloads["classification"].to_numpy()

    def reason(w: int, r: int) -> str:
        if deployment[r] not in allowed:
            return f"{level[w]} may only run on {', '.join(allowed)}; the region is {deployment[r]}"
        return f"{level[w]} must stay in {', '.join(countries)}; the region lies in {country[r]}"

    return _filter(rule, inputs, passes[None, :], reason)


def _key_custody(rule: Rule, inputs: Inputs, role: str) -> _Check:
    allowed = rule.parameters["allowed"]
    custody = inputs.case.workloads["key_custody"]

    def reason(w: int, r: int) -> str:
        return f"keys must be held as {', '.join(allowed)}; the workload states {custody.iloc[w]}"

    return _filter(rule, inputs, custody.isin(allowed).to_numpy()[:, None], reason)


def _vendor_panel(rule: Rule, inputs: Inputs, role: str) -> _Check:
    vendors = rule.parameters["vendors"]
    vendor = inputs.regions["vendor"].to_numpy()
    passes = inputs.regions["vendor"].isin(vendors).to_numpy() | ~inputs.regions["market"].to_numpy()

    def reason(w: int, r: int) -> str:
        return f"{vendor[r]} is not on the panel ({', '.join(vendors)})"

    return _filter(rule, inputs, passes[None, :], reason)


def _parent_jurisdiction(rule: Rule, inputs: Inputs, role: str) -> _Check:
    allowed = rule.parameters["allowed"]
    parent = inputs.regions["parent_jurisdiction"]
    passes = parent.isin(allowed).to_numpy() | ~inputs.regions["market"].to_numpy()

    def reason(w: int, r: int) -> str:
        return f"the parent must be bound by the law of {', '.join(allowed)}; it is {parent.iloc[r]}"

    return _filter(rule, inputs, passes[None, :], reason)


def _certification(rule: Rule, inputs: Inputs, role: str) -> _Check:
    evidence = inputs.case.evidence
    held = evidence.groupby("subject")["kind"].agg(set).to_dict() if len(evidence) else {}
    places = inputs.regions[["region", "vendor"]].itertuples(index=False, name=None)
    lacking = [
        [
            c
            for c in rule.parameters["certificates"]
            if c not in held.get(region, set()) | held.get(vendor, set())
        ]
        for region, vendor in places
    ]

    def reason(w: int, r: int) -> str:
        return f"no evidence of {', '.join(lacking[r])}"

    return _filter(rule, inputs, np.array([not some for some in lacking])[None, :], reason)


def _assessed(inputs: Inputs, measure: str) -> np.ndarray:
    """Latest assessment of each region, or else of its vendor: array (region,), NaN where unknown."""
    rows = inputs.case.assessments
    latest = rows[rows["measure"] == measure].sort_values("date").drop_duplicates("subject", keep="last")
    value = latest.set_index("subject")["value"]
    own = inputs.regions["region"].map(value).astype("float64")
    return own.fillna(inputs.regions["vendor"].map(value).astype("float64")).to_numpy()


def _ownership(rule: Rule, inputs: Inputs, role: str) -> _Check:
    outside = ~inputs.regions["market"].to_numpy()
    limits = {
        "largest_foreign_holder": rule.parameters["largest_holder"],
        "foreign_holders": rule.parameters["all_holders"],
    }
    held = {measure: _assessed(inputs, measure) for measure in limits}
    passes = np.all([held[measure] <= limit for measure, limit in limits.items()], axis=0) | outside

    def reason(w: int, r: int) -> str:
        for measure, limit in limits.items():
            if not held[measure][r] <= limit:
                found = "unknown" if np.isnan(held[measure][r]) else f"{held[measure][r]:.0%}"
                return f"{measure.replace('_', ' ')} must be at most {limit:.0%}; it is {found}"
        raise AssertionError

    return _filter(rule, inputs, passes[None, :], reason)


def _sovereignty_floor(rule: Rule, inputs: Inputs, role: str) -> _Check:
    floor, objectives = rule.parameters["floor"], rule.parameters["objectives"]
    levels = np.array([_assessed(inputs, objective) for objective in objectives])

    def reason(w: int, r: int) -> str:
        at = int(np.argmax(~(levels[:, r] >= floor)))
        found = "unknown" if np.isnan(levels[at, r]) else f"{levels[at, r]:g}"
        return f"{objectives[at]} must be at level {floor:g} at least; it is {found}"

    return _filter(rule, inputs, (levels >= floor).all(axis=0)[None, :], reason)


FILTERS: dict[str, Callable[[Rule, Inputs, str], _Check]] = {
    "residency": _residency,
    "deployment": _deployment,
    "key_custody": _key_custody,
    "vendor_panel": _vendor_panel,
    "certification": _certification,
    "parent_jurisdiction": _parent_jurisdiction,
    "ownership": _ownership,
    "sovereignty_floor": _sovereignty_floor,
}
"""Filter kinds: what decides eligibility before any row of the program exists."""


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


def _availability(inputs: Inputs) -> _Check:
    first = opening_periods(inputs)
    count = len(inputs.case.periods)
    blocks = np.arange(count)[None, None, :] < first[None, :, None]
    periods = inputs.case.periods["period"].to_numpy()

    def reason(w: int, r: int) -> str:
        if first[r] == count:
            return "the region is announced and opens in no period of the horizon"
        return f"the region serves from {periods[first[r]]}"

    return _Check("availability", blocks, reason)


def _serves_agency(inputs: Inputs) -> _Check:
    only = inputs.regions["serves_agency"].to_numpy()
    agency = inputs.case.workloads["agency"].to_numpy()
    blocks = (only[None, :] != "") & (only[None, :] != agency[:, None])

    def reason(w: int, r: int) -> str:
        return f"the region serves {only[r]} only; the workload belongs to {agency[w]}"

    return _Check("serves-agency", blocks[:, :, None], reason)


def _no_machine(inputs: Inputs, admitted: np.ndarray) -> _Check:
    needs = inputs.case.demand[:, SIZED_AT, :].max(axis=2) > 0
    blocks = needs.any(axis=1)[:, None] & ~_any_per_region(inputs, admitted)
    priced = _any_per_region(inputs, _on_demand(inputs)[None, :])[0]
    workloads = inputs.case.workloads

    def reason(w: int, r: int) -> str:
        if not priced[r]:
            return "no machine of the region has a price at the date of prices"
        needed = ", ".join(k for k, need in zip(SIZED, needs[w], strict=True) if need)
        line = workloads.iloc[w]
        kind = f"platform {line['platform']}, architecture {line['architecture']}"
        return f"no priced machine there yields {needed} ({kind})"

    return _Check("no-machine", blocks[:, :, None], reason)


def _no_price(inputs: Inputs) -> _Check:
    missing = ~_sold_without_machines(inputs)
    needs = inputs.case.demand[:, [RESOURCES.index(k) for k in _WITHOUT_MACHINES], :].max(axis=2) > 0
    blocks = (needs[:, None, :] & missing[None, :, :]).any(axis=2)

    def reason(w: int, r: int) -> str:
        lacking = [k for i, k in enumerate(_WITHOUT_MACHINES) if needs[w, i] and missing[r, i]]
        return f"no price for {', '.join(lacking)} at the date of prices"

    return _Check("no-price", blocks[:, :, None], reason)


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


def _on_demand(inputs: Inputs) -> np.ndarray:
    prices = inputs.case.catalog.prices
    sold = prices.loc[prices["term"] == "on_demand", "SkuId"]
    return np.asarray(inputs.case.catalog.skus["SkuId"].isin(sold))


def _any_per_region(inputs: Inputs, by_sku: np.ndarray) -> np.ndarray:
    """Whether any SKU of a region is true: (…, SKU) to (…, region)."""
    at = inputs.case.catalog.skus["region"].to_numpy()
    machine = (inputs.case.catalog.skus["resource"] == "").to_numpy()
    return np.column_stack(
        [(by_sku[:, (at == region) & machine]).any(axis=1) for region in inputs.regions["region"]]
    )
