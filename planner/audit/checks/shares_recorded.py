"""Is ``shares.csv`` what the plan's own cost lines and placements come to, row by row and no row less?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from planner.audit.amounts import Amounts, amounts, by_label, contestable_members
from planner.audit.case import ZERO
from planner.audit.checks.shares import SHARE_KINDS, label_of
from planner.audit.context import TOLERANCE, Context
from planner.audit.filters import Facts, in_market, selected
from planner.audit.findings import Finding, text
from planner.audit.reading import Row, number
from planner.audit.rules import binds
from planner.policy.rules import Rule

NAME, FILE = "shares-recorded", "shares.csv"
_CENT = Decimal("0.01")
_RELATIVE = Decimal("1e-8")
_DIGITS = Decimal("1e-9")
_BINDS = Decimal("0.000001")
"""A share this near to its limit is said to bind."""
_MARKET = "all market spend"
Key = tuple[str, str, str]
"""Rule (empty for the shares of all market spend), period, subject."""


@dataclass(frozen=True)
class _Due:
    """What a row should say. ``low`` and ``high`` differ where the folder does not tell an amount apart."""

    kind: str
    basis: str
    scope: str
    low: Decimal
    high: Decimal
    least: Decimal
    most: Decimal
    limit: Decimal | None = None
    above: bool = False


def recorded(context: Context) -> Iterable[Finding]:
    """Each cell of ``shares.csv`` worked out again; each row that is due, once."""
    if context.claims.shares is None:
        yield context.missing(NAME, FILE)
        return
    due = dict(_market(context))
    unknown = set()
    for rule in context.own_rules:
        if rule.kind in SHARE_KINDS and rule.severity == "hard":
            rows = _of_rule(context, rule)
            if rows is None:
                unknown.add(rule.id)
            else:
                due |= rows
    if unknown:
        message = "the plan's files do not let these shares be worked out"
        yield Finding(NAME, "not checked", ", ".join(sorted(unknown))[:200], message)
    faults, seen = [], set[Key]()
    for row in context.claims.shares:
        key = (row["rule"], row["period"], row["subject"])
        if row["rule"] in unknown:
            continue
        if key not in due:
            faults.append(_fault(key, "shares.csv names a share that the plan does not have"))
        elif key in seen:
            faults.append(_fault(key, "shares.csv names a share twice"))
        else:
            faults += [_fault(key, words, **numbers) for words, numbers in _wrong(row, due[key])]
        seen.add(key)
    faults += [_fault(key, "shares.csv leaves out a share") for key in sorted(due.keys() - seen)]
    yield from faults[:20]
    if not faults:
        yield Finding(NAME, "pass", FILE, f"{len(seen)} shares agree")


def _fault(key: Key, message: str, **numbers: Decimal) -> Finding:
    rule, period, subject = (part[:60] for part in key)
    shown = {name: text(value) for name, value in numbers.items()}
    return Finding(NAME, "fail", rule or _MARKET, f"{message}: {subject} in {period}", shown)


def _wrong(row: Row, due: _Due) -> Iterator[tuple[str, dict[str, Decimal]]]:
    for column in ("kind", "basis", "scope"):
        if column in row and row[column] != getattr(due, column):
            yield f"shares.csv states another {column}", {}
    share = number(row, "share")
    low = due.low / (due.least if due.least else Decimal(1))
    high = due.high / (due.most if due.most else Decimal(1))
    if not low - TOLERANCE <= share <= high + TOLERANCE:
        yield "shares.csv states another share", {"stated": share, "found": low}
    if "amount" not in row:
        return
    amount, total = number(row, "amount"), number(row, "total")
    few, many = min(due.least, due.most), max(due.least, due.most)
    for stated, least, most, what in ((amount, due.low, due.high, "amount"), (total, few, many, "total")):
        near = _CENT + abs(most) * _RELATIVE
        if not least - near <= stated <= most + near:
            yield f"shares.csv states another {what}", {"stated": stated, "found": least}
    if total and abs(amount / total - share) > TOLERANCE:
        yield "its share is not its amount of the total", {"stated": share, "found": amount / total}
    if due.limit is None:
        if row["limit"] or row["slack"] or row["binds"] != "False":
            yield "shares.csv states a limit where there is none", {}
        return
    slack = share - due.limit if due.above else due.limit - share
    for column, right in (("limit", due.limit), ("slack", slack)):
        if abs(number(row, column) - right) > _DIGITS:
            yield f"shares.csv states another {column}", {"stated": number(row, column), "found": right}
    if (row["binds"] == "True") != (abs(number(row, "slack")) < _BINDS) or row["binds"] not in _BOOLEAN:
        yield "shares.csv says otherwise whether it binds", {"slack": slack}


_BOOLEAN = ("True", "False")


def _of_rule(context: Context, rule: Rule) -> dict[Key, _Due] | None:
    """Rows due for a rule: each subject in each period that it binds and in which anything counts."""
    basis = str(rule.parameters["basis"])
    found = amounts(context, rule, contestable_members(context, rule, basis == "critical"))
    if found is None:
        return None
    above = rule.kind == "minimum_share"
    limit = Decimal(str(rule.parameters["floor" if above else "cap"]))
    bits, label, scope = binds(rule, context.case), label_of(context, rule), _scopes(context)[rule.id]
    market = [r for r, row in context.case.regions.items() if in_market(row)]
    subjects = {"minimum_share": ["domestic"], "jurisdiction_share": ["foreign"]}.get(
        rule.kind, sorted({label(region) for region in market})
    )
    due: dict[Key, _Due] = {}
    for t, amount in enumerate(found):
        if not bits >> t & 1 or not amount.total() + amount.doubt() > 0:
            continue
        sure, maybe = by_label(amount, label)
        for subject in subjects:
            low, more = sure.get(subject, ZERO), maybe.get(subject, ZERO)
            most, least = amount.total() + more, amount.total() + amount.doubt() - more
            key = (rule.id, context.case.names[t], subject)
            due[key] = _Due(rule.kind, basis, scope, low, low + more, least, most, limit, above)
    return due


def _scopes(context: Context) -> Mapping[str, str]:
    """Name of the scope of each hard rule on shares: rules that count the same share the first one's."""
    names: dict[tuple[object, ...], str] = {}
    out: dict[str, str] = {}
    for rule in context.own_rules:
        if rule.kind not in SHARE_KINDS or rule.severity != "hard":
            continue
        basis = str(rule.parameters["basis"])
        resource = str(rule.parameters.get("resource", "")) if basis == "resource" else ""
        member = contestable_members(context, rule, basis == "critical")
        counted = tuple(
            (w, p.t) for w in context.case.workloads for p in context.case.periods if member(w, p.t)
        )
        what = {"resource": resource, "critical": "critical vcpu"}.get(basis, basis.replace("_", " "))
        part = "" if _selects_all(context, rule, basis) else f" of {rule.id}"
        name = f"contestable {what}{part}"
        out[rule.id] = names.setdefault((basis, resource, counted), name)
    return out


def _selects_all(context: Context, rule: Rule, basis: str) -> bool:
    return all(
        selected(rule, Facts(row, context.case.agencies.get(row["agency"], {}), {}))
        and (basis != "critical" or row.get("critical") == "true")
        for row in context.case.workloads.values()
    )


def _market(context: Context) -> Iterator[tuple[Key, _Due]]:
    """Each vendor group's part of all that is spent on the market, by period."""
    by_period: dict[str, Amounts] = {}
    for row in context.claims.costs or ():
        if in_market(context.case.regions[row["region"]]):
            by_period.setdefault(row["period"], Amounts()).add(row["region"], number(row, "amortised"))
    for period, amount in by_period.items():
        sure, _ = by_label(amount, lambda region: context.case.regions[region]["vendor_group"])
        total = amount.total()
        for group, value in sure.items() if total > 0 else ():
            yield ("", period, group), _Due("report", "spend", _MARKET, value, value, total, total)
