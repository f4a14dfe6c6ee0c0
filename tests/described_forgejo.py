"""A server that answers as Forgejo's API is described to; it is no Forgejo, which has no package.

What it answers is what the API descriptions of Forgejo 10 to 15 say (`/api/swagger` of those
versions): paths, methods, statuses and fields, an array with `X-Total-Count` and `Link` for lists,
`{"message", "url"}` for refusals. Which version it is decides which paths there are:

    with DescribedForgejo("15.0.1+gitea-1.22.0") as forgejo:
        forgejo.add("web1-native", ["native-nix"], owner=forgejo.ids["someone"])
        ...                             # at forgejo.address, with the token forgejo.token

`someone` is the token's user and no administrator, until `administrator` is set.
"""

from __future__ import annotations

import http.server
import json
import ssl
import threading
import urllib.parse
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

REGISTRATION_TOKEN = "registration-9f3b1c77"
RUNNER_TOKEN = "e1d0a9b8c7f6e5d4c3b2a1908f7e6d5c4b3a2910"
_PAGE_LIMIT = 50  # of the server, however many are asked for

Answer = tuple[int, Any, dict[str, str]]


class DescribedForgejo:
    """The server, in a thread; what it has can be changed while it runs."""

    def __init__(self, version: str, certificate: tuple[Path, Path] | None = None) -> None:
        self.version = version
        self.token = "forge-token-1c77"
        self.administrator = False
        self.ids = {"someone": 5, "other": 6, "team": 9}
        self.organizations = {"team"}
        self.repositories: dict[str, dict[str, Any]] = {}
        self.runners: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.before: Callable[[str], Answer | None] = lambda _: None
        """May answer a path instead of the API: limits, redirects, faults."""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.address = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> DescribedForgejo:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def major(self) -> int:
        """The first number of the version."""
        return int(self.version.partition(".")[0])

    def add(
        self,
        name: str,
        labels: Sequence[str],
        *,
        owner: int = 0,
        repository: int = 0,
        status: str = "idle",
    ) -> dict[str, Any]:
        """A runner that is registered; owner and repository 0 is everybody's."""
        runner = {
            "id": len(self.runners) + 1,
            "uuid": str(uuid.uuid4()),
            "owner_id": owner,
            "repo_id": repository,
            "name": name,
            "status": status,
            "version": "v12.0.0",
            "labels": list(labels),
            "description": "",
            "ephemeral": False,
        }
        self.runners.append(runner)
        return runner

    def add_repository(self, name: str, **fields: Any) -> None:
        """A repository with Actions on, unless fields say otherwise."""
        number = 100 + len(self.repositories)
        made = {"id": number, "full_name": name, "has_actions": True, "archived": False}
        self.repositories[name] = made | fields

    # -- the API ---------------------------------------------------------------------------------

    def answer(self, method: str, target: str, headers: Any, body: Any) -> Answer:
        """Status, JSON and headers for a request below `/api/v1/`."""
        url = urllib.parse.urlsplit(target)
        path = url.path.removeprefix("/api/v1/")
        self.asked.append(f"{method} {path}")
        instead = self.before(path)
        if instead is not None:
            return instead
        if headers["Authorization"] != f"token {self.token}":
            return self._refusal(401, "invalid username, password or token")
        user = headers["Sudo"] or "someone"
        if user != "someone" and not self.administrator:
            return self._refusal(403, "Only administrators allowed to sudo.")
        if user not in self.ids:
            return self._refusal(404, "The target couldn't be found.")
        if path == "version":
            return 200, {"version": self.version}, {}
        if path == "user":
            return 200, {"id": 5, "login": user, "is_admin": self.administrator}, {}
        scope, found, rest = path.partition("/actions/runners")
        if found:
            query = dict(urllib.parse.parse_qsl(url.query))
            return self._of_scope(f"{method} {rest}", scope, self._owned(scope, user), query, body)
        if path == "admin/runners/registration-token" and self.administrator:
            return 200, {"token": REGISTRATION_TOKEN}, {}
        kind, _, name = path.partition("/")
        known = {"repos": self.repositories, "orgs": self.organizations, "users": self.ids}
        if name not in known.get(kind, ()):
            return self._refusal(404, "The target couldn't be found.")
        return 200, self.repositories.get(name, {"username": name}), {}

    def _of_scope(
        self,
        asked: str,
        scope: str,
        owned: tuple[int, int] | None,
        query: dict[str, str],
        body: Any,
    ) -> Answer:
        if owned is None:
            return self._refusal(404, "The target couldn't be found.")
        if scope == "admin" and not self.administrator:
            return self._refusal(403, "user should be the site admin")
        elsewhere = self.major == 10 and scope == "admin"
        if asked == "GET /registration-token" and not elsewhere:
            return 200, {"token": REGISTRATION_TOKEN}, {}
        if self.major < 15:
            return self._refusal(404, "Not Found")
        owner, repository = owned
        if asked == "POST ":
            made = self.add(body["name"], [], owner=owner, repository=repository, status="offline")
            return 201, {"id": made["id"], "uuid": made["uuid"], "token": RUNNER_TOKEN}, {}
        if asked.startswith("DELETE /"):
            runner = int(asked.removeprefix("DELETE /"))
            self.runners = [each for each in self.runners if each["id"] != runner]
            return 204, None, {}
        mine = [
            each
            for each in self.runners
            if scope == "admin" or (each["owner_id"], each["repo_id"]) == owned
        ]
        limit = min(int(query.get("limit", _PAGE_LIMIT)), _PAGE_LIMIT)
        first = (int(query.get("page", 1)) - 1) * limit
        return 200, mine[first : first + limit], {"X-Total-Count": str(len(mine))}

    def _owned(self, scope: str, user: str) -> tuple[int, int] | None:
        if scope == "admin":
            return 0, 0
        if scope == "user":
            return self.ids[user], 0
        kind, _, name = scope.partition("/")
        if kind == "orgs" and name in self.organizations:
            return self.ids[name], 0
        if kind == "repos" and name in self.repositories:
            return 0, self.repositories[name]["id"]
        return None

    def _refusal(self, status: int, message: str) -> Answer:
        return status, {"message": message, "url": f"{self.address}/api/swagger"}, {}


def _handler(forgejo: DescribedForgejo) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, answer, headers = forgejo.answer(self.command, self.path, self.headers, body)
            text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            text = b"" if answer is None else text
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_DELETE = do_GET  # noqa: N815 - names of http.server

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    return Handler
