"""Planning again from an earlier plan: what is compared, what must still be possible, what is recorded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from planner.case.settings import FILE
from planner.errors import BadInput, Issue
from planner.inputs import Case
from planner.model.build import Model
from planner.model.commitments import active_periods, held_periods
from planner.model.earlier import earlier_commitments, earlier_places
from planner.plan.head import PlannedAgain
from planner.plan.plan import Plan
from planner.tolerances import SUM

_PLACED = ["workload", "region", "period", "role"]
_COMMITTED = ["pool", "sku", "term", "period"]


def without_replan(case: Case) -> Case:
    """The same question as if there were no earlier plan."""
    return replace(case, settings=replace(case.settings, replan=None))


def from_plan(case: Case, earlier: Plan, freeze: int = 0, change_price: float = 0.0) -> Case:
    """The case planned again from an earlier plan: its placements and commitments as two tables more.

    The plan that is made of it keeps them, so that it can be explained and audited as any other.

    Parameters
    ----------
    freeze
        Number of first periods that are kept as they are in the earlier plan.
    change_price
        Price of each period in which a whole workload is elsewhere than there.

    Raises
    ------
    BadInput
        If the case plans again already, or the earlier plan cannot be kept.
    """
    if case.settings.replan is not None:
        mend = "Take [replan] out of case.toml, or plan without --from."
        raise BadInput([Issue(FILE, 0, "replan", "", "has a section [replan] already", mend)])
    periods, committed = set(case.periods["period"]), committed_in(earlier)
    placed = earlier.placements[earlier.placements["period"].isin(periods)]
    tables = {
        "earlier_placements": placed[placed["workload"].isin(set(case.workloads["workload"]))],
        "earlier_commitments": committed[committed["period"].isin(periods)],
    }
    return case.changed(
        {("replan", "freeze"): freeze, ("replan", "change_price"): float(change_price)}, tables
    )


def committed_in(plan: Plan) -> pd.DataFrame:
    """Machines under commitments by pool, SKU, term and period."""
    rows = plan.purchases[plan.purchases["term"].str.startswith("commit_")]
    summed: pd.DataFrame = rows.groupby(_COMMITTED, as_index=False).agg(units=("units", "sum"))
    return summed


def unchanged(plan: Plan, case: Case) -> bool:
    """Does a plan place and commit in every period exactly what the earlier plan does?"""
    periods = case.periods["period"].to_numpy()
    pairs = (
        (plan.placements, case.earlier_placements, _PLACED, "share"),
        (committed_in(plan), case.earlier_commitments, _COMMITTED, "units"),
    )
    for mine, earlier, key, value in pairs:
        then = earlier.assign(period=periods[earlier["t"].to_numpy(dtype=np.int64)])
        both = mine[[*key, value]].merge(then[[*key, value]], on=key, how="outer", suffixes=("", "_then"))
        gap = (both[value].fillna(0.0) - both[f"{value}_then"].fillna(0.0)).abs()
        if (gap > SUM * np.maximum(1.0, both[value].fillna(0.0))).any():
            return False
    return True


def check_kept(model: Model) -> None:
    """Everything that is frozen must be possible at all.

    Raises
    ------
    BadInput
        With each frozen placement that a rule now forbids or nobody sells, and each frozen commitment
        of a pool or SKU that is no more.
    """
    index = model.index
    case, replan = index.case, index.case.settings.replan
    frozen = replan.freeze if replan else 0
    roles = {
        "primary": model.columns.place.keys[["w", "r", "t"]],
        "standby": model.columns.pair.keys[["w", "r2", "t"]].rename(columns={"r2": "r"}),
        "backup": model.columns.backup.keys[["w", "r", "t"]],
    }
    problems = []
    for role, possible in roles.items():
        wanted = earlier_places(index, role)
        wanted = wanted[(wanted["t"] < frozen) & (wanted["share"] > 0)]
        met = wanted.merge(possible.drop_duplicates(), on=["w", "r", "t"], how="left", indicator=True)
        for w, r, t in met.loc[met["_merge"] == "left_only", ["w", "r", "t"]].itertuples(index=False):
            problems.append(_lost(model, role, int(w), int(r), int(t)))
    rows = [f[["q", "s", "term", "t"]] for f in _booked(model)]
    commits = earlier_commitments(index)
    commits = commits.assign(pool=case.earlier_commitments["pool"].to_numpy())
    commits = commits[(commits["t"] < frozen) & (commits["units"] > 0)]
    met = commits.merge(pd.concat(rows).drop_duplicates(), how="left", indicator=True)
    for line in met[met["_merge"] == "left_only"].to_dict("records"):
        sku = case.catalog.skus["SkuId"].iloc[line["s"]]
        value = f"{sku} of {line['pool']} in {case.periods['period'].iloc[line['t']]}"
        mend = "Freeze fewer periods, or keep the pool's workloads, the price and the held commitment."
        text = f"the frozen {line['term']} cannot be kept: no such pool or offer"
        problems.append(Issue("earlier_commitments.csv", 0, "sku", value, text, mend))
    if problems:
        raise BadInput(problems)


def _booked(model: Model) -> tuple[pd.DataFrame, pd.DataFrame]:
    held = held_periods(model.index, model.columns)
    return active_periods(model.index, model.columns), held.assign(
        q=held["owner"].map(model.index.first_pool)
    )


def _lost(model: Model, role: str, w: int, r: int, t: int) -> Issue:
    case = model.index.case
    name, region = case.workloads["workload"].iloc[w], case.regions["region"].iloc[r]
    period = str(case.periods["period"].iloc[t])
    excuses = model.index.eligibility.excuses
    mine = excuses[(excuses["workload"] == name) & (excuses["region"] == region)]
    mine = mine[(mine["period_from"] <= period) & (period <= mine["period_to"])]
    why = f": {mine['reason'].iloc[0]} [{mine['rule'].iloc[0]}]" if len(mine) else ""
    return Issue(
        "earlier_placements.csv", 0, "region", f"{name} at {region} in {period}",
        f"the frozen {role} placement cannot be kept{why}",
        "Freeze fewer periods, or mend what forbids the place.",
    )  # fmt: skip


def record(plan: Plan, case: Case, free: Plan) -> Plan:
    """The plan with what planning again did: what changed, and what keeping to the earlier plan costs."""
    replan, case = case.settings.replan, case
    if replan is None:
        return plan
    earlier = case.earlier_placements[case.earlier_placements["role"] == "primary"]
    then = earlier.assign(period=case.periods["period"].to_numpy()[earlier["t"].to_numpy(dtype=np.int64)])
    now = plan.placements[plan.placements["role"] == "primary"]
    now = now.merge(then[["workload", "period"]].drop_duplicates(), on=["workload", "period"])
    both = now.merge(then[["workload", "region", "period", "share"]], how="left",
                     on=["workload", "region", "period"], suffixes=("", "_then"))  # fmt: skip
    moved = (both["share"] - both["share_then"].fillna(0.0)).clip(lower=0.0)
    changed = PlannedAgain(
        freeze=replan.freeze,
        change_price=replan.change_price,
        changed=round(float(moved.sum()), 6),
        changed_workloads=tuple(sorted(set(both.loc[moved > SUM, "workload"]))),
        free_objective=free.head.objective,
    )
    return replace(plan, head=replace(plan.head, replan=changed))
