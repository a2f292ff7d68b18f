"""`serve: batch`: no endpoint; a pipeline answers all objects under a prefix and stops.

A transform job can neither be deleted nor be made again under its name, so a pipeline starts each
under a name of its own; nothing of a job is a resource. A new version of the model answers from
the next run on. `moorline run` starts one, and so does a schedule. Source: SageMaker API reference,
CreateTransformJob (TransformInput, TransformOutput, DataProcessing); developer guide, "Batch
transform", "Pipeline steps"; EventBridge Scheduler API, Target.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Maybe, Problem, Reference, Role, Scope, Section
from reconciler.kinds.terms.image import InstanceType
from reconciler.kinds.terms.key import allow_disks
from reconciler.kinds.terms.location import S3Path, Spot, inside
from reconciler.kinds.terms.permissions import allow_find, allow_seal, allow_write
from reconciler.kinds.terms.schedule import GROUP, SCHEDULE, SERVICE as SCHEDULER, TRIES
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, JsonText, Path, Ref

AT: Path = ("serve", "batch")
PIPELINE = "AWS::SageMaker::Pipeline"
QUEUE = "AWS::SQS::Queue"
SERVICE = "sagemaker.amazonaws.com"
STEP = "Answer"
_SPLITS = {"line": "Line", "recordIo": "RecordIO", "tfRecord": "TFRecord", "none": "None"}
_KEPT = 14 * 86_400
"""Seconds for which a dead letter is kept: the longest that SQS keeps one."""


class Written(Section):
    """Where answers are written."""

    to: Annotated[str, Reference("DataSource")]
    """The DataSource."""
    path: Maybe[S3Path] = None
    """Where in the DataSource. By default ``answers/NAME``. Each run has a folder of its own there,
    named by its execution."""


class Batch(Section):
    """Instances that start, answer all objects under a prefix, and stop."""

    instance_type: InstanceType
    """The instance type of each of them."""
    instances: Annotated[int, Field(ge=1, le=100)] = 1
    """How many."""
    source: Annotated[str, Reference("DataSource")]
    """The DataSource with the requests."""
    path: Maybe[S3Path] = None
    """The prefix of the requests in the DataSource. By default all of it."""
    output: Written
    """Where answers are written."""
    content_type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$")] = "text/csv"
    """What the objects are."""
    split: Literal["line", "recordIo", "tfRecord", "none"] = "line"
    """What one request is: a line, a record, or the whole object."""
    join: bool = False
    """Whether each answer stands beside what was asked."""
    max_concurrent: Maybe[Annotated[int, Field(ge=1, le=100)]] = None
    """How many requests an instance works on at a time."""
    schedule: Maybe[str] = Field(None, examples=["cron(0 3 * * ? *)"])
    """When runs start, as EventBridge Scheduler has it. Without it only a person starts one."""
    timezone: Maybe[str] = Field(None, examples=["Europe/Berlin"])
    """The time zone of the schedule. By default UTC."""


def problems(serve: Batch) -> Iterator[Problem]:
    """What SageMaker refuses of it."""
    if serve.timezone is not None and serve.schedule is None:
        yield Problem((*AT, "timezone"), "there is no schedule", "add 'schedule', or remove it")
    if serve.join and serve.split == "none":
        text = "an answer stands beside what was asked only where objects are split"
        yield Problem((*AT, "join"), text, "say how in 'split', or remove it")
    if serve.join and serve.content_type not in {"text/csv", "application/json"}:
        text = f"SageMaker joins text/csv and application/json, not {serve.content_type}"
        yield Problem((*AT, "join"), text, "remove it")


def _places(serve: Batch, scope: Scope) -> tuple[Spot, Spot]:
    asked = inside(scope, "DataSource", serve.source, serve.path or "", tree=True)
    path = serve.output.path or f"answers/{scope.name}"
    return asked, inside(scope, "DataSource", serve.output.to, path, tree=True)


def _apart(serve: Batch, scope: Scope) -> None:
    """Say that a run would answer the answers of those before it."""
    path = serve.output.path or f"answers/{scope.name}"
    asked = (serve.path or "").rstrip("/")
    if serve.output.to == serve.source and f"{path}/".startswith(f"{asked}/" if asked else ""):
        text_ = "each run would answer what the runs before it have written"
        help_ = "write the answers beside the requests: 'path' of each its own"
        scope.problem((*AT, "output"), text_, help=help_)


def allow(serve: Batch, role: Role, key: Json, scope: Scope) -> None:
    """The role of the model reads the requests and writes the answers."""
    asked, answers = _places(serve, scope)
    allow_find(scope, role, asked)
    allow_write(scope, role, answers)
    allow_seal(scope, role, answers.key)
    allow_disks(scope, role, key)


def build(serve: Batch, model: Address, key: Json, scope: Scope) -> Iterator[Node]:
    """The pipeline, its role, and its schedule."""
    _apart(serve, scope)
    pipeline = scope.address(PIPELINE)
    runs = scope.arn("sagemaker", f"pipeline/{pipeline.name}/*")
    runner = scope.role("pipeline", SERVICE, (runs,))
    verbs = ("CreateTransformJob", "DescribeTransformJob", "StopTransformJob", "AddTags")
    actions = [f"sagemaker:{verb}" for verb in verbs]
    scope.grant(runner, actions, on=(scope.arn("sagemaker", "transform-job/*"),))
    yield scope.node(
        pipeline,
        {
            "PipelineDescription": f"Answers with {scope.name}",
            "PipelineDefinition": {
                "PipelineDefinitionBody": JsonText(_definition(serve, model, key, scope))
            },
            "RoleArn": runner.arn,
        },
        lines={("PipelineDefinition",): AT},
    )
    if serve.schedule is not None:
        yield from _schedule(serve, serve.schedule, pipeline, scope)


def _definition(serve: Batch, model: Address, key: Json, scope: Scope) -> Json:
    asked, answers = _places(serve, scope)
    # a prefix without a slash at its end is that of its neighbours too
    whole = text(asked.uri, "" if (serve.path or "").endswith("/") else "/")
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": whole}}
    execution = {"Get": "Execution.PipelineExecutionId"}
    place = {"Std:Join": {"On": "/", "Values": [answers.uri, execution]}}  # each run has its own
    output: dict[str, Json] = {"S3OutputPath": place, "Accept": serve.content_type}
    if serve.split == "line":
        output["AssembleWith"] = "Line"
    if answers.key is not None:
        output["KmsKeyId"] = answers.key
    resources: dict[str, Json] = {
        "InstanceType": serve.instance_type,
        "InstanceCount": serve.instances,
    }
    if key is not None:
        resources["VolumeKmsKeyId"] = key
    arguments: dict[str, Json] = {
        "ModelName": Ref(model, "ModelName"),
        "TransformInput": {
            "DataSource": source,
            "ContentType": serve.content_type,
            "SplitType": _SPLITS[serve.split],
        },
        "TransformOutput": output,
        "TransformResources": resources,
    }
    if serve.max_concurrent is not None:
        arguments["MaxConcurrentTransforms"] = serve.max_concurrent
    if serve.join:
        arguments["DataProcessing"] = {"JoinSource": "Input"}
    return {
        "Version": "2020-12-01",
        "Metadata": {},
        "Parameters": [],
        "Steps": [{"Name": STEP, "Type": "Transform", "Arguments": arguments}],
    }


def _schedule(serve: Batch, expression: str, pipeline: Address, scope: Scope) -> Iterator[Node]:
    queue, group = scope.address(QUEUE, "failed"), scope.address(GROUP)
    own = scope.arn("scheduler", f"schedule-group/{group.name}")
    role = scope.role("schedule", SCHEDULER, (own,))
    started = scope.arn("sagemaker", f"pipeline/{pipeline.name}")
    scope.grant(role, ("sagemaker:StartPipelineExecution",), on=(started,))
    scope.grant(role, ("sqs:SendMessage",), on=(Ref(queue, "Arn"),))
    kept = {"MessageRetentionPeriod": _KEPT, "SqsManagedSseEnabled": True}
    yield scope.node(queue, kept, lines={(): (*AT, "schedule")})
    yield scope.node(group, {})
    yield scope.node(
        Address(SCHEDULE, f"{group.name}/{scope.address(SCHEDULE).name}"),
        {
            "GroupName": Ref(group, "Name"),
            "ScheduleExpression": expression,
            "ScheduleExpressionTimezone": serve.timezone or "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": Ref(pipeline, "PipelineArn"),
                "RoleArn": role.arn,
                "SageMakerPipelineParameters": {"PipelineParameterList": []},
                "DeadLetterConfig": {"Arn": Ref(queue, "Arn")},
                "RetryPolicy": TRIES,
            },
        },
        lines={
            (): (*AT, "schedule"),
            ("ScheduleExpressionTimezone",): (*AT, "timezone"),
        },
    )
