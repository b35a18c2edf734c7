"""Writing to disk whole or not at all: a run that is killed leaves the old result or the new one.

What is written appears under its name only when all of it is on the disk; modes are those that the
user's ``umask`` gives.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from planner.errors import NotWritten


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A new folder beside ``out`` to fill, which takes its place only when all is written.

    What ``out`` held before goes; whether it may is for the caller to ask first.

    Raises
    ------
    NotWritten
        If nothing can be written there.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = _beside(out)
        work.mkdir()
    except OSError as error:
        raise NotWritten(f"{out} cannot be written ({error.strerror}); choose another --out") from error
    try:
        yield work
        for path in work.rglob("*"):
            _flush(path)
        _flush(work)
        _put_in_place(work, out)
        _flush(out.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_new(path: Path, content: bytes, scratch: Path | None = None) -> None:
    """Write a file that must not exist yet.

    ``scratch`` is the folder of the file while it grows (default: its own), on systems where a file
    cannot grow without a name.

    Raises
    ------
    NotWritten
        If there is something under its name, or nothing can be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not _write_unnamed(path, content):
            _write_named(path, content, (scratch or path.parent) / _beside(path).name)
        _flush(path.parent)
    except FileExistsError:
        raise NotWritten(f"{path} exists; nothing was written") from None
    except OSError as error:
        raise NotWritten(f"{path} cannot be written ({error.strerror})") from error


def write_over(path: Path, content: bytes) -> None:
    """Write a file, in the place of one of its name.

    Raises
    ------
    NotWritten
        If nothing can be written there.
    """
    work = _beside(path)
    try:
        _write(work.open("xb"), content)
        work.replace(path)
        _flush(path.parent)
    except OSError as error:
        raise NotWritten(f"{path} cannot be written ({error.strerror})") from error
    finally:
        work.unlink(missing_ok=True)


def _write_unnamed(path: Path, content: bytes) -> bool:
    """Write a file that has no name until it is whole (Linux), so that a kill leaves nothing of it."""
    flag = getattr(os, "O_TMPFILE", 0)
    try:
        handle = os.open(path.parent, os.O_WRONLY | flag, 0o666) if flag else -1
    except OSError:
        return False
    if handle < 0:
        return False
    with os.fdopen(handle, "wb") as stream:
        _write(stream, content, close=False)
        try:
            os.link(f"/proc/self/fd/{handle}", path, follow_symlinks=True)
        except FileExistsError:
            raise
        except OSError:
            return False
    return True


def _write_named(path: Path, content: bytes, work: Path) -> None:
    try:
        _write(work.open("xb"), content)
        try:
            os.link(work, path)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP):
                raise
            if path.exists() or path.is_symlink():
                raise FileExistsError(errno.EEXIST, "exists") from None
            work.rename(path)
    finally:
        work.unlink(missing_ok=True)


def _write(stream: BinaryIO, content: bytes, close: bool = True) -> None:
    try:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    finally:
        if close:
            stream.close()


def _beside(path: Path) -> Path:
    """A name nobody has, in the same folder; hidden."""
    return path.with_name(f".{path.name[:100]}-{secrets.token_hex(6)}")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put_in_place(work: Path, out: Path) -> None:
    """Rename ``work`` to ``out``; where ``out`` exists exchange the two, so that one is always there."""
    if out.is_dir() and _exchange(work, out):
        return
    if out.exists():
        # No exchange on this system: a kill between these two renames leaves the old result under
        # the name of the working folder.
        old = work.with_name(f"{work.name}-old")
        out.rename(old)
        work.rename(out)
        shutil.rmtree(old)
    else:
        work.rename(out)


def _exchange(a: Path, b: Path) -> bool:
    """Linux's renameat2(RENAME_EXCHANGE); False where the system does not have it."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    here, exchange = -100, 2
    if call(here, os.fsencode(a), here, os.fsencode(b), exchange) == 0:
        return True
    if ctypes.get_errno() in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(ctypes.get_errno(), f"cannot put {b} in place")
