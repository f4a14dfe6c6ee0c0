"""How a server answers, or fails to: the real one, with TLS and without, and some that are none."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openbao as bao
import pytest
from certificates import certificates

from nixgen import ServerError
from nixgen.live.connection import AppRoleLogin, Connection, Token
from nixgen.live.server import No, Server

VALUE = "hunter2-9f3b1c77"
"""A secret's value. No message may repeat it."""


def server_of(client: bao.Client, **settings: Any) -> Server:
    """The server as seen with a client's token."""
    chosen = {
        "address": client.address,
        "login": Token(value=client.token, source="VAULT_TOKEN"),
        "namespace": client.namespace or None,
        "timeout": 10.0,
        **settings,
    }
    return Server(Connection(**chosen))


def refusal(made: Callable[[], object]) -> tuple[str, str | None]:
    """What the one diagnostic of a ServerError says, without the address, and its help."""
    with pytest.raises(ServerError) as error:
        made()
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.summary.startswith("the Vault server at http")
    assert error.value.exit_status == 2
    return " ".join(diagnostic.summary.split()[5:]), diagnostic.help


# -- what is there -----------------------------------------------------------------------------


def test_what_is_there_and_what_is_not(vault: bao.Client) -> None:
    """There, absent, deleted, no mount and forbidden are five different answers."""
    vault.mount_kv("secret")
    vault.mount_approle("approle")
    vault.write("secret/data/there", {"data": {"key": VALUE}})
    vault.write("secret/data/deleted", {"data": {"key": VALUE}})
    vault.ask("DELETE", "secret/data/deleted")
    server = server_of(vault)
    assert server.get("secret/data/there").data["data"] == {"key": VALUE}
    assert server.get("secret/data/there").no is None
    assert server.get("secret/data/absent").no is No.ABSENT
    assert server.get("secret/data/deleted").no is No.DELETED
    assert server.get("other/data/there").no is No.UNMOUNTED
    web = vault.approle("web", 'path "secret/data/web" { capabilities = ["read"] }')
    limited = server_of(web.login())
    assert limited.get("secret/data/there").no is No.FORBIDDEN
    assert limited.get("secret/data/absent").no is No.FORBIDDEN
    assert limited.get("secret/data/web").no is No.ABSENT


def test_login_as_an_approle(vault: bao.Client) -> None:
    """The host's own credentials serve as well as a person's token."""
    vault.mount_kv("secret")
    vault.mount_approle("hosts")
    vault.write("secret/data/web", {"data": {"key": VALUE}})
    policy = 'path "secret/data/web" { capabilities = ["read"] }'
    web = vault.approle("web", policy, mount="hosts")
    login = AppRoleLogin(mount="hosts", role_id=web.role_id, secret_id=web.secret_id())
    assert server_of(vault, login=login).get("secret/data/web").data["data"] == {"key": VALUE}


def test_token_that_may_not_look_itself_up(vault: bao.Client) -> None:
    """A token without the default policy is no wrong token."""
    vault.mount_kv("secret")
    vault.write("sys/policies/acl/own", {"policy": 'path "secret/*" { capabilities = ["read"] }'})
    body = {"policies": ["own"], "no_default_policy": True}
    token = vault.write("auth/token/create", body).body["auth"]["client_token"]
    server = server_of(vault, login=Token(value=token, source="VAULT_TOKEN"))
    assert server.get("secret/data/x").no is No.ABSENT


# -- logins that are refused -------------------------------------------------------------------


def test_wrong_token(vault: bao.Client) -> None:
    """A token that is wrong or revoked is told at once, with where it came from."""
    said, advice = refusal(
        lambda: server_of(vault, login=Token(value=VALUE, source="~/.vault-token"))
    )
    assert said == "refuses the token of ~/.vault-token"
    assert advice is not None
    assert "wrong, expired or revoked" in advice


def test_wrong_approle(vault: bao.Client) -> None:
    """A wrong id and a method that is not there are told apart."""
    vault.mount_approle("approle")
    web = vault.approle("web", 'path "x" { capabilities = ["read"] }')

    def login(mount: str, role_id: str, secret_id: str) -> Callable[[], object]:
        ids = AppRoleLogin(mount=mount, role_id=role_id, secret_id=secret_id)
        return lambda: server_of(vault, login=ids)

    wrong = "refuses the AppRole's role id or secret id"
    assert refusal(login("approle", web.role_id, VALUE))[0] == wrong
    assert refusal(login("approle", "x", web.secret_id()))[0] == wrong
    elsewhere = refusal(login("hosts", web.role_id, web.secret_id()))[0]
    assert elsewhere == "lets nobody log in at auth/hosts/"


def test_secret_id_that_is_used_up(vault: bao.Client) -> None:
    """The usual way to lose access gets the same clear answer."""
    vault.mount_approle("approle")
    web = vault.approle("web", 'path "x" { capabilities = ["read"] }', secret_id_num_uses=1)
    login = AppRoleLogin(mount="approle", role_id=web.role_id, secret_id=web.secret_id())
    server_of(vault, login=login)
    said, advice = refusal(lambda: server_of(vault, login=login))
    assert said == "refuses the AppRole's role id or secret id"
    assert advice is not None
    assert "used up" in advice


def test_namespace_that_is_not_there(openbao: bao.Server) -> None:
    """A misspelt namespace is told as such."""
    said, _ = refusal(lambda: server_of(openbao.root, namespace="tema"))
    assert said == "has no namespace 'tema'"


# -- a server with TLS, and one that is sealed -------------------------------------------------


@dataclass
class Secure:
    """A server that listens with TLS too, and the files of its certificate.

    At `strict_address` it wants a certificate of its clients.
    """

    server: bao.Server
    address: str
    strict_address: str
    ca: Path
    certificate: Path
    key: Path


class _TlsServer(bao.Server):
    def __init__(self, folder: Path, ca: Path, certificate: Path, key: Path) -> None:
        self._plain = {"tls_cert_file": str(certificate), "tls_key_file": str(key)}
        client = {"tls_client_ca_file": str(ca), "tls_require_and_verify_client_cert": True}
        self._strict = {**self._plain, **client}
        self.addresses: list[str] = []
        super().__init__(folder)

    def _settings(self, port: int, cluster_port: int) -> dict[str, object]:
        settings: dict[str, Any] = super()._settings(port, cluster_port)
        ports = iter(bao._free_ports(4))
        for files in (self._plain, self._strict):
            own, cluster = (f"127.0.0.1:{next(ports)}" for _ in range(2))
            self.addresses.append(f"https://{own}")
            listener = {"address": own, "cluster_address": cluster, **files}
            settings["listener"].append({"tcp": listener})
        return settings


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    """A server of this module's own, whose certificate is of a CA that nobody knows."""
    folder = tmp_path_factory.mktemp("tls")
    ca, certificate, key = certificates(folder)
    server = _TlsServer(folder, ca, certificate, key)
    try:
        server.start()
        yield Secure(server, *server.addresses, ca, certificate, key)
    finally:
        server.stop()


def test_tls(secure: Secure) -> None:
    """With the CA's file the server is trusted, without it not; SKIP_VERIFY asks all the same."""
    root = secure.server.root
    address = secure.address
    known = server_of(root, address=address, verify=str(secure.ca))
    assert known.get("sys/policies/acl/absent").no is No.ABSENT
    said, advice = refusal(lambda: server_of(root, address=address))
    assert said == ("has a certificate that is not trusted: unable to get local issuer certificate")
    assert advice is not None
    assert "VAULT_CACERT" in advice
    unchecked = server_of(root, address=address, verify=False)
    assert unchecked.get("sys/policies/acl/absent").no is No.ABSENT


def test_tls_with_a_certificate_of_the_client(secure: Secure) -> None:
    """A server that wants one gets it; without it the error is about TLS."""
    settings = {"address": secure.strict_address, "verify": str(secure.ca)}
    pair = (str(secure.certificate), str(secure.key))
    known = server_of(secure.server.root, client_certificate=pair, **settings)
    assert known.get("sys/policies/acl/absent").no is No.ABSENT
    said, _ = refusal(lambda: server_of(secure.server.root, **settings))
    assert said.startswith("cannot be asked over TLS: ")
    assert "certificate required" in said


def test_tls_and_the_name(secure: Secure) -> None:
    """A certificate for another name is refused, however good its CA is."""
    elsewhere = secure.address.replace("127.0.0.1", "localhost")
    said, _ = refusal(
        lambda: server_of(secure.server.root, address=elsewhere, verify=str(secure.ca))
    )
    assert said.startswith("has a certificate that is not trusted: Hostname mismatch")


def test_http_and_https_mixed_up(secure: Secure) -> None:
    """The commonest mistake in an address says which of the two it is."""
    root = secure.server.root
    plain = secure.address.replace("https", "http")
    assert refusal(lambda: server_of(root, address=plain)) == (
        "speaks TLS",
        f"its address is {secure.address}",
    )
    over_tls = root.address.replace("http", "https")
    said, _ = refusal(lambda: server_of(root, address=over_tls))
    assert said.startswith("cannot be asked over TLS: ")


def test_ca_file_that_is_none(secure: Secure, tmp_path: Path) -> None:
    """A file without certificates is an error of one line, no traceback."""
    (tmp_path / "ca.pem").write_text("no certificate\n")
    said, _ = refusal(
        lambda: server_of(
            secure.server.root, address=secure.address, verify=str(tmp_path / "ca.pem")
        )
    )
    assert said.startswith("cannot be asked")


def test_sealed_server(secure: Secure) -> None:
    """A sealed server is told as such, for a token, for an AppRole, and in the middle of a run."""
    server = server_of(secure.server.root)
    secure.server.seal()
    try:
        expected = ("is sealed", "unseal it: `bao operator unseal`")
        login = AppRoleLogin(mount="approle", role_id="x", secret_id="y")
        assert refusal(lambda: server_of(secure.server.root)) == expected
        assert refusal(lambda: server_of(secure.server.root, login=login)) == expected
        assert refusal(lambda: server.get("secret/data/x")) == expected
    finally:
        secure.server.unseal()


def test_server_that_is_not_initialised(tmp_path: Path) -> None:
    """A server before its first `init` is not taken for a sealed one."""

    class Fresh(bao.Server):
        def unseal(self) -> None:
            """Nothing has been initialised."""

    fresh = Fresh(tmp_path)
    fresh.root = bao.Client(fresh.address, token="none yet")
    try:
        fresh.start()
        said, _ = refusal(lambda: server_of(fresh.root))
        assert said == "is not initialised"
    finally:
        fresh.stop()


# -- servers that do not answer, or are something else -----------------------------------------


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that listens, and whose connections nobody serves."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def client_at(port: int) -> bao.Client:
    """Whoever asks what is at a port."""
    return bao.Client(f"http://127.0.0.1:{port}", token="some-token")


def test_unreachable_server(listener: socket.socket) -> None:
    """Nothing listens there."""
    port = listener.getsockname()[1]
    listener.close()
    assert refusal(lambda: server_of(client_at(port)))[0] == "cannot be reached: connection refused"


def test_name_that_does_not_resolve() -> None:
    """A misspelt name is told as the resolver tells it."""
    client = bao.Client("http://vault.invalid:8200", token="some-token")
    said, _ = refusal(lambda: server_of(client))
    assert said.startswith("cannot be reached: ")
    assert "name" in said.lower()


def test_slow_server(listener: socket.socket) -> None:
    """A server that takes too long is given up after the time that --timeout says."""
    port = listener.getsockname()[1]
    said, advice = refusal(lambda: server_of(client_at(port), timeout=0.2))
    assert said == "did not answer within 0.2 seconds"
    assert advice == "--timeout gives it more time"


def test_server_that_hangs_up(listener: socket.socket) -> None:
    """A connection that breaks off is no answer."""

    def hang_up() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1024)

    thread = threading.Thread(target=hang_up)
    thread.start()
    said, _ = refusal(lambda: server_of(client_at(listener.getsockname()[1])))
    thread.join()
    assert said.startswith("cannot be reached: ")


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", "<html></html>"),
        (404, "text/html", "Not found"),
        (404, "application/json", '["odd"]'),
        (404, "application/json", '{"message": "odd"}'),
        (403, "text/plain", VALUE),
        (503, "text/html", "<html>Service unavailable</html>"),
        (200, "application/json", "{"),
        (200, "application/json", "[]"),
    ],
)
def test_other_servers(status: int, kind: str, body: str) -> None:
    """A web server or proxy at the address is not taken for Vault, nor is its text repeated."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as other:
        threading.Thread(target=other.serve_forever).start()
        try:
            said, advice = refusal(lambda: server_of(client_at(other.server_port)))
        finally:
            other.shutdown()
    assert said == "is neither Vault nor OpenBao, by what it answers"
    assert advice is None


def test_proxies_of_the_environment(vault: bao.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that cannot reach this machine is not asked for a server on it, as `bao` does."""
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert server_of(vault).get("sys/policies/acl/absent").no is No.ABSENT
    with pytest.raises(ServerError):
        server_of(bao.Client("http://vault.invalid", token="x"))
