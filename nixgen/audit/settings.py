"""The options that a host sets, whether in its parts or in modules of its own, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from nixgen.audit.definitions import definitions
from nixgen.model.base import ModelObject
from nixgen.model.expressions import PLAIN, Path, fixed_name
from nixgen.model.host import Host
from nixgen.model.module import Entries, Module, bare, innermost
from nixgen.model.origin import Origin
from nixgen.model.profile import Option
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret
from nixgen.nix import build, nodes
from nixgen.nix.data import NotDataError, to_python


@frozen
class Setting:
    """A definition of an option, and where it was made; of several the lowest priority counts."""

    path: Path
    expression: nodes.Expression
    origin: Origin
    priority: int = PLAIN

    @property
    def value(self) -> Any:
        """The value as Python data, or None where it is no literal data."""
        return literal(self.expression)

    @property
    def items(self) -> list[Any]:
        """What is in the value for sure: of a list the items that are literal data, whatever else
        Nix adds to it.
        """
        return list(_items(self.expression))

    @property
    def name(self) -> str:
        """The option as people write it."""
        return build.join_path(self.path)


def _items(expression: nodes.Expression) -> Iterator[Any]:
    match expression:
        case nodes.Parentheses(inner) | nodes.With(_, inner):
            yield from _items(inner)
        case nodes.BinaryOperation(left, "++", right):
            yield from _items(left)
            yield from _items(right)
        case nodes.List(items):
            yield from (value for each in items if (value := literal(each)) is not None)
        case _:
            value = literal(expression)
            yield from value if isinstance(value, list) else [] if value is None else [value]


def literal(expression: nodes.Expression) -> Any:
    """The Python data of an expression, or None where Nix has to evaluate it."""
    try:
        return to_python(expression)
    except NotDataError:
        return None


def host_settings(host: Host) -> Iterator[Setting]:
    """The options that the host, its parts and its modules set.

    Of a module that is one raw expression, the set inside its functions is looked into. What is
    inherited, or has a computed name, is left out.
    """
    for path, definition in host.composition.options.items():
        yield from _inside(definition.value, path, definition.origin)
    for module in host.modules:
        yield from module_settings(module)


def taken(settings: Iterable[Setting]) -> dict[Path, list[Setting]]:
    """The definitions of each option that NixOS takes: all of those with the lowest priority."""
    found: dict[Path, list[Setting]] = {}
    for setting in settings:
        several = found.setdefault(setting.path, [])
        if several and setting.priority < several[0].priority:
            several.clear()
        if not several or setting.priority == several[0].priority:
            several.append(setting)
    return found


_OLD_NAMES = {
    "trustedUsers": "trusted-users",
    "allowedUsers": "allowed-users",
    "sandboxPaths": "sandbox-paths",
    "maxJobs": "max-jobs",
    "buildCores": "cores",
}
"""What nixpkgs still takes for `nix.settings.*` below `nix`: `nix-daemon.nix`, renamed options."""


def nix_conf_settings(settings: Iterable[Setting]) -> Iterator[Setting]:
    """What else becomes a line of nix.conf, as the option `nix.settings.*` that says the same: old
    names, and the lines of `nix.extraOptions`. `settings` are the definitions that NixOS takes.
    """
    for setting in settings:
        if setting.path == ("nix", "extraOptions") and isinstance(setting.value, str):
            for line in setting.value.splitlines():
                name, equals, value = line.partition("#")[0].partition("=")
                if equals:  # it is the last line of that name, which is the one that counts
                    path = ("nix", "settings", name.strip())
                    yield Setting(path, build.node(value.strip()), setting.origin, priority=0)
        elif len(setting.path) == 2 and setting.path[0] == "nix" and setting.path[1] in _OLD_NAMES:
            path = ("nix", "settings", _OLD_NAMES[setting.path[1]])
            yield evolve(setting, path=path)


def module_settings(module: Module) -> Iterator[Setting]:
    """The options that one module sets beside its secrets, runners and limits."""
    yield from map(_without_config, _content(module, module.content, ()))
    if module.frame is not None:
        body = innermost(module.frame)
        if isinstance(body, nodes.AttributeSet):
            yield from map(_without_config, _inside(body, (), module.origin.at("frame")))


def _without_config(setting: Setting) -> Setting:
    """`config.a.b` of a module is the option `a.b`."""
    if setting.path[:1] != ("config",):
        return setting
    return evolve(setting, path=setting.path[1:])


def _content(owner: Module | Entries, content: Iterable[Any], outer: Path) -> Iterator[Setting]:
    """Options among the items of a module, or of a set in it."""
    origin = owner.origin.at("content")
    for item in content:
        if isinstance(item, Mapping):
            yield from _nested(owner, item, outer)
        elif isinstance(item, nodes.Binding):
            yield from _entry(item, outer, origin)


def _nested(owner: ModelObject, options: Mapping[str, Any], outer: Path) -> Iterator[Setting]:
    """Options inside dicts, whose keys are attribute paths at every depth."""
    for key, given in options.items():
        path = (*outer, *build.split_path(key))
        value = bare(given)
        if isinstance(value, Mapping):
            yield from _nested(owner, value, path)
        elif isinstance(value, Entries):
            yield from _content(value, value.content, path)
        elif not isinstance(value, (VaultSecret, Runner)):
            origin = given.origin if isinstance(given, Option) else owner.origin.at("content")
            yield from _inside(build.node(value), path, origin)


def _inside(
    value: nodes.Expression, path: Path, origin: Origin, priority: int = PLAIN
) -> Iterator[Setting]:
    """The options in a value, in sets at every depth."""
    for each, own in definitions(value, priority):
        if isinstance(each, nodes.AttributeSet) and each.entries:
            for entry in each.entries:
                if isinstance(entry, nodes.Binding):
                    yield from _entry(entry, path, origin, own)
        elif path:
            yield Setting(path, each, origin, own)


def _entry(
    entry: nodes.Binding, outer: Path, origin: Origin, priority: int = PLAIN
) -> Iterator[Setting]:
    names = [fixed_name(name) for name in entry.path.names]
    path = tuple(name for name in names if name is not None)
    if len(path) == len(names):
        yield from _inside(entry.value, (*outer, *path), origin, priority)
