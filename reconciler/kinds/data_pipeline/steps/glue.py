"""glue: a Spark job of AWS Glue, with a role and a job of its own.

Sources: Glue developer guide, "AWS Glue job parameters", "Job bookmarks", "Create an IAM role for
AWS Glue", "Setting up logging"; Step Functions developer guide, "Start an AWS Glue job".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from pydantic import Field

from reconciler.facts.runtimes import glue_version, glue_worker
from reconciler.kinds.api import (
    Maybe,
    Problem,
    Role,
    Scope,
    Section,
    Shorthand,
    seconds,
)
from reconciler.kinds.data_pipeline.api import Built, Doing, Site, Step, register
from reconciler.kinds.data_pipeline.data import allow_data, arguments
from reconciler.kinds.data_pipeline.template import Template
from reconciler.kinds.packs import Pack, RepositoryPath
from reconciler.kinds.terms.asset import Asset, Script, asset, bytes_of, problems
from reconciler.kinds.terms.machine import integration, retry
from reconciler.kinds.terms.permissions import allow_read
from reconciler.kinds.terms.text import text
from reconciler.model.asset import Form
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Ref

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


class Glue(Section):
    """A Spark job of AWS Glue. Named data comes as job arguments: ``--in s3://…``."""

    script: Annotated[Script, Shorthand("file")]
    """The script: a file of the repository, or an object that is built elsewhere."""
    version: str = Field("5.0", examples=["5.0"])
    """The version of Glue, in quotes."""
    worker: str = Field("G.1X", examples=["G.1X", "G.2X"])
    """The type of the workers."""
    workers: Annotated[int, Field(ge=2, le=299)] = 2
    """How many, the driver included."""
    bookmarks: bool = False
    """Whether each run goes on where the last one ended."""
    max_runs: Annotated[int, Field(ge=1, le=1000)] = 1
    """How many runs of the job there may be at a time. One that is too many waits for its turn."""
    arguments: Annotated[dict[str, str], Field(max_length=50)] = Field(default_factory=dict)
    """Further arguments by name, without dashes. No secrets. They may hold placeholders."""
    libraries: Annotated[
        tuple[Annotated[RepositoryPath, Pack(Form.ZIP)], ...], Field(max_length=10)
    ] = ()
    """Python packages of the repository that the script imports."""
    stand_in: Maybe[RepositoryPath] = None
    """A Python file that takes the place of the job in a sandbox, where Spark does not run."""


def check(glue: Glue, step: Step) -> Iterator[Problem]:
    yield from problems(glue.script, "file", ("glue", "script"))
    for path, fault in (
        ("version", glue_version(glue.version)),
        ("worker", glue_worker(glue.worker, glue.version)),
    ):
        if fault is not None:
            severity = Severity.WARNING if fault.doubt else Severity.ERROR
            yield Problem(("glue", path), fault.text, fault.help, severity=severity)
    for name in glue.arguments:
        if name in step.reads or name in step.writes:
            yield Problem(("glue", "arguments", name), f"{name!r} is the name of data here already")


def build(glue: Glue, step: Step, site: Site) -> Built:
    script = bytes_of(glue.script, site.scope, (*site.path, "glue", "script"))
    libraries = [
        asset(site.scope, path, Form.ZIP, at=(*site.path, "glue", "libraries", str(index)))
        for index, path in enumerate(glue.libraries)
    ]
    cluster = Cluster(glue.version, glue.worker, glue.workers, glue.max_runs, glue.bookmarks)
    job = spark(cluster, step, site, script, libraries)
    given = {name: Template.read(value) for name, value in glue.arguments.items()}
    return started(job, site, {**arguments(site), **given})


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


register(
    Doing(
        name="glue",
        model=Glue,
        summary="A Spark job of AWS Glue.",
        check=check,
        texts=lambda glue: [(("arguments", name), it) for name, it in glue.arguments.items()],
        build=build,
    )
)
