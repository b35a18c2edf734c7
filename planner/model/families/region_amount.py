"""Region amount: adds up what each region of the market earns or carries in a scope."""

from __future__ import annotations

import numpy as np

from planner.model.block import Block
from planner.model.context import Context
from planner.model.families.amount import amounts_of
from planner.model.family import Family


def region_amount(context: Context) -> Block | None:
    """Purpose: as ``amount``, by region; only for scopes that a rule on region shares uses.

    Equation: region_amount[r,scope,t] − Σ weight · x = 0.

    Units: ``unit`` units of money, or of the resource. Keys: scope, r, t.

    Dual: money that one more unit of the region's amount costs through the rule.
    """
    groups = context.index.group_of
    own = np.where(groups >= 0, np.arange(len(groups)), -1)
    return amounts_of(context, context.columns.region_amount, own)


FAMILY = Family("region_amount", region_amount, ("scope", "r", "t"))
