"""A real Gitea server for tests: its start, its end, its API, and runners that register there.

Tests get one from the fixture `gitea`, which all tests of the process share. There is an
administrator; users, organizations and repositories are new ones, each with a name of its own:

    def test_it(gitea):
        user = gitea.account()
        repository = user.repository()            # "user1/repository2"
        token = user.registration_token("user")   # of the user's scope
        runner = gitea.register(token, "web1-native", ["native-nix"])
        runner.go_online()
        assert user.ask("GET", "user/actions/runners").status == 200

Runners speak the protocol of act_runner (connect, with JSON bodies) themselves: they are registered
and online, and run nothing. Gitea does not run as root, except where it is told to.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import itertools
import json
import os
import re
import secrets
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import programs
import pytest

START_LIMIT = 120.0  # seconds; a start takes a few
ADMINISTRATOR = "operator"
_SERVICE = "/api/actions/runner.v1.RunnerService"
_numbers = itertools.count(1)  # of what has to have a new name


@dataclass(frozen=True)
class Answer:
    """An answer of the API: the status, and the JSON of the body, None where it has none."""

    status: int
    body: Any


@dataclass(frozen=True)
class Account:
    """Someone with a token, and what they can ask."""

    address: str
    name: str
    token: str

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """The answer to a request, whatever its status; `path` is without `/api/v1/`."""
        headers = {"Authorization": f"token {self.token}"}
        return _ask(self.address, method, f"/api/v1/{path}", body, headers)

    def granted(self, method: str, path: str, body: object = None) -> Any:
        """The body of the answer; fails the test where the server refuses."""
        answer = self.ask(method, path, body)
        if answer.status >= 400:
            pytest.fail(f"{method} {path}: status {answer.status}, {answer.body}")
        return answer.body

    def repository(self, **settings: object) -> str:
        """Makes a repository with a new name, of theirs; `has_actions=False` turns Actions off."""
        made = self.granted("POST", "user/repos", {"name": f"repository{next(_numbers)}"})
        if settings:
            self.granted("PATCH", f"repos/{made['full_name']}", settings)
        return str(made["full_name"])

    def add_file(self, repository: str, path: str, text: str, branch: str = "main") -> None:
        """Commits a file to a branch of a repository, which is made from `main` where it is new."""
        content = base64.b64encode(text.encode()).decode()
        body = {"content": content, "message": path, "branch": "main"}
        if branch != "main":
            body["new_branch"] = branch
        self.granted("POST", f"repos/{repository}/contents/{path}", body)

    def organization(self) -> str:
        """Makes an organization with a new name, of theirs."""
        name = f"organization{next(_numbers)}"
        self.granted("POST", "orgs", {"username": name})
        return name

    def registration_token(self, scope: str) -> str:
        """A registration token of `user`, `admin`, `orgs/<name>` or `repos/<owner>/<name>`."""
        path = f"{scope}/actions/runners/registration-token"
        return str(self.granted("POST", path)["token"])


@dataclass(frozen=True)
class Runner:
    """A runner that is registered; its requests have its own uuid and token."""

    address: str
    name: str
    uuid: str
    token: str
    labels: Sequence[str]

    def go_online(self) -> None:
        """Says its labels and asks for work, once: for a minute it then counts as online."""
        self._call("Declare", {"version": "v0.4.0", "labels": list(self.labels)})
        self._call("FetchTask", {"tasksVersion": "0"})

    def take_job(self) -> dict[str, Any]:
        """The next job that the server gives to it: its context `github`, with its real token."""
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            task = self._call("FetchTask", {"tasksVersion": "0"}).get("task")
            if task:
                return dict(task["context"])
            time.sleep(0.1)
        pytest.fail("the server has no job for the runner")

    def _call(self, procedure: str, body: object) -> Any:
        headers = {"x-runner-uuid": self.uuid, "x-runner-token": self.token}
        answer = _ask(self.address, "POST", f"{_SERVICE}/{procedure}", body, headers)
        assert answer.status == 200, answer
        return answer.body


class Server:
    """A server process with all its files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._program = programs.real_program("gitea")
        static = programs.TOOLS.parent / "gitea"
        if not static.is_dir():
            programs.missing("what Gitea reads is not in .tools/gitea; `make tools` installs it")
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._configuration = folder / "app.ini"
        self._configuration.write_text(_settings(folder, static, port))
        self._process: subprocess.Popen[bytes] | None = None
        self.administrator = Account(self.address, ADMINISTRATOR, "")

    def start(self) -> None:
        """Makes the database and the administrator, and starts the process, until it serves."""
        self.run("migrate")
        self.administrator = self._account(ADMINISTRATOR, "--admin")
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "--config", self._configuration, "web"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(self._folder),
            )
        deadline = time.monotonic() + START_LIMIT
        while not self._serves():
            if self._process.poll() is not None or time.monotonic() > deadline:
                log_text = (self._folder / "log").read_text(encoding="utf-8")
                pytest.fail(f"Gitea does not serve:\n{log_text[-4000:]}")
            time.sleep(0.05)

    def run(self, *arguments: str) -> str:
        """What its own command prints for the arguments."""
        command = [self._program, "--config", self._configuration, *arguments]
        return programs.run(command, environment=_environment(self._folder))

    def account(self, name: str = "") -> Account:
        """A new user, who has nothing but a token: what is theirs is this test's alone."""
        return self._account(name or f"user{next(_numbers)}")

    def token(self, account: str, scopes: str = "all") -> str:
        """A new API token of an account, with scopes such as `read:user,read:admin`."""
        name = f"--token-name=test{next(_numbers)}"
        arguments = ["admin", "user", "generate-access-token", "--raw", "--username", account]
        printed = self.run(*arguments, name, "--scopes", scopes)
        # A warning about root may stand before it or after it.
        (token,) = re.findall(r"^[0-9a-f]{40}$", printed, re.MULTILINE)
        return str(token)

    def register(self, token: str, name: str, labels: Sequence[str]) -> Runner:
        """A runner that registers with a registration token, as act_runner and Forgejo's do."""
        answer = self.try_to_register(token, name, labels)
        assert answer.status == 200, answer
        made = answer.body["runner"]
        return Runner(self.address, name, made["uuid"], made["token"], labels)

    def try_to_register(self, token: str, name: str, labels: Sequence[str]) -> Answer:
        """The answer to a registration, whatever its status."""
        body = {"name": name, "token": token, "version": "v0.4.0", "labels": list(labels)}
        return _ask(self.address, "POST", f"{_SERVICE}/Register", body, {})

    def stop(self) -> None:
        """Ends the process."""
        if self._process is not None:
            programs.end(self._process)
            self._process = None

    def _account(self, name: str, *flags: str) -> Account:
        arguments = ["--username", name, "--email", f"{name}@example.org", "--random-password"]
        self.run("admin", "user", "create", *arguments, "--must-change-password=false", *flags)
        return Account(self.address, name, self.token(name))

    def _serves(self) -> bool:
        try:
            return self.administrator.ask("GET", "version").status == 200
        except OSError:
            return False


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server with its files in the folder; ended at the end."""
    server = Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _ask(address: str, method: str, path: str, body: object, headers: dict[str, str]) -> Answer:
    sent = None if body is None else json.dumps(body).encode()
    every = {"Content-Type": "application/json", **headers}
    server = urllib.parse.urlsplit(address).netloc
    connection = http.client.HTTPConnection(server, timeout=programs.TIME_LIMIT)
    with contextlib.closing(connection):
        connection.request(method, path, sent, every)
        answer = connection.getresponse()
        text = answer.read()
    try:
        return Answer(answer.status, json.loads(text))
    except ValueError:
        return Answer(answer.status, None)


def _settings(folder: Path, static: Path, port: int) -> str:
    """The configuration: SQLite, no SSH, no jobs of its own, nothing that asks the network."""
    return f"""\
WORK_PATH = {folder}
RUN_MODE = prod

[server]
STATIC_ROOT_PATH = {static}
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
DISABLE_SSH = true
OFFLINE_MODE = true

[database]
DB_TYPE = sqlite3
PATH = {folder}/gitea.db

[security]
INSTALL_LOCK = true
SECRET_KEY = {secrets.token_hex(32)}
INTERNAL_TOKEN = {secrets.token_hex(32)}

[service]
DISABLE_REGISTRATION = true

[actions]
ENABLED = true

[cron]
ENABLED = false

[log]
LEVEL = Warn
"""


def _environment(folder: Path) -> dict[str, str]:
    """An environment without the user's Gitea, in which it may run as root: tests often do."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GITEA")}
    return kept | {"HOME": str(folder), "GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT": "true"}
