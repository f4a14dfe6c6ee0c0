"""A standalone Terraform folder of a fleet, applied to a real server, as a user applies it.

folder = VaultFolder(tmp_path, vault)      # the fixture `vault`: a namespace of OpenBao
folder.write(Fleet(hosts=[...]), token="the value")
folder.apply()
assert folder.planned() == {}
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openbao as bao
import programs

from nixgen import Fleet, hcl, render

PREFIX = "terraform/vault/"


class VaultFolder:
    """The folder's files; `shown` is all that OpenTofu has printed so far."""

    def __init__(self, folder: Path, server: bao.Client) -> None:
        self.folder = folder
        self.server = server
        self.shown = ""

    def write(self, fleet: Fleet, **values: Any) -> None:
        """The files of the fleet, and what a person puts into `terraform.tfvars`."""
        for old in [*self.folder.glob("*.tf"), *self.folder.glob("*.tfvars")]:
            old.unlink()
        for path, text in render(fleet).items():
            if path.startswith(PREFIX):
                (self.folder / path.removeprefix(PREFIX)).write_text(text)
        given = [hcl.Attribute(name, hcl.from_python(value)) for name, value in values.items()]
        (self.folder / "terraform.tfvars").write_text(hcl.print_file(hcl.File(tuple(given))))
        if not (self.folder / ".terraform").exists():
            self.tofu("init")

    def apply(self) -> None:
        """`tofu apply`; the test fails where it does."""
        self.tofu("apply", "-auto-approve")

    def planned(self) -> dict[str, list[str]]:
        """The actions that an apply would take on each resource now, and on outputs; none for {}.

        What is only read again, or moved, is no action.
        """
        self.tofu("plan", "-out=saved.tfplan")
        plan = json.loads(programs.run_tofu("show", "-json", "saved.tfplan", folder=self.folder))
        changes = {each["address"]: each["change"]["actions"] for each in plan["resource_changes"]}
        outputs = plan.get("output_changes", {})
        changes |= {f"output.{name}": each["actions"] for name, each in outputs.items()}
        return {address: actions for address, actions in changes.items() if actions != ["no-op"]}

    def outputs(self) -> dict[str, Any]:
        """The outputs' values, sensitive ones too."""
        printed = programs.run_tofu("output", "-json", folder=self.folder)
        return {name: each["value"] for name, each in json.loads(printed).items()}

    def written(self) -> bytes:
        """All that OpenTofu has left in the folder: state, its backup, saved plans."""
        left = [*self.folder.glob("*.tfstate*"), *self.folder.glob("*.tfplan")]
        return b"".join(path.read_bytes() for path in left)

    def tofu(self, *arguments: str) -> str:
        """What OpenTofu prints for the arguments, with the server's address and token."""
        environment = self.server.environment()
        printed = programs.run_tofu(*arguments, folder=self.folder, **environment)
        self.shown += printed
        return printed
