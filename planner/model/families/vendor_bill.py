"""Vendor bill: a part of what is spent with a vendor, in bands, and at least a minimum while it is used."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.schema import SIZED
from planner.model.block import INF, Block, Entries, make_block
from planner.model.column_keys import ARCHITECTURES
from planner.model.columns import Columns
from planner.model.context import Context
from planner.model.families.budget import payers
from planner.model.families.fleet import FLEET_RESOURCES
from planner.model.family import Family
from planner.model.index import Index
from planner.model.vendor_costs import bands, bills, engagements, part_of, unit_of

_KEY = ["c", "t", "what", "band"]


def vendor_bill(context: Context) -> Block | None:
    """Purpose: charge support and the like by spend, as its bands say (``vendor_costs.csv``).

    Equations, for bill c in period t, a month's spend X with the vendor (money that counts in shares) and
    bands i from B_i to E_i with the part s_i and b_i = the bill at B_i − s_i B_i: ``spend``: Σ_i spend_i = X;
    ``top``: spend_i ≤ E_i chosen_i; ``bottom``: spend_i ≥ B_i chosen_i; ``one``: Σ_i chosen_i ≤ 1;
    ``bands``: bill ≥ Σ_i (s_i spend_i + b_i chosen_i); ``least``: bill ≥ minimum · used. With one band
    there is nothing to choose. E of the last band is what the payer could spend there at most.

    Units: the bill's own unit of money (:func:`planner.model.vendor_costs.unit_of`) a month. Keys: c (bill),
    t, what, band (-1 where it is of all).

    Dual: none where bands are chosen, because ``chosen`` is whole; with it fixed, of ``spend``, money that
    one more unit of spend costs through the bill.
    """
    index, columns = context.index, context.columns
    column = columns.bill.numbered
    unit = unit_of(index)
    table = bands(index)
    table = table.assign(unit=table["c"].map(unit).astype("float64"))
    least = bills(index).merge(table[["c", "t"]].drop_duplicates(), on=["c", "t"])
    several = table[table.groupby(["c", "t"])["band"].transform("max") > 0]
    every = table[["c", "t"]].drop_duplicates()
    frames = [every.assign(what=what, band=-1) for what in ("spend", "bands")]
    frames += [least.loc[least["least"] > 0, ["c", "t"]].assign(what="least", band=-1)]
    frames += [several[["c", "t"]].drop_duplicates().assign(what="one", band=-1)]
    frames += [several[["c", "t", "band"]].assign(what=what) for what in ("top", "bottom")]
    keys = pd.concat(frames)[_KEY].sort_values(_KEY, ignore_index=True)
    rows = keys.assign(row=np.arange(len(keys)))

    def entries(
        what: str, kind: str, of_band: bool, value: pd.Series | float, table: pd.DataFrame
    ) -> Entries:
        """Columns of a kind in rows; ``value`` lies along ``table``."""
        on = ["c", "t", "band"] if of_band else ["c", "t"]
        mine = rows.loc[rows["what"] == what, [*on, "row"]]
        named = column.loc[column["what"] == kind, ["c", "t", "band", "col"]]
        found = table.assign(value=value)[["c", "t", "band", "value"]].merge(named, on=["c", "t", "band"])
        found = found.merge(mine, on=on)
        return found["row"], found["col"], found["value"]

    most = _most_spend(context, table)
    ends = np.minimum(table["ends"], most)
    head = every.assign(band=-1)
    used = columns.engaged.numbered
    used = used[used["what"] == "used"].merge(least, on=["k", "t"])
    used = used.merge(rows[rows["what"] == "least"], on=["c", "t"])
    return make_block(
        keys,
        [
            entries("spend", "spend", False, -1.0, table),
            _spent(context, rows[rows["what"] == "spend"], unit),
            entries("bands", "bill", False, 1.0, head),
            entries("bands", "spend", False, -table["share"], table),
            entries("bands", "chosen", False, -table["base"] / table["unit"], table),
            entries("least", "bill", False, 1.0, head),
            (used["row"], used["col"], -used["least"] / used["c"].map(unit)),
            entries("one", "chosen", False, -1.0, table),
            entries("top", "spend", True, -1.0, table),
            entries("top", "chosen", True, ends / table["unit"], table),
            entries("bottom", "spend", True, 1.0, table),
            entries("bottom", "chosen", True, -np.minimum(table["begins"], most) / table["unit"], table),
        ],
        np.where(keys["what"] == "one", -1.0, 0.0),
        np.where(keys["what"] == "spend", 0.0, INF),
    )


def _spent(context: Context, rows: pd.DataFrame, unit: dict[int, float]) -> Entries:
    """What each column adds to the month's spend of each bill, in the rows ``spend``."""
    lines = _spend_lines(context)
    months = context.index.case.settings.months
    found = lines.merge(_of_bill(context), on="k").merge(rows[["c", "t", "row"]], on=["c", "t"])
    return found["row"], found["col"], found["counted"] / months / found["c"].map(unit)


def _of_bill(context: Context) -> pd.DataFrame:
    names: pd.DataFrame = bills(context.index)[["c", "k"]].drop_duplicates()
    return names


def _spend_lines(context: Context) -> pd.DataFrame:
    """Lines that count in shares, by engagement: k, t, w, q, col, counted."""
    index, lines = context.index, context.lines[context.lines["counted"] != 0.0]
    payer = payers(index, lines)
    parts = []
    for engagement in engagements(index).to_dict("records"):
        _, where = part_of(index, pd.Series(engagement))
        mine = where[lines["r"].to_numpy(dtype=np.int64)]
        mine &= (engagement["payer"] == "") | (payer == engagement["payer"])
        parts.append(lines.loc[mine, ["t", "w", "q", "col", "counted"]].assign(k=engagement["k"]))
    found: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return found


def _most_spend(context: Context, table: pd.DataFrame) -> np.ndarray:
    """The most that can be spent in a month, along ``table``: every workload of the engagement there, each on
    its dearest machine, and one machine more where the last is not full.
    """
    index, columns = context.index, context.columns
    months = index.case.settings.months
    by_col = context.lines.groupby("col")["counted"].sum()
    money = by_col.reindex(np.arange(columns.count), fill_value=0.0)
    parts = [_placed_most(columns, money), *_machines_most(index, columns, money)]
    whole = pd.concat(parts, ignore_index=True)
    found = np.zeros(len(table))
    for engagement in engagements(index).to_dict("records"):
        who, where = part_of(index, pd.Series(engagement))
        mine = whole[who[whole["w"].to_numpy(dtype=np.int64)] & where[whole["r"].to_numpy(dtype=np.int64)]]
        dearest = mine.groupby(["w", "t", "role", "l"])["money"].max().groupby("t").sum() / months
        at = (table["k"] == engagement["k"]).to_numpy()
        found[at] = table.loc[at, "t"].map(dearest).fillna(0.0).to_numpy()
    # A band that begins above it cannot be reached; a little more than it does no harm.
    return np.asarray(np.maximum(found * 1.001, 1.0))


def _placed_most(columns: Columns, money: pd.Series) -> pd.DataFrame:
    """What whole workloads and their copies cost without machines told apart: w, r, t, role, l, money."""
    pair = columns.pair.numbered
    frames = {
        "primary": columns.place.numbered,
        "standby": pair.assign(r=pair["r2"]),
        "backup": columns.backup.numbered,
    }
    parts = [f[["w", "r", "t", "col"]].assign(role=role, l=-1) for role, f in frames.items()]
    both = pd.concat(parts, ignore_index=True)
    return both.assign(money=money.to_numpy()[both["col"].to_numpy(dtype=np.int64)])


def _machines_most(index: Index, columns: Columns, money: pd.Series) -> list[pd.DataFrame]:
    """The same of machines: of workloads of their own in each slice, once for them and once for a standby."""
    kinds = [f.numbered[["q", "r", "s", "t", "l", "col"]] for f in (columns.run, columns.cover)]
    run = pd.concat(kinds, ignore_index=True)
    run = run.assign(money=money.to_numpy()[run["col"].to_numpy(dtype=np.int64)])
    own = columns.use.keys.merge(run, on=["q", "r", "s", "t", "l"])
    parts = [own.assign(money=(np.ceil(own["n"]) + 1.0) * own["money"], role="machines")]
    serve = columns.serve.keys
    if len(serve):
        case = index.case
        architecture = case.catalog.skus["architecture"].map({a: i for i, a in enumerate(ARCHITECTURES)})
        of_kind = run.assign(a=architecture.to_numpy()[run["s"].to_numpy(dtype=np.int64)])
        fleet = serve.merge(of_kind, on=["q", "r", "a", "t", "l"])
        w, s, t = (fleet[c].to_numpy(dtype=np.int64) for c in "wst")
        headroom = 1.0 + (case.settings.container_headroom or 0.0)
        units = np.max(
            [
                headroom * index.machine_demand[w, SIZED.index(k), t] / index.yields[s, SIZED.index(k)]
                for k in FLEET_RESOURCES
            ],
            axis=0,
        )
        units = np.maximum(units, index.min_units[w])
        parts.append(fleet.assign(money=(np.ceil(units) + 1.0) * fleet["money"], role="machines"))
    both = [part[["w", "r", "t", "role", "l", "money"]] for part in parts]
    ready = [
        part[index.ready[part["w"].to_numpy(dtype=np.int64)] > 0].assign(role="kept ready") for part in both
    ]
    return [*both, *ready]


FAMILY = Family("vendor_bill", vendor_bill, _KEY, applies=lambda context: len(context.columns.bill.keys) > 0)
