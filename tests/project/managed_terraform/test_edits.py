"""What people wrote: edits of nixgen's entries, entries of their own, text that is no map."""

from __future__ import annotations

from pathlib import Path

from terraform_entries import (
    ADDRESS,
    EXISTING,
    EXPECTED,
    FILES,
    FOLDER,
    SECRET,
    conflicts,
    edit,
    fleet,
    host,
    states,
    texts,
)

from nixgen import Fleet, build, check
from nixgen.project.manifest import read_manifest
from nixgen.project.writing.plan import State


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
