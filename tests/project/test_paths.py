"""Nothing is written outside the output folder, and no two files are one."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from builds import build, on_disk, tree
from hypothesis import given
from hypothesis import strategies as st

from nixgen.errors import ConflictError, WriteError
from nixgen.project.paths import check_paths, path_fault
from nixgen.project.writing.plan import plan_build

FORBIDDEN = {
    "": "the path is empty",
    "/etc/passwd": "the path is absolute",
    "..": "the part '..'",
    "../escape": "the part '..'",
    "hosts/../../escape": "the part '..'",
    "hosts/./a": "the part '.'",
    "hosts//a": "the part ''",
    "hosts/": "the part ''",
    "hosts\\a": "the character '\\\\'",
    "hosts/a\nb": "the character '\\n'",
    "hosts/a\x00b": "the character '\\x00'",
    "hosts/\ud800": "the character '\\ud800'",
    "hosts/a\u202eb": "the character '\\u202e'",
    ".git/hooks/post-checkout": "the name '.git' is reserved",
    "hosts/.GIT/config": "the name '.GIT' is reserved",
    "hosts/.g\u200cit/config": "the character '\\u200c'",
    ".nixgen/manifest.json": "the name '.nixgen' is reserved",
    "hosts/.nixgen-0123456789abcdef.tmp": "is reserved",
}
ALLOWED = [
    "flake.nix",
    "hosts/nix-cache02/actions-runner.nix",
    ".forgejo/workflows/build.yaml",
    "hosts/a..b/...",
    "hosts/Zürich/ß.nix",
    "with space/+@~$.tf",
    ".github/.gitignore",
]


@pytest.mark.parametrize("path", FORBIDDEN, ids=ascii)
def test_forbidden_paths(path: str) -> None:
    """A path that leaves the output folder, hides or belongs to git is refused with a reason."""
    assert FORBIDDEN[path] in (path_fault(path) or "")
    (diagnostic,) = check_paths([path])
    assert FORBIDDEN[path] in diagnostic.summary
    assert diagnostic.summary.isprintable()
    diagnostic.summary.encode()


@pytest.mark.parametrize("path", ALLOWED)
def test_ordinary_paths(path: str) -> None:
    """Everything that people name files is allowed, dots and Unicode too."""
    assert path_fault(path) is None


@given(
    st.lists(st.sampled_from(["..", ".", "", "a", ".git", "\\", "\0", "b"])).map("/".join)
    | st.text()
)
def test_no_path_leads_out(path: str) -> None:
    """Whatever is allowed lies in the output folder, by plain rules of paths."""
    if path_fault(path) is None:
        place = os.path.normpath(f"/output/{path}")
        assert place == f"/output/{path}"
        assert ".git" not in place.split("/")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hosts/Web1/a.nix", "hosts/web1/a.nix"),
        ("hosts/Web1/a.nix", "hosts/web1/b.nix"),
        ("straße", "STRASSE"),
        ("\u00e9", "e\u0301"),
        ("\u212bngstrom", "\u00c5ngstrom"),
        (unicodedata.normalize("NFD", "Ǆ/ŷ"), "ǆ/Ŷ"),
    ],
    ids=ascii,
)
def test_names_that_clash(one: str, other: str) -> None:
    """A tree that is fine on Linux can be checked out on macOS and Windows too."""
    (diagnostic,) = check_paths([one, other])
    assert "are one name on some disks" in diagnostic.summary
    assert check_paths([one]) == check_paths([other]) == []


def test_a_file_that_is_a_folder() -> None:
    """Two hosts cannot claim a path and a path below it."""
    (diagnostic,) = check_paths(["hosts/a", "hosts/a/b", "hosts/c"])
    assert diagnostic.summary == "cannot write 'hosts/a': the path is a file and a folder at once"


def test_all_faults_at_once(tmp_path: Path) -> None:
    """Every bad path is told in one go, before the disk is touched."""
    with pytest.raises(WriteError) as caught:
        build({"../a": "", "b/./c": "", "fine": "", "D": "", "d": ""}, tmp_path / "out")
    assert [each.summary.split("'")[1] for each in caught.value.diagnostics] == [
        "../a",
        "b/./c",
        "d",
    ]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("inside", [False, True], ids=["out", "within"])
@pytest.mark.parametrize("force", [False, True])
def test_no_link_is_written_through(tmp_path: Path, inside: bool, force: bool) -> None:
    """A folder that someone replaced by a symbolic link is reported, and its target left alone."""
    output, outside = tmp_path / "out", tmp_path / "outside"
    target = output / "target" if inside else outside
    target.mkdir(parents=True)
    (output).mkdir(exist_ok=True)
    (output / "hosts").symlink_to(target)
    with pytest.raises(ConflictError) as caught:
        build({"hosts/a/b": "text", "hosts/a/c": "text"}, output, force=force)
    (diagnostic,) = caught.value.diagnostics
    assert str(diagnostic) == f"{output}/hosts: a symbolic link is in the place of a folder"
    assert not list(target.iterdir())


def test_files_behind_a_link_that_are_as_they_should_be(tmp_path: Path) -> None:
    """Looking through a link is no harm, writing is: `check` on linked folders works, a build stops
    as soon as something there must change.
    """
    output, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    build({"hosts/a": "text", "hosts/b": "text"}, output)
    (output / "hosts").rename(elsewhere)
    (output / "hosts").symlink_to(elsewhere)
    assert not plan_build(tree({"hosts/a": "text", "hosts/b": "text"}), output).differences
    with pytest.raises(ConflictError, match="a symbolic link is in the place of a folder"):
        build({"hosts/a": "text", "hosts/b": "new"}, output)
    assert (elsewhere / "b").read_text() == "text"


def test_an_orphan_behind_a_link_is_not_removed(tmp_path: Path) -> None:
    """Removing follows no link either: the file of another project stays."""
    output, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    build({"hosts/a/b": "text"}, output)
    (output / "hosts").rename(elsewhere)
    (output / "hosts").symlink_to(elsewhere)
    assert build({"c": "text"}, output, force=True).removed == ()
    assert (elsewhere / "a" / "b").read_text() == "text"


def test_a_link_in_place_of_a_file(tmp_path: Path) -> None:
    """A link where a file belongs is somebody's; forced, the link is replaced, never its target."""
    output, target = tmp_path / "out", tmp_path / "target"
    target.write_text("precious")
    output.mkdir()
    (output / "a").symlink_to(target)
    with pytest.raises(ConflictError, match="a symbolic link is in the place of a file"):
        build({"a": "text"}, output)
    assert on_disk(output) == {"a": f"-> {target}"}
    build({"a": "text"}, output, force=True)
    assert on_disk(output) == {"a": "text"}
    assert target.read_text() == "precious"


def test_the_output_folder_may_be_a_link(tmp_path: Path) -> None:
    """The user names the output folder, so a link there is meant; it stays a link."""
    real, output = tmp_path / "real", tmp_path / "out"
    real.mkdir()
    output.symlink_to(real)
    build({"a": "text"}, output)
    assert output.is_symlink()
    assert on_disk(real) == {"a": "text"}


def test_a_link_to_a_folder_that_is_to_be_made(tmp_path: Path) -> None:
    """A link to an output folder that does not exist yet leads to it afterwards."""
    output = tmp_path / "out"
    output.symlink_to(tmp_path / "real")
    build({"a": "text"}, output)
    assert output.is_symlink()
    assert on_disk(tmp_path / "real") == {"a": "text"}


def test_the_state_folder_may_not_be_a_link(tmp_path: Path) -> None:
    """Nor is nixgen's own state written through a link."""
    output, outside = tmp_path / "out", tmp_path / "outside"
    output.mkdir()
    outside.mkdir()
    (output / ".nixgen").symlink_to(outside)
    with pytest.raises(WriteError, match="a symbolic link is in the place of a folder"):
        build({"a": "text"}, output)
    assert not list(outside.iterdir())


def test_a_manifest_cannot_lead_out(tmp_path: Path) -> None:
    """A manifest from a stranger's repository has no power over files outside its folder."""
    output, victim = tmp_path / "out", tmp_path / "victim"
    build({"a": "text"}, output)
    victim.write_text("text")
    manifest = output / ".nixgen" / "manifest.json"
    line = manifest.read_text().splitlines()[1]
    manifest.write_text(manifest.read_text().replace(line, line.replace('"a"', '"../victim"')))
    assert plan_build(tree({}), output).changes == ()
    build({"a": "text"}, output)
    assert victim.read_text() == "text"
