"""Renames in the builds that follow: before they are applied, afterwards, and after a kill."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from renames import MOVED, SECRET_MOVES, fleet, generated, given, moves, told

from nixgen import Fleet, build, check
from nixgen.diagnostic import render_all
from nixgen.errors import InputError


def files(output: Path) -> dict[Path, bytes]:
    """All that is in an output folder."""
    return {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}


def test_the_moves_stay_until_their_file_is_deleted(tmp_path: Path) -> None:
    """A second build before the apply loses nothing, nor does a clone; deleting says: done."""
    old, new = fleet(given("old")), fleet(given("new"))
    build(old, tmp_path / "one")
    build(new, tmp_path / "one")
    text = (tmp_path / "one" / MOVED).read_text()
    again = build(new, tmp_path / "one")
    assert (again.changed, again.notices) == ((), ())
    other = fleet(given("new"), given("another"))
    build(other, tmp_path / "one")
    assert (tmp_path / "one" / MOVED).read_text() == text
    shutil.copytree(
        tmp_path / "one", tmp_path / "two", ignore=shutil.ignore_patterns("*.jsonl", "stats*")
    )
    assert not check(other, tmp_path / "two").differences
    assert build(other, tmp_path / "two").changed == ()
    (tmp_path / "two" / MOVED).unlink()
    assert not check(other, tmp_path / "two").differences
    build(other, tmp_path / "two")
    build(other, tmp_path / "two")
    assert not (tmp_path / "two" / MOVED).exists()


def test_an_old_name_that_is_used_again_moves_nowhere(tmp_path: Path) -> None:
    """Who takes a rename back is not told to move what is in use."""
    build(fleet(given("old")), tmp_path)
    build(fleet(given("new")), tmp_path)
    build(fleet(given("old")), tmp_path)
    found = [old for old, _ in moves(tmp_path)]
    assert 'vault_kv_secret_v2.given["hosts/web1/new"]' in found
    assert not any("hosts/web1/old" in old for old in found)
    assert not check(fleet(given("old")), tmp_path).differences


def test_renames_before_the_apply_form_a_chain(tmp_path: Path) -> None:
    """Whichever of the names the state has, it gets to the last one."""
    for name in ("old", "middle", "new"):
        build(fleet(generated(name)), tmp_path)
    found = [pair for pair in moves(tmp_path) if pair[0].startswith("terraform_data.generated")]
    assert found == [
        (
            'terraform_data.generated["hosts/web1/middle"]',
            'terraform_data.generated["hosts/web1/new"]',
        ),
        (
            'terraform_data.generated["hosts/web1/old"]',
            'terraform_data.generated["hosts/web1/middle"]',
        ),
    ]
    message = told(fleet(), tmp_path)
    assert "`tofu apply` will destroy what Vault has of secret hosts/web1/new" in message
    assert '  vault_kv_secret_v2.generated["hosts/web1/new"]\n' in message
    assert (
        '  vault_kv_secret_v2.generated["hosts/web1/old"]  (where its rename was not applied)\n'
        in message
    )
    assert not (tmp_path / MOVED).exists()


def test_a_name_that_comes_back_ends_its_chain(tmp_path: Path) -> None:
    """No two names lead to one, and none to itself, whatever the order of renames was."""
    for name in "abcbac":
        build(fleet(generated(name)), tmp_path)
    found = [
        (old[-3], new[-3]) for old, new in moves(tmp_path) if old.startswith("terraform_data.gene")
    ]
    assert sorted(set(found)) == [("a", "c"), ("b", "a")]


@pytest.mark.parametrize("before", ["second", "none"])
def test_a_name_in_between_waits_for_the_apply(tmp_path: Path, before: str) -> None:
    """Another secret of a name that was given up would get the old one's value: no build."""
    second = [] if before == "none" else [generated("second", key="other")]
    build(fleet(generated("first"), *second), tmp_path)
    build(fleet(generated("renamed"), *second), tmp_path)
    written = files(tmp_path)
    again = fleet(generated("renamed"), generated("first", key="other"))
    for act in (build, check):
        with pytest.raises(InputError, match="hosts/web1/first is a secret again") as error:
            act(again, tmp_path)
        message = render_all(error.value.diagnostics)
        assert "--> tests/renames.py:" in message
        assert "Run `tofu apply` first, in the folder as\n" in message
    assert files(tmp_path) == written
    (tmp_path / MOVED).unlink()
    found = told(again, tmp_path)
    assert ("1 secret renamed" in found) == (before == "second")


def test_given_secrets_can_take_a_name_at_once(tmp_path: Path) -> None:
    """Each is written from its own variable, whatever was applied."""
    first, second = (given(name, key=name) for name in ("first", "second"))
    build(fleet(first, second), tmp_path)
    build(fleet(given("renamed", key="first"), second), tmp_path)
    message = told(fleet(given("renamed", key="first"), given("first", key="second")), tmp_path)
    assert "  hosts/web1/second -> hosts/web1/first\n" in message


def test_a_host_with_its_old_name_again(tmp_path: Path) -> None:
    """What OpenTofu forgot is in its way: the build says so."""
    for name in ("web1", "web2"):
        build(fleet(given("a"), name=name), tmp_path)
    message = told(fleet(given("a")), tmp_path)
    assert "warning: 1 host with a name that was given up before\n  web1\n" in message
    assert "with a name" not in told(fleet(given("a")), tmp_path)


def test_one_host_of_many_is_built(tmp_path: Path) -> None:
    """Other hosts' entries are not gone when they are not built; their moves stay."""
    one, two = fleet(given("a")).hosts[0], fleet(given("b"), name="web2").hosts[0]
    build(Fleet(hosts=[one, two]), tmp_path)
    message = told(fleet(given("c"), name="web2"), tmp_path, only=["web2"])
    assert "hosts/web2/b -> hosts/web2/c" in message
    assert "web1" not in message
    before = (tmp_path / MOVED).read_text()
    assert told(fleet(given("a")), tmp_path, only=["web1"]) == ""
    assert (tmp_path / MOVED).read_text() == before


def test_a_killed_build_loses_no_move(tmp_path: Path) -> None:
    """Whenever a build is killed, the next one knows what was renamed."""
    from builds import interrupted

    def stop(_: Any) -> None:
        raise KeyboardInterrupt

    for at in range(1, 200):
        output = tmp_path / str(at)
        build(fleet(given("old")), output)
        with interrupted(at, stop) as done, contextlib.suppress(KeyboardInterrupt):
            build(fleet(given("new")), output)
        message = told(fleet(given("new")), output)
        assert moves(output) == SECRET_MOVES
        assert "destroy what" not in message
        if len(done) < at:
            break
    else:
        pytest.fail("the build never came to its end")
