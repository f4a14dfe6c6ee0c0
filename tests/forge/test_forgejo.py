"""Forgejo 10 to 15, as their API descriptions say they answer: no real Forgejo is asked here.

Forgejo has no package that could be installed for tests. `described_forgejo` is a server of the
tests' own with the shapes of its API; what is common with Gitea is tested against the real one.
"""

from __future__ import annotations

import datetime
import email.utils
import re
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from certificates import certificates
from described_forgejo import REGISTRATION_TOKEN, RUNNER_TOKEN, DescribedForgejo

RUNNER = "the runner 'actions-native' of host 'web1'"
TFVARS = "build/terraform/vault/terraform.tfvars"
NIL = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def start(project, use_token) -> Iterator[Callable[..., DescribedForgejo]]:
    """Starts a server of a version; the host has a runner there, in the user's scope."""
    started = []

    def run(version: str, certificate: tuple[Path, Path] | None = None) -> DescribedForgejo:
        forgejo = DescribedForgejo(version, certificate).__enter__()
        started.append(forgejo)
        use_token(forgejo.token)
        project.secrets.extend([REGISTRATION_TOKEN, RUNNER_TOKEN])
        project.host(forgejo.address, "UserScope(user='someone')")
        (project.folder / "build/terraform/vault").mkdir(parents=True, exist_ok=True)
        return forgejo

    yield run
    for forgejo in started:
        forgejo.__exit__()


@pytest.fixture
def forgejo(start) -> DescribedForgejo:
    """Forgejo 15."""
    return start("15.0.1+gitea-1.22.0")


# -- Forgejo 15: runners are listed ------------------------------------------------------------


def test_status_and_labels(project, forgejo) -> None:
    """Idle and active are online; labels are strings."""
    runner = forgejo.add("web1-native", ["native-nix"], owner=5)
    run = project.verify()
    assert run.status == 0
    assert run.data == {
        "diagnostics": [],
        "compared": {"runners": 1, "repositories": 0},
        "forge": "Forgejo 15.0.1",
    }
    runner["status"] = "active"
    assert project.verify().status == 0
    runner["status"] = "offline"
    assert project.verify().summaries == [f"{RUNNER} is registered and offline"]
    runner |= {"status": "idle", "labels": ["native-nix:host"]}
    (finding,) = project.verify().data["diagnostics"]
    assert finding["detail"] == "lacking: native-nix\nmore: native-nix:host"


def test_all_scopes(project, forgejo) -> None:
    """Each scope has its list; a runner elsewhere is told with whose it is."""
    forgejo.administrator = True
    forgejo.add_repository("team/tools")
    scopes = {
        "OrganizationScope(organization='team')": {"owner": 9},
        "RepositoryScope(repository='team/tools')": {"repository": 100},
        "UserScope(user='other')": {"owner": 6},
        "GlobalScope()": {},
    }
    for scope, owner in scopes.items():
        forgejo.runners.clear()
        project.host(forgejo.address, scope)
        forgejo.add("web1-native", ["native-nix"], **owner)
        assert project.verify().status == 0, scope
    forgejo.runners[0]["owner_id"] = 77
    (said,) = project.verify("web1").summaries
    assert said == (
        f"{RUNNER} is registered for one owner (id 77), not among the runners of the whole forge"
    )


def test_runner_with_a_uuid(project, forgejo) -> None:
    """A runner that connects with a uuid is known by it, whatever its name is."""
    registered = forgejo.add("any name", ["native-nix"], owner=5)
    project.host(forgejo.address, "UserScope(user='someone')", uuid=repr(registered["uuid"]))
    project.change('"25.11"', '"26.11"')
    assert project.verify().status == 0
    project.change(registered["uuid"], NIL)
    first, second = project.verify().summaries
    assert first.startswith(f"{RUNNER} is not registered: there is none with the uuid {NIL}")
    assert second.startswith("no host has the runner 'any name'")


def test_pages(project, forgejo) -> None:
    """Lists longer than a page are read to their end, with and without a total."""
    for number in range(120):
        forgejo.add(f"other{number}", ["ubuntu"], owner=5)
    forgejo.add("web1-native", ["native-nix"], owner=5)
    run = project.verify()
    assert (run.status, len(run.data["diagnostics"])) == (0, 120)
    everyone = list(forgejo.runners)

    def without_total(path: str):
        if not path.endswith("/runners"):
            return None
        page = 30 * sum("runners" in each for each in forgejo.asked)
        return 200, everyone[page - 30 : page], {}

    forgejo.asked.clear()
    forgejo.before = without_total
    run = project.verify()
    assert (run.status, len(run.data["diagnostics"])) == (0, 120)
    forgejo.before = lambda path: (200, everyone[-30:], {}) if "runners" in path else None
    assert len(project.verify().data["diagnostics"]) == 29


# -- before 15 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "version", ["10.0.3+gitea-1.22.0", "11.0.1-12-abcdef+gitea-1.22.0", "14.0.0"]
)
def test_versions_without_a_list(project, start, version: str) -> None:
    """What an older server has no way to tell is said, not passed over; repositories are seen."""
    forgejo = start(version if "gitea" in version else f"{version}+gitea-1.22.0")
    forgejo.administrator = True
    forgejo.add_repository("team/tools")
    forgejo.add_repository("someone/off", has_actions=False)
    short = version.partition("+")[0].partition("-")[0]
    for scope in (
        "UserScope(user='someone')",
        "OrganizationScope(organization='team')",
        "RepositoryScope(repository='team/tools')",
        "GlobalScope()",
    ):
        project.host(forgejo.address, scope)
        run = project.verify()
        assert run.status == 2
        assert run.summaries == [
            (
                f"whether {RUNNER} is registered cannot be seen: Forgejo {short} has no list of "
                "runners (Forgejo lists runners since version 15, Gitea since 1.24)"
            )
        ]
    project.host(forgejo.address, "UserScope(user='someone')", "someone/off")
    run = project.verify("--wait", "1h")
    assert run.status == 1
    assert "has Actions off" in run.summaries[1]


def test_repository_of_a_server_that_does_not_tell(project, forgejo) -> None:
    """A server that says nothing about a repository's Actions is no server where they are off."""
    forgejo.add("web1-native", ["native-nix"], owner=5)
    forgejo.add_repository("someone/tools", has_actions=None)
    project.host(forgejo.address, "UserScope(user='someone')", "someone/tools")
    run = project.verify()
    assert run.status == 2
    assert "has Actions on cannot be seen" in run.summaries[0]


# -- tokens ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["10.0.3", "11.0.0", "15.0.1"])
def test_registration_token(project, start, version: str) -> None:
    """Every version gives registration tokens by GET; 10 has another path for administrators."""
    forgejo = start(f"{version}+gitea-1.22.0")
    forgejo.administrator = True
    for scope in ("UserScope(user='someone')", "GlobalScope()"):
        project.host(forgejo.address, scope)
        assert project.nixgen("token", "actions-native").status == 0
        file = project.folder / TFVARS
        assert file.read_text() == f'runner_token = "TOKEN={REGISTRATION_TOKEN}"\n'
        file.unlink()


def test_runner_that_is_made(project, forgejo) -> None:
    """Forgejo 15 makes the runner: its token is kept, its uuid told, and where that belongs."""
    project.host(forgejo.address, "UserScope(user='someone')", uuid=repr(NIL))
    project.change('"25.11"', '"26.11"')
    run = project.nixgen("token", "actions-native")
    assert run.status == 0
    (made,) = forgejo.runners
    assert (made["name"], made["owner_id"]) == ("web1-native", 5)
    assert run.out == (
        f"the token of the new runner 'web1-native' is now in {TFVARS}\n"
        "next:\n"
        f'  write uuid="{made["uuid"]}" on the runner: hosts/web1.py:9\n'
        "  nixgen build\n"
        "  tofu -chdir=build/terraform/vault apply\n"
        "  deploy web1\n"
        "  nixgen verify forge web1 --wait 5m\n"
    )
    file = project.folder / TFVARS
    assert file.read_text() == f'runner_token = "{RUNNER_TOKEN}"\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    project.change(NIL, made["uuid"])
    run = project.nixgen("token", "actions-native", "--json")
    assert run.status == 2
    assert run.summaries == [f"{RUNNER} is at the forge already, with the uuid {made['uuid']}"]


def test_runner_whose_token_cannot_be_kept(project, forgejo, monkeypatch) -> None:
    """Where the file cannot be written, the runner that was just made is removed again."""
    project.host(forgejo.address, "UserScope(user='someone')", uuid=repr(NIL))
    project.change('"25.11"', '"26.11"')

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nixgen.project.disk.write_new", full)
    run = project.nixgen("token", "actions-native", "--json")
    assert run.status == 2
    assert "No space left" in run.out or "the disk is full" in run.out
    assert "POST user/actions/runners" in forgejo.asked
    assert forgejo.runners == []


def test_uuid_from_a_forge_without_any(project, start) -> None:
    """A model for Forgejo 15 against an older one: told, and nothing is made."""
    forgejo = start("11.0.0+gitea-1.22.0")
    project.host(forgejo.address, "UserScope(user='someone')", uuid=repr(NIL))
    project.change('"25.11"', '"26.11"')
    run = project.nixgen("token", "actions-native", "--json")
    assert run.status == 2
    assert run.summaries == [f"{RUNNER} connects with a uuid, and Forgejo 11.0.0 gives none"]
    assert not any(each.startswith("POST") for each in forgejo.asked)


# -- servers in trouble ------------------------------------------------------------------------


def test_rate_limit(project, forgejo) -> None:
    """A server that asks to wait is waited for: seconds or a date; not for ever."""
    forgejo.add("web1-native", ["native-nix"], owner=5)
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
    pauses = iter([(429, "1"), (503, email.utils.format_datetime(soon, usegmt=True))])

    def limited(_: str):
        status, pause = next(pauses, (0, ""))
        return (status, {"message": "slow down"}, {"Retry-After": pause}) if status else None

    forgejo.before = limited
    began = time.monotonic()
    assert project.verify().status == 0
    assert time.monotonic() - began >= 1
    forgejo.before = lambda _: (429, None, {"Retry-After": "3600"})
    run = project.verify()
    assert run.status == 2
    assert run.summaries == [
        f"the forge at {forgejo.address} is asked too often, and wants 3600 seconds of rest"
    ]


def test_redirects(project, forgejo, start) -> None:
    """One to the same server is followed; one to another is not, so that it gets no token."""
    moved = "/api/v1/repos/someone/new"
    forgejo.add("web1-native", ["native-nix"], owner=5)
    forgejo.add_repository("someone/new")
    forgejo.before = lambda path: (
        (301, None, {"Location": moved}) if path == "repos/someone/old" else None
    )
    project.host(forgejo.address, "UserScope(user='someone')", "someone/old")
    assert project.verify().summaries == [
        f"the repository 'someone/old', which {RUNNER} is for, is now 'someone/new'"
    ]
    other = start("15.0.0+gitea-1.22.0")
    project.host(forgejo.address, "UserScope(user='someone')")
    forgejo.before = lambda path: (308, None, {"Location": f"{other.address}/api/v1/{path}"})
    run = project.verify()
    assert run.status == 2
    assert run.summaries == [
        (
            f"the forge at {forgejo.address} redirects to {other.address}, and the token is not "
            "sent elsewhere"
        )
    ]
    assert other.asked == []
    forgejo.before = lambda path: (302, None, {"Location": f"/api/v1/{path}"})
    assert "redirects without an end" in project.verify().summaries[0]


def test_certificates(project, start, tmp_path: Path) -> None:
    """With the CA's file the server is trusted, without it not; a file that is none is told."""
    folder = tmp_path / "certificates"
    folder.mkdir()
    ca, certificate, key = certificates(folder)
    forgejo = start("15.0.1+gitea-1.22.0", (certificate, key))
    forgejo.add("web1-native", ["native-nix"], owner=5)
    assert project.verify("--ca-file", str(ca)).status == 0
    run = project.verify()
    assert run.status == 2
    assert run.summaries == [
        (
            f"the forge at {forgejo.address} has a certificate that is not trusted: unable to get "
            "local issuer certificate"
        )
    ]
    assert "--ca-file" in run.data["diagnostics"][0]["help"]
    run = project.verify("--ca-file", str(key))
    assert run.summaries == ["own.key holds no certificate of a CA"]


def test_names_and_proxies(project, use_token, monkeypatch) -> None:
    """A name that nobody knows; a proxy that is away, and one of a kind that cannot be used."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    use_token("forge-token-1c77")
    project.host("https://forge.invalid", "UserScope(user='someone')")
    run = project.verify()
    assert run.status == 2
    assert re.match(
        "the forge at https://forge.invalid cannot be reached: .*name", run.summaries[0]
    )
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert project.verify().summaries == [
        "the forge at https://forge.invalid cannot be reached: connection refused"
    ]
    for proxy in ("socks5://127.0.0.1:9", "nonsense://x"):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        assert project.verify().summaries == [
            "the proxy that the environment names is of no kind that can be used"
        ]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, b"<html>welcome</html>", {}), "is neither Forgejo nor Gitea, by what it answers"),
        ((200, {"version": "soon"}, {}), "is neither Forgejo nor Gitea, by what it answers"),
        ((404, b"<html>no</html>", {}), "is neither Forgejo nor Gitea, by what it answers"),
        ((200, ["a list"], {}), "is neither Forgejo nor Gitea, by what it answers"),
        ((502, b"bad gateway", {}), "answers with status 502"),
        ((500, {"message": "no database"}, {}), "answers with status 500: no database"),
    ],
)
def test_servers_that_are_something_else(project, forgejo, answer, said: str) -> None:
    """A page, another API, a proxy without a server behind it."""
    forgejo.before = lambda _: answer
    run = project.verify()
    assert run.status == 2
    assert run.summaries == [f"the forge at {forgejo.address} {said}"]


@pytest.mark.parametrize(
    "listed",
    [
        {"runners": "none"},
        [{"name": "without an id"}],
        [{"id": 1, "name": "without a status"}],
        ["a text"],
    ],
)
def test_lists_in_another_form(project, forgejo, listed) -> None:
    """An answer that cannot be a list of runners is no empty list."""
    forgejo.before = lambda path: (200, listed, {}) if path.endswith("/runners") else None
    run = project.verify()
    assert run.status == 2
    assert re.fullmatch("the forge at .* is neither Forgejo nor Gitea, .*", run.summaries[0])
