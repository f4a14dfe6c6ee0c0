"""`verify forge --wait`: until the runners are online, with a limit, seen by who looks on."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from terminal import at_terminal


def test_waiting_until_online(project, gitea, user) -> None:
    """--wait ends as soon as the runner is online, or with the time."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    began = time.monotonic()
    run = project.verify("--wait", "1s")
    assert run.status == 1
    assert 1 <= time.monotonic() - began < 30
    runner = gitea.register(user.registration_token("user"), "web1-native", ["native-nix"])
    timer = threading.Timer(1, runner.go_online)
    timer.start()
    began = time.monotonic()
    run = project.verify("--wait", "5m")
    timer.join()
    assert run.status == 0
    assert time.monotonic() - began < 60
    run = project.nixgen("verify", "forge", "--wait", "soon")
    assert run.status == 2
    assert "'soon' is no duration" in run.err


def test_person_who_waits(project, gitea, user, tmp_path: Path) -> None:
    """At a terminal the wait shows how many are online, and the end how all stands."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    status, shown = at_terminal(
        "verify", "forge", "--wait", "1s", folder=tmp_path, FORGEJO_TOKEN=user.token
    )
    assert status == 1
    assert "waiting for runners" in shown
    assert "0/1" in shown
    last = shown.rstrip().splitlines()[-1]
    assert last == (
        f"compared 1 runner and 0 repositories with Gitea 1.26.0 at {gitea.address}: 1 different"
    )
    assert user.token not in shown


def test_what_cannot_be_seen_is_not_waited_for(project, gitea, user) -> None:
    """A runner whose scope the token may not see holds up no wait for the others."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    project.change("runners=[runner]", "runners=[runner, other]")
    project.change(
        "host = Host(",
        f"other = NativeRunner(name='other', url='{gitea.address}', token=token,\n"
        "    labels=['x:host'], scope=GlobalScope())\nhost = Host(",
    )
    runner = gitea.register(user.registration_token("user"), "web1-native", ["native-nix"])
    timer = threading.Timer(1, runner.go_online)
    timer.start()
    run = project.verify("--wait", "5m")
    timer.join()
    assert run.status == 2
    (said,) = run.summaries
    assert said.startswith("whether the runner 'other' of host 'web1' is registered cannot be seen")
