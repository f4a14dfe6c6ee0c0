"""What one host contributes: its own files, and its entries in files that hosts share."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from attrs import frozen

from nixgen import hcl
from nixgen.model.base import ModelObject
from nixgen.model.origin import Origin
from nixgen.nix import nodes


class Cause(NamedTuple):
    """Why generated lines are there: the places in hosts/ they follow from, and how.

    `what` is the field that says it (`VaultSecret.mode`), or the derivation (`derived from
    VaultSecret.name`).
    """

    what: str
    origins: tuple[Origin, ...]


def given(made: ModelObject, field: str) -> Cause:
    """The lines say what a field says."""
    return Cause(f"{type(made).__name__}.{field}", (made.origin.at(field),))


def derived(made: ModelObject, field: str, how: str = "") -> Cause:
    """The lines follow from a field."""
    text = f"derived from {type(made).__name__}.{field}"
    return Cause(f"{text}: {how}" if how else text, (made.origin.at(field),))


def whole(made: ModelObject) -> Cause:
    """The lines stand for an object as a whole."""
    return Cause(type(made).__name__, (made.origin,))


@frozen
class NixFile:
    """A file of the host's own; `path` is relative to the output folder."""

    path: str
    tree: nodes.File


@frozen
class ManagedFile:
    """A file of the host that people write; nixgen keeps `entries` in it.

    Each has a path of fixed names, a `Cause` as its origin, and perhaps comments above it.
    """

    path: str
    entries: Sequence[nodes.Binding]


@frozen
class SharedEntry:
    """The host's entry in a file that all hosts share.

    `file` and `section` name a place in `nixgen.emit.shared.SHARED_FILES`, `item` is what stands
    there, with a `Cause` as its origin. `key` is unique in the section: two hosts' entries of one
    key are one where text and `identity` are equal, else a mistake. Of equal identity and different
    `rank`, the one of the higher rank stands for both.
    """

    file: str
    section: str
    key: str
    item: hcl.Block | hcl.ObjectItem | hcl.Printed
    identity: Hashable = None
    rank: int = 0


@frozen
class Contribution:
    """All of one host."""

    host: str
    files: Sequence[NixFile | ManagedFile]
    entries: Sequence[SharedEntry]
