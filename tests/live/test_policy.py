from __future__ import annotations

import pytest

from nixgen.live.policy import Rule, exceeding, joined, lacking, parse_policy

READ = Rule(frozenset({"read"}))


@pytest.mark.parametrize(
    "text",
    [
        'path "secret/data/a/*" { capabilities = ["read"] }',
        '# why\npath "secret/data/a/*" {\n  capabilities = ["read",]\n}\n',
        '{"path": {"secret/data/a/*": {"capabilities": ["read"]}}}',
        2 * 'path "secret/data/a/*" {\n  capabilities = ["read"]\n}\n',
    ],
)
def test_forms_of_a_policy(text: str) -> None:
    """HCL in any layout and JSON say the same: the text's form is no difference."""
    assert parse_policy(text) == {"secret/data/a/*": READ}


def test_restrictions_are_part_of_a_rule() -> None:
    """A rule that lets read only with some parameter is not the model's."""
    text = 'path "a" {\n  capabilities = ["read"]\n  required_parameters = ["x"]\n}\n'
    policy = parse_policy(text)
    assert policy == {"a": Rule(frozenset({"read"}), frozenset({"required_parameters"}))}
    assert lacking(["a"], policy) == ["read a without required_parameters"]


@pytest.mark.parametrize(
    ("text", "capabilities"),
    [
        ('path "a" { policy = "read" }', {"read", "list"}),
        ('path "a" { policy = "write" }', {"create", "read", "update", "delete", "list"}),
        (
            '{"path": {"a": {"policy": "sudo"}}}',
            {"create", "read", "update", "delete", "list", "sudo"},
        ),
        ('path "a" { policy = "deny" }', {"deny"}),
        ('path "a" {\n  policy = "read"\n  capabilities = ["sudo"]\n}', {"read", "list", "sudo"}),
    ],
)
def test_older_form_of_capabilities(text: str, capabilities: set[str]) -> None:
    """Servers still take `policy = "write"`: it allows what it says, and restricts nothing."""
    assert parse_policy(text) == {"a": Rule(frozenset(capabilities))}


@pytest.mark.parametrize(
    "text",
    [
        "path {",
        '{"path": [',
        '{"path": {"a": 1}}',
        'path "a" { capabilities = read }',
        'path = { "a" = { policy = "write" } }',
        'path "a" { policy = "all" }',
        '{"path": {"a": {"policy": ["write"]}}}',
        'path "a" { grants = ["update"] }',
        'path "a" {\n  grants {\n    update = true\n  }\n}',
    ],
)
def test_what_cannot_be_read(text: str) -> None:
    """Another form is told as such, not taken for an empty policy."""
    with pytest.raises(ValueError, match=r"\w"):
        parse_policy(text)


def test_policies_add_up() -> None:
    """A role with two policies may do what either allows; a denial stands over both."""
    one = parse_policy('path "a" { capabilities = ["read"] }')
    two = parse_policy('path "a" { capabilities = ["list"] }\npath "b" { capabilities = ["read"] }')
    both = joined([one, two])
    assert both["a"].capabilities == {"read", "list"}
    assert lacking(["a", "b"], both) == []
    assert exceeding(["a", "b"], both) == ["list a"]
    denied = joined([both, parse_policy('path "a" { capabilities = ["deny"] }')])
    assert lacking(["a", "b"], denied) == ["read a (denied)"]


def test_differences_name_paths_and_capabilities() -> None:
    """A reader sees at once what is missing and what is too much."""
    policy = parse_policy(
        'path "secret/data/web/*" { capabilities = ["read", "update"] }\n'
        'path "secret/metadata/*" { capabilities = ["list", "read"] }\n'
    )
    wanted = ["secret/data/web/*", "secret/data/shared/x"]
    assert lacking(wanted, policy) == ["read secret/data/shared/x"]
    assert exceeding(wanted, policy) == ["update secret/data/web/*", "list, read secret/metadata/*"]
