"""A Spark job of AWS Glue: the job, its role, and the state that runs it and waits.

Sources: Glue developer guide, "AWS Glue job parameters", "Job bookmarks", "Create an IAM role for
AWS Glue", "Setting up logging"; Step Functions developer guide, "Start an AWS Glue job".
"""

from __future__ import annotations

from typing import NamedTuple

from reconciler.kinds.api import Path, Role, Scope, seconds
from reconciler.kinds.data_pipeline.api import Built, Site, Step
from reconciler.kinds.data_pipeline.data import allow_data
from reconciler.kinds.data_pipeline.template import Template
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.terms.machine import integration, retry
from reconciler.kinds.terms.permissions import allow_read
from reconciler.kinds.terms.text import text
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json, Ref

JOB = "AWS::Glue::Job"
SERVICE = "glue.amazonaws.com"
_RUN = ("glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:StartJobRun")
_LONGEST = 8 * 3600


class Cluster(NamedTuple):
    """What a job runs on."""

    version: str
    worker: str
    workers: int
    max_runs: int
    bookmarks: bool = False


def spark(glue: Cluster, step: Step, site: Site, script: Asset, libraries: list[Asset]) -> Node:
    """The job of a step. What differs from run to run is given when it starts."""
    scope = site.scope
    here: Path = (*site.path, step.kind)
    if site.peers > glue.max_runs:
        scope.problem(
            (*here, "maxRuns"),
            f"up to {site.peers} of this step run at a time, and its job runs {glue.max_runs}",
            help="raise 'maxRuns', or lower how many run at a time",
            severity=Severity.WARNING,
        )
    address = scope.address(JOB, step.name)
    role = scope.role(step.name, SERVICE)
    _allow(role, scope, script, libraries)
    allow_data(role, site)
    defaults: dict[str, Json] = {
        "--enable-metrics": "true",
        "--enable-observability-metrics": "true",
        "--job-bookmark-option": f"job-bookmark-{'enable' if glue.bookmarks else 'disable'}",
        "--job-language": "python",
    }
    if libraries:
        parts: list[Json] = []
        for each in libraries:
            parts += [","] if parts else []
            parts.append(each.uri)
        defaults["--extra-py-files"] = text(*parts)
    return scope.node(
        address,
        {
            "Role": role.arn,
            "Command": {"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": script.uri},
            "GlueVersion": glue.version,
            "WorkerType": glue.worker,
            "NumberOfWorkers": glue.workers,
            "ExecutionProperty": {"MaxConcurrentRuns": glue.max_runs},
            "MaxRetries": 0,
            "Timeout": _minutes(step),
            "DefaultArguments": defaults,
        },
        lines={
            (): here,
            ("Command",): (*here, "script"),
            ("GlueVersion",): (*here, "version"),
            ("WorkerType",): (*here, "worker"),
            ("NumberOfWorkers",): (*here, "workers"),
            ("ExecutionProperty",): (*here, "maxRuns"),
            ("Timeout",): (*site.path, "timeout"),
            ("DefaultArguments", "--job-bookmark-option"): (*here, "bookmarks"),
        },
        depends_on=[need for each in (script, *libraries) for need in each.needs],
    )


def started(job: Node, site: Site, given: dict[str, Template]) -> Built:
    """The state that runs a job and waits for its end.

    A run that is too many is refused; that passes, and is no failure of the job.
    """
    scope = site.scope
    scope.grant(site.machine.role, _RUN, on=(scope.arn("glue", f"job/{job.address.name}"),))
    args: dict[str, Json] = {}
    for name, value in given.items():
        args |= value.field(f"--{name}")
    state: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(scope, "glue:startJobRun.sync"),
        "Parameters": {"JobName": Ref(job.address, "Name"), "Arguments": args},
        "ResultSelector": {"run.$": "$.Id", "state.$": "$.JobRunState"},
    }
    return Built(
        state,
        [job],
        retry=(
            retry("Glue.ConcurrentRunsExceededException", times=60, first=30, longest=300),
            retry(
                "Glue.ThrottlingException",
                "Glue.InternalServiceException",
                "Glue.OperationTimeoutException",
                "Glue.ResourceNumberLimitExceededException",
                times=8,
            ),
        ),
        longest=_LONGEST,
    )


def _minutes(step: Step) -> int:
    return max(1, -(-(seconds(step.timeout) if step.timeout else _LONGEST) // 60))


def _allow(role: Role, scope: Scope, script: Asset, libraries: list[Asset]) -> None:
    """Read its code, write its log and its metrics."""
    for each in (script, *libraries):
        allow_read(scope, role, each.spot)
    groups = scope.arn("logs", "log-group:/aws-glue/*")
    write = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
    scope.grant(role, write, on=(groups,))
    scope.grant(
        role,
        ("cloudwatch:PutMetricData",),
        on=("*",),
        when={"StringEquals": {"cloudwatch:namespace": "Glue"}},
    )
