"""What a build tells of renames and removals: what `tofu apply` will do, and what is left to do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from nixgen import hcl
from nixgen.diagnostic import Diagnostic, Severity
from nixgen.emit.moved import Resource
from nixgen.emit.shared import MOVED_FILE, VAULT_FOLDER
from nixgen.model.access import matches
from nixgen.project.moved.renames import (
    POLICIES,
    SECRETS,
    VARIABLES,
    Changes,
    Move,
    Sections,
    is_generated,
)

Resources = Collection[tuple[str, Resource]]


def notices(
    found: Changes, before: Sections, after: Sections, resources: Resources, mount: str
) -> tuple[Diagnostic, ...]:
    """One notice for each thing that there is to know; the worst first."""
    return (
        *_destroyed(found, before, resources),
        *_mounts(found),
        *_variables(found, after),
        *_hosts([each for each in found.moves if each.section == POLICIES], resources),
        *_back(found),
        *_remade(found),
        *_values_left(found),
        *_secrets(found, before, after, resources, mount),
        *_unsure(found, resources),
        *_unreadable(found, before, after),
        *_left_over(found),
    )


def _destroyed(found: Changes, before: Sections, resources: Resources) -> Iterator[Diagnostic]:
    """What is gone in the model, and so in Vault."""
    addresses = [
        resource.address(name) + ("" if name == key else _UNLESS_APPLIED)
        for section, key in found.removed
        for name in (key, *found.earlier_names.get((section, key), ()))
        for over, resource in resources
        if over == section and _may_hold(resource, section, key, before)
    ]
    secrets = [key for section, key in found.removed if section == SECRETS]
    hosts = [key for section, key in found.removed if section == POLICIES]
    names = [*(f"secret {key}" for key in secrets), *(f"host {key}" for key in hosts)]
    if not names:
        return
    if addresses:
        yield Diagnostic(
            summary=f"`tofu apply` will destroy what Vault has of {_listed(names)}",
            severity=Severity.WARNING,
            detail="\n".join(addresses),
            help="to keep one in Vault, have OpenTofu forget it first: "
            f"`tofu state rm '{max(addresses, key=_is_in_vault)}'`",
        )
    else:
        yield Diagnostic(
            summary=f"gone: {_listed(names)}; `tofu apply` may destroy what Vault has of them",
            severity=Severity.WARNING,
            help=f"{_NO_RESOURCES}; look at `tofu plan` before you apply",
        )


def _mounts(found: Changes) -> Iterator[Diagnostic]:
    """Mounts that have another name; the provider moves those that the folder made itself."""
    for field, old, new in found.mounts:
        what = _IN_MOUNT[field]
        yield Diagnostic(
            summary=f"`tofu apply` will make all {what} anew in the mount {new}, and those in "
            f"{old} go",
            severity=Severity.WARNING,
            help=_MOUNT_HELP[field],
        )


_IN_MOUNT = {"approle_mount": "AppRoles", "mount": "secrets"}
_MOUNT_HELP = {
    "approle_mount": """\
each host has another role id then, and needs another secret id: until it has got both, it
cannot log in""",
    "mount": """\
hosts cannot read them until they are deployed. A mount that the folder made itself moves as a
whole, so that nothing is left to be destroyed: OpenTofu ends with errors then (`no handler for
route`); apply once more""",
}


def _is_in_vault(address: str) -> bool:
    return address.startswith("vault_")


_UNLESS_APPLIED = "  (where its rename was not applied)"


def _may_hold(resource: Resource, section: str, key: str, before: Sections) -> bool:
    """Whether a resource had an instance for an entry."""
    generated = is_generated(before[section][key].item) if section == SECRETS else None
    return resource.generated is None or generated is None or resource.generated is generated


def _variables(found: Changes, after: Sections) -> Iterator[Diagnostic]:
    if not found.variables:
        return
    pairs = [f"{old} -> {new}" for old, new in sorted(found.variables.items())]
    defaults = any(_has_default(after, new) for new in found.variables.values())
    risk = (
        "without a value the default would be written over the secret"
        if defaults
        else "it asks for a value otherwise"
    )
    yield Diagnostic(
        summary=f"{_counted(len(pairs), 'Terraform variable')} renamed",
        severity=Severity.WARNING,
        detail="\n".join(pairs),
        help=f"rename the line in terraform.tfvars before `tofu apply`: {risk}",
    )


def _has_default(after: Sections, name: str) -> bool:
    known = after[VARIABLES].get(name)
    block = known.item if known else None
    return isinstance(block, hcl.Block) and any(
        isinstance(each, hcl.Attribute) and each.name == "default" for each in block.body
    )


def _hosts(moves: Sequence[Move], resources: Resources) -> Iterator[Diagnostic]:
    if not moves:
        return
    if not any(section == POLICIES for section, _ in resources):
        yield _unmanaged(moves, "host")
        return
    yield Diagnostic(
        summary=f"{_counted(len(moves), 'host')} renamed; `tofu apply` destroys nothing for it",
        severity=Severity.NOTE,
        detail="\n".join(f"{each.old} -> {each.new}" for each in moves),
        help="a new AppRole and policy are made, the old ones stay in Vault and OpenTofu forgets "
        f"them\n({MOVED_FILE}), so that the machine can log in as it runs now; put the\n"
        "new role id and a secret id on it before you deploy it, and delete the old AppRole and\n"
        "policy in Vault afterwards",
    )


def _back(found: Changes) -> Iterator[Diagnostic]:
    """Hosts whose AppRole OpenTofu has forgotten, perhaps, and now is to make again."""
    if found.back:
        yield Diagnostic(
            summary=f"{_counted(len(found.back), 'host')} with a name that was given up before",
            severity=Severity.WARNING,
            detail="\n".join(found.back),
            help="if the rename was applied, its AppRole is still in Vault, where `tofu apply` "
            "cannot\nmake it again: delete the old one first",
        )


def _remade(found: Changes) -> Iterator[Diagnostic]:
    """What is in the state cannot come out of it, and what is not there cannot get in."""
    if found.remade:
        yield Diagnostic(
            summary=f"{_counted(len(found.remade), 'generated secret')} with a new value: "
            "Vault.write_only is another",
            severity=Severity.WARNING,
            detail="\n".join(found.remade),
            help="`tofu apply` makes each anew, once; the old value stays in Vault as an earlier "
            "version, in\ncase something still needs it: `bao kv get -version=...`",
        )


def _values_left(found: Changes) -> Iterator[Diagnostic]:
    """OpenTofu keeps the state before the last change beside it."""
    if found.values_left:
        yield Diagnostic(
            summary="secrets' values go out of the state, and stay in its backup",
            severity=Severity.WARNING,
            help="remove it after `tofu apply`, and saved plans, too:\n"
            f"`shred -u {VAULT_FOLDER}/terraform.tfstate.backup`; where a backend keeps earlier\n"
            "versions of the state, remove those",
        )


def _secrets(
    found: Changes, before: Sections, after: Sections, resources: Resources, mount: str
) -> Iterator[Diagnostic]:
    moves = [each for each in found.moves if each.section == SECRETS and each.old != each.new]
    if not moves:
        return
    over = [resource for section, resource in resources if section == SECRETS]
    if not over:
        yield _unmanaged(moves, "secret")
        return
    elsewhere = _of_other_hosts(found, before, after)
    here = [each for each in moves if each not in elsewhere]
    for some, summary, more in (
        (here, "{} renamed", ""),
        (elsewhere, "{} of another host now", _OWN_VALUE),
    ):
        if some:
            what = summary.format(_counted(len(some), "secret"))
            yield Diagnostic(
                summary=f"{what}; `tofu apply` destroys nothing for it",
                severity=Severity.NOTE,
                detail="\n".join(f"{each.old} -> {each.new}" for each in some),
                help="each is written to its new path, the old one stays in Vault and OpenTofu "
                f"forgets it\n({MOVED_FILE}), so that hosts can read it as they run now; delete "
                "it\nwhen they are deployed: "
                f"`bao kv metadata delete -mount={mount} {some[0].old}`{more}",
            )
    holders = any(not each.is_in_vault for each in over)
    made = [each for each in moves if is_generated(after[SECRETS][each.new].item)]
    if made and not holders:
        yield Diagnostic(
            summary=f"{_counted(len(made), 'generated secret')} with a new value at the new path",
            severity=Severity.WARNING,
            detail="\n".join(each.new for each in made),
            help="OpenTofu does not know the old value, so it cannot write it there; copy it "
            "with `bao kv get` and `bao kv put`\nif it must stay the same",
        )


_OWN_VALUE = """
(one that Terraform made keeps its value; raise VaultSecret.version where it is to have another)"""


def _of_other_hosts(found: Changes, before: Sections, after: Sections) -> list[Move]:
    """The moves of secrets to hosts that are no others' new names."""
    names = {each.old: each.new for each in found.moves if each.section == POLICIES}
    return [
        each
        for each in found.moves
        if each.section == SECRETS
        and {names.get(host, host) for host in before[SECRETS][each.old].hosts}
        != after[SECRETS][each.new].hosts
    ]


def _unsure(found: Changes, resources: Resources) -> Iterator[Diagnostic]:
    """Generated secrets that may be another host's now, and get another value there."""
    if not found.unsure:
        return
    old, (new, *_) = min(found.unsure.items())
    holders = [
        each
        for section, each in resources
        if section == SECRETS and not each.is_in_vault and each.generated is not False
    ]
    command = (
        "\n".join(
            f"`tofu state mv '{each.address(old)}' '{each.address(new)}'`" for each in holders
        )
        or f"`bao kv get` of {old} before `tofu apply`, `bao kv put` to {new} afterwards"
    )
    yield Diagnostic(
        summary=f"{_counted(len(found.unsure), 'generated secret')} gone from one host and new at "
        "another, with a new value",
        severity=Severity.WARNING,
        detail="\n".join(f"{key}: {', '.join(new)}" for key, new in found.unsure.items()),
        help="nixgen cannot be sure that they are the same. To keep the value of one, have "
        f"OpenTofu\nmove it before `tofu apply`:\n{command}",
    )


def _unreadable(found: Changes, before: Sections, after: Sections) -> Iterator[Diagnostic]:
    """Policies that cover the new path and not the old one: those of exact paths."""
    lines = [
        f"{move.old}: {host}"
        for move in found.moves
        if move.section == SECRETS
        for host in sorted(before[SECRETS][move.old].hosts)
        if (policy := after[POLICIES].get(host)) and not _covers(policy.item, move.old)
    ]
    if lines:
        yield Diagnostic(
            summary=f"{_counted(len(lines), 'old path')} not readable after `tofu apply`",
            severity=Severity.WARNING,
            detail="\n".join(lines),
            help="the policy names the paths of the host's secrets one by one, so only the new "
            "ones\nfrom then on; deploy the host right after it",
        )


def _covers(policy: hcl.ObjectItem | hcl.Block | None, path: str) -> bool:
    """Whether a host's policy lets it read a path."""
    value = policy.value if isinstance(policy, hcl.ObjectItem) else None
    paths = hcl.to_python(value).get("paths", []) if isinstance(value, hcl.Object) else []
    return any(matches(each.partition("/data/")[2], path) for each in paths)


def _left_over(found: Changes) -> Iterator[Diagnostic]:
    names = [key for section, key in found.removed if section == VARIABLES]
    if names:
        yield Diagnostic(
            summary=f"no secret uses {_counted(len(names), 'Terraform variable')} any more",
            severity=Severity.NOTE,
            detail="\n".join(names),
            help="the line in terraform.tfvars is left over; remove it",
        )


_NO_RESOURCES = f"no resource over the map of entries is in {VAULT_FOLDER}/"


def _unmanaged(moves: Sequence[Move], what: str) -> Diagnostic:
    return Diagnostic(
        summary=f"{_counted(len(moves), what)} renamed; `tofu apply` may destroy the old one",
        severity=Severity.WARNING,
        detail="\n".join(f"{each.old} -> {each.new}" for each in moves),
        help=f"{_NO_RESOURCES}, so that nixgen cannot tell OpenTofu;\n"
        "look at `tofu plan` before you apply",
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


_NAMED = 3


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown
