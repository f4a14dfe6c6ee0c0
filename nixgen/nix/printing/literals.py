"""Layout of names, literals, strings with interpolations, selections and parentheses."""

from __future__ import annotations

from attrs import evolve

from nixgen.layout.document import (
    BREAK,
    HARD_SPACE,
    RAW,
    SOFT_BREAK,
    SOFT_SPACE,
    newlines,
    on_one_line,
)
from nixgen.nix import nodes
from nixgen.nix.nodes import (
    Apply,
    Identifier,
    IndentedString,
    Interpolation,
    Node,
    Parentheses,
    Path,
    Select,
    String,
    StringPart,
    Token,
    Uri,
)
from nixgen.nix.outer_tokens import trailing_moved_up
from nixgen.nix.printing.bindings import padded, rest_of_path
from nixgen.nix.printing.builder import Builder, rule
from nixgen.nix.printing.calls import application
from nixgen.nix.printing.sets import term
from nixgen.nix.printing.shape import (
    TERMS,
    as_call,
    is_absorbable,
    is_absorbable_expression,
    is_simple,
)
from nixgen.nix.printing.strings import (
    Lines,
    indentation,
    is_simple_string,
    simple_line,
    split_lines,
)
from nixgen.nix.printing.values import absorbed

# -- names and numbers -------------------------------------------------------------------------


@rule(Identifier)
def identifier(b: Builder, node: Identifier) -> None:
    """A name."""
    _atom(b, node.name, node.token)


@rule(nodes.Integer, nodes.Float, nodes.SearchPath)
def literal(b: Builder, node: nodes.Integer | nodes.Float | nodes.SearchPath) -> None:
    """A literal of one token."""
    _atom(b, node.text, node.token)


def _atom(b: Builder, text: str, token: Token | None) -> None:
    if token is None:
        b.skip_leading = False
        b.add(text)
        return
    b.leading(token)
    b.add(text)
    b.trailing(token.trailing)


@rule(Path)
def path(b: Builder, node: Path) -> None:
    """A path literal."""
    b.leading(node.open)
    for part in node.parts:
        _part(b, part)
    b.trailing(node.close.trailing)


@rule(Uri)
def uri(b: Builder, node: Uri) -> None:
    """An unquoted URI becomes a string (RFC 45 deprecates it)."""
    token = node.token
    if token is not None:
        b.leading(token)
    _simple_string(b, [[node.text]])
    if token is not None:
        b.trailing(token.trailing)


# -- selections and parentheses ----------------------------------------------------------------


@rule(Select)
def select(b: Builder, node: Select) -> None:
    """`target.path or default` (nixfmt: `prettyTerm`)."""
    if isinstance(node.default, Apply):
        b.node(as_call(node))
        return
    target: Node = node.target
    names, dots = node.path.names, (node.dot, *node.path.dots)
    while isinstance(target, Select) and target.default is None:  # the parser makes it one path
        inner = target.path
        dots = (target.dot, *padded(inner.dots, len(inner.names) - 1), *dots)
        names = (*inner.names, *names)
        target = target.target
    b.node(target)
    if isinstance(target, nodes.Integer | nodes.Float):
        b.out.append(HARD_SPACE)
    elif isinstance(target, Parentheses):
        b.out.append(SOFT_BREAK)
    elif not isinstance(target, Identifier | nodes.SearchPath):
        b.out.append(BREAK)
    rest_of_path(b, names, dots)
    if node.default is not None:
        b.out.append(SOFT_SPACE)
        b.depth += 1
        b.token(node.or_)
        b.out.append(HARD_SPACE)
        b.node(node.default)
        b.depth -= 1


@rule(Parentheses)
def parentheses(b: Builder, node: Parentheses) -> None:
    """`( expression )`: RFC 166, "Parentheses"."""
    outer = b.open()
    b.token(trailing_moved_up(node.open))
    b.depth += 1
    _inside(b, node.expression)
    b.trivia(node.close.leading)
    b.depth -= 1
    b.token(evolve(node.close, leading=()) if node.close.leading else node.close)
    b.close(outer)


def _inside(b: Builder, node: Node) -> None:
    """An expression between brackets that are its own, `( )` or `${ }`."""
    if is_absorbable_expression(b, node):
        outer = b.open()
        absorbed(b, node, wide=False)
        b.close(outer)
    elif isinstance(node, Apply):
        application(b, node, in_brackets=True)
    elif isinstance(node, Select):
        if is_absorbable(b, node.target):
            b.out.append(BREAK)
        b.grouped(node)
        b.out.append(BREAK)
    else:
        b.out.append(BREAK)
        b.grouped(node)
        b.out.append(BREAK)


# -- strings -----------------------------------------------------------------------------------


@rule(String)
def string(b: Builder, node: String) -> None:
    """`"..."`."""
    b.leading(node.open)
    parts = node.parts
    if not parts:
        lines: Lines = [[]]
    elif len(parts) == 1 and isinstance(parts[0], str):
        lines = [[parts[0]]]
    else:
        lines = split_lines(parts)
    _simple_string(b, lines)
    b.trailing(node.close.trailing)


def _simple_string(b: Builder, lines: Lines) -> None:
    outer = b.open()
    b.add('"')
    for index, line in enumerate(lines):
        if index:
            b.add("\n")
        _line(b, line)
    b.add('"')
    b.close(outer)


@rule(IndentedString)
def indented_string(b: Builder, node: IndentedString) -> None:
    """`''...''`, or `"..."` for one line that needs no other (nixfmt: `prettyIndentedString`)."""
    lines = b.lines(node)
    b.leading(node.open)
    if is_simple_string(node, lines):
        _simple_string(b, [simple_line(line) for line in lines])
    else:
        outer = b.open()
        b.add("''")
        if len(lines) > 1:
            b.out.append(BREAK)
        b.depth += 1
        margin = " " * indentation(node) if node.cut else None
        for index, line in enumerate(lines):
            if index:
                b.out.append(newlines(1))
            if margin is None:
                _line(b, line)
            else:
                _line_in_place(b, line, margin)
        b.depth -= 1
        b.add("''")
        b.close(outer)
    b.trailing(node.close.trailing)


def _line(b: Builder, line: list[StringPart]) -> None:
    """A line of a string (nixfmt: `Pretty [StringPart]`)."""
    blank = 0
    parts = line
    if line and isinstance(line[0], str):
        first = line[0]
        if first:
            b.add(first)
        parts = line[1:]
        if not parts:
            return
        blank = len(first) - len(first.lstrip())
        stands_alone = len(parts) == 1 and not first.strip(" ")
    else:
        stands_alone = len(parts) == 1
    b.shift += blank
    if stands_alone and not (blank and _has_comments(parts[0])):
        _interpolation_alone(b, parts[0])
    else:
        for part in parts:
            _part(b, part)
    b.shift -= blank


def _line_in_place(b: Builder, line: list[StringPart], margin: str) -> None:
    """A line of a string that a format directive cuts: it keeps its columns (nixfmt: `rawLine`)."""
    if not line:
        return
    blanks = ""
    if isinstance(line[0], str):
        content = line[0].lstrip()
        blanks = line[0][: len(line[0]) - len(content)]
        line = [content, *line[1:]]
    b.out.append((RAW, margin + blanks, b.depth, b.shift))
    b.shift += len(blanks)
    _line(b, line)
    b.shift -= len(blanks)


def _has_comments(part: StringPart) -> bool:
    return isinstance(part, Interpolation) and bool(part.close.leading)


def _interpolation_alone(b: Builder, node: StringPart) -> None:
    """An interpolation that has its line for itself absorbs its expression."""
    assert isinstance(node, Interpolation)
    outer = b.open()
    b.add("${")
    b.depth += 1
    if node.close.leading:
        b.out.append(BREAK)
        _whole(b, node)
        b.out.append(BREAK)
    else:
        _inside(b, node.expression)
    b.depth -= 1
    b.add("}")
    b.close(outer)


def _whole(b: Builder, node: Interpolation) -> None:
    outer = b.open()
    b.node(node.expression)
    b.trivia(node.close.leading)
    b.close(outer)


def _part(b: Builder, part: StringPart) -> None:
    if isinstance(part, str):
        b.add(part)
    else:
        interpolation(b, part)


@rule(Interpolation)
def attribute_interpolation(b: Builder, node: Interpolation) -> None:
    """`${name}` as an attribute name: here comments may stand around it."""
    b.leading(node.open)
    interpolation(b, node)
    b.trailing(node.close.trailing)


def interpolation(b: Builder, node: Interpolation) -> None:
    """`${ expression }`; one of less than 30 columns is never broken (nixfmt: `StringPart`)."""
    expression = node.expression
    outer = b.open()
    comments = node.close.leading
    if not comments and isinstance(expression, TERMS) and is_absorbable(b, expression):
        b.add("${")
        term(b, expression)
        b.add("}")
        b.close(outer)
    elif not comments and is_simple(expression, b.simple):
        b.node(expression)
        made, b.out = b.out, outer
        flat = on_one_line(made)
        b.add("${")
        b.out += made if flat is None else flat
        b.add("}")
    else:
        _broken_interpolation(b, node)
        b.close(outer)


def _broken_interpolation(b: Builder, node: Interpolation) -> None:
    outer, b.out = b.out, []
    b.depth += 1
    _whole(b, node)
    b.depth -= 1
    made, b.out = b.out, outer
    b.add("${")
    flat = on_one_line(made, 30)
    if flat is None:
        b.out += (BREAK, *made, BREAK)
    else:
        # On one line there is nothing to nest.
        b.out += (
            (each[0], each[1], each[2] - 1, each[3]) if isinstance(each, tuple) else each
            for each in flat
        )
    b.add("}")
