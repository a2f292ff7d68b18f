"""A Step Functions state machine with what belongs to it: role, log group, dead letters.

A kind begins a machine, adds states and what they need to its role, and finishes it:

    machine = begin(scope)
    scope.grant(machine.role, ("glue:StartJobRun",), on=(arn,))
    yield dead_letters(machine, scope)
    states = {"pull": {**task, "Next": "done", "Catch": [caught("pull")]}, "done": {…}}
    states |= {**failing("pull"), **ending(machine, scope, topic=None)}
    yield from finish(machine, {"StartAt": "pull", "States": states}, scope)

Sources: Step Functions developer guide, "Logging using CloudWatch Logs" (what the role may do),
"Error handling", "Integrate Amazon SQS", "Integrate Amazon SNS"; Amazon States Language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.kinds.api import Role, Scope
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, JsonText, Path, Props, Ref

MACHINE = "AWS::StepFunctions::StateMachine"
LOGS = "AWS::Logs::LogGroup"
QUEUE = "AWS::SQS::Queue"
SERVICE = "states.amazonaws.com"
FAULT = "$.fault"
"""Where a caught failure is: ``{step, error, cause}`` once `failing` has named it."""
LETTER, TELL, FAILED = "moorline-dead-letter", "moorline-tell", "moorline-failed"
"""The states in which every failure ends. No step of a user may be called so."""
_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
"""They take no narrower resource."""
_KEPT = 14 * 86400
"""Seconds for which a dead letter is kept: the longest that SQS keeps one."""
_LOGS_KEPT = 90
"""Days for which events of runs are kept; Step Functions keeps the history of a run as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A state machine under construction. `suffix` tells several of one spec apart."""

    address: Address
    logs: Address
    queue: Address
    role: Role
    suffix: str

    @property
    def arn(self) -> Ref:
        """Its ARN, for whoever starts it. Its own role takes `pattern`, or there is a circle."""
        return Ref(self.address, "Arn")


def begin(scope: Scope, suffix: str = "") -> Machine:
    """A machine with a role that may write its log; the kind grants it the rest."""
    address = scope.address(MACHINE, suffix)
    purpose = "-".join(filter(None, (suffix, "machine")))
    role = scope.role(purpose, SERVICE, (pattern(address, scope),))
    scope.grant(role, _DELIVERY, on=("*",))
    return Machine(
        address=address,
        logs=scope.address(LOGS, "-".join(filter(None, (suffix, "runs")))),
        queue=scope.address(QUEUE, "-".join(filter(None, (suffix, "failed")))),
        role=role,
        suffix=suffix,
    )


def pattern(machine: Address, scope: Scope) -> str:
    """The ARN of a machine as text."""
    return scope.arn("states", f"stateMachine:{machine.name}")


def runs(machine: Address, scope: Scope) -> str:
    """The ARN pattern of the runs of a machine."""
    return scope.arn("states", f"execution:{machine.name}:*")


def children(machine: Machine, scope: Scope) -> None:
    """Let a machine run parts of itself apart, as a distributed map does.

    Source: Step Functions developer guide, "IAM policies for using Distributed Map states".
    """
    scope.grant(machine.role, ("states:StartExecution",), on=(pattern(machine.address, scope),))
    each = scope.arn("states", f"execution:{machine.address.name}/*:*")
    ends = ("states:DescribeExecution", "states:StopExecution")
    scope.grant(machine.role, ends, on=(runs(machine.address, scope), each))


def finish(
    machine: Machine,
    definition: Props,
    scope: Scope,
    *,
    lines: Mapping[Path, Path] | None = None,
    depends_on: Iterable[Address] = (),
) -> Iterator[Node]:
    """The log group and the machine. `lines` are of the machine's properties."""
    yield scope.node(machine.logs, {"RetentionInDays": _LOGS_KEPT})
    yield scope.node(
        machine.address,
        {
            "StateMachineType": "STANDARD",
            "DefinitionString": JsonText(definition),
            "RoleArn": machine.role.arn,
            "LoggingConfiguration": {
                "Level": "ALL",
                "IncludeExecutionData": False,
                "Destinations": [
                    {"CloudWatchLogsLogGroup": {"LogGroupArn": Ref(machine.logs, "Arn")}}
                ],
            },
            "TracingConfiguration": {"Enabled": False},
        },
        lines=lines,
        depends_on=depends_on,
    )


# -- failures


def retry(
    *errors: str, times: int, first: int = 2, factor: float = 2.0, longest: int = 300
) -> dict[str, Json]:
    """A retrier: `first` and `longest` in seconds, with full jitter between them."""
    return {
        "ErrorEquals": [*errors],
        "IntervalSeconds": first,
        "MaxAttempts": times,
        "BackoffRate": factor,
        "MaxDelaySeconds": longest,
        "JitterStrategy": "FULL",
    }


def caught(step: str) -> dict[str, Json]:
    """The catcher of a step at the top of a machine. In a branch the state around it catches."""
    return {"ErrorEquals": ["States.ALL"], "ResultPath": FAULT, "Next": fallen(step)}


def fallen(step: str) -> str:
    """The name of the state that says which step has failed."""
    return f"{step} failed"


def failing(*steps: str) -> dict[str, Json]:
    """States that name the step in a caught failure, one for each step."""
    return {
        fallen(step): {
            "Type": "Pass",
            "Parameters": {
                "step": step,
                "error.$": f"{FAULT}.Error",
                "cause.$": f"{FAULT}.Cause",
            },
            "ResultPath": FAULT,
            "Next": LETTER,
        }
        for step in steps
    }


def ending(machine: Machine, scope: Scope, *, topic: Json = None, key: Json = None) -> Props:
    """States that keep a failure as a dead letter, tell a topic, and fail the run.

    `topic` is the ARN of a topic, nothing where nobody is told; `key` the ARN of its key.
    What fails here does not hide the failure itself.
    """
    letter = {
        "run.$": "$$.Execution.Id",
        "started.$": "$$.Execution.StartTime",
        "step.$": f"{FAULT}.step",
        "error.$": f"{FAULT}.error",
        "cause.$": f"{FAULT}.cause",
    }
    scope.grant(machine.role, ("sqs:SendMessage",), on=(Ref(machine.queue, "Arn"),))
    after = TELL if topic is not None else FAILED
    states: dict[str, Json] = {
        LETTER: {
            "Type": "Task",
            "Resource": integration(scope, "sqs:sendMessage"),
            "Parameters": {"QueueUrl": Ref(machine.queue, "QueueUrl"), "MessageBody": letter},
            "ResultPath": None,
            "Retry": [retry("States.ALL", times=3)],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": after}],
            "Next": after,
        },
        FAILED: {"Type": "Fail", "ErrorPath": f"{FAULT}.error", "CausePath": f"{FAULT}.cause"},
    }
    if topic is not None:
        scope.grant(machine.role, ("sns:Publish",), on=(topic,))
        if key is not None:
            scope.grant(machine.role, ("kms:Decrypt", "kms:GenerateDataKey"), on=(key,))
        states[TELL] = {
            "Type": "Task",
            "Resource": integration(scope, "sns:publish"),
            "Parameters": {
                "TopicArn": topic,
                "Subject": text(scope.place.prefix, scope.name, " failed")[:100],
                "Message": letter,
            },
            "ResultPath": None,
            "Retry": [retry("States.ALL", times=3)],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": FAILED}],
            "Next": FAILED,
        }
    return states


def dead_letters(machine: Machine, scope: Scope) -> Node:
    """The queue of failures: of runs, and of schedules that could not start one."""
    return scope.node(
        machine.queue, {"MessageRetentionPeriod": _KEPT, "SqsManagedSseEnabled": True}
    )


def integration(scope: Scope, name: str) -> str:
    """The ARN of a service integration such as ``glue:startJobRun.sync``."""
    return f"arn:{scope.place.partition}:states:::{name}"
