"""A Nix file of a host, entry for entry as it is to stand there.

Its content is a list of items: objects that have a place of their own among the options, dicts of
options, and entries written as Nix. The same stands in a set inside the file (`Entries`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from nixgen.diagnostic import Diagnostic
from nixgen.model import values
from nixgen.model.base import ModelObject, Withheld, checked, model_class
from nixgen.model.limits import NixDaemon
from nixgen.model.literals import literal_secret
from nixgen.model.profile import Option, option_faults
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret
from nixgen.nix import build, nodes

_FILE = r"([A-Za-z0-9_+-][A-Za-z0-9._+-]*/)*[A-Za-z0-9_+-][A-Za-z0-9._+-]*\.nix"


Placed: TypeAlias = VaultSecret | Runner
"""An object that has a place of its own among the options."""


def _items(*further: type) -> Any:
    right = values.instance_of(VaultSecret, Runner, *further, dict)

    def item(value: Any) -> str | None:
        if isinstance(value, nodes.Binding | nodes.Inherit):
            return None
        advice = ""
        if isinstance(value, str):
            advice = '\nan entry written as Nix is nix.raw_entry("inherit (config) users;")'
        wrong = right(value)
        return wrong and wrong + advice

    return checked(values.each(item), default=(), converter=values.to_tuple)


def _last_notes() -> Any:
    return checked(values.each(values.plain_text), default=(), converter=values.to_tuple)


@model_class
class Entries(ModelObject):
    """A set in a `Module` that a dict does not say enough of: the value of a key in its dicts.

    - `content`: as that of the module. Objects stand at their own places as seen from here:
      `{"vault.secrets": Entries(content=[token])}` is `vault.secrets = { token = { ... }; };`.
    - `last_notes`: comments at the end of the set.
    """

    content: Sequence[Any] = _items()
    last_notes: Sequence[str] = _last_notes()


@model_class
class Module(ModelObject):
    """A Nix file of the host: what stands in it, in this order and this nesting.

    - `file`: below the host's folder, such as `networking.nix`.
    - `content`: secrets, runners, and dicts of options; a blank line stands between them. Keys of
      dicts are attribute paths at every depth, as Nix writes them, and not only the outer ones as
      in `Host.options`: `"a.b"` is the attribute `b` of `a`, and a name that holds a dot is quoted
      (`'"vm.swappiness"'`). In dicts of a list they are names. Values are Python data, dicts,
      expressions of `nixgen.nix`, `Entries`, or `Option` objects around any of these.
      What a dict cannot say is an entry of `nixgen.nix`, such as `nix.raw_entry("inherit x;")`.
      Entries, and dicts after them, stand without a blank line unless they begin with one. The
      host's `nix_daemon` can stand here, too, instead of in a file of its own.
    - `arguments`: names that the file's function takes; None are those that the content uses.
    - `frame`: an expression to stand around the content instead, such as
      `nix.raw("{ lib, ... }: let a = 1; in { }")`: the content goes into its innermost set, also
      that of `config = lib.mkIf condition { };`. With no content it is the whole file.
    - `notes`, `last_notes`: comments above the file and at its end.

    Notes in a module can be more than text: an empty one is a blank line, and one that begins with
    `#` stands as it is.
    """

    file: str = checked(values.matching(_FILE, "a relative path that ends in .nix"))
    content: Sequence[Any] = _items(NixDaemon)
    arguments: Sequence[str] | None = checked(
        values.optional(values.each(values.matching(r"[A-Za-z_][A-Za-z0-9_'-]*", "a name in Nix"))),
        default=None,
        converter=lambda value: None if value is None else values.to_tuple(value),
    )
    frame: Any = checked(values.optional(values.instance_of(nodes.Node)), default=None)
    notes: Sequence[str] = checked(
        values.each(values.plain_text), default=(), converter=values.to_tuple
    )
    last_notes: Sequence[str] = _last_notes()

    def faults(self) -> Iterable[Diagnostic]:
        """Options are right and objects in their places at every depth; content fits the frame."""
        yield from _faults(self, self.content, ())
        if self.frame is not None:
            yield from _secret_faults(self, "frame", self.frame)
        if self.frame is not None and self.content and hole(self.frame) is None:
            yield self.fault(
                "Module.frame has no empty set for the content",
                "frame",
                advice="let its function, let or with end in { }",
            )

    @property
    def placed(self) -> tuple[Placed, ...]:
        """The objects in the file, at every depth, in the order of the file."""
        return tuple(_placed(self.content))

    @property
    def secrets(self) -> tuple[VaultSecret, ...]:
        """The secrets in the file."""
        return tuple(item for item in self.placed if isinstance(item, VaultSecret))

    @property
    def runners(self) -> tuple[Runner, ...]:
        """The runners in the file."""
        return tuple(item for item in self.placed if isinstance(item, Runner))

    @property
    def nix_daemon(self) -> NixDaemon | None:
        """That of the host, where it stands in the file."""
        return next((item for item in self.content if isinstance(item, NixDaemon)), None)


def option_path(item: Placed) -> tuple[str, ...]:
    """Where an object stands among the options of NixOS."""
    if isinstance(item, VaultSecret):
        return ("vault", "secrets", item.name)
    return item.option_path


def path_inside(item: Placed, outer: Sequence[str]) -> tuple[str, ...]:
    """Where an object stands as seen from the set at `outer`; nothing where it has no place there.

    The set `config` of a module is that of all options.
    """
    above = tuple(outer[1:] if outer[:1] == ("config",) else outer)
    path = option_path(item)
    return path[len(above) :] if path[: len(above)] == above else ()


def hole(frame: nodes.Node) -> nodes.AttributeSet | None:
    """The innermost set of a frame, where it is empty."""
    inner = innermost(frame)
    return inner if isinstance(inner, nodes.AttributeSet) and not inner.entries else None


def innermost(node: nodes.Node) -> nodes.Node:
    """What functions, lets and withs are around, and `config = lib.mkIf condition { };`."""
    while True:
        match node:
            case nodes.Lambda(_, body) | nodes.Let(_, body) | nodes.With(_, body):
                node = body
            case nodes.AttributeSet(entries, False):
                conditional = [body for body in map(_conditional, entries) if body is not None]
                if len(conditional) != 1:
                    return node
                node = conditional[0]
            case _:
                return node


def _conditional(entry: nodes.Entry) -> nodes.AttributeSet | None:
    """The set of `config = lib.mkIf condition { };`."""
    match entry:
        case nodes.Binding(
            nodes.AttributePath((nodes.Identifier("config"),)),
            nodes.Apply(
                nodes.Apply(
                    nodes.Identifier("mkIf")
                    | nodes.Select(
                        nodes.Identifier("lib"), nodes.AttributePath((nodes.Identifier("mkIf"),))
                    ),
                    _,
                ),
                nodes.AttributeSet(_, False) as body,
            ),
        ):
            return body
    return None


def _placed(content: Iterable[Any]) -> Iterator[Placed]:
    for item in content:
        if isinstance(item, VaultSecret | Runner):
            yield item
        elif isinstance(item, Mapping):
            for inner in map(bare, item.values()):
                if isinstance(inner, Mapping):
                    yield from _placed([inner])
                elif isinstance(inner, Entries):
                    yield from _placed(inner.content)


def _faults(
    owner: Module | Entries, content: Iterable[Any], outer: tuple[str, ...]
) -> Iterator[Diagnostic]:
    """What is wrong with the content of the set at `outer`."""
    for item in content:
        if isinstance(item, Mapping):
            yield from _option_faults(owner, item, outer)
        elif isinstance(item, nodes.Binding):
            yield from _secret_faults(owner, "content", nodes.AttributeSet((item,)))
        elif isinstance(item, VaultSecret | Runner) and not path_inside(item, outer):
            yield owner.fault(
                f"{type(owner).__name__}.content: {values.shown(item)} has its place at "
                f"{build.join_path(option_path(item))}, not in {build.join_path(outer)}",
                "content",
                advice="put it into the content of the Module itself",
            )


def _secret_faults(owner: Module | Entries, field: str, node: nodes.Node) -> Iterator[Diagnostic]:
    """A literal secret among entries that are written as Nix."""
    wrong = literal_secret(node)
    if wrong is not None:
        summary, _, advice = wrong.partition("\n")
        text = Withheld(f"{type(owner).__name__}.{field}: {summary}")
        yield owner.fault(text, field, advice=advice)


def _option_faults(
    owner: Module | Entries, options: Mapping[str, Any], outer: tuple[str, ...]
) -> Iterator[Diagnostic]:
    """What is wrong with options and those inside them."""
    inside = {
        key: inner
        for key, inner in ((key, bare(given)) for key, given in options.items())
        if isinstance(inner, Mapping | Entries)
    }
    yield from option_faults(
        owner, {key: {} if key in inside else given for key, given in options.items()}
    )
    for key, inner in inside.items():
        try:
            path = (*outer, *build.split_path(key))
        except ValueError:
            continue  # that is among the faults
        if isinstance(inner, Entries):
            yield from _faults(inner, inner.content, path)
        else:
            yield from _option_faults(owner, inner, path)


def bare(given: Any) -> Any:
    """The value of an option with notes or without."""
    return given.value if isinstance(given, Option) else given
