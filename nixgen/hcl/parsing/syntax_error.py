"""The error of a text that is not HCL."""

from __future__ import annotations

from nixgen.errors import SyntaxFault


class HclSyntaxError(SyntaxFault):
    """Text that does not parse as HCL; its diagnostic says where and why."""
