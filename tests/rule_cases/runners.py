"""Cases of rules about what jobs can do to the machine."""

from __future__ import annotations

from nixgen import (
    ContainerRunner,
    Forge,
    GlobalScope,
    Hardening,
    Machine,
    NativeRunner,
    NixDaemon,
    ResourceLimits,
    TokenFile,
    nix,
)
from nixgen.model.runner import Runner
from rule_cases import CONFIG, USER, UUID, Case, container, host, native, runs, secret

mixed = Runner(
    name="native",
    url="https://forge.example",
    token=TokenFile(path="/run/token"),
    labels=["a:host", "b:docker://b:1"],
    scope=USER,
)
hardened = {
    f"{CONFIG}.InaccessiblePaths": ["-/run/secrets", "-/var/lib/vault"],
    f"{CONFIG}.ProtectProc": "invisible",
}
NEWER, NEWER_BOX = (
    f"systemd.services.forgejo-runner-{name}.serviceConfig" for name in ("native", "boxed")
)


def boxes(**settings: object) -> ContainerRunner:
    """A container runner with settings of its containers."""
    return container(settings={"container": settings})


def labelled(*labels: str) -> NativeRunner:
    """A host runner with further labels in its configuration file."""
    return native(settings={"runner": {"labels": list(labels)}})


GITEA = Forge(url="https://forge.example", version="1.26", software="gitea")

CASES = [
    Case(
        "NG202",
        "can read the runner's token and registration",
        bad={
            "user": runs(native(scope=USER)),
            "forge": runs(native(scope=GlobalScope())),
        },
        good={"one repository": runs(native()), "container": runs(container(scope=USER))},
    ),
    Case(
        "NG203",
        "has labels of the host and of containers",
        bad={"labels": runs(mixed), "file": runs(labelled("x:docker://x:1"))},
        good={"two": runs(native(), container()), "host": runs(labelled("x:host"))},
    ),
    Case(
        "NG204",
        "host jobs of runner 'native' can become root: its user is in the group",
        bad={
            "unit": runs(native(), options={f"{CONFIG}.SupplementaryGroups": ["podman"]}),
            "account": runs(native(), options={"users.users.gitea-runner.extraGroups": ["disk"]}),
            "group": runs(
                native(), options={"users.groups.docker.members": ["alice", "gitea-runner"]}
            ),
            "named user": runs(
                native(),
                options={f"{CONFIG}.User": "ci", "users.users.ci.extraGroups": ["docker"]},
            ),
            "newer module": runs(
                native(uuid=UUID),
                release="26.11",
                options={"users.groups.docker.members": ["forgejo-runner-native"]},
            ),
            "runtime": runs(
                native(uuid=UUID),
                release="26.11",
                options={"services.forgejo-runner.instances.native.runtimes.podman": True},
            ),
        },
        good={
            "others": runs(native(), options={"users.groups.docker.members": ["alice"]}),
            "no such user": runs(  # systemd's name for the unit's user is a hash
                native(name="native-nix", uuid=UUID),
                release="26.11",
                options={"users.groups.docker.members": ["forgejo-runner-native-nix"]},
            ),
            "harmless": runs(native(), options={f"{CONFIG}.SupplementaryGroups": ["video"]}),
            "containers": runs(
                container(name="native"), options={f"{CONFIG}.SupplementaryGroups": ["podman"]}
            ),
        },
    ),
    Case(
        "NG205",
        "act as runner 'boxed'",
        bad={
            "beside containers": runs(native(), container()),
            "both on the host": runs(native(name="boxed"), native()),
            "one user": runs(
                native(uuid=UUID),
                container(uuid=UUID.replace("3", "4")),
                release="26.11",
                options={f"{NEWER}.User": "ci", f"{NEWER_BOX}.User": "ci"},
            ),
            "one state folder": runs(native(), container(), options={f"{CONFIG}.User": "ci"}),
        },
        good={
            "alone": runs(native()),
            "containers": runs(container(), container(name="second")),
            "a user each": runs(
                native(uuid=UUID), container(uuid=UUID.replace("3", "4")), release="26.11"
            ),
            "disabled": runs(native(), container(enable=False)),
            "a user and a folder of its own": runs(
                native(),
                container(),
                options={CONFIG: {"User": "ci", "StateDirectory": "ci"}},
            ),
        },
    ),
    Case(
        "NG206",
        "runs jobs of any repository on the host",
        bad={"global": runs(native(scope=GlobalScope()))},
        good={"user": runs(native(scope=USER)), "boxed": runs(container(scope=GlobalScope()))},
    ),
    Case(
        "NG207",
        "makes the user of host jobs a static account",
        bad={
            "account": runs(native(), options={"users.users.gitea-runner.isSystemUser": True}),
            "named": runs(
                native(),
                options={f"{CONFIG}.User": "ci", "users.users.ci.isSystemUser": True},
            ),
        },
        good={
            "another": runs(native(), options={"users.users.alice.isNormalUser": True}),
            "containers": runs(
                container(), options={"users.users.gitea-runner.isSystemUser": True}
            ),
            "not its user": runs(
                native(),
                options={f"{CONFIG}.User": "ci", "users.users.gitea-runner.isSystemUser": True},
            ),
        },
    ),
    Case(
        "NG208",
        "file modes alone keep its jobs out",
        bad={
            "default": runs(native(), secrets=[secret()]),
            "one hidden": runs(
                native(),
                secrets=[secret()],
                options={f"{CONFIG}.InaccessiblePaths": "/run/secrets"},
            ),
        },
        good={
            "hidden": runs(native(), secrets=[secret()], options=hardened),
            "hardened": runs(native(hardening=Hardening()), secrets=[secret()]),
            "nothing there": runs(native()),
        },
    ),
    Case(
        "NG209",
        "see all processes",
        bad={"default": runs(native())},
        good={
            "hidden": runs(native(), options=hardened),
            "hardened": runs(native(hardening=Hardening())),
            "container": runs(container()),
        },
    ),
    Case(
        "NG211",
        "its containers ",
        bad={
            "privileged": runs(boxes(privileged=True)),
            "option": runs(boxes(options="--cpus=2 --privileged")),
            "capability": runs(boxes(options="--cap-add SYS_ADMIN")),
            "disk": runs(boxes(options="--device=/dev/sda")),
            "not off": runs(boxes(options="--privileged false")),  # no value, but a word of its own
            "quoted": runs(boxes(options="'--cap-add' \"SYS_ADMIN\"")),
        },
        good={
            "not": runs(boxes(privileged=False)),
            "default": runs(container()),
            "harmless": runs(boxes(options="--cap-add=NET_BIND_SERVICE --memory 4g")),
            "device of its own": runs(boxes(options="--device=/dev/fuse --privileged=false")),
            "off": runs(boxes(options="--privileged=0")),
            "off at last": runs(boxes(options="--privileged --privileged=F")),
            "the value of another": runs(boxes(options="--env --privileged -e --cap-add=ALL")),
            "after the options": runs(boxes(options="--rm -- image --privileged")),
            "not closed": runs(boxes(options="--privileged '")),  # the runner refuses it
        },
    ),
    Case(
        "NG212",
        "the runtime's socket is mounted",
        bad={
            "automount": runs(boxes(docker_host="automount")),
            "socket": runs(boxes(docker_host="unix:///run/podman/podman.sock")),
            "Gitea's runner": runs(container(), forges=[GITEA]),
        },
        good={
            "none": runs(boxes(docker_host="-")),
            "far": runs(boxes(docker_host="ssh://a@b")),
            "Gitea's runner": runs(boxes(docker_host="-"), forges=[GITEA]),
            "Forgejo's runner": runs(
                container(),
                forges=[GITEA],
                options={"services.gitea-actions-runner.package": nix.ref("pkgs.forgejo-runner")},
            ),
        },
    ),
    Case(
        "NG213",
        "of the host",
        bad={
            "option": runs(boxes(options="--volume /etc:/host/etc")),
            "read-only": runs(boxes(options="--volume /:/host:ro")),
            "short option": runs(boxes(options="-v=/:/host")),
            "glued option": runs(boxes(options="-v/:/host")),
            "mount": runs(boxes(options="--mount type=bind,src=/etc,dst=/etc")),
            "states": runs(boxes(valid_volumes=["/var/lib/gitea-runner/**"])),
            "private states": runs(boxes(valid_volumes=["/var/lib/private"])),
            "all": runs(boxes(valid_volumes=["**"])),
            "root": runs(boxes(valid_volumes=["/*"])),
            "secrets": runs(boxes(valid_volumes=["/run/secrets/**"])),
            "daemon": runs(boxes(valid_volumes=["/nix/var/nix/daemon-socket"])),
            "quoted option": runs(boxes(options="--volume '/:/host'")),
            "among switches": runs(boxes(options="-itv /:/host")),
            "negative value before": runs(boxes(options="--memory-swap -1 -v /:/host")),
            "old name": runs(boxes(valid_volumes=["/var/run/secrets"])),
            "old name of a socket": runs(boxes(valid_volumes=["/var/run/podman/podman.sock"])),
            "docker's socket": runs(boxes(valid_volumes=["/run/docker.sock"])),
            "of root": runs(boxes(valid_volumes=["/root/.ssh"])),
            "alternatives": runs(boxes(valid_volumes=["/srv/{a,{b,../run/secrets}}"])),
            "any of a class": runs(boxes(valid_volumes=["/run/secret[a-z]/token"])),
            "any sign": runs(boxes(valid_volumes=["/?tc"])),
            "escaped sign": runs(boxes(valid_volumes=["/e\\tc/"])),
            "two slashes": runs(boxes(valid_volumes=["//etc"])),
            "upwards": runs(boxes(valid_volumes=["/srv/../etc"])),
            "upwards by option": runs(boxes(options="-v /srv/..:/host")),
            "what starts so": runs(boxes(valid_volumes=["/var/lib/v*"])),
            "of a kind among secrets": runs(boxes(valid_volumes=["/run/secrets/*.json"])),
            "what ends so, and with a slash": runs(boxes(valid_volumes=["/srv/*etc/"])),
            "what ends so": runs(boxes(valid_volumes=["/srv/*.sock"])),
            "what has it inside": runs(boxes(valid_volumes=["**/secrets/token"])),
            "any folder in a folder": runs(boxes(valid_volumes=["/srv/*/"])),
            "all in a folder": runs(
                boxes(valid_volumes=["/srv/mirror/*"])
            ),  # and /srv/mirror/../..
        },
        good={
            "named": runs(boxes(valid_volumes=["cache"])),
            "certificates": runs(boxes(options="--volume /etc/ssl/certs:/etc/ssl/certs")),
            "own": runs(boxes(valid_volumes=["/srv/mirror", "/etc/ssl/certs", "/srv/{a,b}/c"])),
            "of a kind": runs(boxes(valid_volumes=["/srv/mirror/*.json", "cache-*", "*-cache"])),
            "of a name": runs(boxes(valid_volumes=["/srv/*/cache", "/srv/[ab]?/x", "[ab]-cache"])),
            "beside": runs(boxes(valid_volumes=["/run/secretsfoo/cache", "/var/lib/vaulted"])),
            "new": runs(boxes(options="-v /etc -v cache:/root --mount type=tmpfs,dst=/etc")),
            "beside, by option": runs(boxes(options="-v /run/secretsfoo:/run/secretsfoo")),
            "of an image": runs(boxes(options="--mount=type=volume,src=etc,dst=/root")),
        },
    ),
    Case(
        "NG214",
        "on the host's own network",
        bad={
            "setting": runs(boxes(network="host")),
            "option": runs(boxes(options="--memory=4g --network=host")),
            "its other name": runs(boxes(options="--net host")),
        },
        good={"own": runs(boxes(network="bridge")), "default": runs(container())},
    ),
    Case(
        "NG215",
        "whichever that is on the day",
        bad={
            "latest": runs(container(labels=["a:docker://nixos/nix:latest"])),
            "no tag": runs(container(labels=["a:docker://registry:5000/nix"])),
        },
        good={
            "version": runs(container()),
            "digest": runs(container(labels=[f"a:docker://nix@sha256:{'0' * 64}"])),
        },
    ),
    Case(
        "NG225",
        "jobs of runner 'native' are root on the host: its unit ",
        bad={
            "capability": runs(
                native(), options={f"{CONFIG}.AmbientCapabilities": "CAP_SYS_ADMIN"}
            ),
            "all but another": runs(
                native(hardening=Hardening()),
                options={
                    CONFIG: {
                        "AmbientCapabilities": "CAP_SYS_ADMIN",
                        "CapabilityBoundingSet": "~CAP_NET_RAW",
                    }
                },
            ),
            "one of several": runs(
                native(),
                options={f"{CONFIG}.AmbientCapabilities": ["CAP_NET_ADMIN", "CAP_DAC_OVERRIDE"]},
            ),
            "named": runs(native(), options={f"{CONFIG}.User": nix.raw('lib.mkForce "root"')}),
            "no user": runs(
                native(uuid=UUID), release="26.11", options={f"{NEWER}.DynamicUser": False}
            ),
        },
        good={
            "harmless": runs(native(), options={f"{CONFIG}.AmbientCapabilities": "CAP_NET_RAW"}),
            "out of bounds": runs(
                native(hardening=Hardening()),
                options={f"{CONFIG}.AmbientCapabilities": "CAP_SYS_ADMIN"},
            ),
            "static": runs(native(), options={f"{CONFIG}.DynamicUser": False}),
            "another": runs(native(), options={f"{CONFIG}.User": "ci"}),
            "unknown": runs(native(), options={f"{CONFIG}.User": nix.ref("config.my.user")}),
            "containers": runs(container(name="native"), options={f"{CONFIG}.User": "root"}),
        },
    ),
    Case(
        "NG315",
        "virtualisation.podman.enable is false",
        bad={"off": runs(container(), options={"virtualisation.podman.enable": False})},
        good={
            "on": runs(container(), options={"virtualisation.podman.enable": True}),
            "the other": runs(container(), options={"virtualisation.docker.enable": False}),
        },
    ),
    Case(
        "NG501",
        "have no limit of memory, CPU or processes",
        bad={
            "none": runs(native()),
            "share alone": runs(native(limits=ResourceLimits(io_weight=50))),
            "infinity": runs(native(), options={f"{CONFIG}.MemoryMax": "infinity"}),
        },
        good={
            "limits": runs(native(limits=ResourceLimits(memory_high="8G"))),
            "option": runs(native(), options={f"{CONFIG}.MemoryMax": "8G"}),
            "container": runs(container()),
        },
    ),
    Case(
        "NG502",
        "builds that jobs of runner 'native' start can use all of the machine",
        bad={
            "none": runs(native()),
            "all cores": runs(native(), options={"nix.settings.cores": 0}),
            "defaults": runs(native(), nix_daemon=NixDaemon(max_jobs="auto")),
        },
        good={
            "model": runs(native(), nix_daemon=NixDaemon(max_jobs=2, cores=2)),
            "jobs": runs(native(), options={"nix.settings.max-jobs": 2}),
            "builds elsewhere": runs(native(), nix_daemon=NixDaemon(max_jobs=0)),
            "lines of nix.conf": runs(native(), options={"nix.extraOptions": "max-jobs = 2"}),
            "old name": runs(native(), options={"nix.maxJobs": 2}),
            "unit": runs(
                native(), options={"systemd.services.nix-daemon.serviceConfig.CPUQuota": "200%"}
            ),
            "no jobs": [host()],
        },
    ),
    Case(
        "NG503",
        "",
        bad={
            "jobs": runs(native(capacity=8), machine=Machine(cores=4, memory="16G")),
            "memory": runs(
                native(limits=ResourceLimits(memory_high="64G")),
                machine=Machine(cores=4, memory="16G"),
            ),
        },
        good={
            "fits": runs(native(capacity=4), machine=Machine(cores=4, memory="16G")),
            "not known": runs(native(capacity=8)),
        },
    ),
    Case(
        "NG504",
        "waits 3h for its jobs, and systemd kills it after",
        bad={
            "default": runs(native(settings={"runner": {"shutdown_timeout": "3h"}})),
            "short": runs(
                native(settings={"runner": {"shutdown_timeout": "3h"}}),
                options={f"{CONFIG}.TimeoutStopSec": "10min"},
            ),
        },
        good={
            "long": runs(
                native(settings={"runner": {"shutdown_timeout": "3h"}}),
                options={f"{CONFIG}.TimeoutStopSec": "3h"},
            ),
            "never": runs(
                native(settings={"runner": {"shutdown_timeout": "3h"}}),
                options={f"{CONFIG}.TimeoutStopSec": "infinity"},
            ),
            "ends at once": runs(native()),
        },
    ),
    Case(
        "NG505",
        "containers of runner 'boxed' have no limit of memory",
        bad={
            "none": runs(container()),
            "other": runs(boxes(options="--cpus=2")),
            "the value of another": runs(boxes(options="--env -m=4g")),
            "no limit": runs(boxes(options="--memory=0")),
            "no limit at last": runs(boxes(options="-m 4g --memory=0")),
        },
        good={
            "memory": runs(boxes(options="--memory=4g")),
            "short": runs(boxes(options="-m 4g")),
            "glued": runs(boxes(options="-m4g")),
            "among switches": runs(boxes(options="-im4g")),
            "host": runs(native()),
        },
    ),
]
