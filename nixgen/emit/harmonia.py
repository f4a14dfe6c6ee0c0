"""Harmonia as options of nixpkgs' module, in the form that the host's release has."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.emit.contribution import Cause, given, whole
from nixgen.emit.nesting import Leaf, nest
from nixgen.model.expressions import leaves
from nixgen.model.harmonia import Harmonia, options_of
from nixgen.model.host import Host
from nixgen.nix import build, nodes


def entries(host: Host, *, nested: bool = True) -> Iterator[nodes.Binding]:
    """`services.harmonia = { ... };`, or `services.harmonia.cache` on newer releases."""
    made = host.harmonia
    if made is None or made.existing:
        return
    path = options_of(host.release)
    bindings = nest(_leaves(made))
    if nested:
        body = nodes.AttributeSet(bindings)
        yield build.bind(path, body, comments=made.notes, origin=whole(made))
        return
    for number, leaf in enumerate(_leaves(made)):
        notes = made.notes if number == 0 else ()
        yield build.bind((*path, *leaf.path), leaf.value, comments=notes, origin=leaf.cause)


def _leaves(made: Harmonia) -> Iterator[Leaf]:
    yield Leaf(("enable",), build.node(True), whole(made))
    if made.keys:
        origins = (made.origin.at("keys"), *(secret.origin for secret in made.keys))
        cause = Cause("derived from Harmonia.keys: the files of the secrets", origins)
        paths = build.node([secret.output_path for secret in made.keys])
        yield Leaf(("signKeyPaths",), paths, cause)
    for field in ("bind", "priority", "workers"):
        value = getattr(made, field)
        if value is not None:
            yield Leaf(("settings", field), build.node(value), given(made, field))
    for path, value in leaves(build.node(made.settings)):
        if path:
            yield Leaf(("settings", *path), value, given(made, "settings"))
