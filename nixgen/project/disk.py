"""The few things that a build does to a disk, by plain strings and system calls.

Ten thousand files are the measure: `pathlib` and `open` cost more here than the calls themselves.
Every function raises `OSError`, which `failure` makes an error for people.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import TypeAlias

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import WriteError

Signature: TypeAlias = tuple[int, int, int, int]
"""What tells that a file is untouched, as in git's index: mtime and ctime in nanoseconds, size in
bytes, inode."""

_ADVICE = {
    errno.ENOSPC: "the disk is full: free some space and build again",
    errno.EDQUOT: "your quota on this disk is used up: free some space and build again",
    errno.EROFS: "the disk is mounted read-only: build elsewhere with --output",
    errno.EACCES: "give yourself the right to write there, or build elsewhere with --output",
    errno.EPERM: "the file or its folder may be immutable (`lsattr` shows it)",
    errno.ENAMETOOLONG: "give the host or the file a shorter name",
}


def digest(data: bytes) -> str:
    """The hash by which the manifest knows a file's content."""
    return hashlib.sha256(data).hexdigest()


def signature(found: os.stat_result) -> Signature:
    """The signature of a file that was looked at."""
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def look(path: str) -> os.stat_result | None:
    """What is at a path, links not followed; None where there is nothing."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def read(path: str) -> bytes:
    """The content of a file that is no link. A pipe, which would hang, has none."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    with open(descriptor, "rb", buffering=0) as file:
        return file.read() or b""


def read_if_there(path: str) -> bytes:
    """The content of a file that is no link; nothing where there is none."""
    try:
        return read(path)
    except FileNotFoundError:
        return b""


def read_if_file(path: str) -> bytes:
    """The content of a regular file; nothing where there is none, or something else."""
    found = look(path)
    return read(path) if found is not None and stat.S_ISREG(found.st_mode) else b""


def write_new(path: str, data: bytes, *, mode: int | None = None, sync: bool = False) -> Signature:
    """Makes a file that was not there, and returns its signature.

    `mode` replaces what the umask gives; `sync` waits until the disk has it.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    # From the first moment nobody may read what the mode keeps from them.
    descriptor = os.open(path, flags, 0o666 if mode is None else mode & 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if mode is not None:
            os.fchmod(descriptor, mode)
        if sync:
            os.fsync(descriptor)
        return signature(os.fstat(descriptor))
    finally:
        os.close(descriptor)


def replace(path: str, data: bytes, *, sync: bool = False) -> None:
    """Gives a file a new content, at once; its temporary file is `path.tmp`."""
    remove(f"{path}.tmp")
    try:
        write_new(f"{path}.tmp", data, sync=sync)
        os.replace(f"{path}.tmp", path)
    except BaseException:
        with contextlib.suppress(OSError):
            remove(f"{path}.tmp")
        raise


def put(path: str, data: bytes) -> None:
    """Gives what people name a content: a regular file, or a new one, at once or not at all.

    Of a file that was there the mode stays, and a link to it. A pipe or a device is written into.
    """
    target, found = os.path.realpath(path), _stat(path)
    # What a link of /proc names may be regular, and have no path of its own.
    if found is not None and not (stat.S_ISREG(found.st_mode) and os.path.exists(target)):
        with open(os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_NOCTTY), "wb") as file:
            file.write(data)
        return
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.nixgen-tmp")
    try:
        remove(temporary)  # what a killed run left
        write_new(temporary, data, mode=None if found is None else stat.S_IMODE(found.st_mode))
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            remove(temporary)
        raise


def refuse_special(path: str, advice: str | None = None) -> None:
    """Raises WriteError for a pipe, a device or a socket: what is read cannot be replaced there."""
    found = _stat(path)
    if found is None or stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
        return
    summary = f"{path} is no regular file"
    raise WriteError(Diagnostic(summary=summary, location=Location(path), help=advice))


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def remove(path: str) -> None:
    """Removes a file, or a folder with all in it, where there is one; follows no link."""
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    except (
        IsADirectoryError,
        PermissionError,
    ):  # Linux says the first of a folder, POSIX the other
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            raise
        import shutil  # only here: it costs as much as the rest of this package

        shutil.rmtree(path)


def failure(error: OSError, path: str | Path, doing: str = "write", detail: str = "") -> WriteError:
    """The error for people: what could not be done to which file, and what to do."""
    reason = error.strerror or str(error)
    return WriteError(
        Diagnostic(
            summary=f"cannot {doing} {path}: {reason}",
            detail=detail or None,
            help=_ADVICE.get(error.errno or 0),
        )
    )
