"""The parser of the Nix language, in the grammar of Nix 2.24 (`parser.y`).

    file = parse(text, name="hosts/a.nix")
    file.source() == text
    expression = parse_expression("a.b or 1")

The tree is lossless: it holds every token with its place, and every comment. Text of any depth and
any kind gives a tree or a `NixSyntaxError`, in time linear in its length.
"""

from __future__ import annotations

from typing import Any

# The grammar's parts, which register what they parse.
from nixgen.nix import grammar_blocks as _blocks  # noqa: F401
from nixgen.nix import grammar_terms as _terms  # noqa: F401
from nixgen.nix.lexer import FILE_END, Lexer
from nixgen.nix.machine import STRUCTURE, Frame, Parser, State, SyntaxStop, expression
from nixgen.nix.nodes import Expression, File
from nixgen.nix.parse_faults import explain
from nixgen.nix.source import Source
from nixgen.nix.syntax_error import NixSyntaxError


def parse(text: str, *, name: str = "<nix>", check: bool = True) -> File:
    """The tree of a Nix file; `name` stands for it in messages.

    With `check=False`, text of the right shape is read although Nix refuses what stands in it: an
    integer over 64 bits, an argument that appears twice, a dynamic name in `let`, a path that ends
    in a slash. So does nixfmt.

    Raises NixSyntaxError with all that is found wrong.
    """
    source = Source(text, name)
    p = Parser(Lexer(source))
    p.stack.append((_end, STRUCTURE))
    try:
        state: State | None = expression
        while state is not None:
            state = state(p)
    except SyntaxStop as stop:
        raise NixSyntaxError(explain(p.lexer, stop.index, stop.expected)) from None
    faults = p.lexer.faults + p.faults
    if faults and check:
        raise NixSyntaxError.of(faults)
    made, end = p.value
    return File(made, end=end, text=text, name=name)


def parse_expression(text: str, *, name: str = "<nix>") -> Expression:
    """The tree of a Nix expression; comments after it are not kept.

    Raises NixSyntaxError.
    """
    return parse(text, name=name).expression


def _end(p: Parser, _: Frame) -> Any:
    p.value = (p.value, p.take(FILE_END, "the end of the file"))
