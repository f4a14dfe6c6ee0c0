"""The parser of the Nix language, in the grammar of Nix 2.24 (`parser.y`).

    file = parse(text, name="hosts/a.nix")
    file.source() == text
    expression = parse_expression("a.b or 1")

The tree is lossless: it holds every token with its place, and every comment. Text of any depth and
any kind gives a tree or a `NixSyntaxError`, in time linear in its length.
"""

from __future__ import annotations

from typing import Any

from nixgen.collector import paused
from nixgen.diagnostic import Diagnostic
from nixgen.nix.duplicates import duplicate_attribute, duplicates
from nixgen.nix.nodes import Expression, File
from nixgen.nix.parsing import grammar_blocks as _blocks  # noqa: F401 - registers itself
from nixgen.nix.parsing import grammar_terms as _terms  # noqa: F401 - registers itself
from nixgen.nix.parsing.lexer import FILE_END, Lexer
from nixgen.nix.parsing.lexical_faults import not_utf8
from nixgen.nix.parsing.machine import STRUCTURE, Frame, Parser, State, SyntaxStop, expression
from nixgen.nix.parsing.syntax_error import NixSyntaxError
from nixgen.nix.source import MOST_MISTAKES, Source


def parse(text: str, *, name: str = "<nix>", check: bool = True) -> File:
    """The tree of a Nix file; `name` stands for it in messages.

    With `check=False`, text of the right shape is read although Nix refuses what stands in it: an
    integer over 64 bits, an argument or an attribute that is defined twice, a dynamic name in
    `let`, a path that ends in a slash. So does nixfmt.

    Raises NixSyntaxError with all that is found wrong.
    """
    with paused():
        p = Parser(Lexer(Source(text, name)))
        p.stack.append((_end, STRUCTURE))
        _run(p)
        if check:
            for entries in p.sets:
                for path, first in duplicates(entries):
                    p.fault(duplicate_attribute, path, first)
    faults = [*p.faults, *p.lexer.faults] if check or p.stopped else []
    if faults:
        raise NixSyntaxError.of(sorted(faults, key=_place)[:MOST_MISTAKES])
    made, end = p.value
    return File(made, end=end, text=text, name=name)


def parse_bytes(data: bytes, *, name: str = "<nix>", check: bool = True) -> File:
    """The tree of a Nix file as it is on disk; otherwise as `parse`.

    Raises NixSyntaxError, also for bytes that are not UTF-8.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise NixSyntaxError(not_utf8(data, error, name)) from None
    return parse(text, name=name, check=check)


def parse_expression(text: str, *, name: str = "<nix>") -> Expression:
    """The tree of a Nix expression; comments after it are not kept.

    Raises NixSyntaxError.
    """
    return parse(text, name=name).expression


def _run(p: Parser) -> None:
    """Runs the machine to its end, over mistakes where that is safe."""
    state: State | None = expression
    while state is not None:
        try:
            while state is not None:
                state = state(p)
        except SyntaxStop as stop:
            from nixgen.nix.parsing.recovery import after_mistake  # most files have none

            state = after_mistake(p, stop)


def _place(diagnostic: Diagnostic) -> tuple[int, int]:
    place = diagnostic.location
    return (place.line or 0, place.column or 0) if place else (0, 0)


def _end(p: Parser, _: Frame) -> Any:
    p.value = (p.value, p.take(FILE_END, None, "the end of the file"))
