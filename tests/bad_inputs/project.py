"""A mistake as the table has it, and the texts and folders that mistakes are made of.

The builders `host`, `secret` and `runner` write a call with one field after the other, so that a
case names only what is wrong in it; a field that is None is left out.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

from attrs import field, frozen

from nixgen.cli import main

LITERAL = "hunter2-9f3b1c77"
"""A secret's value. No message may repeat it."""


@frozen
class Case:
    """A mistake: files by their path, the command, and what happens before it."""

    files: dict[str, str] = field(factory=dict)
    command: str = "build"
    before: Callable[[Path], None] | None = None


def python(code: str, **more: str) -> Case:
    """`code` in hosts/web1.py, further files as `_parts="..."` for hosts/_parts.py."""
    files = {f"hosts/{name}.py": f"{text}\n" for name, text in more.items()}
    return Case({"hosts/web1.py": f"{code}\n", **files})


def call(name: str, fields: dict[str, str | None]) -> str:
    """`Name(` and each field on a line of its own."""
    lines = [f"    {key}={value}," for key, value in fields.items() if value is not None]
    return "\n".join([f"{name}(", *lines, ")"])


def host(before: str = "", **changes: str | None) -> str:
    """The text of a file with a host."""
    fields = {"name": '"web1"', "release": '"25.11"', **changes}
    return f"from nixgen import *\n\n{before}host = {call('Host', fields)}"


def secret(**changes: str | None) -> str:
    """The text of a file with a host that has a secret."""
    made = call("VaultSecret", {"name": '"database"', "key": '"password"', **changes})
    return host(f"database = {made}\n", secrets="[database]")


def runner(kind: str = "NativeRunner", **changes: str | None) -> str:
    """The text of a file with a host that has a runner and its token."""
    fields = {
        "name": '"builds"',
        "url": '"https://git.example.org"',
        "token": "token",
        "labels": '["native:host"]' if kind == "NativeRunner" else '["nix:docker://nix"]',
        "scope": "GlobalScope()",
        **changes,
    }
    token = 'token = VaultSecret(name="builds-token", key="token")\n'
    made = f"{token}runner = {call(kind, fields)}\n"
    return host(made, secrets="[token]", runners="[runner]")


FINE = {"hosts/web1.py": host(options='{"networking.domain": "example.org"}') + "\n"}


WRITTEN = "build/hosts/web1/options.nix"


def built(_: Path) -> None:
    """A build that worked."""
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        assert main(["build", "--formatter", "builtin"]) == 0


def edited(root: Path) -> None:
    """A generated file, changed by hand."""
    built(root)
    (root / WRITTEN).write_text('{ networking.domain = "by.hand"; }\n')
