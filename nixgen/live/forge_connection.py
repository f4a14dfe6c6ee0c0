"""Where a forge is and whose token it is asked with.

FORGEJO_TOKEN, else GITEA_TOKEN, holds an API token of the forge; a file can hold it instead. The
address is that of the model's runners.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from nixgen.diagnostic import Diagnostic
from nixgen.errors import ConfigurationError
from nixgen.live.connection import Token, read_credential

TOKENS = ("FORGEJO_TOKEN", "GITEA_TOKEN")


@frozen(kw_only=True)
class ForgeConnection:
    """What is needed to ask a forge.

    - `address`: of the forge, without `/api`.
    - `ca_file`: of the CA that signed its certificate; None are those that Python knows.
    - `timeout`: seconds to wait for the connection, and for each answer.
    """

    address: str
    token: Token
    ca_file: Path | None = None
    timeout: float = 10.0


def read_forge_connection(
    environment: Mapping[str, str],
    address: str,
    *,
    token_file: Path | None = None,
    ca_file: Path | None = None,
    timeout: float = 10.0,
) -> ForgeConnection:
    """The connection to a forge; a token in a file stands over one in the environment.

    Raises ConfigurationError.
    """
    token = _token(environment, token_file)
    if not (token.value.isascii() and token.value.isprintable() and token.value.split()):
        summary = f"{token.source} holds something that is no token (it is not shown)"
        raise ConfigurationError(Diagnostic(summary=summary))
    return ForgeConnection(
        address=address.rstrip("/"), token=token, ca_file=ca_file, timeout=timeout
    )


def _token(environment: Mapping[str, str], file: Path | None) -> Token:
    if file is not None:
        return Token(value=read_credential(file), source=file.name)
    for name in TOKENS:
        if environment.get(name):
            return Token(value=environment[name].strip(), source=name)
    raise ConfigurationError(
        Diagnostic(
            summary="there is no token for the forge",
            help=f"set {' or '.join(TOKENS)}, or give --token-file; the forge makes one under "
            "Settings, Applications",
        )
    )
