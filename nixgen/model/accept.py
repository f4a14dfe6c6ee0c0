"""Risks that people have looked at and taken: `accept("NG205", reason="...", until=date(...))`.

An accepted risk is given to the object that it is about, `Host(accepted=[...])`, and likewise to a
runner or a secret. One of a host holds for all that is on the host. The audit lists what is
accepted apart, and complains where an acceptance has expired or is about nothing any more.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from nixgen.model import values
from nixgen.model.base import ModelObject, checked, model_class


def _reason(value: Any) -> str | None:
    wrong = values.plain_text(value)
    if wrong is None and not value.strip():
        return "the reason is empty; allowed is a sentence that says why the risk is taken"
    return wrong


def _day(value: Any) -> str | None:
    if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date):
        return (
            f"{values.shown(value)} is {values.kind_of(value)}; allowed is a day, such as "
            "datetime.date(2027, 1, 31)"
        )
    return None


@model_class
class AcceptedRisk(ModelObject):
    """A rule of `nixgen audit` whose finding is known and taken; made by `accept`.

    - `code`: of the rule, such as `NG205`.
    - `reason`: why the risk is taken, for those who read the audit.
    - `until`: the last day on which that holds; None for as long as there is such a finding.
    """

    code: str = checked(values.matching(r"NG[0-9]{3}", "the code of a rule, such as NG205"))
    reason: str = checked(_reason)
    until: datetime.date | None = checked(values.optional(_day), default=None)

    def expired(self, today: datetime.date) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and self.until < today


def accept(code: str, *, reason: str, until: datetime.date | None = None) -> AcceptedRisk:
    """The risk of a rule, accepted for a reason, until a day. Raises ModelError."""
    return AcceptedRisk(code=code, reason=reason, until=until)


def accepted_risks() -> Any:
    """The field of a model class for the risks that are accepted for its objects."""
    return checked(
        values.each(values.instance_of(AcceptedRisk)), default=(), converter=values.to_tuple
    )


def risks_of(made: ModelObject) -> Sequence[AcceptedRisk]:
    """The risks that are accepted for an object; none for those without such a field."""
    risks: Sequence[AcceptedRisk] = getattr(made, "accepted", ())
    return risks
