"""The token that a runner connects with: from its forge to where its secret is kept.

A runner that registers needs a registration token of its scope. One whose module connects with a
uuid (Forgejo 15 and newer) is made at the forge, which tells its token that one time.
"""

from __future__ import annotations

from typing import Protocol

from attrs import field, frozen

from nixgen.diagnostic import Diagnostic
from nixgen.errors import ModelError, NixgenError
from nixgen.live.forge_api import ForgeApi, scope_name
from nixgen.live.forge_names import Expected
from nixgen.model.forge import OWN_TOKENS_SINCE
from nixgen.model.secret import VaultSecret
from nixgen.model.secrets_module import file_format


class Keeper(Protocol):
    """Where a secret's value is kept."""

    def write(self, value: str) -> None:
        """Keeps the value. Raises NixgenError."""


@frozen
class Obtained:
    """What a forge has given.

    - `value`: as the runner's secret has it, with `TOKEN=` where nothing on the way writes that.
    - `uuid`: of a runner that was made.
    """

    value: str = field(repr=False)
    what: str
    uuid: str | None = None


def obtain(expected: Expected, api: ForgeApi, keeper: Keeper | None) -> Obtained:
    """Gets a token and hands it to its keeper. Raises NixgenError.

    Where the keeper fails, a runner that was just made is removed: nobody has its token.
    """
    if not expected.runner.module.wants_uuid:
        token = api.registration_token(expected.runner.scope)
        what = f"a registration token for {scope_name(expected.runner.scope)}"
        obtained = Obtained(_as_kept(token, expected), what)
        if keeper is not None:
            keeper.write(obtained.value)
        return obtained
    return _created(expected, api, keeper)


def _created(expected: Expected, api: ForgeApi, keeper: Keeper | None) -> Obtained:
    runner, scope = expected.runner, expected.runner.scope
    if not api.makes_runners:
        raise ModelError(
            Diagnostic(
                summary=f"{expected.shown} connects with a uuid, and {api.release} gives none",
                location=runner.origin.location(),
                help=f"Forgejo does since {OWN_TOKENS_SINCE}; before that, runners register: "
                'nixos_module="gitea-actions-runner"',
            )
        )
    if expected.among(api.runners(scope).runners):
        raise ModelError(
            Diagnostic(
                summary=f"{expected.shown} is at the forge already, with the uuid {runner.uuid}",
                location=runner.origin.at("uuid").location(),
                help="its token was told when it was made; remove it there to have it made anew",
            )
        )
    name = expected.name or f"{expected.host.name}-{runner.short_name}"
    created = api.create(scope, name, f"{runner.name} of {expected.host.name}")
    obtained = Obtained(
        _as_kept(created.token, expected), f"the token of the new runner {name!r}", created.uuid
    )
    try:
        if keeper is not None:
            keeper.write(obtained.value)
    except NixgenError:
        api.delete(scope, created.id)
        raise
    return obtained


def _as_kept(token: str, expected: Expected) -> str:
    """The token as it has to stand in the secret."""
    secret, runner = expected.runner.token, expected.runner
    if not isinstance(secret, VaultSecret):
        return token
    environment = runner.module.token_format == "env"  # noqa: S105 - no token
    assigned = environment and file_format(secret, expected.host) == "raw"
    return f"TOKEN={token}" if assigned else token
