"""The files of a standalone Terraform folder: which there are, what stands in them, and why."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import programs
import pytest

from nixgen import (
    AppRole,
    ConflictError,
    Fleet,
    Generated,
    Host,
    NativeRunner,
    TerraformVariable,
    UserScope,
    Vault,
    VaultSecret,
    build,
    load_fleet,
    render,
)
from nixgen.model.secret import is_placeholder
from nixgen.project.api import render_tree
from nixgen.project.explain import explain

FOLDER = "terraform/vault/"
FILES = [
    *(".gitignore", "hosts-generated.tf", "mounts.tf", "outputs.tf", "provider.tf", "secrets.tf"),
    *("terraform.tfvars.example", "variables.tf", "versions.tf"),
]
SMTP = VaultSecret(name="smtp", path="shared/smtp", key="password")


def host(name: str, vault: Vault, *secrets: VaultSecret, **fields: Any) -> Host:
    """A host with secrets: SMTP, one that a person gives, and one that is generated."""
    own = [
        VaultSecret(name=f"{name}-token", key="token"),
        VaultSecret(name="db", key="password", terraform=Generated()),
    ]
    return Host(name=name, release="25.11", secrets=[SMTP, *own, *secrets], vault=vault, **fields)


def folder(*hosts: Host) -> dict[str, str]:
    """The Terraform files of a fleet by their names."""
    files = render(Fleet(hosts=hosts))
    return {
        path.removeprefix(FOLDER): text for path, text in files.items() if path.startswith(FOLDER)
    }


KINDS = {
    "plain": Vault(standalone=True),
    "write-only": Vault(standalone=True, write_only=True, address="https://vault.example"),
    "other mounts": Vault(standalone=True, manage_mounts=False, mount="kv/x"),
    "careful": Vault(standalone=True, exact_policies=True, refuse_placeholders=True),
}


def test_only_a_standalone_folder_has_resources() -> None:
    """A repository with resources of its own gets three files with entries, as before."""
    files = folder(host("web1", Vault()))
    assert sorted(files) == ["hosts-generated.tf", "secrets.tf", "variables.tf"]
    for text in files.values():
        assert "resource" not in text
        assert "version" not in text
    for vault in KINDS.values():
        assert sorted(folder(host("web1", vault))) == FILES


def test_files_are_as_tofu_fmt_has_them(tofu: Path, tmp_path: Path) -> None:
    """Every file of every kind of folder is a fixed point."""
    role = AppRole(secret_id=True, wrapping_ttl="1d", bound_cidrs=["10.0.0.0/8"])
    for number, vault in enumerate(KINDS.values()):
        place = tmp_path / str(number)
        place.mkdir()
        for name, text in folder(host("web1", vault, approle=role), host("web2", vault)).items():
            (place / name).write_text(text)
    assert programs.run_tofu("fmt", "-recursive", "-diff", folder=tmp_path) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_each_line_has_a_cause(kind: str) -> None:
    """Any generated line leads to Python, but for headers and the braces around entries."""
    for path, file in render_tree(Fleet(hosts=[host("web1", KINDS[kind])])).items():
        if not path.startswith(FOLDER):
            continue
        known = {line for first, last, *_ in file.lines for line in range(first, last + 1)}
        unknown = {
            line.strip()
            for number, line in enumerate(file.text.splitlines(), 1)
            if number not in known and line.strip() and number > 2
        }
        frame = {"locals {", "secrets = {", "generated_host_policies = {", "}"}
        assert unknown <= frame, path
        assert known, path


def test_fixed_lines_lead_to_the_field_that_asked_for_them() -> None:
    """`explain` on a resource names the field of the Vault, in the file that made it."""
    tree = render_tree(Fleet(hosts=[host("web1", KINDS["write-only"])]))

    def what(name: str, needle: str) -> str:
        file = tree[f"{FOLDER}{name}"]
        line = next(n for n, text in enumerate(file.text.splitlines(), 1) if needle in text)
        around = [each for each in file.lines if each[0] <= line <= each[1]]
        return str(min(around, key=lambda each: each[1] - each[0])[2])

    assert what("secrets.tf", "data_json_wo ") == "Vault.write_only"
    assert what("versions.tf", "required_version") == "Vault.write_only"
    assert what("provider.tf", "address") == "Vault.address"
    assert what("mounts.tf", "prevent_destroy") == "Vault.manage_mounts"
    assert what("variables.tf", "ephemeral") == "Vault.write_only"
    assert what("hosts-generated.tf", "token_ttl  ") == "the default of AppRole.token_ttl"
    assert what("hosts-generated.tf", "vault_policy") == "Vault.standalone"


def test_a_shared_secret_is_one_for_all() -> None:
    """One variable, one entry, and both hosts' policies, for one object or one path."""
    again = VaultSecret(name="smtp", path="shared/smtp", key="password")
    vault = Vault(standalone=True)
    other = Host(name="web2", release="25.11", secrets=[again], vault=vault)
    for second in (host("web2", vault), other):
        files = folder(host("web1", vault), second)
        assert files["variables.tf"].count('variable "smtp"') == 1
        assert files["terraform.tfvars.example"].count("smtp =") == 1
        assert files["secrets.tf"].count('"shared/smtp"') == 1
        assert files["hosts-generated.tf"].count('"secret/data/shared/smtp"') == 2


def test_the_example_has_names_and_no_values() -> None:
    """It says what each variable is for, on one line, and leaves the value to a person."""
    described = TerraformVariable(description="Of the mail server,\nsee its manual", default="TODO")
    ports = TerraformVariable(type="list(number)", description="")
    secrets = [
        VaultSecret(name="mail", key="k", terraform=described),
        VaultSecret(name="ports", key="k", terraform=ports),
    ]
    web1 = Host(name="web1", release="25.11", secrets=secrets, vault=Vault(standalone=True))
    assert folder(web1)["terraform.tfvars.example"].split("\n\n", 1)[1] == (
        '# Of the mail server, see its manual\nmail = ""\n\nports = null\n'
    )


def test_git_leaves_out_values_and_state(tmp_path: Path) -> None:
    """What holds values is never committed by accident; what others need is."""
    git = programs.real_program("git")
    programs.run([git, "init", "--quiet"], cwd=tmp_path)
    build(Fleet(hosts=[host("web1", KINDS["plain"])]), tmp_path)
    left_out = {
        *("terraform.tfvars", "secret.auto.tfvars", "a.tfvars.json", "terraform.tfstate"),
        *("terraform.tfstate.backup", "saved.tfplan", ".terraform/providers/x"),
    }
    for name in (*left_out, ".terraform.lock.hcl", "backend.tf"):
        (tmp_path / FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / FOLDER / name).write_text("")
    shown = programs.run([git, "ls-files", "--others", "--exclude-standard"], cwd=tmp_path)
    seen = {path.removeprefix(FOLDER) for path in shown.splitlines() if path.startswith(FOLDER)}
    assert seen == {*FILES, ".terraform.lock.hcl", "backend.tf"}


# -- placeholders ------------------------------------------------------------------------------

MISSING = ["", " ", "PLACEHOLDER", "placeholder", " Change-Me\n", "changeme", "REPLACE ME", "todo"]
GIVEN = ["x", "PLACEHOLDER1", "a TODO", "changemeplease", "\u00e4"]


def refused(files: dict[str, str], values: dict[str, Any], place: Path) -> set[str]:
    """The variables whose values OpenTofu refuses, asked for a plan of the variables alone."""
    (place / "variables.tf").write_text(files["variables.tf"])
    (place / "terraform.tfvars.json").write_text(json.dumps(values))
    done = subprocess.run(
        [programs.real_program("tofu"), "plan", "-json"],
        cwd=place,
        env=programs.tofu_environment(),
        capture_output=True,
        check=False,
    )
    messages = [json.loads(line) for line in done.stdout.decode().splitlines()]
    found = [each["diagnostic"]["detail"] for each in messages if each.get("diagnostic")]
    assert all(" has no value yet. " in detail for detail in found), found
    assert (done.returncode != 0) == bool(found)
    return {detail.partition(" ")[0] for detail in found}


def test_placeholders_are_refused_when_that_is_asked_for(tofu: Path, tmp_path: Path) -> None:
    """What nixgen takes for a placeholder fails the plan, null and the default included."""
    values = {f"v{number}": text for number, text in enumerate([*MISSING, *GIVEN])}
    secrets = [
        VaultSecret(name=name, key="k", terraform=TerraformVariable(name=name))
        for name in (*values, "null")
    ]
    unset = TerraformVariable(name="unset", default="PLACEHOLDER")
    secrets.append(VaultSecret(name="unset", key="k", terraform=unset))
    lists = {"empty": [], "full": [1]}
    secrets += [
        VaultSecret(name=name, key="k", terraform=TerraformVariable(type="list(number)"))
        for name in lists
    ]
    vault = Vault(standalone=True, refuse_placeholders=True)
    files = folder(Host(name="web1", release="25.11", secrets=secrets, vault=vault))
    wanted = {name for name, text in values.items() if is_placeholder(text)}
    assert len(wanted) == len(MISSING)
    given = {**values, **lists, "null": None}
    assert refused(files, given, tmp_path) == {*wanted, "null", "unset", "empty"}


def test_the_default_is_what_the_plan_has() -> None:
    """Without the choice a placeholder is applied: today's files stay as they are."""
    assert "validation" not in folder(host("web1", Vault(standalone=True)))["variables.tf"]
    careful = Vault(refuse_placeholders=True)
    assert "validation" in folder(host("web1", careful))["variables.tf"]


def test_a_runner_that_is_off_needs_no_token_yet() -> None:
    """Its token may be missing; where another host's is on, it may not, for both."""
    token = VaultSecret(name="runner", key="token")
    vault = Vault(refuse_placeholders=True)

    def with_runner(name: str, *, enable: bool) -> Host:
        runner = NativeRunner(
            name="native",
            url="https://forge.example",
            token=token,
            labels=["native:host"],
            scope=UserScope(user="alice"),
            enable=enable,
        )
        return Host(name=name, release="25.11", secrets=[token], runners=[runner], vault=vault)

    off, on = with_runner("a", enable=False), with_runner("b", enable=True)
    assert "validation" not in folder(off)["variables.tf"]
    assert "validation" in folder(on)["variables.tf"]
    assert folder(off, on)["variables.tf"] == folder(on)["variables.tf"]


# -- one host of many --------------------------------------------------------------------------


def test_one_hosts_build_leaves_the_others_entries(tmp_path: Path) -> None:
    """All files are as a build of all would write them, shared secrets and examples included."""
    vault = Vault(standalone=True)
    one, two = host("web1", vault), host("web2", vault)
    build(Fleet(hosts=[one, two]), tmp_path)
    without = Host(name="web1", release="25.11", vault=vault)
    build(Fleet(hosts=[without]), tmp_path, only=["web1"])
    for path, text in render(Fleet(hosts=[without, two])).items():
        assert (tmp_path / path).read_text() == text, path
    build(Fleet(hosts=[one]), tmp_path, only=["web1"])
    for path, text in render(Fleet(hosts=[one, two])).items():
        assert (tmp_path / path).read_text() == text, path


def test_a_shared_object_that_changed_is_changed_for_all(tmp_path: Path) -> None:
    """It was one object, so building one of its hosts is no contradiction."""
    described = TerraformVariable(name="smtp", description="New")
    new = VaultSecret(name="smtp", path="shared/smtp", key="password", terraform=described)

    def web(name: str, secret: VaultSecret) -> Host:
        return Host(name=name, release="25.11", secrets=[secret], vault=Vault(standalone=True))

    build(Fleet(hosts=[web("web1", SMTP), web("web2", SMTP)]), tmp_path)
    build(Fleet(hosts=[web("web2", new)]), tmp_path, only=["web2"])
    for path, text in render(Fleet(hosts=[web("web1", new), web("web2", new)])).items():
        assert (tmp_path / path).read_text() == text, path


@pytest.mark.parametrize(
    ("before", "after"),
    [("plain", "write-only"), ("write-only", "plain"), ("plain", None), (None, "plain")],
)
def test_another_kind_of_folder_is_built_for_all(
    before: str | None, after: str | None, tmp_path: Path
) -> None:
    """Entries of hosts that are not built would not fit: the error says to build all."""
    old, new = (KINDS[kind] if kind else Vault() for kind in (before, after))
    build(Fleet(hosts=[host("web1", old), host("web2", old)]), tmp_path)
    with pytest.raises(ConflictError, match="another kind of folder"):
        build(Fleet(hosts=[host("web1", new)]), tmp_path, only=["web1"])
    build(Fleet(hosts=[host("web1", new), host("web2", new)]), tmp_path)


def test_explain_knows_resources_and_entries(tmp_path: Path) -> None:
    """A line of a resource leads to the Vault's argument, one of an entry to the secret's."""
    (tmp_path / "hosts").mkdir()
    (tmp_path / "hosts/web1.py").write_text(
        "from nixgen import Host, Vault, VaultSecret\n"
        "\n"
        "secret = VaultSecret(name='db', key='password')\n"
        "vault = Vault(\n"
        "    mount='kv',\n"
        "    standalone=True,\n"
        ")\n"
        "host = Host(name='web1', release='25.11', secrets=[secret], vault=vault)\n"
    )
    hosts, output = tmp_path / "hosts", tmp_path / "build"
    build(load_fleet(hosts), output)

    def line_of(name: str, needle: str) -> int | None:
        file = output / FOLDER / name
        number = file.read_text().splitlines().index(needle) + 1
        first, *_ = explain(file, output=output, hosts=hosts).at(number)
        return first.causes[0].argument.line

    assert line_of("secrets.tf", "  data_json = jsonencode(each.value.data)") == 6
    assert line_of("secrets.tf", "      data          = { password = var.db }") == 3
    assert line_of("provider.tf", '    mount         = "kv"') == 5
    assert line_of(".gitignore", "*.tfvars") == 6
    about = explain(output / FOLDER / "versions.tf", output=output, hosts=hosts).about
    assert about == "a file that hosts share"


def test_the_folder_goes_where_it_is_not_wanted_any_more(tmp_path: Path) -> None:
    """Without standalone only the entries stay, for the resources of somebody else."""
    build(Fleet(hosts=[host("web1", KINDS["plain"])]), tmp_path)
    build(Fleet(hosts=[host("web1", Vault())]), tmp_path)
    left = sorted(path.name for path in (tmp_path / FOLDER).iterdir())
    assert left == ["hosts-generated.tf", "secrets.tf", "variables.tf"]
