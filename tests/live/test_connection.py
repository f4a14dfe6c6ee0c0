from __future__ import annotations

from pathlib import Path

import pytest
from certificates import certificates

from nixgen import ConfigurationError, Vault
from nixgen.live.connection import AppRoleLogin, Token, read_connection

VALUE = "s.hunter2-9f3b1c77"
"""A credential. No message may repeat it."""

MINIMAL = {"VAULT_ADDR": "https://vault.example.org:8200", "VAULT_TOKEN": VALUE}


def test_vaults_own_variables() -> None:
    """Where `vault` works, nixgen works: the same environment says where the server is."""
    connection = read_connection({**MINIMAL, "VAULT_NAMESPACE": "team"}, Vault())
    assert connection.address == "https://vault.example.org:8200"
    assert connection.login == Token(value=VALUE, source="VAULT_TOKEN")
    assert (connection.namespace, connection.verify, connection.timeout) == ("team", True, 10.0)


def test_openbaos_variables_come_first() -> None:
    """As in `bao` itself; an empty variable counts as none."""
    environment = {**MINIMAL, "BAO_ADDR": "http://127.0.0.1:8200/", "BAO_TOKEN": ""}
    connection = read_connection(environment, Vault())
    assert connection.address == "http://127.0.0.1:8200"
    assert connection.login == Token(value=VALUE, source="VAULT_TOKEN")


def test_address_of_the_model() -> None:
    """A fleet that knows its server needs no variable for it; one that is there still wins."""
    vault = Vault(address="https://model.example.org")
    assert read_connection({"VAULT_TOKEN": VALUE}, vault).address == "https://model.example.org"
    assert read_connection(MINIMAL, vault).address == "https://vault.example.org:8200"


def test_token_of_a_login(tmp_path: Path) -> None:
    """After `bao login` no variable is needed: the token is where that command leaves it."""
    (tmp_path / ".vault-token").write_text(f"{VALUE}\n")
    environment = {"VAULT_ADDR": "http://127.0.0.1:8200", "HOME": str(tmp_path)}
    login = read_connection(environment, Vault()).login
    assert login == Token(value=VALUE, source="~/.vault-token")


def test_approle_stands_over_a_token(tmp_path: Path) -> None:
    """Whoever names the two files means them, whatever else is in the environment."""
    role_id, secret_id = tmp_path / "role-id", tmp_path / "secret-id"
    role_id.write_text("r\n")
    secret_id.write_text(f"{VALUE}\n")
    connection = read_connection(
        MINIMAL, Vault(approle_mount="hosts"), role_id_file=role_id, secret_id_file=secret_id
    )
    assert connection.login == AppRoleLogin(mount="hosts", role_id="r", secret_id=VALUE)


def test_tls_settings(tmp_path: Path) -> None:
    """A CA of one's own, a client's certificate, and no check at all, as the tools have them."""
    ca, _, key = certificates(tmp_path)
    own = read_connection(
        {
            **MINIMAL,
            "VAULT_CACERT": str(ca),
            "BAO_CLIENT_CERT": str(ca),
            "BAO_CLIENT_KEY": str(key),
            "VAULT_SKIP_VERIFY": "false",
        },
        Vault(),
    )
    assert (own.verify, own.client_certificate) == (str(ca), (str(ca), str(key)))
    folder = read_connection({**MINIMAL, "VAULT_CAPATH": str(tmp_path)}, Vault())
    assert folder.verify == str(tmp_path)
    skipped = read_connection(
        {**MINIMAL, "VAULT_CACERT": str(ca), "VAULT_SKIP_VERIFY": "true"}, Vault()
    )
    assert skipped.verify is False


@pytest.mark.parametrize(
    ("environment", "summary"),
    [
        ({"VAULT_TOKEN": VALUE}, "there is no address of a Vault server"),
        ({"VAULT_ADDR": "http://127.0.0.1:8200"}, "there is no token for the Vault server"),
        ({**MINIMAL, "VAULT_ADDR": "127.0.0.1:8200"}, "VAULT_ADDR: '127.0.0.1:8200' is no URL"),
        ({**MINIMAL, "BAO_ADDR": "unix:///run/bao.sock"}, "BAO_ADDR: 'unix:///run/bao.sock' is no"),
        ({**MINIMAL, "VAULT_ADDR": f"https://a:{VALUE}@b"}, "VAULT_ADDR: the URL holds a user"),
        ({**MINIMAL, "VAULT_TOKEN": f"{VALUE}\n{VALUE}"}, "VAULT_TOKEN holds what no token has"),
        ({**MINIMAL, "BAO_TOKEN": f"{VALUE}é"}, "BAO_TOKEN holds what no token has"),
        ({**MINIMAL, "VAULT_CACERT": "/nowhere"}, "VAULT_CACERT names /nowhere, which does not"),
        ({**MINIMAL, "BAO_SKIP_VERIFY": "yes"}, "BAO_SKIP_VERIFY is 'yes'; allowed are true"),
        (
            {**MINIMAL, "VAULT_CLIENT_CERT": "/dev/null"},
            "VAULT_CLIENT_CERT is given, and no VAULT_CLIENT_KEY",
        ),
        (
            {**MINIMAL, "BAO_CLIENT_KEY": "/dev/null"},
            "BAO_CLIENT_KEY is given, and no BAO_CLIENT_CERT",
        ),
        ({**MINIMAL, "VAULT_CACERT": __file__}, f"VAULT_CACERT names {__file__}, which holds no"),
        (
            {**MINIMAL, "BAO_CACERT": "/"},
            "BAO_CACERT names /, which cannot be read: Is a directory",
        ),
        ({**MINIMAL, "BAO_CACERT": "/dev/null"}, "BAO_CACERT names /dev/null, which holds no"),
    ],
)
def test_what_is_wrong_in_the_environment(
    environment: dict[str, str], summary: str, tmp_path: Path
) -> None:
    """One clear error that names the variable, and never a credential."""
    with pytest.raises(ConfigurationError) as error:
        read_connection({"HOME": str(tmp_path), **environment}, Vault())
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.summary.startswith(summary)
    assert VALUE not in str(diagnostic.as_dict())


@pytest.mark.parametrize(
    ("content", "summary"),
    [
        (b"", "secret-id is empty or holds more than one word of ASCII"),
        (f"{VALUE} x".encode(), "secret-id is empty or holds more than one word of ASCII"),
        ("é".encode(), "secret-id is empty or holds more than one word of ASCII"),
        (b"\xff", "secret-id holds no text"),
        (None, "cannot read secret-id: No such file or directory"),
    ],
)
def test_what_is_wrong_in_a_file(content: bytes | None, summary: str, tmp_path: Path) -> None:
    """A file with a credential is named, its content is not."""
    role_id, secret_id = tmp_path / "role-id", tmp_path / "secret-id"
    role_id.write_text("r")
    if content is not None:
        secret_id.write_bytes(content)
    with pytest.raises(ConfigurationError) as error:
        read_connection(MINIMAL, Vault(), role_id_file=role_id, secret_id_file=secret_id)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.summary == summary
    assert diagnostic.location is not None
    assert diagnostic.location.file == str(secret_id)


def test_credentials_are_in_no_text() -> None:
    """A connection that lands in a log or a traceback tells nothing."""
    assert VALUE not in repr(read_connection(MINIMAL, Vault()))
