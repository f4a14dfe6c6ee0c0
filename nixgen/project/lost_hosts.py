"""Hosts that a file makes and that no name holds in the end: nothing is left out without a word.

What a file does is seen in its names after it ran. A host that was made and given up before is
seen in its syntax tree only; that is looked at where the text has a loop, a call of Host that is a
statement of its own, or two assignments to one name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import FunctionType, GeneratorType
from typing import Any

from nixgen.diagnostic import Diagnostic, Location, Related
from nixgen.model.host import Host
from nixgen.project.syntax_tree import syntax_tree

MODULE_PREFIX = "nixgen_hosts."
"""What the names of the files' modules begin with."""

_USUAL = "assign it to a name, host = Host(...); shared parts belong in a file that begins with _"
_SUSPECT = re.compile(rb"\n(?:for|while|Host|nixgen)\b")


def no_host(file: Path, names: Mapping[str, Any]) -> Diagnostic:
    """That a file which ran has no host, and why, as far as its names tell."""
    reasons = (_reason(name, value) for name, value in names.items() if name != "__builtins__")
    return Diagnostic(
        summary=f"{file.name} describes no host",
        location=Location(str(file)),
        help=next(filter(None, reasons), _USUAL),
    )


def _reason(name: str, value: Any) -> str | None:
    """Why this name holds none, where one may have been meant."""
    match value:
        case Host():
            return f"names that begin with _ are not looked at: {name.lstrip('_')} = Host(...)"
        case type() if value is Host and name != "Host":
            return f"{name!r} is the class itself: call it, {name} = Host(name=..., release=...)"
        case GeneratorType():
            return f"{name!r} is a generator: make a list of it, {name} = [...]"
        case FunctionType(__module__=str(module)) if module.startswith(MODULE_PREFIX):
            return f"the function {name!r} makes one only when it is called: host = {name}()"
    return None


def lost_hosts(source: bytes, file: Path, names: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """The hosts that no name ever held, and those whose name holds another one, with nothing that
    used them in between.
    """
    held = [each for each, value in names.items() if isinstance(value, Host) and each[0] != "_"]
    if not _SUSPECT.search(source) and not any(_assigned_twice(each, source) for each in held):
        return
    module = syntax_tree(source)
    yield from _unnamed(module, file)
    for name in held:
        if not any(_reads(each, name) for each in ast.walk(module) if _runs_later(each)):
            yield from _lost(module.body, name, file, names[name])


def _unnamed(module: ast.Module, file: Path) -> Iterator[Diagnostic]:
    for statement in module.body:
        match statement:
            case ast.Expr(ast.Call(ast.Name("Host") | ast.Attribute(ast.Name("nixgen"), "Host"))):
                yield Diagnostic(
                    summary="no name holds the host of this line, so it is lost",
                    location=Location(str(file), statement.lineno),
                    help="assign it to a name of its own: web2 = Host(...)",
                )


def _assigned_twice(name: str, source: bytes) -> bool:
    return (b"\n" + source).count(f"\n{name} =".encode()) > 1


def _lost(body: list[ast.stmt], name: str, file: Path, last: Host) -> Iterator[Diagnostic]:
    """What is lost in the statements of a module."""
    unused: ast.Assign | None = None  # that gave the name a host
    for statement in body:
        if (given := _assignment(statement, name)) is not None:
            if unused is not None and not _reads(given.value, name) and _same_call(unused, given):
                yield _overwritten(unused, given, name, file)
            unused = given
        else:
            unused = None if _mentions(statement, name) else unused
            if isinstance(statement, ast.For | ast.While):
                yield from _lost_in_loop(statement, name, file, last)


def _lost_in_loop(
    loop: ast.For | ast.While, name: str, file: Path, last: Host
) -> Iterator[Diagnostic]:
    inside = list(ast.walk(loop))
    given = [found for each in inside if (found := _assignment(each, name)) is not None]
    if given and not _reads(loop, name) and not any(isinstance(each, ast.Break) for each in inside):
        yield Diagnostic(
            summary=f"each pass of the loop gives {name!r} another host, and only the last one is "
            f"kept, {last.name!r}",
            location=Location(str(file), given[0].lineno),
            help=f"keep all of them in a list: {name}s = [Host(...) for ... in ...]\n"
            "where the loop looks for one, end it there: `break`",
        )


def _overwritten(first: ast.Assign, second: ast.Assign, name: str, file: Path) -> Diagnostic:
    return Diagnostic(
        summary=f"the host that {name!r} holds here is lost",
        location=Location(str(file), first.lineno),
        related=(Related(Location(str(file), second.lineno), f"here {name!r} gets another one"),),
        help="give each host a name of its own, or put all of them into a list",
    )


def _assignment(node: ast.AST, name: str) -> ast.Assign | None:
    """The node, if it gives the name, and it alone, what a call returns."""
    match node:
        case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call()) if target == name:
            return node
    return None


def _same_call(first: ast.Assign, second: ast.Assign) -> bool:
    """Whether both call the same function: what the second one made is a host."""
    calls = [each.value for each in (first, second)]
    one, other = [ast.dump(each.func) for each in calls if isinstance(each, ast.Call)]
    return one == other


def _runs_later(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def _reads(node: ast.AST, name: str) -> bool:
    return any(isinstance(each.ctx, ast.Load) for each in _uses(node, name))


def _mentions(node: ast.AST, name: str) -> bool:
    return any(True for _ in _uses(node, name))


def _uses(node: ast.AST, name: str) -> Iterable[ast.Name]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id == name)
