"""The committed ``datapackage.json`` files say what the schema says."""

from __future__ import annotations

import csv
import json

import pytest
from small_package import GOOD, write

from planner.catalog.describe import DESCRIPTOR, descriptor, resources, write_descriptor
from planner.catalog.load import NETWORK_FILE, TABLES, shipped, shipped_names
from planner.catalog.schema import SKUS

PACKAGES = [name for name in shipped_names() if not (shipped() / name / NETWORK_FILE).is_file()]


@pytest.mark.parametrize("name", PACKAGES)
def test_committed_descriptor_is_current(name):
    folder = shipped() / name
    committed = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    assert committed == descriptor(folder)
    assert committed["name"] == name
    for words in ("title", "description", "licenses"):
        assert committed[words]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_file_has_the_columns_that_the_descriptor_names(name):
    folder = shipped() / name
    described = {
        r["path"]: r for r in json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))["resources"]
    }
    assert set(described) == {path.name for path in folder.glob("*.csv")}
    for file, resource in described.items():
        with (folder / file).open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        assert header == [field["name"] for field in resource["schema"]["fields"]]


def test_constraints_come_from_the_schema():
    fields = {f["name"]: f for f in resources([SKUS])[0]["schema"]["fields"]}
    assert fields["vcpu"]["constraints"] == {"required": False, "exclusiveMinimum": 0}
    assert fields["vcpu"]["unit"] == "vCPU"
    assert fields["architecture"]["constraints"]["enum"] == ["x86", "arm"]
    assert resources([SKUS])[0]["schema"]["primaryKey"] == ["SkuId"]


def test_write_keeps_the_words_of_the_package(tmp_path):
    folder = write(tmp_path)
    own = {"name": "old", "title": "Ours", "licenses": [{"name": "x"}], "resources": []}
    (folder / DESCRIPTOR).write_text(json.dumps(own), encoding="utf-8")
    write_descriptor(folder)
    written = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    assert (written["name"], written["title"]) == ("ours", "Ours")
    assert [r["path"] for r in written["resources"]] == [t.file for t in TABLES if t.file in GOOD]
