"""`nixgen diff --semantic`: changes in terms of the model."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

MODE = "! ~ web1: secret runner-token: mode 0440 -> 0444 (world-readable)"
DOMAIN = "  ~ web1: option networking.domain: example.org -> example.net"


def git(*arguments: str) -> str:
    """What git prints, run in the working directory as nobody in particular."""
    settings = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
    command = ["git", *settings, *arguments]
    return (
        subprocess.run(command, check=True, capture_output=True, input=b"").stdout.decode().strip()
    )


@pytest.fixture
def changed(built, project: Path):
    """A built and committed project, of which a host and a shared part have changed since."""
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "first")
    web1 = project / "hosts/web1.py"
    web1.write_text(
        web1.read_text().replace("0o440", "0o444").replace('"example.org"', '"example.net"')
    )
    return built


def test_since_the_last_build(changed) -> None:
    """Objects and fields, what matters for security first and marked; a build settles it."""
    run = changed("diff", "--semantic")
    assert (run.status, run.out.splitlines(), run.err) == (0, [MODE, DOMAIN], "")
    assert changed("diff", "--semantic", "--exit-code").status == 1
    changed("build")
    run = changed("diff", "--semantic", "--exit-code")
    assert (run.status, run.out, run.err) == (0, "", "")


def test_since_a_revision(changed, project: Path) -> None:
    """What a build has settled is still a change since the commit; shared parts count, too."""
    parts = project / "hosts/_parts.py"
    parts.write_text(parts.read_text().replace('"enable": True', '"enable": False'))
    changed("build")
    run = changed("diff", "--semantic", "HEAD")
    openssh = "  ~ web1: option services.openssh.enable: true -> false"
    assert run.out.splitlines() == [MODE, DOMAIN, openssh]
    git("commit", "--all", "--quiet", "--message", "second")
    assert changed("diff", "--semantic", "HEAD").out == ""
    assert changed("diff", "--semantic", "HEAD~1").out == run.out


def test_long_texts_are_told_from_where_they_differ(built, project: Path) -> None:
    """Of a long text that has changed at its end, the end is shown."""
    web1 = project / "hosts/web1.py"
    text = web1.read_text()
    long = "one two three four five six seven eight nine ten eleven twelve thirteen {} fifteen"
    web1.write_text(text.replace('"example.org"', repr(long.format("14"))))
    built("build")
    web1.write_text(text.replace('"example.org"', repr(long.format("fourteen"))))
    values = "...twelve thirteen 14 fifteen -> ...twelve thirteen fourteen fifteen"
    (line,) = built("diff", "--semantic").out.splitlines()
    assert line == f"  ~ web1: option networking.domain: {values}"


def test_of_one_host(changed) -> None:
    """Hosts that are named are those that are told of."""
    assert changed("diff", "--semantic", "HEAD", "db1").out == ""
    assert changed("diff", "--semantic", "HEAD", "web1").out.splitlines() == [MODE, DOMAIN]


def test_as_json(changed) -> None:
    """Programs get each change with its values and what it means."""
    first, second = changed("diff", "--semantic", "--json").data["changes"]
    assert (first["field"], first["old"], first["new"]) == ("mode", "0440", "0444")
    assert first["security"] == {"why": "world-readable", "weight": "wider"}
    assert first["place"] == "hosts/web1.py:5"
    assert second["security"] is None


def test_as_markdown(changed) -> None:
    """A comment on a pull request has tables; what is security stands in one of its own."""
    assert changed("diff", "--semantic", "--markdown").out.splitlines() == [
        "### Security",
        "",
        "| | Where | Change | Why it matters |",
        "|---|---|---|---|",
        "| changed | web1: secret runner-token | `mode 0440 -> 0444` | world-readable |",
        "",
        "### Other changes",
        "",
        "| | Where | Change |",
        "|---|---|---|",
        "| changed | web1: option networking.domain | `example.org -> example.net` |",
    ]
    changed("build")
    run = changed("diff", "--semantic", "--markdown")
    assert run.out == "Nothing changes in the model.\n"


def test_a_revision_that_is_not_there(changed) -> None:
    """One clear error, exit status 2."""
    run = changed("diff", "--semantic", "no-such")
    assert (run.status, run.out) == (2, "")
    assert "git does not know the revision 'no-such' here" in run.err


def test_a_revision_without_hosts(changed, project: Path) -> None:
    """A commit from before hosts/ was there is said to be one."""
    empty = git("commit-tree", "-m", "empty", git("mktree"))
    run = changed("diff", "--semantic", empty)
    assert run.status == 2
    assert f"the hosts folder 'hosts' has no hosts at '{empty}'" in run.err


def test_a_revision_that_does_not_load(changed, project: Path) -> None:
    """Hosts of another time that this nixgen refuses: which file, and why."""
    web1 = project / "hosts/web1.py"
    text = web1.read_text()
    web1.write_text(text.replace("key=", "kee="))
    git("commit", "--all", "--quiet", "--message", "wrong")
    web1.write_text(text)
    run = changed("diff", "--semantic", "HEAD")
    assert run.status == 2
    assert "the hosts of HEAD do not load with this nixgen: web1.py: VaultSecret" in run.err


def test_before_any_build(nixgen) -> None:
    """Without a record of the last build, a revision is what to compare with."""
    run = nixgen("diff", "--semantic")
    assert run.status == 2
    assert "it is not recorded from which hosts these files were built" in run.err
    assert "nixgen diff --semantic HEAD" in run.err
