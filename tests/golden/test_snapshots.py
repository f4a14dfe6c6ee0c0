"""The tree that `build` writes for hosts/, as it was reviewed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nixgen import build, load_fleet, render


@pytest.fixture(scope="module")
def tree(root: Path) -> dict[str, str]:
    """What nixgen makes of hosts/ now."""
    return render(load_fleet(root / "hosts"))


def test_snapshots_are_what_hosts_become(
    tree: dict[str, str], root: Path, file_regression: Any, request: pytest.FixtureRequest
) -> None:
    """A change of code or hosts shows in the review, file by file; nothing is left over."""
    folder = root / "snapshots"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if request.config.getoption("regen_all"):
        for name in files - tree.keys():
            (folder / name).unlink()
        files &= tree.keys()
    assert sorted(files - tree.keys()) == [], "left over"
    for path, text in tree.items():
        file_regression.check(text, fullpath=folder / path, encoding="utf-8")


def test_build_writes_what_render_makes(tree: dict[str, str], root: Path, tmp_path: Path) -> None:
    """The files on disk are those of the library's `render`, nothing more but the manifest."""
    output = tmp_path / "build"
    result = build(load_fleet(root / "hosts"), output)
    assert sorted(result.created) == sorted(tree)
    written = {
        path.relative_to(output).as_posix(): path.read_text()
        for path in output.rglob("*")
        if path.is_file() and ".nixgen" not in path.parts
    }
    assert written == tree
