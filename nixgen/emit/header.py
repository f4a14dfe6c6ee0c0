"""The comment at the top of each generated file, from a Jinja2 template."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@functools.cache
def environment() -> Environment:
    """The templates of this package: an undefined name is an error, and nothing is escaped.

    Templates are text around code; values in code are quoted by a printer, never by a template.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("nixgen.emit"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        autoescape=False,  # noqa: S701 - the text is no HTML
    )


@functools.lru_cache(maxsize=64)
def header(source: str, notes: Sequence[str] = ()) -> tuple[str, ...]:
    """The lines of the comment, without their `#`: what made the file, and the notes."""
    text = environment().get_template("header.j2").render(source=source, notes=notes)
    return tuple(text.splitlines())
