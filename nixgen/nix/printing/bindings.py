"""Layout of bindings, `inherit` and attribute paths: RFC 166, section "Bindings"."""

from __future__ import annotations

from nixgen.layout.document import BREAK, HARD_LINE, HARD_SPACE, PRIORITY, SPACE
from nixgen.nix import nodes
from nixgen.nix.nodes import AttributeName, AttributePath, Binding, Identifier, Inherit, Token
from nixgen.nix.printing.builder import Builder, origin_of, rule
from nixgen.nix.printing.values import absorb_value

_DOT = Token(".")


@rule(Binding)
def binding(b: Builder, node: Binding) -> None:
    """`path = value;` (nixfmt: `Pretty Binder`).

    The value stays on the line of a short path; after a longer one it may start a line.
    """
    outer = b.open()
    attribute_path(b, node.path)
    b.depth += 1
    b.out.append(HARD_SPACE)
    b.token(node.equals)
    names = node.path.names
    if len(names) <= 4 and all(isinstance(name, Identifier) for name in names):
        absorb_value(b, node.value)
    else:
        b.out.append(BREAK)
        inner = b.open()
        absorb_value(b, node.value)
        b.close(inner, PRIORITY)
    b.depth -= 1
    b.token(node.semicolon)
    b.close(outer, origin=origin_of(node))


@rule(Inherit)
def inherit(b: Builder, node: Inherit) -> None:
    """`inherit (source) names;`, on one line with up to three names (RFC 166, "inherit")."""
    on_line = len(node.names) < 4 and b.on_one_line(node.inherit, node.semicolon)
    between, end = (SPACE, BREAK) if on_line else (HARD_LINE, HARD_LINE)
    outer = b.open()
    b.token(node.inherit)
    b.depth += 1
    if node.source is not None:
        inner = b.open()
        b.out.append(SPACE)
        b.node(nodes.Parentheses(node.source, open=node.open, close=node.close))
        b.close(inner)
    b.out.append(between)
    for index, name in enumerate(node.names):
        if index:
            b.out.append(between)
        b.node(name)
    b.out.append(end)
    b.token(node.semicolon)
    b.depth -= 1
    b.close(outer, origin=origin_of(node))


@rule(AttributePath)
def attribute_path(b: Builder, node: AttributePath) -> None:
    """`a.b."c"`, never broken."""
    b.node(node.names[0])
    rest_of_path(b, node.names[1:], node.dots)


def rest_of_path(b: Builder, names: tuple[AttributeName, ...], dots: tuple[Token, ...]) -> None:
    """Names with the dots before them."""
    for name, dot in zip(names, padded(dots, len(names)), strict=True):
        b.token(dot)
        b.node(name)


def padded(dots: tuple[Token, ...], count: int) -> tuple[Token, ...]:
    """Dots for a path that was made without."""
    return (*dots, *(_DOT,) * (count - len(dots)))[:count]
