"""Trees as Nix sees them, of texts of any depth; they print back the very text."""

import pytest
from attrs import evolve, fields
from attrs.exceptions import FrozenInstanceError
from nix_trees import EVERY_CONSTRUCT, check_tiling, nix_reads, parenthesised, same_to_nix

from nixgen.nix.nodes import (
    Apply,
    AttributePath,
    AttributeSet,
    BinaryOperation,
    Binding,
    FormalArgument,
    Identifier,
    Integer,
    Lambda,
    LegacyLet,
    List,
    Parentheses,
    Select,
    SetPattern,
    String,
    UnaryOperation,
)
from nixgen.nix.parsing.parser import parse, parse_bytes, parse_expression
from nixgen.nix.parsing.syntax_error import NixSyntaxError
from nixgen.nix.raw import raw
from nixgen.nix.spans import node_span, tokens
from nixgen.nix.walk import walk

A, B, C, F, OR = (Identifier(name) for name in ("a", "b", "c", "f", "or"))
ONE = Integer("1")


def path(*names):
    return AttributePath(tuple(Identifier(name) for name in names))


def binary(left, operator, right):
    return BinaryOperation(left, operator, right)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b c", Apply(Apply(A, B), C)),
        ("a.b.c", Select(A, path("b", "c"))),
        ("a.b or c", Select(A, path("b"), C)),
        ("f a.b or c d", Apply(Apply(F, Select(A, path("b"), C)), Identifier("d"))),
        ("a.b or c.d or f", Select(A, path("b"), Select(C, path("d"), F))),
        ("f or a", Apply(Apply(F, OR), A)),
        ("f a or b", Apply(Apply(F, Apply(A, OR)), B)),
        ("[ a or b ]", List((Apply(A, OR), B))),
        ("a.or", Select(A, path("or"))),
        ("a + b * c", binary(A, "+", binary(B, "*", C))),
        ("a - b - c", binary(binary(A, "-", B), "-", C)),
        ("a ++ b ++ c", binary(A, "++", binary(B, "++", C))),
        ("a // b // c", binary(A, "//", binary(B, "//", C))),
        ("a -> b -> c", binary(A, "->", binary(B, "->", C))),
        ("a |> b |> c", binary(binary(A, "|>", B), "|>", C)),
        ("a <| b <| c", binary(A, "<|", binary(B, "<|", C))),
        ("a |> b || c", binary(A, "|>", binary(B, "||", C))),
        ("!a == b", binary(UnaryOperation("!", A), "==", B)),
        ("!a + b", UnaryOperation("!", binary(A, "+", B))),
        ("a + !b + c", binary(A, "+", UnaryOperation("!", binary(B, "+", C)))),
        ("-a b", UnaryOperation("-", Apply(A, B))),
        ("- -a", UnaryOperation("-", UnaryOperation("-", A))),
        ("a: b: c", Lambda(A, Lambda(B, C))),
        ("{ }: a", Lambda(SetPattern(), A)),
        ("{ a, }: a", Lambda(SetPattern((FormalArgument(A),)), A)),
        ("{ a, ... }: a", Lambda(SetPattern((FormalArgument(A),), True), A)),
        ("{ a ? b }@c: a", Lambda(SetPattern((FormalArgument(A, B),), False, C), A)),
        ("c@{ a }: a", Lambda(SetPattern((FormalArgument(A),), False, C, True), A)),
        ("{ a }", None),
        ("{ }", AttributeSet()),
        ("{ a.b = 1; }", AttributeSet((Binding(path("a", "b"), ONE),))),
        ("let { a = 1; }", LegacyLet((Binding(path("a"), ONE),))),
        ("((a))", Parentheses(Parentheses(A))),
        ('"a"', String(("a",))),
        ('""', String(())),
    ],
)
def test_trees_are_those_of_the_grammar(text, expected):
    """Code that walks or changes a tree finds each operator with its operands, as Nix does."""
    if expected is None:
        with pytest.raises(NixSyntaxError):
            parse_expression(text)
    else:
        assert parse_expression(text) == expected


def test_every_construct_means_the_same_to_nix(nix_instantiate):
    """A tree with parentheses around every part of it is, to Nix, the text it was parsed from."""
    without_pipes = "\n".join(
        line for line in EVERY_CONSTRUCT.splitlines() if "|>" not in line and "<|" not in line
    )
    tree = parse(without_pipes)
    assert same_to_nix([without_pipes], [parenthesised(tree)])


OPERATORS = ["+", "-", "*", "/", "++", "//", "==", "!=", "<", ">=", "&&", "||", "->", "?"]


def test_precedence_of_every_pair_of_operators_is_that_of_nix(nix_instantiate):
    """`a + b ? c == d` groups as Nix groups it, or is refused where Nix refuses it."""
    accepted, refused = [], []
    for first in OPERATORS:
        for second in OPERATORS:
            for text in (f"a {first} b {second} c", f"!a {first} b {second} c", f"-a {first} b"):
                (refused if mistakes(text) else accepted).append(text)
    trees = [parenthesised(parse(text)) for text in accepted]
    assert same_to_nix(accepted, trees)
    assert {text.split()[1] for text in refused} == {"==", "!=", "<", ">="}
    assert all(nix_reads([text]) is None for text in refused[::3])


@pytest.mark.parametrize(
    "text",
    [
        EVERY_CONSTRUCT,
        EVERY_CONSTRUCT.replace("\n", "\r\n"),
        "\ufeff" + EVERY_CONSTRUCT,
        EVERY_CONSTRUCT.rstrip("\n"),
        EVERY_CONSTRUCT.replace("  ", "\t"),
        "  1",
        "\n\n1\n\n",
        "1\r2",
        '# é ü 漢字 🎉\n{ a = "🎉"; # 漢字\n }',
    ],
    ids=["plain", "crlf", "bom", "no-last-newline", "tabs", "blanks", "lines", "cr", "unicode"],
)
def test_trees_print_back_the_very_text(text):
    """An editor can rely on the tree: its tokens and what stands between them are the text."""
    file = parse(text)
    assert file.source() == text
    check_tiling(file)


def test_spans_reach_from_the_first_token_to_the_last():
    """A tool can point at any node in the text."""
    text = '{ a.b = f (1 + 2) "x" ./y; # c\n inherit (s) t; }'
    binding, inherit = parse(text).expression.entries
    for node, source in [
        (binding, 'a.b = f (1 + 2) "x" ./y;'),
        (binding.path, "a.b"),
        (binding.value, 'f (1 + 2) "x" ./y'),
        (binding.value.argument, "./y"),
        (inherit, "inherit (s) t;"),
        (parse(text), text),
    ]:
        span = node_span(node)
        assert text[span.start : span.end] == source
    with pytest.raises(ValueError, match="stands nowhere"):
        node_span(A)


NESTS = {
    "parentheses": ("(", "1", ")"),
    "lists": ("[", "1", "]"),
    "sets": ("{ a = ", "1", "; }"),
    "recursive sets": ("rec { a = ", "1", "; }"),
    "old lets": ("let { a = ", "1", "; }"),
    "strings": ('"${', "1", '}"'),
    "indented strings": ("''${", "1", "}''"),
    "paths": ("./${", "a", "}"),
    "dynamic names": ("{ ${", "a", "} = 1; }"),
    "selections": ("a.${", "a", "}"),
    "defaults": ("a.b or ", "1", ""),
    "lambdas": ("a: ", "1", ""),
    "patterns": ("{ a ? ", "1", " }: 1"),
    "lets": ("let a = 1; in ", "1", ""),
    "lets in lets": ("let a = ", "1", "; in 1"),
    "withs": ("with a; ", "1", ""),
    "asserts": ("assert a; ", "1", ""),
    "conditions": ("if ", "1", " then 1 else 1"),
    "alternatives": ("if 1 then 1 else ", "1", ""),
    "inherited sets": ("{ inherit (", "a", ") a; }"),
    "not": ("!", "a", ""),
    "minus": ("- ", "a", ""),
    "applications": ("(f) ", "a", ""),
    **{f"operator {operator}": (f"a {operator} ", "a", "") for operator in ("+", "++", "?", "|>")},
}


@pytest.mark.parametrize(("before", "middle", "after"), NESTS.values(), ids=NESTS.keys())
def test_depth_is_no_limit(before, middle, after):
    """A generated file nested ten thousand deep parses, compares and prints, without recursion."""
    depth = 10_000
    text = before * depth + middle + after * depth
    file = parse(text)
    assert file.source() == text
    assert file == parse(text)
    assert hash(file) == hash(parse(text))
    assert len(repr(file)) > depth
    assert node_span(file.expression).end == len(text.rstrip())


def test_bytes_that_are_no_text_are_refused_with_their_place():
    """A file in another encoding leads to a message, not to a crash or to wrong characters."""
    assert parse_bytes("# é\n1".encode()).expression == ONE
    with pytest.raises(NixSyntaxError) as caught:
        parse_bytes(b'{\n  a = "\xe9";\n}', name="a.nix")
    assert str(caught.value) == "a.nix:2:8: the file is not UTF-8: byte 0xe9 cannot stand here"


TWICE = [
    ("{ a = 1; a = 2; }", ["a"]),
    ("{ a.b = 1; a.c = 2; a.b = 3; }", ["a.b"]),
    ("{ a.b = 1; a = { c = 2; }; a.d.e = 3; }", []),
    ("{ a = { b = 1; }; a.c = 2; a.b = 3; }", ["a.b"]),
    ("{ a = ({ b.c = 1; }); a.b.d = 2; a.b.c = 3; }", ["a.b.c"]),
    ("{ a = { b = 1; c = { }; }; a = { c.d = 1; b = 2; }; }", ["b"]),
    ("{ inherit a; a.b = 1; }", ["a.b"]),
    ("{ inherit a b; inherit (c) b; }", ["b"]),
    ("let a = 1; a = 2; in a", ["a"]),
    ("let { a = 1; a = 2; }", ["a"]),
    ('{ a = 1; "a" = 2; ${"a"} = 3; }', ['"a"', '${"a"}']),
    ("{ a = f; a.b = 1; }", ["a.b"]),
    ("{ a = { b = 1; b = 2; }; a = { c = 1; }; }", ["b"]),
    ("{ a.${x} = 1; a.${x} = 2; ${x} = 1; ${x} = 2; }", []),
    ("rec { a = rec { b = 1; }; a.c = b; }", []),
]


@pytest.mark.parametrize(("text", "names"), TWICE)
def test_attributes_that_are_defined_twice_are_found(text, names):
    """A lost definition is found before Nix finds it; what Nix merges is no mistake."""
    assert [each.summary for each in mistakes(text)] == [
        f"the attribute `{name}` is defined twice" for name in names
    ]
    for each in mistakes(text):
        assert each.related[0].message == "it is first defined here"


def mistakes(text):
    """What is said about a text, if anything."""
    try:
        parse(text)
    except NixSyntaxError as error:
        return error.diagnostics
    return ()


def test_nix_refuses_the_same_double_definitions(nix_instantiate):
    """What is no mistake to Nix is none here."""
    for text, names in TWICE:
        assert (nix_reads([text]) is None) == bool(names), text


def test_a_formatter_can_read_what_nix_refuses():
    """`check=False` reads every text of the right shape, as nixfmt does."""
    for text in (
        "{ a, a }: a",
        "{ a = 1; a = 2; }",
        "99999999999999999999",
        "let ${a} = 1; in a",
        "./a/",
    ):
        with pytest.raises(NixSyntaxError):
            parse(text)
        assert parse(text, check=False).source() == text


def test_parsed_nodes_are_whole_and_frozen():
    """A node from a file can be used as one that was made: no field is missing, none can be set."""
    for node in walk(parse(EVERY_CONSTRUCT)):
        again = evolve(node)
        assert again == node
        for field in fields(type(node)):
            assert getattr(again, field.name) is getattr(node, field.name)
            with pytest.raises(FrozenInstanceError):
                setattr(node, field.name, None)
    for token in tokens(parse(EVERY_CONSTRUCT)):
        assert evolve(token) == token
        with pytest.raises(FrozenInstanceError):
            token.text = ""


def test_raw_nix_shows_its_errors_at_the_python_line():
    """A slip in Nix inside of Python leads to the line of Python that holds it."""
    node = raw("# why\nf 1 # because\n# so")
    assert node == Apply(F, ONE)
    assert [trivia.text for trivia in node.function.token.leading] == [" so", " why"]
    with pytest.raises(NixSyntaxError) as caught:
        raw("{ a = 1 }")
    (diagnostic,) = caught.value.diagnostics
    assert str(diagnostic) == "Nix text:1:8: missing `;`"
    (place,) = [related.location for related in diagnostic.related]
    assert place.file == __file__
    assert 'raw("{ a = 1 }")' in place.line_text()
