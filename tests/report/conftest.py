"""Fleets to draw: the plan's host, one with all that a graph can show, and a large one."""

from __future__ import annotations

from pathlib import Path

import pytest

from nixgen import (
    ContainerRunner,
    Fleet,
    FleetBuild,
    Generated,
    GlobalScope,
    Host,
    Job,
    NativeRunner,
    OrganizationScope,
    Repository,
    RepositoryScope,
    Step,
    TerraformVariable,
    TokenFile,
    Vault,
    VaultSecret,
    Workflow,
    load_fleet,
)

FORGE = "https://forge.example"


@pytest.fixture(scope="session")
def plan(root: Path) -> Fleet:
    """The fleet of the plan: one host."""
    return load_fleet(root / "hosts")


@pytest.fixture(scope="session")
def small() -> Fleet:
    """Two hosts that share a secret, two kinds of runner, two repositories with workflows."""
    vault = Vault(standalone=True)
    shared = VaultSecret(name="backup", path="shared/backup", key="key", terraform=Generated())
    token = VaultSecret(name="runner-token", key="token")
    native = NativeRunner(
        name="native",
        url=FORGE,
        token=token,
        labels=["native:host"],
        scope=RepositoryScope(repository="acme/site"),
    )
    container = ContainerRunner(
        name="boxes",
        url=FORGE,
        token=TokenFile(path="/run/keys/boxes"),
        labels=["node:docker://node:22"],
        scope=OrganizationScope(organization="acme"),
        trusted_repositories=["acme/site"],
    )
    job = Job(name="test", runs_on="native", steps=[Step(run="make")])
    lost = Job(name="test", runs_on="nowhere", steps=[Step(run="make")])
    site = Repository(
        name="acme/site",
        workflows=[
            Workflow(file="test.yaml", on=["push"], jobs=[job]),
            Workflow(file="lost.yaml", on=["push"], jobs=[lost]),
        ],
    )
    infra = Repository(name="acme/infra", workflows=[FleetBuild(runs_on="node")])
    build = Host(
        name="build1",
        release="25.11",
        vault=vault,
        secrets=[shared, token],
        runners=[native, container],
    )
    web = Host(name="web1", release="25.11", vault=vault, secrets=[shared])
    return Fleet(hosts=[build, web], repositories=[site, infra])


@pytest.fixture(scope="session")
def large() -> Fleet:
    """Sixty hosts with five secrets each, one of them on all, and a runner on every fifth host."""
    vault = Vault(standalone=True)
    shared = VaultSecret(name="backup", path="shared/backup", key="key", terraform=Generated())
    return Fleet(hosts=[_host(number, vault, shared) for number in range(60)])


def _host(number: int, vault: Vault, shared: VaultSecret) -> Host:
    name = f"web{number:02}"
    secrets = [
        VaultSecret(
            name=f"password-{each}",
            key="value",
            mode=0o444 if number % 7 == 0 else 0o400,
            terraform=TerraformVariable(name=f"{name}_{each}", default="PLACEHOLDER"),
        )
        for each in range(5)
    ]
    runner = NativeRunner(
        name="native",
        url=FORGE,
        token=secrets[0],
        labels=["native:host"],
        scope=GlobalScope(),
    )
    runners = [runner] if number % 5 == 0 else []
    everything = [*secrets, shared]
    return Host(name=name, release="25.11", vault=vault, secrets=everything, runners=runners)
