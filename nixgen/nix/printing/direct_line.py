"""The text of expressions on one line, without a document: the half of the direct path.

Each function returns what the rules and the layout engine would print of a node in a group that
fits on its line, or None where no group with the node fits on one line. It raises Unknown for what
is left to them: comments, which count as None only inside of brackets, and some rare shapes.
`levels` bounds the nesting: what nests deeper than a line has columns does not fit on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nixgen.nix import nodes
from nixgen.nix.nodes import (
    Apply,
    AttributePath,
    AttributeSet,
    BinaryOperation,
    Binding,
    Identifier,
    IndentedString,
    Inherit,
    Interpolation,
    Lambda,
    LanguageAnnotation,
    List,
    Node,
    Parentheses,
    Path,
    Select,
    SetPattern,
    String,
    Token,
    With,
)
from nixgen.nix.printing.fallback import Unknown
from nixgen.nix.printing.shape import is_simple
from nixgen.nix.printing.strings import is_simple_string, simple_line, string_lines
from nixgen.nix.printing.tokens import first_token


class _Comment(Unknown):
    """A comment: between brackets it breaks the line, elsewhere it may belong to what is around."""


_JOINING = frozenset({"//", "++", "+"})
_PIPES = frozenset({"|>", "<|"})


def one_line(node: Node, levels: int) -> str | None:
    """The text of a node on one line, or None."""
    return _LINES[type(node)](node, levels - 1) if levels > 0 else None


def on_one_line(first: Token, second: Token | None) -> bool:
    """Whether two tokens stood on one line, or may have."""
    return second is None or first.line == second.line or not first.line or not second.line


# -- names and literals ------------------------------------------------------------------------


def _identifier(node: Identifier, _: int) -> str | None:
    token = node.token
    if token is not None and (token.leading or token.trailing is not None):
        raise _Comment
    return node.name


def _literal(node: nodes.Integer | nodes.Float | nodes.SearchPath, _: int) -> str | None:
    token = node.token
    if token is not None and (token.leading or token.trailing is not None):
        raise _Comment
    return node.text


def _uri(node: nodes.Uri, _: int) -> str | None:
    text = _literal(node, 0)  # type: ignore[arg-type]  # all have a text and a token
    return None if text is None else f'"{text}"'


def _string(node: String, levels: int) -> str | None:
    if node.open.leading or node.close.trailing is not None:
        raise _around(node)
    parts = node.parts
    if len(parts) == 1 and type(parts[0]) is str:
        return f'"{parts[0]}"'
    text = joined_parts(parts, levels)
    return None if text is None else f'"{text}"'


def _around(node: String | IndentedString) -> Unknown:
    """What comments at a string mean: one that names its language stands on the string's line."""
    annotation = any(type(each) is LanguageAnnotation for each in node.open.leading)
    return Unknown() if annotation else _Comment()


def joined_parts(parts: Any, levels: int) -> str | None:
    """The parts of a string or path one after another."""
    text = ""
    for part in parts:
        if type(part) is str:
            text += part
        else:
            inner = _interpolation(part, levels)
            if inner is None:
                return None
            text += inner
    return text


def _interpolation(node: Interpolation, levels: int) -> str | None:
    if node.open.leading or node.close.trailing is not None:
        raise _Comment
    inner = None if node.close.leading else _inside(node.expression, levels)
    return None if inner is None else f"${{{inner}}}"


def _inside(node: Node, levels: int) -> str | None:
    """The text of a node between brackets, where a comment breaks the line."""
    try:
        return one_line(node, levels)
    except _Comment:
        return None


def _indented_string(node: IndentedString, levels: int) -> str | None:
    if node.cut:
        raise Unknown
    lines = string_lines(node)
    if node.open.leading or node.close.trailing is not None:
        raise _Comment if len(lines) > 1 else _around(node)
    if len(lines) > 1:
        return None
    if is_simple_string(node, lines):
        text = joined_parts(simple_line(lines[0]), levels)
        return None if text is None else f'"{text}"'
    text = joined_parts(lines[0], levels)
    return None if text is None else f"''{text}''"


def _path(node: Path, levels: int) -> str | None:
    if node.open.leading or node.close.trailing is not None:
        raise _Comment
    return joined_parts(node.parts, levels)


# -- sets, lists, selections -------------------------------------------------------------------


def attribute_path(node: AttributePath, levels: int = 9, *, first: bool = False) -> str | None:
    """The text of a path; with `first`, what stands before its first name is not looked at."""
    for dot in node.dots:
        if dot.leading or dot.trailing is not None:
            raise _Comment
    text = ""
    for name in node.names:
        if type(name) is Identifier:
            token = name.token
            if token is not None and (
                token.trailing is not None or (token.leading and not (first and not text))
            ):
                raise _Comment
            part: str | None = name.name
        elif first and not text and _opener(name).leading:
            raise _Comment
        else:
            part = one_line(name, levels)
            if part is None:
                return None
        text = f"{text}.{part}" if text else str(part)
    return text


def _opener(name: Any) -> Token:
    token: Token = name.open
    return token


def attribute_set(node: AttributeSet, levels: int) -> str | None:
    """`{ }`, or one entry in braces."""
    opener, closer, entries = node.open, node.close, node.entries
    if len(entries) > 1 or not on_one_line(opener, closer):
        return None
    if closer.leading or opener.trailing is not None:
        return None
    if opener.leading or closer.trailing is not None:
        raise _Comment
    start = "{ "
    if node.recursive:
        if node.rec.leading or node.rec.trailing is not None:
            raise _Comment
        start = "rec { "
    if not entries:
        return start + "}"
    entry = _inside(entries[0], levels)
    return None if entry is None else f"{start}{entry} }}"


def _binding(node: Binding, levels: int) -> str | None:
    for token in (node.equals, node.semicolon):
        if token.leading or token.trailing is not None:
            return None
    path = attribute_path(node.path, levels)
    if path is None:
        return None
    text = value(node.value, levels)
    return None if text is None else f"{path} = {text};"


def value(node: Node, levels: int) -> str | None:
    """The text of a binding's value: there a set with entries is always expanded."""
    kind = type(node)
    if kind is AttributeSet:
        entries = node.entries  # type: ignore[attr-defined]
        if entries and type(entries[0]) is not Inherit:
            return None
    elif kind is BinaryOperation and _joins_sets(node):  # type: ignore[arg-type]
        raise Unknown
    return one_line(node, levels)


def _joins_sets(node: BinaryOperation) -> bool:
    if node.operator not in _JOINING:
        return False
    left: Node = node
    while isinstance(left, BinaryOperation):
        left = left.left
    return isinstance(left, AttributeSet) or isinstance(node.right, AttributeSet)


def inherit(node: Inherit, levels: int) -> str | None:
    """`inherit (source) names;`, which is on one line with up to three names."""
    if len(node.names) > 3 or not on_one_line(node.inherit, node.semicolon):
        return None
    if node.semicolon.leading or node.semicolon.trailing is not None or node.inherit.leading:
        return None
    start = inherit_start(node, levels)
    names = inherit_names(node, levels)
    if start is None or names is None:
        return None
    return f"{start} {' '.join(names)};" if names else f"{start} ;"


def inherit_start(node: Inherit, levels: int) -> str | None:
    """`inherit`, with its source."""
    if node.inherit.trailing is not None:
        return None
    if node.source is None:
        return "inherit"
    for token in (node.open, node.close):
        if token.leading or token.trailing is not None:
            return None
    source = _inside(node.source, levels)
    return None if source is None else f"inherit ({source})"


def inherit_names(node: Inherit, levels: int) -> list[str] | None:
    """The names, each as it is written."""
    names = [one_line(name, levels) for name in node.names]
    return None if None in names else names  # type: ignore[return-value]  # no None is left


def _list(node: List, levels: int) -> str | None:
    if len(node.items) > 1 or not _is_whole(node):
        return None
    if not node.items:
        return "[ ]"
    item = node.items[0]
    if type(item) is Apply:  # `f or`
        raise Unknown
    text = _inside(item, levels)
    return None if text is None else f"[ {text} ]"


def _is_whole(node: List) -> bool:
    """Whether a list is without line break and comments inside its brackets."""
    opener, closer = node.open, node.close
    if closer.leading or opener.trailing is not None or not on_one_line(opener, closer):
        return False
    if opener.leading or closer.trailing is not None:
        raise _Comment
    return True


def _argument(node: Node, levels: int) -> str | None:
    """An argument but the last: a list of few simple items may stand on one line."""
    if not isinstance(node, List) or len(node.items) < 2:
        return one_line(node, levels)
    items = node.items
    if len(items) > 6 or not _is_whole(node):
        return None
    texts = []
    for item in items:
        text = one_line(item, levels)
        if text is None or not is_simple(item):
            return None
        texts.append(text)
    return f"[ {' '.join(texts)} ]"


def _select(node: Select, levels: int) -> str | None:
    if node.dot.leading or node.dot.trailing is not None:
        raise _Comment
    target = one_line(node.target, levels)
    path = attribute_path(node.path, levels)
    if target is None or path is None:
        return None
    if type(node.target) is nodes.Integer or type(node.target) is nodes.Float:
        target += " "
    if node.default is None:
        return f"{target}.{path}"
    if type(node.default) is Apply:  # `a or f or`
        raise Unknown
    if node.or_.leading or node.or_.trailing is not None:
        raise _Comment
    default = one_line(node.default, levels)
    return None if default is None else f"{target}.{path} or {default}"


def _parentheses(node: Parentheses, levels: int) -> str | None:
    opener, closer = node.open, node.close
    if opener.leading or opener.trailing is not None or closer.trailing is not None:
        raise _Comment
    inner = None if closer.leading else _inside(node.expression, levels)
    return None if inner is None else f"({inner})"


# -- functions and calls -----------------------------------------------------------------------


def _lambda(node: Lambda, levels: int) -> str | None:
    start = ""
    count = 0
    body: Node = node
    while type(body) is Lambda and type(body.parameter) is Identifier:
        start += named_parameter(body) + " "
        count += 1
        body = body.body
    if count > 2 and not (isinstance(body, AttributeSet | List) and is_open(body)):
        if isinstance(body, With | Lambda | Parentheses | nodes.LegacyLet):
            raise Unknown
        return None
    if type(body) is Lambda:
        assert isinstance(body.parameter, SetPattern)
        head = flat_pattern(body.parameter)
        if head is None or (body.parameter.binding is None and first_is_apart(body)):
            return None
        if body.colon.leading or body.colon.trailing is not None:
            raise _Comment
        if body.parameter.binding is not None:
            raise Unknown
        start += head + ": "
        body = body.body
    text = one_line(body, levels)
    return None if text is None else start + text


def named_parameter(node: Lambda) -> str:
    """`name:`."""
    assert isinstance(node.parameter, Identifier)
    if node.colon.leading or node.colon.trailing is not None:
        raise _Comment
    return f"{_identifier(node.parameter, 0)}:"


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
        raise _Comment
    if closer.leading or not on_one_line(opener, closer) or len(pattern.arguments) > 2:
        return None
    names = [pattern_name(argument) for argument in pattern.arguments]
    if any(argument.default is not None for argument in pattern.arguments):
        return None
    names += pattern_end(pattern)
    return with_binding(pattern, f"{{ {', '.join(names)} }}" if names else "{ }")


def pattern_name(argument: nodes.FormalArgument) -> str:
    """The name of an argument."""
    comma = argument.comma
    if comma is not None and (comma.leading or comma.trailing is not None):
        raise _Comment
    name = _identifier(argument.name, 0)
    assert name is not None
    return name


def pattern_end(pattern: SetPattern) -> list[str]:
    """The ellipsis, if a pattern has one."""
    for token in (pattern.final_comma, pattern.dots if pattern.ellipsis else None):
        if token is not None and (token.leading or token.trailing is not None):
            raise _Comment
    return ["..."] if pattern.ellipsis else []


def with_binding(pattern: SetPattern, braces: str) -> str:
    """The braces of a pattern with `name@` before or `@name` after them."""
    if pattern.binding is None:
        return braces
    if pattern.at.leading or pattern.at.trailing is not None:
        raise _Comment
    name = _identifier(pattern.binding, 0)
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


def _call(node: Apply, levels: int) -> str | None:
    last = node.argument
    before = node.function
    if type(last) is List and type(before) is Apply and type(before.argument) is List:
        argument = _argument(last, levels)
    elif type(last) is Parentheses and is_wide_in_parentheses(last.expression):
        return None
    elif type(last) is Apply:  # `f or`
        raise Unknown
    else:
        argument = one_line(last, levels)
    if argument is None:
        return None
    start = call_start(node, levels)
    return None if start is None else f"{start} {argument}"


def is_wide_in_parentheses(node: Node) -> bool:
    """Whether the last argument is `(name: { ... })` or `(name { ... })`, always expanded."""
    match node:
        case Lambda(Identifier(), AttributeSet(entries)) | Apply(
            Identifier(), AttributeSet(entries)
        ):
            return bool(entries)
    return False


# -- operators and keywords --------------------------------------------------------------------


def _operation(node: BinaryOperation, levels: int) -> str | None:
    token = node.token
    if token is not None and (token.leading or token.trailing is not None):
        raise _Comment
    if node.operator in _PIPES:
        raise Unknown
    left = one_line(node.left, levels)
    if left is None:
        return None
    right = one_line(node.right, levels)
    return None if right is None else f"{left} {node.operator} {right}"


def _unary(node: nodes.UnaryOperation, levels: int) -> str | None:
    token = node.token
    if token is not None and (token.leading or token.trailing is not None):
        raise _Comment
    operand = one_line(node.operand, levels)
    return None if operand is None else node.operator + operand


def _has_attribute(node: nodes.HasAttribute, levels: int) -> str | None:
    if node.question.leading or node.question.trailing is not None:
        raise _Comment
    target = one_line(node.target, levels)
    path = attribute_path(node.path, levels)
    return None if target is None or path is None else f"{target} ? {path}"


def with_start(node: With, levels: int) -> str | None:
    """`with scope;`."""
    for token in (node.with_, node.semicolon):
        if token.leading or token.trailing is not None:
            raise _Comment
    scope = one_line(node.scope, levels)
    return None if scope is None else f"with {scope};"


def _with(node: With, levels: int) -> str | None:
    if type(node.body) is AttributeSet and len(node.body.entries) == 1:
        raise Unknown  # some places expand it
    start = with_start(node, levels)
    body = one_line(node.body, levels)
    return None if start is None or body is None else f"{start} {body}"


def if_start(node: nodes.If, levels: int) -> str | None:
    """`if condition then`."""
    for token in (node.if_, node.then, node.else_):
        if token.leading or token.trailing is not None:
            raise _Comment
    condition = one_line(node.condition, levels)
    return None if condition is None else f"if {condition} then"


def _if(node: nodes.If, levels: int) -> str | None:
    if type(node.alternative) is nodes.If:
        return None
    start = if_start(node, levels)
    one = one_line(node.consequence, levels)
    other = one_line(node.alternative, levels)
    if start is None or one is None or other is None:
        return None
    return f"{start} {one} else {other}"


def _never(_: Node, __: int) -> str | None:
    return None


def _unknown(_: Node, __: int) -> str | None:
    raise Unknown


_LINES: dict[type, Callable[[Any, int], str | None]] = {
    Identifier: _identifier,
    nodes.Integer: _literal,
    nodes.Float: _literal,
    nodes.SearchPath: _literal,
    nodes.Uri: _uri,
    String: _string,
    IndentedString: _indented_string,
    Path: _path,
    Interpolation: _interpolation,
    AttributeSet: attribute_set,
    Binding: _binding,
    Inherit: inherit,
    List: _list,
    Select: _select,
    Parentheses: _parentheses,
    Lambda: _lambda,
    Apply: _call,
    BinaryOperation: _operation,
    nodes.UnaryOperation: _unary,
    nodes.HasAttribute: _has_attribute,
    With: _with,
    nodes.If: _if,
    nodes.Let: _never,
    nodes.Assert: _never,
    nodes.LegacyLet: _unknown,
}
