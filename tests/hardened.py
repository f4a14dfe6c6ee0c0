"""Runs a command as a unit with nixgen's hardening does, as far as a process can do it to itself.

    python hardened.py [--no-executable-memory] COMMAND...

No capability, no new privileges, and sockets of the allowed families alone, which is a filter of
system calls as systemd makes it for `RestrictAddressFamilies=` (seccomp(2), x86-64 only). The flag
is what `MemoryDenyWriteExecute=` adds (PR_SET_MDWE).
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
import sys
from pathlib import Path

FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)

_SET_NO_NEW_PRIVS, _CAPBSET_DROP, _SET_SECCOMP, _SET_MDWE = 38, 24, 22, 65
_SOCKET = 41  # the number of socket(2) on x86-64
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _FIRST_ARGUMENT = 0, 16  # in struct seccomp_data


def families_filter() -> bytes:
    """A program of BPF: socket(2) with another family fails with EAFNOSUPPORT."""
    count = len(FAMILIES)
    steps = [
        (_LOAD, 0, 0, _NUMBER),
        (_EQUAL, 0, count + 2, _SOCKET),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        *((_EQUAL, count - index, 0, family) for index, family in enumerate(FAMILIES)),
        (_RETURN, 0, 0, _ERRNO | errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def harden(*, executable_memory: bool) -> None:
    """Takes these things from the process for good. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)

    def prctl(*arguments: int) -> None:
        padded = [ctypes.c_ulong(each) for each in (*arguments, 0, 0, 0, 0)[:5]]
        if libc.prctl(*padded) != 0:
            raise OSError(ctypes.get_errno(), f"prctl{arguments}")

    if os.geteuid() == 0:
        last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
        for capability in range(last + 1):
            prctl(_CAPBSET_DROP, capability)
    prctl(_SET_NO_NEW_PRIVS, 1)
    program = families_filter()
    steps = ctypes.create_string_buffer(program)
    fprog = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(steps))
    described = ctypes.create_string_buffer(fprog)
    prctl(_SET_SECCOMP, 2, ctypes.addressof(described))
    if not executable_memory:
        prctl(_SET_MDWE, 1)


if __name__ == "__main__":
    command = sys.argv[1:]
    strict = command[0] == "--no-executable-memory"
    harden(executable_memory=not strict)
    os.execvp(command[strict], command[strict:])
