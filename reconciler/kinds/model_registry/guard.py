"""What IAM refuses to everybody but those who are named, so that the console refuses it too.

The statements stand in the group's own policy, where a denial holds for every principal whatever
their own policies allow. ``Current…`` keys hold what the version is before the call, so that a
jump over a stage is refused to approvers too; a version that never had a stage has none of them.
Source: Service Authorization Reference, "Condition keys for Amazon SageMaker"; SageMaker developer
guide, "Set up Staging Construct Examples".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.kinds.model_registry.judged import principals
from reconciler.kinds.model_registry.spec import ModelRegistry, Stages
from reconciler.model.value import Json, Props
from reconciler.registry import Stage, approval
from reconciler.registry.stage import FIRST, NEXT

CREATE, UPDATE = "sagemaker:CreateModelPackage", "sagemaker:UpdateModelPackage"
STATUS = "sagemaker:ModelApprovalStatus"
TO, NOW = "sagemaker:ModelLifeCycle:Stage", "sagemaker:CurrentModelLifeCycleStage"
METADATA = "sagemaker:CustomerMetadataProperties"
WHO = "aws:PrincipalArn"


def statements(spec: ModelRegistry, versions: str) -> Iterator[Props]:
    """The denials of a group; none where no principal is named."""
    if approvers := principals(spec):
        yield _deny("ApprovedByApprovers", (CREATE, UPDATE), versions,
                    {"StringEquals": {STATUS: "Approved"}}, approvers)  # fmt: skip
        for key in approval.KEYS:
            name = "".join(word.title() for word in key.partition(":")[2].split("-"))
            there = {"Null": {f"{METADATA}/{key}": "false"}}
            yield _deny(f"{name}ByApprovers", (CREATE, UPDATE), versions, there, approvers)
        gone = {"ForAnyValue:StringEquals": {f"{METADATA}ToRemove": [*approval.KEYS]}}
        yield _deny("RemovedByApprovers", (UPDATE,), versions, gone, approvers)
    if spec.stages is not None:
        yield from _stages(spec.stages, versions)


def _stages(stages: Stages, versions: str) -> Iterator[Props]:
    """Who may move where; and from where nobody may."""
    every = [stage.value for stage in Stage]
    made_later = {"StringEquals": {TO: every[1:]}}
    yield _deny("MadeInDevelopment", (CREATE,), versions, made_later)
    another = {"Null": {TO: "false"}, "StringNotEquals": {TO: every}}
    yield _deny("KnownStages", (CREATE, UPDATE), versions, another)
    for stage in Stage:
        moved = {"StringEquals": {TO: stage.value}}
        movers = getattr(stages, stage.value.lower(), None)
        if movers is not None:
            allowed = sorted(set(movers.movers))
            yield _deny(f"{stage}ByMovers", (UPDATE,), versions, moved, allowed)
        closed = [each.value for each in Stage if each is not stage and stage not in NEXT[each]]
        if closed:
            jump = {"StringEquals": {TO: stage.value, NOW: closed}}
            yield _deny(f"{stage}InOrder", (UPDATE,), versions, jump)
    far = [each.value for each in Stage if each not in {FIRST, *NEXT[FIRST]}]
    fresh = {"StringEquals": {TO: far}, "Null": {NOW: "true"}}
    yield _deny("FirstStages", (UPDATE,), versions, fresh)


def _deny(
    sid: str, actions: Iterable[str], versions: str, when: Props, but: Iterable[str] = ()
) -> Props:
    condition: dict[str, Json] = {**when}
    if but:
        condition["ArnNotEquals"] = {WHO: [*but]}
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": [*actions],
        "Resource": versions,
        "Condition": condition,
    }
