"""The programs that a script calls: all that its text tells, and nothing that it does not call."""

from __future__ import annotations

import profiles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nixgen.model.shell import programs_called


@pytest.mark.parametrize(
    ("script", "programs"),
    [
        ("nix build", "nix"),
        ("nix build .#a  # git is no command\njq . x", "nix jq"),
        ("nix eval x | jq -r . && tar c . || gzip; zip a &\nunzip b", "nix jq tar gzip zip unzip"),
        ("A=1 B=$(git rev-parse HEAD) nix run", "git nix"),
        ("echo \"$(git describe) `date`\" '$(rm x)'", "git date"),
        ("x=$((1 + 2)); (( i++ )); (cd a && make)", "make"),
        (
            "if ! cmp a b; then diff a b; elif grep x y; else sed -i s/a/b/ c; fi",
            "cmp diff grep sed",
        ),
        ("for f in git jq *.nix; do nixfmt $f; done", "nixfmt"),
        ("while read -r line; do curl $line; done < urls", "curl"),
        ("case $1 in\n  git|jq) tar x ;;\n  *) xz -d;;\nesac\nwget a", "tar xz wget"),
        ("case $(uname) in (Linux) nix ;; esac; curl", "uname nix curl"),
        ("deploy() { rsync a b; }\nfunction other { ssh a; }\ndeploy\nother", "rsync ssh"),
        ("cat > jq <<EOF\ngit commit\nEOF\nsort x 2>&1 >> out", "cat sort"),
        ("cat <<-'END' | nix-store --load\n\tgit\n\tEND\njq", "cat nix-store jq"),
        ("[[ -f git && jq ]] && [ -d curl ] && nix", "nix"),
        ("files=(git jq)\nnix copy ${files[@]}", "nix"),
        (
            "sudo env A=1 timeout 30s nix build; command -v git; exec cachix push x",
            "sudo env timeout nix cachix",
        ),
        ('./script.sh; $CMD a; /bin/ls; "$tool" x; ../x/y', ""),
        ("set -euo pipefail\nexport A=b\n. ./env\ntrue", ""),
        ("nix build \\\n  --no-link \\\n  .#a\njq", "nix jq"),
        ("echo ${A:-git}; echo 'a\nb; git'; echo \"it's\" # jq", ""),
        ("{ git log; } | head", "git head"),
        ("time nix build", "nix"),
        ("until curl x; do sleep 1; done", "curl sleep"),
        ("nix-shell -p git --run 'jq'", "nix-shell"),
        ("diff <(nix eval a) <(nix eval b)", "diff nix"),
        ("", ""),
        ("'", ""),
        ("$(", ""),
    ],
)
def test_programs(script: str, programs: str) -> None:
    """Each program once, in the order of the script."""
    assert programs_called(script) == tuple(programs.split())


@settings(max_examples=profiles.cases(300))
@given(st.text("ab \n\\'\"`$(){}[]#;&|<>=-", max_size=40))
def test_any_text_is_read_to_its_end(script: str) -> None:
    """A script with a mistake in it stops no audit."""
    assert isinstance(programs_called(script), tuple)
