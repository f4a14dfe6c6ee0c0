"""Functions and calls on one line."""

from __future__ import annotations

from nixgen.nix.nodes import (
    Apply,
    AttributeSet,
    FormalArgument,
    Identifier,
    Lambda,
    LegacyLet,
    List,
    Node,
    Parentheses,
    SetPattern,
    With,
)
from nixgen.nix.outer_tokens import first_token
from nixgen.nix.printing.fallback import Unknown
from nixgen.nix.printing.one_line.base import (
    Commented,
    line_of,
    on_one_line,
    one_line,
    refuse_comments,
)
from nixgen.nix.printing.one_line.literals import identifier
from nixgen.nix.printing.one_line.sets import is_whole
from nixgen.nix.printing.shape import is_simple


@line_of(Lambda)
def _lambda(node: Lambda, levels: int) -> str | None:
    start = ""
    count = 0
    body: Node = node
    while type(body) is Lambda and type(body.parameter) is Identifier:
        start += named_parameter(body) + " "
        count += 1
        body = body.body
    if count > 2 and not (isinstance(body, AttributeSet | List) and is_open(body)):
        if isinstance(body, With | Lambda | Parentheses | LegacyLet):
            raise Unknown
        return None
    if type(body) is Lambda:
        assert isinstance(body.parameter, SetPattern)
        head = flat_pattern(body.parameter)
        if head is None or (body.parameter.binding is None and first_is_apart(body)):
            return None
        refuse_comments(body.colon)
        if body.parameter.binding is not None:
            raise Unknown
        start += head + ": "
        body = body.body
    text = one_line(body, levels)
    return None if text is None else start + text


def named_parameter(node: Lambda) -> str:
    """`name:`."""
    assert isinstance(node.parameter, Identifier)
    refuse_comments(node.colon)
    return f"{identifier(node.parameter)}:"


def is_open(node: AttributeSet | List) -> bool:
    """Whether a set or list stands on several lines where it does not fit on one."""
    items = node.items if isinstance(node, List) else node.entries
    opener, closer = node.open, node.close
    return bool(
        items or closer.leading or opener.trailing is not None or not on_one_line(opener, closer)
    )


def first_is_apart(node: Lambda) -> bool:
    """Whether a function's body began on another line than its colon."""
    return bool(node.colon.line) and not on_one_line(node.colon, first_token(node.body))


def flat_pattern(pattern: SetPattern) -> str | None:
    """`{ a, b, ... }` where that may stand on one line: up to two names, without defaults.

    With `name@` before it or `@name` after it.
    """
    opener, closer = pattern.open, pattern.close
    if opener.leading or opener.trailing is not None or closer.trailing is not None:
        raise Commented
    if closer.leading or not on_one_line(opener, closer) or len(pattern.arguments) > 2:
        return None
    names = [pattern_name(argument) for argument in pattern.arguments]
    if any(argument.default is not None for argument in pattern.arguments):
        return None
    names += pattern_end(pattern)
    return with_binding(pattern, f"{{ {', '.join(names)} }}" if names else "{ }")


def pattern_name(argument: FormalArgument) -> str:
    """The name of an argument."""
    refuse_comments(argument.comma)
    return identifier(argument.name)


def pattern_end(pattern: SetPattern) -> list[str]:
    """The ellipsis, if a pattern has one."""
    refuse_comments(pattern.final_comma, pattern.dots if pattern.ellipsis else None)
    return ["..."] if pattern.ellipsis else []


def with_binding(pattern: SetPattern, braces: str) -> str:
    """The braces of a pattern with `name@` before or `@name` after them."""
    if pattern.binding is None:
        return braces
    refuse_comments(pattern.at)
    name = identifier(pattern.binding)
    return f"{name}@{braces}" if pattern.binding_first else f"{braces}@{name}"


def call_start(node: Apply, levels: int) -> str | None:
    """The function of a call and its arguments but the last."""
    arguments: list[Node] = []
    function: Node = node.function
    while type(function) is Apply:
        arguments.append(function.argument)
        function = function.function
    text = one_line(function, levels)
    if text is None:
        return None
    for argument in reversed(arguments):
        if type(argument) is Apply:  # `f or`
            raise Unknown
        part = _argument(argument, levels)
        if part is None:
            return None
        text += " " + part
    return text


def _argument(node: Node, levels: int) -> str | None:
    """An argument but the last: a list of few simple items may stand on one line."""
    if not isinstance(node, List) or len(node.items) < 2:
        return one_line(node, levels)
    items = node.items
    if len(items) > 6 or not is_whole(node):
        return None
    texts = []
    for item in items:
        text = one_line(item, levels)
        if text is None or not is_simple(item):
            return None
        texts.append(text)
    return f"[ {' '.join(texts)} ]"


@line_of(Apply)
def _call(node: Apply, levels: int) -> str | None:
    last = node.argument
    before = node.function
    if type(last) is List and type(before) is Apply and type(before.argument) is List:
        argument = _argument(last, levels)
    elif type(last) is Parentheses and _is_wide_in_parentheses(last.expression):
        return None
    elif type(last) is Apply:  # `f or`
        raise Unknown
    else:
        argument = one_line(last, levels)
    if argument is None:
        return None
    start = call_start(node, levels)
    return None if start is None else f"{start} {argument}"


def _is_wide_in_parentheses(node: Node) -> bool:
    """Whether the last argument is `(name: { ... })` or `(name { ... })`, always expanded."""
    match node:
        case Lambda(Identifier(), AttributeSet(entries)) | Apply(
            Identifier(), AttributeSet(entries)
        ):
            return bool(entries)
    return False
