"""A larger case drawn from one that exists: for rehearsals, and to measure what a size costs."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from planner.atomic import new_folder
from planner.case.files import Files
from planner.case.settings import FILE
from planner.case.toml import with_values
from planner.errors import BadInput, Issue, NotWritten
from planner.inputs import Case, read_case
from planner.start.case_text import case_id

LIMITS_OF_ALL = {
    "capacity": "amount",
    "budgets": "amount",
    "move_limits": "amount",
    "held_commitments": "units",
    "spend_commitments": "amount",
    "contracts": "ceiling",
}
"""Tables whose figures bound all work together, and their column: they grow with the number of systems."""
_SIZES = {"demand": "amount", "users": "users"}
_NAMES = ("workload", "other", "from_workload", "to_workload")


def generated(case: Case, workloads: int, seed: int, spread: float = 0.8) -> Case:
    """A case of so many systems, each drawn after one of ``case``.

    Every system of ``case`` is drawn equally often (to one), under the same agency, rules, places and round
    trips. Its sizes (demand, users) are those of the one drawn, times a lognormal factor; the factors of the
    draws of one system have the mean 1, so that what the limits of all leave free stays free. Those limits
    (:data:`LIMITS_OF_ALL`) are multiplied by the draws of a system. Two systems that depend on one another
    or are tied or kept apart do so draw by draw.

    Parameters
    ----------
    case
        The case to draw from.
    workloads
        How many systems.
    seed
        The same number, the same case.
    spread
        Standard deviation of the logarithm of a size; 0 draws equal sizes.

    Returns
    -------
    Case
        Marked synthetic; nothing is written.

    Raises
    ------
    BadInput
        If a number is out of range, or the case that is drawn breaks a bound of its tables.
    """
    problems = []
    if workloads < 1:
        problems.append(
            Issue("generate", 0, "workloads", str(workloads), "is no number of systems", "Use 1 or more.")
        )
    if not 0 <= spread <= 3:
        problems.append(Issue("generate", 0, "spread", str(spread), "is no spread", "Use 0 to 3."))
    if seed < 0:
        problems.append(Issue("generate", 0, "seed", str(seed), "is no seed", "Use 0 or more."))
    if problems:
        raise BadInput(problems)
    drawn = _drawn(case, workloads, np.random.default_rng(seed), spread)
    times = -(-workloads // len(case.workloads))
    frames = {name: frame.drop(columns="_row") for name, frame in case.frames.items() if not frame.empty}
    larger = {name: _grown(name, frame, drawn, times) for name, frame in frames.items()}
    changed = {name: frame for name, frame in larger.items() if not frame.equals(frames[name])}
    return case.changed({("synthetic",): True}, changed)


def generate_case(
    source: Path | str | Files, folder: Path, workloads: int, seed: int, spread: float = 0.8
) -> Case:
    """Write the case that :func:`generated` draws into a new folder.

    Raises
    ------
    BadInput
        As :func:`generated`.
    NotWritten
        If there is something in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotWritten(f"{folder} exists and is not empty; nothing was written")
    files = generated(read_case(source), workloads, seed, spread).origin
    with new_folder(folder) as work:
        shutil.copytree(files.folder, work, dirs_exist_ok=True)
        text = files.content(FILE).decode("utf-8-sig")
        for name, content in {
            **dict(files.changed),
            FILE: with_values(text, {("id",): case_id(folder)}).encode("utf-8"),
        }.items():
            (work / name).write_bytes(content)
        return read_case(work)


def _drawn(case: Case, workloads: int, random: np.random.Generator, spread: float) -> pd.DataFrame:
    """``workload`` (of the case), ``draw`` (from 0), ``name`` and ``_factor`` of each system."""
    names = case.workloads["workload"].to_numpy()
    order = random.permutation(len(names))
    number = np.arange(workloads)
    frame = pd.DataFrame({"workload": names[order[number % len(names)]], "draw": number // len(names)})
    frame["_factor"] = random.lognormal(0, spread, workloads)
    frame["_factor"] /= frame.groupby("workload")["_factor"].transform("mean")
    width = len(str(frame["draw"].max() + 1))
    frame["name"] = frame["workload"] + [f"-{draw + 1:0{width}d}" for draw in frame["draw"]]
    return frame


def _grown(name: str, frame: pd.DataFrame, drawn: pd.DataFrame, times: int) -> pd.DataFrame:
    """A table of the larger case: rows that name systems once a draw, others as they are, or multiplied."""
    keys = [key for key in _NAMES if key in frame] or (["subject"] if name == "evidence" else [])
    of_all = ~frame[keys[0]].isin(drawn["workload"]) if keys else pd.Series(True, index=frame.index)
    stays = frame[of_all]
    if name in LIMITS_OF_ALL:
        stays = stays.assign(**{LIMITS_OF_ALL[name]: stays[LIMITS_OF_ALL[name]] * times})
    if of_all.all():
        return stays
    grown = frame[~of_all].rename(columns={keys[0]: "_first"})
    grown = grown.merge(drawn.rename(columns={"workload": "_first", "name": keys[0]}), on="_first")
    for key in keys[1:]:
        partner = drawn[["workload", "draw", "name"]].rename(columns={"workload": key, "name": "_name"})
        grown = grown.merge(partner, on=[key, "draw"], how="left")
        # A partner that was not drawn takes the row with it; what names no system (a blank) stays.
        grown = grown[grown["_name"].notna() | ~grown[key].isin(drawn["workload"])]
        grown[key] = grown.pop("_name").fillna(grown[key])
    if name in _SIZES:
        grown[_SIZES[name]] = (grown[_SIZES[name]] * grown["_factor"]).round(6)
    both = pd.concat([stays, grown[frame.columns]]) if len(stays) else grown[frame.columns]
    return both.sort_values(keys, kind="stable").reset_index(drop=True)


__all__ = ["LIMITS_OF_ALL", "generate_case", "generated"]
