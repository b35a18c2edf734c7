"""What ``plan.json`` says of how a plan came about, in sentences that terminal and report share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.plan.plan import Plan
from planner.report import plan_words
from planner.report.texts import tr, tr_noop
from planner.report.words import amount

STATUSES = (tr_noop("optimal"), tr_noop("stopped"), tr_noop("feasible"))
_WAVES = 4
"""So many waves of moves are told; moves.csv holds all."""
_NAMED = 3
"""So many systems of a wave of moves are named; moves.csv names all."""


def status(plan: Plan) -> str:
    """The solver's word; of placements that were held, that they were not chosen."""
    if "fixed" not in plan.head:
        word = str(plan.head.get("status", ""))
        return tr(word) if word in STATUSES else word
    return tr("held, not chosen; breaks {count} rules and limits", count=len(plan.head["breaks"]))


def unstated(head: Mapping[str, Any]) -> Iterator[str]:
    """What the case leaves open, with the remedy: said before anything else."""
    for one in head.get("unstated", {}).get("left", ()):
        yield tr("NOT STATED: {text}; remedy: {remedy}", text=one["text"], remedy=one["remedy"])


def nothing_done(head: Mapping[str, Any]) -> Iterator[str]:
    """Of placements that were held: that nothing was chosen, and what they break."""
    if "fixed" in head:
        yield tr(
            "DOING NOTHING: placements held as in {file}; no limit and no rule holds them", file=head["fixed"]
        )
        yield tr("rules and limits that this breaks: {count}", count=len(head["breaks"]))
        yield from (f"  {line}" for line in head["breaks"])


def last_confirmed(head: Mapping[str, Any]) -> Iterator[str]:
    """When a source last confirmed the regions that the plan uses; nothing of a plan that does not say."""
    rows = sorted(head.get("region_status", ()), key=lambda row: (row["confirmed"], row["region"]))
    if rows:
        first, last, region = rows[0]["confirmed"], rows[-1]["confirmed"], rows[0]["region"]
        days = first if first == last else tr("{first} to {last}", first=first, last=last)
        yield (
            tr("regions used were last confirmed {days}, {region} first", days=days, region=region)
            if len(rows) > 1
            else tr("regions used were last confirmed {days} ({region})", days=days, region=region)
        )
    for row in rows:
        if row["status"] != "live":
            yield tr("warning: {region} is {status}, as of {confirmed} ({table})", **row)


def granted(plan: Plan) -> Iterator[str]:
    """What contracts take off list prices, of a plan that has any such line."""
    listed, off = float(plan.costs["list"].sum()), float(plan.costs["discount"].sum())
    if off > 0:
        money = {"off": amount(off, plan.head["currency"]), "listed": amount(listed, plan.head["currency"])}
        yield tr("contracts take {off} off {listed} at list price", **money)


def old_status(found: Mapping[str, Any]) -> Iterator[str]:
    """Regions open to work that no source confirmed of late, of ``planner check``."""
    if rows := found["old_status"]:
        shown = ", ".join(f"{row['region']} ({row['status']}, {row['confirmed']})" for row in rows)
        yield tr(
            "warning: not confirmed within a year before the decision: {regions}; look them up and add rows "
            "to regions_history.csv",
            regions=shown,
        )


def planned_again(head: Mapping[str, Any]) -> Iterator[str]:
    """What keeping to an earlier plan costs."""
    if again := head.get("replan"):
        yield tr(
            "planned again: {frozen} periods frozen, {changed} workloads elsewhere later; keeping to the "
            "earlier plan costs {extra}",
            frozen=again["freeze"],
            changed=len(again["changed_workloads"]),
            extra=amount(head["objective"] - again["free_objective"], head["currency"]),
        )


def hourly(head: Mapping[str, Any]) -> Iterator[str]:
    """Of how many slices hourly loads were made, and what rounding them down would cost."""
    if traced := head.get("traces"):
        bound = traced.get("bound")
        values = {"levels": f"{traced['levels']:,}", "slices": f"{traced['slices']:,}"}
        line = tr("hourly traces: {levels} joint levels in {slices} slices", **values)
        if bound:
            cost = amount(bound, head["currency"])
            line += "; " + tr("loads rounded down would cost {cost}", cost=cost)
        yield line
        if traced["levels"] > traced["slices"]:
            yield "  " + tr(
                "[traces] max_slices = {levels} would be exact, in a program about {times} times as large",
                levels=traced["levels"],
                times=f"{traced['levels'] / traced['slices']:,.0f}",
            )


def carbon(head: Mapping[str, Any]) -> Iterator[str]:
    """Tonnes that machines emit, and where that is not known."""
    if emitted := head.get("carbon"):
        tonnes = f"{emitted['tonnes']:,.3f}"
        yield tr("machines emit {tonnes} t CO2e over the horizon, as far as it is known", tonnes=tonnes)
        if emitted["unknown"]:
            regions = ", ".join(emitted["unknown"])
            yield tr("carbon unknown, not counted and not zero: {regions}", regions=regions)


def whole_machines(head: Mapping[str, Any], run: Mapping[str, Any]) -> Iterator[str]:
    """What is proved of a plan with whole numbers, and why the search for it ended."""
    if not run.get("integers"):
        return
    bound = amount(run["bound"], head["currency"])
    if "ended" not in run:
        values = {"count": run["integers"], "gap": f"{run['gap']:.3%}", "bound": bound}
        yield tr("{count} whole numbers; within {gap} of the best, bound {bound}", **values)
        return
    yield tr(
        "no plan in whole machines costs less than {bound}; this one is within {gap} of that",
        bound=bound,
        gap=f"{run['gap']:.2%}",
    )
    allowed = f"{run['gap_allowed']:g}"
    if run["ended"] == "gap":
        yield "  " + tr("the search ended within the gap asked for (--gap {gap})", gap=allowed)
    else:
        yield "  " + tr(
            "the search ended when its effort was spent (--effort {effort}), before the gap asked for "
            "(--gap {gap})",
            effort=f"{run['effort']:g}",
            gap=allowed,
        )


def moves(plan: Plan) -> Iterator[str]:
    """Waves of moves: how many systems move at the beginning of each period, and what that costs."""
    if plan.moves.empty:
        if "fixed" not in plan.head:
            yield tr("nothing moves")
        return
    cost = amount(float(plan.moves["cost"].sum()), plan.head["currency"])
    moved = plan.moves["workload"].nunique()
    yield tr("{count} systems move, for {cost} (moves.csv)", count=moved, cost=cost)
    waves = list(plan.moves.groupby("period"))
    for period, rows in waves[:_WAVES]:
        names = sorted(set(rows["workload"]))
        some = ", ".join(names[:_NAMED])
        if names[_NAMED:]:
            some = tr("{names} and {count} more", names=some, count=len(names) - _NAMED)
        paid = amount(float(rows["cost"].sum()), plan.head["currency"])
        values = {"period": period, "count": len(names), "paid": paid, "names": some}
        yield "  " + tr("{period}: {count} for {paid}: {names}", **values)
    if waves[_WAVES:]:
        yield "  " + tr("… and {count} later waves in moves.csv", count=len(waves) - _WAVES)


def priced_in(run: Mapping[str, Any]) -> str:
    """Of which program prices at the margin are, where that is not the plan's own."""
    duals = str(run.get("duals", ""))
    of = plan_words.duals(duals.removeprefix("checked, "))
    return f" ({of})" if duals.startswith("checked, ") else ""


def egress(head: Mapping[str, Any]) -> Iterator[str]:
    """How tiers of egress are counted, and what the other way would make of them."""
    bill = head.get("egress", {})
    if not bill or bill["first_paid"] == bill["exact"]:
        return
    values = {k: amount(bill[k], head["currency"]) for k in ("first_paid", "exact")}
    if bill["tiers"] == "exact":
        yield tr(
            "egress by exact tiers costs {exact}; at the first paid tier it would be {first_paid}", **values
        )
    else:
        yield tr(
            "egress is counted at the first paid tier, {first_paid}; by exact tiers it would cost {exact}",
            **values,
        )
