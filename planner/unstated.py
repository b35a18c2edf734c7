"""What a case leaves unstated although it moves the answer: told first, each with its remedy, or refused.

Told: classes that no adopted rule governs, regions of the market without a limit on capacity, moves that
cost nothing, and buying on demand only, where the case says nothing of them; machines without a figure of the
benchmark by which it compares vCPU. Refused: rules that nobody adopted, where they would close a place to
work above the lowest class, and places outside the market whose capacity nobody stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.case.schema import SIZED
from planner.case.settings import FILE
from planner.catalog.schema import COMMITMENTS
from planner.eligibility import Eligibility
from planner.errors import BadInput, Issue
from planner.filters import FILTERS
from planner.inputs import Case
from planner.policy.select import workloads_of

_NAMED = 5
"""So many names are told of many."""


@dataclass(frozen=True)
class Unstated:
    """One thing that the case leaves open: what the plan takes it to be, and how to state it."""

    about: str
    text: str
    remedy: str


def unstated(case: Case, eligibility: Eligibility) -> tuple[Unstated, ...]:
    """What the case leaves open, in the order in which it matters."""
    questions = (_classes(case), _capacity(case, eligibility), _moves(case), _terms(case), _fit(case))
    return tuple(one for part in questions for one in part)


def demand_stated(case: Case, eligibility: Eligibility) -> None:
    """Refuse what no plan may leave open.

    Raises
    ------
    BadInput
        With every rule that nobody adopted and would bind, and every place outside the market that is open
        to work and states no capacity.
    """
    problems = [*_unadopted(case, eligibility), *_unlimited(case, eligibility)]
    if problems:
        raise BadInput(problems)


def _above_lowest(case: Case) -> np.ndarray:
    """Boolean (workload,): of another class than the lowest; all of them without a scheme."""
    lowest = case.classes[-1:]
    return np.asarray(~case.workloads["classification"].isin(lowest))


def _classes(case: Case) -> Iterable[Unstated]:
    work, agencies = case.workloads, case.agencies
    governed = ~_above_lowest(case)
    for rule in case.rules:
        if rule.severity == "hard" and "classification" in rule.select.get("workload", {}):
            governed |= workloads_of(rule, work, agencies)
    for level, rows in work[~governed].groupby("classification", sort=True):
        names = list(rows["workload"])
        yield Unstated(
            "classification",
            f"where class {level} may be: no adopted rule says so, so {_names(names)} may be anywhere",
            "name a pack that governs the class, adopt its rules ([adopt]), or state the scheme (classes)",
        )


def _open(eligibility: Eligibility) -> np.ndarray:
    """Boolean (region,): may any workload ever be there?"""
    return np.asarray(eligibility.allowed.any(axis=(0, 2)))


def _limited(case: Case) -> np.ndarray:
    """Boolean (region,): does a row of capacity limit machines there, its own or a group's?"""
    regions = case.regions["region"]
    subjects = set(case.capacity.loc[case.capacity["resource"].isin((*SIZED, "units")), "subject"])
    skus, groups = case.catalog.skus, case.capacity_groups
    limited = subjects | set(skus.loc[skus["SkuId"].isin(subjects), "region"])
    limited |= set(groups.loc[groups["group"].isin(subjects), "region"])
    return np.asarray(regions.isin(limited))


def _capacity(case: Case, eligibility: Eligibility) -> Iterable[Unstated]:
    left = _open(eligibility) & ~_limited(case) & case.regions["market"].to_numpy()
    if left.any():
        names = list(case.regions.loc[left, "region"])
        yield Unstated(
            "capacity",
            f"limits on machines at {_names(names)}: no limit stated, so any amount is taken to be there",
            "state quotas, contracts or assumptions in capacity.csv",
        )


def _unlimited(case: Case, eligibility: Eligibility) -> Iterable[Issue]:
    left = _open(eligibility) & ~_limited(case) & ~case.regions["market"].to_numpy()
    needs = case.demand[:, [0, 1], :].any()
    file = case.settings.tables.get("capacity", "capacity.csv")
    for region in case.regions.loc[left & needs, "region"]:
        mend = f"Add a row, e.g. {region},vcpu,{case.settings.start},,500,assumed,…, to {file}."
        yield Issue(file, 0, "subject", region, "lies outside the market and has no capacity stated", mend)


def _moves(case: Case) -> Iterable[Unstated]:
    if (
        len(case.current)
        and case.settings.labour is None
        and not (case.placement_costs["when"] == "once").any()
    ):
        yield Unstated(
            "moves",
            "what a move costs: taken as nothing, though the case says where systems run today",
            "add [migration] with labour, basis, source and as_of (0 if moving takes none)",
        )


def _terms(case: Case) -> Iterable[Unstated]:
    sold = [term for term in COMMITMENTS if (case.catalog.prices["term"] == term).any()]
    if sold and not case.settings.terms_stated:
        yield Unstated(
            "terms",
            "which terms are offered: taken as on demand only, though the catalogs sell commitments",
            f'add [terms] with offer = ["on_demand", "{sold[0]}"], or ["on_demand"] alone',
        )


def _fit(case: Case) -> Iterable[Unstated]:
    fit, skus = case.settings.fit, case.catalog.skus
    if fit is None:
        return
    left = skus[skus["speed"].isna() & (skus["resource"] == "")]
    if len(left):
        vendors = left["region"].str.split(":").str[0]
        yield Unstated(
            "fit",
            f"{fit.benchmark} of {_names(sorted(set(vendors + ' ' + left['family'])))}: no source states it, "
            f"so a vCPU there is taken to score {fit.per_vcpu:g}, as where demand was stated",
            "add benchmarks.csv to a package of the case, or leave [fit] out",
        )


def _unadopted(case: Case, eligibility: Eligibility) -> Iterable[Issue]:
    if case.settings.unadopted == "report":
        return
    above = _above_lowest(case)[:, None, None]
    names = case.workloads["workload"].to_numpy()
    for rule in case.rules:
        # A parameter that nobody adopted is a choice that nobody made: no law stands behind it.
        if rule.standing != "not adopted" or rule.is_parameter or rule.kind not in FILTERS:
            continue
        hard = replace(rule, severity="hard", standing="adopted")
        closes = FILTERS[rule.kind](hard, case, "primary").blocks & eligibility.allowed & above
        if closes.any():
            who = _names(list(names[closes.any(axis=(1, 2))]))
            mend = (
                f'Adopt it ([adopt] with pack = "{rule.pack}", adopted_by, adopted_on and reference, or '
                f'[rules."{rule.id}"]), or write unadopted = "report" to plan without it.'
            )
            title = rule.title.rstrip(".")
            problem = f"is adopted by nobody and would close places to work above the lowest class: {title}"
            yield Issue(FILE, 0, f"rules.{rule.id}", who, problem, mend)


def _names(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
