"""Runners as instances of `services.forgejo-runner`, which NixOS has from 26.11 on.

Options and their meaning: nixpkgs,
`nixos/modules/services/continuous-integration/forgejo-runner.nix`. There is one connection,
`default`. The runner does not tell the forge a name: it keeps the one that it was created under.
"""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.emit.contribution import given
from nixgen.emit.gitea_actions_runner import packages, settings_leaves, token_file
from nixgen.emit.nesting import Leaf, nest
from nixgen.model.runner import Runner
from nixgen.model.runner_module import GITEA_ACTIONS_RUNNER
from nixgen.model.values import UnitName
from nixgen.nix import build, nodes

_CONNECTION = ("server", "connections", "default")


def attributes(runner: Runner) -> Iterator[nodes.Binding]:
    """What stands in an instance of the module."""
    yield build.bind(("enable",), runner.enable, origin=given(runner, "enable"))
    if runner.host_packages:
        cause = given(runner, "host_packages")
        yield build.bind(("hostPackages",), packages(runner), origin=cause)
    yield from nest((*_connection(runner), *settings_leaves(runner)))
    path, cause = token_file(runner)
    yield build.bind(("secrets", *_CONNECTION, "token_url"), path, origin=cause)


def _connection(runner: Runner) -> Iterator[Leaf]:
    labels = build.node([str(label) for label in runner.labels])
    yield Leaf(("settings", "runner", "labels"), labels, given(runner, "labels"))
    where = ("settings", *_CONNECTION)
    yield Leaf((*where, "url"), build.node(runner.url), given(runner, "url"))
    yield Leaf((*where, "uuid"), build.node(runner.uuid), given(runner, "uuid"))


def migration(runner: Runner, host: str) -> tuple[str, ...]:
    """The steps from `services.gitea-actions-runner` for a runner that is registered; Markdown.

    `runner` is as the host's release has it. No step shows the token.
    """
    old = f"{GITEA_ACTIONS_RUNNER.state}/{runner.name}"
    old_unit = UnitName.of(GITEA_ACTIONS_RUNNER.unit_prefix, runner.name)
    read = (
        f"On `{host}`, while `{old_unit}.service` still runs: `{old}/.runner` is the registration, "
        f"JSON with a uuid and a token. Read the uuid: `jq -r .uuid {old}/.runner`. The forge "
        "knows the runner by both, so it is not registered again."
    )
    secret = (
        "Make the token of that file the new value of the secret: alone, without `TOKEN=`. It is "
        f"what `{runner.token_path}` is to hold; the registration token is of no use any more."
    )
    deploy = (
        f"Let the runner's jobs finish, then deploy. `{runner.unit}.service` takes the place of "
        f"`{old_unit}.service`; it runs as a user of its own, in `{runner.state_folder}`."
    )
    return (
        read,
        f'Write `uuid="..."` on the runner `{runner.name}` in hosts/, if it is not there yet.',
        secret,
        deploy,
        f"See the runner online at {runner.url}, and let it run a job.",
        f"Remove `{old}`: whoever reads the registration in it is that runner. Caches start empty.",
    )
