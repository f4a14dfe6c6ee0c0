"""The manifest is a text to be committed: stable, readable, mergeable, harmless if damaged."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from builds import AFTER, BEFORE, build, on_disk, tree
from hypothesis import given
from hypothesis import strategies as st

import nixgen
from nixgen.errors import WriteError
from nixgen.project.manifest import Manifest, Record, read_manifest, shared_entries
from nixgen.project.tree import Entry
from nixgen.project.writing.plan import plan_build
from nixgen.version import VERSION

NAME = ".nixgen/manifest.json"
TEXT = """\
[{"format": 1, "nixgen": "0.1.0"}
,["hosts/a/default.nix", "2d711642", "a", "hosts/a.py"]
,["hosts/ü/default.nix", "b1b2b3b4", "ü", "hosts/ü.py"]
,["terraform/vault/variables.tf", "c0ffee00", null, "", [["variable", "x", "a", 3, 4], \
["variable", "y", "ü", 1, 4]]]
]
"""
MANIFEST = Manifest(
    {
        "terraform/vault/variables.tf": (
            Record(
                "c0ffee00", None, "", [["variable", "x", "a", 3, 4], ["variable", "y", "ü", 1, 4]]
            ),
        ),
        "hosts/ü/default.nix": (Record("b1b2b3b4", "ü", "hosts/ü.py"),),
        "hosts/a/default.nix": (Record("2d711642", "a", "hosts/a.py"),),
    },
    "0.1.0",
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
RECORDS = st.builds(
    Record,
    TEXTS,
    TEXTS | st.none(),
    TEXTS,
    st.lists(st.tuples(TEXTS, TEXTS, TEXTS, st.integers(), st.integers()).map(list)),
)


def test_the_text() -> None:
    """One line for each file, sorted, whose entries do not depend on what stands above them."""
    assert MANIFEST.text() == TEXT
    assert Manifest.parse(TEXT) == MANIFEST
    assert isinstance(json.loads(TEXT), list), "other tools can read it too"


@given(st.dictionaries(st.sampled_from(["a", "b/c", "b/ü d", "e\u0301"]), RECORDS))
def test_whatever_is_written_is_read(records: dict[str, Record]) -> None:
    """No name or origin breaks the format."""
    manifest = Manifest({path: (record,) for path, record in records.items()}, "1")
    assert Manifest.parse(manifest.text()) == manifest


def test_entries_have_their_lines() -> None:
    """The lines of an entry come back from the distances that are written."""
    (record,) = MANIFEST.records["terraform/vault/variables.tf"]
    entries = tuple(record.entries())
    assert entries == (Entry("variable", "x", "a", 4, 7), Entry("variable", "y", "ü", 9, 12))


def test_the_same_build_gives_the_same_manifest(tmp_path: Path) -> None:
    """Two people who build the same model commit the same bytes: nothing of their machine or of
    the order and number of builds is in it.
    """
    build(AFTER, tmp_path / "one")
    build(BEFORE, tmp_path / "two" / "deep")
    items = list(AFTER.items())
    random.Random(1).shuffle(items)
    build(dict(items), tmp_path / "two" / "deep")
    texts = [(tmp_path / name / NAME).read_bytes() for name in ("one", "two/deep")]
    assert texts[0] == texts[1]
    assert str(tmp_path).encode() not in texts[0]


def test_the_version_is_that_of_the_package() -> None:
    """The manifest names the nixgen that wrote it."""
    assert nixgen.__version__ == VERSION
    assert Manifest({}, VERSION).text() == f'[{{"format": 1, "nixgen": "{VERSION}"}}\n]\n'


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    """An old nixgen does not guess what a newer one wrote; it says which to use."""
    build(BEFORE, tmp_path)
    _, *lines = (tmp_path / NAME).read_text().splitlines()
    (tmp_path / NAME).write_text("\n".join(['[{"format": 2, "nixgen": "9.0"}', *lines]))
    with pytest.raises(WriteError) as caught:
        build(AFTER, tmp_path)
    assert str(caught.value).endswith("it was written by another nixgen (9.0)")
    assert on_disk(tmp_path) == BEFORE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "{}",
        "[1, null, [], [1, 2, 3, 4]]",
        "\xff\x00",
        "[" * 100_000,
        '[{"format": 1}\n,["a", "b"]\n]',
    ],
    ids=["empty", "no JSON", "no array", "no records", "no text", "too deep", "short record"],
)
def test_a_damaged_manifest_is_safe(tmp_path: Path, text: str) -> None:
    """Without it, files that differ are taken for somebody's; those that agree are adopted."""
    build(BEFORE, tmp_path)
    (tmp_path / NAME).write_text(text, encoding="latin-1")
    assert plan_build(tree(AFTER), tmp_path).conflicts
    build(BEFORE, tmp_path)
    build(AFTER, tmp_path)
    assert on_disk(tmp_path) == AFTER


def test_a_damaged_line_is_lost_alone(tmp_path: Path) -> None:
    """One bad line costs what it says, not the others."""
    lines = TEXT.splitlines()
    lines[2] = lines[2][:20]
    assert Manifest.parse("\n".join(lines)).records.keys() == (
        MANIFEST.records.keys() - {"hosts/ü/default.nix"}
    )


@given(st.dictionaries(st.sampled_from(["a", "b/c", "b/ü d", "e\u0301"]), RECORDS))
def test_lines_are_read_one_by_one(records: dict[str, Record]) -> None:
    """In a text that is no array any more, every whole line still counts."""
    manifest = Manifest({path: (record,) for path, record in records.items()}, "1")
    assert Manifest.parse(manifest.text() + "=======\n") == manifest


def test_conflict_markers_are_read_over() -> None:
    """A merge that git could not do leaves both sides' lines; each is a content nixgen wrote."""
    ours = Manifest({"a": (Record("1", "a", ""),), "b": (Record("2", "b", ""),)}, "0.1.0")
    lines = ours.text().splitlines(keepends=True)
    theirs = lines[1].replace('"1"', '"3"')
    text = "".join(
        [lines[0], "<<<<<<< HEAD\n", lines[1], "=======\n", theirs, ">>>>>>> other\n", *lines[2:]]
    )
    read = Manifest.parse(text)
    assert [read.knows("a", digest) for digest in "123"] == [True, False, True]
    assert read.knows("b", "2")
    assert read.version == "0.1.0"


def git(folder: Path, *arguments: str) -> None:
    """Runs git in a folder."""
    settings = {"user.name": "t", "user.email": "t@example.org", "commit.gpgsign": "false"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    subprocess.run(
        ["git", *options, *arguments], cwd=folder, check=True, capture_output=True, timeout=60
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not on PATH")
def test_two_branches_that_add_hosts(tmp_path: Path) -> None:
    """Branches that each add a host, with their generated files, merge without a conflict in the
    manifest, and the next build finds nothing that anybody edited.
    """
    one, two = ({f"hosts/{name}/default.nix": f"{name}\n"} for name in ("alpha", "omega"))
    base = {f"hosts/h{n}/default.nix": "text\n" for n in range(3)}
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    for branch, model in (("main", base), ("one", base | one), ("two", base | two)):
        if branch != "main":
            git(tmp_path, "checkout", "--quiet", "-b", branch, "main")
        build(model, tmp_path / "out")
        git(tmp_path, "add", "--all")
        git(tmp_path, "commit", "--quiet", "--message", branch)
    git(tmp_path, "merge", "--quiet", "--no-edit", "one")
    merged = base | one | two
    assert plan_build(tree(merged), tmp_path / "out").differences == ()
    assert build(merged, tmp_path / "out").unchanged == tuple(sorted(merged))
    build(base, tmp_path / "out")
    assert on_disk(tmp_path / "out") == base


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not on PATH")
def test_git_sees_the_manifest_and_no_cache(tmp_path: Path) -> None:
    """What is to be committed is what a colleague needs, without anybody setting git up."""
    git(tmp_path, "init", "--quiet")
    build({"a": "text\n"}, tmp_path / "out")
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    state = [f"out/.nixgen/{name}" for name in (".gitattributes", ".gitignore", "manifest.json")]
    assert listed.stdout.splitlines() == [*state, "out/a"]


def test_shared_entries(tmp_path: Path) -> None:
    """The entries of a shared file come back with their text, whole lines of any Unicode."""
    build({"shared.tf": "über\n\x0b\u2028x\nlast\n"}, tmp_path)
    entries = shared_entries(tmp_path, "shared.tf", read_manifest(tmp_path))
    assert entries is not None
    assert "".join(text for _, text in entries) == "über\n\x0b\u2028x\nlast\n"
    assert [(each.first, each.last) for each, _ in entries] == [(1, 1), (2, 2), (3, 3)]


def test_shared_entries_that_cannot_be_told(tmp_path: Path) -> None:
    """No entries before the first build; not known where the file is edited, gone or foreign."""
    assert shared_entries(tmp_path, "shared.tf", read_manifest(tmp_path)) == []
    build(BEFORE, tmp_path)
    manifest = read_manifest(tmp_path)
    (tmp_path / "shared.tf").write_text("edited\n")
    assert shared_entries(tmp_path, "shared.tf", manifest) is None
    (tmp_path / "shared.tf").unlink()
    assert shared_entries(tmp_path, "shared.tf", manifest) is None
    build(BEFORE, tmp_path)
    place = tmp_path / NAME
    place.write_text(place.read_text().replace('"gone", "gone"', '"gone", 7'))
    assert shared_entries(tmp_path, "shared.tf", read_manifest(tmp_path)) is None
    (tmp_path / "other.tf").write_text("foreign\n")
    assert shared_entries(tmp_path, "other.tf", manifest) is None
