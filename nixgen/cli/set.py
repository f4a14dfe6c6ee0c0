"""`nixgen set`: another value for one attribute of a Nix file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import PATH, with_output_flags

if TYPE_CHECKING:
    from nixgen.nix.edit import Document


@with_output_flags
@click.command("set")
@click.argument("file", metavar="FILE", type=PATH)
@click.argument("path", metavar="PATH")
@click.argument("value", metavar="VALUE")
@click.option("--string", is_flag=True, help="VALUE is the text of a string, not Nix.")
@click.option("--append", is_flag=True, help="VALUE is added to the list at PATH.")
@click.pass_obj
def command(session: Session, /, file: str, path: str, value: str, **flags: bool) -> None:
    """Give an attribute of a Nix file a value; no other line changes.

    \b
      nixgen set configuration.nix services.openssh.enable true
      nixgen set configuration.nix time.timeZone --string Europe/Oslo
      nixgen set configuration.nix environment.systemPackages --append pkgs.git

    VALUE is Nix; one that begins with - goes after --. The path is found whichever way the file
    spells it; a new attribute goes beside its nearest relatives, and arguments that the value
    needs, such as pkgs, are added to the file's function. What cannot be done safely is an error
    that says where. FILE - is standard input, copied to standard output.
    """
    from nixgen.cli.nix_file import changed
    from nixgen.nix.build import string as quoted

    def change(document: Document) -> bool:
        made = quoted(value) if flags["string"] else value
        return document.append(path, made) if flags["append"] else document.set(path, made)

    different = changed(session, file, change)
    if session.json:
        session.answer({"file": file, "path": path, "changed": different})
    else:
        session.summarize(f"{file}: {path} {'changed' if different else 'is so already'}")
