"""Does the plan say, for every place it could not use, every rule that forbids it, why, and no other?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from planner.audit.case import PLACES
from planner.audit.context import Context
from planner.audit.findings import Finding

NAME, FILE = "excuses", "excuses.csv"
COLUMNS = ("workload", "region", "period_from", "period_to", "rule", "reason")
_TOLD = 20


def check(context: Context) -> Iterable[Finding]:
    """``excuses.csv`` against verdicts worked out again: each row with its words, in its order, once.

    The first excuse of a place is the one that people are shown, so the order of its rules counts too.
    """
    rows = context.claims.excuses
    if rows is None:
        yield context.missing(NAME, FILE)
        return
    if not context.holds(PLACES):
        message = "rows of prices were left out, so which places could be used is not known"
        yield Finding(NAME, "not checked", FILE, message)
        return
    columns = [c for c in COLUMNS if c != "reason" or all("reason" in row for row in rows)]
    due = [tuple(dict(zip(COLUMNS, row, strict=True))[c] for c in columns) for row in _due(context)]
    stated = [tuple(row[c] for c in columns) for row in rows]
    lacking, surplus = Counter(due) - Counter(stated), Counter(stated) - Counter(due)
    wrong = [_told(row, "no excuse names") for row in sorted(lacking)]
    wrong += [_told(row, "an excuse names what is not so:") for row in sorted(surplus)]
    if not wrong and _first(stated) != _first(due):
        wrong.append(Finding(NAME, "fail", FILE, "shows another excuse of a place first"))
    yield from wrong[:_TOLD]
    if not wrong:
        yield Finding(NAME, "pass", FILE, f"{len(due)} excuses are due and all are stated")


def _told(row: tuple[str, ...], what: str) -> Finding:
    workload, region, first, last, rule, *reason = (part[:120] for part in row)
    why = f": {reason[0]}" if reason else ""
    return Finding(NAME, "fail", workload, f"{what} {rule} at {region} from {first} to {last}{why}")


def _first(rows: Iterable[tuple[str, ...]]) -> dict[tuple[str, str], tuple[str, ...]]:
    shown: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in rows:
        shown.setdefault((row[0], row[1]), row)
    return shown


def _due(context: Context) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Rows that are due: by workload, region and rule, a row for each run of periods."""
    names = context.case.names
    for workload in context.case.workloads:
        for region in context.case.regions:
            for block in context.places.blocks(workload, region):
                first = None
                for t in range(len(names) + 1):
                    shut = bool(block.periods >> t & 1)
                    if shut and first is None:
                        first = t
                    elif not shut and first is not None:
                        yield workload, region, names[first], names[t - 1], block.by, block.reason
                        first = None
