"""Formats Nix text as nixfmt 1.4.0 does, byte for byte."""

from __future__ import annotations

from nixgen.nix.parsing.parser import parse
from nixgen.nix.printing.printer import INDENT, WIDTH, print_file


def format(  # noqa: A001  # `nix.format(text)` is the name that users look for
    text: str,
    *,
    width: int = WIDTH,
    indent: int = INDENT,
    strict: bool = False,
    name: str = "<nix>",
) -> str:
    """The text of a Nix file, laid out anew; its comments, blank lines and regions are kept.

    `width` is the number of columns that a line may have, counted from its indentation, and
    `indent` that of one step. Where a person broke lines decides a few layouts; `strict` ignores
    it. What stands between `/*nixfmt:disable*/` and `/*nixfmt:enable*/` stays as it is. `name` is
    the file's, for errors.

    Raises NixSyntaxError where the text has not the shape of Nix. What Nix refuses for other
    reasons, such as an argument that appears twice, is formatted all the same.
    """
    file = parse(text, name=name, check=False)
    return print_file(file, width=width, indent=indent, strict=strict)
