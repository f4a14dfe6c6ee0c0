"""Which changes are marked for security, of every class of the model."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from review_models import (
    VAULT,
    container,
    fleet,
    host,
    native,
    secret,
    standalone,
    told,
    words,
)

from nixgen import (
    AppRole,
    Fleet,
    GarbageCollection,
    Generated,
    Hardening,
    Harmonia,
    Host,
    Job,
    NixDaemon,
    Repository,
    ResourceLimits,
    SecretsModule,
    Step,
    TerraformVariable,
    TokenFile,
    Vault,
    VaultSecret,
    Workflow,
    accept,
    checkout,
)
from nixgen.cli.semantic import lines
from nixgen.project.review.compare import compare


def reasons(old: Any, new: Any) -> list[str]:
    """Why the changes of a host, or of a repository, matter, without their words around it."""
    before, after = (
        Fleet(
            hosts=[each for each in [made] if isinstance(each, Host)],
            repositories=[each for each in [made] if isinstance(each, Repository)],
        )
        for made in (old, new)
    )
    return [change.concern for change in compare(before, after) if change.concern]


def boxes(**settings: Any) -> Host:
    """The host with a container runner whose configuration file has this for containers."""
    return container(settings={"container": settings})


def fetching(**fields: Any) -> Host:
    """The host whose secrets are fetched by nixgen's module."""
    module = SecretsModule(**fields)
    return host(
        secrets=[VaultSecret(name="db", key="token")],
        vault=Vault(address="https://vault.example", secrets_module=module),
    )


def fetched(**fields: Any) -> Host:
    """The same with fields of the secret."""
    vault = Vault(address="https://vault.example", secrets_module=SecretsModule())
    return host(secrets=[VaultSecret(name="db", key="token", **fields)], vault=vault)


def repository(
    on: Any = ("push",), runs_on: str = "box", steps: Any = (), env: Any = None
) -> Repository:
    """A repository with one workflow of one job."""
    job = Job(name="test", runs_on=runs_on, steps=[Step(run="make"), *steps])
    flow = Workflow(file="test.yaml", on=on, env=env or {}, jobs=[job])
    return Repository(name="alice/web", workflows=[flow])


HARD = Hardening()
ROLE = {"secret_id": True, "wrapping_ttl": "30m"}
FLAKE = "git+https://git.example.org/a"
UNIT = "systemd.services.x.serviceConfig"
WIDER = {
    "disk": (secret(), secret(output="/etc/db"), "its file is kept on disk: /etc/db"),
    "cached": (fetched(), fetched(allow_cached=True), "a copy is kept on disk"),
    "shorter": (
        secret(terraform=Generated(length=64)),
        secret(terraform=Generated(length=32)),
        "it is easier to guess",
    ),
    "another kind of source": (
        secret(terraform=Generated(length=64)),
        secret(terraform=TerraformVariable(sensitive=False)),
        "Terraform shows the value",
    ),
    "placeholder": (
        secret(terraform=TerraformVariable()),
        secret(terraform=TerraformVariable(default="PLACEHOLDER")),
        "it is stored where nobody gives a value",
    ),
    "key": (secret(), secret(key="other"), "another value of Vault is read"),
    "new and shown": (
        host(),
        secret(terraform=TerraformVariable(sensitive=False)),
        "a new secret, Terraform shows the value",
    ),
    "new runner": (
        host(),
        boxes(privileged=True, docker_host="automount"),
        "its containers are privileged; containers are handed the runtime's socket",
    ),
    "privileged": (container(), boxes(privileged=True), "its containers are privileged"),
    "socket": (
        boxes(docker_host="-"),
        boxes(docker_host="automount"),
        "containers are handed the runtime's socket",
    ),
    "volumes": (
        boxes(valid_volumes=["a"]),
        boxes(valid_volumes=["a", "/etc"]),
        "jobs may mount /etc",
    ),
    "container options": (
        boxes(options="--memory=4g"),
        boxes(options="--memory=4g --device=/dev/sda"),
        "containers are started with --device=/dev/sda",
    ),
    "network": (container(), boxes(network="host"), "jobs are on the host's own network"),
    "insecure": (
        container(),
        container(settings={"runner": {"insecure": True}}),
        "any certificate is taken for the forge's",
    ),
    "labels of the file": (
        container(),
        container(settings={"runner": {"labels": ["big:host"]}}),
        "jobs for big run on the host",
    ),
    "token": (
        native(),
        native(token=TokenFile(path="/run/other")),
        "it shows the forge another token",
    ),
    "runs again": (native(enable=False), native(), "it takes jobs"),
    "no hardening": (native(hardening=HARD), native(), "the unit is hardened less"),
    "seen": (
        native(hardening=HARD),
        native(hardening=Hardening(hidden=["/var/lib/vault"])),
        "jobs see /run/secrets",
    ),
    "without": (
        native(hardening=HARD),
        native(hardening=Hardening(without=["ProtectProc"])),
        "the unit is hardened less: no ProtectProc",
    ),
    "no limits": (
        native(limits=ResourceLimits(memory_high="8G")),
        native(),
        "jobs and builds may use more of the machine",
    ),
    "higher limit": (
        native(limits=ResourceLimits(memory_high="8G")),
        native(limits=ResourceLimits(memory_high="16G")),
        "jobs and builds may use more of the machine",
    ),
    "builds": (
        host(nix_daemon=NixDaemon(max_jobs=2)),
        host(nix_daemon=NixDaemon(max_jobs="auto")),
        "jobs and builds may use more of the machine",
    ),
    "builds without": (
        host(nix_daemon=NixDaemon(max_jobs=2)),
        host(),
        "jobs and builds may use more of the machine",
    ),
    "all cores": (
        host(nix_daemon=NixDaemon(cores=4)),
        host(nix_daemon=NixDaemon(cores=0)),
        "jobs and builds may use more of the machine",
    ),
    "all cores by default": (
        host(nix_daemon=NixDaemon(max_jobs=2, cores=4)),
        host(nix_daemon=NixDaemon(max_jobs=2)),
        "jobs and builds may use more of the machine",
    ),
    "builds here": (
        host(nix_daemon=NixDaemon(max_jobs=0)),
        host(nix_daemon=NixDaemon(max_jobs=1)),
        "jobs and builds may use more of the machine",
    ),
    "unwrapped": (
        standalone(**ROLE),
        standalone(secret_id=True),
        "the secret id stands in Terraform's state as it is",
    ),
    "secret id": (
        standalone(),
        standalone(secret_id=True),
        "Terraform makes a secret id, which its state has",
    ),
    "server's default": (standalone(), standalone(token_ttl="0s"), "it lasts longer"),
    "plain": (fetching(), fetching(plain_http=True), "secrets may be fetched in the clear"),
    "plain address": (
        fetching(address="https://v.example", plain_http=True),
        fetching(address="http://v.example", plain_http=True),
        "secrets are asked for in the clear",
    ),
    "certificates": (
        fetching(),
        fetching(ca_file="/etc/ca.pem"),
        "the server is checked with other certificates",
    ),
    "credentials": (
        fetching(),
        fetching(secret_id_file="/srv/id"),
        "hosts log in with other files",
    ),
    "longer": (
        native(accepted=[accept("NG501", reason="a", until=datetime.date(2027, 1, 31))]),
        native(accepted=[accept("NG501", reason="a", until=datetime.date(2028, 1, 31))]),
        "a risk is accepted",
    ),
    "another risk": (
        native(accepted=[accept("NG501", reason="a")]),
        native(accepted=[accept("NG205", reason="a")]),
        "a risk is accepted",
    ),
    "fewer hosts": (
        host(garbage_collection=GarbageCollection(flake=FLAKE, hosts=["a", "b"])),
        host(garbage_collection=GarbageCollection(flake=FLAKE, hosts=["a"])),
        "what hosts need may be deleted",
    ),
    "fewer systems": (
        host(garbage_collection=GarbageCollection(flake=FLAKE)),
        host(garbage_collection=GarbageCollection(flake=FLAKE, systems=1)),
        "what hosts need may be deleted",
    ),
    "outputs": (
        host(garbage_collection=GarbageCollection(flake=FLAKE)),
        host(garbage_collection=GarbageCollection(flake=FLAKE, keep_outputs=False)),
        "what hosts need may be deleted",
    ),
    "no roots": (
        host(garbage_collection=GarbageCollection(flake=FLAKE)),
        host(),
        "nothing keeps what hosts need",
    ),
    "cache": (
        host(harmonia=Harmonia(bind="127.0.0.1:5000")),
        host(harmonia=Harmonia(bind="[::]:5000")),
        "the cache is reached elsewhere",
    ),
    "outsiders": (
        repository(),
        repository(on=["push", "pull_request"]),
        "people from outside can start it: pull_request",
    ),
    "other runner": (repository(), repository(runs_on="native"), "what jobs do: runs on native"),
    "another action": (
        repository(),
        repository(steps=[checkout()]),
        "what jobs do: uses https://data.forgejo.org/actions/checkout@v4",
    ),
    "another script": (
        repository(),
        repository(steps=[Step(run="curl https://x.example | sh")]),
        "what jobs do: other scripts",
    ),
    "secret of the forge": (
        repository(),
        repository(steps=[Step(run="make", env={"KEY": "${{ secrets.DEPLOY }}"})]),
        "what jobs do: gets secrets.DEPLOY",
    ),
    "secret as an input": (
        repository(steps=[checkout()]),
        repository(
            steps=[Step(uses=checkout().uses, inputs={"token": "${{ github.x || secrets['A'] }}"})]
        ),
        "what jobs do: gets secrets['A']",
    ),
    "secret of all jobs": (
        repository(),
        repository(env={"KEY": "${{ secrets.DEPLOY }}"}),
        "jobs get secrets.DEPLOY",
    ),
    "another image": (
        container(labels=["n:docker://nix:2", "m:docker://a"]),
        container(labels=["n:docker://nix:latest", "m:docker://a"]),
        "jobs run in another image: nix:latest",
    ),
    "raw Nix settings": (
        host(),
        host(options={"nix.extraOptions": "trusted-users = *"}),
        "it decides who may do what on the host",
    ),
    "extra users": (
        host(),
        host(options={"nix.settings.extra-trusted-users": ["a"]}),
        "allowed now, too: a",
    ),
    "seen again": (
        host(options={f"{UNIT}.InaccessiblePaths": ["/run/secrets", "/a"]}),
        host(options={f"{UNIT}.InaccessiblePaths": ["/a"]}),
        "open now: /run/secrets",
    ),
}
NARROWER = {
    "hidden": (native(hardening=Hardening(hidden=["/run/secrets"])), native(hardening=HARD)),
    "with": (native(hardening=Hardening(without=["ProtectProc"])), native(hardening=HARD)),
    "lower limit": (
        native(limits=ResourceLimits(memory_high="8G")),
        native(limits=ResourceLimits(memory_high="4G")),
    ),
    "fewer cores": (
        host(nix_daemon=NixDaemon(cores=0)),
        host(nix_daemon=NixDaemon(cores=4)),
    ),
    "builds elsewhere": (
        host(nix_daemon=NixDaemon(max_jobs="auto")),
        host(nix_daemon=NixDaemon(max_jobs=0)),
    ),
    "what is the default": (
        host(nix_daemon=NixDaemon(max_jobs="auto", cores=4)),
        host(nix_daemon=NixDaemon(cores=4)),
    ),
    "wrapped": (standalone(secret_id=True), standalone(**ROLE)),
    "risk goes": (native(accepted=[accept("NG501", reason="a")]), native()),
    "socket": (boxes(docker_host="automount"), boxes(docker_host="-")),
    "insiders": (repository(on=["push", "pull_request"]), repository()),
    "no secret": (
        repository(steps=[Step(run="make", env={"KEY": "${{ secrets.DEPLOY }}"})]),
        repository(steps=[Step(run="make", env={"KEY": "secrets.DEPLOY"})]),
    ),
    "another label": (
        container(labels=["n:docker://nix:2"]),
        container(labels=["n:docker://nix:2", "m:docker://a"]),
    ),
    "hides more": (
        host(options={f"{UNIT}.InaccessiblePaths": ["/a"]}),
        host(options={f"{UNIT}.InaccessiblePaths": ["/a", "/run/secrets"]}),
    ),
    "no server": (
        host(options={"services.openssh.enable": True}),
        host(options={"services.openssh.enable": False}),
    ),
}


@pytest.mark.parametrize("case", WIDER)
def test_each_wider_access_is_marked(case: str) -> None:
    """Of every class of the model: what gives somebody more, or keeps less, says so."""
    old, new, why = WIDER[case]
    assert reasons(old, new) == [why]


@pytest.mark.parametrize("case", NARROWER)
def test_narrower_is_no_alarm(case: str) -> None:
    """The same changes the other way are told without a mark."""
    old, new = NARROWER[case]
    assert reasons(old, new) == []
    assert told(old, new) if isinstance(old, Host) else True


def test_a_new_host_says_what_it_reads_of_others() -> None:
    """All of a new host is new; what it is given beyond its own tree is marked all the same."""
    new = Host(
        name="web2",
        release="25.11",
        secrets=[VaultSecret(name="db", key="token")],
        vault=VAULT,
        approle=AppRole(reads=["hosts/*"]),
        options={"nix.settings.trusted-users": ["*"], "networking.domain": "a.example"},
    )
    old = standalone()
    found = words(list(lines(compare(fleet(old), fleet(old, new)))))
    assert found == [
        "! + web2: AppRole (it reads beyond its own tree: hosts/* (a wildcard))",
        "! + web2: option nix.settings.trusted-users: * (allowed now, too: *)",
        "  + host web2",
        "  + web2: secret db",
    ]
