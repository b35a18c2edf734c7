"""The public names of the package, for type checkers and editors."""

from typing import Final

from planner.answer.fixed import Fixed as Fixed
from planner.answer.fixed import fixed_today as fixed_today
from planner.answer.fixed import read_fixed as read_fixed
from planner.answer.replan import from_plan as from_plan
from planner.audit.audit import audit as audit_plan
from planner.audit.findings import Audit as Audit
from planner.audit.findings import Finding as Finding
from planner.errors import AuditFailed as AuditFailed
from planner.errors import BadInput as BadInput
from planner.errors import Infeasible as Infeasible
from planner.errors import Issue as Issue
from planner.errors import NoRoute as NoRoute
from planner.errors import NotWritten as NotWritten
from planner.errors import PlannerError as PlannerError
from planner.errors import StaleData as StaleData
from planner.errors import Stopped as Stopped
from planner.errors import Unavailable as Unavailable
from planner.errors import Unbounded as Unbounded
from planner.errors import UnknownName as UnknownName
from planner.explain.explain import Explanation as Explanation
from planner.explain.explain import explain as explain_case
from planner.explain.price import Price as Price
from planner.explain.price import price_rule as price_rule
from planner.explain.why import Why as Why
from planner.explain.why import why as why
from planner.inputs import Case as Case
from planner.inputs import read_case as read_case
from planner.latency.answer import Answer as RoundTrip
from planner.latency.answer import round_trip as round_trip
from planner.plan.folder import read_plan as read_plan
from planner.plan.plan import Plan as Plan
from planner.planning import plan_case as plan_case
from planner.report.paper import paper as paper
from planner.report.plan_folder import write_plan as write_plan
from planner.report.workbook import workbook as workbook
from planner.study.alternatives import Alternatives as Alternatives
from planner.study.alternatives import alternatives as alternatives
from planner.study.breakeven import Breakeven as Breakeven
from planner.study.breakeven import breakeven as breakeven
from planner.study.commit_advice import Advice as Advice
from planner.study.commit_advice import commit_advice as commit_advice
from planner.study.compare import Comparison as Comparison
from planner.study.compare import compare_plans as compare_plans
from planner.study.compare import scenarios as compare_scenarios
from planner.study.exit_cost import Exit as Exit
from planner.study.exit_cost import exit_cost as exit_cost
from planner.study.frontier import Frontier as Frontier
from planner.study.frontier import frontier as frontier
from planner.study.montecarlo import MonteCarlo as MonteCarlo
from planner.study.montecarlo import montecarlo as montecarlo
from planner.study.robust import Result as Robust
from planner.study.robust import solve_robust as robust
from planner.study.stress import Matrix as StressMatrix
from planner.study.stress import stress_matrix as stress
from planner.study.two_rules import Grid as FrontierGrid
from planner.study.two_rules import two_rules as frontier_of_two

__version__: Final[str]

__all__ = [
    "Advice",
    "Alternatives",
    "Audit",
    "AuditFailed",
    "BadInput",
    "Breakeven",
    "Case",
    "Comparison",
    "Exit",
    "Explanation",
    "Finding",
    "Fixed",
    "Frontier",
    "FrontierGrid",
    "Infeasible",
    "Issue",
    "MonteCarlo",
    "NoRoute",
    "NotWritten",
    "Plan",
    "PlannerError",
    "Price",
    "Robust",
    "RoundTrip",
    "StaleData",
    "Stopped",
    "StressMatrix",
    "Unavailable",
    "Unbounded",
    "UnknownName",
    "Why",
    "__version__",
    "alternatives",
    "audit_plan",
    "breakeven",
    "commit_advice",
    "compare_plans",
    "compare_scenarios",
    "exit_cost",
    "explain_case",
    "fixed_today",
    "from_plan",
    "frontier",
    "frontier_of_two",
    "montecarlo",
    "paper",
    "plan_case",
    "price_rule",
    "read_case",
    "read_fixed",
    "read_plan",
    "robust",
    "round_trip",
    "stress",
    "why",
    "workbook",
    "write_plan",
]
