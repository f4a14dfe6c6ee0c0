"""The Python files that the files on disk were built from.

A fleet is what they say, so they are what is kept: `.nixgen/hosts.json` has the texts of the hosts
folder as they were at a build, with the names of the hosts that were built from them. Hosts that
are built one by one come from texts of different times. Like the other caches of the state folder
it can be lost at any time.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from nixgen.model.host import Fleet
from nixgen.project import disk
from nixgen.project.paths import STATE_FOLDER

RECORD = f"{STATE_FOLDER}/hosts.json"


def record(output: Path, fleet: Fleet, only: Collection[str] | None = None) -> None:
    """Keeps the texts that a build was made from; `only` says that it was not of all hosts.

    A disk that takes no more does no harm.
    """
    folders = {Path(host.origin.places[-1].file).parent for host in fleet.hosts}
    if len(folders) != 1:  # hosts that a script has put together from several places
        return
    with contextlib.suppress(OSError, ValueError):
        texts = {
            file.name: file.read_text(encoding="utf-8")
            for file in sorted(folders.pop().glob("*.py"))
        }
        builds = [] if only is None else _without(recorded(output), set(only))
        builds.append({"hosts": sorted(fleet.names), "texts": texts})
        data = json.dumps(builds).encode()
        path = os.fspath(output / RECORD)
        if disk.read_if_there(path) != data:
            disk.replace(path, data)


def recorded(output: Path) -> list[dict[str, Any]]:
    """The `texts` of each build by their names, and the `hosts` that are as it built them.

    Nothing where the record was lost, or is no such thing.
    """
    try:
        builds = json.loads(disk.read(os.fspath(output / RECORD)))
    except (OSError, ValueError, RecursionError):
        return []
    return builds if isinstance(builds, list) and all(map(_is_build, builds)) else []


def _is_build(value: Any) -> bool:
    match value:
        case {"hosts": list(hosts), "texts": dict(texts)}:
            names = [*hosts, *texts.values()]
            return all(isinstance(name, str) for name in names) and all(map(_is_file_name, texts))
    return False


def _is_file_name(name: str) -> bool:
    return name.endswith(".py") and Path(name).name == name and name.isprintable()


def _without(builds: list[dict[str, Any]], names: set[str]) -> list[dict[str, Any]]:
    """The builds for hosts that were not built since."""
    left = [
        {**build, "hosts": [name for name in build["hosts"] if name not in names]}
        for build in builds
    ]
    return [build for build in left if build["hosts"]]
