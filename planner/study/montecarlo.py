"""Many draws of an uncertain future: how the cost of a case spreads, with intervals.

Each spread is a lognormal factor of mean 1, drawn once a run for the whole horizon, independent of the
others. A draw is a line of stressors, so that it can be put to ``planner stress`` again. Row i of the
draws does not depend on how many are drawn: more runs of one seed begin with the same ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from planner.case.files import Files
from planner.case.reader import FILE
from planner.case.studies import Spread
from planner.errors import BadInput, Issue, UnknownName
from planner.inputs import Case, read_case
from planner.lp.solve import solve
from planner.study.extensive import First, recourse
from planner.study.result import Study, head_of
from planner.study.robust import Scenes, decide, stressed
from planner.study.stress import demand_same_files

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CONFIDENCE = 0.95
_NORMAL = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


def spreads_of(case: Case) -> tuple[Spread, ...]:
    """The spreads of a case.

    Raises
    ------
    BadInput
        If it states none, or one names something unknown.
    """
    spreads = case.settings.spreads
    if not spreads:
        mend = (
            "Add [[montecarlo.spread]]: of (price:*, demand:*, currency:USD …), sigma, basis, source, as_of."
        )
        raise BadInput([Issue(FILE, 0, "montecarlo.spread", "", "the section is missing", mend)])
    problems = []
    for spread in spreads:
        try:
            stressed(case, f"{spread.of}:+0%")
        except UnknownName as error:
            mend = "Write price:GROUP, demand:WORKLOAD, capacity:SUBJECT or currency:CODE; * stands for all."
            problems.append(Issue(FILE, 0, "montecarlo.spread.of", spread.of, str(error), mend))
    if problems:
        raise BadInput(problems)
    return spreads


def draws(spreads: Sequence[Spread], runs: int, seed: int) -> list[str]:
    """A line of stressors for each run."""
    sigma = np.array([spread.sigma for spread in spreads])
    z = np.random.default_rng(seed).standard_normal((runs, len(spreads)))
    percent = 100.0 * np.expm1(sigma * z - sigma**2 / 2.0)
    lines = np.clip(percent, -99.0, 9_900.0).tolist()
    return [" & ".join(f"{s.of}:{v:+.6f}%" for s, v in zip(spreads, line, strict=True)) for line in lines]


@dataclass(frozen=True)
class MonteCarloTask:
    """Runs one draw on a case: planned again, or with the plan of the case held.

    Held are placements and commitments; what runs on demand follows the draw.
    """

    files: Files
    fixed: bool
    depends: str

    def __call__(self, text: str) -> dict[str, Any]:
        scenes, first = _scenes_of(self.files, self.fixed, self.depends)
        scene = scenes.scene("draw", 1.0, stressed(scenes.case, text))
        if first is not None:
            cost = recourse(scene, first)
        else:
            outcome = solve(scene.arrays).outcome
            cost = outcome.objective * scene.model.unit if outcome.feasible() else None
        return {"stressors": text, "cost": None if cost is None else round(cost, 2)}


@lru_cache(maxsize=1)
def _scenes_of(files: Files, fixed: bool, depends: str) -> tuple[Scenes, First | None]:
    case = read_case(files)
    demand_same_files(case, depends)
    scenes = Scenes(case)
    if not fixed:
        return scenes, None
    plan = scenes.scene("plan", 1.0, stressed(case, ""))
    return scenes, decide([plan], ("placement", "commitments"), 0.0, 0.0)[0]


@dataclass(frozen=True)
class MonteCarlo(Study):
    """Costs of many draws of an uncertain future; ``lines`` hold the stressors and the cost of each."""

    study: ClassVar[str] = "montecarlo"
    seed: int
    fixed: bool
    spreads: tuple[Spread, ...]
    lines: tuple[dict[str, Any], ...]

    def rows(self) -> list[dict[str, Any]]:
        return list(self.lines)

    def content(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "plan": "fixed" if self.fixed else "planned again",
            "spreads": [{**vars(s), "as_of": s.as_of.isoformat()} for s in self.spreads],
            **summary([line["cost"] for line in self.lines]),
        }  # fmt: skip


def montecarlo(case: Case, runs: int = 100, seed: int = 1, fixed: bool = False) -> MonteCarlo:
    """Draw the ``[[montecarlo.spread]]`` of a case and plan again for each draw.

    Parameters
    ----------
    fixed
        Hold placements and commitments of the plan of the case instead.

    Raises
    ------
    BadInput
        If the case states no spreads, or one names something unknown.
    Stopped
        If the solver gave up.
    """
    spreads = spreads_of(case)
    task = MonteCarloTask(case.origin, fixed, "")
    lines = tuple(task(text) for text in draws(spreads, runs, seed))
    return MonteCarlo(seed, fixed, spreads, lines, head=head_of(case))


def summary(costs: Sequence[float | None]) -> dict[str, Any]:
    """Mean and quantiles with their intervals; a run without a plan counts as dearer than any other.

    The interval of a quantile is that of its order statistics (exact, whatever the distribution);
    that of the mean is normal, and exists only where every run has a plan. ``None`` is no bound.
    """
    served = [cost for cost in costs if cost is not None]
    n = len(costs)
    ordered: list[float | None] = [*sorted(served), *([None] * (n - len(served)))]
    out: dict[str, Any] = {"runs": n, "without_plan": n - len(served), "confidence": CONFIDENCE}
    mean = half = None
    if len(served) == n and n > 1:
        mean = math.fsum(served) / n
        half = _NORMAL * float(np.std(served, ddof=1)) / math.sqrt(n)
    out["mean"] = None if mean is None else round(mean, 2)
    out["mean_low"] = None if mean is None or half is None else round(mean - half, 2)
    out["mean_high"] = None if mean is None or half is None else round(mean + half, 2)
    out["quantiles"] = []
    for q in QUANTILES:
        low, high = ranks(n, q)
        out["quantiles"].append(
            {
                "quantile": q,
                "cost": ordered[max(1, math.ceil(n * q)) - 1],
                "low": ordered[low - 1] if low >= 1 else None,
                "high": ordered[high - 1] if high <= n else None,
            }
        )
    return out


def ranks(n: int, q: float) -> tuple[int, int]:
    """Ranks (from 1) of the order statistics that hold quantile q with ``CONFIDENCE``.

    Rank low is the highest with P(B < low) ≤ 2.5 %, high the lowest with P(B ≥ high) ≤ 2.5 %, B the
    number of n draws below the quantile; 0 and n + 1 say that no such rank exists.
    """
    k = np.arange(n + 1)
    logs = [math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) for i in range(n + 1)]
    at_most = np.cumsum(np.exp(np.array(logs) + k * math.log(q) + (n - k) * math.log1p(-q)))
    each = (1.0 - CONFIDENCE) / 2.0
    low = int(np.searchsorted(at_most, each, side="right"))
    high = int(np.argmax(at_most >= 1.0 - each)) + 1
    return low, high
