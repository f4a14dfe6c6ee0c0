"""The grammar of strings and heredocs: text, interpolations and directives.

`template` is a generator in the manner of `nixgen.hcl.parsing.grammar_expressions`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Generator, Sequence
from typing import Any, TypeAlias

from attrs import evolve

from nixgen.diagnostic import Diagnostic, Related
from nixgen.hcl import nodes
from nixgen.hcl.nodes import Expression, Span, TemplatePart
from nixgen.hcl.parsing.cursor import Cursor, described
from nixgen.hcl.parsing.syntax_error import HclSyntaxError
from nixgen.hcl.strings import unescape_heredoc, unescape_quoted
from nixgen.hcl.tokens import Kind, Token

Steps: TypeAlias = Generator[Any, Any, Any]

_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|.)", re.DOTALL)
_ENDS = {"endif": "if", "endfor": "for", "else": "if"}
_KEYWORDS = ("if", "else", "endif", "for", "endfor")


def template(cursor: Cursor, opener: Token, expression: Any) -> Steps:
    """The string or heredoc that the opener, which is taken already, begins."""
    closer = Kind.CLOSE_QUOTE if opener.kind is Kind.OPEN_QUOTE else Kind.CLOSE_HEREDOC
    parts: list[TemplatePart] = []
    open_directives: list[tuple[str, Token]] = []
    while not cursor.at(closer):
        token = cursor.take()
        match token.kind:
            case Kind.QUOTED_TEXT:
                parts.append(_unescaped(cursor, token))
            case Kind.HEREDOC_TEXT:
                parts.append(unescape_heredoc(token.text))
            case Kind.OPEN_INTERPOLATION | Kind.OPEN_DIRECTIVE:
                cursor.newlines.append(False)
                parts.append((yield _sequence(cursor, token, open_directives, expression)))
                cursor.newlines.pop()
            case _:
                raise AssertionError(token)
    end = cursor.peek()
    if open_directives:
        keyword, begin = open_directives[-1]
        word = "for" if keyword == "for" else "if"
        related = (_related(cursor, begin, f"`%{{{word}` begins here"),)
        cursor.fail(f"expected `%{{end{word}}}` before {described(end)}", end, related=related)
    cursor.take()
    span = Span(opener.start, cursor.end)
    if closer is Kind.CLOSE_QUOTE:
        return nodes.Template(tuple(parts), span=span)
    return _heredoc(cursor, opener, parts, span)


def _sequence(
    cursor: Cursor, opener: Token, open_directives: list[tuple[str, Token]], expression: Any
) -> Steps:
    """What stands in `${ }` or `%{ }`, to its closer."""
    part: nodes.Interpolation | nodes.Directive
    if opener.kind is Kind.OPEN_INTERPOLATION:
        if cursor.at(Kind.CLOSE_TEMPLATE):
            cursor.unexpected("an expression", opener, _escape_hint(cursor, opener))
        part = nodes.Interpolation((yield expression(cursor)))
    else:
        part = yield _directive(cursor, opener, open_directives, expression)
    closer = cursor.expect(Kind.CLOSE_TEMPLATE, "`}`", opener, _escape_hint(cursor, opener))
    return evolve(part, trim_left=opener.text.endswith("~"), trim_right=closer.text.startswith("~"))


def _escape_hint(cursor: Cursor, opener: Token) -> str:
    sign = opener.text[0]
    if cursor.at_any((Kind.OPEN_QUOTE, Kind.END)):
        return f"`{opener.text}` has no `}}` before the string ends"
    return f"for the characters `{sign}{{` themselves write `{sign}{sign}{{`"


def _directive(
    cursor: Cursor, opener: Token, open_directives: list[tuple[str, Token]], expression: Any
) -> Steps:
    if not cursor.at(Kind.IDENTIFIER):
        cursor.unexpected(
            "`if`, `else`, `endif`, `for` or `endfor`", opener, _escape_hint(cursor, opener)
        )
    word = cursor.take()
    keyword = word.text
    if keyword not in _KEYWORDS:
        near = difflib.get_close_matches(keyword, _KEYWORDS, 1)
        hint = f"did you mean `{near[0]}`?" if near else _escape_hint(cursor, opener)
        cursor.fail(f"`{keyword}` is no template directive", word, hint)
    if keyword in _ENDS:
        _close_directive(cursor, word, open_directives)
        return nodes.Directive(keyword)
    open_directives.append((keyword, opener))
    if keyword == "if":
        return nodes.Directive("if", (), (yield expression(cursor)))
    names = for_names(cursor, opener)
    return nodes.Directive("for", names, (yield expression(cursor)))


def _close_directive(cursor: Cursor, word: Token, open_directives: list[tuple[str, Token]]) -> None:
    """Checks that `else`, `endif` or `endfor` belongs to the directive that is open."""
    opened, begin = open_directives[-1] if open_directives else ("", word)
    if opened == _ENDS[word.text]:
        open_directives.pop()
        if word.text == "else":
            open_directives.append(("if after else", begin))
        return
    if opened == "if after else" and word.text == "endif":
        open_directives.pop()
        return
    summary = f"`{word.text}` without `%{{{_ENDS[word.text]}`"
    if opened == "if after else":
        summary = "a second `else`"
    related = (_related(cursor, begin, "this directive is open"),) if opened else ()
    cursor.fail(summary, word, related=related)


def for_names(cursor: Cursor, opener: Token) -> tuple[str, ...]:
    """`k, v in` or `v in`, behind the word `for`."""
    names = [cursor.expect(Kind.IDENTIFIER, "a name for the element", opener).text]
    if cursor.at(Kind.COMMA):
        cursor.take()
        names.append(cursor.expect(Kind.IDENTIFIER, "a name for the value", opener).text)
    if not cursor.at_word("in"):
        cursor.unexpected("`in`", opener)
    cursor.take()
    return tuple(names)


def _related(cursor: Cursor, token: Token, message: str) -> Related:
    return Related(cursor.source.location(token.start, len(token.text)), message)


def _unescaped(cursor: Cursor, token: Token) -> str:
    text = token.text
    if "\\" not in text and "{" not in text:
        return text
    try:
        return unescape_quoted(text)
    except ValueError:
        raise HclSyntaxError(_escape_fault(cursor, token)) from None


def _escape_fault(cursor: Cursor, token: Token) -> Diagnostic:
    """The first escape in a quoted text that means nothing."""
    for found in _ESCAPE.finditer(token.text):
        try:
            unescape_quoted(found[0])
        except ValueError:
            break
    escape = found[0]
    hint = "for a backslash write `\\\\`"
    if escape[1] in "uU":
        hint = "write `\\uNNNN` or `\\UNNNNNNNN`, with four or eight digits of base 16"
    return Diagnostic(
        summary=f"`{escape}` is no escape sequence",
        location=cursor.source.location(token.start + found.start(), len(escape)),
        help=hint,
    )


# -- heredocs ------------------------------------------------------------------------------------


def _heredoc(cursor: Cursor, opener: Token, parts: list[TemplatePart], span: Span) -> Expression:
    introducer = opener.text.rstrip()
    flush = introducer.startswith("<<-")
    marker = introducer.lstrip("<-")
    if flush:
        trims = any(_trims(part) for part in parts)
        parts = _without_indentation(_trimmed(parts) if trims else parts)
        flush = not trims
    try:
        return nodes.Heredoc(tuple(parts), marker, flush, span=span)
    except ValueError:
        # Its text has no form of its own as a heredoc; the string means the same.
        return nodes.Template(tuple(parts), span=span)


def _trims(part: TemplatePart) -> bool:
    return not isinstance(part, str) and (part.trim_left or part.trim_right)


def _trimmed(parts: Sequence[TemplatePart]) -> list[TemplatePart]:
    """The parts with the blanks taken away that `~` asks for, line by line as HCL does."""
    trimmed: list[TemplatePart] = []
    strip_next = False
    for part in parts:
        if isinstance(part, str):
            trimmed.append(part.lstrip() if strip_next else part)
            strip_next = False
            continue
        if part.trim_left and trimmed and isinstance(trimmed[-1], str):
            trimmed[-1] = trimmed[-1].rstrip()
        strip_next = part.trim_right
        trimmed.append(evolve(part, trim_left=False, trim_right=False))
    return trimmed


def _without_indentation(parts: Sequence[TemplatePart]) -> list[TemplatePart]:
    """The parts of a `<<-` heredoc without the blanks that all of its lines begin with."""
    begins: list[int] = []
    least: int | None = None
    line_begins = True
    for index, part in enumerate(parts):
        text = part if isinstance(part, str) else ""
        blank = text.strip() == "" and text.endswith("\n")
        if line_begins and not blank:
            indentation = len(text) - len(text.lstrip())
            least = indentation if least is None else min(least, indentation)
            begins.append(index)
        line_begins = text.endswith("\n")
    cut = dict.fromkeys(begins, least or 0)
    return [
        part[cut.get(index, 0) :] if isinstance(part, str) else part
        for index, part in enumerate(parts)
    ]
