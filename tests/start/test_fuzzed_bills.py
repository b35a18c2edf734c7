"""Spoiled bills: read to the cent and to the line, or refused with problems; never a traceback.

2,000 files: ``pytest tests/start/test_fuzzed_bills.py --fuzz 2000``.
"""

from __future__ import annotations

import csv
import io
import random
from decimal import Decimal, InvalidOperation

import pytest
from files.test_fuzzed_files import spoiled
from start.test_import_focus import LINE, NAMES

from planner.errors import BadInput
from planner.start.bill import read_bill

QUICK = 200
"""The usual ``--fuzz``, of which an eighth is spoiled here."""


def whole_bill() -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, LINE)
    writer.writeheader()
    lines = ({}, {"ConsumedUnit": "GB", "ChargeDescription": "transfer out"}, {"BilledCost": "-0.07"})
    writer.writerows({**LINE, **change} for change in lines)
    return stream.getvalue().encode()


def test_no_spoiled_bill_raises_or_loses_a_cent(tmp_path, fuzz_count):
    rng, raw, read = random.Random(7), whole_bill(), 0
    for number in range(fuzz_count if fuzz_count != QUICK else QUICK // 8):
        path = tmp_path / "bill.csv"
        path.write_bytes(spoiled(raw, rng) if number else raw)
        try:
            estate = read_bill([path], NAMES)
        except BadInput as error:
            assert all(problem.problem and problem.mend for problem in error.problems), number
            continue
        rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
        try:
            total = sum((Decimal(row["BilledCost"]) for row in rows), Decimal(0))
        except (InvalidOperation, TypeError):
            continue
        read += 1
        both = [estate.beside[name] for name in ("bill.csv", "unmapped.csv")]
        assert sum(int(frame["lines"].sum()) for frame in both) == len(rows), number
        assert sum(float(frame["cost"].sum()) for frame in both) == pytest.approx(float(total), abs=0.005), (
            number
        )
    assert read > 0
