"""The error of a text that is not Nix."""

from __future__ import annotations

from nixgen.errors import SyntaxFault


class NixSyntaxError(SyntaxFault):
    """Text that does not parse as Nix; its diagnostics say where and why, in the text's order."""
