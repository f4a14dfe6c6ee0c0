"""The NixOS modules that run runners, and what differs between them.

`services.gitea-actions-runner` registers each instance with a registration token. All its instances
are one user with one state folder. `services.forgejo-runner` came with NixOS 26.11: each instance
is a user of its own, and connects with a uuid and a token that Forgejo 15 hands out, so there is no
registration. (nixpkgs, `nixos/modules/services/continuous-integration/`, both modules.)
"""

from __future__ import annotations

from attrs import frozen


@frozen
class RunnerModule:
    """A module.

    - `name`: below `services`, where `instances.<name>` are.
    - `unit_prefix`: what the names of its units begin with; the instance's name follows, escaped.
    - `state`: the folder with a state folder for each instance, by its raw name.
    - `user`: that all its instances share; None where each has its own.
    - `token_format`: of the token's file: `env`, `TOKEN=` and the value, or `raw`, the value alone.
    - `wants_uuid`: it connects with a uuid and a token of the runner's own, and never registers.
    """

    name: str
    unit_prefix: str
    state: str
    user: str | None
    token_format: str
    wants_uuid: bool


GITEA_ACTIONS_RUNNER = RunnerModule(
    name="gitea-actions-runner",
    unit_prefix="gitea-runner-",
    state="/var/lib/gitea-runner",
    user="gitea-runner",
    token_format="env",  # noqa: S106 - no token
    wants_uuid=False,
)
FORGEJO_RUNNER = RunnerModule(
    name="forgejo-runner",
    unit_prefix="forgejo-runner-",
    state="/var/lib/forgejo-runner",
    user=None,
    token_format="raw",  # noqa: S106 - no token
    wants_uuid=True,
)
MODULES = {module.name: module for module in (GITEA_ACTIONS_RUNNER, FORGEJO_RUNNER)}


def module_of(release: str) -> RunnerModule:
    """The newest module that a release of NixOS has; `unstable` has all."""
    return FORGEJO_RUNNER if release >= "26.11" else GITEA_ACTIONS_RUNNER
