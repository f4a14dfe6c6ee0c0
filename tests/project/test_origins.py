"""The map from generated lines to Python is right for what is on disk, or is not given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve
from builds import AFTER, BEFORE, build, tree

from nixgen.project.origins import ORIGINS, read_origins
from nixgen.project.tree import LineOrigin, RenderedFile
from nixgen.project.write import write_tree


def with_lines(text: str, *lines: LineOrigin) -> Mapping[str, RenderedFile]:
    """A tree of one file with these origins."""
    return {"a": evolve(tree({"a": text})["a"], lines=lines)}


def test_every_file_has_its_origins(tmp_path: Path) -> None:
    """After any build, each file's origins are those that rendering gave."""
    for model in (BEFORE, AFTER, BEFORE):
        build(model, tmp_path)
        for path, file in tree(model).items():
            assert read_origins(tmp_path, path) == file.lines


def test_nested_origins_come_back_alike(tmp_path: Path) -> None:
    """What was a tuple is a tuple again, to any depth."""
    lines = ((1, None, "ü", ("hosts/a.py", 3, ("through", (4, 5)))), (2, True, 1.5, ()))
    write_tree(with_lines("text\n", *lines), tmp_path)
    assert read_origins(tmp_path, "a") == lines


def test_no_origins_where_they_would_be_wrong(tmp_path: Path) -> None:
    """A file that was edited, is gone or was never written has none."""
    build(BEFORE, tmp_path)
    (tmp_path / "shared.tf").write_text("edited\n")
    (tmp_path / "hosts/gone/default.nix").unlink()
    for path in ("shared.tf", "hosts/gone/default.nix", "never", "hosts"):
        assert read_origins(tmp_path, path) is None


def test_origins_follow_the_python_file(tmp_path: Path) -> None:
    """A comment added above a host moves its lines; the generated file stays, its origins move,
    and move back.
    """
    for line in (3, 4, 3, 3, 5):
        write_tree(with_lines("text\n", (1, "hosts/a.py", line)), tmp_path)
        assert read_origins(tmp_path, "a") == ((1, "hosts/a.py", line),)


def test_origins_of_the_others_stay(tmp_path: Path) -> None:
    """A build of one host keeps what is known of the rest."""
    build(BEFORE, tmp_path)
    build({"hosts/new/a": "new\n"}, tmp_path, hosts=["new"])
    assert read_origins(tmp_path, "hosts/gone/default.nix") is not None
    assert read_origins(tmp_path, "hosts/new/a") is not None


def test_old_lines_do_not_pile_up(tmp_path: Path) -> None:
    """However often one builds, the file stays in proportion to the output."""
    for turn in range(250):
        write_tree(with_lines(f"{turn % 10}\n", (1, "hosts/a.py", turn)), tmp_path)
    assert len((tmp_path / ORIGINS).read_text().splitlines()) < 110
    assert read_origins(tmp_path, "a") == ((1, "hosts/a.py", 249),)


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\xff\n\n[]\n", b'["', b"\n" * 9])
@pytest.mark.parametrize("keep", [0, 50, 10_000])
def test_a_damaged_map_is_mended(tmp_path: Path, damage: bytes, keep: int) -> None:
    """A map that was cut off, lost or overwritten gives no wrong answer, and the next build of the
    same model makes it whole.
    """
    build(BEFORE, tmp_path)
    place = tmp_path / ORIGINS
    place.write_bytes(place.read_bytes()[:keep] + damage)
    for path, file in tree(BEFORE).items():
        assert read_origins(tmp_path, path) in {None, file.lines}
    build(BEFORE, tmp_path)
    for path, file in tree(BEFORE).items():
        assert read_origins(tmp_path, path) == file.lines
    place.unlink()
    build(BEFORE, tmp_path)
    assert read_origins(tmp_path, "shared.tf") == tree(BEFORE)["shared.tf"].lines
