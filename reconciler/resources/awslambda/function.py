"""AWS::Lambda::Function, by AWS's own handlers.

They never give the code back, so nothing live tells that it is another one. Whoever makes a
function says in its description which code it is, and another description sends the code as well;
the handlers send code and configuration one after the other, and wait for the end of each
(LastUpdateStatus). Source: Lambda API reference, UpdateFunctionCode, UpdateFunctionConfiguration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.model.change import Change, Effect, FieldChange
from reconciler.resources.answers import absent
from reconciler.resources.api import Request
from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare, patches

TYPE = "AWS::Lambda::Function"
CODE, ABOUT = "Code", "Description"
SPREADS = r"(?i)cannot be assumed by lambda|does not have permissions to call"
"""What a role answers that Lambda cannot see yet."""


def update(change: Change) -> Iterator[Request]:
    """The patch of a change; with another description, of the code too."""
    code = change.desired.get(CODE) or {}
    if change.touches(ABOUT) and code and not change.touches(CODE):
        more = (
            FieldChange((CODE, name), None, value, Effect.IN_PLACE) for name, value in code.items()
        )
        change = replace(change, fields=(*change.fields, *more))
    yield from patches(TYPE, change)


declare(
    TYPE,
    aside=Aside(hands=("lambda.amazonaws.com",)),
    update=update,
    transient=tuple(
        absent(code, SPREADS)
        for code in ("AccessDenied", "GeneralServiceException", "InvalidRequest")
    ),
    refers=(
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SQS::Queue",
    ),
)
