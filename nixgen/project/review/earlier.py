"""Fleets of earlier: that of the last build, and that of a git revision.

Both are loaded from the Python files of their time, by the nixgen of now.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import InputError, LoadError
from nixgen.external.git import text_files_at
from nixgen.model.host import Fleet, Host
from nixgen.model.repository import Repository
from nixgen.project.load import load_fleet
from nixgen.project.review.record import recorded

Texts = Mapping[str, str]
"""The Python files of a hosts folder by their names."""


class Earlier(NamedTuple):
    """Hosts and repositories of earlier; those of builds at different times may be no fleet."""

    hosts: Sequence[Host]
    repositories: Sequence[Repository]


def last_build(output: Path) -> Earlier:
    """What the files in an output folder were built from. Raises InputError where that is not
    recorded, LoadError where the texts do not load any more.
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
    hosts: list[Host] = []
    repositories: Sequence[Repository] = ()
    for build in builds:
        try:
            fleet = _loaded(build["texts"], "the last build")
            repositories = fleet.repositories
        except LoadError:  # a build of some hosts loads no others, whose files may have had faults
            fleet = _loaded(build["texts"], "the last build", only=build["hosts"])
        hosts += [host for host in fleet.hosts if host.name in build["hosts"]]
    return Earlier(sorted(hosts, key=lambda host: host.name), repositories)


def at_revision(revision: str, folder: Path) -> Earlier:
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
    fleet = _loaded(texts, revision)
    return Earlier(fleet.hosts, fleet.repositories)


def _loaded(texts: Texts, when: str, only: Collection[str] | None = None) -> Fleet:
    with tempfile.TemporaryDirectory(prefix="nixgen-") as name:
        folder = Path(name).resolve() / "hosts"
        folder.mkdir()
        for file, text in texts.items():
            (folder / file).write_text(text, encoding="utf-8", errors="replace")
        try:
            return load_fleet(folder, only=only)
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
