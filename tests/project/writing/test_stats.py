"""The stat cache saves time and never hides an edit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from builds import build, tree
from hypothesis import given, settings
from hypothesis import strategies as st

from nixgen.project.writing import stats
from nixgen.project.writing.plan import State, plan_build
from nixgen.project.writing.stats import StatCache

SIGNATURE = (10, 20, 30, 40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def state_of(output: Path, text: str) -> State:
    """The state of the one file of an output folder, where the model has this text."""
    return plan_build(tree({"a": text}), output).changes[0].state


def test_only_the_same_file_is_believed() -> None:
    """A file that looks different in any way, or whose hash is another, is read."""
    cache = StatCache(files={"a": [*SIGNATURE, "hash"]}, written=21)
    assert cache.has("a", SIGNATURE, "hash")
    assert not cache.has("a", SIGNATURE, "other")
    assert not cache.has("b", SIGNATURE, "hash")
    for part in range(4):
        other = [*SIGNATURE]
        other[part] += 1
        assert not cache.has("a", (other[0], other[1], other[2], other[3]), "hash")


def test_a_file_as_young_as_the_cache_is_read() -> None:
    """A change in the same tick of the clock cannot be seen, so it is looked for."""
    for written, believed in ((19, False), (20, False), (21, True)):
        cache = StatCache(files={"a": [*SIGNATURE, "hash"]}, written=written)
        assert cache.has("a", SIGNATURE, "hash") is believed


def test_an_edit_right_after_the_build(tmp_path: Path) -> None:
    """However quick the editor: the same size in the same millisecond is an edit all the same."""
    for turn in range(50):
        output = tmp_path / str(turn)
        build({"a": "old\n"}, output)
        with (output / "a").open("r+") as file:
            file.write("ed!\n")
        assert state_of(output, "old\n") is State.EDITED


def test_an_edit_that_hides_its_time(tmp_path: Path) -> None:
    """An edit that keeps size and mtime, as some tools do, is an edit."""
    build({"a": "old\n"}, tmp_path)
    before = (tmp_path / "a").stat()
    (tmp_path / "a").write_text("ed!\n")
    os.utime(tmp_path / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert state_of(tmp_path, "old\n") is State.EDITED


@settings(deadline=None)
@given(
    st.binary()
    | JSON.map(json.dumps).map(str.encode)
    | st.dictionaries(st.just("a"), JSON).map(json.dumps).map(str.encode)
)
def test_any_cache_is_harmless(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """A cache that is damaged in whatever way costs a read, and changes no answer."""
    output = tmp_path_factory.mktemp("out")
    build({"a": "text\n"}, output)
    (output / stats.STATS).write_bytes(content)
    assert state_of(output, "text\n") is State.CURRENT
    assert state_of(output, "new\n") is State.CHANGED
    (output / "a").write_text("edit\n")
    assert state_of(output, "text\n") is State.EDITED


def test_a_hash_that_is_damaged_is_no_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong hash in the cache does not make a file look edited: the file itself decides."""
    monkeypatch.setattr(stats, "_SETTLED", -(10**12))
    build({"a": "text\n"}, tmp_path)
    cache: dict[str, Any] = json.loads((tmp_path / stats.STATS).read_text())
    cache["a"][4] = "0" * 64
    (tmp_path / stats.STATS).write_text(json.dumps(cache))
    assert state_of(tmp_path, "text\n") is State.CURRENT
    build({"a": "new\n"}, tmp_path)


def test_a_cache_that_is_a_folder(tmp_path: Path) -> None:
    """Nor does it matter that the cache cannot be read or written at all."""
    build({"a": "text\n"}, tmp_path)
    (tmp_path / stats.STATS).unlink()
    (tmp_path / stats.STATS).mkdir()
    (tmp_path / stats.STATS / "mine").touch()
    build({"a": "new\n"}, tmp_path)
    assert (tmp_path / "a").read_text() == "new\n"
