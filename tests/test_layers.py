"""The layers of ARCHITECTURE.md, held by the imports of every module, and habits of all code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "nixgen"

BASICS = {"errors", "diagnostic", "version", "exports", "collector", "source", "node"}
LANGUAGES = {"nix", "hcl"}
READERS = {"emit", "audit", "live"}
# What each layer may import besides itself. `nixgen` is the package's own __init__, the public API.
MAY_IMPORT: dict[str, set[str]] = {
    "diagnostic": set(),
    "errors": {"diagnostic"},
    "version": set(),
    "exports": set(),
    "collector": set(),
    "node": set(),
    "source": {"diagnostic"},
    "external": BASICS,
    "layout": BASICS,
    "nix": BASICS | {"layout"},
    "hcl": BASICS | {"layout"},
    "model": BASICS | LANGUAGES,
    **{reader: BASICS | LANGUAGES | {"layout", "external", "model"} for reader in READERS},
    "project": BASICS | LANGUAGES | READERS | {"layout", "external", "model"},
    "report": BASICS | LANGUAGES | READERS | {"layout", "external", "model", "project"},
    "nixgen": BASICS | LANGUAGES | READERS | {"layout", "external", "model", "project"},
    "cli": BASICS
    | LANGUAGES
    | READERS
    | {"layout", "external", "model", "project", "report", "nixgen"},
    "__main__": {"cli"},
}
# Nodes and values are the model's vocabulary; how they are laid out is not its business.
PRINTERS = {"printing", "layout", "render"}

STARTS_PROCESSES = {"system", "popen", "fork", "posix_spawn", "posix_spawnp"}
ENDS_OR_PRINTS = {"sys.exit", "sys.stdout", "sys.stderr", "os._exit", "click.echo", "click.secho"}

PRINTS_OR_EXITS = {"print", "exit", "quit", "SystemExit"}

MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


def module_name(path: Path) -> str:
    """The dotted name of a module of the package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer(module: str) -> str:
    """The layer that a module belongs to: the part after `nixgen.`, or `nixgen` itself."""
    return module.split(".")[1] if "." in module else module


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The modules that a file imports with their lines, wherever in the file, typing included."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield node.lineno, full if is_module(full) else str(node.module)


def is_module(dotted: str) -> bool:
    """Whether a dotted name is a module of the package, not a name in one."""
    path = ROOT.joinpath(*dotted.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def own_imports(path: Path) -> Iterator[tuple[int, str]]:
    """The imports of our own modules."""
    return ((line, name) for line, name in imports(path) if name.split(".")[0] == "nixgen")


def shown(path: Path, line: int) -> str:
    """A place as `file:line`."""
    return f"{path.relative_to(ROOT)}:{line}"


def test_every_module_has_a_layer() -> None:
    """A contributor who adds a folder decides where it stands, here and in ARCHITECTURE.md."""
    unknown = {layer(module_name(path)) for path in MODULES} - MAY_IMPORT.keys()
    assert not unknown


def test_imports_point_downward() -> None:
    """A layer can be understood, tested and reused with nothing but the layers below it."""
    faults = []
    for path in MODULES:
        own = layer(module_name(path))
        for line, imported in own_imports(path):
            if layer(imported) not in MAY_IMPORT[own] | {own}:
                faults.append(f"{shown(path, line)}: {own} imports {imported}")
    assert not faults, "\n".join(faults)


def test_model_imports_no_printer() -> None:
    """The model stays free of layout, so a second printer or reader needs no change in it."""
    faults = [
        f"{shown(path, line)}: {imported}"
        for path in MODULES
        if layer(module_name(path)) == "model"
        for line, imported in own_imports(path)
        if PRINTERS & set(imported.split(".")[2:])
    ]
    assert not faults, "\n".join(faults)


def test_only_external_starts_processes() -> None:
    """Every program that nixgen starts has a time limit and a checked result, in one place."""
    faults = []
    for path in MODULES:
        if layer(module_name(path)) == "external":
            continue
        faults += [shown(path, line) for line, name in imports(path) if name == "subprocess"]
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os":
                name = node.attr
                if name in STARTS_PROCESSES or name.startswith(("exec", "spawn")):
                    faults.append(f"{shown(path, node.lineno)}: os.{name}")
    assert not faults, "\n".join(faults)


def test_only_the_command_prints_and_exits() -> None:
    """A script that uses the library keeps its own output and its own exit status."""
    faults = []
    for path in MODULES:
        if layer(module_name(path)) in {"cli", "__main__"}:
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ENDS_OR_PRINTS:
                if layer(module_name(path)) == "external" and node.attr == "_exit":
                    continue  # the end of a process that it has started
                faults.append(f"{shown(path, node.lineno)}: {ast.unparse(node)}")
            elif isinstance(node, ast.Call | ast.Raise):
                done = node.func if isinstance(node, ast.Call) else node.exc
                if isinstance(done, ast.Name) and done.id in PRINTS_OR_EXITS:
                    faults.append(f"{shown(path, node.lineno)}: {done.id}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_modules_say_what_they_are(path: Path) -> None:
    """A reader who opens a module learns from its first line what it is for."""
    assert ast.get_docstring(parsed(path))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_tests_say_what_users_rely_on(path: Path) -> None:
    """A failing test tells, in its docstring, what has been lost."""
    silent = [
        f"{shown(path, node.lineno)}: {node.name}"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(silent)
