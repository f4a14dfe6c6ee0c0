"""A Nix file of a host, entry for entry as it is to stand there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from nixgen.diagnostic import Diagnostic
from nixgen.model import values
from nixgen.model.base import ModelObject, checked
from nixgen.model.profile import Option, option_faults
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret
from nixgen.nix import nodes

_FILE = r"([A-Za-z0-9_+-][A-Za-z0-9._+-]*/)*[A-Za-z0-9_+-][A-Za-z0-9._+-]*\.nix"


def _content(value: Any) -> str | None:
    return values.instance_of(VaultSecret, Runner, dict)(value)


@frozen(kw_only=True)
class Module(ModelObject):
    """A Nix file of the host: what stands in it, in this order and this nesting.

    - `file`: below the host's folder, such as `networking.nix`.
    - `content`: secrets, runners, and dicts of options; a blank line stands between them. Keys of
      dicts are attribute paths at every depth, as Nix writes them: `"a.b"` is the attribute `b` of
      `a`, and a name that holds a dot is quoted (`'"vm.swappiness"'`). Values are Python data,
      dicts, expressions of `nixgen.nix`, or `Option` objects.
    - `arguments`: names that the file's function takes; None are those that the content uses.
    - `frame`: an expression to stand around the content instead, such as
      `nix.raw("{ lib, ... }: let a = 1; in { }")`: the content goes into its innermost set. With no
      content it is the whole file.
    - `notes`, `last_notes`: comments above the file and at its end.

    Notes in a module can be more than text: an empty one is a blank line, and one that begins with
    `#` stands as it is.
    """

    file: str = checked(values.matching(_FILE, "a relative path that ends in .nix"))
    content: Sequence[Any] = checked(values.each(_content), default=(), converter=values.to_tuple)
    arguments: Sequence[str] | None = checked(
        values.optional(values.each(values.matching(r"[A-Za-z_][A-Za-z0-9_'-]*", "a name in Nix"))),
        default=None,
        converter=lambda value: None if value is None else values.to_tuple(value),
    )
    frame: Any = checked(values.optional(values.instance_of(nodes.Node)), default=None)
    notes: Sequence[str] = checked(
        values.each(values.plain_text), default=(), converter=values.to_tuple
    )
    last_notes: Sequence[str] = checked(
        values.each(values.plain_text), default=(), converter=values.to_tuple
    )

    def faults(self) -> Iterable[Diagnostic]:
        """Options are right at every depth; content fits into the frame."""
        for item in self.content:
            if isinstance(item, dict):
                yield from _faults(self, item)
        if self.frame is not None and self.content and hole(self.frame) is None:
            yield self.fault(
                "Module.frame has no empty set for the content",
                "frame",
                advice="let its function, let or with end in { }",
            )

    @property
    def secrets(self) -> tuple[VaultSecret, ...]:
        """The secrets in the file."""
        return tuple(item for item in self.content if isinstance(item, VaultSecret))

    @property
    def runners(self) -> tuple[Runner, ...]:
        """The runners in the file."""
        return tuple(item for item in self.content if isinstance(item, Runner))


def hole(frame: nodes.Node) -> nodes.AttributeSet | None:
    """The innermost set of a frame, where it is empty."""
    while True:
        match frame:
            case nodes.Lambda(_, body) | nodes.Let(_, body) | nodes.With(_, body):
                frame = body
            case nodes.AttributeSet(()):
                return frame
            case _:
                return None


def _faults(owner: Module, options: Mapping[str, Any]) -> Iterable[Diagnostic]:
    """What is wrong with options and those inside them."""
    plain = {key: given for key, given in options.items() if not isinstance(bare(given), Mapping)}
    yield from option_faults(owner, plain)
    for key, given in options.items():
        inner = bare(given)
        if isinstance(inner, Mapping):
            yield from option_faults(owner, {key: {}})
            yield from _faults(owner, inner)


def bare(given: Any) -> Any:
    """The value of an option with notes or without."""
    return given.value if isinstance(given, Option) else given
