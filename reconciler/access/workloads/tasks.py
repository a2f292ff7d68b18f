"""What one state of a machine does: the calls of its integration, and what these are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.access.workloads.jobs import application, function, job
from reconciler.access.workloads.queries import query
from reconciler.access.workloads.site import Site, Thing, Work, name_of
from reconciler.access.workloads.written import definition, inside, told

_QUEUE = "Step Functions developer guide, Integrate Amazon SQS, IAM policies"
_TOPIC = "Step Functions developer guide, Integrate Amazon SNS, IAM policies"
_SDK = "Step Functions developer guide, AWS SDK service integrations: the role may do the action"
_GLUE = "Step Functions developer guide, Start an AWS Glue job, IAM policies: run a job (.sync)"
_LAMBDA = "Step Functions developer guide, Invoke Lambda, IAM policies"
_EMR = "Step Functions developer guide, EMR Serverless, IAM policies: run a job (.sync)"
_HTTP = "Step Functions developer guide, Call HTTPS APIs, IAM permissions to run an HTTP Task"
_EXPORT = "DynamoDB developer guide, Requesting a table export, setting up permissions"
_NESTED = "Step Functions developer guide, Start a new execution, IAM policies"
_ABSENT = "S3 API, GetObject, Permissions: without leave to list, what is not there is a 403"
RULE = "StepFunctionsGetEventsForEMRServerlessJobRule"
ITSELF = "$$.StateMachine.Id"


@dataclass(frozen=True, slots=True)
class Task:
    """One task state: who does it, in which machine, by which integration and with what."""

    site: Site
    role: str
    machine: Thing
    what: str
    params: Mapping[str, Any]
    known: Mapping[str, str]
    """What stands at a path in every run."""

    @property
    def own(self) -> str:
        """The ARN of the machine."""
        return self.site.arn("states", f"stateMachine:{self.machine.name}")

    def does(self, source: str, method: str, /, **params: Any) -> Work:  # noqa: ANN401
        return self.site.does(self.role, source, method, **params)


def done(task: Task, state: Mapping[str, Any]) -> Iterator[Work]:
    """The calls of a state, where the definition says on what they are."""
    find = _DONE.get(task.what)
    if find is not None:
        yield from find(task)
    if task.what == "aws-sdk:s3:getObject" and "NoSuchKey" in str(state.get("Catch")):
        yield task.does(_ABSENT, "s3.ListObjectsV2", Bucket=task.params["Bucket"])


def _sends(task: Task) -> Iterator[Work]:
    if "QueueUrl" in task.params:
        yield task.does(_QUEUE, "sqs.SendMessage", QueueUrl=str(task.params["QueueUrl"]))


def _tells(task: Task) -> Iterator[Work]:
    if "TopicArn" in task.params:
        yield task.does(_TOPIC, "sns.Publish", TopicArn=str(task.params["TopicArn"]))


def _looks(task: Task) -> Iterator[Work]:
    at = str(task.params["StateMachineArn"])
    yield task.does(_SDK, "stepfunctions.ListExecutions", stateMachineArn=at)


def _starts(task: Task) -> Iterator[Work]:
    """Another run, without waiting for it: of itself where the definition says so."""
    said = task.params
    itself = said.get("StateMachineArn.$") == ITSELF
    if itself or "StateMachineArn" in said:
        at = task.own if itself else str(said["StateMachineArn"])
        yield task.does(_NESTED, "stepfunctions.StartExecution", stateMachineArn=at)


def _gets(task: Task) -> Iterator[Work]:
    at = {"Bucket": str(task.params["Bucket"]), "Key": told(task.params, "Key")}
    yield task.does(_SDK, "s3.GetObject", **at)


def _puts(task: Task) -> Iterator[Work]:
    at = {"Bucket": str(task.params["Bucket"]), "Key": told(task.params, "Key")}
    yield task.does(_SDK, "s3.PutObject", **at)


def _runs_glue(task: Task) -> Iterator[Work]:
    """A job: started, looked at, and stopped when the run is; what it does is as its own role."""
    name = told(task.params, "JobName")
    for operation in ("StartJobRun", "GetJobRun", "GetJobRuns", "BatchStopJobRun"):
        yield task.does(_GLUE, f"glue.{operation}", JobName=name)
    yield from job(task.site, name, task.params.get("Arguments") or {})


def _runs_emr(task: Task) -> Iterator[Work]:
    """As a job of Glue; of its end Step Functions hears by a rule that it makes itself."""
    run = {"applicationId": told(task.params, "ApplicationId")}
    worker = str(task.params["ExecutionRoleArn"])
    yield task.does(_EMR, "emr-serverless.StartJobRun", **run, executionRoleArn=worker)
    for operation in ("GetJobRun", "CancelJobRun"):
        yield task.does(_EMR, f"emr-serverless.{operation}", **run, jobRunId="0")
    yield task.does(_EMR, "events.PutRule", Name=RULE)
    call = task.site.call(task.role, "events.DescribeRule", Name=RULE)
    at = task.site.arn("events", f"rule/{RULE}")
    yield Work(name_of(task.role), call, _EMR, besides=("events:PutTargets",), at=at)
    yield from application(task.site, worker, task.params)


def _invokes(task: Task) -> Iterator[Work]:
    name = told(task.params, "FunctionName")
    yield task.does(_LAMBDA, "lambda.Invoke", FunctionName=name)
    yield from function(task.site, name, task.params.get("Payload") or {})


def _asks(task: Task) -> Iterator[Work]:
    """A call of an API: with a connection, whose credential is in a secret of EventBridge's."""
    said = {"states:httpmethod": str(task.params["Method"])}
    said["states:httpendpoint"] = told(task.params, "ApiEndpoint")
    connection = str((task.params.get("Authentication") or {}).get("ConnectionArn", ""))
    by = name_of(task.role)
    if not connection:
        return
    name = connection.split("/")[1]
    at = task.site.arn("secretsmanager", f"secret:events!connection/{name}/0-a1b2c3")
    look = task.site.call(task.role, "secretsmanager.DescribeSecret", SecretId=at, context=said)
    yield Work(by, look, _HTTP, besides=("states:InvokeHTTPEndpoint",), at=task.own)
    read = task.site.call(task.role, "secretsmanager.GetSecretValue", SecretId=at)
    yield Work(by, read, _HTTP, besides=("events:RetrieveConnectionCredentials",), at=connection)


def _queries(task: Task) -> Iterator[Work]:
    sql = told(task.params, "QueryString", task.known)
    yield from query(task.site, task.role, str(task.params["WorkGroup"]), sql)


def _exports(task: Task) -> Iterator[Work]:
    """DynamoDB writes into the bucket as whoever asks for it."""
    at = {name: str(task.params[name]) for name in ("TableArn", "S3Bucket", "S3Prefix")}
    yield task.does(_EXPORT, "dynamodb.ExportTableToPointInTime", **at)


def _looks_at_export(task: Task) -> Iterator[Work]:
    """An export is of a table that the same machine exports."""
    for state in inside(definition(task.machine.props)):
        if str(state.get("Resource", "")).endswith(":dynamodb:exportTableToPointInTime"):
            at = f"{state['Parameters']['TableArn']}/export/0"
            yield task.does(_EXPORT, "dynamodb.DescribeExport", ExportArn=at)


_DONE: Mapping[str, Callable[[Task], Iterator[Work]]] = {
    "athena:startQueryExecution.sync": _queries,
    "aws-sdk:dynamodb:describeExport": _looks_at_export,
    "aws-sdk:dynamodb:exportTableToPointInTime": _exports,
    "aws-sdk:s3:getObject": _gets,
    "aws-sdk:s3:putObject": _puts,
    "aws-sdk:sfn:listExecutions": _looks,
    "emr-serverless:startJobRun.sync": _runs_emr,
    "glue:startJobRun.sync": _runs_glue,
    "http:invoke": _asks,
    "lambda:invoke": _invokes,
    "sns:publish": _tells,
    "sqs:sendMessage": _sends,
    "states:startExecution": _starts,
}
