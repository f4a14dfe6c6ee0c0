"""A host that fetches secrets with nixgen's own script, from a real server.

The script runs as on a NixOS host: with bash, curl and jq, in the environment that its unit has,
and nothing else. Only systemctl is a stand-in, which notes what it is asked: tests have no systemd.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openbao as bao
import programs
import pytest

SCRIPT = programs.ROOT / "nixgen" / "emit" / "modules" / "fetch-secret.sh"
# What writeShellApplication of nixpkgs puts before the text; all programs are in one folder here.
PREAMBLE = """\
#!/bin/bash
set -o errexit
set -o nounset
set -o pipefail

export PATH="/usr/bin:$PATH"

"""
USED = (
    *("basename", "bash", "cat", "chmod", "chown", "cmp", "curl", "date", "dirname", "flock", "id"),
    *("jq", "mv", "rm", "sleep", "stat"),
)
"""All programs that the script may run besides systemctl: the packages in the unit's PATH."""


@dataclass(frozen=True)
class Result:
    """How a run ended: the exit status, what it said, and the units that it had restarted."""

    status: int
    said: str
    restarted: Sequence[str]


@dataclass
class Machine:
    """A host: its AppRole's credentials, and folders for programs, secrets and cached copies."""

    folder: Path
    vault: bao.Client
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.programs = self.folder / "bin"
        self.secrets = self.folder / "secrets"
        self.cache = self.folder / "cache"
        for each in (self.programs, self.secrets, self.cache):
            each.mkdir()
        for name in USED:
            (self.programs / name).symlink_to(programs.real_program(name))
        self.restarts = self.folder / "restarts"
        systemctl = self.programs / "systemctl"
        systemctl.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{self.restarts}\n')
        systemctl.chmod(0o755)
        self.output = self.secrets / "token"
        self.cached = self.cache / "token"
        self.settings = {
            "PATH": str(self.programs),
            "VAULT_ADDR": self.vault.address,
            "VAULT_CACERT": "",
            "VAULT_NAMESPACE": self.vault.namespace,
            "APPROLE_MOUNT": "approle",
            "ROLE_ID_FILE": str(self.folder / "role-id"),
            "SECRET_ID_FILE": str(self.folder / "secret-id"),
            "KV_MOUNT": "secret",
            "SECRET_PATH": "hosts/web1/token",
            "EXTRACT_KEY": "token",
            "FORMAT": "raw",
            "ENV_VAR": "",
            "OUTPUT": str(self.output),
            "MODE": "0400",
            "OWNER": str(os.geteuid()),
            "GROUP": str(os.getegid()),
            "CACHED_COPY": str(self.cached),
            "ALLOW_CACHED": "0",
            "SERVICES": "",
            **self.settings,
        }

    def give_credentials(self, role: bao.AppRole, end: str = "\n") -> None:
        """Puts the AppRole's credentials where the script reads them."""
        self.role_id, self.secret_id = role.role_id, role.secret_id()
        (self.folder / "role-id").write_text(self.role_id + end)
        (self.folder / "secret-id").write_text(self.secret_id + end)

    def store(self, data: object, path: str = "hosts/web1/token") -> None:
        """Writes a secret's data into the server."""
        self.vault.write(f"secret/data/{path}", {"data": data})

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        """The script, under way, in a process group of its own."""
        return subprocess.Popen(
            [self.programs / "bash", SCRIPT, *arguments],
            env=self.settings | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finish(self, process: subprocess.Popen[str]) -> Result:
        """Waits for its end. Nothing is ever printed on standard output."""
        try:
            out, said = process.communicate(timeout=programs.TIME_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        assert out == ""
        return Result(process.returncode, said, self._restarted())

    def fetch(self, *arguments: str, **settings: str) -> Result:
        """Runs the script to its end."""
        return self.finish(self.start(*arguments, **settings))

    def wait_until_said(self, process: subprocess.Popen[str], words: str) -> None:
        """Reads what a script under way says, until it says the words."""
        assert process.stderr is not None
        deadline = time.monotonic() + programs.TIME_LIMIT
        for line in process.stderr:
            if words in line:
                return
            assert time.monotonic() < deadline
        pytest.fail(f"the script ended without saying {words!r}")

    @property
    def files(self) -> list[str]:
        """The names of all files in the folder of secrets."""
        return sorted(each.name for each in self.secrets.iterdir())

    def _restarted(self) -> Sequence[str]:
        if not self.restarts.exists():
            return ()
        asked = self.restarts.read_text().splitlines()
        self.restarts.unlink()
        return tuple(each.removeprefix("try-restart --no-block -- ") for each in asked)


READ_ONLY = 'path "secret/data/hosts/web1/*" { capabilities = ["read"] }'


def machine_of(folder: Path, client: bao.Client, **settings: str) -> Machine:
    """A host with an AppRole that may read the secrets of hosts/web1, and one secret there."""
    client.mount_kv("secret")
    client.mount_approle("approle")
    made = Machine(folder, client, settings)
    made.give_credentials(client.approle("web1", READ_ONLY))
    made.store({"token": "s3cret-value"})
    return made
