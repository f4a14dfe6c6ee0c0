"""NixOS modules, evaluated by Nix: what a host's configuration is, or why it is refused.

`tests/modules/eval-modules.nix` is a small evaluator of modules, `nixos.nix` declares the options
that nixgen's modules use, with the types that NixOS has.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import programs

HERE = Path(__file__).resolve().parent / "modules"
MODULE = programs.ROOT / "nixgen" / "emit" / "modules" / "vault-secrets.nix"


def host(*modules: str | Path) -> str:
    """An expression for the configuration of a host: its modules, as texts or files."""
    return f"(import {HERE}/host.nix [ {' '.join(map(_module, modules))} ]).config"


def with_secrets(*settings: str) -> str:
    """An expression for a host that has nixgen's module, and settings, each text a set's inside."""
    address = f'{{ lib, ... }}: {{ vault.address = lib.mkDefault "{ADDRESS}"; }}'
    return host(MODULE, address, *(f"{{ {text} }}" for text in settings))


ADDRESS = "https://vault.example:8200"


def evaluate(expression: str) -> Any:
    """The value of an expression; many go into one list."""
    return programs.eval_nix(expression)


def refusal(expression: str) -> str:
    """Why Nix refuses an expression."""
    program = programs.real_program("nix-instantiate")
    done = subprocess.run(
        [program, "--eval", "--strict", "--json", "-"],
        input=expression,
        env=programs.nix_environment(),
        capture_output=True,
        text=True,
        timeout=programs.TIME_LIMIT,
        check=False,
    )
    assert done.returncode != 0, done.stdout
    return done.stderr


def unit_text(unit: Mapping[str, Any]) -> str:
    """A service or timer as the file that NixOS writes (nixpkgs, nixos/lib/systemd-lib.nix)."""
    lines = ["[Unit]", f"Description={unit['description']}"]
    for option, directive in (("wants", "Wants"), ("after", "After"), ("before", "Before")):
        lines += [f"{directive}={' '.join(unit[option])}"] if unit[option] else []
    section = "Service" if "serviceConfig" in unit else "Timer"
    lines.append(f"[{section}]")
    for name, value in unit.get("environment", {}).items():
        lines.append(f"Environment={json.dumps(f'{name}={value}')}")
    for directive, value in unit[f"{section.lower()}Config"].items():
        lines += [f"{directive}={_setting(each)}" for each in _listed(value)]
    return "\n".join([*lines, ""])


def _module(module: str | Path) -> str:
    return str(module) if isinstance(module, Path) else f"({module})"


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _setting(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
