"""What the last build called otherwise: secrets, hosts and variables that have another name now.

Nobody tells nixgen that something was renamed. It is seen where one thing is gone and one is new
that says the same, in Terraform and in Nix, and there is no second one that it could be: two
secrets of one host, or two hosts with the same secrets. A secret that another host has now has kept
its name, or its variable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple, TypeAlias

from attrs import define, evolve, field

from nixgen import hcl
from nixgen.hcl.edit.sameness import canonical
from nixgen.hcl.normal_form import key_of
from nixgen.hcl.references import references
from nixgen.project.managed.terraform import item_of
from nixgen.project.moved.nix_side import NixSide

SECRETS, POLICIES, VARIABLES = "secrets", "policies", "variables"


@define
class Known:
    """An entry of a shared file: its address, its hosts, and its text, None where not known."""

    steps: tuple[str, ...]
    hosts: frozenset[str]
    text: str | None

    def says_the_same(self, other: Known) -> bool:
        """Whether two entries have one text, blanks aside; if so, there is nothing to compare."""
        texts = [None if each.text is None else each.text.split() for each in (self, other)]
        return texts[0] == texts[1] is not None

    @cached_property
    def item(self) -> hcl.ObjectItem | hcl.Block | None:
        """Its tree; None, too, where a damaged manifest took other lines for the entry."""
        try:
            return None if self.text is None else item_of(self.steps, self.text)
        except (hcl.HclSyntaxError, ValueError, AssertionError):
            return None


Section: TypeAlias = Mapping[str, Known]
Sections: TypeAlias = Mapping[str, Section]
"""The entries of a build, by their section and key."""


class Move(NamedTuple):
    """An entry that has another key now; the same key where another resource holds it now."""

    section: str
    old: str
    new: str


@define
class Changes:
    """What became of entries that are gone.

    `moves` has their new keys, `variables` the new names of variables, `removed` section and key of
    the rest, and `earlier_names` which keys those had in builds that may not have been applied.
    `back` are hosts that had another name meanwhile, `remade` the generated secrets of which there
    will be new values, and `mounts` field, old and new name of each that has another. `unsure` has
    generated secrets that are gone, and those of other hosts that each may be now; `values_left`
    says that values go out of the state and stay in its backup.
    """

    moves: list[Move] = field(factory=list)
    variables: dict[str, str] = field(factory=dict)
    removed: list[tuple[str, str]] = field(factory=list)
    earlier_names: dict[tuple[str, str], list[str]] = field(factory=dict)
    back: list[str] = field(factory=list)
    remade: list[str] = field(factory=list)
    mounts: list[tuple[str, str, str]] = field(factory=list)
    unsure: dict[str, list[str]] = field(factory=dict)
    values_left: bool = False


def changes(
    before: Sections,
    after: Sections,
    nix: tuple[NixSide, NixSide],
    names: tuple[Collection[str], Collection[str]],
) -> Changes:
    """What is gone since the last build, and what it has become.

    `nix` are the hosts' Nix files before and after, `names` those of all hosts.
    """
    found = _Comparison(before, after, nix, names)
    secrets = found.of_hosts()
    secrets |= found.of_secrets(secrets)
    made = Changes([Move(POLICIES, *pair) for pair in sorted(found.hosts.items())])
    made.moves += [Move(SECRETS, *pair) for pair in sorted(secrets.items())]
    made.moves += [Move(SECRETS, key, key) for key in found.of_another_kind()]
    made.variables = found.of_variables(secrets)
    moved = {(section, old) for section, old, _ in made.moves}
    moved |= {(VARIABLES, name) for name in made.variables}
    made.removed = [
        (section, key)
        for section in (SECRETS, POLICIES, VARIABLES)
        for key in sorted(before.get(section, {}).keys() - after.get(section, {}).keys())
        if (section, key) not in moved
    ]
    made.unsure = found.unsure(secrets)
    return made


class _Comparison:
    """The entries of two builds; `hosts` are the new names of those that were renamed."""

    def __init__(
        self,
        before: Sections,
        after: Sections,
        nix: tuple[NixSide, NixSide],
        names: tuple[Collection[str], Collection[str]],
    ) -> None:
        self.before = before
        self.after = after
        self.nix = nix
        self.names = names
        self.hosts: dict[str, str] = {}
        old, new = before.get(SECRETS, {}), after.get(SECRETS, {})
        self.gone = {key: each for key, each in old.items() if key not in new}
        self.new = {key: each for key, each in new.items() if key not in old}

    def of_hosts(self) -> dict[str, str]:
        """The secrets of hosts that have another name now; notes the hosts."""
        old, new = self.before.get(POLICIES, {}), self.after.get(POLICIES, {})
        found: dict[str, str] = {}
        for with_host in (False, True):
            # A host that has only shared secrets has none that are called otherwise with it.
            gone, made = (
                {**{name: {} for name in policies}, **_by_host(secrets, with_host)}
                for policies, secrets in ((old, self.gone), (new, self.new))
            )
            known = {*self.hosts, *self.hosts.values()}
            meanings = [
                {
                    name: self._host(name, policies[name], own, with_host)
                    for name, own in hosts.items()
                    if name in policies and name not in others and name not in known
                }
                for policies, others, hosts in ((old, new, gone), (new, old, made))
            ]
            pairs = _paired(*meanings)
            self.hosts |= pairs
            found |= {
                each.steps[-1]: made[new_name][of].steps[-1]
                for old_name, new_name in pairs.items()
                for of, each in gone[old_name].items()
            }
        return found

    def _host(self, name: str, policy: Known, own: Section, with_host: bool) -> str | None:
        """What a host is apart from its name; `own` are its secrets as `_by_host` has them."""
        meanings = [self._meaning(own[each]) for each in sorted(own)]
        may_read = _meaning(policy.item)
        if may_read is None or None in meanings:
            return None
        of_tree = rf"(?<=hosts/){re.escape(name)}/" + ('[^"]*' if with_host else "")
        may_read = re.sub(of_tree, lambda path: _anonymous(path[0], name), may_read)
        return "\n".join([*sorted(own), *map(str, meanings), _in_order(may_read)])

    def of_secrets(self, of_hosts: Mapping[str, str]) -> dict[str, str]:
        """The other secrets than those `of_hosts`, at the same host or at another one.

        First those of the same variable, then those of which the Nix files say the same, too. Then
        any given ones: a generated one that is wrongly taken for another would get its value.
        """
        found = dict(of_hosts)
        for meaning, anywhere in (
            (_of_variable, _any_name),
            (self._of_both, _own_name),
            (self._of_given, _own_name),
        ):
            at_host = self._alike(found, meaning, _hosts)
            elsewhere = self._alike(found, meaning, anywhere)
            found |= _agreed(at_host, self._without_replaced(elsewhere))
        return found

    def _alike(
        self,
        found: Mapping[str, str],
        meaning: Callable[[Known, NixSide], str | None],
        place: Callable[[Known], str | None],
    ) -> dict[str, str]:
        """Further secrets that say the same, and of which the place says the same."""
        known = {*found, *found.values()}
        sides = [
            {
                key: f"{where} {said}"
                for key, each in secrets.items()
                if key not in known
                and (where := place(each)) is not None
                and (said := meaning(each, nix)) is not None
            }
            for secrets, nix in zip((self.gone, self.new), self.nix, strict=True)
        ]
        return _paired(*sides)

    def _without_replaced(self, pairs: Mapping[str, str]) -> dict[str, str]:
        """The pairs without those of a host that is gone and one that is new.

        Nobody knows whether a host that takes another's place is to have its values, unless it is
        that host by another name.
        """
        before, after = map(frozenset, self.names)
        return {
            old: new
            for old, new in pairs.items()
            if self._now(self.gone[old].hosts) & after or self.new[new].hosts & before
        }

    def _now(self, hosts: Collection[str]) -> set[str]:
        """What hosts are called now."""
        return {self.hosts.get(host, host) for host in hosts}

    def unsure(self, moved: Mapping[str, str]) -> dict[str, list[str]]:
        """Generated secrets that are gone, with the new ones of their name at other hosts."""
        names: dict[str, list[str]] = {}
        for key in sorted(self.new.keys() - {*moved.values()}):
            if (name := _own_name(self.new[key])) and is_generated(self.new[key].item):
                names.setdefault(name, []).append(key)
        return {
            key: names[name]
            for key, each in sorted(self.gone.items())
            if key not in moved and (name := _own_name(each)) in names and is_generated(each.item)
        }

    def _of_both(self, known: Known, nix: NixSide) -> str | None:
        said = self._meaning(known)
        return None if said is None else said + nix.meaning(known.hosts, known.steps[-1])

    def _of_given(self, known: Known, _: NixSide) -> str | None:
        return None if _variable(known.item) is None else self._meaning(known)

    def of_another_kind(self) -> Iterator[str]:
        """The secrets that Terraform makes now and that were given before, or the reverse."""
        old, new = self.before.get(SECRETS, {}), self.after.get(SECRETS, {})
        for key in sorted(old.keys() & new.keys()):
            if old[key].says_the_same(new[key]):
                continue
            kinds = [is_generated(each.item) for each in (old[key], new[key])]
            if None not in kinds and kinds[0] is not kinds[1]:
                yield key

    def of_variables(self, moved: Mapping[str, str]) -> dict[str, str]:
        """The variables that stand in the same secret's entry under another name."""
        old, new = self.before.get(VARIABLES, {}), self.after.get(VARIABLES, {})
        found: dict[str, str] = {}
        secrets = self.after.get(SECRETS, {})
        for key, before in self.before.get(SECRETS, {}).items():
            after = secrets.get(moved.get(key, key))
            if after is not None and after.says_the_same(before):
                continue
            one, two = _variable(before.item), _variable(after.item if after else None)
            if one in old and one not in new and two in new and two not in old:
                found[str(one)] = str(two)
        return found

    def _meaning(self, known: Known) -> str | None:
        """What an entry says, with what its variable says for the variable's name."""
        said = _meaning(known.item)
        name = _variable(known.item)
        if said is None or name is None:
            return said
        block = next(
            (
                each[VARIABLES][name].item
                for each in (self.after, self.before)
                if name in each.get(VARIABLES, {})
            ),
            None,
        )
        if not isinstance(block, hcl.Block):
            return said.replace(f"var.{name}", "var")
        plain = evolve(block, labels=("x",), body=_without_derived(block))
        return said.replace(f"var.{name}", "var") + canonical(plain)


def _of_variable(known: Known, _: NixSide) -> str | None:
    """What the entry of a given secret says, the name of its variable included."""
    return None if _variable(known.item) is None else _meaning(known.item)


def _paired(old: Mapping[str, str | None], new: Mapping[str, str | None]) -> dict[str, str]:
    """The keys that mean the same, where no other key does."""
    one, two = Counter(old.values()), Counter(new.values())
    keys = {said: key for key, said in new.items()}
    return {
        key: keys[said]
        for key, said in sorted(old.items())
        if said is not None and one[said] == two[said] == 1
    }


def _agreed(one: Mapping[str, str], two: Mapping[str, str]) -> dict[str, str]:
    """The pairs of either, without those that contradict each other."""
    pairs = sorted({*one.items(), *two.items()})
    old, new = Counter(old for old, _ in pairs), Counter(new for _, new in pairs)
    return {key: to for key, to in pairs if old[key] == new[to] == 1}


def _hosts(known: Known) -> str:
    return str(sorted(known.hosts))


def _any_name(_: Known) -> str:
    return ""


def _own_name(known: Known) -> str | None:
    """The name of a secret that is one host's own; None for any other."""
    path = known.steps[-1]
    owner = re.match(r"hosts/([^/]+)/", path)
    return path[owner.end() :] if owner and known.hosts == {owner[1]} else None


def _by_host(secrets: Section, with_host: bool) -> dict[str, dict[str, Known]]:
    """The secrets at paths `hosts/<host>/<name>`, by host and by name.

    `with_host` says that names may have the host's in them, which is left out.
    """
    found: dict[str, dict[str, Known]] = {}
    for path, each in secrets.items():
        if parts := re.fullmatch(r"hosts/([^/]+)/(.+)", path):
            name = _anonymous(parts[2], parts[1]) if with_host else parts[2]
            found.setdefault(parts[1], {})[name] = each
    return found


def _in_order(policy: str) -> str:
    """What a policy says, whatever the order of its paths, which is that of their names."""
    texts = re.compile('"[^"]*"')
    return "\n".join([texts.sub("", policy), *sorted(texts.findall(policy))])


def _anonymous(text: str, host: str) -> str:
    """A text without a host's name: `*-token` for `web1-token`."""
    return re.sub(rf"(?<![a-zA-Z0-9]){re.escape(host)}(?![a-zA-Z0-9])", "*", text)


def _meaning(item: hcl.ObjectItem | hcl.Block | None) -> str | None:
    """What an entry says, whatever its key."""
    return canonical(evolve(item, key="x")) if isinstance(item, hcl.ObjectItem) else None


def _variable(item: hcl.ObjectItem | hcl.Block | None) -> str | None:
    """The variable in a secret's entry."""
    value = item.value if isinstance(item, hcl.ObjectItem) else None
    return next((name for first, name in references(value) if first == "var"), None)


def _without_derived(block: hcl.Block) -> tuple[hcl.BodyItem, ...]:
    """The attributes of a variable without those that nixgen derives from its name."""
    return tuple(
        each
        for each in block.body
        if isinstance(each, hcl.Attribute) and each.name not in ("description", "validation")
    )


def is_generated(item: hcl.ObjectItem | hcl.Block | None) -> bool | None:
    """Whether Terraform makes a secret's value; None where its entry does not say so."""
    value = item.value if isinstance(item, hcl.ObjectItem) else None
    for each in value.items if isinstance(value, hcl.Object) else ():
        if isinstance(each, hcl.ObjectItem) and key_of(each) == "auto_generate":
            return each.value.value is True if isinstance(each.value, hcl.Literal) else None
    return None
