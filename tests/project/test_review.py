"""What changes between two fleets, as reviewers are told: `nixgen.project.review`."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

import nixgen
from nixgen import (
    AppRole,
    ContainerRunner,
    Fleet,
    Forge,
    GarbageCollection,
    Generated,
    GlobalScope,
    Hardening,
    Harmonia,
    Host,
    Job,
    Module,
    NativeRunner,
    NixDaemon,
    Repository,
    RepositoryScope,
    ResourceLimits,
    SecretsModule,
    Step,
    TerraformVariable,
    TokenFile,
    UserScope,
    Vault,
    VaultSecret,
    Workflow,
    accept,
    checkout,
    nix,
)
from nixgen.cli.semantic import lines
from nixgen.project.review.compare import Change, compare
from nixgen.project.review.security import concern

URL = "https://git.example.org"
TOKEN = TokenFile(path="/run/secrets/token")


def fleet(*hosts: Host) -> Fleet:
    """A fleet of hosts."""
    return Fleet(hosts=hosts)


def host(**fields: Any) -> Host:
    """The host of the examples."""
    return Host(name="web1", release="25.11", **fields)


def secret(**fields: Any) -> Host:
    """The host with one secret."""
    return host(secrets=[VaultSecret(**{"name": "db", "key": "token", **fields})])


def module(*content: Any, file: str = "network.nix") -> Module:
    """A Nix file of the host's own."""
    return Module(file=file, content=content)


def native(**fields: Any) -> Host:
    """The host with one runner, whose jobs run on it."""
    given = {"name": "ci", "url": URL, "token": TOKEN, "labels": ["n:host"]}
    return host(runners=[NativeRunner(**{**given, "scope": UserScope(user="alice"), **fields})])


def container(**fields: Any) -> Host:
    """The host with one runner, whose jobs run in containers."""
    given = {"name": "ci", "url": URL, "token": TOKEN, "labels": ["n:docker://nix"]}
    return host(runners=[ContainerRunner(**{**given, "scope": GlobalScope(), **fields})])


def standalone(**fields: Any) -> Host:
    """The host with a secret and an AppRole that nixgen writes."""
    secrets = [VaultSecret(name="db", key="token")]
    return host(secrets=secrets, vault=VAULT, approle=AppRole(**fields))


def told(old: Host | None, new: Host | None) -> list[str]:
    """The lines that people see."""
    before, after = (
        fleet(*([] if each is None else [each]), other(old or new)) for each in (old, new)
    )
    return list(lines(compare(before, after)))


def other(beside: Host | None) -> Host:
    """A host of the same fleet that stays as it is."""
    assert beside is not None
    secrets = [VaultSecret(name="mail", path=SHARED, key="token")]
    return Host(name="other", release="25.11", vault=beside.vault, secrets=secrets)


SHARED = "shared/mail"
VAULT = Vault(standalone=True)
PASSWORDS = "services.openssh.settings.PasswordAuthentication"


SECURITY = {
    "mode": (
        secret(),
        secret(mode=0o444),
        ["! ~ web1: secret db: mode 0400 -> 0444 (world-readable)"],
    ),
    "mode-of-group": (
        secret(),
        secret(mode=0o440),
        ["! ~ web1: secret db: mode 0400 -> 0440 (group-readable)"],
    ),
    "owner": (
        secret(),
        secret(owner="alice"),
        ["! ~ web1: secret db: owner root -> alice (another account reads it: alice)"],
    ),
    "not-sensitive": (
        secret(),
        secret(terraform=TerraformVariable(sensitive=False)),
        ["! ~ web1: secret db: terraform.sensitive true -> false (Terraform shows the value)"],
    ),
    "secret-goes": (
        secret(),
        host(),
        ["! - web1: secret db (the secret is taken from Vault by the next apply)"],
    ),
    "secret-renamed": (
        secret(),
        secret(name="database"),
        [
            (
                "! - web1: secret db (its path in Vault is hosts/web1/database now; `nixgen diff` "
                "says what becomes of the value)"
            )
        ],
    ),
    "label": (
        native(),
        native(labels=["n:host", "big:host"]),
        ["! ~ web1: runner ci: labels + big:host (jobs for big run on the host)"],
    ),
    "out-of-the-container": (
        container(scope=UserScope(user="alice")),
        native(),
        [
            (
                "! ~ web1: runner ci: labels n:docker://nix -> n:host "
                "(jobs for n leave their container and run on the host)"
            ),
        ],
    ),
    "scope": (
        native(scope=RepositoryScope(repository="alice/web")),
        native(),
        [
            (
                "! ~ web1: runner ci: scope RepositoryScope (repository alice/web) -> "
                "UserScope (user alice) (more repositories can run jobs on it)"
            )
        ],
    ),
    "scope-of-another": (
        native(),
        native(scope=UserScope(user="bob")),
        ["! ~ web1: runner ci: scope.user alice -> bob (bob's repositories can run jobs on it)"],
    ),
    "trusted": (
        native(trusted_repositories=["alice/a"]),
        native(trusted_repositories=["alice/a", "alice/b"]),
        ["! ~ web1: runner ci: trusted_repositories + alice/b (trusted now, too: alice/b)"],
    ),
    "forge": (
        native(),
        native(url="https://other.example.org"),
        [
            (
                f"! ~ web1: runner ci: url {URL} -> https://other.example.org "
                "(jobs come from another server)"
            )
        ],
    ),
    "policy": (
        standalone(),
        standalone(reads=["hosts/web1/*", "hosts/other/*"]),
        ["! ~ web1: AppRole: reads + hosts/other/* (policy widened: hosts/other/* (a wildcard))"],
    ),
    "networks": (
        standalone(bound_cidrs=["10.0.0.0/8"]),
        standalone(),
        ["! ~ web1: AppRole: bound_cidrs 10.0.0.0/8 -> none (logins from any network)"],
    ),
    "lasting": (
        standalone(),
        standalone(token_max_ttl="24h"),
        ["! ~ web1: AppRole: token_max_ttl 4h -> 24h (it lasts longer)"],
    ),
    "trusted-users": (
        host(options={"nix.settings.trusted-users": ["root"]}),
        host(options={"nix.settings.trusted-users": ["root", "gitea-runner"]}),
        [
            (
                "! ~ web1: option nix.settings.trusted-users: + gitea-runner "
                "(allowed now, too: gitea-runner)"
            )
        ],
    ),
    "password-login": (
        host(options={PASSWORDS: False}),
        host(options={PASSWORDS: True}),
        [f"! ~ web1: option {PASSWORDS}: false -> true (a way in is opened)"],
    ),
    "sandbox": (
        host(),
        host(options={"nix.settings.sandbox": False}),
        ["! + web1: option nix.settings.sandbox: false (a protection may be switched off)"],
    ),
    "accepted": (
        native(),
        native(
            accepted=[accept("NG501", reason="one job at a time", until=datetime.date(2027, 1, 31))]
        ),
        [
            (
                "! ~ web1: runner ci: accepted none -> AcceptedRisk (code NG501, reason one job "
                "at a time, until 2027-01-31) (a risk is accepted)"
            )
        ],
    ),
    "accepted-for-all-of-a-host": (
        host(),
        host(accepted=[accept("NG502", reason="a small machine")]),
        [
            (
                "! ~ host web1: accepted none -> AcceptedRisk (code NG502, reason a small machine) "
                "(a risk is accepted)"
            )
        ],
    ),
    "option-in-a-module": (
        host(modules=[module({"networking.firewall": {"allowedTCPPorts": [80]}})]),
        host(modules=[module({"networking.firewall.allowedTCPPorts": [80, 22]})]),
        [
            ("! ~ web1: option networking.firewall.allowedTCPPorts: + 22 (allowed now, too: 22)"),
        ],
    ),
}
OTHER = {
    "narrower-mode": (
        secret(mode=0o444),
        secret(),
        ["  ~ web1: secret db: mode 0444 -> 0400"],
    ),
    "narrower-scope": (
        native(scope=GlobalScope()),
        native(),
        ["  ~ web1: runner ci: scope GlobalScope -> UserScope (user alice)"],
    ),
    "capacity": (
        native(capacity=4),
        native(capacity=8),
        ["  ~ web1: runner ci: capacity 4 -> 8"],
    ),
    "new-secret": (host(), secret(), ["  + web1: secret db"]),
    "secret-of-another-host": (
        host(secrets=[VaultSecret(name="mail", path=SHARED, key="token")]),
        host(),
        ["  - web1: secret mail"],
    ),
    "option": (
        host(options={"networking.domain": "a.example"}),
        host(options={"networking.domain": "b.example"}),
        ["  ~ web1: option networking.domain: a.example -> b.example"],
    ),
    "no-password-login": (
        host(options={PASSWORDS: True}),
        host(options={PASSWORDS: False}),
        [f"  ~ web1: option {PASSWORDS}: true -> false"],
    ),
    "option-goes": (
        host(options={"networking.domain": "a.example"}),
        host(),
        ["  - web1: option networking.domain: a.example"],
    ),
    "forge": (
        host(),
        host(forges=[Forge(url=URL, version="14.0")]),
        [f"  ~ host web1: forges none -> Forge (url {URL}, version 14.0, software forgejo)"],
    ),
    "entry-of-a-module": (
        host(modules=[module(nix.raw_entry("inherit (import ./a.nix) users;"))]),
        host(modules=[module(nix.raw_entry("inherit (import ./b.nix) users;"))]),
        [
            (
                "  ~ web1: module network.nix: entries inherit (import ./a.nix) users; -> "
                "inherit (import ./b.nix) users;"
            ),
        ],
    ),
    "module-goes": (
        host(modules=[module({"a.b": 1}), module({"a.b": 2}, file="c.nix")]),
        host(modules=[module({"a.b": 1})]),
        ["  - web1: module c.nix", "  - web1: option a.b (again): 2"],
    ),
    "release": (
        host(),
        Host(name="web1", release="26.05"),
        ["  ~ host web1: release 25.11 -> 26.05"],
    ),
    "new-host": (
        None,
        secret(),
        ["  + host web1", "  + web1: secret db"],
    ),
}


def words(found: list[str]) -> list[str]:
    """Lines without their colours."""
    import click

    return [click.unstyle(line) for line in found]


@pytest.mark.parametrize("case", SECURITY)
def test_what_matters_for_security_is_first_and_says_why(case: str) -> None:
    """A reviewer sees who gets more than before, in the words of the model."""
    old, new, expected = SECURITY[case]
    assert words(told(old, new))[: len(expected)] == expected


@pytest.mark.parametrize("case", OTHER)
def test_other_changes(case: str) -> None:
    """What gets narrower, or has nothing to do with access, is told without a mark."""
    old, new, expected = OTHER[case]
    assert [line for line in words(told(old, new)) if "approle" not in line.lower()] == expected


@pytest.mark.parametrize(
    ("old", "new", "wider"),
    [
        (["hosts/web1/*"], ["hosts/web1/db"], None),
        (["hosts/+/db"], ["hosts/web1/db", "hosts/+/db"], None),
        (["*"], ["hosts/web1/*", "a/+/b"], None),
        (["hosts/web1/*"], ["hosts/web*"], "hosts/web* (a wildcard)"),
        (["hosts/+"], ["hosts/*"], "hosts/* (a wildcard)"),
        (["hosts/+/db"], ["hosts/web1/*"], "hosts/web1/* (a wildcard)"),
        (["hosts/web1/db"], ["hosts/web1/mail"], "hosts/web1/mail"),
    ],
)
def test_a_policy_is_wider_where_it_covers_more(old, new, wider: str | None) -> None:
    """Paths named one by one in place of all of a tree are no alarm."""
    why, _ = concern("AppRole", "", "reads", old, new)
    assert why == (wider and f"policy widened: {wider}")


def test_a_folder_of_its_own_shows_what_is_set() -> None:
    """Where hosts get AppRoles of nixgen's, their settings are told, and not what is none."""
    old = host(secrets=[VaultSecret(name="db", key="token")])
    found = words(list(lines(compare(fleet(old), fleet(standalone())))))
    assert found == [
        "  + Vault",
        "  ~ web1: AppRole: token_max_ttl none -> 4h",
        "  ~ web1: AppRole: token_ttl none -> 1h",
    ]


def test_the_same_fleet_has_no_changes() -> None:
    """Where objects were written is no change of them."""
    assert told(native(capacity=4), native(capacity=4)) == []


def test_graver_changes_come_first() -> None:
    """What gives somebody more stands before what is to be looked at, and both before the rest."""
    old = host(secrets=[VaultSecret(name="db", key="token")], tags=["a"])
    changed = VaultSecret(name="db", key="token", mode=0o404)
    new = host(secrets=[changed], tags=["b"], options={"services.openssh.enable": True})
    fields = [change.subject.kind for change in compare(fleet(old), fleet(new))]
    assert fields == ["secret", "option", "host"]


def test_plain_data_for_programs() -> None:
    """Programs get the values before and after, why it matters, and where it is written."""
    (change,) = compare(fleet(secret()), fleet(secret(mode=0o444)))
    assert isinstance(change, Change)
    data = change.as_dict()
    assert Path(str(data.pop("place")).partition(":")[0]).name == Path(__file__).name
    assert data == {
        "sign": "~",
        "owner": "web1",
        "kind": "secret",
        "name": "db",
        "field": "mode",
        "old": "0400",
        "new": "0444",
        "security": {"why": "world-readable", "weight": "wider"},
    }


def test_the_last_build_is_known_host_by_host(tmp_path: Path) -> None:
    """After a build of one host, only what the others have changed since their own is told."""
    from nixgen.project.review.earlier import last_build

    hosts = tmp_path / "hosts"
    hosts.mkdir()
    for name in ("web1", "web2"):
        text = f'from nixgen import Host\nhost = Host(name="{name}", release="25.11", tags=["a"])\n'
        (hosts / f"{name}.py").write_text(text)
    nixgen.build(nixgen.load_fleet(hosts), tmp_path / "build")
    for file in hosts.iterdir():
        file.write_text(file.read_text().replace('"a"', '"b"'))
    nixgen.build(nixgen.load_fleet(hosts, only=["web1"]), tmp_path / "build", only=["web1"])
    changes = compare(last_build(tmp_path / "build"), nixgen.load_fleet(hosts))
    assert [(change.subject.owner, change.field) for change in changes] == [("web2", "tags")]


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


def repository(on: Any = ("push",), runs_on: str = "box", steps: Any = ()) -> Repository:
    """A repository with one workflow of one job."""
    job = Job(name="test", runs_on=runs_on, steps=[Step(run="make"), *steps])
    flow = Workflow(file="test.yaml", on=on, jobs=[job])
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
    "wrapped": (standalone(secret_id=True), standalone(**ROLE)),
    "risk goes": (native(accepted=[accept("NG501", reason="a")]), native()),
    "socket": (boxes(docker_host="automount"), boxes(docker_host="-")),
    "insiders": (repository(on=["push", "pull_request"]), repository()),
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
