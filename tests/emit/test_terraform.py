"""What a secret becomes in Terraform, and how hosts share files."""

from __future__ import annotations

from pathlib import Path

import programs
import pytest

from nixgen import (
    ContainerRunner,
    Fleet,
    Generated,
    GlobalScope,
    Host,
    TerraformVariable,
    TokenFile,
    VaultSecret,
    render,
)
from nixgen.errors import ModelError

VARIABLES = "terraform/vault/variables.tf"
SECRETS = "terraform/vault/secrets.tf"
HOSTS = "terraform/vault/hosts-generated.tf"


def host(name: str, *secrets: VaultSecret, **fields) -> Host:
    """A host that has secrets."""
    return Host(name=name, release="25.11", secrets=secrets, **fields)


def terraform(*hosts: Host) -> dict[str, str]:
    """The files of a fleet."""
    return render(Fleet(hosts=hosts))


def evaluated(tofu_files: dict[str, str], expression: str, folder: Path):
    """An expression's value in the Terraform folder."""
    for path, text in tofu_files.items():
        if path.endswith(".tf"):
            (folder / Path(path).name).write_text(text)
    return programs.eval_tofu(expression, folder)


def test_policies_are_least_privilege(tofu: Path, tmp_path: Path) -> None:
    """A host reads its own tree and the shared secrets that it has, and nothing else."""
    shared = VaultSecret(name="smtp", path="shared/smtp", key="password")
    own = VaultSecret(name="db", key="password")
    files = terraform(host("web1", own, shared), host("web2", shared), host("bare"))
    assert evaluated(files, "local.generated_host_policies", tmp_path) == {
        "web1": {"paths": ["secret/data/hosts/web1/*", "secret/data/shared/smtp"]},
        "web2": {"paths": ["secret/data/shared/smtp"]},
    }


def test_generated_secrets_have_no_variable(tofu: Path, tmp_path: Path) -> None:
    """Terraform makes the value itself, as long as asked for."""
    files = terraform(
        host("web1", VaultSecret(name="db", key="pw", terraform=Generated(length=40)))
    )
    assert VARIABLES not in files
    assert evaluated(files, "local.secrets", tmp_path) == {
        "hosts/web1/db": {"auto_generate": True, "length": 40, "key": "pw"}
    }


def test_a_secret_that_something_else_writes_is_only_read() -> None:
    """No variable and no entry, but the host may read it."""
    files = terraform(host("web1", VaultSecret(name="ca", terraform=None)))
    assert sorted(files) == ["hosts/web1/secrets.nix", HOSTS]


def test_existing_objects_are_known_and_not_written() -> None:
    """What is declared by hand stays where it is."""
    runner = ContainerRunner(
        name="c1",
        existing=True,
        url="https://forge.example",
        token=TokenFile(path="/run/token"),
        labels=["nix:docker://nixos/nix"],
        scope=GlobalScope(),
    )
    secret = VaultSecret(name="key", key="k", existing=True)
    assert terraform(host("web1", secret, runners=[runner])) == {}


def test_one_secret_on_two_hosts_has_one_variable() -> None:
    """A shared part's secret has a path on each host and one value for all."""
    secret = VaultSecret(name="exporter-token", key="token")
    files = terraform(host("web1", secret), host("web2", secret))
    assert files[VARIABLES].count('\nvariable "') == 1
    assert '"hosts/web1/exporter-token"' in files[SECRETS]
    assert '"hosts/web2/exporter-token"' in files[SECRETS]


def test_two_secrets_never_share_a_variable_by_accident() -> None:
    """Two secrets whose names derive one variable would get one value: both lines are named."""
    first = VaultSecret(name="db", key="password")
    second = VaultSecret(name="db", key="password")
    with pytest.raises(ModelError) as caught:
        terraform(host("web1", first), host("web2", second))
    (fault,) = caught.value.diagnostics
    assert "'web1' and 'web2' both describe the Terraform variable 'db'" in fault.summary
    assert fault.location is not None
    assert fault.location.line == second.origin.line
    assert fault.related[0].location.line == first.origin.line


def test_one_variable_for_two_secrets_on_purpose() -> None:
    """With the name given on both sides, one value is what was asked for."""
    hosts = [
        host(name, VaultSecret(name="db", key="p", terraform=TerraformVariable(name="db_password")))
        for name in ("web1", "web2")
    ]
    assert terraform(*hosts)[VARIABLES].count('\nvariable "') == 1


def test_one_path_with_two_contents_is_refused() -> None:
    """Two hosts cannot say two different things about one path in Vault."""
    one = VaultSecret(name="a", path="shared/x", key="k")
    two = VaultSecret(name="b", path="shared/x", key="other", terraform=Generated())
    with pytest.raises(ModelError, match="both describe the entry 'shared/x'"):
        terraform(host("web1", one), host("web2", two))


def test_types_and_odd_names(tofu: Path, tmp_path: Path) -> None:
    """A type constraint prints as one, and a name becomes an identifier."""
    secret = VaultSecret(
        name="9.lives-x",
        key="k",
        terraform=TerraformVariable(type="map(list(string))", sensitive=False),
    )
    text = terraform(host("web1", secret))[VARIABLES]
    assert 'variable "_9_lives_x" {' in text
    assert "type        = map(list(string))\n" in text
    assert "sensitive" not in text


def test_entries_are_ordered_by_key() -> None:
    """A new host's lines go to their place: diffs stay small, merges easy."""
    names = ["b", "c", "a"]
    text = terraform(*(host(name, VaultSecret(name=f"key-{name}", key="k")) for name in names))[
        HOSTS
    ]
    places = [text.index(f'"{name}" = ') for name in sorted(names)]
    assert places == sorted(places)
