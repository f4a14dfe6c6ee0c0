"""Entries that nixgen keeps in files that people write.

A managed file is the people's; nixgen knows the entries in it that it wrote, by their keys and
hashes, and inserts, updates and removes those alone. The hash is that of the entry in a layout of
its own, so that moving or reformatting one is no edit. What an entry is depends on the language
(`Editor`): an attribute of a Nix file, a block or a map's entry of a Terraform file.

- An entry that is as wanted is left as it is. If it is a set (a secret, a runner), it is
  nixgen's from then on; a single value that people wrote stays theirs, since others may need it.
- One that is as nixgen wrote it may be replaced, and removed where no object needs it any more.
- One that is neither is a conflict, as is a place that the editor refuses to change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from attrs import define, field

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import InputError, SyntaxFault
from nixgen.project import disk, line_origins
from nixgen.project.managed.nix import NixEditor
from nixgen.project.managed.terraform import TerraformEditor
from nixgen.project.manifest import Record, Written
from nixgen.project.tree import ManagedEntry, RenderedFile

CURRENT, CHANGED, EDITED, FOREIGN = "current", "changed", "edited", "foreign"
_WORST = (CURRENT, CHANGED, EDITED, FOREIGN)


class Placed(Protocol):
    """An entry in its file, with the comments right above it. Lines count from 1."""

    @property
    def text(self) -> str:
        """The same for all entries that mean the same."""

    @property
    def first(self) -> int:
        """The first line, of the comments where there are some."""

    @property
    def line(self) -> int:
        """The line on which the entry itself begins."""

    @property
    def last(self) -> int:
        """The last line."""


class Editor(Protocol):
    """A file that people write, as its language edits it; it is made from a text.

    Raises SyntaxFault where the text does not parse, and InputError where an entry cannot be found
    or changed safely.
    """

    start: str
    """What a managed file is before anything is in it."""

    @property
    def text(self) -> str:
        """The text with all edits so far."""

    def wanted(self, entry: ManagedEntry) -> str:
        """The text of an entry as `placed` has it, once it is as it is to be."""

    def placed(self, key: str) -> Placed | None:
        """The entry in the file; None where it is not there."""

    def put(self, entry: ManagedEntry) -> None:
        """Inserts an entry, or updates it."""

    def remove(self, key: str) -> None:
        """Removes an entry that is there."""

    def location(self, line: int) -> Location:
        """The place of an entry that begins on a line, for messages."""


def _opened(path: str, text: str | None, place: str) -> Editor:
    kind = TerraformEditor if path.endswith(".tf") else NixEditor
    return kind(kind.start if text is None else text, place)


class Merged(NamedTuple):
    """A managed file with its entries in it, and the record of those that are nixgen's.

    `state` is the worst that an entry is in, in the words of `plan.State`. Where there are
    conflicts, the file is what forcing would write, as far as that is possible.
    """

    file: RenderedFile
    record: Record
    state: str
    conflicts: tuple[Diagnostic, ...]

    def taken_over(self, records: Iterable[Record]) -> bool:
        """Whether an entry is nixgen's from now on that by these records was people's."""
        return not _known([self.record]).keys() <= _known(records).keys()


def merge(
    file: RenderedFile,
    data: bytes | None,
    records: Iterable[Record],
    *,
    place: Path | str,
    force: bool = False,
    hosts: Collection[str] | None = None,
) -> Merged:
    """What is on disk with the entries of the file in it, and without those that it has no more.

    `data` is None where nothing is there; `records` tell what nixgen wrote. `place` is the file,
    for messages. `hosts` None means that the entries are those of all hosts; otherwise entries of
    others stay.
    """
    known = _known(records)
    try:
        editor = _opened(file.path, None if data is None else data.decode(), str(place))
    except (SyntaxFault, UnicodeDecodeError) as error:
        found = error.diagnostics if isinstance(error, SyntaxFault) else (_no_text(place),)
        text = "" if data is None else data.decode(errors="replace")
        return Merged(file._replace(text=text), Record.of_managed(file, {}), FOREIGN, found)
    work = _Merge(editor, known, force, hosts)
    work.run(file.managed)
    made = file._replace(text=editor.text, origins=_origins(editor, file.managed))
    state = max(work.states, key=_WORST.index, default=CURRENT)
    return Merged(made, Record.of_managed(made, work.written), state, tuple(work.conflicts))


def in_text(file: RenderedFile, text: str | None) -> RenderedFile:
    """A managed file as rendered, with its entries in a text, or where nothing is there."""
    return merge(file, None if text is None else text.encode(), (), place=file.path).file


class _Known(NamedTuple):
    """What nixgen wrote under a key: hashes, and the hosts whose it is in a shared file."""

    digests: set[str]
    hosts: set[str]


def _known(records: Iterable[Record]) -> dict[str, _Known]:
    known: dict[str, _Known] = {}
    for record in records:
        for key, written in (record.managed_entries or {}).items():
            found = known.setdefault(key, _Known(set(), set()))
            found.digests.add(written.digest)
            found.hosts.update(written.hosts)
    return known


def _no_text(place: Path | str) -> Diagnostic:
    return Diagnostic(
        summary="this file is not UTF-8, so that nixgen cannot keep its entries in it",
        location=Location(str(place)),
        help="Nix and Terraform files are UTF-8; convert it first",
    )


def digest(placed: str) -> str:
    """The hash of an entry, from its text in the layout of its own."""
    return disk.digest(placed.encode())


@define
class _Merge:
    """The merging under way; all entries are looked at before the first one is changed."""

    editor: Editor
    known: Mapping[str, _Known]
    force: bool
    hosts: Collection[str] | None
    written: dict[str, Written] = field(factory=dict)
    states: list[str] = field(factory=list)
    conflicts: list[Diagnostic] = field(factory=list)

    def run(self, entries: Sequence[ManagedEntry]) -> None:
        """Removes what is known and not among the entries, puts what is missing or different."""
        before = self.editor.text
        wanted = {entry.key for entry in entries}
        gone = [key for key in self.known if key not in wanted]
        for key in [key for key in gone if self._others(key)]:
            self.written[key] = Written(min(self.known[key].digests), self._others(key))
            gone.remove(key)
        missing = [entry for entry in entries if not self._is_there(entry)]
        for key in [key for key in gone if self._may_go(key)]:
            self._remove(key)
        for entry in [entry for entry in missing if self._put(entry)]:
            placed = self.editor.placed(entry.key)
            assert placed is not None
            # Comments in odd places can look different once they are written, and then stay so.
            self._note(entry, placed.text)
        if self.editor.text != before:
            self.states.append(CHANGED)

    def _others(self, key: str) -> frozenset[str]:
        """The hosts that have an entry of a shared file and are not built now."""
        if self.hosts is None or key not in self.known:
            return frozenset()
        return frozenset(self.known[key].hosts.difference(self.hosts))

    def _note(self, entry: ManagedEntry, text: str) -> None:
        self.written[entry.key] = Written(digest(text), self._others(entry.key).union(entry.hosts))

    def _is_there(self, entry: ManagedEntry) -> bool:
        """Whether an entry is as it is to be, or cannot be changed."""
        known = self.known.get(entry.key)
        wanted = self.editor.wanted(entry)
        try:
            placed = self.editor.placed(entry.key)
        except InputError as error:
            self._conflict(EDITED if known else FOREIGN, *error.diagnostics)
            return not self.force
        if placed is None:
            return False
        if placed.text == wanted:
            if known or entry.is_set:
                self._note(entry, wanted)
            return True
        if known is None or digest(placed.text) not in known.digests:
            self._conflict(EDITED if known else FOREIGN, self._edited(entry.key, placed))
        return False

    def _may_go(self, key: str) -> bool:
        """Whether an entry that nothing needs any more is still there, and can be removed."""
        try:
            placed = self.editor.placed(key)
        except InputError as error:
            self._conflict(EDITED, *error.diagnostics, always=True)
            return False
        if placed is None:
            return False
        if digest(placed.text) not in self.known[key].digests:
            self._conflict(EDITED, self._needless(key, placed))
        return True

    def _remove(self, key: str) -> None:
        try:
            self.editor.remove(key)
        except InputError as error:
            self._conflict(EDITED, *error.diagnostics, always=True)

    def _put(self, entry: ManagedEntry) -> bool:
        try:
            self.editor.put(entry)
        except InputError as error:
            self._conflict(FOREIGN, *error.diagnostics, always=True)
            return False
        return True

    def _conflict(self, state: str, *found: Diagnostic, always: bool = False) -> None:
        self.states.append(state)
        if always or not self.force:
            self.conflicts += (each for each in found if each not in self.conflicts)

    def _edited(self, key: str, placed: Placed) -> Diagnostic:
        if key in self.known:
            return Diagnostic(
                summary=f"`{key}` was edited by hand since nixgen wrote it",
                location=self.editor.location(placed.line),
                help="make the edit in the host's Python file instead, or drop it with "
                "`nixgen build --force`; `nixgen diff` shows it",
            )
        return Diagnostic(
            summary=f"`{key}` is there already, and nixgen did not write it",
            location=self.editor.location(placed.line),
            help="remove it here, or overwrite it with `nixgen build --force`; `nixgen diff` shows "
            "the difference\n(a secret or a runner that is what nixgen would write is taken over)",
        )

    def _needless(self, key: str, placed: Placed) -> Diagnostic:
        return Diagnostic(
            summary=f"no host needs `{key}` any more, but it was edited by hand",
            location=self.editor.location(placed.line),
            help="remove it, or have it removed by `nixgen build --force`",
        )


def _origins(editor: Editor, wanted: Iterable[ManagedEntry]) -> str:
    """The origins of the entries' lines, where those are in the document."""
    parts = []
    for entry in wanted:
        try:
            placed = editor.placed(entry.key)
        except InputError:
            continue
        if placed is not None:
            height = placed.last - placed.first + 1
            parts.append((placed.first, _part(entry, height)))
    return line_origins.joined(sorted(parts)) if parts else ""


def _part(entry: ManagedEntry, height: int) -> str:
    """The origins of an entry; those of it as a whole where it was laid out in another way."""
    return entry.origins if height == entry.height else line_origins.whole(entry.origins, height)
