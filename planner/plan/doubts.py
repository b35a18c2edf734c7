"""What a plan folder itself says against the proof of its plan, told without building the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from planner.errors import BadInput
from planner.plan.certificate import FILE, Certificate, check, inputs_digest, load
from planner.plan.plan import Plan
from planner.tolerances import SAME_COST


def doubts(folder: Path, plan: Plan) -> tuple[str, ...]:
    """Why a plan folder does not prove its plan, as far as that is told without building the program.

    Empty where the duals of the certificate prove its cost, which is that of the plan, and the inputs are
    those with which it was made; :func:`planner.proof.bound_of` holds it to the program itself.
    """
    try:
        proof, stated = check(folder / FILE), load(folder / FILE)
    except BadInput:
        return (f"{FILE} is missing or no certificate",)
    faults = list(cost_faults(proof, plan))
    if not proof.holds:
        faults.append("its duals prove less")
    dual_objective = plan.run.get("dual_objective")
    if not isinstance(dual_objective, (int, float)) or abs(proof.bound - dual_objective) > SAME_COST * max(
        1.0, abs(dual_objective)
    ):
        faults.append(f"its bound is {proof.bound:,.2f}, which plan.json does not state")
    if str(stated["inputs"]) != inputs_digest(folder):
        faults.append("the inputs are not those with which it was made")
    return tuple(faults)


def cost_faults(proof: Certificate, plan: Plan) -> Iterator[str]:
    """Whether the cost that a certificate proves is that of the plan."""
    cost = float(plan.costs["objective"].sum())
    if "ended" in plan.run:
        # In whole machines the certificate is of the linear program, which bounds the plan.
        if proof.objective > cost + SAME_COST * max(1.0, abs(cost)):
            yield f"its bound is {proof.objective:,.2f}, more than the {cost:,.2f} of the cost lines"
        return
    if abs(proof.objective - cost) > SAME_COST * max(1.0, abs(cost)):
        yield f"its cost is {proof.objective:,.2f}, the cost lines sum to {cost:,.2f}"
