"""Random hosts in random Terraform files of people: their lines stay, ours follow the model."""

from __future__ import annotations

import tempfile
from pathlib import Path

import profiles
from hypothesis import given, settings
from hypothesis import strategies as st

from nixgen import (
    Fleet,
    Generated,
    Host,
    TerraformVariable,
    Vault,
    VaultSecret,
    build,
    check,
    hcl,
)
from nixgen.hcl.edit.address import name_of
from nixgen.project.managed.terraform_values import attributes, entries

FOLDER = "terraform/vault"
FILES = ("variables.tf", "secrets.tf", "hosts-generated.tf")
TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
VARIABLES = [
    'variable "people_{0}" {{\n  type = string # theirs\n}}\n',
    '# {0}\nvariable "z{0}" {{\n  sensitive = true\n\n  default   = null\n}}\n',
]
ENTRIES = [
    '"hosts/mail/{0}" = {{ data = {{ a = "${{b}}" }} }}\n',
    '# {0} is by hand\n"zone/{0}" = {{\n  auto_generate = true # for now\n  length = 20\n}}\n',
    '"a{0}" = merge({{}}, {{ b = 1 }})\n',
]
NAMES = st.sampled_from(["a", "b", "token", "z-9"])
KINDS = st.one_of(
    st.builds(Generated, length=st.integers(8, 10)),
    st.builds(TerraformVariable, description=TEXTS.map(lambda text: " ".join(text.split()))),
)


@st.composite
def files(draw: st.DrawFn) -> dict[str, str]:
    """What people have, formatted as `tofu fmt` does; some have no map, or no file."""
    blocks = draw(st.lists(st.sampled_from(VARIABLES), max_size=3))
    items = draw(st.lists(st.sampled_from(ENTRIES), max_size=3))
    inside = "\n".join(each.format(number) for number, each in enumerate(items))
    around = draw(st.sampled_from(["", "locals {\n  a = 1\n}\n", '\nresource "x" "y" {}\n']))
    texts = {
        "variables.tf": "\n".join(each.format(number) for number, each in enumerate(blocks)),
        "secrets.tf": f"{around}locals {{\n  secrets = {{\n{inside}\n}}\n}}\n" if items else around,
        "hosts-generated.tf": "",
    }
    there = draw(st.sets(st.sampled_from(FILES)))
    return {name: hcl.format(text) for name, text in texts.items() if name in there}


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    """One or two hosts with some secrets each."""
    made = []
    for host in sorted(draw(st.sets(st.sampled_from(["web1", "m2"]), min_size=1))):
        secrets = []
        for name in draw(st.lists(NAMES, max_size=3, unique=True)):
            kind = draw(KINDS)
            if isinstance(kind, TerraformVariable):
                kind = TerraformVariable(name=f"{host}_{name}", description=kind.description)
            key = draw(st.sampled_from(["key", "password"]))
            secrets.append(VaultSecret(name=name, key=key, terraform=kind))
        vault = Vault(managed=list(FILES))
        made.append(Host(name=host, release="25.11", secrets=secrets, vault=vault))
    return Fleet(hosts=made)


def names(text: str) -> set[str]:
    """The variables of a file, and the keys of its map of secrets."""
    found = set()
    for block in hcl.parse(text).body:
        if isinstance(block, hcl.Block):
            found |= {"/".join(name_of(block))} if block.type == "variable" else set()
            found |= entries(attributes(block).get("secrets")).keys()
    return found


def wanted(fleet: Fleet) -> set[str]:
    """What the model has of that."""
    secrets = [(host, each) for host in fleet.hosts for each in host.secrets]
    paths = {each.vault_path(host.name) for host, each in secrets}
    return paths | {f"variable/{each.variable_name}" for _, each in secrets if each.variable_name}


def is_inside(lines: list[str], others: list[str]) -> bool:
    """Whether lines stand among others in the same order."""
    rest = iter(others)
    return all(line in rest for line in lines)


@settings(max_examples=profiles.cases(40))
@given(files(), st.lists(fleets(), min_size=1, max_size=3))
def test_any_files(before: dict[str, str], history: list[Fleet]) -> None:
    """Each build leaves the people's lines, puts in what is wanted, takes out what is not."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, FOLDER)
        folder.mkdir(parents=True)
        for name, text in before.items():
            (folder / name).write_text(text, encoding="utf-8")
        for fleet in history:
            build(fleet, place)
            assert not check(fleet, place).differences
            after = {file.name: file.read_text("utf-8") for file in folder.glob("*.tf")}
            for name, text in after.items():
                assert hcl.format(text) == text
                assert is_inside(before.get(name, "").split("\n"), text.split("\n"))
            theirs = {name for text in before.values() for name in names(text)}
            found = {name for text in after.values() for name in names(text)}
            assert found == theirs | wanted(fleet)
