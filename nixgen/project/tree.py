"""The rendered tree: what a build wants on disk, before it looks at the disk.

A tree is plain text and where it came from. Rendering makes it; the manifest, the plan and the
writer read it, and none of them knows a host, Nix or HCL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from nixgen.project.line_origins import LineOrigin, decoded

__all__ = ["Entry", "LineOrigin", "ManagedEntry", "RenderedFile", "Tree"]


class Entry(NamedTuple):
    """One host's part of a file that hosts share: the lines `first` to `last`, counted from 1.

    `section` says which list of the file it belongs to ("variable", "secrets"), `key` is unique in
    its section, and `host` contributed it.
    """

    section: str
    key: str
    host: str
    first: int
    last: int


class ManagedEntry(NamedTuple):
    """What nixgen keeps in a file that people write.

    In a Nix file `key` is an attribute's path, `value` Nix text, `comments` the lines above it; in
    a Terraform file `key` is the address of a block or a map's entry, and `value` all of its text.
    `is_set` tells a set with attributes of its own from a single value. `origins` are those of its
    `height` lines, comments included, as a part of `nixgen.project.line_origins`. `hosts` are whose
    it is in a file that hosts share, else empty.
    """

    key: str
    value: str
    comments: tuple[str, ...]
    is_set: bool
    height: int
    origins: str
    hosts: tuple[str, ...] = ()


class RenderedFile(NamedTuple):
    """One file of the tree.

    `path` is relative to the output folder, with `/`. `host` owns the file; None for one that hosts
    share, whose `entries` say which lines are whose. `origin` is the file that the host was read
    from, relative to the project; empty for a shared file. `origins` leads lines back to Python, in
    the form of `nixgen.project.line_origins`. A file with `managed` entries is people's: `text` is
    what it would be without anything else in it, and the plan puts the entries into what is there.
    `moves` are what the file of `nixgen.project.moved` says: section, old key and new key of each.
    """

    path: str
    text: str
    host: str | None
    origin: str
    entries: tuple[Entry, ...] = ()
    origins: str = ""
    managed: tuple[ManagedEntry, ...] = ()
    moves: tuple[tuple[str, str, str], ...] = ()

    @property
    def lines(self) -> tuple[LineOrigin, ...]:
        """The origins, decoded."""
        return decoded(self.origins) if self.origins else ()


Tree: TypeAlias = Mapping[str, RenderedFile]
"""The files of a build by their path."""
