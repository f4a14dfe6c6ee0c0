"""A project whose Terraform folder is applied to a real server.

    project = Project(tmp_path, vault)
    project.write("web.py", HOST)
    project.build()
    project.give(runner_token="s3cret")     # terraform.tfvars
    project.init()
    changes = project.plan()                # {address: ("create",), ...}
    project.apply()                         # what the plan said, and nothing else

Each step is a process, as a person runs it: `python -m nixgen`, then `tofu`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from openbao import Client
from programs import ROOT, run, run_tofu

PLAN = "saved.tfplan"
Changes = dict[str, tuple[str, ...]]


class Project:
    """A folder with `hosts/`, built to `build/`, for a server that a client may set up."""

    def __init__(self, folder: Path, vault: Client) -> None:
        self.folder = folder
        self.terraform = folder / "build" / "terraform" / "vault"
        self._vault = vault
        (folder / "hosts").mkdir(parents=True)
        (folder / "nixgen.toml").write_text("")

    def write(self, name: str, text: str) -> None:
        """Writes a file of `hosts/`."""
        (self.folder / "hosts" / name).write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replaces a text that is once in a file of `hosts/`."""
        place = self.folder / "hosts" / name
        text = place.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
        place.write_text(text.replace(old, new), encoding="utf-8")

    def nixgen(self, *arguments: str) -> str:
        """What the command prints."""
        here = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "nixgen", *arguments]
        return run(command, cwd=self.folder, environment=here)

    def build(self) -> str:
        """Writes the files of the hosts; what the command prints."""
        return self.nixgen("build")

    def give(self, **values: str) -> None:
        """Writes the values of variables, each a string without quotes, to `terraform.tfvars`."""
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in values.items()]
        (self.terraform / "terraform.tfvars").write_text("".join(lines), encoding="utf-8")

    def tofu(self, *arguments: str) -> str:
        """What OpenTofu prints in the Terraform folder, given the server and the token."""
        verb, *rest = arguments
        environment = self._vault.environment()
        return run_tofu(verb, "-no-color", *rest, folder=self.terraform, **environment)

    def init(self) -> None:
        """Initialises the Terraform folder, and has it validated."""
        self.tofu("init")
        self.tofu("validate")

    def plan(self) -> Changes:
        """What `apply` will do: the actions of each resource that it touches.

        Outputs are left out. A resource that only moves has the action "move".
        """
        self.tofu("plan", f"-out={PLAN}")
        shown = json.loads(self.tofu("show", "-json", PLAN))
        changes: Changes = {}
        for each in shown.get("resource_changes", []):
            actions = tuple(each["change"]["actions"])
            if actions == ("no-op",):
                actions = ("move",) if "previous_address" in each else ()
            if actions and each["mode"] == "managed":
                changes[each["address"]] = actions
        return changes

    def apply(self) -> None:
        """Does what the last plan said."""
        self.tofu("apply", PLAN)

    def outputs(self) -> dict[str, Any]:
        """The values of the folder's outputs."""
        shown = json.loads(self.tofu("output", "-json"))
        return {name: output["value"] for name, output in shown.items()}

    @property
    def state(self) -> str:
        """The text of Terraform's state."""
        return (self.terraform / "terraform.tfstate").read_text(encoding="utf-8")


MANY = '''\
"""A fleet of {hosts} hosts with {each} secrets each, every other one given by a person."""

from nixgen import Generated, Host, TerraformVariable, Vault, VaultSecret

VAULT = Vault({settings})


def secret(host, number):
    how = TerraformVariable(name=f"{{host}}_{{number}}") if number % 2 else Generated(length=32)
    return VaultSecret(name=f"secret-{{number}}", key="value", terraform=how)


def host(name):
    secrets = [secret(name, number) for number in range({each})]
    return Host(name=name, release="25.11", secrets=secrets, vault=VAULT)


hosts = [host(f"host{{number:02}}") for number in range({hosts})]
'''


def write_many(project: Project, hosts: int, each: int, settings: str = "standalone=True") -> None:
    """Writes `hosts/` with so many hosts, and so many secrets each."""
    project.write("fleet.py", MANY.format(hosts=hosts, each=each, settings=settings))


def give_many(project: Project, hosts: int, each: int, **others: str) -> None:
    """Gives the secrets their values, `value of VARIABLE` where nothing else is said."""
    names = [f"host{host:02}_{number}" for host in range(hosts) for number in range(1, each, 2)]
    project.give(**{name: f"value of {name}" for name in names} | others)
