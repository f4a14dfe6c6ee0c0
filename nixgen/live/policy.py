"""Policies of Vault and OpenBao: what their text allows, and how it differs from the model.

A policy is HCL or JSON: a block `path "..." { capabilities = [...] }` for each path, perhaps with
restrictions such as `allowed_parameters` (Vault's and OpenBao's documentation, "Policies"). In
place of capabilities, or beside them, `policy = "write"` is the older form, which servers still
take (`parsePaths` in their vault/policy.go). Capabilities for one path add up over all policies of
a token, and `deny` stands over all of them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from nixgen import hcl
from nixgen.model.access import matches

READ = frozenset({"read"})
_WRITE = READ | {"create", "update", "delete", "list"}
_OLDER_FORM: Mapping[Any, frozenset[str]] = {
    "deny": frozenset({"deny"}),
    "read": READ | {"list"},
    "write": _WRITE,
    "sudo": _WRITE | {"sudo"},
}
_RESTRICTIONS = frozenset(
    {
        "allowed_parameters",
        "denied_parameters",
        "required_parameters",
        "min_wrapping_ttl",
        "max_wrapping_ttl",
        "mfa_methods",
        "control_group",
        "pagination_limit",
        "expiration",
        "list_scan_response_keys_filter_path",
    }
)
_ALLOWING = frozenset({"capabilities", "policy"})


@frozen
class Rule:
    """What may be done at a path, and the names of the restrictions of it."""

    capabilities: frozenset[str]
    restrictions: frozenset[str] = frozenset()

    def __or__(self, other: Rule) -> Rule:
        return Rule(self.capabilities | other.capabilities, self.restrictions | other.restrictions)

    @property
    def lets_read(self) -> bool:
        """Whether the path can be read, by whoever asks and however."""
        return (
            "read" in self.capabilities
            and "deny" not in self.capabilities
            and not self.restrictions
        )


Policy = Mapping[str, Rule]

ROOT: Policy = {"*": Rule(_WRITE | {"sudo"})}
"""What the policy `root` allows. The server keeps no text of it."""


def parse_policy(text: str) -> Policy:
    """The rules of a policy by their paths. Raises ValueError where it cannot be read."""
    try:
        rules = _from_json(text) if text.lstrip().startswith("{") else _from_hcl(text)
        return joined([{path.removeprefix("/"): rule} for path, rule in rules])
    except (hcl.HclSyntaxError, hcl.ConversionError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from None


def joined(policies: Iterable[Policy]) -> Policy:
    """What several policies allow together."""
    rules: dict[str, Rule] = {}
    for policy in policies:
        for path, rule in policy.items():
            rules[path] = rules[path] | rule if path in rules else rule
    return rules


def _from_hcl(text: str) -> Iterator[tuple[str, Rule]]:
    for item in hcl.parse(text, name="policy").body:
        if isinstance(item, hcl.Block) and item.type == "path":
            (path,) = item.labels
            fields = {
                each.name: hcl.to_python(each.value) if each.name in _ALLOWING else None
                for each in item.body
                if isinstance(each, hcl.Attribute)
            }
            blocks = {each.type: None for each in item.body if isinstance(each, hcl.Block)}
            yield path, _rule({**fields, **blocks})
        elif isinstance(item, hcl.Block) or (
            isinstance(item, hcl.Attribute) and item.name != "name"
        ):
            raise ValueError("the policy has more than a name and paths")


def _from_json(text: str) -> Iterator[tuple[str, Rule]]:
    policy = json.loads(text, object_pairs_hook=_once)
    for path, fields in policy.get("path", {}).items():
        yield path, _rule(fields)


def _once(pairs: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    """An object of JSON. Of two fields of one name Python takes the last, and the server both."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a field is given twice")
    return fields


def _rule(fields: Mapping[str, Any]) -> Rule:
    """Raises TypeError and ValueError where the fields do not say what is allowed."""
    capabilities = fields.get("capabilities", [])
    if not isinstance(capabilities, list):
        raise TypeError("capabilities are no list")
    allowed = frozenset(capabilities)
    if "policy" in fields:
        if fields["policy"] not in _OLDER_FORM:
            raise ValueError("policy is none of " + ", ".join(_OLDER_FORM))
        allowed |= _OLDER_FORM[fields["policy"]]
    restrictions = frozenset(fields) - _ALLOWING - {"comment"}
    if not allowed and not restrictions <= _RESTRICTIONS:
        # It may allow something in a way that is not known here.
        raise ValueError(f"unknown: {', '.join(sorted(restrictions - _RESTRICTIONS))}")
    return Rule(allowed, restrictions)


def lacking(wanted: Iterable[str], policy: Policy) -> list[str]:
    """What the policy does not allow of reading the wanted paths, a line each.

    A path may end in `*`: a rule for a part of it then stands over the rule for all of it.
    """
    lines: dict[str, None] = {}
    for path in wanted:
        deciding = max(filter(lambda rule: _covers(rule, path), policy), key=_priority, default="")
        rule = policy.get(deciding, Rule(frozenset()))
        if not rule.lets_read:
            denied_by = "" if deciding == path else f" by {deciding}"
            lines[f"read {path}{_reason(rule, denied_by)}"] = None
        for part, rule in policy.items():
            # A path with a slash at its end is a folder, which is listed and never read.
            inside = part != deciding and _covers(path, part) and not part.endswith("/")
            if inside and not rule.lets_read:
                lines[f"read {part}{_reason(rule)}"] = None
    return list(lines)


def _reason(rule: Rule, denied_by: str = "") -> str:
    """Why a rule does not let a path be read as the model says."""
    if "deny" in rule.capabilities:
        return f" (denied{denied_by})"
    if "read" in rule.capabilities:
        return f" without {', '.join(sorted(rule.restrictions))}"
    return ""


def exceeding(wanted: Iterable[str], policy: Policy) -> list[str]:
    """What the policy allows beyond reading the wanted paths, a line each."""
    wanted = tuple(wanted)
    lines = []
    for path, rule in sorted(policy.items()):
        read = READ if any(_covers(each, path) for each in wanted) else frozenset()
        more = rule.capabilities - read
        if more and "deny" not in more:
            lines.append(f"{', '.join(sorted(more))} {path}")
    return lines


def _covers(rule: str, path: str) -> bool:
    """Whether a rule covers a path, or all that stands for the `*` at the end of one."""
    if "*" in rule[:-1]:  # where it stands for itself
        return rule == path
    return (rule.endswith("*") or not path.endswith("*")) and matches(rule, path)


def _priority(rule: str) -> tuple[float, bool, int, int, str]:
    """Of all rules that cover a path, the one with the highest priority alone counts.

    In this order (the documentation's "Priority matching"): the first wildcard is further behind,
    no `*` at the end, fewer `+`, longer, later in the alphabet. One without wildcards comes first.
    """
    wildcard = re.search(r"(^|(?<=/))\+(?=/|$)|\*$", rule)
    first = wildcard.start() if wildcard else math.inf
    return first, not rule.endswith("*"), -rule.split("/").count("+"), len(rule), rule
