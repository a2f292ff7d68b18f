"""AWS::SageMaker::Endpoint.

Only the name is fixed; the live config is exchanged in place. SageMaker calls
an update that it rolled back a success, so every update is verified
(AWS_FACTS 1.5). How to deploy and what to retain is taken and never given back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Change, Observed
from reconciler.model.value import Json, Mark, Props
from reconciler.resources.api import (
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
from reconciler.resources.aside import Aside, Borrowed
from reconciler.resources.codecs import takes
from reconciler.resources.narrow import Narrowing
from reconciler.resources.review import Pending
from reconciler.resources.sagemaker import (
    attempt,
    contest,
    rollout,
    runtime,
    scaling,
    trial,
    unserved,
)
from reconciler.resources.sagemaker.service import ADD_TAGS, SPREADING, arn, tagging

NAME = {"EndpointName": "{name}"}
HOW = (
    "DeploymentConfig",
    "ExcludeRetainedVariantProperties",
    "RetainAllVariantProperties",
    "RetainDeploymentConfig",
)
BOTH = (
    "AWS asks for this on the endpoint and on its configuration: allow the role both"
    " `endpoint/NAME` and `endpoint-config/NAME-*`"
)
"""Source: Service Authorization Reference, Amazon SageMaker; AWS_FACTS 8.2."""
COUNT = "DesiredInstanceCount"
INITIAL, INSTANCE = "InitialInstanceCount", "InstanceType"
KIND = "VariantPropertyType"


def update(change: Change) -> Iterator[Request]:
    """What is begun is noted down, then one request moves the endpoint and says how."""
    if change.touches("EndpointConfigName") and change.observed:
        noted = attempt.following(change.desired["EndpointConfigName"], change.observed)
        yield from _noted(change, noted.tags(), change.observed.outputs["EndpointArn"])
        props = ("EndpointConfigName", *HOW)
        yield Request(
            "update_endpoint", {key: change.desired[key] for key in props if key in change.desired}
        )


def _noted(change: Change, attempted: list[Json], arn: Json) -> Iterator[Request]:
    """The tags of an update; where traffic goes back first, that comes between the two kinds.

    It moves the endpoint's own time, by which an attempt is told from one that was never sent.
    """
    marks, back = trial.marked(change), trial.back(change)
    if back:
        yield Request("add_tags", {"ResourceArn": arn, "Tags": marks}, bare=True)
        wanted = {"DesiredWeightsAndCapacities": back}
        yield Request("update_endpoint_weights_and_capacities", wanted)
        marks = []
    yield Request("add_tags", {"ResourceArn": arn, "Tags": [*attempted, *marks]}, bare=True)


def decide(change: Change) -> Props:
    """What to retain, by what is live; and no marks where none are written."""
    return {**scaling.decide(change), **trial.quiet(change)}


def verify(desired: Props, observed: Observed) -> str:
    """InService says nothing: the config must be the one asked for, and no deployment pending."""
    wanted, live = desired.get("EndpointConfigName"), observed.props.get("EndpointConfigName")
    if not isinstance(wanted, str) or isinstance(wanted, Mark):
        return ""
    because = f": {observed.reason}" if observed.reason else ""
    if observed.outputs.get("EndpointStatus") == "UpdateRollbackFailed":
        return f"the update to '{wanted}' failed, and so did its rollback to '{live}'{because}"
    if live != wanted:
        return f"SageMaker rolled the update to '{wanted}' back to '{live}'{because}"
    if observed.outputs.get("PendingDeployment"):
        return f"a deployment from '{live}' is still under way{because}"
    moving = [
        variant["VariantName"]
        for variant in observed.outputs.get("ProductionVariants") or ()
        if variant.get("VariantStatus")
    ]
    if moving:
        return f"variants are not in place yet: {', '.join(sorted(moving))}"
    return trial.unsettled(desired, observed)


def spent(desired: Props, observed: Observed) -> str:
    """A config that SageMaker rolled back is not sent again by itself."""
    if why := trial.spent(desired, observed):
        return why
    wanted = desired.get("EndpointConfigName")
    return attempt.spent(wanted, observed) if isinstance(wanted, str) else ""


def fewer(live: Props, desired: Props) -> str:
    """Variants that go away, or that have fewer instances (or concurrency) than live.

    Counts of live variants that are retained stay whatever the new config says.
    """
    config = desired.get("EndpointConfigName")
    if not isinstance(config, Mapping):
        return ""  # not a config of this platform: nothing is known of it
    wanted = {each["VariantName"]: each for each in config.get("ProductionVariants") or ()}
    excluded = [each.get(KIND) for each in desired.get("ExcludeRetainedVariantProperties") or ()]
    kept = desired.get("RetainAllVariantProperties") is True and COUNT not in excluded
    found = []
    for variant in live.get("ProductionVariants") or ():
        name = variant["VariantName"]
        if trial.passing(name, live, desired):
            continue
        if name not in wanted and contest.drained(variant):
            continue
        if name not in wanted:
            found.append(f"variant '{name}' goes away")
        elif _concurrency(variant) is not None and INSTANCE in wanted[name]:
            found.append(f"variant '{name}' leaves serverless, and SageMaker takes no way back")
        elif not kept:
            found.append(_less(name, variant, wanted[name]))
    return "; ".join(filter(None, found))


def _less(name: str, live: Props, wanted: Props) -> str:
    for what, before, after in (
        ("instances", live.get(COUNT, live.get("CurrentInstanceCount")), wanted.get(INITIAL)),
        ("concurrent requests", _concurrency(live), _concurrency(wanted)),
    ):
        if before is not None and after is not None and after < before:
            return f"variant '{name}' goes from {before} to {after} {what}"
    return ""


def _concurrency(variant: Props) -> Json:
    places = ("DesiredServerlessConfig", "CurrentServerlessConfig", "ServerlessConfig")
    found: Props = next((variant[place] for place in places if variant.get(place)), {})
    return found.get("MaxConcurrency")


register(
    Resource(
        type="AWS::SageMaker::Endpoint",
        service="sagemaker",
        aside=Aside(
            needs={"create_endpoint": (ADD_TAGS,)},
            both={"update_endpoint": BOTH, "create_endpoint": BOTH},
            looks=(
                "application-autoscaling:DescribeScalableTargets",
                "sagemaker:DescribeEndpointConfig",
            ),
            set_by={
                "ProductionVariants": ("update_endpoint", "update_endpoint_weights_and_capacities")
            },
            borrowed={
                "ProductionVariants": Borrowed(
                    by="EndpointConfigName",
                    type="AWS::SageMaker::EndpointConfig",
                    names={
                        "DesiredInstanceCount": "InitialInstanceCount",
                        "DesiredWeight": "InitialVariantWeight",
                    },
                )
            },
            verified="then verified: live config and variants, not just InService",
            begun=trial.begun,
        ),
        reach=Reach.REGIONAL,
        name="EndpointName",
        key=NAME,
        read=Op("describe_endpoint", NAME),
        # an endpoint of inference components may have no EndpointConfigName
        whole=Whole(
            has=members("CreationTime", "EndpointArn", "EndpointStatus", "LastModifiedTime"),
            same={"EndpointName": ("EndpointName",)},
        ),
        create=Op("create_endpoint", NAME),
        delete=Op("delete_endpoint", NAME),
        absent=(absent("ValidationException", r"^Could not find endpoint\b(?! config)"),),
        transient=(
            *SPREADING,
            absent("ValidationException", r"^Could not find (endpoint configuration|model)\b"),
            absent("ValidationException", r"^Cannot update in-progress endpoint\b"),
        ),
        outputs={
            "AsyncInferenceConfig": ("AsyncInferenceConfig",),
            "EndpointArn": ("EndpointArn",),
            "EndpointStatus": ("EndpointStatus",),
            "LastModifiedTime": ("LastModifiedTime",),
            "PendingDeployment": ("PendingDeploymentSummary",),
            "ProductionVariants": ("ProductionVariants",),
        },
        created={"EndpointArn": ("EndpointArn",)},
        predict={"EndpointArn": arn("endpoint")},
        arn=arn("endpoint"),
        body=takes("EndpointConfigName", "DeploymentConfig"),
        listings=(
            Listing(
                method="list_endpoints",
                at="Endpoints",
                name="EndpointName",
                params={"NameContains": "{prefix}", "MaxResults": 100},
            ),
        ),
        lifecycle=Lifecycle(
            field="EndpointStatus",
            # the last two may still serve, and take a further update (AWS_FACTS 1.5)
            ready=codes("InService", "OutOfService", "UpdateRollbackFailed"),
            busy=codes("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"),
            in_use=codes("Updating", "SystemUpdating", "RollingBack"),
            failed=codes("Failed"),
            empty=codes("Failed"),  # of a creation, an update or a re-scale (AWS_FACTS 1.5)
            unused=unserved.proven,
            poll=30.0,
            timeout=30000.0,  # MaximumExecutionTimeoutInSeconds is at most 28800
            usual=600.0,  # instances, image and model, of one fleet; a guess
            rollout=rollout.seconds,
        ),
        vanishes=True,
        tags=tagging("endpoint"),
        unread=frozenset(HOW),
        # who watches an endpoint needs its name alone
        apart=frozenset({"EndpointConfigName", "ProductionVariants", *HOW}),
        holds="traffic",
        narrows=(Narrowing(path="EndpointConfigName", destroys="traffic", lost=fewer, whole=True),),
        refers=(
            "AWS::CloudWatch::Alarm",
            "AWS::IAM::Role",
            "AWS::KMS::Key",
            "AWS::S3::Bucket",
            "AWS::SageMaker::EndpointConfig",
            "AWS::SageMaker::Model",
        ),
        pending=Pending(
            context=scaling.context,
            decide=decide,
            stamped=trial.stamped,
            review=scaling.review,
            spent=spent,
            held=trial.held,
            keeps=trial.named,
            moved=runtime.moved,
        ),
        update=update,
        verify=verify,
    )
)
