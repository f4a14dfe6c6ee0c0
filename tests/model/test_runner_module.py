"""The host's release decides which NixOS module runs a runner, and all follows from that."""

from __future__ import annotations

from typing import Any

import pytest

from nixgen import (
    GlobalScope,
    Host,
    ModelError,
    Module,
    NativeRunner,
    RunnerCache,
    TokenFile,
    VaultSecret,
    nix,
)

UUID = "c9e50be9-a7c3-4aee-ba35-624c4ff8c519"


def host(release: str, *, modules: Any = (), **fields: Any) -> Host:
    """A host with one runner and its token."""
    secret = VaultSecret(name="token", key="token")
    runner = NativeRunner(
        name="actions-native",
        url="https://forge.example",
        token=secret,
        labels=["native:host"],
        scope=GlobalScope(),
        cache=RunnerCache(),
        **fields,
    )
    if modules:
        modules = [Module(file="ci.nix", content=[modules[0](runner)])]
        return Host(name="web1", release=release, secrets=[secret], modules=modules)
    return Host(name="web1", release=release, secrets=[secret], runners=[runner])


def faults(release: str, **fields: Any) -> list[tuple[str, str]]:
    """What is wrong with a host that has such a runner."""
    with pytest.raises(ModelError) as caught:
        host(release, **fields)
    return [(each.summary, each.help or "") for each in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("release", "module"),
    [
        ("25.05", "gitea-actions-runner"),
        ("25.11", "gitea-actions-runner"),
        ("26.05", "gitea-actions-runner"),
        ("26.11", "forgejo-runner"),
        ("27.05", "forgejo-runner"),
        ("unstable", "forgejo-runner"),
    ],
)
def test_the_release_decides(release: str, module: str) -> None:
    """services.forgejo-runner came with NixOS 26.11."""
    wanted = UUID if module == "forgejo-runner" else None
    (runner,) = host(release, uuid=wanted).composition.runners
    assert runner.option_path == ("services", module, "instances", "actions-native")


def test_unit_state_and_cache_follow() -> None:
    """A changed token restarts the unit that there is; the cache lies in its state."""
    made = host("26.11", uuid=UUID)
    (runner,), (secret,) = made.composition.runners, made.secrets
    assert str(runner.unit) == r"forgejo-runner-actions\x2dnative"
    assert made.services_of(secret) == (r"forgejo-runner-actions\x2dnative",)
    assert runner.cache_folder == "/var/lib/forgejo-runner/actions-native/cache"
    assert (runner.module.user, runner.module.token_format) == (None, "raw")


def test_one_runner_on_hosts_of_two_releases() -> None:
    """A shared runner has the module of each host, and keeps the line that wrote it."""
    runner = NativeRunner(
        name="r",
        url="https://forge.example",
        token=TokenFile(path="/run/t"),
        labels=["a:host"],
        scope=GlobalScope(),
    )
    old = Host(name="a", release="25.11", runners=[runner])
    kept = Host(
        name="b",
        release="26.11",
        runners=[
            NativeRunner(
                name="r",
                url="https://forge.example",
                token=TokenFile(path="/run/t"),
                labels=["a:host"],
                scope=GlobalScope(),
                nixos_module="gitea-actions-runner",
            )
        ],
    )
    assert old.composition.runners[0] is runner
    assert str(kept.composition.runners[0].unit) == "gitea-runner-r"
    new = runner.on_release("26.11")
    assert (str(new.unit), new.origin) == ("forgejo-runner-r", runner.origin)
    assert str(runner.unit) == "gitea-runner-r"


def test_the_newer_module_wants_a_uuid() -> None:
    """Without it the runner cannot connect; the message has both ways out."""
    ((summary, advice),) = faults("26.11")
    assert "has no uuid, and services.forgejo-runner of host 'web1' (NixOS 26.11)" in summary
    assert 'nixos_module="gitea-actions-runner"' in advice
    assert "8-4-4-4-12" in faults("26.11", uuid=UUID.upper())[0][0]


def test_the_older_module_has_no_use_for_one() -> None:
    """A token that belongs to a uuid is no registration token: registering would fail for ever."""
    ((summary, advice),) = faults("25.11", uuid=UUID)
    assert "registers with a registration token" in summary
    assert "take the uuid out" in advice


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"runner": {"labels": ["x:host"]}}, "labels"),
        ({"server": {"connections": {"other": {}}}}, "connection"),
    ],
)
def test_nothing_is_said_twice(settings: dict[str, Any], what: str) -> None:
    """Labels and connection are settings in the newer module, and fields here."""
    ((summary, _),) = faults("26.11", uuid=UUID, settings=settings)
    assert f"has its {what} in settings and as a field" in summary


NO_SECTION = [{}, "x", None, [1], nix.raw("config.x"), nix.raw("{ }"), nix.raw("rec { a = 1; }")]


@pytest.mark.parametrize("value", NO_SECTION, ids=str)
def test_fields_stand_in_sections_of_the_settings(value: Any) -> None:
    """Where settings give a section as a whole, nothing of it can be a field."""
    for release, section, what, fields in (
        ("25.11", "runner", "capacity", {"capacity": 2}),
        ("26.11", "runner", "labels", {"uuid": UUID}),
        ("26.11", "server", "connection", {"uuid": UUID}),
    ):
        ((summary, advice),) = faults(release, settings={section: value}, **fields)
        assert f"in which {section!r} is no dict, or an empty one; its {what} stands in" in summary
        assert advice == f"write {section!r} as a dict, or leave it out"


def test_a_runner_inside_a_set_of_a_module() -> None:
    """A set of the older module's instances is no place for a runner of the newer one."""
    inside = [lambda runner: {"services.gitea-actions-runner.instances": _entries(runner)}]
    ((summary, advice),) = faults("26.11", uuid=UUID, modules=inside)
    assert "has another one for it, services.forgejo-runner" in summary
    assert "content of the Module itself" in advice
    assert host("25.11", modules=inside)


def _entries(runner: NativeRunner) -> Any:
    from nixgen import Entries

    return Entries(content=[runner])


def test_settings_are_nested() -> None:
    """A path with dots would be one name in the runner's file, and of no effect."""
    ((summary, advice),) = faults("25.11", settings={"runner.envs.LANG": "C", "x.y": 1})
    assert "'runner.envs.LANG', a name that its configuration does not have" in summary
    assert advice == 'write "runner": {"envs": {"LANG": ...}}'
