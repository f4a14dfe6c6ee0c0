"""Layout of sets and lists: RFC 166, sections "Attribute sets" and "Lists"."""

from __future__ import annotations

from attrs import evolve

from nixgen.layout.document import BREAK, HARD_LINE, HARD_SPACE, PRIORITY, SPACE, Spacing
from nixgen.nix.nodes import (
    Apply,
    AttributeSet,
    Entry,
    LanguageAnnotation,
    LegacyLet,
    List,
    Node,
    Parentheses,
    Trivia,
)
from nixgen.nix.outer_tokens import (
    comment_above,
    first_token,
    has_trivia,
    leading,
    with_leading,
    without_leading,
)
from nixgen.nix.printing.builder import Builder, origin_of, rule
from nixgen.nix.printing.shape import is_simple

# -- sets --------------------------------------------------------------------------------------


@rule(AttributeSet, LegacyLet)
def attribute_set(b: Builder, node: AttributeSet | LegacyLet, wide: bool = False) -> None:
    """`{ entries }`; `wide` forces all but empty sets open (nixfmt: `prettySet`).

    RFC 166, "Attribute sets": a set with entries is expanded, except for one entry in a place
    where it fits.
    """
    if isinstance(node, LegacyLet):
        b.token(node.let)
        b.out.append(HARD_SPACE)
    elif node.recursive:
        b.token(node.rec)
        b.out.append(HARD_SPACE)
    apart = not b.on_one_line(node.open, node.close)
    last = node.close.leading
    if not node.entries and not last and not has_trivia(node.open):
        b.token(node.open)
        b.out.append(HARD_LINE if apart else HARD_SPACE)
    else:
        edge = HARD_LINE if apart or (wide and (node.entries or last)) else SPACE
        b.token(evolve(node.open, trailing=None) if node.open.trailing else node.open)
        b.out.append(edge)
        b.depth += 1
        b.trailing(node.open.trailing)
        entries(b, node.entries, last)
        b.depth -= 1
        b.out.append(edge)
    b.token(evolve(node.close, leading=()) if last else node.close)


def entries(b: Builder, items: tuple[Entry, ...], last: tuple[Trivia, ...]) -> None:
    """Bindings a line each, and the comments between and after them (nixfmt: `renderItems`)."""
    separate = False
    for entry in items:
        if separate:
            b.out.append(HARD_LINE)
        separate = True
        token = first_token(entry)
        if token is not None and token.leading:
            _comments_before_item(b, token.leading)
            b.skip_leading = True
        b.grouped(entry)
    if last:
        if separate:
            b.out.append(HARD_LINE)
        b.trivia(last)


def _comments_before_item(
    b: Builder, trivia: tuple[Trivia, ...], separator: Spacing = HARD_LINE
) -> None:
    """Comments above an item; a language annotation stays on the item's line."""
    if isinstance(trivia[-1], LanguageAnnotation):
        b.trivia(trivia[:-1])
        b.trivia(trivia[-1:])
        b.out.append(HARD_SPACE)
    else:
        b.trivia(trivia)
        b.out.append(separator)


# -- lists -------------------------------------------------------------------------------------


@rule(List)
def grouped_list(b: Builder, node: List) -> None:
    """A list as an expression."""
    outer = b.open()
    plain_list(b, node)
    b.close(outer, origin=origin_of(node))


def plain_list(b: Builder, node: List, separator: Spacing = HARD_LINE) -> None:
    """`[ items ]` without a group (nixfmt: `renderList`).

    RFC 166, "Lists": two and more items stand on a line each, but where `separator` says else.
    """
    opener, closer = node.open, node.close
    last = closer.leading
    apart = not b.on_one_line(opener, closer)
    is_argument = separator != HARD_LINE
    if not (node.items or last or opener.trailing is not None or is_argument):
        b.token(opener)
        b.out.append(HARD_LINE if apart else HARD_SPACE)
        b.token(closer)
        return
    edge = _edge(node, apart)
    b.token(evolve(opener, trailing=None) if opener.trailing else opener)
    b.out.append(edge)
    b.depth += 1
    b.trailing(opener.trailing)
    _items(b, node.items, last, separator)
    b.depth -= 1
    b.out.append(edge)
    b.token(evolve(closer, leading=()) if last else closer)


def _edge(node: List, apart: bool) -> Spacing:
    only_comments = bool(node.close.leading) and not node.items
    if apart or only_comments:
        return HARD_LINE
    if not node.items:
        return HARD_LINE if has_trivia(node.open) else HARD_SPACE
    return SPACE


def _items(
    b: Builder, items: tuple[Node, ...], last: tuple[Trivia, ...], separator: Spacing
) -> None:
    separate = False
    for item in items if not any(map(_is_old_call, items)) else _with_or_apart(items):
        if separate:
            b.out.append(separator)
        separate = True
        trivia = leading(item)
        if trivia:
            _comments_before_item(b, trivia, separator)
            item = without_leading(item)  # noqa: PLW2901  # the item without what is printed
        b.grouped(item)
    if last:
        if separate:
            b.out.append(separator)
        b.trivia(last)


def _is_old_call(item: Node) -> bool:
    """Whether a list item is `f or`: a call to Nix, two items to nixfmt."""
    return isinstance(item, Apply)


def _with_or_apart(items: tuple[Node, ...]) -> list[Node]:
    apart: list[Node] = []
    for item in items:
        if isinstance(item, Apply):
            apart += (item.function, item.argument)
        else:
            apart.append(item)
    return apart


def argument_list(b: Builder, node: Node) -> None:
    """An argument; a short list of simple items may stay on one line (nixfmt: `absorbInner`)."""
    if isinstance(node, List) and _is_short(node):
        plain_list(b, node, SPACE)
    else:
        b.node(node)


def _is_short(node: List) -> bool:
    comments = sum(bool(leading(item)) for item in node.items) + bool(node.close.leading)
    return len(node.items) + comments <= 6 and all(
        is_simple(without_leading(item)) for item in node.items
    )


# -- terms -------------------------------------------------------------------------------------


def term(b: Builder, node: Node, wide: bool = False) -> None:
    """A term without the group that it has as an expression (nixfmt: `prettyTerm`)."""
    if isinstance(node, List):
        plain_list(b, node)
    elif isinstance(node, AttributeSet | LegacyLet):
        attribute_set(b, node, wide)
    else:
        b.node(node)


def in_parentheses(b: Builder, node: Parentheses) -> None:
    """Parentheses attached to what is before them (nixfmt: `absorbParen`).

    Comments inside the opening and the closing one go with the expression.
    """
    opener, closer = node.open, node.close
    inner = node.expression
    if opener.trailing is not None:
        inner = with_leading(inner, (comment_above(opener.trailing),))
        opener = evolve(opener, trailing=None)
    outer = b.open()
    b.depth += 1
    b.token(opener)
    b.out.append(BREAK)
    b.depth += 1
    group = b.open()
    b.node(inner)
    b.trivia(closer.leading)
    b.close(group)
    b.depth -= 1
    b.out.append(BREAK)
    b.token(evolve(closer, leading=()) if closer.leading else closer)
    b.depth -= 1
    b.close(outer, PRIORITY)
