"""Filter rules: each a function from a rule and the inputs to where it blocks, and why, in words.

Only rules that the packs state are here; what no pack needs to state (availability, machines,
prices) is in :mod:`planner.eligibility`, which applies both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from planner.case.schema import RESOURCES, STORED
from planner.inputs import Case
from planner.policy.rules import Rule
from planner.policy.select import regions_of, workloads_of


@dataclass(frozen=True)
class Check:
    """A verdict: where it blocks (broadcast to workload, region, period), and why, in words."""

    rule: str
    blocks: np.ndarray
    reason: Callable[[int, int], str]


def binds(rule: Rule, periods: pd.DataFrame) -> np.ndarray:
    """Periods that a rule binds: those that its validity overlaps, even partly."""
    ends = date.max if rule.valid_to is None else rule.valid_to
    starts = np.array([p < ends for p in periods["start"]])
    return np.asarray(starts & np.array([rule.valid_from < p for p in periods["end"]]))


def _filter(rule: Rule, case: Case, passes: np.ndarray, reason: Callable[[int, int], str]) -> Check:
    """A check that blocks where the rule is selected, binds and ``passes`` (w, r) is false."""
    chosen = (
        workloads_of(rule, case.workloads, case.agencies)[:, None] & regions_of(rule, case.regions)[None, :]
    )
    blocks = (chosen & ~passes)[:, :, None] & binds(rule, case.periods)[None, None, :]
    return Check(rule.id, blocks & ~_waived(rule, case), reason)


def _waived(rule: Rule, case: Case) -> np.ndarray:
    """Where a waiver lifts the rule: boolean (workload, region, period), for periods that end in time."""
    lifted = np.zeros((len(case.workloads), len(case.regions), len(case.periods)), dtype=bool)
    for row in case.waivers[case.waivers["rule"] == rule.id].to_dict("records") if rule.waivable else ():
        who = (case.workloads["workload"] == row["workload"]).to_numpy() | (row["workload"] == "")
        where = (case.regions["region"] == row["region"]).to_numpy() | (row["region"] == "")
        when = np.array([end.isoformat() <= row["expires"] for end in case.periods["end"]])
        lifted |= who[:, None, None] & where[None, :, None] & when[None, None, :]
    return lifted


def _residency(rule: Rule, case: Case, role: str) -> Check:
    countries = rule.parameters["countries"]
    regions = case.regions
    passes = regions["country"].isin(countries).to_numpy() | (role not in rule.parameters["roles"])
    if rule.parameters.get("sovereign"):
        passes = passes & (regions["sovereign"] == "true").to_numpy()
    country, sovereign = regions["country"].to_numpy(), regions["sovereign"].to_numpy()

    def reason(w: int, r: int) -> str:
        if country[r] not in countries:
            return f"data must stay in {', '.join(countries)}; the region lies in {country[r]}"
        known = "unknown whether" if sovereign[r] == "unknown" else "not the case that"
        return f"a sovereign cloud is required; {known} the region is one"

    return _filter(rule, case, passes[None, :], reason)


def _deployment(rule: Rule, case: Case, role: str) -> Check:
    allowed = rule.parameters["allowed"]
    countries = rule.parameters.get("countries", ())
    regions = case.regions
    passes = regions["deployment"].isin(allowed).to_numpy()
    if countries:
        passes = passes & regions["country"].isin(countries).to_numpy()
    deployment, country = regions["deployment"].to_numpy(), regions["country"].to_numpy()
    level = case.workloads["classification"].to_numpy()

    def reason(w: int, r: int) -> str:
        if deployment[r] not in allowed:
            return f"{level[w]} may only run on {', '.join(allowed)}; the region is {deployment[r]}"
        return f"{level[w]} must stay in {', '.join(countries)}; the region lies in {country[r]}"

    return _filter(rule, case, passes[None, :], reason)


def _key_custody(rule: Rule, case: Case, role: str) -> Check:
    allowed = rule.parameters["allowed"]
    custody = case.workloads["key_custody"]

    def reason(w: int, r: int) -> str:
        return f"keys must be held as {', '.join(allowed)}; the workload states {custody.iloc[w]}"

    return _filter(rule, case, custody.isin(allowed).to_numpy()[:, None], reason)


def _vendor_panel(rule: Rule, case: Case, role: str) -> Check:
    vendors = rule.parameters["vendors"]
    vendor = case.regions["vendor"].to_numpy()
    passes = case.regions["vendor"].isin(vendors).to_numpy() | ~case.regions["market"].to_numpy()

    def reason(w: int, r: int) -> str:
        return f"{vendor[r]} is not on the panel ({', '.join(vendors)})"

    return _filter(rule, case, passes[None, :], reason)


def _parent_jurisdiction(rule: Rule, case: Case, role: str) -> Check:
    allowed = rule.parameters["allowed"]
    parent = case.regions["parent_jurisdiction"]
    passes = parent.isin(allowed).to_numpy() | ~case.regions["market"].to_numpy()

    def reason(w: int, r: int) -> str:
        return f"the parent must be bound by the law of {', '.join(allowed)}; it is {parent.iloc[r]}"

    return _filter(rule, case, passes[None, :], reason)


def _certification(rule: Rule, case: Case, role: str) -> Check:
    evidence = case.evidence
    held = evidence.groupby("subject")["kind"].agg(set).to_dict() if len(evidence) else {}
    places = case.regions[["region", "vendor"]].itertuples(index=False, name=None)
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

    return _filter(rule, case, np.array([not some for some in lacking])[None, :], reason)


def _assessed(case: Case, measure: str) -> np.ndarray:
    """Latest assessment of each region, or else of its vendor: array (region,), NaN where unknown."""
    rows = case.assessments
    latest = rows[rows["measure"] == measure].sort_values("date").drop_duplicates("subject", keep="last")
    value = latest.set_index("subject")["value"]
    own = case.regions["region"].map(value).astype("float64")
    return own.fillna(case.regions["vendor"].map(value).astype("float64")).to_numpy()


def _ownership(rule: Rule, case: Case, role: str) -> Check:
    outside = ~case.regions["market"].to_numpy()
    limits = {
        "largest_foreign_holder": rule.parameters["largest_holder"],
        "foreign_holders": rule.parameters["all_holders"],
    }
    held = {measure: _assessed(case, measure) for measure in limits}
    passes = np.all([held[measure] <= limit for measure, limit in limits.items()], axis=0) | outside

    def reason(w: int, r: int) -> str:
        for measure, limit in limits.items():
            if not held[measure][r] <= limit:
                found = "unknown" if np.isnan(held[measure][r]) else f"{held[measure][r]:.0%}"
                return f"{measure.replace('_', ' ')} must be at most {limit:.0%}; it is {found}"
        raise AssertionError

    return _filter(rule, case, passes[None, :], reason)


def _sovereignty_floor(rule: Rule, case: Case, role: str) -> Check:
    floor, objectives = rule.parameters["floor"], rule.parameters["objectives"]
    levels = np.array([_assessed(case, objective) for objective in objectives])

    def reason(w: int, r: int) -> str:
        at = int(np.argmax(~(levels[:, r] >= floor)))
        found = "unknown" if np.isnan(levels[at, r]) else f"{levels[at, r]:g}"
        return f"{objectives[at]} must be at level {floor:g} at least; it is {found}"

    return _filter(rule, case, (levels >= floor).all(axis=0)[None, :], reason)


_APART = ("none", "other_region", "other_group")


def _resilience(rule: Rule, case: Case, role: str) -> Check:
    """The tier that a workload states is at least what the rule asks; the rule changes no tier."""
    wanted = rule.parameters
    tiers = case.resilience.set_index("tier")
    reasons = []
    for w, name in enumerate(case.workloads["resilience"]):
        tier = tiers.loc[name].to_dict() if name in tiers.index else {"standby": "none"}
        needs = {k for i, k in enumerate(RESOURCES) if case.demand[w, i].max() > 0}
        machines = {"vcpu", "memory_gib"} if "requests" in needs else needs & {"vcpu", "memory_gib"}
        machines |= {"gpu"} if needs & {"gpu_inference", "gpu_training"} else set()
        least = [(k, wanted.get("ready", 0.0)) for k in sorted(machines)]
        least += [(k, wanted.get("stored", 0.0)) for k in STORED if k in needs]
        least += [("backup", wanted.get("backup", 0.0))] if needs & set(STORED) else []
        short = [f"{tier.get(k, 0.0):.0%} of {k}, {part:.0%} is asked" for k, part in least
                 if tier.get(k, 0.0) < part]  # fmt: skip
        standby = str(tier["standby"])
        if _APART.index(standby) < _APART.index(wanted["standby"]):
            short.insert(0, f"{standby.replace('_', ' ')}, {wanted['standby'].replace('_', ' ')} is asked")
        reasons.append(f"tier {name} keeps ready {'; '.join(short)}" if short and role == "primary" else "")
    passes = np.array([not reason for reason in reasons], dtype=bool)
    return _filter(rule, case, passes[:, None], lambda w, r: reasons[w])


FILTERS: dict[str, Callable[[Rule, Case, str], Check]] = {
    "residency": _residency,
    "deployment": _deployment,
    "key_custody": _key_custody,
    "vendor_panel": _vendor_panel,
    "certification": _certification,
    "parent_jurisdiction": _parent_jurisdiction,
    "ownership": _ownership,
    "sovereignty_floor": _sovereignty_floor,
    "resilience": _resilience,
}
"""Filter kinds: what decides eligibility before any row of the program exists."""
