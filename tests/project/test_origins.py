"""The map from generated lines to Python is right for what is on disk, or is not given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from builds import AFTER, BEFORE, build, tree

from nixgen.emit.contribution import Cause
from nixgen.model.origin import Origin, Place
from nixgen.project import line_origins
from nixgen.project.origins import ORIGINS, read_origins, read_parts
from nixgen.project.tree import RenderedFile
from nixgen.project.writing.write import write_tree


def made_at(text: str, line: int) -> Mapping[str, RenderedFile]:
    """A tree of one file whose first line comes from this line of a Python file."""
    part = line_origins.part([(1, 1, Cause("x", (Origin((Place("/p/hosts/a.py", line),)),)))])
    return {"a": tree({"a": text})["a"]._replace(origins=line_origins.joined([(1, part)]))}


def from_line(line: int) -> tuple[line_origins.LineOrigin, ...]:
    """The origins in such a tree."""
    return ((1, 1, "x", ((None, None, (("hosts/a.py", line),)),)),)


def test_every_file_has_its_origins(tmp_path: Path) -> None:
    """After any build, each file's origins are those that rendering gave."""
    for model in (BEFORE, AFTER, BEFORE):
        build(model, tmp_path)
        for path, file in tree(model).items():
            assert read_origins(tmp_path, path) == file.lines


def test_origins_come_back_as_rendering_knew_them(tmp_path: Path) -> None:
    """Lines, what they are, fields, keys and chains of calls, of each part of a file."""
    inner, outer = Place("/p/hosts/_parts.py", 7), Place("/p/hosts/ü1.py", 3)
    made = Origin((inner, outer))
    first = [
        (1, 4, Cause("Host", (Origin((outer,)),))),
        (2, 2, Cause('"quoted"', (made.at("options", "a.b"), made.at("name")))),
    ]
    second = [(1, 1, Cause("nothing known", ()))]
    parts = [(1, line_origins.part(first)), (6, line_origins.part(second))]
    text = line_origins.joined(parts)
    write_tree({"ä": RenderedFile("ä", "text\n", None, "", (), text)}, tmp_path)
    calls = (("hosts/_parts.py", 7), ("hosts/ü1.py", 3))
    assert read_origins(tmp_path, "ä") == (
        (1, 4, "Host", ((None, None, calls[1:]),)),
        (2, 2, '"quoted"', (("options", "a.b", calls), ("name", None, calls))),
        (6, 6, "nothing known", ()),
    )
    assert read_parts(tmp_path, "ä") == dict(parts)


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
        write_tree(made_at("text\n", line), tmp_path)
        assert read_origins(tmp_path, "a") == from_line(line)


def test_origins_of_the_others_stay(tmp_path: Path) -> None:
    """A build of one host keeps what is known of the rest."""
    build(BEFORE, tmp_path)
    build({"hosts/new/a": "new\n"}, tmp_path, hosts=["new"])
    assert read_origins(tmp_path, "hosts/gone/default.nix") is not None
    assert read_origins(tmp_path, "hosts/new/a") is not None


def test_old_lines_do_not_pile_up(tmp_path: Path) -> None:
    """However often one builds, the file stays in proportion to the output."""
    for turn in range(250):
        write_tree(made_at(f"{turn % 10}\n", turn), tmp_path)
    assert len((tmp_path / ORIGINS).read_text().splitlines()) < 110
    assert read_origins(tmp_path, "a") == from_line(249)


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
