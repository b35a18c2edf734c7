"""Kill -9 at any moment: the old result or the new one, never half, and the next run works.

Few moments of each command are tried each time, fifty with ``--slow``.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from support.cli import ROOT, environment, tree
from support.killed_at import Runner, runner

from planner.audit.seal.content import read_folder
from planner.audit.seal.records import check
from planner.plan.folder import not_as_written

CASE = ROOT / "examples" / "vendor-cap"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    env = environment({"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"})
    with runner(env, tmp_path_factory.mktemp("runner")) as started:
        yield started


@pytest.fixture(scope="module")
def old(run: Runner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of the case under another cap."""
    folder = tmp_path_factory.mktemp("old")
    case = Path(shutil.copytree(CASE, folder / "case"))
    rules = (case / "rules.toml").read_text(encoding="utf-8")
    (case / "rules.toml").write_text(rules.replace("cap = 0.5", "cap = 0.6"), encoding="utf-8")
    assert run.run("plan", case, "--no-report", "--out", folder / "plan")["code"] == 0
    return folder / "plan"


@dataclass(frozen=True)
class Command:
    """A command in a folder that ``old`` was copied into.

    ``results`` is what is looked at after a kill; ``whole`` asks more of it. ``moments`` are tried each time.
    """

    words: Callable[[Path], tuple[str | Path, ...]]
    results: Callable[[Path], object]
    whole: Callable[[Path], bool] = lambda folder: True
    moments: int = 2


def _tree(name: str) -> Callable[[Path], object]:
    return lambda folder: tree(folder / name) if (folder / name).exists() else None


def _signed(folder: Path) -> object:
    """How many have signed: the time of a signature is never the same."""
    return len(check(read_folder(folder / "plan")))


def _key(folder: Path) -> Path:
    path = folder / "key.pem"
    key = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


COMMANDS = {
    "plan": Command(
        lambda f: ("plan", CASE, "--no-report", "--out", f / "plan"), _tree("plan"),
        lambda f: not_as_written(f / "plan") == "",
    ),
    "sign": Command(lambda f: ("sign", f / "plan", "--key", _key(f), "--role", "prepared"), _signed),
    "bundle": Command(
        lambda f: ("bundle", f / "plan", "--out", f / "plan.tar"),
        lambda f: (f / "plan.tar").read_bytes() if (f / "plan.tar").exists() else None,
    ),
    "unbundle": Command(lambda f: ("unbundle", f / "old.tar", "--out", f / "out"), _tree("out")),
    "stress": Command(
        lambda f: ("stress", CASE, "--stressor", "demand:*:+10%", "--jobs", "1", "--out", f / "study",
                   "--keep", f / "runs"),
        _tree("study"), moments=1,
    ),
}  # fmt: skip


def fresh(old: Path, folder: Path, archive: bytes) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(old, folder / "plan")
    (folder / "old.tar").write_bytes(archive)
    return folder


SLOW = [pytest.param(name, 50, marks=pytest.mark.slow) for name in COMMANDS]


@pytest.mark.parametrize(("name", "moments"), [*((n, c.moments) for n, c in COMMANDS.items()), *SLOW])
def test_a_killed_run_leaves_the_old_or_the_new(
    name: str, moments: int, run: Runner, old: Path, tmp_path: Path
) -> None:
    assert run.run("bundle", old, "--out", tmp_path / "old.tar")["code"] == 0
    archive, command = (tmp_path / "old.tar").read_bytes(), COMMANDS[name]
    folder = fresh(old, tmp_path / "work", archive)
    before = command.results(folder)
    done = run.run(*command.words(folder))
    assert done["code"] == 0
    after, events = command.results(folder), done["events"]
    assert after != before and events > 0
    chosen = random.Random(f"{name} {moments}").sample(range(events), min(moments, events))
    for at in sorted({*chosen, events - 1}):
        fresh(old, folder, archive)
        assert run.run(*command.words(folder), at=at)["killed"], at
        left = command.results(folder)
        assert left in (before, after), f"half after a kill at {at} of {events}"
        assert command.whole(folder)
        if left == before:
            assert run.run(*command.words(folder))["code"] == 0, f"no run after a kill at {at}"
            assert command.results(folder) == after
