"""A Vault or OpenBao server: asks for paths of its API, and tells absent from forbidden.

The statuses and messages are those of the HTTP API (Vault's and OpenBao's documentation, "HTTP
API"): 403 where a policy forbids, whether there is something or not; 404 where nothing is; 503
while it is sealed. hvac makes the requests.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from nixgen.diagnostic import Diagnostic
from nixgen.errors import ServerError
from nixgen.live.connection import AppRoleLogin, Connection, Token
from nixgen.live.network import is_loopback, tls_fault, unreachable

if TYPE_CHECKING:
    import requests


class No(enum.Enum):
    """Why there is no data at a path."""

    ABSENT = enum.auto()
    DELETED = enum.auto()  # the latest version of a secret
    UNMOUNTED = enum.auto()  # nothing is mounted there
    FORBIDDEN = enum.auto()


@frozen
class Answer:
    """What is at a path: its data, or why there is none; of a deleted secret its metadata."""

    data: dict[str, Any]
    no: No | None = None


class Server:
    """A server that answers, and a login that it takes.

    Raises ServerError where it cannot be reached, takes no login, is sealed, or is no such server.
    """

    def __init__(self, connection: Connection) -> None:
        import hvac

        self._connection = connection
        self._client: Final = hvac.Client(
            url=connection.address,
            token=connection.login.value if isinstance(connection.login, Token) else "",
            verify=connection.verify,
            cert=connection.client_certificate,
            timeout=connection.timeout,
            namespace=connection.namespace,
            session=_session(connection),
        )
        if isinstance(connection.login, AppRoleLogin):
            self._log_in(connection.login)
        else:
            self._try_token(connection.login)

    def get(self, path: str) -> Answer:
        """What is at a path of the API, given without `v1/`. Raises ServerError."""
        return self._answer("get", path)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """What the server answers to a body. Raises ServerError, also where it refuses the body."""
        return self._answer("post", path, json=body)

    def _answer(self, method: str, path: str, **options: Any) -> Answer:
        from hvac import exceptions

        try:
            return Answer(self._ask(method, path, **options).get("data") or {})
        except exceptions.Forbidden:
            return Answer({}, No.FORBIDDEN)
        except exceptions.InvalidPath as error:
            if any("no handler for route" in each for each in error.errors or ()):
                return Answer({}, No.UNMOUNTED)
            deleted = error.json.get("data") if isinstance(error.json, dict) else None
            return Answer(deleted, No.DELETED) if deleted else Answer({}, No.ABSENT)
        except exceptions.InvalidRequest as error:
            # As while a mount of KV is being upgraded to version 2.
            doing = {"get": "read", "post": "write"}[method]
            said = "; ".join(error.errors or ())
            raise self.error(f"refuses to {doing} {path}: {said}") from None

    # -- login -----------------------------------------------------------------------------------

    def _log_in(self, login: AppRoleLogin) -> None:
        from hvac import exceptions

        body = {"role_id": login.role_id, "secret_id": login.secret_id}
        try:
            answer = self._ask("post", f"auth/{login.mount}/login", json=body)
        except exceptions.InvalidRequest:
            raise self.error(
                "refuses the AppRole's role id or secret id",
                "they are wrong, or the secret id has expired or is used up",
            ) from None
        except (exceptions.Forbidden, exceptions.InvalidPath) as error:
            raise self._refused_login(error, login.mount) from None
        self._client.token = answer["auth"]["client_token"]

    def _refused_login(self, error: Exception, mount: str) -> ServerError:
        if _is_namespace(error):
            return self._no_namespace()
        return self.error(
            f"lets nobody log in at auth/{mount}/",
            "is this where its AppRole method is, and this network allowed to log in? The model "
            "says Vault.approle_mount",
        )

    def _try_token(self, token: Token) -> None:
        from hvac import exceptions

        try:
            self._ask("get", "auth/token/lookup-self")
        except (exceptions.Forbidden, exceptions.InvalidRequest) as error:
            # A policy that does not let the token look itself up says "1 error occurred: ...".
            if any("error occurred" in each for each in error.errors or ()):
                return
            raise self.error(
                f"refuses the token of {token.source}",
                "it is wrong, expired or revoked; log in anew with `bao login` or `vault login`",
            ) from None
        except exceptions.InvalidPath as error:
            raise (self._no_namespace() if _is_namespace(error) else self._stranger()) from None

    # -- requests --------------------------------------------------------------------------------

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """The JSON of an answer. Raises hvac's errors for 400, 403 and 404, else ServerError."""
        import requests
        from hvac import exceptions

        try:
            answer = self._client.adapter.request(method, f"/v1/{path}", **options)
        except (exceptions.InvalidRequest, exceptions.Forbidden, exceptions.InvalidPath) as error:
            if not _is_vaults(error.json):
                raise self._stranger(error.text or "") from None
            raise
        except exceptions.VaultDown as error:
            raise self._down(error) from None
        except exceptions.VaultError as error:
            said = "; ".join(error.errors or ()) or type(error).__name__
            raise self.error(f"failed: {said}") from None
        except requests.exceptions.RequestException as error:
            raise self._unreachable(error) from None
        except OSError as error:
            # The files of certificates are read with the first request.
            raise self.error(f"cannot be asked: {error}") from None
        except (AttributeError, TypeError):
            # What hvac makes of JSON that is not Vault's.
            raise self._stranger() from None
        if not isinstance(answer, dict):
            raise self._stranger()
        return answer

    def _down(self, error: Exception) -> ServerError:
        errors = getattr(error, "errors", None)
        if errors is None:
            return self._stranger(getattr(error, "text", "") or "")
        if not any("sealed" in each for each in errors):
            return self.error(f"is not available: {'; '.join(errors)}")
        status = self._client.adapter.get("/v1/sys/seal-status", raise_exception=False)
        if isinstance(status, dict) and status.get("initialized") is False:
            return self.error("is not initialised", "see `bao operator init`")
        return self.error("is sealed", "unseal it: `bao operator unseal`")

    def _unreachable(self, error: requests.exceptions.RequestException) -> ServerError:
        import requests

        if isinstance(error, requests.exceptions.Timeout):
            waited = f"{self._connection.timeout:g} seconds"
            return self.error(f"did not answer within {waited}", "--timeout gives it more time")
        wrong = tls_fault(error)
        if wrong is not None:
            summary, distrusted = wrong
            advice = "VAULT_CACERT or BAO_CACERT names the file of the CA that signed it"
            return self.error(summary, advice if distrusted else None)
        return self.error(
            unreachable(error),
            "does it run, and is this its address? BAO_ADDR or VAULT_ADDR gives another",
        )

    def _stranger(self, text: str = "") -> ServerError:
        if "HTTP request to an HTTPS server" in text:
            secure = self._connection.address.replace("http://", "https://", 1)
            return self.error("speaks TLS", f"its address is {secure}")
        return self.error("is neither Vault nor OpenBao, by what it answers")

    def _no_namespace(self) -> ServerError:
        return self.error(f"has no namespace {self._connection.namespace!r}")

    def error(self, wrong: str, advice: str | None = None) -> ServerError:
        """An error that begins with the server's address."""
        summary = f"the Vault server at {self._connection.address} {wrong}"
        return ServerError(Diagnostic(summary=summary, help=advice))


def _session(connection: Connection) -> requests.Session:
    """A session that takes proxies from the environment as Vault's own tools do, nothing else.

    No password comes from ~/.netrc, and a server on this machine is asked without a proxy.
    """
    import requests
    import urllib3
    from requests.utils import get_environ_proxies

    if connection.verify is False:
        # That certificates are not checked is what was asked for.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    session = requests.Session()
    session.trust_env = False
    session.verify = connection.verify
    if not is_loopback(connection.address):
        session.proxies = get_environ_proxies(connection.address)
    return session


def _is_vaults(body: object) -> bool:
    """Whether the JSON of a refusal is Vault's: with errors, or an answer without data."""
    return isinstance(body, dict) and not body.keys().isdisjoint({"errors", "request_id"})


def _is_namespace(error: Exception) -> bool:
    return any("namespace" in each for each in getattr(error, "errors", None) or ())
