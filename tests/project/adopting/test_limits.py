"""Limits of units become those of runners, of builds, or stay options."""

from __future__ import annotations

import pytest
from adopted import RUNNER, same

from nixgen.model.scope import GlobalScope
from nixgen.nix.parsing.parser import parse_expression
from nixgen.project.adopting.adopt import adopt

UNIT = r'systemd.services."gitea-runner-actions\\x2dnative"'


LIMITED = (
    RUNNER.replace('MemoryMax = "8G"; # half of it', 'MemoryMax = "8G";\n    Nice = 5;')
    .replace('lib.mkForce "200%"', '"200%"')
    .replace("CPUQuota", 'OOMPolicy = "continue";\n    CPUQuota')
)


def test_limits_of_a_unit_are_the_runners() -> None:
    """What bounds a runner's unit is said by the runner; other settings of the unit stay."""
    adopted = adopt({"a.nix": LIMITED}, "build1", "25.11", GlobalScope())
    assert 'limits=ResourceLimits(memory_max="8G", cpu_quota="200%"),' in adopted.python
    assert "MemoryMax" not in adopted.python
    assert '"Nice": 5' in adopted.python
    assert same(adopted) == "values"
    without = adopt({"a.nix": LIMITED.replace("    Nice = 5;\n", "")}, "b", "25.11", GlobalScope())
    assert "serviceConfig" not in without.python
    assert same(without) == "values"


BUILDS = """\
{
  systemd.services.nix-daemon = {
    serviceConfig = {
      MemoryHigh = "80%";
      CPUQuota = "600%";
    };
    environment.TMPDIR = "/var/tmp";
  };

  nix.settings = {
    max-jobs = 4;
    cores = 2;
    sandbox = true; # as ever
  };
  time.timeZone = "UTC";
}
"""


def test_limits_of_builds_are_the_hosts() -> None:
    """What bounds nix-daemon, and how many builds it runs, is an object; the rest stays."""
    adopted = adopt({"a.nix": BUILDS}, "build1", "25.11")
    for part in (
        'limits=ResourceLimits(memory_high="80%", cpu_quota="600%"),\n    max_jobs=4,\n',
        'environment.TMPDIR": "/var/tmp"',
        '"sandbox": Option(value=True, remark="as ever")',
        "        nix_daemon,\n    ],\n",
        'host = Host(name="build1", release="25.11", nix_daemon=nix_daemon, modules=[a])',
    ):
        assert part in adopted.python
    assert "max-jobs" not in adopted.python
    assert same(adopted) == "values"
    assert parse_expression(adopted.files["a.nix"][1])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    serviceConfig = {", "    # of all builds\n    serviceConfig = {"),
        ('"80%";', '"80%"; # the rest is the cache'),
        ('"80%"', '"0.8G"'),
        ("  systemd", "  config.systemd"),
        ('      MemoryHigh = "80%";\n      CPUQuota = "600%";\n', '      Nice = "5";\n'),
    ],
)
def test_limits_of_builds_that_are_no_object(old: str, new: str) -> None:
    """Comments are kept, and what no object says stays an option."""
    text = BUILDS.replace(old, new)
    assert text != BUILDS
    adopted = adopt({"a.nix": text}, "build1", "25.11")
    assert same(adopted) in {"bytes", "values"}
    assert adopted.files["a.nix"][1].count("# ") >= text.count("# ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"8G";', '"8G"; # half of it'),
        ('"8G"', '"8192M"'),
        ('"8G"', 'lib.mkForce "8G"'),
        (f"  {UNIT}", f"  # half of it\n  {UNIT}"),
        ("    Nice = 5;\n", ""),
        ("x2dnative", "x2dother"),
    ],
)
def test_limits_that_a_runner_does_not_emit_stay_options(old: str, new: str) -> None:
    """Comments, other spellings of a size and values that are computed are not lost."""
    text = LIMITED.replace(old, new)
    assert text != LIMITED
    adopted = adopt({"a.nix": text}, "build1", "25.11", GlobalScope())
    assert same(adopted) in {"bytes", "values"}
    assert ("half of it" in adopted.files["a.nix"][1]) == ("half of it" in text)
