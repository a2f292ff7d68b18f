"""emr: a Spark job of EMR Serverless, in an application of its own.

The application starts when a job comes and stops when none has come for a while. Sources: EMR
Serverless user guide, "Understanding application behavior", "Job runtime roles", "Logging";
Step Functions developer guide, "Create and manage EMR Serverless applications with Step Functions".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.facts.runtimes import Fault, emr_release, emr_worker
from reconciler.kinds.api import (
    Duration,
    Maybe,
    Problem,
    Section,
    Shorthand,
    Size,
    gibibytes,
    seconds,
)
from reconciler.kinds.data_pipeline.api import Built, Doing, Site, Step, register
from reconciler.kinds.data_pipeline.data import allow_data, arguments
from reconciler.kinds.data_pipeline.template import Template
from reconciler.kinds.packs import RepositoryPath
from reconciler.kinds.terms.asset import Script, bytes_of, problems
from reconciler.kinds.terms.machine import LOGS, integration, retry
from reconciler.kinds.terms.permissions import allow_read
from reconciler.kinds.terms.text import text
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Ref

APPLICATION = "AWS::EMRServerless::Application"
SERVICE = "emr-serverless.amazonaws.com"
RULE = "StepFunctionsGetEventsForEMRServerlessJobRule"
_LONGEST = 8 * 3600
_LOGS_KEPT = 90


class Worker(Section):
    """The size of a driver or of an executor."""

    cores: int = 4
    """vCPUs: 1, 2, 4, 8 or 16."""
    memory: Size = "16GiB"
    """Memory, overhead included."""
    disk: Size = "20GiB"
    """Disk."""


class Executors(Worker):
    """The executors: how many, and how large each is."""

    at_least: Annotated[int, Field(ge=1, le=1000)] = 1
    """How many a job begins with."""
    at_most: Annotated[int, Field(ge=1, le=1000)] = 4
    """How many it grows to."""


class Capacity(Section):
    """What all jobs of the application have together at most."""

    cores: Annotated[int, Field(ge=1, le=100_000)]
    """vCPUs."""
    memory: Size
    """Memory."""
    disk: Maybe[Size] = None
    """Disk. By default no limit."""


class Emr(Section):
    """A Spark job of EMR Serverless. Named data comes as arguments: ``--in s3://…``."""

    script: Annotated[Script, Shorthand("file")]
    """The script: a file of the repository, or an object that is built elsewhere."""
    release: str = Field("emr-7.5.0", examples=["emr-7.5.0"])
    """The release of EMR."""
    driver: Worker = Field(default_factory=Worker)
    """The size of the driver."""
    executors: Executors = Field(default_factory=Executors)
    """The executors."""
    capacity: Maybe[Capacity] = None
    """A limit of the application."""
    stop_after: Duration = "15m"
    """The application stops when no job has come for this long."""
    arguments: Annotated[dict[str, str], Field(max_length=50)] = Field(default_factory=dict)
    """Further arguments by name, without dashes. No secrets. They may hold placeholders."""
    stand_in: Maybe[RepositoryPath] = None
    """A Python file that takes the place of the job in a sandbox, where Spark does not run."""


def check(emr: Emr, step: Step) -> Iterator[Problem]:
    yield from problems(emr.script, "file", ("emr", "script"))
    if not emr.release.startswith("emr-") or emr.release.count(".") != 2:  # noqa: PLR2004
        text_ = f"{emr.release!r} is no release of EMR"
        yield Problem(("emr", "release"), text_, "write it as emr-7.5.0")
    found: list[tuple[str, Fault | None]] = [("release", emr_release(emr.release))]
    for name, each in (("driver", emr.driver), ("executors", emr.executors)):
        sizes = (gibibytes(each.memory), gibibytes(each.disk))
        found.append((name, emr_worker(each.cores, *sizes)))
    for name, fault in found:
        if fault is not None:
            severity = Severity.WARNING if fault.doubt else Severity.ERROR
            yield Problem(("emr", name), fault.text, fault.help, severity=severity)
    if emr.executors.at_most < emr.executors.at_least:
        yield Problem(("emr", "executors", "atMost"), "it is below 'atLeast'", "raise it")
    yield from _fits(emr, 1)
    if seconds(emr.stop_after) % 60 or seconds(emr.stop_after) > 10_080 * 60:
        text_ = "an application stops after whole minutes, 7d at most"
        yield Problem(("emr", "stopAfter"), text_, "write whole minutes")
    for name in emr.arguments:
        if name in step.reads or name in step.writes:
            yield Problem(("emr", "arguments", name), f"{name!r} is the name of data here already")


def _fits(emr: Emr, runs: int) -> Iterator[Problem]:
    """What so many runs at a time need at least, against what the application may have."""
    if emr.capacity is None:
        return
    whole = emr.capacity
    for name, unit, has, need in (
        ("cores", "vCPUs", whole.cores, _least(emr, "cores")),
        ("memory", "GB", gibibytes(whole.memory), _least(emr, "memory")),
        ("disk", "GB", gibibytes(whole.disk) if whole.disk else None, _least(emr, "disk")),
    ):
        if has is None or need * runs <= has:
            continue
        what = "a run" if runs == 1 else f"{runs} runs at a time"
        text_ = f"{what} needs {need * runs} {unit} of {name} at least, and there are {has}"
        severity = Severity.ERROR if runs == 1 else Severity.WARNING
        help_ = "raise the capacity, or ask for fewer or smaller executors"
        yield Problem(("emr", "capacity", name), text_, help_, severity=severity)


def _least(emr: Emr, what: str) -> int:
    """The driver and the least executors, in units of 1 or of GB."""

    def size(worker: Worker) -> int:
        value = getattr(worker, what)
        return value if isinstance(value, int) else gibibytes(value)

    return size(emr.driver) + emr.executors.at_least * size(emr.executors)


def build(emr: Emr, step: Step, site: Site) -> Built:
    scope = site.scope
    for problem in _fits(emr, site.peers) if site.peers > 1 else ():
        here = (*site.path, *problem.path)
        scope.problem(here, problem.message, help=problem.help, severity=problem.severity)
    script = bytes_of(emr.script, scope, (*site.path, "emr", "script"))
    site.needs.extend(script.needs)
    application = scope.address(APPLICATION, step.name)
    logs = scope.address(LOGS, step.name)
    worker = scope.role(step.name, SERVICE)
    allow_read(scope, worker, script.spot)
    allow_data(worker, site)
    group = scope.arn("logs", f"log-group:{logs.name}:*")
    write = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
    scope.grant(worker, write, on=(group,))
    scope.grant(worker, ("logs:DescribeLogGroups",), on=("*",))
    arn = Ref(application, "Arn")
    role = site.machine.role
    scope.grant(role, ("emr-serverless:StartJobRun",), on=(arn,))
    follow = ("emr-serverless:CancelJobRun", "emr-serverless:GetJobRun")
    scope.grant(role, follow, on=(text(arn, "/jobruns/*"),))
    passed = {"StringEquals": {"iam:PassedToService": SERVICE}}
    scope.grant(role, ("iam:PassRole",), on=(worker.arn,), when=passed)
    rule = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
    scope.grant(role, rule, on=(scope.arn("events", f"rule/{RULE}"),))
    given = {name: Template.read(value) for name, value in emr.arguments.items()}
    state: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(scope, "emr-serverless:startJobRun.sync"),
        "Parameters": {
            "ApplicationId": Ref(application, "ApplicationId"),
            "ExecutionRoleArn": worker.arn,
            "Name": step.name,
            "ExecutionTimeoutMinutes": _minutes(step),
            "JobDriver": {
                "SparkSubmit": {
                    "EntryPoint": script.uri,
                    **_list("EntryPointArguments", {**arguments(site), **given}),
                    "SparkSubmitParameters": _submitted(emr),
                }
            },
            "ConfigurationOverrides": {
                "MonitoringConfiguration": {
                    "CloudWatchLoggingConfiguration": {
                        "Enabled": True,
                        "LogGroupName": Ref(logs, "LogGroupName"),
                    }
                }
            },
        },
        "ResultSelector": {"run.$": "$.JobRunId", "state.$": "$.State"},
    }
    passing = ("EMRServerless.ThrottlingException", "EMRServerless.InternalServerException")
    return Built(
        state,
        [scope.node(logs, {"RetentionInDays": _LOGS_KEPT}), _application(emr, step, site)],
        retry=(
            retry("EMRServerless.ServiceQuotaExceededException", times=30, first=30),
            retry(*passing, times=8),
        ),
        longest=_LONGEST,
    )


def _list(name: str, given: dict[str, Template]) -> dict[str, Json]:
    """Arguments in a list, which the States language fills in by a function of the run."""
    flat = [each for key, value in given.items() for each in (Template((f"--{key}",)), value)]
    if not any(each.paths for each in flat):
        return {name: [each.pieces[0] for each in flat]}
    parts: list[Json] = []
    for each in flat:
        parts += [", "] if parts else []
        parts.append(each.function() if each.paths else each.literal())
    return {f"{name}.$": text("States.Array(", *parts, ")")}


def _submitted(emr: Emr) -> str:
    """Sizes as Spark says them. A worker's memory holds the overhead too: a tenth, 1 GB or more."""
    driver, executors = emr.driver, emr.executors
    conf = {
        "spark.driver.cores": driver.cores,
        "spark.driver.memory": _heap(driver),
        "spark.emr-serverless.driver.disk": f"{gibibytes(driver.disk)}g",
        "spark.executor.cores": executors.cores,
        "spark.executor.memory": _heap(executors),
        "spark.emr-serverless.executor.disk": f"{gibibytes(executors.disk)}g",
        "spark.dynamicAllocation.enabled": "true",
        "spark.dynamicAllocation.initialExecutors": executors.at_least,
        "spark.dynamicAllocation.minExecutors": executors.at_least,
        "spark.dynamicAllocation.maxExecutors": executors.at_most,
    }
    return " ".join(f"--conf {name}={value}" for name, value in conf.items())


def _heap(worker: Worker) -> str:
    whole = gibibytes(worker.memory)
    return f"{whole - max(1, -(-whole // 10))}g"


def _minutes(step: Step) -> int:
    return max(5, -(-(seconds(step.timeout) if step.timeout else _LONGEST) // 60))


def _application(emr: Emr, step: Step, site: Site) -> Node:
    here: Path = (*site.path, "emr")
    props: dict[str, Json] = {
        "Type": "SPARK",
        "ReleaseLabel": emr.release,
        "Architecture": "X86_64",
        "AutoStartConfiguration": {"Enabled": True},
        "AutoStopConfiguration": {
            "Enabled": True,
            "IdleTimeoutMinutes": seconds(emr.stop_after) // 60,
        },
    }
    if emr.capacity is not None:
        whole: dict[str, Json] = {
            "Cpu": f"{emr.capacity.cores} vCPU",
            "Memory": f"{gibibytes(emr.capacity.memory)} GB",
        }
        if emr.capacity.disk is not None:
            whole["Disk"] = f"{gibibytes(emr.capacity.disk)} GB"
        props["MaximumCapacity"] = whole
    return site.scope.node(
        site.scope.address(APPLICATION, step.name),
        props,
        lines={
            (): here,
            ("ReleaseLabel",): (*here, "release"),
            ("MaximumCapacity",): (*here, "capacity"),
            ("AutoStopConfiguration",): (*here, "stopAfter"),
        },
    )


register(
    Doing(
        name="emr",
        model=Emr,
        summary="A Spark job of EMR Serverless.",
        check=check,
        texts=lambda emr: [(("arguments", name), it) for name, it in emr.arguments.items()],
        build=build,
    )
)
