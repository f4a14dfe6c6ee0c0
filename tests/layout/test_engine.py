"""The layout engine: spacings merge, groups break from the outside in, priority groups first."""

from __future__ import annotations

from nixgen.layout.document import (
    BREAK,
    COMMENT,
    EMPTY_LINE,
    EXPANDED_ONLY,
    HARD_LINE,
    HARD_SPACE,
    PRIORITY,
    REGULAR,
    SOFT_BREAK,
    SOFT_SPACE,
    SPACE,
    Document,
    Element,
    Group,
    merge,
    newlines,
    on_one_line,
)
from nixgen.layout.engine import Engine, TracingEngine


def text(content: str, depth: int = 0, kind: int = 0) -> Element:
    """A text at a nesting depth."""
    return (kind, content, depth, 0)


def laid_out(document: Document, width: int) -> str:
    """The text of a document."""
    return Engine(width, 2).print(document)


def call() -> Document:
    """`f aaa bbb` with one argument a line where they do not fit."""
    return [
        Group(REGULAR, [text("f"), SPACE, text("aaa", 1), SPACE, text("bbb", 1)]),
    ]


def test_a_group_is_on_one_line_where_it_fits() -> None:
    """Else all of its spacings break, and deeper texts are indented."""
    assert laid_out(call(), 9) == "f aaa bbb"
    assert laid_out(call(), 8) == "f\n  aaa\n  bbb"


def test_width_counts_from_the_indentation() -> None:
    """A line may be longer than the width by its indentation."""
    inner = Group(REGULAR, [text("12345", 1), SPACE, text("6789", 1)])
    assert laid_out([text("a"), HARD_LINE, inner], 10) == "a\n  12345 6789"


def test_comments_have_no_width() -> None:
    """A long comment does not break its group."""
    document: Document = [Group(REGULAR, [text("a"), SPACE, text("# long", 0, COMMENT)])]
    assert laid_out(document, 3) == "a # long"


def test_a_priority_group_breaks_alone_where_the_rest_then_fits() -> None:
    """`f {` and the entries below it, though the whole does not fit."""
    entries = [text("{", 1), SPACE, text("entry", 2), SPACE, text("}", 1)]
    document: Document = [
        Group(REGULAR, [text("f"), SPACE, Group(PRIORITY, entries), SPACE, text("x", 1)])
    ]
    assert laid_out(document, 13) == "f { entry } x"
    assert laid_out(document, 12) == "f {\n  entry\n} x"


def test_a_hard_line_at_the_edge_of_a_group_moves_out() -> None:
    """It does not force the group open."""
    document: Document = [
        text("a"),
        Group(REGULAR, [HARD_LINE, text("b"), SPACE, text("c"), HARD_LINE]),
        text("d"),
    ]
    assert laid_out(document, 80) == "a\nb c\nd"


def test_some_text_is_for_expanded_groups_only() -> None:
    """A comma after the last of several lines."""

    def document() -> Document:
        last = text(",", 1, EXPANDED_ONLY)
        return [Group(REGULAR, [text("{"), SPACE, text("a", 1), last, SPACE, text("}")])]

    assert laid_out(document(), 9) == "{ a }"
    assert laid_out(document(), 4) == "{\n  a,\n}"


def test_soft_spacings_break_only_where_the_next_text_does_not_fit() -> None:
    """Also in a group that is expanded."""
    document: Document = [text("aaa"), SOFT_SPACE, text("bbb"), SOFT_BREAK, text("ccc"), HARD_LINE]
    assert laid_out([*document, text("d")], 7) == "aaa bbb\nccc\nd"


def test_neighbouring_spacings_are_one() -> None:
    """The stronger one stands; breaks that are counted add up."""
    assert merge(BREAK, HARD_SPACE) == merge(HARD_SPACE, BREAK) == SPACE
    assert merge(SOFT_BREAK, HARD_SPACE) == SOFT_SPACE
    assert merge(BREAK, SOFT_SPACE) == SPACE
    assert merge(HARD_LINE, EMPTY_LINE) == EMPTY_LINE
    assert merge(newlines(1), newlines(2)) == newlines(3)
    assert merge(EMPTY_LINE, newlines(1)) == newlines(3)
    assert merge(HARD_SPACE, newlines(2)) == newlines(2)
    assert merge(BREAK, newlines(1)) == newlines(2)


def test_a_document_can_be_forced_on_one_line() -> None:
    """Unless it holds a line break, or is wider than a limit."""
    assert on_one_line(call(), 9) == [
        text("f"),
        HARD_SPACE,
        text("aaa", 1),
        HARD_SPACE,
        text("bbb", 1),
    ]
    assert on_one_line(call(), 8) is None
    assert on_one_line([text("a"), HARD_LINE, text("b")]) is None


def test_origins_are_traced_through_what_is_tried_in_vain() -> None:
    """Each group with an origin has its lines, whichever layout was taken."""
    item = Group(REGULAR, [text("item", 2)], origins=(("item", 0),))
    entries = [text("[", 1), SPACE, item, SPACE, text("]", 1)]
    whole = Group(
        REGULAR,
        [text("f"), SPACE, Group(PRIORITY, entries), SPACE, text("long-argument", 1)],
        origins=(("whole", 1),),
    )
    engine = TracingEngine(9, 2)
    assert engine.print([whole]) == "f\n  [ item ]\n  long-argument"
    assert engine.origins == [(-1, 2, "whole"), (1, 1, "item")]
