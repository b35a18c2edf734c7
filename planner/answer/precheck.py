"""Before solving: what certainly cannot work, in the user's words.

Each reason is a proof, not a guess: a case that passes may still be infeasible, but one that is
refused here is. Reading order is the order of cause: places first, then latency, capacity, shares.
"""

from __future__ import annotations

import numpy as np

from planner.case.schema import RESOURCES, SIZED
from planner.model.build import Model
from planner.model.index import Index
from planner.model.scopes import ShareRule, constant_weight
from planner.model.share_rows import domestic_groups
from planner.tolerances import SUM


def nowhere(index: Index) -> list[str]:
    """Workloads without any eligible region, with the first reason against each region.

    Regions that one reason closes are told together.
    """
    case, eligibility = index.case, index.eligibility
    lost = case.alive & ~eligibility.allowed.any(axis=1)
    periods = case.periods["period"].to_numpy()
    reasons = []
    for w in np.flatnonzero(lost.any(axis=1)):
        name = case.workloads["workload"].iloc[w]
        first = int(np.flatnonzero(lost[w])[0])
        excuses = eligibility.excuses
        mine = excuses[(excuses["workload"] == name) & (excuses["period_from"] <= periods[first])]
        mine = mine[mine["period_to"] >= periods[first]].drop_duplicates("region")
        alike = mine.groupby(["rule", "reason"], sort=False)["region"].agg(", ".join)
        why = "; ".join(f"{where}: {reason} [{rule}]" for (rule, reason), where in alike.items())
        reasons.append(f"{name} may run nowhere in {periods[first]}: {why}")
    return reasons


def precheck(model: Model) -> list[str]:
    """All reasons why the program has no solution that can be told without solving it."""
    index = model.index
    return [
        *nowhere(index),
        *_unready(model),
        *_unsaved(index),
        *_unreachable(index),
        *_overfull(index),
        *_shares(model),
    ]


def _unready(model: Model) -> list[str]:
    """Workloads whose tier asks for a standby or a backup that no region may hold."""
    index = model.index
    case = index.case
    wants = {
        "standby": (index.tiers["standby"] != "none").to_numpy(),
        "backup": (index.tiers["backup"] > 0).to_numpy(),
    }
    has = {"standby": model.columns.pair.keys, "backup": model.columns.backup.keys}
    words = {"other_region": "another region", "other_group": "a region of another vendor group"}
    # A backup needs a region beside the only one where the workload may be.
    alone = (index.eligibility.allowed | index.eligibility.backup).sum(axis=1) < 2
    reasons = []
    for role, wanted in wants.items():
        found = np.zeros(case.alive.shape, dtype=bool)
        found[has[role]["w"].to_numpy(dtype=np.int64), has[role]["t"].to_numpy(dtype=np.int64)] = True
        lost = case.alive & wanted[:, None] & (~found | (alone & (role == "backup")))
        for w in np.flatnonzero(lost.any(axis=1)):
            line, t = case.workloads.iloc[w], int(np.flatnonzero(lost[w])[0])
            tier = str(index.tiers["standby"].iloc[w]) if role == "standby" else "other_region"
            reasons.append(
                f"{line['workload']}: tier {line['resilience']} asks for a {role} in {words[tier]}, but the "
                f"rules leave none in {case.periods['period'].iloc[t]} [resilience]"
            )
    return reasons


def _unsaved(index: Index) -> list[str]:
    """Workloads that must survive a loss and may be nowhere else: neither placed nor kept ready."""
    case, losses = index.case, index.losses
    reasons, told = [], set()
    for e, event in enumerate(losses.events):
        spared = ~index.hit[e][None, :, None]
        outside = ((index.eligibility.allowed | index.eligibility.standby) & spared).any(axis=1)
        for w, t in np.argwhere(losses.asked[e] & case.alive & ~outside).tolist():
            if (e, w) in told or not index.eligibility.allowed[w, :, t].any():
                continue
            told.add((e, w))
            rule = losses.rule(e, w, t)
            reasons.append(
                f"{case.workloads['workload'].iloc[w]} must survive the loss of {event}, but the "
                f"rules leave it no region elsewhere in {case.periods['period'].iloc[t]} "
                f"[{rule.id if rule else 'survival'}]"
            )
    return reasons


def _unreachable(index: Index) -> list[str]:
    wanted = index.wanted_coverage
    if wanted.empty:
        return []
    case = index.case
    best = np.zeros(case.alive.shape)
    cover = index.coverage
    open_to = index.eligibility.allowed[cover["w"], cover["r"], cover["t"]]
    seen = cover[open_to]
    np.maximum.at(best, (seen["w"].to_numpy(), seen["t"].to_numpy()), seen["coverage"].to_numpy())
    short = wanted[best[wanted["w"], wanted["t"]] < wanted["share"] - SUM].drop_duplicates("w")
    reasons = []
    for w, t, share, rule in zip(*(short[c].tolist() for c in ("w", "t", "share", "rule")), strict=True):
        line = case.workloads.iloc[w]
        enough = _enough_ms(index, w, t, share)
        instead = f"; {enough:g} ms would do" if np.isfinite(enough) else ""
        reasons.append(
            f"{line['workload']}: {share:.0%} of users must be within {line['latency_ms']:g} ms, but the "
            f"best eligible region reaches {best[w, t]:.1%} in {case.periods['period'].iloc[t]}{instead} "
            f"[{rule}]"
        )
    return reasons


def _enough_ms(index: Index, w: int, t: int, share: float) -> float:
    """The least round trip, rounded up to a millisecond, within which an eligible region has the share."""
    case = index.case
    if case.rtt_us is None:
        return np.inf
    users = case.users[
        (case.users["workload"] == case.workloads["workload"].iloc[w]) & (case.users["t"] == t)
    ]
    weight = users.groupby("site")["users"].sum()
    enough = np.inf
    for region in case.regions["region"].to_numpy()[index.eligibility.allowed[w, :, t]]:
        trips = case.rtt_us.loc[weight.index, region].sort_values(kind="stable")
        reached = weight.loc[trips.index].cumsum().to_numpy() >= (share - SUM) * weight.sum()
        enough = min(enough, float(trips.to_numpy()[int(reached.argmax())]) / 1000.0)
    return float(np.ceil(enough - SUM))


def _overfull(index: Index) -> list[str]:
    """Limits that the workloads with no other place already exceed."""
    case = index.case
    allowed = index.eligibility.allowed
    captive = (allowed.sum(axis=1) == 1)[:, None, :] & allowed
    payer = case.workloads["payer"].to_numpy()
    reasons, told = [], set()
    for limit in index.capacity.to_dict("records"):
        subject, resource, t, amount = limit["subject"], limit["resource"], limit["t"], limit["amount"]
        if (
            limit["s"] >= 0
            or limit["r"] < 0
            or resource == "units"
            or (subject, resource, limit["payer"]) in told
        ):
            continue
        # Containers of a pool may share, but never with less than they need. The slices in which
        # workloads are busiest may differ, so only what they need in the same slice adds up.
        who = captive[:, limit["r"], t] & ((limit["payer"] == "") | (payer == limit["payer"]))
        load = case.load[who] if resource in SIZED else np.ones((int(who.sum()), 1))
        need = float((case.demand[who, RESOURCES.index(resource), t][:, None] * load).sum(axis=0).max())
        if need > amount * (1 + SUM):
            told.add((subject, resource, limit["payer"]))
            names = ", ".join(case.workloads.loc[who, "workload"].head(5))
            reasons.append(
                f"{subject} has {amount:g} {resource} in {case.periods['period'].iloc[t]}, but workloads "
                f"that may run nowhere else need {need:g}: {names} [capacity]"
            )
    return reasons


def _shares(model: Model) -> list[str]:
    index = model.index
    reasons = []
    for share_rule in index.share_rules:
        parameters = share_rule.rule.parameters
        if share_rule.rule.kind == "vendor_share":
            reasons += _cap_reach(model, share_rule, float(parameters["cap"]))
        elif share_rule.rule.kind == "minimum_share":
            reasons += _floor_reach(model, share_rule, float(parameters["floor"]))
    return reasons


def _hosts(model: Model, share_rule: ShareRule) -> tuple[np.ndarray, np.ndarray]:
    """Load of the scope each group may host, and all of it: (group, period) and (period,).

    For basis ``spend`` the load is 1 for each workload that costs anything: only whether a group may
    host any counts.
    """
    index = model.index
    scope = index.scopes[share_rule.scope]
    weight = constant_weight(index.case, scope, model.reference)
    load = scope.member * (model.reference > 0 if weight is None else weight)
    hosts = np.zeros((len(index.groups), load.shape[1]))
    for g in range(len(index.groups)):
        reach = index.eligibility.allowed[:, index.group_of == g, :].any(axis=1)
        hosts[g] = (load * reach).sum(axis=0)
    market = index.eligibility.allowed[:, index.group_of >= 0, :].any(axis=1)
    only = ~index.eligibility.allowed[:, index.group_of < 0, :].any(axis=1)
    return hosts, (load * market * only).sum(axis=0)


def _cap_reach(model: Model, share_rule: ShareRule, cap: float) -> list[str]:
    index = model.index
    hosts, total = _hosts(model, share_rule)
    spend = index.scopes[share_rule.scope].basis == "spend"
    for t in np.flatnonzero(share_rule.periods & (total > 0)):
        if spend:
            reach = float(cap * (hosts[:, t] > 0).sum())
        else:
            reach = float(np.minimum(cap, hosts[:, t] / total[t]).sum())
        if reach < 1 - SUM:
            able = [g for g, h in zip(index.groups, hosts[:, t], strict=True) if h > 0]
            return [
                f"with a cap of {cap:.0%} the {len(able)} vendor groups that may host contestable work "
                f"({', '.join(able)}) can together carry at most {reach:.0%} of it in "
                f"{index.case.periods['period'].iloc[t]} [{share_rule.rule.id}]"
            ]
    return []


def _floor_reach(model: Model, share_rule: ShareRule, floor: float) -> list[str]:
    index = model.index
    hosts, total = _hosts(model, share_rule)
    home = domestic_groups(index)
    spend = index.scopes[share_rule.scope].basis == "spend"
    for t in np.flatnonzero(share_rule.periods & (total > 0)):
        reach = hosts[home, t].sum() if spend else hosts[home, t].sum() / total[t]
        if (floor > 0 and reach <= 0) or (not spend and reach < floor - SUM):
            return [
                f"domestic vendors must have at least {floor:.0%} of the contestable work, but may host "
                f"{0 if spend else reach:.0%} of it in {index.case.periods['period'].iloc[t]} "
                f"[{share_rule.rule.id}]"
            ]
    return []
