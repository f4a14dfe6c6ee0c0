"""Entries go beside those that are there already, change, and go."""

from __future__ import annotations

from pathlib import Path

from builds import explained
from terraform_entries import (
    EXISTING,
    EXPECTED,
    FILES,
    FOLDER,
    SECRET,
    edit,
    fleet,
    host,
    states,
    texts,
)

from nixgen import Fleet, Generated, Host, VaultSecret, build, check, load_fleet, render
from nixgen.project.explain import explain
from nixgen.project.manifest import read_manifest
from nixgen.project.writing.plan import State


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

    expected = [
        ('"hosts/a/t" = {', 2),
        ("auto_generate = false", 2),
        ("data          = { k = var.t }", 4),
        ("}", 2),
    ]
    assert explained(file, output, hosts) == expected
    file.write_text(f"# People's.\n{file.read_text()}")
    assert explained(file, output, hosts) == expected
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
