"""Nix trees to the Python of modules: options as data, what is no data as raw Nix."""

from __future__ import annotations

import keyword
import re
from pathlib import PurePath
from typing import Any

from attrs import evolve

from nixgen.emit.module import function_of
from nixgen.nix import build, nodes
from nixgen.nix.data import NotDataError, to_python
from nixgen.nix.printer import print_expression, print_file
from nixgen.nix.spans import first_token, tokens
from nixgen.nix.string_text import text_of
from nixgen.nix.strings import unescape_string
from nixgen.project.python_text import (
    Code,
    Group,
    call,
    lines_of,
    listed,
    literal,
    mapping,
    quoted,
    statement,
    texts,
)

_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_'-]*(\.[A-Za-z_][A-Za-z0-9_'-]*)*")


class Adopter:
    """Collects the modules of one host."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.release: str | None = None
        self._names: dict[str, str] = {}
        self._statements: list[str] = []

    def module(self, path: str, file: nodes.File) -> None:
        """Adds a file, formatted and parsed."""
        name = _python_name(path.removesuffix(".nix"), self._names)
        self._names[name] = path
        self._statements.append(statement(name, self._module(path, file)))

    def python(self, release: str) -> str:
        """The text of `hosts/<host>.py`."""
        host = call(
            "Host",
            name=quoted(self.name),
            release=quoted(release),
            modules=listed(list(self._names)),
        )
        body = "\n\n".join([*self._statements, statement("host", host)])
        used = ["Host", "Module"]
        used += [each for each in ("Option", "default", "force") if f"{each}(" in body]
        used += ["nix"] if "nix." in body else []
        return f'"""{self.name}."""\n\nfrom nixgen import {", ".join(used)}\n\n{body}\n'

    def _module(self, path: str, file: nodes.File) -> Group:
        expression = file.expression
        body: Any = expression
        while isinstance(body, nodes.Lambda | nodes.Let | nodes.With):
            body = body.body
        content = None
        if isinstance(body, nodes.AttributeSet) and not body.recursive and body.entries:
            content = _entries(body)
        if content is None or file.end.leading or body.open.trailing:
            raw = nodes.File(expression, end=file.end)
            text = print_file(raw)
            return call("Module", file=quoted(path), frame=call("nix.raw", lines_of(text.strip())))
        self._find_release(body)
        fields: dict[str, Code | None] = {"file": quoted(path)}
        plain = _plain_arguments(expression, body)
        last = _notes(body.close.leading)
        if plain is not None and last is not None:
            derived = function_of(evolve(body, close=nodes.Token("}"))).parameter
            assert isinstance(derived, nodes.SetPattern)
            if plain != [each.name.name for each in derived.arguments]:
                fields["arguments"] = texts(plain) or listed([])
            fields["notes"] = texts(_notes(first_token(expression).leading) or [])
            fields["last_notes"] = texts(last)
        else:
            empty = _without_entries(expression, body)
            fields["frame"] = call("nix.raw", lines_of(print_expression(empty)))
        fields["content"] = listed([content])
        return call("Module", **fields)

    def _find_release(self, body: nodes.AttributeSet) -> None:
        for entry in body.entries:
            match entry:
                case nodes.Binding(path, nodes.String((str(),)) as value):
                    if _dotted(path) == "system.stateVersion":
                        self.release = text_of(value)


def _python_name(text: str, taken: dict[str, str]) -> str:
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    name = f"_{name}" if name[0].isdigit() else name
    while name in taken or keyword.iskeyword(name) or name in {"host", "nix", "default", "force"}:
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
                and _notes(first.leading) is not None
            ):
                return [each.name.name for each in arguments]
    return None


def _without_entries(expression: Any, body: nodes.AttributeSet) -> Any:
    if expression is body:
        return evolve(body, entries=())
    return evolve(expression, body=_without_entries(expression.body, body))


def _entries(node: nodes.AttributeSet) -> Group | None:
    """A dict of the entries; None where one of them has no place in a dict."""
    made: dict[str, Code] = {}
    for entry in node.entries:
        if not isinstance(entry, nodes.Binding):
            return None
        dotted = _dotted(entry.path)
        notes = _notes(first_token(entry).leading)
        odd = [*list(tokens(entry.path))[1:], entry.equals, evolve(entry.semicolon, trailing=None)]
        if any(each.leading or each.trailing for each in odd) or first_token(entry).trailing:
            return None
        if dotted is None or dotted in made or notes is None:
            return None
        code = _value(entry.value)
        after = entry.semicolon.trailing
        remark = None if after is None else quoted(after.text.removeprefix(" "))
        if notes or remark:
            code = call("Option", value=code, notes=texts(notes), remark=remark)
        made[dotted] = code
    return mapping(list(made.items()))


def _dotted(path: nodes.AttributePath) -> str | None:
    names = []
    for name in path.names:
        match name:
            case nodes.Identifier(text):
                names.append(text)
            case nodes.String((str(source),)):
                names.append(unescape_string(source))
            case _:
                return None
    dotted = build.join_path(names)
    return dotted if build.path(dotted) == path else None


def _notes(trivia: tuple[nodes.Trivia, ...]) -> list[str] | None:
    """Comments as a Module has them; None for one that it has no form for."""
    notes = []
    for each in trivia:
        match each:
            case nodes.BlankLine():
                notes.append("")
            case nodes.LineComment(text):
                plain = text.startswith(" ") and text[1:2] not in ("", " ", "#")
                notes.append(text[1:] if plain else f"#{text}")
            case _:
                return None
    return notes


def _has_comments(node: nodes.Node) -> bool:
    return any(each.leading or each.trailing for each in tokens(node))


def _value(node: nodes.Expression) -> Code:
    if isinstance(node, nodes.AttributeSet) and node.entries and not node.recursive:
        edges = (node.open.leading, node.open.trailing, node.close.leading, node.close.trailing)
        made: Code | None = None if any(edges) else _entries(node)
        if made is not None:
            return made
    elif not _has_comments(node):
        made = _simple(node)
        if made is not None:
            return made
    return call("nix.raw", lines_of(print_expression(node)))


def _simple(node: nodes.Expression) -> Code | None:
    """Data, and what has a short form in Python."""
    try:
        value = to_python(node)
    except NotDataError:
        value = node
    if not isinstance(value, nodes.Node | PurePath) and build.node(value) == node:
        return literal(value)
    match node:
        case nodes.List(items):
            return listed([_item(item) for item in items])
        case nodes.IndentedString() if isinstance(value, str):
            if build.indented(value) == node:
                return call("nix.indented", lines_of(value))
        case nodes.Identifier() | nodes.Select():
            text = print_expression(node)
            if _SIMPLE.fullmatch(text) and build.ref(text) == node:
                return call("nix.ref", quoted(text))
        case nodes.With(nodes.Identifier("pkgs"), nodes.List(items)):
            names = [print_expression(item) for item in items]
            if names and all(map(_SIMPLE.fullmatch, names)) and build.with_pkgs(*names) == node:
                return call("nix.with_pkgs", *map(quoted, names))
    return None


def _item(node: nodes.Expression) -> Code:
    return _simple(node) or call("nix.raw", lines_of(print_expression(node)))
