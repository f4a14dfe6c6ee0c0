"""Times a fleet on its way into a real server, with `tofu`, and prints a Markdown table.

    python -m bench.vault

The server is that of the tests: OpenBao with its storage on disk, on loopback. Half of the secrets
are given, half are generated. Each time is that of the whole process, once.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import openbao
from vault_project import Project, give_many, write_many

from bench.__main__ import shown

FLEETS = ((1, 10), (50, 10))
HEADS = ("hosts", "secrets", "`nixgen build`", "plan", "apply", "plan, nothing new", "one value")


def seconds(step: Callable[[], object]) -> str:
    """How long a step takes."""
    start = time.perf_counter()
    step()
    return shown(time.perf_counter() - start)


def row(folder: Path, vault: openbao.Client, hosts: int, each: int) -> list[str]:
    """The times of one fleet."""
    project = Project(folder, vault)
    write_many(project, hosts, each)
    cells = [f"{hosts}", f"{hosts * each}", seconds(project.build)]
    give_many(project, hosts, each)
    project.init()
    cells += [seconds(project.plan), seconds(project.apply), seconds(project.plan)]
    give_many(project, hosts, each, host00_1="another")

    def one_value() -> None:
        assert len(project.plan()) == 1
        project.apply()

    return [*cells, seconds(one_value)]


def main() -> None:
    """Prints the table."""
    print(f"| {' | '.join(HEADS)} |\n|{'--:|' * len(HEADS)}")
    with tempfile.TemporaryDirectory() as name, openbao.running(Path(name)) as server:
        for hosts, each in FLEETS:
            cells = row(Path(name, f"{hosts}-hosts"), server.namespace(), hosts, each)
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
