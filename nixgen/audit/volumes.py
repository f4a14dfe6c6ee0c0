"""Which folders of the host make root of a container that has them, and what patterns match them.

A runner takes a volume that matches one of its `container.valid_volumes` as the workflow writes it
(forgejo-runner, `act/container/docker_run.go`: `sanitizeConfig`), and the runtime resolves `..` in
it (moby, `volume/mounts/linux_parser.go`). The patterns are those of github.com/gobwas/glob,
without separators: `*` and `?` match slashes, too.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

_WHOLE = (
    *("/", "/boot", "/dev", "/etc", "/home", "/nix", "/proc", "/run", "/sys", "/var"),
    *("/var/lib", "/var/run"),
)
"""Folders with something in them that is root's, beside what is not."""

_BELOW = (
    *("/root", "/run/secrets", "/nix/var", "/var/lib/vault", "/var/lib/private"),
    *("/var/lib/gitea-runner", "/var/lib/forgejo-runner"),
    *("/run/docker", "/run/docker.sock", "/run/podman", "/run/podman/podman.sock"),
)
"""Folders and sockets of which all is root's, or makes root of who has it."""


def resolved(path: str) -> str:
    """An absolute path as the machine has it: no `//`, no `..`, and /var/run is a link to /run."""
    return re.sub("^/var/run(?=/|$)", "/run", posixpath.normpath(f"///{path}"))


def is_open(path: str) -> bool:
    """Whether a path is, or is in, such a folder; a name without a slash is no folder."""
    if not path.startswith("/"):
        return False
    path = resolved(path)
    return path in _WHOLE or any(f"{path}/".startswith(f"{each}/") for each in _BELOW)


def may_be_open(pattern: str) -> bool:
    """Whether a pattern of `valid_volumes` may match such a folder."""
    return any(_may_be_open(each) for each in _alternatives(re.sub(r"\\(.)", r"[\1]", pattern)))


def _may_be_open(pattern: str) -> bool:
    """The same for a pattern without braces and backslashes."""
    if not pattern.startswith(("/", "*", "?", "[")):
        return False
    fixed, end = (
        resolved(each) if each.startswith("/") else each
        for each in (pattern.partition("*")[0], pattern.rpartition("*")[2])
    )
    # What `*` stands for may end in /../../.., so that all before the last one says nothing.
    whole = f"*{end.rstrip('/')}" if "*" in pattern else fixed
    may_be_one = any(fnmatchcase(each, whole) for each in (*_WHOLE, *_BELOW))
    return may_be_one or _is_below(whole) or _is_below(fixed)


def _is_below(pattern: str) -> bool:
    """Whether what a pattern matches may be in a folder of which all is open.

    A lone `*` before a slash does not say so: it may be any folder.
    """
    parts = pattern.split("/")
    heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(head != "*" and fnmatchcase(each, head) for head in heads for each in _BELOW)


_BRACES = re.compile(r"(?<!\[)\{([^{}]*)\}")


def _alternatives(pattern: str) -> Iterator[str]:
    """The patterns that one with `{a,b}` stands for."""
    inner = _BRACES.search(pattern)
    if inner is None:
        yield pattern
        return
    for each in inner[1].split(","):
        yield from _alternatives(pattern[: inner.start()] + each + pattern[inner.end() :])
