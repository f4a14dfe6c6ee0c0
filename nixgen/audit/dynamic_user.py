"""The user that systemd makes for a unit with `DynamicUser=` and no `User=`.

It is named as the unit where that is a valid user name, else by a hash of the unit's name
(systemd, `src/core/unit.c`: `user_from_unit_name`; `src/basic/user-util.c`:
`valid_user_group_name`). So it is hashed for a runner with a hyphen in its name, which NixOS
escapes in the unit's: no user name has a backslash, a dot or more than 31 characters.
"""

from __future__ import annotations

import re

_VALID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,30}")
_KEY = bytes.fromhex("581aafe628584e96b44ef53b8c9207ec")
"""Of `user_from_unit_name`: the same on every machine, so that a unit's user keeps its name."""


def user_of_unit(unit: str) -> str:
    r"""The name of the user; `unit` is escaped, and without `.service`.

    >>> user_of_unit("forgejo-runner-native")
    'forgejo-runner-native'
    >>> user_of_unit(r"forgejo-runner-actions\x2dnative")
    '_du569649afad05516b'
    """
    if _VALID.fullmatch(unit):
        return unit
    return f"_du{siphash24(unit.encode(), _KEY):016x}"


_MASK = (1 << 64) - 1


def siphash24(data: bytes, key: bytes) -> int:
    """SipHash-2-4, with a key of 16 bytes (Aumasson and Bernstein, 2012)."""
    first, second = (int.from_bytes(key[at : at + 8], "little") for at in (0, 8))
    state = [
        first ^ 0x736F6D6570736575,
        second ^ 0x646F72616E646F6D,
        first ^ 0x6C7967656E657261,
        second ^ 0x7465646279746573,
    ]
    padded = data + bytes(-(len(data) + 1) % 8) + bytes([len(data) & 0xFF])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        state[3] ^= word
        _mix(state, rounds=2)
        state[0] ^= word
    state[2] ^= 0xFF
    _mix(state, rounds=4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _mix(state: list[int], rounds: int) -> None:
    """Rounds of additions, rotations and exclusive ors, in place."""
    v0, v1, v2, v3 = state
    for _ in range(rounds):
        v0 = (v0 + v1) & _MASK
        v1 = _rotated(v1, 13) ^ v0
        v0 = _rotated(v0, 32)
        v2 = (v2 + v3) & _MASK
        v3 = _rotated(v3, 16) ^ v2
        v0 = (v0 + v3) & _MASK
        v3 = _rotated(v3, 21) ^ v0
        v2 = (v2 + v1) & _MASK
        v1 = _rotated(v1, 17) ^ v2
        v2 = _rotated(v2, 32)
    state[:] = v0, v1, v2, v3


def _rotated(word: int, bits: int) -> int:
    return (word << bits | word >> (64 - bits)) & _MASK
