"""An optimality certificate: the linear program with its duals, so that anyone can recompute the bound.

By weak duality no solution of ``min c·x, row_lower ≤ A x ≤ row_upper, lower ≤ x ≤ upper`` costs less
than Σ y·b + Σ z·d, where z = c − Aᵀy and b, d are the bounds at which the signs of y and z point.
Checking takes a few sums over the file's arrays and no solver.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planner.case.files import INPUTS
from planner.errors import BadInput, Issue
from planner.files.read import plain

FILE = "certificate.npz"
LARGEST = 2**30
"""Bytes of the largest certificate that is read."""

TOLERANCE = 1e-7
"""Reduced costs that point at no bound may be this large: the solver's own dual tolerance."""


@dataclass(frozen=True)
class Certificate:
    """A bound recomputed from duals.

    Attributes
    ----------
    bound
        No plan costs less than this (in the case's currency).
    objective
        What the plan costs.
    slip
        Largest reduced cost that points at a bound which does not exist; zero in exact arithmetic.
    whole
        Does the program leave whole numbers fixed? Then the bound holds for this choice of them only.
    """

    bound: float
    objective: float
    slip: float
    whole: bool

    @property
    def holds(self) -> bool:
        """Does the bound prove the plan cheapest, to 1e-6 relative?"""
        near = abs(self.objective - self.bound) <= 1e-6 * max(1.0, abs(self.objective))
        return bool(near and self.slip <= TOLERANCE)


@dataclass(frozen=True, eq=False)
class Certified:
    """A linear program with its duals, from which anyone can recompute a bound.

    Attributes
    ----------
    start, index, value
        The rows, compressed: entries ``start[i]`` to ``start[i + 1]`` are those of row i.
    x
        The values of the columns in its optimum; those of a plan in whole machines are others.
    objective, unit
        What the plan costs, in ``unit`` units of the case's currency, as all money of the program.
    whole
        Does it leave whole numbers fixed?
    """

    cost: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray
    start: np.ndarray
    index: np.ndarray
    value: np.ndarray
    dual: np.ndarray
    x: np.ndarray
    objective: float
    unit: float
    whole: bool


def save(path: Path, program: Certified) -> None:
    """Write a program and its duals, with the digest of the plan's inputs, which lie beside it."""
    np.savez_compressed(path, inputs=np.array(inputs_digest(path.parent)), **vars(program))


def inputs_digest(folder: Path) -> str:
    """SHA-256 of all inputs that a plan folder holds, each a line ``DIGEST  NAME``."""
    inputs = folder / INPUTS
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(inputs).as_posix()}\n"
        for path in sorted(inputs.rglob("*"))
        if path.is_file()
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def load(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a certificate, of shapes that fit together.

    Raises
    ------
    BadInput
        If the file is missing or not a certificate.
    """
    try:
        with np.load(plain(path, LARGEST), allow_pickle=False) as file:
            a = {name: file[name] for name in file.files}
        columns, rows, entries = len(a["cost"]), len(a["row_lower"]), len(a["value"])
        shapes = {"lower": columns, "upper": columns, "x": columns, "row_upper": rows, "dual": rows,
                  "index": entries, "start": rows + 1}  # fmt: skip
        fits = all(a[name].shape == (count,) for name, count in shapes.items())
        integers = a["start"].dtype.kind in "iu" and a["index"].dtype.kind in "iu"
        numbers = all(a[n].dtype.kind in "iuf" for n in (*shapes, "cost", "row_lower", "value"))
        if not (fits and integers and numbers and np.isfinite(a["dual"]).all() and np.isfinite(a["x"]).all()):
            raise ValueError("arrays do not fit together")
        float(a["objective"]), float(a["unit"]), bool(a["whole"]), str(a["inputs"])
        steps, index = np.diff(a["start"]), a["index"]
        inside = (steps >= 0).all() and a["start"][0] == 0 and a["start"][-1] == entries
        if not inside or (entries and (index.min() < 0 or index.max() >= columns)):
            raise ValueError("rows do not fit together")
    # All that an archive of arrays raises when somebody damaged it on purpose.
    except (OSError, ValueError, KeyError, IndexError, TypeError, EOFError, zipfile.BadZipFile,
            zlib.error, MemoryError, NotImplementedError) as error:  # fmt: skip
        mend = "Write the plan again with planner plan."
        what = f"missing or no certificate ({type(error).__name__})"
        raise BadInput([Issue(path.name, 0, "", "", what, mend)]) from None
    return a


def check(path: Path) -> Certificate:
    """Recompute the bound.

    Raises
    ------
    BadInput
        If the file is missing or not a certificate.
    """
    a = load(path)
    row = np.repeat(np.arange(len(a["row_lower"])), np.diff(a["start"]))
    reduced = a["cost"].astype("float64").copy()
    np.subtract.at(reduced, a["index"], a["value"] * a["dual"][row])
    total, slip = 0.0, 0.0
    for values, low, high in (
        (a["dual"], a["row_lower"], a["row_upper"]),
        (reduced, a["lower"], a["upper"]),
    ):
        bound = np.where(values > 0, low, high)
        finite = np.isfinite(bound)
        total += float(np.sum(values[finite] * bound[finite]))
        slip = max(slip, float(np.abs(values[~finite]).max(initial=0.0)))
    unit = float(a["unit"])
    return Certificate(total * unit, float(a["objective"]) * unit, slip, bool(a["whole"]))
