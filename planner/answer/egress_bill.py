"""What the data that leave regions for users cost by the first paid tier, and by exact tiers."""

from __future__ import annotations

import numpy as np

from planner.case.schema import RESOURCES
from planner.model.build import Model
from planner.model.tiers import price_rows
from planner.plan.head import EgressBill


def egress_bill(model: Model, x: np.ndarray) -> EgressBill | None:
    """Entry ``egress`` of ``plan.json``: how tiers are counted, and both sums before tax, undiscounted.

    Tiers are those of a payer's volume in a month from one region. ``None`` where nothing is sent.
    """
    index = model.index
    case, offers = index.case, index.offers
    place = model.columns.place.keys
    w, r, t = (place[c].to_numpy() for c in "wrt")
    gib = case.demand[w, RESOURCES.index("egress_gib"), t] * x[model.columns.place.numbers]
    sent = place.assign(payer=case.workloads["payer"].to_numpy()[w], gib=gib)[gib > 0]
    if sent.empty:
        return None
    volume = sent.groupby(["payer", "r", "t"], as_index=False)["gib"].sum()
    table, price, _ = price_rows(index.case)
    within = volume.merge(table, on="r")
    begins, ends = within["begins"].to_numpy(), within["ends"].to_numpy()
    part = np.clip(within["gib"].to_numpy(), begins, ends) - begins
    r, t = within["r"].to_numpy(), within["t"].to_numpy()
    landed = (1 - offers.discount[r, t]) * (1 + offers.margin[r, t]) * case.periods["months"].to_numpy()[t]
    exact = price[within["row"].to_numpy(), t] * part * landed
    first = offers.egress[r, t] * part * landed
    return EgressBill(
        tiers=case.settings.egress_tiers,
        first_paid=round(float(first.sum()), 2),
        exact=round(float(exact.sum()), 2),
    )
