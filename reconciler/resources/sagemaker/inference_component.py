"""AWS::SageMaker::InferenceComponent, by calls of its own.

AWS's handlers never give back copies or the image, so a change of either would be none; and
SageMaker calls an update that it rolled back a success, so each is verified. The number of copies
is the autoscaler's where one has it. Endpoint and variant are those that it was made with. Source:
SageMaker API reference, DescribeInferenceComponent (RuntimeConfig.DesiredCopyCount,
Container.DeployedImage), UpdateInferenceComponent, UpdateInferenceComponentRuntimeConfig.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Change, Effect, Observed
from reconciler.model.value import Json, Mark, Props
from reconciler.resources.api import (
    Codec,
    Lifecycle,
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    absent,
    codes,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import takes
from reconciler.resources.narrow import Narrowing, fewer
from reconciler.resources.sagemaker.service import ADD_TAGS, SPREADING, arn, tagging
from reconciler.resources.scaled import LOOKS, Scalable

NAME = {"InferenceComponentName": "{name}"}
WHAT = ("Specification", "Specifications")
COPIES = "RuntimeConfig"
SCALED = Scalable(
    namespace="sagemaker",
    resource="inference-component/",
    dimensions={f"{COPIES}.CopyCount": "sagemaker:inference-component:DesiredCopyCount"},
)


def _decode(answer: Json) -> Json:
    """What is read is called otherwise than what is written."""
    if not isinstance(answer, Mapping):
        return answer
    found = dict(answer)
    copies = (answer.get(COPIES) or {}).get("DesiredCopyCount")
    if copies is not None:
        found[COPIES] = {"CopyCount": copies}
    if answer.get("Specification"):
        found["Specification"] = _specification(answer["Specification"])
    if answer.get("Specifications"):
        found["Specifications"] = [_specification(each) for each in answer["Specifications"]]
    return found


def _specification(shown: Props) -> Props:
    container = shown.get("Container")
    if not container:
        return shown
    image = (container.get("DeployedImage") or {}).get("SpecifiedImage")
    rest = {key: value for key, value in container.items() if key != "DeployedImage"}
    return {**shown, "Container": {**rest, "Image": image} if image else rest}


def update(change: Change) -> Iterator[Request]:
    """Another model or other needs by a deployment; copies alone by a call of their own."""
    wanted = {key: change.desired[key] for key in (*WHAT, COPIES) if key in change.desired}
    if change.touches(*WHAT):
        how = {key: change.desired[key] for key in ("DeploymentConfig",) if key in change.desired}
        yield Request("update_inference_component", {**wanted, **how})
    elif change.touches(COPIES):
        desired = {"DesiredRuntimeConfig": wanted[COPIES]}
        yield Request("update_inference_component_runtime_config", desired)


def verify(desired: Props, observed: Observed) -> str:
    """InService says nothing: what is live has to be what was asked for."""
    wanted = (desired.get("Specification") or {}).get("ModelName")
    live = (observed.props.get("Specification") or {}).get("ModelName")
    if not isinstance(wanted, str) or isinstance(wanted, Mark) or live == wanted:
        return ""
    because = f": {observed.reason}" if observed.reason else ""
    return f"SageMaker rolled the update to model '{wanted}' back to '{live}'{because}"


register(
    Resource(
        type="AWS::SageMaker::InferenceComponent",
        service="sagemaker",
        aside=Aside(
            needs={"create_inference_component": (ADD_TAGS,)},
            looks=LOOKS,
            verified="then verified: the live model, not just InService",
        ),
        reach=Reach.REGIONAL,
        name="InferenceComponentName",
        key=NAME,
        read=Op("describe_inference_component", NAME),
        whole=Whole(
            has=members(
                "CreationTime",
                "EndpointName",
                "InferenceComponentArn",
                "InferenceComponentStatus",
                "LastModifiedTime",
            ),
            same={"InferenceComponentName": ("InferenceComponentName",)},
        ),
        create=Op("create_inference_component", NAME),
        delete=Op("delete_inference_component", NAME),
        absent=(absent("ValidationException", r"(?i)^could not find inference component\b"),),
        transient=(
            *SPREADING,
            absent("ValidationException", r"(?i)in-progress (inference component|endpoint)\b"),
        ),
        outputs={
            "InferenceComponentArn": ("InferenceComponentArn",),
            "InferenceComponentStatus": ("InferenceComponentStatus",),
        },
        created={"InferenceComponentArn": ("InferenceComponentArn",)},
        predict={"InferenceComponentArn": arn("inference-component")},
        arn=arn("inference-component"),
        root=Codec(decode=_decode),
        body=takes("EndpointName", "VariantName", *WHAT, COPIES),
        listings=(
            Listing(
                method="list_inference_components",
                at="InferenceComponents",
                name="InferenceComponentName",
                params={"NameContains": "{prefix}", "MaxResults": 100},
            ),
        ),
        lifecycle=Lifecycle(
            field="InferenceComponentStatus",
            ready=codes("InService"),
            busy=codes("Creating", "Updating", "Deleting"),
            failed=codes("Failed"),
            poll=30.0,
            timeout=30000.0,  # MaximumExecutionTimeoutInSeconds is at most 28800
            usual=600.0,  # image and model of one copy; a guess
        ),
        vanishes=True,
        tags=tagging("inference-component"),
        unread=frozenset({"DeploymentConfig"}),
        keyed={"Specifications": "InstanceType"},
        # the handlers would replace neither; a component stays where it was made
        effects={"EndpointName": Effect.REPLACE, "VariantName": Effect.REPLACE},
        owners=SCALED.owners,
        holds="traffic",
        narrows=(Narrowing(path=f"{COPIES}.CopyCount", destroys="traffic", lost=fewer("copies")),),
        refers=(
            "AWS::CloudWatch::Alarm",
            "AWS::SageMaker::Endpoint",
            "AWS::SageMaker::Model",
        ),
        pending=SCALED.pending,
        update=update,
        verify=verify,
    )
)
