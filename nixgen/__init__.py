"""nixgen: NixOS modules and the Terraform for their Vault secrets, from hosts described in Python.

    from nixgen import load_fleet, render

    for path, text in render(load_fleet("hosts")).items():
        print(path, len(text))

Everything below is loaded on first use, so that importing nixgen costs next to nothing:

- describing hosts: `Host`, `Fleet`, `Profile`, `Module`, `Entries`, `Option`, `default`, `force`,
  `VaultSecret`, `TerraformVariable`, `Generated`, `Vault`, `AppRole`, `SecretsModule`,
  `RepositoryModule`, `NativeRunner`, `ContainerRunner`, `RunnerCache`, `TokenFile`,
  `TokenOption`, `Label`, `GlobalScope`, `UserScope`, `OrganizationScope`, `RepositoryScope`,
  `ResourceLimits`, `NixDaemon`, `Forge`, `GarbageCollection`, `Hardening`, `Harmonia`, `Machine`;
- repositories of the forge: `Repository`, `FleetBuild`, `Workflow`, `Job`, `Step`, `checkout`,
  `Concurrency`, `review_workflow`;
- risks that are taken: `accept`;
- the languages: `nix` and `hcl`, each a package that can be used alone;
- working with a project: `load_fleet`, `render`, `plan`, `build`, `check`;
- errors: `NixgenError` and those derived from it, with `Diagnostic` values (their `Severity`,
  their `Location`).
"""

from __future__ import annotations

import importlib

from nixgen.exports import HOME_OF
from nixgen.version import VERSION

TYPE_CHECKING = False  # as typing has it, which takes its time to import
if TYPE_CHECKING:
    from nixgen import hcl, nix
    from nixgen.diagnostic import Diagnostic, Location, Severity
    from nixgen.errors import (
        ConfigurationError,
        ConflictError,
        ExternalError,
        InputError,
        LoadError,
        LockedError,
        ModelError,
        NixgenError,
        ServerError,
        WriteError,
    )
    from nixgen.model.accept import accept
    from nixgen.model.forge import Forge
    from nixgen.model.garbage_collection import GarbageCollection
    from nixgen.model.hardening import Hardening
    from nixgen.model.harmonia import Harmonia
    from nixgen.model.host import Fleet, Host
    from nixgen.model.label import Label
    from nixgen.model.limits import NixDaemon, ResourceLimits
    from nixgen.model.machine import Machine
    from nixgen.model.module import Entries, Module
    from nixgen.model.profile import Option, Profile, default, force
    from nixgen.model.repository import FleetBuild, Repository
    from nixgen.model.review import review_workflow
    from nixgen.model.runner import ContainerRunner, NativeRunner, RunnerCache
    from nixgen.model.runner_token import TokenFile, TokenOption
    from nixgen.model.scope import GlobalScope, OrganizationScope, RepositoryScope, UserScope
    from nixgen.model.secret import Generated, TerraformVariable, VaultSecret
    from nixgen.model.secrets_module import RepositoryModule, SecretsModule
    from nixgen.model.vault import AppRole, Vault
    from nixgen.model.workflow import Concurrency, Job, Step, Workflow, checkout
    from nixgen.project.api import build, check, plan, render
    from nixgen.project.load import load_fleet

__all__ = [
    "AppRole",
    "Concurrency",
    "ConfigurationError",
    "ConflictError",
    "ContainerRunner",
    "Diagnostic",
    "Entries",
    "ExternalError",
    "Fleet",
    "FleetBuild",
    "Forge",
    "GarbageCollection",
    "Generated",
    "GlobalScope",
    "Hardening",
    "Harmonia",
    "Host",
    "InputError",
    "Job",
    "Label",
    "LoadError",
    "Location",
    "LockedError",
    "Machine",
    "ModelError",
    "Module",
    "NativeRunner",
    "NixDaemon",
    "NixgenError",
    "Option",
    "OrganizationScope",
    "Profile",
    "Repository",
    "RepositoryModule",
    "RepositoryScope",
    "ResourceLimits",
    "RunnerCache",
    "SecretsModule",
    "ServerError",
    "Severity",
    "Step",
    "TerraformVariable",
    "TokenFile",
    "TokenOption",
    "UserScope",
    "Vault",
    "VaultSecret",
    "Workflow",
    "WriteError",
    "accept",
    "build",
    "check",
    "checkout",
    "default",
    "force",
    "hcl",
    "load_fleet",
    "nix",
    "plan",
    "render",
    "review_workflow",
]

__version__ = VERSION


def __getattr__(name: str) -> object:
    home = HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'nixgen' has no attribute {name!r}")
    if home == "nixgen":
        return importlib.import_module(f"nixgen.{name}")
    value: object = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
