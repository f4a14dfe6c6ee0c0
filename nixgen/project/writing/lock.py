"""One build at a time in an output folder.

The lock is `flock` on `.nixgen/lock`, so the kernel releases it when a build is killed. An output
folder that does not exist yet is built beside its place and put there by one rename; until then the
lock lies in the folder that is being built, and moves with it.

The file is removed at the end, while it is locked; so whoever gets the lock makes sure that the
file is still the one at that path, and else begins again.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from attrs import define

from nixgen.diagnostic import Diagnostic
from nixgen.errors import LockedError, WriteError
from nixgen.project import disk
from nixgen.project.paths import STATE_FOLDER, temporary

WAIT = 10.0
"""How many seconds a build waits for another one."""
_PAUSE = 0.05  # seconds between two tries


@define
class Lock:
    """The right to write an output folder.

    `output` is its real path. The build writes in `root`, which is the same if the folder exists.
    Otherwise `root` is, or lies in, the temporary folder `staging`, to be renamed to `place`: the
    output folder or the first folder on the way to it that is missing.
    """

    output: str
    root: str
    staging: str
    place: str

    @property
    def is_new(self) -> bool:
        """Whether the output folder does not exist yet."""
        return self.root != self.output

    def clear(self) -> None:
        """Removes what a killed build left in the temporary folder."""
        for folder, kept in ((self.root, STATE_FOLDER), (f"{self.root}/{STATE_FOLDER}", "lock")):
            for name in os.listdir(folder):
                if name != kept:
                    disk.remove(f"{folder}/{name}")

    def put_in_place(self) -> None:
        """Makes the new folder the output folder, with one rename."""
        os.rename(self.staging, self.place)
        self.root = self.output

    @classmethod
    def of(cls, output: str) -> Lock:
        """What to lock for an output folder, as the disk is now."""
        if os.path.isdir(output):
            return cls(output, output, output, output)
        place = output
        while not os.path.lexists(above := os.path.dirname(place)):
            place = above
        staging = os.path.join(above, temporary(os.path.relpath(output, above)))
        return cls(output, staging + output[len(place) :], staging, place)


@contextlib.contextmanager
def locked(output: Path, *, wait: float = WAIT) -> Iterator[Lock]:
    """Holds the lock of an output folder.

    Raises `LockedError` if another build holds it for longer than `wait` seconds, and `WriteError`
    if the output folder cannot be locked, because nothing can be written there.
    """
    real = os.path.realpath(output)
    if os.path.lexists(real) and not os.path.isdir(real):
        raise WriteError(
            Diagnostic(
                summary=f"cannot write {output}: it is no folder",
                help="move it away, or build elsewhere with --output",
            )
        )
    try:
        descriptor, lock = _acquire(real, output, time.monotonic() + wait)
    except OSError as error:
        raise disk.failure(error, output) from error
    try:
        _say_who(descriptor)
        yield lock
    finally:
        try:
            _release(lock)
        finally:
            os.close(descriptor)


def _acquire(real: str, output: Path, deadline: float) -> tuple[int, Lock]:
    while True:
        lock = Lock.of(real)
        try:
            descriptor = _open(lock)
        except FileNotFoundError:  # the build that had the lock has just removed its folder
            if time.monotonic() > deadline:
                raise
            continue
        if _is_ours(descriptor, lock):
            if Lock.of(real) == lock:
                return descriptor, lock
            _release(lock)  # the output folder was put in place meanwhile
        holder = os.pread(descriptor, 20, 0)
        os.close(descriptor)
        if time.monotonic() > deadline:
            raise LockedError(_held(output, holder))
        time.sleep(_PAUSE)


def _open(lock: Lock) -> int:
    folder = f"{lock.root}/{STATE_FOLDER}"
    try:
        os.makedirs(folder, exist_ok=True)
        if os.path.islink(folder):
            raise NotADirectoryError(errno.ENOTDIR, "a symbolic link is in the place of a folder")
        return os.open(_file(lock), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except BaseException:
        _remove_folders(lock)
        raise


def _is_ours(descriptor: int, lock: Lock) -> bool:
    """Tries to lock the file; false if another has it, or if it is no longer the one to lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    now = disk.look(_file(lock))
    return now is not None and os.path.samestat(now, os.fstat(descriptor))


def _say_who(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # only for a message: a full disk does not matter here
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())


def _release(lock: Lock) -> None:
    """Leaves nothing behind but what the build has put in place."""
    with contextlib.suppress(OSError):
        if lock.is_new:
            disk.remove(lock.staging)
        else:
            os.unlink(_file(lock))
            _remove_folders(lock)


def _remove_folders(lock: Lock) -> None:
    """Removes the folders that locking made, as far as they are empty."""
    folder = f"{lock.root}/{STATE_FOLDER}"
    with contextlib.suppress(OSError):
        while folder.startswith(lock.staging) and folder != lock.output:
            os.rmdir(folder)
            folder = os.path.dirname(folder)


def _file(lock: Lock) -> str:
    return f"{lock.root}/{STATE_FOLDER}/lock"


def _held(output: Path, holder: bytes) -> Diagnostic:
    process = holder.decode(errors="replace").strip()
    return Diagnostic(
        summary=f"another build is writing {output}" + (f" (process {process})" if process else ""),
        help="wait for it to end, and build again",
    )
