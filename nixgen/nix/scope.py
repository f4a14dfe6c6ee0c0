"""Which names an expression takes from outside: what a function around it has to bring."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from nixgen.nix import nodes

BUILTIN_NAMES = frozenset(
    {
        *("true", "false", "null", "builtins", "import", "abort", "throw", "map", "toString"),
        *("baseNameOf", "dirOf", "removeAttrs", "isNull", "fetchTarball", "fetchGit", "fetchTree"),
        *("fetchMercurial", "derivation", "derivationStrict", "scopedImport", "placeholder"),
        *("__curPos", "break", "fromTOML"),
    }
)
"""Names that Nix knows everywhere (the manual's chapter on built-in functions)."""

MODULE_ARGUMENTS = frozenset({"config", "lib", "options", "pkgs", "modulesPath", "utils"})
"""Arguments that every NixOS module can ask for; inside `with` these names still mean them."""

_Work = list[tuple[Any, frozenset[str], bool]]
_NOTHING_INSIDE = frozenset({nodes.Integer, nodes.Float, nodes.SearchPath, nodes.Uri})


def free_names(expression: nodes.Node) -> set[str]:
    """The names that are neither bound inside nor built in.

    Inside `with`, a name may come from its set, so only `MODULE_ARGUMENTS` count there.
    """
    free: set[str] = set()
    work: _Work = [(expression, BUILTIN_NAMES, False)]
    while work:
        node, bound, inside_with = work.pop()
        kind = type(node)
        if kind is nodes.Identifier:
            if node.name not in bound and (not inside_with or node.name in MODULE_ARGUMENTS):
                free.add(node.name)
        elif kind is nodes.String or kind is nodes.IndentedString or kind is nodes.Path:
            work += [(part, bound, inside_with) for part in node.parts if type(part) is not str]
        elif kind is nodes.AttributeSet and not node.recursive:
            _entries(node.entries, bound, bound, inside_with, work)
        elif isinstance(node, nodes.Node) and kind not in _NOTHING_INSIDE:
            _step(node, bound, inside_with, work)
    return free


def _step(node: nodes.Node, bound: frozenset[str], inside_with: bool, work: _Work) -> None:
    """The parts of a node with the names that hold in them."""
    match node:
        case nodes.Select(target, path) | nodes.HasAttribute(target, path):
            work.append((target, bound, inside_with))
            work += [(name, bound, inside_with) for name in _computed(path)]
            if isinstance(node, nodes.Select):
                work.append((node.default, bound, inside_with))
        case nodes.List(items):
            work += [(item, bound, inside_with) for item in items]
        case nodes.With(scope, body):
            work += [(scope, bound, inside_with), (body, bound, True)]
        case nodes.Lambda(parameter, body):
            inner = bound | _parameter_names(parameter)
            work.append((body, inner, inside_with))
            if isinstance(parameter, nodes.SetPattern):
                work += [(each.default, inner, inside_with) for each in parameter.arguments]
        case nodes.Let(entries, body):
            inner = bound | _entry_names(entries)
            work.append((body, inner, inside_with))
            _entries(entries, inner, bound, inside_with, work)
        case nodes.LegacyLet(entries) | nodes.AttributeSet(entries):
            _entries(entries, bound | _entry_names(entries), bound, inside_with, work)
        case _:
            work += [(part, bound, inside_with) for part in _parts(node)]


def _entries(
    entries: Iterable[nodes.Entry],
    inner: frozenset[str],
    outer: frozenset[str],
    inside_with: bool,
    work: _Work,
) -> None:
    for entry in entries:
        if isinstance(entry, nodes.Binding):
            for name in entry.path.names:
                if not isinstance(name, nodes.Identifier):
                    work.append((name, inner, inside_with))
            if type(entry.value) not in _NOTHING_INSIDE:
                work.append((entry.value, inner, inside_with))
        elif entry.source is not None:
            work.append((entry.source, inner, inside_with))
        else:
            work += [(name, outer, inside_with) for name in entry.names]


def _computed(path: nodes.AttributePath) -> list[nodes.AttributeName]:
    """The names of a path that are computed: the others are no references."""
    return [name for name in path.names if not isinstance(name, nodes.Identifier)]


def _parameter_names(parameter: nodes.Parameter) -> frozenset[str]:
    if isinstance(parameter, nodes.Identifier):
        return frozenset({parameter.name})
    names = {argument.name.name for argument in parameter.arguments}
    if parameter.binding is not None:
        names.add(parameter.binding.name)
    return frozenset(names)


def _entry_names(entries: Iterable[nodes.Entry]) -> frozenset[str]:
    names: set[str] = set()
    for entry in entries:
        if isinstance(entry, nodes.Binding):
            firsts: Iterable[nodes.AttributeName] = entry.path.names[:1]
        else:
            firsts = entry.names
        names.update(name.name for name in firsts if isinstance(name, nodes.Identifier))
    return frozenset(names)


def _parts(node: Any) -> Iterable[Any]:
    for field in attrs.fields(type(node)):
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            yield from value
        else:
            yield value
