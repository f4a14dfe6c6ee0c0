"""What jobs reach follows from the model: modes, users, groups, scope, labels and options."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from rule_cases import CONFIG, USER, UUID, container, native, runs, secret

from nixgen import (
    GlobalScope,
    Hardening,
    Host,
    SecretsModule,
    Vault,
    VaultSecret,
    load_fleet,
    nix,
)
from nixgen.audit.access import Access, access


def reached(hosts: Sequence[Host], runner: str = "native") -> dict[str, Access]:
    """What the jobs of a runner have to do with each thing on the host."""
    (found,) = (each for each in access(hosts[0]) if each.runner == runner)
    return {entry.what: entry for entry in found.entries}


@pytest.fixture(scope="module")
def real(root) -> Host:
    """The host of the plan."""
    return load_fleet(root / "hosts").host("nix-cache02")


def test_what_the_plan_says_jobs_cannot_reach(real) -> None:
    """The signing key, Vault's credentials and other secrets are out of reach, and why is said."""
    entries = reached([real], "actions-native")
    key = entries["/run/secrets/cache-secret"]
    assert (key.reach, key.about) == ("no access", "the key that signs the binary cache")
    assert key.why == "mode 0400, owner root, group root"
    assert not entries["/var/lib/vault/approle"].reached
    secrets = {what for what, each in entries.items() if what.startswith("/run/secrets")}
    assert {what for what in secrets if entries[what].reached} == {
        "/run/secrets/forgejo-native-runner-token"
    }


def test_where_the_plan_is_wrong(real) -> None:
    """Its own token, and the registration of the other runner through the shared user."""
    entries = reached([real], "actions-native")
    token = entries["/run/secrets/forgejo-native-runner-token"]
    assert token.reach == "reads"
    assert token.why.startswith("mode 0444 lets every user read it")
    other = entries["/var/lib/gitea-runner/actions1"]
    assert (other.reach, other.code) == ("writes", "NG205")
    assert other.risk == (
        "a job acts as actions1, for every repository of the forge, and with a label of the host "
        "in its .runner is in its group 'podman': root"
    )
    assert entries["/nix/store"].risk == "what a job builds is signed and served to all hosts"


def test_containers_reach_nothing_of_the_host(real) -> None:
    """Jobs of the container runner have the network and the machine's time, nothing else."""
    entries = reached([real], "actions1")
    assert {what for what, each in entries.items() if each.reached} == {
        "network",
        "CPU, memory, disk",
    }
    assert "/var/lib/gitea-runner/actions-native" in entries


def test_labels_in_the_configuration_are_no_way_to_root() -> None:
    """A runner whose configuration has its labels takes none from the file that jobs can write."""
    settings = {"runner": {"labels": ["box:docker://example.org/box:1.2"]}}
    other = reached(runs(native(), container(settings=settings)), "native")
    assert "root" not in (other["/var/lib/gitea-runner/boxed"].risk or "")


def test_what_containers_are_handed() -> None:
    """Volumes of the settings, and the host's network by either way of saying it."""
    box = {"valid_volumes": ["/srv/mirror"], "options": "--memory=4g --network=host"}
    entries = reached(runs(container(settings={"container": box})), "boxed")
    assert (entries["/srv/mirror"].reach, entries["network"].code) == ("writes", "NG214")


def test_credentials_where_the_module_has_them() -> None:
    """Credentials are looked for where the module has them: there they are protected, or not."""
    module = SecretsModule(secret_id_file="/srv/approle/secret-id")
    vault = Vault(address="https://vault.example", secrets_module=module)
    entries = reached(runs(native(), secrets=[secret()], vault=vault))
    assert entries["/srv/approle"].code == "NG208"
    assert "/var/lib/vault/approle" not in entries


def test_own_token_in_any_mode() -> None:
    """A strict mode does not keep a host job from its own runner's token."""
    token = VaultSecret(name="token", key="token", mode=0o400)
    entry = reached(runs(native(token=token)))["/run/secrets/token"]
    assert entry.reach == "reads"
    assert "0400" not in entry.why


@pytest.mark.parametrize(
    ("settings", "options", "reach"),
    [
        ({"mode": 0o400}, {}, "no access"),
        ({"mode": 0o404}, {}, "reads"),
        ({"mode": 0o440, "group": "keys"}, {}, "no access"),
        ({"mode": 0o440, "group": "keys"}, {f"{CONFIG}.SupplementaryGroups": "keys"}, "reads"),
        ({"mode": 0o400, "owner": "gitea-runner"}, {}, "reads"),
        ({"mode": 0o044, "owner": "gitea-runner"}, {}, "no access"),
        ({"mode": 0o404}, {f"{CONFIG}.InaccessiblePaths": ["-/run/secrets"]}, "no access"),
        ({"mode": 0o400}, {"nix.settings.trusted-users": ["gitea-runner"]}, "writes"),
    ],
)
def test_a_secret_by_its_mode(settings, options, reach) -> None:
    """Permission bits are read as the kernel reads them: owner first, then group, then others."""
    hosts = runs(native(), secrets=[secret(**settings)], options=options)
    assert reached(hosts)["/run/secrets/db"].reach == reach


def test_root_reaches_everything() -> None:
    """A way to root is said first, with what it is, and nothing is claimed to be protected."""
    hosts = runs(
        container(settings={"container": {"privileged": True}}),
        secrets=[secret()],
    )
    entries = reached(hosts, "boxed")
    assert (entries["/"].why, entries["/"].code) == ("its containers are privileged", "NG211")
    assert all(each.reached for each in entries.values())


def test_runners_apart() -> None:
    """Two container runners do not reach each other."""
    hosts = runs(container(), container(name="second"))
    assert not reached(hosts, "boxed")["/var/lib/gitea-runner/second"].reached


def test_whose_jobs_they_are() -> None:
    """The scope says whose jobs they are, whatever repositories are meant."""
    hosts = runs(
        native(scope=USER, trusted_repositories=["alice/site"]), container(scope=GlobalScope())
    )
    first, second = access(hosts[0])
    assert first.repositories == "every repository of user alice"
    assert first.meant == ("alice/site",)
    assert (first.where, first.account) == ("on the host", "gitea-runner")
    assert second.repositories == "every repository of the forge"
    assert (second.where, second.account) == ("in containers", None)


def test_options_of_the_unit_are_seen() -> None:
    """Hardening and limits that the unit has change what is said."""
    hosts = runs(
        native(),
        secrets=[secret()],
        options={
            f"{CONFIG}.ProtectProc": "invisible",
            f"{CONFIG}.MemoryMax": "8G",
            f"{CONFIG}.IPAddressDeny": "any",
            f"{CONFIG}.InaccessiblePaths": ["/run/secrets", "/var/lib/vault"],
        },
    )
    entries = reached(hosts)
    assert not entries["/proc"].reached
    assert entries["CPU, memory, disk"].risk is None
    assert entries["network"].risk is None
    assert entries["/var/lib/vault/approle"].risk is None


def test_a_user_for_each_runner() -> None:
    """Where the module has a user for each instance, one runner's jobs do not reach another."""
    hosts = runs(native(uuid=UUID), container(uuid=UUID.replace("3", "4")), release="26.11")
    entries = reached(hosts)
    assert "/var/lib/forgejo-runner/boxed" not in entries
    assert "host jobs run as the user" in entries["/run/token"].why
    assert entries["/run/token"].risk.startswith("whoever has it acts as the runner")


def test_hiding_does_not_part_one_user() -> None:
    """Hardening hides the other's folder; as long as both are one user, /proc leads to it."""
    entries = reached(runs(native(hardening=Hardening()), container(), secrets=[secret()]))
    other = entries["/var/lib/gitea-runner/boxed"]
    assert (other.reach, other.code) == ("writes", "NG205")
    assert other.why.startswith("hidden from the unit")
    assert not entries["/proc"].reached
    assert entries["/run/secrets/db"].why.startswith("InaccessiblePaths of the unit")


NEWER = {"release": "26.11"}
ESCAPED = r"systemd.services.forgejo-runner-actions\x2dnative.serviceConfig"


@pytest.mark.parametrize(
    ("runner", "settings", "account"),
    [
        (native(), {}, "gitea-runner"),
        (native(), {"options": {f"{CONFIG}.User": "ci"}}, "ci"),
        (native(), {"options": {f"{CONFIG}.User": nix.raw('lib.mkForce "ci"')}}, "ci"),
        (native(), {"options": {f"{CONFIG}.User": nix.ref("config.my.user")}}, None),
        (native(uuid=UUID), NEWER, "forgejo-runner-native"),
        (native(name="actions-native", uuid=UUID), NEWER, "_du569649afad05516b"),
        (
            native(name="actions-native", uuid=UUID),
            NEWER | {"options": {f"{ESCAPED}.User": "ci"}},
            "ci",
        ),
    ],
)
def test_who_jobs_are(runner, settings, account) -> None:
    """The account is the one that systemd runs the unit as: named by its module, by an option, or
    by the unit itself, whose hashed name is a real systemd's (real/test_dynamic_user.py). What Nix
    has to evaluate is not known.
    """
    (found,) = access(runs(runner, **settings)[0])
    assert found.account == account


def test_a_job_of_a_hashed_user_reads_what_is_its_own() -> None:
    """The hashed name counts wherever the user does: a secret of that group is read."""
    user = "_du569649afad05516b"
    runner = native(name="actions-native", uuid=UUID)
    hosts = runs(runner, secrets=[secret(mode=0o440, group=user)], release="26.11")
    assert reached(hosts, "actions-native")["/run/secrets/db"].reach == "reads"
    state = reached(hosts, "actions-native")["/var/lib/forgejo-runner/actions-native"]
    assert state.why == f"jobs run as '{user}', which owns it"


def test_a_user_of_its_own_does_not_part_one_state_folder() -> None:
    """Two users, one StateDirectory: systemd hands all of it to whichever unit starts last."""
    options = {f"{CONFIG}.User": "ci"}
    other = reached(runs(native(), container(), options=options))["/var/lib/gitea-runner/boxed"]
    assert (other.reach, other.code) == ("writes", "NG205")
    assert (
        other.why == "both have /var/lib/gitea-runner, which systemd gives to whichever starts last"
    )
    apart = options | {f"{CONFIG}.StateDirectory": "ci"}
    assert "/var/lib/gitea-runner/boxed" not in reached(runs(native(), container(), options=apart))
