"""Certificates for servers of tests, made by openssl."""

from __future__ import annotations

from pathlib import Path

from programs import real_program, run


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """A CA, and a certificate of it for 127.0.0.1 with its key, made by openssl."""
    openssl = real_program("openssl")
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    (folder / "extensions").write_text("subjectAltName = IP:127.0.0.1\n")
    valid = ["-days", "2"]
    usage = ["-addext", "keyUsage=critical,keyCertSign"]
    signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "extensions"]
    commands = (
        ["req", "-x509", *new, *valid, *usage, "-keyout", "ca.key", "-out", "ca.pem"],
        ["req", *new, "-keyout", "own.key", "-out", "own.csr"],
        ["x509", "-req", "-in", "own.csr", *signed, *valid, "-out", "own.pem"],
    )
    for command in commands:
        subject = ["-subj", f"/CN=Test {command[-1]}"] if command[0] == "req" else []
        run([openssl, *command, *subject], cwd=folder)
    return folder / "ca.pem", folder / "own.pem", folder / "own.key"
