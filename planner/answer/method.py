"""How a program would be solved, and why: what it falls into, and which families hold it together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.lp.arrays import Arrays
from planner.lp.components import count_components
from planner.lp.problem import LARGE
from planner.lp.search import SMALL
from planner.model.build import Model
from planner.model.to_arrays import to_arrays
from planner.model.to_pulp import LARGEST


@dataclass(frozen=True)
class Method:
    """What decides how a program is solved.

    Attributes
    ----------
    columns, rows, entries, integers
        Size of the program; ``integers`` are the columns that must be whole.
    components
        Parts of it that share no row: each can be solved alone.
    largest
        Share of all columns in the largest component.
    couples
        Family of rows to the number of components there would be without it, where that is more; those
        that hold most together first.
    words
        The method, and why.
    """

    columns: int
    rows: int
    entries: int
    integers: int
    components: int
    largest: float
    couples: dict[str, int]
    words: str

    def document(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return dict(vars(self))


def method_of(model: Model) -> Method:
    """How :func:`planner.plan_case` would solve a program.

    The families that couple are found by leaving out the rows of one at a time and counting components.
    """
    arrays = to_arrays(model)
    components, largest = count_components(arrays)
    couples = {}
    for block in model.blocks:
        first = model.starts[block.family]
        stays = np.ones(len(arrays.row_lower), dtype=bool)
        stays[first : first + len(block.keys)] = False
        without, _ = count_components(arrays, stays)
        if without > components:
            couples[block.family] = without
    return Method(
        columns=len(arrays.cost),
        rows=len(arrays.row_lower),
        entries=len(arrays.index),
        integers=int(arrays.integer.sum()),
        components=components,
        largest=largest,
        couples=dict(sorted(couples.items(), key=lambda item: (-item[1], item[0]))),
        words=_words(model, arrays, components),
    )


def _words(model: Model, arrays: Arrays, components: int) -> str:
    entries, whole = len(arrays.index), bool(arrays.integer.any())
    if whole and model.index.case.settings.whole_units:
        if entries < SMALL:
            return f"HiGHS alone to its own tolerance: whole machines, fewer than {SMALL:,} entries"
        return (
            "the simplex for the relaxation, which gives the bound; then a dive and neighbourhoods of the "
            f"incumbent: whole machines, {SMALL:,} entries or more"
        )
    if whole:
        return "branch and bound of HiGHS: some columns must be whole"
    if entries >= LARGE and components > 1:
        return f"the simplex, component by component: {LARGE:,} entries or more, and nothing couples them"
    if entries >= LARGE:
        return f"the interior point with crossover: {LARGE:,} entries or more, coupled"
    return f"the simplex, through PuLP: no more than {LARGEST:,} entries"
