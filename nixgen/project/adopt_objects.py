"""Entries of Nix files to secrets and runners: those whose object emits what the file has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from attrs import evolve, frozen

from nixgen.emit.gitea_actions_runner import instance
from nixgen.emit.vault_secrets import secret_options
from nixgen.errors import ModelError
from nixgen.model.base import ModelObject
from nixgen.model.host import Host
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
from nixgen.nix.spans import tokens
from nixgen.project.adopt_values import code_of, notes_of
from nixgen.project.python_text import Code, call, listed, literal, quoted, texts

SECRETS = ("vault", "secrets")
RUNNERS = ("services", "gitea-actions-runner", "instances")

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


def scope_code(scope: Scope) -> Code:
    """The call that makes a scope."""
    fields = {
        field: quoted(getattr(scope, field))
        for field in ("user", "organization", "repository")
        if isinstance(getattr(scope, field, None), str)
    }
    return call(type(scope).__name__, **fields)


@frozen
class Place:
    """A binding `<prefix>.<name> = { ... };` of plain entries, with the comments above it."""

    name: str
    values: Mapping[str, nodes.Expression]
    notes: Sequence[str]
    binding: nodes.Binding


def place_of(entry: nodes.Entry, prefix: tuple[str, ...]) -> Place | None:
    """The place; None where the entry is another one, or has comments that an object has not."""
    if not isinstance(entry, nodes.Binding) or len(entry.path.names) != len(prefix) + 1:
        return None
    if not all(map(is_static, entry.path.names)):
        return None
    *outer, name = map(static_name, entry.path.names)
    value = entry.value
    if tuple(outer) != prefix or not isinstance(value, nodes.AttributeSet) or value.recursive:
        return None
    first, *others = tokens(entry)
    notes = notes_of(tuple(each for each in first.leading if not _blank(each)))
    if notes is None or any(not note or note.startswith("#") for note in notes):
        return None
    if first.trailing or any(map(_has_comment, others)):
        return None
    flat = dict(_flat(value))
    return Place(name, flat, notes, entry)


def _blank(trivia: nodes.Trivia) -> bool:
    return isinstance(trivia, nodes.BlankLine)


def _has_comment(token: nodes.Token) -> bool:
    return token.trailing is not None or not all(map(_blank, token.leading))


def _flat(node: nodes.AttributeSet) -> Iterator[tuple[str, nodes.Expression]]:
    """Entries by their paths of two levels at most: `settings.runner`."""
    for entry in node.entries:
        if isinstance(entry, nodes.Binding) and all(map(is_static, entry.path.names)):
            yield build.join_path([static_name(name) for name in entry.path.names]), entry.value


def _sound(kind: type[_Made], **fields: Any) -> _Made | None:
    """The object; None where the model refuses it."""
    try:
        return kind(**fields)
    except (ModelError, ValueError, TypeError):
        return None


def _same(made: nodes.Binding, entry: nodes.Binding) -> bool:
    """Whether what an object emits says what the file says."""
    return same_values(nodes.AttributeSet((made,)), nodes.AttributeSet((entry,)))


def _text(node: nodes.Expression | None) -> str | None:
    return value if isinstance(value := _data(node), str) else None


def _data(node: nodes.Expression | None) -> Any:
    try:
        return None if node is None else to_python(node)
    except NotDataError:
        return None


def secret_of(place: Place, host: str) -> VaultSecret | None:
    """The secret that an entry of `vault.secrets` is; its `services` are explicit."""
    given = {name: _data(node) for name, node in place.values.items()}
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
    if made is None or owner is None or not _same(secret_options(made, owner), place.binding):
        return None
    return made


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
        terraform="None",
        notes=texts(secret.notes),
    )


def _optional(text: str | None) -> Code | None:
    return None if text is None else quoted(text)


def runner_of(place: Place, secrets: Sequence[VaultSecret], scope: Scope) -> Runner | None:
    """The runner that an instance is."""
    values = place.values
    labels, path = _data(values.get("labels")), _text(values.get("tokenFile"))
    if path is None or not isinstance(labels, list) or not all(isinstance(x, str) for x in labels):
        return None
    token = next((each for each in secrets if each.output_path == path), None)
    settings = _settings(place)
    if settings is None:
        return None
    fields: dict[str, Any] = {
        "name": place.name,
        "display_name": _display_name(values.get("name")),
        "url": _text(values.get("url")),
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
        made = bare if _same(instance(bare), place.binding) else made
        if _same(instance(made), place.binding):
            return made
    return None


def _settings(place: Place) -> dict[str, Any] | None:
    """The settings as data; None where they are not."""
    value = place.binding.value
    assert isinstance(value, nodes.AttributeSet)
    entries = tuple(
        entry
        for entry in value.entries
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
    text = _text(node)
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


def runner_code(runner: Runner, variables: Mapping[int, str]) -> Code:
    """The call that makes a runner; `variables` has the names of secrets by their identity."""
    token: Code = (
        call("TokenFile", path=quoted(runner.token.path))
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
        notes=texts(runner.notes),
    )


def _cache(cache: RunnerCache) -> Code:
    enabled = None if cache.enabled else "False"
    return call("RunnerCache", enabled=enabled, dir=_optional(cache.dir))


def _expression(value: Any) -> Code:
    return quoted(value) if isinstance(value, str) else code_of(value)
