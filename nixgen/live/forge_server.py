"""A Forgejo or Gitea server: asks for paths of its API, page by page where answers are long.

What both have in common (Forgejo's and Gitea's documentation, "API Usage"): JSON below `/api/v1`, a
token in the header Authorization, lists with `page` and `limit`, the number of all entries in
X-Total-Count or `total_count`. A server that is asked too often says 429 and Retry-After (RFC 6585
and RFC 9110). The token goes to the forge's own address alone. httpx makes the requests.
"""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import re
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from nixgen.diagnostic import Diagnostic
from nixgen.errors import ServerError
from nixgen.live.forge_connection import ForgeConnection
from nixgen.live.network import is_loopback, tls_fault, unreachable
from nixgen.live.server import No

if TYPE_CHECKING:
    import httpx

PAGE = 50  # entries; servers have limits of their own, mostly this one
LONGEST_WAIT = 60.0  # seconds that a server may ask to wait, all in all
_MOST_REDIRECTS = 5
_MOST_PAGES = 1000
_REFUSALS = {403: No.FORBIDDEN, 404: No.ABSENT, 405: No.ABSENT}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")


@frozen
class Reply:
    """What is at a path: its JSON, or why there is none and what the server says of it."""

    data: Any
    no: No | None = None
    said: str = ""
    total: int | None = None  # of a list with further pages


@frozen
class Release:
    """Which software a server runs, `Forgejo` or `Gitea`, and its version."""

    software: str
    version: str

    @classmethod
    def parse(cls, text: str) -> Release:
        """From what `/version` says: Forgejo names the Gitea that it has the API of.

        `15.0.1+gitea-1.22.0` is Forgejo 15.0.1, `1.26.0` is Gitea 1.26.0. Raises ValueError.
        """
        found = _VERSION.match(text)
        if found is None:
            raise ValueError(f"{text!r} is no version")
        return cls("Forgejo" if "+gitea-" in text else "Gitea", found[0])

    @property
    def major(self) -> int:
        """The first number of the version."""
        return int(self.version.partition(".")[0])

    def __str__(self) -> str:
        return f"{self.software} {self.version}"


@contextlib.contextmanager
def forge_server(connection: ForgeConnection) -> Iterator[ForgeServer]:
    """A server that answers and takes the token; its connections are closed at the end.

    Raises ServerError where it cannot be reached, refuses the token, or is no such server.
    """
    with _client(connection) as client:
        yield ForgeServer(connection, client)


class ForgeServer:
    """See `forge_server`, which makes it."""

    def __init__(self, connection: ForgeConnection, client: httpx.Client) -> None:
        self.address: Final = connection.address
        self._connection = connection
        self._client = client
        self._waited = 0.0
        self.release: Final = self._release()

    def get(self, path: str, *, as_user: str | None = None, **query: str | int) -> Reply:
        """What is at a path, given without `/api/v1/`. Raises ServerError.

        `as_user` has an administrator's token ask as somebody else, which the API calls Sudo.
        """
        return self._ask("GET", path, as_user=as_user, query=query)

    def post(self, path: str, body: object = None, *, as_user: str | None = None) -> Reply:
        """What the server answers to a body. Raises ServerError."""
        return self._ask("POST", path, as_user=as_user, body=body)

    def delete(self, path: str, *, as_user: str | None = None) -> Reply:
        """What the server answers to a deletion. Raises ServerError."""
        return self._ask("DELETE", path, as_user=as_user)

    def listed(self, path: str, key: str, *, as_user: str | None = None) -> Reply:
        """All entries of a list: an array, or an object with it under a key. Raises ServerError.

        Pages are asked for until the total is reached, or until one brings nothing new: a server
        may have smaller pages than asked for, and may name no total.
        """
        entries: dict[int, Any] = {}
        for page in range(1, _MOST_PAGES + 1):
            reply = self.get(path, as_user=as_user, page=page, limit=PAGE)
            if reply.no is not None:
                return reply
            found, total = self._entries(reply, key)
            new = {entry["id"]: entry for entry in found if entry["id"] not in entries}
            entries |= new
            if not new or (total is not None and len(entries) >= total):
                break
        return Reply(list(entries.values()))

    def stranger(self) -> ServerError:
        """The error for an answer that is not in the API's form."""
        return self.error("is neither Forgejo nor Gitea, by what it answers")

    def error(self, wrong: str, advice: str | None = None) -> ServerError:
        """An error that begins with the forge's address."""
        return ServerError(Diagnostic(summary=f"the forge at {self.address} {wrong}", help=advice))

    # -- requests --------------------------------------------------------------------------------

    def _release(self) -> Release:
        reply = self.get("version")
        if reply.no is not None or not isinstance(reply.data, dict):
            raise self.stranger()
        try:
            return Release.parse(str(reply.data.get("version")))
        except ValueError:
            raise self.stranger() from None

    def _entries(self, reply: Reply, key: str) -> tuple[list[Any], int | None]:
        data, total = reply.data, reply.total
        if isinstance(data, dict):
            total = data.get("total_count", total)
            data = data.get(key) or []
        if not isinstance(data, list) or not all(
            isinstance(entry, dict) and isinstance(entry.get("id"), int) for entry in data
        ):
            raise self.stranger()
        return data, total

    def _ask(
        self,
        method: str,
        path: str,
        *,
        as_user: str | None,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
    ) -> Reply:
        import httpx

        headers = {} if as_user is None else {"Sudo": as_user}
        request = self._client.build_request(
            method, f"{self.address}/api/v1/{path}", params=query, json=body, headers=headers
        )
        for _ in range(_MOST_REDIRECTS):
            answer = self._send(request)
            if answer.status_code not in _REDIRECTS:
                return self._reply(answer)
            target = httpx.URL(request.url).join(answer.headers.get("Location", ""))
            if method != "GET" or _origin(target) != _origin(request.url):
                raise self._redirected(target)
            request = self._client.build_request(method, target, headers=headers)
        raise self.error("redirects without an end")

    def _send(self, request: httpx.Request) -> httpx.Response:
        """The answer; where the server asks to wait, the one after that."""
        import httpx

        while True:
            try:
                answer = self._client.send(request)
            except httpx.TimeoutException:
                waited = f"{self._connection.timeout:g} seconds"
                advice = "--timeout gives it more time"
                raise self.error(f"did not answer within {waited}", advice) from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise self._unreachable(error) from None
            pause = _retry_after(answer)
            if pause is None:
                return answer
            self._waited += pause
            if self._waited > LONGEST_WAIT:
                raise self.error(
                    f"is asked too often, and wants {pause:.0f} seconds of rest",
                    "try again later",
                )
            time.sleep(pause)

    def _reply(self, answer: httpx.Response) -> Reply:
        try:
            data = answer.json() if answer.content else None
        except ValueError:
            data = None
        said = str(data.get("message", "")) if isinstance(data, dict) else ""
        status = answer.status_code
        if status == 401:
            raise self.error(
                f"refuses the token of {self._connection.token.source}",
                "it is wrong or revoked; the forge makes a new one under Settings, Applications",
            )
        if status in _REFUSALS:
            return Reply(None, _REFUSALS[status], said)
        if status >= 400:
            raise self.error(f"answers with status {status}{f': {said}' if said else ''}")
        if data is None and answer.content:
            raise self.stranger()
        total = answer.headers.get("X-Total-Count", "")
        return Reply(data, total=int(total) if total.isdigit() else None)

    def _redirected(self, target: httpx.URL) -> ServerError:
        place = str(target.copy_with(query=None, fragment=None))
        address = place.partition("/api/")[0]
        return self.error(
            f"redirects to {address}, and the token is not sent elsewhere",
            f"if that is the forge's address, the model's runners should have it: "
            f'url="{address}"',
        )

    def _unreachable(self, error: Exception) -> ServerError:
        wrong = tls_fault(error)
        if wrong is not None:
            summary, distrusted = wrong
            advice = "--ca-file names the file of the CA that signed it" if distrusted else None
            return self.error(summary, advice)
        return self.error(unreachable(error), "does it run, and is this its address?")


def _client(connection: ForgeConnection) -> httpx.Client:
    """A client that sends the token; it follows no redirect by itself.

    A server on this machine is asked without a proxy.
    """
    import ssl

    import httpx

    verify: ssl.SSLContext | bool = True
    if connection.ca_file is not None:
        try:
            verify = ssl.create_default_context(cafile=str(connection.ca_file))
        except (OSError, ssl.SSLError):
            summary = f"{connection.ca_file.name} holds no certificate of a CA"
            raise ServerError(Diagnostic(summary=summary)) from None
    try:
        return httpx.Client(
            verify=verify,
            timeout=connection.timeout,
            trust_env=not is_loopback(connection.address),
            headers={"Authorization": f"token {connection.token.value}"},
        )
    except (ImportError, ValueError):
        summary = "the proxy that the environment names is of no kind that can be used"
        advice = "allowed are http:// and https://; NO_PROXY names servers that need none"
        raise ServerError(Diagnostic(summary=summary, help=advice)) from None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port, with which a token may be sent along."""
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.host, url.port or default


def _retry_after(answer: httpx.Response) -> float | None:
    """The seconds that a server asks to wait, which it says as a number or a date."""
    if answer.status_code not in {429, 503} or (
        answer.status_code == 503 and "Retry-After" not in answer.headers
    ):
        return None
    text = answer.headers.get("Retry-After", "1")
    if text.isdigit():
        return max(float(text), 0.1)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return 1.0
    if until.tzinfo is None:
        until = until.replace(tzinfo=datetime.UTC)
    return max((until - datetime.datetime.now(datetime.UTC)).total_seconds(), 0.1)
