"""Do discounts follow from private prices, and from discounts by family and term, of what was bought?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ZERO
from planner.audit.checks.contracts import at_start, granted, parts
from planner.audit.checks.costs import listed
from planner.audit.checks.counted import contracts_of
from planner.audit.context import Context
from planner.audit.findings import Finding, text
from planner.audit.held import begun_units
from planner.audit.reading import number

NAME = "granted"
_CENT = Decimal("0.01")
_RELATIVE = Decimal("1e-8")
_KINDS = {
    "compute": "machines",
    "commitment": "machines",
    "commitment held": "machines",
    "storage": "storage",
}
Key = tuple[str, str, str, int]
"""Machines or storage, payer, region, period."""


def check(context: Context) -> Iterable[Finding]:
    """Discounts of ``costs.csv`` against purchases, where contracts grant some SKUs more or less.

    Units × hours or months × list price × the discount of the SKU on its term, under the contract that holds;
    where commitments of a row may have begun under several contracts, anything between them passes.
    """
    case, costs, purchases = context.case, context.claims.costs, context.claims.purchases
    if not (case.private_prices or case.discounts) or costs is None or purchases is None:
        return
    if "contracts" in case.left_out:
        yield Finding(NAME, "not checked", "costs.csv", "contracts are not in this part of the plan")
        return
    number_of = {name: t for t, name in enumerate(case.names)}
    stated: dict[Key, Decimal] = {}
    least: dict[Key, Decimal] = {}
    most: dict[Key, Decimal] = {}
    for row in costs:
        if row["term"] in _KINDS:
            key = (_KINDS[row["term"]], row["payer"], row["region"], number_of[row["period"]])
            stated[key] = stated.get(key, ZERO) + number(row, "discount")
    started = begun_units(case, purchases)
    for row in purchases:
        t, sku, term = number_of[row["period"]], row["sku"], row["term"]
        if (sku, term) not in case.prices:
            continue  # check ``prices`` says so
        committed = term.startswith("commit")
        contracts = contracts_of(case, row, t, started) if committed else [at_start(case, row["region"], t)]
        off = [parts(granted(case, contract, sku, term))[0] for contract in contracts]
        kind = "storage" if case.skus[sku]["resource"] else "machines"
        key = (kind, row["payer"], row["region"], t)
        money = listed(case, row, t)
        least[key] = least.get(key, ZERO) + money * min(off)
        most[key] = most.get(key, ZERO) + money * max(off)
    faults = 0
    for key in sorted(stated.keys() | most.keys()):
        said, low, high = (d.get(key, ZERO) for d in (stated, least, most))
        near = _CENT + abs(high) * _RELATIVE
        if not low - near <= said <= high + near:
            faults += 1
            kind, payer, region, t = key
            message = f"discount on {kind} at {region} in {case.names[t]} is not what contracts grant"
            yield Finding(NAME, "fail", payer, message, {"stated": text(said), "found": text(high)})
    if not faults:
        message = "discounts follow from private prices and discounts of what was bought"
        yield Finding(NAME, "pass", "costs.csv", message)
