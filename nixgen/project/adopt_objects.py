"""Entries of Nix files to secrets and runners: those whose object emits what the file has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from attrs import evolve

from nixgen.emit.gitea_actions_runner import instance
from nixgen.emit.runners import unit_settings
from nixgen.emit.vault_secrets import secret_options
from nixgen.errors import ModelError
from nixgen.model.base import ModelObject
from nixgen.model.host import Host
from nixgen.model.limits import ResourceLimits
from nixgen.model.runner import (
    ContainerRunner,
    GlobalScope,
    NativeRunner,
    OrganizationScope,
    RepositoryScope,
    Runner,
    RunnerCache,
    Scope,
    TokenFile,
    UserScope,
)
from nixgen.model.secret import VaultSecret
from nixgen.nix import build, nodes
from nixgen.nix.data import NotDataError, to_python
from nixgen.nix.meaning import same_values
from nixgen.nix.names import is_static, static_name
from nixgen.nix.printing.printer import print_expression
from nixgen.project.adopt_places import Place, emptied, has_comment, pieces

SECRETS = ("vault", "secrets")
RUNNERS = ("services", "gitea-actions-runner", "instances")

_LIMITS = {
    "MemoryHigh": "memory_high",
    "MemoryMax": "memory_max",
    "OOMPolicy": "oom_policy",
    "CPUQuota": "cpu_quota",
    "TasksMax": "tasks_max",
    "IOWeight": "io_weight",
}

_Made = TypeVar("_Made", bound=ModelObject)


def scope_of(text: str) -> Scope:
    """From `user:NAME`, `org:NAME`, `repo:OWNER/NAME` or `global`.

    Raises ValueError for another form, and for a name that Forgejo does not allow.
    """
    kind, _, name = text.partition(":")
    made: Scope | None = None
    if text == "global":
        made = GlobalScope()
    elif kind == "user":
        made = _sound(UserScope, user=name)
    elif kind == "org":
        made = _sound(OrganizationScope, organization=name)
    elif kind == "repo":
        made = _sound(RepositoryScope, repository=name)
    if made is None:
        raise ValueError(
            f"{text!r} is no scope; allowed are user:NAME, org:NAME, repo:OWNER/NAME and global"
        )
    return made


def _sound(kind: type[_Made], **fields: Any) -> _Made | None:
    """The object; None where the model refuses it."""
    try:
        return kind(**fields)
    except (ModelError, ValueError, TypeError):
        return None


def _same(made: nodes.Binding, place: Place) -> bool:
    """Whether what an object emits says what the file says."""
    return same_values(nodes.AttributeSet((made,)), place.whole)


def _attributes(place: Place) -> dict[str, nodes.Expression]:
    """The values of a place by their paths."""
    return {
        build.join_path([static_name(name) for name in entry.path.names]): entry.value
        for entry in place.body.entries
        if isinstance(entry, nodes.Binding) and all(map(is_static, entry.path.names))
    }


def plain_text(node: nodes.Expression | None) -> str | None:
    """The text of a string that is known without evaluation; None for any other expression."""
    return value if isinstance(value := _data(node), str) else None


def _data(node: nodes.Expression | None) -> Any:
    try:
        return None if node is None else to_python(node)
    except NotDataError:
        return None


def secret_of(place: Place, host: str) -> VaultSecret | None:
    """The secret that an entry of `vault.secrets` is; its `services` are explicit."""
    given = {name: _data(node) for name, node in _attributes(place).items()}
    mode, folder = given.get("mode"), given.get("outputDir")
    if not isinstance(mode, str) or not mode.isdigit() or set(mode) & {"8", "9"}:
        return None
    path = given.get("secretPath")
    fields = {
        "key": given.get("extractKey"),
        "path": None if path == f"hosts/{host}/{place.name}" else path,
        "mode": int(mode, 8),
        "owner": given.get("owner", "root"),
        "group": given.get("group", "root"),
        "services": given.get("services", ()),
        "output": f"{folder}/{place.name}" if isinstance(folder, str) else None,
    }
    made = _sound(VaultSecret, name=place.name, terraform=None, notes=place.notes, **fields)
    owner = _sound(Host, name=host, release="25.11", secrets=[made]) if made else None
    if made is None or owner is None or not _same(secret_options(made, owner), place):
        return None
    return made


def runner_of(place: Place, secrets: Sequence[VaultSecret], scope: Scope) -> Runner | None:
    """The runner that an instance is."""
    values = _attributes(place)
    labels, path = _data(values.get("labels")), plain_text(values.get("tokenFile"))
    if path is None or not isinstance(labels, list) or not all(isinstance(x, str) for x in labels):
        return None
    token = next((each for each in secrets if each.output_path == path), None)
    settings = _settings(place)
    if settings is None:
        return None
    fields: dict[str, Any] = {
        "name": place.name,
        "display_name": _display_name(values.get("name")),
        "url": plain_text(values.get("url")),
        "token": token or _sound(TokenFile, path=path),
        "labels": labels,
        "scope": scope,
        "enable": _data(values.get("enable")),
        "host_packages": _packages(values.get("hostPackages")),
        "notes": place.notes,
    }
    kind = ContainerRunner if any(":docker:" in label for label in labels) else NativeRunner
    for own in _with_settings(settings, place.name):
        made = _sound(kind, **fields, **own)
        if made is None:
            continue
        bare = evolve(made, display_name=None)
        made = bare if _same(instance(bare), place) else made
        if _same(instance(made), place):
            return made
    return None


def _settings(place: Place) -> dict[str, Any] | None:
    """The settings as data; None where they are not."""
    entries = tuple(
        entry
        for entry in place.body.entries
        if isinstance(entry, nodes.Binding)
        and is_static(entry.path.names[0])
        and static_name(entry.path.names[0]) == "settings"
    )
    try:
        made = to_python(nodes.AttributeSet(entries)).get("settings", {})
    except NotDataError:
        return None
    return made if isinstance(made, dict) else None


def _with_settings(settings: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """Ways to say the settings, the one with the most fields of their own first."""
    rest = dict(settings)
    fields: dict[str, Any] = {}
    runner = rest.get("runner")
    if isinstance(runner, dict) and "capacity" in runner:
        fields["capacity"] = runner["capacity"]
        rest["runner"] = {key: value for key, value in runner.items() if key != "capacity"}
        if not rest["runner"]:
            del rest["runner"]
    cache = rest.get("cache")
    if isinstance(cache, dict) and cache.get("enabled") is not None:
        folder = cache.get("dir")
        if folder == f"/var/lib/gitea-runner/{name}/cache":
            folder = None
        own = _sound(RunnerCache, enabled=cache["enabled"], dir=folder)
        if own is not None:
            without = {key: value for key, value in rest.items() if key != "cache"}
            yield {**fields, "cache": own, "settings": without}
    yield {**fields, "settings": rest}
    yield {"settings": settings}


def _display_name(node: nodes.Expression | None) -> Any:
    text = plain_text(node)
    return node if text is None else text


def _packages(node: nodes.Expression | None) -> list[Any]:
    """The items of `with pkgs; [ ... ]`; a plain name is its text."""
    match node:
        case nodes.With(nodes.Identifier("pkgs"), nodes.List(items)):
            return [
                print_expression(each)
                if isinstance(each, nodes.Identifier | nodes.Select)
                and build.ref(print_expression(each)) == each
                else each
                for each in items
            ]
    return []


def with_limits(runner: Runner, body: nodes.AttributeSet) -> tuple[Runner, Sequence[nodes.Binding]]:
    """A runner with the limits that a file sets for its unit, and the bindings that say them.

    The runner as it is, and none, where there are no limits, or a comment would be lost.
    """
    found: dict[str, Any] = {}
    said: list[nodes.Binding] = []
    for piece in pieces(body, ("systemd", "services", str(runner.unit), "serviceConfig")):
        field = _LIMITS.get(".".join(piece.inside))
        value = _data(piece.binding.value)
        if field is not None and isinstance(value, str | int) and not has_comment(piece.binding):
            found[field] = value
            said.append(piece.binding)
    limits = _sound(ResourceLimits, **{"oom_policy": None, **found})
    made = None if limits is None else _sound_copy(runner, limits=limits)
    path = build.path(("systemd", "services", str(runner.unit), "serviceConfig"))
    values = tuple(evolve(each, path=nodes.AttributePath(each.path.names[-1:])) for each in said)
    expected = nodes.AttributeSet((nodes.Binding(path, nodes.AttributeSet(values)),))
    empty = emptied(body, {id(each) for each in said})
    if made is None or any(map(has_comment, empty)):
        return runner, ()
    if not same_values(nodes.AttributeSet(tuple(unit_settings(made))), expected):
        return runner, ()
    return made, (*said, *empty)


def _sound_copy(runner: Runner, **fields: Any) -> Runner | None:
    try:
        return evolve(runner, **fields)
    except ModelError:
        return None
