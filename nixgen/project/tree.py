"""The rendered tree: what a build wants on disk, before it looks at the disk.

A tree is plain text and where it came from. Rendering makes it; the manifest, the plan and the
writer read it, and none of them knows a host, Nix or HCL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from attrs import frozen

LineOrigin: TypeAlias = tuple[Any, ...]
"""Where some lines of a file came from: numbers, strings, None and tuples of them, so that it can
be kept as JSON. Only rendering and `explain` know what is in it."""


@frozen
class Entry:
    """One host's part of a file that hosts share: the lines `first` to `last`, counted from 1.

    `section` says which list of the file it belongs to ("variable", "secrets"), `key` is unique in
    its section, and `host` contributed it.
    """

    section: str
    key: str
    host: str
    first: int
    last: int


@frozen
class RenderedFile:
    """One file of the tree.

    `path` is relative to the output folder, with `/`. `host` owns the file; None for one that hosts
    share, whose `entries` say which lines are whose. `origin` is the file that the host was read
    from, relative to the project; empty for a shared file. `lines` leads lines back to Python.
    """

    path: str
    text: str
    host: str | None
    origin: str
    entries: tuple[Entry, ...] = ()
    lines: tuple[LineOrigin, ...] = ()


Tree: TypeAlias = Mapping[str, RenderedFile]
"""The files of a build by their path."""
