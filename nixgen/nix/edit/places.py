"""Where an attribute path leads in a file, whichever way the file spells it.

`find(file, path)` goes through functions, `let`, `with`, `assert`, parentheses, `config`, nested
sets and dotted names, `lib.mkIf` and the like, `lib.mkMerge` and `//` where they leave no doubt,
and returns every set that could hold the path and every binding that defines it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import evolve, field, frozen

from nixgen.diagnostic import Diagnostic
from nixgen.nix import nodes
from nixgen.nix.edit import faults
from nixgen.nix.names import is_static, static_name
from nixgen.nix.nodes import AttributeSet, Binding, Expression, File, Inherit, Lambda
from nixgen.nix.source import Source

Path = tuple[str, ...]

_WRAPPERS: Final = {
    **dict.fromkeys(("mkForce", "mkDefault", "mkOptionDefault", "mkVMOverride"), 1),
    **dict.fromkeys(("mkBefore", "mkAfter"), 1),
    **dict.fromkeys(("mkIf", "mkOverride", "mkOrder"), 2),
}
"""Functions of nixpkgs' `lib` that hand on their last argument, and how many they take."""

MODULE_LEVEL: Final = frozenset(
    {"config", "options", "imports", "disabledModules", "freeformType", "meta", "key", "_file"}
)
"""What stands beside `config` in a NixOS module that has one (`lib/modules.nix`)."""


@frozen
class Scope:
    """What holds at a place: the names bound there, and the way to it."""

    names: frozenset[str] = frozenset()
    inside_with: bool = False
    conditional: bool = False
    branch: tuple[int, ...] = ()  # which elements of `mkMerge`
    function: Lambda | None = None  # the file's function, the innermost one
    in_function: bool = True  # until the first set: a function there is the file's own


@frozen
class Holder:
    """A set that can hold the rest of the path: `depth` names of it lead there."""

    set: AttributeSet
    depth: int
    scope: Scope


@frozen
class Definition:
    """A binding at the path, or (`below`) at a longer one that begins with it."""

    holder: Holder
    binding: Binding
    below: bool


@frozen
class Found:
    """All that a search found. `blocks` say what kept it from seeing the rest."""

    path: Path
    holders: tuple[Holder, ...]
    definitions: tuple[Definition, ...]
    blocks: tuple[Diagnostic, ...]


@frozen
class _Search:
    source: Source
    path: Path
    holders: list[Holder] = field(factory=list)
    definitions: list[Definition] = field(factory=list)
    blocks: list[Diagnostic] = field(factory=list)
    pending: list[tuple[Expression, int, Scope]] = field(factory=list)

    def run(self, root: Expression) -> Found:
        """Looks for the path; what is found is in the order of the text."""
        self.pending.append((root, 0, Scope()))
        while self.pending:
            self.expression(*self.pending.pop())
        self.holders.sort(key=lambda each: each.set.open.start)
        self.definitions.sort(key=lambda each: each.binding.equals.start)
        return Found(self.path, tuple(self.holders), tuple(self.definitions), tuple(self.blocks))

    def expression(self, node: Expression, depth: int, scope: Scope) -> None:
        """Looks for the rest of the path in a value."""
        node, scope = unwrapped(node, scope)
        match node:
            case AttributeSet():
                self.set(node, depth, scope)
            case nodes.BinaryOperation(_, "//", _):
                self.update(node, depth, scope)
            case nodes.Apply(function, nodes.List(items)) if _is_merge(function):
                self.merge(node, items, depth, scope)
            case _:
                self.blocks.append(faults.not_a_set(self.source, node, self.path, depth))

    def merge(
        self, whole: Expression, items: tuple[Expression, ...], depth: int, scope: Scope
    ) -> None:
        """`lib.mkMerge [ ... ]`: elements that cannot be seen into stand for themselves."""
        seen = len(self.holders)
        pending = list(reversed(items))
        number = 0
        while pending:
            number += 1
            branch = (*scope.branch, number)
            inner, around = unwrapped(pending.pop(), evolve(scope, branch=branch))
            match inner:
                case AttributeSet():
                    self.set(inner, depth, around)
                case nodes.Apply(function, nodes.List(nested)) if _is_merge(function):
                    pending += reversed(nested)
        if len(self.holders) == seen:
            self.blocks.append(faults.not_a_set(self.source, whole, self.path, depth))

    def update(self, node: Expression, depth: int, scope: Scope) -> None:
        """`a // b`: the rightmost side that has the next name, where that can be told.

        A new attribute goes to the leftmost side, which is usually the main one.
        """
        unknown: Expression | None = None
        chosen: tuple[AttributeSet, Scope] | None = None
        for side in _sides(node):
            inner, around = unwrapped(side, scope)
            if not isinstance(inner, AttributeSet):
                unknown = unknown or side
                continue
            chosen = (inner, around)
            if _has(inner, self.path[depth]):
                break
        if chosen is None or unknown is not None:
            place = node if unknown is None else unknown
            self.blocks.append(faults.may_override(self.source, place, self.path, depth))
        else:
            self.set(chosen[0], depth, chosen[1])

    def set(self, node: AttributeSet, depth: int, scope: Scope) -> None:
        """The entries of a set."""
        rest = self.path[depth:]
        if node.recursive:
            scope = evolve(scope, names=scope.names | _bound_names(node))
        holder = Holder(node, depth, evolve(scope, in_function=False))
        self.holders.append(holder)
        shared = [common(entry, rest) for entry in node.entries]
        known = max(shared, default=0)
        for entry, count in zip(node.entries, shared, strict=True):
            if isinstance(entry, Inherit):
                if any(static_name(name) == rest[0] for name in entry.names):
                    self.blocks.append(faults.inherited(self.source, entry, self.path, depth))
                continue
            names = entry.path.names
            if count == len(names) < len(rest):
                self.pending.append((entry.value, depth + count, holder.scope))
            elif count == len(rest):
                self.definitions.append(Definition(holder, entry, count < len(names)))
            elif known <= count < len(names) and may_be(names[count], rest[count]):
                name = names[count]
                self.blocks.append(faults.dynamic_name(self.source, name, self.path, depth + count))


def find(file: File, path: Path, source: Source) -> Found:
    """All places of a path; that of an option in a module with `config` is below `config`."""
    found = _find(file, path, source)
    if found.definitions or path[0] in MODULE_LEVEL or not _has_config(found):
        return found
    return _find(file, ("config", *path), source)


def common(entry: nodes.Entry, rest: Path) -> int:
    """How many names the path of an entry shares with the beginning of another."""
    if isinstance(entry, Inherit):
        return 0
    count = 0
    for name, wanted in zip(entry.path.names, rest, strict=False):
        if not is_static(name) or static_name(name) != wanted:
            break
        count += 1
    return count


def may_be(name: nodes.AttributeName, wanted: str) -> bool:
    """Whether a name that is computed can turn out to be the wanted one."""
    if is_static(name):
        return False
    if not isinstance(name, nodes.String):
        return True
    parts = [re.escape(part) if isinstance(part, str) else ".*" for part in name.parts]
    escaped = any(isinstance(part, str) and "\\" in part for part in name.parts)
    return escaped or re.fullmatch("".join(parts), wanted, re.DOTALL) is not None


def _find(file: File, path: Path, source: Source) -> Found:
    return _Search(source, path).run(file.expression)


def _has_config(found: Found) -> bool:
    roots = [holder.set for holder in found.holders if holder.depth == 0]
    names = {name for root in roots for name in _bound_names(root)}
    return bool(names & {"config", "options"}) and found.path[0] not in names


def unwrapped(node: Expression, scope: Scope) -> tuple[Expression, Scope]:
    """The value inside what only surrounds it, and the names that hold there."""
    while True:
        match node:
            case nodes.Parentheses(inner):
                node = inner
            case Lambda(parameter, body) if scope.in_function:
                names = scope.names | _parameter_names(parameter)
                scope, node = evolve(scope, names=names, function=node), body
            case nodes.Let(_, body):
                scope = evolve(scope, names=scope.names | _bound_names(node))
                node = body
            case nodes.With(_, body):
                scope, node = evolve(scope, inside_with=True), body
            case nodes.Assert(_, body):
                node = body
            case nodes.Apply(function, argument) if _is_wrapper(node):
                if _function_name(function) == "mkIf":
                    scope = evolve(scope, conditional=True)
                node = argument
            case _:
                return node, scope


def _is_merge(function: Expression) -> bool:
    return not isinstance(function, nodes.Apply) and _function_name(function) == "mkMerge"


def _is_wrapper(node: nodes.Apply) -> bool:
    function: Expression = node
    count = 0
    while isinstance(function, nodes.Apply):
        function, count = function.function, count + 1
    return _WRAPPERS.get(_function_name(function)) == count


def _function_name(node: Expression) -> str:
    """The last name of a function out of `lib`: `mkIf` for `lib.mkIf a`; empty for others."""
    while isinstance(node, nodes.Apply):
        node = node.function
    match node:
        case nodes.Identifier(name):
            return name
        case nodes.Select(nodes.Identifier(first), path, None) if all(map(is_static, path.names)):
            names = [static_name(name) for name in path.names]
            return names[-1] if "lib" in (first, *names[:-1]) else ""
    return ""


def _sides(node: Expression) -> Iterator[Expression]:
    """The operands of `//`, the rightmost first."""
    pending = [node]
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.BinaryOperation) and node.operator == "//":
            pending += (node.left, node.right)
        else:
            yield node


def _has(node: AttributeSet, name: str) -> bool:
    """Whether a set has an attribute, or may have it."""
    for entry in node.entries:
        names = entry.names if isinstance(entry, Inherit) else entry.path.names[:1]
        if any(may_be(each, name) or _is(each, name) for each in names):
            return True
    return False


def _is(name: nodes.AttributeName, text: str) -> bool:
    return is_static(name) and static_name(name) == text


def _bound_names(node: AttributeSet | nodes.Let) -> frozenset[str]:
    names: set[str] = set()
    for entry in node.entries:
        found = entry.names if isinstance(entry, Inherit) else entry.path.names[:1]
        names.update(static_name(name) for name in found if is_static(name))
    return frozenset(names)


def _parameter_names(parameter: nodes.Parameter) -> frozenset[str]:
    if isinstance(parameter, nodes.Identifier):
        return frozenset({parameter.name})
    names = {argument.name.name for argument in parameter.arguments}
    return frozenset(names | ({parameter.binding.name} if parameter.binding else set()))
