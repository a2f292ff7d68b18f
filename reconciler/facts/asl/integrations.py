"""What a Task may name: Step Functions' integrations, and what each of them needs besides its call.

Sources: Step Functions developer guide, "Integrating services", "Discover service integration
patterns", "How Step Functions generates IAM policies for integrated services" and the page of each
service; botocore for the operations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

SYNC, TOKEN = "sync", "waitForTaskToken"
_RESOURCE = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):states:(?P<region>[a-z0-9-]*):(?P<account>\d{0,12}):"
    r"(?:(?P<sdk>aws-sdk):)?(?P<service>[a-zA-Z0-9-]+):(?P<action>[a-zA-Z0-9]+)"
    r"(?:\.(?P<pattern>sync(?::2)?|waitForTaskToken))?"
)
_DIRECT = re.compile(
    r"arn:aws[a-z-]*:(?:lambda:[a-z0-9-]+:\d{12}:function:.+|states:[a-z0-9-]+:\d{12}:activity:.+)"
)
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Poll:
    """How a job that was begun is followed."""

    operation: str
    given: Mapping[str, str]
    """By parameter, where it is: ``answer.JobRunId``, ``request.JobName``."""
    within: str
    """The member of the description that is the result; empty is the whole of it."""
    status: str
    """Where in the description its state is, by dots."""
    good: frozenset[str]
    bad: frozenset[str]
    stop: str = ""
    """The operation that ends it."""
    stop_given: Mapping[str, str] | None = None
    wrapped: str = ""
    """A member that the result has around it."""


@dataclass(frozen=True, slots=True)
class Optimized:
    """A service that Step Functions knows: its client, how its errors begin, its operations."""

    client: str
    errors: str
    actions: Mapping[str, frozenset[str]]
    """By action, the patterns that it has; ``""`` is request and response."""


def _patterns(*names: str) -> frozenset[str]:
    return frozenset(names)


_CALL, _BOTH = _patterns(""), _patterns("", SYNC)
_BACK = _patterns("", TOKEN)
OPTIMIZED: Mapping[str, Optimized] = {
    "athena": Optimized("athena", "Athena", {
        "startQueryExecution": _BOTH, "stopQueryExecution": _CALL, "getQueryExecution": _CALL,
        "getQueryResults": _CALL}),
    "dynamodb": Optimized("dynamodb", "DynamoDB", dict.fromkeys(
        ("getItem", "putItem", "updateItem", "deleteItem"), _CALL)),
    "emr-serverless": Optimized("emr-serverless", "EMRServerless", {
        "createApplication": _BOTH, "deleteApplication": _BOTH, "startApplication": _BOTH,
        "stopApplication": _BOTH, "startJobRun": _BOTH, "cancelJobRun": _BOTH}),
    "events": Optimized("events", "EventBridge", {"putEvents": _BACK}),
    "glue": Optimized("glue", "Glue", {"startJobRun": _BOTH}),
    "http": Optimized("http", "", {"invoke": _CALL}),
    "lambda": Optimized("lambda", "Lambda", {"invoke": _BACK}),
    "sagemaker": Optimized("sagemaker", "SageMaker", {
        **dict.fromkeys(("createHyperParameterTuningJob", "createLabelingJob",
                         "createProcessingJob", "createTrainingJob", "createTransformJob"), _BOTH),
        **dict.fromkeys(("createEndpoint", "createEndpointConfig", "createModel",
                         "updateEndpoint"), _CALL)}),
    "sns": Optimized("sns", "SNS", {"publish": _BACK}),
    "sqs": Optimized("sqs", "SQS", {"sendMessage": _BACK}),
    "states": Optimized("stepfunctions", "StepFunctions", {
        "startExecution": _patterns("", SYNC, "sync:2", TOKEN)}),
    # AWS has these too; nothing is known here of how they run
    "apigateway": Optimized("", "ApiGateway", {"invoke": _BACK}),
    "aoss": Optimized("", "", {}),
    "batch": Optimized("batch", "Batch", {"submitJob": _BOTH}),
    "bedrock": Optimized("bedrock-runtime", "Bedrock", {
        "invokeModel": _BACK, "createModelCustomizationJob": _BOTH}),
    "codebuild": Optimized("codebuild", "CodeBuild", {
        "startBuild": _BOTH, "stopBuild": _CALL, "batchDeleteBuilds": _CALL,
        "batchGetReports": _CALL, "startBuildBatch": _BOTH, "stopBuildBatch": _CALL,
        "retryBuildBatch": _BOTH, "deleteBuildBatch": _CALL}),
    "databrew": Optimized("databrew", "DataBrew", {"startJobRun": _BOTH}),
    "ecs": Optimized("ecs", "ECS", {"runTask": _patterns("", SYNC, TOKEN)}),
    "eks": Optimized("eks", "EKS", {
        "call": _CALL, "runJob": _BOTH, "createCluster": _BOTH, "deleteCluster": _BOTH,
        "createNodegroup": _BOTH, "deleteNodegroup": _BOTH, "createFargateProfile": _BOTH,
        "deleteFargateProfile": _BOTH}),
    "elasticmapreduce": Optimized("emr", "ElasticMapReduce", {
        "createCluster": _BOTH, "terminateCluster": _BOTH, "addStep": _BOTH, "cancelStep": _CALL,
        "setClusterTerminationProtection": _CALL, "modifyInstanceFleetByName": _CALL,
        "modifyInstanceGroupByName": _CALL}),
    "emr-containers": Optimized("emr-containers", "EMRContainers", {
        "createVirtualCluster": _CALL, "deleteVirtualCluster": _BOTH, "startJobRun": _BOTH}),
    "mediaconvert": Optimized("mediaconvert", "MediaConvert", {"createJob": _BOTH}),
}  # fmt: skip
"""By the name in the resource; none of another name is an optimized integration."""


def _job(kind: str, states: str = "TrainingJobStatus") -> Poll:
    name = f"{kind}Name"
    return Poll(
        f"Describe{kind}", {name: f"request.{name}"}, "", states,
        frozenset({"Completed"}), frozenset({"Failed", "Stopped"}), f"Stop{kind}",
        {name: f"request.{name}"},
    )  # fmt: skip


def _application(target: str, *, deleted: bool = False) -> Poll:
    where = "answer" if target == "CREATED" else "request"
    return Poll(
        "GetApplication", {"applicationId": f"{where}.ApplicationId"}, "application",
        "application.state", frozenset({target} | ({"TERMINATED"} if deleted else set())),
        frozenset({"TERMINATED"} if not deleted else set()), wrapped="Application",
    )  # fmt: skip


POLLS: Mapping[tuple[str, str], Poll] = {
    ("athena", "startQueryExecution"): Poll(
        "GetQueryExecution", {"QueryExecutionId": "answer.QueryExecutionId"}, "",
        "QueryExecution.Status.State", frozenset({"SUCCEEDED"}),
        frozenset({"FAILED", "CANCELLED"}), "StopQueryExecution",
        {"QueryExecutionId": "answer.QueryExecutionId"}),
    ("glue", "startJobRun"): Poll(
        "GetJobRun", {"JobName": "request.JobName", "RunId": "answer.JobRunId"}, "JobRun",
        "JobRun.JobRunState", frozenset({"SUCCEEDED"}),
        frozenset({"FAILED", "TIMEOUT", "STOPPED", "ERROR", "EXPIRED"}), "BatchStopJobRun",
        {"JobName": "request.JobName", "JobRunIds": "[answer.JobRunId]"}),
    ("emr-serverless", "startJobRun"): Poll(
        "GetJobRun",
        {"applicationId": "request.ApplicationId", "jobRunId": "answer.JobRunId"}, "jobRun",
        "jobRun.state", frozenset({"SUCCESS"}), frozenset({"FAILED", "CANCELLED"}), "CancelJobRun",
        {"applicationId": "request.ApplicationId", "jobRunId": "answer.JobRunId"}),
    ("emr-serverless", "cancelJobRun"): Poll(
        "GetJobRun",
        {"applicationId": "request.ApplicationId", "jobRunId": "request.JobRunId"}, "jobRun",
        "jobRun.state", frozenset({"CANCELLED", "SUCCESS", "FAILED"}), frozenset()),
    ("emr-serverless", "createApplication"): _application("CREATED"),
    ("emr-serverless", "startApplication"): _application("STARTED"),
    ("emr-serverless", "stopApplication"): _application("STOPPED"),
    ("emr-serverless", "deleteApplication"): _application("TERMINATED", deleted=True),
    ("sagemaker", "createTrainingJob"): _job("TrainingJob"),
    ("sagemaker", "createProcessingJob"): _job("ProcessingJob", "ProcessingJobStatus"),
    ("sagemaker", "createTransformJob"): _job("TransformJob", "TransformJobStatus"),
    ("sagemaker", "createHyperParameterTuningJob"): _job(
        "HyperParameterTuningJob", "HyperParameterTuningJobStatus"),
    ("sagemaker", "createLabelingJob"): _job("LabelingJob", "LabelingJobStatus"),
    ("states", "startExecution"): Poll(
        "DescribeExecution", {"executionArn": "answer.ExecutionArn"}, "", "status",
        frozenset({"SUCCEEDED"}), frozenset({"FAILED", "TIMED_OUT", "ABORTED"}), "StopExecution",
        {"executionArn": "answer.ExecutionArn"}),
}  # fmt: skip
RULES: Mapping[tuple[str, str], str] = {
    ("emr-serverless", "startJobRun"): "StepFunctionsGetEventsForEMRServerlessJobRule",
    ("emr-serverless", "cancelJobRun"): "StepFunctionsGetEventsForEMRServerlessJobRule",
    **{("emr-serverless", name): "StepFunctionsGetEventsForEMRServerlessApplicationRule"
       for name in ("createApplication", "deleteApplication", "startApplication",
                    "stopApplication")},
    ("sagemaker", "createTrainingJob"): "StepFunctionsGetEventsForSageMakerTrainingJobsRule",
    ("sagemaker", "createTransformJob"): "StepFunctionsGetEventsForSageMakerTransformJobsRule",
    ("sagemaker", "createHyperParameterTuningJob"):
        "StepFunctionsGetEventsForSageMakerTuningJobsRule",
    ("sagemaker", "createProcessingJob"): "StepFunctionsGetEventsForSageMakerProcessingJobsRule",
    ("sagemaker", "createLabelingJob"): "StepFunctionsGetEventsForSageMakerLabelingJobsRule",
    ("states", "startExecution"): "StepFunctionsGetEventsForStepFunctionsExecutionRule",
}  # fmt: skip
"""By job, the EventBridge rule that Step Functions makes in the account to hear of its end.

The machine's role must be allowed events:PutTargets, PutRule and DescribeRule on it; Glue and
Athena are polled instead and have none.
"""


@dataclass(frozen=True, slots=True)
class Integration:
    """What the Resource of a Task asks for."""

    service: str
    """As in the resource; of an SDK integration the name behind ``aws-sdk``."""
    action: str
    pattern: str
    """Empty, ``sync``, ``sync:2`` or ``waitForTaskToken``."""
    sdk: bool

    @property
    def operation(self) -> str:
        """The operation of the API."""
        return f"{self.action[:1].upper()}{self.action[1:]}"

    @property
    def client(self) -> str:
        """The boto3 client of an optimized integration; empty where it is told by its service."""
        return "" if self.sdk else OPTIMIZED[self.service].client

    @property
    def poll(self) -> Poll | None:
        """How its job is followed, if it waits for one."""
        waits = self.pattern.startswith(SYNC)
        return POLLS.get((self.service, self.action)) if waits and not self.sdk else None

    @property
    def rule(self) -> str:
        """The managed rule that it needs; empty without one."""
        return RULES.get((self.service, self.action), "") if self.poll else ""


def direct(resource: str) -> bool:
    """Whether a resource is a Lambda function or an activity itself."""
    return _DIRECT.fullmatch(resource) is not None


def integration(resource: str) -> Integration:
    """What a resource asks for.

    Raises:
        ValueError: AWS has no such integration.
    """
    found = _RESOURCE.fullmatch(resource)
    if found is None:
        raise ValueError(f"{resource!r} is no resource that a Task can have")
    made = Integration(
        found["service"], found["action"], found["pattern"] or "", found["sdk"] is not None
    )
    if made.sdk:
        if made.pattern.startswith(SYNC):
            raise ValueError(f"{resource!r}: SDK integrations cannot wait for a job (.sync)")
        if not made.action[:1].islower():
            raise ValueError(f"{resource!r}: actions of SDK integrations begin in lower case")
        return made
    known = OPTIMIZED.get(made.service)
    if known is None:
        raise ValueError(f"{resource!r}: Step Functions has no integration of {made.service!r}")
    patterns = known.actions.get(made.action)
    if patterns is None:
        has = ", ".join(sorted(known.actions))
        raise ValueError(f"{resource!r}: {made.service} has no {made.action!r}, only {has}")
    if made.pattern not in patterns:
        raise ValueError(f"{resource!r}: {made.action} has no pattern {made.pattern!r}")
    return made


def rule_actions() -> tuple[str, ...]:
    """What the role of a machine needs on the rule of a job."""
    return ("events:PutTargets", "events:PutRule", "events:DescribeRule")
