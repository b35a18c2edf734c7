"""Money, in decimals: prices from the price rows, cost lines from purchases, demand and placements."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.agreements import AGREEMENT, agreed
from planner.audit.amounts import NOT_COUNTED, OUTSIDE, TIERS, TRANSFER
from planner.audit.calendar import evenly
from planner.audit.case import ONE, ZERO, Case
from planner.audit.checks.contracts import fits, possible
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.held import HELD_TAIL, PREPAID, TAIL
from planner.audit.moves import one_off
from planner.audit.reading import Row, Unreadable, number
from planner.audit.tiers import beyond_first_paid, first_paid
from planner.audit.vendor_costs import KINDS, UNTAXED, of_vendors

_CENT = Decimal("0.01")
_RELATIVE = Decimal("1e-8")
WEIGHED = ("carbon", "latency")
"""Lines of the objective that nobody is paid; their own checks work them out again."""
COMPUTE = ("compute", "commitment", "commitment held")
MOVES = NOT_COUNTED
UNPRICED = (TAIL, HELD_TAIL, PREPAID, "commitment used")
"""Lines without a list price of the horizon: what falls due after it or is paid early (check ``due``), and
what counts in shares."""


Due = dict[tuple[str, str, str, str, int], Decimal]
"""Money by (term, payer, owner, region, period): a workload, the pool of machines that several share, or
blank where it is paid in common."""


def prices(context: Context) -> Iterable[Finding]:
    """Each purchase is at the price and currency of the price row that held on ``prices_as_of``."""
    if context.claims.purchases is None:
        yield context.missing("prices", "purchases.csv")
        return
    wrong: set[tuple[str, str]] = set()
    for row in context.claims.purchases:
        key = (row["sku"], row["term"])
        listed = context.case.prices.get(key)
        unit = "GiB" if context.case.skus[row["sku"]]["resource"] else "machines"
        if row.get("unit", unit) != unit:
            wrong.add(key)
            yield Finding("prices", "fail", row["sku"], f"is sold in {unit}, not {row['unit'][:40]}")
        if key in wrong:
            continue
        if listed is None:
            wrong.add(key)
            yield Finding("prices", "fail", row["sku"], f"has no price on term {row['term'][:40]}")
        elif "basis" in row and row["basis"] != listed.get("basis", ""):
            wrong.add(key)
            numbers = {"stated": row["basis"][:40], "price row": listed.get("basis", "")[:40]}
            yield Finding("prices", "fail", row["sku"], "states another basis than its price row", numbers)
        elif number(listed, "ListUnitPrice") != number(row, "unit_price") or (
            listed["PricingCurrency"] != row["currency"]
        ):
            wrong.add(key)
            said, right = row["unit_price"][:40], listed["ListUnitPrice"][:40]
            numbers = {
                "stated": f"{said} {row['currency'][:3]}",
                "price row": f"{right} {listed['PricingCurrency'][:3]}",
            }
            yield Finding(
                "prices", "fail", row["sku"], f"was not bought at its price on term {row['term']}", numbers
            )
    if not wrong:
        yield Finding("prices", "pass", "purchases.csv", "every purchase is at the price of its price row")


def lines(context: Context) -> Iterable[Finding]:
    """``costs.csv``: list prices worked out again, and each line's own arithmetic."""
    costs = context.claims.costs
    if costs is None or context.claims.purchases is None:
        yield context.missing("costs", "costs.csv" if costs is None else "purchases.csv")
        return
    stated: Due = {}
    at = {name: t for t, name in enumerate(context.case.names)}
    owned = all("pool" in row and "workload" in row for row in context.claims.purchases)
    wrong = 0
    unknown: set[str] = set()
    for row in costs:
        reason = _arithmetic(context, row, at[row["period"]])
        if reason and not wrong:
            yield Finding("costs", "fail", f"{row['term'][:40]} at {row['region']}, {row['period']}", reason)
        wrong += bool(reason)
        if (term := _family(row["term"])) is None:
            unknown.add(row["term"][:40])
            continue
        owner = row["workload"] or (row["pool"] if term == "compute" else "")
        owner = owner if owned or term not in ("compute", "storage") else ""
        key = (term, row["payer"], owner, row["region"], at[row["period"]])
        stated[key] = stated.get(key, ZERO) + number(row, "list")
    common = {**agreed(context.case, context.claims), **of_vendors(context.case, context.claims)}
    due: Due = {
        **{(k[0], k[1], "", *k[2:]): v for k, v in common.items()},
        **_bought(context, owned),
        **_egress(context),
        **_tiers(context),
        **_transfer(context),
        **one_off(context.case, context.claims),
    }
    off = {k: (stated.get(k, ZERO), due.get(k, ZERO)) for k in stated.keys() | due.keys()}
    off = {k: v for k, v in off.items() if abs(v[0] - v[1]) > _CENT + abs(v[1]) * _RELATIVE}
    for (term, payer, owner, region, t), (said, found) in sorted(off.items())[:20]:
        numbers = {"stated": text(said), "found": text(found), "difference": text(said - found)}
        whose = f"{payer} for {owner}" if owner else payer
        message = f"{term} of {whose} at {region} in {context.case.names[t]} is not what it should cost"
        yield Finding("costs", "fail", payer, message, numbers)
    for term in sorted(unknown):
        yield Finding("costs", "not checked", term, "a kind of cost that this audit does not work out again")
    if not wrong and not off:
        total = sum((number(row, "amortised") for row in costs), ZERO)
        numbers = {"lines": str(len(costs)), "amortised": text(total)}
        yield Finding("costs", "pass", "costs.csv", "every sum was worked out again from price rows", numbers)


def _family(term: str) -> str | None:
    if term in COMPUTE:
        return "compute"
    known = ("storage", "egress", TIERS, TRANSFER, *MOVES, *UNPRICED, *AGREEMENT, *WEIGHED)
    return term if term in known else None


def _arithmetic(context: Context, row: Row, t: int) -> str:
    """What is wrong within one line; empty if nothing is."""
    listed, discount, margin, tax, amortised, cash = (
        number(row, c) for c in ("list", "discount", "margin", "tax", "amortised", "cash")
    )
    near = _CENT / 100 + abs(listed) * _RELATIVE
    if abs(listed - discount + margin - amortised) > near:
        return "amortised is not list less discount plus margin"
    if row["term"] == PREPAID and amortised == tax == ZERO:
        return ""
    if abs(amortised + tax - cash) > near:
        return "cash is not amortised plus tax"
    if "counted" in row and row["term"] != "commitment used":  # check ``counted`` looks at these
        none = row["term"] in (*NOT_COUNTED, TIERS, TRANSFER) or row["term"].startswith("commitment")
        if abs(number(row, "counted") - (ZERO if none else amortised)) > near:
            return "counted is not what counts in shares"
    if row["term"] in WEIGHED:
        return "" if listed == amortised == cash == ZERO else "what nobody is paid has a price"
    if not number(row, "tail", ZERO):
        discounted = cash * discount_factor(context.case, t)
        if abs(discounted - number(row, "objective")) > near + abs(discounted) * _RELATIVE:
            return "objective is not cash discounted to the first day"
    if row["term"] in (*AGREEMENT, *KINDS):
        rate = ZERO if row["term"] in UNTAXED else _tax(context, row, t)
        right = not discount and not margin and abs(tax - listed * rate) <= near
        return "" if right else f"discount, margin or tax is not that of a line {row['term']}"
    if row["term"] in OUTSIDE:
        return "" if (discount, margin, tax) == (ZERO, ZERO, ZERO) else "a one-off amount has a contract"
    allowed = possible(context.case, row, t, context.case.terms)
    return "" if fits(row, allowed, near) else "discount, margin or tax is that of no contract"


def _tax(context: Context, row: Row, t: int) -> Decimal:
    """Tax of the vendor's contract that holds at the start of the period."""
    vendor, start = context.case.regions[row["region"]]["vendor"], context.case.periods[t].start.isoformat()
    holds = [
        number(c, "tax")
        for c in context.case.contracts
        if c["vendor"] == vendor and c["valid_from"] <= start and (not c["valid_to"] or start < c["valid_to"])
    ]
    return holds[0] if holds else ZERO


def discount_factor(case: Case, t: int) -> Decimal:
    """Mean of (1 + rate)^(-hours / 8760) over the period, hours counted from the first day."""
    return evenly(case, sum((p.hours for p in case.periods[:t]), ZERO), case.periods[t].hours)


def _bought(context: Context, owned: bool) -> Due:
    """Compute: units × hours × price × rate. Storage: GiB × months × price × rate."""
    case = context.case
    at = {name: t for t, name in enumerate(case.names)}
    due: Due = {}
    for row in context.claims.purchases or ():
        t = at[row["period"]]
        if (row["sku"], row["term"]) not in case.prices:
            continue  # check ``prices`` says so
        stored = bool(case.skus[row["sku"]]["resource"])
        owner = (row["workload"] or ("" if stored else row["pool"])) if owned else ""
        key = ("storage" if stored else "compute", row["payer"], owner, row["region"], t)
        due[key] = due.get(key, ZERO) + listed(case, row, t)
    return due


def listed(case: Case, row: Row, t: int) -> Decimal:
    """What a purchase costs at list in its period, in the case's currency."""
    price = case.prices[row["sku"], row["term"]]
    stored = bool(case.skus[row["sku"]]["resource"])
    if stored and row.get("slice", "all") != "all":
        raise Unreadable("a purchase of storage names a slice")
    amount = case.periods[t].months if stored else case.periods[t].hours * _part(case, row)
    money = number(row, "units") * amount * number(price, "ListUnitPrice")
    return money * case.rate(price["PricingCurrency"], t)


def _part(case: Case, row: Row) -> Decimal:
    part = row.get("slice", "all")
    if part == "all":
        return ONE
    if part not in case.slices:
        raise Unreadable(f"a purchase names the slice {part[:40]!r}, which the case does not have")
    return case.slices[part]


def _egress(context: Context) -> Due:
    """Egress: GiB a month × months × share × price of the first paid tier × rate."""
    case = context.case
    due: Due = {}
    for p in context.claims.placements:
        volume = case.need(p.workload, "egress_gib", p.t)
        if p.role != "primary" or not volume:
            continue
        tier = first_paid(case, p.region)
        if tier is None:
            continue  # check ``no-price`` says so
        money = p.share * volume * case.periods[p.t].months * number(tier, "ListUnitPrice")
        key = ("egress", case.payer(p.workload), p.workload, p.region, p.t)
        due[key] = due.get(key, ZERO) + money * case.rate(tier["PricingCurrency"], p.t)
    return due


def _tiers(context: Context) -> Due:
    """Where tiers are exact: the bill of each payer, region and month less that at the first paid tier."""
    case = context.case
    section = case.settings.get("egress", {})
    if not isinstance(section, dict) or section.get("tiers") != "exact":
        return {}
    volume: dict[tuple[str, str, int], Decimal] = {}
    for p in context.claims.placements:
        if p.role == "primary":
            key = (case.payer(p.workload), p.region, p.t)
            volume[key] = volume.get(key, ZERO) + p.share * case.need(p.workload, "egress_gib", p.t)
    return {
        (TIERS, key[0], "", *key[1:]): beyond_first_paid(case, key[1], key[2], gib)
        * case.periods[key[2]].months
        for key, gib in volume.items()
    }


def _transfer(context: Context) -> Due:
    """Data between workloads: what does not stay in the sender's region, at the price of its egress.

    Where both are in one region, the smaller of their shares stays.
    """
    case = context.case
    due: Due = {}
    for (sender, receiver), by_period in case.dependencies:
        for t, row in enumerate(by_period):
            if row is None or not (case.alive(sender, t) and case.alive(receiver, t)):
                continue
            volume = number(row, "gib_per_month") * case.periods[t].months
            there = {p.region: p.share for p in context.claims.primary.get((receiver, t), [])}
            for p in context.claims.primary.get((sender, t), []):
                leaves = max(ZERO, p.share - there.get(p.region, ZERO))
                tier = first_paid(case, p.region)
                if not volume or not leaves or tier is None:
                    continue
                money = leaves * volume * number(tier, "ListUnitPrice")
                key = ("transfer", case.payer(sender), sender, p.region, t)
                due[key] = due.get(key, ZERO) + money * case.rate(tier["PricingCurrency"], t)
    return due
