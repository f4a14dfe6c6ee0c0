"""Hosts that a file makes and that nothing holds in the end: none is left out without a word.

Which hosts were given up is known from the run of the file; what is kept, in whatever way, is not
looked at. Some are given up on purpose, as one that another is made from. So the file's syntax tree
has to show that one is lost: its statement does nothing but make it, or its name got another host,
with nothing that used the first one in between.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from types import FunctionType, GeneratorType, ModuleType
from typing import Any, TypeAlias

from nixgen.diagnostic import Diagnostic, Location, Related
from nixgen.model.base import Made
from nixgen.model.host import Host
from nixgen.project.syntax_tree import syntax_tree

MODULE_PREFIX = "nixgen_hosts."
"""What the names of the files' modules begin with."""

_USUAL = "assign it to a name, host = Host(...); shared parts belong in a file that begins with _"

_Statement: TypeAlias = ast.Expr | ast.Assign | ast.AnnAssign
_Loop: TypeAlias = ast.For | ast.While


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


def lost_hosts(
    source: bytes, file: Path, names: Mapping[str, Any], made: Sequence[Made]
) -> Iterator[Diagnostic]:
    """What is lost of that which was `made` in the run of a file, and left these names."""
    given_up = _given_up(made, str(file))
    if not given_up:
        return
    module = syntax_tree(source)
    reads = _Reads(module)
    found: list[Diagnostic] = []
    next_of: dict[str, _Statement] = {}  # by a name, the statement after this one that gives it
    for statement, loop in reversed(list(_statements(module))):
        lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        count = sum(given_up[line] for line in lines)
        if count and isinstance(statement, ast.Expr) and _only_makes(statement.value, names):
            found.append(_unnamed(statement, file))
        for name in _targets(statement):
            if count and isinstance(last := names.get(name), Host):
                following = next_of.get(name)
                used = following is not None and reads.between(name, statement, following)
                if loop is not None:
                    # What stands after the loop uses only the host of its last pass.
                    if count > used and not reads.within(name, loop):
                        found.append(_lost_in_loop(name, last, statement, file))
                elif following is not None and not used:
                    found.append(_overwritten(name, statement, following, file))
            next_of[name] = statement
    yield from reversed(found)


def _given_up(made: Sequence[Made], file: str) -> Counter[int]:
    """How many hosts are gone, by the line of the file that made them.

    A line is there for the last host that it makes, and maybe makes others on the way, as a
    function does that returns a changed copy of one.
    """
    hosts = [
        each for each in made if issubclass(each.kind, Host) and each.origin.places[-1].file == file
    ]
    meant = {each.origin.places[-1].line: each.origin for each in hosts}
    gone = (each.origin for each in hosts if each.held() is None)
    lines = ((origin.places[-1].line, origin) for origin in gone)
    return Counter(line for line, origin in lines if origin == meant[line])


def _statements(module: ast.Module) -> Iterator[tuple[_Statement, _Loop | None]]:
    """What runs with a module, in the order of the text, with the outermost loop around it."""
    pending: list[tuple[ast.AST, _Loop | None]] = [(module, None)]
    while pending:
        node, loop = pending.pop()
        match node:
            case ast.Expr() | ast.Assign() | ast.AnnAssign():
                yield node, loop
            case ast.expr() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                pass
            case _:
                if loop is None and isinstance(node, ast.For | ast.While):
                    loop = node
                inside = reversed(list(ast.iter_child_nodes(node)))
                pending.extend((child, loop) for child in inside)


def _targets(statement: _Statement) -> Iterator[str]:
    """The names that a statement gives a value."""
    targets: Sequence[ast.expr] = ()
    match statement:
        case ast.Assign():
            targets = statement.targets
        case ast.AnnAssign(value=ast.expr()):
            targets = [statement.target]
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and _is_stored(node):
                yield node.id


class _Reads:
    """Where a module's names are read; what a function reads, it may read at any time."""

    def __init__(self, module: ast.Module) -> None:
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._later: set[str] = set()
        pending: list[tuple[ast.AST, Set[str] | None]] = [(module, None)]  # names of the function
        while pending:
            node, own = pending.pop()
            if isinstance(node, ast.Name) and not _is_stored(node):
                if own is None:
                    self._places[node.id].append((node.lineno, node.col_offset))
                elif node.id not in own:
                    self._later.add(node.id)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                own = _own_names(node) | (own or set())
            pending.extend((child, own) for child in ast.iter_child_nodes(node))
        for places in self._places.values():
            places.sort()

    def within(self, name: str, node: ast.stmt) -> bool:
        """Whether the name is read in a statement."""
        return self._any(name, (node.lineno, node.col_offset), _end(node))

    def between(self, name: str, node: ast.stmt, last: ast.stmt) -> bool:
        """Whether the name is read after a statement, in `last` at the latest."""
        return self._any(name, _end(node), _end(last))

    def _any(self, name: str, start: tuple[int, int], end: tuple[int, int]) -> bool:
        places = self._places[name]
        return name in self._later or bisect_left(places, start) < bisect_left(places, end)


def _own_names(function: ast.AST) -> Set[str]:
    nodes = list(ast.walk(function))
    given = {each.id for each in nodes if isinstance(each, ast.Name) and _is_stored(each)}
    arguments = {each.arg for each in nodes if isinstance(each, ast.arg)}
    shared = {name for each in nodes if isinstance(each, ast.Global) for name in each.names}
    return (given | arguments) - shared


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _end(node: ast.stmt) -> tuple[int, int]:
    return (node.end_lineno or node.lineno, node.end_col_offset or 0)


def _only_makes(value: ast.expr, names: Mapping[str, Any]) -> bool:
    """Whether it is a call of the class, or of a function that may return a host.

    What a function is given may be another host, which the function is there for.
    """
    if not isinstance(value, ast.Call):
        return False
    called = {
        node: _value(node.func, names) for node in ast.walk(value) if isinstance(node, ast.Call)
    }
    makers = [
        node
        for node, callee in called.items()
        if callee is Host or isinstance(callee, FunctionType)
    ]
    return called[value] is Host or makers == [value]


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """What a name, or a name in a module, stands for; None where it is written in another way."""
    match node:
        case ast.Name():
            return names.get(node.id)
        case ast.Attribute():
            owner = _value(node.value, names)
            return vars(owner).get(node.attr) if isinstance(owner, ModuleType) else None
    return None


def _unnamed(statement: ast.Expr, file: Path) -> Diagnostic:
    return Diagnostic(
        summary="no name holds the host of this line, so it is lost",
        location=Location(str(file), statement.lineno),
        help="assign it to a name of its own: web2 = Host(...)",
    )


def _lost_in_loop(name: str, last: Host, statement: ast.stmt, file: Path) -> Diagnostic:
    return Diagnostic(
        summary=f"each pass of the loop gives {name!r} another host, and only the last one is "
        f"kept, {last.name!r}",
        location=Location(str(file), statement.lineno),
        help=f"keep all of them in a list: {name}s = [Host(...) for ... in ...]\n"
        "where the loop looks for one, end it there: `break`",
    )


def _overwritten(name: str, first: ast.stmt, second: ast.stmt, file: Path) -> Diagnostic:
    return Diagnostic(
        summary=f"the host that {name!r} holds here is lost",
        location=Location(str(file), first.lineno),
        related=(Related(Location(str(file), second.lineno), f"here {name!r} gets another one"),),
        help="give each host a name of its own, or put all of them into a list",
    )
