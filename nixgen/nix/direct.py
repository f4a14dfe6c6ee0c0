"""Prints the common shapes of bare trees at once, without the document IR.

What a model emits has no layout of its own: its tokens carry nothing but comments and blank lines
above bindings. For the shapes that such files are made of, where lines break follows from the shape
alone, and this module writes the lines down as it meets the nodes. Anything else, and anything too
long for its line, is left to the general printer; both write the same bytes, held by
`tests/property/test_nix_direct.py`. Each shape names the rule of RFC 166 that it follows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from attrs import define, field

from nixgen.nix.nodes import (
    Apply,
    AttributeName,
    AttributePath,
    AttributeSet,
    Binding,
    BlankLine,
    Expression,
    File,
    Float,
    Identifier,
    Integer,
    Interpolation,
    Lambda,
    LineComment,
    List,
    Parentheses,
    Path,
    Select,
    SetPattern,
    String,
    Token,
    UnaryOperation,
    With,
)

OriginRange: TypeAlias = tuple[int, int, Any]

WIDTH = 100  # columns of a line from its indentation on
INTERPOLATION = 30  # columns below which an interpolation never breaks
INDENT = "  "

# The shared bare tokens that nodes have unless somebody gave them others.
_SET = AttributeSet()
_LIST = List()
_STRING = String(())
_PATTERN = SetPattern()
_BINDING = Binding(AttributePath((Identifier("a"),)), Identifier("a"))
_SELECT = Select(Identifier("a"), AttributePath((Identifier("a"),)))
_WITH = With(Identifier("a"), Identifier("a"))
_LAMBDA = Lambda(Identifier("a"), Identifier("a"))
_PARENTHESES = Parentheses(Identifier("a"))
_FILE = File(Identifier("a"))
_INTERPOLATION = Interpolation(Identifier("a"))
_PATH = Path(("./a",))


class _NotDirectError(Exception):
    """A shape that is left to the general printer."""


def print_direct(file: File) -> tuple[str, tuple[OriginRange, ...]] | None:
    """The text of a module and the lines of its nodes with origins; None for other shapes.

    A module is `{ arguments }: { bindings }` with comments before it.
    """
    writer = _Writer()
    try:
        writer.file(file)
    except _NotDirectError:
        return None
    return "\n".join([*writer.lines, ""]), tuple(writer.ranges)


@define
class _Writer:
    """The lines so far, and the ranges of the origins met."""

    lines: list[str] = field(factory=list)
    ranges: list[OriginRange] = field(factory=list)

    def file(self, file: File) -> None:
        match file.expression:
            case Lambda(SetPattern() as pattern, AttributeSet() as body) as function:
                bare = function.colon is _LAMBDA.colon and file.end is _FILE.end
            case _:
                raise _NotDirectError
        if not bare or not body.entries:
            raise _NotDirectError
        self.comments(pattern.open, "")
        self.pattern(pattern)
        self.attribute_set(body, "", "", "")

    def comments(self, token: Token, indentation: str) -> None:
        """The comments and blank lines before a token that is bare otherwise."""
        if token.trailing is not None or token.line:
            raise _NotDirectError
        for trivia in token.leading:
            if isinstance(trivia, LineComment):
                self.lines.append(f"{indentation}#{trivia.text}")
            elif isinstance(trivia, BlankLine) and self.lines and self.lines[-1][-1:] == ";":
                self.lines.append("")
            else:
                raise _NotDirectError

    def pattern(self, pattern: SetPattern) -> None:
        """Up to two arguments on the line, else one a line (RFC 166, "Function declaration")."""
        tokens = (pattern.close, pattern.dots, pattern.final_comma, pattern.binding)
        if tokens != (_PATTERN.close, _PATTERN.dots, None, None):
            raise _NotDirectError
        names = []
        for argument in pattern.arguments:
            if argument.default is not None or argument.comma is not None or argument.name.token:
                raise _NotDirectError
            names.append(argument.name.name)
        inline = len(names) <= 2
        parts = [*names, "..."] if pattern.ellipsis else names
        if not parts:
            raise _NotDirectError
        if inline:
            self.lines.append(f"{{ {', '.join(parts)} }}:")
        else:
            self.lines.append("{")
            self.lines += [f"{INDENT}{name}," for name in names]
            self.lines += [f"{INDENT}..."] if pattern.ellipsis else []
            self.lines.append("}:")

    def attribute_set(self, node: AttributeSet, begin: str, end: str, indentation: str) -> None:
        """A set with entries always expands (RFC 166, "Attribute sets")."""
        if node.recursive or node.open is not _SET.open or node.close is not _SET.close:
            raise _NotDirectError
        if not node.entries:
            self.lines.append(f"{indentation}{begin}{{ }}{end}")
            return
        self.lines.append(f"{indentation}{begin}{{")
        inner = indentation + INDENT
        for entry in node.entries:
            if not isinstance(entry, Binding):
                raise _NotDirectError
            self.binding(entry, inner)
        self.lines.append(f"{indentation}}}{end}")

    def binding(self, node: Binding, indentation: str) -> None:
        """`path = value;` (RFC 166, "Bindings"; nixfmt's absorbRHS)."""
        if node.equals is not _BINDING.equals or node.semicolon is not _BINDING.semicolon:
            raise _NotDirectError
        index = len(self.ranges)
        first = len(self.lines) + 1
        if node.origin is not None:
            self.ranges.append((0, 0, None))
        token = _first_token(node.path)
        if token is not None:
            if token.leading and isinstance(token.leading[0], BlankLine):
                first += 1
            self.comments(token, indentation)
        begin = f"{_path(node.path)} = "
        value = node.value
        block = _BLOCKS.get(type(value))
        if block is not None:
            block(self, value, begin, indentation)
        else:
            text = f"{begin}{_atom(value)};"
            if len(text) > WIDTH and type(value) is not String:
                raise _NotDirectError
            self.lines.append(indentation + text)
        if node.origin is not None:
            self.ranges[index] = (first, len(self.lines), node.origin)

    def list(self, node: List, begin: str, end: str, indentation: str) -> None:
        """Two items or more expand, one stays if it fits (RFC 166, "Lists")."""
        if node.open is not _LIST.open or node.close is not _LIST.close or node.origin is not None:
            raise _NotDirectError
        items = [_atom(item) for item in node.items]
        if len(items) > 1:
            self.lines.append(f"{indentation}{begin}[")
            inner = indentation + INDENT
            self.lines += [inner + item for item in items]
            self.lines.append(f"{indentation}]{end}")
            return
        text = f"{begin}[ {items[0]} ]{end}" if items else f"{begin}[ ]{end}"
        if len(text) > WIDTH:
            raise _NotDirectError
        self.lines.append(indentation + text)

    def bound_set(self, node: Any, begin: str, indentation: str) -> None:
        self.attribute_set(node, begin, ";", indentation)

    def bound_list(self, node: Any, begin: str, indentation: str) -> None:
        self.list(node, begin, ";", indentation)

    def bound_with(self, node: Any, begin: str, indentation: str) -> None:
        """`with pkgs; [ ... ]` breaks as its list does (RFC 166, "With")."""
        bare = node.with_ is _WITH.with_ and node.semicolon is _WITH.semicolon
        if not bare or type(node.body) is not List:
            raise _NotDirectError
        self.list(node.body, f"{begin}with {_atom(node.scope)}; ", ";", indentation)

    def bound_call(self, node: Any, begin: str, indentation: str) -> None:
        """A call of one argument: a list is absorbed (RFC 166, "Function application").

        A set may stay on the line there: the general printer decides.
        """
        begin = f"{begin}{_atom(node.function)} "
        if len(begin) >= WIDTH // 2:
            raise _NotDirectError
        if type(node.argument) is List and len(node.argument.items) > 1:
            self.list(node.argument, begin, ";", indentation)
        else:
            text = f"{begin}{_atom(node.argument)};"
            if len(text) > WIDTH:
                raise _NotDirectError
            self.lines.append(indentation + text)


_BLOCKS: dict[type, Callable[[_Writer, Any, str, str], None]] = {
    AttributeSet: _Writer.bound_set,
    List: _Writer.bound_list,
    With: _Writer.bound_with,
    Apply: _Writer.bound_call,
}


# -- what stands on one line -------------------------------------------------------------------


def _atom(node: Expression) -> str:
    print_atom = _ATOMS.get(type(node))
    if print_atom is None:
        raise _NotDirectError
    return print_atom(node)


def _word(node: Identifier) -> str:
    if node.token is not None:
        raise _NotDirectError
    return node.name


def _number(node: Integer | Float) -> str:
    if node.token is not None:
        raise _NotDirectError
    return node.text


def _string(node: String) -> str:
    if node.open is not _STRING.open or node.close is not _STRING.close:
        raise _NotDirectError
    parts = node.parts
    if not parts:
        return '""'
    if len(parts) == 1 and type(parts[0]) is str:
        return f'"{parts[0]}"'
    return f'"{"".join([part if type(part) is str else _interpolation(part) for part in parts])}"'


def _interpolation(part: Any) -> str:
    """`${name}`, which never breaks where it is short (nixfmt's interpolation)."""
    bare = part.open is _INTERPOLATION.open and part.close is _INTERPOLATION.close
    text = _atom(part.expression)
    if not bare or len(text) >= INTERPOLATION - 3:
        raise _NotDirectError
    return f"${{{text}}}"


def _plain_path(node: Path) -> str:
    bare = node.open is _PATH.open and node.close is _PATH.close
    if not bare or len(node.parts) != 1 or type(node.parts[0]) is not str:
        raise _NotDirectError
    return node.parts[0]


def _select(node: Select) -> str:
    if (
        node.default is not None
        or node.dot is not _SELECT.dot
        or type(node.target) is not Identifier
    ):
        raise _NotDirectError
    if _first_token(node.path) is not None:
        raise _NotDirectError
    return f"{_word(node.target)}.{_path(node.path)}"


def _negative(node: UnaryOperation) -> str:
    if node.token is not None or node.operator != "-" or type(node.operand) not in (Integer, Float):
        raise _NotDirectError
    return f"-{_atom(node.operand)}"


def _in_parentheses(node: Parentheses) -> str:
    """Only around a negative number, which a list needs."""
    bare = node.open is _PARENTHESES.open and node.close is _PARENTHESES.close
    if not bare or type(node.expression) is not UnaryOperation:
        raise _NotDirectError
    return f"({_atom(node.expression)})"


_ATOMS: dict[type, Callable[[Any], str]] = {
    Identifier: _word,
    Integer: _number,
    Float: _number,
    String: _string,
    Select: _select,
    Path: _plain_path,
    UnaryOperation: _negative,
    Parentheses: _in_parentheses,
}


def _first_token(path: AttributePath) -> Token | None:
    """The token that carries what stands before a path; None where it is bare."""
    first = path.names[0]
    if type(first) is Identifier:
        return first.token
    if type(first) is String:
        return None if first.open is _STRING.open else first.open
    raise _NotDirectError


def _path(path: AttributePath) -> str:
    if path.dots:
        raise _NotDirectError
    names = path.names
    first = names[0]
    rest = [_name(name) for name in names[1:]]
    return ".".join([_first_name(first), *rest])


def _first_name(name: AttributeName) -> str:
    """The first name, whatever stands before it."""
    if type(name) is Identifier:
        return name.name
    if type(name) is not String or name.close is not _STRING.close:
        raise _NotDirectError
    if any(type(part) is not str for part in name.parts):
        raise _NotDirectError
    return f'"{"".join(map(str, name.parts))}"'


def _name(name: AttributeName) -> str:
    if type(name) is Identifier:
        return _word(name)
    if type(name) is String:
        return _string(name)
    raise _NotDirectError
