"""Items put into a list and taken out of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nixgen.nix import nodes
from nixgen.nix.edit import faults
from nixgen.nix.edit.entries import Target
from nixgen.nix.edit.places import Scope, unwrapped
from nixgen.nix.edit.text import (
    Edit,
    Gap,
    gap,
    indentation,
    item_lines,
    margin,
    same_meaning,
    starts_line,
)
from nixgen.nix.nodes import Expression, List, Token
from nixgen.nix.spans import first_token, last_token


def lists_of(value: Expression) -> list[tuple[List, str | None]]:
    """The lists that a value is made of, with the name whose attributes `with` puts in scope.

    The last one comes first. Operands of `++` that are no lists are left out.
    """
    found: list[tuple[List, str | None]] = []
    pending: list[tuple[Expression, str | None]] = [(value, None)]
    while pending:
        node, scope = pending.pop()
        match node:
            case nodes.With(nodes.Identifier(name), body):
                pending.append((body, name))
            case nodes.BinaryOperation(left, "++", right):
                pending += ((left, scope), (right, scope))
            case List():
                found.append((node, scope))
            case nodes.Parentheses(inner):
                pending.append((inner, scope))
            case nodes.Apply():
                inner, _ = unwrapped(node, Scope(in_function=False))
                if inner is not node:
                    pending.append((inner, scope))
    return found


def index_of(node: List, item: Expression, scope: str | None) -> int | None:
    """Where an item stands in a list; `pkgs.git` is `git` inside `with pkgs;`."""
    wanted = in_scope(item, scope)
    for index, each in enumerate(node.items):
        if same_meaning(in_scope(each, scope), wanted):
            return index
    return None


def in_scope(item: Expression, scope: str | None, bound: Collection[str] = ()) -> Expression:
    """An item as it is written inside `with scope;`, which what is `bound` around it hides."""
    while isinstance(item, nodes.Parentheses):
        item = item.expression
    match item:
        case nodes.Select(nodes.Identifier(name), path, None) if name == scope:
            first, *rest = path.names
            if not isinstance(first, nodes.Identifier) or first.name in bound:
                return item
            if not rest:
                return first
            return nodes.Select(first, nodes.AttributePath(tuple(rest)))
    return item


def appended(target: Target, node: List, item: str) -> Iterator[Edit]:
    """A list with one more item at its end."""
    text = target.text
    gaps = _gaps(text, node)
    last = gaps[-1]
    if node.open.line == node.close.line:
        yield Edit(last.trail, last.end, f" {item} ")
        return
    step = indentation(target.file)
    indent = margin(text, node.close.start) + step
    for each in reversed(node.items):
        start = first_token(each).start
        if starts_line(text, start):
            indent = margin(text, start)
            break
    yield Edit(last.trail, last.trail, f"\n{item_lines(item, step=step, indent=indent)}")


def taken(target: Target, node: List, index: int) -> Edit:
    """A list without one of its items, and without the comments of the item."""
    text = target.text
    gaps = _gaps(text, node)
    before, after = gaps[index], gaps[index + 1]
    if (
        len(node.items) == 1
        and not text[before.trail : before.own].strip()
        and not (text[after.trail : after.end].strip() or node.open.trailing)
    ):
        return Edit(node.open.start + 1, node.close.start, " ")
    if not starts_line(text, before.own):
        return Edit(before.trail, after.trail, "")
    if "\n" not in text[after.trail : after.own]:
        return Edit(before.own, after.own, "")
    return Edit(text.rfind("\n", 0, before.own), after.trail, "")


def only_list(target: Target, value: Expression, path: tuple[str, ...]) -> tuple[List, str | None]:
    """The list that new items go to. Raises EditError where the value is no list."""
    found = lists_of(value)
    if not found:
        raise faults.EditError(faults.not_a_list(target.source, value, path))
    return found[0]


def _gaps(text: str, node: List) -> list[Gap]:
    before: Token = node.open
    gaps = []
    for item in node.items:
        gaps.append(gap(text, before, first_token(item)))
        before = last_token(item)
    return [*gaps, gap(text, before, node.close)]
