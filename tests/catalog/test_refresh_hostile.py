"""Fuzzed price lists: counted, and never half-written."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from datetime import date
from pathlib import Path

from price_lists import aws_list, aws_machine, aws_term, azure_item, azure_page, gcp_sku, package

from planner.catalog.load import read_folders
from planner.catalog.refresh.run import refresh
from planner.errors import PlannerError

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 29)
M7I = ("m7i", "general", "x86", 2, 8, "", "", "")
JUNK = [
    None,
    True,
    -1,
    0,
    1e308,
    "NaN",
    "1e999",
    "",
    "=1+1",
    "\u2028",
    "x" * 5000,
    [],
    {},
    [{}],
    "9" * 400,
    "-0",
    "\ud800",
    "\x1b[2J",
    "m7i.\u202e",
]


def _packages(root):
    return {
        "aws": package(root, "aws", {"m7i.large": M7I}, {"m7i.large": "0.1"}),
        "azure": package(
            root, "azure", {"Standard_D2as_v5": ("Dasv5", *M7I[1:])}, {"Standard_D2as_v5": "0.1"}
        ),
        "gcp": package(root, "gcp", {"n2-standard-2": ("n2", *M7I[1:])}, {"n2-standard-2": "0.1"}),
        "alibaba": package(root, "alibaba", {"ecs.g7.large": ("g7", *M7I[1:])}, {}),
    }


def _documents():
    entry = {"hours": [{"price": "0.09", "period": "1"}]}
    skus = [gcp_sku("N2 Instance Core running in X", 30_000_000),
            gcp_sku("N2 Instance Ram running in X", 4_000_000, unit="GiBy.h")]  # fmt: skip
    return {
        "aws": aws_list([aws_machine("A", "ap-1", "m7i.large")], {"A": aws_term("A", "0.11")}),
        "azure": azure_page([azure_item("Standard_D2as_v5", 0.11)]),
        "gcp": json.dumps({"skus": skus}).encode(),
        "alibaba": json.dumps({
            "currency": "USD", "version": "2", "publicationDate": "2026-10-08",
            "pricingInfo": {"kl-3::ecs.g7.large::vpc::linux::optimized": entry},
        }).encode(),
    }  # fmt: skip


def _spoil(value, rng):
    """The document with one value somewhere in it replaced, dropped or repeated."""
    places = []

    def walk(node):
        for key in node if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    walk(value)
    for _ in range(rng.randint(1, 3)):
        node, key = rng.choice(places)
        if (isinstance(node, list) and key >= len(node)) or (isinstance(node, dict) and key not in node):
            continue
        what = rng.random()
        if what < 0.7:
            node[key] = rng.choice(JUNK)
        elif what < 0.85:
            del node[key]
        elif isinstance(node, list):
            node.append(node[key])
    return json.dumps(value).encode()


def _fuzz(tmp_path, count, seed):
    packages, rng = _packages(tmp_path / "held"), random.Random(seed)
    told = {"proposed": 0, "refused": 0}
    for number in range(count):
        vendor, raw = rng.choice(sorted(_documents().items()))
        if rng.random() < 0.3:
            at = rng.randrange(len(raw))
            raw = raw[:at] + rng.randbytes(rng.randint(0, 3)) + raw[at + rng.randint(0, 40) :]
        elif rng.random() < 0.1:
            number_or_deep = rng.choice(
                [b"9" * 5000, b"[" * 10**6 + b"]" * 10**6, b"1e9999999", b"-1e-9999999"]
            )
            raw = re.sub(rb'"0[^"]*"|\b0\.11\b', number_or_deep, raw, count=1)
        else:
            raw = _spoil(json.loads(raw), rng)
        path, out = tmp_path / "list.json", tmp_path / f"new-{number}"
        path.write_bytes(raw)
        before = (packages[vendor] / "prices.csv").read_bytes()
        try:
            proposal = refresh(vendor, packages[vendor], out, DAY, given=str(path), stated=date(2026, 9, 1))
        except PlannerError:
            assert not out.exists(), raw
            told["refused"] += 1
        else:
            n = proposal.counts
            assert n["read"] == n["added"] + n["repriced"] + n["confirmed"] + n["refused"], raw
            beside = [("accelerators", tmp_path / "held" / "accelerators")]
            problems = read_folders([(vendor, out / vendor), *beside], DAY)[1]
            assert problems == [], raw
            told["proposed"] += 1
        assert (packages[vendor] / "prices.csv").read_bytes() == before
    assert min(told.values()) > count // 20
    assert not list(tmp_path.glob("*.downloads"))


def test_spoiled_documents(tmp_path, fuzz_count):
    _fuzz(tmp_path, fuzz_count // 2, 20)


CELLS = [
    "",
    "NaN",
    "-1",
    "1e999",
    "x" * 200,
    "=1+1",
    "2026-13-40",
    "USD",
    "any",
    "0",
    "\u2028",
    "a:b:c:d",
    '"',
    ",",
]


def test_spoiled_tables(tmp_path, fuzz_count):
    """A package with spoiled cells, rows or bytes is refreshed, or refused with issues and left alone."""
    packages, rng = _packages(tmp_path / "held"), random.Random(21)
    path, list_of = tmp_path / "list.json", _documents()
    told = {"sound": 0, "refused": 0}
    for number in range(fuzz_count - fuzz_count // 2):
        vendor = rng.choice(sorted(packages))
        folder = packages[vendor]
        table = rng.choice(sorted(folder.glob("*.csv")))
        before = table.read_bytes()
        table.write_bytes(_spoiled_table(before, rng))
        state = {p.name: p.read_bytes() for p in folder.iterdir()}
        path.write_bytes(list_of[vendor])
        out = tmp_path / f"new-{number}"
        try:
            proposal = refresh(vendor, folder, out, DAY, given=str(path), stated=date(2026, 9, 1))
        except PlannerError:
            assert not out.exists(), state[table.name]
            told["refused"] += 1
        else:
            n = proposal.counts
            assert n["read"] == n["added"] + n["repriced"] + n["confirmed"] + n["refused"]
            beside = [("accelerators", tmp_path / "held" / "accelerators")]
            assert read_folders([(vendor, out / vendor), *beside], DAY)[1] == [], state[table.name]
            told["sound"] += 1
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == state
        table.write_bytes(before)
    assert min(told.values()) > 0


def _spoiled_table(raw, rng):
    """A table with a cell replaced, a row twice or gone, a column gone, or bytes of it changed."""
    if rng.random() < 0.2:
        at = rng.randrange(len(raw))
        return raw[:at] + rng.randbytes(rng.randint(0, 3)) + raw[at + rng.randint(0, 20) :]
    rows = list(csv.reader(io.StringIO(raw.decode())))
    row = rng.randrange(len(rows))
    what = rng.random()
    if what < 0.7:
        rows[row][rng.randrange(len(rows[row]))] = rng.choice(CELLS)
    elif what < 0.8:
        rows.append(rows[row])
    elif what < 0.9:
        del rows[row]
    else:
        for line in rows:
            del line[-1]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()
