"""The objects of a fleet as plain data: what was written, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from nixgen import nix
from nixgen.audit.settings import module_settings
from nixgen.model.access import readable_paths
from nixgen.model.base import ModelObject, fields_of
from nixgen.model.expressions import fixed_name
from nixgen.model.host import OBJECT_FILES, Host
from nixgen.model.label import Label
from nixgen.model.module import Entries, Module, bare
from nixgen.model.origin import Origin
from nixgen.model.repository import Repository
from nixgen.model.runner import Runner
from nixgen.model.secret import TerraformVariable, VaultSecret
from nixgen.model.secrets_module import env_var, file_format
from nixgen.model.values import mode_text
from nixgen.model.vault import VAULT
from nixgen.nix import nodes
from nixgen.project.line_origins import short_name


def described(host: Host) -> dict[str, Any]:
    """The host with its parts put together.

    `derived` names the fields of an object whose values nobody wrote. Nix expressions are text.
    Options are those that hold, each with the line that set it.
    """
    whole = host.composition
    return {
        "name": host.name,
        "system": host.system,
        "release": host.release,
        "machine": plain(host.machine),
        "file": short_name(host.origin.places[-1].file),
        "tags": plain(host.tags),
        "notes": plain(host.notes),
        "imports": plain(host.imports),
        "managed": plain(host.managed),
        "accepted": plain(host.accepted),
        "forges": plain(host.forges),
        "secrets": [_secret(secret, host) for secret in whole.secrets],
        "runners": [_runner(runner) for runner in whole.runners],
        **_access(host),
        **{field: plain(getattr(host, field)) for field in OBJECT_FILES},
        "modules": [_module(module) for module in host.modules],
        "options": [
            *(
                _option(nix.join_path(path), definition.value, definition.origin, definition.notes)
                for path, definition in whole.options.items()
            ),
            *(
                _option(setting.name, setting.expression, setting.origin)
                for module in host.modules
                for setting in module_settings(module)
            ),
        ],
    }


def described_repository(repository: Repository) -> dict[str, Any]:
    """A repository and its workflows."""
    workflows = [_written(workflow) for workflow in repository.workflows]
    return {**_written(repository), "workflows": workflows}


def _secret(secret: VaultSecret, host: Host) -> dict[str, Any]:
    written = {
        **_written(secret),
        "mode": mode_text(secret.mode),
        "used_by": [
            *(runner.name for runner in host.users_of(secret)),
            *(["harmonia"] if host.signs_with(secret) else []),
        ],
    }
    following = {
        "path": secret.vault_path(host.name),
        "output": secret.output_path,
        "services": plain(host.services_of(secret)),
        "format": file_format(secret, host),
    }
    if (name := env_var(secret, host)) is not None:
        following["env_var"] = name
    if isinstance(secret.terraform, TerraformVariable):
        variable = _with_derived(written["terraform"], {"name": secret.variable_name})
        written["terraform"] = variable
    return _with_derived(written, following)


def _option(name: str, value: Any, origin: Origin, notes: Sequence[str] = ()) -> dict[str, Any]:
    return {"name": name, "value": plain(value), "notes": plain(notes), "origin": _place(origin)}


def _module(module: Module) -> dict[str, Any]:
    """A file of the host's own; what it has beside options, as Nix."""
    return {
        "name": module.file,
        "entries": [_entry_text(entry) for entry in _without_option(module.content)],
        "frame": plain(module.frame),
        "origin": _place(module.origin),
    }


def _without_option(content: Iterable[Any]) -> Iterator[nodes.Entry]:
    """The entries at every depth that inherit, or have a computed name."""
    for item in content:
        match item:
            case nodes.Inherit():
                yield item
            case nodes.Binding(path) if None in map(fixed_name, path.names):
                yield item
            case Mapping():
                for value in map(bare, item.values()):
                    yield from _without_option([value] if isinstance(value, Mapping) else ())
                    yield from _without_option(value.content if isinstance(value, Entries) else ())


def _entry_text(entry: nodes.Entry) -> str:
    text = nix.print_expression(nodes.AttributeSet((entry,))).strip()
    return text.removeprefix("{").removesuffix("}").strip()


def _access(host: Host) -> dict[str, Any]:
    """The server where one is described, and what the host may read; its AppRole where nixgen
    writes that.
    """
    shown: dict[str, Any] = {}
    if host.vault is not VAULT:
        shown["vault"] = plain(host.vault)
    if paths := readable_paths(host):
        whole = host.vault.standalone
        written = plain(host.approle) if whole else {"reads": plain(host.approle.reads)}
        shown["approle"] = _with_derived(written, {"reads": plain(paths)})
    return shown


def _runner(runner: Runner) -> dict[str, Any]:
    token = runner.token
    written = {
        **_written(runner),
        "token": {"secret": token.name} if isinstance(token, VaultSecret) else plain(token),
    }
    if runner.cache is not None:
        written["cache"] = _with_derived(written["cache"], {"dir": runner.cache_folder})
    following = {
        "unit": f"{runner.unit}.service",
        "state_folder": runner.state_folder,
        "token_path": runner.token_path,
    }
    return _with_derived(written, following)


def _with_derived(written: dict[str, Any], following: dict[str, Any]) -> dict[str, Any]:
    """What was written, with the values that follow where none was; `derived` names those."""
    derived = [name for name in following if written.get(name) is None]
    return {**written, **{name: following[name] for name in derived}, "derived": derived}


_INTERNAL = {"origin", "sound"}


def _written(made: ModelObject) -> dict[str, Any]:
    """The fields of an object, its name and kind first."""
    fields = {field.name: getattr(made, field.name) for field in fields_of(type(made))}
    shown = {name: plain(value) for name, value in fields.items() if name not in _INTERNAL}
    first = {"name": shown.pop("name")} if "name" in shown else {}
    return {**first, "kind": type(made).__name__, **shown, "origin": _place(made.origin)}


def plain(value: Any) -> Any:
    """A value of the model as JSON has it."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case nix.Node():
            expression: Any = value  # the model lets no other node in
            return nix.print_expression(expression).strip()
        case Label() | PurePath():
            return str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case VaultSecret():
            return value.name
        case ModelObject():
            written = _written(value)
            del written["origin"]
            return written
    return str(value)


def _place(origin: Origin) -> str:
    location = origin.location()
    return f"{short_name(location.file)}:{location.line}"
