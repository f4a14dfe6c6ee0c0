"""The names that `nixgen.hcl` promises."""

from __future__ import annotations

from nixgen import hcl


def test_public_names() -> None:
    """Each name of the public interface is there, those that are imported on demand included."""
    for name in hcl.__all__:
        assert getattr(hcl, name) is not None
    assert hcl.parse("a = 1\n").body == (hcl.Attribute("a", hcl.Literal(1)),)
    assert hcl.format("a=1\n") == "a = 1\n"
    assert not hasattr(hcl, "no_such_name")
