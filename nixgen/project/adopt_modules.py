"""Nix trees to the Python of a host: its modules, and the secrets and runners in them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any

from attrs import evolve

from nixgen.emit.module import function_of
from nixgen.exports import HOME_OF
from nixgen.model.runner import Runner, Scope
from nixgen.model.secret import VaultSecret
from nixgen.nix import nodes
from nixgen.nix.printing.printer import print_expression, print_file
from nixgen.nix.spans import first_token, tokens
from nixgen.nix.string_text import text_of
from nixgen.project.adopt_objects import (
    RUNNERS,
    SECRETS,
    place_of,
    runner_code,
    runner_of,
    secret_code,
    secret_of,
)
from nixgen.project.adopt_values import dict_of, dotted_of, notes_of
from nixgen.project.python_text import (
    Code,
    Group,
    call,
    called,
    imported,
    lines_of,
    listed,
    quoted,
    statement,
    texts,
)


class Adopter:
    """Collects the modules of one host; `scope` is that of its runners, None where not known.

    `without_scope` are the names of instances that stay options for want of it.
    """

    def __init__(self, name: str, scope: Scope | None) -> None:
        self.name = name
        self.scope = scope
        self.release: str | None = None
        self.without_scope: list[str] = []
        self._files: dict[str, nodes.File] = {}

    def module(self, path: str, file: nodes.File) -> None:
        """Adds a file, formatted and parsed."""
        self._files[path] = file
        for entry in _entries(file):
            match entry:
                case nodes.Binding(name, nodes.String((str(),)) as value):
                    if dotted_of(name) == "system.stateVersion":
                        self.release = text_of(value)

    def python(self, release: str) -> str:
        """The text of `hosts/<host>.py`."""
        codes: dict[str, Code] = {}
        objects = self._objects(codes)
        modules = []
        for path, file in self._files.items():
            variable = _python_name(path.removesuffix(".nix"), codes)
            codes[variable] = self._module(path, file, objects)
            modules.append(variable)
        codes["host"] = call(
            "Host", name=quoted(self.name), release=quoted(release), modules=listed(modules)
        )
        used = {name for code in codes.values() for name in called(code)}
        body = "\n\n".join(statement(name, code) for name, code in codes.items())
        return f'"""{self.name}."""\n\n{imported(used)}\n\n{body}\n'

    def _objects(self, codes: dict[str, Code]) -> dict[int, str]:
        """Names of secrets and runners by the identity of their entries; their code is added."""
        entries = [entry for file in self._files.values() for entry in _typed(file)]
        objects: dict[int, str] = {}
        secrets: dict[str, tuple[int, VaultSecret]] = {}
        for entry in entries:
            place = place_of(entry, SECRETS)
            secret = secret_of(place, self.name) if place is not None else None
            if secret is not None:
                secrets.setdefault(secret.name, (id(entry), secret))
        known = [secret for _, secret in secrets.values()]
        runners = self._runners(entries, known)
        variables: dict[int, str] = {}
        for key, secret in secrets.values():
            users = [runner for _, runner in runners.values() if runner.token is secret]
            variable = _python_name(secret.name, codes)
            codes[variable] = secret_code(secret, users)
            objects[key] = variables[id(secret)] = variable
        for key, runner in runners.values():
            objects[key] = _python_name(runner.name, codes)
            codes[objects[key]] = runner_code(runner, variables)
        return objects

    def _runners(
        self, entries: list[nodes.Entry], secrets: list[VaultSecret]
    ) -> dict[str, tuple[int, Runner]]:
        runners: dict[str, tuple[int, Runner]] = {}
        for entry in entries:
            place = place_of(entry, RUNNERS)
            if place is None:
                continue
            if self.scope is None:
                self.without_scope.append(place.name)
                continue
            runner = runner_of(place, secrets, self.scope)
            if runner is not None:
                runners.setdefault(runner.name, (id(entry), runner))
        return runners

    def _module(self, path: str, file: nodes.File, objects: dict[int, str]) -> Group:
        expression = file.expression
        body = _body(file)
        content = _content(body, objects) if _is_plain(file) else None
        if content is None:
            text = print_file(nodes.File(expression, end=file.end))
            return call("Module", file=quoted(path), frame=call("nix.raw", lines_of(text.strip())))
        fields: dict[str, Code | None] = {"file": quoted(path)}
        plain = _plain_arguments(expression, body)
        last = notes_of(body.close.leading)
        if plain is not None and last is not None:
            derived = function_of(evolve(body, close=nodes.Token("}"))).parameter
            assert isinstance(derived, nodes.SetPattern)
            if plain != [each.name.name for each in derived.arguments]:
                fields["arguments"] = texts(plain) or listed([])
            fields["notes"] = texts(notes_of(first_token(expression).leading) or [])
            fields["last_notes"] = texts(last)
        else:
            empty = _without_entries(expression, body)
            fields["frame"] = call("nix.raw", lines_of(print_expression(empty)))
        fields["content"] = listed(content)
        return call("Module", **fields)


def _body(file: nodes.File) -> Any:
    """What a file's functions, lets and withs are around."""
    body: Any = file.expression
    while isinstance(body, nodes.Lambda | nodes.Let | nodes.With):
        body = body.body
    return body


def _is_plain(file: nodes.File) -> bool:
    """Whether a file is a set of options that dicts can be made of."""
    body = _body(file)
    is_set = isinstance(body, nodes.AttributeSet) and not body.recursive and bool(body.entries)
    return is_set and not file.end.leading and not body.open.trailing


def _entries(file: nodes.File) -> tuple[nodes.Entry, ...]:
    body = _body(file)
    return body.entries if isinstance(body, nodes.AttributeSet) else ()


def _typed(file: nodes.File) -> Iterator[nodes.Entry]:
    """Entries that can be objects: those of a file whose others can be dicts."""
    if _is_plain(file) and _content(_body(file), {}) is not None:
        yield from _entries(file)


def _content(body: nodes.AttributeSet, objects: dict[int, str]) -> list[Code] | None:
    """Objects, and dicts of the entries between them; None where an entry has no place in one."""
    made: list[Code] = []
    between: list[nodes.Entry] = []
    for entry in (*body.entries, None):
        variable = objects.get(id(entry))
        if entry is not None and variable is None:
            between.append(entry)
            continue
        if between:
            options = dict_of(between, apart=bool(made))
            if options is None:
                return None
            made.append(options)
            between = []
        if variable is not None:
            made.append(variable)
    return made


def _python_name(text: str, taken: dict[str, Code]) -> str:
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    name = f"_{name}" if name[0].isdigit() else name
    while name in taken or keyword.iskeyword(name) or name == "host" or name in HOME_OF:
        name += "_module"
    return name


def _plain_arguments(expression: nodes.Expression, body: nodes.AttributeSet) -> list[str] | None:
    """The names of `{ a, b, ... }: body`; None for any other function."""
    match expression:
        case nodes.Lambda(nodes.SetPattern(arguments, True, None) as pattern, inner):
            first = first_token(expression)
            inside = [*list(tokens(pattern))[1:], expression.colon]
            if (
                inner is body
                and not body.open.leading
                and not any(each.leading or each.trailing for each in inside)
                and all(each.default is None for each in arguments)
                and not first.trailing
                and notes_of(first.leading) is not None
            ):
                return [each.name.name for each in arguments]
    return None


def _without_entries(expression: Any, body: nodes.AttributeSet) -> Any:
    around = []
    while expression is not body:
        around.append(expression)
        expression = expression.body
    made: Any = evolve(body, entries=())
    for each in reversed(around):
        made = evolve(each, body=made)
    return made
