"""A Nix file that is changed step by step."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias

from attrs import evolve, frozen

from nixgen.diagnostic import Diagnostic
from nixgen.nix.build import join_path, operand, split_path, with_leading
from nixgen.nix.edit import arguments as module_arguments
from nixgen.nix.edit import entries as edit_entries
from nixgen.nix.edit import faults
from nixgen.nix.edit import lists as edit_lists
from nixgen.nix.edit.arguments import ARGUMENTS
from nixgen.nix.edit.entries import Target
from nixgen.nix.edit.faults import EditError
from nixgen.nix.edit.places import Definition, Found, Holder, common, find
from nixgen.nix.edit.text import (
    Edit,
    applied,
    canonical,
    comment_lines,
    path_text,
    same_meaning,
    source_of,
)
from nixgen.nix.nodes import BlankLine, Expression, Node
from nixgen.nix.parsing.parser import parse
from nixgen.nix.printing.formatter import format as formatted
from nixgen.nix.printing.printer import print_expression
from nixgen.nix.source import Source
from nixgen.nix.spans import node_span

AttributePath: TypeAlias = str | Sequence[str]
"""`services."my host".enable`, or its names one by one."""

Value: TypeAlias = str | Expression
"""Nix text, or a syntax tree."""


@frozen
class Placed:
    """A binding in its file.

    `text` is it with the comments right above it, under its whole path in a set of its own, in a
    layout that does not depend on that of the file (`canonical`). The lines `first` to `last` are
    theirs, from 1; the binding itself begins on `line`.
    """

    text: str
    first: int
    line: int
    last: int


class Document:
    """A Nix file that is changed step by step; `text` is what it has become.

    `name` stands for the file in messages. Raises NixSyntaxError where the text is no Nix.
    """

    def __init__(self, text: str, *, name: str = "<nix>") -> None:
        self._windows = "\r\n" in text and text.count("\r\n") == text.count("\n")
        self._name = name
        self._load(text.replace("\r\n", "\n") if self._windows else text)
        self._is_formatted: bool | None = None

    @property
    def text(self) -> str:
        """The whole text, with the line ends that it had."""
        text = self._target.text
        return text.replace("\n", "\r\n") if self._windows else text

    # -- reading -----------------------------------------------------------------------------------

    def get(self, path: AttributePath) -> str | None:
        """The Nix text of the value at a path; None where the file does not set it.

        A set that is spread over several bindings is put together. Raises EditError where the value
        cannot be seen.
        """
        found = self._find(path)
        if not found.definitions:
            return None
        first, *others = found.definitions
        if not others and not first.below:
            return source_of(self._target.text, first.binding.value)
        self._refuse_several(found)
        text = self._target.text
        parts = [
            f"{_path_below(text, found, each)} = {source_of(text, each.binding.value)};"
            for each in found.definitions
        ]
        return print_expression(parse("{\n" + "\n".join(parts) + "\n}").expression)

    def defines(self, path: AttributePath) -> bool:
        """Whether the file sets the path, or something below it. Raises EditError."""
        return bool(self._find(path).definitions)

    def placed(self, path: AttributePath) -> Placed | None:
        """The binding of a path, with its comments; None where the file does not set the path.

        Raises EditError where it is not one binding, and where the value cannot be seen.
        """
        found = self._find(path)
        if not found.definitions:
            return None
        return self._placed(join_path(_names(path)), self._only(found))

    # -- changing ----------------------------------------------------------------------------------

    def set(
        self,
        path: AttributePath,
        value: Value,
        *,
        comments: Sequence[str] | None = None,
        arguments: Collection[str] = ARGUMENTS,
    ) -> bool:
        """Gives a path a value; whether that changed anything.

        `comments`, where given, are those that stand right above the binding afterwards, and others
        between its path and its end go. `arguments` are the names that the file's function may be
        given where the value uses them. Raises EditError,
        and NixSyntaxError where the value is no Nix.
        """
        expression, text = _value(value)
        found = self._find(path)
        if not found.definitions:
            holder = self._holder(found)
            names = found.path[holder.depth :]
            needed = module_arguments.missing(self._target, holder, expression, arguments)
            self._apply(
                *edit_entries.inserted(self._target, holder, names, text, comments or ()),
                *module_arguments.added(self._target, holder, needed),
            )
            return True
        self._refuse_several(found)
        first, *others = found.definitions
        if not first.below and self._is_so(first, expression, comments, text):
            return False
        needed = module_arguments.missing(self._target, first.holder, expression, arguments)
        if others:
            self._remove(path, but_first=True)
            found = self._find(path)
        self._apply(
            *self._redefined(found, text, comments),
            *module_arguments.added(self._target, found.definitions[0].holder, needed),
        )
        return True

    def _redefined(self, found: Found, text: str, comments: Sequence[str] | None) -> Iterator[Edit]:
        """What gives the first definition of a path the value `text`, and its comments."""
        first = found.definitions[0]
        whole = comments is not None
        yield from edit_entries.replaced(self._target, first.binding, text, whole=whole)
        if first.below:
            names = found.path[first.holder.depth :]
            yield edit_entries.renamed(self._target, first.binding, names)
        if comments is not None:
            yield edit_entries.described(self._target, first, comments)

    def remove(self, path: AttributePath) -> bool:
        """Takes out what sets a path, or anything below it; whether there was something.

        Comments right above and after a binding go with it. Raises EditError.
        """
        found = self._find(path)
        self._refuse_branches(found)
        self._remove(path)
        return bool(found.definitions)

    def append(
        self, path: AttributePath, item: Value, *, arguments: Collection[str] = ARGUMENTS
    ) -> bool:
        """Adds an item to the list at a path, which is made where it is missing.

        An item that the list has already is not added. Raises EditError where the value is not
        written as a list.
        """
        expression, text = _value(item)
        if operand(expression) is not expression:
            text = f"({text})"
        found = self._find(path)
        if not found.definitions:
            return self.set(path, f"[ {text} ]", arguments=arguments)
        definition = self._only(found)
        value = definition.binding.value
        lists = edit_lists.lists_of(value)
        if any(edit_lists.index_of(each, expression, scope) is not None for each, scope in lists):
            return False
        node, scope = edit_lists.only_list(self._target, value, found.path)
        holder = definition.holder
        if scope is not None:
            item = edit_lists.in_scope(expression, scope, holder.scope.names)
            text = text if item is expression else print_expression(item)
            holder = evolve(holder, scope=evolve(holder.scope, inside_with=True))
            expression = item
        needed = module_arguments.missing(self._target, holder, expression, arguments)
        self._apply(
            *edit_lists.appended(self._target, node, text),
            *module_arguments.added(self._target, holder, needed),
        )
        return True

    def discard(self, path: AttributePath, item: Value) -> bool:
        """Takes an item out of the list at a path; whether it was there. Raises EditError."""
        expression, _ = _value(item)
        found = self._find(path)
        if not found.definitions:
            return False
        value = self._only(found).binding.value
        edit_lists.only_list(self._target, value, found.path)
        for node, scope in edit_lists.lists_of(value):
            index = edit_lists.index_of(node, expression, scope)
            if index is not None:
                self._apply(edit_lists.taken(self._target, node, index))
                return True
        return False

    def add_import(self, module: Value) -> bool:
        """Adds a module to `imports`, which is made where it is missing. Raises EditError."""
        return self.append(("imports",), module)

    def add_argument(self, name: str) -> bool:
        """Adds an argument to the file's function; a file that is none becomes one."""
        holder = self._holder(self._find((name,)))
        if name in holder.scope.names:
            return False
        self._apply(*module_arguments.added(self._target, holder, [name]))
        return True

    # -- steps -------------------------------------------------------------------------------------

    def _load(self, text: str) -> None:
        file = parse(text, name=self._name)
        self._target = Target(file, Source(text, self._name))

    def _apply(self, *edits: Edit) -> None:
        text = self._target.text
        if self._is_formatted is None:
            self._is_formatted = _is_formatted(text)
        text = applied(text, edits)
        self._load(formatted(text, name=self._name) if self._is_formatted else text)

    def _find(self, path: AttributePath) -> Found:
        """The places of a path. Raises EditError where something on the way cannot be seen."""
        found = find(self._target.file, _names(path), self._target.source)
        if found.blocks:
            raise EditError(*found.blocks)
        return found

    def _placed(self, path: str, definition: Definition) -> Placed:
        binding, text = definition.binding, self._target.text
        gap = edit_entries.own_gap(self._target, definition)
        above = text[gap.own : gap.end].rstrip(" \t").splitlines()
        return Placed(
            canonical(path, text[binding.equals.start + 1 : binding.semicolon.start], above),
            self._target.source.location(gap.own).line or 0,
            self._target.source.location(gap.end).line or 0,
            binding.semicolon.line,
        )

    def _is_so(
        self,
        definition: Definition,
        value: Expression,
        comments: Sequence[str] | None,
        text: str,
    ) -> bool:
        """Whether a binding has a value already, and the comments where they count."""
        if comments is None:
            return same_meaning(definition.binding.value, value)
        found = self._placed("x", definition).text
        return found == canonical("x", text, comment_lines(comments))

    def _only(self, found: Found) -> Definition:
        if len(found.definitions) > 1 or found.definitions[0].below:
            raise EditError(self._several(found))
        return found.definitions[0]

    def _refuse_several(self, found: Found) -> None:
        """One binding for all of the path, or several for parts of it, may stand; not both."""
        self._refuse_branches(found)
        whole = [each for each in found.definitions if not each.below]
        if whole and len(found.definitions) > 1:
            raise EditError(self._several(found))

    def _refuse_branches(self, found: Found) -> None:
        if len({each.holder.scope.branch for each in found.definitions}) > 1:
            raise EditError(self._several(found))

    def _several(self, found: Found) -> Diagnostic:
        places = [each.binding.path for each in found.definitions]
        return faults.several(self._target.source, places, found.path)

    def _remove(self, path: AttributePath, *, but_first: bool = False) -> None:
        """Takes out the definitions of a path one by one, from the last to the first."""
        definitions = self._find(path).definitions
        while len(definitions) > but_first:
            self._apply(edit_entries.removed(self._target, definitions[-1]))
            definitions = self._find(path).definitions

    def _holder(self, found: Found) -> Holder:
        """The set that a new binding goes into. Raises EditError where that is in doubt."""
        branches = {each.scope.branch: each for each in found.holders}
        leaves = [
            branch
            for branch in branches
            if not any(other[: len(branch)] == branch != other for other in branches)
        ]
        if len(leaves) > 1:
            first = {each.scope.branch: each for each in reversed(found.holders)}
            leaves = [leaf for leaf in leaves if not first[leaf].scope.conditional] or leaves
        best = [
            max(
                (each for each in found.holders if each.scope.branch == leaf),
                key=lambda each: _nearness(each, found),
            )
            for leaf in leaves
        ]
        nearest = max(_nearness(each, found) for each in best)
        chosen = [each for each in best if _nearness(each, found) == nearest]
        if len(chosen) > 1:
            sets = [each.set for each in chosen]
            raise EditError(faults.several(self._target.source, sets, found.path))
        return chosen[0]


def _nearness(holder: Holder, found: Found) -> tuple[int, int]:
    """How much of the path leads to a set, and how much its entries share with the rest."""
    rest = found.path[holder.depth :]
    return holder.depth, max((common(entry, rest) for entry in holder.set.entries), default=0)


def _path_below(text: str, found: Found, part: Definition) -> str:
    """The path of a part from the path on that was looked for, as the file spells it."""
    return path_text(text, part.binding.path.names[len(found.path) - part.holder.depth :])


def _names(path: AttributePath) -> tuple[str, ...]:
    if not isinstance(path, str):
        names = tuple(path)
        if not names:
            raise faults.wrong_path("a path without names is no attribute path")
        return names
    try:
        return split_path(path)
    except ValueError as error:
        raise faults.wrong_path(str(error)) from None


def _value(value: Value) -> tuple[Expression, str]:
    """A value as a tree and as text; comments below it move above it."""
    if isinstance(value, Node):
        value = print_expression(value)
    file = parse(value, name="the value")
    expression = file.expression
    below = tuple(each for each in file.end.leading if not isinstance(each, BlankLine))
    if below:
        return expression, print_expression(with_leading(expression, below))
    end = node_span(expression).end
    return expression, value[:end].strip()


def _is_formatted(text: str) -> bool:
    try:
        return formatted(text) == text
    except RecursionError:
        return False
