"""Bills in the FOCUS format: what they say of systems, and that every cent is accounted for."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cli import ROOT, process
from support.depth import cases

from planner.errors import BadInput
from planner.inputs import read_case
from planner.start.bill import read_bill
from planner.start.estate import case_tables
from planner.start.init import new_case
from planner.start.mapping import Bought, Mapping, Naming, ResourceRule, read_mapping

SAMPLE = Path(__file__).parent / "data" / "focus_1_0.csv"
NAMES = Mapping(
    Naming(("tag:app", "SubAccountName")),
    Naming(("tag:agency",), default="our-agency"),
    Naming(("tag:class",), names={"Open": "terbuka"}),
    {"here": "own:here"},
    {"custom-4": (4.0, 16.0)},
    (
        ResourceRule("egress_gib", "GB", contains="transfer out"),
        ResourceRule("object_gib", "GB-Months", service="Object Store"),
    ),
)
LINE = {
    "BilledCost": "1.25", "BillingCurrency": "MYR", "ChargeCategory": "Usage",
    "ChargePeriodStart": "2026-10-01T00:00:00Z", "ChargePeriodEnd": "2026-10-01T01:00:00Z",
    "ConsumedQuantity": "1", "ConsumedUnit": "Hours", "RegionId": "here", "ServiceCategory": "Compute",
    "ServiceName": "Machines", "ServiceProviderName": "Own", "ChargeDescription": "custom-4 an hour",
    "Tags": '{"app": "portal", "class": "Open"}',
}  # fmt: skip


def bill(tmp_path, *lines, drop=()):
    """A bill of some lines, each LINE with changes."""
    path = tmp_path / "bill.csv"
    columns = [name for name in LINE if name not in drop]
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows([{**LINE, **line} for line in lines])
    return path


def needs(estate):
    return {(row.workload, row.resource): row.amount for row in estate.needs.itertuples()}


def cents(estate):
    """Cost of what is mapped and of what is not."""
    return tuple(float(estate.beside[name]["cost"].sum()) for name in ("bill.csv", "unmapped.csv"))


def at(hour, length=1):
    return {
        "ChargePeriodStart": f"2026-10-01T{hour:02}:00:00Z",
        "ChargePeriodEnd": f"2026-10-01T{hour + length:02}:00:00Z",
    }


def test_vcpu_and_memory_are_the_most_that_ran_in_an_hour(tmp_path):
    estate = read_bill(
        [bill(tmp_path, at(0), at(0), at(1), {**at(2), "ConsumedQuantity": "0.5"})], NAMES
    )  # two machines of 4 vCPU and 16 GiB in the first hour
    assert needs(estate) == {("portal", "vcpu"): 8.0, ("portal", "memory_gib"): 32.0}
    assert cents(estate) == (5.0, 0.0)


def test_lines_of_different_length_run_beside_each_other(tmp_path):
    day = {"ChargePeriodEnd": "2026-10-02T00:00:00Z", "ConsumedQuantity": "24"}
    assert needs(read_bill([bill(tmp_path, at(3), day)], NAMES))["portal", "vcpu"] == 8.0


def test_what_is_stored_is_its_mean_over_the_bill(tmp_path):
    # 730 hours are a month: 10 GB-months of each half are 10 GB on the mean of the two halves.
    half = {"ServiceName": "Object Store", "ServiceCategory": "Storage", "ConsumedUnit": "GB-Months"}
    first = {**half, "ConsumedQuantity": "10", "ChargePeriodEnd": "2026-10-16T05:00:00Z"}
    second = {**half, "ConsumedQuantity": "20", "ChargePeriodStart": "2026-10-16T05:00:00Z",
              "ChargePeriodEnd": "2026-10-31T10:00:00Z"}  # fmt: skip
    assert needs(read_bill([bill(tmp_path, first, second)], NAMES)) == {
        ("portal", "object_gib"): pytest.approx(30.0)
    }


def test_machines_are_known_by_details_or_by_words(tmp_path):
    stated = {"SkuPriceDetails": '{"CoreCount": 6, "MemorySize": 24}', "ChargeDescription": "a machine"}
    LINE.setdefault("SkuPriceDetails", "")
    estate = read_bill([bill(tmp_path, stated, {"ChargeDescription": "m6i.xlarge, Linux"})], NAMES)
    assert needs(estate)["portal", "vcpu"] == 6 + 4  # m6i.xlarge has 4 vCPU in the shipped catalogs


def test_what_is_not_mapped_is_listed_with_its_cost(tmp_path):
    lines = (
        {},
        {"Tags": "{}", "BilledCost": "2"},
        {"RegionId": "elsewhere", "BilledCost": "3"},
        {"ChargeDescription": "a queue", "ConsumedUnit": "Requests", "BilledCost": "4"},
        {"ChargeCategory": "Tax", "BilledCost": "5"},
    )
    estate = read_bill([bill(tmp_path, *lines)], NAMES)
    assert cents(estate) == (1.25 + 5, 9.0)  # the tax is a charge of the system
    reasons = dict(
        zip(estate.beside["unmapped.csv"]["cost"], estate.beside["unmapped.csv"]["reason"], strict=True)
    )
    assert "no system" in reasons[2.0]
    assert "in no catalog of its provider" in reasons[3.0]
    assert "no resource" in reasons[4.0]


def test_currencies_are_never_added_up(tmp_path):
    estate = read_bill([bill(tmp_path, {}, {"BillingCurrency": "USD", "BilledCost": "7"})], NAMES)
    assert any("MYR 1.25 billed" in note for note in estate.notes)
    assert any("USD 7.00 billed" in note for note in estate.notes)


def test_a_system_without_a_class_is_told_not_guessed(tmp_path):
    with pytest.raises(BadInput) as caught:
        read_bill([bill(tmp_path, {"Tags": '{"app": "portal"}'})], NAMES)
    assert [problem.column for problem in caught.value.problems] == ["classification"]


def test_a_line_without_a_tag_takes_the_class_of_its_system(tmp_path):
    other = {"Tags": '{"app": "portal"}'}
    assert read_bill([bill(tmp_path, {}, other)], NAMES).systems.to_dict("records") == [
        {"workload": "portal", "agency": "our-agency", "classification": "terbuka"}
    ]


def test_two_agencies_of_one_system_are_told(tmp_path):
    other = {"Tags": '{"app": "portal", "class": "Open", "agency": "health"}'}
    with pytest.raises(BadInput, match="1 problem"):
        read_bill(
            [bill(tmp_path, {"Tags": '{"app": "portal", "class": "Open", "agency": "tax"}'}, other)], NAMES
        )


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"BilledCost": "many"}, "BilledCost"),
        ({"BilledCost": ""}, "BilledCost"),
        ({"BilledCost": "1e300"}, "BilledCost"),
        ({"ConsumedQuantity": "NaN?"}, "ConsumedQuantity"),
        ({"ChargePeriodStart": "yesterday"}, "ChargePeriodStart"),
        ({"ChargePeriodEnd": "2026-09-01T00:00:00Z"}, "ChargePeriodEnd"),
    ],
)
def test_a_bad_cell_is_told_with_its_line(tmp_path, change, column):
    with pytest.raises(BadInput) as caught:
        read_bill([bill(tmp_path, {}, change)], NAMES)
    assert {(problem.row, problem.column) for problem in caught.value.problems} == {(3, column)}


def test_missing_columns_are_told_all_at_once(tmp_path):
    with pytest.raises(BadInput) as caught:
        read_bill([bill(tmp_path, {}, drop=("RegionId", "ServiceProviderName"))], NAMES)
    assert len(caught.value.problems) == 2


def test_wrong_lines_are_counted_beyond_a_hundred(tmp_path):
    with pytest.raises(BadInput) as caught:
        read_bill([bill(tmp_path, *[{"BilledCost": "x"}] * 250)], NAMES)
    assert len(caught.value.problems) == 101
    assert any("150 more" in problem.problem for problem in caught.value.problems)


def test_parquet_says_the_same_as_csv(tmp_path):
    path = bill(tmp_path, at(0), at(1), {"Tags": "{}"})
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame["BilledCost"] = frame["BilledCost"].astype(float)
    frame["ChargePeriodStart"] = pd.to_datetime(frame["ChargePeriodStart"])
    frame["Tags"] = [list(json.loads(text).items()) for text in frame["Tags"]]
    frame.to_parquet(tmp_path / "bill.parquet")
    one, other = (read_bill([tmp_path / name], NAMES) for name in ("bill.csv", "bill.parquet"))
    pd.testing.assert_frame_equal(one.needs, other.needs)
    pd.testing.assert_frame_equal(one.beside["bill.csv"], other.beside["bill.csv"])


def test_the_public_sample_ties_to_its_total(tmp_path):
    mapping = tmp_path / "names.toml"
    mapping.write_text(
        '[workload]\nfrom = ["tag:application", "tag:Project", "SubAccountName"]\n[agency]\ndefault = "us"\n'
        '[classification]\ndefault = "terbuka"\n[regions]\n"us-east-1" = "elsewhere"\n'
        '[[resource]]\nresource = "block_gib"\nunit = "GB-Months"\n'
    )
    estate = read_bill([SAMPLE], read_mapping(mapping))
    with SAMPLE.open(encoding="utf-8") as stream:
        total = sum((Decimal(row["BilledCost"]) for row in csv.DictReader(stream)), Decimal(0))
    assert sum(cents(estate)) == pytest.approx(float(total), abs=0.005)
    assert len(estate.systems) == 6


def test_an_imported_bill_is_a_case_that_reads(tmp_path):
    from datetime import date

    from planner.start.answers import Answers

    new_case(tmp_path / "first", Answers("MY", "MYR", "2027-01", date(2026, 11, 29), count=2))
    here = {"RegionId": "ap-southeast-5", "ServiceProviderName": "AWS"}
    bill(
        tmp_path,
        here,
        {**here, "Tags": '{"app": "b", "class": "Open"}'},
    )
    (tmp_path / "names.toml").write_text(
        '[workload]\nfrom = ["tag:app"]\n[agency]\ndefault = "us"\n'
        '[machines]\n"custom-4" = {vcpu = 4, memory_gib = 16}\n'
        '[classification]\nfrom = ["tag:class"]\nnames = {Open = "open"}\n'
    )
    asked = ["--mapping", "names.toml", "--case", "first", "--out", "ours"]
    made = process("import", "focus", "bill.csv", *asked, cwd=tmp_path)
    assert made.code == 0, made.err
    assert "left out" in made.out
    case = read_case(tmp_path / "ours")
    assert list(case.workloads["workload"]) == ["b", "portal"]
    assert case.settings.id == "ours"
    assert case.settings.start == "2027-01"


CELLS = st.sampled_from(
    ["", "NULL", "0", "-3.5", "1e9", "inf", "nan", "x", '{"app": "a"}', '{"app": ["b"]}', "{", "[1]",
     "2026-10-01", "2026-10-01T00:00:00Z", "2026-10-01T01:00:00Z", "Usage", "Hours", "GB-Months", "GB",
     "custom-4", "here", "=1+1",
     "\u202e<script>", "a" * 5000]
)  # fmt: skip


@settings(max_examples=cases(20), deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(LINE)), CELLS, max_size=4), min_size=1, max_size=5))
def test_any_bill_is_read_to_the_cent_or_refused(tmp_path_factory, lines):
    path = bill(tmp_path_factory.mktemp("fuzz"), *lines)
    try:
        estate = read_bill([path], NAMES)
    except BadInput as error:
        assert error.problems
        return
    total = sum(float({**LINE, **line}["BilledCost"]) for line in lines)
    assert sum(estate.beside[name]["cost"].sum() for name in ("bill.csv", "unmapped.csv")) == pytest.approx(
        total
    )
    assert sum(estate.beside[name]["lines"].sum() for name in ("bill.csv", "unmapped.csv")) == len(lines)
    for content in case_tables(estate, "2027-01").values():
        assert list(csv.reader(io.StringIO(content.decode())))


COVERED = {"RegionId": "ap-southeast-5", "ServiceProviderName": "AWS",
           "ChargeDescription": "m6i.xlarge, Linux",
           "CommitmentDiscountId": "ri-7", "CommitmentDiscountName": "seven",
           "CommitmentDiscountCategory": "Usage"}  # fmt: skip


def held_by(tmp_path, stated, *changes, horizon="2027-01"):
    lines = [{**COVERED, **at(i % 2), **change} for i, change in enumerate(changes)]
    columns = {**LINE, **dict.fromkeys(COVERED, "")}
    path = tmp_path / "bill.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows([{**columns, **line} for line in lines])
    return read_bill([path], replace(NAMES, commitments=stated), horizon=horizon)


def test_machines_under_a_commitment_are_held_on(tmp_path):
    # Two in the first hour, one in the second: two were bought.
    estate = held_by(tmp_path, {"ri-7": Bought("commit_3y", "2026-03")}, {}, {}, {})
    assert estate.held.to_dict("records") == [
        {"payer": "our-agency", "sku": "aws:ap-southeast-5:m6i.xlarge", "term": "commit_3y",
         "start": "2026-03", "units": 2}
    ]  # fmt: skip
    assert estate.beside["commitments.csv"]["became"].tolist() == [
        "held_commitments.csv: 2 of aws:ap-southeast-5:m6i.xlarge"
    ]
    assert b"m6i.xlarge,commit_3y,2026-03,2" in case_tables(estate, "2027-01")["held_commitments.csv"]


@pytest.mark.parametrize(
    ("stated", "change", "words"),
    [
        ({}, {}, "does not state its term and start"),
        ({"ri-7": Bought("commit_1y", "2025-12")}, {}, "ended before the horizon, in 2026-11"),
        ({"seven": Bought("commit_1y", "2027-02")}, {}, "begins in 2027-02, not before the horizon"),
        (
            {"ri-7": Bought("commit_1y", "2026-03")},
            {"CommitmentDiscountCategory": "Spend"},
            "spend_commitments",
        ),
        (
            {"ri-7": Bought("commit_1y", "2026-03")},
            {"ChargeDescription": "custom-4"},
            "no shipped catalog sells",
        ),
        ({"ri-7": Bought("commit_1y", "2026-03")}, {"ConsumedUnit": "Requests"}, "no line that it covered"),
    ],
)
def test_what_cannot_be_held_on_is_listed_with_its_reason(tmp_path, stated, change, words):
    estate = held_by(tmp_path, stated, change, {"CommitmentDiscountId": ""})
    assert estate.held.empty
    [became] = estate.beside["commitments.csv"]["became"]
    assert words in became
    assert "held_commitments.csv" not in case_tables(estate, "2027-01")


def test_two_agencies_under_one_commitment_ask_for_its_payer(tmp_path):
    stated = {"ri-7": Bought("commit_1y", "2026-03")}
    other = {"Tags": '{"app": "other", "class": "Open", "agency": "health"}'}
    assert "say its payer" in held_by(tmp_path, stated, {}, other).beside["commitments.csv"]["became"][0]
    stated = {"ri-7": Bought("commit_1y", "2026-03", units=5, payer="health")}
    assert held_by(tmp_path, stated, {}, other).held[["payer", "units"]].values.tolist() == [["health", 5]]


def test_a_commitment_that_no_bill_has_is_told(tmp_path):
    estate = held_by(tmp_path, {"ri-8": Bought("commit_1y", "2026-03")}, {})
    assert any("ri-8" in note for note in estate.notes)


def test_a_class_that_the_case_does_not_have_is_told_at_the_import(tmp_path):
    from datetime import date

    from planner.start.answers import Answers

    new_case(
        tmp_path / "first", Answers("MY", "MYR", "2027-01", date(2026, 11, 29), packs=("malaysia-2026",))
    )
    bill(tmp_path, {})
    (tmp_path / "names.toml").write_text(
        '[workload]\nfrom = ["tag:app"]\n[agency]\ndefault = "us"\n[regions]\nhere = "aws:ap-southeast-5"\n'
        '[machines]\n"custom-4" = {vcpu = 4, memory_gib = 16}\n[classification]\nfrom = ["tag:class"]\n'
    )
    asked = ["--mapping", "names.toml", "--case", "first", "--out", "ours"]
    made = process("import", "focus", "bill.csv", *asked, cwd=tmp_path)
    assert made.code == 5
    assert "'Open': is no class of the case's scheme" in made.err
    assert not (tmp_path / "ours").exists()


@pytest.mark.slow
def test_a_million_lines_tie_to_the_cent_in_bounded_memory(tmp_path):
    """Measured on 2026-11-29: 15 s of CPU and 452 MiB for 726 MB of text."""
    with SAMPLE.open(encoding="utf-8") as stream:
        header, *lines = stream.read().splitlines(keepends=True)
    rows = list(csv.DictReader([header, *lines]))
    assert len(rows) == len(lines)
    times, rest = divmod(1_000_000, len(lines))
    with (tmp_path / "bill.csv").open("w", encoding="utf-8") as stream:
        stream.write(header)
        for _ in range(times):
            stream.writelines(lines)
        stream.writelines(lines[:rest])
    costs = [Decimal(row["BilledCost"]) for row in rows]
    total = times * sum(costs) + sum(costs[:rest])
    code = (
        "import resource, sys; from pathlib import Path; from planner.start.bill import read_bill;"
        "from planner.start.mapping import Mapping, Naming;"
        "names = Mapping(Naming(('tag:application', 'SubAccountName')), Naming(default='us'),"
        "Naming(default='terbuka'), {'us-west-2': 'own:w'}, {}, ());"
        "estate = read_bill([Path(sys.argv[1])], names);"
        "print(sum(estate.beside[n]['cost'].sum() for n in ('bill.csv', 'unmapped.csv')));"
        "print(sum(estate.beside[n]['lines'].sum() for n in ('bill.csv', 'unmapped.csv')));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "bill.csv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    cost, count, peak = ran.stdout.split()
    assert float(cost) == pytest.approx(float(total), abs=0.005)
    assert int(count) == 1_000_000
    assert int(peak) < 500 * 1024
