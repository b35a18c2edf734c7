"""The network that ships: complete, honest about its bases, and well estimated where unmeasured."""

from __future__ import annotations

import csv
import itertools
import json

import pytest

from planner.catalog.describe import resources
from planner.catalog.load import shipped
from planner.errors import NoRoute
from planner.latency.answer import ask
from planner.latency.estimate import Estimator
from planner.latency.graph import build_graph, route
from planner.latency.kriging import FIBRE_MS_PER_KM
from planner.latency.matrix import round_trips
from planner.latency.network import read_network
from planner.latency.schema import NETWORK_TABLES
from planner.latency.validate import validate

FOLDER = shipped() / "network"
NETWORK, PROBLEMS = read_network(FOLDER, "network")
GRAPH = build_graph(NETWORK)
ESTIMATOR = Estimator(NETWORK)
KIND = NETWORK.kind()
SITES = sorted(n for n, kind in KIND.items() if kind == "site")
REGIONS = sorted(n for n, kind in KIND.items() if kind == "region")
with (FOLDER / "measured.csv").open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def validation():
    return validate(NETWORK)


def error(validation, group, method, column):
    summary = validation.summary
    return summary.loc[(summary["group"] == group) & (summary["method"] == method), column].item()


def test_no_problem():
    assert PROBLEMS == []


def test_descriptor_says_what_the_schema_says():
    committed = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    assert committed["resources"] == resources(NETWORK_TABLES)


def test_sites_of_every_state_and_rural_ones():
    nodes = NETWORK.nodes[NETWORK.nodes["kind"] == "site"]
    assert len(nodes) >= 30
    assert nodes["state"].nunique() == 16
    assert (nodes["access"] != "").all()
    assert nodes["rural"].sum() >= 8
    assert {"fixed broadband", "mobile", "LEO satellite"} <= set(nodes["access"])


def test_every_region_of_the_catalogs_is_a_node():
    for path in sorted(shipped().glob("*/regions.csv")):
        with path.open(encoding="utf-8", newline="") as rows:
            missing = [row["node"] for row in csv.DictReader(rows) if row["node"] not in REGIONS]
        assert missing == [], path.parent.name


def test_every_two_regions_and_every_site_and_region_have_an_answer():
    trips = round_trips(GRAPH, SITES, REGIONS)
    assert (trips.mean_us.to_numpy() > 0).all()
    assert (trips.p95_us.to_numpy() >= trips.mean_us.to_numpy()).all()
    for a, b in itertools.combinations(REGIONS, 2):
        answer = ask(NETWORK, a, b, estimator=ESTIMATOR) if a < "b" and b < "azure:f" else None
        found = ESTIMATOR.measured(a, b) or (ESTIMATOR.estimate(a, b) if ESTIMATOR.can(a, b) else None)
        found = found or route(GRAPH, a, b)
        assert 0 < found.low_us <= found.rtt_us <= found.high_us
        assert found.p95_us >= found.rtt_us
        if answer is not None:
            assert (answer.path[0], answer.path[-1], answer.rtt_us) == (a, b, found.rtt_us)


@pytest.mark.parametrize(
    ("a", "b"), [("Kuching", "Kuala Lumpur"), ("Tawau", "Belaga"), ("Kangar", "Semporna")]
)
def test_two_sites_have_an_answer(a, b):
    there, back = ask(NETWORK, a, b), ask(NETWORK, b, a)
    assert there.rtt_us == back.rtt_us
    assert there.path == back.path[::-1]


def test_measured_pairs_reproduce_the_file():
    """Median of the best source, both directions; and every row lies in the range given."""
    error_of = {}
    for row in ROWS:
        if row["statistic"] != "p95":
            pair = tuple(sorted((row["from"], row["to"])))
            error_of.setdefault(pair, {}).setdefault((int(row["error_us"]), row["source"]), []).append(
                int(row["rtt_us"])
            )
    assert len(error_of) > 150
    for (a, b), by_source in error_of.items():
        found = ESTIMATOR.measured(b, a)
        least = min(e for e, _ in by_source)
        candidates = {round(sum(us) / len(us)) for (e, _), us in by_source.items() if e == least}
        assert any(abs(found.rtt_us - c) <= 1 for c in candidates)
        assert found.basis == "measured"
        values = [us for rows in by_source.values() for us in rows]
        assert (found.low_us, found.high_us) == (min(values), max(values))


@pytest.mark.parametrize(
    ("a", "b", "ms", "p95"),
    [
        ("azure:malaysiawest", "azure:southeastasia", 8.5, 10.5),
        ("azure:malaysiawest", "azure:indonesiacentral", 21.0, 23.0),
    ],
)
def test_numbers_that_the_sources_name(a, b, ms, p95):
    answer = ask(NETWORK, a, b)
    assert (answer.rtt_us, answer.p95_us) == (ms * 1000, p95 * 1000)
    assert answer.as_of == "2026-07-30"


def test_estimates_are_good_and_far_better_than_a_ratio(validation):
    assert len(validation.pairs) > 150
    for method, median, p90 in (("one pair left out", 0.02, 0.08), ("a fifth left out", 0.02, 0.09)):
        assert error(validation, "all", method, "median_rel") < median
        assert error(validation, "all", method, "p90_rel") < p90
        for group in ("all", "one vendor", "two vendors"):
            naive = error(validation, group, "naive ratio", "median_rel")
            assert error(validation, group, method, "median_rel") < naive / 2
    assert error(validation, "one vendor", "one pair left out", "median_rel") < 0.015


def test_leaving_out_in_one_go_is_leaving_out_by_hand(validation):
    """The closed form gives what a network without the pair gives."""
    a, b = "aws:ap-southeast-1", "aws:ap-southeast-3"
    own = NETWORK.measured["from"].isin([a, b]) & NETWORK.measured["to"].isin([a, b])
    own &= NETWORK.measured["from"] != NETWORK.measured["to"]
    less = NETWORK.__class__(
        NETWORK.nodes, NETWORK.links, NETWORK.measured[~own], NETWORK.sources, NETWORK.files
    )
    by_hand = Estimator(less).estimate(a, b).rtt_us / 1000
    pairs = validation.pairs
    quick = pairs.loc[(pairs["a"] == a) & (pairs["b"] == b), "estimate_ms"].item()
    assert by_hand == pytest.approx(quick, abs=0.001)


def test_estimates_are_symmetric_and_never_faster_than_fibre():
    places = ESTIMATOR.observed.places
    for a, b in itertools.combinations([r for r in REGIONS if ESTIMATOR.can(r, r)], 2):
        there = ESTIMATOR.estimate(a, b)
        assert there == ESTIMATOR.estimate(b, a)
        assert there.rtt_us >= 1000 * FIBRE_MS_PER_KM * places.km[places.index(a), places.index(b)]
        assert there.basis == "derived"


def test_graph_obeys_the_triangle_and_both_directions_agree():
    hubs = sorted(n for n, kind in KIND.items() if kind == "hub")[::3]
    length = {(a, b): route(GRAPH, a, b).rtt_us for a in hubs for b in hubs}
    for a, b, c in itertools.product(hubs, repeat=3):
        assert length[a, b] == length[b, a]
        assert length[a, c] <= length[a, b] + length[b, c]


def test_domestic_links_are_never_measured():
    kinds = NETWORK.links[NETWORK.links["kind"].isin(["land", "cable", "line", "satellite"])]
    assert set(kinds["basis"]) <= {"derived", "assumed"}
    assert (kinds["low_us"] < kinds["high_us"]).all()


def test_borneo_lies_in_the_range_of_the_sources():
    found = route(GRAPH, "Kuching hub", "Klang Valley hub")
    assert 15_000 <= found.low_us <= found.rtt_us <= found.high_us <= 22_000
    assert found.basis in ("derived", "assumed")


@pytest.mark.parametrize(
    ("a", "b"),
    [("Mersing", "Kuching"), ("Kuching", "Bintulu"), ("Bintulu", "Miri"), ("Miri", "Kota Kinabalu"),
     ("Kota Kinabalu", "Cherating")],
)  # fmt: skip
def test_a_cut_of_each_segment_of_the_trunk(a, b):
    cut = build_graph(NETWORK, without_links=[f"{a} landing|{b} landing"])
    for town in ("Kuching", "Bintulu", "Miri", "Kota Kinabalu"):
        assert (
            route(cut, f"{town} hub", "Klang Valley hub").rtt_us
            >= route(GRAPH, f"{town} hub", "Klang Valley hub").rtt_us
        )


def test_the_whole_trunk_is_sabahs_only_way():
    cut = build_graph(NETWORK, without_links=["SKR1M"])
    with pytest.raises(NoRoute):
        route(cut, "Kota Kinabalu", "Klang Valley hub")
    assert route(cut, "Kuching", "Klang Valley hub").rtt_us > 0


def test_users_without_fixed_access_are_slower():
    cut = build_graph(NETWORK, without_links=["Fixed access"])
    before = round_trips(GRAPH, SITES, ["aws:ap-southeast-5"]).mean_us
    after = round_trips(cut, SITES, ["aws:ap-southeast-5"]).mean_us
    fixed = NETWORK.nodes.loc[NETWORK.nodes["access"] == "fixed broadband", "node"]
    assert (after.loc[fixed] > before.loc[fixed]).all(axis=None)
    others = [s for s in SITES if s not in set(fixed)]
    assert after.loc[others].equals(before.loc[others])
