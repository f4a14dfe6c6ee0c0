"""The lexer of the Nix language: text to tokens that carry their comments.

It follows Nix's `lexer.l`, where the longest match wins: `a/b` is a path, `x:y` a URI, `1.5` a
float. One pattern knows most tokens; what depends on more than the token itself (strings with
interpolations, runs such as `a+1`) has functions of its own. Every text is read in one pass, in
time linear in its length.

Names and whole literals become nodes here, since the parser would make the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from nixgen.diagnostic import Diagnostic
from nixgen.nix.nodes import (
    Float,
    Identifier,
    IndentedString,
    Integer,
    Path,
    SearchPath,
    Token,
    Trivia,
    Uri,
)
from nixgen.nix.parsing import lexical_faults as faults
from nixgen.nix.parsing import quick
from nixgen.nix.parsing.token_patterns import (
    BRACE,
    IN_RUN,
    INDENTED_TEXT,
    INTEGER,
    MARK,
    NAMES,
    NEWLINE,
    PATH,
    PATH_CONTINUES,
    PATH_STARTS,
    PATH_TEXT,
    RUN,
    SEARCH_PATH,
    SPACES,
    STRING,
    STRING_TEXT,
    TOKEN,
    TRIVIA,
    URI,
    URI_CONTINUES,
)
from nixgen.nix.parsing.trivia import TriviaReader, with_trailing
from nixgen.nix.source import MOST_MISTAKES, Source

# Kinds of tokens; that of keywords, operators and brackets is their text.
IDENTIFIER: Final = "identifier"
PLAIN_STRING: Final = "string"  # "..." without interpolation
LITERAL: Final = "literal"  # any other literal without interpolation
START: Final = "start"  # of a string or path with interpolations
TEXT: Final = "text"
END: Final = "end"
INTERPOLATION: Final = "${"
INTERPOLATION_END: Final = "} of ${"
FILE_END: Final = "end of file"
ERROR: Final = "error"

KEYWORDS: Final = {
    word: word
    for word in ("assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with")
}


class _Waiting:
    """A string or path whose text goes on after an interpolation."""

    __slots__ = ("cut", "interpolation", "pattern", "quote", "region", "start")

    def __init__(self, quote: str, pattern: re.Pattern[str], start: int) -> None:
        self.quote = quote  # empty for a path
        self.pattern = pattern
        self.start = start
        self.region: int | None = None  # the one open when the current interpolation began
        self.cut = False
        self.interpolation: int | None = None  # where the current one begins


_IN_CODE = _Waiting("", SPACES, 0)
"""What waits for the end of an interpolation that is an attribute's name."""


class Lexer:
    """The tokens of a text, in lists that the parser walks by index.

    `kinds[i]` says what the i-th token is and `values[i]` holds it: a node for names and whole
    literals, the text for a part of a string, a `Token` for all else. `cut` holds the indices of
    the ends of strings that a format directive cuts. `faults` are mistakes that do not hinder
    reading on. The last token is FILE_END, or ERROR with a Diagnostic where reading had to stop.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.kinds: list[str] = []
        self.values: list[Any] = []
        self.cut: set[int] = set()
        self.faults: list[Diagnostic] = []
        self._text = source.text
        self._trivia = TriviaReader(self._text)
        self._leading: tuple[Trivia, ...] = ()
        self._line = 1
        self._braces: list[_Waiting | None] = []  # the open ones, with what waits for their end
        self._run_end = 0
        self._read()

    def _read(self) -> None:
        position = self._skip_spaces(1 if self._text.startswith("\ufeff") else 0)
        end = len(self._text)
        while position < end:
            position = self._scan(position)
        if self.kinds and self.kinds[-1] is ERROR:
            return
        region = self._trivia.unclosed_region()
        leading = (*self._leading, region) if region else self._leading
        self._emit(FILE_END, quick.token("", leading, end, self._line))

    def _scan(self, position: int) -> int:
        """Reads up to what the pattern cannot tell; returns where to go on."""
        kinds, values = self.kinds, self.values
        line, leading = self._line, self._leading
        for match in TOKEN.finditer(self._text, position):
            group = match.lastindex
            if group == NAMES:
                name = match[NAMES]
                if "." in name:
                    self._dotted(name, leading, position, line)
                elif name in KEYWORDS:
                    kinds.append(KEYWORDS[name])
                    values.append(quick.token(name, leading, position, line))
                else:
                    # As quick.identifier and quick.token do it, without the calls.
                    token: Any = quick.QuickToken(name, leading, None, position, line)
                    token.__class__ = Token
                    node: Any = quick.QuickIdentifier(name, token)
                    node.__class__ = Identifier
                    kinds.append(IDENTIFIER)
                    values.append(node)
            elif group == MARK:
                mark = match[MARK]
                token = quick.QuickToken(mark, leading, None, position, line)
                token.__class__ = Token
                kinds.append(mark)
                values.append(token)
            elif group == NEWLINE:
                line += 1
                position = match.end()
                continue
            else:
                self._line, self._leading = line, leading
                stop = self._rare(match, position)
                if stop != match.end():
                    return stop
                line, leading, position = self._line, self._leading, stop
                continue
            leading = ()
            position = match.end()
        self._line, self._leading = line, leading
        return position

    def _rare(self, match: re.Match[str], position: int) -> int:
        """Reads a token of the other kinds; returns its end with the blanks after it."""
        group = match.lastindex
        end = match.end()
        if group == BRACE:
            return self._brace(match[BRACE], position, end)
        if group == TRIVIA:
            self._attach(position, end)
            return end
        if group == STRING:
            self._whole_string(match[STRING], position)
        elif group == INTEGER:
            self._integer(match[INTEGER], position)
        elif group == PATH:
            self._whole_path(match[PATH], position)
        elif group == SEARCH_PATH:
            text = match[SEARCH_PATH]
            self._emit(LITERAL, SearchPath(text, token=self._token(text, position)))
        else:
            return self._odd(position)
        return end

    def _odd(self, position: int) -> int:
        """Reads what begins with a character that can begin several kinds of tokens."""
        text = self._text
        if text.startswith('"', position):
            self._emit(START, self._token('"', position))
            return self._string_text(_Waiting('"', STRING_TEXT, position), position + 1)
        if text.startswith("''", position):
            return self._indented_string(position)
        if text.startswith("/*", position):
            return self._stop(faults.unclosed_comment(self.source, position))
        if PATH_STARTS.match(text, position):
            return self._path(position)
        if RUN.match(text, position) and text[position] != "'":
            return self._run(position)
        return self._stop(faults.stray_character(self.source, position))

    # -- names, numbers, and runs of them without blanks --

    def _dotted(self, names: str, leading: tuple[Trivia, ...], position: int, line: int) -> None:
        """Adds the tokens of `a.b.c`."""
        kinds, values = self.kinds, self.values
        for index, name in enumerate(names.split(".")):
            if index:
                kinds.append(".")
                values.append(quick.token(".", (), position, line))
                position += 1
            token = quick.token(name, leading, position, line)
            leading = ()
            if name in KEYWORDS:
                kinds.append(KEYWORDS[name])
                values.append(token)
            else:
                kinds.append(IDENTIFIER)
                values.append(quick.identifier(name, token))
            position += len(name)

    def _run(self, position: int) -> int:
        """Reads a run of characters that stand in names, numbers and paths: `a+1`, `x.y:z`.

        A path or URI in it takes all the rest, from the first token on that can begin one. So the
        run's end is looked up once, not for each of its tokens.
        """
        text = self._text
        if position >= self._run_end:
            match = RUN.match(text, position)
            self._run_end = match.end() if match else position
        end = self._run_end
        quote = text.rfind("'", position, end) + 1
        path_from = quote if PATH_CONTINUES.match(text, end) else end
        has_uri = URI_CONTINUES.match(text, end)
        uri_from = max(quote, text.rfind("_", position, end) + 1) if has_uri else end
        while position < end:
            if position >= path_from:
                return self._path(position)
            if position >= uri_from and (match := URI.match(text, position)):
                self._emit(LITERAL, Uri(match[0], token=self._token(match[0], position)))
                return self._skip_spaces(match.end())
            if not (match := IN_RUN.match(text, position)):
                break
            self._in_run(match, position)
            position = match.end()
        return self._skip_spaces(position)

    def _in_run(self, match: re.Match[str], position: int) -> None:
        name, real, digits, mark = match.groups()
        if name:
            self._dotted(name, self._leading, position, self._line)
            self._leading = ()
        elif real:
            if faults.overflows(real):
                self._fault(faults.float_range, position, real)
            self._emit(LITERAL, Float(real, token=self._token(real, position)))
        elif digits:
            self._integer(digits, position)
        else:
            self._emit(mark, self._token(mark, position))

    def _integer(self, digits: str, position: int) -> None:
        if len(digits) > faults.SAFE_DIGITS and faults.too_large(digits):
            self._fault(faults.integer_range, position, digits)
        self._emit(LITERAL, Integer(digits, token=self._token(digits, position)))

    # -- strings and paths --

    def _whole_string(self, content: str, position: int) -> None:
        start = self._token('"', position)
        self._count_lines(content, position)
        end = quick.token('"', (), position + 1 + len(content), self._line)
        self._emit(PLAIN_STRING, quick.string((content,) if content else (), start, end))

    def _indented_string(self, position: int) -> int:
        start = self._token("''", position)
        match = INDENTED_TEXT.match(self._text, position + 2)
        end = match.end() if match else position
        if not self._text.startswith("''", end):
            self._emit(START, start)
            return self._string_text(_Waiting("''", INDENTED_TEXT, position), position + 2)
        content = self._text[position + 2 : end]
        self._count_lines(content, position)
        close = quick.token("''", (), end, self._line)
        parts = (content,) if content else ()
        self._emit(LITERAL, IndentedString(parts, open=start, close=close))
        return self._skip_spaces(end + 2)

    def _whole_path(self, text: str, position: int) -> None:
        start = quick.token("", self._leading, position, self._line)
        end = quick.token("", (), position + len(text), self._line)
        self._leading = ()
        self._emit(LITERAL, Path((text,), open=start, close=end))

    def _path(self, position: int) -> int:
        """Reads a path with interpolations or with odd slashes."""
        match = PATH_STARTS.match(self._text, position)
        stop = PATH_TEXT.match(self._text, match.end() if match else position)
        end = stop.end() if stop else position
        if self._text.startswith("${", end):
            self._emit(START, self._token("", position))
            self._emit(TEXT, self._text[position:end])
            return self._interpolation(_Waiting("", PATH_TEXT, position), end)
        self._check_slash(position, end)
        if "//" in self._text[position:end]:
            self._fault(faults.double_slash, position, end)
        self._whole_path(self._text[position:end], position)
        return self._skip_spaces(end)

    def _string_text(self, waiting: _Waiting, position: int) -> int:
        """Reads the text of a string or path up to its next interpolation or its end."""
        match = waiting.pattern.match(self._text, position)
        end = match.end() if match else position
        if end > position:
            content = self._text[position:end]
            self._count_lines(content, position)
            self._emit(TEXT, content)
        if self._text.startswith("${", end):
            return self._interpolation(waiting, end)
        if not self._text.startswith(waiting.quote, end):
            return self._unclosed(waiting)
        if not waiting.quote:
            self._check_slash(waiting.start, end)
        if waiting.cut:
            self.cut.add(len(self.kinds))
        self._emit(END, quick.token(waiting.quote, (), end, self._line))
        return self._skip_spaces(end + len(waiting.quote))

    def _unclosed(self, waiting: _Waiting) -> int:
        outer = next((each for each in reversed(self._braces) if each is not None), None)
        inside = outer.interpolation if outer is not None else None
        return self._stop(faults.unclosed_string(self.source, waiting.start, waiting.quote, inside))

    def _interpolation(self, waiting: _Waiting, position: int) -> int:
        waiting.region = self._trivia.region
        waiting.interpolation = position
        self._braces.append(waiting)
        self._emit(INTERPOLATION, quick.token("${", (), position, self._line))
        return self._skip_spaces(position + 2)

    def _brace(self, mark: str, position: int, end: int) -> int:
        token = self._token(mark, position)
        if mark != "}":
            self._braces.append(None if mark == "{" else _IN_CODE)
            self._emit(mark, token)
            return end
        waiting = self._braces.pop() if self._braces else None
        self._emit("}" if waiting is None else INTERPOLATION_END, token)
        if waiting is None or waiting is _IN_CODE:
            return end
        waiting.cut |= waiting.region != self._trivia.region
        return self._string_text(waiting, position + 1)

    def _check_slash(self, start: int, end: int) -> None:
        if self._text[end - 1] == "/":
            self._fault(faults.trailing_slash, start, end)

    def _count_lines(self, content: str, position: int) -> None:
        self._line += content.count("\n")
        if "\0" in content:
            self._fault(faults.nul_in_string, position, content)

    # -- tokens and trivia --

    def _token(self, text: str, position: int) -> Token:
        """A token that takes the trivia read before it."""
        token = quick.token(text, self._leading, position, self._line)
        self._leading = ()
        return token

    def _emit(self, kind: str, value: Any) -> None:
        self.kinds.append(kind)
        self.values.append(value)

    def _attach(self, start: int, end: int) -> None:
        """Hangs a stretch of comments on the last token and the next one."""
        if self.kinds and self.kinds[-1] != INTERPOLATION:
            trailing, self._leading = self._trivia.split(start, end)
            if trailing is not None:
                self.values[-1] = with_trailing(self.values[-1], trailing)
        else:
            self._leading = self._trivia.leading(start, end)
        self._line += self._text.count("\n", start, end)

    def _skip_spaces(self, position: int) -> int:
        match = SPACES.match(self._text, position)
        return match.end() if match else position

    def _fault(self, message: Callable[..., Diagnostic], *arguments: Any) -> None:
        if len(self.faults) < MOST_MISTAKES:
            self.faults.append(message(self.source, *arguments))

    def _stop(self, fault: Diagnostic) -> int:
        self._emit(ERROR, fault)
        return len(self._text)
