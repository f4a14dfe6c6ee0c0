"""Slips in sets, `let` and argument patterns."""

from __future__ import annotations

from typing import Final

from nixgen.diagnostic import Diagnostic, Location, Related
from nixgen.nix.parsing.lexer import FILE_END, IDENTIFIER, LITERAL, PLAIN_STRING, START
from nixgen.nix.parsing.mistake import Mistake, name_of, span_of

_SEMICOLONS: Final = {
    "=": "each binding ends with `;`, also the last one",
    "with": "write `with set; body`",
    "assert": "write `assert condition; body`",
}
_OWN_SEMICOLON: Final = {
    word: f"each binding ends with `;`, and so does `{word} ...;` inside of it"
    for word in ("with", "assert")
}
_VALUES: Final = frozenset(
    (LITERAL, PLAIN_STRING, START, "[", "{", "(", "rec", "with", "if", "let")
)
_ENTRY: Final = "an attribute name, `inherit` or"


def _swallowed_name(mistake: Mistake) -> Diagnostic | None:
    """`a = 1` and on the next line `b = 2;`: the missing semicolon shows at the second `=`."""
    if mistake.expected != "`;`" or mistake.kind() != "=":
        return None
    count = mistake.names_before()
    if not count or mistake.kind(-count - 1) == "=":
        return mistake.diagnostic(
            "a second `=` in one binding",
            related=mistake.opened(),
            help="`==` compares; for several bindings write each as `name = value;`",
        )
    place = mistake.after(-count - 1)
    return mistake.diagnostic(
        f"missing `;` before {_path_shown(mistake, count)}",
        at=place,
        related=_binding(mistake, place),
        help=_OWN_SEMICOLON.get(_value_begins(mistake), "each binding ends with `;`"),
    )


def _value_begins(mistake: Mistake) -> str:
    """The kind of the token that the binding's value begins with."""
    values = mistake.lexer.values
    for index in range(mistake.index - 1, 0, -1):
        if values[index] is mistake.opening:
            return mistake.lexer.kinds[index + 1]
    return ""


def _path_shown(mistake: Mistake, count: int) -> str:
    first, last = span_of(mistake.lexer, mistake.index - count), mistake.span(-1)
    text = mistake.lexer.source.text[first.start : last.end]
    return f"`{text}`" if len(text) <= 30 and "\n" not in text else "the next name"


def _binding(mistake: Mistake, at: Location) -> tuple[Related, ...]:
    """The note that leads to the binding, where it begins on another line."""
    opening = mistake.opening
    if opening is None or opening.text != "=":
        return mistake.opened()
    place = mistake.lexer.source.location(opening.start)
    if place.line == at.line:
        return ()
    return (Related(place, "the value begins after this `=`"),)


def _missing_semicolon(mistake: Mistake) -> Diagnostic | None:
    """A value with something else than a semicolon after it."""
    if mistake.expected != "`;`" or mistake.kind() not in {
        "}",
        "]",
        ")",
        ",",
        "in",
        "inherit",
        "then",
        "else",
        FILE_END,
        "} of ${",
    }:
        return None
    if mistake.kind() == ",":
        return mistake.diagnostic(
            "expected `;`, found `,`", help="bindings end with `;`, also the last one"
        )
    keyword = mistake.opening.text if mistake.opening is not None else ""
    return mistake.diagnostic(
        "missing `;`",
        at=mistake.after(),
        related=_binding(mistake, mistake.after()),
        help=_SEMICOLONS.get(keyword),
    )


def _inherited_names(mistake: Mistake) -> Diagnostic | None:
    """`inherit a b }`, `inherit a.b;`, `inherit a, b;`, `inherit a` and then `b = 1;`."""
    if mistake.expected != "an attribute name or `;`":
        return None
    kind = mistake.kind()
    if kind == "=":
        count = max(1, mistake.names_before())
        return mistake.diagnostic(
            f"missing `;` before {_path_shown(mistake, count)}",
            at=mistake.after(-count - 1),
            related=mistake.opened(),
            help="`inherit` ends with `;`",
        )
    help_ = {
        ".": "an attribute of a set is inherited by `inherit (set) name;`",
        ",": "inherited names are separated by blanks: `inherit a b;`",
    }.get(kind)
    if help_ is None:
        return mistake.diagnostic(
            "missing `;` after the inherited names", at=mistake.after(), related=mistake.opened()
        )
    return mistake.diagnostic(f"expected {mistake.expected}, found `{kind}`", help=help_)


def _colon_for_equals(mistake: Mistake) -> Diagnostic | None:
    """`{ a: 1 }`, as JSON and YAML write it."""
    if mistake.expected != "`=`" or mistake.kind() == FILE_END:
        return None
    help_ = "a binding is written `name = value;`"
    count = mistake.names_before()
    if mistake.kind() in _VALUES and count:
        shown = _path_shown(mistake, count)
        return mistake.diagnostic(f"missing `=` after {shown}", at=mistake.after(), help=help_)
    if mistake.kind() not in {":", "=="}:
        help_ += "; an argument pattern `{ a, b }: body`"
    return mistake.diagnostic(f"expected `=`, found {mistake.found}", help=help_)


def _name_without_value(mistake: Mistake) -> Diagnostic | None:
    """`{ a; }` or `{ a }` where no pattern can stand."""
    if mistake.expected != "`=`" or mistake.kind() not in {";", "}", FILE_END}:
        return None
    count = mistake.names_before()
    if not count:
        return None
    shown = _path_shown(mistake, count)
    inherit = f", or `inherit {name_of(mistake, -1)};`" if count == 1 else ""
    return mistake.diagnostic(
        f"the attribute {shown} has no value",
        at=mistake.here(-count, until=-1),
        help=f"write `name = value;`{inherit}",
    )


def _pattern_as_argument(mistake: Mistake) -> Diagnostic | None:
    """`f { a, b }: a` and `[ a, b ]`-like sets: a comma or `?` after a set's name."""
    if mistake.expected != "`=`" or mistake.kind() not in {",", "?"}:
        return None
    return mistake.diagnostic(
        f"expected `=`, found `{mistake.kind()}`",
        help="a set is written `{ a = 1; b = 2; }` and a list `[ a b ]`;\n"
        "a function as an argument needs parentheses: `f ({ a, b }: body)`",
    )


def _let_without_in(mistake: Mistake) -> Diagnostic | None:
    """`let a = 1; a + 1`: the body begins without `in`."""
    frame = mistake.stack[-1] if mistake.stack else ()
    opening = mistake.opening
    if mistake.expected == "`=`" and frame and frame[3] == "in":
        opening, before = frame[4], max(1, mistake.names_before())
    elif mistake.expected.startswith(_ENTRY) and mistake.expected.endswith("`in`"):
        before = 0
    else:
        return None
    if opening is None:
        return None
    place = mistake.lexer.source.location(opening.start, len("let"))
    return mistake.diagnostic(
        "missing `in` after the bindings of `let`",
        at=mistake.here(-before, until=-1) if before else mistake.here(),
        related=(Related(place, "the `let` is here"),),
        help="write `let name = value; in body`",
    )


def _odd_entry(mistake: Mistake) -> Diagnostic | None:
    """What is no name where one should be: numbers, commas, nested braces."""
    if not mistake.expected.startswith(_ENTRY):
        return None
    help_ = None
    if mistake.kind() in {LITERAL, PLAIN_STRING}:
        help_ = 'other names than identifiers are quoted: `"1" = ...;`'
    elif mistake.kind() == ",":
        help_ = "bindings are not separated by commas: each ends with `;`"
    elif mistake.kind() == ";":
        help_ = "remove this `;`: the one before it ended the binding"
    elif mistake.kind() == "=":
        help_ = "a name is missing: `name = value;`"
    elif mistake.kind() == "...":
        help_ = "`...` stands in argument patterns only: `{ a, ... }: body`"
    if help_ is None:
        return None
    return mistake.diagnostic(f"expected an attribute name, found {mistake.found}", help=help_)


def _pattern_without_colon(mistake: Mistake) -> Diagnostic | None:
    """`{ a, b }` without a body."""
    opening = mistake.opening
    if mistake.expected != "`:`" or opening is None or mistake.kind(-1) not in {"}", IDENTIFIER}:
        return None
    place = mistake.lexer.source.location(opening.start, len(opening.text))
    return mistake.diagnostic(
        "expected `:` after this argument pattern",
        at=mistake.after(),
        related=(Related(place, "the pattern begins here"),),
        help="a function is written `{ a, b }: body`; a set `{ a = 1; b = 2; }`;\n"
        "for a set of variables write `{ inherit a b; }`",
    )


def _pattern_separator(mistake: Mistake) -> Diagnostic | None:
    """`{ a b }: ...`, `{ a; b }: ...`, `{ ..., a }: ...`."""
    if mistake.expected == "`}`" and mistake.kind(-1) == "..." and mistake.kind() == ",":
        return mistake.diagnostic(
            "`...` has to be the last in an argument pattern", at=mistake.here(-1)
        )
    if mistake.expected != "`,` or `}`":
        return None
    help_ = {
        "=": "a default is written with `?`: `{ a ? 1 }: body`",
        ":": "a default is written with `?`: `{ a ? 1 }: body`",
    }.get(mistake.kind(), "arguments are separated by commas: `{ a, b }: body`")
    return mistake.diagnostic(
        f"expected `,` or `}}` in this argument pattern, found {mistake.found}",
        related=mistake.opened(),
        help=help_,
    )


SET_SLIPS: Final = (
    _swallowed_name,
    _missing_semicolon,
    _let_without_in,
    _inherited_names,
    _name_without_value,
    _pattern_as_argument,
    _colon_for_equals,
    _odd_entry,
    _pattern_without_colon,
    _pattern_separator,
)
