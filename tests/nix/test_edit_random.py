"""Changes of random files: random data in a random spelling, judged by Nix and by nixfmt."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import Any, Protocol

import profiles
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import eval_nix, run

from nixgen import nix
from nixgen.nix import edit
from nixgen.nix.printing.formatter import format as formatted

NAMES = ("a", "b", "enable", "services", "x-y", "with space", "1st", "let")
LEAVES = st.one_of(
    st.integers(0, 99),
    st.sampled_from(["", "text", "two\nlines", "${no}", 'a "quote"']),
    st.booleans(),
    st.lists(st.integers(0, 9), max_size=3),
)
DATA = st.dictionaries(
    st.sampled_from(NAMES),
    st.recursive(
        LEAVES,
        lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
        max_leaves=8,
    ),
    max_size=5,
)


class Draw(Protocol):
    """Draws one value of a strategy."""

    def __call__(self, strategy: st.SearchStrategy[Any]) -> Any: ...


@frozen
class Case:
    """A file, what it says, and a path with the value that it is to have."""

    text: str
    data: dict[str, Any]
    path: tuple[str, ...]
    value: Any

    @property
    def exists(self) -> bool:
        """Whether the file has the path already."""
        found: Any = self.data
        for name in self.path:
            if not isinstance(found, dict) or name not in found:
                return False
            found = found[name]
        return True

    @property
    def wanted(self) -> dict[str, Any]:
        """The data after the change."""
        data = copy.deepcopy(self.data)
        inner = data
        for name in self.path[:-1]:
            inner = inner.setdefault(name, {})
        inner[self.path[-1]] = self.value
        return data


class Writer:
    """Writes data as Nix in a spelling that is drawn."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._step = draw(st.sampled_from(["  ", "    "]))
        self._loose = draw(st.booleans())
        self._wrapped = draw(st.booleans())

    def file(self, data: dict[str, Any]) -> str:
        """A module: a function, perhaps with `let`, perhaps all below `config`."""
        body = self._set(data, "")
        if self._draw(st.booleans()):
            body = f"let\n{self._step}# bound\n{self._step}unused = 1;\nin\n{body}"
        head = self._draw(
            st.sampled_from(
                ["{ ... }:\n", "{ lib, ... }:\n", "args@{ lib, ... }: ", "{ lib, ... }@args:\n\n"]
            )
        )
        return f"# about this file\n{head}{body}\n"

    def _set(self, data: dict[str, Any], margin: str) -> str:
        lines = []
        inner = margin + self._step
        for name, value in data.items():
            lines += self._entry(nix.join_path([name]), value, inner)
        if not lines:
            return "{ }"
        return "{\n" + "\n".join(lines).lstrip("\n") + f"\n{margin}}}"

    def _entry(self, path: str, value: Any, margin: str) -> list[str]:
        lines = []
        if isinstance(value, dict) and value and self._chance(2):
            for name, inner in value.items():
                lines += self._entry(f"{path}.{nix.join_path([name])}", inner, margin)
            return lines
        if self._chance(4):
            lines.append("")
        if self._chance(4):
            lines += [f"{margin}# above {len(path)}"]
        trailing = " # after" if self._chance(5) else ""
        text = self._value(value, margin)
        equals = "=" if self._loose and self._chance(2) else " = "
        return [*lines, f"{margin}{path}{equals}{text};{trailing}"]

    def _value(self, value: Any, margin: str) -> str:
        if not isinstance(value, dict):
            return nix.print_expression(nix.from_python(value)).replace("\n", f"\n{margin}")
        body = self._set(value, margin)
        if self._wrapped and self._chance(4):
            return self._draw(st.sampled_from([f"({body})", f"with {{ }};\n{margin}{body}"]))
        return body

    def _chance(self, one_in: int) -> bool:
        return bool(self._draw(st.integers(1, one_in)) == 1)


@st.composite
def cases(draw: Draw) -> Case:
    """A random file and a path in it, or one that it could have."""
    data = draw(DATA)
    text = Writer(draw).file(data)
    if draw(st.booleans()):
        text = formatted(text)
    path: list[str] = []
    inner: Any = data
    while isinstance(inner, dict):
        path.append(
            draw(
                st.sampled_from(sorted(inner) or NAMES)
                if draw(st.booleans())
                else st.sampled_from(NAMES)
            )
        )
        inner = inner.get(path[-1])
        if draw(st.integers(1, 3)) == 1:
            break
    if inner is None and draw(st.booleans()):
        path.append(draw(st.sampled_from(NAMES)))
    value = draw(st.one_of(LEAVES, st.dictionaries(st.sampled_from(NAMES), LEAVES, max_size=2)))
    return Case(text, data, tuple(path), value)


@settings(max_examples=profiles.cases(15))
@given(st.lists(cases(), min_size=20, max_size=20))
def test_nix_sees_the_change_and_no_other(many: list[Case]) -> None:
    """After `set`, Nix evaluates the file to the same data with the new value at the path."""
    files = [edit.set(case.text, case.path, nix.from_python(case.value)) for case in many]
    calls = " ".join(f"(({text}) {{ lib = {{ }}; }})" for text in files)
    for case, text, data in zip(many, files, eval_nix(f"[ {calls} ]"), strict=True):
        assert data == case.wanted, f"{case.path}\n{case.text}\n{text}"


@settings(max_examples=profiles.cases(200))
@given(cases())
def test_a_new_value_adds_lines_and_changes_none(case: Case) -> None:
    """A diff of the change shows the new lines alone, and taking them out restores the bytes."""
    if case.exists:
        return
    after = edit.set(case.text, case.path, nix.from_python(case.value))
    rest = iter(after.splitlines())
    changed = [line for line in case.text.splitlines() if line not in rest]
    assert not changed or "{ }" in case.text
    assert edit.remove(after, case.path) == case.text


@settings(max_examples=profiles.cases(200))
@given(cases())
def test_twice_is_once(case: Case) -> None:
    """A change that was made is not made again, and what was set can be read."""
    value = nix.from_python(case.value)
    after = edit.set(case.text, case.path, value)
    assert edit.set(after, case.path, value) == after
    read = edit.get(after, case.path)
    assert read is not None
    assert edit.set(case.text, case.path, read) == after


@settings(max_examples=profiles.cases(6))
@given(st.lists(cases(), min_size=40, max_size=40))
def test_what_nixfmt_laid_out_stays_so(nixfmt: Path, many: list[Case]) -> None:
    """A file that nixfmt would leave alone is left alone by it after a change, too."""
    fixed = [case for case in many if formatted(case.text) == case.text]
    texts = [edit.set(case.text, case.path, nix.from_python(case.value)) for case in fixed]
    texts += [edit.remove(case.text, case.path) for case in fixed]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{index:03}.nix") for index in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8")
        if files:
            run([nixfmt, *files])
        assert [file.read_text(encoding="utf-8") for file in files] == texts
