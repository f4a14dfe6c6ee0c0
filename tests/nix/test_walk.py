"""Going through trees and changing them."""

import pytest
from attrs import evolve
from nix_trees import EVERY_CONSTRUCT

from nixgen.nix.nodes import Apply, Binding, Identifier, Integer, List, Parentheses, String
from nixgen.nix.parsing.parser import parse, parse_expression
from nixgen.nix.spans import first_token, last_token, node_span, tokens
from nixgen.nix.walk import SKIP, Transformer, Visitor, walk


def test_walk_yields_every_node_in_the_order_of_the_text():
    """A search over a tree finds things in the order in which a reader does."""
    file = parse(EVERY_CONSTRUCT)
    nodes = list(walk(file))
    starts = [node_span(node).start for node in nodes]
    assert starts == sorted(starts)
    names = [node.name for node in nodes if isinstance(node, Identifier)]
    assert names[:3] == ["lib", "import", "pkgs"]


def test_a_visitor_enters_and_leaves_and_can_skip():
    """A visitor sees a node before and after what is below it, or leaves that out."""
    seen = []

    class Trace(Visitor):
        def enter_identifier(self, node):
            seen.append(node.name)

        def enter_list(self, node):
            seen.append("[")

        def leave_list(self, node):
            seen.append("]")

        def enter_string(self, node):
            return SKIP

        def leave_string(self, node):
            seen.append("never")

    Trace().visit(parse('[ a [ b ] "${c}" ] // d'))
    assert seen == ["[", "a", "[", "b", "]", "]", "d"]


class Rename(Transformer):
    def transform_identifier(self, node):
        return evolve(node, name=node.name.upper())

    def transform_integer(self, node):
        return None


def test_a_transformer_changes_and_removes():
    """A change touches what it names; an item can be removed."""
    assert Rename().transform(parse_expression("[ a 1 (b 2.0) ]")) == parse_expression(
        "[ A (B 2.0) ]"
    )


def test_a_transformer_keeps_what_it_does_not_change():
    """Unchanged parts stay the same objects, with their comments; the text's other parts too."""

    class Nothing(Transformer):
        pass

    file = parse(EVERY_CONSTRUCT)
    assert Nothing().transform(file) is file

    class One(Transformer):
        def transform_integer(self, node):
            return Integer("2") if node.text == "1" else node

    before = parse_expression("{ a = 1; # one\n b = 3; }")
    after = One().transform(before)
    assert after.entries[0] == Binding(before.entries[0].path, Integer("2"))
    assert after.entries[0].semicolon.trailing.text == " one"
    assert after.entries[1] is before.entries[1]


def test_what_others_need_cannot_be_removed():
    """A transformer that would leave a hole in the tree says which."""
    with pytest.raises(ValueError, match="the value of a Binding cannot be removed"):
        Rename().transform(parse_expression("{ a = 1; }"))
    with pytest.raises(ValueError, match="root"):
        Rename().transform(Integer("1"))


def test_any_depth_can_be_walked_and_changed():
    """Walking needs no recursion."""
    deep = parse("(" * 20_000 + "a" + ")" * 20_000)
    assert sum(isinstance(node, Parentheses) for node in walk(deep)) == 20_000
    Visitor().visit(deep)
    assert Rename().transform(deep) != deep


def test_tokens_of_a_tree_that_was_made():
    """A tree made in Python has its tokens too, in order."""
    tree = Apply(Identifier("f"), List((String(("x",)), Integer("1"))))
    assert [token.text for token in tokens(tree)] == ["f", "[", '"', '"', "1", "]"]
    assert (first_token(tree).text, last_token(tree).text) == ("f", "]")
