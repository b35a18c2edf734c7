"""Capacity planner for cloud regions and vendor diversification.

What the commands do, from Python::

    import planner

    case = planner.read_case("examples/quick-start")
    plan = planner.plan_case(case.with_parameter("vendor-share", cap=0.6))
    planner.write_plan(plan, "plans/tighter")

Nothing is imported before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_ERRORS = (
    "AuditFailed", "BadInput", "Infeasible", "Issue", "NoRoute", "NotWritten", "PlannerError", "StaleData",
    "Stopped", "Unavailable", "Unbounded", "UnknownName",
)  # fmt: skip
_EXPORTS = {
    "Advice": "study.commit_advice", "Alternatives": "study.alternatives", "Audit": "audit.findings",
    "Breakeven": "study.breakeven", "Case": "inputs", "Comparison": "study.compare",
    "Exit": "study.exit_cost", "Explanation": "explain.explain", "Finding": "audit.findings",
    "Fixed": "answer.fixed", "Frontier": "study.frontier", "FrontierGrid": "study.two_rules:Grid",
    "MonteCarlo": "study.montecarlo", "Plan": "plan.plan", "Price": "explain.price",
    "Robust": "study.robust:Result", "RoundTrip": "latency.answer:Answer",
    "StressMatrix": "study.stress:Matrix", "Why": "explain.why",
    "alternatives": "study.alternatives", "audit_plan": "audit.audit:audit",
    "breakeven": "study.breakeven", "commit_advice": "study.commit_advice",
    "compare_plans": "study.compare", "compare_scenarios": "study.compare:scenarios",
    "exit_cost": "study.exit_cost", "explain_case": "explain.explain:explain",
    "fixed_today": "answer.fixed", "from_plan": "answer.replan", "frontier": "study.frontier",
    "frontier_of_two": "study.two_rules:two_rules", "montecarlo": "study.montecarlo",
    "paper": "report.paper", "plan_case": "planning", "price_rule": "explain.price", "read_case": "inputs",
    "read_fixed": "answer.fixed", "read_plan": "plan.folder", "robust": "study.robust:solve_robust",
    "round_trip": "latency.answer", "stress": "study.stress:stress_matrix", "why": "explain.why",
    "workbook": "report.workbook", "write_plan": "report.plan_folder",
    **dict.fromkeys(_ERRORS, "errors"),
}  # fmt: skip
"""Where each public name is, and how it is called there; ``__init__.pyi`` says it to type checkers."""

__all__ = sorted(("__version__", *_EXPORTS))


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _EXPORTS[name].partition(":")
    value = getattr(import_module(f"{__name__}.{module}"), attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
