"""A build killed at any point leaves each file old or new, and the next build finishes the work."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import builds
import profiles
import pytest
from builds import AFTER, BEFORE, STATE, build, on_disk, started, state, tree

from nixgen.errors import ConflictError, WriteError
from nixgen.project.paths import parents
from nixgen.project.writing.plan import State, plan_build

THIRD = {"hosts/third/default.nix": "third\n", "hosts/kept/same.nix": "moved on\n"}


def killed(model: Mapping[str, str], output: Path, at: int, hosts: list[str] | None = None) -> bool:
    """Whether a build in a process of its own was killed at a system call, before it ended."""
    process = started(builds.build_and_die, model, output, at, hosts)
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


def start(folder: Path, case: str) -> Path:
    """An output folder before the build that is killed."""
    output = folder / "out"
    if case == "occupied":
        output.mkdir(parents=True)
        (output / "mine").write_text("mine\n")
    elif case == "changes":
        build(BEFORE, output)
    return output


def each_is_old_or_new(found: Mapping[str, str], old: Mapping[str, str]) -> bool:
    """Whether each file has its old or its new content whole, and none is there in between."""
    known = {*old.items(), *AFTER.items(), ("mine", "mine\n")}
    files = {item for item in found.items() if ".nixgen-" not in item[0] and item[0][-1] != "/"}
    kept = old.items() & AFTER.items()
    gone = {path for path in old.keys() & AFTER.keys() if path not in found}
    return files <= known and kept <= files and not gone


def is_whole(folder: Path, model: Mapping[str, str], case: str) -> bool:
    """Whether all is as after an undisturbed build of the model, with nothing left over."""
    output = folder / "out"
    mine = {"mine": "mine\n"} if case == "occupied" else {}
    assert on_disk(output) == {**model, **mine}
    assert STATE - {"stats.json"} <= state(output) <= STATE
    assert [place.name for place in folder.iterdir()] == ["out"]
    assert not plan_build(tree(model), output).differences
    return True


@pytest.mark.parametrize("case", ["new", "occupied", "changes"])
def test_killed_at_every_call(tmp_path: Path, case: str) -> None:
    """Killed at each system call: files are old or new, and the next build finishes the work, takes
    it back or does something else altogether, without a conflict or a leftover.
    """
    folder = tmp_path / "project"
    for at in range(1, 1000):
        for model in (AFTER, BEFORE, THIRD):
            folder.mkdir()
            output = start(folder, case)
            old = on_disk(output)
            was_killed = killed(AFTER, output, at)
            assert each_is_old_or_new(on_disk(output), old), at
            build(model, output)
            assert is_whole(folder, model, case)
            shutil.rmtree(folder)
        if not was_killed:
            assert at > 20
            return
    pytest.fail("the build never ends")


PATHS = [
    *("hosts/a/x", "hosts/a/y", "hosts/a/y/z", "hosts/b/x", "hosts/b/x/q", "hosts/b/r"),
    *("hosts/c/d/e/f", "s.tf", "u.tf"),
]


def random_model(generator: random.Random) -> dict[str, str]:
    """A model of a few files, some of which are folders in others."""
    model: dict[str, str] = {}
    for path in generator.sample(PATHS, generator.randint(0, len(PATHS))):
        if not any(other in parents(path) or path in parents(other) for other in model):
            model[path] = f"{generator.randint(0, 3)}\n"
    return model


def interrupted_build(
    generator: random.Random, model: Mapping[str, str], output: Path, hosts: list[str] | None
) -> None:
    """A build of some hosts or all that is killed, fails or is interrupted somewhere; or is not."""
    at = generator.randint(1, 90)
    kind = generator.choice(["killed", "killed", "error", "full", "Ctrl-C"])
    if kind == "killed":
        killed(model, output, at, hosts)
        return
    action = {
        "error": builds.once(builds.full()),
        "full": builds.always(builds.full()),
        "Ctrl-C": builds.once(KeyboardInterrupt()),
    }[kind]
    calls = builds.TAKING_SPACE if kind == "full" else builds.CALLS
    with builds.interrupted(at, action, calls):
        try:
            build(model, output, hosts=hosts)
        except ConflictError:
            raise
        except (WriteError, KeyboardInterrupt):
            return


def test_any_sequence_of_interrupted_builds(tmp_path: Path) -> None:
    """Builds of changing models, of all hosts or of one, each interrupted somehow: none is held up
    by what another has left, and a build that is left in peace makes all as it should be.
    """
    generator = random.Random(3)
    output = tmp_path / "out"
    for turn in range(profiles.cases(150)):
        model = random_model(generator)
        hosts = generator.choice([None, ["a"], ["b"], ["c"]])
        if hosts is not None:
            own = f"hosts/{hosts[0]}/"
            model = {path: model[path] for path in model if path.startswith(own) or "/" not in path}
        interrupted_build(generator, model, output, hosts)
        if turn % 5 == 4:
            model = random_model(generator)
            build(model, output)
            assert is_whole(tmp_path, model, "new")


def test_killed_at_any_time(tmp_path: Path) -> None:
    """Killed by the clock, amid thousands of files: the same holds."""
    generator = random.Random(5)
    models = [
        {f"hosts/h{n}/default.nix": f"{turn}\n" * 200 for n in range(turn * 50, 600)}
        for turn in range(4)
    ]
    output = tmp_path / "out"
    interrupted = 0
    for turn in range(16):
        process = started(build, models[turn % 4], output)
        time.sleep(generator.uniform(0.0, 0.25))
        process.kill()
        process.join()
        interrupted += process.exitcode != 0
        known = {content for model in models for content in model.values()}
        found = {path: text for path, text in on_disk(output).items() if ".nixgen-" not in path}
        assert {text for path, text in found.items() if path[-1] != "/"} <= known
    assert interrupted > 0
    build(models[0], output)
    assert is_whole(tmp_path, models[0], "new")


def test_an_edit_after_a_kill_is_seen(tmp_path: Path) -> None:
    """What a killed build wrote is nixgen's; what a person makes of it afterwards is not."""
    output = start(tmp_path, "changes")
    for at in range(1, 1000):
        if (
            not killed(AFTER, output, at)
            or (output / "shared.tf").read_text() != BEFORE["shared.tf"]
        ):
            break
        build(BEFORE, output)
    states = {change.path: change.state for change in plan_build(tree(THIRD), output).changes}
    assert states["shared.tf"] is State.ORPHANED
    (output / "shared.tf").write_text("edited\n")
    with pytest.raises(ConflictError, match=r"shared.tf: no host needs this file any more"):
        build(THIRD, output)
    assert (output / "shared.tf").read_text() == "edited\n"


def test_a_build_of_one_host_after_a_kill(tmp_path: Path) -> None:
    """Building one host after a killed build of all leaves the others' new files nixgen's."""
    output = start(tmp_path, "changes")
    last = next(at for at in range(1, 1000) if not killed(AFTER, copy(tmp_path, at), at))
    for at in range(1, last):
        output = copy(tmp_path, at)
        killed(AFTER, output, at)
        only = {"hosts/new/default.nix": "different\n"}
        build(only, output, hosts=["new"])
        assert not plan_build(tree(THIRD), output).conflicts
        build(AFTER, output)
        assert on_disk(output) == AFTER


def copy(folder: Path, number: int) -> Path:
    """A copy of the prepared output folder."""
    place = folder / str(number)
    if not place.exists():
        shutil.copytree(folder / "out", place)
    else:
        shutil.rmtree(place)
        shutil.copytree(folder / "out", place)
    return place
