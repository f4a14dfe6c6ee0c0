"""Runners, and what their jobs are given: limits, a cache, workflows."""

from __future__ import annotations

from bad_inputs.project import LITERAL, Case, call, host, python, runner


def workflow(step: str, **changes: str | None) -> Case:
    """A host, and a repository with a workflow of one job with one step."""
    job = call("Job", {"name": '"build"', "runs_on": '"native"', "steps": f"[{step}]"})
    fields = {"file": '"build.yaml"', "on": '["push"]', "jobs": "[job]", **changes}
    made = f"job = {job}\nworkflow = {call('Workflow', fields)}\n"
    return python(f'{host(made)}\nsite = Repository(name="a/b", workflows=[workflow])')


CASES: dict[str, Case] = {
    # -- runners ---------------------------------------------------------------------------------
    "display-name-interpolated": python(
        runner(display_name='"${config.networking.hostName}-builds"')
    ),
    "display-name-interpolated-quotes": python(
        runner(display_name="""'it\\'s ${config.networking."hostName"} "q" \\\\'""")
    ),
    "display-name-interpolated-open": python(runner(display_name='"a ${b"')),
    "runner-label-for-a-list": python(runner(labels='"native:host"')),
    "runner-label": python(runner(labels='["native:ssh://web1"]')),
    "runner-label-name": python(runner(labels='["native nix:host"]')),
    "runner-without-label": python(runner(labels="[]")),
    "runner-label-twice": python(runner(labels='["native:host", "native"]')),
    "native-runner-with-container": python(runner(labels='["nix:docker://nix"]')),
    "container-runner-on-host": python(runner("ContainerRunner", labels='["native:host"]')),
    "runner-url": python(runner(url='"git.example.org"')),
    "runner-url-credentials": python(runner(url=f'"https://alice:{LITERAL}@git.example.org"')),
    "runner-literal-token": python(runner(token=f'"{LITERAL}"')),
    "runner-literal-token-on-lines": python(runner(token=f'(\n        "{LITERAL}"\n    )')),
    "runner-literal-token-beside-mistake": python(
        f'from nixgen import *\n\nNativeRunner(nme="a", token="{LITERAL}", scope=GlobalScope())'
    ),
    "token-option-with-blank": python(runner(token='TokenOption(path="config.age.my token")')),
    "token-file-with-token": python(runner(token=f'TokenFile(path="{LITERAL}")')),
    "token-file-without-name": python(runner(token=f'TokenFile("{LITERAL}")')),
    "secret-without-names": python(
        f'from nixgen import *\n\ndatabase = VaultSecret("database", "{LITERAL}")'
    ),
    "secret-with-wrong-escape": python(runner(token=f'"{LITERAL}\\d"')),
    "exception-beside-secret": python(f'token = "{LITERAL}" + 1'),
    "exception-below-secret": python(
        f'token = (\n    "a"\n    # of the forge\n    "{LITERAL}" + 1\n)'
    ),
    "syntax-error-after-secret": python(f'token = (\n    "{LITERAL}'),
    "runner-literal-token-setting": python(
        runner(settings=f'{{"cache": {{"secret": "{LITERAL}"}}}}')
    ),
    "runner-token-path": python(runner(token='"/run/secrets/token"')),
    "runner-name": python(runner(name='"native/builds"')),
    "runner-capacity": python(runner(capacity="0")),
    "runner-capacity-twice": python(runner(capacity="2", settings='{"runner": {"capacity": 3}}')),
    "runner-repository": python(runner(trusted_repositories='["infrastructure"]')),
    "runner-scope": python(runner(scope='"alice"')),
    "runner-runtime": python(runner("ContainerRunner", runtime='"podmn"')),
    "runner-package": python(runner(host_packages='["git", "c++"]')),
    "runner-without-its-secret": python(
        runner().replace("secrets=[token],", "secrets=[],"),
    ),
    # -- what bounds jobs, the cache, workflows --------------------------------------------------
    "limits-size": python(runner(limits='ResourceLimits(memory_high="8GB")')),
    "limits-order": python(runner(limits='ResourceLimits(memory_high="8G", memory_max="4G")')),
    "limits-of-containers": python(
        runner("ContainerRunner", limits='ResourceLimits(memory_high="8G")')
    ),
    "hardening-misspelt": python(runner(hardening='Hardening(without=["PrivateDevice"])')),
    "runner-without-uuid": python(runner().replace('"25.11"', '"26.11"')),
    "runner-with-needless-uuid": python(runner(uuid='"c9e50be9-a7c3-4aee-ba35-624c4ff8c519"')),
    "builds-without-limit": python(host(nix_daemon="NixDaemon()")),
    "collection-without-end": python(
        host(garbage_collection='GarbageCollection(flake=".", max_free=None)')
    ),
    "harmonia-key-of-nobody": python(
        host('key = VaultSecret(name="key", key="key")\n', harmonia="Harmonia(keys=[key])")
    ),
    "machine-without-unit": python(host(machine="Machine(cores=4, memory=16)")),
    "workflow-short-action": workflow('Step(uses="actions/checkout@v4")'),
    "workflow-unknown-event": workflow('Step(run="true")', on='["pusch"]'),
    "workflow-literal-secret": workflow(f'Step(run="true", env={{"TOKEN": "{LITERAL}"}})'),
    "workflow-step-of-two": workflow('Step(run="true", uses="https://a.example/b/c@v1")'),
    "repository-twice": python(f'{host()}\na = Repository(name="a/b")\nb = Repository(name="A/b")'),
}
