"""What nixgen has to say about the user's input, as a value.

A `Diagnostic` says what is wrong, where, and what to do about it. It is rendered for people by
`render`, and as plain data by `Diagnostic.as_dict`; nothing else formats messages.
The shape follows hcl's diagnostics and rustc's: summary, location with the source line, detail,
related places, help.
"""

from __future__ import annotations

import enum
import linecache
import re
from collections.abc import Iterable
from typing import Any

from attrs import evolve, field, frozen


class Severity(enum.StrEnum):
    """How much a diagnostic matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@frozen
class Location:
    """A place in a text: `file` as shown to people, `line` and `column` counted from 1.

    `column` None means the whole line; `length` is the number of characters underlined.
    `source` is the line's text where it is known; otherwise it is read from the file.
    """

    file: str
    line: int | None = None
    column: int | None = None
    length: int = 1
    source: str | None = field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        parts = [self.file, self.line, self.column if self.line is not None else None]
        return ":".join(str(part) for part in parts if part is not None)

    def line_text(self) -> str | None:
        """The text of the line without its end, or None where it cannot be read.

        A line that `withhold` was told of is replaced, whoever made the location.
        """
        if self.line is not None and (self.file, self.line) in _withheld:
            return WITHHELD_LINE
        if self.source is not None:
            return self.source
        if self.line is None:
            return None
        text = linecache.getline(self.file, self.line)
        return text.rstrip("\r\n") if text else None


WITHHELD_LINE = "(this line is not shown: it may hold a secret)"

_withheld: set[tuple[str, int]] = set()


def withhold(file: str, line: int) -> None:
    """Never show this line of this file in a message, for the rest of the process."""
    _withheld.add((file, line))


# Forms that little but a token has: the 40 characters of Forgejo's and Gitea's (a commit's hash has
# them, too), whole or cut short; Vault's and OpenBao's, GitHub's, GitLab's, AWS's, age's keys, JWT.
_TOKEN = re.compile(
    r"""(?<![A-Za-z0-9_+/.-])(?:
      (?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])(?:[A-Za-z0-9]{40}|[A-Za-z0-9]{16,}(?=\.\.\.))
    | hv[brs]\.[\w-]{8,} | [brs]\.(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,}
    | gh[oprsu]_\w{8,} | github_pat_\w{8,} | glpat-[\w-]{8,}
    | AKIA[A-Z0-9]{8,} | AGE-SECRET-KEY-1[A-Z0-9]{8,} | eyJ[\w-]{8,}\.eyJ[\w.-]{8,}
    )(?![A-Za-z0-9_])""",
    re.VERBOSE,
)
_HIDDEN = "(not shown: it looks like a token)"


def without_tokens(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic without what has the form of a token; a line that holds one is withheld."""
    for place in (diagnostic.location, *(each.location for each in diagnostic.related)):
        if place is not None and place.line is not None and _TOKEN.search(place.line_text() or ""):
            withhold(place.file, place.line)
    return evolve(
        diagnostic,
        summary=_TOKEN.sub(_HIDDEN, diagnostic.summary),
        detail=diagnostic.detail and _TOKEN.sub(_HIDDEN, diagnostic.detail),
        help=diagnostic.help and _TOKEN.sub(_HIDDEN, diagnostic.help),
        related=tuple(
            evolve(each, message=_TOKEN.sub(_HIDDEN, each.message)) for each in diagnostic.related
        ),
    )


@frozen
class Related:
    """Another place that explains a diagnostic: `message` says how."""

    location: Location
    message: str


@frozen(kw_only=True)
class Diagnostic:
    """One finding.

    `summary` is one line without a full stop, `detail` says more where that is needed, `help` says
    what to do. `code` names the rule (`NG101`) where the finding has one.
    """

    summary: str
    severity: Severity = Severity.ERROR
    code: str | None = None
    location: Location | None = None
    detail: str | None = None
    related: tuple[Related, ...] = ()
    help: str | None = None

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        return f"{where}{self.summary}"

    def as_dict(self) -> dict[str, Any]:
        """Plain data for `--json`: absent parts are left out."""
        data: dict[str, Any] = {"severity": str(self.severity), "summary": self.summary}
        if self.code:
            data["code"] = self.code
        if self.location:
            data["location"] = _location_dict(self.location)
        if self.detail:
            data["detail"] = self.detail
        if self.related:
            data["related"] = [
                {**_location_dict(related.location), "message": related.message}
                for related in self.related
            ]
        if self.help:
            data["help"] = self.help
        return data


def _location_dict(location: Location) -> dict[str, Any]:
    parts = {"file": location.file, "line": location.line, "column": location.column}
    return {name: value for name, value in parts.items() if value is not None}


def render(diagnostic: Diagnostic) -> str:
    """The diagnostic as people read it: a header, the place with its line, detail and help.

    Plain text without a last newline; colour is the command's business.
    """
    code = f"[{diagnostic.code}]" if diagnostic.code else ""
    lines = [f"{diagnostic.severity}{code}: {_seen(diagnostic.summary)}"]
    if diagnostic.location is not None:
        lines += _excerpt(diagnostic.location)
    if diagnostic.detail:
        lines += [f"  {_seen(line)}" for line in diagnostic.detail.splitlines()]
    for related in diagnostic.related:
        lines.append(f"note: {_seen(related.message)}")
        lines += _excerpt(related.location)
    if diagnostic.help:
        first, *rest = map(_seen, diagnostic.help.splitlines())
        lines += [f"help: {first}", *(f"      {line}" for line in rest)]
    return "\n".join(lines)


def render_all(diagnostics: Iterable[Diagnostic]) -> str:
    """Several diagnostics, a blank line between them."""
    return "\n\n".join(render(diagnostic) for diagnostic in diagnostics)


# What a terminal would obey instead of showing it.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNSEEN = "\N{REPLACEMENT CHARACTER}"


def _seen(text: str) -> str:
    return _CONTROLS.sub(_UNSEEN, text.expandtabs(1))


def _excerpt(location: Location) -> list[str]:
    lines = [f"  --> {location}"]
    text = location.line_text()
    if text is None or location.line is None:
        return lines
    number = str(location.line)
    gutter = " " * len(number)
    shown, column = _window(text, location.column or 1)
    lines += [f"  {gutter} |", f"  {number} | {_seen(shown)}"]
    if location.column is not None and text != WITHHELD_LINE:
        carets = "^" * max(1, min(location.length, len(shown) - column + 1))
        lines.append(f"  {gutter} | {' ' * (column - 1)}{carets}")
    return lines


_WIDEST = 200  # characters of a line; a generated file may have all of itself on one


def _window(text: str, column: int) -> tuple[str, int]:
    """The part of a line around a column, and the column in it."""
    if len(text) <= _WIDEST:
        return text, column
    start = max(0, min(column - _WIDEST // 2, len(text) - _WIDEST))
    before, after = "..." * (start > 0), "..." * (start + _WIDEST < len(text))
    return f"{before}{text[start : start + _WIDEST]}{after}", column - start + len(before)
