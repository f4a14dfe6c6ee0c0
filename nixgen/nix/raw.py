"""Nix written as text inside Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from attrs import evolve

from nixgen.diagnostic import Diagnostic, Location, Related
from nixgen.nix.build import Commented, with_leading
from nixgen.nix.literals import checked_text
from nixgen.nix.nodes import AttributeSet, BlankLine, Entry, Expression, File, Trivia
from nixgen.nix.parsing.syntax_error import NixSyntaxError

_PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep


def raw(text: str) -> Expression:
    """The expression that a text holds, with its comments: `raw("{ pkgs, ... }: pkgs.hello")`.

    Comments on lines after the expression move before it: inside a larger file they would have no
    place of their own.

    Raises NixSyntaxError, which shows the text and the Python line that gave it.
    """
    try:
        file = _parsed(checked_text('nix.raw takes a text, such as "pkgs.hello"', text))
    except NixSyntaxError as error:
        raise _with_caller(error.diagnostics) from None
    return _with_comments_above(file.expression, file.end.leading)


def raw_entry(text: str) -> Entry:
    """The entry of a set that a text holds, with its comments: `raw_entry("inherit (lib) mkIf;")`.

    A text that begins with an empty line has one above the entry. Comments on lines after the entry
    move before it.

    Raises NixSyntaxError, which shows the text and the Python line that gave it.
    """
    checked_text('nix.raw_entry takes a text, such as "a = 1;"', text)
    try:
        body = _parsed(f"{{\n{text}\n}}").expression
    except NixSyntaxError as error:
        raise _with_caller([_inside(each, text) for each in error.diagnostics]) from None
    match body:
        case AttributeSet((entry,), recursive=False):
            return _with_comments_above(entry, body.close.leading)
    fault = Diagnostic(
        summary="the text is no single entry of a set",
        help='write one, with its semicolon: nix.raw_entry("inherit (config) users;")',
    )
    raise _with_caller([fault])


def _parsed(text: str) -> File:
    from nixgen.nix.parsing.parser import parse  # not every program that builds trees reads any

    return parse(text, name="Nix text")


def _with_comments_above(node: Commented, trivia: Sequence[Trivia]) -> Commented:
    below = tuple(each for each in trivia if not isinstance(each, BlankLine))
    return with_leading(node, below) if below else node


def _inside(diagnostic: Diagnostic, text: str) -> Diagnostic:
    """A finding in a set of the text's lines, as one in the text itself."""
    lines = text.split("\n")

    def moved(place: Location) -> Location | None:
        line = (place.line or 0) - 1
        if line > len(lines):  # the brace that ends the set, which the text has not
            return Location(place.file, len(lines), len(lines[-1]) + 1, source=lines[-1])
        return evolve(place, line=line) if line > 0 else None

    location = None if diagnostic.location is None else moved(diagnostic.location)
    related = [(moved(each.location), each.message) for each in diagnostic.related]
    kept = tuple(Related(place, message) for place, message in related if place is not None)
    return evolve(diagnostic, location=location, related=kept)


def _with_caller(diagnostics: Sequence[Diagnostic]) -> NixSyntaxError:
    place = _caller()
    return NixSyntaxError(*(_with_place(each, place) for each in diagnostics))


def _with_place(diagnostic: Diagnostic, place: Location) -> Diagnostic:
    related = (*diagnostic.related, Related(place, "the text is given here"))
    return evolve(diagnostic, related=related)


def _caller() -> Location:
    """The line outside nixgen that the text comes from."""
    frame = sys._getframe(1)  # noqa: SLF001 - frames have no public door; logging uses it too
    while frame.f_code.co_filename.startswith(_PACKAGE) and frame.f_back is not None:
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno)
