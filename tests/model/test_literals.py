from __future__ import annotations

from typing import Any

import pytest

from nixgen.model.literals import literal_secret

LITERAL = "hunter2-9f3b1c77"


@pytest.mark.parametrize(
    "given",
    [
        {"runner": {"envs": {"API_TOKEN": LITERAL}}},
        {"services.mail": {"smtpPassword": LITERAL}},
        {"services.x.settings.client-secret": LITERAL},
        {"systemd.services.x.environment.DB_PASSWORD": LITERAL},
        {"services.x.secret_api_key": LITERAL},
        {"services.x.users": [{"name": "alice", "password": LITERAL}]},
        {"services.x.token": LITERAL},
    ],
    ids=str,
)
def test_secrets_by_their_names(given: dict[str, Any]) -> None:
    """However a name is spelled and wherever it stands: the value would be in a file for all."""
    wrong = literal_secret(given)
    assert wrong is not None
    assert "holds a literal secret" in wrong
    assert LITERAL not in wrong


@pytest.mark.parametrize(
    "given",
    [
        {"services.x.passwordFile": "/run/secrets/db"},
        {"services.x.settings.token": "/run/secrets/token"},
        {"systemd.services.x.environment": {"API_TOKEN": "$TOKEN", "B_TOKEN": "${TOKEN}"}},
        {"services.x.password": '{{ with secret "a" }}{{ end }}'},
        {"users.users.alice.hashedPassword": "$6$salt$hash"},
        {"services.x.publicKey": LITERAL, "services.x.tokens": LITERAL},
        {"services.x.passwords": [LITERAL]},
        {"services.x.enableToken": True},
    ],
    ids=str,
)
def test_what_says_where_a_secret_is(given: dict[str, Any]) -> None:
    """Paths, variables, templates and hashes are no secrets."""
    assert literal_secret(given) is None
