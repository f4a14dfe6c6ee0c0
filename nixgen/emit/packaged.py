"""Texts that are the same for every fleet and stand as files in this package."""

from __future__ import annotations

import functools


@functools.cache
def packaged_text(path: str) -> str:
    """The text of a file, by its path in `nixgen/emit/`."""
    from importlib.resources import files  # only here: most fleets need no such text

    return files("nixgen.emit").joinpath(*path.split("/")).read_text(encoding="utf-8")
