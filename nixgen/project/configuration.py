"""The project's settings: `nixgen.toml`, or `[tool.nixgen]` in `pyproject.toml`.

    hosts = "hosts"        # the folder of the Python files
    output = "build"       # the folder that build writes
    formatter = "auto"     # "auto", "nixfmt" or "builtin"

The folder of the file is the project's root; relative folders in the file start there, those of a
flag in the working directory. `nixgen.toml` counts where both are present.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from attrs import frozen

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import ConfigurationError

FORMATTERS = ("auto", "nixfmt", "builtin")
_FOLDERS = {"hosts": "hosts", "output": "build"}
_SETTINGS = (*_FOLDERS, "formatter")
_CHOICES = ", ".join(_SETTINGS)
_SHARED = "pyproject.toml"


@frozen(kw_only=True)
class Configuration:
    """Where a project's files are, and what lays out its Nix. All paths are absolute."""

    root: Path
    hosts: Path
    output: Path
    formatter: str = "auto"


def read_configuration(
    *,
    file: Path | None = None,
    hosts: str | None = None,
    output: str | None = None,
    formatter: str | None = None,
) -> Configuration:
    """The settings of the project around the working directory, flags over file over defaults.

    Raises ConfigurationError.
    """
    found = _find(Path.cwd()) if file is None else file.absolute()
    settings = {} if found is None else _settings(found)
    root = Path.cwd() if found is None else found.parent
    flags = {"hosts": hosts, "output": output}
    folders = {
        name: root / settings.get(name, default) if flag is None else Path.cwd() / flag
        for (name, default), flag in zip(_FOLDERS.items(), flags.values(), strict=True)
    }
    for flag, given in flags.items():
        if given == "":
            summary = f"--{flag} is empty; allowed is the path of a folder"
            raise ConfigurationError(Diagnostic(summary=summary, help='"." is this one'))
    if formatter is not None and formatter not in FORMATTERS:
        raise ConfigurationError(Diagnostic(summary=formatter_fault(formatter)))
    chosen = formatter or settings.get("formatter", "auto")
    return Configuration(root=root, **folders, formatter=chosen)


def _find(folder: Path) -> Path | None:
    for parent in (folder, *folder.parents):
        own = parent / "nixgen.toml"
        if own.is_file():
            return own
        shared = parent / _SHARED
        # Most such files are of other projects, and not even looked into.
        if shared.is_file() and b"[tool.nixgen]" in shared.read_bytes():
            return shared
    return None


def _settings(file: Path) -> dict[str, str]:
    """The settings of a file. Raises ConfigurationError with all that is wrong in it."""
    data: Any = _read(file)
    table = "the file"
    if file.name == _SHARED:
        table = "[tool.nixgen]"
        tools = data.get("tool")
        data = tools.get("nixgen") if isinstance(tools, dict) else None
    if not isinstance(data, dict):
        raise ConfigurationError(_wrong(file, f"{table} is no table of settings"))
    faults = [
        _wrong(file, *fault, setting=name)
        for name, value in data.items()
        if (fault := _fault(name, value)) is not None
    ]
    if faults:
        raise ConfigurationError(*faults)
    return dict(data)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))  # some editors begin with a mark
    except tomllib.TOMLDecodeError as error:
        text = str(error)
        place = re.search(r" \(at line (\d+), column (\d+)\)$", text)
        if place is None:
            raise ConfigurationError(_wrong(file, f"this is no TOML: {text}")) from None
        location = Location(str(file), int(place[1]), int(place[2]))
        summary = f"this is no TOML: {text[: place.start()]}"
        raise ConfigurationError(Diagnostic(summary=summary, location=location)) from None
    except UnicodeDecodeError:
        raise ConfigurationError(_wrong(file, "the file is not in UTF-8")) from None
    except IsADirectoryError:
        fault = "this is a folder; allowed is a file of settings"
        raise ConfigurationError(_wrong(file, fault)) from None
    except OSError as error:
        fault = f"the settings cannot be read: {error.strerror}"
        raise ConfigurationError(_wrong(file, fault)) from None


def _fault(name: str, value: object) -> tuple[str, str | None] | None:
    """What is wrong with a setting, and what to do; or None."""
    if name not in _SETTINGS:
        from nixgen.model.base import close_match

        near = close_match(name, _SETTINGS)
        return f"there is no setting {name!r}", f"{near} the settings are {_CHOICES}".strip()
    if not isinstance(value, str):
        return f"{name} is {value!r}; allowed is a string", f'write {name} = "..."'
    if name == "formatter":
        return None if value in FORMATTERS else (formatter_fault(value), None)
    if not value:
        return f"{name} is empty; allowed is the path of a folder", '"." is the folder of this file'
    return None


def formatter_fault(value: str) -> str:
    """What is wrong with a name that is none of FORMATTERS."""
    return f"the formatter is {value!r}; allowed are {', '.join(FORMATTERS)}"


def _wrong(
    file: Path, summary: str, advice: str | None = None, *, setting: str | None = None
) -> Diagnostic:
    line = None if setting is None else _line_of(file, setting)
    return Diagnostic(summary=summary, location=Location(str(file), line), help=advice)


def _line_of(file: Path, setting: str) -> int | None:
    """The line of a setting; in pyproject.toml the one in its table."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = lines.index("[tool.nixgen]") if "[tool.nixgen]" in lines else 0
    for number, text in enumerate(lines[start:], start + 1):
        if text.partition("=")[0].strip() == setting:
            return number
    return None
