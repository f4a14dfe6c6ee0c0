"""Entries of hosts that are not built now: cut out of the shared files as they are on disk."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from nixgen import hcl
from nixgen.diagnostic import Diagnostic, Location
from nixgen.emit.shared import SHARED_FILES
from nixgen.errors import ConflictError
from nixgen.project.manifest import Manifest, read_manifest, shared_entries
from nixgen.project.origins import read_origins
from nixgen.project.render import Chunk
from nixgen.project.tree import Entry, LineOrigin


def kept_chunks(output: Path, built: Collection[str]) -> list[Chunk]:
    """The entries of all hosts but the built ones.

    Raises ConflictError where a shared file is not as nixgen wrote it, so that nobody can tell
    which of its lines are whose.
    """
    manifest = read_manifest(output)
    return [chunk for path in SHARED_FILES for chunk in _chunks(output, path, manifest, built)]


def _chunks(output: Path, path: str, manifest: Manifest, built: Collection[str]) -> Iterator[Chunk]:
    found = shared_entries(output, path, manifest)
    if found is None:
        raise ConflictError(
            Diagnostic(
                summary=f"{path} is not as nixgen wrote it, so the entries of other hosts in it "
                "cannot be told apart",
                location=Location(str(output / path)),
                help="build all hosts: `nixgen build`",
            )
        )
    origins = read_origins(output, path) or ()
    for entry, text in found:
        if entry.host not in built:
            section = SHARED_FILES[path].section(entry.section)
            ranges = _ranges(entry, origins)
            kind = hcl.ObjectItem if section.depth else hcl.Block
            printed = hcl.Printed(text, section.depth, kind, kind, ranges)
            yield Chunk(path, entry.section, entry.key, entry.host, printed)


def _ranges(entry: Entry, origins: Collection[LineOrigin]) -> tuple[hcl.OriginRange, ...]:
    """The origins of the entry's lines where they are still known; the entry itself in any case."""
    height = entry.last - entry.first + 1
    inside = tuple(
        (first - entry.first + 1, last - entry.first + 1, rest)
        for first, last, *rest in origins
        if entry.first <= first and last <= entry.last
    )
    return inside or ((1, height, ("an entry of a host that was not built", ())),)
