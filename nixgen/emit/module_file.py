"""A `Module` as the Nix file that it describes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import evolve

from nixgen.emit import nix_daemon
from nixgen.emit.contribution import Cause, given
from nixgen.emit.header import header
from nixgen.emit.module import function_of
from nixgen.emit.runners import instance, unit_settings
from nixgen.emit.vault_secrets import secret_options
from nixgen.model.host import Host
from nixgen.model.limits import NixDaemon
from nixgen.model.module import Entries, Module, Placed, bare, hole, path_inside
from nixgen.model.profile import Option
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret
from nixgen.nix import build, nodes
from nixgen.nix.walk import Transformer

Names: TypeAlias = tuple[str, ...]
"""The path of a set, as its names."""


def module_file(module: Module, host: Host, source: str) -> nodes.File:
    """The file, with the header that every file of nixgen has."""
    close = nodes.Token("}", leading=tuple(_comments(module.last_notes)))
    body = nodes.AttributeSet(tuple(_Writer(host).top(module)), close=close)
    expression: Any
    if module.frame is None:
        expression = function_of(body, module.arguments)
    elif not module.content:
        expression = module.frame
    else:
        expression = _Fill(hole(module.frame), body).transform(module.frame)
    expression = build.with_leading(expression, tuple(_comments(module.notes)))
    return nodes.File(build.commented(expression, *header(source)))


class _Fill(Transformer):
    """Puts entries into one set, which keeps its own tokens."""

    def __init__(self, empty: nodes.AttributeSet | None, body: nodes.AttributeSet) -> None:
        self._empty = empty
        self._body = body

    def transform_attribute_set(self, node: nodes.AttributeSet) -> nodes.AttributeSet:
        if node is not self._empty:
            return node
        last = (*node.close.leading, *self._body.close.leading)
        return evolve(node, entries=self._body.entries, close=evolve(node.close, leading=last))


class _Writer:
    """Makes the entries of a module's content, in the module's set and in those inside it.

    `outside` collects what an object in an inner set brings along for another place in the options:
    it follows at the top of the file.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._outside: list[nodes.Binding] = []

    def top(self, module: Module) -> Iterator[nodes.Entry]:
        """The entries of the file's own set."""
        yield from self._entries(module, ())

    def _entries(self, owner: Module | Entries, outer: Names) -> Iterator[nodes.Entry]:
        before: Any = None
        for item in owner.content:
            made = list(self._item(item, given(owner, "content"), outer))
            for index, entry in enumerate(made):
                apart = index == 0 and before is not None and _stands_apart(item, before)
                yield build.with_leading(entry, (nodes.BlankLine(),)) if apart else entry
            before = item
            if not outer:
                yield from self._outside
                self._outside.clear()

    def _item(self, item: Any, cause: Cause, outer: Names) -> Iterator[nodes.Entry]:
        if isinstance(item, VaultSecret):
            yield _inside(secret_options(item, self._host), item, outer)
        elif isinstance(item, Runner):
            runner = item.on_release(self._host.release)
            yield _inside(instance(runner), runner, outer)
            settings = tuple(unit_settings(runner, self._host.composition.runners))
            self._outside += _of_config(settings, outer)
        elif isinstance(item, NixDaemon):
            yield from nix_daemon.entries(self._host)
        elif isinstance(item, Mapping):
            yield from self._bindings(item, cause, outer)
        else:
            yield evolve(item, origin=cause)

    def _bindings(
        self, options: Mapping[str, Any], cause: Cause, outer: Names
    ) -> Iterator[nodes.Binding]:
        """A binding for each key, in its order."""
        for dotted, option in options.items():
            own, value = cause, bare(option)
            notes: Sequence[str] = ()
            if isinstance(option, Option):
                own, notes = given(option, "value"), option.notes
            if isinstance(value, Mapping):
                path = (*outer, *build.split_path(dotted))
                value = nodes.AttributeSet(tuple(self._bindings(value, own, path)))
            elif isinstance(value, Entries):
                value = self._set(value, (*outer, *build.split_path(dotted)))
            binding = build.bind(dotted, value, origin=own)
            if isinstance(option, Option) and option.remark is not None:
                after = nodes.LineComment(f" {option.remark}")
                binding = evolve(binding, semicolon=nodes.Token(";", trailing=after))
            trivia = tuple(_comments(notes))
            yield build.with_leading(binding, trivia) if trivia else binding

    def _set(self, entries: Entries, outer: Names) -> nodes.AttributeSet:
        close = nodes.Token("}", leading=tuple(_comments(entries.last_notes)))
        return nodes.AttributeSet(tuple(self._entries(entries, outer)), close=close)


def _inside(binding: nodes.Binding, item: Placed, outer: Names) -> nodes.Binding:
    """An object's binding as it is written in the set at `outer`."""
    if not outer:
        return binding
    path = path_inside(item, outer)
    return build.bind(path, binding.value, comments=item.notes, origin=binding.origin)


def _of_config(settings: tuple[nodes.Binding, ...], outer: Names) -> Iterator[nodes.Binding]:
    """Settings at the top of the file: in `config` where the file has its options there."""
    if settings and outer[:1] == ("config",):
        yield build.bind(outer[:1], nodes.AttributeSet(settings))
    else:
        yield from settings


def _stands_apart(item: Any, before: Any) -> bool:
    """Whether a blank line is put before an item; entries written as Nix bring their own."""
    if isinstance(item, nodes.Node):
        return False
    return not isinstance(item, Mapping) or not isinstance(before, nodes.Node)


def _comments(notes: Iterable[str]) -> Iterator[nodes.Trivia]:
    for note in notes:
        if not note:
            yield nodes.BlankLine()
        elif note.startswith("#"):
            yield nodes.LineComment(note[1:])
        else:
            for line in note.splitlines():
                yield nodes.LineComment(f" {line.rstrip()}" if line.strip() else "")
