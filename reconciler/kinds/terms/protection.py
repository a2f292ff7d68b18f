"""Which changes that lose or open something an environment lets pass, and who approved which."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from reconciler.kinds.api import Section
from reconciler.model.loss import Destruction
from reconciler.model.unsaid import blank


def _a_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no day of the calendar\nwrite one as in 2026-12-31"
        ) from None
    return text


Day = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_a_day)
]


def _said(text: str) -> str:
    if blank(text):
        raise ValueError(f"{text!r} says nothing")
    return text


Said = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"\S"}), AfterValidator(_said)]
"""Words of a person: neither empty nor what an example leaves open."""
AddressPattern = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]+(::[A-Za-z0-9]+){2}/[^*\r\n]*[^\s]$")
]


class Approval(Section):
    """One class of change that somebody has approved, by address."""

    address: AddressPattern = Field(
        description="The resource, as the plan names it: TYPE/NAME. A * at the end of the name"
        " stands for any rest.",
        examples=["AWS::S3::Bucket/acme-fraud-prod-raw-123456789012"],
    )
    allows: Destruction = Field(
        description="The class that it lets pass, as in `allow`.", examples=["records"]
    )
    why: Said = Field(
        description="Why that is right; shown in the plan.",
        examples=["Replaced by the curated zone, FRAUD-812."],
    )
    by: Said = Field(description="Who approved it; shown in the plan.", examples=["alice"])
    until: Day = Field(
        description="The last day, in UTC, on which it counts.", examples=["2026-12-31"]
    )


class Protection(Section):
    """Which losses and whose access are accepted here. Without it each is refused."""

    allow: tuple[Destruction, ...] = Field(
        (),
        description="Classes of change that apply may carry out: records are stored data,"
        " traffic is a live endpoint, keys are encryption keys, history is logs and versions,"
        " serviceAccess is the right to use a service that lets nobody new in; they are lost."
        " With access nothing is lost: somebody may do more than before.",
        examples=[["traffic"]],
    )
    approvals: tuple[Approval, ...] = Field(
        (),
        description="Single changes of a class that apply may carry out. They hold in this"
        " environment only: one that extends it does not take them over.",
    )
