"""lambda: a function of its own, or one that exists.

It is given what it reads and writes, the parameters and the day, and its answer is the result.
Sources: Step Functions developer guide, "Invoke Lambda with Step Functions", "Handling transient
Lambda service exceptions"; Lambda developer guide, "Sending Lambda function logs to CloudWatch".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.facts.runtimes import lambda_runtime
from reconciler.kinds.api import Maybe, Problem, Section, Shorthand, seconds
from reconciler.kinds.data_pipeline.api import Built, Doing, Site, Step, register
from reconciler.kinds.data_pipeline.data import allow_data, fields
from reconciler.kinds.terms.asset import Package, bytes_of, problems
from reconciler.kinds.terms.image import ImageUri
from reconciler.kinds.terms.machine import LOGS, integration, retry
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

FUNCTION = "AWS::Lambda::Function"
SERVICE = "lambda.amazonaws.com"
LONGEST = 900
_LOGS_KEPT = 90


class Function(Section):
    """A function of AWS Lambda, for at most 15 minutes."""

    needs = ("code", "image", "existing")

    code: Maybe[Annotated[Package, Shorthand("folder")]] = None
    """The code: a file or folder of the repository, or an archive that is built elsewhere."""
    image: Maybe[ImageUri] = None
    """An image with the code, best with its digest."""
    existing: Maybe[
        Annotated[
            str, Field(pattern=r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[^*?{}\s]+$")
        ]
    ] = None
    """The ARN of a function that Moorline must not manage."""
    handler: Maybe[str] = Field(None, examples=["app.handler"])
    """The module and the function in it."""
    runtime: Maybe[str] = Field(None, examples=["python3.13"])
    """The runtime. By default python3.13."""
    memory: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}(MiB|GiB)$")] = "512MiB"
    """Memory, from 128MiB to 10GiB."""
    environment: Annotated[dict[str, str], Field(max_length=50)] = Field(default_factory=dict)
    """Environment variables. No secrets."""


def check(function: Function, step: Step) -> Iterator[Problem]:
    given = [function.code, function.image, function.existing]
    if sum(each is not None for each in given) != 1:
        yield Problem(("lambda",), "give one of 'code', 'image' and 'existing'")
        return
    yield from _check_code(function)
    if function.existing is not None:
        for name in ("memory", "environment"):
            if name in function.model_fields_set:
                text_ = "Moorline does not manage an existing function"
                yield Problem(("lambda", name), text_, "remove it")
    if not 128 <= _mebibytes(function.memory) <= 10_240:  # noqa: PLR2004 - of Lambda
        text_ = "a function has 128MiB to 10GiB of memory"
        yield Problem(("lambda", "memory"), text_, "choose a size between them")
    if step.timeout is not None and seconds(step.timeout) > LONGEST:
        yield Problem(("timeout",), "a function runs for 15m at most", "use a 'glue' step instead")


def _check_code(function: Function) -> Iterator[Problem]:
    if function.code is not None:
        yield from problems(function.code, "folder", ("lambda", "code"))
        if function.handler is None:
            help_ = "write the module and the function in it, such as app.handler"
            yield Problem(("lambda",), "code needs a 'handler'", help_)
    else:
        for name in ("handler", "runtime"):
            if getattr(function, name) is not None:
                yield Problem(("lambda", name), f"'{name}' belongs to 'code'", "remove it")
    fault = lambda_runtime(function.runtime) if function.runtime else None
    if fault is not None:
        severity = Severity.WARNING if fault.doubt else Severity.ERROR
        yield Problem(("lambda", "runtime"), fault.text, fault.help, severity=severity)


def build(function: Function, step: Step, site: Site) -> Built:
    nodes: list[Node] = []
    arn: Json = function.existing
    if arn is None:
        nodes = [*_made(function, step, site)]
        arn = Ref(nodes[-1].address, "Arn")
    site.scope.grant(site.machine.role, ("lambda:InvokeFunction",), on=(arn, text(arn, ":*")))
    state: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(site.scope, "lambda:invoke"),
        "Parameters": {"FunctionName": arn, "Payload": _payload(site)},
        "ResultSelector": {"answer.$": "$.Payload"},
    }
    passing = (
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    )
    return Built(
        state,
        nodes,
        retry=(retry(*passing, times=6),),
        failures=("States.TaskFailed", "Lambda.Unknown"),
        longest=LONGEST,
    )


def _payload(site: Site) -> Props:
    item: dict[str, Json] = {"item.$": "$.item"} if site.each else {}
    return {
        "day.$": "$.moment.day",
        "run.$": "$$.Execution.Name",
        "parameters.$": "$.settings",
        "reads": fields({name: place.uri for name, place in site.reads.items()}),
        "writes": fields({name: place.uri for name, place in site.writes.items()}),
        **item,
    }


def _made(function: Function, step: Step, site: Site) -> Iterator[Node]:
    """The log group and the function."""
    scope = site.scope
    here: Path = (*site.path, "lambda")
    role = scope.role(step.name, SERVICE)
    logs = scope.address(LOGS, step.name)
    stream = (scope.arn("logs", f"log-group:{logs.name}:*"),)
    scope.grant(role, ("logs:CreateLogStream", "logs:PutLogEvents"), on=stream)
    allow_data(role, site)
    code, said, needs = _code(function, site, here)
    yield scope.node(logs, {"RetentionInDays": _LOGS_KEPT})
    yield scope.node(
        scope.address(FUNCTION, step.name),
        {
            "Description": f"Step {step.name} of {scope.name}, {said}",
            "Role": role.arn,
            **code,
            "MemorySize": _mebibytes(function.memory),
            "Timeout": seconds(step.timeout) if step.timeout else LONGEST,
            "Environment": {"Variables": function.environment},
            "LoggingConfig": {"LogFormat": "JSON", "LogGroup": Ref(logs, "LogGroupName")},
        },
        lines={
            (): here,
            ("Code",): (*here, "image" if function.image else "code"),
            ("Handler",): (*here, "handler"),
            ("Runtime",): (*here, "runtime"),
            ("MemorySize",): (*here, "memory"),
            ("Timeout",): (*site.path, "timeout"),
            ("Environment",): (*here, "environment"),
        },
        depends_on=needs,
    )


def _code(function: Function, site: Site, here: Path) -> tuple[Props, str, tuple[Address, ...]]:
    """The code, what tells it in the description, and what has to be there first."""
    if function.code is None:
        image = function.image or ""
        return {"PackageType": "Image", "Code": {"ImageUri": image}}, f"image {_short(image)}", ()
    found = bytes_of(function.code, site.scope, (*here, "code"))
    props: dict[str, Json] = {
        "PackageType": "Zip",
        "Code": {"S3Bucket": found.bucket, "S3Key": found.key},
        "Handler": function.handler,
        "Runtime": function.runtime or "python3.13",
    }
    return props, f"code {_short(found.digest, found.key)}", found.needs


def _mebibytes(memory: str) -> int:
    return int(memory[:-3]) * (1024 if memory.endswith("GiB") else 1)


def _short(*parts: str) -> str:
    """A few digits that are others where the code is another."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


register(
    Doing(
        name="lambda",
        model=Function,
        summary="A function of AWS Lambda.",
        check=check,
        build=build,
    )
)
