"""What runs and what is told: Step Functions, EMR Serverless, queues, buses.

Source: Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import Call, Derive, Want, World, arn, passed, plain, tags

EMR = "emr-serverless"
QUEUE = "SendMessage ReceiveMessage DeleteMessage GetQueueAttributes PurgeQueue"
STARTING = ("StartExecution", "StartSyncExecution", "ListExecutions")


def queue(call: Call, _world: World) -> Iterable[Want]:
    """A queue is named by its address, whose last parts are its account and name."""
    url = str(call.need("QueueUrl"))
    account, _, name = url.rstrip("/").rpartition("/")
    here = arn(call, "sqs", "queue", name)
    owner = account.rpartition("/")[2]
    at = here.replace(f":{call.account}:", f":{owner}:") if owner.isdigit() else here
    yield Want(f"sqs:{call.operation.removesuffix('Batch')}", at)


def job_run(call: Call, _world: World) -> Iterable[Want]:
    """A run belongs to its application; one that begins hands its role over."""
    application = str(call.need("applicationId"))
    if call.operation == "StartJobRun":
        at = arn(call, EMR, "application", application)
        yield Want(f"{EMR}:StartJobRun", at, {}, tags(call.get("tags")))
        yield from passed(call, call.get("executionRoleArn"), "emr-serverless.amazonaws.com")
        return
    at = arn(call, EMR, "jobRun", application, str(call.need("jobRunId")))
    yield Want(f"{EMR}:{call.operation}", at)


def put_events(call: Call, _world: World) -> Iterable[Want]:
    """Each entry is asked for on its bus."""
    for entry in call.need("Entries"):
        name = str(entry.get("EventBusName") or "default")
        keys = {"events:source": entry.get("Source"), "events:detail-type": entry.get("DetailType")}
        yield Want("events:PutEvents", arn(call, "events", "event-bus", name), keys)


def machine(call: Call, _world: World) -> Iterable[Want]:
    """A machine, also where a version or alias of it is named."""
    at = str(call.need("stateMachineArn"))
    yield Want(f"states:{call.operation}", ":".join(at.split(":")[:7]))


OPERATIONS: dict[str, dict[str, Derive]] = {
    EMR: {
        **dict.fromkeys(("StartJobRun", "GetJobRun", "CancelJobRun"), job_run),
        **plain(
            EMR,
            {"application applicationId": "GetApplication StartApplication StopApplication"},
        ),
    },
    "events": {
        **plain("events", {"rule-on-default-event-bus Name": "DescribeRule PutRule"}),
        "PutEvents": put_events,
    },
    "sqs": dict.fromkeys((*QUEUE.split(), "SendMessageBatch", "DeleteMessageBatch"), queue),
    "stepfunctions": {
        **dict.fromkeys(STARTING, machine),
        **plain(
            "states",
            {
                "statemachine stateMachineArn": "DescribeStateMachine",
                "execution executionArn": "DescribeExecution StopExecution RedriveExecution "
                "GetExecutionHistory ListMapRuns DescribeStateMachineForExecution",
                "": "SendTaskSuccess SendTaskFailure SendTaskHeartbeat ListStateMachines "
                "ValidateStateMachineDefinition",
            },
        ),
    },
}
