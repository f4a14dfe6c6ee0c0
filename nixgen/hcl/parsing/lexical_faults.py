"""What the lexer has to say: mistakes inside of tokens."""

from __future__ import annotations

from nixgen.diagnostic import Diagnostic, Related
from nixgen.source import Source

_HINTS = {
    "'": 'strings stand in double quotes: "…"',
    "`": "a text of several lines is a heredoc: `<<EOT`, the lines, `EOT`",
    "“": 'use the straight quote `"`; this one comes from a word processor or a web page',
    "”": 'use the straight quote `"`; this one comes from a word processor or a web page',
    ";": "arguments and blocks are separated by newlines, the items of a list by commas",
    "&": "boolean AND is `&&`; HCL has no operators on bits",
    "|": "boolean OR is `||`; HCL has no operators on bits",
    "^": "HCL has no operators on bits and no exponentiation; there is the function `pow`",
    "~": "boolean NOT is `!`; HCL has no operators on bits",
    "$": "an interpolation `${…}` stands inside of a string; outside, write the name alone",
    "@": None,
    "\\": "a backslash has a meaning in quoted strings only",
    "\u00a0": "this blank is a no-break space; replace it by a plain one",
}


def character(source: Source, at: int) -> Diagnostic:
    """A character that begins no token."""
    found = source.text[at]
    shown = found if found.isprintable() and found != "`" else f"U+{ord(found):04X}"
    quote = "the backtick" if found == "`" else f"`{shown}`"
    return Diagnostic(
        summary=f"{quote} has no meaning here",
        location=source.location(at),
        help=_HINTS.get(found),
    )


def surrogate(source: Source, at: int) -> Diagnostic:
    """Half of a surrogate pair, which no file in UTF-8 can hold."""
    return Diagnostic(
        summary=f"U+{ord(source.text[at]):04X} is half of a character; HCL is UTF-8",
        location=source.location(at),
    )


def comment(source: Source, opener: int) -> Diagnostic:
    """`/*` without its end."""
    return Diagnostic(
        summary="this comment is never closed",
        location=source.location(opener, 2),
        help="close it with `*/`; a comment of one line begins with `#`",
    )


def tilde(source: Source, at: int) -> Diagnostic:
    """`~}` where no template sequence is open."""
    return Diagnostic(
        summary="`~}` ends a `${` or `%{` only, and none is open here",
        location=source.location(at, 2),
        help="write `}`",
    )


def string(source: Source, opener: int, at: int) -> Diagnostic:
    """A string that the line, or the text, ends before it does."""
    end = "the line" if at < len(source.text) else "the file"
    if source.text.startswith("\\", at):
        end = "the line" if at + 1 < len(source.text) else "the file"
    return Diagnostic(
        summary=f'expected `"` before the end of {end}',
        location=source.location(at),
        related=(Related(source.location(opener), "the string begins here"),),
        help="a string is one line: write a newline as `\\n`, or use a heredoc, `<<EOT`",
    )


def heredoc(source: Source, opener: int, marker: str, at: int) -> Diagnostic:
    """A heredoc that the text ends before its marker, or one with a lone carriage return."""
    last_line = source.text[source.text.rfind("\n") + 1 :]
    if at < len(source.text):
        summary = "a heredoc holds carriage returns only at the ends of its lines"
        help_text = "remove it, or write a quoted string with `\\r`"
    elif last_line.strip() == marker:
        summary = f"expected a newline after `{marker}`"
        help_text = "end the file with a newline: a heredoc's marker is a whole line"
    else:
        summary = f"expected `{marker}` on a line of its own before the end of the file"
        help_text = f"end the heredoc with a line that is `{marker}` and nothing else"
    return Diagnostic(
        summary=summary,
        location=source.location(at),
        related=(Related(source.location(opener), "the heredoc begins here"),),
        help=help_text,
    )
