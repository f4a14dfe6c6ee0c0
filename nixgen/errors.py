"""The errors that nixgen raises, one hierarchy with one root.

    NixgenError                     exit status 2
    |-- InputError                  something the user wrote is wrong; carries diagnostics
    |   |-- ModelError              a value in hosts/ that the model refuses
    |   |-- LoadError               a hosts file that does not load
    |   |-- ConfigurationError      nixgen.toml, pyproject.toml or a flag
    |   |-- SyntaxFault             text in another language that does not parse
    |       |-- nix.NixSyntaxError, hcl.HclSyntaxError
    |   |-- nix.edit.EditError      a change of a Nix file that cannot be made safely
    |-- WriteError                  the output folder cannot be written, or must not be
    |   |-- ConflictError           a file there is not ours, or was edited by hand
    |   |-- LockedError             another build holds the output folder
    |-- ExternalError               nixfmt, tofu or nix is missing, failed or took too long
    |-- ServerError                 a server that cannot be reached, is no such server, or refuses

Every error holds `Diagnostic` values; what a person reads is made by `nixgen.diagnostic.render`.
Apart from it stands ConversionFault (nix.ConversionError, hcl.ConversionError), a ValueError.
"""

from __future__ import annotations

from collections.abc import Sequence

from nixgen.diagnostic import Diagnostic, without_tokens


class NixgenError(Exception):
    """The root of nixgen's errors: one or more diagnostics and an exit status."""

    exit_status = 2

    def __init__(self, *diagnostics: Diagnostic) -> None:
        if not diagnostics:
            raise ValueError("an error needs at least one diagnostic")
        super().__init__(*diagnostics)
        self.diagnostics: tuple[Diagnostic, ...] = diagnostics

    @classmethod
    def of(cls, diagnostics: Sequence[Diagnostic]) -> NixgenError:
        """An error of this class with all the diagnostics of a sequence."""
        return cls(*diagnostics)

    def __str__(self) -> str:
        return "\n".join(str(diagnostic) for diagnostic in self.diagnostics)


class InputError(NixgenError):
    """Something that the user wrote is wrong."""


class ModelError(InputError, ValueError):
    """A value that the model refuses; also a `ValueError`, for callers in scripts.

    What it says of values is without tokens, in whichever place somebody wrote one.
    """

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*map(without_tokens, diagnostics))


class LoadError(InputError):
    """A file in `hosts/` that does not load; without tokens, too."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*map(without_tokens, diagnostics))


class ConfigurationError(InputError):
    """A setting in nixgen.toml, pyproject.toml or on the command line that is wrong."""


class SyntaxFault(InputError):
    """Text in Nix or HCL that does not parse."""


class WriteError(NixgenError):
    """The output folder cannot be written, or a path in it must not be."""


class ConflictError(WriteError):
    """A file in the way that nixgen did not write, or that was edited since."""


class LockedError(WriteError):
    """Another build holds the output folder."""


class ExternalError(NixgenError):
    """A program that nixgen calls is missing, failed, or took too long."""


class ServerError(NixgenError):
    """A server that nixgen asks cannot be reached, is not what it should be, or refuses."""


class ConversionFault(ValueError):
    """A value that another language cannot hold; `path` leads to it inside the whole value.

    No `NixgenError`: only who gave the value knows where it was written.
    """

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        inside = "".join(f"[{step!r}]" for step in self.path)
        return f"value{inside}: {self.message}" if inside else self.message
