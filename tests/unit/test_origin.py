"""In which group of the drift report a difference stands: nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.actor import ActorKind
from reconciler.model.change import Cause, Reason
from reconciler.model.origin import Origin, origin, origins

HAND, OTHER, PENDING = Origin.HAND, Origin.OTHER, Origin.PENDING
NOBODY = ""


def step(
    *causes: Cause, by: str = NOBODY, reason: Reason = Reason.DIFFERS, whole: Cause = Cause.UNKNOWN
) -> Any:
    fields = [{"cause": str(each)} for each in causes]
    actor = {"class": by} if by else None
    return {"reason": str(reason), "cause": str(whole), "by": actor, "fields": fields}


CASES = [
    # With receipts: what moved since the last apply.
    (step(Cause.SPEC), PENDING),
    (step(Cause.HAND), HAND),
    (step(Cause.BOTH), HAND),
    (step(Cause.AWS), OTHER),
    (step(Cause.SPEC, Cause.HAND), HAND),
    (step(Cause.SPEC, Cause.AWS), OTHER),
    (step(Cause.SPEC, Cause.AUTOSCALER), PENDING),
    (step(Cause.HAND, by=ActorKind.HUMAN), HAND),
    (step(Cause.HAND, by=ActorKind.UNKNOWN), HAND),
    (step(Cause.HAND, by=ActorKind.TOOL), OTHER),
    (step(Cause.HAND, by=ActorKind.PIPELINE), OTHER),
    (step(Cause.SPEC, by=ActorKind.HUMAN), PENDING),
    # Without receipts only CloudTrail can tell.
    (step(Cause.UNKNOWN), Origin.UNKNOWN),
    (step(Cause.UNKNOWN, by=ActorKind.UNKNOWN), Origin.UNKNOWN),
    (step(Cause.UNKNOWN, by=ActorKind.PIPELINE), Origin.UNKNOWN),
    (step(Cause.UNKNOWN, by=ActorKind.HUMAN), HAND),
    (step(Cause.UNKNOWN, by=ActorKind.TOOL), OTHER),
    (step(Cause.UNKNOWN, by=ActorKind.AWS), OTHER),
    (step(Cause.UNKNOWN, Cause.SPEC), Origin.UNKNOWN),
    (step(Cause.AUTOSCALER), Origin.UNKNOWN),
    # Whole resources.
    (step(reason=Reason.ABSENT, whole=Cause.SPEC), PENDING),
    (step(reason=Reason.ABSENT, whole=Cause.HAND), HAND),
    (step(reason=Reason.ABSENT, whole=Cause.HAND, by=ActorKind.TOOL), OTHER),
    (step(reason=Reason.ABSENT), Origin.UNKNOWN),
    (step(reason=Reason.ABSENT, by=ActorKind.HUMAN), HAND),
    (step(reason=Reason.NOT_DECLARED, whole=Cause.SPEC), PENDING),
    (step(reason=Reason.NOT_DECLARED), Origin.UNKNOWN),
    (step(reason=Reason.NOT_DECLARED, by=ActorKind.PIPELINE), PENDING),
    (step(reason=Reason.NOT_DECLARED, by=ActorKind.HUMAN), HAND),
    (step(reason=Reason.SUPERSEDED), PENDING),
    (step(reason=Reason.ADOPTED, by=ActorKind.HUMAN), PENDING),
    (step(reason=Reason.FAILED), OTHER),
    (step(reason=Reason.FAILED, whole=Cause.AWS), OTHER),
    # A report from before there were causes.
    ({"reason": "differs", "fields": [{}]}, Origin.UNKNOWN),
]


@pytest.mark.parametrize(("found", "wanted"), CASES)
def test_the_origin_of_a_difference(found: Any, wanted: Origin) -> None:
    assert origin(found) is wanted


def test_each_resource_is_counted_once() -> None:
    counts = origins([found for found, _ in CASES], [step(Cause.AUTOSCALER)])
    assert sum(counts.values()) == len(CASES) + 1
    assert counts["owned"] == 1
    assert [*counts] == [str(each) for each in Origin]
