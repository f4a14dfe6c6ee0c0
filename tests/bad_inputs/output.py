"""What stands in the output folder."""

from __future__ import annotations

from pathlib import Path

from bad_inputs.project import FINE, WRITTEN, Case, built, edited, host, secret


def orphan_edited(root: Path) -> None:
    """A file of a host that is gone, changed by hand; another host is there."""
    edited(root)
    (root / "hosts/web1.py").unlink()
    (root / "hosts/web2.py").write_text(host(name='"web2"'))


def foreign(root: Path) -> None:
    """A file that somebody else wrote, where one of ours belongs."""
    (root / WRITTEN).parent.mkdir(parents=True)
    (root / WRITTEN).write_text("{ }\n")


def folder_in_place(root: Path) -> None:
    """A folder where a file belongs."""
    (root / WRITTEN / "inner").mkdir(parents=True)


def link_in_place(root: Path) -> None:
    """A symbolic link where a file belongs."""
    (root / WRITTEN).parent.mkdir(parents=True)
    (root / WRITTEN).symlink_to(root / "elsewhere.nix")


def file_on_the_way(root: Path) -> None:
    """A file where a folder belongs."""
    (root / "build").mkdir()
    (root / "build/hosts").write_text("")


def link_on_the_way(root: Path) -> None:
    """A symbolic link that leads out of the output folder."""
    (root / "build").mkdir()
    (root / "elsewhere").mkdir()
    (root / "build/hosts").symlink_to(root / "elsewhere")


def output_is_file(root: Path) -> None:
    """A file where the output folder belongs."""
    (root / "build").write_text("")


def shared_edited(root: Path) -> None:
    """A file that hosts share, changed by hand."""
    built(root)
    (root / "build/terraform/vault/secrets.tf").write_text("locals {}\n")


def newer_manifest(root: Path) -> None:
    """A manifest that another version wrote."""
    built(root)
    (root / "build/.nixgen/manifest.json").write_text('[{"format": 2, "nixgen": "9.0"}\n]\n')


CASES: dict[str, Case] = {
    "edited-by-hand": Case(FINE, before=edited),
    "orphan-edited-by-hand": Case(FINE, before=orphan_edited),
    "foreign-file": Case(FINE, before=foreign),
    "folder-in-place-of-file": Case(FINE, before=folder_in_place),
    "link-in-place-of-file": Case(FINE, before=link_in_place),
    "file-in-place-of-folder": Case(FINE, before=file_on_the_way),
    "link-on-the-way": Case(FINE, before=link_on_the_way),
    "output-is-a-file": Case(FINE, before=output_is_file),
    "shared-file-edited": Case({"hosts/web1.py": secret()}, "build web1", shared_edited),
    "manifest-of-another-version": Case(FINE, before=newer_manifest),
}
