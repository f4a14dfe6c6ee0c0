"""Container jobs: what the runner's settings hand them of the host, and where images come from.

Settings and their meaning: forgejo-runner, `internal/pkg/config/config.example.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.audit.jobs import on_host_network, ways_to_root
from nixgen.audit.rule import Evidence, found, host_rule
from nixgen.audit.view import HostView, runner_value
from nixgen.diagnostic import Severity
from nixgen.model.runner import ContainerRunner

_SETTINGS = "forgejo-runner, config.example.yaml"


def _handed_over(view: HostView, code: str) -> Iterator[Evidence]:
    for runner in view.container_runners:
        for way in ways_to_root(view, runner):
            if way.code == code:
                yield Evidence(
                    subject=runner,
                    summary=f"jobs of runner {runner.name!r} can become root on the host: "
                    f"{way.how}",
                    location=way.origin.location(),
                )


@host_rule(
    "NG211",
    Severity.ERROR,
    "Privileged containers",
    why="A privileged container has all capabilities and all devices: its root mounts the host's "
    "disk. It is as good as no container.",
    advice="take container.privileged out of settings; build images without a daemon (buildah, "
    "kaniko, nix), or on a machine of their own",
    source=f"{_SETTINGS}: container.privileged; Docker documentation, runtime privilege",
)
def privileged(view: HostView) -> Iterator[Evidence]:
    """`container.privileged = true`."""
    yield from _handed_over(view, "NG211")


@host_rule(
    "NG212",
    Severity.ERROR,
    "The container runtime's socket is handed to jobs",
    why="Who can talk to the socket of docker or podman starts a container with / mounted, and is "
    "root on the host.",
    advice='write docker_host = "-", which mounts no socket',
    source=f'{_SETTINGS}: container.docker_host, "automount" and URLs mount it into the job; '
    "Gitea's act_runner, config.example.yaml: so does leaving it out",
)
def socket_mounted(view: HostView) -> Iterator[Evidence]:
    """`container.docker_host` with a socket of the host; with Gitea's runner, without one."""
    yield from _handed_over(view, "NG212")


@host_rule(
    "NG213",
    Severity.ERROR,
    "Jobs may mount folders of the host that are root's",
    why="A workflow names the volumes that it wants, and the container's root writes in them: "
    "/etc, the folder of secrets, or all of the disk. `*` stands for slashes and `..`, too: "
    "/srv/* allows /srv/../etc.",
    advice="name in container.valid_volumes just the folders that jobs need, without *; best none",
    source=f"{_SETTINGS}: container.valid_volumes, globs of github.com/gobwas/glob; moby, "
    "linux_parser.go: sources of mounts are cleaned",
)
def volumes(view: HostView) -> Iterator[Evidence]:
    """`container.valid_volumes` with such a folder, or with a pattern that covers it."""
    yield from _handed_over(view, "NG213")


@host_rule(
    "NG214",
    Severity.WARNING,
    "Containers on the network of the host",
    why="Jobs reach what listens on the host's loopback address, which often asks for no password "
    "because it is thought to be out of reach.",
    advice="take container.network out of settings: each job then has a network of its own",
    source=f"{_SETTINGS}: container.network",
)
def host_network(view: HostView) -> Iterator[Evidence]:
    """`container.network = "host"`, or the same as an option of the container."""
    for runner in view.container_runners:
        if on_host_network(runner):
            by_setting = runner_value(runner, "container", "network") == "host"
            yield found(
                runner,
                "settings",
                f"jobs of runner {runner.name!r} are on the host's own network",
                advice=None if by_setting else "take --network=host out of container.options",
            )


@host_rule(
    "NG215",
    Severity.NOTE,
    "An image is named by a tag that moves",
    why="What jobs run in changes when somebody pushes the tag: a build that worked fails, and who "
    "gets hold of the image's account runs commands in every job.",
    advice="name the image by its digest, image@sha256:..., or at least by a version",
    source="OCI distribution specification: a digest names content, a tag may be moved",
)
def moving_tag(view: HostView) -> Iterator[Evidence]:
    """`latest`, or no tag at all."""
    for runner in view.container_runners:
        for label in runner.labels:
            image = label.image or ""
            tag = image.rpartition("/")[2].partition(":")[2]
            if image and "@sha256:" not in image and tag in ("", "latest"):
                yield found(
                    runner,
                    "labels",
                    f"label {label.name!r} of runner {runner.name!r} runs the image {image!r}, "
                    "whichever that is on the day",
                )


@host_rule(
    "NG315",
    Severity.ERROR,
    "The container runtime of a runner is turned off",
    why="nixgen enables the runtime that the runner has. The two values contradict each other, so "
    "NixOS refuses them; forced, this one leaves the runner without a runtime.",
    advice="take the option out: nixgen enables the runner's runtime",
    source="nixpkgs, gitea-actions-runner.nix: assertions; lib/modules.nix: mergeEqualOption",
)
def runtime_off(view: HostView) -> Iterator[Evidence]:
    """An option that contradicts what nixgen derives from the runner."""
    for runner in view.container_runners:
        if not isinstance(runner, ContainerRunner):
            continue
        setting = view.setting(f"virtualisation.{runner.runtime}.enable")
        if setting is not None and setting.value is False:
            yield Evidence(
                subject=view.host,
                summary=f"{setting.name} is false, and runner {runner.name!r} needs it",
                location=setting.origin.location(),
            )
