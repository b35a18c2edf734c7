"""Tables that can be read and do not fit together, and folders that hold what they must not."""

from __future__ import annotations

import pytest
from support.broken import cells, edit, refused, rewrite
from support.cli import call
from support.full_world import full_world


@pytest.fixture
def case(tmp_path):
    return full_world().write(tmp_path / "case")


def table_cell(name, row, column, value):
    """Set one cell; ``row`` as an editor counts it."""

    def damage(case):
        rows = cells(case / name)
        rows[row - 1][rows[0].index(column)] = value
        rewrite(case / name, rows)

    return damage


def row_added(name, *values):
    def damage(case):
        rows = cells(case / name)
        rewrite(case / name, [*rows, list(values)])

    return damage


def rows_where(name, keep):
    """Keep the header and the rows that ``keep`` says; a row is a dict."""

    def damage(case):
        header, *rows = cells(case / name)
        rewrite(case / name, [header, *(r for r in rows if keep(dict(zip(header, r, strict=True))))])

    return damage


def rows_set(name, **values):
    """Set cells of the first row."""

    def damage(case):
        for column, value in values.items():
            table_cell(name, 2, column, value)(case)

    return damage


def header_only(name):
    return rows_where(name, lambda row: False)


def no_demand(workload, resource):
    return rows_where("demand.csv", lambda row: (row["workload"], row["resource"]) != (workload, resource))


def wrong(name, row, column, value):
    """A cell that is wrong in itself: the damage, and where it is told."""
    return table_cell(name, row, column, value), name, row, column, value


AGAIN = (
    "aa:x:m4",
    "on_demand",
    "Standard",
    "Hour",
    "1",
    "USD",
    "2026-02-01",
    "",
    "assumed",
    "test",
    "2026-01-01",
    "",
)

MEANINGS = {
    "unknown agency": wrong("workloads.csv", 2, "agency", "mofo"),
    "missing classification": wrong("workloads.csv", 2, "classification", ""),
    "unknown classification": wrong("workloads.csv", 2, "classification", "secret"),
    "share of a target above 1": wrong("workloads.csv", 2, "latency_share", "1.5"),
    "demand of nobody": wrong("demand.csv", 2, "workload", "wbe"),
    "period outside the horizon": wrong("demand.csv", 2, "period", "2027-07"),
    "month that begins no period": wrong("demand.csv", 2, "period", "2027-02"),
    "users of nobody": wrong("users.csv", 2, "workload", "wbe"),
    "capacity of nothing": wrong("capacity.csv", 2, "subject", "aa:z"),
    "unknown payer of capacity": wrong("capacity.csv", 2, "payer", "moe"),
    "unknown payer of an agency": wrong("agencies.csv", 3, "payer", "moe"),
    "today of nobody": wrong("current.csv", 2, "workload", "wbe"),
    "load of an unknown slice": wrong("loads.csv", 2, "slice", "noon"),
    "yield for nobody": wrong("yields.csv", 2, "workload", "wbe"),
    "yield for a fleet": wrong("yields.csv", 2, "workload", "api"),
    "yield of no machine": wrong("yields.csv", 2, "sku", "aa:x:block_gib"),
    "yield of what nobody needs": wrong("yields.csv", 2, "resource", "gpu_training"),
    "requests without a yield": (header_only("yields.csv"), "demand.csv", 6, "resource", "requests"),
    "agreement with nobody": wrong("spend_commitments.csv", 2, "vendor", "zz"),
    "agreement of nobody": wrong("spend_commitments.csv", 2, "payer", "moe"),
    "agreement in another currency": wrong("spend_commitments.csv", 2, "currency", "USD"),
    "agreement within a period": wrong("spend_commitments.csv", 2, "start", "2027-02"),
    "agreement offered in the past": (
        rows_set("spend_commitments.csv", status="offered", start="2026-10"),
        *("spend_commitments.csv", 2, "start", "2026-10"),
    ),
    "agreement offered beyond the horizon": (
        rows_set("spend_commitments.csv", status="offered", months="12"),
        *("spend_commitments.csv", 2, "months", "12"),
    ),
    "agreement offered without a limit": (
        rows_set("spend_commitments.csv", status="offered", up_to=""),
        *("spend_commitments.csv", 2, "up_to", ""),
    ),
    "agreement twice on the same spend": (
        row_added(
            "spend_commitments.csv",
            "later",
            "aa",
            "",
            "held",
            "2027-01",
            "3",
            "9",
            "MYR",
            "0",
            "",
            "assumed",
            "test",
            "2026-01-01",
        ),
        *("spend_commitments.csv", 3, "agreement", "later"),
    ),
    "contract with nobody": wrong("contracts.csv", 2, "vendor", "zz"),
    "commitment held by nobody": wrong("held_commitments.csv", 2, "payer", "moe"),
    "commitment held too late": wrong("held_commitments.csv", 2, "start", "2027-04"),
    "commitment held that ends within a period of whole machines": (
        lambda case: (
            edit(case / "case.toml", lambda text: text.replace("whole = false", "whole = true")),
            edit(case / "held_commitments.csv", lambda text: text.replace("2026-07", "2026-06")),
        ),
        *("held_commitments.csv", 2, "start", "2026-06"),
    ),
    "cost at an unknown place": wrong("placement_costs.csv", 2, "region", "aa:z"),
    "cost in another currency": wrong("placement_costs.csv", 2, "currency", "USD"),
    "activation of nothing": wrong("activation.csv", 2, "subject", "zz"),
    "activation paid by nobody": wrong("activation.csv", 2, "payer", "moe"),
    "moves of nobody": wrong("move_limits.csv", 2, "agency", "moe"),
    "budget of nobody": wrong("budgets.csv", 2, "agency", "moe"),
    "group of an unknown region": wrong("capacity_groups.csv", 2, "region", "aa:z"),
    "waiver for nobody": wrong("waivers.csv", 2, "workload", "wbe"),
    "assessment of nobody": wrong("assessments.csv", 2, "subject", "zz"),
    "unknown vendor of a region": wrong("catalog/regions.csv", 2, "vendor", "zz"),
    "region without its vendor's name": wrong("catalog/regions.csv", 2, "region", "bb:q"),
    "unknown node of a region": wrong("catalog/regions.csv", 2, "node", "aa:z"),
    "unknown region of a SKU": wrong("catalog/skus.csv", 2, "region", "aa:z"),
    "price of nothing": wrong("catalog/prices.csv", 2, "SkuId", "aa:x:m5"),
    "unit of another thing": wrong("catalog/prices.csv", 2, "PricingUnit", "GiB-Month"),
    "validity that ends before it begins": wrong("catalog/prices.csv", 2, "valid_to", "2025-01-01"),
    "egress of an unknown region": wrong("catalog/transfer.csv", 2, "region", "aa:z"),
    "link to nowhere": wrong("network/links.csv", 2, "a", "Hubb"),
    "link to itself": wrong("network/links.csv", 2, "b", "Hub"),
    "low end above the mean": wrong("network/links.csv", 2, "low_us", "9000"),
    "measured from nowhere": wrong("network/measured.csv", 2, "from", "aa:z"),
    "no workload": (header_only("workloads.csv"), "workloads.csv", 0, "", ""),
    "no agency": (header_only("agencies.csv"), "workloads.csv", 2, "agency", "mof"),
    "no demand for vcpu": (no_demand("web", "vcpu"), "workloads.csv", 2, "workload", "web"),
    "no demand for memory": (no_demand("api", "memory_gib"), "workloads.csv", 3, "workload", "api"),
    "half a latency target": (
        table_cell("workloads.csv", 2, "latency_share", ""),
        *("workloads.csv", 2, "latency_ms", "web"),
    ),
    "the other half": (
        table_cell("workloads.csv", 2, "latency_ms", ""),
        *("workloads.csv", 2, "latency_ms", "web"),
    ),
    "target without users": (header_only("users.csv"), "workloads.csv", 2, "latency_ms", "web"),
    "container without pod": (
        table_cell("workloads.csv", 3, "pod_vcpu", ""),
        *("workloads.csv", 3, "pod_vcpu", "api"),
    ),
    "pod on a machine": (
        table_cell("workloads.csv", 2, "pod_vcpu", "1"),
        *("workloads.csv", 2, "pod_vcpu", "web"),
    ),
    "cards on containers": (
        row_added("demand.csv", "api", "gpu_training", "2027-01", "1"),
        *("workloads.csv", 3, "platform", "container"),
    ),
    "no first period": (
        row_added("demand.csv", "web", "object_gib", "2027-04", "1"),
        *("demand.csv", 9, "period", "web, object_gib"),
    ),
    "users without a first period": (
        rows_where("users.csv", lambda row: row["period"] != "2027-01"),
        *("users.csv", 2, "period", "web, Town"),
    ),
    "unknown site": (
        lambda case: edit(case / "users.csv", lambda text: text.replace("Town", "Tow")),
        *("users.csv", 2, "site", "Tow"),
    ),
    "shares of today above 1": (
        table_cell("current.csv", 2, "share", "0.9"),
        *("current.csv", 2, "share", "web, primary"),
    ),
    "commitment held on what is not sold so": (
        table_cell("held_commitments.csv", 2, "sku", "aa:x:g1"),
        *("held_commitments.csv", 2, "sku", "aa:x:g1, commit_1y"),
    ),
    "load that leaves out a slice": (
        rows_where("loads.csv", lambda row: row["slice"] != "night"),
        *("loads.csv", 2, "slice", "web"),
    ),
    "machine without memory": (
        table_cell("catalog/skus.csv", 2, "memory_gib", ""),
        *("catalog/skus.csv", 2, "memory_gib", "aa:x:m4"),
    ),
    "unknown card": (
        table_cell("catalog/accelerators.csv", 2, "accelerator", "HH"),
        *("catalog/skus.csv", 10, "accelerator", "H"),
    ),
    "overlapping validity": (
        row_added("catalog/prices.csv", *AGAIN),
        *("catalog/prices.csv", 13, "valid_from", "2026-02-01"),
    ),
    "price in a currency without a rate": (
        table_cell("catalog/prices.csv", 2, "PricingCurrency", "EUR"),
        *("case.toml", 0, "fx", "EUR 2027"),
    ),
    "site without access": (
        rows_where("network/links.csv", lambda row: row["kind"] != "access"),
        *("network/nodes.csv", 6, "node", "Town"),
    ),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_tables_that_do_not_fit_together(case, name):
    damage, *expected = MEANINGS[name]
    damage(case)
    refused(case, [tuple(expected)])


def test_several_files_broken_in_several_ways_are_told_in_one_go(case):
    table_cell("workloads.csv", 2, "classification", "secret")(case)
    table_cell("demand.csv", 2, "amount", "-4")(case)
    table_cell("catalog/prices.csv", 3, "ListUnitPrice", "NaN")(case)
    table_cell("network/links.csv", 2, "rtt_us", "fast")(case)
    edit(case / "case.toml", lambda text: text.replace("months = 3", "months = 4"))
    edit(
        case / "rules.toml",
        lambda text: text.replace("cap = 0.6", "cap = 6").replace('"cap" = 0.6', '"cap" = 6'),
    )
    problems = refused(
        case,
        [
            ("workloads.csv", 2, "classification", "secret"),
            ("demand.csv", 2, "amount", "-4"),
            ("catalog/prices.csv", 3, "ListUnitPrice", "NaN"),
            ("network/links.csv", 2, "rtt_us", "fast"),
        ],
    )
    assert {"case.toml", "rules.toml"} <= {p["file"] for p in problems}


# The folder


def test_unknown_names_are_told_beside_cells_that_cannot_be_read(case):
    """Also in the same row; not what may follow from a cell or a row that could not be read."""
    rows_set("demand.csv", workload="wbe", amount="many")(case)
    rows_set("users.csv", site="Twon", users="-")(case)
    rows_set("capacity.csv", subject="aa:y", amount="x")(case)
    rows_set("placement_costs.csv", region="", workload="webb")(case)
    rows_set("loads.csv", slice="dya", factor="2")(case)
    rows_set("move_limits.csv", period="2031-01", amount="?")(case)
    found = refused(case, [
        ("demand.csv", 2, "workload", "wbe"), ("demand.csv", 2, "amount", "many"),
        ("users.csv", 2, "site", "Twon"), ("users.csv", 2, "users", "-"),
        ("capacity.csv", 2, "subject", "aa:y"), ("capacity.csv", 2, "amount", "x"),
        ("placement_costs.csv", 2, "region", ""), ("placement_costs.csv", 2, "workload", "webb"),
        ("loads.csv", 2, "slice", "dya"), ("loads.csv", 2, "factor", "2"),
        ("move_limits.csv", 2, "period", "2031-01"), ("move_limits.csv", 2, "amount", "?"),
    ])  # fmt: skip
    assert len(found) == 12, "nothing is told twice, and nothing of what was not read"
    assert any("did you mean 'web'?" in p["mend"] for p in found if p["value"] == "wbe")


def test_a_table_whose_names_could_not_be_read_is_not_asked_for_any(case):
    rows_set("workloads.csv", workload="")(case)
    rows_set("agencies.csv", agency="a" * 500)(case)
    table_cell("demand.csv", 3, "amount", "x")(case)
    found = refused(case, [("workloads.csv", 2, "workload", ""), ("demand.csv", 3, "amount", "x")])
    assert {(p["file"], p["column"]) for p in found} == {
        ("workloads.csv", "workload"), ("agencies.csv", "agency"), ("demand.csv", "amount"),
    }  # fmt: skip


def test_a_table_that_the_case_does_not_name(case):
    (case / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    refused(case, [("notes.csv", 0, "", "")])


def test_a_table_that_nobody_reads_in_a_catalog(case):
    (case / "catalog" / "skuz.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    refused(case, [("catalog/skuz.csv", 0, "", "")])


def test_a_table_that_is_a_link_out_of_the_folder(case, tmp_path):
    secret = tmp_path / "secret.csv"
    (case / "demand.csv").rename(secret)
    (case / "demand.csv").symlink_to(secret)
    refused(case, [("case.toml", 0, "tables.demand", "demand.csv")])


def test_a_catalog_that_is_a_link_out_of_the_folder(case, tmp_path):
    (case / "catalog").rename(tmp_path / "elsewhere")
    (case / "catalog").symlink_to(tmp_path / "elsewhere")
    refused(case, [("case.toml", 0, "catalogs", "./catalog")])


def test_a_folder_that_is_no_case(tmp_path):
    (tmp_path / "empty").mkdir()
    ran = call("plan", tmp_path / "empty", "--out", tmp_path / "plan", "--json")
    assert ran.code == 5
    (problem,) = ran.document["problems"]
    assert (problem["file"], problem["problem"]) == ("case.toml", "the file is missing")
