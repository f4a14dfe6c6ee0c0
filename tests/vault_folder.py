"""The Terraform folder of a fleet, applied to a real server, as a user applies it.

    fleet = FleetFolder(tmp_path, vault)           # the fixture `vault`: a namespace of OpenBao
    fleet.write(Fleet(hosts=[...]), token="the value")
    fleet.apply()
    assert fleet.planned() == {}

`FleetFolder` builds objects in this process. `Project` has files in `hosts/`, and each step is a
process, as a person runs it:

    project = Project(tmp_path, vault)
    project.write("web.py", HOST)
    project.build()
    project.give(token="the value")
    project.apply()
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import openbao as bao
from programs import ROOT, run, run_tofu

from nixgen import Fleet, build, hcl
from nixgen.diagnostic import render_all
from nixgen.emit.shared import MOVED_FILE, VAULT_FOLDER

PLAN = "saved.tfplan"
Changes = dict[str, tuple[str, ...]]


class VaultFolder:
    """The Terraform folder in an output folder, and a server that it may set up.

    `shown` is all that OpenTofu has printed so far.
    """

    def __init__(self, output: Path, server: bao.Client) -> None:
        self.output = output
        self.terraform = output / VAULT_FOLDER
        self.server = server
        self.shown = ""

    def give(self, **values: Any) -> None:
        """Writes what a person puts into `terraform.tfvars`, and nothing else."""
        given = [hcl.Attribute(name, hcl.from_python(value)) for name, value in values.items()]
        text = hcl.print_file(hcl.File(tuple(given)))
        (self.terraform / "terraform.tfvars").write_text(text, encoding="utf-8")

    def planned(self) -> Changes:
        """What an apply would do: the actions for each resource and each output; none for {}.

        A resource that only moves has the action "move". What is only read is no change.
        """
        if not (self.terraform / ".terraform").exists():
            self.tofu("init")
            self.tofu("validate")
        self.tofu("plan", f"-out={PLAN}")
        plan = json.loads(self._quiet("show", "-json", PLAN))
        changes: Changes = {}
        for each in plan.get("resource_changes", []):
            actions = tuple(each["change"]["actions"])
            if actions == ("no-op",) and "previous_address" in each:
                actions = ("move",)
            changes[each["address"]] = actions if each["mode"] == "managed" else ("no-op",)
        outputs = plan.get("output_changes", {})
        changes |= {f"output.{name}": tuple(each["actions"]) for name, each in outputs.items()}
        return {address: actions for address, actions in changes.items() if actions != ("no-op",)}

    def apply(self) -> str:
        """Does what a plan says, and nothing else; the test fails where that fails.

        What was added, changed, destroyed and forgotten, as OpenTofu counts it.
        """
        self.planned()
        printed = self.tofu("apply", PLAN)
        return printed.partition("Resources: ")[2].partition(".")[0]

    def is_applied(self) -> bool:
        """Whether nothing is left to do, with the file of renames and without it."""
        done = self.planned() == {}
        (self.output / MOVED_FILE).unlink(missing_ok=True)
        return done and self.planned() == {}

    def value(self, path: str) -> dict[str, str]:
        """What Vault has at a path in the mount `secret`."""
        return self.server.read(f"secret/data/{path}")["data"]

    def outputs(self) -> dict[str, Any]:
        """The outputs' values, sensitive ones too."""
        printed = self._quiet("output", "-json")
        return {name: each["value"] for name, each in json.loads(printed).items()}

    @property
    def state(self) -> str:
        """The text of OpenTofu's state."""
        return (self.terraform / "terraform.tfstate").read_text(encoding="utf-8")

    def written(self) -> bytes:
        """All that OpenTofu has left in the folder: state, its backup, the saved plan."""
        left = [*self.terraform.glob("*.tfstate*"), *self.terraform.glob("*.tfplan")]
        return b"".join(path.read_bytes() for path in left)

    def tofu(self, *arguments: str) -> str:
        """What OpenTofu prints for the arguments, with the server's address and token."""
        printed = self._quiet(*arguments)
        self.shown += printed
        return printed

    def _quiet(self, *arguments: str) -> str:
        """The same for what a user asks to be shown, secrets too."""
        return run_tofu(*arguments, folder=self.terraform, **self.server.environment())


class FleetFolder(VaultFolder):
    """An output folder that is built again and again, as people do."""

    def write(self, fleet: Fleet, **values: Any) -> str:
        """Builds the fleet and gives variables their values; what the build told."""
        told = render_all(build(fleet, self.output).notices)
        self.give(**values)
        return told


class Project(VaultFolder):
    """A folder with `hosts/`, built to `build/` by the command."""

    def __init__(self, folder: Path, server: bao.Client) -> None:
        super().__init__(folder / "build", server)
        self.folder = folder
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
