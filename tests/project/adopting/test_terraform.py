"""Secrets of Terraform files that exist become Python, and the files stay people's."""

from __future__ import annotations

from pathlib import Path

import pytest

from nixgen import Generated, TerraformVariable, Vault, build, load_fleet
from nixgen.diagnostic import render_all
from nixgen.errors import InputError
from nixgen.hcl import HclSyntaxError
from nixgen.project.adopting.adopt import Adopted, adopt

VARIABLES = """\
# Values are in terraform.tfvars.

variable "forge_native_token" {
  description = "The forge's runner token"
  type        = string
  default     = "PLACEHOLDER"
  sensitive   = true
}

variable "smtp" {
  sensitive = true
  type      = "string"
}

variable "mail" {
  default = "CHANGEME"
}

variable "vault_address" {
  default = "https://vault.example.org:8200"
}
"""
SECRETS = """\
locals {
  secrets = {
    "hosts/mail/dkim" = { auto_generate = true }

    # The forge's, from its web page.
    "hosts/build1/forge-token" = {
      data          = { "token" = var.forge_native_token }
      auto_generate = false
    }
    "hosts/build1/db" = {
      auto_generate = true
      length        = 48
      key           = "password"
    }
    "shared/smtp" = {
      auto_generate = false
      data          = { password = var.smtp }
    }
    "hosts/build1/pair" = {
      auto_generate = false
      data          = { user = var.mail, password = var.smtp }
    }
  }
}

resource "vault_kv_secret_v2" "secrets" {
  for_each = local.secrets
}
"""
NIX = """\
{ ... }:
{
  # The token that the forge gave us
  vault.secrets.forge-token = {
    secretPath = "hosts/build1/forge-token";
    extractKey = "token";
    mode = "0440";
  };

  vault.secrets.mail-password = {
    secretPath = "shared/smtp";
    extractKey = "password";
    mode = "0400";
  };
}
"""
FILES = {"variables.tf": VARIABLES, "secrets.tf": SECRETS}


def adopted(texts: dict[str, str] = FILES) -> Adopted:
    """The Python for the files."""
    return adopt(texts, "build1", "25.11")


def loaded(made: Adopted, tmp_path: Path):
    """The fleet that the Python is."""
    (tmp_path / "hosts").mkdir(parents=True, exist_ok=True)
    (tmp_path / "hosts/build1.py").write_text(made.python)
    return load_fleet(tmp_path / "hosts")


def test_terraform_alone(tmp_path: Path) -> None:
    """Each entry of the host's that an object can make becomes a secret, with its variable."""
    made = adopted()
    assert (
        made.python
        == '''\
"""build1."""

from nixgen import Generated, Host, TerraformVariable, Vault, VaultSecret

forge_token = VaultSecret(
    name="forge-token",
    key="token",
    terraform=TerraformVariable(
        name="forge_native_token",
        description="The forge's runner token",
        default="PLACEHOLDER",
    ),
)

db = VaultSecret(name="db", key="password", terraform=Generated(length=48))

host = Host(
    name="build1",
    release="25.11",
    secrets=[forge_token, db],
    vault=Vault(managed=["variables.tf", "secrets.tf"]),
)
'''
    )
    assert {path: same for path, (_, _, same) in made.files.items()} == {
        "variables.tf": "bytes",
        "secrets.tf": "bytes",
    }
    assert list(made.kept) == [
        "hosts/build1/pair: its entry or its variable says more than an object does"
    ]


def test_what_is_built_is_what_was_there(tmp_path: Path) -> None:
    """The first build takes the entries over, and changes no byte of the files."""
    folder = tmp_path / "out/terraform/vault"
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    fleet = loaded(adopted(), tmp_path)
    result = build(fleet, tmp_path / "out")
    assert {f"terraform/vault/{name}" for name in FILES} <= set(result.adopted)
    assert {name: (folder / name).read_text() for name in FILES} == FILES


def test_terraform_and_nix_are_joined(tmp_path: Path) -> None:
    """One secret has the mode of the Nix file and the variable of the Terraform file."""
    made = adopted({"secrets.nix": NIX, **FILES})
    fleet = loaded(made, tmp_path)
    (host,) = fleet.hosts
    assert host.vault == Vault(managed=["variables.tf", "secrets.tf"])
    token, mail = host.composition.secrets
    assert (token.name, token.path, token.mode) == ("forge-token", None, 0o440)
    assert token.terraform == TerraformVariable(
        name="forge_native_token", description="The forge's runner token", default="PLACEHOLDER"
    )
    assert (mail.name, mail.path, mail.key) == ("mail-password", "shared/smtp", "password")
    assert mail.terraform == TerraformVariable(name="smtp")
    assert made.files["secrets.nix"][2] == "bytes"
    assert made.files["secrets.tf"][2] == "bytes"
    assert list(made.kept) == [
        "hosts/build1/db: no vault.secrets in the adopted Nix files has it",
        "hosts/build1/pair: no vault.secrets in the adopted Nix files has it",
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('    mode = "0400";\n', "", "it has no mode, which nixgen would write"),
        ('"0400"', '"u=r"', 'its mode is no text of octal digits, such as "0400"'),
        ('"0400"', '"400"', "as an object it would differ in mode"),
        ('"password"', "config.key", "as an object it would differ in extractKey"),
        ('"0400";\n', '"0400";\n    restart = true;\n', "as an object it would differ in restart"),
        ('"0400"', '# why\n"0400"', "its set is split or recursive, or has a comment in a value"),
    ],
)
def test_why_a_secret_stays_options(old: str, new: str, reason: str) -> None:
    """What an object does not say is named, where Terraform has an entry of the secret."""
    nix = NIX.replace("shared/smtp", "hosts/build1/mail-password")
    head, middle, tail = nix.partition("  vault.secrets.mail-password")
    texts = {"secrets.nix": head + middle + tail.replace(old, new)}
    assert texts["secrets.nix"] != nix
    assert list(adopted(texts).kept) == []
    entries = SECRETS.replace("shared/smtp", "hosts/build1/mail-password")
    made = adopted({**texts, "variables.tf": VARIABLES, "secrets.tf": entries})
    assert [each for each in made.kept if "mail" in each] == [
        f"hosts/build1/mail-password: vault.secrets.mail-password stays options: {reason}"
    ]
    assert made.python.count("VaultSecret(") == 1


def test_a_secret_of_another_path_that_stays_options() -> None:
    """It is found by the path that the file gives it, wherever that is."""
    nix = NIX.replace('    mode = "0400";\n', "")
    said = "vault.secrets.mail-password stays options: it has no mode, which nixgen would write"
    assert f"shared/smtp: {said}" in adopted({"secrets.nix": nix, **FILES}).kept


def test_a_file_that_is_missing_is_named() -> None:
    """Without the file of the variables nobody knows what they say."""
    assert list(adopted({"secrets.tf": SECRETS}).kept) == [
        "hosts/build1/forge-token: its variable forge_native_token is in none of the files",
        "hosts/build1/pair: its variable mail is in none of the files",
    ]


def test_what_is_added_is_shown() -> None:
    """A description that nixgen derives is a difference, and the rest of the file stays."""
    _, text, same = adopted({"secrets.nix": NIX, **FILES}).files["variables.tf"]
    assert same == "different"
    assert text == VARIABLES.replace(
        'variable "smtp" {\n  sensitive = true\n  type      = "string"\n',
        'variable "smtp" {\n  sensitive = true\n'
        '  description = "Value of the secret mail-password"\n  type      = string\n',
    )


def test_generated_and_given_without_all_fields(tmp_path: Path) -> None:
    """What an entry leaves out is what is meant by it: given, and of the usual length."""
    one = '"hosts/build1/a" = { data = { k = var.smtp } }'
    two = '"hosts/build1/b" = {\n auto_generate = true\n length = 32\n }'
    text = f"locals {{\n  secrets = {{\n{one}\n{two}\n  }}\n}}\n"
    fleet = loaded(adopted({"variables.tf": VARIABLES, "secrets.tf": text}), tmp_path)
    given, made = fleet.hosts[0].secrets
    assert given.terraform == TerraformVariable(name="smtp")
    assert made.terraform == Generated()
    assert made.key is None


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("secrets.tf", "var.forge_native_token", '"hunter2"', "secrets.tf:7"),
        ("secrets.tf", "var.forge_native_token", 'trimspace("hunter2")', "secrets.tf:7"),
        ("secrets.tf", "var.smtp }\n    }\n    ", "<<EOT\nhunter2\nEOT\n}}\n", "secrets.tf:17"),
        ("variables.tf", '"PLACEHOLDER"', '"hunter2"', "variables.tf:6"),
        ("variables.tf", '"CHANGEME"', '"hunter2"', "variables.tf:16"),
        (
            "variables.tf",
            '  default = "h',
            '  sensitive = true\n  default = "hunter2',
            "variables.tf:21",
        ),
    ],
)
def test_values_are_refused_and_not_repeated(file: str, old: str, new: str, line: str) -> None:
    """A value in the files has no place in hosts/: the error names the line and shows none."""
    assert old in FILES[file]
    with pytest.raises(InputError) as error:
        adopted({**FILES, file: FILES[file].replace(old, new, 1)})
    message = render_all(error.value.diagnostics)
    assert message.count("error:") == 1
    assert "has a value in the file (not shown here)" in message
    assert f"--> {line}\n" in message
    assert "hunter2" not in message


def test_what_does_not_parse_is_an_error() -> None:
    """The syntax error has its caret; a line that may hold a value is not shown."""
    with pytest.raises(HclSyntaxError) as error:
        adopted({**FILES, "secrets.tf": "locals {\n  secrets = {{\n}\n"})
    assert "  2 |   secrets = {{\n    |" in render_all(error.value.diagnostics)
    with pytest.raises(HclSyntaxError) as error:
        adopted({**FILES, "secrets.tf": 'a = "hunter2\n'})
    assert "hunter2" not in render_all(error.value.diagnostics)


def test_files_of_other_names_are_refused() -> None:
    """Nixgen could keep no entries in them."""
    with pytest.raises(InputError, match=r"main\.tf is no file in which nixgen keeps entries"):
        adopted({"main.tf": SECRETS})
