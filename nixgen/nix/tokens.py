"""Tokens of the Nix language, and the trivia that hang on them: comments and blank lines.

What hangs on which token follows nixfmt's lexer, since its layout depends on it; `trivia.py` has
the rules. All names here are part of `nixgen.nix.nodes`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import field, frozen


@frozen
class Span:
    """A half-open range of character offsets into the source text."""

    start: int
    end: int


@frozen
class BlankLine:
    """One or more empty lines between two tokens."""


@frozen
class LineComment:
    """`# text` on a line of its own; `text` is what follows `#`, its last blanks removed."""

    text: str


@frozen
class BlockComment:
    """`/* text */`, or `/** text */` where `documentation`; one entry of `lines` a line."""

    lines: tuple[str, ...]
    documentation: bool = False


@frozen
class LanguageAnnotation:
    """`/* lua */` right before a string: names the language inside; `text` is `lua`."""

    text: str


@frozen
class FormatDirective:
    """`/*nixfmt:disable*/` or `/*nixfmt:enable*/` on a line of its own (nixfmt 1.4.0).

    `kind` `"enable"` ends a region that is not formatted, and `raw` holds that region's text: whole
    lines, those of both directives included; None where no region was open. `"end"` stands for the
    end of the file as the end of an open region: the last of the file's trivia, with the text up to
    the end. `"disable"` opens a region (inert in an open one), its text comes with its end.
    """

    kind: Literal["disable", "enable", "end"]
    raw: str | None = None


Trivia: TypeAlias = BlankLine | LineComment | BlockComment | LanguageAnnotation | FormatDirective


@frozen(weakref_slot=False)
class Token:
    """One token: its text, the trivia before it, and a comment after it on the same line.

    Parsed tokens know where they stand: `start` is a character offset and `line` counts from 1.
    For tokens that were not parsed they are -1 and 0, and `span` is None.

    A trailing block comment on one line becomes a `LineComment`, as nixfmt prints it.
    """

    text: str
    leading: tuple[Trivia, ...] = ()
    trailing: LineComment | None = None
    start: int = field(default=-1, eq=False, repr=False)
    line: int = field(default=0, eq=False, repr=False)

    @property
    def span(self) -> Span | None:
        """Where the token stands in the source; empty for the ends of a path and of the file."""
        return Span(self.start, self.start + len(self.text)) if self.start >= 0 else None
