"""What the steps of jobs call on the host, and what the runner has for them.

A native runner's steps find `hostPackages` on PATH, or what its NixOS module has where none are
given, and the packages that every unit of NixOS has (`enableDefaultPath` in nixpkgs'
`nixos/lib/systemd-unit-options.nix`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from nixgen.model.label import Label
from nixgen.model.repository import BUILD_SYSTEM, FleetBuild, Repository
from nixgen.model.runner import NativeRunner, Runner
from nixgen.model.runner_module import FORGEJO_RUNNER
from nixgen.model.shell import programs_called
from nixgen.model.workflow import CHECKOUT, Step, Workflow
from nixgen.nix import nodes
from nixgen.nix.names import is_static, static_name

UNIT_PACKAGES = ("coreutils", "findutils", "gnugrep", "gnused", "systemd")
_MODULE_PACKAGES = ("bash", "coreutils", "curl", "gawk", "gitMinimal", "gnused", "nodejs", "wget")

_PROGRAMS = {
    "bash": "bash sh",
    "bzip2": "bzip2 bunzip2",
    "coreutils": "b2sum base32 base64 basename cat chgrp chmod chown cksum comm cp csplit cut date "
    "dd df dirname du env expand expr factor fmt fold groups head hostid id install join link ln "
    "logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pr "
    "printenv ptx readlink realpath rm rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum "
    "shred shuf sleep sort split stat stty sum sync tac tail tee timeout touch tr truncate tsort "
    "tty uname unexpand uniq unlink uptime vdir wc who whoami yes",
    "diffutils": "diff cmp diff3 sdiff",
    "findutils": "find xargs locate",
    "gawk": "awk gawk",
    "gettext": "envsubst gettext msgfmt",
    "git": "git",
    "gnugrep": "grep egrep fgrep",
    "gnumake": "make",
    "gnupatch": "patch",
    "gnupg": "gpg",
    "gnused": "sed",
    "gnutar": "tar",
    "gzip": "gzip gunzip zcat",
    "hostname": "hostname",
    "iproute2": "ip ss",
    "nix": "nix nix-build nix-channel nix-collect-garbage nix-copy-closure nix-daemon nix-env "
    "nix-hash nix-instantiate nix-prefetch-url nix-shell nix-store",
    "nix-output-monitor": "nom nom-build nom-shell",
    "nix-prefetch-git": "nix-prefetch-git",
    "nixos-rebuild": "nixos-rebuild",
    "nodejs": "node npm npx corepack",
    "openssh": "ssh scp sftp ssh-add ssh-agent ssh-keygen ssh-keyscan",
    "opentofu": "tofu",
    "procps": "ps pgrep pkill free top watch",
    "python3": "python3 python",
    "systemd": "systemctl journalctl systemd-run loginctl hostnamectl",
    "unzip": "unzip",
    "util-linux": "flock findmnt lsblk mount umount setsid uuidgen",
    "xz": "xz unxz xzcat",
    "zip": "zip",
    "zstd": "zstd unzstd zstdcat",
}
_LIKE = {
    "gitMinimal": "git",
    "gitFull": "git",
    "nixfmt-rfc-style": "nixfmt",
    "nixfmt-classic": "nixfmt",
}
PROGRAMS = {package: frozenset(names.split()) for package, names in _PROGRAMS.items()}
"""The programs of packages that have others than one of their own name."""

_PACKAGE_OF = {program: package for package, names in PROGRAMS.items() for program in names}


@frozen
class MissingProgram:
    """A program that a step calls and the runner has not; `package` is the one that has it."""

    program: str
    package: str
    step: Step | None
    job: str


def package_names(runner: Runner) -> frozenset[str] | None:
    """The names of the packages on a job's PATH; None where an expression hides one."""
    given = [_name(package) for package in runner.host_packages]
    if None in given:
        return None
    newer = runner.module is FORGEJO_RUNNER
    always = (*UNIT_PACKAGES, *(["gitMinimal"] if newer else []))
    return frozenset([*always, *(given or _MODULE_PACKAGES)])


def _name(package: Any) -> str | None:
    """`git` for `"git"` and `pkgs.git`, `nix` for `config.nix.package`."""
    if isinstance(package, str):
        return package.rpartition(".")[2]
    match package:
        case nodes.Identifier(name):
            return name
        case nodes.Select(_, path) if all(map(is_static, path.names)):
            *before, last = map(static_name, path.names)
            name = before[-1] if last == "package" and before else last
            return "openssh" if name == "ssh" else name
    return None


def programs_of(packages: Iterable[str]) -> frozenset[str]:
    """The programs of packages."""
    found: set[str] = set()
    for package in packages:
        name = _LIKE.get(package, package)
        found |= PROGRAMS.get(name, frozenset([name]))
    return frozenset(found)


def missing_programs(workflow: Workflow | FleetBuild, runner: Runner) -> Iterator[MissingProgram]:
    """What the steps of a workflow's jobs call on a runner that takes them, and do not find there.

    Jobs for other runners are left out, and so is all where an expression hides what there is.
    """
    packages = package_names(runner)
    if packages is None or not isinstance(runner, NativeRunner):
        return
    there = programs_of(packages)
    for job, step, programs in _steps(workflow, runner):
        for program in programs:
            if program not in there:
                yield MissingProgram(program, _PACKAGE_OF.get(program, program), step, job)


def takes(runner: Runner, runs_on: Sequence[str], repository: Repository | None = None) -> bool:
    """Whether a runner gets jobs for these labels: it has all, and its scope the repository."""
    names = {label.name for label in runner.labels if isinstance(label, Label)}
    covered = repository is None or runner.scope.covers(repository.name)
    return runner.enable and covered and set(runs_on) <= names


def _steps(
    workflow: Workflow | FleetBuild, runner: Runner
) -> Iterator[tuple[str, Step | None, Sequence[str]]]:
    """The steps that run there: the job's name, the step, and what it calls."""
    if isinstance(workflow, FleetBuild):
        if takes(runner, workflow.runs_on):
            yield "build", None, _action_needs(f"{CHECKOUT}@v4")
            yield "build", None, programs_called(BUILD_SYSTEM)
        return
    for job in workflow.jobs:
        if takes(runner, job.runs_on):
            for step in job.steps:
                script = programs_called(step.run or "")
                yield job.name, step, (*script, *_action_needs(step.uses))


def _action_needs(uses: str | None) -> tuple[str, ...]:
    """What an action calls: those of the forge's `actions` are JavaScript, checkout needs git."""
    if uses is None or "/actions/" not in uses:
        return ()
    return ("node", "git") if "/actions/checkout@" in uses else ("node",)
