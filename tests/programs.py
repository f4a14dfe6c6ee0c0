"""The real programs that tests run, and how to ask them; `conftest.py` makes fixtures of them.

A program is looked for in `.tools/bin`, where `make tools` installs it, then on PATH. A test whose
program is missing skips with the reason; with `CI=true` it fails.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "bin"
PROVIDERS = ROOT / ".tools" / "providers"  # of OpenTofu; `make tools` installs them
TIME_LIMIT = 300.0  # seconds; far more than any test needs, so only a hang meets it
END_LIMIT = 60.0  # seconds until a server that was asked to end is killed


def real_program(name: str) -> Path:
    """The path of a real program; skips the test, or fails it with CI=true, where it is missing."""
    found = shutil.which(name, path=os.pathsep.join([str(TOOLS), os.environ.get("PATH", "")]))
    if found is None:
        missing(f"{name} is neither in .tools/bin nor on PATH; `make tools` installs it")
    return Path(found)


def tofu_with_provider() -> Path:
    """The path of OpenTofu where the Vault provider is installed too; skips or fails likewise."""
    if not any(PROVIDERS.glob("*/hashicorp/vault/*/*/terraform-provider-vault*")):
        missing("the Vault provider is not in .tools/providers; `make tools` installs it")
    return real_program("tofu")


def missing(reason: str) -> NoReturn:
    """Skips the test; fails it with CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def nix_environment() -> dict[str, str]:
    """An environment in which Nix evaluates with no store, daemon, channel or user settings."""
    unset = {name for name in os.environ if name.startswith("NIX_")}
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return kept | {"NIX_REMOTE": "dummy://", "NIX_PATH": "", "NIX_CONF_DIR": os.devnull}


def tofu_environment() -> dict[str, str]:
    """An environment in which OpenTofu reads no user's configuration and asks no network.

    `tofu init` looks for providers in `.tools/providers` alone, and none finds the user's Vault.
    """
    others = ("TF_", "VAULT_", "BAO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return kept | {
        "TF_CLI_CONFIG_FILE": os.devnull,
        "TF_CLI_ARGS_init": f"-plugin-dir={shlex.quote(str(PROVIDERS))}",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
        "NO_COLOR": "1",
    }


def run(
    command: Sequence[str | Path],
    *,
    text: str = "",
    cwd: Path | None = None,
    environment: dict[str, str] | None = None,
) -> str:
    """What a program prints on standard output, given `text`; fails the test where it fails."""
    done = subprocess.run(
        command,
        input=text.encode(),
        cwd=cwd,
        env=environment,
        capture_output=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    if done.returncode != 0:
        shown = " ".join(str(part) for part in command[:4])
        pytest.fail(f"{shown}: exit status {done.returncode}\n{done.stderr.decode()[-4000:]}")
    return done.stdout.decode()


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a server that runs, kindly at first."""
    process.terminate()
    try:
        process.wait(timeout=END_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def eval_nix(expression: str) -> Any:
    """The value of a Nix expression, evaluated strictly by Nix and read back from its JSON.

    One process a call (some 40 ms): many cases go in one list, `[ (case 1) (case 2) ]`.
    The text goes by standard input, so it may be long; paths in it have to be absolute. JSON has no
    functions, and no way to tell a path from a string.
    """
    program = real_program("nix-instantiate")
    command = [program, "--eval", "--strict", "--json", "-"]
    return json.loads(run(command, text=expression, environment=nix_environment()))


def parses_as_nix(text: str) -> str:
    """Nix's own print of a text that it parses; fails the test where it does not parse."""
    program = real_program("nix-instantiate")
    return run([program, "--parse", "-"], text=text, environment=nix_environment())


def nixfmt_text(text: str) -> str:
    """A Nix text as nixfmt lays it out; for many files run nixfmt once over a folder instead."""
    return run([real_program("nixfmt"), "-"], text=text)


def tofu_fmt_text(text: str) -> str:
    """An HCL text as `tofu fmt` lays it out."""
    return run_tofu("fmt", "-", text=text)


def run_tofu(
    *arguments: str, text: str = "", folder: Path | None = None, **environment: str
) -> str:
    """What `tofu` prints for the arguments, in a folder, on its own and not the user's settings."""
    command = [real_program("tofu"), *arguments]
    return run(command, text=text, cwd=folder, environment=tofu_environment() | environment)


def eval_tofu(expression: str, folder: Path) -> Any:
    """The value of a Terraform expression in a folder's module, read back from JSON.

    The expression is one line. No provider is needed where the module declares none. The value goes
    through base64, since `tofu console` quotes as Go does, not as JSON; OpenTofu itself turns every
    string into Unicode's form NFC.
    """
    printed = run_tofu("console", text=f"base64encode(jsonencode({expression}))\n", folder=folder)
    return json.loads(base64.b64decode(json.loads(printed)))


def nixfmt_texts(texts: Sequence[str], folder: Path, *, width: int = 100) -> list[str | None]:
    """Many Nix texts as nixfmt lays them out, by one process; None for those it refuses."""
    paths = [folder / f"{number}.nix" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(text.encode())
    command = [real_program("nixfmt"), "-w", str(width), "--message-format=json", str(folder)]
    done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False)
    refused = set(re.findall(r"\d+\.nix", (done.stdout + done.stderr).decode()))
    return [None if path.name in refused else path.read_bytes().decode() for path in paths]
