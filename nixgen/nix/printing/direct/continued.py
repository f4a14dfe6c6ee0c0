"""What begins after something on its line and has further ones: calls, functions, parentheses."""

from __future__ import annotations

from nixgen.nix.nodes import (
    Apply,
    AttributeSet,
    Identifier,
    IndentedString,
    Lambda,
    LegacyLet,
    List,
    Node,
    Parentheses,
    With,
)
from nixgen.nix.outer_tokens import has_trivia
from nixgen.nix.printing.direct.base import Direct, Place, has_comment
from nixgen.nix.printing.direct.brackets import absorbed
from nixgen.nix.printing.one_line.base import one_line
from nixgen.nix.printing.one_line.functions import (
    call_start,
    first_is_apart,
    flat_pattern,
    is_open,
    named_parameter,
)
from nixgen.nix.printing.one_line.operators import with_start

_MAY_BE_ABSORBED = (AttributeSet, List, IndentedString, With, Parentheses, LegacyLet)


def continued(d: Direct, node: Node, place: Place) -> bool:
    """As `absorbed`, after what may stand before it: a call, `with scope;`, names of a function."""
    match node:
        case With():
            text = with_start(node, d.levels)
            return text is not None and absorbed(d, node.body, place.after(f"{text} "))
        case Lambda():
            return not ends_in_with(node) and function(d, node, place)
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
    if isinstance(body, Parentheses | IndentedString) or has_comment(body):
        return False
    if isinstance(body, AttributeSet | List) and is_open(body):
        if has_comments(node):
            return False
        return absorbed(d, body, place.after(text).within_parentheses())
    return in_parentheses(d, node, place)


def in_parentheses(d: Direct, node: Parentheses, place: Place) -> bool:
    """`(`, an expression on lines of its own, `)`."""
    expression = node.expression
    if has_comments(node) or len(place.head) >= d.width or has_comment(expression):
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


def has_comments(node: Parentheses) -> bool:
    """Whether a comment is at one of the parentheses."""
    return has_trivia(node.open) or has_trivia(node.close)


def function(d: Direct, node: Lambda, place: Place) -> bool:
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
            if has_trivia(body.colon):
                return False
            place = place.after(pattern + ": ")
            has_pattern = True
        body = body.body
    if isinstance(body, With):
        return not has_pattern and continued(d, body, place)
    return absorbed(d, body, place)


def may_be_absorbed(d: Direct, node: Node) -> bool:
    """Whether an expression might begin on the line of a function's names."""
    body = last_body(d, node) if isinstance(node, Lambda) else node
    return isinstance(body, _MAY_BE_ABSORBED)


def last_body(d: Direct, node: Node) -> Node:
    """The body of a function of functions; each function of the chain asks for the same one."""
    chain = []
    while isinstance(node, Lambda):
        known = d.bodies.get(id(node))
        if known is not None:
            node = known[1]
            break
        chain.append(node)
        node = node.body
    for each in chain:
        d.bodies[id(each)] = (each, node)
    return node


def ends_in_with(node: Lambda) -> bool:
    """`name: with scope; ...`, which does not begin on the line of what is before the name."""
    body: Node = node
    named = False
    while isinstance(body, Lambda):
        named = isinstance(body.parameter, Identifier)
        body = body.body
    return named and isinstance(body, With)
