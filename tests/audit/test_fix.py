"""A repair changes the one literal that it is about, or nothing."""

from __future__ import annotations

import pytest

from nixgen.audit.fix import fixed
from nixgen.audit.rule import Fix
from nixgen.model.origin import Origin, Place


def fix(line: int, field: str = "mode", old: object = 0o444, new: str = "0o400") -> Fix:
    """A fix of the call that begins on a line."""
    return Fix(Origin((Place("hosts/a.py", line),)), field, old, new)


def test_one_literal() -> None:
    """Only the literal changes: comments, layout and other arguments stay."""
    text = 'a = VaultSecret(\n    name="ä",  mode=0o444,  # why: ü\n)\nb = V(mode=0o444)\n'
    assert fixed(text, [fix(1)]) == text.replace("0o444", "0o400", 1)


@pytest.mark.filterwarnings("error")
def test_a_backslash_that_python_warns_of() -> None:
    """A file with one is repaired as any, without a warning about `<unknown>`."""
    text = 'a = "\\d"\nb = V(mode=0o444)\n'
    assert fixed(text, [fix(2)]) == text.replace("0o444", "0o400")


def test_item_of_a_list() -> None:
    """In a list the item that is meant changes, the others stay."""
    text = 'a = V(services=["nginx", "gitea-runner-a-b"])\n'
    change = fix(1, "services", "gitea-runner-a-b", r"'gitea-runner-a\\x2db'")
    assert fixed(text, [change]) == "a = V(services=[\"nginx\", 'gitea-runner-a\\\\x2db'])\n"


@pytest.mark.parametrize(
    "text",
    [
        "a = V(mode=MODE)\n",
        "a = V(mode=0o440)\n",
        "a = V(mode=0o444 if x else 0o400)\n",
        "a = V(**settings)\n",
        "a = V(other=0o444)\n",
        "a, b = V(mode=0o444), V(mode=0o444)\n",
        "a = V(mode=[0o444, 0o444])\n",
        "a = V(mode=0o444\n",
        "",
    ],
    ids=["name", "other", "choice", "stars", "field", "two calls", "twice", "broken", "empty"],
)
def test_what_is_not_sure_is_left(text: str) -> None:
    """Where the literal is not there, or not alone, people decide."""
    assert fixed(text, [fix(1)]) == text


def test_true_is_no_number() -> None:
    """True and 1 are equal in Python, and not the same in a file."""
    text = "a = V(sensitive=0)\n"
    assert fixed(text, [fix(1, "sensitive", False, "True")]) == text


def test_two_fixes_of_one_place() -> None:
    """Two findings that ask for the same are one change; two that do not agree are none."""
    text = "a = V(mode=0o444)\n"
    assert fixed(text, [fix(1), fix(1)]) == "a = V(mode=0o400)\n"
    assert fixed(text, [fix(1), fix(1, new="0o440")]) == text


def test_several_in_a_file() -> None:
    """All changes of a file are made at once, whatever their order; line ends stay."""
    text = "a = V(mode=0o444)\r\nb = V(mode=0o444)\r\n"
    assert fixed(text, [fix(2), fix(1)]) == text.replace("0o444", "0o400")


@pytest.mark.parametrize("above", ['x = "a\u2028b"\n', "\x0c\n", 'x = "\x1c\x85"\n'])
def test_lines_are_those_of_python(above: str) -> None:
    """Characters that end a line elsewhere, and not in Python, move nothing."""
    text = f"{above}a = V(mode=0o444)\n"
    assert fixed(text, [fix(2)]) == text.replace("0o444", "0o400")
