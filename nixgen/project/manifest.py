"""The manifest: which files nixgen wrote, with what content, for whom.

It lies in `.nixgen/manifest.json` in the output folder and is committed with the files. It is a
JSON array with a line for each file, in the order of the paths; the comma stands at a line's
begin, so that no line depends on the next:

    [{"format": 1, "nixgen": "0.1.0"}
    ,["hosts/web1/default.nix", "<sha256>", "web1", "hosts/web1.py"]
    ,["terraform/vault/variables.tf", "<sha256>", null, "", [["variable", "token", "web1", 4, 7]]]
    ]

The parts of a shared file are section, key, host, the number of lines between the part before and
this one, and its own number of lines: a new part changes one place only. Where several hosts have
the same entry, a part of the same lines follows for each, its gap negative. A file that people
write has no hash of its own, and as parts the key and the hash of each entry that nixgen keeps in
it, and the hosts whose it is where hosts share the file. Those of the file of renames are section,
old key and new key.

Two branches that both add hosts can be merged: git keeps the lines of both sides
(`merge=union`, or conflict markers, which are read over), and a path with two lines is a file that
nixgen wrote with either content. A line that cannot be read counts as lost, which is safe: a file
without a line is never overwritten unless it is what would be written.

`.nixgen/intent.json` has the same form. It names what a build is about to write and remove, so that
what a killed build wrote is still known to be nixgen's.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from attrs import field, frozen

from nixgen.diagnostic import Diagnostic
from nixgen.errors import WriteError
from nixgen.project import disk
from nixgen.project.paths import STATE_FOLDER, path_fault
from nixgen.project.tree import Entry, RenderedFile
from nixgen.version import VERSION

MANIFEST = f"{STATE_FOLDER}/manifest.json"
INTENT = f"{STATE_FOLDER}/intent.json"
FORMAT = 1

Part: TypeAlias = list[Any]
"""An entry of a shared file as the manifest has it: section, key, host, gap and number of lines. It
is as JSON gave it, and looked at only when entries are asked for: there can be many thousands."""


class Written(NamedTuple):
    """An entry of a managed file: its hash, and the hosts whose it is in a file that they share."""

    digest: str
    hosts: frozenset[str] = frozenset()


@frozen
class Record:
    """One writing of a file: the hash of its content, and whose it is (`tree.RenderedFile`).

    The hash is empty for a file that people write, with entries of nixgen's.
    """

    digest: str
    host: str | None
    origin: str
    parts: list[Part] = field(factory=list)

    @classmethod
    def of(cls, file: RenderedFile, digest: str) -> Record:
        """The record of a rendered file whose content has this hash."""
        parts = [list(move) for move in file.moves] or _parts(file.entries)
        return cls(digest, file.host, file.origin, parts)

    @classmethod
    def of_managed(cls, file: RenderedFile, entries: Mapping[str, Written]) -> Record:
        """The record of a managed file, from its entries by their keys."""
        parts = [[key, each.digest, *sorted(each.hosts)] for key, each in sorted(entries.items())]
        return cls("", file.host, file.origin, parts)

    @property
    def managed_entries(self) -> dict[str, Written] | None:
        """The hashes of a managed file's entries, and whose they are where hosts share the file, by
        their keys; None for any other file.
        """
        if self.digest:
            return None
        entries = {}
        for part in self.parts:
            match part:
                case [str(key), str(digest), *hosts]:
                    names = frozenset(each for each in hosts if isinstance(each, str))
                    entries[key] = Written(digest, names)
        return entries

    @property
    def moves(self) -> list[tuple[str, str, str]]:
        """What a file of `nixgen.project.moved` says: section, old key and new key of each."""
        moves = []
        for part in self.parts:
            match part:
                case [str(section), str(old), str(new)]:
                    moves.append((section, old, new))
        return moves

    @property
    def hosts(self) -> set[str]:
        """The hosts whose the file is, or is in part."""
        if self.host is not None:
            return {self.host}
        if self.digest:
            return {host for part in self.parts for host in _host_of(part)}
        return {host for each in (self.managed_entries or {}).values() for host in each.hosts}

    def entries(self) -> Iterator[Entry]:
        """The entries of a shared file, with their lines. Raises `ValueError` if damaged."""
        last = 0
        for part in self.parts:
            match part:
                case [str(section), str(key), str(host), int(gap), int(length)]:
                    first, last = last + gap + 1, last + gap + length
                    yield Entry(section, key, host, first, last)
                case _:
                    raise ValueError(f"no entry: {part!r}")


@frozen
class Manifest:
    """The files that nixgen wrote: for each path its records, nearly always one.

    `version` is the nixgen that wrote the manifest; empty where there is none.
    """

    records: Mapping[str, tuple[Record, ...]] = field(factory=dict)
    version: str = ""

    @classmethod
    def parse(cls, text: str, shown: str = MANIFEST) -> Manifest:
        """The manifest in a text. Raises `WriteError` if a newer nixgen wrote it."""
        records: dict[str, tuple[Record, ...]] = {}
        version = ""
        for row in _rows(text):
            if isinstance(row, dict):
                version = str(row.get("nixgen", ""))
                if row.get("format") != FORMAT:
                    raise WriteError(_other_format(shown, version))
            elif (read := _record(row)) is not None:
                path, record = read
                records[path] = _with(records.get(path, ()), record)
        return cls(records, version)

    def text(self) -> str:
        """The manifest as it is written: the same for the same content."""
        lines = [f"[{_json({'format': FORMAT, 'nixgen': self.version})}"]
        for path, records in sorted(self.records.items()):
            for record in records:
                row: list[Any] = [path, record.digest, record.host, record.origin]
                lines.append(f",{_json([*row, record.parts] if record.parts else row)}")
        return "\n".join([*lines, "]\n"])

    def joined(self, other: Manifest) -> Manifest:
        """Both in one: a path has the records of both. The version is this one's, if it has one."""
        records = dict(self.records)
        for path, added in other.records.items():
            for record in added:
                records[path] = _with(records.get(path, ()), record)
        return Manifest(records, self.version or other.version)

    def only(self, paths: Container[str]) -> Manifest:
        """The manifest of these paths alone."""
        records = {path: each for path, each in self.records.items() if path in paths}
        return Manifest(records, self.version)

    def is_managed(self, path: str) -> bool:
        """Whether nixgen wrote entries into a file that people write."""
        return any(not record.digest for record in self.records.get(path, ()))

    def knows(self, path: str, digest: str) -> bool:
        """Whether nixgen wrote this content there."""
        return any(record.digest == digest for record in self.records.get(path, ()))


def read_finished(output: Path) -> Manifest:
    """What finished builds have written into an output folder, without what a killed one did."""
    return _read(output, MANIFEST)


def read_manifest(output: Path) -> Manifest:
    """What nixgen is known to have written into an output folder, by finished and killed builds."""
    return _read(output, MANIFEST).joined(_read(output, INTENT))


def _read(output: Path, name: str) -> Manifest:
    place = output / name
    try:
        data = disk.read_if_there(os.fspath(place))
    except OSError as error:
        raise disk.failure(error, place, "read") from error
    return Manifest.parse(data.decode(errors="replace"), str(place))


def shared_entries(output: Path, path: str, manifest: Manifest) -> list[tuple[Entry, str]] | None:
    """The entries of a shared file on disk, each with its text (whole lines).

    An empty list where the file was never written. None where its entries cannot be told: it was
    edited, removed or not written by nixgen; then only a build of all hosts can make it anew.
    """
    place = output / path
    try:
        found = disk.look(os.fspath(place))
        if found is None:
            return None if path in manifest.records else []
        if not stat.S_ISREG(found.st_mode):
            return None  # the plan says what stands there
        data = disk.read(os.fspath(place))
    except OSError as error:
        raise disk.failure(error, place, "read") from error
    digest = disk.digest(data)
    for record in manifest.records.get(path, ()):
        if record.digest == digest:
            return _cut(data, record)
    return None


def _cut(data: bytes, record: Record) -> list[tuple[Entry, str]] | None:
    lines = [line + b"\n" for line in data.split(b"\n")]
    try:
        entries = list(record.entries())
    except ValueError:
        return None
    return [(each, b"".join(lines[each.first - 1 : each.last]).decode()) for each in entries]


def _parts(entries: Iterable[Entry]) -> list[Part]:
    parts, last = [], 0
    for each in entries:
        length = each.last - each.first + 1
        parts.append([each.section, each.key, each.host, each.first - last - 1, length])
        last = each.last
    return parts


def _host_of(part: Part) -> tuple[str, ...]:
    match part:
        case [_, _, str(host), _, _]:
            return (host,)
    return ()


def _with(records: tuple[Record, ...], record: Record) -> tuple[Record, ...]:
    return records if record in records else (*records, record)


def _rows(text: str) -> Iterator[Any]:
    """The elements of the array; where merging broke it, those of its lines that can be read."""
    try:
        whole = json.loads(text) if text else []
        yield from whole if isinstance(whole, list) else []
    except (ValueError, RecursionError):
        for line in text.split("\n"):
            with contextlib.suppress(ValueError, RecursionError):
                yield json.loads(line.removeprefix("," if line.startswith(",") else "["))


def _record(row: Any) -> tuple[str, Record] | None:
    """The path and record of a row; None if it is none, or names a path that no build writes."""
    match row:
        case [str(path), str(digest), str() | None as host, str(origin)]:
            parts: list[Part] = []
        case [str(path), str(digest), str() | None as host, str(origin), list(parts)]:
            pass
        case _:
            return None
    return (path, Record(digest, host, origin, parts)) if path_fault(path) is None else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _other_format(shown: str, version: str) -> Diagnostic:
    return Diagnostic(
        summary=f"cannot read {shown}: it was written by another nixgen ({version or 'unknown'})",
        help=f"use that version, or a newer one; this is nixgen {VERSION}",
    )
