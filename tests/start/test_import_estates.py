"""Terraform states and inventories of virtual machines: what they say of systems."""

from __future__ import annotations

import csv
import json

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cli import process
from support.depth import cases

from planner.errors import BadInput
from planner.start.inventory import read_inventory
from planner.start.mapping import Mapping, Naming
from planner.start.terraform import read_states

NAMES = Mapping(
    Naming(("tag:system", "Annotation", "name"), pattern=r"^(\w+)"),
    Naming(default="our-agency"),
    Naming(default="terbuka"),
    {"dc-east": "own:east", "kvdc": "own:kv"},
    {"m.4": (4.0, 16.0)},
    (),
)


def needs(estate):
    return {(row.workload, row.region, row.resource): row.amount for row in estate.needs.itertuples()}


def resource(kind, *attributes, mode="managed"):
    return {
        "mode": mode, "type": kind, "name": "it", "provider": "p",
        "instances": [{"schema_version": 1, "attributes": each} for each in attributes],
    }  # fmt: skip


def state(tmp_path, *resources):
    path = tmp_path / "terraform.tfstate"
    path.write_text(json.dumps({"version": 4, "terraform_version": "1.9.0", "resources": resources}))
    return path


def test_machines_with_their_disks_and_disks_of_their_own(tmp_path):
    tags = {"tags": {"system": "portal"}}
    machine = {"instance_type": "m.4", "availability_zone": "dc-easta", **tags}
    path = state(
        tmp_path,
        resource("own_instance", {**machine, "root_block_device": [{"volume_size": 50}]}, machine),
        resource("own_volume", {"size": 200, "availability_zone": "dc-eastb", **tags}),
        resource("own_instance", machine, mode="data"),
        resource("own_queue", {"name": "q"}),
    )
    estate = read_states([path], NAMES)
    assert needs(estate) == {
        ("portal", "own:east", "vcpu"): 8.0,
        ("portal", "own:east", "memory_gib"): 32.0,
        ("portal", "own:east", "block_gib"): 250.0,
    }
    assert estate.beside["unmapped.csv"].to_dict("records") == [
        {
            "file": "terraform.tfstate",
            "type": "own_queue",
            "reason": "neither a machine nor a disk that is known",
            "resources": 1,
        }
    ]


@pytest.mark.parametrize(
    ("kind", "attributes", "region"),
    [
        (
            "aws_instance",
            {"instance_type": "m6i.xlarge", "availability_zone": "ap-southeast-5a"},
            "aws:ap-southeast-5",
        ),
        (
            "azurerm_linux_virtual_machine",
            {"size": "Standard_D4s_v5", "location": "Malaysia West"},
            "azure:malaysiawest",
        ),
        (
            "google_compute_instance",
            {"machine_type": "n2-standard-4", "zone": "asia-southeast1-b"},
            "gcp:asia-southeast1",
        ),
    ],
)
def test_types_and_zones_of_vendors_are_those_of_the_catalogs(tmp_path, kind, attributes, region):
    path = state(tmp_path, resource(kind, {**attributes, "tags": {"system": "portal"}}))
    assert needs(read_states([path], NAMES))["portal", region, "vcpu"] == 4.0


def test_what_show_prints_says_the_same(tmp_path):
    values = {"instance_type": "m.4", "zone": "kvdc", "tags_all": {"system": "portal"}}
    machine = {"mode": "managed", "type": "own_instance", "address": "module.a.own_instance.b"}
    child = {"resources": [{**machine, "values": values}]}
    shown = {"format_version": "1.0", "values": {"root_module": {"child_modules": [child]}}}
    (tmp_path / "show.json").write_text(json.dumps(shown))
    assert needs(read_states([tmp_path / "show.json"], NAMES))["portal", "own:kv", "memory_gib"] == 16.0


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"version": 3}', b"\xff", b"[" * 5000])
def test_what_is_no_state_is_told(tmp_path, content):
    (tmp_path / "x.tfstate").write_bytes(content)
    with pytest.raises(BadInput):
        read_states([tmp_path / "x.tfstate"], NAMES)


VM = {
    "VM": "PRD-1", "Powerstate": "poweredOn", "Template": "False", "CPUs": 4, "Memory": 8192,
    "Total disk capacity MiB": 102400, "Datacenter": "DC", "Cluster": "dc-east",
    "Annotation": "payroll: front",
}  # fmt: skip


def workbook(tmp_path, *machines):
    book = openpyxl.Workbook()
    book.active.title = "vSource"
    sheet = book.create_sheet("vInfo")
    sheet.append(list(VM))
    for machine in machines:
        sheet.append(list({**VM, **machine}.values()))
    book.save(tmp_path / "estate.xlsx")
    return tmp_path / "estate.xlsx"


def test_machines_of_an_inventory(tmp_path):
    off = {"VM": "PRD-2", "Powerstate": "poweredOff"}
    template = {"VM": "base", "Template": "True"}
    estate = read_inventory([workbook(tmp_path, {}, {}, off, template, {"Annotation": None})], NAMES)
    assert needs(estate) == {
        ("payroll", "own:east", "vcpu"): 8.0,
        ("payroll", "own:east", "memory_gib"): 16.0,
        ("payroll", "own:east", "block_gib"): 300.0,
    }
    assert list(estate.beside["unmapped.csv"]["reason"]) == [
        "a template",
        "no system: no source of [workload] names one",
    ]


def test_the_sheet_as_csv_says_the_same(tmp_path):
    path = tmp_path / "RVTools_tabvInfo.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.DictWriter(stream, list(VM))
        writer.writeheader()
        writer.writerow(VM)
    from_book, from_text = (read_inventory([file], NAMES) for file in (workbook(tmp_path, {}), path))
    assert needs(from_book) == needs(from_text)


def test_everything_wrong_with_an_inventory_is_said_at_once(tmp_path):
    wrong = workbook(tmp_path, {"CPUs": "four"}, {"Cluster": "dc-west"}, {"Memory": -1})
    with pytest.raises(BadInput) as caught:
        read_inventory([wrong], NAMES)
    assert {(problem.row, problem.column) for problem in caught.value.problems} == {
        (2, "CPUs"),
        (3, "Cluster"),
        (4, "Memory"),
    }


def test_a_missing_sheet_is_told(tmp_path):
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(BadInput):
        read_inventory([tmp_path / "empty.xlsx"], NAMES)


def test_the_command_writes_tables(tmp_path):
    workbook(tmp_path, {})
    (tmp_path / "names.toml").write_text(
        '[workload]\nfrom = ["Annotation"]\npattern = "(\\\\w+)"\n[agency]\ndefault = "us"\n'
        '[classification]\ndefault = "terbuka"\n[regions]\ndc-east = "premises:kdn"\n'
    )
    asked = ["--mapping", "names.toml", "--start", "2027-01", "--out", "tables"]
    made = process("import", "inventory", "estate.xlsx", *asked, cwd=tmp_path)
    assert made.code == 0, made.err
    assert (tmp_path / "tables" / "current.csv").read_text() == (
        "workload,region,role,share\npayroll,premises:kdn,primary,1\n"
    )
    again = process("import", "inventory", "estate.xlsx", *asked, cwd=tmp_path)
    assert again.code == 2
    assert "not empty" in again.err


KEYS = [
    *("size", "instance_type", "zone", "tags", "root_block_device", "mode", "type", "instances"),
    *("attributes", "resources", "values", "root_module", "child_modules", "version"),
]
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["m.4", "kvdc", 4]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=cases(30), deadline=None)
@given(VALUES)
def test_any_json_is_read_or_refused(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("fuzz") / "x.json"
    path.write_text(json.dumps(value))
    with pytest.raises(BadInput):
        read_states([path], NAMES)
