"""What follows from `Vault.secrets_module`: nixgen's own NixOS module, or one that is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from host_files import nix_files

from nixgen import (
    Fleet,
    Host,
    NativeRunner,
    RepositoryModule,
    SecretsModule,
    UserScope,
    Vault,
    VaultSecret,
    build,
    render,
)
from nixgen.model.secrets_module import OPTIONS, variable_of

OWN = Vault(address="https://vault.example", secrets_module=SecretsModule())
MODULES = ["modules/fetch-secret.sh", "modules/vault-secrets.nix", "modules/vault.nix"]


def host(secret: VaultSecret, vault: Vault = OWN, name: str = "web1", **settings) -> Host:
    """A host with a runner whose token the secret is."""
    runner = NativeRunner(
        name="r",
        url="https://forge.example",
        token=secret,
        labels=["r:host"],
        scope=UserScope(user="alice"),
        **settings,
    )
    release = "26.11" if settings else "25.11"
    return Host(name=name, release=release, vault=vault, secrets=[secret], runners=[runner])


def secret_lines(secret: VaultSecret, vault: Vault, **settings) -> list[str]:
    """The lines of the runner's secret in its host's file."""
    lines = nix_files(host(secret, vault, **settings))["actions-runner.nix"].splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("  vault.secrets."))
    return [line.strip() for line in lines[first + 1 : lines.index("  };", first)]]


TOKEN = VaultSecret(name="t", key="token")


def test_a_module_of_the_repository_is_left_alone() -> None:
    """Where nothing is said, no module is written or imported, and no new option is set."""
    made = render(Fleet(hosts=[host(TOKEN, Vault())]))
    assert not [path for path in made if path.startswith("modules/")]
    text = made["hosts/web1/actions-runner.nix"]
    assert "imports" not in text
    assert "format" not in text


@pytest.mark.parametrize("vault", [OWN, Vault(secrets_module=RepositoryModule(options=OPTIONS))])
def test_the_format_is_what_the_runner_reads(vault: Vault) -> None:
    """services.gitea-actions-runner reads TOKEN=..., services.forgejo-runner the token alone.

    Only a module that has the option is told so, be it nixgen's or another.
    """
    assert 'format = "env";' in secret_lines(TOKEN, vault)
    uuid = "00000000-0000-4000-8000-000000000000"
    assert not [line for line in secret_lines(TOKEN, vault, uuid=uuid) if "format" in line]
    given = VaultSecret(name="t", key="token", format="raw")
    assert not [line for line in secret_lines(given, vault) if "format" in line]


@pytest.mark.parametrize(
    ("key", "line"), [("token", None), ("Token", None), ("runner-token", 'envVar = "TOKEN";')]
)
def test_the_variable_is_the_runners(key: str, line: str | None) -> None:
    """Whatever the key is called, the variable is TOKEN; it is named where the key does not say."""
    lines = secret_lines(VaultSecret(name="t", key=key), OWN)
    assert [each for each in lines if "envVar" in each] == ([line] if line else [])


def test_variables_are_named_as_on_the_host() -> None:
    """The model and the script derive one name from a key."""
    assert [variable_of(key) for key in ("token", "db-password.1", "2nd")] == [
        "TOKEN",
        "DB_PASSWORD_1",
        "_2ND",
    ]


def test_modules_come_and_go_with_the_choice(tmp_path: Path) -> None:
    """A build writes the module, a build of one host keeps it, and it goes with the choice."""
    hosts = [host(TOKEN), host(TOKEN, name="web2")]
    result = build(Fleet(hosts=hosts), tmp_path)
    assert [path for path in result.created if path in MODULES] == MODULES
    assert build(Fleet(hosts=hosts[:1]), tmp_path, only=["web1"]).changed == ()
    assert all((tmp_path / path).is_file() for path in MODULES)
    theirs = [host(TOKEN, Vault()), host(TOKEN, Vault(), name="web2")]
    assert sorted(build(Fleet(hosts=theirs), tmp_path).removed) == MODULES
