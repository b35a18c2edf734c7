"""A plan in the forms of other programs: every sum is the plan's, every name is only a name."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace

import highspy
import pyarrow.parquet
import pytest
from support.cases import World
from support.cli import call
from support.plans import read

from planner.exports.focus import CHARGES, COMMITMENTS, charges, commitments, focus
from planner.exports.formats import FORMS
from planner.exports.parquet import parquet
from planner.exports.placement_map import geojson
from planner.exports.program import program
from planner.plan.plan import FRAMES
from planner.planning import plan_case

HOSTILE = '=HYPERLINK("x"), <script>alert(1)</script> \u202e " \u4e91'


@pytest.fixture(scope="module")
def case():
    """Machines on demand and committed for a year, with tax, storage, egress and users."""
    world = World(periods=4, months=3).vendor("aa").vendor("bb").region("aa:x").region("bb:y")
    world.machine("aa:x", "m4", 4, 16, 0.2).committed("aa:x:m4", 0.1).machine("bb:y", "m4", 4, 16, 0.9)
    world.store("aa:x", "block_gib", 0.2).egress("aa:x", 0.1).store("bb:y", "block_gib", 0.2)
    world.contract("c", "aa", discount=0.1, margin=0.02, tax=0.08).offer("on_demand", "commit_1y")
    world.workload("app", demand={"vcpu": 8, "memory_gib": 32, "block_gib": 100, "egress_gib": 50})
    made = read(world)
    vendors = made.catalog.vendors.assign(name=HOSTILE)
    return replace(made, catalog=replace(made.catalog, vendors=vendors))


@pytest.fixture(scope="module")
def plan(case):
    return plan_case(case)


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_forecast_sums_to_the_plan_with_tax_in_rows_of_its_own(plan, case):
    rows = charges(plan, case)
    assert list(rows) == list(CHARGES)
    assert rows["BilledCost"].sum() == pytest.approx(plan.head["cash"], abs=0.01)
    tax = rows[rows["ChargeCategory"] == "Tax"]
    assert tax["BilledCost"].sum() == pytest.approx(plan.costs["tax"].sum()) and len(tax) > 0
    rest = rows[rows["ChargeCategory"] != "Tax"]
    assert rest["EffectiveCost"].sum() == pytest.approx(plan.head["amortised"], abs=0.01)
    assert rest["ListCost"].sum() == pytest.approx(plan.costs["list"].sum())
    assert set(rest["ChargeCategory"]) == {"Usage", "Purchase"}
    assert set(rest["ServiceCategory"]) >= {"Storage", "Networking"}
    assert rows["ChargePeriodStart"].str.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z").all()


def test_commitments_are_those_to_sign_with_what_they_oblige_to(plan, case):
    rows = commitments(plan, case)
    assert list(rows) == list(COMMITMENTS)
    signed = plan.signing[plan.signing["status"] == "sign"]
    assert len(rows) == len(signed) > 0
    assert rows["ContractCommitmentCost"].sum() == pytest.approx(signed["obligation"].sum())
    assert rows["ContractCommitmentId"].is_unique


def test_a_forecast_is_two_data_sets_and_says_that_it_is_not_conformant(plan, case):
    content = focus(plan, case)
    assert content == focus(plan, case)
    files = unzipped(content)
    assert set(files) == {"cost_and_usage.csv", "contract_commitment.csv", "about.json"}
    about = json.loads(files["about.json"])
    assert about["conformant"] is False and about["forecast"] is True and about["shape"] == "FOCUS 1.3"
    rows = list(csv.DictReader(io.StringIO(files["cost_and_usage.csv"].decode())))
    assert {row["ServiceProviderName"] for row in rows} == {HOSTILE}


def test_parquet_holds_every_table_with_its_types(plan):
    files = unzipped(parquet(plan))
    for name in FRAMES:
        frame = getattr(plan, name)
        if frame.empty:
            assert f"{name}.parquet" not in files
            continue
        table = pyarrow.parquet.read_table(io.BytesIO(files[f"{name}.parquet"])).to_pandas()
        assert list(table) == list(frame) and len(table) == len(frame)
    costs = pyarrow.parquet.read_table(io.BytesIO(files["costs.parquet"])).to_pandas()
    assert costs["cash"].sum() == pytest.approx(plan.costs["cash"].sum())
    assert costs["cash"].dtype == float and set(costs["term"]) == set(plan.costs["term"])


def test_a_map_holds_regions_with_money_and_names_what_has_no_position(plan, case):
    document = json.loads(geojson(plan, case))
    assert document["type"] == "FeatureCollection" and document["marking"] == "SYNTHETIC"
    (region,) = [f for f in document["features"] if f["properties"]["layer"] == "region"]
    assert region["geometry"] == {"type": "Point", "coordinates": [101.0, 3.0]}
    assert region["properties"]["cost"] == pytest.approx(plan.head["amortised"], abs=0.01)
    assert region["properties"]["systems"] == 1 and document["without_position"] == []
    nowhere = replace(case, regions=case.regions.assign(lat=float("nan")))
    assert json.loads(geojson(plan, nowhere))["without_position"] == ["aa:x"]


@pytest.mark.parametrize("form", ["lp", "mps"])
def test_another_solver_finds_the_same_optimum_in_the_program(plan, case, form, tmp_path):
    files = unzipped(program(case, form))
    path = tmp_path / f"program.{form}"
    path.write_bytes(files[path.name])
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(path))
    highs.run()
    unit = float(files["about.txt"].decode().split("units of ")[1].split()[0])
    assert highs.getInfo().objective_function_value * unit == pytest.approx(plan.head["objective"], rel=1e-3)
    registry = list(csv.DictReader(io.StringIO(files["registry.csv"].decode())))
    columns = {row["id"] for row in registry if row["kind"] == "column"}
    assert set(highs.getLp().col_names_) <= columns
    assert any(row["family"] == "demand" and row["kind"] == "row" for row in registry)


def test_the_command_writes_each_form_and_never_over_a_file(tmp_path):
    world = World().vendor("aa").region("aa:x").machine("aa:x", "m4", 4, 16, 1.0).workload("web")
    case, plan = world.write(tmp_path / "case"), tmp_path / "plan"
    assert call("plan", case, "--out", plan, "--no-report").code == 0
    for form in ("focus", "parquet", "geojson", "lp", "mps"):
        end = FORMS[form].suffix
        ran = call("export", plan, "--format", form)
        assert ran.code == 0, ran.err
        assert (tmp_path / f"plan{end}").stat().st_size > 0 and "next: " in ran.err
        assert call("export", plan, "--format", form).code == 2
