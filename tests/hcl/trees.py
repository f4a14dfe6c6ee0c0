"""Hypothesis strategies for HCL: texts, values, expressions and whole files of the syntax tree."""

from __future__ import annotations

import unicodedata
from typing import Any, TypeVar

import profiles
from hypothesis import given, settings
from hypothesis import strategies as st

from nixgen import hcl
from nixgen.hcl.nodes import PRECEDENCE

Case = TypeVar("Case")

names = st.sampled_from(
    ["a", "b", "id", "tags", "count", "for_each", "_x", "a-b", "x1", "in", "if", "long_name_here"]
)
# What HCL gives a meaning to, what is wider or narrower than it looks, and everything else.
fragments = st.sampled_from(
    [
        *(
            "${",
            "%{",
            "$",
            "%",
            "{",
            "}",
            "$${",
            "%%{",
            '"',
            "\\",
            "\\n",
            "~",
            "  ",
            "#",
            "//",
            "=",
            " ",
        ),
        *(
            "a",
            "b c",
            "x.y",
            "hosts/nix-cache02",
            "EOT",
            "  ",
            "\r",
            "\t",
            "é",
            "e\u0301",
            "ß",
            "日本",
        ),
        *("한국", "🎉", "👩\u200d👩\u200d👧", "🇫🇷", "\u200d", "\u034f", "\u00a0", "\u0600"),
    ]
)
characters = st.characters(exclude_categories=["Cs"])
lines = st.lists(fragments | characters, max_size=6).map("".join).map(lambda x: x.replace("\n", ""))
texts = st.lists(fragments | st.just("\n") | characters, max_size=6).map("".join)
heredoc_lines = st.lists(fragments, max_size=4).map("".join).map(lambda x: x.replace("\r", ""))
comments = lines.map(lambda text: text.replace("\r", ""))
labels = st.sampled_from(
    ["token", "vault_mount", "a b", "é", "日本", "x.y/z", 'a"b', "a\\b", "x\u034f", ""]
)


def sampled(strategy: st.SearchStrategy[Case], count: int) -> list[Case]:
    """Some `count` examples of a strategy, for a program that judges all of them at once."""
    cases: list[Case] = []

    @settings(max_examples=profiles.cases(count))
    @given(strategy)
    def collect(case: Case) -> None:
        cases.append(case)

    collect()
    return cases


# -- values --------------------------------------------------------------------------------------

numbers = (
    st.integers(-(2**64), 2**64)
    | st.integers(-(2**500), 2**500)
    | st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.none() | st.booleans() | numbers | texts


def values(
    leaves: st.SearchStrategy[Any] = scalars, max_leaves: int = 12
) -> st.SearchStrategy[Any]:
    """Python data that has a form in HCL."""
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=max_leaves,
    )


def normalized(value: Any) -> Any:
    """A value as OpenTofu gives it back: texts and keys in Unicode's form NFC."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normalized(item) for item in value]
    if isinstance(value, dict):
        return {normalized(key): normalized(item) for key, item in value.items()}
    return value


# -- expressions ---------------------------------------------------------------------------------

variables = st.builds(hcl.Variable, names)
literals = st.builds(
    hcl.Literal,
    st.none() | st.booleans() | st.integers(0, 10**30) | st.floats(0, 1e300, allow_infinity=False),
)


def _templates(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    interpolation = st.builds(hcl.Interpolation, inner, st.booleans(), st.booleans())
    part = texts.map(lambda text: (text,)) | interpolation.map(lambda node: (node,))
    group = part | st.builds(_condition, inner, part, part) | st.builds(_loop, inner, part)
    return st.lists(group, max_size=3).map(lambda groups: hcl.Template(sum(groups, ())))


def _condition(condition: Any, then: Any, otherwise: Any) -> tuple[Any, ...]:
    return (
        hcl.Directive("if", (), condition, trim_left=True),
        *then,
        hcl.Directive("else"),
        *otherwise,
        hcl.Directive("endif", trim_right=True),
    )


def _loop(collection: Any, body: Any) -> tuple[Any, ...]:
    return (hcl.Directive("for", ("k", "v"), collection), *body, hcl.Directive("endfor"))


def _heredocs(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    part = heredoc_lines.map(lambda text: (f"{text}\n",)) | st.builds(
        lambda text, node: (text, hcl.Interpolation(node), "\n"), heredoc_lines, inner
    )
    parts = st.lists(part, min_size=1, max_size=4).map(lambda groups: sum(groups, ()))
    return st.builds(_heredoc, parts, st.sampled_from(["EOT", "E"]), st.booleans())


def _heredoc(parts: Any, marker: str, flush: bool) -> hcl.Heredoc | hcl.Template:
    """A heredoc, or the string for a text that it cannot hold."""
    try:
        return hcl.Heredoc(parts, marker, flush)
    except ValueError:
        return hcl.Template(parts)


def object_items(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Items of objects with keys of every kind, some with comments."""
    return st.builds(
        hcl.ObjectItem,
        names | texts | inner,
        inner,
        comments=st.just(()) | st.lists(comments, max_size=2).map(tuple),
        trailing=st.none() | comments,
    )


def _compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, max_size=3).map(tuple)
    for_names = st.sampled_from([("x",), ("k", "v")])
    return st.one_of(
        _templates(inner),
        _heredocs(inner),
        st.builds(hcl.Tuple, several, st.booleans()),
        st.builds(hcl.Object, st.lists(object_items(inner), max_size=3).map(tuple), st.booleans()),
        st.builds(hcl.GetAttribute, inner, names),
        st.builds(hcl.Index, inner, inner),
        st.builds(hcl.Splat, inner, st.booleans()),
        st.builds(hcl.FunctionCall, names | st.just("provider::x::f"), several),
        st.builds(
            hcl.FunctionCall,
            names,
            st.lists(inner, min_size=1, max_size=2).map(tuple),
            st.just(True),
        ),
        st.builds(hcl.UnaryOperation, st.sampled_from("-!"), inner),
        st.builds(hcl.BinaryOperation, inner, st.sampled_from([*PRECEDENCE]), inner),
        st.builds(hcl.Conditional, inner, inner, inner),
        st.builds(hcl.Parentheses, inner),
        st.builds(hcl.TupleFor, for_names, inner, inner, st.none() | inner),
        st.builds(hcl.ObjectFor, for_names, inner, inner, inner, st.none() | inner, st.booleans()),
    )


expressions: st.SearchStrategy[Any] = st.recursive(
    variables | literals | texts.map(lambda text: hcl.Template((text,))), _compound, max_leaves=8
)

# -- files ---------------------------------------------------------------------------------------

attributes = st.builds(
    hcl.Attribute,
    names | st.just("type"),
    expressions | variables,
    comments=st.just(()) | st.lists(comments, max_size=2).map(tuple),
    trailing=st.none() | comments,
)
loose = st.builds(hcl.Comment, comments) | st.just(hcl.BlankLine())


def _blocks(body: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        hcl.Block,
        names | st.sampled_from(["variable", "resource"]),
        st.lists(labels, max_size=2).map(tuple),
        body,
        comments=st.just(()) | st.lists(comments, max_size=2).map(tuple),
    )


def _body(item: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(item, max_size=4).map(with_distinct_names)


def with_distinct_names(items: list[Any]) -> tuple[Any, ...]:
    """The items without attributes whose name is there already, which HCL refuses."""
    names = [item.name if isinstance(item, hcl.Attribute) else object() for item in items]
    return tuple(item for index, item in enumerate(items) if names[index] not in names[:index])


body_items = st.recursive(
    attributes | loose, lambda inner: _blocks(_body(inner | attributes | loose)), max_leaves=6
)
files = _body(body_items | _blocks(_body(attributes | loose))).map(hcl.File)
