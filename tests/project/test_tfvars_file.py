"""A variable's value in a `terraform.tfvars` of people's own: all else in it is left as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from nixgen import InputError
from nixgen.project.secrets.tfvars_file import TfvarsVariable


@pytest.fixture
def written(tmp_path: Path):
    """What becomes of a file's bytes when the variable gets its value."""
    file = tmp_path / "terraform.tfvars"

    def write(before: bytes) -> bytes:
        file.write_bytes(before)
        TfvarsVariable(file, "runner_token").write("TOKEN=abc")
        return file.read_bytes()

    return write


LINE = b'runner_token = "TOKEN=abc"'


def test_ends_of_lines_stay(written) -> None:
    """Lines that end as on Windows still do, those in a heredoc, which are its value, too."""
    others = b'key = <<EOT\r\none\r\ntwo\r\nEOT\r\nother="x"   # kept\r\n'
    assert written(others) == others + LINE + b"\r\n"
    assert written(others + b'runner_token = "old"\r\n') == others + LINE + b"\r\n"
    mixed = b'key = <<EOT\none\r\ntwo\nEOT\nother="x"\n'
    assert written(mixed) == mixed + LINE + b"\n"


def test_byte_order_mark_stays_first(written) -> None:
    """A mark at the beginning, as editors on Windows write it, has the new line behind it."""
    mark = b"\xef\xbb\xbf"
    assert written(mark + b'second="x"\n') == mark + LINE + b'\nsecond="x"\n'
    assert written(mark) == mark + LINE + b"\n"
    assert written(mark + b'runner_token = ""\n') == mark + LINE + b"\n"


def test_layout_stays(written) -> None:
    """A formatted file is formatted afterwards, another keeps its spacing; so does a last line."""
    assert written(b'other = "x"') == b'other        = "x"\n' + LINE + b"\n"
    assert written(b'other="x"') == b'other="x"\n' + LINE + b"\n"
    assert written(b'other  =  "x"') == b'other  =  "x"\n' + LINE + b"\n"


def test_line_that_only_python_sees(tmp_path: Path) -> None:
    """A carriage return alone ends no line of HCL: it is told before a token is asked for."""
    file = tmp_path / "terraform.tfvars"
    file.write_bytes(b'other = "hunter2"\rmore = 1\n')
    with pytest.raises(InputError, match=r"terraform\.tfvars is no HCL") as caught:
        TfvarsVariable(file, "runner_token")
    assert "hunter2" not in str(caught.value)
