"""Where a Vault server is and how to log in to it, from the environment that its own tools read.

OpenBao's names come before Vault's (`BAO_ADDR`, else `VAULT_ADDR`): ADDR, TOKEN, NAMESPACE, CACERT,
CAPATH, CLIENT_CERT, CLIENT_KEY, SKIP_VERIFY. Without a token in it, `~/.vault-token` counts, where
`bao login` and `vault login` leave one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from attrs import field, frozen

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import ConfigurationError
from nixgen.model import values
from nixgen.model.vault import Vault

TOKEN_FILE = ".vault-token"  # noqa: S105 - a file's name, in the home folder
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})  # as Go reads a flag
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


@frozen(kw_only=True)
class Token:
    """A token, and what it was taken from, for messages."""

    value: str = field(repr=False)
    source: str


@frozen(kw_only=True)
class AppRoleLogin:
    """A role id and a secret id, and the auth method that they are of."""

    mount: str
    role_id: str = field(repr=False)
    secret_id: str = field(repr=False)


@frozen(kw_only=True)
class Connection:
    """What is needed to ask a server.

    - `verify`: whether its certificate is checked, or the path of the CAs to check it against.
    - `client_certificate`: the paths of a certificate and its key.
    - `timeout`: seconds to wait for the connection, and for each answer.
    """

    address: str
    login: Token | AppRoleLogin
    namespace: str | None = None
    verify: bool | str = True
    client_certificate: tuple[str, str] | None = None
    timeout: float = 10.0


def read_connection(
    environment: Mapping[str, str],
    vault: Vault,
    *,
    role_id_file: Path | None = None,
    secret_id_file: Path | None = None,
    timeout: float = 10.0,
) -> Connection:
    """The connection that an environment describes; the model's address counts where it has none.

    An AppRole's two files stand over a token. Raises ConfigurationError.
    """
    settings = _Settings(environment)
    address = _address(settings, vault)
    login: Token | AppRoleLogin
    if role_id_file is not None and secret_id_file is not None:
        login = AppRoleLogin(
            mount=vault.approle_mount,
            role_id=read_credential(role_id_file),
            secret_id=read_credential(secret_id_file),
        )
    else:
        login = _token(settings)
    return Connection(
        address=address,
        login=login,
        namespace=settings.get("NAMESPACE"),
        verify=_verify(settings),
        client_certificate=_client_certificate(settings),
        timeout=timeout,
    )


class _Settings:
    """Variables without their prefixes."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def name(self, setting: str) -> str:
        """The variable that gives a setting, or that could."""
        names = [f"{prefix}_{setting}" for prefix in ("BAO", "VAULT")]
        return next((name for name in names if self._environment.get(name)), names[-1])

    def get(self, setting: str) -> str | None:
        """The value of a setting; an empty one is none."""
        return self._environment.get(self.name(setting)) or None

    def file(self, setting: str) -> str | None:
        """A setting that names a file or folder, which has to be there."""
        path = self.get(setting)
        if path is not None and not Path(path).exists():
            _refuse(f"{self.name(setting)} names {path}, which does not exist")
        return path

    @property
    def home(self) -> Path | None:
        """The home folder."""
        home = self._environment.get("HOME")
        return Path(home) if home else None


def _address(settings: _Settings, vault: Vault) -> str:
    address = settings.get("ADDR") or vault.address
    if address is None:
        _refuse(
            "there is no address of a Vault server",
            "set VAULT_ADDR or BAO_ADDR, such as https://vault.example.org:8200, or give the "
            'fleet one: Vault(address="...")',
        )
    wrong = values.url(address)
    if wrong is not None:
        _refuse(f"{settings.name('ADDR')}: {wrong}")
    return address.rstrip("/")


def _token(settings: _Settings) -> Token:
    given = settings.get("TOKEN")
    if given is not None:
        name = settings.name("TOKEN")
        if not _is_word(given.strip()):
            _refuse(f"{name} holds what no token has: blanks, or letters that are not ASCII")
        return Token(value=given.strip(), source=name)
    file = settings.home / TOKEN_FILE if settings.home is not None else None
    if file is None or not file.is_file():
        _refuse(
            "there is no token for the Vault server",
            "set VAULT_TOKEN or BAO_TOKEN, log in with `bao login` or `vault login`, or give an "
            "AppRole: --role-id-file and --secret-id-file",
        )
    return Token(value=read_credential(file), source=f"~/{TOKEN_FILE}")


def _verify(settings: _Settings) -> bool | str:
    skip = settings.get("SKIP_VERIFY")
    if skip in _TRUE:
        return False
    if skip is not None and skip not in _FALSE:
        _refuse(f"{settings.name('SKIP_VERIFY')} is {skip!r}; allowed are true and false")
    return _authorities(settings) or settings.file("CAPATH") or True


def _authorities(settings: _Settings) -> str | None:
    """The file of CAs, which is told by its name here: what reads it later has no name for it."""
    path = settings.file("CACERT")
    if path is not None:
        import ssl

        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except ssl.SSLError:
            _refuse(f"{settings.name('CACERT')} names {path}, which holds no certificate")
        except OSError as error:
            reason = error.strerror
            _refuse(f"{settings.name('CACERT')} names {path}, which cannot be read: {reason}")
    return path


def _client_certificate(settings: _Settings) -> tuple[str, str] | None:
    certificate, key = settings.file("CLIENT_CERT"), settings.file("CLIENT_KEY")
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        given, other = "CLIENT_CERT", "CLIENT_KEY"
        if certificate is None:
            given, other = other, given
        prefix = settings.name(given).removesuffix(given)
        _refuse(f"{prefix}{given} is given, and no {prefix}{other}; they are needed together")
    return certificate, key


def read_credential(file: Path) -> str:
    """The one word of a file with a credential. Raises ConfigurationError without showing it."""
    try:
        text = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        _refuse(f"cannot read {file.name}: {error.strerror}", file=file)
    except UnicodeDecodeError:
        _refuse(f"{file.name} holds no text", file=file)
    if not _is_word(text):
        _refuse(
            f"{file.name} is empty or holds more than one word of ASCII",
            "what is asked for stands in it alone",
            file=file,
        )
    return text


def _is_word(text: str) -> bool:
    """Whether a text can be a credential in a header: one word, printable, ASCII."""
    return text.isascii() and text.isprintable() and len(text.split()) == 1


def _refuse(summary: str, advice: str | None = None, *, file: Path | None = None) -> NoReturn:
    location = None if file is None else Location(str(file))
    raise ConfigurationError(Diagnostic(summary=summary, location=location, help=advice))
