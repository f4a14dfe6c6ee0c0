"""Policies and AppRoles, setting by setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openbao as bao
import pytest
from command import Nixgen
from described_server import POLICY, ROLE


def test_policy_that_differs(verify: Nixgen, described: bao.Client) -> None:
    """What the host may not do and what it may do beyond the model, path by path."""
    policy = POLICY.replace("shared/mail", "shared/post").replace('["read"]', '["read", "list"]')
    described.write("sys/policies/acl/host-web1", {"policy": policy})
    run = verify()
    assert run.status == 1
    assert (
        run.out
        == """\
error: the AppRole of host 'web1' may not do what the model says
  --> hosts/web1.py:14
     |
  14 | host = Host(
  lacking: read secret/data/shared/mail
help: `tofu apply` in terraform/vault makes it so

error: the AppRole of host 'web1' may do more than the model says
  --> hosts/web1.py:14
     |
  14 | host = Host(
  more: list secret/data/hosts/web1/*
  more: list, read secret/data/shared/post
help: `tofu apply` in terraform/vault makes it so
"""
    )


RULE = 'path "{}" {{\n  capabilities = ["{}"]\n}}\n'


OWN, TOKEN, MAIL = (
    f"secret/data/{path}" for path in ("hosts/web1/*", "hosts/web1/runner-token", "shared/mail")
)


@pytest.mark.parametrize(
    ("rules", "told", "statuses"),
    [
        ({"secret/data/*": "read"}, ["more: read secret/data/*"], (200, 200)),
        (
            {"secret/data/hosts/+/*": "read", "secret/data/shared/+": "read"},
            ["more: read secret/data/hosts/+/*", "more: read secret/data/shared/+"],
            (200, 200),
        ),
        (
            {OWN: "read", MAIL: "read", TOKEN: "deny"},
            [f"lacking: read {TOKEN} (denied)"],
            (403, 200),
        ),
        (
            {OWN: "read", "secret/data/+/mail": "read", "secret/data/shared/*": "deny"},
            [
                f"lacking: read {MAIL} (denied by secret/data/shared/*)",
                "more: read secret/data/+/mail",
            ],
            (200, 403),
        ),
        (
            {OWN: "deny", "secret/data/hosts/*": "read", TOKEN: "read", MAIL: "read"},
            [f"lacking: read {OWN} (denied)", "more: read secret/data/hosts/*"],
            (200, 200),
        ),
        (
            {OWN: "read", "secret/data/*/mail": "read"},
            [f"lacking: read {MAIL}", "more: read secret/data/*/mail"],
            (200, 403),
        ),
    ],
)
def test_rules_for_other_paths(
    verify: Nixgen,
    described: bao.Client,
    rules: dict[str, str],
    told: list[str],
    statuses: tuple[int, int],
) -> None:
    """What rules say of all paths that they cover is told, as the server itself applies them."""
    policy = "".join(RULE.format(*rule) for rule in rules.items())
    described.write("sys/policies/acl/host-web1", {"policy": policy})
    details = [each["detail"] for each in verify("--json").data["diagnostics"]]
    assert [line for detail in details for line in detail.splitlines()] == told
    host = described.approle("web1").login()
    assert tuple(host.ask("GET", path).status for path in (TOKEN, MAIL)) == statuses


def test_role_that_is_root(verify: Nixgen, described: bao.Client) -> None:
    """The server has no text of the policy root, which allows all there is."""
    described.write("auth/approle/role/web1", {**ROLE, "token_policies": ["root"]})
    run = verify("--json")
    assert run.status == 1
    assert run.summaries == [
        "the AppRole of host 'web1' has token_policies root; the model says host-web1",
        "the AppRole of host 'web1' may do more than the model says",
    ]
    assert (
        run.data["diagnostics"][1]["detail"] == "more: create, delete, list, read, sudo, update *"
    )


def test_policy_in_the_older_form(verify: Nixgen, described: bao.Client) -> None:
    """What `policy = "write"` allows at the real server is told like capabilities."""
    older = 'path "secret/*" {\n  policy = "write"\n}\n'
    described.write("sys/policies/acl/host-web1", {"policy": POLICY + older})
    run = verify("--json")
    assert run.status == 1
    (found,) = run.data["diagnostics"]
    assert found["detail"] == "more: create, delete, list, read, update secret/*"


def test_policy_that_does_not_exist(verify: Nixgen, described: bao.Client) -> None:
    """A role can name a policy that is gone; the host then reads nothing."""
    described.ask("DELETE", "sys/policies/acl/host-web1")
    assert verify("--json").summaries[0] == (
        "the policy 'host-web1', which the AppRole of host 'web1' has, does not exist"
    )


@pytest.mark.parametrize(
    ("changed", "summary", "line"),
    [
        ({"token_ttl": 600}, "token_ttl 10m; the model says 1h", 20),
        ({"token_max_ttl": 0}, "token_max_ttl 0s; the model says 4h", 20),
        ({"secret_id_ttl": 60}, "secret_id_ttl 1m; the model says 0s", 20),
        ({"secret_id_num_uses": 0}, "secret_id_num_uses 0; the model says 5", 22),
        (
            {"token_bound_cidrs": ["127.0.0.0/8"]},
            "token_bound_cidrs 127.0.0.0/8; the model says 127.0.0.0/8, 127.0.0.1/32",
            21,
        ),
        (
            {"token_bound_cidrs": ["127.0.0.5/8", "10.1.2.3/8"]},
            "token_bound_cidrs 10.0.0.0/8, 127.0.0.0/8; the model says 127.0.0.0/8, 127.0.0.1/32",
            21,
        ),
        (
            {"token_bound_cidrs": ["unix:///run/agent.sock"]},
            # The server's own way of writing a socket.
            (
                r'token_bound_cidrs "\"unix:///run/agent.sock\""; the model says 127.0.0.0/8, '
                "127.0.0.1/32"
            ),
            21,
        ),
        ({"token_num_uses": 3}, "token_num_uses 3; the model says 0", 14),
        ({"token_period": 86400}, "token_period 24h; the model says 0s", 14),
        ({"token_explicit_max_ttl": 60}, "token_explicit_max_ttl 1m; the model says 0s", 14),
        (
            {"token_no_default_policy": True},
            "token_no_default_policy true; the model says false",
            14,
        ),
        ({"token_type": "batch"}, "token_type batch; the model says default", 14),
        (
            {"token_policies": ["host-web1", "admin"]},
            "token_policies admin, host-web1; the model says host-web1",
            14,
        ),
    ],
)
def test_approle_that_differs(
    verify: Nixgen, described: bao.Client, changed: dict[str, Any], summary: str, line: int
) -> None:
    """Each setting that differs is told with both values, at its own line where it has one."""
    described.write("auth/approle/role/web1", {**ROLE, **changed})
    described.write("sys/policies/acl/admin", {"policy": POLICY})
    run = verify("--json")
    assert run.status == 1
    (found,) = run.data["diagnostics"]
    assert found["summary"] == f"the AppRole of host 'web1' has {summary}"
    assert found["location"]["line"] == line


def test_kind_of_token_that_is_the_default(verify: Nixgen, described: bao.Client) -> None:
    """Service tokens are what the server makes where nothing is said: no difference."""
    described.write("auth/approle/role/web1", {**ROLE, "token_type": "service"})
    assert verify().status == 0


def test_folder_that_does_not_stand_alone(
    verify: Nixgen, described: bao.Client, one_host: Path
) -> None:
    """Policies that others write may have any name, and more in them: that is a remark only."""
    file = one_host / "hosts/web1.py"
    text = file.read_text()
    file.write_text(text[: text.index("    vault=Vault")] + ")\n")
    more = POLICY + 'path "secret/metadata/*" {\n  capabilities = ["list"]\n}\n'
    described.write("sys/policies/acl/by-hand", {"policy": more})
    described.write(
        "auth/approle/role/web1", {"token_policies": ["by-hand", "default"], "token_ttl": 60}
    )
    run = verify("--json")
    assert run.status == 0
    (found,) = run.data["diagnostics"]
    assert (found["severity"], found["detail"]) == ("note", "more: list secret/metadata/*")
    described.write("sys/policies/acl/by-hand", {"policy": POLICY.replace("web1", "web2")})
    assert verify().status == 1
