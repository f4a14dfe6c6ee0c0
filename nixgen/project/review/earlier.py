"""Fleets of earlier: that of the last build, and that of a git revision.

Both are loaded from the Python files of their time, by the nixgen of now.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import InputError, LoadError
from nixgen.external.git import text_files_at
from nixgen.model.host import Fleet
from nixgen.project.load import load_fleet
from nixgen.project.review.record import recorded

Texts = Mapping[str, str]
"""The Python files of a hosts folder by their names."""


def last_build(output: Path) -> Fleet:
    """The fleet that the files in an output folder were built from. Raises InputError where that is
    not recorded, LoadError where the texts do not load any more.
    """
    builds = recorded(output)
    if not builds:
        raise InputError(
            Diagnostic(
                summary="it is not recorded from which hosts these files were built",
                location=Location(str(output)),
                help="compare with a revision: `nixgen diff --semantic HEAD`",
            )
        )
    hosts, repositories = [], []
    for build in builds:
        fleet = _loaded(build["texts"], "the last build")
        hosts += [host for host in fleet.hosts if host.name in build["hosts"]]
        repositories = list(fleet.repositories)
    return Fleet(hosts=hosts, repositories=repositories)


def at_revision(revision: str, folder: Path) -> Fleet:
    """The fleet that a hosts folder described at a git revision.

    Raises ExternalError where git does not know the revision, InputError where the folder had no
    hosts then, LoadError where they do not load.
    """
    texts = text_files_at(revision, folder, ".py")
    if not texts:
        raise InputError(
            Diagnostic(
                summary=f"the hosts folder {folder.name!r} has no hosts at {revision!r}",
                help="name a revision that has them",
            )
        )
    return _loaded(texts, revision)


def _loaded(texts: Texts, when: str) -> Fleet:
    with tempfile.TemporaryDirectory(prefix="nixgen-") as name:
        folder = Path(name).resolve() / "hosts"
        folder.mkdir()
        for file, text in texts.items():
            (folder / file).write_text(text)
        try:
            return load_fleet(folder)
        except LoadError as error:
            first = error.diagnostics[0]
            file = Path(first.location.file).name if first.location is not None else "a file"
            raise LoadError(
                Diagnostic(
                    summary=f"the hosts of {when} do not load with this nixgen: {file}: "
                    f"{first.summary}",
                    help="compare with a revision whose hosts do",
                )
            ) from None
