"""What changes between two fleets, as reviewers are told: `nixgen.project.review`."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from review_models import (
    PASSWORDS,
    SHARED,
    URL,
    container,
    fleet,
    host,
    module,
    native,
    secret,
    standalone,
    told,
    words,
)

import nixgen
from nixgen import (
    Forge,
    GlobalScope,
    Host,
    RepositoryScope,
    TerraformVariable,
    UserScope,
    VaultSecret,
    accept,
    nix,
)
from nixgen.cli.semantic import lines
from nixgen.project.review.compare import Change, compare
from nixgen.project.review.security import concern

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


def test_a_secret_that_one_alone_can_be_was_renamed() -> None:
    """Its value is looked for where one like it has come; of two that are alike nothing is said."""
    old, new = (VaultSecret(name=name, key="token") for name in ("db", "x"))
    alike = VaultSecret(name="y", key="token")
    for secrets, why in (
        (
            [new],
            "its path in Vault is hosts/web1/x now; `nixgen diff` says what becomes of the value",
        ),
        ([new, alike], "the secret is taken from Vault by the next apply"),
    ):
        found = compare(fleet(host(secrets=[old])), fleet(host(secrets=secrets)))
        assert [each.concern for each in found if each.sign == "-"] == [why]


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
    assert Path(str(data.pop("place")).partition(":")[0]).name == "review_models.py"
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
