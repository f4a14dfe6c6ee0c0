"""Entries of hosts that are not built now: cut out of the shared files as they are on disk."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from nixgen.diagnostic import Diagnostic, Location
from nixgen.emit.contribution import Cause
from nixgen.emit.shared import SHARED_FILES
from nixgen.errors import ConflictError
from nixgen.project import line_origins
from nixgen.project.manifest import Manifest, read_manifest, shared_entries
from nixgen.project.origins import read_parts
from nixgen.project.render import Chunk


def kept_chunks(output: Path, built: Collection[str], managed: Collection[str] = ()) -> list[Chunk]:
    """The entries of all hosts but the built ones.

    `managed` are paths that people write: where they do already, entries of other hosts are found
    by the manifest and stay. Raises ConflictError where a shared file is not as nixgen wrote it, so
    that nobody can tell which of its lines are whose.
    """
    manifest = read_manifest(output)
    return [
        chunk
        for path in SHARED_FILES
        if not (path in managed and manifest.is_managed(path))
        for chunk in _chunks(output, path, manifest, built)
    ]


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
    origins = read_parts(output, path)
    for entry, text in found:
        if entry.host not in built:
            height = entry.last - entry.first + 1
            part = origins.get(entry.first) or _unknown(height)
            yield Chunk(path, entry.section, entry.key, entry.host, text, height, part)


def _unknown(height: int) -> str:
    """The origins of an entry that nobody knows any more: the lines belong to it, that is all."""
    return line_origins.part([(1, height, Cause("an entry of a host that was not built", ()))])
