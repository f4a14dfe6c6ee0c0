"""The binary cache (Harmonia), and the runners whose jobs fill it."""

from datetime import date

from nixgen import (
    ContainerRunner,
    GlobalScope,
    Host,
    NativeRunner,
    RunnerCache,
    TerraformVariable,
    TokenFile,
    UserScope,
    VaultSecret,
    accept,
)

FORGEJO = "https://code.t-juice.club"

# Until then the accepted risks hold; then they are looked at again.
REVIEW = date(2027, 11, 30)
RESOURCES = "Jobs may use all of the machine; the capacity bounds how many run at once."

# Harmonia signs what it serves with this key. It is declared with Harmonia, by hand.
cache_key = VaultSecret(
    name="cache-secret",
    existing=True,
    services=["harmonia"],
    terraform=None,
)

native_token = VaultSecret(
    name="forgejo-native-runner-token",
    key="token",
    mode=0o444,
    terraform=TerraformVariable(
        name="forgejo_native_runner_token",
        description="Forgejo Actions runner token for native nix runner on nix-cache02",
        default="PLACEHOLDER",
    ),
    notes=["Fetch native runner token from Vault"],
)

# Jobs of any repository, each in a container of its own. Declared by hand before nixgen.
actions1 = ContainerRunner(
    name="actions1",
    existing=True,
    url=FORGEJO,
    token=TokenFile(path="/run/secrets/forgejo-runner-token"),
    labels=["nix:docker://nixos/nix:latest"],
    scope=GlobalScope(),
)

# Jobs of trusted repositories, on the host itself: what they build is in the cache at once.
actions_native = NativeRunner(
    name="actions-native",
    url=FORGEJO,
    token=native_token,
    labels=["native-nix:host"],
    scope=UserScope(user="torjus"),
    trusted_repositories=["torjus/nixos-servers", "torjus/nixos-exporter", "torjus/nixos"],
    capacity=4,
    cache=RunnerCache(),
    host_packages=["bash", "coreutils", "curl", "gawk", "git", "gnused", "nodejs", "wget", "nix"],
    notes=["Native nix runner instance"],
    accepted=[
        accept(
            "NG407",
            reason="The trusted repositories already have deploy access to production hosts.",
            until=REVIEW,
        ),
        accept("NG501", reason=RESOURCES, until=REVIEW),
    ],
)

host = Host(
    name="nix-cache02",
    system="x86_64-linux",
    release="25.11",
    secrets=[cache_key, native_token],
    runners=[actions1, actions_native],
    tags=["binary-cache"],
    accepted=[accept("NG502", reason=RESOURCES, until=REVIEW)],
)
