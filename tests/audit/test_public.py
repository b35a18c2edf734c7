"""The public part of a plan that uses everything: no contract in it, nothing judged by what was taken out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from audit.small_plan import edit
from support.cases import World

from planner.audit.audit import audit
from planner.audit.seal.bundle import write_folder
from planner.audit.seal.content import read_folder
from planner.audit.seal.public import public
from planner.audit.seal.records import check
from planner.errors import AuditFailed
from planner.inputs import read_case
from planner.plan.folder import copy_inputs, save, write_manifest
from planner.planning import solve

SECRETS = (b"0.0777", b"31337", b"1.0625", b"2.1875", b"agreement 4711", b"1.2345")
"""Discount, amount owed, machines held and kept, the source of a price and the price itself."""


def world() -> World:
    """Hourly loads, planned again, with agreements, commitments held and kept, contracts and carbon."""
    made = World(periods=2, months=12, traces={"file": "traces.csv"}, survive=["vendor_groups"])
    for vendor, price in (("aa", 1.0), ("bb", 1.1), ("cc", 1.2345)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m4", 4, 16, price)
        made.egress(f"{vendor}:x", 0.1).store(f"{vendor}:x", "block_gib", 0.1)
    for row in made.tables["prices"]:
        if row["SkuId"].startswith("cc:x"):
            row.update(basis="contract", source="agreement 4711")
    made.committed("aa:x:m4", 0.4).committed("bb:x:m4", 0.5, years=3).offer("commit_1y")
    made.contract("frame", "aa", discount=0.0777, tax=0.08).agreement("plan", "bb", 31337, months=24)
    made.held("bb:x:m4", 2.1875, "2025-01", years=3)
    made.replan = {"freeze": 1, "change_price": 10.0}
    for workload, region in (("web", "aa:x"), ("pay", "cc:x")):
        for period in ("2027-01", "2028-01"):
            made.add("earlier_placements", workload=workload, region=region, period=period, role="primary",
                     share=1)  # fmt: skip
    made.add("earlier_commitments", pool="mof/vm/any/terbuka/public", sku="bb:x:m4", term="commit_3y",
             period="2027-01", units=2.1875)  # fmt: skip
    made.add("earlier_commitments", pool="mof/vm/any/terbuka/public", sku="aa:x:m4", term="commit_1y",
             period="2027-01", units=1.0625)  # fmt: skip
    made.grid(aa=1.0, bb=0.5, cc=0.7).carbon_price(50)
    made.workload("web", demand={"vcpu": 8, "memory_gib": 32, "block_gib": 100})
    made.workload("pay", critical=True)
    made.rule("cash", "budget", {"cap": 1e9, "currency": ["MYR"], "per": "year"})
    made.rule("leave", "exit", {"cap": 1000, "of": "plan", "labour": 10})
    made.rule("green", "carbon", {"cap": 500, "per": "year"})
    made.rule("listed", "vendor_share", {"cap": 0.9, "basis": "reference_spend"})
    return made.rule("vcpu", "vendor_share", {"cap": 0.95, "basis": "resource", "resource": "vcpu"})


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full")
    case = world().write(folder / "case")
    hours = np.arange(8760)
    loads = {"hour": hours + 1, "web": 1 + hours % 3, "pay": 2 + hours % 2}
    pd.DataFrame(loads).to_csv(case / "traces.csv", index=False)
    case, out = read_case(case), folder / "plan"
    out.mkdir()
    save(solve(case).plan, out)
    copy_inputs(case.files, out)
    write_manifest(out)
    return out


def test_the_whole_plan_passes_and_holds_every_secret(full: Path) -> None:
    found = audit(full)
    assert [f for f in found.findings if f.status in ("fail", "not checked")] == []
    everything = b"\n".join(read_folder(full).values())
    assert [s for s in SECRETS if s not in everything] == []


def test_the_public_part_holds_none_of_them_and_says_what_is_missing(full: Path) -> None:
    shown, left = public(read_folder(full))
    everything = b"\n".join(shown.values())
    assert [s for s in SECRETS if s in everything] == []
    tables = {f"inputs/{t}.csv" for t in ("contracts", "earlier_commitments", "held_commitments",
                                          "spend_commitments")}  # fmt: skip
    assert tables | {"costs.csv", "purchases.csv", "inputs/catalogs/catalog/prices.csv (in part)"} <= set(
        left
    )
    assert {"inputs/traces.csv", "inputs/earlier_placements.csv", "placements.csv"} <= set(shown)
    check(shown)


def test_the_public_part_is_judged_by_what_it_holds_only(full: Path, tmp_path: Path) -> None:
    shown, _ = public(read_folder(full))
    write_folder(shown, tmp_path / "public")
    found = audit(tmp_path / "public")
    assert [f for f in found.findings if f.status == "fail"] == []
    open_ = {f.rule or f.check for f in found.findings if f.status == "not checked"}
    assert {"excuses", "no-price", "no-machine", "frozen", "costs", "listed", "vcpu", "cash", "leave",
            "green"} <= open_  # fmt: skip
    pay = next(d for d in found.decisions if d["workload"] == "pay")
    assert not [r for r in pay["rejected"] if r["rule"] in ("no-price", "no-machine")]


def test_a_placement_is_still_held_to_the_earlier_plan(full: Path, tmp_path: Path) -> None:
    shown, _ = public(read_folder(full))
    write_folder(shown, tmp_path / "public")
    edit(tmp_path / "public" / "inputs" / "earlier_placements.csv",
         lambda rows: [{**r, "region": "bb:x"} if r["workload"] == "web" else r for r in rows])  # fmt: skip
    assert "frozen" in {f.check for f in audit(tmp_path / "public").findings if f.status == "fail"}


def test_a_region_of_basis_contract_is_refused(full: Path) -> None:
    files = read_folder(full)
    name = "inputs/catalogs/catalog/regions.csv"
    files[name] = files[name].replace(b"assumed", b"contract", 1)
    with pytest.raises(AuditFailed, match=r"regions\.csv has a row of basis contract"):
        public(files)


def test_a_scenario_that_states_a_contract_is_refused(full: Path) -> None:
    files = read_folder(full)
    more = b'\n[scenario.cheap]\n"carbon.basis" = "contract"\n'
    files["inputs/case.toml"] += more
    with pytest.raises(AuditFailed, match="basis contract"):
        public(files)


CANARIES = {
    "placement_costs": b"77.0123", "activation": b"88.0123", "budgets": b"9999.0123",
    "contracts": b"0.0777", "held_commitments": b"2.1875", "spend_commitments": b"31337",
}  # fmt: skip
"""A figure of its own in each table of money, and of what contracts say."""


def test_no_figure_of_money_leaves_whatever_its_file_is_called(full: Path, tmp_path: Path) -> None:
    files = read_folder(full)
    case = files["inputs/case.toml"].decode("utf-8")
    for table in ("contracts", "held_commitments"):
        files[f"inputs/{table}.txt"] = files.pop(f"inputs/{table}.csv")
        assert f'"{table}.csv"' in case
        case = case.replace(f'"{table}.csv"', f'"./{table}.txt"')
    more = "".join(f'{t} = "{t}.dat"\n' for t in ("placement_costs", "activation", "budgets"))
    case = case.replace("[tables]\n", f"[tables]\n{more}") + "# off the record: canary-of-a-comment\n"
    files["inputs/placement_costs.dat"] = b"workload,region,when,amount\nweb,aa:x,once,77.0123\n"
    files["inputs/activation.dat"] = b"subject,amount\naa:x,88.0123\n"
    files["inputs/budgets.dat"] = b"agency,year,vote,amount,currency\nmof,2027,operating,9999.0123,MYR\n"
    files["inputs/letter.docx"] = b"canary-of-a-letter"
    files["inputs/case.toml"] = case.encode("utf-8")
    shown, _ = public(files)
    everything = b"".join(shown.values())
    for canary in (*CANARIES.values(), *SECRETS, b"canary"):
        assert canary not in everything
    write_folder(shown, tmp_path / "public")
    assert [f for f in audit(tmp_path / "public").findings if f.status == "fail"] == []
