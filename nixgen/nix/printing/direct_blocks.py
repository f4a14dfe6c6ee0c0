"""The direct path's shapes: values and blocks, each registered for the types it prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from nixgen.nix import nodes
from nixgen.nix.nodes import (
    Apply,
    AttributeSet,
    BinaryOperation,
    BlankLine,
    Expression,
    Identifier,
    If,
    IndentedString,
    Lambda,
    Let,
    List,
    Node,
    Parentheses,
    Select,
    SetPattern,
    With,
)
from nixgen.nix.printing.direct import BLOCKS, VALUES, Direct, Place
from nixgen.nix.printing.direct_line import (
    call_start,
    first_is_apart,
    flat_pattern,
    if_start,
    is_open,
    named_parameter,
    one_line,
    pattern_end,
    pattern_name,
    value,
    with_binding,
    with_start,
)
from nixgen.nix.printing.fallback import Unknown
from nixgen.nix.printing.strings import string_lines
from nixgen.nix.printing.tokens import first_token, leading, without_leading

F = TypeVar("F", bound=Callable[..., bool])


def _register(table: dict[type, Any], *kinds: type) -> Callable[[F], F]:
    def register(function: F) -> F:
        for kind in kinds:
            table[kind] = function
        return function

    return register


def _has_comment(node: Node) -> bool:
    token = first_token(node)
    return token is not None and bool(token.leading)


# -- what begins after something on its line ---------------------------------------------------


def absorbed(d: Direct, node: Node, place: Place) -> bool:
    """A set, list or string over several lines whose first line fits after `head`."""
    room = d.width - len(place.head)
    head = place.start + place.head
    match node:
        case AttributeSet():
            fits = room >= (5 if node.recursive else 1) and is_open(node)
            return fits and d.braces(node, head, place.pad, place.end)
        case List():
            return room >= 1 and is_open(node) and d.brackets(node, head, place.pad, place.end)
        case IndentedString():
            fits = room >= 2 and len(string_lines(node)) > 1
            return fits and d.quotes(node, head, place.pad, place.end)
    return False


def continued(d: Direct, node: Node, place: Place) -> bool:
    """The same with what may stand before it: a call, `with scope;`, the names of a function."""
    match node:
        case With():
            text = with_start(node, d.levels)
            return text is not None and absorbed(d, node.body, place.after(f"{text} "))
        case Lambda():
            if _ends_in_with(node):
                return False
            return _function(d, node, place)
        case Apply():
            return _call(d, node, place)
    return absorbed(d, node, place)


def _call(d: Direct, node: Apply, place: Place) -> bool:
    """A call whose last argument continues on further lines."""
    last, before = node.argument, node.function
    if isinstance(last, List) and isinstance(before, Apply) and isinstance(before.argument, List):
        return False
    text = call_start(node, d.levels)
    if text is None:
        return False
    place = place.after(f"{text} ")
    if isinstance(last, Parentheses):
        return _last_in_parentheses(d, last, place)
    return absorbed(d, last, place)


def _last_in_parentheses(d: Direct, node: Parentheses, place: Place) -> bool:
    """`(name: {` and `(name {` continue on their line, other expressions on the next."""
    inner = node.expression
    match inner:
        case Lambda(Identifier(), body):
            text = f"({named_parameter(inner)} "
        case Apply(Identifier(name), body):
            if one_line(inner.function, 1) is None:
                return False
            text = f"({name} "
        case _:
            return in_parentheses(d, node, place)
    if isinstance(body, Parentheses | IndentedString):
        return False
    if isinstance(body, AttributeSet | List) and is_open(body):
        if _has_comments(node):
            return False
        return absorbed(d, body, place.after(text).within_parentheses())
    return in_parentheses(d, node, place)


def in_parentheses(d: Direct, node: Parentheses, place: Place) -> bool:
    """`(`, an expression on lines of its own, `)`."""
    expression = node.expression
    if _has_comments(node) or len(place.head) >= d.width or _has_comment(expression):
        return False
    if isinstance(expression, AttributeSet | List | IndentedString):
        return absorbed(d, expression, place.after("(").within_parentheses())
    if isinstance(expression, Parentheses):
        return False
    inner = place.pad + d.step
    d.out.append(f"{place.start}{place.head}(\n{inner}")
    d.line(expression, inner, "")
    d.out.append(f"\n{place.pad}){place.end}")
    return True


def _has_comments(node: Parentheses) -> bool:
    opener, closer = node.open, node.close
    return bool(
        opener.leading
        or opener.trailing is not None
        or closer.leading
        or closer.trailing is not None
    )


def _function(d: Direct, node: Lambda, place: Place) -> bool:
    """`a: b: {`, or `{ a, b }: {`, with the entries on further lines."""
    body: Node = node
    has_pattern = False
    while isinstance(body, Lambda):
        if len(place.head) > d.width:
            return False
        if isinstance(body.parameter, Identifier):
            place = place.after(named_parameter(body) + " ")
        else:
            pattern = flat_pattern(body.parameter)
            if pattern is None or body.parameter.binding is not None or first_is_apart(body):
                return False
            if body.colon.leading or body.colon.trailing is not None:
                return False
            place = place.after(pattern + ": ")
            has_pattern = True
        body = body.body
    if isinstance(body, With):
        return not has_pattern and continued(d, body, place)
    return absorbed(d, body, place)


def _may_be_absorbed(d: Direct, node: Node) -> bool:
    """Whether an expression might begin on the line of a function's names."""
    body = _last_body(d, node) if isinstance(node, Lambda) else node
    return isinstance(body, _MAY_BE_ABSORBED)


_MAY_BE_ABSORBED = (
    AttributeSet,
    List,
    IndentedString,
    With,
    Parentheses,
    nodes.LegacyLet,
)


def _last_body(d: Direct, node: Node) -> Node:
    """The body of a function of functions; each function of the chain asks for the same one."""
    chain = []
    while isinstance(node, Lambda):
        known = d.bodies.get(id(node))
        if known is not None:
            node = known[1]
            break
        chain.append(node)
        node = node.body
    for function in chain:
        d.bodies[id(function)] = (function, node)
    return node


def _ends_in_with(node: Lambda) -> bool:
    """`name: with scope; ...`, which does not begin on the line of what is before the name."""
    body: Node = node
    named = False
    while isinstance(body, Lambda):
        named = isinstance(body.parameter, Identifier)
        body = body.body
    return named and isinstance(body, With)


# -- values of bindings ------------------------------------------------------------------------


@_register(VALUES, AttributeSet, List, IndentedString)
def _open_value(d: Direct, node: Node, place: Place, short: bool) -> bool:
    if not short:
        return absorbed(d, node, place)
    # After a short name the value begins on the line, whatever its width.
    head = place.start + place.head
    match node:
        case AttributeSet():
            return is_open(node) and d.braces(node, head, place.pad, place.end)
        case List():
            return is_open(node) and d.brackets(node, head, place.pad, place.end)
        case IndentedString():
            return len(string_lines(node)) > 1 and d.quotes(node, head, place.pad, place.end)
    return False


@_register(VALUES, Parentheses)
def _parentheses_value(d: Direct, node: Parentheses, place: Place, _: bool) -> bool:
    return in_parentheses(d, node, place)


@_register(VALUES, With, Apply)
def _continued_value(d: Direct, node: Node, place: Place, _: bool) -> bool:
    return continued(d, node, place)


@_register(VALUES, Lambda)
def _function_value(d: Direct, node: Lambda, place: Place, short: bool) -> bool:
    if _may_be_absorbed(d, node) and not _ends_in_with(node):
        return _function(d, node, place)
    return _value_below(d, node, place, short)


@_register(VALUES, BinaryOperation)
def _operation_value(d: Direct, node: BinaryOperation, place: Place, short: bool) -> bool:
    if node.operator in {"//", "++", "+"}:
        return False
    return _value_below(d, node, place, short)


@_register(VALUES, Let, If, nodes.Assert, nodes.UnaryOperation, nodes.HasAttribute)
def _value_below(d: Direct, node: Node, place: Place, _: bool) -> bool:
    """A value on the lines below its name, one step further in."""
    if _has_comment(node):
        return False
    inner = place.pad + d.step
    d.out.append(f"{place.start}{place.head[:-1]}\n{inner}")
    d.line(node, inner, place.end)
    return True


# -- at the start of a line --------------------------------------------------------------------


@_register(BLOCKS, AttributeSet, List, IndentedString, Apply)
def _continued_block(d: Direct, node: Node, pad: str, end: str) -> bool:
    return continued(d, node, Place("", "", pad, end))


@_register(BLOCKS, Parentheses)
def _parentheses_block(d: Direct, node: Parentheses, pad: str, end: str) -> bool:
    """`(f {`, `(x: {`, `({`: what is inside begins on the line of the parenthesis."""
    if _has_comments(node) or _has_comment(node.expression):
        return False
    return continued(d, node.expression, Place("", "(", pad, ")" + end))


@_register(BLOCKS, Let)
def _let_block(d: Direct, node: Let, pad: str, end: str) -> bool:
    if node.let.leading or node.in_.trailing is not None:
        return False
    trailing = node.let.trailing
    d.out.append("let" if trailing is None else f"let # {trailing.text.strip()}")
    line_break = d.entries(node.entries, node.in_.leading, pad + d.step)
    below(d, node.body, f"{line_break}{pad}in", pad, end)
    return True


@_register(BLOCKS, With)
def _with_block(d: Direct, node: With, pad: str, end: str) -> bool:
    text = with_start(node, d.levels)
    if text is None or len(text) > d.width:
        return False
    below(d, node.body, text, pad, end)
    return True


@_register(BLOCKS, If)
def _if_block(d: Direct, node: If, pad: str, end: str) -> bool:
    starts = _if_starts(d, node)
    if starts is None:
        return False
    current: Expression = node
    inner = pad + d.step
    for text in starts:
        assert isinstance(current, If)
        d.out.append(f"{text}\n{inner}")
        d.line(current.consequence, inner, "")
        current = current.alternative
        d.out.append(f"\n{pad}else ")
    d.out[-1] = f"\n{pad}else\n{inner}"
    d.line(current, inner, end)
    return True


def _if_starts(d: Direct, node: If) -> list[str] | None:
    """`if a then` for each of a chain, where all of them fit and have no comments."""
    starts: list[str] = []
    current: Expression = node
    while isinstance(current, If):
        text = if_start(current, d.levels)
        if text is None or len(text) + len("else ") > d.width or _has_comment(current.consequence):
            return None
        starts.append(text)
        current = current.alternative
    return None if _has_comment(current) else starts


@_register(BLOCKS, Lambda)
def _function_block(d: Direct, node: Lambda, pad: str, end: str) -> bool:
    if (
        node is not d.header
        and _may_be_absorbed(d, node)
        and _function(d, node, Place("", "", pad, end))
    ):
        return True
    if isinstance(node.parameter, Identifier):
        return not _may_be_absorbed(d, node) and _named_block(d, node, pad, end)
    return _pattern_block(d, node, pad, end)


def _named_block(d: Direct, node: Lambda, pad: str, end: str) -> bool:
    names = []
    body: Node = node
    while isinstance(body, Lambda) and isinstance(body.parameter, Identifier):
        names.append(named_parameter(body))
        body = body.body
    below(d, body, " ".join(names), pad, end)
    return True


def _pattern_block(d: Direct, node: Lambda, pad: str, end: str) -> bool:
    pattern = node.parameter
    assert isinstance(pattern, SetPattern)
    if node.colon.leading or node.colon.trailing is not None:
        return False
    text = flat_pattern(pattern)
    if text is None:
        text = _tall_pattern(d, pattern, pad)
        if text is None:
            return False
    elif len(text) >= d.width or (node is not d.header and _is_absorbing(d, node)):
        return False
    below(d, node.body, f"{text}:", pad, end)
    return True


def _is_absorbing(d: Direct, node: Lambda) -> bool:
    """Whether a function with a flat set pattern has its body on its line."""
    pattern = node.parameter
    if not isinstance(pattern, SetPattern) or pattern.binding is not None:
        return False
    return not first_is_apart(node) and _may_be_absorbed(d, node.body)


def _tall_pattern(d: Direct, pattern: SetPattern, pad: str) -> str | None:
    """`{ a, b ? 1, ... }` with a line for each argument."""
    if pattern.close.leading or not (pattern.arguments or pattern.ellipsis):
        return None
    names = []
    for argument in pattern.arguments:
        name = pattern_name(argument)
        if argument.default is not None:
            question = argument.question
            default = value(argument.default, d.levels)
            if default is None or question.leading or question.trailing is not None:
                return None
            name = f"{name} ? {default}"
            if len(name) >= d.width:
                return None
        names.append(name + ",")
    names += pattern_end(pattern)
    between = f"\n{pad}{d.step}"
    return with_binding(pattern, f"{{{between}{between.join(names)}\n{pad}}}")


# -- bodies, which have no group of their own --------------------------------------------------

_PLAIN = (Identifier, nodes.Integer, nodes.Float, nodes.SearchPath, nodes.Uri, nodes.Path)
_OWN_GROUP = (
    *_PLAIN,
    Apply,
    List,
    Parentheses,
    nodes.String,
    IndentedString,
    If,
    nodes.Assert,
)
_COMPARISONS = frozenset({"<", ">", "<=", ">=", "==", "!="})


def below(d: Direct, node: Node, start: str, pad: str, end: str) -> None:
    """The body of a `let`, `with` or function on the lines below `start`."""
    trivia = leading(node)
    if trivia and (
        isinstance(node, Let | With) or (isinstance(node, AttributeSet) and is_open(node))
    ):
        d.out.append(start)
        d.out.append(d.trivia(trivia, pad, "\n") + pad)
        spread(d, without_leading(node), pad, end)
        return
    line_break = "\n\n" if trivia and isinstance(trivia[0], BlankLine) else "\n"
    d.out.append(f"{start}{line_break}{pad}")
    if trivia:
        d.by_document(node, pad, end, spliced=True)
    else:
        spread(d, node, pad, end)


def spread(d: Direct, node: Node, pad: str, end: str) -> None:
    """A node on the current line and further ones: part of what is around, which is expanded."""
    if isinstance(node, AttributeSet | Let | With) or _is_open_function(node):
        _expanded(d, node, pad, end)
    elif isinstance(node, _OWN_GROUP) or _is_like_group(node):
        d.line(node, pad, end)
    else:
        d.by_document(node, pad, end, spliced=True)


def _is_open_function(node: Node) -> bool:
    return isinstance(node, Lambda) and isinstance(node.parameter, SetPattern)


def _is_like_group(node: Node) -> bool:
    match node:
        case Lambda():
            return True
        case BinaryOperation(_, operator, _):
            return operator not in _COMPARISONS
        case Select(target, _, default):
            return default is None and isinstance(target, Identifier)
    return False


def _expanded(d: Direct, node: Node, pad: str, end: str) -> None:
    place, marks = len(d.out), len(d.marks)
    try:
        if isinstance(node, AttributeSet) and not is_open(node):
            d.line(node, pad, end)
            return
        if isinstance(node, Lambda) and node is not d.header and _may_be_absorbed(d, node):
            text = one_line(node, d.levels)
            if text is not None and len(text) + len(end) <= d.width:
                d.line(node, pad, end)
                return
        if BLOCKS[type(node)](d, node, pad, end):
            return
    except Unknown:
        del d.out[place:]
        del d.marks[marks:]
    d.by_document(node, pad, end, spliced=True)
