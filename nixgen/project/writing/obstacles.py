"""What a build says of things in its way. None of the messages repeats a file's content."""

from __future__ import annotations

from pathlib import Path

from nixgen.diagnostic import Diagnostic, Location
from nixgen.project.manifest import MANIFEST


def file(place: Path, *, known: bool, wanted: bool) -> Diagnostic:
    """A file whose content nixgen did not write: edited since (`known`), or never nixgen's."""
    if not known:
        return Diagnostic(
            summary="a file that nixgen did not write is in the way",
            location=Location(str(place)),
            help="move it away, or overwrite it with `nixgen build --force`\n"
            "(a file that is what nixgen would write is taken over as it is)",
        )
    if wanted:
        return Diagnostic(
            summary="this file was edited by hand since nixgen wrote it",
            location=Location(str(place)),
            help="make the edit in the host's Python file instead, or drop it with "
            "`nixgen build --force`; `nixgen diff` shows it",
        )
    return Diagnostic(
        summary="no host needs this file any more, but it was edited by hand",
        location=Location(str(place)),
        help=f"remove it, or have it removed by `nixgen build --force`; "
        f"to keep it as your own, delete its line in {MANIFEST}",
    )


def folder(place: Path) -> Diagnostic:
    """A folder where a file belongs."""
    return Diagnostic(
        summary="a folder is in the place of a file",
        location=Location(str(place)),
        help="move it away; nixgen removes no folder, even with --force",
    )


def special(place: Path, *, link: bool) -> Diagnostic:
    """A symbolic link, or a device or pipe, where a file belongs."""
    return Diagnostic(
        summary=f"a {'symbolic link' if link else 'special file'} is in the place of a file",
        location=Location(str(place)),
        help="remove it, or have it replaced by `nixgen build --force`; "
        "what a link points to is never touched",
    )


def on_the_way(place: Path, standing: str) -> Diagnostic:
    """Something that is no folder, where a folder is needed."""
    advice = "move it away"
    if "link" in standing:
        advice += (
            "; nixgen writes through no symbolic link inside the output folder, which could lead "
            "out of it\n(the output folder itself may be a link)"
        )
    return Diagnostic(
        summary=f"{standing} is in the place of a folder",
        location=Location(str(place)),
        help=advice,
    )


def changed_meanwhile(place: Path) -> Diagnostic:
    """A file that someone changed while the build was running."""
    return Diagnostic(
        summary="this file changed while nixgen was building",
        location=Location(str(place)),
        help="build again",
    )
