"""Secrets and runners as the Python that makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nixgen.model.base import fields_of
from nixgen.model.limits import NixDaemon, ResourceLimits
from nixgen.model.runner import Runner, RunnerCache
from nixgen.model.runner_module import GITEA_ACTIONS_RUNNER, module_of
from nixgen.model.runner_token import TokenFile
from nixgen.model.scope import Scope
from nixgen.model.secret import Generated, TerraformVariable, VaultSecret
from nixgen.project.adopting.python_text import Code, call, listed, literal, quoted, texts
from nixgen.project.adopting.values import code_of


def secret_code(secret: VaultSecret, users: Sequence[Runner]) -> Code:
    """The call that makes a secret; `users` are the runners whose token it is."""
    derived = tuple(str(runner.unit) for runner in users)
    services = tuple(secret.services or ())
    return call(
        "VaultSecret",
        name=quoted(secret.name),
        path=_optional(secret.path),
        key=_optional(secret.key),
        mode=None if secret.mode == 0o400 else f"0o{secret.mode:o}",
        owner=None if secret.owner == "root" else quoted(secret.owner),
        group=None if secret.group == "root" else quoted(secret.group),
        services=None if services == derived else literal(list(services)),
        output=_optional(secret.output),
        terraform=_terraform(secret.terraform),
        notes=texts(secret.notes),
    )


def _terraform(how: TerraformVariable | Generated | None) -> Code | None:
    """Where the value comes from; None for what is the default."""
    if how is None:
        return "None"
    if isinstance(how, Generated):
        length = None if how.length == Generated().length else repr(how.length)
        return call("Generated", length=length)
    made = call(
        "TerraformVariable",
        name=_optional(how.name),
        description=_optional(how.description),
        type=None if how.type == "string" else quoted(how.type),
        default=_optional(how.default),
        sensitive=None if how.sensitive else "False",
    )
    return made if made.items else None


def _optional(text: str | None) -> Code | None:
    return None if text is None else quoted(text)


def runner_code(runner: Runner, variables: Mapping[int, str], release: str) -> Code:
    """The call that makes a runner on a host of a NixOS release.

    `variables` has the names of secrets by their identity.
    """
    # One in a set of forgejo-runner has to name that module on every release.
    follows = module_of(release) is runner.module is GITEA_ACTIONS_RUNNER
    token: Code = (
        call(type(runner.token).__name__, path=quoted(runner.token.path))
        if isinstance(runner.token, TokenFile)
        else variables[id(runner.token)]
    )
    return call(
        type(runner).__name__,
        name=quoted(runner.name),
        display_name=None if runner.display_name is None else _expression(runner.display_name),
        url=quoted(runner.url),
        token=token,
        labels=listed([quoted(str(label)) for label in runner.labels]),
        scope=scope_code(runner.scope),
        enable=None if runner.enable else "False",
        capacity=None if runner.capacity is None else repr(runner.capacity),
        cache=None if runner.cache is None else _cache(runner.cache),
        host_packages=listed([_expression(each) for each in runner.host_packages])
        if runner.host_packages
        else None,
        settings=literal(runner.settings) if runner.settings else None,
        uuid=_optional(runner.uuid),
        nixos_module=None if follows else quoted(runner.module.name),
        limits=None if runner.limits is None else _limits(runner.limits),
        notes=texts(runner.notes),
    )


def daemon_code(daemon: NixDaemon) -> Code:
    """The call that makes limits of builds."""
    return call(
        "NixDaemon",
        limits=None if daemon.limits is None else _limits(daemon.limits),
        max_jobs=None if daemon.max_jobs is None else literal(daemon.max_jobs),
        cores=None if daemon.cores is None else literal(daemon.cores),
    )


def _limits(limits: ResourceLimits) -> Code:
    """Those that differ from what is given where nothing is said."""
    fields: dict[str, Code | None] = {}
    for field in fields_of(ResourceLimits):
        value = getattr(limits, field.name)
        if field.init and value != field.default:
            fields[field.name] = literal(value if isinstance(value, int | None) else str(value))
    return call("ResourceLimits", **fields)


def _cache(cache: RunnerCache) -> Code:
    enabled = None if cache.enabled else "False"
    return call("RunnerCache", enabled=enabled, dir=_optional(cache.dir))


def _expression(value: Any) -> Code:
    return quoted(value) if isinstance(value, str) else code_of(value)


def scope_code(scope: Scope) -> Code:
    """The call that makes a scope."""
    fields = {
        field: quoted(getattr(scope, field))
        for field in ("user", "organization", "repository")
        if isinstance(getattr(scope, field, None), str)
    }
    return call(type(scope).__name__, **fields)
