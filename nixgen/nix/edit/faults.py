"""What `nixgen.nix.edit` refuses, and how it says so."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from nixgen.diagnostic import Diagnostic, Location, Related
from nixgen.errors import InputError
from nixgen.nix import nodes
from nixgen.nix.build import join_path
from nixgen.nix.nodes import Expression, Node
from nixgen.nix.printing.printer import print_expression
from nixgen.nix.source import Source
from nixgen.nix.spans import node_span

_KINDS: dict[type[Node], str] = {
    nodes.Identifier: "a variable",
    nodes.Select: "taken from another value",
    nodes.Lambda: "a function",
    nodes.Apply: "the result of a function",
    nodes.LegacyLet: "an old `let { }`",
    nodes.If: "chosen by a condition",
    nodes.BinaryOperation: "the result of an operation",
    nodes.UnaryOperation: "the result of an operation",
    nodes.HasAttribute: "the result of an operation",
    nodes.List: "a list",
    nodes.String: "a string",
    nodes.IndentedString: "a string",
    nodes.Path: "a path",
    nodes.SearchPath: "a path",
    nodes.Integer: "a number",
    nodes.Float: "a number",
    nodes.Uri: "a string",
}


class EditError(InputError):
    """A change of a Nix file that cannot be made safely; its diagnostics say where and why."""


def location(source: Source, node: Node) -> Location:
    """The place of a node in its text."""
    span = node_span(node)
    return source.location(span.start, span.end - span.start)


def not_a_set(source: Source, node: Node, path: tuple[str, ...], depth: int) -> Diagnostic:
    """The path leads through a value whose attributes nobody sees in the text."""
    what = f"`{join_path(path[:depth])}`" if depth else "the file's value"
    kind = _KINDS.get(type(node), "no set")
    return Diagnostic(
        summary=f"cannot reach `{join_path(path)}`: {what} is {kind}",
        location=location(source, node),
        help="edit it by hand there, or choose a path that is written as a set",
    )


def may_override(source: Source, node: Node, path: tuple[str, ...], depth: int) -> Diagnostic:
    """One side of `//` is not known, and may have the attribute too."""
    return Diagnostic(
        summary=f"cannot reach `{join_path(path)}`: `//` joins a value that may have "
        f"`{join_path(path[: depth + 1])}` too",
        location=location(source, node),
        detail="`//` takes an attribute whole from its right side; which side that is cannot be "
        "seen here.",
        help="edit the file by hand there",
    )


def dynamic_name(source: Source, name: Node, path: tuple[str, ...], depth: int) -> Diagnostic:
    """An attribute whose name is computed may be the one that the path means."""
    return Diagnostic(
        summary=f"cannot reach `{join_path(path)}`: a name that is computed may be "
        f"`{join_path(path[depth : depth + 1])}`",
        location=location(source, name),
        help="edit the file by hand there",
    )


def inherited(source: Source, entry: Node, path: tuple[str, ...], depth: int) -> Diagnostic:
    """The attribute comes from `inherit`."""
    return Diagnostic(
        summary=f"cannot change `{join_path(path)}`: `{join_path(path[: depth + 1])}` is inherited",
        location=location(source, entry),
        help="change it where it is inherited from, or take the name out of `inherit`",
    )


def several(source: Source, found: Iterable[Node], path: tuple[str, ...]) -> Diagnostic:
    """The path is defined more than once, or could go to more than one place."""
    first, *others = (location(source, node) for node in found)
    return Diagnostic(
        summary=f"`{join_path(path)}` has several places in this file",
        location=first,
        related=tuple(Related(other, "another one is here") for other in others),
        help="edit by hand the one that is meant",
    )


def absent(name: str, path: tuple[str, ...]) -> Diagnostic:
    """The path is not in the file."""
    return Diagnostic(summary=f"`{join_path(path)}` is not in the file", location=Location(name))


def used_by_others(source: Source, user: Node, name: str, doing: str) -> Diagnostic:
    """In a recursive set, attributes that use a name would come to mean something else."""
    return Diagnostic(
        summary=f"cannot {doing} `{name}`: the set is recursive, and another attribute uses the "
        "name",
        location=location(source, user),
        help="edit the file by hand",
    )


def unknown_names(
    source: Source, place: Node, names: Sequence[str], value: Expression
) -> Diagnostic:
    """The new value uses names that nothing binds where it is to stand; words may be a text."""
    *others, last = (f"`{name}`" for name in names)
    if others:
        which = f"{', '.join(others)} and {last}, which have no meaning at their place"
        advice = "bind the names in the file first, or name them as arguments of its function"
    else:
        which = f"{last}, which has no meaning at its place"
        advice = "bind the name in the file first, or name it as an argument of the file's function"
    if _is_words(value):
        quoted = f'"{" ".join(print_expression(value).split())}"'
        advice += f"\na text is written in quotes: {shlex.quote(quoted)}"
    return Diagnostic(
        summary=f"the value uses {which} in the file",
        location=location(source, place),
        help=advice,
    )


def _is_words(value: Expression) -> bool:
    """Whether a value is names with nothing but dots and blanks between them."""
    match value:
        case nodes.Apply(function, argument):
            return _is_words(function) and _is_words(argument)
        case nodes.Select(nodes.Identifier(), path, None):
            return all(isinstance(name, nodes.Identifier) for name in path.names)
    return isinstance(value, nodes.Identifier)


def not_a_list(source: Source, node: Node, path: tuple[str, ...]) -> Diagnostic:
    """Something is to be added to a value that is no list."""
    return Diagnostic(
        summary=f"`{join_path(path)}` is not written as a list",
        location=location(source, node),
        help="edit it by hand there, or set it as a whole",
    )


def wrong_path(reason: str) -> EditError:
    """What a person gave as a path is none; the reason says which and why."""
    return EditError(
        Diagnostic(
            summary=reason,
            help='write names with dots between them: services.nginx."my host".enable',
        )
    )
