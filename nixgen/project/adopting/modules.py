"""Nix trees to the Python of a host: its modules, and the objects in them."""

from __future__ import annotations

import itertools
import keyword
import re
from collections.abc import Sequence
from typing import TypeAlias

from attrs import evolve

from nixgen.emit.module import function_of
from nixgen.exports import HOME_OF
from nixgen.model.expressions import without_override
from nixgen.model.module import innermost
from nixgen.model.runner import Runner
from nixgen.model.runner_module import MODULES
from nixgen.model.scope import Scope
from nixgen.model.secret import VaultSecret
from nixgen.model.secrets_module import SECRETS
from nixgen.nix import nodes
from nixgen.nix.printing.printer import print_expression, print_file
from nixgen.nix.spans import first_token, tokens
from nixgen.nix.walk import Transformer
from nixgen.project.adopting.calls import daemon_code, runner_code, secret_code
from nixgen.project.adopting.limits import daemon_of, with_limits
from nixgen.project.adopting.objects import secret_of
from nixgen.project.adopting.python_text import (
    Code,
    Group,
    call,
    called,
    imported,
    lines_of,
    listed,
    quoted,
    statement,
    texts,
)
from nixgen.project.adopting.runners import runner_of
from nixgen.project.adopting.terraform import TerraformFiles
from nixgen.project.adopting.values import content_of, says_more_than_nix
from nixgen.project.reading.entries import data_of, notes_of, plain_text
from nixgen.project.reading.names import named
from nixgen.project.reading.places import Place, attributes, pieces, places

Objects: TypeAlias = dict[int, str | None]
"""Variables by the identity of the entries that they stand for, as `content_of` takes them."""

_NO_PLACE = "its set is split or recursive, or has a comment in a value"
_INSIDE = frozenset(["containers", "vms", "vmVariant", "specialisation"])
_SET = "{\n}"  # what is left of a file that is no function


class Adopter:
    """Collects the modules of one host; `scope` is that of its runners, None where not known.

    `terraform` are the repository's Terraform files that are given, too. `without_scope` are the
    names of instances that stay options for want of it, `options` are others, each with the reason.
    """

    def __init__(self, name: str, scope: Scope | None, terraform: TerraformFiles) -> None:
        self.name = name
        self.terraform = terraform
        self.scope = scope
        self.without_scope: list[str] = []
        self.options: list[str] = []
        self._files: dict[str, nodes.File] = {}
        self._reasons: dict[str, str] = {}  # why secrets stay options, by their paths in Vault

    def module(self, path: str, file: nodes.File) -> None:
        """Adds a file, formatted and parsed."""
        self._files[path] = file

    def python(self, release: str) -> str:
        """The text of `hosts/<host>.py`."""
        codes: dict[str, Code] = {}
        objects = self._objects(codes, release)
        daemon = self._daemon(codes, objects)
        loose = self._loose(codes)
        modules = []
        for path, file in self._files.items():
            variable = _python_name(path.removesuffix(".nix"), codes)
            codes[variable] = self._module(path, file, objects, daemon)
            modules.append(variable)
        managed = texts(self.terraform.names)
        codes["host"] = call(
            "Host",
            name=quoted(self.name),
            release=quoted(release),
            secrets=listed(loose) if loose else None,
            nix_daemon=None if daemon is None else daemon[1],
            modules=listed(modules) if modules else None,
            vault=call("Vault", managed=managed) if managed else None,
        )
        used = {name for code in codes.values() for name in called(code)}
        body = "\n\n".join(statement(name, code) for name, code in codes.items())
        return f'"""{self.name}."""\n\n{imported(used)}\n\n{body}\n'

    def _objects(self, codes: dict[str, Code], release: str) -> Objects:
        """The variables of secrets and runners, by their entries; their code is added."""
        bodies = [options_of(file) for file in self._files.values()]
        secrets = self._secrets(bodies)
        objects: dict[int, str | None] = {}
        runners = self._runners(bodies, [secret for _, secret in secrets.values()], objects)
        variables: dict[int, str] = {}
        for place, secret in secrets.values():
            users = [runner for _, runner in runners.values() if runner.token is secret]
            variable = variables[id(secret)] = _python_name(secret.name, codes)
            codes[variable] = secret_code(secret, users)
            objects |= _entries_of(place, variable)
        for place, runner in runners.values():
            variable = _python_name(runner.name, codes)
            codes[variable] = runner_code(runner, variables, release)
            objects |= _entries_of(place, variable)
        return objects

    def _secrets(
        self, bodies: Sequence[nodes.AttributeSet]
    ) -> dict[str, tuple[Place, VaultSecret]]:
        """The secrets by their names; why others stay options is told of what Terraform has."""
        secrets: dict[str, tuple[Place, VaultSecret]] = {}
        for body in bodies:
            known = {place.name: place for place in places(body, SECRETS)}
            for name in dict.fromkeys(piece.inside[0] for piece in pieces(body, SECRETS)):
                place = known.get(name)
                secret = secret_of(place, self.name) if place else _NO_PLACE
                if isinstance(secret, str) or place is None:
                    path = data_of(attributes(place).get("secretPath")) if place else None
                    path = path if isinstance(path, str) else f"hosts/{self.name}/{name}"
                    self._reasons[path] = f"vault.secrets.{name} stays options: {secret}"
                elif name not in secrets:
                    secrets[name] = (place, self.terraform.joined(secret))
        return secrets

    def _daemon(
        self, codes: dict[str, Code], objects: Objects
    ) -> tuple[nodes.AttributeSet, str] | None:
        """The variable of the limits of builds, and the set of the file that says them."""
        for body in map(options_of, self._files.values()):
            found = daemon_of(body)
            if found is not None:
                daemon, said = found
                variable = _python_name("nix_daemon", codes)
                codes[variable] = daemon_code(daemon)
                objects |= {id(each): None for each in said}
                return body, variable
        return None

    def _loose(self, codes: dict[str, Code]) -> list[str]:
        """The variables of secrets that Terraform alone has; their code is added."""
        if self._files:
            self.terraform.leave(self._reasons)
            return []
        variables = []
        for secret in self.terraform.loose():
            variables.append(_python_name(secret.name, codes))
            codes[variables[-1]] = secret_code(secret, ())
        return variables

    def _runners(
        self,
        bodies: Sequence[nodes.AttributeSet],
        secrets: Sequence[VaultSecret],
        objects: dict[int, str | None],
    ) -> dict[str, tuple[Place, Runner]]:
        """The runners by their names; the entries that set their limits are put into `objects`."""
        runners: dict[str, tuple[Place, Runner]] = {}
        for body, module in itertools.product(bodies, MODULES.values()):
            instances = ("services", module.name, "instances")
            known = {place.name: place for place in places(body, instances)}
            for name in dict.fromkeys(piece.inside[0] for piece in pieces(body, instances)):
                if self.scope is None:
                    self.without_scope.append(name)
                    continue
                place = known.get(name)
                runner = runner_of(place, module, secrets, self.scope) if place else _NO_PLACE
                if not isinstance(runner, Runner) or place is None:
                    self.options.append(f"{name}: {runner}")
                elif runner.name in runners:
                    self.options.append(f"{name}: another runner has its name")
                else:
                    runner, said = with_limits(runner, body)
                    runners[runner.name] = (place, runner)
                    objects |= {id(each): None for each in said}
        return runners

    def _module(
        self,
        path: str,
        file: nodes.File,
        objects: Objects,
        daemon: tuple[nodes.AttributeSet, str] | None,
    ) -> Group:
        expression = file.expression
        body = options_of(file)
        content = content_of(body.entries, objects)
        if daemon is not None and daemon[0] is body:
            content.append(daemon[1])
        if not says_more_than_nix(content):
            text = print_file(nodes.File(expression, end=file.end))
            return call("Module", file=quoted(path), frame=call("nix.raw", lines_of(text.strip())))
        fields: dict[str, Code | None] = {"file": quoted(path)}
        plain = _plain_arguments(expression, body)
        last = notes_of(body.close.leading)
        if plain is not None and last is not None:
            derived = function_of(evolve(body, close=nodes.Token("}"))).parameter
            assert isinstance(derived, nodes.SetPattern)
            if plain != [each.name.name for each in derived.arguments]:
                fields["arguments"] = texts(plain) or listed([])
            fields["notes"] = texts(notes_of(first_token(expression).leading) or [])
            fields["last_notes"] = texts(last)
        else:
            frame = print_expression(_Emptied(body).transform(expression))
            alone = frame == _SET
            fields["frame"] = call("nix.raw", quoted(frame) if alone else lines_of(frame))
        fields["content"] = listed(content)
        return call("Module", **fields)


def options_of(file: nodes.File) -> nodes.AttributeSet:
    """The set of options in a file; an empty one where all of the file stays Nix.

    So does one that is recursive, or has a place in it for which a module has no form: a comment
    at the file's end, directives to nixfmt.
    """
    body = innermost(file.expression)
    if not isinstance(body, nodes.AttributeSet) or body.recursive or file.end.leading:
        return nodes.AttributeSet()
    trivia = (each for token in tokens(file) for each in token.leading)
    if any(isinstance(each, nodes.FormatDirective) for each in trivia):
        return nodes.AttributeSet()
    return body


def release_of(file: nodes.File) -> str | None:
    """The release that `system.stateVersion` names, wherever it stands; None where nowhere.

    Systems inside of the host have one of their own.
    """
    for names, _, value in named(file):
        if names[-2:] == ("system", "stateVersion") and _INSIDE.isdisjoint(names):
            return plain_text(without_override(value))
    return None


def _entries_of(place: Place, variable: str) -> Objects:
    """The entries that an object stands for, as `content_of` wants them."""
    return {id(place.first): variable} | {id(each): None for each in place.others}


def _python_name(text: str, taken: dict[str, Code]) -> str:
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    name = f"_{name}" if name[0].isdigit() else name
    while name in taken or keyword.iskeyword(name) or name == "host" or name in HOME_OF:
        name += "_module"
    return name


def _plain_arguments(expression: nodes.Expression, body: nodes.AttributeSet) -> list[str] | None:
    """The names of `{ a, b, ... }: body`; None for any other function."""
    match expression:
        case nodes.Lambda(nodes.SetPattern(arguments, True, None) as pattern, inner):
            first = first_token(expression)
            inside = [*list(tokens(pattern))[1:], expression.colon]
            if (
                inner is body
                and not body.open.leading
                and not any(each.leading or each.trailing for each in inside)
                and all(each.default is None for each in arguments)
                and not first.trailing
                and notes_of(first.leading) is not None
            ):
                return [each.name.name for each in arguments]
    return None


class _Emptied(Transformer):
    """Takes the entries out of one set."""

    def __init__(self, body: nodes.AttributeSet) -> None:
        self._body = body

    def transform_attribute_set(self, node: nodes.AttributeSet) -> nodes.AttributeSet:
        return evolve(node, entries=()) if node is self._body else node
