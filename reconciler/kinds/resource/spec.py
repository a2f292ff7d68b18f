"""The fields of a `Resource`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.api import Embedded, Maybe, Section

Holds = Literal["records", "traffic", "keys", "history", "nothing"]


class AnyResource(Section):
    """One AWS resource of any type, with the properties that CloudFormation has for it."""

    type: Annotated[
        str,
        Field(
            pattern=r"^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$",
            examples=["AWS::Kinesis::Stream"],
        ),
    ]
    """The type, by CloudFormation's name; `moorline explain TYPE` describes it."""
    properties: Annotated[dict[str, Any], Embedded()] = Field(default_factory=dict)
    """Its properties as CloudFormation has them. Texts may hold `${ref:KIND/NAME.Output}`."""
    secrets: list[Annotated[str, Field(examples=["Value"])]] = Field(
        default_factory=list, examples=[["Value"]]
    )
    """Properties whose texts nobody is shown, as dotted paths without numbers of items."""
    holds: Maybe[Holds] = None
    """What is lost with it. `records` where nothing is said and Moorline does not know the type:
    it is not deleted or replaced unless the environment allows the loss."""
