"""Has a machine the cards that a workload asks for? Worked out again from the tables."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from planner.audit.case import ONE, ZERO, Case
from planner.audit.findings import text
from planner.audit.reading import Row, number

CARDS = ("gpu_inference", "gpu_training")
_JOINED = ("none", "node", "fabric")


def suffices(case: Case, workload: Row, sku: str) -> bool:
    """Do memory of a card, cards in the machine, how they are joined and their software suffice?"""
    return not _shortfalls(case, workload, sku)


def nearest(case: Case, workload: Row, skus: Iterable[str]) -> str:
    """The machine that falls short in the fewest ways, and in which.

    Of those that fall short in as few the one with the most memory a card, then the most cards.
    """

    def key(sku: str) -> tuple[int, Decimal, Decimal, int]:
        _, memory, count = _card(case, sku)
        return len(_shortfalls(case, workload, sku)), -memory, -count, order[sku]

    order = {sku: at for at, sku in enumerate(case.skus)}
    best = min(skus, key=key)
    return f"nearest is {best}: {'; '.join(_shortfalls(case, workload, best))}"


def _card(case: Case, sku: str) -> tuple[str, Decimal, Decimal]:
    """Name of a machine's card, GiB that one unit has of one card, and cards of one unit."""
    machine = case.skus[sku]
    name, count = machine["accelerator"], number(machine, "accelerator_count", ZERO)
    card = case.cards.get(name)
    return name, number(card, "memory_gib", ZERO) * min(count, ONE) if card else ZERO, count


def _shortfalls(case: Case, workload: Row, sku: str) -> list[str]:
    """In which ways a machine's cards fall short of what a workload asks, with the numbers."""
    machine, (name, memory, count) = case.skus[sku], _card(case, sku)
    permitted = workload.get("cards_permitted", "")
    own = case.cards.get(name, {}).get("own_stack") == "true"
    short = []
    if name not in permitted.split() if permitted.split() else own:
        unlike = f"{permitted} permitted" if permitted else "with software of its own"
        short.append(f"{name or 'no card'}, {unlike}")
    asked = number(workload, "card_memory_gib", ZERO)
    if memory < asked:
        short.append(f"{name or 'no card'} with {text(memory)} GiB, {text(asked)} asked")
    asked = number(workload, "cards_together", ZERO)
    if count < asked:
        short.append(f"{text(count)} in one machine, {text(asked)} asked")
    joined = workload.get("interconnect", "") or "none"
    has = case.joined.get((machine["region"].split(":")[0], machine["family"], name, count))
    if _JOINED.index(has or "none") < _JOINED.index(joined):
        short.append(f"interconnect {has or 'unknown'}, {joined} asked")
    return short
