"""The names that one thing has had, oldest first: moves put together, so that each leads on.

The state of OpenTofu may have a thing under any of them, since nobody knows which builds were
applied. Each name is in one chain once: `a`, `b`, and `a` again are `b`, `a`.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

Chain: TypeAlias = list[str]


def chains_of(moves: Iterable[tuple[str, str]]) -> list[Chain]:
    """The chains that moves from one name to the next make up, in the order of their ends.

    Of two moves from or to one name, as a merge of branches can have them, the later one is left
    out.
    """
    following: dict[str, str] = {}
    for old, new in sorted(moves):
        if new not in following.values():
            following.setdefault(old, new)
    ends = following.values()
    chains = [[old] for old in following if old not in ends]
    for chain in chains:
        while (name := following.get(chain[-1])) is not None:
            chain.append(name)
    return sorted(chains, key=lambda chain: chain[-1])


def lengthened(chains: Iterable[Chain], moves: Iterable[tuple[str, str]]) -> list[Chain]:
    """The chains with further moves, from their last names on."""
    known = {chain[-1]: chain for chain in chains}
    new_names = dict(moves)
    ends = {
        new: [*(name for name in known.pop(old, [old]) if name != new), new]
        for old, new in sorted(new_names.items())
    }
    return [*known.values(), *ends.values()]


def kept(chains: Iterable[Chain], names: Collection[str]) -> Iterator[Chain]:
    """The chains that end at one of the names in use, without other names that are in use."""
    for chain in chains:
        *others, last = chain
        if last in names:
            yield [*(name for name in others if name not in names), last]


def pairs(chains: Iterable[Chain]) -> list[tuple[str, str]]:
    """The moves of chains."""
    return sorted(pair for chain in chains for pair in itertools.pairwise(chain))
