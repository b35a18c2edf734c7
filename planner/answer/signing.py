"""What is to be signed, and when: commitments, agreements, and what is bought as it is used.

All money is cash with tax, at the contract under which it is bought, from the same cost lines as
``costs.csv``: over all rows ``expected`` sums to the plan's cash, but for agreements, whose discount and
shortfall are lines of their own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.catalog.spot import SUFFIX
from planner.model.build import Model
from planner.model.objective.commitments import PREPAID
from planner.model.objective.lines import cash
from planner.plan.plan import SIGNING, WEIGHED

SIGN, HELD, USED = "sign", "held", "as used"
"""Status of a row: to be signed by the plan; signed before; nothing owed beyond what is used."""

_COMMITTED = "commitment"
AGREED = "spend commitment"
"""Family of a row that is an agreement on spend, whatever is bought."""
_KEYS = ("vendor_group", "vendor", "agreement", "status", "family", "term", "begin", "until")


def signing(model: Model, x: np.ndarray, purchases: pd.DataFrame) -> pd.DataFrame:
    """The schedule of a plan.

    Parameters
    ----------
    purchases
        Of the same plan: how many units are in use at once.

    Returns
    -------
    pandas.DataFrame
        Columns of :data:`planner.plan.plan.SIGNING`, sorted by start, vendor and size.
    """
    lines = _lines(model, x)
    rows = [*_bought(model, lines, purchases), *_agreements(model, x)]
    frame = pd.DataFrame(rows, columns=list(SIGNING))
    frame["_size"] = -frame["expected"]
    keys = ["start", "status", "vendor_group", "vendor", "_size", "family", "term", "agreement", "end"]
    return frame.sort_values(keys, ignore_index=True)[list(SIGNING)]


def _lines(model: Model, x: np.ndarray) -> pd.DataFrame:
    """Cost lines of the plan with what they are bought as: family, term, months from the first."""
    index, lines = model.index, model.lines
    lines = lines.assign(x=x[lines["col"].to_numpy(dtype=np.int64)])
    weighed = (*WEIGHED, "commitment used", "agreement discount", "agreement shortfall")
    lines = lines[(lines["x"] > 0) & (lines["r"] >= 0) & ~lines["term"].isin(weighed)]
    skus, s = index.case.catalog.skus, lines["s"].to_numpy(dtype=np.int64)
    families = np.append(skus["family"].to_numpy(dtype=object), "")
    spot = np.append(skus["spot"].to_numpy(dtype=bool), False)[s]
    term, begin, until = _terms(model)
    col = lines["col"].to_numpy(dtype=np.int64)
    committed = lines["term"].str.startswith(_COMMITTED).to_numpy()
    early = np.where(lines["term"] == PREPAID, np.maximum(lines["prepaid"], 0.0), 0.0) * lines["x"]
    bought = np.where(committed, term[col], np.where(spot, "spot", np.where(s >= 0, "on_demand", "")))
    r = lines["r"].to_numpy(dtype=np.int64)
    contracts = np.append(index.case.contracts["contract"].to_numpy(dtype=object), "")
    return lines.assign(
        vendor_group=index.case.regions["vendor_group"].to_numpy()[r],
        vendor=index.case.regions["vendor"].to_numpy()[r],
        agreement=contracts[lines["contract"].to_numpy(dtype=np.int64)],
        number=lines["contract"],
        family=np.where(s >= 0, families[s], lines["term"]),
        term=bought,
        status=np.where(committed, np.where(begin[col] < 0, HELD, SIGN), USED),
        begin=np.where(committed, begin[col], -1),
        until=np.where(committed, until[col], -1),
        money=cash(lines) * lines["x"],
        early=early,
        due=lines["tail"] * lines["x"],
    )  # fmt: skip


def _terms(model: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Term, first month and month after the last of each column that is a commitment."""
    index, columns, months = model.index, model.columns, model.index.case.settings.months
    term = np.full(columns.count, "", dtype=object)
    begin, until = np.zeros(columns.count, dtype=np.int64), np.zeros(columns.count, dtype=np.int64)
    new, at = columns.commit.keys, columns.commit.numbers
    term[at], begin[at] = new["term"], new["t0"] * months
    span = new["term"].map({name: index.span(name) for name in index.offers.commit}).astype("float64")
    until[at] = begin[at] + (span.to_numpy() * months).astype(np.int64)
    at = columns.held.numbers
    term[at], begin[at], until[at] = index.held["term"], index.held["start_month"], index.held["months_left"]
    return term, begin, until


def _bought(model: Model, lines: pd.DataFrame, purchases: pd.DataFrame) -> list[dict[str, object]]:
    """Rows of commitments and of what is bought as it is used."""
    case, names = model.index.case, list(_KEYS)
    units = _most_at_once(model, purchases)
    first_month = np.append(0, np.cumsum(case.periods["months"].to_numpy(dtype=np.int64)))
    rows = []
    for key, mine in lines.groupby(names, sort=True):
        row = dict(zip(names, key, strict=True))
        used, term = row["status"] == USED, str(row["term"])
        t = mine["t"].to_numpy(dtype=np.int64)
        begin, until = int(str(row.pop("begin"))), int(str(row.pop("until")))
        if used:
            begin, until = int(first_month[t.min()]), int(first_month[t.max() + 1])
        contract = int(mine["number"].iloc[0])
        ends = "" if contract < 0 else _day(case.contracts["valid_to"].iloc[contract])
        paid, early = float(mine["money"].sum()), float(mine["early"].sum())
        whole = paid + float(mine["due"].sum())
        months = max(until - begin, 1)
        # What is owed on the day when contract or plan end, whichever is first.
        after = (
            (case.periods["start"].astype(str) >= ends).to_numpy()[t]
            if ends
            else np.zeros(len(t), dtype=bool)
        )
        owed = float(mine.loc[after, "money"].sum() + mine["due"].sum())
        rows.append(
            row
            | {
                "units": units.get((str(row["vendor"]), str(row["family"]), term), np.nan),
                "unit": "" if not term else "GiB" if row["family"] in _stored(model) else "machines",
                "start": _month(model, begin),
                "end": _month(model, until),
                "months": months,
                "upfront": round(early, 2) + 0.0,
                "monthly": round((paid if used else whole - early) / months, 2),
                "obligation": 0.0 if used else round(whole, 2),
                "expected": round(paid, 2),
                "contract_end": ends,
                "exit_value": 0.0 if used else round(owed, 2),
            }
        )
    return rows


def _agreements(model: Model, x: np.ndarray) -> list[dict[str, object]]:
    """Rows of spend commitments that are held, or that the plan signs."""
    index, case = model.index, model.index.case
    keys, numbers = model.columns.agreement.keys, model.columns.agreement.numbers
    signed = {
        str(name): bool(value > 0.5)
        for name, kind, value in zip(keys["agreement"], keys["k"], x[numbers], strict=True)
        if kind == "signed"
    }
    group = dict(zip(index.case.regions["vendor"], index.case.regions["vendor_group"], strict=True))
    last = len(case.periods) * case.settings.months
    rows: list[dict[str, object]] = []
    for line in case.agreements.to_dict("records"):
        if not signed.get(str(line["agreement"]), False):
            continue
        begin = pd.Period(line["start"], freq="M").ordinal - pd.Period(case.settings.start, freq="M").ordinal
        months, amount = int(line["months"]), float(line["amount"])
        rows.append(
            {
                "vendor_group": group[line["vendor"]], "vendor": line["vendor"],
                "agreement": line["agreement"], "status": HELD if line["status"] == "held" else SIGN,
                "family": AGREED, "term": "", "units": np.nan, "unit": "", "start": _month(model, begin),
                "end": _month(model, begin + months), "months": months, "upfront": 0.0,
                "monthly": round(amount, 2), "obligation": round(amount * months, 2), "expected": 0.0,
                "contract_end": "",
                "exit_value": round(amount * max(0, begin + months - last), 2),
            }
        )  # fmt: skip
    return rows


def _most_at_once(model: Model, purchases: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """Units in use at once, at most, by vendor, family and term."""
    skus = model.index.case.catalog.skus
    family = dict(zip(skus["SkuId"].str.removesuffix(SUFFIX), skus["family"], strict=True))
    frame = purchases.assign(family=purchases["sku"].map(family))
    keys = ["vendor", "family", "term", "period"]
    by = frame.groupby([*keys, "slice"])["units"].sum().unstack("slice").fillna(0.0)
    sliced = by.drop(columns="all", errors="ignore")
    most = sliced.max(axis=1).fillna(0.0) + by.get("all", 0.0)
    top = most.groupby(keys[:3]).max().reset_index(name="units")
    return {
        (str(vendor), str(name), str(term)): round(float(n), 6)
        for vendor, name, term, n in top.itertuples(index=False, name=None)
    }


def _stored(model: Model) -> set[str]:
    """Families of storage."""
    skus = model.index.case.catalog.skus
    return set(skus.loc[skus["resource"] != "", "family"])


def _month(model: Model, number: int) -> str:
    """First day of a month, counted from the first of the plan."""
    first = pd.Period(model.index.case.settings.start, freq="M")
    return str((first + number).start_time.date())


def _day(value: object) -> str:
    """A day, or nothing where the contract states none."""
    return "" if value is None or value != value or str(value) in ("", "NaT") else str(value)[:10]
