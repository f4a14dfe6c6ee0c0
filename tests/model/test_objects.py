"""Objects of the model: their origins, their faults, and the messages that tell of them."""

import pickle
import re

import pytest

from nixgen import nix
from nixgen.errors import ModelError
from nixgen.model.base import close_match, collecting
from nixgen.model.host import Host
from nixgen.model.label import Label
from nixgen.model.runner import NativeRunner
from nixgen.model.runner_token import TokenOption
from nixgen.model.scope import GlobalScope
from nixgen.model.secret import Generated, TerraformVariable, VaultSecret
from nixgen.model.values import Bytes, Duration, UnitName, escape_systemd
from nixgen.model.vault import AppRole
from nixgen.nix import nodes
from nixgen.nix.strings import unescape_string


def secret(**fields):
    return VaultSecret(**{"name": "token", "key": "token", **fields})


def test_objects_know_the_line_that_made_them():
    """The origin is the file and line of the constructor call, with the calls around it."""
    made = secret()
    assert made.origin.file == __file__
    assert [place.line for place in made.origin.places][1] == made.origin.line + 5


def test_origin_is_outside_equality_hash_and_repr():
    """Two secrets that say the same are equal wherever they were written."""
    first = TerraformVariable(name="a")
    second = TerraformVariable(name="a")
    assert first == second
    assert hash(first) == hash(second)
    assert "origin" not in repr(first)
    assert first.origin != second.origin


def test_objects_travel_between_processes_with_their_origin():
    """A process pool gets the same object, origin included."""
    made = secret()
    copy = pickle.loads(pickle.dumps(made))
    assert copy == made
    assert copy.origin == made.origin


def test_unknown_field_suggests_the_near_one():
    """A misspelt field names the class, the field and what it may have meant."""
    with pytest.raises(ModelError) as caught:
        secret(mod=0o400)
    (fault,) = caught.value.diagnostics
    assert fault.summary == "VaultSecret has no field 'mod'"
    assert "did you mean 'mode'?" in fault.help


def test_all_faults_of_an_object_come_at_once():
    """Three wrong fields make three findings, each at its own line."""
    with pytest.raises(ModelError) as caught:
        VaultSecret(
            name="to ken",
            key="token",
            mode="0444",
            path="/x",
        )
    lines = [fault.location.line for fault in caught.value.diagnostics]
    assert len(lines) == 3
    assert len(set(lines)) == 3


def test_collecting_notes_faults_and_goes_on():
    """While a fleet loads, faults of several objects are found in one run."""
    with collecting() as found:
        secret(mode=-1)
        secret(owner="no one")
    assert len(found) == 2


def test_a_default_that_could_be_a_value_is_not_repeated():
    """A literal token given as a default is refused, and the message does not show it."""
    with pytest.raises(ModelError) as caught:
        TerraformVariable(default="s3cr3t-value")
    assert "s3cr3t-value" not in str(caught.value)
    assert "terraform.tfvars" in caught.value.diagnostics[0].help


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("actions-native", r"actions\x2dnative"),
        ("actions1", "actions1"),
        ("a.b:c_d", "a.b:c_d"),
        (".hidden", r"\x2ehidden"),
        ("/a//b/", "a-b"),
        ("ä", r"\xc3\xa4"),
    ],
)
def test_unit_names_are_escaped_as_systemd_does(name, escaped):
    """A runner's instance name becomes the unit name that systemd really uses."""
    assert escape_systemd(name) == escaped
    assert str(UnitName.of("gitea-runner-", name)) == f"gitea-runner-{escaped}"


@pytest.mark.parametrize("text", ["native-nix:host", "nix:docker://nixos/nix:latest"])
def test_labels_parse_and_print(text):
    """A label in the runner's own syntax comes back as it was."""
    assert str(Label.parse(text)) == text


@pytest.mark.parametrize("text", ["", "a b:host", "nix:docker://", "nix:dokcer://x", "a:"])
def test_labels_that_no_runner_takes_are_refused(text):
    """A malformed label says what is allowed."""
    with pytest.raises(ValueError, match="allowed"):
        Label.parse(text)


def test_sizes_and_durations_read_as_systemd_does():
    """8G is 8 times 2 to the 30th; 1h30m is 5,400 seconds; both print back."""
    assert Bytes.parse("8G").count == 8 * 2**30
    assert str(Bytes.parse("8192M")) == "8G"
    assert Duration.parse("1h30m").seconds == 5400
    assert str(Duration(5400)) == "1h30m"


def test_a_token_can_be_where_an_option_says():
    """`TokenOption` takes an option as Nix refers to it, and shows nothing of any other text."""
    assert TokenOption(path='config.age.secrets."a.b".path').path.endswith(".path")
    for wrong in ("s3cr3t-value", "/run/token", "config", 5):
        with pytest.raises(ModelError) as caught:
            TokenOption(path=wrong)
        assert "no option" in str(caught.value)
        assert "s3cr3t" not in str(caught.value)
    for wrong in ('config.a."b', "config.x y"):
        with pytest.raises(ModelError, match=r"is no attribute path.*allowed"):
            TokenOption(path=wrong)
    assert TokenOption(path='config."x y"').path == 'config."x y"'


@pytest.mark.parametrize(
    "name",
    [
        "${config.networking.hostName}-builds",
        'a ${b} "q"',
        'it\'s ${config.networking."hostName"} "q" \\',
        "${f { a = {}; }}",
        "\\${a}",
    ],
)
def test_the_help_for_an_interpolated_name_can_be_pasted(name):
    """What it says to write is Python that makes a string of Nix with the same expressions."""

    def runner(display_name):
        return NativeRunner(
            name="a",
            display_name=display_name,
            url="https://git.example.org",
            token=TokenOption(path="config.x"),
            labels=["a:host"],
            scope=GlobalScope(),
        )

    with pytest.raises(ModelError) as caught:
        runner(name)
    written = re.search(r"write (nix\.raw\(.*\)), with", caught.value.diagnostics[0].help)[1]
    made = runner(eval(written, {"nix": nix})).display_name
    made = nix.parse(nix.print_expression(made)).expression
    assert isinstance(made, nodes.String)
    text = [unescape_string(each) for each in made.parts if isinstance(each, str)]
    assert text == [each for each in re.split(r"\$\{.*\}", name) if each]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: VaultSecret(name="db", key="password", terraform=Generated),
            "VaultSecret.terraform: Generated is a class; allowed is TerraformVariable or ",
        ),
        (lambda: Host(name="web1", release="25.11", options=None), "Host.options: it is None;"),
        (
            lambda: Host(name="web1", release="25.11", tags={"cache": 1}),
            "Host.tags: {'cache': ...} is no list; allowed is a list or a tuple",
        ),
        (
            lambda: AppRole(token_ttl=3600),
            'AppRole.token_ttl: 3600 is an int; allowed is a duration, such as "90s" or',
        ),
        (
            lambda: VaultSecret(name="db", key="password", refresh_interval=3600),
            "VaultSecret.refresh_interval: 3600 is an int; allowed is a duration, such as",
        ),
    ],
)
def test_values_of_another_kind_are_named_in_words(make, said):
    """No message speaks of Python's inner classes, or says that None is None."""
    with pytest.raises(ModelError) as raised:
        make()
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.summary.startswith(said)
    helps = {"a class": "call it: Generated(...)", "no list": "give its values as a list: [...]"}
    assert diagnostic.help == next((helps[word] for word in helps if word in said), None)


@pytest.mark.parametrize("name", ["WEB1", "web", "Wbe1"])
def test_a_near_name_is_found_in_any_case(name):
    """Whoever writes a name in capitals is led to it as well."""
    assert close_match(name, ["db-server", "web1"]) == "did you mean 'web1'?"
    assert close_match("mail", ["db-server", "web1"]) == ""


def test_a_name_with_a_domain_is_taken_apart():
    """Host and domain are told apart where both are names, and nothing odd is advised."""
    with pytest.raises(ModelError) as caught:
        Host(name="web1.example.org", release="25.11")
    advice = caught.value.diagnostics[0].help
    assert advice == "write 'web1', and 'example.org' as the option networking.domain"
    for name in ("..", ".web1", "web1.", "web1.a_b", "web1..org", "10.0.0.1"):
        with pytest.raises(ModelError) as caught:
            Host(name=name, release="25.11")
        assert caught.value.diagnostics[0].help is None
