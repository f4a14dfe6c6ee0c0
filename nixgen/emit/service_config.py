"""Settings of a systemd unit that another module declares: `systemd.services.<unit>.serviceConfig`.

Each setting has its reason as a comment above it: it bounds what others rely on, so whoever reads
the file has to see why it is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from nixgen.emit.contribution import Cause
from nixgen.nix import build, nodes


@frozen
class Setting:
    """One setting, `MemoryHigh = "8G";`, with the comments above it."""

    name: str
    value: Any
    cause: Cause
    notes: Sequence[str] = ()


def service_config(
    unit: str, settings: Iterable[Setting], cause: Cause, *, nested: bool = True
) -> tuple[nodes.Binding, ...]:
    """The settings of a unit, whose name is escaped as systemd wants it.

    As one set, or, where not `nested`, each by its whole path, so that a file that people write
    can have others beside them. `cause` is that of the set.
    """
    path = ("systemd", "services", unit, "serviceConfig")
    each = tuple(settings)
    if not nested or len(each) == 1:
        return tuple(_bind((*path, one.name), one) for one in each)
    body = nodes.AttributeSet(tuple(_bind((one.name,), one) for one in each))
    return (build.bind(path, body, origin=cause),) if each else ()


def _bind(path: Sequence[str], setting: Setting) -> nodes.Binding:
    return build.bind(path, setting.value, comments=setting.notes, origin=setting.cause)
