"""Layout of function calls: RFC 166, section "Function application"."""

from __future__ import annotations

from attrs import evolve

from nixgen.layout.document import (
    BREAK,
    HARD_LINE,
    HARD_SPACE,
    PRIORITY,
    REGULAR,
    SPACE,
    TRANSPARENT,
    Document,
    Spacing,
    on_one_line,
)
from nixgen.nix.nodes import (
    Apply,
    Identifier,
    Lambda,
    LanguageAnnotation,
    List,
    Node,
    Parentheses,
    Select,
    Token,
    Trivia,
)
from nixgen.nix.outer_tokens import (
    change_first_token,
    first_token_with_comments,
    has_trivia,
    trailing_moved_up,
)
from nixgen.nix.printing.builder import Builder, rule
from nixgen.nix.printing.sets import argument_list, in_parentheses, term
from nixgen.nix.printing.shape import TERMS, is_absorbable, is_simple


@rule(Apply)
def call(b: Builder, node: Apply) -> None:
    """A call as an expression of its own."""
    application(b, node)


def application(
    b: Builder,
    node: Apply,
    *,
    before: Spacing | None = None,
    in_brackets: bool = False,
    may_be_simple: bool = True,
) -> None:
    """A call whose last argument may continue on further lines (nixfmt: `prettyApp`).

    `before` is a spacing that belongs to the call; a call `in_brackets` indents its function and
    ends with a break. A call of simple expressions (that may be one) is broken only in its last.
    """
    function, comments = _without_comments(node.function)
    argument = node.argument
    if comments:
        b.trivia(comments)
    indents = in_brackets and not comments
    if isinstance(function, Apply) and _are_lists(function.argument, argument):
        _call_with_two_lists(
            b, function, argument, before=before, indents=indents, in_brackets=in_brackets
        )
    else:
        start = _open_start(b, function, before, indents)
        outer = b.open()
        simple = None
        if may_be_simple and is_simple(node, b.simple):
            simple = on_one_line(start)
        b.out += start if simple is None else simple
        b.out.append(SPACE if simple is None else HARD_SPACE)
        _last_argument(b, argument)
        if in_brackets and simple is None:
            b.out.append(BREAK)
        b.close(outer)
    if in_brackets and comments:
        b.out.append(HARD_LINE)


def _are_lists(first: Node, second: Node) -> bool:
    return isinstance(first, List) and isinstance(second, List)


def _without_comments(function: Node) -> tuple[Node, tuple[Trivia, ...]]:
    """The function without the comments before it, which must not force the call open."""
    token = first_token_with_comments(function)
    if not has_trivia(token):
        return function, ()
    assert token is not None
    moved = trailing_moved_up(token).leading
    notes = tuple(each for each in moved if isinstance(each, LanguageAnnotation))
    comments = tuple(each for each in moved if not isinstance(each, LanguageAnnotation))

    def stripped(token: Token) -> Token:
        return evolve(token, leading=notes, trailing=None)

    return change_first_token(function, stripped), comments


def _open_start(b: Builder, function: Node, before: Spacing | None, indents: bool) -> Document:
    """The elements of a call up to its last argument."""
    outer = b.open()
    if before is not None:
        b.out.append(before)
    inner = b.open()
    _function(b, function, indents)
    b.close(inner, TRANSPARENT)
    start = b.out
    b.out = outer
    return start


def _call_with_two_lists(
    b: Builder,
    function: Apply,
    last: Node,
    *,
    before: Spacing | None,
    indents: bool,
    in_brackets: bool,
) -> None:
    """A call whose last two arguments are lists, which break together."""
    start = _open_start(b, function.function, before, indents)
    outer = b.open()
    b.out += start
    for argument in (function.argument, last):
        b.out.append(SPACE)
        b.depth += 1
        _grouped_argument(b, argument)
        b.depth -= 1
    if in_brackets:
        b.out.append(BREAK)
    b.close(outer)


def _grouped_argument(b: Builder, argument: Node) -> None:
    outer = b.open()
    argument_list(b, argument)
    b.close(outer)


def _function(b: Builder, node: Node, indents: bool) -> None:
    """A function with its arguments but the last (nixfmt: `absorbApp`)."""
    if not isinstance(node, Apply):
        if indents:
            b.depth += 1
            outer = b.open()
            b.out.append(BREAK)
            b.node(node)
            b.close(outer)
            b.depth -= 1
        else:
            b.node(node)
        return
    function, argument = node.function, node.argument
    if isinstance(function, Apply) and _are_lists(function.argument, argument):
        _function_with_two_lists(b, function, argument, indents)
        return
    outer = b.open()
    _function(b, function, indents)
    b.close(outer, TRANSPARENT)
    b.out.append(SPACE)
    b.depth += 1
    outer = b.open()
    argument_list(b, argument)
    # A selection expanded before all else would put but its last part on a new line.
    b.close(outer, REGULAR if isinstance(argument, Select) else PRIORITY)
    b.depth -= 1


def _function_with_two_lists(b: Builder, function: Apply, last: Node, indents: bool) -> None:
    outer = b.open()
    inner = b.open()
    _function(b, function.function, indents)
    b.close(inner, TRANSPARENT)
    b.depth += 1
    inner = b.open()
    for argument in (function.argument, last):
        b.out.append(SPACE)
        _grouped_argument(b, argument)
    b.close(inner)
    b.depth -= 1
    b.close(outer, TRANSPARENT)


def _last_argument(b: Builder, argument: Node) -> None:
    """The argument that may continue on further lines (nixfmt: `absorbLast`)."""
    if isinstance(argument, TERMS) and is_absorbable(b, argument):
        b.depth += 1
        outer = b.open()
        term(b, argument)
        b.close(outer, PRIORITY)
        b.depth -= 1
    elif isinstance(argument, Parentheses):
        if not _absorbed_in_parentheses(b, argument):
            in_parentheses(b, argument)
    else:
        b.depth += 1
        b.grouped(argument)
        b.depth -= 1


def _absorbed_in_parentheses(b: Builder, node: Parentheses) -> bool:
    """`(name: { ... })` and `(name { ... })` as the last argument, in as few lines as `{ ... }`."""
    match node.expression:
        case Lambda(Identifier(name, token=token), body) as function:
            bare = not (has_trivia(token) or has_trivia(function.colon))
            start = f"{name}:"
        case Apply(Identifier(name, token=token), body):
            bare = not (has_trivia(token) or has_trivia(node.close))
            start = name
        case _:
            return False
    if not bare or has_trivia(node.open):
        return False
    if not isinstance(body, TERMS) or not is_absorbable(b, body):
        return False
    b.depth += 1
    outer = b.open()
    b.add("(" + start)
    b.out.append(HARD_SPACE)
    term(b, body, wide=True)
    b.token(node.close)
    b.close(outer, PRIORITY)
    b.depth -= 1
    return True
