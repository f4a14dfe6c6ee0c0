"""The error of an edit that cannot be made."""

from __future__ import annotations

from nixgen.errors import InputError


class HclEditError(InputError):
    """A place in a file that is not there, or not of the shape that the edit needs."""
