"""What a host runner's jobs may do to the machine: settings that node and nix bear.

A host job is a child of the runner's unit, so what systemd keeps from the unit is kept from jobs.
The settings are those of systemd.exec(5), and among those that nixpkgs gives GitHub's runner, whose
jobs need the same (`github-runner/service.nix`). They bound the steps only: a build that a step
starts runs in nix-daemon, in Nix's own sandbox.

A runner that shares its user still meets the other's processes below `/proc`, whose files lead to
what is hidden: only a user of its own separates it.

Left out, because jobs need them: `MemoryDenyWriteExecute` (node compiles at run time),
`RestrictNamespaces` (bubblewrap of FHS environments makes namespaces), `ProcSubset=pid` (nix reads
`/proc/stat`), and filters of system calls, which programs of jobs meet sooner or later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from nixgen.model import values
from nixgen.model.base import ModelObject, checked, model_class

SECRET_FOLDERS = ("/run/secrets", "/var/lib/vault")
"""Where hosts keep secrets, and what they log in to Vault with."""


@frozen
class HardeningSetting:
    """A setting of the unit and why it is there."""

    name: str
    value: Any
    reason: str


_SETTINGS = (
    HardeningSetting("ProtectProc", "invisible", "Hides the processes of other users."),
    HardeningSetting("ProtectHome", True, "Jobs see no homes."),
    HardeningSetting("PrivateDevices", True, "No disks, no raw memory; /dev/null and such stay."),
    HardeningSetting("CapabilityBoundingSet", "", "None of root's rights, for no program."),
    HardeningSetting("NoNewPrivileges", True, "No sudo, no setuid program."),
    HardeningSetting("ProtectKernelTunables", True, "Settings of the kernel can only be read."),
    HardeningSetting("ProtectKernelModules", True, "No driver is loaded."),
    HardeningSetting("ProtectKernelLogs", True, "The kernel's log tells of addresses and devices."),
    HardeningSetting("ProtectControlGroups", True, "No job raises its own limits."),
    HardeningSetting("ProtectClock", True, "The time is everybody's."),
    HardeningSetting("ProtectHostname", True, "So is the host's name."),
    HardeningSetting("RestrictRealtime", True, "No job takes a core for itself."),
    HardeningSetting(
        "RestrictAddressFamilies",
        ("AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"),
        "The network, nix-daemon's socket, and what the lookup of names needs; no raw packets.",
    ),
)

NAMES = ("ExecPaths", "InaccessiblePaths", *(setting.name for setting in _SETTINGS))


@model_class
class Hardening(ModelObject):
    """What a native runner's unit keeps from its jobs.

    - `hidden`: folders that jobs do not see, whatever their modes are; those of secrets. The state
      of other runners of the same user is hidden with them.
    - `without`: names of settings that are not wanted, such as `PrivateDevices` where a job tests
      with KVM.
    """

    hidden: Sequence[str] = checked(
        values.each(values.absolute_path), default=SECRET_FOLDERS, converter=values.to_tuple
    )
    without: Sequence[str] = checked(
        values.each(values.one_of(*NAMES)), default=(), converter=values.to_tuple
    )

    def settings(
        self, executable: Iterable[str] = (), registrations: Iterable[str] = ()
    ) -> Iterator[HardeningSetting]:
        """The settings in their order.

        `executable` are folders with scripts of jobs that systemd mounts noexec, `registrations`
        the state folders of other runners that jobs could read.
        """
        every = self._all(tuple(executable), (*self.hidden, *registrations))
        return (each for each in every if each.name not in self.without)

    def _all(self, executable: Sequence[str], hidden: Sequence[str]) -> Iterator[HardeningSetting]:
        if executable:
            yield HardeningSetting(
                "ExecPaths",
                tuple(executable),
                "systemd 257 and newer mount the state folder noexec; jobs run scripts in it.",
            )
        if hidden:
            yield HardeningSetting(
                "InaccessiblePaths",
                tuple(f"-{folder}" for folder in hidden),
                "Hidden whatever their modes are; the minus is for what is not there.",
            )
        yield from _SETTINGS
