"""Servers that cannot be asked, and the answer as a whole."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import openbao as bao
import pytest
from command import Nixgen
from described_server import VALUE
from terminal import at_terminal


def test_errors_are_one_line_and_exit_status_2(
    verify: Nixgen, vault: bao.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unreachable server, a wrong token, and settings that are missing: one clear error each."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closed = f"http://127.0.0.1:{listening.getsockname()[1]}"
    monkeypatch.setenv("VAULT_ADDR", closed)
    run = verify()
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith(
        f"error: the Vault server at {closed} cannot be reached: connection refused\nhelp: "
    )
    assert verify("--json").data["diagnostics"][0]["severity"] == "error"
    monkeypatch.setenv("VAULT_ADDR", vault.address)
    monkeypatch.setenv("VAULT_TOKEN", f"s.{VALUE}")
    run = verify("--debug")
    assert run.status == 2
    assert run.err.startswith(
        f"error: the Vault server at {vault.address} refuses the token of VAULT_TOKEN\nhelp: "
    )
    monkeypatch.delenv("VAULT_TOKEN")
    assert verify().err.startswith("error: there is no token for the Vault server\nhelp: ")
    monkeypatch.delenv("VAULT_ADDR")
    assert verify().err.startswith("error: there is no address of a Vault server\nhelp: ")


def test_sealed_server(verify: Nixgen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that somebody has to unseal is told as such."""
    folder = tmp_path / "server"
    folder.mkdir()
    with bao.running(folder) as server:
        server.seal()
        monkeypatch.delenv("VAULT_NAMESPACE")
        monkeypatch.setenv("VAULT_ADDR", server.address)
        run = verify()
    assert run.status == 2
    assert run.err == (
        f"error: the Vault server at {server.address} is sealed\n"
        "help: unseal it: `bao operator unseal`\n"
    )


def test_timeout(verify: Nixgen, monkeypatch: pytest.MonkeyPatch) -> None:
    """--timeout bounds the wait; nonsense is refused before anything is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("VAULT_ADDR", f"http://127.0.0.1:{listening.getsockname()[1]}")
        run = verify("--timeout", "0.2")
    assert run.status == 2
    assert "did not answer within 0.2 seconds" in run.err
    assert verify("--timeout", "0").status == 2
    assert "error: invalid value for '--timeout'" in verify("--timeout", "soon").err


def test_timeout_that_is_no_number(nixgen: Nixgen) -> None:
    """NaN is in no range; every command that waits for a server refuses it as wrong usage."""
    for command in (("verify", "vault"), ("verify", "forge"), ("token", "actions-native")):
        run = nixgen(*command, "--timeout", "nan")
        assert run.status == 2
        assert "error: invalid value for '--timeout': nan is no number of seconds" in run.err


def test_people_are_told_what_was_compared(
    verify: Nixgen, described: bao.Client, one_host: Path
) -> None:
    """A person gets a last line with the server, so that the wrong one is noticed."""
    status, seen = at_terminal("verify", "vault", folder=one_host)
    assert status == 0
    assert seen == (
        f"compared 2 secrets and 1 AppRole with {described.address}: all as described\n"
    )
    described.write("secret/data/shared/mail", {"data": {}})
    status, seen = at_terminal("verify", "vault", folder=one_host, NO_COLOR="1")
    assert status == 1
    assert seen.splitlines()[-1].endswith(": 1 different")


def test_many_secrets_in_their_order(verify: Nixgen, described: bao.Client, one_host: Path) -> None:
    """Requests are under way together; findings come in the order of paths, each time."""
    names = [f"s{number:03}" for number in range(60)]
    secrets = ", ".join(f'VaultSecret(name="{name}", key="k")' for name in names)
    file = one_host / "hosts/web1.py"
    file.write_text(file.read_text().replace("secrets=[", f"secrets=[{secrets}, "))
    for name in names[::2]:
        described.write(f"secret/data/hosts/web1/{name}", {"data": {"k": VALUE}})
    run = verify("--json")
    told = [summary.split("'")[1] for summary in run.summaries]
    assert told == names[1::2]
    assert run.data["compared"]["secrets"] == 62


def test_json_is_the_whole_answer(verify: Nixgen, described: bao.Client) -> None:
    """A program reads one document, with the same findings as a person."""
    described.write("secret/data/shared/mail", {"data": {}})
    run = verify("--json")
    assert (run.status, run.err) == (1, "")
    assert json.loads(run.out)["diagnostics"][0]["summary"] in verify().out
