"""One build at a time in an output folder.

The lock is `flock` on `.nixgen/lock`, so the kernel releases it when a build is killed. An output
folder that does not exist yet is built beside its place and put there by one rename; until then the
lock lies in the folder that is being built, and moves with it.

The file is removed at the end, while it is locked; so whoever gets the lock makes sure that the
file is still the one at that path, and else begins again.
"""

from __future__ import annotations

import contextlib
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
        staging = os.path.join(above, temporary(output))
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
                help="Move it away, or build elsewhere with `--output`.",
            )
        )
    try:
        descriptor, lock = _acquire(real, output, time.monotonic() + wait)
    except OSError as error:
        raise disk.failure(error, output) from error
    try:
        yield lock
    finally:
        _release(lock)
        os.close(descriptor)


def _acquire(real: str, output: Path, deadline: float) -> tuple[int, Lock]:
    while True:
        lock = Lock.of(real)
        try:
            descriptor = _open(lock)
        except FileNotFoundError:  # the build that had it has just removed the folder
            continue
        try:
            if _is_ours(descriptor, real, lock):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, str(os.getpid()).encode())
                if lock.is_new:
                    _clear(lock)
                return descriptor, lock
            if time.monotonic() > deadline:
                raise LockedError(_held(output, os.pread(descriptor, 20, 0)))
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        time.sleep(_PAUSE)


def _open(lock: Lock) -> int:
    folder = f"{lock.root}/{STATE_FOLDER}"
    os.makedirs(folder, exist_ok=True)
    if os.path.islink(folder):
        raise NotADirectoryError(f"{STATE_FOLDER} is a symbolic link")
    return os.open(_file(lock), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)


def _is_ours(descriptor: int, real: str, lock: Lock) -> bool:
    """Tries to lock the file; false if another has it, or if it is no longer the one to lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    now = disk.look(_file(lock))
    if now is None or not os.path.samestat(now, os.fstat(descriptor)):
        return False
    if Lock.of(real) == lock:
        return True
    _release(lock)
    return False


def _clear(lock: Lock) -> None:
    """Removes what a killed build left in the temporary folder."""
    for name in os.listdir(lock.root):
        if name != STATE_FOLDER:
            disk.remove(f"{lock.root}/{name}")
    for name in os.listdir(f"{lock.root}/{STATE_FOLDER}"):
        if name != "lock":
            disk.remove(f"{lock.root}/{STATE_FOLDER}/{name}")


def _release(lock: Lock) -> None:
    """Leaves nothing behind but what the build has put in place."""
    with contextlib.suppress(OSError):
        if lock.is_new:
            disk.remove(lock.staging)
        else:
            os.unlink(_file(lock))
            os.rmdir(f"{lock.root}/{STATE_FOLDER}")


def _file(lock: Lock) -> str:
    return f"{lock.root}/{STATE_FOLDER}/lock"


def _held(output: Path, holder: bytes) -> Diagnostic:
    process = holder.decode(errors="replace").strip()
    return Diagnostic(
        summary=f"another build is writing {output}" + (f" (process {process})" if process else ""),
        help="Wait for it to end, and build again.",
    )
