"""The project's settings: `nixgen.toml`, or `[tool.nixgen]` in `pyproject.toml`.

    hosts = "hosts"        # the folder of the Python files
    output = "build"       # the folder that build writes
    formatter = "auto"     # "auto", "nixfmt" or "builtin"

The folder of the file is the project's root; relative folders in the file start there, those of a
flag in the working directory. `nixgen.toml` counts where both are present.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from attrs import frozen

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import ConfigurationError

FORMATTERS = ("auto", "nixfmt", "builtin")
_FOLDERS = {"hosts": "hosts", "output": "build"}
_SETTINGS = (*_FOLDERS, "formatter")


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
    chosen = formatter or settings.get("formatter", "auto")
    return Configuration(root=root, **folders, formatter=chosen)


def _find(folder: Path) -> Path | None:
    for parent in (folder, *folder.parents):
        own = parent / "nixgen.toml"
        if own.is_file():
            return own
        shared = parent / "pyproject.toml"
        if shared.is_file() and b"[tool.nixgen]" in shared.read_bytes():
            return shared
    return None


def _settings(file: Path) -> dict[str, str]:
    try:
        data: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(file, f"the file is no TOML: {error}") from None
    except OSError as error:
        raise _wrong(file, f"the file cannot be read: {error.strerror}") from None
    if file.name == "pyproject.toml":
        data = data["tool"]["nixgen"]
    for name, value in data.items():
        if name not in _SETTINGS:
            from nixgen.model.base import close_match

            near = close_match(name, _SETTINGS)
            raise _wrong(
                file,
                f"there is no setting {name!r}",
                name,
                f"{near} the settings are {', '.join(_SETTINGS)}".strip(),
            )
        if not isinstance(value, str):
            raise _wrong(file, f"{name} is {type(value).__name__}; allowed is a string", name)
    chosen = data.get("formatter", "auto")
    if chosen not in FORMATTERS:
        raise _wrong(
            file, f"formatter is {chosen!r}; allowed are {', '.join(FORMATTERS)}", "formatter"
        )
    return dict(data)


def _wrong(
    file: Path, summary: str, setting: str | None = None, advice: str | None = None
) -> ConfigurationError:
    line = None
    if setting is not None:
        for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if text.split("=", maxsplit=1)[0].strip() == setting:
                line = number
    return ConfigurationError(
        Diagnostic(summary=summary, location=Location(str(file), line), help=advice)
    )
