"""Hosts are put together from parts; contradictions are errors that name both lines."""

from __future__ import annotations

import itertools

import pytest
from attrs import evolve

from nixgen import Host, NativeRunner, Option, Profile, UserScope, VaultSecret, default, force, nix
from nixgen.errors import ModelError
from nixgen.model.base import collecting
from nixgen.nix import nodes


def host(**fields) -> Host:
    """A host with what the test is about."""
    return Host(**{"name": "web1", "release": "25.11", **fields})


def options(made: Host) -> dict[str, nodes.Expression]:
    """The options of a host by their dotted path."""
    return {
        nix.join_path(path): definition.value
        for path, definition in made.composition.options.items()
    }


def test_parts_contribute_secrets_runners_and_options() -> None:
    """What a profile brings stands before what the host has itself."""
    shared, own = VaultSecret(name="shared", key="k"), VaultSecret(name="own", key="k")
    part = Profile(secrets=[shared], options={"a.b": 1})
    made = host(parts=[part], secrets=[own], options={"a.c": 2})
    assert made.composition.secrets == (shared, own)
    assert list(options(made)) == ["a.b", "a.c"]


def test_one_part_given_twice_counts_once() -> None:
    """Two profiles may bring the same object."""
    secret = VaultSecret(name="shared", key="k")
    parts = [Profile(secrets=[secret]), Profile(secrets=[secret])]
    assert host(parts=parts).composition.secrets == (secret,)


def test_equal_values_agree() -> None:
    """Two parts may say the same."""
    parts = [Profile(options={"a.b": [1, 2]}), Profile(options={"a": {"b": [1, 2]}})]
    assert list(options(host(parts=parts))) == ["a.b"]


def test_different_values_name_both_lines() -> None:
    """The error shows where each of the two values is set."""
    one = Profile(options={"a.b": 1})
    two = Profile(options={"a.b": 2})
    with pytest.raises(ModelError) as caught:
        host(parts=[one, two])
    (fault,) = caught.value.diagnostics
    assert "option a.b is set to two different values" in fault.summary
    assert fault.location.line == two.origin.line
    assert fault.related[0].location.line == one.origin.line


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        (default(1), 2, 2),
        (2, default(1), 2),
        (1, force(2), force(2)),
        (force(2), 1, force(2)),
        (force(2), default(1), force(2)),
    ],
)
def test_priorities_are_those_of_nixos(first, second, wins) -> None:
    """A default yields to a plain value, force wins, whichever part comes first."""
    parts = [Profile(options={"a": first}), Profile(options={"a": second})]
    assert options(host(parts=parts)) == {"a": nix.from_python(wins)}


def test_values_that_do_not_hold_may_contradict() -> None:
    """As in NixOS, only values of the strongest priority are compared, in any order of parts."""
    plain = [Profile(options={"a": number}) for number in (1, 2)]
    weak = [Profile(options={"a": default(number)}) for number in (3, 4)]
    forced = Profile(options={"a": force(5)})
    for parts in itertools.permutations([*plain, forced]):
        assert options(host(parts=parts)) == {"a": nix.mk_force(5)}
    for parts in itertools.permutations([plain[0], *weak]):
        assert options(host(parts=parts)) == {"a": nix.from_python(1)}
    for parts in itertools.permutations([*plain, *weak]):
        with pytest.raises(ModelError) as caught:
            host(parts=parts)
        assert len(caught.value.diagnostics) == 1


@pytest.mark.parametrize(
    ("strong", "weak"),
    [
        ("lib.mkOverride 90 1", "2"),
        ("1", "lib.mkOverride 110 2"),
        ("lib.mkVMOverride 1", "lib.mkForce 2"),
        ("lib.mkDefault 1", "lib.mkOptionDefault 2"),
        ("mkForce 1", "lib.mkOverride 60 2"),
    ],
)
def test_priorities_of_nixpkgs(strong: str, weak: str) -> None:
    """All of nixpkgs' overrides decide, by their numbers, and however they are called."""
    sides = [Profile(options={"a": nix.raw(text)}) for text in (strong, weak)]
    for parts in itertools.permutations(sides):
        assert options(host(parts=parts)) == {"a": nix.raw(strong)}


def test_a_priority_that_nix_computes() -> None:
    """It counts as that of a plain value: another one contradicts it, and a forced one wins."""
    computed, plain, forced = (
        Profile(options={"a": value}) for value in (nix.raw("lib.mkOverride x 1"), 2, force(3))
    )
    assert options(host(parts=[computed, forced])) == {"a": nix.mk_force(3)}
    with pytest.raises(ModelError, match="option a is set to two different values"):
        host(parts=[computed, plain])


def test_a_default_that_holds_stays_a_default_in_nix() -> None:
    """Modules written by hand can still override it."""
    made = host(options={"a": default(1)})
    assert made.composition.options[("a",)].priority == 1000
    assert options(made)["a"] == nix.call("lib.mkDefault", 1)


def test_an_option_inside_another_is_refused() -> None:
    """`a = 1` and `a.b = 2` cannot both hold."""
    with pytest.raises(ModelError, match=r"option a\.b is set inside a"):
        host(options={"a": 1, "a.b": 2})


def test_options_keep_their_notes() -> None:
    """The reason given with an option is kept for the comment above it."""
    made = host(options={"a": Option(value=True, notes=["why"])})
    assert made.composition.options[("a",)].notes == ("why",)


def test_quoted_names_are_the_names_they_stand_for() -> None:
    """A name with a dot in it is one name, however it is given."""
    made = host(options={'a."b.c".d': 1, "a": {"e.f": 2}})
    assert list(made.composition.options) == [("a", "b.c", "d"), ("a", "e.f")]


def test_a_runner_needs_its_secret_on_the_host() -> None:
    """A runner whose token the host does not have is refused at the runner's line."""
    token = VaultSecret(name="token", key="token")
    runner = NativeRunner(
        name="native",
        url="https://forge.example",
        token=token,
        labels=["nix:host"],
        scope=UserScope(user="alice"),
    )
    with pytest.raises(ModelError, match="uses the secret 'token', which host 'web1' lacks"):
        host(runners=[runner])
    assert host(runners=[runner], parts=[Profile(secrets=[token])]).services_of(token) == (
        "gitea-runner-native",
    )


def test_a_wrong_option_hides_no_other_mistake() -> None:
    """An option that cannot be, here or in a part, leaves the rest of the host to be looked at."""
    token = VaultSecret(name="token", key="token")
    wrong = {"a..b": 1, "c": {"d": float("nan")}, "e": 1, "e.f": 2}
    with pytest.raises(ModelError) as caught:
        host(options=wrong, secrets=[token, VaultSecret(name="token", key="other")])
    told = [each.summary for each in caught.value.diagnostics]
    assert [
        next(i for i, summary in enumerate(told) if part in summary)
        for part in ("'a..b'", "c['d']", "option e.f is set inside e", "two secrets")
    ] == [0, 1, 2, 3]
    with collecting() as found:
        host(parts=[Profile(options=wrong)])
    assert len(found) == 3


@pytest.mark.parametrize("release", ["25.12", 25.11, None])
def test_a_wrong_field_hides_no_mistake_elsewhere(release: object) -> None:
    """One run tells of options and of secrets that are missing, too: they depend on no release."""
    runner = NativeRunner(
        name="native",
        url="https://forge.example",
        token=VaultSecret(name="token", key="token"),
        labels=["nix:host"],
        scope=UserScope(user="alice"),
    )
    with pytest.raises(ModelError) as caught:
        host(release=release, runners=[runner], options={"a..b": 1})
    told = [each.summary for each in caught.value.diagnostics]
    assert [summary.partition(":")[0] for summary in told] == [
        "Host.release",
        "Host.options",
        "runner 'native' uses the secret 'token', which host 'web1' lacks",
    ]
    with collecting() as found:
        Profile(secrets=[1], options={"a..b": 1})
        evolve(runner, url="forge", labels=["nix:docker://nix"])
    assert len(found) == 4
    with pytest.raises(ModelError) as caught:  # with a field that may have been meant for secrets
        host(runners=[runner], secretes=[runner.token], options={"a..b": 1})
    told = [each.summary for each in caught.value.diagnostics]
    assert [summary.partition(":")[0] for summary in told] == [
        "Host has no field 'secretes'",
        "Host.options",
    ]


def test_two_secrets_of_one_name_are_refused() -> None:
    """The second one is named, with the place of the first."""
    first = VaultSecret(name="token", key="a")
    second = VaultSecret(name="token", key="b")
    with pytest.raises(ModelError) as caught:
        host(secrets=[first, second])
    assert caught.value.diagnostics[0].location.line == second.origin.line
    assert caught.value.diagnostics[0].related[0].location.line == first.origin.line
