from __future__ import annotations

import pytest
from terminal import at_terminal


def test_list_of_hosts(nixgen) -> None:
    """One line for each host, in the order of their names, in columns."""
    assert nixgen("hosts").out.splitlines() == [
        "HOST  SYSTEM        RELEASE  RUNNERS         SECRETS       FILE",
        "db1   x86_64-linux  25.05    -               postgres      hosts/db1.py",
        "web1  x86_64-linux  25.11    actions-native  runner-token  hosts/web1.py",
    ]


def test_list_of_hosts_on_a_narrow_terminal(nixgen, project) -> None:
    """Where the table is too wide, each host has a few lines, and none is broken."""
    status, seen = at_terminal("hosts", folder=project, COLUMNS="60", NO_COLOR="1")
    assert status == 0
    assert seen.splitlines() == [
        "HOST                  RUNNERS, SECRETS",
        "db1                   secret postgres",
        "  25.05 x86_64-linux",
        "  hosts/db1.py",
        "web1                  runner actions-native",
        "  25.11 x86_64-linux  secret runner-token",
        "  hosts/web1.py",
    ]
    assert len(at_terminal("hosts", folder=project)[1].splitlines()) == 3


def test_list_of_hosts_as_json(nixgen) -> None:
    """A program gets lists where the table has words."""
    assert nixgen("hosts", "--json").data["hosts"][1] == {
        "name": "web1",
        "system": "x86_64-linux",
        "release": "25.11",
        "runners": ["actions-native"],
        "secrets": ["runner-token"],
        "file": "hosts/web1.py",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("path", "hosts/web1/runner-token"),
        ("output", "/run/secrets/runner-token"),
        ("services", [r"gitea-runner-actions\x2dnative"]),
    ],
)
def test_derived_values_of_a_secret(nixgen, name: str, value: object) -> None:
    """What nobody wrote is shown, and marked, so that it can be checked before it is deployed."""
    (secret,) = nixgen("show", "web1", "--json").data["secrets"]
    assert secret[name] == value
    assert name in secret["derived"]
    assert secret["terraform"]["name"] == "runner_token"
    assert secret["used_by"] == ["actions-native"]


def test_derived_values_of_a_runner(nixgen) -> None:
    """The unit, the state and the token's file of a runner are shown as the modules name them."""
    (runner,) = nixgen("show", "web1", "--json").data["runners"]
    assert runner["unit"] == r"gitea-runner-actions\x2dnative.service"
    assert runner["state_folder"] == "/var/lib/gitea-runner/actions-native"
    assert runner["token_path"] == "/run/secrets/runner-token"
    assert runner["token"] == {"secret": "runner-token"}
    assert runner["cache"]["dir"] == "/var/lib/gitea-runner/actions-native/cache"


def test_what_is_written_is_not_marked_as_derived(nixgen, project) -> None:
    """An override can be told from a derived value."""
    file = project / "hosts/web1.py"
    file.write_text(file.read_text().replace("mode=", 'path="shared/token", mode='))
    (secret,) = nixgen("show", "web1", "--json").data["secrets"]
    assert secret["path"] == "shared/token"
    assert "path" not in secret["derived"]


def test_what_a_host_may_read_in_vault(nixgen, project) -> None:
    """The paths are those of its secrets; how it logs in is there where nixgen writes that."""
    data = nixgen("show", "web1", "--json").data
    assert data["approle"] == {"reads": ["hosts/web1/*"], "derived": ["reads"]}
    assert "vault" not in data
    file = project / "hosts/web1.py"
    text = file.read_text().replace("VaultSecret\n", "Vault, VaultSecret\n", 1)
    whole = "secrets=[token], vault=Vault(standalone=True, exact_policies=True)"
    file.write_text(text.replace("secrets=[token]", whole))
    data = nixgen("show", "web1", "--json").data
    assert data["vault"]["mount"] == "secret"
    assert data["approle"]["reads"] == ["hosts/web1/runner-token"]
    assert data["approle"]["token_ttl"] == "1h"


def test_options_of_all_parts(nixgen) -> None:
    """Options are those that hold in the end, as Nix, each with the line that set it."""
    options = nixgen("show", "web1", "--json").data["options"]
    assert [(each["name"], each["value"]) for each in options] == [
        ("networking.domain", '"example.org"'),
        ("services.openssh.enable", "true"),
    ]
    assert options[0]["origin"] == "hosts/_parts.py:7"


def test_tree(nixgen) -> None:
    """A person reads the same as a tree; what is empty is left out."""
    lines = nixgen("show", "web1").out.splitlines()
    assert lines[0] == "web1"
    assert "│   └── runner-token VaultSecret hosts/web1.py:5" in lines
    assert "│       ├── path hosts/web1/runner-token (derived)" in lines
    assert "│       ├── mode 0440" in lines
    assert '    ├── networking.domain "example.org" hosts/_parts.py:7' in lines
    assert not [line for line in lines if "tags" in line]


def test_a_host_is_shown_without_the_others(nixgen, project) -> None:
    """A mistake in another host's file is no hindrance."""
    (project / "hosts/db1.py").write_text("1 +\n")
    assert nixgen("show", "web1").status == 0
