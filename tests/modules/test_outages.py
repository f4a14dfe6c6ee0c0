"""What the fetch script does while the server, the disk or the script itself fails."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import openbao as bao
import programs
import pytest
from fetching import machine_of

VALUE = "s3cret-value"
TEMPORARY = 75
NOWHERE = "http://127.0.0.1:9"  # the port that discards, where nothing listens


@contextlib.contextmanager
def listening() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


# -- the server --------------------------------------------------------------------------------


def test_an_outage_keeps_the_file(machine) -> None:
    """While the server is down or slow, a refresh fails and the file stays; a start goes on."""
    assert machine.fetch().status == 0
    with listening() as silent:
        for address in (NOWHERE, silent, "http://no-such-host.invalid:8200"):
            settings = {"VAULT_ADDR": address, "TIME_LIMIT": "1", "SERVICES": "x.service"}
            done = machine.fetch(**settings)
            assert (done.status, done.restarted) == (TEMPORARY, ())
            assert "curl: " in done.said
            assert f"{machine.output} is kept as it is" in done.said
            done = machine.fetch("--wait", **settings)
            assert (done.status, done.restarted) == (0, ())
    assert machine.output.read_text() == VALUE
    assert machine.files == ["token"]


def test_a_start_waits_for_the_server(tmp_path) -> None:
    """After a power cut, hosts start before the server is up and unsealed: they get there."""
    folders = [tmp_path / name for name in ("server", "web1")]
    for folder in folders:
        folder.mkdir()
    with bao.running(folders[0]) as server:
        machine = machine_of(folders[1], server.root, FIRST_DELAY="1")
        server.seal()
        done = machine.fetch()
        assert (done.status, machine.files) == (TEMPORARY, [])
        assert "HTTP status 503" in done.said
        assert "sealed" in done.said.lower()
        server.stop()
        process = machine.start("--wait", SERVICES="x.service")
        machine.wait_until_said(process, "trying again in 1 seconds")
        server.start()
        done = machine.finish(process)
        assert (done.status, done.restarted) == (0, ("x.service",))
        assert machine.output.read_text() == VALUE


def test_a_cached_copy(machine) -> None:
    """A host that may keep a copy starts without the server, with the newest value it had."""
    allowed = {"ALLOW_CACHED": "1"}
    assert machine.fetch(**allowed).status == 0
    assert machine.cached.read_text() == VALUE
    assert machine.cached.stat().st_mode & 0o777 == 0o600
    machine.store({"token": "newer"})
    assert machine.fetch(**allowed).status == 0
    machine.output.unlink()
    done = machine.fetch("--wait", VAULT_ADDR=NOWHERE, SERVICES="x.service", MODE="0440", **allowed)
    assert (done.status, done.restarted) == (0, ("x.service",))
    assert f"{machine.output} is the cached copy of 20" in done.said
    assert machine.output.read_text() == "newer"
    assert machine.output.stat().st_mode & 0o777 == 0o440


def test_a_cached_copy_is_for_outages_alone(machine) -> None:
    """A secret that was withdrawn does not come back from the disk."""
    machine.fetch(ALLOW_CACHED="1")
    machine.output.unlink()
    machine.vault.ask("DELETE", "secret/data/hosts/web1/token")
    assert machine.fetch("--wait", ALLOW_CACHED="1").status == 1
    assert machine.files == []


def test_a_cached_copy_goes_when_it_is_not_allowed_any_more(machine) -> None:
    """Whoever takes the permission back finds no copy on the disk after the next fetch."""
    machine.fetch(ALLOW_CACHED="1")
    assert machine.cached.exists()
    assert machine.fetch().status == 0
    assert not machine.cached.exists()
    machine.output.unlink()
    assert machine.fetch(VAULT_ADDR=NOWHERE).status == TEMPORARY


# -- TLS ---------------------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody signed but itself, and its key."""
    folder.mkdir(exist_ok=True)
    paths = (folder / f"{name}.pem", folder / f"{name}.key")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]]
    subprocess.run(command, check=True, capture_output=True)
    return paths


@contextlib.contextmanager
def with_tls(address: str, pem: Path, key: Path) -> Iterator[str]:
    """The server at an address, behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    host, _, port = address.removeprefix("http://").partition(":")

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError), source:
            while data := source.recv(65536):
                target.sendall(data)

    def serve(front: socket.socket) -> None:
        while True:
            try:
                plain, _ = front.accept()
            except OSError:
                return
            with contextlib.suppress(OSError):
                secure = context.wrap_socket(plain, server_side=True)
                back = socket.create_connection((host, int(port)))
                for pair in ((secure, back), (back, secure)):
                    threading.Thread(target=pass_on, args=pair, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as front:
        threading.Thread(target=serve, args=(front,), daemon=True).start()
        yield f"https://127.0.0.1:{front.getsockname()[1]}"


def test_the_certificate_is_checked(machine, tmp_path) -> None:
    """A server with another certificate gets no credentials, and the file that is there stays."""
    if shutil.which("openssl") is None:
        programs.missing("openssl is not on PATH")
    ours, theirs = (certificate(tmp_path / "tls", name) for name in ("ours", "theirs"))
    with with_tls(machine.vault.address, *ours) as address:
        done = machine.fetch(VAULT_ADDR=address, VAULT_CACERT=str(ours[0]))
        assert (done.status, done.said) == (0, "")
        assert machine.output.read_text() == VALUE
        machine.store({"token": "of somebody else"})
        done = machine.fetch(VAULT_ADDR=address, VAULT_CACERT=str(theirs[0]))
        assert done.status == TEMPORARY
        assert "certificate" in done.said
        assert machine.output.read_text() == VALUE


# -- the disk, and the script itself -----------------------------------------------------------


@pytest.fixture
def small_disk(machine, as_root) -> Iterator[Path]:
    """A file system of 16 KiB where the secrets are."""
    command = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", machine.secrets]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        yield machine.secrets
    finally:
        subprocess.run(["umount", machine.secrets], check=True)


def test_a_full_disk(machine, small_disk) -> None:
    """No half of a value is ever in the file: it stays as it is, and the unit says why."""
    assert machine.fetch().status == 0
    machine.store({"token": "x" * 60000})
    done = machine.fetch(SERVICES="x.service")
    assert (done.status, done.restarted) == (1, ())
    assert "No space left" in done.said
    assert f"{machine.output} could not be written and is as it was" in done.said
    assert machine.output.read_text() == VALUE
    assert machine.files == ["token"]
    machine.store({"token": "y" * 2000})
    assert machine.fetch().status == 0


def test_killed_half_way(machine) -> None:
    """Killed at any moment, the file is the old or the new one, and the next run finishes."""
    seed = random.Random(5)
    values = ["a" * 30000, "b" * 30000]
    machine.store({"token": values[0]})
    begin = time.monotonic()
    assert machine.fetch().status == 0
    length = time.monotonic() - begin
    for number in range(20):
        machine.store({"token": values[number % 2]})
        process = machine.start()
        time.sleep(seed.uniform(0.3, 1.1) * length)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert machine.output.read_text() in values
    machine.store({"token": "end"})
    assert machine.fetch().status == 0
    assert machine.output.read_text() == "end"
    assert machine.files == ["token"]


def test_ended_by_systemd(machine) -> None:
    """A stop while the script waits ends it at once, with no file and no token left."""
    process = machine.start("--wait", VAULT_ADDR=NOWHERE, FIRST_DELAY="30")
    machine.wait_until_said(process, "trying again in 30 seconds")
    os.killpg(process.pid, signal.SIGTERM)
    assert machine.finish(process).status == -signal.SIGTERM
    assert machine.files == []


def test_two_at_once(machine) -> None:
    """Runs that meet take turns: each ends well, and the file is whole."""
    value = "z" * 50000
    machine.store({"token": value})
    processes = [machine.start(ALLOW_CACHED="1") for _ in range(6)]
    assert [machine.finish(each).status for each in processes] == [0] * 6
    assert machine.output.read_text() == value
    assert machine.cached.read_text() == value
    assert machine.files == ["token"]
