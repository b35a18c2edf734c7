"""Figures that are printed beside a plan with the bands they fall into; they never fail it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from planner.audit.amounts import Amounts, by_label, carried, contestable_members, spend
from planner.audit.case import ZERO
from planner.audit.context import Context
from planner.audit.filters import assessed
from planner.audit.findings import Finding, of_rule
from planner.policy.rules import Rule

FOUR = Decimal(4)
CLOUD = ("gov_private", "in_country_private", "in_country_public", "offshore_public")


def check(context: Context, rule: Rule) -> Iterable[Finding]:
    """The figure of the whole horizon that the rule asks for, and its band."""
    measure = rule.parameters["measure"]
    found = MEASURES[measure](context, rule)
    yield _banded(rule, measure.replace("_", " "), found)


def score(context: Context, rule: Rule) -> Iterable[Finding]:
    """Weighted score of sovereignty: 100 · Σ weight · level / 4, regions weighted by spend on the market."""
    levels = assessed(context.case.assessments)
    weights = dict(zip(rule.parameters["objectives"], rule.parameters["weights"], strict=True))
    spent = _whole(spend(context, lambda _w, _t: True))
    unknown, total = [], ZERO
    for region, amount in spent.items():
        vendor = context.case.regions[region]["vendor"]
        points = ZERO
        for objective, weight in weights.items():
            level = levels.get((region, objective), levels.get((vendor, objective)))
            if level is None:
                unknown.append(f"{objective} of {vendor}")
            else:
                points += Decimal(str(weight)) * level / FOUR
        total += points * amount
    profile = ", ".join(rule.parameters["profile"])
    if unknown or not spent:
        lacking = f"no assessment of {unknown[0]}" if unknown else "no spend is told"
        yield of_rule(
            rule, "not checked", profile, lacking, {"profile": profile, "unknown": len(set(unknown))}
        )
        return
    yield _banded(rule, profile, total / sum(spent.values(), ZERO))


def _banded(rule: Rule, subject: str, found: Decimal | None) -> Finding:
    if found is None:
        return of_rule(rule, "not checked", subject, "the plan's files do not let this be worked out", {})
    bands = [Decimal(str(band)) for band in rule.parameters["bands"]]
    at = band_of(found, bands)
    where = f"from {bands[at - 1]:f}" if at else f"below {bands[0]:f}"
    numbers = {"value": found, "bands": bands, "band": at}
    return of_rule(rule, "report", subject, f"{found:.4g} ({where})", numbers)


def band_of(value: Decimal, bands: list[Decimal]) -> int:
    """Number of band edges that a value has reached."""
    return sum(value >= band for band in bands)


def _whole(by_period: list[Amounts] | None) -> dict[str, Decimal]:
    """Sure amounts by region over the horizon."""
    out: dict[str, Decimal] = {}
    for amount in by_period or ():
        for region, value in amount.certain.items():
            out[region] = out.get(region, ZERO) + value
    return out


def _group_shares(context: Context, rule: Rule) -> dict[str, Decimal] | None:
    found = spend(context, contestable_members(context, rule, False))
    if found is None or any(a.uncertain for a in found):
        return None
    whole = Amounts(_whole(found))
    by_group, _ = by_label(whole, lambda region: context.case.regions[region]["vendor_group"])
    total = whole.total()
    return {group: amount / total for group, amount in by_group.items()} if total else {}


def _hhi(context: Context, rule: Rule) -> Decimal | None:
    shares = _group_shares(context, rule)
    return None if shares is None else hhi(shares)


def hhi(shares: Mapping[str, Decimal]) -> Decimal:
    """Herfindahl-Hirschman index: the sum of squared shares in percent, at most 10,000."""
    return sum(((share * 100) ** 2 for share in shares.values()), ZERO)


def _largest(context: Context, rule: Rule) -> Decimal | None:
    shares = _group_shares(context, rule)
    return None if shares is None else max(shares.values(), default=ZERO)


def _cloud(context: Context, rule: Rule) -> Decimal | None:
    regions = context.case.regions
    return _part(context, lambda _w: True, lambda r: regions[r]["deployment"] in CLOUD)


def _foreign(context: Context, rule: Rule) -> Decimal | None:
    home, regions = context.case.settings.get("home_country"), context.case.regions
    return _part(context, lambda _w: True, lambda r: regions[r]["parent_jurisdiction"] != home)


def _critical(context: Context, rule: Rule) -> Decimal | None:
    """Largest share that one vendor group carries of critical work on the market, by vCPU."""
    found = carried(
        context,
        lambda w, _t: context.case.workloads[w].get("critical") == "true",
        lambda p: context.case.need(p.workload, "vcpu", p.t),
    )
    whole = Amounts(_whole(found))
    by_group, _ = by_label(whole, lambda region: context.case.regions[region]["vendor_group"])
    return max(by_group.values()) / whole.total() if whole.total() else ZERO


def _part(context: Context, who: Callable[[str], bool], where: Callable[[str], bool]) -> Decimal | None:
    """Share of placed vCPU, over all regions and periods, that lies where asked."""
    inside = total = ZERO
    for p in context.claims.placements:
        if p.role == "primary" and who(p.workload):
            amount = p.share * context.case.need(p.workload, "vcpu", p.t)
            total += amount
            inside += amount if where(p.region) else ZERO
    return inside / total if total else None


MEASURES: dict[str, Callable[[Context, Rule], Decimal | None]] = {
    "hhi": _hhi,
    "largest_share": _largest,
    "cloud_share": _cloud,
    "critical_share": _critical,
    "foreign_parent_share": _foreign,
}
"""Figures of kind ``report``; those of cloud, critical work and foreign parents are shares of vCPU."""
