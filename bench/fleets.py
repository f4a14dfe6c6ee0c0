"""Synthetic fleets, as hosts/ for nixgen and as data for the template.

Every host has a native runner with its token; names, ports of the display and variables differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

PACKAGES = ("bash", "coreutils", "curl", "gawk", "git", "gnused", "nodejs", "wget", "nix")
URL = "https://forge.example"

HOSTS = '''"""A synthetic fleet of {count} hosts."""

from nixgen import (
    Host,
    NativeRunner,
    RunnerCache,
    TerraformVariable,
    UserScope,
    VaultSecret,
)

PACKAGES = {packages!r}


def host(number: int) -> Host:
    name = f"host{{number:05}}"
    token = VaultSecret(
        name="runner-token",
        key="token",
        terraform=TerraformVariable(
            name=f"{{name}}_runner_token",
            description=f"Runner token of {{name}}",
            default="PLACEHOLDER",
        ),
        notes=["The runner's token"],
    )
    runner = NativeRunner(
        name="actions-native",
        url={url!r},
        token=token,
        labels=["native-nix:host"],
        scope=UserScope(user="alice"),
        capacity=1 + number % 8,
        cache=RunnerCache(),
        host_packages=PACKAGES,
        notes=[f"Native runner of {{name}}"],
    )
    return Host(name=name, release="25.11", secrets=[token], runners=[runner])


hosts = [host(number) for number in range({count})]
'''


def write_project(folder: Path, count: int) -> None:
    """A project with `count` hosts, all made by one file."""
    hosts = folder / "hosts"
    hosts.mkdir(parents=True)
    (folder / "nixgen.toml").write_text("")
    text = HOSTS.format(count=count, packages=PACKAGES, url=URL)
    (hosts / "fleet.py").write_text(text)


def as_data(count: int) -> list[dict[str, Any]]:
    """The same hosts as plain data."""
    return [
        {
            "name": f"host{number:05}",
            "url": URL,
            "capacity": 1 + number % 8,
            "packages": PACKAGES,
        }
        for number in range(count)
    ]
