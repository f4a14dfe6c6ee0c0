"""Entries to a NixOS module: its arguments, its set, and blank lines where a reader wants them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nixgen.emit.header import header
from nixgen.nix import build, nodes
from nixgen.nix.scope import free_names

# Arguments in the order that nixpkgs' own modules have them; others follow by name.
_ORDER = ("config", "lib", "pkgs")


def module(entries: Sequence[nodes.Entry], source: str, notes: Sequence[str]) -> nodes.File:
    """`{ config, pkgs, ... }: { entries }` with the arguments that the entries use."""
    body = nodes.AttributeSet(tuple(_spaced(entries)))
    return nodes.File(build.commented(function_of(body), *header(source, tuple(notes))))


def function_of(body: nodes.AttributeSet, arguments: Sequence[str] | None = None) -> nodes.Lambda:
    """`{ config, pkgs, ... }: body` with the arguments given, or those that the body uses."""
    used = free_names(body)
    derived = [name for name in _ORDER if name in used] + sorted(used - set(_ORDER))
    return build.function(derived if arguments is None else arguments, body)


def _spaced(entries: Iterable[nodes.Entry]) -> Iterable[nodes.Entry]:
    """A blank line around what takes several lines or has a comment."""
    before: nodes.Entry | None = None
    for entry in entries:
        apart = before is not None and (_tall(before) or _tall(entry))
        yield build.with_leading(entry, (nodes.BlankLine(),)) if apart else entry
        before = entry


def _tall(entry: nodes.Entry) -> bool:
    match entry:
        case nodes.Binding(_, nodes.AttributeSet((_, *_)) | nodes.List((_, _, *_))):
            return True
        case nodes.Binding(nodes.AttributePath((nodes.Identifier(token=token), *_))):
            return token is not None and bool(token.leading)
    return False
