"""The script that fetches a secret on a host, run against a real server.

Each test runs `nixgen/emit/modules/fetch-secret.sh` with the machine's own bash, curl and jq.
"""

from __future__ import annotations

import json
import re
import stat
import subprocess

import pytest

VALUE = "s3cret-value"


def mode(path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


# -- what is written ---------------------------------------------------------------------------


def test_raw_is_the_value_and_nothing_else(machine) -> None:
    """A program that reads the file gets the value to the byte, and only its owner can read it."""
    for value in (VALUE, " two\nlines\n", "ünïcode ✓", "-n", "$HOME `id` \"'\\", "0"):
        machine.store({"token": value, "other": "x"})
        done = machine.fetch()
        assert (done.status, done.said) == (0, "")
        assert machine.output.read_bytes() == value.encode()
        assert mode(machine.output) == 0o400
    assert machine.files == ["token"]


def test_all_keys_are_json(machine) -> None:
    """Without a key the file holds the whole secret, for programs that read JSON."""
    data = {"user": "alice", "token": VALUE, "ports": [1, 2], "deep": {"on": False}}
    machine.store(data)
    assert machine.fetch(EXTRACT_KEY="").status == 0
    assert json.loads(machine.output.read_text()) == data


def test_values_that_are_no_text(machine) -> None:
    """A number or an object under the key is written as JSON has it."""
    machine.store({"token": 8080, "more": {"a": [True]}})
    assert machine.fetch().status == 0
    assert machine.output.read_text() == "8080"
    assert machine.fetch(EXTRACT_KEY="more").status == 0
    assert machine.output.read_text() == '{"a":[true]}'


VALUES = [
    "plain-value_1.2:3/4@5%6+7,8=",
    "with space",
    'double " quote',
    "single ' quote",
    "back\\slash \\n \\",
    "$HOME ${HOME} $(id) `id`",
    "# no comment ; no end",
    " ends in space ",
    "two\nlines\n\n",
    "tab\tin it",
    "TOKEN=",
    "ünïcode ✓",
    "!history ~ * ?",
]


def test_env_is_read_back_as_it_was(machine) -> None:
    """Every value survives the way into a variable: bash and EnvironmentFile quote alike here."""
    data = {f"KEY_{number}": value for number, value in enumerate(VALUES)}
    machine.store(data)
    assert machine.fetch(EXTRACT_KEY="", FORMAT="env").status == 0
    shell = 'set -a; . "$1"; exec env -0'
    environment = subprocess.run(
        ["bash", "-c", shell, "bash", machine.output], capture_output=True, check=True, env={}
    )
    read = dict(each.split("=", 1) for each in environment.stdout.decode().split("\0") if each)
    assert {name: read.get(name) for name in data} == data


@pytest.mark.parametrize(
    ("key", "value", "env_var", "line"),
    [
        ("token", "abc.DEF-1", "", "TOKEN=abc.DEF-1"),
        ("token", "TOKEN=abc", "", "TOKEN=abc"),
        ("token", "two words", "", 'TOKEN="two words"'),
        ("db-password.1", "x", "", "DB_PASSWORD_1=x"),
        ("2nd", "x", "", "_2ND=x"),
        ("runner", "x", "TOKEN", "TOKEN=x"),
        ("runner", "TOKEN=x", "TOKEN", "TOKEN=x"),
        ("port", 22, "", "PORT=22"),
    ],
)
def test_env_line(machine, key, value, env_var, line) -> None:
    """The runner's EnvironmentFile gets TOKEN=..., once, whatever way the token was stored."""
    machine.store({key: value})
    assert machine.fetch(EXTRACT_KEY=key, FORMAT="env", ENV_VAR=env_var).status == 0
    assert machine.output.read_text() == f"{line}\n"


def test_owner_and_group(machine, as_root) -> None:
    """The file belongs to whom it is for before it has its name."""
    assert machine.fetch(OWNER="nobody", GROUP="daemon", MODE="0440").status == 0
    assert (machine.output.owner(), machine.output.group()) == ("nobody", "daemon")
    assert mode(machine.output) == 0o440
    done = machine.fetch(OWNER="no-such-user")
    assert done.status == 1
    assert "no-such-user" in done.said
    assert "is as it was" in done.said
    assert machine.output.owner() == "nobody"
    assert machine.files == ["token"]


def test_a_role_without_secret_id(machine) -> None:
    """A role that is bound to networks alone needs no second credential."""
    machine.vault.write(
        "auth/approle/role/web1",
        {"bind_secret_id": False, "token_bound_cidrs": ["127.0.0.0/8"], "token_policies": ["web1"]},
    )
    assert machine.fetch(SECRET_ID_FILE="").status == 0
    assert machine.output.read_text() == VALUE


# -- restarts ----------------------------------------------------------------------------------


def test_only_new_content_restarts(machine) -> None:
    """A refresh that finds the same value disturbs nobody, nor does a change of the mode."""
    units = r"gitea-runner-actions\x2dnative.service nginx.service"
    assert machine.fetch(SERVICES=units).restarted == (units,)
    before = machine.output.stat()
    assert machine.fetch(SERVICES=units).restarted == ()
    assert machine.output.stat().st_ino == before.st_ino
    assert machine.fetch(SERVICES=units, MODE="0440").restarted == ()
    assert mode(machine.output) == 0o440
    machine.store({"token": "new-value"})
    assert machine.fetch(SERVICES=units, MODE="0440").restarted == (units,)
    assert machine.output.read_text() == "new-value"
    machine.store({"token": "newer-value"})
    assert machine.fetch().restarted == ()


# -- what goes wrong ---------------------------------------------------------------------------

FAULTS = {
    "no such key": ({"user": "x", "pass": "y"}, {}, "has no key token; it has: pass, user"),
    "empty": ({"token": ""}, {}, "has an empty token"),
    "blank": ({"token": " \n"}, {}, "has an empty token"),
    "null": ({"token": None}, {}, "has an empty token"),
    "placeholder": ({"token": "PLACEHOLDER"}, {}, "has a placeholder for token, no value"),
    "placeholder in env": ({"token": "TOKEN=changeme"}, {"FORMAT": "env"}, "has a placeholder"),
    "one of all": ({"a": "x", "b": "TODO"}, {"EXTRACT_KEY": ""}, "has a placeholder for b"),
    "no keys": ({}, {"EXTRACT_KEY": ""}, "has no keys"),
    "control": ({"token": "a\rb"}, {"FORMAT": "env"}, "has a control character in token"),
    "NUL": ({"token": "a\0b"}, {"FORMAT": "env"}, "has a control character in token"),
    "no such secret": (None, {"SECRET_PATH": "hosts/web1/none"}, "there is no secret at secret/h"),
    "other host": (None, {"SECRET_PATH": "hosts/web2/token"}, "HTTP status 403, "),
    "no such mount": (None, {"KV_MOUNT": "nowhere"}, "HTTP status 403, "),
    "no such login": (None, {"APPROLE_MOUNT": "nowhere"}, "cannot log in to http://127.0.0.1"),
    "no role id": (None, {"ROLE_ID_FILE": "/nowhere/role-id"}, "/nowhere/role-id is missing"),
    "no folder": (None, {"OUTPUT": "/nowhere/token"}, "/nowhere/token could not be written"),
}


def test_faults(machine) -> None:
    """A fault that a person has to mend is told at once, and the file that is there stays."""
    assert machine.fetch().status == 0
    for name, (data, settings, message) in FAULTS.items():
        if data is not None:
            machine.store(data)
        done = machine.fetch("--wait", SERVICES="x.service", **settings)
        assert (name, done.status, done.restarted) == (name, 1, ())
        assert message in done.said, name
        assert machine.files == ["token"]
        assert machine.output.read_text() == VALUE


def test_faults_make_no_file(machine) -> None:
    """A consumer never starts with a file that holds nothing, or a placeholder."""
    for name in ("no such key", "empty", "placeholder", "control", "other host"):
        data, settings, message = FAULTS[name]
        machine.store(data or {})
        done = machine.fetch("--wait", **settings)
        assert (name, done.status) == (name, 1)
        assert message in done.said
        assert machine.files == []


def test_a_deleted_secret(machine) -> None:
    """A secret whose newest version was deleted is told apart from an empty one."""
    machine.vault.ask("DELETE", "secret/data/hosts/web1/token")
    done = machine.fetch()
    assert done.status == 1
    assert "its newest version is deleted" in done.said


def test_a_wrong_secret_id(machine) -> None:
    """The server's own reason is told, and the credentials are not."""
    (machine.folder / "secret-id").write_text("00000000-1111-2222-3333-444444444444")
    done = machine.fetch("--wait")
    assert done.status == 1
    assert "invalid role or secret" in done.said.lower()
    assert machine.role_id not in done.said
    assert "00000000-1111" not in done.said


def test_a_secret_id_that_is_used_up(machine) -> None:
    """A login that fails says so, and the file of the login before stays."""
    role = machine.vault.approle("once", 'path "*" {capabilities=["read"]}', secret_id_num_uses=1)
    machine.give_credentials(role)
    assert machine.fetch().status == 0
    assert machine.fetch().status == 1
    assert machine.output.read_text() == VALUE


# -- what is left behind -----------------------------------------------------------------------


def test_the_token_is_revoked(machine) -> None:
    """A login leaves no token behind that somebody could use, whether it succeeded or failed."""
    before = machine.vault.ask("LIST", "auth/token/accessors").data["keys"]
    machine.fetch()
    machine.fetch(EXTRACT_KEY="none")
    machine.fetch(SECRET_PATH="hosts/web2/token")
    assert machine.vault.ask("LIST", "auth/token/accessors").data["keys"] == before


def test_nothing_secret_is_seen(machine) -> None:
    """Other users of the machine see arguments and root environments: neither holds a secret."""
    log = machine.folder / "log"
    for link in list(machine.programs.iterdir()):
        if link.is_symlink() and link.name not in ("bash", "cat"):
            real = link.resolve()
            link.unlink()
            note = f'{{ printf "%s\\n" "$0" "$@"; /usr/bin/env; }} >>{log}'
            link.write_text(f'#!/bin/sh\n{note}\nexec {real} "$@"\n')
            link.chmod(0o755)
    machine.store({"token": VALUE, "quoted": f"{VALUE} \n"})
    settings = {"SERVICES": "x.service", "ALLOW_CACHED": "1"}
    runs = [machine.fetch(**settings), machine.fetch(FORMAT="env", EXTRACT_KEY="", **settings)]
    machine.store({"token": "PLACEHOLDER"})
    runs.append(machine.fetch(**settings))
    assert [run.status for run in runs] == [0, 0, 1]
    seen = log.read_text() + "".join(run.said for run in runs)
    assert "/curl\n" in seen
    assert "hosts/web1/token" in seen
    for secret in (VALUE, machine.role_id, machine.secret_id):
        assert secret not in seen
    kind = machine.vault.token.partition(".")[0]  # of tokens: "s." and letters and digits
    assert re.search(rf"\b{kind}\.[A-Za-z0-9]{{16,}}", machine.vault.token)
    assert not re.search(rf"\b{kind}\.[A-Za-z0-9]{{16,}}", seen)
