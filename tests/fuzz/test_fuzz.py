"""Whatever is in a case, a plan folder, an archive or a trust file: a message and an exit code, no crash.

``pytest tests/fuzz --fuzz 2000`` spoils so many of each, instead of a few.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.cli import ROOT, call

ENDS = {0, 2, 3, 4, 5, 7}
"""Exit codes of the design; 2 only where what is named is not there any more, never 1."""

AT = st.integers(0, 10**6)
PUT = st.sampled_from(
    [b"", b"\x00", b"\xff\xfe", b",", b'"', b"\n", b"1e308", b"nan", b"[[", b"{}", b"-1", b"\x1b[2J",
     b"=cmd()", "\u202e".encode(), b"null", b"[]", b'{"a": {}}', b"9" * 400]
)  # fmt: skip
BYTES = st.tuples(st.just("bytes"), AT, AT, PUT, st.integers(0, 40))
"""Which file, where in it, what is put there, and how many bytes it takes the place of."""

CELLS = st.tuples(
    st.just("cell"), AT, AT, AT,
    st.sampled_from(["", "nan", "inf", "1e308", "-1", "0.5", "x", "True", "=cmd()", "\x1b[2J", "9" * 400,
                     "2027-99"]),
)  # fmt: skip
"""Which table, row and column, and what its cell holds then."""

ENTRIES = st.tuples(
    st.just("entry"), AT, AT, AT,
    st.sampled_from([None, True, -1, 1e308, 10**30, "x", "", [], [[1]], [{}], {}, {"a": None}]),
)  # fmt: skip
"""Which JSON file, which entry and which within it, and what it holds then."""

SPOILING = st.one_of(BYTES, CELLS, ENTRIES)
Change = tuple[Any, ...]


def spoil(folder: Path, changes: list[Change]) -> None:
    """Change files of a folder as told; what does not fit changes nothing."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    for how, *change in changes:
        fitting = [p for p in files if how == "bytes" or p.suffix == {"cell": ".csv", "entry": ".json"}[how]]
        if fitting:
            path = fitting[change[0] % len(fitting)]
            path.write_bytes(_HOW[how](path.read_bytes(), *change[1:]))


def _bytes(raw: bytes, at: int, content: bytes, gone: int) -> bytes:
    where = at % (len(raw) + 1)
    return raw[:where] + content + raw[where + gone :]


def _cell(raw: bytes, row: int, column: int, value: str) -> bytes:
    try:
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return raw
    if len(rows) < 2 or not rows[0]:
        return raw
    cells = rows[1 + row % (len(rows) - 1)]
    if cells:
        cells[column % len(cells)] = value
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode("utf-8")


def _entry(raw: bytes, which: int, within: int, value: object) -> bytes:
    try:
        record = json.loads(raw)
    except ValueError:
        return raw
    if not isinstance(record, dict) or not record:
        return raw
    key = sorted(record)[which % len(record)]
    inner = record[key]
    if isinstance(inner, dict) and inner and within % 2:
        inner[sorted(inner)[within % len(inner)]] = value
    else:
        record[key] = value
    return json.dumps(record).encode("utf-8")


_HOW: dict[str, Callable[..., bytes]] = {"bytes": _bytes, "cell": _cell, "entry": _entry}


def ends_well(*words: str | Path) -> None:
    ran = call(*words)
    assert ran.code in ENDS, (words, ran.code, ran.err[-2000:])
    assert "Traceback" not in ran.err


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fuzz") / "plan"
    assert call("plan", ROOT / "examples" / "vendor-cap", "--no-report", "--out", out).code == 0
    return out


@pytest.fixture
def fuzzed(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Runs a function with as many examples as asked, each without a deadline of its own."""
    asked = request.config.getoption("--fuzz")
    count = 4 if asked is None else int(asked)

    def run(function: Callable[..., None], *strategies: st.SearchStrategy[Any]) -> None:
        quiet = [HealthCheck.too_slow, HealthCheck.nested_given]
        given(*strategies)(
            settings(
                max_examples=count, derandomize=asked is None, deadline=None, suppress_health_check=quiet
            )(function)
        )()

    return run


CHANGES = st.lists(SPOILING, min_size=1, max_size=3)
OF_PLANS = (("show",), ("show", "--bound"), ("show", "--json"), ("show", "--where"), ("show", "--options"),
            ("show", "--signing"), ("compare",), ("audit",), ("audit", "--catalogs", "shipped"),
            ("audit", "--bound"), ("verify",))  # fmt: skip


def test_spoilt_plan_folders(fuzzed: Callable[..., None], plan: Path, tmp_path: Path) -> None:
    def one(changes: list[Change], command: tuple[str, ...]) -> None:
        copy = tmp_path / "plan"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(plan, copy)
        spoil(copy, changes)
        name, *options = command
        ends_well(name, copy, *([plan] if name == "compare" else []), *options)

    fuzzed(one, CHANGES, st.sampled_from(OF_PLANS))


def test_spoilt_cases(fuzzed: Callable[..., None], tmp_path: Path) -> None:
    def one(changes: list[Change]) -> None:
        case = tmp_path / "case"
        shutil.rmtree(case, ignore_errors=True)
        shutil.copytree(ROOT / "examples" / "vendor-cap", case)
        spoil(case, changes)
        ends_well("check", case)

    fuzzed(one, CHANGES)


def test_spoilt_archives(fuzzed: Callable[..., None], plan: Path, tmp_path: Path) -> None:
    whole = tmp_path / "plan.tar"
    assert call("bundle", plan, "--out", whole).code == 0

    def one(changes: list[Change], command: str) -> None:
        folder = tmp_path / "tar"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copyfile(whole, folder / "plan.tar")
        spoil(folder, changes)
        ends_well(command, folder / "plan.tar", *(["--out", folder / "out"] if command == "unbundle" else []))

    fuzzed(one, st.lists(BYTES, min_size=1, max_size=3), st.sampled_from(["verify", "unbundle"]))


LINES = [
    "[[key]]", "key = 1", f'key = "{"a" * 64}"', 'holder = "a"', "roles = []", 'roles = ["approved"]',
    "from = 2026-01-01", "until = 2020-01-01", "from = {}", "revoked_on = nan", "x = [[",
]  # fmt: skip


def test_spoilt_trust_files(fuzzed: Callable[..., None], plan: Path, tmp_path: Path) -> None:
    def one(content: str) -> None:
        path = tmp_path / "keys.toml"
        path.write_text(content, encoding="utf-8", errors="surrogatepass")
        ends_well("verify", plan, "--trust", path)

    fuzzed(one, st.one_of(st.text(), st.lists(st.sampled_from(LINES)).map("\n".join)))
