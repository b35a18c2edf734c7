"""The program behind a plan, as LP or MPS, with the registry that says what each of its ids stands for."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from planner.answer.whole import in_whole_machines
from planner.exports.zipped import zipped
from planner.inputs import Case
from planner.model.build import Model
from planner.model.names import decode
from planner.model.to_pulp import lp_text, to_pulp
from planner.planning import build_model

_ABOUT = """The program that planner plan solves for this case: money in units of {unit:g} {currency}.
registry.csv says what each column and row stands for; ids are generated, so no name breaks the format.
"""


def program(case: Case, form: str) -> bytes:
    """``program.lp`` or ``program.mps``, ``registry.csv`` and a note on units, in one ZIP.

    Parameters
    ----------
    form
        ``lp`` or ``mps``.

    Raises
    ------
    Infeasible
        If the case can be seen to have no plan without solving.
    """
    model = build_model(in_whole_machines(case))
    note = _ABOUT.format(unit=model.unit, currency=case.settings.currency)
    text = lp_text(model) if form == "lp" else _mps(model)
    files = {f"program.{form}": text, "registry.csv": registry(model), "about.txt": note}
    return zipped({name: content.encode() for name, content in files.items()})


def registry(model: Model) -> str:
    """Id, whether it is a column or a row, family and keys, as CSV."""
    parts = []
    families = [("column", f.name, f.keys) for f in model.columns.families]
    families += [("row", b.family, b.keys) for b in model.blocks]
    for kind, family, keys in families:
        decoded = decode(model, keys)
        ids = [f"{family}_{i}" for i in range(len(keys))]
        parts.append(decoded.astype(str).reset_index(drop=True).assign(id=ids, kind=kind, family=family))
    every = pd.concat(parts, ignore_index=True).fillna("")
    stream = io.StringIO()
    first = ["id", "kind", "family"]
    every[[*first, *(c for c in every if c not in first)]].to_csv(stream, index=False, lineterminator="\n")
    return stream.getvalue()


def _mps(model: Model) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "program.mps"
        to_pulp(model).writeMPS(str(path))
        return path.read_text(encoding="utf-8")
