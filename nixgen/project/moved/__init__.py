"""Renames since the last build, and the file that has OpenTofu destroy nothing for them.

All other files follow from the model alone. This one follows from what was built before, too, as a
database's migrations do: the manifest keeps its moves, so that later builds, and those of a fresh
clone, write the same file until somebody deletes it. A move goes by itself where its old name is in
use again (which is refused where a value would be lost), or its new one is gone.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from nixgen.diagnostic import Diagnostic
from nixgen.emit.shared import (
    HOSTS_FILE,
    MOVED_FILE,
    PROVIDER_FILE,
    SECRETS_FILE,
    VARIABLES_FILE,
)
from nixgen.project import disk
from nixgen.project.manifest import Manifest, read_finished, read_manifest
from nixgen.project.tree import Tree


def with_moves(
    tree: Tree, output: Path, hosts: Collection[str] | None, mount: str, about: str
) -> tuple[Tree, tuple[Diagnostic, ...]]:
    """The tree with the file of renames, where there are some, and what to tell about them.

    `hosts` None says that the tree is that of all hosts; `mount` is the KV engine's, and
    `about` names the folder that the file is made from. Raises HclSyntaxError where people's
    Terraform has to be read and does not parse, and InputError where a secret has the old name of
    one that may not have been moved yet.
    """
    manifest = read_manifest(output)
    pending = _pending(manifest, output)
    if not pending and not _may_differ(tree, manifest):
        return tree, ()
    # Only here: most builds rename nothing, and need no parser.
    from nixgen.project.moved.file import moved

    file, told = moved(tree, output, hosts, manifest, pending, mount=mount, about=about)
    return (tree if file is None else {**tree, MOVED_FILE: file}), told


def _may_differ(tree: Tree, manifest: Manifest) -> bool:
    """Whether entries can be gone: not where the shared files are as the last build wrote them."""
    for path in (VARIABLES_FILE, SECRETS_FILE, HOSTS_FILE, PROVIDER_FILE):
        records = manifest.records.get(path, ())
        file = tree.get(path)
        if not records:
            continue
        if file is None or file.managed or len(records) > 1:
            return True
        if records[0].digest != disk.digest(file.text.encode(errors="replace")):
            return True
    return False


def _pending(manifest: Manifest, output: Path) -> list[tuple[str, str, str]]:
    """The moves of earlier builds; none where their file was deleted, which says: applied.

    A killed build may have noted the file and not yet written it.
    """
    records, place = manifest.records.get(MOVED_FILE, ()), output / MOVED_FILE
    try:
        gone = records and disk.look(os.fspath(place)) is None
    except OSError as error:
        raise disk.failure(error, place, "read") from error
    if gone and MOVED_FILE in read_finished(output).records:
        return []
    return [each for record in records for each in record.moves]
