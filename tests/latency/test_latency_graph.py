"""Paths and matrices of a network small enough to add up by hand."""

from __future__ import annotations

import itertools

import pytest
from small_network import read, write

from planner.errors import NoRoute, UnknownName
from planner.latency.answer import ask
from planner.latency.graph import build_graph, route
from planner.latency.matrix import round_trips


@pytest.fixture
def network(tmp_path):
    network, problems = read(write(tmp_path / "net"))
    assert problems == []
    return network


def test_route_by_hand(network):
    found = route(build_graph(network), "Town", "x:far")
    assert found.path == ("Town", "Hub", "Port", "Far hub", "x:far")
    assert found.links == ("Fixed access", "Land", "Cable A", "Peering")
    assert found.rtt_us == 10000 + 1000 + 9000 + 700
    assert found.p95_us == 20000 + 1100 + 10000 + 800
    assert found.low_us == 8000 + 900 + 8500 + 100
    assert found.high_us == 15000 + 1200 + 9900 + 900
    assert found.basis == "derived"
    assert found.as_of == "2020-01-01"
    assert found.sources == ("made up",)


def test_basis_is_that_of_the_weakest_link(network):
    assert route(build_graph(network), "Isle", "x:home").basis == "assumed"
    assert route(build_graph(network), "Town", "Hub").basis == "published"


def test_nothing_passes_through_a_region_or_a_site(network):
    """x:far – y:far is 100 µs, yet a user reaches y:far by its own peering."""
    graph = build_graph(network)
    assert route(graph, "Town", "y:far").path == ("Town", "Hub", "Port", "Far hub", "y:far")
    assert route(graph, "x:far", "y:far").path == ("x:far", "y:far")
    gone = build_graph(network, without_links=["Far hub|y:far"])
    with pytest.raises(NoRoute, match="nothing joins 'Town' and 'y:far'"):
        route(gone, "Town", "y:far")


def test_losing_a_cable_lengthens_and_losing_both_disconnects(network):
    whole = route(build_graph(network), "Town", "x:far").rtt_us
    less = route(build_graph(network, without_links=["Cable A"]), "Town", "x:far")
    assert less.rtt_us == whole + 3000
    assert "Cable B" in less.links
    none = build_graph(network, without_links=["Cable A", "Cable B"])
    with pytest.raises(NoRoute):
        route(none, "Town", "x:far")
    assert route(none, "Town", "x:home").rtt_us == 10500


@pytest.mark.parametrize("name", ["Port|Far hub", "Far hub|Port"])
def test_all_links_of_two_nodes_can_go(network, name):
    with pytest.raises(NoRoute):
        route(build_graph(network, without_links=[name]), "Hub", "Far hub")


def test_one_of_two_parallel_links_can_go(network):
    graph = build_graph(network, without_links=["Town|Hub|Fixed access"])
    assert route(graph, "Town", "x:home").rtt_us == 30500


def test_losing_a_node_takes_its_links(network):
    with pytest.raises(NoRoute):
        route(build_graph(network, without_nodes=["Port"]), "Town", "x:far")


def test_removal_never_shortens(network):
    whole = build_graph(network)
    for name in sorted(set(network.links["name"])):
        less = build_graph(network, without_links=[name])
        for a, b in itertools.combinations(["Town", "Isle", "Hub", "x:home", "x:far", "y:far"], 2):
            try:
                assert route(less, a, b).rtt_us >= route(whole, a, b).rtt_us
            except NoRoute:
                continue


def test_unknown_names_say_what_is_near(network):
    with pytest.raises(UnknownName, match="did you mean 'Town'") as error:
        route(build_graph(network), "Towm", "x:far")
    assert error.value.exit_code == 2
    with pytest.raises(UnknownName, match=r"no link 'Cable C'.*'Cable [AB]'"):
        build_graph(network, without_links=["Cable C"])
    with pytest.raises(UnknownName):
        build_graph(network, without_nodes=["Nowhere"])


def test_matrix_holds_the_routes(network):
    graph = build_graph(network)
    trips = round_trips(graph, ["Town", "Isle"], {"home": "x:home", "far": "x:far"})
    assert list(trips.mean_us.columns) == ["home", "far"]
    for site, (region, node) in itertools.product(["Town", "Isle"], [("home", "x:home"), ("far", "x:far")]):
        found = route(graph, site, node)
        assert trips.mean_us.at[site, region] == found.rtt_us
        assert trips.p95_us.at[site, region] == found.p95_us
    assert set(trips.mean_us.dtypes.astype(str)) == {"int64"}


def test_matrix_takes_a_network_and_bare_nodes(network):
    assert round_trips(network, ["Town"], ["x:home"]).mean_us.at["Town", "x:home"] == 10500


def test_matrix_of_a_cut_network(network):
    cut = build_graph(network, without_nodes=["Port"])
    with pytest.raises(NoRoute, match="'Town' and 'x:far'"):
        round_trips(cut, ["Town"], ["x:far"])
    assert round_trips(cut, ["Town"], ["x:far"], unreached_us=7).mean_us.at["Town", "x:far"] == 7
    with pytest.raises(UnknownName):
        round_trips(cut, ["Nowhere"], ["x:far"])


def test_measured_pair_is_the_mean_of_both_directions_of_the_best_source(network):
    answer = ask(network, "x:home", "x:far")
    assert (answer.rtt_us, answer.p95_us) == (12000, 18000)
    assert (answer.low_us, answer.high_us) == (11000, 20000)
    assert answer.basis == "measured"
    assert answer.path == ("x:home", "x:far")
    assert "both directions" in answer.how
    back = ask(network, "x:far", "x:home")
    assert back.rtt_us == answer.rtt_us
    assert back.path == ("x:far", "x:home")


def test_measured_is_not_trusted_once_something_is_gone(network):
    answer = ask(network, "x:home", "x:far", without_links=["Cable A"])
    assert answer.rtt_us == 500 + 1000 + 12000 + 700
    assert answer.basis == "derived"


def test_vendor_that_nobody_measured_goes_along_the_network(network):
    answer = ask(network, "x:home", "y:far")
    assert answer.rtt_us == 500 + 1000 + 9000 + 800
    assert answer.path[1:-1] == ("Hub", "Port", "Far hub")


def test_between_two_sites_offices_speak_not_users(network):
    answer = ask(network, "Town", "Isle")
    assert answer.rtt_us == 1000 + 500000
    assert answer.links == ("Office line", "Satellite")


def test_a_node_and_itself(network):
    answer = ask(network, "Town", "Town")
    assert (answer.rtt_us, answer.path) == (0, ("Town",))
