"""Shares of contestable load: caps on a vendor group, a region or foreign parents, and floors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from planner.audit.amounts import Amounts, amounts, by_label, contestable_members
from planner.audit.case import ZERO
from planner.audit.context import TOLERANCE, Context
from planner.audit.findings import Finding, Status, of_rule, spans
from planner.audit.rules import binds
from planner.policy.rules import Rule

SHARE_KINDS = ("vendor_share", "region_share", "jurisdiction_share", "minimum_share")


def caps(context: Context, rule: Rule) -> Iterable[Finding]:
    """No label (vendor group, region, foreign parents) has more than the cap in any period."""
    return _judged(context, rule, Decimal(str(rule.parameters["cap"])), above=False)


def floors(context: Context, rule: Rule) -> Iterable[Finding]:
    """Domestic vendor groups have at least the floor in every period."""
    return _judged(context, rule, Decimal(str(rule.parameters["floor"])), above=True)


def label_of(context: Context, rule: Rule) -> Callable[[str], str]:
    """What a region counts for under the rule."""
    regions, home = context.case.regions, context.case.settings.get("home_country")

    def domestic(region: str) -> bool:
        return regions[region]["parent_jurisdiction"] == home

    labels: Mapping[str, Callable[[str], str]] = {
        "vendor_share": lambda region: regions[region]["vendor_group"],
        "region_share": lambda region: region,
        "jurisdiction_share": lambda region: "" if domestic(region) else "foreign",
        "minimum_share": lambda region: "domestic" if domestic(region) else "",
    }
    return labels[rule.kind]


def shares(found: Amounts, label: Callable[[str], str]) -> dict[str, tuple[Decimal, Decimal]]:
    """Lowest and highest share of each label, whatever the uncertain amounts turn out to be."""
    sure, maybe = by_label(found, label)
    total, doubt = found.total(), found.doubt()
    out = {}
    for name in sure.keys() | maybe.keys():
        mine, more = sure.get(name, ZERO), maybe.get(name, ZERO)
        least, most = total + doubt - more, total + more
        out[name] = (mine / least if least else ZERO, (mine + more) / most if most else ZERO)
    return out


def verdict(low: Decimal, high: Decimal, limit: Decimal, above: bool) -> Status:
    """Pass or fail where it is so both ways, otherwise not checked."""
    good = (low >= limit - TOLERANCE, high >= limit - TOLERANCE) if above else (
        high <= limit + TOLERANCE, low <= limit + TOLERANCE)  # fmt: skip
    return "pass" if good[0] else "not checked" if good[1] else "fail"


def _judged(context: Context, rule: Rule, limit: Decimal, above: bool) -> Iterable[Finding]:
    basis = rule.parameters["basis"]
    found = amounts(context, rule, contestable_members(context, rule, basis == "critical"))
    if found is None:
        yield of_rule(rule, "not checked", basis, "the plan's files do not let this share be worked out", {})
        return
    bits, label = binds(rule, context.case), label_of(context, rule)
    by_name: dict[str, dict[int, tuple[Decimal, Decimal]]] = {}
    for t, amount in enumerate(found):
        if bits >> t & 1 and amount.total() + amount.doubt() > 0:
            here = shares(amount, label)
            if above:
                here.setdefault("domestic", (ZERO, ZERO))
            for name, share in here.items():
                if name:
                    by_name.setdefault(name, {})[t] = share
    for name, by_period in sorted(by_name.items()):
        verdicts = {t: verdict(low, high, limit, above) for t, (low, high) in by_period.items()}
        worst = min(v[0] for v in by_period.values()) if above else max(v[1] for v in by_period.values())
        numbers = {"basis": basis, "share": worst, "limit": limit,
                   "slack": worst - limit if above else limit - worst}  # fmt: skip
        side = "at least" if above else "at most"
        for status in ("fail", "not checked"):
            hit = [t for t, v in verdicts.items() if v == status]
            if hit:
                what = "has" if status == "fail" else "may have, as not all of the spend can be told apart,"
                message = (
                    f"{what} {worst:.4%} in {spans(context.case.names, hit)}; {side} {limit:.2%} is allowed"
                )
                yield of_rule(rule, "fail" if status == "fail" else "not checked", name, message, numbers)
                break
        else:
            yield of_rule(rule, "pass", name, f"has {worst:.4%}; {side} {limit:.2%} is allowed", numbers)
