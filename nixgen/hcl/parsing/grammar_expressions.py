"""The grammar of expressions.

Each rule is a generator: it yields the rules that it is made of, and is sent what they found. `run`
drives them with a stack of its own, so that nesting costs no recursion. The rules are those of
HCL's parser (hclsyntax/parser.go); where newlines count, and where not, is the cursor's business.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias

from nixgen.hcl import nodes
from nixgen.hcl.nodes import Expression, Span
from nixgen.hcl.parsing.cursor import NEWLINES, Cursor, described
from nixgen.hcl.parsing.grammar_templates import for_names, template
from nixgen.hcl.parsing.literals import number
from nixgen.hcl.parsing.trivia import take_comments, take_trailing
from nixgen.hcl.strings import is_bare_key
from nixgen.hcl.tokens import Kind, Token

Steps: TypeAlias = Generator[Any, Any, Any]

_WORDS = {"null": None, "true": True, "false": False}
_TEXTS_OF_WORDS = {word: text for text, word in _WORDS.items()}
_OPERATORS = {Kind(operator): level for operator, level in nodes.PRECEDENCE.items()}
_AN_EXPRESSION = "an expression"


def run(rule: Steps) -> Any:
    """What a rule finds, its inner rules driven one by one."""
    stack = [rule]
    found: Any = None
    while stack:
        try:
            inner = stack[-1].send(found)
        except StopIteration as stop:
            stack.pop()
            found = stop.value
        else:
            stack.append(inner)
            found = None
    return found


def expression(cursor: Cursor) -> Steps:
    """An expression, with the conditional operator."""
    start = cursor.peek().start
    condition = yield operation(cursor)
    if not cursor.at(Kind.QUESTION):
        return condition
    question = cursor.take()
    then = yield expression(cursor)
    cursor.expect(Kind.COLON, "`:` and the other value of the conditional", question)
    otherwise = yield expression(cursor)
    return nodes.Conditional(condition, then, otherwise, span=Span(start, cursor.end))


def operation(cursor: Cursor) -> Steps:
    """Terms with binary operators between them, by precedence."""
    starts = [cursor.peek().start]
    operands: list[Expression] = [(yield operand(cursor))]
    operators: list[Kind] = []

    def reduce() -> None:
        right = operands.pop()
        starts.pop()
        span = Span(starts[-1], cursor.end)
        operands[-1] = nodes.BinaryOperation(operands[-1], operators.pop(), right, span=span)

    while (level := _OPERATORS.get(cursor.peek().kind)) is not None:
        while operators and _OPERATORS[operators[-1]] >= level:
            reduce()
        operators.append(cursor.take().kind)
        starts.append(cursor.peek().start)
        operands.append((yield operand(cursor)))
    while operators:
        reduce()
    return operands[0]


def operand(cursor: Cursor) -> Steps:
    """A term with its signs and its steps: `-x.y[0]`."""
    signs: list[Token] = []
    while cursor.at_any((Kind.MINUS, Kind.BANG)):
        signs.append(cursor.take())
    start = cursor.peek().start
    value = yield _steps(cursor, start, (yield _term(cursor)))
    for sign in reversed(signs):
        value = nodes.UnaryOperation(sign.text, value, span=Span(sign.start, cursor.end))
    return value


# -- terms ---------------------------------------------------------------------------------------


def _term(cursor: Cursor) -> Steps:
    token = cursor.peek()
    match token.kind:
        case Kind.IDENTIFIER:
            cursor.take()
            if cursor.at_any((Kind.OPEN_PARENTHESIS, Kind.DOUBLE_COLON)):
                return (yield _call(cursor, token))
            span = Span(token.start, token.end)
            if token.text in _WORDS:
                return nodes.Literal(_WORDS[token.text], span=span)
            return nodes.Variable(token.text, span=span)
        case Kind.NUMBER:
            return nodes.Literal(number(cursor, cursor.take()), span=Span(token.start, token.end))
        case Kind.OPEN_QUOTE | Kind.OPEN_HEREDOC:
            return (yield template(cursor, cursor.take(), expression))
        case Kind.OPEN_PARENTHESIS:
            return (yield _parentheses(cursor))
        case Kind.OPEN_BRACKET:
            return (yield _tuple(cursor))
        case Kind.OPEN_BRACE:
            return (yield _object(cursor))
    cursor.unexpected(_AN_EXPRESSION, hint=_term_hint(cursor, token))


def _term_hint(cursor: Cursor, token: Token) -> str | None:
    if token.kind in NEWLINES:
        return "an expression begins on the line of the `=` or operator before it"
    if cursor.source.text.startswith("<<", token.start):
        return "a heredoc begins with `<<` and a marker, and its text with the next line: `<<EOT`"
    if token.kind is Kind.EQUAL:
        return "equality is `==`"
    if token.kind is Kind.PERCENT:
        return "a directive, `%{if …}`, stands inside of a string"
    return None


def _parentheses(cursor: Cursor) -> Steps:
    opener = cursor.take()
    cursor.newlines.append(False)
    inner = yield expression(cursor)
    cursor.expect(Kind.CLOSE_PARENTHESIS, "`)`", opener)
    cursor.newlines.pop()
    return nodes.Parentheses(inner, span=Span(opener.start, cursor.end))


def _call(cursor: Cursor, first: Token) -> Steps:
    name = first.text
    while cursor.at(Kind.DOUBLE_COLON):
        cursor.take()
        name += "::" + cursor.expect(Kind.IDENTIFIER, "a function's name").text
    opener = cursor.expect(Kind.OPEN_PARENTHESIS, "`(` and the function's arguments")
    cursor.newlines.append(False)
    arguments: list[Expression] = []
    expand = False
    while not cursor.at(Kind.CLOSE_PARENTHESIS):
        if cursor.at(Kind.END):
            cursor.unexpected("`)`", opener)
        arguments.append((yield expression(cursor)))
        if cursor.at(Kind.ELLIPSIS):
            cursor.take()
            expand = True
            cursor.expect(Kind.CLOSE_PARENTHESIS, "`)` behind `...`", opener)
            break
        if not cursor.at_any((Kind.COMMA, Kind.CLOSE_PARENTHESIS)):
            cursor.unexpected("`,` or `)`", opener)
        if cursor.at(Kind.COMMA):
            cursor.take()
    else:
        cursor.take()
    cursor.newlines.pop()
    return nodes.FunctionCall(name, tuple(arguments), expand, span=Span(first.start, cursor.end))


# -- steps ---------------------------------------------------------------------------------------


def _steps(cursor: Cursor, start: int, value: Expression) -> Steps:
    """What stands behind a term: `.name`, `[key]`, `[*]`, `.*`, `.0`."""
    in_splat = False  # behind `.*`, until a bracket
    while True:
        if cursor.at(Kind.DOT):
            cursor.take()
            token = cursor.peek()
            if token.kind is Kind.STAR and in_splat:
                cursor.fail("a second `.*` behind the first", token, "write `[*]`")
            value = _dotted(cursor, start, value)
            in_splat = in_splat or token.kind is Kind.STAR
        elif cursor.at(Kind.OPEN_BRACKET):
            in_splat = False
            value = yield _bracketed(cursor, start, value)
        else:
            return value


def _dotted(cursor: Cursor, start: int, value: Expression) -> Expression:
    token = cursor.peek()
    if token.kind not in (Kind.IDENTIFIER, Kind.STAR, Kind.NUMBER):
        cursor.unexpected("an attribute's name, a number or `*` behind the dot")
    if token.kind is Kind.NUMBER and "." in token.text:
        first, _, second = token.text.partition(".")
        hint = f"write `[{first}][{second}]`"
        cursor.fail(f"`.{token.text}` is one number to HCL", token, hint)
    cursor.take()
    span = Span(start, cursor.end)
    if token.kind is Kind.IDENTIFIER:
        return nodes.GetAttribute(value, token.text, span=span)
    if token.kind is Kind.STAR:
        return nodes.Splat(value, attribute_only=True, span=span)
    index = number(cursor, token)
    if index != int(index):
        cursor.fail("an index is a whole number", token)
    key = nodes.Literal(int(index), span=Span(token.start, token.end))
    return nodes.Index(value, key, legacy=True, span=span)


def _bracketed(cursor: Cursor, start: int, value: Expression) -> Steps:
    opener = cursor.take()
    if cursor.at(Kind.STAR):
        cursor.take()
        cursor.expect(Kind.CLOSE_BRACKET, "`]` behind `*`", opener)
        return nodes.Splat(value, span=Span(start, cursor.end))
    cursor.newlines.append(False)
    key = yield expression(cursor)
    cursor.expect(Kind.CLOSE_BRACKET, "`]`", opener)
    cursor.newlines.pop()
    return nodes.Index(value, key, span=Span(start, cursor.end))


# -- lists, objects, for -------------------------------------------------------------------------


def _tuple(cursor: Cursor) -> Steps:
    opener = cursor.take()
    multiline = _ends_line(cursor.tokens[cursor.index])
    cursor.newlines.append(False)
    if cursor.at_word("for"):
        return (yield _for(cursor, opener, Kind.CLOSE_BRACKET))
    elements: list[Expression] = []
    while not cursor.at(Kind.CLOSE_BRACKET):
        if cursor.at(Kind.END):
            cursor.unexpected("`]`", opener)
        elements.append((yield expression(cursor)))
        if not cursor.at_any((Kind.COMMA, Kind.CLOSE_BRACKET)):
            hint = (
                "elements are separated by commas" if cursor.peek().kind is not Kind.END else None
            )
            cursor.unexpected("`,` or `]`", opener, hint)
        if cursor.at(Kind.COMMA):
            cursor.take()
    cursor.take()
    cursor.newlines.pop()
    return nodes.Tuple(tuple(elements), multiline, span=Span(opener.start, cursor.end))


def _object(cursor: Cursor) -> Steps:
    opener = cursor.take()
    if _for_follows(cursor):
        cursor.newlines.append(False)
        return (yield _for(cursor, opener, Kind.CLOSE_BRACE))
    cursor.newlines.append(True)
    items: list[nodes.ObjectItem] = []
    first_line = cursor.index
    while True:
        comments = take_comments(cursor)
        if cursor.at(Kind.CLOSE_BRACE):
            break
        if cursor.at(Kind.END):
            cursor.unexpected("`}`", opener)
        items.append((yield _object_item(cursor, opener, comments)))
    multiline = _ends_line(cursor.tokens[first_line])
    cursor.take()
    cursor.newlines.pop()
    return nodes.Object(tuple(items), multiline, span=Span(opener.start, cursor.end))


def _ends_line(token: Token) -> bool:
    return token.kind in NEWLINES and token.text.endswith("\n")


def _for_follows(cursor: Cursor) -> bool:
    """Whether the word `for` is next, behind any newlines and comments."""
    index = cursor.index
    while cursor.tokens[index].kind in NEWLINES:
        index += 1
    token = cursor.tokens[index]
    return token.kind is Kind.IDENTIFIER and token.text == "for"


def _object_item(cursor: Cursor, opener: Token, comments: tuple[str, ...]) -> Steps:
    start = cursor.peek().start
    key = _plain_key((yield expression(cursor)))
    if not cursor.at_any((Kind.EQUAL, Kind.COLON)):
        hint = None
        if cursor.at_any(NEWLINES | {Kind.COMMA, Kind.CLOSE_BRACE}):
            hint = "every key of an object has a value: `key = value`"
        elif cursor.at(Kind.IDENTIFIER):
            hint = "a key with blanks or dots stands in quotes"
        cursor.unexpected("`=` and the value of the key", opener, hint)
    cursor.take()
    value = yield expression(cursor)
    span = Span(start, cursor.end)
    if not cursor.at_any(NEWLINES | {Kind.COMMA, Kind.CLOSE_BRACE}):
        cursor.unexpected("a newline, `,` or `}` behind the value", opener)
    if cursor.at(Kind.COMMA):
        cursor.take()
    trailing = take_trailing(cursor)
    return nodes.ObjectItem(key, value, comments=comments, trailing=trailing, span=span)


def _plain_key(key: Expression) -> str | Expression:
    """The text of a key that is a name, a word, a whole number or a string that needs quotes.

    `null`, `true` and `false` are names here, and OpenTofu makes `1` and `01` the text "1". Any
    other key stays as it is; so a name in quotes keeps them where it is printed.
    """
    match key:
        case nodes.Literal(None | bool() as word):
            return _TEXTS_OF_WORDS[word]
        case nodes.Literal(int(number)) if number.bit_length() <= nodes.INTEGER_BITS:
            return str(number)
        case nodes.Variable(name):
            return name
        case nodes.Template(()):
            return ""
        case nodes.Template((str(text),)) if not is_bare_key(text):
            return text
    return key


def _for(cursor: Cursor, opener: Token, closer: Kind) -> Steps:
    cursor.take()  # `for`
    names = for_names(cursor, opener)
    collection = yield expression(cursor)
    cursor.expect(Kind.COLON, "`:` behind the collection", opener)
    value = yield expression(cursor)
    key: Expression | None = None
    grouping = False
    of_object = closer is Kind.CLOSE_BRACE
    if of_object:
        cursor.expect(Kind.FAT_ARROW, "`=>`: a `for` in braces makes a key and a value", opener)
        key, value = value, (yield expression(cursor))
        if cursor.at(Kind.ELLIPSIS):
            cursor.take()
            grouping = True
    condition: Expression | None = None
    if cursor.at_word("if"):
        cursor.take()
        condition = yield expression(cursor)
    hint = None
    if cursor.at_any((Kind.FAT_ARROW, Kind.ELLIPSIS)) and not of_object:
        hint = f"{described(cursor.peek())} is for objects: `{{for … : key => value}}`"
    cursor.expect(closer, f"`{closer}`", opener, hint)
    cursor.newlines.pop()
    span = Span(opener.start, cursor.end)
    if key is None:
        return nodes.TupleFor(names, collection, value, condition, span=span)
    return nodes.ObjectFor(names, collection, key, value, condition, grouping, span=span)
