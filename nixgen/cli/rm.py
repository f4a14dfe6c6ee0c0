"""`nixgen rm`: an attribute less in a Nix file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import PATH, with_output_flags

if TYPE_CHECKING:
    from nixgen.nix.edit import Document


@with_output_flags
@click.command("rm")
@click.argument("file", metavar="FILE", type=PATH)
@click.argument("path", metavar="PATH")
@click.option("--item", metavar="VALUE", help="Take only this item out of the list at PATH.")
@click.pass_obj
def command(session: Session, file: str, path: str, item: str | None) -> None:
    """Take an attribute and its comments out of a Nix file.

    \b
      nixgen rm configuration.nix services.nginx
      nixgen rm configuration.nix environment.systemPackages --item pkgs.git

    All that the file sets below the path goes, too. Where there is nothing at the path, nothing is
    done. FILE - is standard input, copied to standard output.
    """
    from nixgen.cli.nix_file import changed

    def change(document: Document) -> bool:
        return document.remove(path) if item is None else document.discard(path, item)

    different = changed(session, file, change)
    if session.json:
        session.answer({"file": file, "path": path, "changed": different})
    else:
        session.summarize(f"{file}: {path} {'removed' if different else 'is not there'}")
