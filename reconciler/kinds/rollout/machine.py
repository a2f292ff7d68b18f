"""`drive: aws`: a function of Moorline's own, and the machine that lets it look again and again.

The function has the same table as `moorline rollout advance`: it looks, sends the one next thing,
and says when to look again. A run of the machine begins when the endpoint has come to rest after
any change, as SageMaker's event says, and is over at once where no rollout runs: so an apply starts
nothing, and a rollout whose apply was killed is driven too. While a run goes on another one ends by
itself. A run that would get too long for its history starts the next one.

Sources: SageMaker developer guide, "Events that SageMaker sends to EventBridge"; Step Functions
developer guide, "Quotas" (25,000 events); SageMaker service authorization reference
(UpdateEndpoint takes the endpoint and the configuration).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Role, Scope
from reconciler.kinds.rollout import expose
from reconciler.kinds.rollout.anew import MODEL
from reconciler.kinds.rollout.autoscale.build import SERVICE
from reconciler.kinds.rollout.autoscale.figures import COUNT
from reconciler.kinds.rollout.judged import analysis
from reconciler.kinds.rollout.spec import Rollout
from reconciler.kinds.rollout.standing import CONFIG, ENDPOINT, MIDDLE
from reconciler.kinds.terms import machine as terms
from reconciler.kinds.terms.asset import own
from reconciler.kinds.terms.key import allow_disks, key_arn
from reconciler.kinds.terms.machine import FAULT, LETTER, LOGS, Machine, caught, integration, retry
from reconciler.kinds.terms.turn import TURN, turns
from reconciler.model.address import Address
from reconciler.model.asset import Form
from reconciler.model.graph import Node
from reconciler.model.scaling import HELD_TAG
from reconciler.model.value import Json, Path, Ref
from reconciler.rollout.checks import written

AT = ("drive",)
FUNCTION, RULE = "AWS::Lambda::Function", "AWS::Events::Rule"
SUFFIX, JOB = "driver", "driver"
HANDLER, RUNTIME = "reconciler.aws.function.handler.handler", "python3.13"
SECONDS, MEMORY = 120, 256
"""What one look may take: a few reads, and one call with its marks before it."""
MOST = 1500
"""Looks of one run, of at most 15 events each: a history has 25,000."""
STEP = "look"
_LOGS_KEPT = 90
_MARKS = ("moorline:rollout*", "moorline:attempt*")
_PASSING = (
    "Expired",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Retry",
    "Sandbox.Timedout",
    "States.Timeout",
)
"""What may pass: errors of Lambda's own, and the function's by the class of what it raises."""


def driven(spec: Rollout, scope: Scope) -> Iterator[Node]:
    """The function, its machine and the rule that starts it; nothing where others drive."""
    if spec.drive != "aws":
        return
    function = scope.address(FUNCTION, SUFFIX)
    yield from _function(spec, function, scope)
    machine = terms.begin(scope, SUFFIX)
    scope.grant(machine.role, ("lambda:InvokeFunction",), on=(Ref(function, "Arn"),))
    itself = terms.pattern(machine.address, scope)
    scope.grant(machine.role, ("states:StartExecution",), on=(itself,))
    yield terms.dead_letters(machine, scope)
    states = {
        **turns(machine, scope, "skip", "begin"),
        **_states(spec, function, machine, scope),
        **terms.failing(STEP),
        **terms.ending(machine, scope),
    }
    definition = {"StartAt": TURN, "States": states}
    lines: dict[Path, Path] = {("DefinitionString",): AT}
    yield from terms.finish(machine, definition, scope, lines=lines, depends_on=(function,))
    yield _rule(machine, scope)


def runs(spec: Rollout, scope: Scope) -> dict[str, Json]:
    """What `moorline run` starts: a look at once, where a run has failed and its cause is gone."""
    if spec.drive != "aws":
        return {}
    name = scope.address(terms.MACHINE, SUFFIX).name
    arn = scope.arn("states", f"stateMachine:{name}")
    return {"machineName": name, "machineArn": arn, "steps": [STEP]}


def _function(spec: Rollout, address: Address, scope: Scope) -> Iterator[Node]:
    role, logs = scope.role(SUFFIX, "lambda.amazonaws.com"), scope.address(LOGS, SUFFIX)
    stream = (scope.arn("logs", f"log-group:{logs.name}:*"),)
    scope.grant(role, ("logs:CreateLogStream", "logs:PutLogEvents"), on=stream)
    _allow(spec, role, scope)
    code = own(scope, JOB, Form.ZIP, at=AT)
    yield scope.node(logs, {"RetentionInDays": _LOGS_KEPT}, lines={(): AT})
    yield scope.node(
        address,
        {
            "Description": f"Drives the rollout {scope.name}, code {code.digest[:12]}",
            "Role": role.arn,
            "PackageType": "Zip",
            "Code": {"S3Bucket": code.bucket, "S3Key": code.key},
            "Handler": HANDLER,
            "Runtime": RUNTIME,
            "MemorySize": MEMORY,
            "Timeout": SECONDS,
            "LoggingConfig": {"LogFormat": "JSON", "LogGroup": Ref(logs, "LogGroupName")},
        },
        lines={(): AT},
        depends_on=code.needs,
    )


def _allow(spec: Rollout, role: Role, scope: Scope) -> None:
    """See one endpoint and its metrics, mark it, and move it between configurations of its own."""
    endpoint = scope.arn("sagemaker", f"endpoint/{scope.address(ENDPOINT).name}")
    reads = ("sagemaker:DescribeEndpoint", "sagemaker:ListTags")
    moves = ("sagemaker:UpdateEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities")
    scope.grant(role, (*reads, *moves), on=(endpoint,))
    only = {"ForAllValues:StringLike": {"aws:TagKeys": [*_MARKS]}}
    scope.grant(role, ("sagemaker:AddTags",), on=(endpoint,), when=only)
    configs = [_named("endpoint-config", CONFIG, suffix, scope) for suffix in ("", MIDDLE)]
    scope.grant(role, ("sagemaker:UpdateEndpoint", "sagemaker:DescribeEndpointConfig"), on=configs)
    models = (_named("model", MODEL, "", scope),)
    scope.grant(role, ("sagemaker:DescribeModel",), on=models)
    whose = "application-autoscaling:DescribeScalableTargets"  # IAM knows no narrower
    scope.grant(role, ("cloudwatch:GetMetricData", "cloudwatch:ListMetrics", whose), on=("*",))
    if names := analysis(spec, scope).alarms:
        alarms = [scope.arn("cloudwatch", f"alarm:{name}") for name in names]
        scope.grant(role, ("cloudwatch:DescribeAlarms",), on=alarms)
    if spec.autoscale is not None:
        _allow_release(role, scope)
    allow_disks(scope, role, key_arn(spec.key, scope))
    expose.allow_driver(spec.expose, scope, role)


def _named(noun: str, type_: str, suffix: str, scope: Scope) -> str:
    """The pattern of all that are named by their content."""
    sample = scope.versioned(type_, {}, suffix).name
    return scope.arn("sagemaker", f"{noun}/{sample[: -len(sample.rpartition('-')[2])]}*")


def _allow_release(role: Role, scope: Scope) -> None:
    """Let scale-in go on at the end. AWS chose the ids of targets, and IAM sees no tags."""
    targets = (scope.arn("application-autoscaling", "scalable-target/*"),)
    scope.grant(role, ("application-autoscaling:ListTagsForResource",), on=targets)
    word = "application-autoscaling"
    only = {f"{word}:service-namespace": SERVICE, f"{word}:scalable-dimension": COUNT}
    scope.grant(role, (f"{word}:RegisterScalableTarget",), on=targets, when={"StringEquals": only})
    tag = {"ForAllValues:StringEquals": {"aws:TagKeys": [HELD_TAG]}}
    scope.grant(role, (f"{word}:UntagResource",), on=targets, when=tag)


# -- the states


def _states(
    spec: Rollout, function: Address, machine: Machine, scope: Scope
) -> dict[str, dict[str, Json]]:
    said = "$.look.said"
    payload = {
        "endpoint": scope.address(ENDPOINT).name,
        "analysis": written(analysis(spec, scope)),
    }
    look: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(scope, "lambda:invoke"),
        "Parameters": {"FunctionName": Ref(function, "Arn"), "Payload": payload},
        "ResultSelector": {"said.$": "$.Payload"},
        "ResultPath": "$.look",
        "TimeoutSeconds": SECONDS + 30,
        "Retry": [retry(*_PASSING, times=20, first=10)],
        "Catch": [caught(STEP)],
        "Next": "what is it",
    }
    start: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(scope, "states:startExecution"),
        "Parameters": {
            "StateMachineArn": terms.pattern(machine.address, scope),
            "Input": {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id"},
        },
        "Retry": [retry("States.ALL", times=8, first=5)],
        "Catch": [caught(STEP)],
        "Next": "over",
    }
    return {
        "begin": {"Type": "Pass", "Parameters": {"number": 0}, "Next": STEP},
        STEP: look,
        "what is it": {
            "Type": "Choice",
            "Choices": [
                {"Variable": f"{said}.state", "StringEquals": "over", "Next": "over"},
                {"Variable": f"{said}.state", "StringEquals": "stopped", "Next": "stopped"},
                {"Variable": "$.number", "NumericGreaterThan": MOST, "Next": "hand over"},
            ],
            "Default": "wait",
        },
        "wait": {"Type": "Wait", "TimestampPath": f"{said}.until", "Next": "count"},
        "count": {
            "Type": "Pass",
            "Parameters": {"number.$": "States.MathAdd($.number, 1)"},
            "Next": STEP,
        },
        "hand over": start,
        "stopped": {
            "Type": "Pass",
            "Parameters": {"step": STEP, "error": "Moorline.Stopped", "cause.$": f"{said}.why"},
            "ResultPath": FAULT,
            "Next": LETTER,
        },
        "over": {"Type": "Succeed"},
    }


def _rule(machine: Machine, scope: Scope) -> Node:
    role = scope.role(f"{SUFFIX}-trigger", "events.amazonaws.com")
    scope.grant(role, ("states:StartExecution",), on=(machine.arn,))
    name = scope.address(ENDPOINT).name
    return scope.node(
        scope.address(RULE, SUFFIX),
        {
            "Description": f"Looks whether a rollout of {scope.name} runs",
            "EventPattern": {
                "source": ["aws.sagemaker"],
                "detail-type": ["SageMaker Endpoint State Change"],
                "detail": {"EndpointName": [name], "EndpointStatus": ["IN_SERVICE"]},
            },
            "State": "ENABLED",
            "Targets": [{"Id": "machine", "Arn": machine.arn, "RoleArn": role.arn, "Input": "{}"}],
        },
        lines={(): AT},
    )
