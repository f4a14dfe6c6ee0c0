"""Two binary caches with host runners, of an older and a newer release, and their workflows."""

from nixgen import (
    ContainerRunner,
    FleetBuild,
    GarbageCollection,
    GlobalScope,
    Hardening,
    Harmonia,
    Host,
    Job,
    Machine,
    NativeRunner,
    NixDaemon,
    Repository,
    RepositoryScope,
    ResourceLimits,
    RunnerCache,
    SecretsModule,
    Step,
    TerraformVariable,
    Vault,
    VaultSecret,
    Workflow,
    checkout,
    review_workflow,
)

FORGE = "https://forge.example.org"
SERVERS = "alice/servers"
UUIDS = {
    "native": "c9e50be9-a7c3-4aee-ba35-624c4ff8c519",
    "boxed": "0b1d6a52-6f3e-4f53-9d2a-3f0c8a1e7d44",
}

vault = Vault(address="https://vault.example.org:8200", secrets_module=SecretsModule())


def secret(name: str, key: str = "token") -> VaultSecret:
    """A secret with a variable of its own."""
    return VaultSecret(name=name, key=key, terraform=TerraformVariable())


def cache(name: str, release: str) -> Host:
    """A cache with all that bounds, hardens and cleans it."""
    newer = release >= "26.11"
    signing, native_token, boxed_token = (
        secret(f"{name}-key", "key"),
        secret(f"{name}-native"),
        secret(f"{name}-boxed"),
    )
    native = NativeRunner(
        name="actions-native",
        url=FORGE,
        token=native_token,
        labels=[f"{name}-nix:host"],
        scope=RepositoryScope(repository=SERVERS),
        uuid=UUIDS["native"] if newer else None,
        capacity=4,
        cache=RunnerCache(),
        host_packages=["bash", "coreutils", "git", "nix", "nodejs"],
        limits=ResourceLimits(
            memory_high="8G", memory_max="10G", cpu_quota="400%", tasks_max=4096, io_weight=50
        ),
        hardening=Hardening(),
        notes=["Builds what the fleet is made of."],
    )
    boxed = ContainerRunner(
        name="boxed",
        url=FORGE,
        token=boxed_token,
        labels=["nix:docker://docker.io/nixos/nix:2.31.2"],
        scope=GlobalScope(),
        uuid=UUIDS["boxed"] if newer else None,
    )
    return Host(
        name=name,
        release=release,
        machine=Machine(cores=16, memory="64G"),
        secrets=[signing, native_token, boxed_token],
        runners=[native, boxed],
        nix_daemon=NixDaemon(
            limits=ResourceLimits(memory_high="40G", memory_max="75%", io_weight=80),
            max_jobs=4,
            cores=4,
        ),
        garbage_collection=GarbageCollection(
            flake="git+https://forge.example.org/alice/servers?ref=main", systems=5
        ),
        harmonia=Harmonia(keys=[signing], bind="[::]:5000", priority=30, workers=8),
        vault=vault,
        tags=["binary-cache"],
    )


older = cache("older", "25.11")
newer = cache("newer", "26.11")

servers = Repository(
    name=SERVERS,
    folder=".",
    default_branch="main",
    workflows=[
        FleetBuild(runs_on=older.runners[0], notes=["Hosts upgrade at night, from the cache."]),
        review_workflow(runs_on="nix", branch="main"),
    ],
)
exporter = Repository(
    name="alice/exporter",
    workflows=[
        Workflow(
            file="build.yaml",
            name="Build",
            on=["push"],
            jobs=[
                Job(name="build", runs_on="older-nix", steps=[checkout(), Step(run="nix build")])
            ],
        )
    ],
)
