"""The calls of whole lives of platforms, and of what else Moorline does, with what IAM is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from crash.example import SETTLED, Example
from crash.scene import ANYTHING, EDITS, SMALL, Scene, given
from crash.stages import release
from engine.platform import FAULTS, Site as Where

from reconciler.access.model import Why
from reconciler.delivery.approvals import OBJECTS
from reconciler.model.receipt import Receipt, Result
from reconciler.receipts.lease import Lease
from reconciler.receipts.s3 import S3Store
from reconciler.sandbox.inprocess import sandbox

from .judged import (
    ACCOUNT,
    KEY,
    OBJECT,
    REGION,
    SEALED,
    TOLD,
    TOPIC,
    Known,
    Recording,
    Role,
    Sent,
    one,
)

SEALS = (
    ("online: {expireAfter: 30d}", "online: {expireAfter: 30d, key: {security: core, key: data}}"),
    ("instances: 2}}", "instances: 2}}\n  key: {security: core, key: data}"),
)
"""Customer keys wherever the caller has to be allowed to use them."""


@dataclass
class Recorded(Scene):
    """A platform whose calls are noted with what IAM is asked for each."""

    book: Recording = field(default_factory=Recording)

    def restart(self) -> None:
        super().restart()
        self.session.clients = self.book


@dataclass
class RecordedExample(Example, Recorded):
    """The repository's own platform."""


def small(name: str) -> list[Sent]:
    """The calls of a platform with one of every type: made, changed, destroyed."""
    text = SMALL
    for old, new in SEALS:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    with sandbox() as aws:
        aws.faults = FAULTS
        where = Where(name, REGION, ACCOUNT)
        scene = Recorded(aws, text=text, allow=ANYTHING, site=where)
        scene.finish()
        for old, new in EDITS:
            scene.text = scene.text.replace(old, new)
        scene.tags = "team: risk"
        scene.finish()
        leave(scene)
        scene.finish()
        scene.restart()
        scene.carry_out(scene.plan(destroy=True))
        return [*scene.book.sent, *kept(scene, name)]


def leave(scene: Scene) -> None:
    """Somebody schedules the deletion of the platform's key, which an apply then takes back."""
    kms = scene.client("kms")
    at = kms.describe_key(KeyId=f"alias/acme-{scene.site.name}-core-data")["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=at, PendingWindowInDays=7)


def kept(scene: Scene, name: str) -> list[Sent]:
    """The calls of receipts and of the lease, in a bucket under a customer's key."""
    bucket = f"acme-{name}-receipts"
    scene.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    at = f"arn:aws:s3:::{bucket}"
    sealed = dict.fromkeys((at, f"{at}/{name}/latest", f"{at}/lease/{name}"), SEALED)
    book = Recording(Known(sealed=sealed))
    scene.session.clients = book
    store = S3Store(scene.session, bucket, "", name)
    lease = Lease(name, "somebody", "run-1", "2026-11-23T00:00:00Z")
    assert store.leases.take(lease) is None
    assert store.leases.take(replace(lease, run="run-2"))
    assert store.leases.renew(lease)
    store.leases.release(lease)
    receipt = Receipt("1", name, "acme", "1", REGION, "alice", "", "", "", Result.DONE)
    store.begin(receipt)
    store.write(receipt)
    assert store.ids() == [receipt.id]
    assert store.latest() == receipt
    return book.sent


@cache
def life(name: str) -> tuple[Sent, ...]:
    return tuple(small(name))


@cache
def example() -> tuple[Sent, ...]:
    """The calls of the repository's own platform, whose model is released on the way."""
    with sandbox() as aws:
        aws.faults = FAULTS
        scene = RecordedExample(aws)
        given(scene, SETTLED)
        scene.finish()
        release(scene)
        scene.finish()
        release(scene)
        scene.edited = True
        scene.finish()
        scene.restart()
        scene.carry_out(scene.plan(destroy=True))
        return tuple(scene.book.sent)


def looked(name: str = "dev") -> list[Sent]:
    """What drift, history and reports ask besides."""
    sealed = Known(sealed={"arn:aws:s3:::reports": TOLD, OBJECT: TOLD, TOPIC: TOLD})
    report = {"Bucket": "reports", "Key": "drift.md"}
    return [
        one("cloudtrail", "LookupEvents"),
        one("cloudformation", "DescribeType", Type="RESOURCE", TypeName="AWS::Kinesis::Stream"),
        one("resourcegroupstaggingapi", "GetResources"),
        one("ecr", "BatchGetImage", repositoryName="analysis", imageIds=[{"imageTag": "1"}]),
        one("sagemaker", "ListModelPackages", ModelPackageGroupName=f"acme-{name}-fraud"),
        one("cloudwatch", "DescribeAlarms"),
        one("cloudwatch", "GetMetricData", MetricDataQueries=[]),
        one("cloudwatch", "ListMetrics"),
        one("s3", "HeadObject", sealed, **report),
        one("s3", "PutObject", sealed, **report),
        one("sns", "Publish", sealed, TopicArn=TOPIC),
        signature("Sign"),
        *weighed(name),
        *traced(name),
    ]


def weighed(name: str = "dev") -> list[Sent]:
    """What a version of a model is judged by."""
    group = f"acme-{name}-fraud"
    version = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/{group}/1"
    report = f"acme-{name}-artifacts-{ACCOUNT}"
    ours = {"moorline:platform": "acme", "moorline:environment": name}
    sealed = {f"arn:aws:s3:::{report}/fraud/1/{each}": KEY for each in OBJECTS}
    known = Known(sealed={**sealed, f"arn:aws:s3:::{report}": KEY}, tagged={KEY: ours})
    objects = [
        one("s3", "GetObject", known, Bucket=report, Key=f"fraud/1/{each}") for each in OBJECTS
    ]
    return [
        one("cloudtrail", "LookupEvents"),
        one("ecr", "DescribeImageScanFindings", repositoryName="fraud", imageId={"imageTag": "1"}),
        one("sagemaker", "ListModelPackages", ModelPackageGroupName=group),
        one("sagemaker", "DescribeModelPackage", ModelPackageName=version),
        one("sagemaker", "ListEndpoints"),
        one("sagemaker", "DescribeEndpoint", EndpointName=group),
        one("sagemaker", "DescribeEndpointConfig", EndpointConfigName=group),
        one("sagemaker", "DescribeModel", ModelName=group),
        one("kms", "Verify", Known(tagged={KEY: ours}), KeyId=KEY),
        *objects,
    ]


def traced(name: str = "dev") -> list[Sent]:
    """Where a version comes from: asked by who plans alone."""
    execution = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/acme-{name}-fraud/execution/1"
    return [
        one("sagemaker", "ListPipelineExecutionSteps", PipelineExecutionArn=execution),
        one("sagemaker", "DescribeTrainingJob", TrainingJobName="pipelines-1-train"),
        one("sagemaker", "DescribeHyperParameterTuningJob", HyperParameterTuningJobName="tune"),
    ]


def decided(name: str = "dev", group: str = "fraud", **what: Any) -> Sent:
    """What is decided on a version."""
    version = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/acme-{name}-{group}/1"
    return one("sagemaker", "UpdateModelPackage", None, ModelPackageArn=version, **what)


def runs(name: str = "dev") -> list[Sent]:
    """What is run and pruned, and how runs are looked at before a change."""
    here = f"{REGION}:{ACCOUNT}"
    machine = f"arn:aws:states:{here}:stateMachine:acme-{name}-clean"
    run = {"executionArn": f"{machine.replace('stateMachine', 'execution')}:1"}
    pipeline = f"acme-{name}-train"
    version = f"arn:aws:sagemaker:{here}:model-package/acme-{name}-fraud/1"
    step = {
        "PipelineExecutionArn": f"arn:aws:sagemaker:{here}:pipeline/{pipeline}/execution/abcdef1"
    }
    states = ("DescribeExecution", "GetExecutionHistory", "RedriveExecution", "StopExecution")
    steps = ("DescribePipelineExecution", "ListPipelineExecutionSteps", "RetryPipelineExecution",
             "StopPipelineExecution")  # fmt: skip
    starts = ("ListPipelineExecutions", "StartPipelineExecution")
    return [
        *(one("stepfunctions", each, None, **run) for each in states),
        *(one("stepfunctions", each, None, stateMachineArn=machine)
          for each in ("ListExecutions", "StartExecution")),
        *(one("sagemaker", each, None, **step) for each in steps),
        *(one("sagemaker", each, None, PipelineName=pipeline) for each in starts),
        one("sagemaker", "DeleteModelPackage", None, ModelPackageName=version),
        one("sagemaker", "UpdateEndpointWeightsAndCapacities", None,
            EndpointName=f"acme-{name}-scorer"),
        one("glue", "GetJobRuns", None, JobName=f"acme-{name}-clean"),
        *(one("emr-serverless", each, None, applicationId="00000000000000ab")
          for each in ("ListJobRuns", "StopApplication")),
    ]  # fmt: skip


def signature(what: str, alias: str = "alias/plans") -> Sent:
    known = Known(keys={alias: SEALED}, named={SEALED: (alias,)})
    return one("kms", what, known, KeyId=alias, SigningAlgorithm="ECDSA_SHA_256")


def distinct(sent: Iterable[Sent]) -> list[Sent]:
    """Each call once, however often it was sent."""
    return list({(each.service, each.method, str(each.questions)): each for each in sent}.values())


def refused(by: Role, sent: Iterable[Sent]) -> dict[str, list[tuple[str, str, Why]]]:
    found = {str(each): by.refused(each.questions) for each in distinct(sent)}
    return {call: why for call, why in found.items() if why}


def allowed(by: Role, sent: Iterable[Sent]) -> set[str]:
    """The calls that may be sent."""
    return {str(each) for each in distinct(sent) if not by.refused(each.questions)}


BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/workloads"
WORK = f"arn:aws:iam::{ACCOUNT}:role/acme-dev-work"


def about_itself(name: str) -> list[Sent]:
    """What would give more to a role, or give it to a service."""
    base: dict[str, Any] = {"RoleName": name}
    tags = {"Tags": [{"Key": "team", "Value": "x"}]}
    calls: dict[str, dict[str, Any]] = {
        "AttachRolePolicy": {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "CreateRole": tags,
        "DeleteRole": {},
        "DeleteRolePermissionsBoundary": {},
        "DeleteRolePolicy": {"PolicyName": "p"},
        "DetachRolePolicy": {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        "PutRolePermissionsBoundary": {"PermissionsBoundary": BOUNDARY},
        "PutRolePolicy": {"PolicyName": "p", "PolicyDocument": "{}"},
        "TagRole": tags,
        "UntagRole": {"TagKeys": ["team"]},
        "UpdateAssumeRolePolicy": {"PolicyDocument": "{}"},
        "UpdateRole": {"Description": "x"},
    }
    model = {"ModelName": "acme-dev-m", "ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{name}"}
    found = [one("iam", each, None, **base, **more) for each, more in calls.items()]
    return [*found, one("sagemaker", "CreateModel", None, **model)]


ADOPTING: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("TagResource", {"KeyId": KEY, "Tags": [{"TagKey": "moorline:platform", "TagValue": "acme"}]}),
    ("PutKeyPolicy", {"KeyId": KEY}),
    ("EnableKeyRotation", {"KeyId": KEY}),
    ("DisableKeyRotation", {"KeyId": KEY}),
    ("EnableKey", {"KeyId": KEY}),
    ("DisableKey", {"KeyId": KEY}),
    ("UpdateKeyDescription", {"KeyId": KEY}),
)
