"""What ``plan.json`` says of how a plan came about, in sentences that terminal and report share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.money import words
from planner.plan.plan import Plan

_WAVES = 4
"""So many waves of moves are told; moves.csv holds all."""
_NAMED = 3
"""So many systems of a wave of moves are named; moves.csv names all."""


def status(plan: Plan) -> str:
    """The solver's word; of placements that were held, that they were not chosen."""
    if "fixed" not in plan.head:
        return str(plan.head.get("status", ""))
    return f"held, not chosen; breaks {len(plan.head['breaks'])} rules and limits"


def unstated(head: Mapping[str, Any]) -> Iterator[str]:
    """What the case leaves open, with the remedy: said before anything else."""
    for one in head.get("unstated", {}).get("left", ()):
        yield f"NOT STATED: {one['text']}; remedy: {one['remedy']}"


def nothing_done(head: Mapping[str, Any]) -> Iterator[str]:
    """Of placements that were held: that nothing was chosen, and what they break."""
    if "fixed" in head:
        yield f"DOING NOTHING: placements held as in {head['fixed']}; no limit and no rule holds them"
        yield f"rules and limits that this breaks: {len(head['breaks'])}"
        yield from (f"  {line}" for line in head["breaks"])


def last_confirmed(head: Mapping[str, Any]) -> Iterator[str]:
    """When a source last confirmed the regions that the plan uses; nothing of a plan that does not say."""
    rows = sorted(head.get("region_status", ()), key=lambda row: (row["confirmed"], row["region"]))
    if rows:
        days = " to ".join(sorted({rows[0]["confirmed"], rows[-1]["confirmed"]}))
        since = f", {rows[0]['region']} first" if len(rows) > 1 else f" ({rows[0]['region']})"
        yield f"regions used were last confirmed {days}{since}"
    for row in rows:
        if row["status"] != "live":
            yield f"warning: {row['region']} is {row['status']}, as of {row['confirmed']} ({row['table']})"


def old_status(found: Mapping[str, Any]) -> Iterator[str]:
    """Regions open to work that no source confirmed of late, of ``planner check``."""
    if rows := found["old_status"]:
        shown = ", ".join(f"{row['region']} ({row['status']}, {row['confirmed']})" for row in rows)
        yield (
            f"warning: not confirmed within a year before the decision: {shown}; look them up and add rows "
            "to regions_history.csv"
        )


def planned_again(head: Mapping[str, Any]) -> Iterator[str]:
    """What keeping to an earlier plan costs."""
    if again := head.get("replan"):
        extra = words(head["objective"] - again["free_objective"], head["currency"])
        yield (
            f"planned again: {again['freeze']} periods frozen, {len(again['changed_workloads'])} workloads "
            f"elsewhere later; keeping to the earlier plan costs {extra}"
        )


def hourly(head: Mapping[str, Any]) -> Iterator[str]:
    """Of how many slices hourly loads were made, and what rounding them down would cost."""
    if traced := head.get("traces"):
        bound = traced.get("bound")
        rest = f"; loads rounded down would cost {words(bound, head['currency'])}" if bound else ""
        yield f"hourly traces: {traced['levels']:,} joint levels in {traced['slices']:,} slices{rest}"
        if traced["levels"] > traced["slices"]:
            times = traced["levels"] / traced["slices"]
            yield (
                f"  [traces] max_slices = {traced['levels']} would be exact, in a program about {times:,.0f} "
                "times as large"
            )


def carbon(head: Mapping[str, Any]) -> Iterator[str]:
    """Tonnes that machines emit, and where that is not known."""
    if emitted := head.get("carbon"):
        yield f"machines emit {emitted['tonnes']:,.3f} t CO2e over the horizon, as far as it is known"
        if emitted["unknown"]:
            yield f"carbon unknown, not counted and not zero: {', '.join(emitted['unknown'])}"


def whole_machines(head: Mapping[str, Any], run: Mapping[str, Any]) -> Iterator[str]:
    """What is proved of a plan with whole numbers, and why the search for it ended."""
    if not run.get("integers"):
        return
    bound = words(run["bound"], head["currency"])
    if "ended" not in run:
        yield f"{run['integers']} whole numbers; within {run['gap']:.3%} of the best, bound {bound}"
        return
    yield f"no plan in whole machines costs less than {bound}; this one is within {run['gap']:.2%} of that"
    if run["ended"] == "gap":
        yield f"  the search ended within the gap asked for (--gap {run['gap_allowed']:g})"
    else:
        yield (
            f"  the search ended when its effort was spent (--effort {run['effort']:g}), before the gap "
            f"asked for (--gap {run['gap_allowed']:g})"
        )


def moves(plan: Plan) -> Iterator[str]:
    """Waves of moves: how many systems move at the beginning of each period, and what that costs."""
    if plan.moves.empty:
        if "fixed" not in plan.head:
            yield "nothing moves"
        return
    cost = words(float(plan.moves["cost"].sum()), plan.head["currency"])
    yield f"{plan.moves['workload'].nunique()} systems move, for {cost} (moves.csv)"
    waves = list(plan.moves.groupby("period"))
    for period, rows in waves[:_WAVES]:
        names = sorted(set(rows["workload"]))
        some = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if names[_NAMED:] else "")
        paid = words(float(rows["cost"].sum()), plan.head["currency"])
        yield f"  {period}: {len(names)} for {paid}: {some}"
    if waves[_WAVES:]:
        yield f"  … and {len(waves) - _WAVES} later waves in moves.csv"


def priced_in(run: Mapping[str, Any]) -> str:
    """Of which program prices at the margin are, where that is not the plan's own."""
    duals = str(run.get("duals", ""))
    return f" ({duals.removeprefix('checked, ')})" if duals.startswith("checked, ") else ""


def egress(head: Mapping[str, Any]) -> Iterator[str]:
    """How tiers of egress are counted, and what the other way would make of them."""
    bill = head.get("egress", {})
    if not bill or bill["first_paid"] == bill["exact"]:
        return
    first, exact = (words(bill[k], head["currency"]) for k in ("first_paid", "exact"))
    if bill["tiers"] == "exact":
        yield f"egress by exact tiers costs {exact}; at the first paid tier it would be {first}"
    else:
        yield f"egress is counted at the first paid tier, {first}; by exact tiers it would cost {exact}"
