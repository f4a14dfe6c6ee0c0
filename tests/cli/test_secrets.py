from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from programs import run
from terminal import at_terminal

VALUE = "hunter2-9f3b1c77"
"""A secret's value. No output may repeat it."""

SHARED = """\
from nixgen import Generated, Host, VaultSecret

shared = VaultSecret(
    name="replication",
    path="shared/replication",
    key="password",
    owner="postgres",
    group="postgres",
    services=["postgresql"],
    terraform=Generated(length=40),
)
db2 = Host(name="db2", release="25.05", secrets=[shared])
db3 = Host(name="db3", release="25.05", secrets=[shared])
"""


@pytest.fixture
def shared(nixgen, project: Path):
    """The project with two hosts more, which share a secret."""
    (project / "hosts/_shared.py").write_text(SHARED)
    (project / "hosts/db2.py").write_text("from _shared import db2\n")
    (project / "hosts/db3.py").write_text("from _shared import db3\n")
    return nixgen


@pytest.fixture
def missing(nixgen, project: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs `secrets missing` over a text of values; the value above is in no output."""
    monkeypatch.delenv("TF_VAR_runner_token", raising=False)

    def run(text: str, *arguments: str, name: str = "values.tfvars"):
        (project / name).write_text(text)
        result = nixgen("secrets", "missing", "--tfvars", name, *arguments)
        assert VALUE not in result.out + result.err
        return result

    return run


# -- the table ---------------------------------------------------------------------------------


def test_lines(shared) -> None:
    """A program reads a line for each reader of each secret, in columns, by path."""
    rows = [line.split() for line in shared("secrets").out.splitlines()]
    header, postgres, token, db2, db3 = rows
    assert header == ["PATH", "KEY", "SOURCE", "VARIABLE", "HOST", "MODE", "OWNER", "UNITS"]
    assert postgres == [
        "hosts/db1/postgres",
        "*",
        "generated",
        "-",
        "db1",
        "0400",
        "root:root",
        "-",
    ]
    assert token[:4] == ["hosts/web1/runner-token", "token", "given", "runner_token"]
    assert token[4:] == ["web1", "0440", "root:root", r"gitea-runner-actions\x2dnative"]
    assert db2[:4] == db3[:4] == ["shared/replication", "password", "generated", "-"]
    assert db2[4:] == ["db2", "0400", "postgres:postgres", "postgresql"]
    assert db3[4] == "db3"


def test_json(shared) -> None:
    """In JSON a secret that hosts share is there once, with all who read it."""
    found = shared("secrets", "--json").data["secrets"]
    assert [each["path"] for each in found] == [
        "hosts/db1/postgres",
        "hosts/web1/runner-token",
        "shared/replication",
    ]
    assert [reader["host"] for reader in found[2]["readers"]] == ["db2", "db3"]
    assert found[1] == {
        "path": "hosts/web1/runner-token",
        "key": "token",
        "source": "given",
        "variable": "runner_token",
        "readers": [
            {
                "host": "web1",
                "name": "runner-token",
                "file": "/run/secrets/runner-token",
                "mode": "0440",
                "owner": "root",
                "group": "root",
                "units": [r"gitea-runner-actions\x2dnative"],
            }
        ],
    }


def test_some_hosts(shared, project: Path) -> None:
    """Named hosts are shown alone, and a mistake in another one's file is no hindrance."""
    (project / "hosts/db1.py").write_text("1 +\n")
    found = shared("secrets", "web1", "db2", "--json").data["secrets"]
    assert [each["path"] for each in found] == ["hosts/web1/runner-token", "shared/replication"]
    assert shared("secrets", "db1").status == 2
    assert "there is no host 'wbe1'" in shared("--json", "secrets", "wbe1").out


def test_at_a_narrow_terminal(shared, project: Path) -> None:
    """Who reads a secret stands below it where no room is beside; a unit's name stays whole."""
    status, seen = at_terminal("secrets", "web1", folder=project, COLUMNS="50", NO_COLOR="1")
    assert status == 0
    assert seen.splitlines() == [
        "hosts/web1/runner-token",
        "  key token, var.runner_token",
        "    web1  0440 root",
        "      gitea-runner-actions\\x2dnative",
    ]


def test_a_misspelt_verb(shared) -> None:
    """Who meant `secrets missing` is told so, and not only that there is no such host."""
    run = shared("secrets", "mising")
    assert run.status == 2
    assert run.err.endswith(
        "help: did you mean `nixgen secrets missing`? the hosts are db1, db2, db3, web1\n"
    )
    assert "missing`?" not in shared("secrets", "wbe1").err


def test_secret_that_exists_by_hand_comes_from_elsewhere(nixgen, project: Path) -> None:
    """What nixgen writes nothing for is listed all the same, and no variable is claimed for it."""
    file = project / "hosts/web1.py"
    file.write_text(file.read_text().replace("mode=0o440,", "existing=True,"))
    (row,) = nixgen("secrets", "web1", "--json").data["secrets"]
    assert (row["source"], row["variable"]) == ("elsewhere", None)


def test_people_see_a_table_that_fits(shared, project: Path) -> None:
    """At 80 columns nothing is cut or runs over: what belongs together is one cell."""
    status, seen = at_terminal("secrets", folder=project, COLUMNS="80", NO_COLOR="1")
    assert status == 0
    left, right = 31, "  gitea-runner-actions\\x2dnative"
    assert seen.splitlines() == [
        "SECRET".ljust(left) + "READ BY",
        "hosts/db1/postgres".ljust(left) + "db1  0400 root",
        "  all keys, generated",
        "hosts/web1/runner-token".ljust(left) + "web1  0440 root",
        "  key token, var.runner_token".ljust(left) + right,
        "shared/replication".ljust(left) + "db2  0400 postgres",
        "  key password, generated".ljust(left) + "  postgresql",
        " " * left + "db3  0400 postgres",
        " " * left + "  postgresql",
    ]


def test_completion(project: Path) -> None:
    """A shell completes hosts and inner verbs alike."""
    environment = {
        **os.environ,
        "_NIXGEN_COMPLETE": "bash_complete",
        "COMP_WORDS": "nixgen secrets ",
        "COMP_CWORD": "2",
    }
    command = [sys.executable, "-m", "nixgen"]
    shown = run(command, cwd=project, environment=environment)
    assert shown.split() == ["plain,missing", "plain,db1", "plain,web1"]


# -- missing values ----------------------------------------------------------------------------


def test_all_values_are_there(missing) -> None:
    """Silence and exit status 0: `tofu apply` has all it needs."""
    run = missing(f'runner_token = "{VALUE}"\n')
    assert (run.status, run.out, run.err) == (0, "", "")
    assert missing("runner_token = 12\n").status == 0
    assert missing('\ufeffrunner_token = "$${1}%%{2}"\r\n').status == 0


EXPRESSION = "is an expression; allowed is a literal, in which $${ stands for ${ and %%{ for %{"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "has no value"),
        ("runner_token = null\n", "is null"),
        ('runner_token = ""\n', "is empty"),
        ('runner_token = "TOKEN="\n', "is empty"),
        ("runner_token = []\n", "is empty"),
        ('runner_token = "PLACEHOLDER"\n', "is a placeholder"),
        ('runner_token = "change-me"\n', "is a placeholder"),
        ('runner_token = "TOKEN=PLACEHOLDER"\n', "is a placeholder"),
        ("runner_token = <<EOT\n  TODO\nEOT\n", "is a placeholder"),
        (f'runner_token = ["{VALUE}", ""]\n', "has a part that is empty"),
        (f'runner_token = {{ a = "{VALUE}", b = "todo" }}\n', "has a part that is a placeholder"),
        (f'runner_token = lower("{VALUE}")\n', EXPRESSION),
        (f'runner_token = "{VALUE}${{1}}"\n', EXPRESSION),  # whoever writes it means the text
    ],
)
def test_value_is_missing(missing, text: str, wrong: str) -> None:
    """A variable without a value, or with something that stands for one, is found before Vault."""
    run = missing(text, "--json")
    assert run.status == 1
    (found,) = run.data["diagnostics"]
    assert found["summary"] == f"the variable 'runner_token' of the secret 'runner-token' {wrong}"
    assert found["location"] == {"file": "hosts/web1.py", "line": 5}


def test_default_that_is_a_placeholder_is_no_value(missing, project: Path) -> None:
    """OpenTofu would write the placeholder into Vault without a word."""
    file = project / "hosts/web1.py"
    text = file.read_text().replace("import Global", "import TerraformVariable, Global")
    variable = 'terraform=TerraformVariable(default="PLACEHOLDER"),\n'
    file.write_text(text.replace("mode=0o440,", variable))
    run = missing("")
    assert run.status == 1
    assert "has no value, and its default is a placeholder" in run.out
    assert "hosts/web1.py:8" in run.out


TYPES = {
    "string": [f'"{VALUE}"', "1", "true", f'["{VALUE}"]', f'{{ a = "{VALUE}" }}'],
    "number": [
        "1.5",
        "-2",
        '"1e5"',
        '".5"',
        f'"{VALUE}"',
        "true",
        '"0x10"',
        '"1_000"',
        '"1."',
        '"+1"',
        '" 1"',
        '"inf"',
        "[1]",
    ],
    "bool": ["true", '"false"', '"1"', "1", '"True"', f'"{VALUE}"', "[true]"],
    "any": ["1", '"x"', '["x"]', '{ a = ["x"] }'],
    "list(string)": [f'["{VALUE}", 1]', f'"{VALUE}"', f'["{VALUE}", ["x"]]', '{ a = "x" }'],
    "set(number)": ['[1, "2"]', f'[1, "{VALUE}"]', "1"],
    "map(string)": [f'{{ a = "{VALUE}", b = 1 }}', '["x"]', '{ a = ["x"] }'],
    "map(list(bool))": ["{ a = [true] }", "{ a = true }", '{ a = ["x"] }', "[true]"],
    "list(any)": ['["x"]', "[1]", '"x"'],
}


def give_type(project: Path, constraint: str) -> None:
    """Gives the variable of web1's secret a type."""
    file = project / "hosts/web1.py"
    text = file.read_text().replace("import Global", "import TerraformVariable, Global")
    variable = f'terraform=TerraformVariable(type="{constraint}"),'
    file.write_text(re.sub(r"mode=0o440,|terraform=TerraformVariable\(.*\),", variable, text))


@pytest.mark.parametrize("constraint", TYPES)
def test_value_of_another_type(missing, project: Path, constraint: str, tofu: Path) -> None:
    """What OpenTofu refuses for the variable's type is told, what it converts is not."""
    give_type(project, constraint)
    module = project / "module"
    module.mkdir()
    (module / "main.tf").write_text(f'variable "runner_token" {{\n  type = {constraint}\n}}\n')
    plan = [str(tofu), f"-chdir={module}", "plan", "-input=false", "-var-file=../values.tfvars"]
    fitting = 0
    for value in TYPES[constraint]:
        found = missing(f"runner_token = {value}\n", "--json")
        summaries = [each["summary"] for each in found.data["diagnostics"]]
        refused = subprocess.run(plan, capture_output=True, check=False).returncode
        fitting += not refused
        wrong = f"has a value that does not fit its type, {constraint}"
        told = f"the variable 'runner_token' of the secret 'runner-token' {wrong}"
        assert (found.status, summaries) == ((1, [told]) if refused else (0, [])), value
    assert fitting


def test_example_of_a_type(missing, project: Path) -> None:
    """The help says how a value of the variable's type is written."""
    give_type(project, "map(list(number))")
    run = missing("")
    assert run.out.endswith("help: give it in terraform.tfvars: runner_token = { name = [...] }\n")


def test_type_of_a_value_in_the_environment(missing, project: Path, monkeypatch) -> None:
    """A text there is converted as OpenTofu does, or is an expression that nixgen does not read."""
    give_type(project, "number")
    monkeypatch.setenv("TF_VAR_runner_token", "12")
    assert missing("").status == 0
    monkeypatch.setenv("TF_VAR_runner_token", VALUE)
    assert "does not fit its type, number" in missing("").out
    give_type(project, "list(string)")
    monkeypatch.setenv("TF_VAR_runner_token", f'["{VALUE}"]')
    assert missing("").status == 0


def test_message_leads_to_both_places(missing) -> None:
    """Whoever reads it sees the secret in Python and the line of values, but not its text."""
    run = missing(f'other = "{VALUE}"\nrunner_token = "PLACEHOLDER"\n')
    assert (
        run.out
        == """\
error: the variable 'runner_token' of the secret 'runner-token' is a placeholder
  --> hosts/web1.py:5
    |
  5 | token = VaultSecret(
note: it is given here
  --> values.tfvars:2:1
    |
  2 | (this line is not shown: it may hold a secret)
help: give it in terraform.tfvars: runner_token = "..."

warning: the variable 'other' is that of no secret
  --> values.tfvars:1:1
    |
  1 | (this line is not shown: it may hold a secret)
"""
    )


def test_misspelt_name_is_a_warning(missing) -> None:
    """A name that no secret uses is told, with the near one; alone it is no failure."""
    run = missing(f'runner_token = "{VALUE}"\nruner_token = "{VALUE}"\n', "--json")
    assert run.status == 0
    (found,) = run.data["diagnostics"]
    assert (found["severity"], found["help"]) == ("warning", "did you mean 'runner_token'?")
    assert found["location"] == {"file": "values.tfvars", "line": 2, "column": 1}


def test_json_file_of_values(missing) -> None:
    """`*.tfvars.json` is read as OpenTofu reads it."""
    text = json.dumps({"runner_token": VALUE, "odd": 1}, indent=2)
    run = missing(text, "--json", name="a.tfvars.json")
    assert run.status == 0
    (found,) = run.data["diagnostics"]
    assert found["location"] == {"file": "a.tfvars.json", "line": 3}
    assert missing('{"runner_token": "TODO"}', name="a.tfvars.json").status == 1


def test_last_file_wins(missing, project: Path) -> None:
    """Values of a later file stand over those of an earlier one, as with `tofu -var-file`."""
    (project / "first.tfvars").write_text(f'runner_token = "{VALUE}"\n')
    (project / "last.tfvars").write_text('runner_token = "PLACEHOLDER"\n')
    assert missing("", "--tfvars", "first.tfvars").status == 0
    assert missing("", "--tfvars", "first.tfvars", "--tfvars", "last.tfvars").status == 1


def test_environment_gives_values(missing, monkeypatch: pytest.MonkeyPatch) -> None:
    """`TF_VAR_<name>` is a value too; one for something else is nobody's fault."""
    monkeypatch.setenv("TF_VAR_runner_token", VALUE)
    monkeypatch.setenv("TF_VAR_other", VALUE)
    assert missing("").status == 0
    assert missing('runner_token = "PLACEHOLDER"\n').status == 1
    monkeypatch.setenv("TF_VAR_runner_token", "PLACEHOLDER")
    assert "TF_VAR_runner_token" in missing("").out


def test_default_file(nixgen, project: Path) -> None:
    """Without --tfvars the file beside the generated Terraform is read."""
    folder = project / "build/terraform/vault"
    folder.mkdir(parents=True)
    (folder / "terraform.tfvars").write_text(f'runner_token = "{VALUE}"\n')
    assert nixgen("secrets", "missing").status == 0


def test_before_there_is_a_file(nixgen, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenTofu does without the default file, too: all values are told that it is to have."""
    run = nixgen("secrets", "missing")
    assert (run.status, run.err) == (1, "")
    assert run.out.startswith("error: the variable 'runner_token' of the secret 'runner-token' has")
    status, seen = at_terminal("secrets", "missing", folder=project, NO_COLOR="1")
    last = "1 variable without a value; build/terraform/vault/terraform.tfvars is not there yet"
    assert (status, seen.splitlines()[-1]) == (1, last)
    monkeypatch.setenv("TF_VAR_runner_token", VALUE)
    assert nixgen("secrets", "missing").status == 0
    assert nixgen("secrets", "missing", "--tfvars", "terraform.tfvars").status == 2


@pytest.mark.parametrize(
    ("name", "text", "summary", "line"),
    [
        ("v.tfvars", f'a = 1\nrunner_token = "{VALUE}', "v.tfvars is no HCL", 2),
        ("v.tfvars", f"a = 1\nrunner_token = {VALUE} {VALUE}\n", "v.tfvars is no HCL", 2),
        ("v.tfvars", f'a = "{VALUE}"\na = 1\n', "v.tfvars sets a variable twice", 2),
        ("v.tfvars", f'a = {{ "{VALUE}" = 1\n', "v.tfvars is no HCL", 2),
        (
            "v.tfvars.json",
            f'{{"a": 1,\n"b": "{VALUE}}}',
            "v.tfvars.json is no JSON: unterminated string starting at",
            2,
        ),
        (
            "v.tfvars.json",
            f'["{VALUE}"]',
            "cannot read v.tfvars.json: it is no JSON object of variables",
            None,
        ),
    ],
)
def test_file_that_does_not_parse(missing, name: str, text: str, summary: str, line) -> None:
    """The place is told and nothing of the text: it is the file with all secrets in it."""
    run = missing(text, "--json", name=name)
    assert run.status == 2
    (found,) = run.data["diagnostics"]
    assert found["summary"] == summary
    assert found["location"].get("line") == line
    assert missing(text, "--debug", name=name).status == 2


def test_file_that_is_no_text(nixgen, project: Path) -> None:
    """Another encoding is told as such."""
    (project / "v.tfvars").write_bytes('a = "Größe"'.encode("latin-1"))
    run = nixgen("secrets", "missing", "--tfvars", "v.tfvars")
    assert (run.status, run.err.splitlines()[0]) == (
        2,
        "error: cannot read v.tfvars: it is not in UTF-8",
    )


def test_people_are_told_how_it_stands(nixgen, project: Path) -> None:
    """A person gets a last line, whichever way it went."""
    (project / "v.tfvars").write_text("")
    arguments = ("secrets", "missing", "--tfvars", "v.tfvars")
    status, seen = at_terminal(*arguments, folder=project, NO_COLOR="1")
    assert (status, seen.splitlines()[-1]) == (1, "1 variable without a value")
    (project / "v.tfvars").write_text(f'runner_token = "{VALUE}"\n')
    status, seen = at_terminal(*arguments, folder=project)
    assert (status, seen) == (0, "every variable of a secret has a value\n")
