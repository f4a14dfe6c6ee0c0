"""What a small build imports: most of its time is that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOST = 'from nixgen import Host\n\nhost = Host(name="web1", release="25.11", options={"a.b": 1})\n'

UNNEEDED = {
    *("cattrs", "rich", "httpx", "hvac", "ruamel.yaml", "subprocess", "traceback", "sysconfig"),
    *(f"nixgen.model.{name}" for name in ("forge", "garbage_collection", "harmonia", "machine")),
    *(f"nixgen.model.{name}" for name in ("repository", "workflow")),
    *(f"nixgen.emit.{name}" for name in ("garbage_collection", "harmonia", "module_file")),
    *("nixgen.nix.parsing.parser", "nixgen.hcl.parsing.parser", "nixgen.project.managed"),
    *("nixgen.audit", "nixgen.project.kept", "nixgen.external.nixfmt"),
}


def test_a_build_imports_what_its_hosts_have(tmp_path: Path) -> None:
    """A host without Harmonia or workflows costs nothing for them, nor for errors not made."""
    (tmp_path / "hosts").mkdir()
    (tmp_path / "hosts/web1.py").write_text(HOST)
    (tmp_path / "nixgen.toml").touch()
    program = (
        "import sys; from nixgen.__main__ import run; "
        "sys.argv[1:] = ['build', '--formatter', 'builtin']; "
        "status = run(); print(*sys.modules, file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert "nixgen.project.api" in loaded
    assert not UNNEEDED & loaded
