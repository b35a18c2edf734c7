"""Whatever is in a case, a plan folder, an archive or a trust file: a message and an exit code, no crash.

``FUZZ_EXAMPLES=2000 pytest tests/fuzz`` tries more.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.cli import ROOT, call

ENDS = {0, 2, 3, 4, 5, 7}
"""Exit codes of the design; 2 only where what is named is not there any more, never 1."""

SPOILING = st.tuples(
    st.integers(0, 10**6), st.integers(0, 10**6),
    st.sampled_from([b"", b"\x00", b"\xff\xfe", b",", b'"', b"\n", b"1e308", b"nan", b"[[", b"{}", b"-1",
                     b"\x1b[2J", b"=cmd()", "\u202e".encode(), b"null", b"[]", b'{"a": {}}', b"9" * 400]),
    st.integers(0, 40),
)  # fmt: skip
"""Which file, where in it, what is put there, and how many bytes it takes the place of."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fuzz") / "plan"
    assert call("plan", ROOT / "examples" / "vendor-cap", "--no-report", "--out", out).code == 0
    return out


def spoil(folder: Path, changes: list[tuple[int, int, bytes, int]]) -> None:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    for which, at, content, gone in changes:
        path = files[which % len(files)]
        raw = path.read_bytes()
        where = at % (len(raw) + 1)
        path.write_bytes(raw[:where] + content + raw[where + gone :])


def ends_well(*words: str | Path) -> None:
    ran = call(*words)
    assert ran.code in ENDS, (words, ran.code, ran.err[-2000:])
    assert "Traceback" not in ran.err


def fuzzed(function):  # type: ignore[no-untyped-def]
    """As many examples as asked, each without a deadline of its own."""
    quiet = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    count = int(os.environ.get("FUZZ_EXAMPLES", "4"))
    return settings(max_examples=count, derandomize=count <= 4, deadline=None, suppress_health_check=quiet)(
        function
    )


@fuzzed
@given(changes=st.lists(SPOILING, min_size=1, max_size=3))
def test_spoilt_plan_folders(changes: list[tuple[int, int, bytes, int]], plan: Path, tmp_path: Path) -> None:
    copy = tmp_path / "plan"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(plan, copy)
    spoil(copy, changes)
    for words in (("show", copy), ("show", copy, "--bound"), ("compare", copy, plan), ("audit", copy),
                  ("verify", copy)):  # fmt: skip
        ends_well(*words)


@fuzzed
@given(changes=st.lists(SPOILING, min_size=1, max_size=3))
def test_spoilt_cases(changes: list[tuple[int, int, bytes, int]], tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.rmtree(case, ignore_errors=True)
    shutil.copytree(ROOT / "examples" / "vendor-cap", case)
    spoil(case, changes)
    ends_well("check", case)


@fuzzed
@given(changes=st.lists(SPOILING, min_size=1, max_size=3))
def test_spoilt_archives(changes: list[tuple[int, int, bytes, int]], plan: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tar"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    assert call("bundle", plan, "--out", folder / "plan.tar").code == 0
    spoil(folder, changes)
    ends_well("verify", folder / "plan.tar")
    ends_well("unbundle", folder / "plan.tar", "--out", folder / "out")


LINES = [
    "[[key]]", "key = 1", f'key = "{"a" * 64}"', 'holder = "a"', "roles = []", 'roles = ["approved"]',
    "from = 2026-01-01", "until = 2020-01-01", "from = {}", "revoked_on = nan", "x = [[",
]  # fmt: skip


@fuzzed
@given(content=st.one_of(st.text(), st.lists(st.sampled_from(LINES)).map("\n".join)))
def test_spoilt_trust_files(content: str, plan: Path, tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(content, encoding="utf-8", errors="surrogatepass")
    ends_well("verify", plan, "--trust", path)
