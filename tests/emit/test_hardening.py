"""Hardening and limits are settings that systemd takes, each with its reason beside it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import programs
from host_files import evaluated, nix_files

from nixgen import (
    ContainerRunner,
    GarbageCollection,
    GlobalScope,
    Hardening,
    Host,
    NativeRunner,
    NixDaemon,
    ResourceLimits,
    TokenFile,
)

COMMON: dict[str, Any] = {
    "url": "https://forge.example",
    "token": TokenFile(path="/run/token"),
    "scope": GlobalScope(),
}


def host() -> Host:
    """A host with all that goes into units: limits of each kind, hardening, garbage collection."""
    limits = ResourceLimits(
        memory_high="8G", memory_max="80%", cpu_quota="150%", tasks_max="10%", io_weight=50
    )
    return Host(
        name="web1",
        release="25.11",
        runners=[
            NativeRunner(
                name="actions-native",
                labels=["a:host"],
                hardening=Hardening(),
                limits=limits,
                **COMMON,
            ),
            ContainerRunner(name="actions1", labels=["b:docker://alpine"], **COMMON),
        ],
        nix_daemon=NixDaemon(limits=ResourceLimits(memory_high="1536M", tasks_max=9)),
        garbage_collection=GarbageCollection(flake="."),
    )


def test_each_line_has_its_reason(nixfmt: Path, tmp_path: Path) -> None:
    """Whoever wants to take a setting out reads first what it is there for."""
    texts = nix_files(host())
    text = texts["actions-runner.nix"]
    body = text[text.index("serviceConfig = {") :].partition("\n  };")[0]
    settings = re.findall(r"\n    ([A-Za-z]+) = ", body)
    explained = re.findall(r"\n    # .*\n    ([A-Za-z]+) = ", body)
    assert len(settings) == 21
    assert explained == settings
    assert programs.nixfmt_texts(list(texts.values()), tmp_path) == list(texts.values())


def unit_files(services: dict[str, Any]) -> dict[str, str]:
    """Units as NixOS writes them, by their names: a line for each value, `true` for true."""
    files = {}
    for unit, content in services.items():
        lines = ["[Service]", "Type=oneshot", "ExecStart=/bin/true"]
        for name, value in content.get("serviceConfig", {}).items():
            several = value if isinstance(value, list) else [value]
            lines += [f"{name}={'true' if each is True else each}" for each in several]
        files[f"{unit}.service"] = "\n".join([*lines, ""])
    return files


def test_systemd_takes_every_setting(eval_nix: Any, tmp_path: Path) -> None:
    """Real systemd reads the units without a complaint; it would ignore what it does not know."""
    program = programs.real_program("systemd-analyze")
    services: dict[str, Any] = {}
    for values in evaluated(eval_nix, nix_files(host())).values():
        services |= values.get("systemd", {}).get("services", {})
    assert len(services) == 4
    files = unit_files(services)
    files["wrong.service"] = "[Service]\nExecStart=/bin/true\nMemoryHigh=8GB\nProtectFoo=true\n"
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    command = [program, "verify", "--man=no", *(str(tmp_path / name) for name in files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert len(complaints) == 2
    assert all("wrong.service" in line for line in complaints)
