"""How the verbs of `nixgen verify` end: what was compared, how it stands, the exit status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nixgen.cli.session import Session
from nixgen.cli.wording import counted

if TYPE_CHECKING:
    from nixgen.live.finding import Finding

DIFFERENT = 1
UNSEEN = 2


def conclude(session: Session, findings: Sequence[Finding], compared: str) -> int:
    """Tells a person how it stands, in a last line; returns the exit status."""
    from collections import Counter

    from nixgen.live.finding import Kind

    words = {Kind.DIFFERENT: "different", Kind.UNSEEN: "not to be seen", Kind.REMARK: "remarks"}
    counts = Counter(words[finding.kind] for finding in findings)
    session.summarize(f"compared {compared}: {counted(counts) or 'all as described'}")
    kinds = {finding.kind for finding in findings}
    if Kind.DIFFERENT in kinds:
        return DIFFERENT
    return UNSEEN if Kind.UNSEEN in kinds else 0
