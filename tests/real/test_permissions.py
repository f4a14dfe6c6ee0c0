"""What the audit says of a file's mode is what the kernel does."""

from __future__ import annotations

import itertools
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from rule_cases import CONFIG, native, runs, secret

from nixgen.audit.jobs import can_read
from nixgen.audit.view import HostView

MODES = (0o400, 0o404, 0o440, 0o444, 0o040, 0o004, 0o044, 0o600)
IDS = {"root": 0, "gitea-runner": 61184, "keys": 61185, "postgres": 61186}

READ = 'for file; do cat "$file" >/dev/null 2>&1 && echo 1 || echo 0; done'


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can enter; pytest's own is for its user alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root acts as other users")


@AS_ROOT
def test_modes_are_read_as_the_kernel_reads_them(folder: Path) -> None:
    """Every combination of mode, owner and group, opened as a job of the runner would."""
    cases = list(itertools.product(MODES, IDS, IDS))
    said = []
    for number, (mode, owner, group) in enumerate(cases):
        file = folder / f"{number:03}"
        file.touch()
        os.chown(file, IDS[owner], IDS[group])
        file.chmod(mode)
        hosts = runs(
            native(),
            secrets=[secret(mode=mode, owner=owner, group=group)],
            options={f"{CONFIG}.SupplementaryGroups": ["keys"]},
        )
        view = HostView(hosts[0])
        said.append(can_read(view, view.runners[0], view.secrets[0]))
    done = subprocess.run(
        ["/bin/sh", "-c", READ, "sh", *(str(folder / f"{n:03}") for n in range(len(cases)))],
        user=IDS["gitea-runner"],
        group=IDS["gitea-runner"],
        extra_groups=[IDS["keys"]],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    kernel = [line == "1" for line in done.stdout.split()]
    assert [case for case, a, b in zip(cases, said, kernel, strict=True) if a != b] == []
    assert any(kernel)
    assert not all(kernel)


@AS_ROOT
def test_one_user_reads_the_environment_of_its_processes() -> None:
    """Two runners of one user are not apart: a job of one has the token of the other."""
    user = IDS["gitea-runner"]
    runner = subprocess.Popen(
        ["/bin/sleep", "60"], user=user, group=user, extra_groups=[], env={"TOKEN": "other"}
    )
    try:
        seen = {
            who: subprocess.run(
                ["/bin/cat", f"/proc/{runner.pid}/environ"],
                user=IDS[who],
                group=IDS[who],
                extra_groups=[],
                capture_output=True,
                check=False,
            ).stdout
            for who in ("gitea-runner", "postgres")
        }
    finally:
        runner.kill()
        runner.wait()
    assert seen == {"gitea-runner": b"TOKEN=other\0", "postgres": b""}
