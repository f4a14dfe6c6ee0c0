"""Cuts HCL into tokens, keeping every character: the tokens' texts and blanks are the source.

The rules are those of HCL's scanner (hclsyntax/scan_tokens.rl). A mistake ends the tokens with one
of kind FAULT; the parser reports it when it gets there, unless it finds another mistake before.
"""

from __future__ import annotations

import re

from attrs import define

from nixgen.diagnostic import Diagnostic
from nixgen.hcl.parsing import lexical_faults as faults
from nixgen.hcl.strings import identifier_end
from nixgen.hcl.tokens import Kind, Token
from nixgen.source import Source

_BLANKS = re.compile(r"[ \t]*")
_MAIN = re.compile(
    r"""(?P<name>[A-Za-z_][A-Za-z0-9_-]*)
      | (?P<number>[0-9](?:(?:[0-9.]|[eE][+-]?[0-9])*(?:[0-9]|[eE][+-]?[0-9]))?)
      | (?P<newline>\r?\n)
      | (?P<comment>\#[^\n]*\n?|//[^\n]*\n?|/\*.*?\*/)
      | (?P<heredoc><<-?(?P<marker>[^\W\d][\w\u0080-\U0010ffff-]*)\r?\n)
      | (?P<mark>\.\.\.|::|=>|[=!<>]=|&&|\|\||~\}|[][(){}.,*/%+=<>!?:"-])""",
    re.VERBOSE | re.DOTALL,
)
_QUOTED = re.compile(r'(?:[^"\\$%\r\n]|\\[^\r\n]|\$\$\{|%%\{|[$%](?!\{))+')
_HEREDOC = re.compile(r"(?:[^$%\r\n]|\$\$\{|%%\{|[$%](?!\{))*(?:\r?\n)?")
_SEQUENCE = re.compile(r"[$%]\{~?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = {str(kind): kind for kind in Kind}


@define
class _Template:
    """A string or heredoc that is open, and the brace depth of an interpolation open in it."""

    opener: int  # its offset
    marker: str | None  # that ends a heredoc; None for a string
    line_begins: bool = True
    braces: int | None = None  # the depth of the `${` in it that is open; None in its text


def lex(source: Source) -> tuple[list[Token], Diagnostic | None]:
    """The tokens of a text, and what is wrong where they end with one of kind FAULT."""
    lexer = _Lexer(source)
    lexer.run()
    return lexer.tokens, lexer.fault


class _Lexer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.position = 0
        self.space = ""  # the blanks before the next token
        self.tokens: list[Token] = []
        self.fault: Diagnostic | None = None
        self.templates: list[_Template] = []
        self.openers: list[int] = []  # the offsets of the braces that are open

    def run(self) -> None:
        half = _SURROGATE.search(self.text)
        if half is not None:
            self.fail(faults.surrogate(self.source, half.start()))
        self.space = "\ufeff" if self.text.startswith("\ufeff") else ""
        self.position = len(self.space)
        while self.fault is None:
            if self.templates and self.templates[-1].braces is None:
                self.template(self.templates[-1])
                continue
            blanks = _BLANKS.match(self.text, self.position)
            assert blanks is not None
            self.space += blanks[0]
            self.position = blanks.end()
            if self.position >= len(self.text):
                break
            self.main()
        kind = Kind.END if self.fault is None else Kind.FAULT
        self.add(kind, self.text[self.position :])

    def fail(self, fault: Diagnostic) -> None:
        self.fault = fault

    def add(self, kind: Kind, text: str) -> None:
        self.tokens.append(Token(kind, text, self.space, self.position))
        self.space = ""
        self.position += len(text)

    # -- outside of strings --------------------------------------------------------------------

    def main(self) -> None:
        found = _MAIN.match(self.text, self.position)
        group = found.lastgroup if found else None
        if found is None or group is None:
            self.other()
        elif group == "name":
            end = found.end()
            if end < len(self.text) and self.text[end] > "\x7f":
                end = identifier_end(self.text, self.position)
            self.add(Kind.IDENTIFIER, self.text[self.position : end])
        elif group == "mark":
            self.mark(found[0])
        elif group == "heredoc":
            self.heredoc(found)
        else:
            self.add(_SIMPLE[group], found[0])

    def other(self) -> None:
        """A name that begins with a letter beyond ASCII, or nothing that HCL knows."""
        end = identifier_end(self.text, self.position)
        if end > self.position:
            self.add(Kind.IDENTIFIER, self.text[self.position : end])
        else:
            self.fail(faults.character(self.source, self.position))

    def mark(self, text: str) -> None:
        if text == '"':
            self.templates.append(_Template(self.position, None))
            self.add(Kind.OPEN_QUOTE, text)
        elif text == "{":
            self.openers.append(self.position)
            self.add(Kind.OPEN_BRACE, text)
        elif text in ("}", "~}"):
            self.close_brace(text)
        elif text == "/" and self.text.startswith("/*", self.position):
            self.fail(faults.comment(self.source, self.position))
        else:
            self.add(_MARKS[text], text)

    def close_brace(self, text: str) -> None:
        template = self.templates[-1] if self.templates else None
        if template is not None and template.braces == len(self.openers):
            template.braces = None
            self.openers.pop()
            self.add(Kind.CLOSE_TEMPLATE, text)
        elif text == "~}":
            self.fail(faults.tilde(self.source, self.position))
        else:
            if self.openers:
                self.openers.pop()
            self.add(Kind.CLOSE_BRACE, text)

    def heredoc(self, found: re.Match[str]) -> None:
        marker = found["marker"]
        if identifier_end(marker, 0) == len(marker):
            self.templates.append(_Template(self.position, marker))
            self.add(Kind.OPEN_HEREDOC, found[0])
        else:
            self.add(Kind.LESS, "<")

    # -- inside of strings and heredocs ----------------------------------------------------------

    def template(self, template: _Template) -> None:
        sequence = _SEQUENCE.match(self.text, self.position)
        if sequence is not None:
            kind = Kind.OPEN_INTERPOLATION if sequence[0][0] == "$" else Kind.OPEN_DIRECTIVE
            self.openers.append(self.position)
            template.braces = len(self.openers)
            template.line_begins = False
            self.add(kind, sequence[0])
        elif template.marker is None:
            self.quoted(template)
        else:
            self.heredoc_line(template, template.marker)

    def quoted(self, template: _Template) -> None:
        found = _QUOTED.match(self.text, self.position)
        if found is not None:
            self.add(Kind.QUOTED_TEXT, found[0])
        elif self.text.startswith('"', self.position):
            self.templates.pop()
            self.add(Kind.CLOSE_QUOTE, '"')
        else:
            self.fail(faults.string(self.source, template.opener, self.position))

    def heredoc_line(self, template: _Template, marker: str) -> None:
        found = _HEREDOC.match(self.text, self.position)
        assert found is not None  # it matches the empty text, too
        text = found[0]
        if not text.endswith("\n"):
            end = found.end()
            if end >= len(self.text) or self.text[end] == "\r":
                self.fail(faults.heredoc(self.source, template.opener, marker, end))
                return
            template.line_begins = False
            self.add(Kind.HEREDOC_TEXT, text)
        elif template.line_begins and text.strip() == marker:
            self.templates.pop()
            line = text.removesuffix("\n").removesuffix("\r")
            self.add(Kind.CLOSE_HEREDOC, line)
            self.add(Kind.NEWLINE, text[len(line) :])
        else:
            template.line_begins = True
            self.add(Kind.HEREDOC_TEXT, text)


_SIMPLE = {"number": Kind.NUMBER, "newline": Kind.NEWLINE, "comment": Kind.COMMENT}
