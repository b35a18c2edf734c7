"""Bundles: one archive, exactly one form, nothing that leads out, nothing changed, nothing secret."""

from __future__ import annotations

import io
import random
import tarfile
from pathlib import Path

import pytest
from audit.small_plan import small_world, write
from audit.test_seal import ALICE, BOB, signed, small

from planner.audit.audit import audit
from planner.audit.seal.bundle import open_bundle, pack, unpack, write_folder
from planner.audit.seal.content import read_folder
from planner.audit.seal.public import public
from planner.audit.seal.records import check
from planner.errors import AuditFailed

CORRUPTIONS = 10_000


def test_a_bundle_holds_the_plan(plan: Path, tmp_path: Path) -> None:
    files = read_folder(plan)
    write_folder(open_bundle(pack(files)), tmp_path / "out")
    assert read_folder(tmp_path / "out") == files
    assert audit(tmp_path / "out").failed() is False


def test_any_tar_program_can_read_a_bundle() -> None:
    files = small()
    with tarfile.open(fileobj=io.BytesIO(pack(files))) as archive:
        read = {m.name: archive.extractfile(m).read() for m in archive.getmembers()}  # type: ignore[union-attr]
    assert read == files


def test_random_corruptions_never_crash_and_never_pass() -> None:
    archive = pack(signed(small(), (ALICE, "prepared"), (BOB, "approved")))
    chance = random.Random(20261123)
    for _ in range(CORRUPTIONS):
        broken = corrupted(archive, chance)
        if broken != archive:
            with pytest.raises(AuditFailed):
                open_bundle(broken)


def corrupted(archive: bytes, chance: random.Random) -> bytes:
    """The archive with bytes changed, cut out, doubled, exchanged or zeroed somewhere."""
    broken = bytearray(archive)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(broken))
        end = min(len(broken), at + chance.choice((1, 8, 64, 512, 1024)))
        match chance.randrange(6):
            case 0:
                broken[at] ^= 1 << chance.randrange(8)
            case 1:
                broken[at] = chance.randrange(256)
            case 2:
                del broken[at:end]
            case 3:
                broken[at:at] = broken[at:end]
            case 4:
                broken[at:end] = bytes(end - at)
            case _:
                other = chance.randrange(len(broken))
                broken[at:end], part = broken[other : other + end - at], broken[at:end]
                broken[other : other + len(part)] = part
        if not broken:
            return b""
    return bytes(broken)


def tar_of(*members: tarfile.TarInfo, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for member in members:
            member.size = len(content) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


HOSTILE = {
    "a path upwards": tar_of(member("../outside")),
    "an absolute path": tar_of(member("/etc/cron.d/x")),
    "a path upwards inside": tar_of(member("inputs/../../x")),
    "a backslash": tar_of(member("inputs\\..\\x")),
    "a drive": tar_of(member("C:x")),
    "a symbolic link": tar_of(member("a", tarfile.SYMTYPE, "/etc/passwd")),
    "a hard link": tar_of(member("a", tarfile.LNKTYPE, "/etc/passwd")),
    "a device": tar_of(member("a", tarfile.CHRTYPE)),
    "a pipe": tar_of(member("a", tarfile.FIFOTYPE)),
    "a folder": tar_of(member("a", tarfile.DIRTYPE)),
    "a name twice": tar_of(member("a"), member("a")),
    "a control character": tar_of(member("a\nb")),
    "nothing": b"",
    "a text": b"hello" * 1000,
    "a size bomb": pack({"a": b"x"}).replace(b"00000000001\0", b"77777777777\0", 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_exactly_a_bundle_is_refused(name: str) -> None:
    with pytest.raises(AuditFailed):
        unpack(HOSTILE[name])


def test_names_that_differ_in_case_only_are_refused() -> None:
    with pytest.raises(AuditFailed, match="case"):
        unpack(pack({"A.csv": b"1", "a.csv": b"2"}))


def test_a_bundle_of_a_changed_plan_is_refused() -> None:
    with pytest.raises(AuditFailed, match="manifest"):
        open_bundle(pack({**small(), "placements.csv": b"changed"}))


def test_a_plan_without_contracts_is_public_as_a_whole(plan: Path) -> None:
    files = read_folder(plan)
    shown, left = public(files)
    assert (shown, left) == (files, [])


@pytest.fixture(scope="module")
def with_contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with a contract, and a quota of basis contract."""
    world = small_world()
    world.contract("c-1", "north", discount=0.1234)
    world.tables["capacity"][0].update(basis="contract", source="agreement 4711")
    return write(world, tmp_path_factory.mktemp("contract"))


def test_the_public_part_holds_no_contract_and_no_money(with_contract: Path, tmp_path: Path) -> None:
    files = read_folder(with_contract)
    shown, left = public(files)
    assert {"costs.csv", "purchases.csv", "shares.csv", "binding.csv", "inputs/contracts.csv"} <= set(left)
    assert not set(left) & set(shown)
    everything = b"\n".join(shown.values())
    for secret in (b"0.1234", b"agreement 4711", b"amortised"):
        assert secret in b"\n".join(files.values())
        assert secret not in everything
    check(shown)
    write_folder(shown, tmp_path / "public")
    found = audit(tmp_path / "public")
    assert not found.failed()
    assert {f.check for f in found.findings if f.status == "not checked"} >= {"costs", "prices", "enough"}


def test_a_contract_is_audited_where_it_is_present(with_contract: Path) -> None:
    found = audit(with_contract)
    assert not found.failed()
    assert found.counts()["not checked"] == 0
