"""A `terraform.tfvars` in which one variable gets a value.

All else in it stays byte for byte; where `tofu fmt` had nothing to change, it has nothing after.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from nixgen import hcl
from nixgen.diagnostic import Diagnostic, Location, Severity
from nixgen.errors import InputError, WriteError
from nixgen.external.git import unignored_files
from nixgen.project import disk
from nixgen.project.secrets.tfvars import read_tfvars

MODE = 0o600
_BYTE_ORDER_MARK = "\ufeff"


class TfvarsVariable:
    """A variable of a file, which is looked at before the variable is written.

    `named` is the file as people named it, which may be a link; `file` is what is written.
    Raises InputError where the file does not parse or its folder is not there; no message has a
    line of the file in it.
    """

    def __init__(self, file: Path, name: str) -> None:
        self.named = file
        self.file = file.resolve()  # what a link names is replaced, not the link
        self._name = name
        if file.suffix != ".tfvars":
            raise self._wrong(f"{file.name} is no file of values in HCL, *.tfvars")
        if not self.file.parent.is_dir():
            raise self._wrong(
                f"there is no folder {self.file.parent}", "`nixgen build` writes it; or --tfvars"
            )
        disk.refuse_special(str(file))
        if self.file.exists():
            read_tfvars(self.file)
        self._before = self._now()

    def write(self, value: str) -> None:
        """Inserts the variable's line, or replaces its value; the file is its owner's alone.

        Raises WriteError, also where somebody has changed the file since it was looked at.
        """
        if self._now() != self._before:
            summary = f"{self.file.name} has changed meanwhile; it is left as it is"
            raise WriteError(Diagnostic(summary=summary, location=Location(str(self.file))))
        text = self._before.decode()
        mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
        editor = hcl.Editor(text.removeprefix(mark), name=str(self.file))
        editor.set_attribute("", hcl.Attribute(self._name, hcl.from_python(value)))
        self._replace((mark + editor.text).encode())

    def notices(self) -> list[Diagnostic]:
        """A warning where git would take the file into a commit."""
        folder = self.file.parent
        others = unignored_files(folder, self.file.name)
        if others is None or self.file not in others:
            return []
        return [
            Diagnostic(
                severity=Severity.WARNING,
                summary=f"git does not ignore {self.file.name}, which holds secrets",
                location=Location(str(self.file)),
                help="add *.tfvars to .gitignore before you commit",
            )
        ]

    def _now(self) -> bytes:
        return self.file.read_bytes() if self.file.exists() else b""

    def _replace(self, data: bytes) -> None:
        # Should it be left behind, git ignores it as it does the file itself.
        temporary = str(self.file.with_name(".nixgen.tfvars"))
        try:
            disk.remove(temporary)
            disk.write_new(temporary, data, mode=MODE, sync=True)
            Path(temporary).replace(self.file)
        except OSError as error:
            with contextlib.suppress(OSError):
                disk.remove(temporary)
            raise disk.failure(error, self.file) from None

    def _wrong(self, summary: str, advice: str | None = None) -> InputError:
        return InputError(Diagnostic(summary=summary, help=advice))
