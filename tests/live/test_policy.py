from __future__ import annotations

import pytest

from nixgen.live.policy import Rule, exceeding, joined, lacking, parse_policy

READ = Rule(frozenset({"read"}))


@pytest.mark.parametrize(
    "text",
    [
        'path "secret/data/a/*" { capabilities = ["read"] }',
        '# why\npath "secret/data/a/*" {\n  capabilities = ["read",]\n}\n',
        '\n# why\n\nname = "x"\npath "secret/data/a/*" {\n  capabilities = ["read"]\n}\n\n# end\n',
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
        'path "a" {\n  capabilities = ["update"]\n  capabilities = ["read"]\n}',
        '{"path": {"a": {"capabilities": ["update"]}, "a": {"capabilities": ["read"]}}}',
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


@pytest.mark.parametrize(
    "rule",
    [
        "secret/data/hosts/*",
        "secret/data/hosts/+/*",
        "secret/data/+/web/*",
        "/secret/data/hosts/web/*",
        "*",
    ],
)
def test_rules_that_cover_more_than_the_wanted_path(rule: str) -> None:
    """A host that may read all hosts' secrets lacks nothing, and has more than the model says."""
    policy = parse_policy(f'path "{rule}" {{ capabilities = ["read"] }}')
    assert lacking(["secret/data/hosts/web/*", "secret/data/hosts/web/db"], policy) == []
    more = [] if rule.startswith("/") else [f"read {rule}"]
    assert exceeding(["secret/data/hosts/web/*"], policy) == more


@pytest.mark.parametrize(
    "rule", ["hosts/web/+", "hosts/web/db", "hosts/*/db", "hosts/web", "hosts/web2/*", "+/*/db"]
)
def test_rules_that_do_not_cover_the_wanted_path(rule: str) -> None:
    """A part of a tree is not the tree; a `*` that is not at the end stands for itself."""
    policy = parse_policy(f'path "{rule}" {{ capabilities = ["read"] }}')
    assert lacking(["hosts/web/*"], policy) == ["read hosts/web/*"]


@pytest.mark.parametrize(
    ("over", "below"),
    [
        ("hosts/web/db", "hosts/web/*"),
        ("hosts/web/*", "hosts/*"),
        ("hosts/web/*", "hosts/+/db"),
        ("hosts/+/db", "hosts/*"),
        ("hosts/web/+", "hosts/web/*"),
        ("hosts/+/db", "hosts/+/d*"),
        ("hosts/+/db", "+/+/db"),
    ],
)
def test_rule_that_decides(over: str, below: str) -> None:
    """Where several rules cover a path, the most specific one alone counts, as on the server."""
    read, deny = (f'path "%s" {{ capabilities = ["{each}"] }}\n' for each in ("read", "deny"))
    assert lacking(["hosts/web/db"], parse_policy(read % over + deny % below)) == []
    denied = "denied" if over == "hosts/web/db" else f"denied by {over}"
    for rules in (deny % over + read % below, read % below + deny % over):
        assert lacking(["hosts/web/db"], parse_policy(rules)) == [f"read hosts/web/db ({denied})"]


def test_rules_for_a_part_of_a_tree() -> None:
    """They take reading away from the tree that the model reads; that is less, and never more."""
    policy = parse_policy(
        'path "hosts/web/*" { capabilities = ["read"] }\n'
        'path "hosts/web/db" { capabilities = ["deny"] }\n'
        'path "hosts/web/mail" { capabilities = ["update"] }\n'
        'path "hosts/web/key" { capabilities = ["read"] }\n'
        'path "hosts/web/" { capabilities = ["list"] }\n'
        'path "elsewhere" { capabilities = ["deny"] }\n'
    )
    assert lacking(["hosts/web/*"], policy) == ["read hosts/web/db (denied)", "read hosts/web/mail"]
    assert exceeding(["hosts/web/*"], policy) == ["list hosts/web/", "update hosts/web/mail"]
