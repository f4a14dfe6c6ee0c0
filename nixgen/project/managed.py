"""Entries that nixgen keeps in files that people write.

A managed file is the people's; nixgen knows the attributes in it that it wrote, by their paths and
hashes, and inserts, updates and removes those alone. The hash is that of the attribute and the
comments right above it in a layout of its own, so that moving or reformatting one is no edit.

- An attribute that is as wanted is left as it is. If it is a set (a secret, a runner), it is
  nixgen's from then on; a single value that people wrote stays theirs, since others may need it.
- One that is as nixgen wrote it may be replaced, and removed where no object needs it any more.
- One that is neither is a conflict, as is a place that `nixgen.nix.edit` refuses to change.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from attrs import define, field

from nixgen.diagnostic import Diagnostic, Location
from nixgen.nix.edit import Document, EditError, Placed, canonical
from nixgen.nix.edit.arguments import ARGUMENTS
from nixgen.nix.parsing.parser import parse
from nixgen.nix.parsing.syntax_error import NixSyntaxError
from nixgen.nix.scope import free_names
from nixgen.project import disk, line_origins
from nixgen.project.manifest import Record
from nixgen.project.tree import ManagedEntry, RenderedFile

START = "{ ... }:\n{ }\n"
"""What a managed file is before anything is in it."""

CURRENT, CHANGED, EDITED, FOREIGN = "current", "changed", "edited", "foreign"
_WORST = (CURRENT, CHANGED, EDITED, FOREIGN)


class Merged(NamedTuple):
    """A managed file with its entries in it, and the record of those that are nixgen's.

    `state` is the worst that an entry is in, in the words of `plan.State`. Where there are
    conflicts, the file is what forcing would write, as far as that is possible.
    """

    file: RenderedFile
    record: Record
    state: str
    conflicts: tuple[Diagnostic, ...]


def merge(
    file: RenderedFile,
    data: bytes | None,
    records: Iterable[Record],
    *,
    place: Path | str,
    force: bool = False,
) -> Merged:
    """What is on disk with the entries of the file in it, and without those that it has no more.

    `data` is None where nothing is there; `records` tell what nixgen wrote. `place` is the file,
    for messages.
    """
    known = _known(records)
    try:
        text = START if data is None else data.decode()
        document = Document(text, name=str(place))
    except (NixSyntaxError, UnicodeDecodeError) as error:
        found = error.diagnostics if isinstance(error, NixSyntaxError) else (_no_text(place),)
        text = "" if data is None else data.decode(errors="replace")
        return Merged(file._replace(text=text), Record.of_managed(file, {}), FOREIGN, found)
    work = _Merge(document, known, str(place), force)
    wanted = {entry.key for entry in file.managed}
    for key in known:
        if key not in wanted:
            work.remove(key)
    for entry in file.managed:
        work.put(entry)
    made = file._replace(text=document.text, origins=_origins(document, file.managed))
    state = max(work.states, key=_WORST.index, default=CURRENT)
    return Merged(made, Record.of_managed(made, work.digests), state, tuple(work.conflicts))


def in_text(file: RenderedFile, text: str) -> RenderedFile:
    """A managed file as rendered, with its entries in the text that is on disk."""
    return merge(file, text.encode(), (), place=file.path).file


def _known(records: Iterable[Record]) -> dict[str, set[str]]:
    """The hashes of the entries that nixgen wrote, by their paths."""
    known: dict[str, set[str]] = {}
    for record in records:
        for key, written in (record.entry_digests or {}).items():
            known.setdefault(key, set()).add(written)
    return known


def _no_text(place: Path | str) -> Diagnostic:
    return Diagnostic(
        summary="this file is not UTF-8, so that nixgen cannot keep its entries in it",
        location=Location(str(place)),
        help="Nix files are UTF-8; convert it first",
    )


def digest(placed: str) -> str:
    """The hash of an entry, from its text in the layout of `nix.edit.canonical`."""
    return disk.digest(placed.encode())


@define
class _Merge:
    """The merging under way."""

    document: Document
    known: Mapping[str, Collection[str]]
    place: str
    force: bool
    digests: dict[str, str] = field(factory=dict)
    states: list[str] = field(factory=list)
    conflicts: list[Diagnostic] = field(factory=list)

    def put(self, entry: ManagedEntry) -> None:
        """Inserts an entry, or updates it."""
        known = self.known.get(entry.key, ())
        comments = [f"# {line}".rstrip() for line in entry.comments]
        wanted = canonical(entry.key, entry.value, comments)
        try:
            placed = self.document.placed(entry.key)
        except EditError as error:
            self._conflict(EDITED if known else FOREIGN, *error.diagnostics)
            if not self.force:
                return
            placed = None
        if placed is not None and placed.text == wanted:
            if known or entry.is_set:
                self.digests[entry.key] = digest(wanted)
            return
        if placed is not None and digest(placed.text) not in known:
            self._conflict(EDITED if known else FOREIGN, self._edited(entry.key, placed))
        self._set(entry)

    def remove(self, key: str) -> None:
        """Removes an entry that nothing needs any more, where it is still there."""
        try:
            placed = self.document.placed(key)
            if placed is None:
                return
            if digest(placed.text) not in self.known[key]:
                self._conflict(EDITED, self._needless(key, placed))
            self.states.append(CHANGED)
            self.document.remove(key)
        except EditError as error:
            self._conflict(EDITED, *error.diagnostics, always=True)

    def _set(self, entry: ManagedEntry) -> None:
        names = ARGUMENTS | free_names(parse(entry.value))
        before = self.document.text
        try:
            self.document.set(entry.key, entry.value, comments=entry.comments, arguments=names)
            placed = self.document.placed(entry.key)
        except EditError as error:
            self._conflict(FOREIGN, *error.diagnostics, always=True)
            return
        assert placed is not None
        # Comments in odd places can look different once they are written, and then stay so.
        self.digests[entry.key] = digest(placed.text)
        if self.document.text != before:
            self.states.append(CHANGED)

    def _conflict(self, state: str, *found: Diagnostic, always: bool = False) -> None:
        self.states.append(state)
        if always or not self.force:
            self.conflicts += (each for each in found if each not in self.conflicts)

    def _edited(self, key: str, placed: Placed) -> Diagnostic:
        if key in self.known:
            return Diagnostic(
                summary=f"`{key}` was edited by hand since nixgen wrote it",
                location=self._location(placed),
                help="make the edit in the host's Python file instead, or drop it with "
                "`nixgen build --force`; `nixgen diff` shows it",
            )
        return Diagnostic(
            summary=f"`{key}` is there already, and nixgen did not write it",
            location=self._location(placed),
            help="remove it here, or overwrite it with `nixgen build --force`; `nixgen diff` shows "
            "the difference\n(a secret or a runner that is what nixgen would write is taken over)",
        )

    def _needless(self, key: str, placed: Placed) -> Diagnostic:
        return Diagnostic(
            summary=f"no host needs `{key}` any more, but it was edited by hand",
            location=self._location(placed),
            help="remove it, or have it removed by `nixgen build --force`",
        )

    def _location(self, placed: Placed) -> Location:
        return Location(self.place, placed.line)


def _origins(document: Document, wanted: Iterable[ManagedEntry]) -> str:
    """The origins of the entries' lines, where those are in the document."""
    parts = []
    for entry in wanted:
        try:
            placed = document.placed(entry.key)
        except EditError:
            continue
        if placed is not None:
            height = placed.last - placed.first + 1
            parts.append((placed.first, _part(entry, height)))
    return line_origins.joined(sorted(parts)) if parts else ""


def _part(entry: ManagedEntry, height: int) -> str:
    """The origins of an entry; those of it as a whole where it was laid out in another way."""
    if height == entry.height:
        return entry.origins
    chains, rows = json.loads(entry.origins)
    _, _, *cause = rows[0]
    return json.dumps([chains, [[1, height, *cause]]])
