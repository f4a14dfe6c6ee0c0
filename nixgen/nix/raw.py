"""Nix written as text inside Python."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from attrs import evolve

from nixgen.diagnostic import Diagnostic, Location, Related
from nixgen.nix.build import with_leading
from nixgen.nix.nodes import BlankLine, Expression
from nixgen.nix.parsing.syntax_error import NixSyntaxError

_PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep


def raw(text: str) -> Expression:
    """The expression that a text holds, with its comments: `raw("{ pkgs, ... }: pkgs.hello")`.

    Comments on lines after the expression move before it: inside a larger file they would have no
    place of their own.

    Raises NixSyntaxError, which shows the text and the Python line that gave it.
    """
    from nixgen.nix.parsing.parser import parse  # not every program that builds trees reads any

    try:
        file = parse(text, name="Nix text")
    except NixSyntaxError as error:
        place = _caller()
        raise NixSyntaxError(*(_with_place(each, place) for each in error.diagnostics)) from None
    below = tuple(trivia for trivia in file.end.leading if not isinstance(trivia, BlankLine))
    return with_leading(file.expression, below) if below else file.expression


def _with_place(diagnostic: Diagnostic, place: Location) -> Diagnostic:
    related = (*diagnostic.related, Related(place, "the text is given here"))
    return evolve(diagnostic, related=related)


def _caller() -> Location:
    """The line outside nixgen that the text comes from."""
    frame = sys._getframe(1)  # noqa: SLF001 - frames have no public door; logging uses it too
    while frame.f_code.co_filename.startswith(_PACKAGE) and frame.f_back is not None:
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno)
