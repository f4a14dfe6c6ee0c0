"""Names inside the value of an option that somebody meant as attribute paths.

Keys of nested dicts are names, whatever characters they hold: `{"net.ipv4.ip_forward": 1}` in
`boot.kernel.sysctl`, `{"example.org": ...}` in `services.nginx.virtualHosts`. What tells a path is
a quoted part, which a name never needs here, and a dot where NixOS has names of its own only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from nixgen.model.expressions import fixed_path, without_override
from nixgen.nix import build, nodes

# Sets of NixOS whose direct members are options it declares; none of them has a dot in its name.
_NAMESPACES = frozenset(
    [
        *("boot", "console", "documentation", "environment", "fonts", "hardware", "i18n"),
        *("networking", "nix", "nixpkgs", "powerManagement", "programs", "security", "services"),
        *("system", "systemd", "time", "users", "virtualisation", "xdg"),
    ]
)


Steps: TypeAlias = tuple[str | int, ...]
"""Keys of dicts and indices of lists that lead into a value."""


class Misread(NamedTuple):
    """A name that was meant as a path: the keys that lead to it, what is wrong, what to write."""

    keys: Steps
    summary: str
    advice: str


def misread_names(option: str, value: Any) -> Iterator[Misread]:
    """The names inside the value of an option that were meant as paths."""
    for keys, key in _keys(value):
        quoted = '"' in key
        path = _path(key) if quoted or "." in key else ()
        in_namespace = not keys and option in _NAMESPACES
        if path and (quoted or in_namespace):
            what = "a name with quotes" if quoted else "one name with a dot"
            place = option + "".join(f"[{step!r}]" for step in keys)
            yield Misread(
                (*keys, key),
                f"{place}: the key {key!r} would be {what} in it",
                _advice(f"{option}.{key}" if in_namespace else "", path),
            )


def _keys(value: Any, outer: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """The keys of all dicts in a value, each with those that lead there.

    `default(...)` and its like have made the sets of Nix of their dicts; these are looked into.
    """
    if isinstance(value, nodes.Apply | nodes.Parentheses):
        value = without_override(value)
    if isinstance(value, nodes.AttributeSet):
        for entry in value.entries:
            names = fixed_path(entry) or ()
            yield from ((outer + names[:index], name) for index, name in enumerate(names))
            if isinstance(entry, nodes.Binding):
                yield from _keys(entry.value, outer + names)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield outer, key
            yield from _keys(inner, (*outer, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _keys(item, (*outer, index))


def _path(key: str) -> tuple[str, ...]:
    """The names of a key that reads as a path; nothing for any other."""
    try:
        return build.split_path(key)
    except ValueError:
        return ()


def _advice(whole: str, path: tuple[str, ...]) -> str:
    nested = "..."
    for name in reversed(path):
        nested = f"{{{name!r}: {nested}}}"
    if whole:
        return f"write {whole!r} as the key, or {nested}"
    written = repr(path[0]) if len(path) == 1 else nested
    return f"inner keys are names, not paths: write {written}"
