"""`verify forge` against a real Gitea server, where runners register as the real ones do."""

from __future__ import annotations

import socket

import gitea as forge
import pytest

RUNNER = "the runner 'actions-native' of host 'web1'"


def registered(gitea: forge.Server, who: forge.Account, scope: str, *labels: str) -> forge.Runner:
    """The host's runner, registered in a scope of the API."""
    return gitea.register(who.registration_token(scope), "web1-native", labels or ("native-nix",))


# -- runners -----------------------------------------------------------------------------------


def test_runner_from_its_registration_to_its_labels(project, gitea, user) -> None:
    """Not registered, offline, online with other labels, and all as described: each is told."""
    project.host(gitea.address, f"UserScope(user='{user.name}')", user.repository())
    run = project.verify()
    assert run.status == 1
    assert run.summaries == [
        (
            f"{RUNNER} is not registered: there is none with the name 'web1-native' among the "
            f"runners of the user '{user.name}'"
        )
    ]
    (finding,) = run.data["diagnostics"]
    assert (finding["location"]["file"], finding["location"]["line"]) == ("hosts/web1.py", 5)
    assert "nixgen token web1/actions-native" in finding["help"]

    runner = registered(gitea, user, "user", "native-nix", "docker")
    assert project.verify().summaries == [
        "the runner 'actions-native' of host 'web1' is registered and offline",
        (
            "the runner 'actions-native' of host 'web1' has other labels at the forge than in the "
            "model"
        ),
    ]
    runner.go_online()
    run = project.verify()
    assert run.status == 1
    (finding,) = run.data["diagnostics"]
    assert finding["detail"] == "more: docker"
    assert finding["location"]["line"] == 9

    project.change('["native-nix:host"]', '["native-nix:host", "docker:host"]')
    run = project.verify()
    assert run.status == 0
    assert run.data == {
        "diagnostics": [],
        "compared": {"runners": 1, "repositories": 1},
        "forge": "Gitea 1.26.0",
    }
    assert project.nixgen("verify", "forge") == project.nixgen("verify", "forge", "web1")


@pytest.mark.parametrize("kind", ["organization", "repository"])
def test_scopes_of_an_organization_and_of_a_repository(project, gitea, user, kind: str) -> None:
    """A runner is looked for where its scope is, and only there."""
    if kind == "organization":
        name = user.organization()
        scope, path = f"OrganizationScope(organization='{name}')", f"orgs/{name}"
    else:
        name = user.repository()
        scope, path = f"RepositoryScope(repository='{name}')", f"repos/{name}"
    project.host(gitea.address, scope)
    elsewhere = registered(gitea, user, "user")
    elsewhere.go_online()
    (said,) = project.verify().summaries
    assert said.startswith(f"{RUNNER} is registered for the user '{user.name}', not among")
    registered(gitea, user, path).go_online()
    assert project.verify().status == 0


def test_global_scope(project, gitea, use_token) -> None:
    """The administrator's list is of all runners; those known to be a user's are not global."""
    administrator = gitea.administrator
    use_token(administrator.token)
    name = f"web1-{gitea.account().name}"
    project.host(gitea.address, "GlobalScope()", display_name=f"'{name}'")
    token = administrator.registration_token("user")
    gitea.register(token, name, ["native-nix"]).go_online()
    run = project.verify("web1")
    assert run.status == 1
    assert run.summaries == [
        (
            f"the runner 'actions-native' of host 'web1' is registered for the user "
            f"'{administrator.name}', not among the runners of the whole forge"
        )
    ]
    token = administrator.registration_token("admin")
    gitea.register(token, name, ["native-nix"]).go_online()
    assert project.verify("web1").status == 0


def test_registered_for_everybody_instead_of_one_user(project, gitea, use_token) -> None:
    """An administrator sees a runner that is registered in a wider scope than the model says."""
    use_token(gitea.administrator.token)
    user = gitea.account()
    name = f"web1-{user.name}"
    project.host(gitea.address, f"UserScope(user='{user.name}')", display_name=f"'{name}'")
    token = gitea.administrator.registration_token("admin")
    gitea.register(token, name, ["native-nix"]).go_online()
    run = project.verify()
    assert run.status == 1
    assert run.summaries == [
        (
            "the runner 'actions-native' of host 'web1' is registered for every repository or for "
            f"somebody else, not among the runners of the user '{user.name}'"
        )
    ]
    assert run.data["diagnostics"][0]["location"]["line"] == 11


def test_administrators_token_asks_for_a_user(project, gitea, use_token) -> None:
    """With an administrator's token, the runners of other users are seen too."""
    use_token(gitea.administrator.token)
    user = gitea.account()
    project.host(gitea.address, f"UserScope(user='{user.name}')", user.repository())
    registered(gitea, user, "user").go_online()
    assert project.verify().status == 0


def test_runners_that_no_host_has(project, gitea, user) -> None:
    """One with the same label could take the jobs, another is only told of; none for one host."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    registered(gitea, user, "user").go_online()
    token = user.registration_token("user")
    gitea.register(token, "stranger", ["native-nix", "other"]).go_online()
    gitea.register(token, "neighbour", ["ubuntu"])
    run = project.verify()
    assert run.status == 1
    first, second = run.data["diagnostics"]
    assert (first["severity"], second["severity"]) == ("error", "note")
    assert "the runner 'stranger'" in first["summary"]
    assert first["detail"] == (
        "it has the label native-nix too, so jobs for the runner 'actions-native' of host 'web1' "
        "can reach it"
    )
    assert "the runner 'neighbour'" in second["summary"]
    assert project.verify("web1").data["diagnostics"] == []


def test_registrations_left_over(project, gitea, user) -> None:
    """A runner that registered again leaves the old one, which is told with its id."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    registered(gitea, user, "user")
    registered(gitea, user, "user").go_online()
    registered(gitea, user, "user")
    run = project.verify()
    assert run.status == 0
    (finding,) = run.data["diagnostics"]
    assert finding["severity"] == "note"
    assert "shares its name at the forge with 2 more, offline" in finding["summary"]


def test_disabled_on_either_side(project, gitea, user) -> None:
    """A runner that is paused at the forge, and one that the model says is not enabled."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    registered(gitea, user, "user").go_online()
    (runner,) = user.granted("GET", "user/actions/runners")["runners"]
    user.granted("PATCH", f"user/actions/runners/{runner['id']}", {"disabled": True})
    assert project.verify().summaries == [
        "the runner 'actions-native' of host 'web1' is disabled at the forge"
    ]
    project.change("    labels=", "    enable=False,\n    labels=")
    assert project.verify().summaries == [
        "the runner 'actions-native' of host 'web1' is online, and the model says it is not enabled"
    ]


def test_names_that_are_expressions(project, gitea, user) -> None:
    """The host's name in a string is known; where only Nix knows, labels tell who it is."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    registered(gitea, user, "user").go_online()
    interpolated = "nix.text(nix.ref('config.networking.hostName'), '-native')"
    project.change("    labels=", f"    display_name={interpolated},\n    labels=")
    project.change("token = Vault", "from nixgen import nix\n\ntoken = Vault")
    assert project.verify().status == 0
    project.change(interpolated, "nix.ref('config.my.runner.name')")
    assert project.verify().status == 0
    project.change('"native-nix:host"', '"other:host"')
    assert "there is none with its labels" in project.verify().summaries[0]


def test_many_runners(project, gitea, user) -> None:
    """More runners than a page of the server holds are all seen."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    token = user.registration_token("user")
    for number in range(60):
        gitea.register(token, f"other{number}", ["ubuntu"])
    registered(gitea, user, "user").go_online()
    run = project.verify()
    assert run.status == 0
    assert len(run.data["diagnostics"]) == 60


# -- repositories ------------------------------------------------------------------------------


def test_repositories(project, gitea, user) -> None:
    """Each trusted repository is there, has Actions on, and is in the runner's scope."""
    other = gitea.account()
    good, off, old = user.repository(), user.repository(has_actions=False), user.repository()
    renamed = old.replace("repository", "renamed")
    user.granted("PATCH", f"repos/{old}", {"name": renamed.partition("/")[2]})
    archived = user.repository(archived=True)
    foreign, absent = other.repository(), f"{user.name}/absent"
    names = (good, off, old, archived, foreign, absent, f"{other.name}/absent")
    project.host(gitea.address, f"UserScope(user='{user.name}')", *names)
    registered(gitea, user, "user").go_online()
    run = project.verify()
    assert run.status == 1
    shown = "which the runner 'actions-native' of host 'web1' is for,"
    severities = {each["summary"]: each["severity"] for each in run.data["diagnostics"]}
    assert severities == {
        f"the repository '{off}', {shown} has Actions off": "error",
        f"the repository '{old}', {shown} is now '{renamed}'": "error",
        f"the repository '{archived}', {shown} is archived: no job runs": "note",
        f"the repository '{foreign}' cannot use the runner 'actions-native' of host 'web1', which "
        f"is only for the user '{user.name}'": "error",
        f"the repository '{absent}', {shown} does not exist": "error",
        f"the repository '{other.name}/absent', {shown} does not exist, or the token may not see "
        "it": "warning",
    }
    assert {each["location"]["line"] for each in run.data["diagnostics"]} == {11}
    assert run.data["compared"] == {"runners": 1, "repositories": 7}


# -- what the token may not see, and what is not there -----------------------------------------


def test_token_that_may_not_see(project, gitea, use_token) -> None:
    """Scopes that the token lacks are no difference: exit status 2, in the forge's own words."""
    user = gitea.account()
    use_token(gitea.token(user.name, "read:repository"))
    project.host(gitea.address, f"UserScope(user='{user.name}')", user.repository())
    run = project.verify()
    assert run.status == 2
    (said,) = run.summaries
    assert said.startswith(
        "whether the runner 'actions-native' of host 'web1' is registered cannot"
    )
    assert "required=[read:user]" in said
    use_token(gitea.token(user.name, "read:user"))
    run = project.verify()
    assert run.status == 1
    assert "may not be read" in run.summaries[1]


def test_runners_of_somebody_else(project, gitea, user) -> None:
    """Another user's runners are seen only with their token; administrators see all."""
    other = gitea.account()
    project.host(gitea.address, f"UserScope(user='{other.name}')")
    run = project.verify()
    assert run.status == 2
    assert run.summaries == [
        (
            f"whether {RUNNER} is registered cannot be seen: the token is that of '{user.name}', "
            f"and the user '{other.name}' is seen only with a token of their own"
        )
    ]
    project.change(f"UserScope(user='{other.name}')", "GlobalScope()")
    run = project.verify()
    assert run.status == 2
    assert run.summaries[0].endswith("user should be the site admin")


def test_scopes_that_do_not_exist(project, gitea, use_token) -> None:
    """A misspelt organization, repository or user is told as such."""
    use_token(gitea.administrator.token)
    for scope, said in {
        "OrganizationScope(organization='absent')": "there is no organization 'absent'",
        "RepositoryScope(repository='absent/too')": "there is no repository 'absent/too'",
        "UserScope(user='absent')": "there is no user 'absent'",
    }.items():
        project.host(gitea.address, scope)
        run = project.verify()
        assert run.status == 1
        assert run.summaries[0] == (
            f"the runner 'actions-native' of host 'web1' can be registered nowhere: {said} at the "
            "forge"
        )


def test_wrong_token(project, gitea, use_token) -> None:
    """A token that the forge refuses, with where it came from; a file stands over a variable."""
    project.host(gitea.address, "UserScope(user='somebody')")
    use_token("0123456789abcdef0123456789abcdef01234567")
    run = project.verify()
    assert run.status == 2
    assert run.summaries == [f"the forge at {gitea.address} refuses the token of FORGEJO_TOKEN"]
    file = project.folder / "token"
    file.write_text("fedcba9876543210fedcba9876543210fedcba98\n")
    run = project.verify("--token-file", "token")
    assert run.summaries == [f"the forge at {gitea.address} refuses the token of token"]


def test_no_token(project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token, or with what is none, no server is asked."""
    project.host("http://127.0.0.1:1", "UserScope(user='somebody')")
    run = project.verify()
    assert run.status == 2
    assert run.summaries == ["there is no token for the forge"]
    monkeypatch.setenv("GITEA_TOKEN", "schlüssel")
    run = project.verify()
    assert run.summaries == ["GITEA_TOKEN holds something that is no token (it is not shown)"]
    assert "schl" not in run.out


def test_server_that_is_away(project, use_token) -> None:
    """Nothing listens; one that never answers is waited for as long as --timeout says."""
    use_token("0123456789abcdef")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        project.host(address, "UserScope(user='somebody')")
        run = project.verify()
        assert run.status == 2
        assert run.summaries == [f"the forge at {address} cannot be reached: connection refused"]
        silent.listen()
        run = project.verify("--timeout", "0.2")
        assert run.summaries == [f"the forge at {address} did not answer within 0.2 seconds"]


def test_model_of_another_forge(project, gitea, user) -> None:
    """What the model says of the forge's version decides about tokens; a wrong one is told."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    registered(gitea, user, "user").go_online()
    project.change(
        "    runners=", f"    forges=[Forge(url='{gitea.address}', version='15.0')],\n    runners="
    )
    run = project.verify()
    assert run.status == 1
    assert run.summaries == [
        f"the forge at {gitea.address} is Gitea 1.26.0; the model says Forgejo 15.0"
    ]
    project.change("version='15.0'", "version='14.0'")
    run = project.verify()
    assert (run.status, run.data["diagnostics"][0]["severity"]) == (0, "note")
    project.change("version='14.0'", "version='1.26.0', software='gitea'")
    assert project.verify().data["diagnostics"] == []


def test_several_forges(project, gitea, user) -> None:
    """A token is for one forge: with runners at two of them, --forge chooses."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    project.change("runners=[runner]", "runners=[runner, other]")
    project.change(
        "host = Host(",
        "other = NativeRunner(name='other', url='https://git.example.org', token=token,\n"
        "    labels=['x:host'], scope=GlobalScope())\nhost = Host(",
    )
    registered(gitea, user, "user").go_online()
    run = project.verify()
    assert run.status == 2
    assert run.summaries == ["the runners connect to 2 forges, each of which has tokens of its own"]
    assert project.verify("--forge", gitea.address + "/").data["compared"]["runners"] == 1
    run = project.verify("--forge", "https://elsewhere.example.org")
    assert run.summaries == ["no runner connects to https://elsewhere.example.org"]
