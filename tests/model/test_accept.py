"""Accepted risks are checked as all else in the model is."""

from __future__ import annotations

import datetime

import pytest

from nixgen import Host, ModelError, VaultSecret, accept

DAY = datetime.date(2027, 1, 31)


def test_accepted_on_an_object() -> None:
    """A risk is accepted where the object is made, and its own line is known."""
    risk = accept("NG101", reason="nobody logs in there", until=DAY)
    secret = VaultSecret(name="token", key="token", accepted=[risk])
    assert secret.accepted == (risk,)
    assert risk.origin.file == __file__
    assert not risk.expired(DAY)
    assert risk.expired(DAY + datetime.timedelta(days=1))


@pytest.mark.parametrize(
    ("code", "reason", "until", "said"),
    [
        ("101", "why", DAY, "AcceptedRisk.code: '101' is not allowed"),
        ("NG101", " ", DAY, "AcceptedRisk.reason: the reason is empty"),
        ("NG101", "why", "2027-01-31", "AcceptedRisk.until: '2027-01-31' is a str; allowed is a"),
        ("NG101", "why", datetime.datetime(2027, 1, 31), "AcceptedRisk.until"),  # noqa: DTZ001 - zone or none
    ],
)
def test_mistakes(code: str, reason: str, until: object, said: str) -> None:
    """A code, reason or day that cannot be meant is refused at the line of the call."""
    with pytest.raises(ModelError) as caught:
        accept(code, reason=reason, until=until)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.summary.startswith(said)
    assert diagnostic.location.file == __file__


def test_only_accepted_risks_are_accepted() -> None:
    """A bare code says nothing about why: it is refused."""
    with pytest.raises(ModelError, match=r"Host.accepted: item 1: 'NG101' is a str"):
        Host(name="web1", release="25.11", accepted=["NG101"])
