"""The fields that nodes of the syntax tree share, and what they refuse."""

from __future__ import annotations

import unicodedata
from typing import Any

from attrs import Attribute as Field
from attrs import field

from nixgen.hcl.printing.graphemes import columns
from nixgen.hcl.strings import check_text, is_name


def is_one_name(instance: Any, attribute: Field[str], value: str) -> None:
    """Refuses what is no identifier."""
    if not is_name(value):
        raise ValueError(
            f"{type(instance).__name__}.{attribute.name}: {value!r} is no HCL identifier; it has "
            "letters, digits, `_` and `-`, and begins with a letter or `_`"
        )


def are_names(instance: Any, attribute: Field[Any], value: tuple[str, ...]) -> None:
    """Refuses names of which one is no identifier."""
    for name in value:
        is_one_name(instance, attribute, name)


def is_function_name(instance: Any, attribute: Field[str], value: str) -> None:
    """Refuses what is no identifier, and no identifiers with `::` between them."""
    are_names(instance, attribute, tuple(value.split("::")))


def kind_of(value: Any) -> str:
    """The name of a value's class, with `a` or `an`."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _are_texts(instance: Any, attribute: Field[Any], value: Any) -> None:
    """Refuses one text, whose letters would be taken for texts, and what is no text."""
    takes = f"{type(instance).__name__}.{attribute.name} takes a tuple of texts"
    if isinstance(value, str):
        raise ValueError(f"{takes}: ({str.__str__(value)!r},)")
    if not isinstance(value, list | tuple):
        raise ValueError(f"{takes}, and not {kind_of(value)}")
    for text in value:
        if not isinstance(text, str):
            raise ValueError(f"{takes}, and {kind_of(text)} is none")


def labels_fit(instance: Any, attribute: Field[Any], value: tuple[str, ...]) -> None:
    """Refuses labels that are no texts, or that `tofu fmt` would change.

    It drops one with `$` or `%`, and writes the others in the form NFC and what cannot be seen
    with escapes.
    """
    _are_texts(instance, attribute, value)
    for label in value:
        if set("$%") & set(label) or not label.isprintable():
            raise ValueError(f"the label {label!r} has `$`, `%` or what cannot be seen")
        if not unicodedata.is_normalized("NFC", label):
            raise ValueError(f"the label {label!r} is not in Unicode's form NFC")


def comment_fits(_: Any, __: Any, value: Any) -> None:
    """Refuses a comment of several lines."""
    if value is None:
        return
    check_text(value)
    if "\n" in value or "\r" in value:
        raise ValueError(f"a comment is one line, not {value!r}; give one entry for each line")


def comments_fit(instance: Any, attribute: Field[Any], value: tuple[str, ...]) -> None:
    """Refuses comments that are no texts, or of which one has several lines."""
    if value == ():
        return
    _are_texts(instance, attribute, value)
    for text in value:
        comment_fits(instance, attribute, text)


def merged_texts(parts: Any) -> tuple[Any, ...]:
    """The parts of a template without empty texts, and with one where several stand together."""
    merged: list[Any] = []
    for part in parts:
        if part == "":
            continue
        last = merged[-1] if merged else None
        if isinstance(part, str) and isinstance(last, str):
            merged[-1] = last + part
        else:
            merged.append(part)
    return tuple(merged)


def texts_fit(_: Any, __: Any, value: tuple[Any, ...]) -> None:
    """Refuses texts between a template's other parts that HCL cannot hold."""
    for part in value:
        if isinstance(part, str):
            check_text(part)


def heredoc_fits(parts: tuple[Any, ...], marker: str, *, flush: bool) -> None:
    """Refuses what a heredoc would not give back as it is."""
    lines = "".join(part if isinstance(part, str) else "\0" for part in parts).split("\n")
    if lines.pop():
        raise ValueError("a heredoc's text ends with a newline")
    if any(line.strip() == marker for line in lines):
        raise ValueError(f"a line of the heredoc's text is its own marker, {marker}")
    literal = "".join(part for part in parts if isinstance(part, str))
    if "\r" in literal.replace("\r\n", ""):
        raise ValueError("a heredoc holds carriage returns only at the ends of its lines")
    if flush:
        _flush_heredoc_fits(parts, [line for line in lines if line.strip()])


def _flush_heredoc_fits(parts: tuple[Any, ...], indented: list[str]) -> None:
    if indented and all(line[0].isspace() for line in indented):
        raise ValueError("a flush heredoc loses the indentation that all of its lines have")
    if any(part.trim_left or part.trim_right for part in parts if not isinstance(part, str)):
        raise ValueError("a flush heredoc with `~` has no sure indentation")
    if any(columns(f" {line[0]}") == 1 for line in indented):
        raise ValueError("a flush heredoc loses what joins with the blank before it")


def comments_field() -> Any:
    """The lines of the comment before an item."""
    return field(default=(), kw_only=True, validator=comments_fit)


def trailing_field() -> Any:
    """The comment behind an item on its line."""
    return field(default=None, kw_only=True, validator=comment_fits)


def origin_field() -> Any:
    """A caller's mark, outside of equality."""
    return field(default=None, kw_only=True, eq=False, repr=False)


def span_field() -> Any:
    """Where the parser found a node, outside of equality."""
    return field(default=None, kw_only=True, eq=False, repr=False)
