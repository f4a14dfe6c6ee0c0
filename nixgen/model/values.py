"""Values that are more than strings, and the checks of the model's fields.

A check takes a value and returns what is wrong with it, with the value and what is allowed, or
None; text after a line break is the help. Converters raise ValueError with such a text.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from attrs import frozen

from nixgen.exports import HOME_OF
from nixgen.model.base import Check, ModelObject, Withheld, close_match, first_fault
from nixgen.model.literals import literal_secret

_HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_SYSTEMD_ESCAPED = re.compile(r"^\.|[^a-zA-Z0-9:_.]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+(?=>)")
_DURATION = re.compile(r"([0-9]+)(ms|s|m|h|d|w)")
_BYTES = re.compile(r"([0-9]+)([KMGT])?")
_PERCENTAGE = re.compile(r"([0-9]{1,7})%")
_FACTORS = {None: 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
# What `mode=400` is: a usual mode as a decimal number, whose octal form no secret has.
_DECIMAL_MODES = frozenset(
    [400, 440, 444, 500, 550, 555, 600, 640, 644, 660, 664, 666, 700, 750, 755, 770, 775, 777]
)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


# -- checks ------------------------------------------------------------------------------------


def shown(value: Any) -> str:
    """A value as a message quotes it: short, on one line, and the same in every run."""
    if isinstance(value, ModelObject):
        return kind_of(value)
    if isinstance(value, (type, FunctionType, ModuleType)):
        return value.__name__
    if isinstance(value, Mapping):  # what is in it may be a secret
        text = f"{{{', '.join(f'{key!r}: ...' for key in value)}}}"
    elif isinstance(value, (set, frozenset)):
        text = f"{{{', '.join(sorted(map(repr, value)))}}}"
    elif isinstance(value, (list, tuple)):
        items = map(_inner, value)
        text = repr(tuple(items) if isinstance(value, tuple) else list(items))
    else:
        text = repr(value)
    plain = without_addresses(text)
    if plain != text and text.startswith("<"):
        return kind_of(value)
    return plain if len(plain) <= 60 else f"{plain[:57]}..."


def _inner(item: Any) -> Any:
    """An item of a list as it is shown: what is in a list or dict there may be a secret."""
    inside = isinstance(item, (Mapping, list, tuple, set, frozenset))
    return _Unseen(kind_of(item)) if inside else item


class _Unseen(str):
    """A text in the place of a value, without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


def without_addresses(text: str) -> str:
    """The text without the places in memory that Python shows: they differ from run to run."""
    return _ADDRESS.sub("", text)


def kind_of(value: Any) -> str:
    """What a value is, for people: the name of its class, with `a` or `an`."""
    if isinstance(value, type):
        return "a class"
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def said(value: Any) -> str:
    """`'4' is a str`, `it is None`, `it is a Host`."""
    what, kind = shown(value), kind_of(value)
    return f"it is {kind}" if what == kind or value is None else f"{what} is {kind}"


def about(value: Any, text: str) -> str:
    """What is said of a value; where a secret stands in it, its lines are not shown either."""
    return text if literal_secret(value) is None else Withheld(text)


def instance_of(*kinds: type) -> Check:
    """The value is of one of the classes; `bool` does not pass for `int`."""
    names = " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)

    def check(value: Any) -> str | None:
        wrong_bool = isinstance(value, bool) and bool not in kinds
        if isinstance(value, kinds) and not wrong_bool:
            return None
        advice = (
            f"\ncall it: {value.__name__}(...)" if isinstance(value, (type, FunctionType)) else ""
        )
        return about(value, f"{said(value)}; allowed is {names}{advice}")

    return check


def object_of(name: str, *others: type) -> Check:
    """`instance_of` a class that nixgen exports under this name, or one of the others.

    The class's module is imported with the first value to look at: most hosts have none.
    """

    @functools.cache
    def check() -> Check:
        return instance_of(getattr(importlib.import_module(HOME_OF[name]), name), *others)

    return lambda value: None if type(value) in others else check()(value)


def optional(*checks: Check) -> Check:
    """None, or a value that passes the checks."""
    return lambda value: None if value is None else first_fault(checks, value)


def each(*checks: Check) -> Check:
    """Every item passes the checks."""

    def check(values: Iterable[Any]) -> str | None:
        for index, value in enumerate(values):
            wrong = first_fault(checks, value)
            if wrong is not None:
                return type(wrong)(f"item {index + 1}: {wrong}")  # a Withheld stays one
        return None

    return check


def matching(pattern: str, allowed: str) -> Check:
    """A string that the whole of the pattern matches; `allowed` says so in words."""

    def check(value: Any) -> str | None:
        # Python's own cache has the compiled pattern: most are never used in a run.
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return None
        return f"{shown(value)} is not allowed; allowed is {allowed}"

    return check


def one_of(*allowed: str) -> Check:
    """One of the given strings; a near miss is suggested."""

    def check(value: Any) -> str | None:
        if value in allowed:
            return None
        near = close_match(value, allowed) if isinstance(value, str) else ""
        return f"{shown(value)} is not allowed; allowed is {', '.join(allowed)}\n{near}".rstrip()

    return check


def between(low: int, high: int, unit: str = "") -> Check:
    """An integer from low to high."""

    def check(value: Any) -> str | None:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return None
        return (
            f"{shown(value)} is not allowed; allowed is a whole number from {low} to {high}{unit}"
        )

    return check


def host_name(value: Any) -> str | None:
    """A name as RFC 1123 and NixOS' `networking.hostName` allow: one label, no dots."""
    if isinstance(value, str) and _HOST_LABEL.fullmatch(value):
        return None
    first, *domain = value.split(".") if isinstance(value, str) else [""]
    apart = ""
    is_address = domain[-1:] and domain[-1].isdigit()  # no top-level domain is a number
    if domain and not is_address and all(map(_HOST_LABEL.fullmatch, (first, *domain))):
        whole = ".".join(domain)
        apart = f"\nwrite {first!r}, and {whole!r} as the option networking.domain"
    return (
        f"{shown(value)} is no host name; allowed are 1 to 63 letters, digits and hyphens, "
        f"no hyphen first or last{apart}"
    )


def file_mode(value: Any) -> str | None:
    """Permission bits as an int, `0o400`."""
    if isinstance(value, str):
        digits = value.removeprefix("0o").removeprefix("0")
        octal = re.fullmatch("[0-7]{3}", digits)
        advice = f"\nwrite 0o{digits}, without quotes" if octal else ""
        return f"{shown(value)} is a string; allowed is an octal number, such as 0o400{advice}"
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 0o7777:
        text = f"0o{value:o}" if type(value) is int and value > 0 else shown(value)
        return f"{text} is no file mode; allowed is 0o0 to 0o7777, such as 0o400"
    if value in _DECIMAL_MODES:
        return (
            f"{value} is a decimal number, 0o{value:o} in octal; allowed is an octal number, such "
            f"as 0o400\ndid you mean 0o{value}?"
        )
    return None


def absolute_path(value: Any) -> str | None:
    """An absolute path without `..`, empty parts or control characters."""
    if not isinstance(value, str) or not value.startswith("/") or len(value) < 2:
        return f"{shown(value)} is no absolute path; allowed is one that begins with /"
    parts = value[1:].split("/")
    if any(part in ("", ".", "..") for part in parts) or any(ord(char) < 32 for char in value):
        return f"{shown(value)} has an empty part, a dot part or a control character in it"
    return None


def url(value: Any) -> str | None:
    """An http or https URL with a host and without credentials, which are not repeated."""
    from urllib.parse import urlsplit

    if not isinstance(value, str):
        return f"{said(value)}; allowed is a URL"
    try:
        parts = urlsplit(value)
        credentials = parts.username is not None or parts.password is not None
        fine = parts.scheme in ("http", "https") and parts.hostname is not None
    except ValueError:
        return "the URL does not parse; allowed is http:// or https:// and a host"
    if credentials:
        return Withheld(
            "the URL holds a user name or password (it is not shown); allowed is a URL without them"
        )
    if not fine or any(char.isspace() for char in value):
        return f"{shown(value)} is no URL; allowed is http:// or https:// and a host"
    return None


def plain_text(value: Any) -> str | None:
    """A string that Nix and HCL can hold."""
    if isinstance(value, bytes | bytearray):  # what is meant may be anything
        return Withheld(f"it is {kind_of(value)} (it is not shown); allowed is a str")
    if not isinstance(value, str):
        return f"{said(value)}; allowed is a str"
    if "\0" in value or _SURROGATE.search(value):
        return "the text holds a NUL or a lone surrogate; allowed is any other Unicode"
    return None


def duration(value: Any) -> str | None:
    """A `Duration`."""
    if isinstance(value, Duration):
        return None
    return f'{said(value)}; allowed is a duration, such as "90s" or "1h30m"'


# -- converters --------------------------------------------------------------------------------


def to_tuple(value: Any) -> tuple[Any, ...]:
    """A list or tuple as a tuple; a bare string is refused, which would fall into letters."""
    if isinstance(value, (list, tuple)):
        return tuple(value)
    if isinstance(value, (set, frozenset)):
        raise ValueError("a set has no order; allowed is a list or a tuple\nwrite [...]")
    one = isinstance(value, (str, ModelObject))
    advice = "\nput it into brackets: [...]" if one else ""
    if isinstance(value, Mapping):
        advice = "\ngive its values as a list: [...]"
    elif isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        advice = "\nwrite [...] or list(...)"
    text = f"{shown(value)} is no list; allowed is a list or a tuple{advice}"
    raise ValueError(about(value, text))


def parsed(parse: Callable[[str], Any], kind: type) -> Callable[[Any], Any]:
    """A converter that parses strings and lets values of the class be."""

    def convert(value: Any) -> Any:
        if isinstance(value, str) and not isinstance(value, kind):
            return parse(value)
        return value

    return convert


# -- value types -------------------------------------------------------------------------------


def mode_text(mode: int) -> str:
    """A file mode as four octal digits: `0400`."""
    return f"{mode:04o}"


@functools.lru_cache(maxsize=1024)  # the audit asks for a runner's unit again and again
def escape_systemd(name: str) -> str:
    r"""A name as it stands in a unit's name: `actions-native` is `actions\x2dnative`.

    As systemd-escape does for paths, and nixpkgs' `utils.escapeSystemdPath`: slashes become
    hyphens, all but letters, digits, `:`, `_`, `.` (not first) become `\xNN` byte by byte.
    """
    name = "/".join(part for part in name.split("/") if part) or "/"
    return "-" if name == "/" else _SYSTEMD_ESCAPED.sub(_systemd_escape, name)


def _systemd_escape(found: re.Match[str]) -> str:
    if found[0] == "/":
        return "-"
    return "".join(f"\\x{byte:02x}" for byte in found[0].encode())


@frozen(order=True)
class UnitName:
    """A systemd unit's name without its suffix, escaped as systemd wants it."""

    text: str

    @classmethod
    def of(cls, prefix: str, instance: str) -> UnitName:
        """`gitea-runner-` and a name that is escaped."""
        return cls(prefix + escape_systemd(instance))

    def __str__(self) -> str:
        return self.text


@frozen(order=True)
class Bytes:
    """A number of bytes; `Bytes.parse("8G")` is 8 * 2**30, as systemd reads it."""

    count: int

    @classmethod
    def parse(cls, text: str) -> Bytes:
        """From digits and one of K, M, G, T (powers of 1024). Raises ValueError."""
        match = _BYTES.fullmatch(text)
        if match is None:
            raise ValueError(f"{shown(text)} is no size; allowed are digits and K, M, G or T")
        return cls(int(match[1]) * _FACTORS[match[2]])

    def __str__(self) -> str:
        for unit in ("T", "G", "M", "K"):
            if self.count and self.count % _FACTORS[unit] == 0:
                return f"{self.count // _FACTORS[unit]}{unit}"
        return str(self.count)


@frozen(order=True)
class Percentage:
    """A whole number of percent; `Percentage.parse("400%")`."""

    number: int

    @classmethod
    def parse(cls, text: str) -> Percentage:
        """From digits and a percent sign. Raises ValueError."""
        match = _PERCENTAGE.fullmatch(text)
        if match is None:
            raise ValueError(f"{shown(text)} is no percentage; allowed are forms such as 80%")
        return cls(int(match[1]))

    def __str__(self) -> str:
        return f"{self.number}%"


@frozen(order=True)
class Duration:
    """A span of time in whole seconds; `Duration.parse("3h")` as systemd and Go read it."""

    seconds: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        """From numbers with s, m, h, d, w, as in `1h30m`. Raises ValueError."""
        parts = _DURATION.findall(text)
        if not parts or "".join(map("".join, parts)) != text or any(u == "ms" for _, u in parts):
            raise ValueError(
                f"{shown(text)} is no duration; allowed are forms such as 90s or 1h30m"
            )
        return cls(sum(int(number) * _SECONDS[unit] for number, unit in parts))

    def __str__(self) -> str:
        rest, text = self.seconds, ""
        for unit in ("h", "m", "s"):
            number, rest = divmod(rest, _SECONDS[unit])
            text += f"{number}{unit}" if number else ""
        return text or "0s"
