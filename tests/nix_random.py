"""Random Nix trees over the whole grammar, and random layouts of texts, for tests of the formatter.

Everything follows from a `random.Random`, so a seed names a case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from nixgen.nix import build, nodes
from nixgen.nix.nodes import Expression, Identifier
from nixgen.nix.parsing.lexer import TEXT, Lexer
from nixgen.nix.source import Source

NAMES = (
    "a",
    "b",
    "config",
    "lib",
    "pkgs",
    "services",
    "x-y",
    "foo'",
    "networkingHostName",
    "veryLongAttributeNameThatTakesSpace",
)
TEXTS = (
    "",
    "x",
    "foo bar",
    "https://example.org/some/long/path/that/is/long",
    "${a}",
    'a"b',
    "''",
    "back\\slash",
    "tab\there",
    "two\nlines",
    "  lead",
    "é" * 30,
    "w" * 60,
)
CHAINS_LEFT = ("+", "-", "*", "/", "&&", "||", "|>")
CHAINS_RIGHT = ("++", "//", "->", "<|")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")

OPERATORS = frozenset(CHAINS_LEFT + CHAINS_RIGHT + COMPARISONS)


class RandomNix:
    """Makes random expressions of a depth at most.

    `a ? b` is left out on demand: where it is broken, nixfmt_rs 0.5.3 indents it unlike nixfmt.
    """

    def __init__(self, random: Random, *, has_attribute: bool = True) -> None:
        self.random = random
        self.has_attribute = has_attribute

    def file(self, depth: int = 4) -> nodes.File:
        """A file of one random expression."""
        return nodes.File(self.expression(depth))

    def expression(self, depth: int) -> Expression:
        """Any expression."""
        if depth <= 0 or self.random.random() < 0.2:
            return self.atom()
        kinds: list[Callable[[int], Expression]] = [
            self.set,
            self.set,
            self.list,
            self.list,
            self.call,
            self.call,
            self.call,
            self.function,
            self.let,
            self.with_,
            self.assert_,
            self.if_,
            self.operation,
            self.rest,
        ]
        return self.random.choice(kinds)(depth - 1)

    def some(self, make: Callable[[], Any], counts: tuple[int, ...]) -> tuple[Any, ...]:
        """A tuple of as many things as one of the counts says."""
        return tuple(make() for _ in range(self.random.choice(counts)))

    def name(self) -> Identifier:
        """A name."""
        return Identifier(self.random.choice(NAMES))

    def reference(self) -> Expression:
        """`a.b.c`."""
        return build.ref(".".join(self.random.choices(NAMES, k=self.random.randint(1, 4))))

    def text(self) -> str:
        """The text of a string."""
        return self.random.choice(TEXTS)

    def atom(self) -> Expression:
        """A name, a literal or a reference."""
        kinds: list[Callable[[], Expression]] = [
            self.name,
            self.reference,
            lambda: nodes.Integer(str(self.random.randint(0, 9999))),
            lambda: nodes.Float("1.5"),
            lambda: build.string(self.text()),
            lambda: build.text(self.text(), self.reference(), self.text()),
            lambda: nodes.Path(("./foo/bar.nix",)),
            lambda: nodes.Path(("./a/", nodes.Interpolation(self.reference()), "/b")),
            lambda: nodes.SearchPath("<nixpkgs/lib>"),
            lambda: build.indented(f"{self.text()}\n{self.text()}\n"),
            lambda: build.indented(self.text()),
        ]
        return self.random.choice(kinds)()

    def inside(self, depth: int) -> Expression:
        """An expression as an operand, in parentheses where it needs them."""
        return build.operand(self.expression(depth))

    def path(self, depth: int) -> nodes.AttributePath:
        """An attribute path."""

        def name() -> nodes.AttributeName:
            draw = self.random.random()
            if draw < 0.8:
                return self.name()
            if draw < 0.95:
                return build.string(self.text())
            return nodes.Interpolation(self.expression(min(depth, 1)))

        return nodes.AttributePath(self.some(name, (1, 1, 1, 2, 3, 5)))

    def entry(self, depth: int) -> nodes.Entry:
        """A binding or an `inherit`."""
        draw = self.random.random()
        names = self.some(self.name, (1, 2, 3, 5))
        if draw < 0.8:
            return nodes.Binding(self.path(depth), self.expression(depth))
        return nodes.Inherit(names, self.expression(1) if draw > 0.9 else None)

    def set(self, depth: int) -> Expression:
        """`{ ... }`."""
        entries = self.some(lambda: self.entry(depth), (0, 1, 1, 2, 3))
        return nodes.AttributeSet(entries, self.random.random() < 0.1)

    def list(self, depth: int) -> Expression:
        """`[ ... ]`."""
        return nodes.List(self.some(lambda: self.inside(depth), (0, 1, 1, 2, 3, 6)))

    def call(self, depth: int) -> Expression:
        """A call of one to four arguments."""
        made = self.reference() if self.random.random() < 0.8 else self.inside(depth)
        for argument in self.some(lambda: self.inside(depth), (1, 1, 2, 3, 4)):
            made = nodes.Apply(made, argument)
        return made

    def function(self, depth: int) -> Expression:
        """A function of a name or of a set pattern."""
        if self.random.random() < 0.5:
            return nodes.Lambda(self.name(), self.expression(depth))

        def argument(name: str) -> nodes.FormalArgument:
            default = self.expression(depth - 1) if self.random.random() < 0.3 else None
            return nodes.FormalArgument(Identifier(name), default)

        names = self.random.sample(NAMES, self.random.randint(0, 4))
        pattern = nodes.SetPattern(
            tuple(argument(name) for name in names),
            self.random.random() < 0.5,
            Identifier("args") if self.random.random() < 0.2 else None,
            self.random.random() < 0.5,
        )
        return nodes.Lambda(pattern, self.expression(depth))

    def let(self, depth: int) -> Expression:
        """`let ... in`."""
        entries = self.some(lambda: self.entry(depth), (0, 1, 2))
        return nodes.Let(entries, self.expression(depth))

    def with_(self, depth: int) -> Expression:
        """`with scope; body`."""
        return nodes.With(self.expression(depth - 1), self.expression(depth))

    def assert_(self, depth: int) -> Expression:
        """`assert condition; body`."""
        return nodes.Assert(self.expression(depth), self.expression(depth))

    def if_(self, depth: int) -> Expression:
        """`if a then b else c`."""
        return nodes.If(self.expression(depth), self.expression(depth), self.expression(depth))

    def operand(self, depth: int) -> Expression:
        """An operand: calls need no parentheses there."""
        made = self.expression(depth)
        return made if isinstance(made, nodes.Apply) else build.operand(made)

    def operation(self, depth: int) -> Expression:
        """A chain of one operator, or a comparison."""
        operator = self.random.choice(CHAINS_LEFT + CHAINS_RIGHT + COMPARISONS)
        made = nodes.BinaryOperation(self.operand(depth), operator, self.operand(depth))
        more = () if operator in COMPARISONS else self.some(lambda: self.operand(depth), (0, 1, 3))
        for operand in more:
            if operator in CHAINS_LEFT:
                made = nodes.BinaryOperation(made, operator, operand)
            else:
                made = nodes.BinaryOperation(operand, operator, made)
        return made

    def rest(self, depth: int) -> Expression:
        """`!a`, `-a`, `a ? b`, `a.b or c`, parentheses."""
        default = self.inside(depth) if self.random.random() < 0.5 else None
        target = nodes.Parentheses(self.expression(depth))
        kinds: list[Callable[[], Expression]] = [
            lambda: nodes.UnaryOperation("!", self.inside(depth)),
            lambda: nodes.UnaryOperation("-", self.name()),
            lambda: nodes.Select(target, self.path(depth), default),
            lambda: target,
        ]
        if self.has_attribute:
            kinds.append(lambda: nodes.HasAttribute(self.name(), build.path("a")))
        return self.random.choice(kinds)()


GAPS = (" ", " ", " ", "\n", "\n  ", "\n\n", "\n\n\n    ", "\t", "  ")
COMMENTS = (
    " # note\n",
    "\n# note\n",
    "\n\n  # two\n  # lines\n",
    " /* block */ ",
    "\n/* block */\n",
    "\n  /* of\n     two lines */\n",
    "\n/**\n * for\n * documentation\n */\n",
)


def laid_out(text: str, random: Random, comments: float = 0.0, gaps: Sequence[str] = GAPS) -> str:
    """The tokens of a text with other blanks between them, and with some comments."""
    lexer = Lexer(Source(text, "<nix>"))
    pieces: list[str] = []
    end = 0
    for kind, value in zip(lexer.kinds, lexer.values, strict=True):
        start, stop = (end, end + len(value)) if kind is TEXT else _extent(value)
        gap = text[end:start]
        if gap.strip():
            pieces.append(gap)  # a comment of the text itself
        elif gap and pieces:
            commented = not _is_odd(pieces) and random.random() < comments
            if commented and pieces[-1] == "(":
                pieces.append("\n")  # on the line of a parenthesis, comments are odd, too
            pieces.append(random.choice(COMMENTS if commented else gaps))
        pieces.append(text[start:stop])
        end = stop
    return "".join(pieces) + "\n"


def _is_odd(pieces: Sequence[str]) -> bool:
    """Where nixfmt_rs 0.5.3 takes comments unlike nixfmt.

    After an operator, and after a string with its language before it.
    """
    return pieces[-1] in OPERATORS or (
        pieces[-1].startswith(('"', "'")) and "/*" in "".join(pieces[-2:-1])
    )


def _extent(value: Any) -> tuple[int, int]:
    first = getattr(value, "open", None) or getattr(value, "token", None) or value
    last = getattr(value, "close", None) or first
    return first.start, last.start + len(last.text)
