"""What a comparison with a server has found."""

from __future__ import annotations

import enum

from attrs import frozen

from nixgen.diagnostic import Diagnostic, Location, Severity


class Kind(enum.Enum):
    """What a finding means for the exit status."""

    DIFFERENT = Severity.ERROR
    UNSEEN = Severity.WARNING  # the login may not see it: nothing is known
    REMARK = Severity.NOTE  # nixgen does not write it, so it is no difference


@frozen
class Finding:
    """What is to be said of one thing that was compared."""

    kind: Kind
    diagnostic: Diagnostic


def finding(
    kind: Kind,
    summary: str,
    location: Location,
    *,
    detail: str | None = None,
    advice: str | None = None,
) -> Finding:
    """A finding at the user's line."""
    return Finding(
        kind,
        Diagnostic(
            severity=kind.value, summary=summary, location=location, detail=detail, help=advice
        ),
    )
