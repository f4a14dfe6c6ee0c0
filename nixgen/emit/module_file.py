"""A `Module` as the Nix file that it describes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from nixgen.emit.contribution import Cause, given
from nixgen.emit.gitea_actions_runner import instance
from nixgen.emit.header import header
from nixgen.emit.module import function_of
from nixgen.emit.runners import unit_settings
from nixgen.emit.vault_secrets import secret_options
from nixgen.model.host import Host
from nixgen.model.module import Module, bare, hole
from nixgen.model.profile import Option
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret
from nixgen.nix import build, nodes
from nixgen.nix.walk import Transformer


def module_file(module: Module, host: Host, source: str) -> nodes.File:
    """The file, with the header that every file of nixgen has."""
    close = nodes.Token("}", leading=tuple(_comments(module.last_notes)))
    body = nodes.AttributeSet(tuple(_entries(module, host)), close=close)
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


def _entries(module: Module, host: Host) -> Iterator[nodes.Binding]:
    for number, item in enumerate(module.content):
        if isinstance(item, VaultSecret):
            made = [secret_options(item, host)]
        elif isinstance(item, Runner):
            made = [instance(item), *unit_settings(item)]
        else:
            made = list(_bindings(item, given(module, "content")))
        for index, entry in enumerate(made):
            apart = number > 0 and index == 0
            yield build.with_leading(entry, (nodes.BlankLine(),)) if apart else entry


def _bindings(options: Mapping[str, Any], cause: Cause) -> Iterator[nodes.Binding]:
    """A binding for each key, in its order."""
    for dotted, option in options.items():
        own, value = cause, bare(option)
        notes: Sequence[str] = ()
        if isinstance(option, Option):
            own, notes = given(option, "value"), option.notes
        if isinstance(value, Mapping):
            value = nodes.AttributeSet(tuple(_bindings(value, own)))
        binding = build.bind(dotted, value, origin=own)
        if isinstance(option, Option) and option.remark is not None:
            after = nodes.LineComment(f" {option.remark}")
            binding = evolve(binding, semicolon=nodes.Token(";", trailing=after))
        trivia = tuple(_comments(notes))
        yield build.with_leading(binding, trivia) if trivia else binding


def _comments(notes: Iterable[str]) -> Iterator[nodes.Trivia]:
    for note in notes:
        if not note:
            yield nodes.BlankLine()
        elif note.startswith("#"):
            yield nodes.LineComment(note[1:])
        else:
            for line in note.splitlines():
                yield nodes.LineComment(f" {line.rstrip()}" if line.strip() else "")
