"""What scripts and the command do with a fleet: render, plan, build, check."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from nixgen.collector import paused
from nixgen.diagnostic import Diagnostic
from nixgen.emit.shared import VAULT_FOLDER
from nixgen.errors import ConfigurationError, ExternalError
from nixgen.external.workers import parallel
from nixgen.model.host import Fleet
from nixgen.project.arguments import check_arguments
from nixgen.project.line_origins import short_name
from nixgen.project.moved import with_moves
from nixgen.project.progress import track
from nixgen.project.render import Chunk, join, render_host
from nixgen.project.review.record import record
from nixgen.project.tree import Tree
from nixgen.project.writing.lock import locked
from nixgen.project.writing.plan import Kind, Plan, plan_build
from nixgen.project.writing.write import Progress, Result, apply


def render(fleet: Fleet) -> dict[str, str]:
    """The files of the fleet: their paths below the output folder, and their texts.

    Nothing is written. Raises ModelError where two hosts contradict each other, InputError where
    `fleet` is no Fleet.
    """
    check_arguments("render", fleet=fleet)
    return {path: file.text for path, file in render_tree(fleet).items()}


def render_tree(fleet: Fleet, kept: Path | None = None) -> Tree:
    """The files with their owners, entries and origins.

    `kept` is an output folder whose files have entries of hosts that are not in the fleet; they
    stay as they are.
    """
    with paused():
        with parallel(render_host, fleet.hosts) as results:
            hosts = track(fleet.hosts, "printing")
            rendered = [result for _, result in zip(hosts, results, strict=True)]
        managed = {f"{VAULT_FOLDER}/{name}" for name in fleet.vault.managed}
        about = _about(fleet)
        others: list[Chunk] = []
        if kept is not None:
            from nixgen.project.kept import kept_chunks  # only here: most builds are of all hosts

            others = kept_chunks(kept, fleet.names, managed, fleet.vault, about)
        tree = join(rendered, others, about, managed, fleet.vault)
        if fleet.repositories:
            from nixgen.project.repositories import repository_files  # ruamel.yaml takes its time

            tree = {**tree, **repository_files(fleet)}
        return tree


def plan(
    fleet: Fleet,
    output: Path | str,
    *,
    only: Collection[str] | None = None,
    formatter: str = "auto",
    force: bool = False,
) -> Plan:
    """What a build would do, without doing it.

    `only` says that the fleet is not whole: the files and entries of other hosts stay as they are.
    """
    check_arguments("plan", fleet=fleet, output=output, only=only)
    output = Path(output).absolute()
    tree = render_tree(fleet, output if only is not None else None)
    tree, notices = with_moves(tree, output, only, fleet.vault.mount, _about(fleet))
    planned = plan_build(tree, output, hosts=only, force=force, notices=notices)
    nixfmt = _formatter(formatter)
    changed = [
        change.path
        for change in planned.changes
        if change.kind in {Kind.CREATED, Kind.CHANGED}
        and change.path.endswith(".nix")
        and change.path not in planned.managed
    ]
    if nixfmt is None or not changed:
        return planned
    from nixgen.external.nixfmt import format_files  # only here: subprocess takes its time

    formatted = format_files({path: tree[path].text for path in changed}, program=nixfmt)
    if all(tree[path].text == text for path, text in formatted.items()):
        return planned
    tree = {**tree, **{path: tree[path]._replace(text=text) for path, text in formatted.items()}}
    return plan_build(tree, output, hosts=only, force=force, notices=notices)


def build(
    fleet: Fleet,
    output: Path | str = "build",
    *,
    only: Collection[str] | None = None,
    formatter: str = "auto",
    force: bool = False,
    progress: Progress | None = None,
) -> Result:
    """Write the files of the fleet below `output`, all of them or none.

    `formatter` is "auto" (nixfmt where it is on PATH), "nixfmt" or "builtin"; `force` overwrites
    files that were edited by hand or that nixgen did not write; `progress` is called with the path
    of each file that is written. Raises ConflictError, WriteError, LockedError, ExternalError,
    InputError.
    """
    check_arguments("build", fleet=fleet, output=output, only=only)
    output = Path(output).absolute()
    with paused(), locked(output) as lock:
        planned = plan(fleet, output, only=only, formatter=formatter, force=force)
        result = apply(planned, lock, progress=progress)
        record(output, fleet, only)
        return result


def check(
    fleet: Fleet,
    output: Path | str = "build",
    *,
    only: Collection[str] | None = None,
    formatter: str = "auto",
) -> Plan:
    """Compare the files below `output` with the fleet; nothing is written.

    `plan.differences` is empty where they agree.
    """
    check_arguments("check", fleet=fleet, output=output, only=only)
    return plan(fleet, output, only=only, formatter=formatter)


def _about(fleet: Fleet) -> str:
    folders = {short_name(host.origin.places[-1].file).partition("/")[0] for host in fleet.hosts}
    return f"{min(folders)}/" if folders else ""


def _formatter(name: str) -> str | None:
    """The nixfmt to run, or None for nixgen's own printer alone."""
    if name == "builtin":
        return None
    if name not in ("auto", "nixfmt"):
        from nixgen.project.configuration import formatter_fault  # only here: a script's mistake

        raise ConfigurationError(Diagnostic(summary=formatter_fault(name)))
    from nixgen.external.nixfmt import find_nixfmt  # only here: subprocess takes its time

    found = find_nixfmt()
    if found is None and name == "nixfmt":
        raise ExternalError(
            Diagnostic(
                summary="nixfmt is not on PATH",
                help='install it, or set formatter = "auto" or "builtin": nixgen lays Nix out as '
                "nixfmt does",
            )
        )
    return found
