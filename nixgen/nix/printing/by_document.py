"""Prints by the document: every shape, comment and directive, through the rules and the engine.

Files that the direct path prints whole, as those made from a model, never import this.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from attrs import evolve

from nixgen.layout.document import HARD_LINE, HARD_SPACE, TRAILING_COMMENT, Document
from nixgen.layout.engine import Engine, TracingEngine
from nixgen.nix.nodes import BlankLine, Entry, File, FormatDirective, Lambda, Node, Token
from nixgen.nix.outer_tokens import change_first_token, leading, module_header
from nixgen.nix.printing import functions, literals  # noqa: F401  # they register rules
from nixgen.nix.printing.builder import Builder


def print_file(file: File, width: int, indent: int, *, strict: bool = False) -> str:
    """What `printer.print_file` gives."""
    return _print(file, Engine(width, indent), strict=strict)


def print_with_origins(
    file: File, width: int, indent: int
) -> tuple[str, tuple[tuple[int, int, Any], ...]]:
    """What `printer.print_with_origins` gives."""
    engine = TracingEngine(width, indent)
    text = _print(file, engine)
    ranges = sorted(engine.origins, key=itemgetter(0))
    return text, tuple((first + 1, last + 1, origin) for first, last, origin in ranges)


def document_of(file: File, *, strict: bool = False) -> Document:
    """The document of a file, without its end."""
    expression = file.expression
    trivia = leading(expression)
    if trivia and isinstance(trivia[0], BlankLine):
        expression = change_first_token(expression, _without_blank_lines)
    builder = Builder(strict=strict, header=module_header(expression))
    outer = builder.open()
    builder.node(expression)
    builder.trivia(file.end.leading)
    builder.close(outer)
    return builder.out


def document_of_node(
    node: Node, end: str, *, spliced: bool, header: Lambda | None = None
) -> Document:
    """The document of a node by itself and of what follows it on its last line."""
    builder = Builder(header=header, part=True)
    if spliced:
        builder.node(node)
    else:
        builder.grouped(node)
    if end:
        mark, _, comment = end.partition(" # ")
        builder.add(mark)
        if comment:
            text = f"# {comment}"
            builder.out += (HARD_SPACE, (TRAILING_COMMENT, text, 0, 0), HARD_LINE)
    return builder.out


def document_of_entry(entry: Entry) -> Document:
    """The document of an entry without the comments before it."""
    builder = Builder(part=True)
    builder.skip_leading = True
    builder.grouped(entry)
    return builder.out


def _print(file: File, engine: Engine, *, strict: bool = False) -> str:
    text = engine.print(document_of(file, strict=strict))
    if any(isinstance(e, FormatDirective) and e.kind == "end" for e in file.end.leading[-1:]):
        return text.lstrip()
    return text.strip() + "\n"


def _without_blank_lines(token: Token) -> Token:
    trivia = token.leading
    while trivia and isinstance(trivia[0], BlankLine):
        trivia = trivia[1:]
    return evolve(token, leading=trivia)
