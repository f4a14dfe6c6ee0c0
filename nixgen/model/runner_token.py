"""Where a runner's token comes from: a secret of Vault, or a file on the host."""

from __future__ import annotations

from typing import Any

from nixgen.model import values
from nixgen.model.base import ModelObject, Withheld, checked, model_class
from nixgen.model.secret import VaultSecret
from nixgen.nix.build import split_path


def _token_file(value: Any) -> str | None:
    if not isinstance(value, str) or not value.startswith("/"):
        what = "the text" if isinstance(value, str) else values.kind_of(value)
        return Withheld(
            f"{what} is no absolute path (it is not shown: it may be a token); allowed is the "
            "path of a file on the host, such as /run/secrets/runner-token"
        )
    return values.absolute_path(value)


@model_class
class TokenFile(ModelObject):
    """A file on the host that something other than nixgen puts there, with the token in it.

    It holds `TOKEN=` and the token, or the token alone: `RunnerModule.token_format`.
    """

    near_secrets = True
    path: str = checked(_token_file)


def _option(value: Any) -> str | None:
    if isinstance(value, str) and value.startswith("config."):
        try:
            split_path(value)
        except ValueError as error:
            return f"{error}; allowed is an option as Nix refers to it"
        return None
    return Withheld(
        "the text is no option (it is not shown: it may be a token); allowed is one as Nix refers "
        "to it, such as config.age.secrets.runner-token.path"
    )


@model_class
class TokenOption(TokenFile):
    """A `TokenFile` whose path is the value of an option, as sops-nix and agenix have one.

    - `path`: the option as Nix refers to it: `config.age.secrets.runner-token.path`.
    """

    path: str = checked(_option)


def token_fault(value: Any) -> str | None:
    """What is wrong with a value as a runner's token."""
    if isinstance(value, (VaultSecret, TokenFile)):
        return None
    if isinstance(value, str) and values.absolute_path(value) is None:
        return f'a path is given as a string; allowed is TokenFile(path="{value}") or a VaultSecret'
    return Withheld(
        f"a token is given as {type(value).__name__} (its value is not shown); allowed is a "
        "VaultSecret, a TokenFile or a TokenOption\n"
        'describe the secret, VaultSecret(name="runner-token", key="token"), and give that object: '
        "the value itself goes into terraform.tfvars"
    )
