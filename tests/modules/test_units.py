"""The units that NixOS makes of the module, run by a real systemd with all their hardening."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import nixos
import openbao as bao
import pytest
from booted import UNITS, Booted, booted
from fetching import PREAMBLE, READ_ONLY, SCRIPT

CONSUMER = r"gitea-runner-actions\x2dnative.service"
SECRET = "vault-secret-token.service"
SETTINGS = r"""
vault.address = "%s";
vault.namespace = %s;
vault.secrets.token = {
  secretPath = "hosts/web1/token";
  extractKey = "token";
  format = "env";
  owner = "nobody";
  mode = "0440";
  services = [ "gitea-runner-actions\\x2dnative" ];
  allowCached = true;
};
"""
RUNNER = """
[Service]
EnvironmentFile=/run/secrets/token
ExecStart=/bin/sh -c 'echo "$$TOKEN" >>/run/started; exec sleep infinity'
"""
TMPFILES = """
[Unit]
DefaultDependencies=no
Before=sysinit.target
[Service]
Type=oneshot
ExecStart=/usr/bin/systemd-tmpfiles --create /etc/secrets-tmpfiles.conf
"""


def write(place: Path, text: str, mode: int = 0o644) -> None:
    """A file of the machine."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(mode)


def link(units: Path, target: str, kind: str, unit: str) -> None:
    """What NixOS makes of wantedBy and requiredBy."""
    folder = units / f"{target}.{kind}"
    folder.mkdir(exist_ok=True)
    (folder / unit).symlink_to(f"../{unit}")


def write_machine(root: Path, made: dict, role: bao.AppRole) -> None:
    """The files of a host: the units as NixOS writes them, the script, credentials, a consumer."""
    units = root / UNITS
    for kind, ending in (("services", "service"), ("timers", "timer")):
        for name, unit in made[kind].items():
            write(units / f"{name}.{ending}", nixos.unit_text(unit))
            for relation, folder in (("wantedBy", "wants"), ("requiredBy", "requires")):
                for target in unit[relation]:
                    link(units, target, folder, f"{name}.{ending}")
    write(units / CONSUMER, RUNNER)
    link(units, "multi-user.target", "wants", CONSUMER)
    write(units / "secrets-tmpfiles.service", TMPFILES)
    write(root / "etc/secrets-tmpfiles.conf", "\n".join([*made["tmpfiles"]["rules"], ""]))
    link(units, "sysinit.target", "wants", "secrets-tmpfiles.service")
    (units / "sysinit.target.wants/systemd-journald.service").symlink_to(
        "/lib/systemd/system/systemd-journald.service"
    )
    script = PREAMBLE + SCRIPT.read_text()
    write(root / "nix/store/fetch-secret/bin/fetch-secret", script, 0o755)
    (root / "nix/store/systemd/bin").mkdir(parents=True)
    (root / "nix/store/systemd/bin/systemctl").symlink_to(shutil.which("systemctl") or "")
    write(root / "var/lib/vault/approle/role-id", role.role_id, 0o600)
    write(root / "var/lib/vault/approle/secret-id", role.secret_id(), 0o600)


def store(client: bao.Client, value: str) -> None:
    """Writes the token into the server."""
    client.write("secret/data/hosts/web1/token", {"data": {"token": value}})


def host_of(root: Path, client: bao.Client) -> None:
    """Writes a host whose AppRole may read the token, and puts the token into the server."""
    client.mount_kv("secret")
    client.mount_approle("approle")
    store(client, "token-number-one")
    namespace = f'"{client.namespace}"' if client.namespace else "null"
    settings = SETTINGS % (client.address, namespace)
    made = nixos.evaluate(f"({nixos.with_secrets(settings)}).systemd")
    write_machine(root, made, client.approle("web1", READ_ONLY))


@pytest.fixture
def machine(vault: bao.Client, tmp_path: Path, nix_instantiate) -> Iterator[Booted]:
    """A host that boots."""
    host_of(tmp_path / "root", vault)
    with booted(tmp_path) as machine:
        yield machine


def test_units(machine: Booted, vault) -> None:
    """The host boots, fetches, starts the consumer, restarts it for a new value and only then,
    keeps the file when something is wrong, and starts from its copy while the server is away.
    """
    machine.wait_for(f"systemctl is-active '{CONSUMER}'", "active")
    assert machine.get("cat /run/started") == "token-number-one\n"
    assert machine.get("stat -c '%A %U' /run/secrets /run/secrets/token") == (
        "drwxr-x--x root\n-r--r----- nobody\n"
    )
    assert machine.get("cat /run/secrets/token") == "TOKEN=token-number-one\n"
    copy = "/var/lib/vault-secrets"
    assert (
        machine.get(f"stat -c '%A %U' {copy} {copy}/token") == "drwx------ root\n-rw------- root\n"
    )

    machine.get(f"systemctl reload {SECRET}")
    store(vault, "token-number-two")
    machine.get(f"systemctl reload {SECRET}")
    machine.wait_for("cat /run/started", "token-number-one\ntoken-number-two")
    store(vault, "token-number-three")
    machine.get("systemctl start vault-refresh-token.service")
    machine.wait_for("tail -1 /run/started", "token-number-three")
    assert machine.get("systemctl is-active vault-refresh-token.timer") == "active\n"

    store(vault, "PLACEHOLDER")
    assert machine.run(f"systemctl reload {SECRET}")[0] == 1
    assert machine.get(f"systemctl is-active {SECRET} '{CONSUMER}'") == "active\nactive\n"
    assert machine.get("cat /run/secrets/token") == "TOKEN=token-number-three\n"

    machine.get(f"systemctl stop {SECRET}; rm /run/secrets/token")
    machine.wait_for(f"systemctl is-active '{CONSUMER}'", "inactive")
    assert machine.run(f"systemctl start '{CONSUMER}'")[0] == 1
    assert machine.run(f"systemctl is-active {SECRET}")[1] == "failed\n"

    unit = f"/{UNITS}/{SECRET}"
    machine.get(f"sed -i 's|VAULT_ADDR=[^\"]*|VAULT_ADDR=http://127.0.0.1:9|' {unit}")
    machine.get(f"systemctl daemon-reload && systemctl start '{CONSUMER}'")
    assert machine.get("tail -1 /run/started") == "token-number-three\n"

    log = machine.get("journalctl --no-pager")
    assert "has a placeholder for token, no value" in log
    assert "/run/secrets/token is the cached copy of 20" in log
    assert "token-number" not in log


def test_a_host_that_boots_waits_for_the_server(tmp_path: Path, nix_instantiate) -> None:
    """After a power cut the consumer waits, and starts by itself when the server is there."""
    for name in ("server", "host"):
        (tmp_path / name).mkdir()
    with bao.running(tmp_path / "server") as server:
        host_of(tmp_path / "host/root", server.root)
        server.stop()
        with booted(tmp_path / "host") as machine:
            machine.wait_for("journalctl --no-pager | grep -c 'trying again in 5 seconds'", "1")
            states = machine.run(f"systemctl is-active {SECRET} '{CONSUMER}'")[1]
            assert states == "activating\ninactive\n"
            server.start()
            machine.wait_for(f"systemctl is-active '{CONSUMER}'", "active")
            assert machine.get("cat /run/started") == "token-number-one\n"
