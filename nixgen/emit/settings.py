"""Attributes of one set, each with its cause and, where a reader asks why, a comment above it.

`systemd.services.<unit>.serviceConfig` of a unit that another module declares is the common case:
what bounds a unit that others rely on has its reason beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from nixgen.emit.contribution import Cause
from nixgen.nix import build, nodes


@frozen
class Setting:
    """One attribute, `MemoryHigh = "8G";`, with the comments above it; `name` can be a path."""

    name: str | tuple[str, ...]
    value: Any
    cause: Cause
    notes: Sequence[str] = ()


def settings_at(
    path: Sequence[str],
    settings: Iterable[Setting],
    cause: Cause,
    *,
    nested: bool = True,
    notes: Sequence[str] = (),
) -> tuple[nodes.Binding, ...]:
    """The attributes of the set at a path, with `notes` above the first.

    As one set, whose cause is `cause`, or, where not `nested`, each by its whole path, so that a
    file that people write can have others beside them.
    """
    each = tuple(settings)
    if nested and len(each) > 1:
        body = nodes.AttributeSet(tuple(_bind((), one) for one in each))
        return (build.bind(path, body, comments=notes, origin=cause),)
    first = tuple(_bind(path, one, notes) for one in each[:1])
    return first + tuple(_bind(path, one) for one in each[1:])


def service_config(
    unit: str,
    settings: Iterable[Setting],
    cause: Cause,
    *,
    nested: bool = True,
    notes: Sequence[str] = (),
) -> tuple[nodes.Binding, ...]:
    """Settings of a unit, whose name is escaped as systemd wants it."""
    path = ("systemd", "services", unit, "serviceConfig")
    return settings_at(path, settings, cause, nested=nested, notes=notes)


def _bind(path: Sequence[str], setting: Setting, notes: Sequence[str] = ()) -> nodes.Binding:
    names = (setting.name,) if isinstance(setting.name, str) else setting.name
    comments = (*notes, *setting.notes)
    return build.bind((*path, *names), setting.value, comments=comments, origin=setting.cause)
