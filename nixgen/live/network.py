"""Why a server could not be asked, in words: from the errors of Python's libraries for HTTP."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

_LOOPBACK = ("localhost", "127.", "[::1]")


def is_loopback(address: str) -> bool:
    """Whether a server is on this machine: it is asked without a proxy."""
    return address.partition("://")[2].startswith(_LOOPBACK)


def tls_fault(error: BaseException) -> tuple[str, bool] | None:
    """What is wrong with TLS, and whether it is that the certificate is not trusted."""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"has a certificate that is not trusted: {cause.verify_message}", True
        if isinstance(cause, ssl.SSLError):
            reason = (cause.reason or str(cause)).replace("_", " ").lower()
            return f"cannot be asked over TLS: {reason}", False
    return None


def unreachable(error: BaseException) -> str:
    """Why there is no connection, as the operating system says it."""
    reasons = [cause.strerror for cause in causes(error) if isinstance(cause, OSError)]
    reason = next(filter(None, reversed(reasons)), type(error).__name__)
    return f"cannot be reached: {reason[0].lower()}{reason[1:]}"


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that led to it: as causes, or as what libraries wrap."""
    while error is not None:
        yield error
        wrapped = (each for each in (*error.args, getattr(error, "reason", None)) if each)
        inner = next((each for each in wrapped if isinstance(each, BaseException)), None)
        error = error.__cause__ or inner or error.__context__
