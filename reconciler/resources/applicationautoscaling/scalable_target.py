"""AWS::ApplicationAutoScaling::ScalableTarget, by calls of its own.

AWS's handlers would do for the target alone. But one page of the listing proves fifty, a target
takes its policies with it when it goes, and an update of an endpoint needs it away and back again
in one plan: all of that needs its calls in the plan. Registering one that exists changes what it is
given and nothing else, tags apart, which count the first time only. The numbers that it bounds are
the autoscaler's. Source: Application Auto Scaling API reference, RegisterScalableTarget,
DeregisterScalableTarget, PutScheduledAction; AWS_FACTS 1.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.change import Change
from reconciler.model.scaling import HELD_TAG
from reconciler.model.value import Json, Props, canonical
from reconciler.resources.api import (
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Tagging,
    Whole,
    members,
    register,
)
from reconciler.resources.applicationautoscaling.going import foresee
from reconciler.resources.applicationautoscaling.service import BUSY, GONE, SERVICE, TARGET
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, first
from reconciler.resources.parts import Reader
from reconciler.resources.review import Pending

KEY = {
    "ResourceId": "{parent}",
    "ScalableDimension": "{leaf}",
    "ServiceNamespace": "{namespace}",
}
READ = {
    "ResourceIds": ["{parent}"],
    "ScalableDimension": "{leaf}",
    "ServiceNamespace": "{namespace}",
}
TAGGED = {"ResourceARN": "{ScalableTargetARN}"}
ACTIONS = "ScheduledActions"
TAKEN = ("MaxCapacity", "MinCapacity", "SuspendedState")
_SUSPENDED = (
    "DynamicScalingInSuspended",
    "DynamicScalingOutSuspended",
    "ScheduledScalingSuspended",
)
_SAID = (
    "ScheduledActionName",
    "Schedule",
    "Timezone",
    "StartTime",
    "EndTime",
    "ScalableTargetAction",
)


def _decode(answer: Json) -> Json:
    """A target with the last part of its ARN, which AWS chose."""
    if not isinstance(answer, Mapping) or not answer.get("ScalableTargetARN"):
        return answer
    return {**answer, "ScalableTargetId": str(answer["ScalableTargetARN"]).rpartition("/")[2]}


@dataclass(frozen=True, slots=True)
class Actions:
    """Scheduled actions: each is put and deleted by its name. They go with the target."""

    prop: str = ACTIONS
    last: bool = False
    reads: tuple[str, ...] = ("describe_scheduled_actions",)
    writes: tuple[str, ...] = ("delete_scheduled_action", "put_scheduled_action")

    @property
    def wholes(self) -> Mapping[str, Whole]:
        each = members("ScheduledActionName", "Schedule")
        return {"describe_scheduled_actions": Whole(items=ACTIONS, each=each)}

    def read(self, reader: Reader, key: Props) -> Json:
        found = reader.pages("describe_scheduled_actions", key, ACTIONS)
        shown = [{name: it[name] for name in _SAID if it.get(name) is not None} for it in found]
        return sorted(shown, key=lambda it: str(it["ScheduledActionName"]))

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        have = {each["ScheduledActionName"]: each for each in before or ()}
        want = {each["ScheduledActionName"]: each for each in after or ()}
        for name in sorted(want):
            if name not in have or canonical(have[name]) != canonical(want[name]):
                yield Request("put_scheduled_action", want[name])
        for name in sorted(have.keys() - want.keys()):
            yield Request("delete_scheduled_action", {"ScheduledActionName": name})


def update(change: Change) -> Iterator[Request]:
    """Registering it again; what is not given stays as it is.

    Whoever ends a rollout knows by our tag that we have suspended it, so that one comes first.
    """
    yield from _held(change)
    if change.touches(*TAKEN):
        wanted = {name: change.desired[name] for name in TAKEN if name in change.desired}
        yield Request("register_scalable_target", wanted)


def _held(change: Change) -> Iterator[Request]:
    """The tag of a rollout, which is no difference by itself."""
    if change.observed is None or not change.touches("SuspendedState"):
        return
    arn = {"ResourceARN": change.observed.outputs["ScalableTargetARN"]}
    given = {tag["Key"]: tag["Value"] for tag in change.desired.get("Tags") or ()}
    there = HELD_TAG in (change.observed.tags or {})
    if HELD_TAG in given and not there:
        told = {**arn, "Tags": {HELD_TAG: given[HELD_TAG]}}
        yield Request("tag_resource", told, bare=True)
    elif there and HELD_TAG not in given:
        yield Request("untag_resource", {**arn, "TagKeys": [HELD_TAG]}, bare=True)


register(
    Resource(
        type=TARGET,
        service=SERVICE,
        reach=Reach.REGIONAL,
        name="",
        derived=KEY,
        key=KEY,
        read=Op("describe_scalable_targets", READ),
        whole=Whole(
            items="ScalableTargets",
            each=members(
                "MaxCapacity", "MinCapacity", "ResourceId", "ScalableDimension", "ScalableTargetARN"
            ),
            each_same={"ResourceIds": "ResourceId"},
        ),
        create=Op("register_scalable_target", KEY),
        delete=Op("deregister_scalable_target", KEY),
        absent=GONE,
        transient=BUSY,
        outputs={
            "ScalableTargetARN": ("ScalableTargetARN",),
            "ScalableTargetId": ("ScalableTargetId",),
        },
        created={"ScalableTargetARN": ("ScalableTargetARN",)},
        arn="arn:{partition}:application-autoscaling:{region}:{account}"
        ":scalable-target/{ScalableTargetId}",
        limit=256,
        upsert=True,
        root=first("ScalableTargets").then(Codec(decode=_decode)),
        body=Codec(),
        listings=(
            Listing(
                method="describe_scalable_targets",
                at="ScalableTargets",
                name="{ResourceId}/{ScalableDimension}",
                params={"ServiceNamespace": "sagemaker"},
                codec=Codec(decode=_decode),
                complete=True,
            ),
        ),
        parts=(Actions(),),
        tags=Tagging(
            add=Op("tag_resource", TAGGED),
            remove=Op("untag_resource", TAGGED),
            read=Op("list_tags_for_resource", TAGGED),
            mapped=True,
        ),
        keyed={ACTIONS: "ScheduledActionName"},
        defaults={
            f"{ACTIONS}.Timezone": "UTC",
            **{f"SuspendedState.{name}": False for name in _SUSPENDED},
        },
        refers=(
            "AWS::DynamoDB::Table",
            "AWS::IAM::Role",
            "AWS::SageMaker::Endpoint",
            "AWS::SageMaker::InferenceComponent",
        ),
        pending=Pending(foresee=foresee),
        aside=Aside(
            needs={"register_scalable_target": ("application-autoscaling:TagResource",)},
            looks=(
                "application-autoscaling:DescribeScalingPolicies",
                "sagemaker:DescribeEndpoint",
            ),
        ),
        update=update,
    )
)
