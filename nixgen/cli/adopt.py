"""`nixgen adopt`: the Python that makes Nix and Terraform files that exist."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import PATH, with_flags

if TYPE_CHECKING:
    from pathlib import Path

    from nixgen.model.scope import Scope
    from nixgen.project.adopting.adopt import Adopted

_SAME = {
    "bytes": "the same bytes",
    "formatted": "the same once formatted",
    "values": "same values, other layout",
    "different": "DIFFERENT",
    "refused": "REFUSED, people go on writing it",
}


@with_flags
@click.command("adopt")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option("--host", metavar="NAME", help="The host (default: the name of the files' folder).")
@click.option("--release", help="Its NixOS release (default: that of system.stateVersion).")
@click.option(
    "--scope",
    metavar="SCOPE",
    help="What its runners are registered for: user:NAME, org:NAME, repo:OWNER/NAME or global.",
)
@click.option("--force", is_flag=True, help="Overwrite hosts/<name>.py where there is one.")
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    files: tuple[str, ...],
    host: str | None,
    release: str | None,
    scope: str | None,
    force: bool,
) -> int:
    """Write the Python that makes files that exist.

    \b
      nixgen adopt hosts/web1/*.nix                 all files of a host
      nixgen adopt ci.nix --host ci --release 25.11
      nixgen adopt hosts/web1/*.nix terraform/vault/{variables,secrets}.tf

    Secrets, runners and their limits become objects, other options Python data; what is no data
    stays as Nix, comments are kept. Of Terraform files in terraform/vault/ the host's secrets and
    their variables become objects; people go on writing the files. What it makes is compared with
    what exists, Nix formatted; differences are shown, and give the exit status 1.

    A Nix file with a literal secret is refused, which gives the exit status 1, too: build leaves it
    alone, and the host's other files go on importing it.
    """
    from nixgen.project.adopting.adopt import adopt

    nix = [file for file in files if not file.endswith(".tf")]
    if not nix and host is None:
        raise click.UsageError("Terraform files are of all hosts: --host says which is meant.")
    folder, named = _read(nix)
    named |= _read_shared([file for file in files if file.endswith(".tf")])
    name = host or folder.name
    target = session.configuration().hosts / f"{name}.py"
    if not force:
        _refuse_existing(target)
    adopted = adopt(
        {path: text for path, (_, text) in named.items()},
        name,
        release,
        None if scope is None else _scope(scope),
        shown={path: file for path, (file, _) in named.items()},
    )
    _write(target, adopted.python)
    _answer(session, name, target, adopted)
    different = any(same == "different" for _, _, same in adopted.files.values())
    return 1 if different or adopted.refused else 0


def _read(files: Sequence[str]) -> tuple[Path, dict[str, tuple[str, str]]]:
    """The folder that all files are in, and their names and texts by their paths below it."""
    from pathlib import Path

    from nixgen.cli.nix_file import read_document

    paths = [Path(file).absolute() for file in files]
    if len(set(paths)) < len(paths):
        raise click.UsageError("A file is named twice.")
    folder = Path(os.path.commonpath([path.parent for path in paths])) if paths else Path()
    named = {
        path.relative_to(folder).as_posix(): (file, read_document(file).text)
        for path, file in zip(paths, files, strict=True)
    }
    return folder, named


def _read_shared(files: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The names that Terraform files were given by, and their texts, by their own names."""
    from pathlib import Path

    from nixgen.cli.nix_file import read_text

    named = {Path(file).name: (file, read_text(file)) for file in files}
    if len(named) < len(files):
        raise click.UsageError("Two Terraform files have one name.")
    return named


def _refuse_existing(target: Path) -> None:
    from nixgen.diagnostic import Diagnostic, Location
    from nixgen.errors import ConflictError

    if os.path.lexists(target):
        raise ConflictError(
            Diagnostic(
                summary=f"{target.name} exists already",
                location=Location(str(target)),
                help="--host gives another name; --force overwrites it",
            )
        )


def _write(target: Path, python: str) -> None:
    from nixgen.project import disk

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        disk.put(str(target), python.encode())
    except OSError as error:
        raise disk.failure(error, target) from None


def _answer(session: Session, name: str, target: Path, adopted: Adopted) -> None:
    """Says what was written, and how what is built from it compares with each file."""
    from nixgen.cli.diff import styled, unified_texts
    from nixgen.cli.failures import relative, tell_notices

    states = {path: same for path, (_, _, same) in adopted.files.items()}
    states |= dict.fromkeys(adopted.refused, "refused")
    faults = [relative(fault) for found in adopted.refused.values() for fault in found]
    _tell_what_stays(session, adopted)
    if session.json:
        session.answer(
            {
                "file": str(target),
                "files": states,
                "without_scope": list(adopted.without_scope),
                "options": list(adopted.options),
                "kept": list(adopted.kept),
                "diagnostics": [fault.as_dict() for fault in faults],
            }
        )
        return
    tell_notices(faults, session)
    session.say(f"wrote {_from_here(target)}")
    for path, state in states.items():
        session.say(f"{path}: {_SAME[state]}")
        old, new, _ = adopted.files.get(path, ("", "", ""))
        for line in unified_texts(old, new, f"a/{path}", f"b/{path}"):
            session.say(styled(line))
    session.summarize(
        "the first build has to be told that Nix files are nixgen's now, and puts a header on "
        f"them: `nixgen diff {name}`, then `nixgen build --force {name}`"
    )


def _tell_what_stays(session: Session, adopted: Adopted) -> None:
    """Notes of what became no object."""
    if adopted.without_scope:
        session.tell(
            f"note: runners that stay options: {', '.join(adopted.without_scope)}; what they are "
            "registered for is not in Nix, --scope says it"
        )
    for each in adopted.options:
        session.tell(f"note: a runner that stays options: {each}")
    for each in adopted.kept:
        session.tell(f"note: a secret that stays as it is in Terraform: {each}")


def _from_here(path: Path) -> str:
    """A path as people give it: relative where it is below the working directory."""
    from pathlib import Path

    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _scope(text: str) -> Scope:
    from nixgen.project.adopting.objects import scope_of

    try:
        return scope_of(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--scope") from None
