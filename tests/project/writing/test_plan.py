"""What a build would do is known before it does anything, and `check` tells the same."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from builds import AFTER, BEFORE, build, on_disk, tree

from nixgen.errors import ConflictError
from nixgen.project import disk
from nixgen.project.writing import stats
from nixgen.project.writing.plan import Kind, Plan, State, plan_build


def states(plan: Plan) -> dict[str, str]:
    """The paths that differ, with how."""
    return {change.path: str(change.state) for change in plan.differences}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder with the model BEFORE."""
    build(BEFORE, tmp_path / "out")
    return tmp_path / "out"


def test_nothing_to_do(output: Path) -> None:
    """Disk and model agree: no difference, and every file is listed as unchanged."""
    plan = plan_build(tree(BEFORE), output)
    assert plan.differences == plan.conflicts == ()
    assert {change.kind for change in plan.changes} == {Kind.UNCHANGED}
    assert [change.path for change in plan.changes] == sorted(BEFORE)


def test_differences_are_told_apart(output: Path) -> None:
    """Each way in which the disk can differ from the model has its own name."""
    (output / "hosts/kept/same.nix").unlink()
    (output / "hosts/kept/was-folder/a").write_text("edited\n")
    (output / "hosts/new").mkdir()
    (output / "hosts/new/default.nix").write_text("foreign\n")
    model = {path: text for path, text in BEFORE.items() if not path.startswith("hosts/gone/")}
    model |= {"hosts/kept/changed.nix": "new\n", "hosts/new/default.nix": "new\n"}
    assert states(plan_build(tree(model), output)) == {
        "hosts/gone/default.nix": "orphaned",
        "hosts/kept/changed.nix": "changed",
        "hosts/kept/same.nix": "missing",
        "hosts/kept/was-folder/a": "edited",
        "hosts/new/default.nix": "foreign",
    }


def test_planning_writes_nothing(output: Path) -> None:
    """`check` and `diff` leave no trace, not even where there is nothing yet."""
    before = {place: place.stat() for place in output.rglob("*")}
    plan_build(tree(AFTER), output)
    plan_build(tree(AFTER), output.parent / "other")
    assert {place: place.stat() for place in output.rglob("*")} == before
    assert [place.name for place in output.parent.iterdir()] == ["out"]


def test_texts_for_a_diff(output: Path) -> None:
    """A diff gets both texts of each difference; what is no text is shown as far as it can be."""
    (output / "shared.tf").write_bytes(b"\xff edited\n")
    plan = plan_build(tree(AFTER), output)
    texts = {each.path: (plan.old_text(each), plan.new_text(each)) for each in plan.differences}
    assert texts["hosts/kept/changed.nix"] == ("old\n", "new\n")
    assert texts["hosts/new/default.nix"] == (None, "new\n")
    assert texts["hosts/gone/default.nix"] == ("gone\n", None)
    assert texts["shared.tf"] == ("\ufffd edited\n", "kept\nnew\n")


def test_an_edit_back_is_no_edit(output: Path) -> None:
    """A file that was edited and put right again is as the model has it."""
    place = output / "shared.tf"
    place.write_text("edited\n")
    place.write_text(BEFORE["shared.tf"])
    assert states(plan_build(tree(BEFORE), output)) == {}


def test_an_edit_that_agrees_is_adopted(output: Path) -> None:
    """An edit by hand that the model then makes too needs no force."""
    (output / "shared.tf").write_text(AFTER["shared.tf"])
    result = build(BEFORE | {"shared.tf": AFTER["shared.tf"]}, output)
    assert result.adopted == ("shared.tf",)


def test_a_clone_without_state_is_adopted(output: Path) -> None:
    """Where the state folder is lost, files that are as they should be are taken over, and from
    then on they are known.
    """
    shutil.rmtree(output / ".nixgen")
    assert states(plan_build(tree(BEFORE), output)) == {}
    assert build(BEFORE, output).adopted == tuple(sorted(BEFORE))
    build(AFTER, output)
    assert on_disk(output) == AFTER


def test_without_state_nothing_else_is_touched(output: Path) -> None:
    """Without a manifest, what differs may be anybody's, and what is left over is."""
    shutil.rmtree(output / ".nixgen")
    plan = plan_build(tree(AFTER), output)
    assert states(plan)["hosts/kept/changed.nix"] == "foreign"
    assert "hosts/gone/default.nix" not in states(plan)


def test_one_host_leaves_the_others_alone(output: Path) -> None:
    """A build of some hosts removes only what is theirs, and keeps the rest in the manifest."""
    other = {path: text for path, text in BEFORE.items() if path.startswith("hosts/kept/same")}
    plan = plan_build(tree(other), output, hosts=["kept"])
    assert {change.path for change in plan.changes if change.kind is Kind.REMOVED} == {
        path for path in BEFORE if path.startswith("hosts/kept/") and path not in other
    }
    build(other, output, hosts=["kept"])
    rest = {path: text for path, text in BEFORE.items() if not path.startswith("hosts/kept/")}
    assert on_disk(output) == other | rest
    assert states(plan_build(tree(other), output)) == dict.fromkeys(rest, "orphaned")


def test_an_edited_orphan_of_another_host_does_not_matter(output: Path) -> None:
    """Building one host is not held up by what happened to others."""
    (output / "hosts/gone/default.nix").write_text("edited\n")
    build({"hosts/new/default.nix": "new\n"}, output, hosts=["new"])
    assert (output / "hosts/gone/default.nix").read_text() == "edited\n"


def test_an_orphan_that_is_gone_is_forgotten(output: Path) -> None:
    """A file that was removed by hand and by the model is no difference; a new file in its place
    belongs to whoever made it.
    """
    (output / "hosts/gone/default.nix").unlink()
    model = {path: text for path, text in BEFORE.items() if not path.startswith("hosts/gone/")}
    assert states(plan_build(tree(model), output)) == {}
    build(model, output)
    (output / "hosts/gone").mkdir(exist_ok=True)
    (output / "hosts/gone/default.nix").write_text(BEFORE["hosts/gone/default.nix"])
    build({}, output)
    assert on_disk(output) == {"hosts/gone/default.nix": "gone\n"}


def test_conflicts_say_how_to_go_on(output: Path) -> None:
    """Each conflict names the file and the ways out of it."""
    (output / "shared.tf").write_text("edited\n")
    (output / "hosts/gone/default.nix").write_text("edited\n")
    (output / "hosts/new").mkdir()
    (output / "hosts/new/default.nix").write_text("foreign\n")
    plan = plan_build(tree(AFTER), output)
    helps = {str(each.location): each.help or "" for each in plan.conflicts}
    assert len(helps) == 3
    assert all("`nixgen build --force`" in text for text in helps.values())
    assert "`nixgen diff` shows it" in helps[f"{output}/shared.tf"]
    assert "taken over as it is" in helps[f"{output}/hosts/new/default.nix"]
    assert "delete its line in .nixgen/manifest.json" in helps[f"{output}/hosts/gone/default.nix"]


def test_a_lost_manifest_is_thought_of(output: Path) -> None:
    """Who has lost the manifest is told of it, and not that the files are somebody else's."""
    (output / "hosts/new").mkdir()
    (output / "hosts/new/default.nix").write_text("# Generated by nixgen from hosts/old.py.\n{ }\n")
    (conflict,) = plan_build(tree(AFTER), output).conflicts
    assert conflict.summary == (
        "this file says that nixgen wrote it, and .nixgen/manifest.json does not know it"
    )
    assert "get it back, such as from git" in (conflict.help or "")


def test_keeping_an_orphan_as_the_message_says(output: Path) -> None:
    """Deleting its line in the manifest makes a file the user's own."""
    manifest = output / ".nixgen/manifest.json"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if "hosts/gone" not in line))
    build({}, output)
    assert on_disk(output) == {"hosts/gone/default.nix": "gone\n"}


def test_a_new_spelling(output: Path) -> None:
    """Where the disk ignores case, a host that is only spelled anew would lose the file that is
    removed under its old name; so it is written again.
    """
    build({"hosts/Web/a": "text"}, output)
    (output / "hosts/web").mkdir()
    (output / "hosts/web/a").write_text("text")
    plan = plan_build(tree({"hosts/web/a": "text"}), output, force=True)
    kinds = {change.path: change.kind for change in plan.changes}
    assert kinds == {"hosts/Web/a": Kind.REMOVED, "hosts/web/a": Kind.CHANGED}


def test_files_of_other_kinds(tmp_path: Path) -> None:
    """A pipe where a file belongs is reported without being opened, which would hang."""
    os.mkfifo(tmp_path / "a")
    with pytest.raises(ConflictError, match="a special file is in the place of a file"):
        build({"a": "text"}, tmp_path)
    build({"a": "text"}, tmp_path, force=True)
    assert on_disk(tmp_path) == {"a": "text"}


def test_what_stat_tells_is_not_read(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that nobody touched are not read again: a build of ten thousand is quick."""
    monkeypatch.setattr(stats, "_SETTLED", 0)
    time.sleep(0.05)  # some ticks of the disk's clock
    build(BEFORE, output)
    read: list[str] = []
    monkeypatch.setattr(disk, "read", lambda path, real=disk.read: read.append(path) or real(path))
    assert states(plan_build(tree(BEFORE), output)) == {}
    assert not [path for path in read if ".nixgen" not in path]
    (output / "shared.tf").touch()
    assert states(plan_build(tree(BEFORE), output)) == {}
    assert [path for path in read if ".nixgen" not in path] == [str(output / "shared.tf")]


def test_owner_and_origin_belong_to_the_manifest(output: Path) -> None:
    """A host that moves to another file changes the manifest and no generated file."""
    moved = {path: file._replace(origin="elsewhere.py") for path, file in tree(BEFORE).items()}
    plan = plan_build(moved, output)
    assert plan.differences == ()
    assert plan.before != plan.after


def test_states_cover_every_kind() -> None:
    """The names are those that `--json` promises."""
    assert {str(each) for each in State} == {
        *("current", "missing", "changed", "edited", "orphaned", "foreign")
    }
