"""What `nixgen` exports is what it says, for people, for type checkers and at run time."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import nixgen
from nixgen.exports import HOME_OF


def test_every_exported_name_is_there() -> None:
    """Each name of `__all__` can be imported, and comes from where the table says."""
    assert sorted(HOME_OF) == nixgen.__all__
    for name in nixgen.__all__:
        assert getattr(nixgen, name) is not None


def test_every_exported_name_is_documented() -> None:
    """The module's docstring names all that it exports, but for the errors' own hierarchy."""
    import nixgen.errors

    documented = f"{nixgen.__doc__}{nixgen.errors.__doc__}"
    assert not [name for name in nixgen.__all__ if name not in documented]


def test_type_checkers_see_the_same_names(root: Path) -> None:
    """Editors complete and check what is loaded lazily."""
    tree = ast.parse((root / "nixgen/__init__.py").read_text())
    (checking,) = (node for node in tree.body if isinstance(node, ast.If))
    imported = {
        alias.name: str(node.module)
        for node in checking.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == HOME_OF


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as it does in any module."""
    assert not hasattr(nixgen, "Hots")


def test_importing_nixgen_loads_next_to_nothing() -> None:
    """A script pays for what it uses: the import alone loads no library."""
    program = (
        "import sys; before = set(sys.modules); import nixgen; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded <= {"nixgen", "importlib", "warnings", "__future__"}
