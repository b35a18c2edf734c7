"""A plan as one archive, written in exactly one way, so that no byte of it is free.

The archive is a plain tar file (POSIX ustar) of regular files in order of their names, each header as
this module writes it. Reading accepts nothing else: what is not byte for byte the archive of its own
content is refused, and with it links, devices, odd modes, names that lead out of the folder, and
trailing data. It is not compressed, so it cannot grow when it is opened.
"""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from pathlib import Path

from planner.atomic import new_folder
from planner.audit.seal.content import MOST_BYTES, MOST_FILES, check_name, check_names
from planner.audit.seal.records import check
from planner.errors import AuditFailed

_BLOCK = 512
_END = bytes(2 * _BLOCK)


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of files.

    Raises
    ------
    AuditFailed
        If a name cannot be kept.
    """
    parts = []
    check_names(files)
    for name in sorted(files):
        check_name(name)
        content = files[name]
        parts += [_header(name, len(content)), content, bytes(-len(content) % _BLOCK)]
    return b"".join([*parts, _END])


def unpack(archive: bytes) -> dict[str, bytes]:
    """The files of an archive.

    Raises
    ------
    AuditFailed
        If it is not exactly the archive that :func:`pack` makes of them.
    """
    files: dict[str, bytes] = {}
    at, last = 0, ""
    while archive[at : at + _BLOCK] != bytes(_BLOCK):
        header = archive[at : at + _BLOCK]
        name, size = _read_header(header)
        begin, end = at + _BLOCK, at + _BLOCK + size
        at = end + (-size % _BLOCK)
        if at > len(archive) or any(archive[end:at]):
            raise AuditFailed("the bundle is cut off or holds something between its files")
        if name <= last:
            raise AuditFailed(f"the bundle holds {name[:80]!r} twice or out of order")
        files[name] = archive[begin:end]
        last = name
        if len(files) > MOST_FILES:
            raise AuditFailed(f"the bundle holds more than {MOST_FILES} files")
    if archive[at:] != _END:
        raise AuditFailed("the bundle is cut off, or something follows its end")
    check_names(files)
    return files


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    try:
        return info.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict")
    except (ValueError, UnicodeError) as error:
        raise AuditFailed(f"the name {name[:80]!r} cannot be kept in a bundle") from error


def _read_header(header: bytes) -> tuple[str, int]:
    """Name and size in a header, which must be the one that this module writes for them."""
    try:
        first, second = (header[a:b].rstrip(b"\0").decode("utf-8") for a, b in ((345, 500), (0, 100)))
        name = f"{first}/{second}" if first else second
        size = int(header[124:135], 8)
    except (ValueError, UnicodeDecodeError):
        raise AuditFailed("the bundle is no archive of a plan") from None
    check_name(name)
    if not 0 <= size <= MOST_BYTES or _header(name, size) != header:
        raise AuditFailed(f"the bundle holds something else than plain files at {name[:80]!r}")
    return name, size


def open_bundle(archive: bytes) -> dict[str, bytes]:
    """The files of a bundle, which are those of their manifest and whose records hold.

    Raises
    ------
    AuditFailed
        With the first thing that does not hold.
    """
    files = unpack(archive)
    check(files)
    return files


def read_bundle(path: Path) -> bytes:
    """The bytes of a bundle, if they are not too many.

    Raises
    ------
    AuditFailed
        If they are.
    """
    if not path.is_file():
        raise AuditFailed("the bundle is no plain file")
    if path.stat().st_size > MOST_BYTES + MOST_FILES * 3 * _BLOCK:
        raise AuditFailed(f"the bundle is larger than {MOST_BYTES // 2**20} MiB")
    return path.read_bytes()


def write_folder(files: Mapping[str, bytes], out: Path) -> None:
    """Write files into a folder that does not exist yet; whole or not at all."""
    with new_folder(out) as root:
        for name, content in files.items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as stream:
                stream.write(content)
