"""Literal secrets have no place in the model: finds the attributes that would hold one."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, TypeAlias, TypeGuard

from nixgen.model.base import SECRET_NAMES, ModelObject, Withheld
from nixgen.model.expressions import PRIORITIES, Path, fixed_path, function_name
from nixgen.nix import build, nodes
from nixgen.nix.convert import ConversionError
from nixgen.nix.data import NotDataError, to_python
from nixgen.nix.walk import children

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # of API_TOKEN, smtpPassword, client-secret
_SECRET_WORDS = {"token", "password", "passwd", "passphrase", "secret", "apikey", "psk"}
_SECRET_KEYS = {"api", "private", "secret", "shared", "preshared", "encryption"}  # `privateKey`
# In `{ name = "a"; value = "b"; }` the other attribute tells what the text is.
_VAGUE = {"value", "data"}
_NAMES = SECRET_NAMES - _VAGUE
_TELLING = {"name", "key"}
# Where the value is, instead of the value: a file, a variable of the environment, a template; and
# as Grafana, NixOS' wireless networks (of old and now) and Home Assistant write it.
_ELSEWHERE = re.compile(
    r"""/(etc|home|mnt|nix|persist|root|run|srv|var)/.* | \$\w+ | \$\{\w+\} | .*\{\{.*
    | \$__(file|env|vault)\{[^{}]+\} | @\w+@ | ext:\w+ | !secret[ ]\w+""",
    re.DOTALL | re.VERBOSE,
)
# Beginnings of names for which a number counts or decides something.
_COUNTS = frozenset(
    {"max", "maximum", "min", "minimum", "num", "number", "enable", "disable", "require", "use"}
)
_TEXTS = (str, nodes.String, nodes.IndentedString)
_SCALARS = frozenset([bool, type(None)])
_OTHER = ("",)
"""The name of what does not become the value of the attribute that it stands in."""

_PASS_ON = frozenset(
    {
        *("mkIf", "mkBefore", "mkAfter", "mkOrder", "mkOverride", "optionalString"),
        *PRIORITIES,
    }
)
"""Functions of nixpkgs whose last argument becomes the value."""

_RESULTS: dict[type[nodes.Node], tuple[str, ...]] = {
    nodes.Parentheses: ("expression",),
    nodes.Let: ("body",),
    nodes.With: ("body",),
    nodes.Assert: ("body",),
    nodes.If: ("consequence", "alternative"),
    nodes.Select: ("default",),
}
"""The parts of expressions that become their values."""

Scope: TypeAlias = Mapping[str, nodes.Expression]
"""The variables that are bound around an expression, as far as the expression says it."""


class _RelativePath(str):
    """A path of Python's that becomes a path literal: one that begins at the file it stands in."""

    __slots__ = ()


_Items: TypeAlias = list[tuple[Path, Any]]
_Literal: TypeAlias = str | int | float


def literal_secret(value: Any, path: Path = ()) -> str | None:
    """What is wrong where nested data, Python's or Nix', gives text or a number to an option that
    takes a secret; or None. What has no form in Nix is wrong in such a place, too.
    """
    pending: list[tuple[Path, Any, Scope]] = [(path, value, {})]
    seen: dict[tuple[int, str], Any] = {}  # what holds itself is another check's concern
    while pending:
        here, each, scope = pending.pop()
        name = here[-1] if here else ""
        if type(each) in _SCALARS or (id(each), name) in seen:
            continue
        try:
            inside = _inside(each, scope)
        except (ConversionError, RecursionError) as error:
            if any(map(_takes_secret, here)):
                return Withheld(f"{_dotted(here)}: {getattr(error, 'message', 'it holds itself')}")
            continue
        if isinstance(inside, list):
            seen[id(each), name] = each
            within = _scope_in(each, scope) if isinstance(each, nodes.Node) else scope
            pending += [((*here, *names), item, within) for names, item in reversed(inside)]
        elif inside and _takes_secret(name) and _is_literal(name, inside):
            return _refusal(here, inside)
    return None


def _refusal(here: Path, literal: _Literal) -> Withheld:
    wrong = (
        "a relative path (it is not shown), whose file Nix copies into its store, where all can "
        "read it; allowed is an absolute path"
        if isinstance(literal, _RelativePath)
        else "a literal secret (its value is not shown); allowed is a path to a file"
    )
    return Withheld(
        f"{_dotted(here)} holds {wrong}, or an expression\n"
        "describe it as a VaultSecret, and give the option that takes a file its path"
    )


def _dotted(here: Path) -> str:
    return ".".join(filter(None, here))


def _inside(value: Any, scope: Scope) -> _Literal | _Items:
    """The text or number that a value is, or what is in it with the names that lead there.

    Raises ConversionError for what has no form in Nix.
    """
    match value:
        case dict() | Mapping():
            return _told([(tuple(str(key).split(".")), item) for key, item in value.items()])
        case str() | int() | float():
            return value
        case list() | tuple():
            return [(_OTHER, item) for item in value]
        case nodes.Node():
            return _in_nix(value, scope)
        case ModelObject():
            return []
        case PurePath():
            return "" if value.is_absolute() else _RelativePath(value)
    return [((), build.node(value))]


def _in_nix(value: nodes.Node, scope: Scope) -> _Literal | _Items:
    match value:
        case nodes.String() | nodes.IndentedString() if _is_fixed(value):
            return _text(value)
        case nodes.Integer(text):
            return int(text)
        case nodes.Float(text):
            return float(text)
        case nodes.Identifier(name):
            return [((), scope[name])] if name in scope else []
        case nodes.AttributeSet(entries) | nodes.LegacyLet(entries):
            return _told(_bound(entries))
        case nodes.Let(entries, body):
            return [*_told(_bound(entries)), ((), body)]
        case nodes.SetPattern(arguments):
            return [((each.name.name,), each.default) for each in arguments if each.default]
        case nodes.Apply(function, nodes.List(items)) if function_name(function) == "mkMerge":
            return [((), item) for item in items]
        case nodes.BinaryOperation(_, "+", _):
            operands = _operands(value)
            texts = [each for each in operands if _is_fixed(each)]
            if len(texts) == len(operands):
                return "".join(map(_text, texts))
            return [(_OTHER, each) for each in operands]
        case nodes.Apply(function, argument):
            return [(_OTHER, function), (() if _passes_on(function) else _OTHER, argument)]
    results = [getattr(value, name) for name in _RESULTS.get(type(value), ())]
    return [
        (() if any(each is result for result in results) else _OTHER, each)
        for each in children(value)
        if not isinstance(each, nodes.AttributePath)  # its names are no variables
    ]


def _operands(value: nodes.Expression) -> list[Any]:
    """What a chain of `+` joins, in its order."""
    operands = []
    while isinstance(value, nodes.BinaryOperation) and value.operator == "+":
        operands.append(value.right)
        value = value.left
    return [value, *reversed(operands)]


def _is_fixed(value: nodes.Node) -> TypeGuard[nodes.String | nodes.IndentedString]:
    """Whether it is a text without interpolations."""
    return isinstance(value, nodes.String | nodes.IndentedString) and not any(
        isinstance(part, nodes.Interpolation) for part in value.parts
    )


def _bound(entries: tuple[nodes.Entry, ...]) -> _Items:
    bindings = [entry for entry in entries if isinstance(entry, nodes.Binding)]
    return [(fixed_path(entry) or _OTHER, entry.value) for entry in bindings]


def _passes_on(function: nodes.Expression) -> bool:
    while isinstance(function, nodes.Apply):
        function = function.function
    return function_name(function) in _PASS_ON


def _scope_in(value: nodes.Node, scope: Scope) -> Scope:
    """The variables for what is in an expression: its own are added, or hide those around it."""
    match value:
        case nodes.Let(entries) | nodes.AttributeSet(entries, True):
            inherited = {
                name.name
                for entry in entries
                if isinstance(entry, nodes.Inherit)
                for name in entry.names
                if isinstance(name, nodes.Identifier)
            }
            own = {names[0]: item for names, item in _bound(entries) if len(names) == 1}
            return {name: item for name, item in scope.items() if name not in inherited} | own
        case nodes.Lambda(nodes.Identifier(name)):
            hidden = {name}
        case nodes.Lambda(nodes.SetPattern(arguments)):
            hidden = {each.name.name for each in arguments}
        case _:
            return scope
    return {name: item for name, item in scope.items() if name not in hidden}


def _told(items: _Items) -> _Items:
    """The items of a set, its `value` under the name that its `name` says."""
    names = (item for path, item in items if path[-1:] and path[-1] in _TELLING)
    name = next((_text(item) for item in names if isinstance(item, _TEXTS)), None)
    if name is None:
        return items
    return [
        ((*path[:-1], name) if path[-1:] and path[-1] in _VAGUE else path, item)
        for path, item in items
    ]


def _text(value: str | nodes.String | nodes.IndentedString) -> str:
    try:
        return value if isinstance(value, str) else str(to_python(value))
    except NotDataError:
        return ""  # with an interpolation in it


@functools.lru_cache(maxsize=4096)
def _takes_secret(name: str) -> bool:
    """Whether an attribute of this name holds a secret, and not its hash or where it is."""
    name = name.strip('"')
    if name.lower() in _NAMES:
        return True
    words = [word.lower() for word in _WORD.findall(name)]
    last = words[-1:]
    of_key = words[-2:-1] if last == ["key"] else []
    is_key = bool(_SECRET_KEYS.intersection(of_key)) or (of_key == ["access"] and "secret" in words)
    return "hashed" not in words and (is_key or bool(_SECRET_WORDS.intersection(last)))


def _is_literal(name: str, literal: _Literal) -> bool:
    """Whether the attribute of this name, which takes a secret, is given the secret itself."""
    if isinstance(literal, str):
        return bool(literal.strip()) and _ELSEWHERE.fullmatch(literal) is None
    words = [word.lower() for word in _WORD.findall(name)]
    is_lifetime = words[-1:] == ["token"]  # `lifespans.access_token = 3600`; tokens are no numbers
    return literal != 1 and not is_lifetime and _COUNTS.isdisjoint(words)
