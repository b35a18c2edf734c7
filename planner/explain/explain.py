"""Why a case has no plan, and the ways out, as sentences and as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from planner.answer.precheck import precheck
from planner.explain.conflict import Conflict, conflicts
from planner.explain.elastic import Elastic, Program, make_program
from planner.explain.members import Member, facts, member
from planner.explain.nearest import NODES
from planner.explain.ways_out import Give, WayOut, ways_out
from planner.inputs import Case
from planner.model.statement import Loosened
from planner.money import words


@dataclass(frozen=True)
class Told:
    """A conflict in words. ``facts`` are what no rule can change: no price, not open yet."""

    members: tuple[Member, ...]
    periods: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything ``planner explain`` says.

    Attributes
    ----------
    reasons
        What could be told before solving anything; each is a proof.
    conflicts
        Irreducible sets; none when the case has a plan.
    ways
        Ways out in words with the cost of the plan; what serves less comes last.
    notes
        What limits the explanation.
    """

    feasible: bool
    reasons: tuple[str, ...]
    conflicts: tuple[Told, ...]
    ways: tuple[tuple[str, WayOut], ...]
    notes: tuple[str, ...]
    currency: str

    def document(self) -> dict[str, Any]:
        """The explanation as one JSON document."""
        return {
            "feasible": self.feasible,
            "reasons": list(self.reasons),
            "conflicts": [
                {
                    "members": [vars(m) for m in told.members],
                    "periods": list(told.periods),
                    "facts": list(told.facts),
                }
                for told in self.conflicts
            ],
            "ways_out": [
                {
                    "text": text,
                    "cost": round(way.cost, 2),
                    "currency": self.currency,
                    "gap": round(way.gap, 6) if isfinite(way.gap) else None,
                    "serves_less": way.serves_less,
                    "gives": [_give_dict(give) for give in way.gives],
                }
                for text, way in self.ways
            ],
            "notes": list(self.notes),
        }


def explain(
    case: Case, relax_legal: bool = False, early: Callable[[Explanation], None] | None = None
) -> Explanation:
    """Find what collides in a case, and what would have to give.

    Parameters
    ----------
    relax_legal
        Consider rules with a legal source among the ways out too.
    early
        Told of what collides as soon as it is known: working out ways out of a large case takes longer.
    """
    program = make_program(case)
    elastic = Elastic(program)
    found = conflicts(elastic)
    if not found and program.whole.any():
        elastic = Elastic(program, whole=True)
        found = conflicts(elastic)
    explanation = Explanation(
        feasible=not found,
        reasons=tuple(precheck(program.stated)) if found else (),
        conflicts=tuple(_told(program, conflict) for conflict in found),
        ways=(),
        notes=(),
        currency=case.settings.currency,
    )
    if early is not None:
        early(explanation)
    ways = ways_out(elastic, found, relax_legal)
    return replace(
        explanation,
        ways=tuple((way_words(program, way), way) for way in ways),
        notes=tuple(_notes(elastic, found, ways, relax_legal)),
    )


def _notes(elastic: Elastic, found: list[Conflict], ways: list[WayOut], relax_legal: bool) -> list[str]:
    program = elastic.program
    notes = []
    if found and elastic.whole:
        notes.append("could workloads be divided and choices be made in part, nothing would collide")
    elif found and program.whole.any():
        notes.append(
            "what collides was found in the continuous part of the program; costs are of whole choices"
        )
    members = [program.groups[g] for conflict in found for g in conflict.members]
    legal = sorted({g.id for g in members if g.legal})
    if legal and not relax_legal:
        notes.append(
            f"not among the ways out, because a legal source stands behind them: {', '.join(legal)}; "
            "--relax-legal considers them"
        )
    notes += _open(ways)
    if found and not ways:
        notes.append("no single statement of each conflict that may give is enough")
    if any(g.kind == "filter" for way in ways for g in (give.group for give in way.gives)):
        notes.append("costs of ways out keep the contestable load as it is now")
    return notes


def _open(ways: list[WayOut]) -> list[str]:
    """What is not proved of the ways out of a large case."""
    notes = []
    solved = [way.gap for way in ways if isfinite(way.gap)]
    if max(solved, default=0.0) > 0.0:
        notes.append(f"no plan of a way out is cheaper than told by more than {max(solved):.2%}")
    if len(solved) < len(ways):
        notes.append(
            f"where choices are in part, none in whole was found in {NODES} nodes: nothing nearer and "
            "nothing cheaper leads out, which is proved; that so much is enough is not"
        )
    return notes


def _told(program: Program, conflict: Conflict) -> Told:
    groups = conflict.groups(program)
    names = program.model.index.case.periods["period"].to_numpy()
    periods = tuple(str(p) for p in names[list(conflict.periods)])
    workloads = sorted({g.subject for g in groups if g.kind in ("workload", "latency")})
    members = tuple(member(program, g, conflict, workloads) for g in groups)
    return Told(members, periods, facts(program, conflict, workloads))


def way_words(program: Program, way: WayOut) -> str:
    """A way out as one sentence."""
    currency = program.model.index.case.settings.currency
    parts = " and ".join(_give_words(give) for give in way.gives)
    cost = "what is left to serve then costs" if way.serves_less else "the plan then costs"
    in_part = "" if isfinite(way.gap) else ", with choices in part,"
    return f"{parts}; {cost}{in_part} {words(way.cost, currency)}"


def _give_words(give: Give) -> str:
    group = give.group
    largest = max(give.changes, key=lambda change: abs(change[3] - change[2]))
    period, subject, now, needed, unit = largest
    more = len(give.changes) - 1
    when = f" in {period}" if period else ""
    also = f" (and less in {more} other period{'s' if more > 1 else ''})" if more else ""
    if group.family is None:
        where = ", ".join(f"{change[1]} ({change[0]})" for change in give.changes)
        waivable = group.rule is None or group.rule.waivable
        return (
            f"waive {group.id} for {where}" if waivable else f"change {group.id} (no waiver) to allow {where}"
        )
    return group.family.loosened(Loosened(group.id, subject, now, needed, unit, f"{when}{also}"))


def _give_dict(give: Give) -> dict[str, Any]:
    names = ("period", "subject", "now", "needed", "unit")
    changes = [dict(zip(names, change, strict=True)) for change in give.changes]
    return {"kind": give.group.kind, "id": give.group.id, "legal": give.group.legal, "changes": changes}
