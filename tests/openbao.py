"""A real OpenBao server for tests: its start, its end, and requests to its API.

Tests get one from the fixture `openbao`, which all tests of the process share, and mostly use the
fixture `vault`: a namespace of it, which is like a server of the test's own. A namespace has no
mounts at first:

    def test_it(vault):
        vault.mount_kv("secret")
        vault.write("secret/data/hosts/web/db", {"data": {"password": "x"}})
        vault.mount_approle("approle")
        web = vault.approle("web", 'path "secret/data/hosts/web/*" { capabilities = ["read"] }')
        assert web.login().ask("GET", "secret/data/hosts/mail/db").status == 403

A test that seals or stops the server starts its own with `running(tmp_path)`, in some two seconds.
Requests and answers are those of the HTTP API; the root token stays in memory.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import programs
import pytest

START_LIMIT = 60.0  # seconds; a start takes two, or some more on a busy machine
EVERYTHING = """path "*" {
  capabilities = ["create", "read", "update", "patch", "delete", "list", "sudo"]
}
"""
_numbers = itertools.count(1)  # of what has to have a new name


@dataclass(frozen=True)
class Answer:
    """An answer of the API: the status, and the JSON of the body, {} where it has none."""

    status: int
    body: dict[str, Any]

    @property
    def data(self) -> Any:
        """The field `data`, where most answers have what was asked for."""
        return self.body.get("data")

    @property
    def errors(self) -> list[str]:
        """What the server says went wrong."""
        return self.body.get("errors", [])


@dataclass(frozen=True)
class Client:
    """Whoever holds a token, and what they can ask; in one namespace.

    `source` is the address that they ask from: all of 127.0.0.0/8 is this machine.
    """

    address: str
    token: str
    namespace: str = ""
    source: str = "127.0.0.1"

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """The answer to a request, whatever its status; `path` is without `/v1/`."""
        every = {"X-Vault-Token": self.token, "X-Vault-Namespace": self.namespace, **headers}
        if method == "PATCH":
            every["Content-Type"] = "application/merge-patch+json"
        sent = None if body is None else json.dumps(body).encode()
        headers = {name: value for name, value in every.items() if value}
        server = urllib.parse.urlsplit(self.address).netloc
        connection = http.client.HTTPConnection(
            server, timeout=programs.TIME_LIMIT, source_address=(self.source, 0)
        )
        with contextlib.closing(connection):
            connection.request(method, f"/v1/{path}", sent, headers)
            answer = connection.getresponse()
            text = answer.read()
            no_json = not text or answer.headers.get_content_type() != "application/json"
            return Answer(answer.status, {} if no_json else json.loads(text))

    def read(self, path: str) -> Any:
        """The `data` at a path; fails the test where the server refuses."""
        return self._granted("GET", path).data

    def write(self, path: str, body: object = None) -> Answer:
        """Writes to a path; fails the test where the server refuses."""
        return self._granted("POST", path, {} if body is None else body)

    def mount_kv(self, path: str | None = None) -> str:
        """Mounts a KV engine, version 2; a new path unless one is given. Returns the path."""
        path = path or f"kv{next(_numbers)}"
        self.write(f"sys/mounts/{path}", {"type": "kv", "options": {"version": "2"}})
        # It becomes version 2 after the answer.
        until(lambda: self.ask("GET", f"{path}/config").status != 400)
        return path

    def mount_approle(self, path: str | None = None) -> str:
        """Enables the AppRole auth method; at a new path unless one is given. Returns the path."""
        path = path or f"approle{next(_numbers)}"
        self.write(f"sys/auth/{path}", {"type": "approle"})
        return path

    def approle(
        self, name: str, policy: str = "", mount: str = "approle", **settings: object
    ) -> AppRole:
        """A role of an auth method that is mounted; with `policy`, made with that policy alone."""
        if policy:
            self.write(f"sys/policies/acl/{name}", {"policy": policy})
            self.write(f"auth/{mount}/role/{name}", {"token_policies": [name], **settings})
        return AppRole(self, name, mount)

    def environment(self) -> dict[str, str]:
        """The variables by which programs find the server: the Terraform provider, bao, hvac."""
        variables = {"VAULT_ADDR": self.address, "VAULT_TOKEN": self.token}
        return variables | ({"VAULT_NAMESPACE": self.namespace} if self.namespace else {})

    def _granted(self, method: str, path: str, body: object = None) -> Answer:
        answer = self.ask(method, path, body)
        if answer.status >= 400:
            pytest.fail(f"{method} {path}: status {answer.status}, {answer.errors}")
        return answer


@dataclass(frozen=True)
class AppRole:
    """A role that a host logs in as; `client` is who set it up."""

    client: Client
    name: str
    mount: str = "approle"

    @property
    def path(self) -> str:
        """Where the role is in the API."""
        return f"auth/{self.mount}/role/{self.name}"

    @property
    def role_id(self) -> str:
        """Its role id, which is no secret."""
        return str(self.client.read(f"{self.path}/role-id")["role_id"])

    def secret_id(self) -> str:
        """A new secret id."""
        return str(self.client.write(f"{self.path}/secret-id").data["secret_id"])

    def login(self, secret_id: str | None = None) -> Client:
        """Whoever holds the role's token, after a login with a secret id, by default a new one."""
        body = {"role_id": self.role_id, "secret_id": secret_id or self.secret_id()}
        nobody = replace(self.client, token="")
        answer = nobody.write(f"auth/{self.mount}/login", body)
        return replace(self.client, token=answer.body["auth"]["client_token"])


class Server:
    """A server process with its storage in a folder; `root` is the client that may do everything.

    `stop` and `start` keep the storage; `start` unseals.
    """

    def __init__(self, folder: Path) -> None:
        self._program = programs.real_program("bao")
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        port, cluster_port = _free_ports(2)
        self.address = f"http://127.0.0.1:{port}"
        self.root = Client(self.address, token="")
        self._unseal_key = ""
        self.storage = folder / "storage"
        self.storage.mkdir()
        self._configuration = folder / "server.json"
        self._configuration.write_text(json.dumps(self._settings(port, cluster_port)))

    def _settings(self, port: int, cluster_port: int) -> dict[str, object]:
        """The configuration: raft is OpenBao's storage on disk; elections of one take no while."""
        raft = {"path": str(self.storage), "node_id": "test", "performance_multiplier": "1"}
        tcp = {
            "address": f"127.0.0.1:{port}",
            "cluster_address": f"127.0.0.1:{cluster_port}",
            "tls_disable": True,
        }
        cluster = {"api_addr": self.address, "cluster_addr": f"http://127.0.0.1:{cluster_port}"}
        return {"storage": {"raft": raft}, "listener": [{"tcp": tcp}], **cluster}

    @property
    def root_token(self) -> str:
        """The token that may do everything."""
        return self.root.token

    def start(self) -> None:
        """Starts the process and waits until it serves; the first time, initialises it."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("VAULT_", "BAO_"))
        }
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "server", f"-config={self._configuration}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=kept,
            )
        self._wait({200, 429, 501, 503})
        if not self.root.token:
            keys = self.root.write("sys/init", {"secret_shares": 1, "secret_threshold": 1}).body
            self.root = replace(self.root, token=keys["root_token"])
            self._unseal_key = keys["keys_base64"][0]
        self.unseal()

    def unseal(self) -> None:
        """Unseals it and waits until it serves."""
        self.root.write("sys/unseal", {"key": self._unseal_key})
        self._wait({200})

    def seal(self) -> None:
        """Seals it: every request is refused with status 503."""
        self.root.write("sys/seal")

    def stop(self) -> None:
        """Ends the process."""
        if self._process is not None:
            programs.end(self._process)
            self._process = None

    def namespace(self) -> Client:
        """Who may do everything in a new namespace: mounts, policies and roles of its own.

        There are none at first, but for the policy of this token. (The root token's children, such
        as the Terraform provider makes, would have no rights in a namespace.)
        """
        name = f"test{next(_numbers)}"
        self.root.write(f"sys/namespaces/{name}")
        inside = replace(self.root, namespace=name)
        inside.write("sys/policies/acl/everything", {"policy": EVERYTHING})
        token = inside.write("auth/token/create", {"policies": ["everything"], "ttl": "24h"})
        return replace(inside, token=token.body["auth"]["client_token"])

    def _wait(self, statuses: set[int]) -> None:
        """Waits until the server's health has one of the statuses (501 is not initialised)."""

        def serves() -> bool:
            if self._process is None or self._process.poll() is not None:
                log = (self._folder / "log").read_text(encoding="utf-8")
                pytest.fail(f"OpenBao does not serve:\n{log[-4000:]}")
            with contextlib.suppress(OSError):
                return self.root.ask("GET", "sys/health").status in statuses
            return False

        until(serves)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server of the test's own, with its files in the folder; ended at the end."""
    server = Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def until(done: Callable[[], bool]) -> None:
    """Waits until it is done; fails the test where it takes too long."""
    deadline = time.monotonic() + START_LIMIT
    while not done():
        if time.monotonic() > deadline:
            pytest.fail(f"OpenBao is not ready after {START_LIMIT} s")
        time.sleep(0.02)


def _free_ports(count: int) -> list[int]:
    """Ports of loopback that nothing listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
