"""Greenhouse gas of machines: kWh of an hour × intensity of the grid, where both are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from planner.eligibility import Eligibility, binds, without_machine
from planner.errors import BadInput, Issue
from planner.inputs import Case
from planner.policy.rules import Rule
from planner.policy.select import regions_of


@dataclass(frozen=True)
class CarbonRule:
    """A hard rule of kind ``carbon``: the regions and periods that it adds up."""

    rule: Rule
    regions: np.ndarray
    periods: np.ndarray


@dataclass(frozen=True)
class Carbon:
    """What is known of carbon.

    Attributes
    ----------
    emission
        kg CO2e of one unit running for an hour (SKU,); NaN where energy or grid is unknown.
    price
        Money of the case for a tonne (period,); ``None`` when the case states none.
    """

    emission: np.ndarray
    price: np.ndarray | None
    rules: tuple[CarbonRule, ...]

    @property
    def counts(self) -> bool:
        """Does carbon change the plan, so that unknown figures are not good enough?"""
        return self.price is not None or bool(self.rules)


def read_carbon(case: Case) -> Carbon:
    """The carbon of a case's machines, its price and its caps."""
    stated, price = case.settings.carbon, None
    if stated is not None:
        years = case.periods["year"]
        price = np.array([stated.price * case.rates.rate(stated.currency, int(y)) for y in years])
    rules = tuple(
        CarbonRule(rule, regions_of(rule, case.regions), binds(rule, case.periods))
        for rule in case.rules
        if rule.kind == "carbon" and rule.severity == "hard"
    )
    return Carbon(_emission(case), price, rules)


def _emission(case: Case) -> np.ndarray:
    catalog = case.catalog
    skus = catalog.skus
    vendor_of = dict(zip(case.regions["region"], case.regions["vendor"], strict=True))
    grid_of = dict(zip(catalog.grid["region"], catalog.grid["kg_per_kwh"], strict=True))
    vendors = [vendor_of[region] for region in skus["region"]]
    grid = np.array([grid_of.get(region, np.nan) for region in skus["region"]], dtype="float64")
    energy = catalog.energy[["resource", "vendor", "kwh_per_hour"]].itertuples(index=False, name=None)
    own = {(resource, vendor): kwh for resource, vendor, kwh in energy}

    def drawn(resource: Iterable[str]) -> np.ndarray:
        pairs = zip(resource, vendors, strict=True)
        return np.array([own.get((k, v), own.get((k, ""), np.nan)) for k, v in pairs], dtype="float64")

    vcpu = skus["vcpu"].fillna(0.0).to_numpy() * drawn(["vcpu"] * len(skus))
    has_card = (skus["accelerator"] != "").to_numpy()
    cards = skus["accelerator_count"].fillna(0.0).to_numpy() * drawn(skus["accelerator"])
    return np.asarray(grid * (vcpu + np.where(has_card, cards, 0.0)))


def with_known_carbon(
    case: Case, eligibility: Eligibility, carbon: Carbon, opened: bool = False
) -> Eligibility:
    """Where carbon counts, machines whose carbon is unknown are not bought.

    Parameters
    ----------
    opened
        Places that rules close were opened to find out what the rules do. Those without a figure
        stay closed.

    Raises
    ------
    BadInput
        If that leaves a place without a machine: the figure is missing, and it is never zero.
    """
    if not carbon.counts:
        return eligibility
    admitted = eligibility.admitted & ~np.isnan(carbon.emission)
    bare = without_machine(case, admitted)
    if opened:
        known = ~bare[:, :, None]
        allowed, standby = eligibility.allowed & known, eligibility.standby & known
        return replace(eligibility, admitted=admitted, allowed=allowed, standby=standby)
    problems = _unknown(case, eligibility, bare)
    if problems:
        raise BadInput(problems)
    return replace(eligibility, admitted=admitted)


def _unknown(case: Case, eligibility: Eligibility, bare: np.ndarray) -> list[Issue]:
    """A problem for each region that some workload may use without a machine with a figure for it."""
    used = (eligibility.allowed | eligibility.standby).any(axis=2)
    grid = set(case.catalog.grid["region"])
    lacking = [str(n) for n in case.regions["region"][(used & bare).any(axis=0)]]
    problems = []
    for region in (name for name in lacking if name not in grid):
        mend = "Add its row to grid.csv (e.g. with basis assumed), or keep the work out of it by a rule."
        problem = "has no carbon intensity, and the case prices or caps carbon"
        problems.append(Issue("grid.csv", 0, "region", region, problem, mend))
    for region in (name for name in lacking if name in grid):
        mend = "Add a row for vcpu, and for each card that is needed there, to energy.csv."
        problem = "has no machine whose kWh an hour is known, and the case prices or caps carbon"
        problems.append(Issue("energy.csv", 0, "resource", region, problem, mend))
    return problems
