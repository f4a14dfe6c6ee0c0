#!/usr/bin/env python3
"""Installs the real programs that nixgen's tests run: nixfmt, OpenTofu and Nix.

Each is installed only if missing at its pinned version: nixfmt and OpenTofu are built from source
into `.tools/bin`, which git ignores; Nix comes from Debian's package `nix-bin`, which needs root.
What cannot be installed is named with the reason, and its tests skip; with `CI=true` they fail.
Only the standard library is used, so that any Python runs this.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

NIXFMT_VERSION = "0.5.3"  # of the crate nixfmt_rs, which writes what nixfmt 1.4.0 writes
TOFU_VERSION = "1.12.6"  # toolchain/tofu/go.mod requires the same

TOOLCHAIN = Path(__file__).resolve().parent
TOOLS = TOOLCHAIN.parent / ".tools"
BIN = TOOLS / "bin"


class MissingError(Exception):
    """A program that cannot be installed here; the message says what to do."""


def main() -> int:
    """Installs what is missing. Returns 1 if CI=true and something still is, else 0."""
    BIN.mkdir(parents=True, exist_ok=True)
    installers: dict[str, Callable[[], None]] = {
        "nixfmt": install_nixfmt,
        "tofu": install_tofu,
        "nix-instantiate": install_nix,
    }
    missing = 0
    for program, install in installers.items():
        try:
            install()
        except MissingError as error:
            missing += 1
            print(f"{program}: not installed, its tests will be skipped: {error}", file=sys.stderr)
    return 1 if missing and os.environ.get("CI") == "true" else 0


def install_nixfmt() -> None:
    """Builds nixfmt with cargo."""
    nixfmt = BIN / "nixfmt"
    if NIXFMT_VERSION in version_of(nixfmt, "--version"):
        return
    cargo = compiler("cargo", "install Rust with Cargo")
    crate = f"nixfmt_rs@{NIXFMT_VERSION}"
    run("nixfmt", [cargo, "install", "--quiet", "--locked", "--force", "--root", str(TOOLS), crate])


def install_tofu() -> None:
    """Builds OpenTofu with Go, from the module in toolchain/tofu."""
    tofu = BIN / "tofu"
    if f"v{TOFU_VERSION}\n" in version_of(tofu, "version"):
        return
    go = compiler("go", "install Go, at least the version in toolchain/tofu/go.mod")
    package = "github.com/opentofu/opentofu"
    flags = f"-s -w -X {package}/version.dev=no"
    command = [go, "build", "-trimpath", "-ldflags", flags, "-o", str(tofu), f"{package}/cmd/tofu"]
    run("tofu", command, cwd=TOOLCHAIN / "tofu", CGO_ENABLED="0")


def install_nix() -> None:
    """Installs Debian's Nix, unless some Nix is on PATH already."""
    if shutil.which("nix-instantiate"):
        return
    apt = shutil.which("apt-get")
    if apt is None:
        raise MissingError("install Nix, so that nix-instantiate is on PATH")
    if os.geteuid() != 0:
        raise MissingError("it is a system package; as root: apt-get install nix-bin")
    run("nix-instantiate", [apt, "update", "--quiet=2"])
    install = [apt, "install", "--quiet=2", "--yes", "--no-install-recommends", "nix-bin"]
    run("nix-instantiate", install, DEBIAN_FRONTEND="noninteractive")


def version_of(program: Path, flag: str) -> str:
    """What a program prints about its version; nothing where it is absent or does not run."""
    if not program.exists():
        return ""
    try:
        return subprocess.run(
            [program, flag], capture_output=True, text=True, timeout=60, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def compiler(name: str, advice: str) -> str:
    """The path of a compiler on PATH."""
    path = shutil.which(name)
    if path is None:
        raise MissingError(f"{name} is not on PATH; {advice}")
    return path


def run(program: str, command: list[str], cwd: Path | None = None, **environment: str) -> None:
    """Runs a step of an installation, its output shown only when it fails."""
    print(f"{program}: {' '.join(command)}", flush=True)
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise MissingError(f"exit status {done.returncode} from {command[0]}\n{done.stdout}")


if __name__ == "__main__":
    sys.exit(main())
