"""Which tokens each node of the syntax tree is made of, in source order.

A node gives tokens and the nodes inside it, one level at a time: the printer unfolds the tree with
a stack of its own, so that depth costs no recursion. What `tofu fmt` would rewrite is given in the
form that it wants: see `nixgen.hcl.normal_form`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

from nixgen.hcl import nodes
from nixgen.hcl.nodes import BodyItem, Expression, TemplatePart
from nixgen.hcl.normal_form import is_word, needs_blank_line, without_quotes
from nixgen.hcl.printing import INDENT
from nixgen.hcl.strings import escape_heredoc, escape_label, escape_quoted, is_bare_key
from nixgen.hcl.tokens import Kind, Token

if TYPE_CHECKING:
    from decimal import Decimal


@frozen
class Begin:
    """The lines of a node with an origin begin here."""

    origin: Any


@frozen
class End:
    """The lines of the last node begun end here."""


Part: TypeAlias = Token | Expression | BodyItem | nodes.ObjectItem | Begin | End

# How tightly an expression binds: conditionals 0, then the binary operators, then these.
_UNARY = max(nodes.PRECEDENCE.values()) + 2
_POSTFIX = _UNARY + 1
_SPLAT = (Kind.OPEN_BRACKET, Kind.STAR, Kind.CLOSE_BRACKET)
_TERMS = (
    nodes.Variable,
    nodes.GetAttribute,
    nodes.Index,
    nodes.Splat,
    nodes.FunctionCall,
    nodes.Parentheses,
    nodes.Tuple,
    nodes.Object,
    nodes.TupleFor,
    nodes.ObjectFor,
)


# -- bodies ------------------------------------------------------------------------------------


def body(items: Iterable[BodyItem | nodes.ObjectItem]) -> Iterator[Part]:
    """The items with the blank lines between them that nobody has to ask for."""
    previous: BodyItem | nodes.ObjectItem | None = None
    for item in items:
        if needs_blank_line(previous, item):
            yield newline()
        yield item
        previous = item


def parts(node: Any) -> Iterable[Part]:
    """The tokens of a node and the nodes inside it."""
    match node:
        case nodes.Attribute() | nodes.ObjectItem() | nodes.Block():
            return _with_origin(node)
        case nodes.Comment(text):
            return [_comment(text)]
        case nodes.BlankLine():
            return [newline()]
        case nodes.Printed():
            return [Token(Kind.PRINTED, node.text, INDENT * node.depth)]
        case _:
            return _expression(node)


def _with_origin(node: nodes.Attribute | nodes.ObjectItem | nodes.Block) -> Iterator[Part]:
    if node.origin is not None:
        yield Begin(node.origin)
    yield from map(_comment, node.comments)
    if isinstance(node, nodes.Block):
        yield from _block(node)
    else:
        trailing = node.trailing
        if trailing is not None and isinstance(node.value, nodes.Heredoc):
            yield _comment(trailing)  # the marker of a heredoc has its line for itself
            trailing = None
        if isinstance(node, nodes.Attribute):
            yield from _assignment(_name(node.name), without_quotes(node.value))
        else:
            yield from _assignment(_key(node.key), node.value)
        yield newline() if trailing is None else _comment(trailing)
    if node.origin is not None:
        yield End()


def _block(node: nodes.Block) -> Iterator[Part]:
    yield _name(node.type)
    for label in node.labels:
        yield Token(Kind.OPEN_QUOTE, '"')
        yield Token(Kind.QUOTED_TEXT, escape_label(label))
        yield Token(Kind.CLOSE_QUOTE, '"')
    yield _mark(Kind.OPEN_BRACE)
    if node.body:
        yield newline()
        yield from body(node.body)
    yield _mark(Kind.CLOSE_BRACE)
    yield newline()


def _key(key: str | Expression) -> Part:
    if isinstance(key, str):
        return _name(key) if is_bare_key(key) else nodes.Template((key,))
    return key if isinstance(key, nodes.Template) else nodes.Parentheses(_unwrapped(key))


def _unwrapped(expression: Expression) -> Expression:
    return expression.expression if isinstance(expression, nodes.Parentheses) else expression


def _assignment(name: Part, value: Expression) -> Iterator[Part]:
    yield name
    yield _mark(Kind.EQUAL)
    yield value


# -- expressions -------------------------------------------------------------------------------


def _expression(node: Expression) -> Iterable[Part]:
    match node:
        case nodes.Literal(value):
            return [_literal(value)]
        case nodes.Template(parts):
            return _template(parts)
        case nodes.Heredoc():
            return _heredoc(node)
        case nodes.Tuple():
            return _tuple(node)
        case nodes.Object():
            return _object(node)
        case nodes.TupleFor() | nodes.ObjectFor():
            return _for(node)
        case nodes.FunctionCall():
            return _call(node)
        case nodes.Parentheses(inner):
            return [_mark(Kind.OPEN_PARENTHESIS), inner, _mark(Kind.CLOSE_PARENTHESIS)]
        case nodes.Variable() | nodes.GetAttribute() | nodes.Index() | nodes.Splat():
            return _traversal(node)
        case _:
            return _operation(node)


def _literal(value: bool | int | float | Decimal | None) -> Token:
    if value is None or isinstance(value, bool):
        return _name({None: "null", True: "true", False: "false"}[value])
    return Token(Kind.NUMBER, str(value))


def _template(parts: Iterable[TemplatePart]) -> Iterator[Part]:
    yield Token(Kind.OPEN_QUOTE, '"')
    yield from _template_parts(parts, Kind.QUOTED_TEXT, escape_quoted)
    yield Token(Kind.CLOSE_QUOTE, '"')


def _heredoc(node: nodes.Heredoc) -> Iterator[Part]:
    yield Token(Kind.OPEN_HEREDOC, f"<<{'-' if node.flush else ''}{node.marker}\n")
    for part in _template_parts(node.parts, Kind.HEREDOC_TEXT, escape_heredoc):
        if isinstance(part, Token) and part.kind is Kind.HEREDOC_TEXT:
            yield from (Token(part.kind, line) for line in re.findall(r".*\n|.+", part.text))
        else:
            yield part
    yield Token(Kind.CLOSE_HEREDOC, node.marker)


def _template_parts(
    parts: Iterable[TemplatePart], kind: Kind, escape: Callable[..., str]
) -> Iterator[Part]:
    parts = tuple(parts)
    for index, part in enumerate(parts):
        if isinstance(part, str):
            before_sequence = index + 1 < len(parts) and not isinstance(parts[index + 1], str)
            if part:
                yield Token(kind, escape(part, before_sequence=before_sequence))
            continue
        interpolation = isinstance(part, nodes.Interpolation)
        opener = Kind.OPEN_INTERPOLATION if interpolation else Kind.OPEN_DIRECTIVE
        yield Token(opener, f"{opener}{'~' * part.trim_left}")
        if isinstance(part, nodes.Interpolation):
            yield part.expression
        else:
            yield from _directive(part)
        yield Token(Kind.CLOSE_TEMPLATE, f"{'~' * part.trim_right}}}")


def _directive(part: nodes.Directive) -> Iterator[Part]:
    yield _name(part.keyword)
    yield from _names(part.names)
    if part.names:
        yield _name("in")
    if part.expression is not None:
        yield part.expression


def _tuple(node: nodes.Tuple) -> Iterator[Part]:
    yield _mark(Kind.OPEN_BRACKET)
    multiline = node.multiline and bool(node.elements)
    if multiline:
        yield newline()
    for index, element in enumerate(node.elements):
        if index > 0 and not multiline:
            yield _mark(Kind.COMMA)
        yield element
        if multiline:
            yield _mark(Kind.COMMA)
            yield newline()
    yield _mark(Kind.CLOSE_BRACKET)


def _object(node: nodes.Object) -> Iterator[Part]:
    yield _mark(Kind.OPEN_BRACE)
    if node.items and (node.multiline or any(map(_needs_lines, node.items))):
        yield newline()
        yield from node.items
    else:
        for index, item in enumerate(node.items):
            assert isinstance(item, nodes.ObjectItem)
            if index > 0:
                yield _mark(Kind.COMMA)
            yield from _assignment(_key(item.key), item.value)
    yield _mark(Kind.CLOSE_BRACE)


def _needs_lines(item: nodes.ObjectItem | nodes.Printed) -> bool:
    if isinstance(item, nodes.Printed):
        return True
    return bool(item.comments) or item.trailing is not None or isinstance(item.value, nodes.Heredoc)


def _for(node: nodes.TupleFor | nodes.ObjectFor) -> Iterator[Part]:
    of_object = isinstance(node, nodes.ObjectFor)
    yield _mark(Kind.OPEN_BRACE if of_object else Kind.OPEN_BRACKET)
    yield _name("for")
    yield from _names(node.names)
    yield _name("in")
    yield node.collection
    yield _mark(Kind.COLON)
    if isinstance(node, nodes.ObjectFor):
        yield node.key
        yield _mark(Kind.FAT_ARROW)
    yield node.value
    if isinstance(node, nodes.ObjectFor) and node.grouping:
        yield _mark(Kind.ELLIPSIS)
    if node.condition is not None:
        yield _name("if")
        yield node.condition
    yield _mark(Kind.CLOSE_BRACE if of_object else Kind.CLOSE_BRACKET)


def _call(node: nodes.FunctionCall) -> Iterator[Part]:
    for index, name in enumerate(node.name.split("::")):
        if index > 0:
            yield _mark(Kind.DOUBLE_COLON)
        yield _name(name)
    yield _mark(Kind.OPEN_PARENTHESIS)
    for index, argument in enumerate(node.arguments):
        if index > 0:
            yield _mark(Kind.COMMA)
        yield argument
    if node.expand:
        yield _mark(Kind.ELLIPSIS)
    yield _mark(Kind.CLOSE_PARENTHESIS)


def _traversal(
    node: nodes.Variable | nodes.GetAttribute | nodes.Index | nodes.Splat,
) -> list[Part]:
    match node:
        case nodes.Variable(name):
            return [_name(name)]
        case nodes.GetAttribute(before, name):
            return [_operand(before, _POSTFIX), _mark(Kind.DOT), _name(name)]
        case nodes.Splat(before, attribute_only=True):
            if _splats_attributes(before):
                before = nodes.Parentheses(before)
            return [_operand(before, _POSTFIX), _mark(Kind.DOT), _mark(Kind.STAR)]
        case nodes.Splat(before):
            return [_operand(before, _POSTFIX), *map(_mark, _SPLAT)]
        case nodes.Index(before, nodes.Literal(number), legacy=True):
            return [_operand(before, _POSTFIX), _mark(Kind.DOT), _literal(number)]
        case nodes.Index(before, key):
            if is_word(key):
                key = nodes.Parentheses(key)
            opener, _, closer = map(_mark, _SPLAT)
            return [_operand(before, _POSTFIX), opener, key, closer]


def _splats_attributes(expression: Expression) -> bool:
    """Whether it ends in `.*` and names: HCL takes no second `.*` behind them."""
    while True:
        if isinstance(expression, nodes.GetAttribute):
            expression = expression.source
        elif isinstance(expression, nodes.Index) and expression.legacy:
            expression = expression.collection
        else:
            break
    return isinstance(expression, nodes.Splat) and expression.attribute_only


def _operation(
    node: nodes.UnaryOperation | nodes.BinaryOperation | nodes.Conditional,
) -> list[Part]:
    match node:
        case nodes.UnaryOperation(operator, operand):
            return [_mark(Kind(operator)), _operand(operand, _UNARY)]
        case nodes.BinaryOperation(left, operator, right):
            level = nodes.PRECEDENCE[operator] + 1
            return [_operand(left, level), _mark(Kind(operator)), _operand(right, level + 1)]
    return [
        _operand(node.condition, 1),
        _mark(Kind.QUESTION),
        _operand(node.then, 0),
        _mark(Kind.COLON),
        _operand(node.otherwise, 0),
    ]


def _operand(expression: Expression, level: int) -> Expression:
    """The expression, in parentheses where it binds less than `level` asks for."""
    return expression if _level(expression) >= level else nodes.Parentheses(expression)


def _level(expression: Expression) -> int:
    match expression:
        case nodes.Heredoc():
            return -1  # its newline would end the expression around it
        case nodes.Conditional():
            return 0
        case nodes.BinaryOperation():
            return nodes.PRECEDENCE[expression.operator] + 1
    return _POSTFIX if isinstance(expression, _TERMS) else _UNARY


# -- tokens ------------------------------------------------------------------------------------


def _mark(kind: Kind) -> Token:
    return Token(kind, str(kind))


def _name(text: str) -> Token:
    return Token(Kind.IDENTIFIER, text)


def _names(names: tuple[str, ...]) -> Iterator[Token]:
    for index, name in enumerate(names):
        if index > 0:
            yield _mark(Kind.COMMA)
        yield _name(name)


def newline() -> Token:
    """The end of a line."""
    return Token(Kind.NEWLINE, "\n")


def _comment(text: str) -> Token:
    return Token(Kind.COMMENT, f"# {text}".rstrip(" ") + "\n")
