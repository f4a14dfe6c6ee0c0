"""Where objects stand in the sets of a Nix file, however their paths are spelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import TypeAlias

from attrs import frozen

from nixgen.nix import build, nodes
from nixgen.nix.names import is_static, static_name
from nixgen.nix.spans import first_token, tokens
from nixgen.project.reading.entries import is_key, is_open, notes_of

Names: TypeAlias = tuple[str, ...]


@frozen
class Piece:
    """A binding of the set `owner`, `inside` as seen from the place that was asked for."""

    owner: nodes.AttributeSet
    binding: nodes.Binding
    inside: Names


@frozen
class Place:
    """What a file says at one place, as one set, with the comments above it and in it.

    `first` is the entry that the object is to stand for, `others` are those that say more of it.
    """

    path: Names
    body: nodes.AttributeSet
    notes: Sequence[str]
    first: nodes.Binding
    others: Sequence[nodes.Binding]

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path[-1]

    @property
    def whole(self) -> nodes.AttributeSet:
        """A set that says this and nothing else."""
        return nodes.AttributeSet((nodes.Binding(build.path(self.path), self.body),))


def pieces(
    owner: nodes.AttributeSet, wanted: Names, above: Names = (), depth: int = 0
) -> Iterator[Piece]:
    """The bindings below a path: dotted, in sets, or both, in the order of the file."""
    for entry in owner.entries:
        if not is_key(entry):
            continue
        names = (*above, *map(static_name, entry.path.names))
        path = names[1:] if names[0] == "config" else names
        if len(path) > len(wanted) and path[: len(wanted)] == wanted:
            yield Piece(owner, entry, path[len(wanted) :])
        elif path == wanted[: len(path)] and is_open(entry.value, depth):
            yield from pieces(entry.value, wanted, names, depth + 1)


def places(body: nodes.AttributeSet, prefix: Names) -> list[Place]:
    """What stands at `<prefix>.<name>`, for each name that an object can take the place of.

    None can where a comment would be lost, as one inside a value is, or where the bindings stand
    in several sets.
    """
    groups: dict[str, list[Piece]] = {}
    for piece in pieces(body, prefix):
        groups.setdefault(piece.inside[0], []).append(piece)
    made = [_place((*prefix, name), group) for name, group in groups.items()]
    return [place for place in made if place is not None]


def _place(path: Names, group: Sequence[Piece]) -> Place | None:
    first, *others = [piece.binding for piece in group]
    notes = _notes(group)
    if notes is None or any(piece.owner is not group[0].owner for piece in group):
        return None
    entries: list[nodes.Entry] = []
    for piece in group:
        value = piece.binding.value
        if len(piece.inside) > 1:
            names = piece.binding.path.names[1 - len(piece.inside) :]
            entries.append(nodes.Binding(nodes.AttributePath(names), value))
        elif isinstance(value, nodes.AttributeSet) and not value.recursive:
            entries += value.entries
        else:
            return None
    return Place(path, nodes.AttributeSet(tuple(entries)), notes, first, others)


def attributes(place: Place) -> dict[str, nodes.Expression]:
    """The values of a place by their paths."""
    return {
        build.join_path([static_name(name) for name in entry.path.names]): entry.value
        for entry in place.body.entries
        if isinstance(entry, nodes.Binding) and all(map(is_static, entry.path.names))
    }


def emptied(owner: nodes.AttributeSet, gone: Set[int], depth: int = 0) -> list[nodes.Binding]:
    """The bindings of sets that say nothing more without those whose identities are gone."""
    made: list[nodes.Binding] = []
    for entry in owner.entries:
        if id(entry) not in gone and is_key(entry) and is_open(entry.value, depth):
            value = entry.value
            inner = emptied(value, gone, depth + 1)
            left = {id(each) for each in value.entries} - gone - {id(each) for each in inner}
            made += inner if left else [*inner, entry]
    return made


def _notes(group: Sequence[Piece]) -> list[str] | None:
    """The comments of bindings as those above an object; None where one has no form there.

    A remark behind an option gets the option's name: where it stands then, it is no more clear.
    """
    notes = []
    for piece in group:
        options = _options(piece)
        for token in tokens(piece.binding):
            above = [each for each in token.leading if not isinstance(each, nodes.BlankLine)]
            behind = [] if token.trailing is None else [token.trailing]
            at_end = token.text == ";"
            said, odd = notes_of(behind if at_end else above), above if at_end else behind
            if said is None or odd or any(not note or note.startswith("#") for note in said):
                return None
            if said and id(token) not in options:
                return None
            option = options[id(token)] if said and at_end else ""
            notes += [f"{option}: {note}" if option else note for note in said]
    return notes


def _options(piece: Piece) -> dict[int, str]:
    """The tokens at the edges of bindings in a place and of their sets, by identity, with what
    option they are of; that of the place itself is empty.
    """
    found: dict[int, str] = {}
    pending = [(piece.binding, piece.inside[1:])]
    while pending:
        binding, names = pending.pop()
        edges = [first_token(binding), binding.semicolon]
        if isinstance(binding.value, nodes.AttributeSet):
            edges.append(binding.value.close)
            pending += [
                (entry, (*names, *map(static_name, entry.path.names)))
                for entry in binding.value.entries
                if isinstance(entry, nodes.Binding) and all(map(is_static, entry.path.names))
            ]
        found |= dict.fromkeys(map(id, edges), build.join_path(names))
    return found
