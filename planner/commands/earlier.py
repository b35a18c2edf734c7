"""A case laid out anew with an earlier plan beside it: what ``planner plan --from`` plans."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from planner.case.settings import FILE
from planner.commands.inputs_of import as_case
from planner.errors import BadInput, Issue
from planner.inputs import Case, read_case
from planner.plan.folder import copy_inputs, read_plan
from planner.plan.plan import Plan

_SECTION = re.compile(r"^[ \t]*\[[ \t]*tables[ \t]*\][^\n]*$", re.MULTILINE)
_TABLES = ("earlier_placements", "earlier_commitments")


def from_plan(inputs: Case, plan: Path, freeze: int, change_price: float | None, work: Path) -> Case:
    """The inputs with the earlier plan's placements and commitments as two tables more.

    The plan that is made keeps them, so that it can be explained and audited as any other.

    Parameters
    ----------
    work
        An empty folder that lives as long as the inputs.

    Raises
    ------
    BadInput
        If the case plans again already, or the earlier plan cannot be read or kept.
    """
    earlier = read_plan(plan)
    copy_inputs(inputs.files, work / "kept")
    case = work / "case"
    as_case(work / "kept" / "inputs", case)
    text = (case / FILE).read_text(encoding="utf-8")
    named = inputs.settings
    if named.replan is not None or not _SECTION.search(text):
        what = "has a section [replan] already" if named.replan else "has no line [tables]"
        mend = (
            "Take [replan] out of case.toml, or plan without --from." if named.replan else "Write [tables]."
        )
        raise BadInput([Issue(FILE, 0, "replan", "", what, mend)])
    lines = "".join(f'\n{name} = "{name}.csv"' for name in _TABLES)
    text = _SECTION.sub(lambda m: m.group(0) + lines, text, count=1).rstrip("\n")
    text += f"\n\n[replan]\nfreeze = {freeze}\nchange_price = {change_price or 0.0!r}\n"
    (case / FILE).write_text(text, encoding="utf-8")
    for name, frame in zip(_TABLES, _rows(inputs, earlier), strict=True):
        frame.to_csv(case / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    return read_case(case)


def _rows(inputs: Case, earlier: Plan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Placements of workloads, and commitments, in periods that the case still has."""
    periods = set(inputs.periods["period"])
    placed = earlier.placements[earlier.placements["period"].isin(periods)]
    placed = placed[placed["workload"].isin(set(inputs.workloads["workload"]))]
    bought = earlier.purchases[earlier.purchases["period"].isin(periods)]
    bought = bought[bought["term"].str.startswith("commit_")]
    key = ["pool", "sku", "term", "period"]
    return placed, bought.groupby(key, as_index=False).agg(units=("units", "sum"))
