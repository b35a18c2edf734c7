"""Tables as text: UTF-8 with or without byte-order mark; commas, semicolons or tabs; any line ends."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Set

from planner.files.grid import Gathering, Grid, refused

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_BOM = b"\xef\xbb\xbf"
_HINT = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_SAVE = "Save it as CSV UTF-8 (in a spreadsheet program: Save as, CSV UTF-8)."


def read_text(raw: bytes, names: Set[str], where: str) -> Grid:
    """The table in the bytes of a text file.

    Parameters
    ----------
    names
        The columns that the table may have; what separates the cells is what makes most of them out in
        the header.
    where
        The file's name in problems.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return refused(where, "the file is UTF-16, not UTF-8", _SAVE)
    raw = raw.removeprefix(_BOM)
    if b"\x00" in raw:
        return refused(where, "the file is binary, not text", "Save the table as CSV UTF-8, or as .xlsx.")
    if not raw.strip(b" \t\r\n,;"):
        return refused(where, "the file is empty", "Write at least the header row.")
    try:
        text = unicodedata.normalize("NFC", raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        row = len(re.findall(rb"\r\n|\r|\n", raw[: error.start])) + 1
        bad = raw[error.start : error.start + 1].hex()
        return refused(where, "the file is not UTF-8", _SAVE, row, "", f"0x{bad}")
    return _split(text, names, where)


def _split(text: str, names: Set[str], where: str) -> Grid:
    hint = _HINT.match(text)
    # A spreadsheet program writes and reads a first line sep=; that says what separates cells.
    begins = 2 if hint else 1
    separator = hint[1] if hint else separator_of(text, names)
    gathering = Gathering(where)
    stream = io.StringIO(text[hint.end() :] if hint else text, newline="")
    reader = csv.reader(stream, delimiter=separator, strict=True, skipinitialspace=True)
    number, has_cr = begins, "\r" in text
    try:
        for cells in reader:
            gathering.add(number, [cell.replace("\r\n", "\n") for cell in cells] if has_cr else cells)
            number = begins + reader.line_num
    except csv.Error as error:
        row = begins - 1 + reader.line_num
        return refused(where, f"not valid CSV ({error})", "Check the double quotes.", row)
    if not gathering.header:
        return refused(where, "the file is empty", "Write at least the header row.")
    said = _SEPARATORS.get(separator, f"cells between {separator!r}")
    return gathering.grid([] if separator == "," else [f"separated by {said}"], separator=separator)


def separator_of(text: str, names: Set[str]) -> str:
    """What separates the cells of the header: that which makes most known columns out; commas in a tie."""
    first = next((line for line in re.split(r"\r\n|\r|\n", text) if line.strip(" ,;\t")), "")

    def columns(separator: str) -> int:
        return sum(cell.strip().strip('"').strip() in names for cell in first.split(separator))

    return max(_SEPARATORS, key=columns)
