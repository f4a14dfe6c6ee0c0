"""What programs a shell script calls, as far as its text tells.

It is no shell: it knows words, quotes, substitutions, and where a command begins, as POSIX's "Shell
Command Language" has them, with bash's `[[ ]]`, `(( ))`, `function` and arrays. What is computed
(`$CMD`, `eval`) or named by a path is left out, and so are builtins and the script's own functions.
In doubt a word is taken for none: what is found is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import field, frozen

_BUILTINS = frozenset(
    [
        *(":", ".", "[", "[[", "alias", "bg", "break", "builtin", "cd", "command", "compgen"),
        *("complete", "continue", "declare", "dirs", "echo", "enable", "eval", "exec", "exit"),
        *("export", "false", "fc", "fg", "getopts", "hash", "help", "history", "jobs", "kill"),
        *("let", "local", "logout", "mapfile", "popd", "printf", "pushd", "pwd", "read"),
        *("readarray", "readonly", "return", "set", "shift", "shopt", "source", "test", "times"),
        *("trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait"),
    ]
)
_BEFORE_COMMANDS = frozenset(
    [
        *("if", "then", "else", "elif", "while", "until", "do", "!", "{", "}", "time", "coproc"),
        *("fi", "done"),
    ]
)
_NAMES_FOLLOW = frozenset(["for", "select", "in", "]]"])
_WRAPPERS = frozenset(
    ["builtin", "command", "env", "exec", "nice", "nohup", "setsid", "sudo", "timeout", "xargs"]
)

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[[^]]*\])?\+?=.*", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]*")
_DURATION = re.compile(r"[0-9]+(\.[0-9]+)?[smhd]?")
_OPERATOR = re.compile(r"&&|\|\||;;&?|;&|\|&|<<<|<<-?|[<>]&|>>|>\||<>|&>>?|[\n;&|()<>]")
_REDIRECTIONS = frozenset(["<", ">", ">>", "<&", ">&", ">|", "<>", "&>", "&>>", "<<<", "<<", "<<-"])
_NEXT_PATTERN = frozenset([";;", ";;&", ";&"])


def programs_called(script: str) -> tuple[str, ...]:
    """The programs that a script calls by their names, each once, in the order of the script."""
    reader = _Reader(script)
    called = dict.fromkeys(reader.commands())
    own = reader.functions | _BUILTINS
    return tuple(name for name in called if name not in own)


@frozen
class _Token:
    """A word or an operator; `scripts` are the substitutions in a word."""

    text: str
    operator: bool = False
    scripts: Sequence[str] = field(default=())


class _Reader:
    """Reads one script; `functions` are those that it defines."""

    def __init__(self, script: str) -> None:
        self._tokens = _Tokens(script).all()
        self.functions: set[str] = set()

    def commands(self) -> Iterator[str]:
        """The names of commands, those inside substitutions too."""
        words: list[str] = []
        cases = 0  # how many `case` are open
        pattern = False  # whether a pattern of one is read
        for token in [*self._tokens, _Token("\n", operator=True)]:
            for script in token.scripts:
                nested = _Reader(script)
                yield from nested.commands()
                self.functions |= nested.functions
            if not token.operator:
                words.append(token.text)
                if pattern and token.text == "esac":
                    cases, pattern, words = cases - 1, False, []
                continue
            if token.text == "(" and words and not pattern:
                self.functions.add(words.pop())  # `name ( )`, whose body follows
            if words[:1] == ["case"]:
                cases, pattern = cases + 1, True
            elif not pattern:
                if "esac" in words[:1]:
                    cases -= 1
                yield from self._called(words)
            if token.text == ")":
                pattern = False
            if token.text in _NEXT_PATTERN and cases > 0:
                pattern = True
            words = []

    def _called(self, words: Sequence[str]) -> Iterator[str]:
        """The name of one command, and of what a wrapper before it runs."""
        rest = list(words)
        while rest and (rest[0] in _BEFORE_COMMANDS or _ASSIGNMENT.fullmatch(rest[0])):
            rest.pop(0)
        if rest[:1] == ["function"]:
            self.functions.update(rest[1:2])
            rest = [word for word in rest[2:] if word != "{"]
        if not rest or rest[0] in _NAMES_FOLLOW or not _PLAIN.fullmatch(rest[0]):
            return
        yield rest[0]
        if rest[0] in _WRAPPERS:
            inner = [word for word in rest[1:] if not _DURATION.fullmatch(word)]
            yield from self._called(inner)


class _Tokens:
    """Cuts a script into words and operators."""

    def __init__(self, script: str) -> None:
        self._text = script.replace("\\\n", "")
        self._at = 0
        self._delimiters: list[str] = []  # of here-documents that begin at the next line

    def all(self) -> Iterator[_Token]:
        """All tokens, without redirections and without what `[[ ]]` and `(( ))` test."""
        redirects = False
        test = False
        for token in self._every():
            if redirects:
                redirects = False
            elif token.operator and token.text in _REDIRECTIONS:
                redirects = True
            elif test:
                test = token.text != "]]"
            else:
                test = not token.operator and token.text == "[["
                yield token

    def _every(self) -> Iterator[_Token]:
        last = ""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in " \t":
                self._at += 1
            elif char == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._text.startswith("((", self._at):
                end = self._text.find("))", self._at)
                self._at = len(self._text) if end < 0 else end + 2
            elif found := _OPERATOR.match(self._text, self._at):
                last = found[0]
                self._at = found.end()
                yield _Token(last, operator=True)
                if last == "\n":
                    self._skip_documents()
            else:
                word = self._word()
                if last in ("<<", "<<-"):
                    self._delimiters.append(word.text.strip("'\""))
                following = self._text[self._at : self._at + 1]
                if not (word.text.isdigit() and following in ("<", ">")):  # as in `2>&1`
                    yield word
                last = ""

    def _skip_documents(self) -> None:
        for delimiter in self._delimiters:
            end = re.compile(rf"^\t*{re.escape(delimiter)}$", re.MULTILINE)
            found = end.search(self._text, self._at)
            self._at = len(self._text) if found is None else found.end()
        self._delimiters.clear()

    def _word(self) -> _Token:
        """A word up to a blank or an operator, quotes removed where they are plain."""
        text = ""
        scripts: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "\\":
                text += self._text[self._at + 1 : self._at + 2]
                self._at += 2
            elif char == "'":
                text += self._until("'")
            elif char == '"':
                text += self._double_quoted(scripts)
            elif char in "$`":
                text += self._expansion(scripts)
            elif char == "(" and _ASSIGNMENT.fullmatch(text) and text.endswith("="):
                text += self._parenthesized()  # an array
            elif char in " \t" or _OPERATOR.match(self._text, self._at):
                break
            else:
                text += char
                self._at += 1
        return _Token(text, scripts=tuple(scripts))

    def _until(self, quote: str) -> str:
        """The text in quotes in which nothing is special; the place is behind them."""
        end = self._text.find(quote, self._at + 1)
        end = len(self._text) if end < 0 else end
        text = self._text[self._at + 1 : end]
        self._at = end + 1
        return text

    def _double_quoted(self, scripts: list[str]) -> str:
        text = ""
        self._at += 1
        while self._at < len(self._text) and (char := self._text[self._at]) != '"':
            if char in "$`":
                text += self._expansion(scripts)
            else:
                step = 2 if char == "\\" else 1
                text += self._text[self._at : self._at + step]
                self._at += step
        self._at += 1
        return text

    def _expansion(self, scripts: list[str]) -> str:
        """`$name`, `${...}`, `$((...))`, and the substitutions, whose scripts are noted."""
        start = self._at
        if self._text[start] == "`":
            scripts.append(self._until("`"))
        elif self._text.startswith("$((", start):
            end = self._text.find("))", start)
            self._at = len(self._text) if end < 0 else end + 2
        elif self._text.startswith("$(", start):
            self._at += 1
            scripts.append(self._parenthesized()[1:-1])
        elif self._text.startswith("${", start):
            end = self._text.find("}", start)
            self._at = len(self._text) if end < 0 else end + 1
        else:
            self._at += 1
        return "$"

    def _parenthesized(self) -> str:
        """From one parenthesis to the one that closes it; those in quotes do not count."""
        start, depth = self._at, 0
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in "'\"":
                self._until(char)
                continue
            depth += {"(": 1, ")": -1}.get(char, 0)
            self._at += 1
            if depth == 0:
                break
        return self._text[start : self._at]
