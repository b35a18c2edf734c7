"""Has a machine the cards that a workload asks for? Worked out again from the tables."""

from __future__ import annotations

from planner.audit.case import ONE, ZERO, Case
from planner.audit.reading import Row, number

CARDS = ("gpu_inference", "gpu_training")
_JOINED = ("none", "node", "fabric")


def suffices(case: Case, workload: Row, sku: str) -> bool:
    """Do memory of a card, cards in the machine, how they are joined and their software suffice?"""
    machine = case.skus[sku]
    name, count = machine["accelerator"], number(machine, "accelerator_count", ZERO)
    card = case.cards.get(name, {})
    permitted = workload.get("cards_permitted", "").split()
    if name not in permitted if permitted else card.get("own_stack") == "true":
        return False
    memory = number(card, "memory_gib", ZERO) * min(count, ONE) if card else ZERO
    if memory < number(workload, "card_memory_gib", ZERO):
        return False
    if count < number(workload, "cards_together", ZERO):
        return False
    asked = workload.get("interconnect", "") or "none"
    has = case.joined.get((machine["region"].split(":")[0], machine["family"], name, count), "none")
    return _JOINED.index(has) >= _JOINED.index(asked)
