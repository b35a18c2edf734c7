"""The public names of the package, grouped, each with its docstring through mkdocstrings."""

from __future__ import annotations

import planner

GROUPS = {
    "Cases": ("read_case", "Case", "fixed_today", "read_fixed", "Fixed"),
    "Plans": ("plan_case", "from_plan", "write_plan", "read_plan", "Plan", "paper", "workbook"),
    "Audit": ("audit_plan", "Audit", "Finding"),
    "Why": ("explain_case", "Explanation", "why", "Why", "price_rule", "Price", "round_trip", "RoundTrip"),
    "Comparing": (
        "compare_plans", "compare_scenarios", "Comparison", "alternatives", "Alternatives",
        "exit_cost", "Exit",
    ),
    "Sweeps": ("frontier", "Frontier", "frontier_of_two", "FrontierGrid", "breakeven", "Breakeven"),
    "What may come": (
        "stress", "StressMatrix", "robust", "Robust", "montecarlo", "MonteCarlo", "commit_advice", "Advice",
    ),
    "Errors": (
        "PlannerError", "BadInput", "Issue", "UnknownName", "NotWritten", "Infeasible", "NoRoute",
        "Stopped", "StaleData", "AuditFailed", "Unavailable", "Unbounded",
    ),
}  # fmt: skip


def names() -> str:
    """Every public name under its group; those of no group come last, so that none is missing."""
    grouped = {name for group in GROUPS.values() for name in group}
    rest = tuple(n for n in planner.__all__ if n not in grouped and not n.startswith("_"))
    parts = []
    for title, members in {**GROUPS, **({"Others": rest} if rest else {})}.items():
        parts.append(f"## {title}")
        for name in members:
            value = getattr(planner, name)
            options = f"    options:\n      heading: planner.{name}\n      toc_label: {name}"
            parts.append(f"::: {value.__module__}.{value.__qualname__}\n{options}")
    return "\n\n".join(parts)
