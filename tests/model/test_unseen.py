"""What is given in the place of an object or a dict may hold a secret: it is not shown."""

from __future__ import annotations

from typing import Any

import pytest

from nixgen import (
    Harmonia,
    Host,
    ModelError,
    NativeRunner,
    Profile,
    Step,
    TerraformVariable,
    TokenFile,
    UserScope,
    VaultSecret,
)
from nixgen.diagnostic import render

VALUE = "hunter2-and-more"
LOGIN = {"services.app.password": VALUE}
HOST: dict[str, Any] = {"name": "web1", "release": "25.11"}
RUNNER: dict[str, Any] = {
    "name": "actions",
    "url": "https://forge.example",
    "token": TokenFile(path="/run/token"),
    "labels": ["nix:host"],
    "scope": UserScope(user="alice"),
}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Host, HOST | {"options": [LOGIN]}),
        (Host, HOST | {"options": [("services.app.password", VALUE)]}),
        (Profile, {"options": (("services.app.password", VALUE),)}),
        (Host, HOST | {"machine": [LOGIN]}),
        (Host, HOST | {"runners": [[{"token": VALUE}]]}),
        (Host, HOST | {"parts": [[LOGIN]]}),
        (Host, HOST | {"secrets": [[VALUE]]}),
        (NativeRunner, RUNNER | {"settings": [LOGIN]}),
        (NativeRunner, RUNNER | {"limits": [LOGIN]}),
        (NativeRunner, RUNNER | {"token": [VALUE]}),
        (Step, {"name": "deploy", "run": "make", "env": [{"DEPLOY_TOKEN": VALUE}]}),
        (VaultSecret, {"name": "token", "key": "token", "terraform": VALUE}),
        (VaultSecret, {"name": "token", "key": "token", "terraform": [VALUE]}),
        (VaultSecret, {"name": "token", "key": [VALUE]}),
        (VaultSecret, {"name": "token", "key": VALUE.encode()}),
        (TerraformVariable, {"default": [VALUE]}),
        (TokenFile, {"path": [VALUE]}),
        (TokenFile, {"path": VALUE.encode()}),
        (Harmonia, {"keys": [VALUE]}),
        (Harmonia, {"keys": VALUE}),
    ],
    ids=lambda each: each.__name__ if isinstance(each, type) else "-".join(list(each)[-1:]),
)
def test_values_of_the_wrong_kind_are_not_shown(kind: Any, fields: dict[str, Any]) -> None:
    """The message says what was given and what is allowed, without what is in it."""
    with pytest.raises(ModelError) as raised:
        kind(**fields)
    said = "\n".join(map(render, raised.value.diagnostics))
    assert VALUE not in said
    assert "allowed is" in said


def test_lists_of_plain_values_are_shown() -> None:
    """Who gives a list in the place of a text sees it in the message."""
    with pytest.raises(ModelError, match=r"\['web1', 'web2'\] is"):
        Host(name=["web1", "web2"], release="25.11")
