"""AWS::Lambda::EventSourceMapping, by AWS's own handlers.

Lambda takes one mapping of a source to a function (CreateEventSourceMapping), so a new one is made
only after the old one is gone. Where reading begins is fixed; another place is another mapping,
which has read nothing. Lambda turns one off by itself, such as when its source was deleted and
made again, and says why in words that the handlers do not give back: they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Action, Change
from reconciler.model.diagnostic import Severity
from reconciler.resources.answers import absent
from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.generic import IDENTIFIER
from reconciler.resources.narrow import Narrowing, no_longer
from reconciler.resources.review import Asking, Look, Objection, Pending

TYPE = "AWS::Lambda::EventSourceMapping"
WHY, LAST = "StateTransitionReason", "LastProcessingResult"


def context(change: Change) -> Asking:
    """Why it is off, where it should be on; asked only then."""
    id_ = change.observed.outputs.get(IDENTIFIER) if change.observed else None
    if not id_ or not change.touches("Enabled"):
        return {}
    gone = (absent("ResourceNotFound"),)
    found = yield Look("lambda", "get_event_source_mapping", {"UUID": id_}, absent=gone)
    return {key: found[key] for key in ("State", WHY, LAST) if found and found.get(key)}


def review(change: Change) -> Iterator[Objection]:
    """That Lambda turned it off, and what a new one has not read."""
    name = repr(str(change.address))
    off = change.live.get("Enabled") is False and change.desired.get("Enabled") is True
    if off and (said := [change.context[key] for key in (WHY, LAST) if change.context.get(key)]):
        text = f"{name} is off although it is declared to be on: {'; '.join(said)}"
        help_ = "see to what Lambda says, then apply: it is turned on again"
        yield Objection("EVENT001", text, help_, Severity.WARNING)
    if change.action is Action.REPLACE:
        begins = change.desired.get("StartingPosition") or "the place that its source has"
        text = f"{name} is made anew: it forgets how far it has read, and begins at {begins}"
        help_ = "records may be read twice or never; keep what is live if that matters"
        yield Objection("EVENT002", text, help_, Severity.WARNING)


declare(
    TYPE,
    holds="traffic",
    narrows=(
        Narrowing(
            path="Enabled",
            destroys="traffic",
            lost=no_longer(value=True, says="the function is invoked no more"),
        ),
    ),
    aside=Aside(looks=("lambda:GetEventSourceMapping",)),
    pending=Pending(context=context, review=review),
    refers=(
        "AWS::DynamoDB::Table",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Kinesis::Stream",
        "AWS::Kinesis::StreamConsumer",
        "AWS::Lambda::Function",
        "AWS::MSK::ServerlessCluster",
        "AWS::SQS::Queue",
    ),
)
