"""What runs and what is told: Step Functions, EMR Serverless, queues, buses, schedules.

Source: Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import (
    NEW_ID,
    Call,
    Derive,
    Want,
    World,
    arn,
    passed,
    plain,
    tags,
)

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


def emr_tags(call: Call, _world: World) -> Iterable[Want]:
    """An application, or a run of one, by its ARN."""
    given, untag = tags(call.get("tags")), tuple(call.get("tagKeys") or ())
    yield Want(f"{EMR}:{call.operation}", str(call.need("resourceArn")), {}, given, untag)


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


def schedule(call: Call, _world: World) -> Iterable[Want]:
    """A schedule in its group, which is `default` where none is named; its role is handed over."""
    at = arn(call, "scheduler", "schedule", _group(call), str(call.need("Name")))
    yield Want(f"scheduler:{call.operation}", at)
    yield from passed(call, call.get("Target.RoleArn"), "scheduler.amazonaws.com")


def schedule_group(call: Call, _world: World) -> Iterable[Want]:
    """A group; the schedules in it go along with it."""
    name, given = str(call.need("Name")), tags(call.get("Tags"))
    at = arn(call, "scheduler", "schedule-group", name)
    yield Want(f"scheduler:{call.operation}", at, {}, given)
    if given:
        yield Want("scheduler:TagResource", at, {}, given)
    if call.operation == "DeleteScheduleGroup":
        yield Want("scheduler:DeleteSchedule", arn(call, "scheduler", "schedule", name, NEW_ID))


def schedule_tags(call: Call, _world: World) -> Iterable[Want]:
    """What carries the tags, by its ARN."""
    given, untag = tags(call.get("Tags")), tuple(call.get("TagKeys") or ())
    yield Want(f"scheduler:{call.operation}", str(call.need("ResourceArn")), {}, given, untag)


def _group(call: Call) -> str:
    return str(call.get("GroupName") or "default")


OPERATIONS: dict[str, dict[str, Derive]] = {
    EMR: {
        **dict.fromkeys(("StartJobRun", "GetJobRun", "CancelJobRun"), job_run),
        **plain(
            EMR,
            {
                "application applicationId": "GetApplication ListJobRuns StartApplication "
                "StopApplication UpdateApplication",
            },
        ),
        **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), emr_tags),
    },
    "events": {
        **plain(
            "events",
            {
                "": "ListConnections",
                "connection Name": "CreateConnection DeauthorizeConnection DeleteConnection "
                "DescribeConnection UpdateConnection",
                "rule-on-default-event-bus Name": "DescribeRule PutRule",
            },
        ),
        "PutEvents": put_events,
    },
    "scheduler": {
        **plain("scheduler", {"": "ListScheduleGroups ListSchedules"}),
        **dict.fromkeys(
            ("CreateSchedule", "DeleteSchedule", "GetSchedule", "UpdateSchedule"), schedule
        ),
        **dict.fromkeys(
            ("CreateScheduleGroup", "DeleteScheduleGroup", "GetScheduleGroup"), schedule_group
        ),
        **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), schedule_tags),
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
