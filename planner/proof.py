"""What a plan folder claims that only the planner's own code can judge: its bound, and what is drawn.

This is no part of the audit, and trusts the planner's model and drawing: the program is built again from the
copied inputs, and the report is drawn again from the tables. No solver runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from planner.answer.binding import binding
from planner.answer.whole import in_whole_machines
from planner.inputs import Case
from planner.lp.arrays import Arrays
from planner.model.build import Model
from planner.model.to_arrays import to_arrays
from planner.plan.certificate import FILE, Certificate, check, load
from planner.plan.doubts import cost_faults
from planner.plan.plan import Plan
from planner.planning import build_model
from planner.tolerances import ROW, SAME_COST, SUM


@dataclass(frozen=True)
class Bound:
    """A bound recomputed from the duals of a certificate, and whether it is a bound of this plan's program.

    Attributes
    ----------
    faults
        Why the certificate proves nothing of this plan; empty if it does.
    binding
        What of ``binding.csv``, or of the values that it rests on, is not what the certificate says.
    program
        SHA-256 of the program's arrays.
    """

    certificate: Certificate
    faults: tuple[str, ...]
    binding: tuple[str, ...]
    program: str

    @property
    def holds(self) -> bool:
        """Is the plan proved cheapest?"""
        return self.certificate.holds and not self.faults


def bound_of(folder: Path, plan: Plan, case: Case) -> Bound:
    """Hold a plan's certificate to the program of its inputs.

    Parameters
    ----------
    folder, plan, case
        The plan folder, the plan read from it and the case read from its copies of the inputs.

    Raises
    ------
    BadInput
        If there is no certificate.
    Infeasible
        If the inputs allow no plan at all.
    """
    proof, stated = check(folder / FILE), load(folder / FILE)
    model = build_model(in_whole_machines(case))
    built = to_arrays(model)
    program = tuple(_program_faults(stated, built))
    entries = (
        ("the certificate is of another program",) if program else tuple(binding_faults(model, stated, plan))
    )
    return Bound(proof, (*program, *cost_faults(proof, plan)), entries, program_hash(built))


def program_hash(arrays: Arrays) -> str:
    """SHA-256 of a program: its costs, bounds and rows."""
    digest = hashlib.sha256()
    for name in (*_SAME, "lower", "upper"):
        value = np.ascontiguousarray(getattr(arrays, name))
        digest.update(f"{name} {value.dtype.str} {value.shape}\n".encode())
        digest.update(value.tobytes())
    return digest.hexdigest()


_SAME = ("cost", "row_lower", "row_upper", "start", "index", "value")


def _program_faults(stated: dict[str, np.ndarray], built: Arrays) -> Iterator[str]:
    for name in _SAME:
        if not np.array_equal(stated[name], getattr(built, name)):
            yield f"its program is not that of the inputs: another {name.replace('_', ' ')}"
            return
    lower, upper, fixed = stated["lower"], stated["upper"], built.integer.astype(bool)
    if lower.shape != built.lower.shape or upper.shape != built.upper.shape:
        yield "its program is not that of the inputs: other bounds"
        return
    same = (lower == built.lower) & (upper == built.upper)
    whole = fixed & (lower == upper) & (built.lower <= lower) & (upper <= built.upper)
    if not (same | whole).all():
        yield "its program is not that of the inputs: other bounds"


def binding_faults(model: Model, stated: Mapping[str, np.ndarray], plan: Plan) -> Iterator[str]:
    """Why ``binding.csv`` is not what a certificate says, which is of the program of ``model``."""
    x = stated["x"]
    row = np.repeat(np.arange(len(stated["row_lower"])), np.diff(stated["start"]))
    activity = np.bincount(row, stated["value"] * x[stated["index"]], minlength=len(stated["row_lower"]))
    feasible = _within(x, stated["lower"], stated["upper"]) and _within(
        activity, stated["row_lower"], stated["row_upper"]
    )
    cost, objective = float(stated["cost"] @ x), float(stated["objective"])
    if not feasible or abs(cost - objective) > SAME_COST * max(1.0, abs(objective)):
        yield "the certificate's values are no solution of its program at its cost"
    elif not _same(plan.binding, binding(model, stated["dual"], x)):
        yield "is not what the duals of the certificate give"


def _within(values: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> bool:
    slack = ROW * np.maximum(1.0, np.abs(values))
    return bool(((values >= lower - slack) & (values <= upper + slack)).all())


def _same(stated: pd.DataFrame, due: pd.DataFrame) -> bool:
    """Are two tables the same, figures to what floating point may add?"""
    if list(stated.columns) != list(due.columns) or len(stated) != len(due):
        return False
    for column in due.columns:
        a, b = stated[column].to_numpy(), due[column].to_numpy()
        if due[column].dtype.kind == "f":
            if not np.allclose(a.astype("float64"), b, rtol=SUM, atol=SUM, equal_nan=True):
                return False
        elif not np.array_equal(a.astype(str), b.astype(str)):
            return False
    return True


def rendered(folder: Path, plan: Plan, case: Case) -> list[str]:
    """Files of the report that are not what the plan's tables and inputs draw; empty if all are.

    Bytes are compared; of pictures of pixels the pixels, which another version of a library may pack
    otherwise.
    """
    from planner.report.background import background_of
    from planner.report.write import REPORT, write_report

    kept = {p.relative_to(folder).as_posix() for p in folder.glob("figures/*")}
    kept |= {REPORT} if (folder / REPORT).is_file() else set()
    if not kept:
        return []
    with TemporaryDirectory() as name:
        drawn = Path(name)
        write_report(replace(plan, case=case), background_of(case), drawn, any("/" in n for n in kept))
        due = {p.relative_to(drawn).as_posix() for p in drawn.rglob("*") if p.is_file()}
        return sorted((kept ^ due) | {n for n in kept & due if not _alike(folder / n, drawn / n)})


def _alike(kept: Path, drawn: Path) -> bool:
    if kept.read_bytes() == drawn.read_bytes():
        return True
    if kept.suffix != ".png":
        return False
    from matplotlib.image import imread

    try:
        return bool(np.array_equal(imread(kept), imread(drawn)))
    except (OSError, ValueError, SyntaxError):
        return False
