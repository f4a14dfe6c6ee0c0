"""Makes syntax trees from Python: the constructs that a model's values need.

    nix.ref("config.networking.hostName")          config.networking.hostName
    nix.text(nix.ref("config.networking.hostName"), "-native")    "${config...}-native"
    nix.with_pkgs("bash", "git")                   with pkgs; [ bash git ]
    nix.call("lib.mkForce", [1, 2])                lib.mkForce [ 1 2 ]

Arguments named `value` take Python data or nodes; `nixgen.nix.convert` turns data into nodes.
Parentheses are put in where Nix's precedence asks for them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from nixgen.nix import nodes
from nixgen.nix.convert import from_python
from nixgen.nix.kinds import WrongKindError
from nixgen.nix.literals import (
    checked_expression,
    checked_text,
    file_path,
    join_path,
    name,
    operand,
    path,
    split_path,
    string,
)
from nixgen.nix.nodes import (
    Apply,
    AttributeSet,
    Binding,
    Entry,
    Expression,
    FormalArgument,
    Identifier,
    IndentedString,
    Inherit,
    Interpolation,
    Lambda,
    Let,
    LineComment,
    Select,
    SetPattern,
    String,
    StringPart,
    Trivia,
    With,
)
from nixgen.nix.outer_tokens import with_leading
from nixgen.nix.strings import escape_indented, escape_string, is_identifier

__all__ = [
    "attribute_set",
    "bind",
    "call",
    "commented",
    "file_path",
    "function",
    "indented",
    "inherit",
    "join_path",
    "lambda_",
    "let",
    "mk_default",
    "mk_force",
    "mk_if",
    "name",
    "node",
    "operand",
    "path",
    "pkg",
    "ref",
    "split_path",
    "string",
    "text",
    "with_leading",
    "with_pkgs",
]

Commented = TypeVar("Commented", bound=nodes.Node)


def node(value: Any) -> Expression:
    """The expression for a Python value; a node stays itself."""
    return from_python(value)


def ref(dotted: str) -> Expression:
    """A reference such as `config.networking.hostName`.

    Raises ValueError where the first name is no identifier.
    """
    checked_text('nix.ref takes a text, such as "config.networking.hostName"', dotted)
    first, *rest = split_path(dotted)
    if not is_identifier(first):
        raise ValueError(f"{dotted!r} does not begin with a name that Nix can look up")
    if not rest:
        return Identifier(first)
    return Select(Identifier(first), path(rest))


def pkg(dotted: str) -> Expression:
    """A package: `pkg("git")` is `pkgs.git`."""
    checked_text('nix.pkg takes the name of a package, such as "git"', dotted)
    return ref(f"pkgs.{dotted}")


def with_pkgs(*packages: str | Expression) -> With:
    """`with pkgs; [ bash git ]`: a string names a package in `pkgs`."""
    return _with_names(packages) if all(type(each) is str for each in packages) else _with(packages)


@functools.lru_cache(maxsize=256)
def _with_names(packages: tuple[str, ...]) -> With:
    return _with(packages)


def _with(packages: Iterable[str | Expression]) -> With:
    takes = 'nix.with_pkgs takes names one by one, nix.with_pkgs("git", "vim") or (*names)'
    items = (
        ref(each) if isinstance(each, str) else operand(checked_expression(takes, each))
        for each in packages
    )
    return With(Identifier("pkgs"), nodes.List(tuple(items)))


def text(*parts: str | Expression) -> String:
    """An interpolated string: text parts are escaped, expressions stand in `${...}`."""
    takes = 'nix.text takes texts and expressions, nix.text("host-", nix.ref("config.x"))'
    made: list[StringPart] = [
        escape_string(part)
        if isinstance(part, str)
        else Interpolation(checked_expression(takes, part))
        for part in parts
    ]
    # "$" right before an interpolation would otherwise escape it.
    for index, piece in enumerate(made[:-1]):
        if isinstance(piece, str) and piece.endswith("$") and not isinstance(made[index + 1], str):
            made[index] = piece[:-1] + "\\$"
    return String(tuple(part for part in made if part))


def indented(value: str) -> IndentedString:
    """`''` text `''` over several lines; indentation is the printer's business."""
    return IndentedString((escape_indented(checked_text("nix.indented takes a text", value)),))


def call(function: str | Expression, *arguments: Any) -> Expression:
    """A function call: a string names the function (`lib.mkForce`)."""
    takes = 'nix.call takes a function first, by its name, such as "lib.mkForce", or as expression'
    result = (
        ref(function) if isinstance(function, str) else operand(checked_expression(takes, function))
    )
    for argument in arguments:
        result = Apply(result, operand(node(argument)))
    return result


def mk_force(value: Any) -> Expression:
    """`lib.mkForce value`."""
    return call("lib.mkForce", value)


def mk_default(value: Any) -> Expression:
    """`lib.mkDefault value`."""
    return call("lib.mkDefault", value)


def mk_if(condition: Any, value: Any) -> Expression:
    """`lib.mkIf condition value`."""
    return call("lib.mkIf", condition, value)


def bind(
    names: str | Iterable[str], value: Any, *, comments: Iterable[str] = (), origin: Any = None
) -> Binding:
    """`path = value;` with comments above it."""
    made = path(names)
    if comments:
        made = commented(made, *comments)
    return Binding(made, node(value), origin=origin)


def attribute_set(
    entries: Mapping[str, Any] | Iterable[Entry], *, recursive: bool = False
) -> AttributeSet:
    """`{ ... }` from entries, or from a mapping of names (not paths) to values."""
    if isinstance(entries, Mapping):
        return AttributeSet(
            tuple([bind((key,), value) for key, value in entries.items()]), recursive
        )
    given: Any = entries
    is_one = isinstance(given, str | bytes) or not hasattr(given, "__iter__")
    made = (given,) if is_one else tuple(given)
    for entry in made:
        if not isinstance(entry, Binding | Inherit):
            raise WrongKindError("a set is made from a dict, or entries as of nix.bind", entry)
    return AttributeSet(made, recursive)


def inherit(*names: str, source: str | Expression | None = None) -> Inherit:
    """`inherit names;` or `inherit (source) names;`."""
    takes = 'nix.inherit takes source="lib", or an expression'
    origin = (
        source
        if source is None
        else ref(source)
        if isinstance(source, str)
        else checked_expression(takes, source)
    )
    return Inherit(tuple(name(each) for each in names), origin)


def let(entries: Mapping[str, Any] | Iterable[Entry], body: Any) -> Let:
    """`let ... in body`."""
    return Let(attribute_set(entries).entries, node(body))


def function(parameters: Iterable[str], body: Any, *, ellipsis: bool = True) -> Lambda:
    """`{ a, b, ... }: body`."""
    if isinstance(parameters, str):
        raise WrongKindError('nix.function takes a list of names, such as ["pkgs"]', parameters)
    arguments = [FormalArgument(Identifier(_argument(each))) for each in parameters]
    return Lambda(SetPattern(tuple(arguments), ellipsis), node(body))


def lambda_(parameter: str, body: Any) -> Lambda:
    """`parameter: body`."""
    return Lambda(Identifier(_argument(parameter)), node(body))


def _argument(name: str) -> str:
    checked_text('the name of an argument is a text, such as "pkgs"', name)
    if not is_identifier(name):
        raise ValueError(f"{name!r} is no argument name")
    return name


def commented(target: Commented, *comments: str) -> Commented:
    """The node with `# comment` lines above it, one for each line of each comment."""
    return with_leading(target, _comment_lines(comments))


def _comment_lines(comments: Iterable[str]) -> tuple[Trivia, ...]:
    texts = [checked_text("a comment is a text", comment) for comment in comments]
    lines = [line for comment in texts for line in comment.splitlines() or [""]]
    return tuple([LineComment(f" {line.rstrip()}" if line.strip() else "") for line in lines])
