"""Instances of the modules for runners to runners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nixgen.emit.runners import instance
from nixgen.errors import ModelError
from nixgen.model.base import changed
from nixgen.model.runner import ContainerRunner, NativeRunner, Runner, RunnerCache
from nixgen.model.runner_module import RunnerModule
from nixgen.model.runner_token import TokenFile, TokenOption
from nixgen.model.scope import Scope
from nixgen.model.secret import VaultSecret
from nixgen.nix import build, nodes
from nixgen.nix.data import NotDataError, to_python
from nixgen.nix.names import is_static, static_name
from nixgen.nix.printing.printer import print_expression
from nixgen.project.adopting.objects import difference, same, sound
from nixgen.project.reading.entries import data_of, dotted_of, plain_text
from nixgen.project.reading.places import Place, attributes, pieces


def runner_of(
    place: Place, module: RunnerModule, secrets: Sequence[VaultSecret], scope: Scope
) -> Runner | str:
    """The runner that an instance of a module is, which names the module; or why it is none."""
    settings = _settings(place)
    if settings is None:
        return "settings are no plain data"
    values = attributes(place)
    own = _of_forgejo(place, settings) if module.wants_uuid else _of_gitea(values)
    labels, path = own.pop("labels"), own.pop("path")
    if not isinstance(path, str):
        return "it names no file with its token"
    if not isinstance(labels, list):
        return "labels are no plain data"
    token = next((each for each in secrets if each.output_path == path), None)
    fields: dict[str, Any] = {
        "name": place.name,
        "token": token or sound(TokenFile if path.startswith("/") else TokenOption, path=path),
        "labels": labels,
        "scope": scope,
        "enable": data_of(values.get("enable")) is not False,
        "host_packages": _packages(values.get("hostPackages")),
        "nixos_module": module.name,
        "notes": place.notes,
        **own,
    }
    kind = ContainerRunner if any(":docker:" in str(label) for label in labels) else NativeRunner
    wrong = ""
    for said in _with_settings(settings, f"{module.state}/{place.name}"):
        try:
            made = kind(**fields, **said)
        except ModelError as error:
            wrong = error.diagnostics[0].summary
            continue
        bare = changed(made, display_name=None)
        made = bare if same(instance(bare), place) else made
        if same(instance(made), place):
            return made
        wrong = difference(instance(made), place)
    return wrong


def _of_gitea(values: Mapping[str, nodes.Expression]) -> dict[str, Any]:
    """What `services.gitea-actions-runner` says of a runner in its own way."""
    return {
        "labels": data_of(values.get("labels")),
        "path": _path(values.get("tokenFile")),
        "url": data_of(values.get("url")),
        "display_name": _display_name(values.get("name")),
    }


def _path(node: nodes.Expression | None) -> str | None:
    """A path that is text, or the option that has it; an absolute path begins with a slash."""
    match node:
        case nodes.Select(nodes.Identifier("config"), path, None):
            dotted = dotted_of(path)
            return None if dotted is None else f"config.{dotted}"
    return plain_text(node)


def _of_forgejo(place: Place, settings: dict[str, Any]) -> dict[str, Any]:
    """What `services.forgejo-runner` says in its own way, taken out of the settings."""
    connection = _taken(settings, "server", "connections", "default")
    connection = connection if isinstance(connection, dict) else {}
    secrets = pieces(place.body, ("secrets", "server", "connections", "default"))
    urls = [each.binding.value for each in secrets if each.inside == ("token_url",)]
    return {
        "labels": _taken(settings, "runner", "labels"),
        "path": _path(urls[0] if urls else None),
        "url": connection.get("url"),
        "uuid": connection.get("uuid"),
    }


def _taken(data: dict[str, Any], name: str, *inner: str) -> Any:
    """Takes a value, if there is one, out of nested sets, with those that are empty then."""
    found = data.get(name)
    if not inner:
        return data.pop(name, None)
    if not isinstance(found, dict):
        return None
    value = _taken(found, *inner)
    if not found:
        del data[name]
    return value


def _settings(place: Place) -> dict[str, Any] | None:
    """The settings as data, empty where there are none; None where they are no data."""
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


def _with_settings(settings: dict[str, Any], state: str) -> Iterator[dict[str, Any]]:
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
        if folder == f"{state}/cache":
            folder = None
        own = sound(RunnerCache, enabled=cache["enabled"], dir=folder)
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
