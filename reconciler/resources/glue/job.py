"""AWS::Glue::Job, by calls of its own.

One page of GetJobs has a thousand whole. UpdateJob overwrites everything that a job is: all that is
live and nobody declares goes along, but for the capacity that Glue derives from the workers and
refuses to take back. Deleting a job ends none of its runs (DeleteJob), and of an absent one
succeeds. Source: Glue API reference, UpdateJob, JobUpdate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.model.change import Change, Effect
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    absent,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec
from reconciler.resources.glue.runs import RUNS
from reconciler.resources.glue.service import GONE, TAG, arn, tagging

NAME = {"Name": "{name}"}
KEY = {"JobName": "{name}"}
TAKEN = (
    "AllocatedCapacity",
    "Command",
    "Connections",
    "DefaultArguments",
    "Description",
    "ExecutionClass",
    "ExecutionProperty",
    "GlueVersion",
    "JobMode",
    "JobRunQueuingEnabled",
    "LogUri",
    "MaintenanceWindow",
    "MaxCapacity",
    "MaxRetries",
    "NonOverridableArguments",
    "NotificationProperty",
    "NumberOfWorkers",
    "Role",
    "SecurityConfiguration",
    "Timeout",
    "WorkerType",
)
DERIVED = frozenset({"AllocatedCapacity", "MaxCapacity"})
"""What Glue makes of the workers, or the workers of what was given."""
WORKERS = ("WorkerType", "NumberOfWorkers")
ASSUMES = (
    r"(?i)unable to assume provided role|is not authorized|verify the role.s trustpolicy"
    r"|assume role permissions for glue"
)
"""What a role answers that Glue cannot see yet. Source: AWS_FACTS of Terraform's provider."""


def _decode(job: Json) -> dict[str, Any]:
    found = {key: job[key] for key in ("Name", *TAKEN) if job.get(key) not in (None, "", {}, [])}
    if any(key in found for key in WORKERS):
        found = {key: value for key, value in found.items() if key not in DERIVED}
    return found


def _encode(props: Props) -> dict[str, Any]:
    return {key: props[key] for key in TAKEN if props.get(key) not in (None, "", {}, [])}


def update(change: Change) -> Iterator[Request]:
    """The whole job: what is declared, and what is live beside it."""
    if change.touches(*TAKEN):
        whole = {key: value for key, value in change.live.items() if key in TAKEN}
        whole |= {key: change.desired[key] for key in TAKEN if key in change.desired}
        if any(key in change.desired for key in WORKERS):
            whole = {key: value for key, value in whole.items() if key not in DERIVED}
        yield Request("update_job", {"JobUpdate": _encode(whole)})


register(
    Resource(
        type="AWS::Glue::Job",
        service="glue",
        reach=Reach.REGIONAL,
        name="Name",
        key=KEY,
        read=Op("get_job", KEY),
        whole=Whole(
            has=members("Job.Name", "Job.Role", "Job.Command"), same={"JobName": ("Job.Name",)}
        ),
        create=Op("create_job", NAME),
        delete=Op("delete_job", KEY),
        absent=GONE,
        transient=(absent("InvalidInputException", ASSUMES),),
        outputs={"Name": ("Name",)},
        created={"Name": ("Name",)},
        predict={"Name": "{name}", "Arn": arn("job")},
        arn=arn("job"),
        limit=255,
        root=Codec(decode=lambda answer: _decode(answer["Job"])),
        body=Codec(encode=_encode),
        listings=(
            Listing(
                method="get_jobs",
                at="Jobs",
                name="Name",
                params={"MaxResults": 1000},
                codec=Codec(decode=_decode),
                created="CreatedOn",
                complete=True,
            ),
        ),
        tags=tagging("job"),
        carried=frozenset(TAKEN),
        defaults={
            "Command.Name": "glueetl",
            "ExecutionClass": "STANDARD",
            "ExecutionProperty.MaxConcurrentRuns": 1,
            "JobMode": "SCRIPT",
            "JobRunQueuingEnabled": False,
            "MaxRetries": 0,
        },
        documents=frozenset({"DefaultArguments", "NonOverridableArguments"}),
        effects=dict.fromkeys(DERIVED, Effect.IN_PLACE),
        aside=Aside(
            needs={"create_job": (TAG, "iam:PassRole"), "update_job": ("iam:PassRole",)},
            looks=("glue:GetJobRuns",),
        ),
        pending=RUNS.pending,
        holds="history",
        refers=(
            "AWS::Glue::Connection",
            "AWS::IAM::Role",
            "AWS::S3::Bucket",
        ),
        update=update,
    )
)
