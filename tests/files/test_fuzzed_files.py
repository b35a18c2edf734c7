"""Spoiled files: never an exception, and no row lost without a problem or a note that says so."""

from __future__ import annotations

import csv
import io
import random

import pytest
from files.test_text_files import FORMS, OURS, TABLE

from planner import tables

SPOILS = b'";,\t\n\r\x00\xef\xbb\xbf\xff= .-0e\xc2\xa0'


def spoiled(raw: bytes, rng: random.Random) -> bytes:
    data = bytearray(raw)
    for _ in range(rng.randint(1, 8)):
        where = rng.randrange(len(data) + 1)
        match rng.randrange(4):
            case 0:
                data[where:where] = bytes([rng.choice(SPOILS)])
            case 1:
                del data[where : where + rng.randint(1, 6)]
            case 2:
                data[where : where + 1] = bytes([rng.randrange(256)])
            case 3:
                data += data[where : where + rng.randint(1, 40)]
    return bytes(data)


def records(raw: bytes, notes: tuple[str, ...]) -> int:
    """Records of the text that are not blank, counted without the planner."""
    text = raw.decode("utf-8-sig")
    text = text[6:] if text.lower().startswith("sep=") else text
    said = " ".join(notes)
    separator = ";" if "semicolons" in said else "\t" if "tabs" in said else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    return sum(any(cell.strip() for cell in line) for line in lines)


@pytest.mark.parametrize("seed", range(4))
def test_no_spoiled_file_raises_or_loses_a_row_in_silence(seed):
    rng = random.Random(seed)
    for number in range(500):
        raw = spoiled(rng.choice([OURS, *FORMS.values()]), rng)
        held = tables.content(raw, TABLE)
        shown = f"{seed}/{number}: {raw!r}"
        assert all(p.problem and p.mend for p in held.problems), shown
        if held.problems:
            continue
        again = tables.content(held.csv or raw, TABLE)
        assert len(held.frame) == records(raw, held.notes) - 1, shown
        # What a plan keeps says the same as what was read, in our form, with nothing more to say of it.
        assert (again.problems, again.notes, again.csv) == ((), (), None), shown
        assert again.frame.drop(columns="_row").equals(held.frame.drop(columns="_row")), shown
