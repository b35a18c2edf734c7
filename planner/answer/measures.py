"""What a study compares: cost, concentration, and what foreign parents could be compelled to hand over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.model.build import Model

HHI_WHOLE = 10_000.0
"""The Herfindahl-Hirschman index of one vendor group with everything."""


@dataclass(frozen=True)
class Shares:
    """Shares of money over the whole horizon, accrual before tax, undiscounted.

    Attributes
    ----------
    by_group
        Share of all market spend by vendor group.
    hhi
        Herfindahl-Hirschman index of ``by_group``, 0–10,000.
    largest
        Largest share of one group.
    foreign
        Share of all spend (the government's own places included) with a parent outside the home
        country: what a foreign jurisdiction could compel to hand over.
    """

    by_group: dict[str, float]
    hhi: float
    largest: float
    foreign: float


class Meter:
    """Reads shares off the columns of a program; made once, used for every solution of a study.

    ``spent``: accrual money of one unit of each column to each group of the market (group, column).
    """

    def __init__(self, model: Model) -> None:
        index = model.index
        regions = index.case.regions
        lines = model.lines[model.lines["r"] >= 0]
        r, col = lines["r"].to_numpy(dtype=np.int64), lines["col"].to_numpy(dtype=np.int64)
        counted = lines["counted"].to_numpy()
        self._groups = index.groups
        self.spent = np.zeros((len(index.groups), model.columns.count))
        group = index.group_of[r]
        on_market = group >= 0
        np.add.at(self.spent, (group[on_market], col[on_market]), counted[on_market])
        home = index.case.settings.home_country
        abroad = (regions["parent_jurisdiction"] != home).to_numpy()[r]
        self._all, self._foreign = np.zeros(model.columns.count), np.zeros(model.columns.count)
        np.add.at(self._all, col, counted)
        np.add.at(self._foreign, col[abroad], counted[abroad])

    def read(self, x: np.ndarray) -> Shares:
        """Shares of a solution."""
        spent = self.spent @ x
        total, everything = float(spent.sum()), float(self._all @ x)
        share = spent / total if total > 0 else np.zeros(len(spent))
        return Shares(
            by_group={g: float(v) for g, v in zip(self._groups, share, strict=True)},
            hhi=float((share**2).sum() * HHI_WHOLE),
            largest=float(share.max(initial=0.0)),
            foreign=float(self._foreign @ x) / everything if everything > 0 else 0.0,
        )
