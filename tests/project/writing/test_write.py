"""A build makes the disk what the tree says, all of it or nothing, and touches nothing else."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import builds
import pytest
from builds import AFTER, BEFORE, STATE, build, on_disk, state, tree

from nixgen.errors import ConflictError, WriteError
from nixgen.project.manifest import INTENT
from nixgen.project.writing.lock import locked
from nixgen.project.writing.plan import plan_build
from nixgen.project.writing.write import FEW, apply


def stats_of(output: Path) -> dict[str, tuple[int, int]]:
    """The mtime and inode of each file."""
    files = [place for place in output.rglob("*") if place.is_file()]
    return {str(place): (place.stat().st_mtime_ns, place.stat().st_ino) for place in files}


def whole(folder: Path) -> dict[str, str]:
    """All files under a folder, nixgen's state included."""
    return {str(place): place.read_text() for place in folder.rglob("*") if place.is_file()}


def test_first_build(tmp_path: Path) -> None:
    """A build into nothing makes the tree and its state, and leaves nothing beside them."""
    output = tmp_path / "deep" / "out"
    result = build(BEFORE, output)
    assert on_disk(output) == BEFORE
    assert state(output) == STATE
    assert result.created == tuple(sorted(BEFORE))
    assert [place.name for place in tmp_path.iterdir()] == ["deep"]
    assert [place.name for place in output.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("occupied", [False, True])
def test_first_build_into_a_folder(tmp_path: Path, occupied: bool) -> None:
    """A folder that is there stays the same folder, and what else is in it stays there."""
    foreign = {"README": "mine\n", "hosts/new/mine": "mine\n"} if occupied else {}
    for path, text in foreign.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    inode = tmp_path.stat().st_ino
    build(AFTER, tmp_path)
    assert on_disk(tmp_path) == AFTER | foreign
    assert tmp_path.stat().st_ino == inode


def test_every_kind_of_change(tmp_path: Path) -> None:
    """Files are created, changed, removed, become folders and the reverse; the result says it."""
    build(BEFORE, tmp_path)
    result = build(AFTER, tmp_path)
    assert on_disk(tmp_path) == AFTER
    assert state(tmp_path) == STATE
    assert result.as_dict() == {
        "created": (
            "hosts/kept/was-file/now/in-folder",
            "hosts/kept/was-folder",
            "hosts/new/deep/er/file.nix",
            "hosts/new/default.nix",
        ),
        "changed": ("hosts/kept/changed.nix", "shared.tf"),
        "removed": (
            "hosts/gone/default.nix",
            "hosts/kept/was-file",
            "hosts/kept/was-folder/a",
            "hosts/kept/was-folder/b/c",
        ),
        "adopted": (),
        "unchanged": ("hosts/kept/same.nix",),
        "notices": [],
    }


def test_what_does_not_change_is_not_touched(tmp_path: Path) -> None:
    """A build touches no file that stays the same: make, editors and backups see what is new."""
    build(BEFORE, tmp_path)
    before = stats_of(tmp_path)
    assert set(build(BEFORE, tmp_path).unchanged) == set(BEFORE)
    after = stats_of(tmp_path)
    caches = {str(tmp_path / ".nixgen" / name) for name in ("stats.json", "origins.jsonl")}
    assert {path for path in before if before[path] != after[path]} <= caches
    build(BEFORE | {"shared.tf": "new\n"}, tmp_path)
    changed = {path for path, found in stats_of(tmp_path).items() if found != before[path]}
    shared = str(tmp_path / "shared.tf")
    assert {shared} <= changed <= {shared, str(tmp_path / ".nixgen/manifest.json"), *caches}


def test_emptied_folders_go_up_to_the_output_folder(tmp_path: Path) -> None:
    """The last file of a host takes its folder along, but not one that holds something else."""
    build({"hosts/a/b/c": "text", "hosts/d/e": "text"}, tmp_path / "out")
    (tmp_path / "out/hosts/d/mine").touch()
    build({}, tmp_path / "out")
    assert on_disk(tmp_path / "out") == {"hosts/d/mine": ""}
    (tmp_path / "out/hosts/d/mine").unlink()
    build({}, tmp_path / "out")
    assert on_disk(tmp_path / "out") == {"hosts/d/": ""}


def test_permissions_are_kept(tmp_path: Path) -> None:
    """New files follow the umask; a file whose mode somebody changed keeps it."""
    build({"a": "old", "b": "old"}, tmp_path)
    (tmp_path / "a").chmod(0o640)
    build({"a": "new", "b": "new"}, tmp_path)
    umask = os.umask(0)
    os.umask(umask)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in "ab"]
    assert modes == [0o640, 0o666 & ~umask]


def test_progress(tmp_path: Path) -> None:
    """A caller is told of each file that is written, and of no other."""
    build(BEFORE, tmp_path)
    seen: list[str] = []
    build(AFTER, tmp_path, progress=seen.append)
    assert seen == sorted(set(AFTER) - {"hosts/kept/same.nix"})


@pytest.mark.parametrize("count", [FEW, FEW + 1])
@pytest.mark.parametrize("is_new", [True, False])
def test_one_sync(tmp_path: Path, count: int, is_new: bool) -> None:
    """Files reach the disk before their names do: each of a few, or the whole disk once.

    A new output folder is put in place by one rename, and so is a new host's folder.
    """
    output = tmp_path / "out"
    if not is_new:
        build(BEFORE, output)
    with builds.interrupted(10**9, builds.die) as calls:
        build(BEFORE | {f"hosts/h/{n}": "text" for n in range(count - len(BEFORE))}, output)
    written = count if is_new else count - len(BEFORE)
    assert calls.count("sync") == (written > FEW)
    assert (calls.count("fsync") >= written) == (written <= FEW)
    synced = [index for index, name in enumerate(calls) if name in {"sync", "fsync"}]
    assert "rename" not in calls[: synced[-1]]
    assert calls.count("rename") == 1


def test_conflicts_stop_everything(tmp_path: Path) -> None:
    """All conflicts are told at once, and no other file is written either."""
    build(BEFORE, tmp_path)
    for path in ("hosts/kept/changed.nix", "hosts/gone/default.nix"):
        (tmp_path / path).write_text("edited\n")
    (tmp_path / "hosts/new").mkdir()
    (tmp_path / "hosts/new/default.nix").write_text("foreign\n")
    before = whole(tmp_path)
    with pytest.raises(ConflictError) as caught:
        build(AFTER, tmp_path)
    assert [str(each).removeprefix(f"{tmp_path}/") for each in caught.value.diagnostics] == [
        "hosts/kept/changed.nix: this file was edited by hand since nixgen wrote it",
        "hosts/new/default.nix: a file that nixgen did not write is in the way",
        "hosts/gone/default.nix: no host needs this file any more, but it was edited by hand",
    ]
    assert whole(tmp_path) == before
    build(AFTER, tmp_path, force=True)
    assert on_disk(tmp_path) == AFTER


def test_messages_do_not_repeat_content(tmp_path: Path) -> None:
    """What somebody wrote into a file, perhaps a token, is in no message."""
    build(BEFORE, tmp_path)
    for path in BEFORE:
        (tmp_path / path).write_text("s3cr3t")
    with pytest.raises(ConflictError) as caught:
        build(AFTER, tmp_path)
    assert "s3cr3t" not in str([each.as_dict() for each in caught.value.diagnostics])


@pytest.mark.parametrize("path", ["hosts/kept/changed.nix", "hosts/new/default.nix"])
def test_an_edit_during_the_build_is_not_lost(tmp_path: Path, path: str) -> None:
    """A file that is saved while nixgen builds is not overwritten: the build is taken back."""
    build(BEFORE, tmp_path)
    with locked(tmp_path) as lock:
        plan = plan_build(tree(AFTER), tmp_path)
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("edited\n")
        before = whole(tmp_path)
        with pytest.raises(ConflictError, match="changed while nixgen was building"):
            apply(plan, lock)
        assert whole(tmp_path) == before


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_in_the_place_of_a_file(tmp_path: Path, force: bool) -> None:
    """A folder is never removed to make room, not even an empty one."""
    (tmp_path / "hosts/new/default.nix").mkdir(parents=True)
    with pytest.raises(ConflictError, match="a folder is in the place of a file"):
        build(AFTER, tmp_path, force=force)
    assert on_disk(tmp_path) == {"hosts/new/default.nix/": ""}
    assert not (tmp_path / ".nixgen").exists()


@pytest.mark.parametrize("force", [False, True])
def test_a_file_in_the_place_of_a_folder(tmp_path: Path, force: bool) -> None:
    """Nor is a file that stands where a folder is needed; one message for all files below it."""
    (tmp_path / "hosts").write_text("mine\n")
    with pytest.raises(ConflictError) as caught:
        build(AFTER, tmp_path, force=force)
    (diagnostic,) = caught.value.diagnostics
    assert str(diagnostic) == f"{tmp_path}/hosts: a file is in the place of a folder"
    assert on_disk(tmp_path) == {"hosts": "mine\n"}


def test_a_folder_with_more_in_it_stays(tmp_path: Path) -> None:
    """A folder of nixgen's that becomes a file is kept if somebody put a file into it."""
    build(BEFORE, tmp_path)
    (tmp_path / "hosts/kept/was-folder/mine").write_text("mine\n")
    with pytest.raises(ConflictError, match="a folder is in the place of a file"):
        build(AFTER, tmp_path, force=True)
    assert on_disk(tmp_path) == BEFORE | {"hosts/kept/was-folder/mine": "mine\n"}


def test_the_output_is_a_file(tmp_path: Path) -> None:
    """An output path that is a file is one clear error."""
    output = tmp_path / "out"
    output.write_text("mine\n")
    with pytest.raises(WriteError, match=r"cannot write .*out: it is no folder"):
        build(AFTER, output)
    with pytest.raises(WriteError, match="Not a directory"):
        build(AFTER, output / "below")
    assert whole(tmp_path) == {str(output): "mine\n"}


def test_text_that_is_no_text(tmp_path: Path) -> None:
    """Half a surrogate pair cannot be written; the message has the place."""
    with pytest.raises(WriteError, match="a:2: the text holds half of a surrogate pair"):
        build({"a": "fine\n\ud800\n"}, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def prepared(folder: Path, case: str) -> Path:
    """An output folder before a build of AFTER."""
    output = folder / "out"
    if case == "changes":
        build(BEFORE, output)
    elif case == "occupied":
        output.mkdir()
        (output / "mine").write_text("mine\n")
    return output


@pytest.mark.parametrize("case", ["new", "occupied", "changes"])
@pytest.mark.parametrize(
    ("kind", "calls"),
    [
        ("no more space", builds.TAKING_SPACE),
        ("one error", builds.CALLS),
        ("interrupted by Ctrl-C", builds.CALLS),
    ],
)
def test_failures_at_every_call(
    tmp_path: Path, case: str, kind: str, calls: Collection[str]
) -> None:
    """Whatever fails, and whenever: all is as before, to the byte and with no temporary file, or
    all is done; and the next build makes all well.
    """
    for at in range(1, 1000):
        folder = tmp_path / str(at)
        folder.mkdir()
        output = prepared(folder, case)
        before, caches = whole(folder), {"stats.json", "origins.jsonl"}
        action = {
            "no more space": builds.always(builds.full()),
            "one error": builds.once(builds.full()),
            "interrupted by Ctrl-C": builds.once(KeyboardInterrupt()),
        }[kind]
        failed: BaseException | None = None
        with builds.interrupted(at, action, calls) as done:
            try:
                build(AFTER, output)
            except (WriteError, KeyboardInterrupt) as error:
                failed = error
        if isinstance(failed, WriteError):
            assert "No space left on" in str(failed)
        intent = {str(output / INTENT)} if isinstance(failed, KeyboardInterrupt) else set()
        after = {path: text for path, text in whole(folder).items() if path not in intent}
        if isinstance(failed, WriteError) or (failed and after == before):
            assert after == before, (at, done)
        else:
            mine = {"mine": "mine\n"} if case == "occupied" else {}
            assert AFTER.items() | mine.items() <= on_disk(output).items(), (at, done)
        build(AFTER, output)
        assert on_disk(output).keys() - {"mine"} == AFTER.keys(), (at, done)
        assert STATE - caches <= state(output) <= STATE, (at, done)
        assert [place.name for place in folder.iterdir()] == ["out"]
        shutil.rmtree(folder)
        if len(done) < at:
            assert not failed
            assert at > 20
            return
    pytest.fail("the build never ends")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 64 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=0777", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("mounting a tmpfs needs root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk(tiny_disk: Path) -> None:
    """On a disk that is really full, the message says so and the old tree is whole."""
    output = tiny_disk / "out"
    build(BEFORE, output)
    before = whole(tiny_disk)
    big = {f"hosts/h{n}/default.nix": "x" * 5000 for n in range(20)}
    with pytest.raises(WriteError) as caught:
        build(BEFORE | big, output)
    (diagnostic,) = caught.value.diagnostics
    assert "No space left on device" in diagnostic.summary
    assert "hosts/h" in diagnostic.summary
    assert diagnostic.detail == "Nothing was changed."
    assert whole(tiny_disk) == before
    with pytest.raises(WriteError, match="No space left on device"):
        build(big, tiny_disk / "other")
    assert whole(tiny_disk) == before


def test_a_disk_that_is_mounted_read_only(tiny_disk: Path) -> None:
    """A read-only disk can be checked and not built on; nothing to do is no reason to write."""
    output = tiny_disk / "out"
    build(BEFORE, output)
    before = whole(tiny_disk)
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    with pytest.raises(WriteError, match="Read-only file system"):
        build(AFTER, output)
    assert plan_build(tree(BEFORE), output).differences == ()
    assert whole(tiny_disk) == before


def as_somebody(function: Callable[..., None], *arguments: Any) -> None:
    """Runs a function without root's rights, where we are root."""
    if os.getuid() != 0:
        function(*arguments)
        return
    process = builds.started(builds.as_nobody, function.__name__, *arguments)
    process.join()
    assert process.exitcode == 0


@pytest.mark.parametrize("locked_up", ["", "hosts/kept", "hosts/kept/was-folder", ".nixgen"])
def test_a_folder_without_the_right_to_write(locked_up: str) -> None:
    """An ordinary user who may not write one of the folders gets one error, and the old tree."""
    with tempfile.TemporaryDirectory() as name:  # pytest's own folder is closed to others
        folder = Path(name)
        folder.chmod(0o777)
        output = folder / "out"
        build(BEFORE, output)
        for place in (output, *output.rglob("*")):
            place.chmod(0o777)
        (output / locked_up).chmod(0o555)
        before = whole(folder)
        as_somebody(builds.refused, output, "Permission denied")
        assert whole(folder) == before
        (output / locked_up).chmod(0o755)


def test_a_parent_without_the_right_to_write() -> None:
    """The same for an output folder that cannot be made."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o555)
        as_somebody(builds.refused, Path(name) / "out", "Permission denied")
        assert not list(Path(name).iterdir())
        Path(name).chmod(0o755)


def test_a_file_that_cannot_be_replaced(tmp_path: Path) -> None:
    """A file made immutable stops the build in the middle of its renames; they are taken back."""
    build(BEFORE, tmp_path)
    fixed = str(tmp_path / "shared.tf")
    if (
        shutil.which("chattr") is None
        or subprocess.run(["chattr", "+i", fixed], check=False).returncode
    ):
        pytest.skip("making a file immutable needs root, chattr and a disk that can")
    try:
        before = whole(tmp_path)
        with pytest.raises(WriteError, match=r"cannot write .*shared.tf: Operation not permitted"):
            build(AFTER, tmp_path)
        assert whole(tmp_path) == before
    finally:
        subprocess.run(["chattr", "-i", fixed], check=True)
    build(AFTER, tmp_path)
    assert on_disk(tmp_path) == AFTER
