"""Nix's own settings on a machine that runs jobs: who may do what to the store."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.audit.jobs import account_text, may_build, ways_to_root
from nixgen.audit.rule import Evidence, beside, host_rule
from nixgen.audit.settings import Setting
from nixgen.audit.view import HostView, words
from nixgen.diagnostic import Severity


def _about(view: HostView, setting: Setting, summary: str) -> Evidence:
    return Evidence(subject=view.host, summary=summary, location=setting.origin.location())


@host_rule(
    "NG401",
    Severity.ERROR,
    "Jobs are trusted users of Nix, and so root",
    why="A trusted user sets any option of the daemon, turns the sandbox off, and puts paths into "
    "the store that nobody has built or signed. The manual says it is the same as root.",
    advice="take it out of trusted-users; nix build works for every user",
    source="nix.conf(5): trusted-users",
)
def trusted_user(view: HostView) -> Iterator[Evidence]:
    """The runners' user, a group of it, or `*`."""
    for runner in view.host_runners:
        for way in ways_to_root(view, runner):
            if way.code == "NG401":
                yield Evidence(
                    subject=view.host,
                    summary=f"jobs of runner {runner.name!r} are trusted by Nix: {way.how}",
                    location=way.origin.location(),
                    related=(beside(runner, "name", "its jobs run on the host"),),
                )


@host_rule(
    "NG402",
    Severity.ERROR,
    "Builds of jobs are not in a sandbox",
    why="Without the sandbox a build reads the machine and the network, as one of the build users, "
    "and leaves in the store what is not what its derivation says. A cache then signs and serves "
    "it.",
    advice="take the option out: the sandbox is on",
    source="nix.conf(5): sandbox; relaxed lets derivations with __noChroot out of it",
)
def no_sandbox(view: HostView) -> Iterator[Evidence]:
    """`sandbox` off or relaxed where jobs run on the host."""
    if not view.host_runners:
        return
    for option in ("nix.settings.sandbox", "nix.useSandbox"):
        setting = view.setting(option)
        if setting is None or setting.value not in (False, "false", "relaxed"):
            continue
        relaxed = setting.value == "relaxed"
        state = "relaxed: a derivation can ask to be outside of it" if relaxed else "off"
        yield _about(view, setting, f"jobs build on the host, and Nix's sandbox is {state}")


_PRIVATE = (
    *("/run/secrets", "/var/lib/vault", "/var/lib/gitea-runner", "/var/lib/private"),
    *("/root", "/home"),
)


@host_rule(
    "NG403",
    Severity.WARNING,
    "Builds see folders with secrets",
    why="Any job can start a build that copies what the build users may read there into the store, "
    "which every user reads and a cache serves. Modes alone are in the way.",
    advice="take the path out of the sandbox: builds are to depend on their inputs alone",
    source="nix.conf(5): sandbox-paths, extra-sandbox-paths",
)
def sandbox_paths(view: HostView) -> Iterator[Evidence]:
    """Sandbox paths that are, or hold, such a folder, where jobs run on the host."""
    if not view.host_runners:
        return
    secrets = [secret.output_path for secret in view.secrets]
    for option in ("nix.settings.sandbox-paths", "nix.settings.extra-sandbox-paths"):
        for setting in view.lists(option):
            for given in words(setting.items):
                path = given.rstrip("?").partition("=")[2] or given.rstrip("?")
                inside = f"{path.rstrip('/')}/"
                covers = [each for each in (*_PRIVATE, *secrets) if f"{each}/".startswith(inside)]
                within = [each for each in _PRIVATE if inside.startswith(f"{each}/")]
                if covers or within:
                    what = (covers or within)[0]
                    yield _about(view, setting, f"every build sees {what}: {option} has {given!r}")


@host_rule(
    "NG404",
    Severity.ERROR,
    "Nix takes paths without a signature",
    why="Whoever answers for a binary cache, on the way or in its place, decides what runs here.",
    advice="take the option out, and add the cache's key to trusted-public-keys",
    source="nix.conf(5): require-sigs",
)
def no_signatures(view: HostView) -> Iterator[Evidence]:
    """`require-sigs = false`."""
    for option in ("nix.settings.require-sigs", "nix.requireSignedBinaryCaches"):
        setting = view.setting(option)
        if setting is not None and setting.value in (False, "false"):
            yield _about(view, setting, f"{option} is false: paths of any origin are taken")


@host_rule(
    "NG405",
    Severity.WARNING,
    "All that jobs build is signed at once",
    why="With secret-key-files the daemon signs each path as it is built. A job takes its output, "
    "signature and all, to any cache or machine, and it is trusted there, after it is gone here.",
    advice="sign what is served instead (Harmonia does), or sign by hand what was reviewed",
    source="nix.conf(5): secret-key-files",
)
def signed_builds(view: HostView) -> Iterator[Evidence]:
    """`secret-key-files` where jobs run on the host."""
    setting = view.setting("nix.settings.secret-key-files")
    if setting is not None and view.host_runners:
        yield _about(view, setting, f"Nix signs whatever a job builds: {setting.name}")


@host_rule(
    "NG318",
    Severity.ERROR,
    "Jobs may not use Nix at all",
    why="The daemon refuses a user that allowed-users does not name: every nix build fails.",
    advice="add the runners' user to nix.settings.allowed-users",
    source="nix.conf(5): allowed-users; systemd.exec(5): DynamicUser=, how the user is named",
)
def not_allowed(view: HostView) -> Iterator[Evidence]:
    """Host jobs with nix among their packages, and a list without their user."""
    setting = view.setting("nix.settings.allowed-users")
    if setting is None:
        return
    for runner in view.host_runners:
        if "nix" in runner.host_packages and not may_build(view, runner):
            yield _about(
                view,
                setting,
                f"{setting.name} lacks {account_text(view, runner)}, the user of "
                f"{runner.unit}.service: builds of runner {runner.name!r} are refused",
            )
