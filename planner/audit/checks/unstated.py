"""Does ``plan.json`` tell everything that the case leaves open, and nothing else?"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from planner.audit.case import INPUTS, PLACES, SIZED
from planner.audit.claims import RECORD
from planner.audit.context import Context
from planner.audit.filters import Facts, in_market, selected
from planner.audit.findings import Finding
from planner.audit.held import LENGTHS
from planner.audit.reading import Unreadable
from planner.files.toml import parse_toml

NAME, ENTRY = "unstated", "unstated"
_NAMED = 5
"""So many names are told of many."""

Told = tuple[str, str, tuple[str, ...]]
"""What it is about, words that must be told, and the names that are concerned."""


def check(context: Context) -> Iterable[Finding]:
    """Classes that no rule governs, markets without limits, moves and terms nobody stated: each told once."""
    head = context.claims.head
    if head is None or not context.holds((*PLACES, "capacity.csv", "workloads.csv", "current.csv")):
        return
    stated = head.get(ENTRY)
    if stated is None and not context.made_by_planner:
        return
    left = stated.get("left") if isinstance(stated, dict) else None
    rows = [row for row in left or () if isinstance(row, dict)] if isinstance(left, list) else []
    due = [*_classes(context), *_capacity(context), *_moves(context), *_terms(context), *_fit(context)]
    faults = []
    if not isinstance(stated, dict) or stated.keys() != {"count", "left"} or len(rows) != len(left or ()):
        faults.append("is not what a plan says of what the case leaves open")
    elif stated["count"] != len(rows):
        faults.append(f"counts {str(stated['count'])[:20]} and lists {len(rows)}")
    listed, wanted = Counter(str(row.get("about")) for row in rows), Counter(about for about, _, _ in due)
    for about in sorted(listed.keys() | wanted.keys()):
        if listed[about] != wanted[about]:
            faults.append(
                f"tells {listed[about]} times of {about[:40]}, which is left open {wanted[about]} times"
            )
    for about, words, names in due:
        if listed[about] == wanted[about] and not any(_tells(row, about, words, names) for row in rows):
            sentence = words + ", ".join(names[:_NAMED])
            faults.append(f"does not tell of {sentence[:200]}, left open in {about}")
    faults += ["has no remedy" for row in rows if not str(row.get("remedy") or "").strip()]
    yield from (Finding(NAME, "fail", RECORD, f"{ENTRY} {words}") for words in faults)
    if not faults:
        yield Finding(NAME, "pass", RECORD, f"{len(due)} things that the case leaves open are told, no more")


def _tells(row: dict[str, object], about: str, words: str, names: Sequence[str]) -> bool:
    """Does a line name all names, or the first and how many more?"""
    text, more = str(row.get("text")), len(names) - _NAMED
    enough = sum(name in text for name in names) >= min(len(names), _NAMED)
    counted = more <= 0 or f"and {more} more" in text
    return row.get("about") == about and words in text and enough and counted


def _classes(context: Context) -> Iterator[Told]:
    """Classes above the lowest that no hard rule selects by."""
    case, lowest = context.case, _scheme(context)[-1:]
    rules = [r for r in context.own_rules
             if r.severity == "hard" and "classification" in r.select.get("workload", {})]  # fmt: skip
    open_ones: dict[str, list[str]] = {}
    for name, row in case.workloads.items():
        facts = Facts(row, case.agencies.get(row["agency"], {}), {})
        if row["classification"] not in lowest and not any(selected(rule, facts) for rule in rules):
            open_ones.setdefault(row["classification"], []).append(name)
    for level, names in sorted(open_ones.items()):
        yield "classification", f"class {level} ", tuple(names)


def _scheme(context: Context) -> Sequence[str]:
    """The scheme of classification: of the case, else of the first pack that has one, or that it extends."""
    if stated := _names(context.case.plain.get("classes")):
        return stated
    names = _names(context.case.plain.get("packs"))
    for name in names:
        copy = name.removeprefix("./") if name.startswith("./") else f"catalogs/policies/{name}.toml"
        try:
            pack = parse_toml(context.folder.bytes(f"{INPUTS}/{copy}").decode("utf-8-sig"))
        except (Unreadable, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue  # check ``rules`` says so
        if classes := _names(pack.get("classes")):
            return classes
        names += [more for more in _names(pack.get("extends")) if more not in names]
    return ()


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


def _capacity(context: Context) -> Iterator[Told]:
    """Regions of the market that are open to some work and have no limit on machines."""
    case = context.case
    limits = [limit for limit, _ in case.capacity if limit["resource"] in (*SIZED, "units")]
    limited = {limit["subject"] for limit in limits}
    limited |= {row["region"] for sku, row in case.skus.items() if sku in limited}
    limited |= {member["region"] for limit in limits for member in case.groups.get(limit["subject"], ())}
    names = []
    for region, row in case.regions.items():
        if (
            in_market(row)
            and region not in limited
            and any(_open(context, w, region) for w in case.workloads)
        ):
            names.append(region)
    if names:
        yield "capacity", "", tuple(names)


def _open(context: Context, workload: str, region: str) -> bool:
    shut = 0
    for block in context.places.blocks(workload, region):
        shut |= block.periods
    return bool(context.places.alive[workload] & ~shut)


def _moves(context: Context) -> Iterator[Told]:
    case = context.case
    once = any(row["when"] == "once" for row in case.placement_costs)
    if case.today and "labour" not in case.settings.get("migration", {}) and not once:
        yield "moves", "", ()


def _terms(context: Context) -> Iterator[Told]:
    if not context.case.settings.get("terms") and context.case.terms & LENGTHS.keys():
        yield "terms", "", ()


def _fit(context: Context) -> Iterator[Told]:
    """Machines of families without a figure of the benchmark by which the case compares vCPU."""
    case = context.case
    if not (fit := case.settings.get("fit")):
        return
    machines = [row for row in case.skus.values() if not row["resource"]]
    families = {(row["region"].split(":")[0], row["family"]) for row in machines}
    names = sorted(" ".join(key) for key in families if (*key, fit["benchmark"]) not in case.scores)
    if names:
        yield "fit", f"{fit['benchmark']} of ", tuple(names)
