"""Nix expressions to the Python that makes them: data as data, what is no data as raw Nix."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nixgen.nix import build, nodes
from nixgen.nix.data import NotDataError, to_python
from nixgen.nix.names import is_static, static_name
from nixgen.nix.printing.printer import print_expression, print_file
from nixgen.nix.spans import first_token, tokens
from nixgen.nix.string_text import without_indentation
from nixgen.nix.strings import is_identifier
from nixgen.nix.walk import children, walk
from nixgen.project.adopting.python_text import (
    Code,
    Group,
    call,
    lines_of,
    listed,
    literal,
    mapping,
    quoted,
    texts,
)
from nixgen.project.reading.entries import (
    DEEP,
    dotted_of,
    has_trivia,
    is_key,
    is_open,
    notes_of,
)

_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_'-]*(\.[A-Za-z_][A-Za-z0-9_'-]*)*")
_PRIORITIES = {"lib.mkDefault": "default", "lib.mkForce": "force"}


def content_of(
    entries: Sequence[nodes.Entry], objects: Mapping[int, str | None], depth: int = 0
) -> list[Code]:
    """The content that entries are: variables of objects, dicts of options, and entries as Nix.

    `objects` has the variables by the identity of the entries that they stand for; None for an
    entry that says more of an object that is named elsewhere.
    """
    items: list[Code] = []
    options: list[tuple[str, Code]] = []
    for entry in entries:
        if id(entry) in objects:
            variable = objects[id(entry)]
            if variable is not None:
                items += [*_dict(options), _object(entry, variable, depth)]
            continue
        if depth == 0 and options and _begins_apart(entry):
            items += _dict(options)
        apart = not options and bool(items) and _is_no_nix(items[-1])
        made = _option(entry, objects, depth, apart=apart)
        if made is None:
            items += [*_dict(options), _raw_entry(entry)]
            continue
        if any(made[0] == key for key, _ in options):
            items += _dict(options)
        options.append(made)
    return items + _dict(options)


def _object(entry: nodes.Entry, variable: str, depth: int) -> Code:
    """An object in a content; one of `config.<its place>` stays in the set `config`."""
    if depth == 0 and is_config(entry):
        return mapping([("config", call("Entries", content=listed([variable])))])
    return variable


def _begins_apart(entry: nodes.Entry) -> bool:
    return isinstance((*first_token(entry).leading, None)[0], nodes.BlankLine)


def _is_no_nix(item: Code) -> bool:
    """Whether an item is an object or a dict: a dict after it has a blank line before it."""
    return isinstance(item, str) or item.open == "{"


def says_more_than_nix(content: Sequence[Code]) -> bool:
    """Whether there is anything in a content but entries as Nix."""
    return any(map(_is_no_nix, content))


def is_config(entry: nodes.Entry) -> bool:
    """Whether an entry is of a module's `config`, the set of all options."""
    if not isinstance(entry, nodes.Binding) or not is_static(entry.path.names[0]):
        return False
    return static_name(entry.path.names[0]) == "config"


def _dict(options: list[tuple[str, Code]]) -> list[Code]:
    """The options collected so far as a dict, if there are any; the list is emptied."""
    made: list[Code] = [mapping(options.copy())] if options else []
    options.clear()
    return made


def _option(
    entry: nodes.Entry, objects: Mapping[int, str | None], depth: int, *, apart: bool
) -> tuple[str, Code] | None:
    """A key of a dict and its value; None where the entry has no place in one.

    `apart` says that a blank line comes before it anyway.
    """
    if not is_key(entry):
        return None
    dotted, notes = dotted_of(entry.path), notes_of(first_token(entry).leading)
    assert dotted is not None
    assert notes is not None
    if apart and notes[:1] == [""]:
        notes = notes[1:]
    code = _value(entry.value, objects, depth)
    after = entry.semicolon.trailing
    remark = None if after is None else quoted(after.text.removeprefix(" "))
    if notes or remark:
        code = call("Option", value=code, notes=texts(notes), remark=remark)
    return dotted, code


def _raw_entry(entry: nodes.Entry) -> Code:
    blank = "\n" if _begins_apart(entry) else ""
    text = print_file(nodes.File(entry))  # type: ignore[arg-type]  # an entry by itself prints, too
    return call("nix.raw_entry", lines_of(blank + text.removesuffix("\n")))


def code_of(node: nodes.Expression) -> Code:
    """An expression that is no option's set: data, a short form, or raw Nix."""
    made = None if _has_comments(node) or _is_deep(node) else _short(node)
    return made or call("nix.raw", lines_of(print_expression(node)))


def _value(node: nodes.Expression, objects: Mapping[int, str | None], depth: int) -> Code:
    if not isinstance(node, nodes.AttributeSet) or not node.entries or node.recursive:
        return code_of(node)
    content = content_of(node.entries, objects, depth + 1) if is_open(node, depth) else []
    taken = any(id(entry) in objects for entry in node.entries)
    if not taken and not says_more_than_nix(content):
        return call("nix.raw", lines_of(print_expression(node)))
    last = notes_of(node.close.leading)
    if not last and len(content) == 1 and isinstance(content[0], Group) and content[0].open == "{":
        return content[0]
    return call("Entries", content=listed(content), last_notes=texts(last or []))


def _has_comments(node: nodes.Node) -> bool:
    return any(map(has_trivia, tokens(node)))


def _is_deep(node: nodes.Node) -> bool:
    level = [node]
    for _ in range(DEEP):
        level = [child for each in level for child in children(each)]
    return bool(level)


def _short(node: nodes.Expression) -> Code | None:
    """Data, and what has a short form in Python."""
    try:
        value = to_python(node)
    except NotDataError:
        return _expression(node)
    has_path = any(isinstance(each, nodes.Path) for each in walk(node))
    if not has_path and build.node(value) == node:
        return literal(value)
    if isinstance(node, nodes.IndentedString) and "\t" not in value:  # which would be escaped
        made = build.indented(value)
        if without_indentation(made) == without_indentation(node):
            return call("nix.indented", lines_of(value))
    return _expression(node)


def _expression(node: nodes.Expression) -> Code | None:
    """What is no data, and has a short form all the same."""
    match node:
        case nodes.List(items):
            return listed([code_of(each) for each in items])
        case nodes.Identifier(name) if is_identifier(name):
            return call("nix.ref", quoted(name))
        case nodes.Select(nodes.Identifier(name), path, None) if dotted_of(path):
            text = f"{name}.{dotted_of(path)}"
            if build.ref(text) == node:
                return call("nix.ref", quoted(text))
        case nodes.With(nodes.Identifier("pkgs"), nodes.List(items)):
            names = [print_expression(each) for each in items]
            if names and all(map(_SIMPLE.fullmatch, names)) and build.with_pkgs(*names) == node:
                return call("nix.with_pkgs", *map(quoted, names))
        case nodes.Apply(nodes.Select() as function, argument):
            helper = _PRIORITIES.get(print_expression(function))
            inner = argument.expression if isinstance(argument, nodes.Parentheses) else argument
            if helper is not None and build.operand(inner) == argument:
                return call(helper, code_of(inner))
    return None
