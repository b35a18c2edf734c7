"""Other people's tools read the data: Frictionless validates each package, GeoJSON has all places."""

from __future__ import annotations

import json
import shutil
from datetime import date

import frictionless
import pytest
from test_catalog_command import planner

from planner.catalog.load import shipped, shipped_names
from planner.catalog.packages import read_packages
from planner.catalog.supersede import read_rows
from planner.latency.geojson import _line, collection

pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize("name", shipped_names())
def test_every_package_is_valid(name):
    report = frictionless.Package(str(shipped() / name / "datapackage.json")).validate()
    assert report.valid, report.flatten(["taskNumber", "rowNumber", "fieldName", "message"])[:10]
    assert report.stats["tasks"] == len(list((shipped() / name).glob("*.csv")))


def test_a_package_that_is_not_valid_is_found(tmp_path):
    folder = tmp_path / "fx"
    shutil.copytree(shipped() / "fx", folder)
    text = (folder / "rates.csv").read_text(encoding="utf-8")
    head, first, *rest = text.splitlines()
    (folder / "rates.csv").write_text(
        "\n".join([head, first.rpartition(",")[0] + ",some day", *rest]), encoding="utf-8"
    )
    assert not frictionless.Package(str(folder / "datapackage.json")).validate().valid


def test_geojson_holds_every_region_site_and_cable(tmp_path):
    out = tmp_path / "map.geojson"
    run = planner("geojson", "--as-of", "2026-11-29", "--out", str(out))
    assert run.returncode == 0, run.stderr
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    by = {}
    for feature in features:
        by.setdefault(feature["properties"]["layer"], []).append(feature)
    nodes = {row["node"]: row for row in read_rows(shipped() / "network" / "nodes.csv")}
    links = read_rows(shipped() / "network" / "links.csv")
    shown = {f["properties"]["region"] for f in by["region"] if "region" in f["properties"]}
    assert shown == {row["region"] for name in shipped_names() if (shipped() / name / "regions.csv").is_file()
                     for row in read_rows(shipped() / name / "regions.csv")}  # fmt: skip
    assert {f["properties"]["node"] for f in by["site"]} == {
        n for n, row in nodes.items() if row["kind"] == "site"
    }
    apart = [r for r in links if any(nodes[r["a"]][c] != nodes[r["b"]][c] for c in ("lat", "lon"))]
    assert len(by["link"]) == len(apart)
    (city,) = [f for f in by["site"] if f["properties"]["node"] == "Alor Setar"]
    assert city["geometry"] == {"type": "Point", "coordinates": [100.36, 6.12104]}


def test_a_cable_over_the_antimeridian_takes_the_shorter_way():
    line = _line([170.0, 0.0], [-170.0, 10.0])
    assert line["type"] == "MultiLineString"
    assert line["coordinates"] == [[[170.0, 0.0], [180.0, 5.0]], [[-180.0, 5.0], [-170.0, 10.0]]]
    assert _line([100.0, 1.0], [104.0, 2.0]) == {
        "type": "LineString",
        "coordinates": [[100.0, 1.0], [104.0, 2.0]],
    }


def test_regions_alone():
    catalog = read_packages(["tm", "accelerators"], date(2026, 11, 29))
    features = collection(catalog.regions, None)["features"]
    assert {f["properties"]["region"] for f in features} == set(catalog.regions["region"])
