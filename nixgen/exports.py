"""What `nixgen` exports, and the module that each name comes from."""

from __future__ import annotations

HOMES = {
    "nixgen": ("hcl", "nix"),
    "nixgen.diagnostic": ("Diagnostic", "Location", "Severity"),
    "nixgen.errors": (
        *("ConfigurationError", "ConflictError", "ExternalError", "InputError", "LoadError"),
        *("LockedError", "ModelError", "NixgenError", "ServerError", "WriteError"),
    ),
    "nixgen.model.accept": ("accept",),
    "nixgen.model.forge": ("Forge",),
    "nixgen.model.garbage_collection": ("GarbageCollection",),
    "nixgen.model.hardening": ("Hardening",),
    "nixgen.model.harmonia": ("Harmonia",),
    "nixgen.model.host": ("Fleet", "Host"),
    "nixgen.model.label": ("Label",),
    "nixgen.model.limits": ("NixDaemon", "ResourceLimits"),
    "nixgen.model.machine": ("Machine",),
    "nixgen.model.module": ("Entries", "Module"),
    "nixgen.model.profile": ("Option", "Profile", "default", "force"),
    "nixgen.model.repository": ("FleetBuild", "Repository"),
    "nixgen.model.review": ("review_workflow",),
    "nixgen.model.runner": ("ContainerRunner", "NativeRunner", "RunnerCache"),
    "nixgen.model.runner_token": ("TokenFile", "TokenOption"),
    "nixgen.model.scope": ("GlobalScope", "OrganizationScope", "RepositoryScope", "UserScope"),
    "nixgen.model.secret": ("Generated", "TerraformVariable", "VaultSecret"),
    "nixgen.model.secrets_module": ("RepositoryModule", "SecretsModule"),
    "nixgen.model.vault": ("AppRole", "Vault"),
    "nixgen.model.workflow": ("Concurrency", "Job", "Step", "Workflow", "checkout"),
    "nixgen.project.api": ("build", "check", "plan", "render"),
    "nixgen.project.load": ("load_fleet",),
}

HOME_OF = {name: home for home, names in HOMES.items() for name in names}
