"""Entries in Terraform files that people write: beside those that are there already."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nixgen import (
    Fleet,
    Generated,
    Host,
    TerraformVariable,
    Vault,
    VaultSecret,
    build,
    check,
    load_fleet,
    render,
)
from nixgen.diagnostic import render_all
from nixgen.errors import ConflictError
from nixgen.project.explain import explain
from nixgen.project.manifest import read_manifest
from nixgen.project.plan import State

FOLDER = "terraform/vault"
FILES = ("variables.tf", "secrets.tf", "hosts-generated.tf")

EXISTING = {
    "variables.tf": """\
# Values are in terraform.tfvars.

variable "grafana_token" {
  type      = string # a service account's
  sensitive = true
}
""",
    "secrets.tf": """\
locals {
  secrets = {
    # Grafana reads this one.
    "hosts/monitor/grafana" = {
      auto_generate = false
      data          = { token = var.grafana_token }
    }
  }
}

resource "vault_kv_secret_v2" "secrets" {
  for_each  = local.secrets
  mount     = "secret"
  name      = each.key
  data_json = jsonencode(each.value.data)
}
""",
    "hosts-generated.tf": """\
locals {
  generated_host_policies = {
    "monitor" = {
      paths = ["secret/data/hosts/monitor/*"]
    }
  }
}
""",
}
VARIABLE = """
variable "runner_token" {
  description = "Value of the secret runner-token"
  type        = string
  sensitive   = true
}
"""
SECRET = """\
    "hosts/web1/runner-token" = {
      auto_generate = false
      data          = { token = var.runner_token }
    }
"""
POLICY = """\
    "web1" = {
      paths = ["secret/data/hosts/web1/*"]
    }
"""
EXPECTED = {
    "variables.tf": EXISTING["variables.tf"] + VARIABLE,
    "secrets.tf": EXISTING["secrets.tf"].replace("    }\n  }\n}\n", f"    }}\n{SECRET}  }}\n}}\n"),
    "hosts-generated.tf": EXISTING["hosts-generated.tf"].replace(
        "    }\n  }\n}\n", f"    }}\n{POLICY}  }}\n}}\n"
    ),
}
ADDRESS = 'locals.secrets["hosts/web1/runner-token"]'


def host(name: str = "web1", *secrets: VaultSecret, managed: tuple[str, ...] = FILES) -> Host:
    """A host with secrets in files that people write."""
    return Host(name=name, release="25.11", secrets=secrets, vault=Vault(managed=managed))


def token(**more: Any) -> VaultSecret:
    """The runner's token."""
    return VaultSecret(**{"name": "runner-token", "key": "token", **more})


def fleet(**more: Any) -> Fleet:
    """One host with one secret."""
    return Fleet(hosts=[host("web1", token(**more))])


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder in which the files are already."""
    (tmp_path / FOLDER).mkdir(parents=True)
    for name, text in EXISTING.items():
        (tmp_path / FOLDER / name).write_text(text)
    return tmp_path


def texts(output: Path) -> Mapping[str, str]:
    """The files as they are on disk."""
    return {name: (output / FOLDER / name).read_text() for name in FILES}


def edit(output: Path, name: str, old: str, new: str) -> None:
    """A person's edit of a file."""
    before = texts(output)[name]
    assert old in before
    (output / FOLDER / name).write_text(before.replace(old, new))


def states(plan: Any) -> dict[str, State]:
    """How the files stand that are not as the model has them."""
    return {
        each.path.removeprefix(f"{FOLDER}/"): each.state
        for each in plan.differences
        if each.path.startswith(FOLDER)
    }


def conflicts(some: Fleet, output: Path, **more: Any) -> str:
    """What a build refuses to do, as people read it; it writes nothing then."""
    before = texts(output)
    with pytest.raises(ConflictError) as error:
        build(some, output, **more)
    assert texts(output) == before
    return render_all(error.value.diagnostics).replace(f"{output}/", "")


def test_entries_go_into_what_is_there(output: Path) -> None:
    """A variable, a secret and a policy go beside their neighbours, and no other byte changes."""
    result = build(fleet(), output)
    assert {f"{FOLDER}/{name}" for name in FILES} <= set(result.changed)
    assert texts(output) == EXPECTED
    assert not check(fleet(), output).differences
    again = build(fleet(), output)
    assert again.changed == again.created == ()
    assert texts(output) == EXPECTED


def test_tofu_leaves_the_files_alone(output: Path, tofu: Path) -> None:
    """What `tofu fmt` had formatted is formatted with the entries in it."""
    from programs import tofu_fmt_text

    assert all(tofu_fmt_text(text) == text for text in EXISTING.values())
    build(fleet(), output)
    assert all(tofu_fmt_text(text) == text for text in texts(output).values())


def test_tofu_reads_what_was_put_in(tmp_path: Path, tofu: Path) -> None:
    """The map has the people's secrets and nixgen's."""
    from programs import eval_tofu

    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    for name in ("variables.tf", "secrets.tf", "hosts-generated.tf"):
        (folder / name).write_text(EXISTING[name].partition("\nresource")[0])
    build(fleet(), tmp_path)
    assert eval_tofu("keys(local.secrets)", folder) == [
        "hosts/monitor/grafana",
        "hosts/web1/runner-token",
    ]
    assert eval_tofu("keys(local.generated_host_policies)", folder) == ["monitor", "web1"]


def test_hand_edits_elsewhere_are_no_difference(output: Path) -> None:
    """People go on writing in their files, and reformat and comment entries of nixgen's."""
    build(fleet(), output)
    before = read_manifest(output)
    edit(output, "secrets.tf", "# Grafana reads", "# Grafana and Loki read")
    edit(output, "secrets.tf", SECRET, f"    # Forgejo's\n{SECRET.replace('    ', '  ')}")
    edit(output, "secrets.tf", "{ token = var.runner_token }", '{ "token" = (var.runner_token) }')
    edit(output, "variables.tf", "  sensitive   = true\n}\n", "}\n")
    edit(output, "variables.tf", "  type        = string\n", "  sensitive=true\n  type=string\n")
    assert states(check(fleet(), output)) == {}
    edited = texts(output)
    assert build(fleet(), output).changed == ()
    assert texts(output) == edited
    assert read_manifest(output) == before


def test_a_change_of_the_model_changes_the_entries(output: Path) -> None:
    """A generated secret needs no variable; comments of people stay."""
    build(fleet(), output)
    first = SECRET.splitlines()[0]
    edit(output, "secrets.tf", first, f"{first}\n      # nobody knows it")
    made = fleet(terraform=Generated(length=40))
    assert states(check(made, output)) == {
        "secrets.tf": State.CHANGED,
        "variables.tf": State.ORPHANED,
    }
    build(made, output)
    assert texts(output)["variables.tf"] == EXISTING["variables.tf"]
    assert texts(output)["secrets.tf"] == EXPECTED["secrets.tf"].replace(
        "      auto_generate = false\n      data          = { token = var.runner_token }\n",
        "      # nobody knows it\n      auto_generate = true\n"
        '      key           = "token"\n      length        = 40\n',
    )


def test_entries_of_what_is_gone_are_removed(output: Path) -> None:
    """Without the host the files are as they were, and nixgen forgets them."""
    build(fleet(), output)
    other = Fleet(hosts=[Host(name="other", release="25.11")])
    assert set(states(check(other, output)).values()) == {State.ORPHANED}
    build(other, output)
    assert texts(output) == EXISTING
    assert not [path for path in read_manifest(output).records if path.startswith(FOLDER)]
    assert not check(other, output).differences


def test_an_entry_that_was_edited_is_a_conflict(output: Path) -> None:
    """An edit is not lost: it is named with its line, and nothing is written without --force."""
    build(fleet(), output)
    edit(output, "secrets.tf", "var.runner_token", "var.grafana_token")
    assert states(check(fleet(), output)) == {"secrets.tf": State.EDITED}
    line = texts(output)["secrets.tf"].splitlines().index(SECRET.splitlines()[0]) + 1
    assert (
        conflicts(fleet(), output)
        == f"""\
error: `{ADDRESS}` was edited by hand since nixgen wrote it
  --> {FOLDER}/secrets.tf:{line}
    |
  {line} |     "hosts/web1/runner-token" = {{
help: make the edit in the host's Python file instead, or drop it with `nixgen build --force`; \
`nixgen diff` shows it"""
    )
    assert "edited by hand" in conflicts(Fleet(hosts=[host("web1")]), output)
    build(fleet(), output, force=True)
    assert texts(output) == EXPECTED


def test_what_is_as_described_is_taken_over(output: Path) -> None:
    """Who moves a secret from the files to Python needs no --force, and the files stay."""
    build(fleet(), output)
    (output / ".nixgen/manifest.json").unlink()
    edit(output, "secrets.tf", "{ token = var.runner_token }", '{ "token": var.runner_token }')
    edited = texts(output)
    result = build(fleet(), output)
    assert {f"{FOLDER}/{name}" for name in FILES} <= set(result.adopted)
    assert texts(output) == edited
    build(Fleet(hosts=[host("web1")]), output)
    assert texts(output) == EXISTING


def test_an_entry_of_other_shape_is_one_error(output: Path) -> None:
    """What people wrote under the key is named with its file and line, and stays."""
    entry = '    "hosts/web1/runner-token" = { token = "s3cret-value" }\n'
    edit(output, "secrets.tf", "    # Grafana", f"{entry}    # Grafana")
    assert states(check(fleet(), output))["secrets.tf"] is State.FOREIGN
    message = conflicts(fleet(), output)
    assert message.count("error:") == 1
    assert f"error: `{ADDRESS}` is there already, and nixgen did not write it" in message
    assert f"--> {FOLDER}/secrets.tf:3\n" in message
    assert "s3cret" not in message


def test_a_map_of_other_shape_is_one_error(output: Path) -> None:
    """A map that is computed has no entries to change; --force is no way round."""
    edit(output, "secrets.tf", "  secrets = {\n", "  secrets = merge(local.more, {\n")
    edit(output, "secrets.tf", "    }\n  }\n}\n", "    }\n  })\n}\n")
    for force in (False, True):
        message = conflicts(fleet(), output, force=force)
        assert message.startswith("error: `locals.secrets` is what `merge` returns, not a map")
        assert f"--> {FOLDER}/secrets.tf:2:13" in message
        assert message.count("error:") == 1


def test_two_of_one_key_are_an_error(output: Path) -> None:
    """Nobody can say which of two entries is meant."""
    edit(output, "secrets.tf", "    # Grafana", f'{SECRET}    "hosts/web1/runner-token" = 1\n    #')
    message = conflicts(fleet(), output)
    assert f"there are 2 of `{ADDRESS}`" in message
    assert message.count("error:") == 1


def test_hcl_that_does_not_parse_is_an_error(output: Path) -> None:
    """The syntax error with its caret, and nothing is written, here or elsewhere."""
    edit(output, "secrets.tf", "auto_generate = false", "auto_generate = = false")
    message = conflicts(fleet(), output, force=True)
    assert message.count("error:") == 1
    assert f"--> {FOLDER}/secrets.tf:5:23" in message
    assert "  5 |       auto_generate = = false\n    |                       ^" in message
    assert not (output / "hosts").exists()
    (output / FOLDER / "secrets.tf").write_text('a = "s3cret-value\n')
    assert "s3cret" not in conflicts(fleet(), output)


def test_missing_files_and_maps_are_made(tmp_path: Path) -> None:
    """New files have the entries alone; a map that is missing gets its place in `locals`."""
    build(fleet(), tmp_path)
    assert {path: text for path, text in render(fleet()).items() if path.startswith(FOLDER)} == {
        f"{FOLDER}/{name}": text for name, text in texts(tmp_path).items()
    }
    assert texts(tmp_path)["secrets.tf"] == f"locals {{\n  secrets = {{\n{SECRET}  }}\n}}\n"
    (tmp_path / FOLDER / "secrets.tf").write_text('locals {\n  domain = "x"\n}\n')
    build(fleet(), tmp_path)
    assert texts(tmp_path)["secrets.tf"] == (
        f'locals {{\n  domain = "x"\n  secrets = {{\n{SECRET}  }}\n}}\n'
    )
    build(Fleet(hosts=[host("web1")]), tmp_path)
    assert texts(tmp_path)["secrets.tf"] == 'locals {\n  domain = "x"\n  secrets = {\n  }\n}\n'


def test_one_host_of_many_is_built(output: Path) -> None:
    """A build of one host leaves the entries of others, and takes out those that it has no more."""
    web2 = host("web2", VaultSecret(name="key", terraform=Generated()))
    both = Fleet(hosts=[*fleet().hosts, web2])
    build(both, output)
    before, manifest = texts(output), read_manifest(output)
    build(Fleet(hosts=[web2]), output, only=["web2"])
    assert texts(output) == before
    assert read_manifest(output) == manifest
    build(Fleet(hosts=[host("web2")]), output, only=["web2"])
    assert texts(output) == EXPECTED
    without = Fleet(hosts=[host("web1"), web2])
    build(Fleet(hosts=[host("web1")]), output, only=["web1"])
    assert texts(output) == EXISTING
    build(without, output)
    assert "hosts/web2/key" in texts(output)["secrets.tf"]


def test_a_secret_of_two_hosts_stays_for_the_other(output: Path) -> None:
    """A build of one host takes no entry out that another host still has."""
    shared = token(path="shared/token")
    build(Fleet(hosts=[host("web1", shared), host("web2", shared)]), output)
    build(Fleet(hosts=[host("web1")]), output, only=["web1"])
    assert "shared/token" in texts(output)["secrets.tf"]
    assert "runner_token" in texts(output)["variables.tf"]
    build(Fleet(hosts=[host("web2")]), output, only=["web2"])
    assert texts(output) == EXISTING


def test_owned_files_become_peoples(tmp_path: Path) -> None:
    """Who takes a file over that nixgen wrote keeps it as it is, entries of all hosts included."""
    web2 = host("web2", VaultSecret(name="key", terraform=Generated()), managed=())
    build(Fleet(hosts=[host("web1", token(), managed=()), web2]), tmp_path)
    before = texts(tmp_path)
    build(Fleet(hosts=[host("web1", token())]), tmp_path, only=["web1"])
    assert texts(tmp_path) == before
    build(Fleet(hosts=[host("web1")]), tmp_path, only=["web1"])
    assert "hosts/web1" not in texts(tmp_path)["secrets.tf"]
    assert "hosts/web2/key" in texts(tmp_path)["secrets.tf"]


def test_a_killed_build_knows_its_entries(output: Path) -> None:
    """An entry that a killed build wrote is no edit by hand: the next build goes on from there."""
    from builds import interrupted

    def stop(_: Any) -> None:
        raise KeyboardInterrupt

    build(fleet(), output)
    for at in range(1, 200):
        with interrupted(at, stop) as done, contextlib.suppress(KeyboardInterrupt):
            build(fleet(terraform=Generated()), output)
        build(fleet(terraform=TerraformVariable(description="Another")), output)
        assert "Another" in texts(output)["variables.tf"]
        build(fleet(), output)
        assert texts(output) == EXPECTED
        if len(done) < at:
            break
    else:
        pytest.fail("the build never came to its end")


def test_explain_leads_from_an_entry_to_its_python(tmp_path: Path) -> None:
    """`explain` knows the entries' lines, also when people have changed the file since."""
    hosts, output = tmp_path / "hosts", tmp_path / "out"
    hosts.mkdir()
    (hosts / "a.py").write_text(
        "from nixgen import *\n"
        "token = VaultSecret(\n    name='t',\n    key='k',\n)\n"
        "host = Host(name='a', release='25.11', secrets=[token],\n"
        "            vault=Vault(managed=['secrets.tf']))\n"
    )
    file = output / FOLDER / "secrets.tf"
    file.parent.mkdir(parents=True)
    file.write_text(EXISTING["secrets.tf"])
    build(load_fleet(hosts), output)

    def places() -> list[tuple[str, int]]:
        explained = explain(file, output=output, hosts=hosts)
        return [
            (text.strip(), found.causes[0].argument.line or 0)
            for _, text, found in explained.narrowest()
            if found is not None
        ]

    expected = [
        ('"hosts/a/t" = {', 2),
        ("auto_generate = false", 2),
        ("data          = { k = var.t }", 4),
        ("}", 2),
    ]
    assert places() == expected
    file.write_text(f"# People's.\n{file.read_text()}")
    assert places() == expected
    about = explain(file, output=output, hosts=hosts).about
    assert about == "a file that people write, with entries of a"


def test_many_entries_are_quick(tmp_path: Path) -> None:
    """Hundreds of secrets go into one file in one pass, not in one for each."""
    import time

    secrets = [VaultSecret(name=f"s{at:03}", key="k") for at in range(500)]
    some = Fleet(hosts=[host("web1", *secrets)])
    start = time.perf_counter()
    build(some, tmp_path)
    assert time.perf_counter() - start < 20
    assert texts(tmp_path)["secrets.tf"].count("auto_generate") == 500
    assert not check(some, tmp_path).differences
