"""Runners as instances of `services.gitea-actions-runner`.

Options and their meaning: nixpkgs,
`nixos/modules/services/continuous-integration/gitea-actions-runner.nix`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nixgen.emit.contribution import Cause, derived, given
from nixgen.emit.nesting import Leaf, nest
from nixgen.model.expressions import leaves
from nixgen.model.runner import ContainerRunner, Runner
from nixgen.model.runner_token import TokenFile, TokenOption
from nixgen.nix import build, nodes

_SIMPLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_'-]*(\.[A-Za-z_][A-Za-z0-9_'-]*)*")


def container_runtime(runner: ContainerRunner) -> nodes.Binding:
    """The module wants docker or podman to be enabled where a label is a container's."""
    return build.bind(
        ("virtualisation", runner.runtime, "enable"), True, origin=given(runner, "runtime")
    )


def attributes(runner: Runner) -> Iterator[nodes.Binding]:
    """What stands in an instance of the module."""
    yield _bind("enable", runner.enable, given(runner, "enable"))
    yield _bind("name", *_display_name(runner))
    yield _bind("url", runner.url, given(runner, "url"))
    yield _bind("tokenFile", *token_file(runner))
    labels = [str(label) for label in runner.labels]
    yield _bind("labels", labels, given(runner, "labels"))
    if runner.host_packages:
        yield _bind("hostPackages", packages(runner), given(runner, "host_packages"))
    yield from nest(settings_leaves(runner))


def _bind(name: str, value: object, cause: Cause) -> nodes.Binding:
    return build.bind((name,), value, origin=cause)


def _display_name(runner: Runner) -> tuple[object, Cause]:
    if runner.display_name is not None:
        return runner.display_name, given(runner, "display_name")
    name = build.text(build.ref("config.networking.hostName"), f"-{runner.short_name}")
    return name, derived(runner, "name", "the host's name and the runner's")


def token_file(runner: Runner) -> tuple[object, Cause]:
    """The path of the file with the token, and why it is that one."""
    if isinstance(runner.token, TokenFile):
        path = runner.token.path
        value = build.ref(path) if isinstance(runner.token, TokenOption) else path
        return value, given(runner.token, "path")
    field = "name" if runner.token.output is None else "output"
    cause = derived(runner.token, field, "the file of the secret")
    return runner.token_path, Cause(cause.what, (*cause.origins, runner.origin.at("token")))


def packages(runner: Runner) -> nodes.Expression:
    """`with pkgs; [ ... ]`; an expression that is no package's name stands in it as given."""
    return build.with_pkgs(*runner.host_packages)


def settings_leaves(runner: Runner) -> Iterator[Leaf]:
    """The runner's own configuration file, as far as fields and `settings` say it."""
    if runner.capacity is not None:
        value = build.node(runner.capacity)
        yield Leaf(("settings", "runner", "capacity"), value, given(runner, "capacity"))
    for path, value in leaves(build.node(runner.settings)):
        if path:
            yield Leaf(("settings", *path), value, given(runner, "settings"))
    if runner.cache is not None:
        enabled = build.node(runner.cache.enabled)
        yield Leaf(("settings", "cache", "enabled"), enabled, given(runner.cache, "enabled"))
        if runner.cache.enabled:
            cause = (
                derived(runner, "name", "the cache's folder in the runner's state")
                if runner.cache.dir is None
                else given(runner.cache, "dir")
            )
            yield Leaf(("settings", "cache", "dir"), build.node(runner.cache_folder), cause)
