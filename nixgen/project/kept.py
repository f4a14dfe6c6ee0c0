"""Entries of hosts that are not built now: cut out of the shared files as they are on disk."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from nixgen import hcl
from nixgen.diagnostic import Diagnostic, Location
from nixgen.emit.contribution import Cause
from nixgen.emit.shared import SHARED_FILES, VERSIONS_FILE
from nixgen.errors import ConflictError
from nixgen.model.vault import VAULT, Vault
from nixgen.project import disk, line_origins
from nixgen.project.manifest import Manifest, read_manifest, shared_entries
from nixgen.project.origins import read_parts
from nixgen.project.render import Chunk


def kept_chunks(
    output: Path,
    built: Collection[str],
    managed: Collection[str] = (),
    vault: Vault = VAULT,
    about: str = "",
) -> list[Chunk]:
    """The entries of all hosts but the built ones.

    `managed` are paths that people write: where they do already, entries of other hosts are found
    by the manifest and stay. `vault` and `about` are those of the build. Raises ConflictError where
    a shared file is not as nixgen wrote it, so that nobody can tell which of its lines are whose,
    or where the folder was of another kind, whose entries would not fit in.
    """
    manifest = read_manifest(output)
    chunks = [
        chunk
        for path in SHARED_FILES
        if not (path in managed and manifest.is_managed(path))
        for chunk in _chunks(output, path, manifest, built)
    ]
    if chunks and not _is_of_kind(manifest, vault, about):
        raise ConflictError(
            Diagnostic(
                summary="the fleet's Vault has become another kind of folder, in which entries of "
                "hosts that are not built now do not fit",
                location=vault.origin.location(),
                help="build all hosts: `nixgen build`",
            )
        )
    return chunks


def _is_of_kind(manifest: Manifest, vault: Vault, about: str) -> bool:
    """Whether the folder has the versions that this kind of it needs: they tell kinds apart."""
    tree = SHARED_FILES[VERSIONS_FILE].tree(about, vault, ())
    if tree is None:
        return VERSIONS_FILE not in manifest.records
    return manifest.knows(VERSIONS_FILE, disk.digest(hcl.print_file(tree).encode()))


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
    renewed = {(entry.section, entry.key) for entry, _ in found if entry.host in built}
    for entry, text in found:
        if entry.host not in built:
            height = entry.last - entry.first + 1
            part = origins.get(entry.first) or _unknown(height)
            # One that a built host has, too, was the same object: it is as it is built now.
            rank = -1 if (entry.section, entry.key) in renewed else 0
            yield Chunk(path, entry.section, entry.key, entry.host, text, height, part, rank=rank)


def _unknown(height: int) -> str:
    """The origins of an entry that nobody knows any more: the lines belong to it, that is all."""
    return line_origins.part([(1, height, Cause("an entry of a host that was not built", ()))])
